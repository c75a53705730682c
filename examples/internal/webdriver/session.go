// Package webdriver drives a web browser for tests: it speaks the W3C WebDriver
// protocol with chromedriver, and starts chromedriver and headless Chromium.
//
//	s, err := webdriver.Start(ctx, webdriver.Options{Dir: t.TempDir()})
//	defer s.Close()
//	err = s.Open("http://127.0.0.1:8080/")
//	button, err := s.Find("#clear")
//	err = button.Click()
//
// Each request has a time limit, so no method waits forever.
package webdriver

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// Options say how a browser starts. The zero value of each field but Dir is
// useful.
type Options struct {
	// Dir is an empty folder for the browser's profile.
	Dir string
	// Width and Height are the size of the window; 0 means 1280 and 800.
	Width, Height int
	// Args are more arguments of the browser.
	Args []string
	// Timeout limits each request, and the end; 0 means a minute.
	Timeout time.Duration
}

func (o Options) timeout() time.Duration { return cmp.Or(o.Timeout, time.Minute) }

// A Session is one browser with one window. It is not safe for concurrent use.
type Session struct {
	// Capabilities are what the driver says about the browser.
	Capabilities map[string]any

	ctx     context.Context
	url     string // of the session
	timeout time.Duration
	stop    func() // ends the driver's process; nil after New
}

// An Error is a driver's answer to a request that failed.
type Error struct {
	Request string // method and path within the session
	Status  int    // of HTTP
	Code    string // as in the standard: "no such element"
	Message string
}

func (e *Error) Error() string {
	return fmt.Sprintf("webdriver: %s: %s: %s", e.Request, e.Code, e.Message)
}

// New opens a session with the driver at this address. The context ends it.
func New(ctx context.Context, address string, capabilities map[string]any, timeout time.Duration) (*Session, error) {
	s := &Session{ctx: ctx, url: strings.TrimSuffix(address, "/"), timeout: timeout}
	var opened struct {
		SessionID    string         `json:"sessionId"`
		Capabilities map[string]any `json:"capabilities"`
	}
	body := map[string]any{"capabilities": map[string]any{"alwaysMatch": capabilities}}
	if err := s.do(http.MethodPost, "/session", body, &opened); err != nil {
		return nil, err
	}
	if opened.SessionID == "" {
		return nil, fmt.Errorf("webdriver: POST /session at %s: the answer has no sessionId", address)
	}
	s.url += "/session/" + opened.SessionID
	s.Capabilities = opened.Capabilities
	limits := map[string]any{"script": timeout.Milliseconds(), "pageLoad": timeout.Milliseconds(), "implicit": 0}
	if err := s.post("/timeouts", limits, nil); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// Close ends the session, the browser and the driver that Start started.
func (s *Session) Close() error {
	s.ctx = context.WithoutCancel(s.ctx)
	err := s.do(http.MethodDelete, "", nil, nil)
	if s.stop != nil {
		s.stop()
	}
	return err
}

func (s *Session) get(path string, result any) error { return s.do(http.MethodGet, path, nil, result) }

func (s *Session) post(path string, body, result any) error {
	if body == nil {
		body = struct{}{}
	}
	return s.do(http.MethodPost, path, body, result)
}

// do sends a request of the protocol. result receives the field value of the
// answer unless it is nil.
func (s *Session) do(method, path string, body, result any) error {
	request := method + " " + path
	// The driver has limits of its own. It has a little longer to report them.
	ctx, cancel := context.WithTimeout(s.ctx, s.timeout+s.timeout/2)
	defer cancel()
	var content io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			return fmt.Errorf("webdriver: %s: %w", request, err)
		}
		content = bytes.NewReader(text)
	}
	r, err := http.NewRequestWithContext(ctx, method, s.url+path, content)
	if err != nil {
		return fmt.Errorf("webdriver: %s: %w", request, err)
	}
	r.Header.Set("Content-Type", "application/json; charset=utf-8")
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		return fmt.Errorf("webdriver: %s: no answer from the driver: %w", request, err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return fmt.Errorf("webdriver: %s: the driver's answer breaks off: %w", request, err)
	}
	return parse(request, response.StatusCode, text, result)
}

// parse reads the driver's answer to a request.
func parse(request string, status int, text []byte, result any) error {
	var answer struct {
		Value json.RawMessage `json:"value"`
	}
	if err := json.Unmarshal(text, &answer); err != nil {
		return fmt.Errorf("webdriver: %s: status %d with text that is no JSON: %.200q", request, status, text)
	}
	if status != http.StatusOK {
		var failed struct {
			Code    string `json:"error"`
			Message string `json:"message"`
		}
		if err := json.Unmarshal(answer.Value, &failed); err != nil || failed.Code == "" {
			return fmt.Errorf("webdriver: %s: status %d without an error: %.200q", request, status, text)
		}
		// The lines after the first one are about the driver itself.
		message, _, _ := strings.Cut(failed.Message, "\n")
		message = strings.TrimPrefix(message, failed.Code+": ")
		return &Error{request, status, failed.Code, message}
	}
	if result == nil {
		return nil
	}
	if err := json.Unmarshal(answer.Value, result); err != nil {
		return fmt.Errorf("webdriver: %s: the value is not as expected: %w: %.200q", request, err, answer.Value)
	}
	return nil
}
