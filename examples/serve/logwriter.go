package main

import (
	"io"
	"log/slog"
	"sync/atomic"
	"time"
)

// A logWriter writes lines to another writer, but never waits for it. If nobody
// reads the log, lines are dropped, and the service goes on.
type logWriter struct {
	lines   chan []byte // nil ends writing
	dropped atomic.Int64
	ended   chan struct{}
}

const (
	maxLines  = 1000            // that wait to be written
	flushTime = time.Second / 2 // for the last lines
)

func newLogWriter(to io.Writer) *logWriter {
	w := &logWriter{lines: make(chan []byte, maxLines), ended: make(chan struct{})}
	go w.write(to)
	return w
}

// Write takes a line.
func (w *logWriter) Write(line []byte) (int, error) {
	select {
	case w.lines <- append([]byte{}, line...):
	default:
		w.dropped.Add(1)
	}
	return len(line), nil
}

// write writes the lines, and says how many are missing.
func (w *logWriter) write(to io.Writer) {
	defer close(w.ended)
	for line := range w.lines {
		if n := w.dropped.Swap(0); n > 0 {
			slog.New(slog.NewTextHandler(to, nil)).Warn("the log was read too slowly, and lines are missing", "lines", n)
		}
		if line == nil {
			return
		}
		to.Write(line) // if this fails, there is nobody to tell
	}
}

// flush writes the last lines, but does not wait long. Later lines are lost.
func (w *logWriter) flush() {
	timeout := time.After(flushTime)
	select {
	case w.lines <- nil:
	case <-timeout:
		return
	}
	select {
	case <-w.ended:
	case <-timeout:
	}
}
