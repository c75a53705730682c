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

// bufSize is the size of every buffer: large enough that a system call or a
// call of the decompressor costs nothing per byte, small enough for the L1 cache.
const bufSize = 32 << 10

// A source is a decompressed stream that knows where it is.
type source struct {
	br   *bufio.Reader
	off  int64 // bytes read
	size int64 // bytes that there are, 0 if not known; if compressed, compressed
	gz   bool
	late error // that came with the last bytes of the latest read

	dataOff, dataLen int64 // where the elements are, set by header
}

// open looks at the first bytes of r and decompresses it if they are gzip's.
func open(r io.Reader) (*source, error) {
	s := &source{size: knownSize(r), br: bufio.NewReaderSize(r, bufSize)}
	start, err := s.br.Peek(2)
	if err != nil && err != io.EOF {
		return nil, s.fail("magic", int64(len(start)), magicLen, err)
	}
	// A file that consists of gzip's first byte is a gzip file cut short.
	if len(start) == 0 || start[0] != 0x1f || len(start) > 1 && start[1] != 0x8b {
		return s, nil
	}
	s.gz = true
	zr, err := gzip.NewReader(s.br)
	if err != nil {
		return nil, s.fail("magic", 0, magicLen, err)
	}
	s.br = bufio.NewReaderSize(zr, bufSize)
	return s, nil
}

// knownSize returns how much r is sure to hold, 0 if that cannot be told.
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

// A file is an *os.File or a file of another fs.FS whose bytes are at hand, as
// those of an embed.FS are. The files of a zip.Reader are not: their sizes are
// claims.
type file interface {
	fs.File
	io.Seeker
	io.ReaderAt
}

// fileSize returns how much is left of f, if its last byte is really there.
func fileSize(f file) int64 {
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return 0
	}
	pos, err := f.Seek(0, io.SeekCurrent)
	if err != nil || pos >= info.Size() {
		return 0
	}
	var last [1]byte
	if n, _ := f.ReadAt(last[:], info.Size()-1); n != 1 {
		return 0
	}
	return info.Size() - pos
}

// readFull is io.ReadFull, but an error that comes together with the last byte it
// keeps for the next read or the end.
func (s *source) readFull(p []byte) (n int, err error) {
	err, s.late = s.late, nil
	for n < len(p) && err == nil {
		var m int
		m, err = s.br.Read(p[n:])
		n += m
	}
	s.off += int64(n)
	switch {
	case n == len(p) && err != io.EOF:
		s.late, err = err, nil
	case n == len(p):
		err = nil
	case n > 0 && err == io.EOF:
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

// fail makes the error to return when reading ended with err after got of the
// want bytes of a field.
func (s *source) fail(field string, got, want int64, err error) error {
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return truncated(s.off, field, got, want)
	}
	if s.gz {
		if e, ok := damagedGzip(s.off, err); ok {
			return e
		}
	}
	return wrap(s.off, field, err)
}

// failData is fail for the elements. A nil err stays nil.
func (s *source) failData(err error) error {
	if err == nil {
		return nil
	}
	return s.fail("data", s.off-s.dataOff, s.dataLen, err)
}

// end checks that the stream ends here. With gzip, this verifies the checksum.
func (s *source) end() error {
	if s.late != nil {
		return s.fail("end of data", 0, 0, s.late)
	}
	c, err := s.br.ReadByte()
	switch {
	case err == nil:
		return trailing(s.off, fmt.Sprintf("byte %02X", c))
	case err == io.EOF:
		return nil
	case err == io.ErrUnexpectedEOF && s.gz:
		// Too few bytes for a checksum or for the header of another member.
		return &FormatError{Offset: s.off, Field: "gzip stream", Got: "an incomplete checksum or stray bytes", Want: "a checksum and the end of the file", Err: err}
	}
	return s.fail("end of data", 0, 0, err)
}

// expansion is how many times the known size of a compressed file is allocated
// at once if the header asks for so much. Gzip can expand a thousand times, but
// the images of the MNIST family, 2 to 5 times, fit in with room to spare, and
// a file that lies gains no more than 8 bytes for each of its own.
const expansion = 8

// mostAtOnce is how many bytes are allocated at once at the most. A sparse file can
// be of any size.
const mostAtOnce = 1 << 30

// allowance returns how many bytes may be allocated at once on a header's word.
func (s *source) allowance() int64 {
	if s.gz {
		return min(s.size, mostAtOnce/expansion) * expansion
	}
	return min(s.size-s.off, mostAtOnce)
}

// alloc reads n elements into new memory, of which it allocates no more than
// the source's allowance, or twice what has been read, or 512 KB.
func alloc[T Element](s *source, n int) ([]T, error) {
	const first = 512 << 10
	size := typeOf[T]().Size()
	have := first / size
	if int64(n*size) <= s.allowance() {
		have = n
	}
	dst := make([]T, min(n, have))
	if err := fill(s, dst); err != nil {
		return nil, err
	}
	for len(dst) < n {
		old := len(dst)
		grown := make([]T, old+min(n-old, old))
		copy(grown, dst)
		dst = grown
		if err := fill(s, dst[old:]); err != nil {
			return nil, err
		}
	}
	return dst, nil
}

// fill reads len(dst) elements.
func fill[T Element](s *source, dst []T) error {
	if b, ok := any(dst).([]uint8); ok {
		_, err := s.readFull(b)
		return s.failData(err)
	}
	size := typeOf[T]().Size()
	for len(dst) > 0 {
		// The elements are converted straight from the stream's buffer.
		b, err := s.br.Peek(size * min(len(dst), s.br.Size()/size))
		s.off += int64(len(b))
		if err != nil {
			return s.failData(err)
		}
		n := len(b) / size
		fromBytes(dst[:n], b)
		dst = dst[n:]
		s.br.Discard(len(b)) // cannot fail: the bytes are in the buffer
	}
	return nil
}
