package main

import (
	"errors"
	"io"
	"net/http"
	"os"
	"sync/atomic"

	"github.com/seed-cd6415d7/digits/examples/internal/answers"
)

// bodiesInMemory is how many bytes the bodies of all requests may take. With a
// large -max-bytes it is more, so that the longest body fits.
const bodiesInMemory = 256 << 20

// A budget counts the bytes of bodies in memory.
type budget struct {
	left atomic.Int64
}

func newBudget(bytes int64) *budget {
	b := &budget{}
	b.left.Store(bytes)
	return b
}

// A body is data in memory that a budget counts.
type body struct {
	data  []byte
	taken int64
	from  *budget
}

// release gives the memory back.
func (b *body) release() {
	b.from.left.Add(b.taken)
	b.data, b.taken = nil, 0
}

// A body gets firstBytes at first, and up to smallBytes even if nothing is
// left. So drawings get in when slow clients hold all memory. The connections
// limit what this takes: 1000 times 64 KB.
const (
	firstBytes = 16 << 10
	smallBytes = 64 << 10
)

// readFrom reads r to its end. The memory grows with what arrives, so a request
// that only promises many bytes takes none.
func (b *body) readFrom(r io.Reader) error {
	for {
		if len(b.data) == cap(b.data) {
			size := max(firstBytes, 2*cap(b.data))
			more := int64(size - cap(b.data))
			b.taken += more
			if b.from.left.Add(-more) < 0 && size > smallBytes {
				return errBusy
			}
			b.data = append(make([]byte, 0, size), b.data...)
		}
		n, err := r.Read(b.data[len(b.data):cap(b.data)])
		b.data = b.data[:len(b.data)+n]
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return explain(err)
		}
	}
}

// explain says what an error in receiving a body means.
func explain(err error) error {
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return tooLarge(large.Limit)
	case errors.Is(err, os.ErrDeadlineExceeded):
		return answers.Errorf(http.StatusRequestTimeout, "the request came too slowly: send it again, or a smaller picture")
	case errors.Is(err, errBusy), errors.Is(err, errHead):
		return err
	}
	return answers.Errorf(answers.BadRequest, "the request is damaged or cut short: %.200v", err)
}

func tooLarge(limit int64) error {
	return answers.Errorf(answers.TooLarge, "more than %d bytes: send a smaller picture", limit)
}
