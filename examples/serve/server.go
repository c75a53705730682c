package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"runtime"
	"strconv"
	"time"

	"github.com/seed-cd6415d7/digits/examples/internal/answers"
	"github.com/seed-cd6415d7/digits/examples/reader"
)

// Limits that hold for every service.
const (
	headerTime  = 10 * time.Second // for receiving the header of a request
	idleTime    = time.Minute      // between the requests of a connection
	graceTime   = 10 * time.Second // for running requests after Ctrl-C
	unusedTime  = time.Second / 2  // for unused connections after Ctrl-C
	headerBytes = 16 << 10

	maxConnections = 1000
	otherFiles     = 30 // open files that are no connections
)

// connectionsFor returns how many connections there may be if the program may
// open so many files. If it opened more, it could not take new connections.
func connectionsFor(files uint64, known bool) int {
	if !known {
		return maxConnections
	}
	return int(min(max(files, otherFiles+1)-otherFiles, maxConnections))
}

// A server answers the requests of the service.
type server struct {
	answers.Service
	timeout     time.Duration
	connections int           // at most
	grace       time.Duration // for running requests at the end
	local       bool          // it listens only for programs on this computer
	log         *slog.Logger
	page        *webPage
	tag         string // of what v1/model tells

	drawings, photographs *queue
	memory                *budget // for bodies
	routes                map[string]route
}

// A route says which method a path takes, and who answers. The object is
// written as JSON. It may be nil if the answer was already written.
type route struct {
	method string
	answer func(w http.ResponseWriter, r *http.Request) (object any, err error)
}

func newServer(r *reader.Reader, o *options, local bool, log *slog.Logger) *server {
	processors := runtime.GOMAXPROCS(0)
	s := &server{
		Service: answers.Service{Reader: r, MaxBytes: o.maxBytes, MaxPixels: o.maxPixels},
		timeout: o.timeout, connections: connectionsFor(mostFiles()), grace: graceTime, local: local, log: log, page: newPage(o.timeout),
		drawings: newQueue(processors, maxWaiting), photographs: newQueue(processors, maxWaiting),
		memory: newBudget(max(bodiesInMemory, 2*o.maxBytes)),
	}
	s.routes = map[string]route{
		"/":         {http.MethodGet, s.page.answer},
		"/v1/read":  {http.MethodPost, s.read},
		"/v1/why":   {http.MethodPost, s.why},
		"/v1/model": {http.MethodGet, func(_ http.ResponseWriter, r *http.Request) (any, error) { return s.Model(r.URL.RawQuery) }},
		"/healthz":  {http.MethodGet, func(http.ResponseWriter, *http.Request) (any, error) { return answers.Health{Status: "ok"}, nil }},
	}
	model, _ := s.Model("") // only options can be wrong
	sum := sha256.Sum256([]byte(answers.Text(model)))
	s.tag = hex.EncodeToString(sum[:8])
	return s
}

// serve answers the requests of a listener until ctx is done. Then it finishes
// the running requests, but waits no longer than s.grace.
func (s *server) serve(ctx context.Context, l net.Listener) error {
	conns := limit(l, s.connections)
	h := &http.Server{
		Handler: s, ErrorLog: slog.NewLogLogger(s.log.Handler(), slog.LevelWarn),
		ReadHeaderTimeout: min(headerTime, s.timeout), ReadTimeout: s.timeout, IdleTimeout: idleTime,
		MaxHeaderBytes: headerBytes, ConnState: conns.changed, ConnContext: withConnection,
	}
	ended := make(chan error, 1)
	go func() { ended <- h.Serve(conns) }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	s.log.Info("ending: running requests are answered; Ctrl-C again stops at once")
	grace, cancel := context.WithTimeout(context.Background(), s.grace)
	defer cancel()
	// Browsers open connections in advance. Shutdown would wait for them.
	defer time.AfterFunc(unusedTime, conns.closeUnused).Stop()
	if err := h.Shutdown(grace); err != nil {
		s.log.Warn("some requests were not answered in time")
		h.Close()
	}
	return nil
}

// ServeHTTP answers a request and logs it.
func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	rec := &recorder{ResponseWriter: w}
	defer s.logRequest(r, rec, time.Now())
	s.limitWriting(w)
	setHeaders(w.Header())
	if r.ContentLength != 0 {
		// The connection ends after the answer, unless the route reads the
		// body. Otherwise net/http would wait for the body before it answers.
		w.Header().Set("Connection", "close")
	}
	object, err := s.answer(rec, r)
	if err != nil {
		s.fail(rec, err)
	} else if object != nil {
		s.write(rec, answers.OK, answers.Text(object))
	}
}

// answer finds the route and answers.
func (s *server) answer(w http.ResponseWriter, r *http.Request) (any, error) {
	if err := s.checkOrigin(r); err != nil {
		return nil, err
	}
	route, ok := s.routes[r.URL.Path]
	if !ok {
		return nil, answers.Errorf(answers.NotFound, "there is no %.100q here; want /, /v1/read, /v1/why, /v1/model or /healthz", r.URL.Path)
	}
	allowed := route.method + ", OPTIONS"
	if route.method == http.MethodGet {
		allowed = "GET, HEAD, OPTIONS"
	}
	if r.Method == route.method || r.Method == http.MethodHead && route.method == http.MethodGet {
		return route.answer(w, r)
	}
	w.Header().Set("Allow", allowed)
	if r.Method == http.MethodOptions {
		w.WriteHeader(http.StatusNoContent)
		return nil, nil
	}
	return nil, answers.Errorf(answers.MethodNotAllowed, "%.20q is not for %s; want %s", r.Method, r.URL.Path, route.method)
}

// fail writes an error.
func (s *server) fail(w http.ResponseWriter, err error) {
	failure := answers.Fail(err)
	if errors.Is(err, errBusy) {
		w.Header().Set("Retry-After", "1")
	}
	s.write(w, failure.Status, answers.Text(failure))
}

// limitWriting gives the client a new time limit to receive the answer.
func (s *server) limitWriting(w http.ResponseWriter) {
	// An error means that there is no connection.
	http.NewResponseController(w).SetWriteDeadline(time.Now().Add(s.timeout))
}

// write writes JSON.
func (s *server) write(w http.ResponseWriter, status int, text string) {
	s.limitWriting(w)
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Content-Length", strconv.Itoa(len(text)))
	h.Set("Digits-Model", s.tag) // an open page sees that serve has another model
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
	w.WriteHeader(status)
	w.Write([]byte(text)) // an error means that the client is gone
}
