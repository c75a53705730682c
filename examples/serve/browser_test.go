package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/seed-cd6415d7/digits/examples/internal/webdriver"
	"github.com/seed-cd6415d7/digits/examples/reader"
	"github.com/seed-cd6415d7/digits/examples/serve/page"
	"github.com/stretchr/testify/require"
)

// The tests in the files browser*_test.go use the page as people do, in a real
// browser. They run if the environment variable DIGITS_BROWSER is set:
//
//	DIGITS_BROWSER=full go test -run Browser -v ./examples/serve
//
// Any other value leaves out most drawings. DIGITS_SHOTS names a folder for
// screenshots.

// waiting is how long a test waits for what should happen at once.
const waiting = 30 * time.Second

// TestBrowser tests the page with both engines: the server, and the page's own
// WebAssembly.
func TestBrowser(t *testing.T) {
	if os.Getenv("DIGITS_BROWSER") == "" {
		t.Skip("DIGITS_BROWSER is not set: no test starts a browser")
	}
	_, _, err := webdriver.Find()
	require.NoError(t, err)
	engines := []*engine{newServerEngine(t), newWasmEngine(t)}
	for _, e := range engines {
		e.start(t)
		t.Cleanup(e.stop)
	}
	for _, e := range engines {
		t.Run(e.name, func(t *testing.T) { testPage(t, e) })
	}
	// Waiting for frames of the screen takes most time, so windows side by side
	// are fast.
	for _, e := range engines {
		for _, s := range screens {
			t.Run(fmt.Sprintf("%s draws on a %s", e.name, s.name), func(t *testing.T) {
				t.Parallel()
				testDrawings(t, openTab(t, e), s)
			})
		}
	}
}

// testPage does all tests that do not run side by side, in one window.
func testPage(t *testing.T, e *engine) {
	b := openTab(t, e)
	for _, test := range []struct {
		name string
		f    func(*testing.T, *tab)
	}{
		{"times", testTimes},
		{"nothing", testNothing},
		{"letters", testLetters},
		{"lines", testLines},
		{"pictures", testPictures},
		{"late", testLate},
		{"changed", testChangedFile},
		{"errors", testErrors},
		{"gone", testGone},
		{"hanging", testHanging},
		{"another model", testOtherModel},
		{"small limits", testSmallLimits},
		{"too long", testTooLongOnPage},
		{"busy", testBusyWhy},
		{"proxy", testProxy},
		{"no reason", testWhyGone},
		{"odd files", testOddFiles},
		{"transparent", testTransparent},
		{"numbers", testNumbers},
		{"why", testWhy},
		{"keyboard", testKeyboard},
		{"labels", testLabels},
		{"narrow", testNarrow},
		{"dark", testDark},
		{"forced colors", testForcedColors},
		{"motion", testMotion},
		{"policy", testPolicy},
		{"shots", testShots},
	} {
		t.Run(test.name, func(t *testing.T) {
			b := b.with(t)
			b.screen(desktop)
			b.open()
			test.f(t, b)
			b.quiet()
		})
	}
}

// An engine is a web server with the page, on one port.
type engine struct {
	name    string // as in the page's data-engine
	address string
	serve   func(context.Context, net.Listener)
	stop    func()
}

// start starts the server, again on the same port.
func (e *engine) start(t *testing.T) {
	if e.address == "" {
		e.address = "127.0.0.1:0"
	}
	var l net.Listener
	require.Eventually(t, func() (ok bool) {
		var err error
		l, err = net.Listen("tcp", e.address)
		return err == nil
	}, waiting, 20*time.Millisecond, "port %s", e.address)
	e.address = l.Addr().String()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		e.serve(ctx, l)
	}()
	e.stop = func() {
		cancel()
		<-ended
	}
}

func (e *engine) url() string { return "http://" + e.address + "/" }

// newServerEngine returns the service.
func newServerEngine(t *testing.T) *engine {
	return serverEngine(t, "", "-max-bytes", "300000", "-max-pixels", "1000000")
}

// serverEngine returns the service with a model and options.
func serverEngine(t *testing.T, model string, args ...string) *engine {
	o, err := parse(args, io.Discard)
	require.NoError(t, err)
	r, err := reader.Load(model)
	require.NoError(t, err)
	return &engine{name: "server", serve: func(ctx context.Context, l net.Listener) {
		_ = newServer(r, o, true, slog.New(slog.DiscardHandler)).serve(ctx, l)
	}}
}

// newWasmEngine returns a server of files: the page and its WebAssembly.
func newWasmEngine(t *testing.T) *engine {
	dir := t.TempDir()
	for _, name := range []string{"index.html", "worker.js"} {
		data, err := page.Files.ReadFile(name)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), data, 0o600))
	}
	build := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", filepath.Join(dir, "digits.wasm"), "./wasm")
	build.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm", "GOFLAGS=")
	text, err := build.CombinedOutput()
	require.NoError(t, err, "%s", text)
	root, err := exec.Command("go", "env", "GOROOT").Output()
	require.NoError(t, err)
	support, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(root)), "lib", "wasm", "wasm_exec.js"))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "wasm_exec.js"), support, 0o600))
	return &engine{name: "wasm", serve: func(ctx context.Context, l net.Listener) {
		h := &http.Server{Handler: http.FileServer(http.Dir(dir)), ReadHeaderTimeout: waiting}
		go func() {
			<-ctx.Done()
			h.Close()
		}()
		if err := h.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			panic(err)
		}
	}}
}
