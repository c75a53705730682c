package main

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/seed-cd6415d7/digits/examples/internal/answers"
	"github.com/seed-cd6415d7/digits/examples/internal/webdriver"
	"github.com/seed-cd6415d7/digits/examples/reader"
	"github.com/seed-cd6415d7/digits/examples/serve/page"
	"github.com/stretchr/testify/require"
)

// goCommand runs the go command for the browser, and returns what it prints.
func goCommand(t *testing.T, args ...string) string {
	c := exec.Command("go", args...)
	c.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm", "GOFLAGS=")
	out, err := c.Output()
	if failed, ok := err.(*exec.ExitError); ok {
		require.NoError(t, err, string(failed.Stderr))
	}
	require.NoError(t, err)
	return strings.TrimSpace(string(out))
}

// site makes a folder as the README tells.
func site(t *testing.T) string {
	dir := t.TempDir()
	goCommand(t, "build", "-ldflags=-s -w", "-o", filepath.Join(dir, "digits.wasm"), ".")
	support, err := os.ReadFile(filepath.Join(goCommand(t, "env", "GOROOT"), "lib", "wasm", "wasm_exec.js"))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "wasm_exec.js"), support, 0o600))
	require.NoError(t, os.CopyFS(dir, page.Files))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "test.html"), []byte("<!doctype html><title>test</title>"), 0o600))
	return dir
}

// ask posts a request to the page's worker, which it starts first. It calls
// done with the answer and with the time in milliseconds.
const ask = `
	const [path, body, done] = arguments;
	window.worker ??= new Worker("worker.js");
	const code = c => c.charCodeAt(0);
	const bytes = body === null ? null : Uint8Array.from(atob(body), code).buffer;
	const begin = performance.now();
	worker.onmessage = ({data}) => done({...data, ms: performance.now() - begin});
	worker.postMessage({id: 1, path, body: bytes});
`

type reply struct {
	Status int
	Text   string
	MS     float64
}

// TestInBrowser checks that the answers in Chromium are those of the program on
// this machine, byte for byte. It prints how many times as long they take.
// The promise is 4 times for a build without assembly on a quiet machine.
//
//	DIGITS_BROWSER=1 go test -tags purego -run InB -v ./examples/serve/wasm
func TestInBrowser(t *testing.T) {
	if os.Getenv("DIGITS_BROWSER") == "" {
		t.Skip("DIGITS_BROWSER is not set: no test starts a browser")
	}
	_, _, err := webdriver.Find()
	require.NoError(t, err)
	server := httptest.NewServer(http.FileServer(http.Dir(site(t))))
	t.Cleanup(server.Close)
	tab, err := webdriver.Start(t.Context(), webdriver.Options{Dir: t.TempDir(), Timeout: time.Minute})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, tab.Close()) })
	require.NoError(t, tab.Open(server.URL+"/test.html"))

	s := newService(reader.Default())
	inBrowser := func(path string, body []byte) (r reply) {
		var argument any
		if body != nil {
			argument = base64.StdEncoding.EncodeToString(body)
		}
		require.NoError(t, tab.RunAsync(&r, ask, path, argument))
		return r
	}
	here := func(path string, body []byte) (r reply) {
		begin := time.Now()
		r.Status, r.Text = answer(s, func() (string, []byte) { return path, body })
		r.MS = time.Since(begin).Seconds() * 1000
		return r
	}
	both := func(path string, body []byte) (wasm, native reply) {
		wasm, native = inBrowser(path, body), here(path, body)
		require.Equal(t, native.Text, wasm.Text, path)
		require.Equal(t, native.Status, wasm.Status, path)
		return wasm, native
	}
	both("v1/model", nil)
	both("v2", nil)
	both("v1/read", nil)
	both("v1/read", []byte("no picture"))
	both("v1/why?rival=no+digit", seen(t, s))
	for _, p := range pictures(t) {
		measure(t, p, func() (wasm, native float64) {
			w, n := both("v1/read?details=true", p.file)
			return w.MS, n.MS
		})
	}
}

// seen returns the pixels of a digit, for v1/why.
func seen(t *testing.T, s *answers.Service) []byte {
	file := drawing(t, 560, 560, 1, 1)
	status, text := answer(s, func() (string, []byte) { return "v1/read?details=true", file })
	require.Equal(t, answers.OK, status)
	var object struct{ Digits []struct{ Seen []byte } }
	require.NoError(t, json.Unmarshal([]byte(text), &object))
	return object.Digits[0].Seen
}

// measure measures in pairs, so that other work on the machine slows both. The
// first pairs do not count: a browser compiles what is slow once more.
func measure(t *testing.T, p picture, both func() (wasm, native float64)) {
	const pairs, warm = 5, 2
	var inBrowser, here []float64
	for i := range warm + pairs {
		wasm, native := both()
		if i >= warm {
			inBrowser, here = append(inBrowser, wasm), append(here, native)
		}
	}
	slices.Sort(inBrowser)
	slices.Sort(here)
	wasm, native := inBrowser[pairs/2], here[pairs/2]
	fmt.Printf("%s: %.0f ms in the browser, %.0f ms here, %.1f times as long\n", p.name, wasm, native, wasm/native)
	const promised, tolerance = 4.0, 3 // other programs slow the browser more
	require.Less(t, wasm/native, promised*tolerance, p.name)
}
