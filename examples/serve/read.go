package main

import (
	"context"
	"fmt"
	"io"
	"mime"
	"net/http"
	"runtime/debug"
	"time"

	"github.com/seed-cd6415d7/digits/examples/internal/answers"
)

// drawingPixels is the size up to which a picture stands in the line of the
// drawings.
const drawingPixels = 500_000

// read answers v1/read.
func (s *server) read(w http.ResponseWriter, r *http.Request) (any, error) {
	b := &body{from: s.memory}
	name, err := s.receive(b, w, r)
	if err != nil {
		b.release()
		return nil, err
	}
	size, err := answers.Size(b.data, s.MaxPixels)
	if err != nil {
		b.release()
		return nil, err
	}
	l := s.photographs
	if size.X*size.Y <= drawingPixels {
		l = s.drawings
	}
	query := r.URL.Query()
	return s.inLine(r.Context(), l, b, func() (any, error) { return s.Read(query, b.data, name) })
}

// why answers v1/why.
func (s *server) why(w http.ResponseWriter, r *http.Request) (any, error) {
	b := &body{from: s.memory}
	if _, err := s.receive(b, w, r); err != nil {
		b.release()
		return nil, err
	}
	query := r.URL.Query()
	return s.inLine(r.Context(), s.drawings, b, func() (any, error) { return s.Why(query, b.data) })
}

// inLine does work on a body when it is its turn, and releases the body.
//
// Nothing can interrupt the work. If the client is gone or the time is up, the
// work goes on without anybody who waits, and holds its place in the line until
// it ends. So there are never more of these goroutines than places, and the
// limit of pixels limits how long they run.
func (s *server) inLine(ctx context.Context, l *line, b *body, work func() (any, error)) (any, error) {
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	if err := l.enter(ctx); err != nil {
		b.release()
		return nil, err
	}
	type result struct {
		object any
		err    error
	}
	done := make(chan result, 1)
	go func() {
		var res result
		defer func() {
			if p := recover(); p != nil {
				s.log.Error("a picture cannot be read", "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
				res = result{nil, answers.Errorf(answers.Broken, "the service has a mistake: it cannot read this picture; please report it")}
			}
			b.release()
			l.leave()
			done <- res
		}()
		res.object, res.err = work()
	}()
	select {
	case res := <-done:
		return res.object, res.err
	case <-ctx.Done():
		return nil, answers.Errorf(http.StatusServiceUnavailable, "reading the picture takes more than %v: send a smaller one", s.timeout)
	}
}

// receive receives the body of a request, and returns the name of its picture.
func (s *server) receive(b *body, w http.ResponseWriter, r *http.Request) (name string, err error) {
	if r.ContentLength > s.MaxBytes {
		return "", tooLarge(s.MaxBytes)
	}
	r.Body = http.MaxBytesReader(w, r.Body, s.MaxBytes)
	// An error means that there is no connection.
	c := http.NewResponseController(w)
	c.SetReadDeadline(time.Now().Add(s.timeout))
	defer func() {
		c.SetReadDeadline(time.Time{}) // or else waiting would be too slow
		received(r)
	}()
	if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind == "multipart/form-data" {
		return receiveForm(b, r)
	}
	if err := b.readFrom(r.Body); err != nil {
		return "", err
	}
	if len(b.data) == 0 {
		return "", answers.Errorf(answers.BadRequest, "the request has no body; want a picture, as from curl --data-binary @photo.jpg")
	}
	return "-", nil
}

// Limits of a form.
const (
	maxParts = 100
	maxName  = 255
)

// receiveForm receives a form, and keeps the file in it. Nothing is written to
// the disk.
func receiveForm(b *body, r *http.Request) (name string, err error) {
	form, err := r.MultipartReader()
	if err != nil {
		return "", answers.Errorf(answers.BadRequest, "the form cannot be read: %v", err)
	}
	found := false
	for range maxParts {
		part, err := form.NextPart()
		switch {
		case err == io.EOF && found:
			return name, nil
		case err == io.EOF:
			return "", answers.Errorf(answers.BadRequest, "the form has no file; want one, as from curl -F file=@photo.jpg")
		case err != nil:
			return "", explain(err)
		case part.FileName() == "":
			continue
		case found:
			return "", answers.Errorf(answers.BadRequest, "the form has several files; want one in each request")
		}
		if name = part.FileName(); len(name) > maxName {
			return "", answers.Errorf(answers.BadRequest, "the name of the file has %d bytes; want at most %d", len(name), maxName)
		}
		if err := b.readFrom(part); err != nil {
			return "", err
		}
		found = true
	}
	return "", answers.Errorf(answers.BadRequest, "the form has more than %d parts; want one, with the picture", maxParts)
}
