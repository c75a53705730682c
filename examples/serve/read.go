package main

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"math"
	"mime"
	"mime/multipart"
	"net/http"
	"runtime/debug"
	"time"

	"github.com/seed-cd6415d7/digits/examples/internal/answers"
)

// drawingPixels is the size of the largest pictures in the queue of drawings.
// Larger ones wait in the queue of photographs.
const drawingPixels = 500_000

// read answers v1/read.
func (s *server) read(w http.ResponseWriter, r *http.Request) (any, error) {
	o, err := s.Options(r.URL.RawQuery)
	if err != nil {
		return nil, err
	}
	b := &body{from: s.memory}
	name, err := s.receive(b, w, r)
	if err != nil {
		b.release()
		return nil, err
	}
	if len(b.data) == 0 {
		b.release()
		return nil, answers.Errorf(answers.BadRequest, "there is no picture in the request; want one, as from curl --data-binary @photo.jpg")
	}
	advise := adviser(r, b.data)
	size, err := answers.Size(b.data, s.MaxPixels)
	if err != nil {
		b.release()
		return nil, advise(err)
	}
	q := s.photographs
	if size.X*size.Y <= drawingPixels {
		q = s.drawings
	}
	return s.inQueue(r.Context(), q, b, func() (any, error) {
		o, err := answers.Read(s.Reader, b.data, name, o)
		return o, advise(err)
	})
}

// adviser returns a function that explains errors caused by curl --data. That
// option sends a picture as if it were text in a form, without the line ends.
func adviser(r *http.Request, data []byte) func(error) error {
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	cut := kind == "application/x-www-form-urlencoded" && !bytes.ContainsAny(data, "\r\n")
	return func(err error) error {
		if status := answers.Status(err); cut && (status == answers.BadRequest || status == answers.Unsupported) {
			return answers.Errorf(status, "%s; send it with curl --data-binary, not with --data, which leaves out bytes", answers.Fail(err).Error)
		}
		return err
	}
}

// why answers v1/why.
func (s *server) why(w http.ResponseWriter, r *http.Request) (any, error) {
	b := &body{from: s.memory}
	if _, err := s.receive(b, w, r); err != nil {
		b.release()
		return nil, err
	}
	query, advise := r.URL.RawQuery, adviser(r, b.data)
	return s.inQueue(r.Context(), s.drawings, b, func() (any, error) {
		o, err := s.Why(query, b.data)
		return o, advise(err)
	})
}

// inQueue does work on a body when it is its turn, and releases the body.
//
// Nothing can interrupt the work. If the client is gone or the time is up, the
// work goes on, and nobody waits for it. It holds its place in the queue until
// it ends. So there are never more of these goroutines than places. The limits
// of pixels and of scans limit how long they run.
func (s *server) inQueue(ctx context.Context, q *queue, b *body, work func() (any, error)) (any, error) {
	request := ctx
	ctx, cancel := context.WithTimeout(request, s.timeout)
	defer cancel()
	if err := q.enter(ctx); err != nil {
		b.release()
		return nil, cmp.Or(gone(request), err)
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
			q.leave()
			done <- res
		}()
		res.object, res.err = work()
	}()
	select {
	case res := <-done:
		return res.object, res.err
	case <-ctx.Done():
		return nil, cmp.Or(gone(request), answers.Errorf(http.StatusServiceUnavailable, "reading the picture takes more than %v: send a smaller one", s.timeout))
	}
}

// statusGone is for the log. Nobody receives it.
const statusGone = 499

// gone returns an error if the client of a request is gone.
func gone(request context.Context) error {
	if request.Err() != nil {
		return answers.Errorf(statusGone, "the client is gone")
	}
	return nil
}

// receive receives the body of a request, and returns the name of its picture.
func (s *server) receive(b *body, w http.ResponseWriter, r *http.Request) (name string, err error) {
	if r.ContentLength > s.MaxBytes {
		return "", tooLarge(s.MaxBytes)
	}
	// Only a copy of the request gets another body. net/http looks at the body
	// of the original: if the client is still sending, it waits a little before
	// it closes the connection. Without that, the client could lose the answer.
	r = r.WithContext(r.Context())
	r.Body = http.MaxBytesReader(w, r.Body, s.MaxBytes)
	c := http.NewResponseController(w)
	c.SetReadDeadline(time.Now().Add(s.timeout)) // an error means that there is no connection
	if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind == "multipart/form-data" {
		name, err = receiveForm(b, r)
	} else {
		name, err = "-", b.readFrom(r.Body)
	}
	if err != nil {
		return "", err
	}
	w.Header().Del("Connection")   // the whole body is read
	c.SetReadDeadline(time.Time{}) // waiting in the queue has its own time limit
	received(r)
	return name, nil
}

// Limits of a form.
const (
	maxParts = 100
	maxName  = 255
	maxHead  = 32 << 10 // bytes before the content of a file, and after it
)

var errHead = answers.Errorf(answers.BadRequest, "the form has too much before or after the file; want one part, with the picture")

// A headReader reads a form, but no more than left bytes.
//
// The budget counts the content of files. Package mime/multipart would keep 10
// MB of other bytes, which the budget does not count.
type headReader struct {
	form io.Reader
	left int64
}

func (h *headReader) Read(p []byte) (int, error) {
	if h.left <= 0 {
		return 0, errHead
	}
	n, err := h.form.Read(p[:min(int64(len(p)), h.left)])
	h.left -= int64(n)
	return n, err
}

// receiveForm receives a form, and keeps the file in it. Nothing is written to
// the disk.
func receiveForm(b *body, r *http.Request) (name string, err error) {
	limited := &headReader{form: r.Body}
	r.Body = io.NopCloser(limited)
	form, err := r.MultipartReader()
	if err != nil {
		return "", answers.Errorf(answers.BadRequest, "the form cannot be read: %.200v", err)
	}
	found := false
	for range maxParts + 1 {
		limited.left = maxHead
		part, err := form.NextPart()
		switch {
		case err == io.EOF && found: // the end of the form, not of the body
			if _, err := io.Copy(io.Discard, limited); err != nil {
				return "", explain(err)
			}
			return name, nil
		case err == io.EOF:
			return "", answers.Errorf(answers.BadRequest, "the form has no file; want one, as from curl -F file=@photo.jpg")
		case err != nil:
			return "", explain(err)
		}
		if err := checkFile(part); err != nil {
			return "", err
		}
		switch {
		case part.FileName() == "": // nobody chose a file
			continue
		case found:
			return "", answers.Errorf(answers.BadRequest, "the form has several files; want one in each request")
		}
		if name = part.FileName(); len(name) > maxName {
			return "", answers.Errorf(answers.BadRequest, "the name of the file has %d bytes; want at most %d", len(name), maxName)
		}
		limited.left = math.MaxInt64
		if err := b.readFrom(part); err != nil {
			return "", err
		}
		found = true
	}
	return "", answers.Errorf(answers.BadRequest, "the form has more than %d parts; want one, with the picture", maxParts)
}

// checkFile refuses a part of a form that is no file. From a browser, a file
// that nobody chose has an empty name.
func checkFile(part *multipart.Part) error {
	_, params, err := mime.ParseMediaType(part.Header.Get("Content-Disposition"))
	if err != nil {
		return answers.Errorf(answers.BadRequest, "the form has a part without a proper Content-Disposition: %.200v", err)
	}
	if _, ok := params["filename"]; !ok {
		return answers.Errorf(answers.BadRequest, "the form has a field %.50q; want only a file, as from curl -F file=@photo.jpg: "+
			"write options in the address, such as ?one=true", part.FormName())
	}
	return nil
}
