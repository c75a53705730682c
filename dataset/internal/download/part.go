package download

import (
	"context"
	"errors"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// A part is a file under a temporary name while it is fetched.
//
// Several processes may fetch one file to one folder, and each may be killed at
// any moment. A lock would outlive a killed process, so there are only rules:
//
//   - A process writes only to its own part. No other process has its name.
//   - A process may begin its part with a copy of another part. Nothing proves
//     these bytes until the checksum of the whole file is verified.
//   - A process removes all other parts after it copied the longest one, and
//     again when the file has its name. So killed processes leave at most one
//     part, until the next download.
//   - A live process whose part was removed still has the part open. At the
//     end it sees that the name is gone and writes the bytes again. On Windows
//     the part stays, because an open file cannot be removed.
//   - A verified part gets its final name by renaming. If two processes do so,
//     they rename the same bytes.
type part struct {
	disk disk
	file file
	hash hash.Hash // of all bytes in the part
	size int64
}

const partSuffix = ".part"

// newPart creates a part for the file called name. It begins with the longest
// other part of at most limit bytes.
func newPart(ctx context.Context, d disk, dir, name string, h hash.Hash, limit int64) (*part, error) {
	others, err := partsOf(dir, name)
	if err != nil {
		return nil, err
	}
	file, err := d.createTemp(dir, partPrefix(name)+"*"+partSuffix)
	if err != nil {
		return nil, err
	}
	p := &part{disk: d, file: file, hash: h}
	if err := p.copyLongest(ctx, others, limit); err != nil {
		p.abandon()
		return nil, err
	}
	removeAll(others)
	return p, nil
}

// RemoveParts removes the parts of the file called name, which is in its place.
func RemoveParts(dir, name string) {
	others, _ := partsOf(dir, name) // unknown parts do no harm
	removeAll(others)
}

// removeAll removes what it can. The next download removes the rest.
func removeAll(paths []string) {
	for _, path := range paths {
		os.Remove(path)
	}
}

func partPrefix(name string) string { return "." + name + "." }

// partsOf returns the paths of all parts of a file.
func partsOf(dir, name string) (paths []string, err error) {
	entries, err := os.ReadDir(dir)
	for _, e := range entries {
		n := e.Name()
		if e.Type().IsRegular() && strings.HasPrefix(n, partPrefix(name)) && strings.HasSuffix(n, partSuffix) {
			paths = append(paths, filepath.Join(dir, n))
		}
	}
	return paths, err
}

// copyLongest begins p with the longest of the other parts. An error of reading
// only shortens the copy. An error of writing is returned.
func (p *part) copyLongest(ctx context.Context, others []string, limit int64) error {
	longest, size := "", int64(0)
	for _, other := range others {
		if info, err := os.Lstat(other); err == nil && info.Size() > size && info.Size() <= limit {
			longest, size = other, info.Size()
		}
	}
	if longest == "" {
		return nil
	}
	file, err := os.Open(longest)
	if err != nil {
		return nil
	}
	defer file.Close()
	source := &readErrors{r: contextReader{ctx, io.LimitReader(file, limit)}}
	if _, err := io.Copy(p, source); err != nil && source.err == nil {
		return err
	}
	return ctx.Err()
}

// readErrors records the errors of reading, to tell them from those of writing.
type readErrors struct {
	r   io.Reader
	err error
}

func (r *readErrors) Read(b []byte) (int, error) {
	n, err := r.r.Read(b)
	if err != io.EOF {
		r.err = err
	}
	return n, err
}

// Write appends b to the part.
func (p *part) Write(b []byte) (int, error) {
	n, err := p.file.Write(b)
	p.hash.Write(b[:n])
	p.size += int64(n)
	return n, err
}

// reset empties the part. Its errors are *diskErrors.
func (p *part) reset() error {
	if p.size == 0 {
		return nil
	}
	if err := p.file.Truncate(0); err != nil {
		return &diskError{err}
	}
	if _, err := p.file.Seek(0, io.SeekStart); err != nil {
		return &diskError{err}
	}
	p.hash.Reset()
	p.size = 0
	return nil
}

// abandon closes the part. It leaves the bytes for the next download and
// removes an empty part. After publish it does nothing.
func (p *part) abandon() {
	p.file.Close()
	if p.size == 0 {
		os.Remove(p.file.Name())
	}
}

// discard closes and removes the part.
func (p *part) discard() {
	p.size = 0
	p.abandon()
}

// publish renames the verified part to path.
func (p *part) publish(path string) error {
	if err := makeDurable(p.file); err != nil {
		return err
	}
	err := p.disk.rename(p.file.Name(), path)
	// Each retry means that another process began and removed this part.
	for range 10 {
		if !errors.Is(err, fs.ErrNotExist) {
			break
		}
		if err := p.rewrite(); err != nil {
			return err
		}
		err = p.disk.rename(p.file.Name(), path)
	}
	if err == nil {
		return p.file.Close()
	}
	// Windows does not rename an open file. It does not remove one either,
	// so the closed part is still there.
	if err := p.file.Close(); err != nil {
		return err
	}
	return p.disk.rename(p.file.Name(), path)
}

// makeDurable writes a file to the disk and lets everybody read it.
func makeDurable(f file) error {
	if err := f.Sync(); err != nil {
		return err
	}
	// Windows does not support Chmod on an open file.
	if err := f.Chmod(0o644); err != nil && !errors.Is(err, errors.ErrUnsupported) {
		return err
	}
	return nil
}

// rewrite writes the bytes of a removed part to a new part.
func (p *part) rewrite() error {
	base := strings.TrimSuffix(filepath.Base(p.file.Name()), partSuffix)
	prefix := base[:strings.LastIndex(base, ".")+1]
	file, err := p.disk.createTemp(filepath.Dir(p.file.Name()), prefix+"*"+partSuffix)
	if err != nil {
		return err
	}
	if _, err = io.Copy(file, io.NewSectionReader(p.file, 0, p.size)); err == nil {
		err = makeDurable(file)
	}
	if err != nil {
		file.Close()
		os.Remove(file.Name())
		return err
	}
	p.file.Close()
	p.file = file
	return nil
}
