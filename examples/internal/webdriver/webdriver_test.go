package webdriver

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

var opened = map[string]string{"POST /session": `{"value": {"sessionId": "7", "capabilities": {"browserName": "fake"}}}`}

// A fake is a driver that answers each request with a fixed text.
type fake struct {
	answers  map[string]string // by method and path
	all      string            // the answer to other requests
	status   int
	requests []string // with their bodies
	request  string   // the last one
	kind     string   // of its content
}

func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	request := r.Method + " " + r.URL.EscapedPath()
	f.request = request + " " + string(body)
	f.requests = append(f.requests, f.request)
	f.kind = r.Header.Get("Content-Type")
	answer, known := f.answers[request]
	if !known {
		answer = cmp.Or(f.all, `{"value": null}`)
	}
	if f.status != 0 {
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
	require.Equal(t, "application/json; charset=utf-8", f.kind)
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

// requests are the methods that send one request each. Each has an answer of
// the driver, and what comes of it.
var requests = []struct {
	name           string
	call           func(s *Session, e *Element) (any, error)
	request        string // without the session
	answer         string
	want           any
	withoutContext bool // the error has only the request
}{
	{"open u", func(s *Session, _ *Element) (any, error) { return nil, s.Open("u") }, `POST /url {"url":"u"}`, `null`, nil, false},
	{"title", func(s *Session, _ *Element) (any, error) { return s.Title() }, "GET /title ", `"T"`, "T", true},
	{"screenshot", func(s *Session, _ *Element) (any, error) { return s.Screenshot() }, "GET /screenshot ", `"AAE="`, []byte{0, 1}, true},
	{"console", func(s *Session, _ *Element) (any, error) { return s.Console() }, `POST /se/log {"type":"browser"}`, `[]`, []Message{}, true},
	{"perform", func(s *Session, _ *Element) (any, error) { return nil, s.Perform(NewKeys().Type("ab")) },
		`POST /actions {"actions":[{"actions":[{"type":"keyDown","value":"a"},{"type":"keyUp","value":"a"},{"type":"keyDown","value":"b"},{"type":"keyUp","value":"b"}],"id":"keys0","type":"key"}]}`,
		`null`, nil, false},
	{`script "f"`, func(s *Session, _ *Element) (any, error) { return nil, s.Run(nil, "f") }, `POST /execute/sync {"args":[],"script":"f"}`, `1`, nil, false},
	{`script "f"`, func(s *Session, _ *Element) (v any, err error) { err = s.RunAsync(&v, "f", 1); return v, err }, `POST /execute/async {"args":[1],"script":"f"}`, `2`, 2.0, false},
	{"Page.x", func(s *Session, _ *Element) (any, error) { return nil, s.CDP(nil, "Page.x", nil) },
		`POST /goog/cdp/execute {"cmd":"Page.x","params":{}}`, `{}`, nil, false},
	{"Page.y", func(s *Session, _ *Element) (v any, err error) {
		var n struct{ N int }
		err = s.CDP(&n, "Page.y", map[string]any{"a": 1})
		return n.N, err
	}, `POST /goog/cdp/execute {"cmd":"Page.y","params":{"a":1}}`, `{"n":5}`, 5, false},
	{"Emulation.setEmulatedMedia", func(s *Session, _ *Element) (any, error) { return nil, s.EmulateMedia(map[string]string{"a": "b"}) },
		`POST /goog/cdp/execute {"cmd":"Emulation.setEmulatedMedia","params":{"features":[{"name":"a","value":"b"}]}}`, `{}`, nil, false},
	{"Emulation.setTouchEmulationEnabled", func(s *Session, _ *Element) (any, error) {
		return nil, s.Emulate(Screen{Width: 3, Height: 4, Touch: true})
	},
		`POST /goog/cdp/execute {"cmd":"Emulation.setTouchEmulationEnabled","params":{"enabled":true}}`, `{}`, nil, true},
	{"Page.addScriptToEvaluateOnNewDocument", func(s *Session, _ *Element) (any, error) { return nil, s.OnNewDocument("f") },
		`POST /goog/cdp/execute {"cmd":"Page.addScriptToEvaluateOnNewDocument","params":{"source":"f"}}`, `{}`, nil, false},
	{`find "p"`, func(s *Session, _ *Element) (any, error) { _, err := s.Find("p"); return nil, err },
		`POST /element {"using":"css selector","value":"p"}`, `{"element-6066-11e4-a52e-4f735466cecf":"e9"}`, nil, false},
	{`find all "p"`, func(s *Session, _ *Element) (any, error) { list, err := s.FindAll("p"); return len(list), err },
		`POST /elements {"using":"css selector","value":"p"}`, `[]`, 0, false},
	{`text of "#go"`, func(_ *Session, e *Element) (any, error) { return e.Text() }, "GET /element/e1/text ", `"t"`, "t", false},
	{`attribute a/b of "#go"`, func(_ *Session, e *Element) (any, error) { return e.Attribute("a/b") }, "GET /element/e1/attribute/a%2Fb ", `"v"`, "v", false},
	{`label of "#go"`, func(_ *Session, e *Element) (any, error) { return e.Label() }, "GET /element/e1/computedlabel ", `"l"`, "l", false},
	{`role of "#go"`, func(_ *Session, e *Element) (any, error) { return e.Role() }, "GET /element/e1/computedrole ", `"r"`, "r", false},
	{`visibility of "#go"`, func(_ *Session, e *Element) (any, error) { return e.Displayed() }, "GET /element/e1/displayed ", `true`, true, false},
	{`place of "#go"`, func(_ *Session, e *Element) (any, error) { return e.Rect() }, "GET /element/e1/rect ", `{"x":1,"y":2,"width":3,"height":4}`, Rect{1, 2, 3, 4}, false},
	{`click on "#go"`, func(_ *Session, e *Element) (any, error) { return nil, e.Click() }, "POST /element/e1/click {}", `null`, nil, false},
	{`type "k" in "#go"`, func(_ *Session, e *Element) (any, error) { return nil, e.SendKeys("k") }, `POST /element/e1/value {"text":"k"}`, `null`, nil, false},
	{`screenshot of "#go"`, func(_ *Session, e *Element) (any, error) { return e.Screenshot() }, "GET /element/e1/screenshot ", `"AAE="`, []byte{0, 1}, false},
}

// TestEachRequest: each method sends its request, and returns the driver's
// answer or its error.
func TestEachRequest(t *testing.T) {
	for _, test := range requests {
		t.Run(test.name, func(t *testing.T) {
			f := &fake{}
			s := f.open(t)
			e := &Element{s, "e1", "#go"}
			f.all = `{"value": ` + test.answer + `}`
			got, err := test.call(s, e)
			require.NoError(t, err)
			require.Equal(t, test.want, got)
			require.Equal(t, strings.Replace(test.request, " ", " /session/7", 1), f.request)

			f.all, f.status = `{"value": {"error": "timeout", "message": "timeout: it took too long"}}`, 500
			_, err = test.call(s, e)
			var failed *Error
			require.ErrorAs(t, err, &failed)
			require.Equal(t, 500, failed.Status)
			require.Equal(t, "timeout", failed.Code)
			require.Equal(t, "it took too long", failed.Message)
			if !test.withoutContext {
				require.True(t, strings.HasPrefix(err.Error(), test.name+": webdriver: "), err)
			}
		})
	}
}

// TestEmulate: a screen has a density of 1, unless it says another.
func TestEmulate(t *testing.T) {
	f := &fake{}
	s := f.open(t)
	for density, want := range map[float64]string{0: "1", 2.5: "2.5"} {
		f.requests = nil
		require.NoError(t, s.Emulate(Screen{Width: 3, Height: 4, Density: density, Touch: true}))
		require.Len(t, f.requests, 2)
		require.Contains(t, f.requests[0], `{"deviceScaleFactor":`+want+`,"height":4,"mobile":true,"width":3}`)
	}
}

// TestWaitFor: the script ends before the driver's limit, and says how.
func TestWaitFor(t *testing.T) {
	f := &fake{}
	s := f.open(t)
	for answer, want := range map[string]string{
		`{"met": true, "failure": ""}`:         "",
		`{"met": false, "failure": ""}`:        `webdriver: wait for "return x": not so after 4.5s`,
		`{"met": false, "failure": "no such"}`: `webdriver: wait for "return x": no such`,
	} {
		f.all = `{"value": ` + answer + `}`
		err := s.WaitFor("return x")
		require.Contains(t, f.request, `"args":[4500]`)
		require.Contains(t, f.request, "return x")
		if want == "" {
			require.NoError(t, err)
		} else {
			require.EqualError(t, err, want)
		}
	}
	f.all, f.status = `{"value": {"error": "e", "message": "m"}}`, 500
	require.ErrorContains(t, s.WaitFor("return x"), `wait for "return x": script "`)
}

// TestNewFails: New says what is wrong, and leaves no session behind.
func TestNewFails(t *testing.T) {
	f := &fake{answers: map[string]string{"POST /session": `{"value": {"sessionId": "7"}}`, "POST /session/7/timeouts": `{"value": 1`}}
	server := httptest.NewServer(f)
	defer server.Close()
	_, err := New(t.Context(), server.URL, nil, time.Second)
	require.ErrorContains(t, err, "POST /timeouts: status 200 with text that is no JSON")
	require.Equal(t, "DELETE /session/7 ", f.request)
	_, err = New(t.Context(), "http://[", nil, time.Second)
	require.ErrorContains(t, err, "POST /session: parse ")
	f.answers = nil
	_, err = New(t.Context(), server.URL, nil, time.Second)
	require.ErrorContains(t, err, "POST /session at "+server.URL+": the answer has no sessionId")
	_, err = New(t.Context(), server.URL, map[string]any{"f": func() {}}, time.Second)
	require.ErrorContains(t, err, "POST /session: json: unsupported type")
}

// TestBrokenAnswer: the driver ends in the middle of an answer.
func TestBrokenAnswer(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "100")
		fmt.Fprint(w, `{"value": {"sessionId": "7"}}`)
	}))
	defer server.Close()
	_, err := New(t.Context(), server.URL, nil, time.Second)
	require.ErrorContains(t, err, "POST /session: the driver's answer breaks off: unexpected EOF")
}

