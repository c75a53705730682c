package main

import (
	"net/http"
	"time"
)

// A recorder remembers the status and the length of an answer.
type recorder struct {
	http.ResponseWriter
	status int
	bytes  int64
}

func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }

func (r *recorder) WriteHeader(status int) {
	r.status = status
	r.ResponseWriter.WriteHeader(status)
}

func (r *recorder) Write(p []byte) (int, error) {
	n, err := r.ResponseWriter.Write(p)
	r.bytes += int64(n)
	return n, err
}

// logRequest logs a request. It logs nothing about pictures: no content, no
// answer, no name of a file.
func (s *server) logRequest(r *http.Request, rec *recorder, start time.Time) {
	path := "(other)" // a stranger may write anything there
	if _, ok := s.routes[r.URL.Path]; ok {
		path = r.URL.Path
	}
	method := r.Method
	if len(method) > len("OPTIONS") {
		method = "(other)"
	}
	s.log.Info("request", "method", method, "path", path, "status", rec.status, "bytes", rec.bytes,
		"ms", float64(time.Since(start).Microseconds())/1000)
}
