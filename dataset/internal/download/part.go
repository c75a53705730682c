package download

import (
	"context"
	"errors"
	"fmt"
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
	disk    disk
	dir     string
	pattern string // of the temporary name
	file    file
	hash    hash.Hash // of all bytes in the part
	size    int64
}

const partSuffix = ".part"

// newPart creates a part for the file called name. It begins with the longest
// other part of at most limit bytes.
func newPart(ctx context.Context, d disk, dir, name string, h hash.Hash, limit int64) (*part, error) {
	others := partsOf(dir, name)
	p := &part{disk: d, dir: dir, pattern: partPrefix(name) + "*" + partSuffix, hash: h}
	var err error
	if p.file, err = d.createTemp(dir, p.pattern); err != nil {
		return nil, err
	}
	if err := p.copyLongest(ctx, others, limit); err != nil {
		p.discard()
		return nil, err
	}
	removeAll(others)
	return p, nil
}

// RemoveParts removes the parts of the file called name, which is in its place.
func RemoveParts(dir, name string) { removeAll(partsOf(dir, name)) }

// removeAll removes what it can. The next download removes the rest.
func removeAll(paths []string) {
	for _, path := range paths {
		os.Remove(path)
	}
}

func partPrefix(name string) string { return "." + name + "." }

// partsOf returns the paths of all parts of a file. If the folder cannot be
// read there are none: unknown parts do no harm.
func partsOf(dir, name string) (paths []string) {
	entries, _ := os.ReadDir(dir)
	for _, e := range entries {
		n := e.Name()
		if e.Type().IsRegular() && strings.HasPrefix(n, partPrefix(name)) && strings.HasSuffix(n, partSuffix) {
			paths = append(paths, filepath.Join(dir, n))
		}
	}
	return paths
}

// copyLongest begins p with the longest of the other parts. Bytes that cannot
// be read only shorten the copy. A disk that is full is an error.
func (p *part) copyLongest(ctx context.Context, others []string, limit int64) error {
	var longest string
	var size int64
	for _, other := range others {
		if info, err := os.Lstat(other); err == nil && info.Size() > size && info.Size() <= limit {
			longest, size = other, info.Size()
		}
	}
	file, err := os.Open(longest)
	if err == nil { // there is one
		defer file.Close()
		_, err = io.Copy(p, contextReader{ctx, io.LimitReader(file, limit)})
	}
	var full *diskError
	if errors.As(err, &full) {
		return fmt.Errorf("copying %s: %w", longest, full)
	}
	return ctx.Err()
}

// Write appends b to the part. Its errors are *diskErrors.
func (p *part) Write(b []byte) (int, error) {
	n, err := p.file.Write(b)
	p.hash.Write(b[:n])
	p.size += int64(n)
	if err != nil {
		err = &diskError{err}
	}
	return n, err
}

// reset empties the part. Its errors are *diskErrors.
func (p *part) reset() error {
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
	for errors.Is(err, fs.ErrNotExist) {
		if err := p.rewrite(); err != nil {
			return err
		}
		err = p.disk.rename(p.file.Name(), path)
	}
	// Sync has written everything, so Close has nothing to lose.
	p.file.Close()
	if err != nil {
		// Windows does not rename an open file. It does not remove one
		// either, so the closed part is still there.
		err = p.disk.rename(p.file.Name(), path)
	}
	return err
}

// makeDurable lets everybody read a file, where the disk can do that, and
// writes it to the disk.
func makeDurable(f file) error {
	f.Chmod(0o644)
	return f.Sync()
}

// rewrite writes the bytes of a removed part to a new part.
func (p *part) rewrite() error {
	file, err := p.disk.createTemp(p.dir, p.pattern)
	if err != nil {
		return err
	}
	removed := p.file
	defer removed.Close()
	p.file = file
	if _, err := io.Copy(file, io.NewSectionReader(removed, 0, p.size)); err != nil {
		return err
	}
	return makeDurable(file)
}
