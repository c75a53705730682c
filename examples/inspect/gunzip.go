package main

import (
	"bufio"
	"compress/gzip"
	"io"
)

// A gunzip decompresses all members of a gzip file. Unlike a gzip.Reader it
// allows zeros after the last member, as package idx does.
type gunzip struct {
	*gzip.Reader // of one member
	in           *bufio.Reader
	err          error // that Read keeps returning
}

func newGunzip(in *bufio.Reader) (*gunzip, error) {
	z, err := gzip.NewReader(in)
	if err != nil {
		return nil, err
	}
	z.Multistream(false)
	return &gunzip{Reader: z, in: in}, nil
}

func (g *gunzip) Read(p []byte) (n int, err error) {
	for n == 0 && g.err == nil {
		if n, g.err = g.Reader.Read(p); g.err == io.EOF {
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
	start, err := g.in.Peek(1)
	if err != nil {
		return err
	}
	if start[0] != 0 {
		defer g.Multistream(false)
		return g.Reset(g.in)
	}
	for {
		if c, err := g.in.ReadByte(); err != nil {
			return err
		} else if c != 0 {
			return gzip.ErrHeader
		}
	}
}
