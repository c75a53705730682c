package idx

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"io/fs"
	"strings"
)

// bufSize is the size of every buffer, in bytes. A smaller buffer would need
// too many calls of the system and of the decompressor. A larger buffer would
// not fit the L1 cache.
const bufSize = 32 << 10

// A source is a decompressed stream that knows its position.
type source struct {
	br   *bufio.Reader
	off  int64 // bytes read
	size int64 // bytes of input, before decompression; 0 if unknown
	gz   bool
	late error // came with the last bytes; not returned yet

	dataOff, dataLen int64 // position of the elements in bytes, set by header
}

// open returns a source that reads r. If the first bytes of r are those of a
// gzip file, the source decompresses r.
func open(r io.Reader) (*source, error) {
	s := &source{size: knownSize(r)}
	s.br = bufio.NewReaderSize(r, bufferFor(s.size))
	start, err := s.br.Peek(2)
	if err != nil && err != io.EOF {
		return nil, s.fail("magic", int64(len(start)), magicLen, err)
	}
	// If the file has only one byte, and this is the first byte of a gzip file,
	// the file is a truncated gzip file.
	if len(start) == 0 || start[0] != 0x1f || len(start) > 1 && start[1] != 0x8b {
		return s, nil
	}
	s.gz = true
	zr, err := gzip.NewReader(s.br)
	if err != nil {
		return nil, s.fail("magic", 0, magicLen, err)
	}
	zr.Multistream(false)
	s.br = bufio.NewReaderSize(&gunzip{z: zr, r: s.br}, bufSize)
	return s, nil
}

// bufferFor returns the size of a buffer for an input of size bytes. A short
// file needs only a short buffer, which is cheaper.
func bufferFor(size int64) int {
	if size == 0 { // unknown
		return bufSize
	}
	return int(min(size, bufSize))
}

// A gunzip decompresses all members of a gzip file. Unlike a gzip.Reader it
// allows zeros after the last member.
type gunzip struct {
	z   *gzip.Reader // of one member
	r   *bufio.Reader
	err error // that Read keeps returning
}

func (g *gunzip) Read(p []byte) (n int, err error) {
	for n == 0 && g.err == nil {
		if n, g.err = g.z.Read(p); g.err == io.EOF {
			g.err = g.next()
		}
	}
	if n > 0 {
		return n, nil
	}
	return 0, g.err
}

// next begins the next member. It returns io.EOF if there are only zeros.
func (g *gunzip) next() error {
	start, err := g.r.Peek(1)
	if err != nil {
		return err
	}
	if start[0] != 0 {
		err = g.z.Reset(g.r)
		g.z.Multistream(false)
		return err
	}
	for {
		if c, err := g.r.ReadByte(); err != nil {
			return err
		} else if c != 0 {
			return gzip.ErrHeader
		}
	}
}

// knownSize returns how many bytes are left in r, or 0 if the number is
// unknown.
func knownSize(r io.Reader) int64 {
	switch r := r.(type) {
	case *bytes.Buffer:
		return int64(r.Len())
	case *bytes.Reader:
		return int64(r.Len())
	case *strings.Reader:
		return int64(r.Len())
	case file:
		return fileSize(r)
	}
	return 0
}

// A file is an *os.File, or a file with the same methods from another fs.FS,
// such as an embed.FS. The files of a zip.Reader lack these methods. That is
// welcome, because the sizes in a zip archive may be false.
type file interface {
	fs.File
	io.Seeker
	io.ReaderAt
}

// fileSize returns how many bytes are left in f, or 0 if the number is unknown.
// It reads the last byte, to check that f is as long as Stat says.
func fileSize(f file) (size int64) {
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return size
	}
	var last [1]byte
	n, _ := f.ReadAt(last[:], info.Size()-1)
	pos, err := f.Seek(0, io.SeekCurrent)
	if err == nil && n == len(last) {
		size = info.Size() - pos
	}
	return size
}

