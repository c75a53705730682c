package webdriver

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// A fake is a driver that answers each request with a fixed text.
type fake struct {
	answers map[string]string // by method and path
	status  int
	request string // the last one, with its body
}

func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	request := r.Method + " " + r.URL.Path
	f.request = request + " " + string(body)
	answer, known := f.answers[request]
	if !known {
		answer = `{"value": null}`
	}
	if known && f.status != 0 {
		w.WriteHeader(f.status)
	}
	fmt.Fprint(w, answer)
}

// open returns a session with a fake driver.
func (f *fake) open(t *testing.T) *Session {
	server := httptest.NewServer(f)
	t.Cleanup(server.Close)
	if f.answers == nil {
		f.answers = map[string]string{}
	}
	f.answers["POST /session"] = `{"value": {"sessionId": "7", "capabilities": {"browserName": "fake"}}}`
	s, err := New(t.Context(), server.URL+"/", map[string]any{"browserName": "fake"}, 5*time.Second)
	require.NoError(t, err)
	require.Equal(t, map[string]any{"browserName": "fake"}, s.Capabilities)
	require.Equal(t, `POST /session/7/timeouts {"implicit":0,"pageLoad":5000,"script":5000}`, f.request)
	return s
}

const reference = `{"value": {"element-6066-11e4-a52e-4f735466cecf": "e1"}}`

func TestRequests(t *testing.T) {
	f := &fake{answers: map[string]string{
		"POST /session/7/element":                   reference,
		"POST /session/7/elements":                  `{"value": [{"element-6066-11e4-a52e-4f735466cecf": "e2"}]}`,
		"GET /session/7/element/e1/text":            `{"value": "hello"}`,
		"GET /session/7/element/e1/attribute/class": `{"value": "digit"}`,
		"GET /session/7/element/e1/property/files":  `{"value": [1, 2]}`,
		"GET /session/7/screenshot":                 `{"value": "iVBORw=="}`,
		"POST /session/7/execute/sync":              `{"value": {"n": 3}}`,
		"POST /session/7/se/log":                    `{"value": [{"level": "SEVERE", "message": "m", "source": "network", "timestamp": 1}]}`,
	}}
	s := f.open(t)
	e, err := s.Find("#text")
	require.NoError(t, err)
	require.JSONEq(t, `{"using": "css selector", "value": "#text"}`, f.request[len("POST /session/7/element "):])
	text, err := e.Text()
	require.NoError(t, err)
	require.Equal(t, "hello", text)
	class, err := e.Attribute("class")
	require.NoError(t, err)
	require.Equal(t, "digit", class)
	missing, err := e.Attribute("missing")
	require.NoError(t, err)
	require.Empty(t, missing)
	var files []int
	require.NoError(t, e.Property("files", &files))
	require.Equal(t, []int{1, 2}, files)

	all, err := s.FindAll("p")
	require.NoError(t, err)
	require.NoError(t, all[0].SendKeys("/tmp/a.png"))
	require.Equal(t, `POST /session/7/element/e2/value {"text":"/tmp/a.png"}`, f.request)
	require.NoError(t, e.Click())
	require.Equal(t, `POST /session/7/element/e1/click {}`, f.request)

	png, err := s.Screenshot()
	require.NoError(t, err)
	require.Equal(t, "\x89PNG", string(png))
	var result struct{ N int }
	require.NoError(t, s.Run(&result, "return arguments[0]", e))
	require.Equal(t, 3, result.N)
	require.Contains(t, f.request, `"args":[{"element-6066-11e4-a52e-4f735466cecf":"e1"}]`)
	messages, err := s.Console()
	require.NoError(t, err)
	require.Equal(t, []Message{{"SEVERE", "network", "m"}}, messages)
	require.NoError(t, s.Close())
	require.Equal(t, "DELETE /session/7 ", f.request)
}