// TestCloseAfterEnd: the session is closed although the test's context is done.
func TestCloseAfterEnd(t *testing.T) {
	f := &fake{answers: opened}
	server := httptest.NewServer(f)
	defer server.Close()
	ctx, cancel := context.WithCancel(t.Context())
	s, err := New(ctx, server.URL, nil, time.Second)
	require.NoError(t, err)
	cancel()
	_, err = s.Title()
	require.ErrorIs(t, err, context.Canceled)
	stopped := false
	s.stop = func() { stopped = true }
	require.NoError(t, s.Close())
	require.True(t, stopped)
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
	f.answers["POST /session/7/elements"] = `{"value": [{"element-6066-11e4-a52e-4f735466cecf": "e2"}, {"x": "y"}]}`
	_, err = s.FindAll("p")
	require.ErrorContains(t, err, `find "p [1]": the driver's answer is no element`)
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
	begin := time.Now()
	_, err := New(t.Context(), server.URL, nil, 20*time.Millisecond)
	require.ErrorIs(t, err, context.DeadlineExceeded)
	require.GreaterOrEqual(t, time.Since(begin), 30*time.Millisecond, "the driver has time to report its own limit")
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
	require.Empty(t, o.tail())
	for _, piece := range []string{"Starting\nChromeDriver was started successfully on port 41", "2", ".\n", "more\n"} {
		n, err := o.Write([]byte(piece))
		require.NoError(t, err)
		require.Equal(t, len(piece), n)
	}
	require.Equal(t, 412, <-o.port)
	require.Equal(t, "\nchromedriver and the browser printed:\nStarting\nChromeDriver was started successfully on port 412.\nmore", o.tail())
	for i := range 100 {
		_, err := o.Write(bytes.Repeat([]byte{byte('a' + i%26)}, 4096))
		require.NoError(t, err)
	}
	require.Len(t, o.text, mostOutput)
	require.Equal(t, "\nchromedriver and the browser printed:\n"+strings.Repeat("v", 2000), o.tail())
	require.Equal(t, "g", string(o.text[:1]), "the newest text stays")
}