// readFull is like io.ReadFull. If an error comes together with the last byte,
// readFull keeps it for the next read or for end.
func (s *source) readFull(p []byte) (n int, err error) {
	err, s.late = s.late, nil
	for n < len(p) && err == nil {
		var m int
		m, err = s.br.Read(p[n:])
		n += m
	}
	s.off += int64(n)
	if n < len(p) {
		return n, err
	}
	if err != io.EOF {
		s.late = err
	}
	return n, nil
}

// fail returns the error to report about a field of want bytes. The source
// failed with err after got bytes of the field.
func (s *source) fail(field string, got, want int64, err error) error {
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return truncated(s.off, field, got, want)
	}
	return s.broken(field, err)
}

// broken returns the error to report if the source failed with err, but did not
// end. The caller's reader may decompress, too.
func (s *source) broken(field string, err error) error {
	if e, ok := damagedGzip(s.off, err); ok {
		return e
	}
	return wrap(s.off, field, err)
}

// failData does the same as fail, for the elements. It returns nil if err is
// nil.
func (s *source) failData(err error) error {
	if err == nil {
		return nil
	}
	return s.fail("data", s.off-s.dataOff, s.dataLen, err)
}

// end checks that the stream has no more bytes. To find the end, package gzip
// verifies its checksum.
func (s *source) end() error {
	var c byte
	err := s.late
	if err == nil {
		c, err = s.br.ReadByte()
	}
	switch {
	case err == nil:
		return trailing(s.off, fmt.Sprintf("byte %02X", c))
	case err == io.EOF:
		return nil
	case err == io.ErrUnexpectedEOF && s.gz:
		// The rest is too short for a checksum or for another gzip
		// header.
		return &FormatError{
			Offset: s.off, Field: "gzip stream", Err: err,
			Got: "an incomplete checksum or unexpected bytes", Want: "a checksum and the end of the file",
		}
	}
	return s.broken("end of data", err)
}

// maxExpansion limits how many bytes are allocated at once for each byte of a
// compressed file of known size. Gzip can expand data a thousand times, but the
// images of the MNIST family expand only 2 to 5 times.
const maxExpansion = 5

// maxAtOnce limits how many bytes are allocated at once. Without this limit, a
// sparse file could claim any size.
const maxAtOnce = 1 << 30

// allowance returns how many bytes alloc may allocate at once.
func (s *source) allowance() int64 {
	allowed := s.size - s.off
	if s.gz {
		allowed = s.size * maxExpansion
	}
	return min(allowed, maxAtOnce)
}

// alloc reads n elements into a new slice. If the slice is larger than the
// allowance, it begins with the size of a buffer and doubles as data arrive. So
// all slices together have at most four times the bytes read.
func alloc[T Element](s *source, n int) ([]T, error) {
	size := typeOf[T]().Size()
	first := n
	if int64(n*size) > s.allowance() {
		first = min(n, bufSize/size)
	}
	dst := make([]T, first)
	err := fill(s, dst)
	for err == nil && len(dst) < n {
		old := len(dst)
		grown := make([]T, old+min(n-old, old))
		copy(grown, dst)
		dst = grown
		err = fill(s, dst[old:])
	}
	return dst, err
}

// fill reads len(dst) elements.
func fill[T Element](s *source, dst []T) error {
	if b, ok := any(dst).([]uint8); ok {
		_, err := s.readFull(b)
		return s.failData(err)
	}
	size := typeOf[T]().Size()
	for len(dst) > 0 {
		// Decode directly from the buffer of the stream.
		b, err := s.br.Peek(size * min(len(dst), s.br.Size()/size))
		s.off += int64(len(b))
		if err != nil {
			return s.failData(err)
		}
		n := len(b) / size
		fromBytes(dst[:n], b)
		dst = dst[n:]
		s.br.Discard(len(b)) // cannot fail: the buffer has these bytes
	}
	return nil
}