func TestPerform(t *testing.T) {
	f := &fake{}
	s := f.open(t)
	pen := NewPointer("pen").Move(1, 2.5).Down().Up()
	require.NoError(t, s.Perform(pen, NewKeys().Chord(Control+"z")))
	var sent struct{ Actions []map[string]any }
	require.NoError(t, json.Unmarshal([]byte(f.request[len("POST /session/7/actions "):]), &sent))
	require.Equal(t, []map[string]any{
		{"type": "pointer", "id": "pen0", "parameters": map[string]any{"pointerType": "pen"}, "actions": []any{
			map[string]any{"type": "pointerMove", "duration": 0.0, "x": 1.0, "y": 2.5, "origin": "viewport"},
			map[string]any{"type": "pointerDown", "button": 0.0},
			map[string]any{"type": "pointerUp", "button": 0.0},
		}},
		{"type": "key", "id": "keys1", "actions": []any{
			map[string]any{"type": "keyDown", "value": "\uE009"}, map[string]any{"type": "keyDown", "value": "z"},
			map[string]any{"type": "keyUp", "value": "z"}, map[string]any{"type": "keyUp", "value": "\uE009"},
		}},
	}, sent.Actions)
}

// TestErrors: an error names the request, and the element by its CSS.
func TestErrors(t *testing.T) {
	const click = "POST /session/7/element/e1/click"
	for _, test := range []struct {
		name   string
		status int
		answer string
		want   string
	}{
		{"an error of the driver", 404, `{"value": {"error": "stale element reference", "message": "stale element reference: gone\nStacktrace: 0x1"}}`,
			`click on "#go": webdriver: POST /element/e1/click: stale element reference: gone`},
		{"no JSON", 200, `<html>`, `POST /element/e1/click: status 200 with text that is no JSON: "<html>"`},
		{"a status without an error", 500, `{"value": null}`, `POST /element/e1/click: status 500 without an error`},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := &fake{status: test.status, answers: map[string]string{}}
			s := f.open2(t)
			e := &Element{s, "e1", "#go"}
			f.answers[click] = test.answer
			require.ErrorContains(t, e.Click(), test.want)
		})
	}

	f := &fake{answers: map[string]string{"POST /session/7/element": `{"value": {"x": "y"}}`}}
	s := f.open(t)
	_, err := s.Find("#go")
	require.ErrorContains(t, err, `find "#go": the driver's answer is no element`)
	f.answers["GET /session/7/title"] = `{"value": 3}`
	_, err = s.Title()
	require.ErrorContains(t, err, "GET /title: the value is not as expected")
	var failed *Error
	require.NotErrorAs(t, err, &failed)
}

// open2 is open for a driver whose other answers have an error status.
func (f *fake) open2(t *testing.T) *Session {
	status := f.status
	f.status = 0
	s := f.open(t)
	f.status = status
	return s
}

// TestTimeLimit: a driver that never answers does not stop the test.
func TestTimeLimit(t *testing.T) {
	release := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-release }))
	defer server.Close()
	defer close(release)
	_, err := New(t.Context(), server.URL, nil, 20*time.Millisecond)
	require.ErrorIs(t, err, context.DeadlineExceeded)
	require.ErrorContains(t, err, "POST /session: no answer from the driver")

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = New(ctx, server.URL, nil, time.Minute)
	require.ErrorIs(t, err, context.Canceled)
}

// TestNotInstalled: tests can skip if there is no browser.
func TestNotInstalled(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("PATH", dir)
	_, err := Start(t.Context(), Options{Dir: dir})
	require.ErrorIs(t, err, ErrNotInstalled)
	require.ErrorContains(t, err, "chromedriver is not installed")

	script := []byte("#!/bin/sh\necho cannot start >&2\n")
	require.NoError(t, os.WriteFile(filepath.Join(dir, "chromedriver"), script, 0o755))
	if _, err := exec.LookPath("chromedriver"); err != nil {
		t.Skip("scripts are no programs here")
	}
	_, err = Start(t.Context(), Options{Dir: dir})
	require.ErrorContains(t, err, "Chromium is not installed")

	require.NoError(t, os.WriteFile(filepath.Join(dir, "chromium"), script, 0o755))
	_, err = Start(t.Context(), Options{})
	require.ErrorContains(t, err, "Options.Dir is empty")
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	_, err = Start(ctx, Options{Dir: dir})
	require.ErrorContains(t, err, "does not name its port")
	require.ErrorContains(t, err, "printed:\ncannot start")
}

func TestOutput(t *testing.T) {
	o := &output{port: make(chan int, 1)}
	for _, piece := range []string{"Starting\nChromeDriver was started successfully on port 41", "2", ".\n", "more\n"} {
		_, err := o.Write([]byte(piece))
		require.NoError(t, err)
	}
	require.Equal(t, 412, <-o.port)
	for range 100 {
		_, err := o.Write(make([]byte, 4096))
		require.NoError(t, err)
	}
	require.Len(t, o.text, mostOutput)
}
