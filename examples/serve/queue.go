package main

import (
	"context"
	"net/http"

	"github.com/seed-cd6415d7/digits/examples/internal/answers"
)

// errBusy is the error for requests that would wait too long.
var errBusy = answers.Errorf(http.StatusServiceUnavailable, "the service is busy: try again in a second")

// A queue lets pictures be read, a few at once, in the order in which they
// come.
//
// There is one queue for drawings and one for photographs. One photograph takes
// as long as many drawings. With one queue, a person who draws would wait
// behind all photographs that a program sends. With two queues, each kind gets
// its share of the processors.
type queue struct {
	reading, waiting chan struct{}
}

// maxWaiting is how many pictures wait in a queue.
const maxWaiting = 128

// newQueue returns a queue that lets some pictures be read at once, and others
// wait.
func newQueue(reading, waiting int) *queue {
	return &queue{make(chan struct{}, reading), make(chan struct{}, waiting)}
}

// enter waits until a picture may be read. After reading, the caller leaves.
func (q *queue) enter(ctx context.Context) error {
	select {
	case q.waiting <- struct{}{}:
	default:
		return errBusy
	}
	defer func() { <-q.waiting }()
	select {
	case q.reading <- struct{}{}:
		return nil
	case <-ctx.Done():
		return errBusy
	}
}

func (q *queue) leave() { <-q.reading }
