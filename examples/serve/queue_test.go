package main

import (
	"bytes"
	"context"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// fill takes all places of a queue until the returned function is called.
func fill(q *queue) (empty func()) {
	for range cap(q.reading) {
		q.reading <- struct{}{}
	}
	return func() {
		for range cap(q.reading) {
			q.leave()
		}
	}
}

// TestBusy: when the queue is full, others are told to come again.
func TestBusy(t *testing.T) {
	s := start(t, func(s *server) { s.drawings = newQueue(2, 1) })
	empty := fill(s.drawings)
	digit := picture(t, "3_brush.png")
	answered := make(chan int)
	go func() {
		answer, err := http.Post(s.url+"/v1/read", "", bytes.NewReader(digit))
		if err == nil {
			answer.Body.Close()
			answered <- answer.StatusCode
		}
	}()
	require.Eventually(t, func() bool { return len(s.drawings.waiting) == 1 }, 5*time.Second, time.Millisecond)
	answer, text := s.do(t, "POST", "/v1/read", bytes.NewReader(digit))
	require.Equal(t, 503, answer.StatusCode)
	require.Equal(t, "1", answer.Header.Get("Retry-After"))
	require.JSONEq(t, `{"error": "the service is busy: try again in a second", "status": 503}`, text)
	empty()
	require.Equal(t, 200, <-answered)
	require.Equal(t, int64(bodiesInMemory), s.memory.left.Load())
}

// TestTwoLines: drawings do not wait for photographs, nor photographs for
// drawings.
func TestTwoLines(t *testing.T) {
	s := start(t, nil)
	drawing, photograph := picture(t, "3_brush.png"), encodeJPEG(t, photograph(t, 1, 1000, 700))
	for _, tt := range []struct {
		full *queue
		free []byte
	}{{s.photographs, drawing}, {s.drawings, photograph}} {
		empty := fill(tt.full)
		status, text := s.post(t, "/v1/read", tt.free)
		require.Equal(t, 200, status, text)
		empty()
	}
}

// TestGone: a client that goes away leaves the queue.
func TestGone(t *testing.T) {
	s := start(t, nil)
	defer fill(s.drawings)()
	conn := s.dial(t, head(len(picture(t, "3_brush.png")))+string(picture(t, "3_brush.png")))
	require.Eventually(t, func() bool { return len(s.drawings.waiting) == 1 }, 5*time.Second, time.Millisecond)
	conn.Close()
	require.Eventually(t, func() bool {
		return len(s.drawings.waiting) == 0 && s.memory.left.Load() == bodiesInMemory && strings.Contains(s.log.String(), "status=499 ")
	}, 5*time.Second, time.Millisecond)
}

// TestTooLong: work that takes too long keeps its place, and no more than that.
func TestTooLong(t *testing.T) {
	s := start(t, func(s *server) { s.drawings = newQueue(2, 10) }, "-timeout", "20ms")
	wait := make(chan struct{})
	work := func() (any, error) {
		<-wait
		return nil, nil
	}
	before := runtime.NumGoroutine()
	for i := range 10 {
		_, err := s.inQueue(t.Context(), s.drawings, &body{from: s.memory}, work)
		if i < 2 {
			require.ErrorContains(t, err, "reading the picture takes more than 20ms: send a smaller one")
		} else {
			require.ErrorIs(t, err, errBusy)
		}
		require.LessOrEqual(t, runtime.NumGoroutine(), before+5, "not one for each request")
	}
	close(wait)
	require.Eventually(t, func() bool { return len(s.drawings.reading) == 0 }, 5*time.Second, time.Millisecond)
	require.EqualValues(t, bodiesInMemory, s.memory.left.Load())
}

// TestPanic: a mistake in the reader ends one request, not the service.
func TestPanic(t *testing.T) {
	s := start(t, nil)
	_, err := s.inQueue(context.Background(), s.drawings, &body{from: s.memory}, func() (any, error) { panic("oh") })
	require.ErrorContains(t, err, "the service has a mistake")
	require.Contains(t, s.log.String(), `level=ERROR msg="a picture cannot be read" panic=oh stack=`)
	require.Empty(t, s.drawings.reading)
}
