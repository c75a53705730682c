package dataset

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

// A part is a file that is being fetched, under a temporary name.
//
// Several processes may fetch the same file to the same folder, and each may be
// killed at any moment. There are no locks, which the killed would leave to the
// living, only these rules:
//
//   - A process writes to no file but the part that it made itself, with a name
//     that nobody else has.
//   - It may copy what it finds in any other part, as a beginning. Nothing says
//     that these bytes are right but the checksum of the whole file, at the end.
//   - It removes the parts of others when it has copied the longest, and when the
//     file is in its place, so that nothing is left of the killed but for the last
//     who began, until the next call. If another is
//     alive after all it still has its part open: at the end it finds the name
//     gone and, if the file is not there yet, writes the bytes anew (publish).
//     Where open files cannot be removed, as on Windows, the removal fails, and
//     nothing is lost.
//   - The file gets its final name by renaming, once its checksum is right. If
//     two processes come to that, they rename the same bytes.
type part struct {
	*os.File
	hash hash.Hash
	size int64 // bytes in it, all of which have been hashed
}

const partSuffix = ".part"

// newPart makes a part for the file of the given name and begins it with the
// longest other part that is not longer than limit.
func newPart(ctx context.Context, dir, name string, h hash.Hash, limit int64) (*part, error) {
	others, err := partsOf(dir, name)
	if err != nil {
		return nil, err
	}
	file, err := os.CreateTemp(dir, "."+name+".*"+partSuffix)
	if err != nil {
		return nil, err
	}
	p := &part{File: file, hash: h}
	if err := p.copyLongest(ctx, others, limit); err != nil {
		p.abandon()
		return nil, err
	}
	for _, other := range others {
		os.Remove(other) // if it cannot be, it will be the next time
	}
	return p, nil
}

// removeParts removes the parts of a file that is in its place.
func removeParts(dir, name string) {
	others, _ := partsOf(dir, name) // if they are not found they do no harm
	for _, other := range others {
		os.Remove(other)
	}
}

// partsOf returns the paths of the parts of a file.
func partsOf(dir, name string) (paths []string, err error) {
	entries, err := os.ReadDir(dir)
	for _, e := range entries {
		if n := e.Name(); e.Type().IsRegular() && strings.HasPrefix(n, "."+name+".") && strings.HasSuffix(n, partSuffix) {
			paths = append(paths, filepath.Join(dir, n))
		}
	}
	return paths, err
}

// copyLongest begins p with the bytes of the longest of other parts. That
// others cannot be read is no error, that p cannot be written is.
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
	source := &onlyReads{r: reader{ctx, io.LimitReader(file, limit)}}
	if _, err := io.Copy(p, source); err != nil && source.err == nil {
		return err
	}
	return ctx.Err()
}

// onlyReads tells errors of reading from those of writing.
type onlyReads struct {
	r   io.Reader
	err error
}

func (o *onlyReads) Read(b []byte) (int, error) {
	n, err := o.r.Read(b)
	if err != io.EOF {
		o.err = err
	}
	return n, err
}

// Write appends to the part.
func (p *part) Write(b []byte) (int, error) {
	n, err := p.File.Write(b)
	p.hash.Write(b[:n])
	p.size += int64(n)
	return n, err
}

// ReadFrom hides os.File's, which would write past Write.
func (p *part) ReadFrom(r io.Reader) (int64, error) {
	return io.Copy(struct{ io.Writer }{p}, r)
}

// reset empties the part.
func (p *part) reset() error {
	if p.size == 0 {
		return nil
	}
	if err := p.Truncate(0); err != nil {
		return err
	}
	if _, err := p.Seek(0, io.SeekStart); err != nil {
		return err
	}
	p.hash.Reset()
	p.size = 0
	return nil
}

// abandon closes the part and leaves it for the next if there is anything in it.
// After publish there is nothing left to do.
func (p *part) abandon() {
	p.Close()
	if p.size == 0 {
		os.Remove(p.Name())
	}
}

// discard closes the part and removes it.
func (p *part) discard() {
	p.size = 0
	p.abandon()
}

// publish gives the part, which is whole, its name.
func (p *part) publish(name string) error {
	if err := finish(p.File); err != nil {
		return err
	}
	err := os.Rename(p.Name(), name)
	for range 10 { // with each, somebody else would have begun anew
		if !errors.Is(err, fs.ErrNotExist) {
			break
		}
		if err := p.again(); err != nil {
			return err
		}
		err = os.Rename(p.Name(), name)
	}
	if err == nil {
		return p.Close()
	}
	// Where open files cannot be renamed nobody can have removed it.
	if err := p.Close(); err != nil {
		return err
	}
	return os.Rename(p.Name(), name)
}

// finish makes a file lasting, and readable by everybody.
func finish(f *os.File) error {
	if err := f.Sync(); err != nil {
		return err
	}
	if err := f.Chmod(0o644); err != nil && !errors.Is(err, errors.ErrUnsupported) { // Windows
		return err
	}
	return nil
}

// again writes the bytes of a part whose name is gone to a new one.
func (p *part) again() error {
	base := filepath.Base(p.Name())
	base = base[:strings.LastIndex(strings.TrimSuffix(base, partSuffix), ".")+1]
	file, err := os.CreateTemp(filepath.Dir(p.Name()), base+"*"+partSuffix)
	if err != nil {
		return err
	}
	if _, err = io.Copy(file, io.NewSectionReader(p.File, 0, p.size)); err == nil {
		err = finish(file)
	}
	if err != nil {
		file.Close()
		os.Remove(file.Name())
		return err
	}
	p.File.Close()
	p.File = file
	return nil
}
