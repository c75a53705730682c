package softmax

import (
	"bytes"
	"io"
	"strings"
)

// pieces are bytes from a reader. How many there are is not known in advance.
// Pieces take little more memory than the bytes: no byte is copied to a larger
// array.
type pieces struct {
	list [][]byte
	size int // of all pieces
}

// readPieces reads n bytes, or fewer if the reader ends before. A hostile file
// may claim a large n. So the memory depends only on the bytes read: a piece
// has a quarter of the bytes before it, but at least 4096.
func readPieces(r io.Reader, n int) (p pieces, err error) {
	const smallest = 4096
	for p.size < n && err == nil {
		piece := make([]byte, min(n-p.size, max(smallest, p.size/4)))
		got := 0
		for got < len(piece) && err == nil {
			var more int
			more, err = r.Read(piece[got:])
			got += more
		}
		p.list = append(p.list, piece[:got])
		p.size += got
	}
	if p.size == n || err == io.EOF {
		err = nil // any error comes again with the next byte
	}
	return p, err
}

// start returns some of the first bytes.
func (p *pieces) start() []byte {
	if len(p.list) == 0 {
		return nil
	}
	return p.list[0]
}

// reader returns a reader of all bytes.
func (p *pieces) reader() io.Reader {
	var readers []io.Reader
	for _, piece := range p.list {
		readers = append(readers, bytes.NewReader(piece))
	}
	return io.MultiReader(readers...)
}

// String returns a copy of all bytes.
func (p *pieces) String() string {
	var b strings.Builder
	b.Grow(p.size)
	for _, piece := range p.list {
		b.Write(piece)
	}
	return b.String()
}
