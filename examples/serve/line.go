package main

import (
	"context"
	"net/http"

	"github.com/seed-cd6415d7/digits/examples/internal/answers"
)

// errBusy is the error for requests that would wait too long.
var errBusy = answers.Errorf(http.StatusServiceUnavailable, "the service is busy: try again in a second")

// A line lets pictures be read, a few at once, in the order in which they come.
//
// There is one line for drawings and one for photographs. One photograph takes
// as long as many drawings. With one line, a person who draws would wait behind
// all photographs that a program sends. With two lines, each kind gets its
// share of the processors.
type line struct {
	reading, waiting chan struct{}
}

// maxWaiting is how many pictures wait in a line.
const maxWaiting = 128

// newLine returns a line that lets some pictures be read at once, and others
// wait.
func newLine(reading, waiting int) *line {
	return &line{make(chan struct{}, reading), make(chan struct{}, waiting)}
}

// enter waits until a picture may be read. After reading, the caller leaves.
func (l *line) enter(ctx context.Context) error {
	select {
	case l.waiting <- struct{}{}:
	default:
		return errBusy
	}
	defer func() { <-l.waiting }()
	select {
	case l.reading <- struct{}{}:
		return nil
	case <-ctx.Done():
		return errBusy
	}
}

func (l *line) leave() { <-l.reading }
