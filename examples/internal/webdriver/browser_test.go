package webdriver

import (
	"bytes"
	"image/png"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

const testPage = `<!doctype html><html lang=en><title>A test</title>
<style>body {margin: 0} @media (prefers-color-scheme: dark) {body {color: rgb(1, 2, 3)}}</style>
<button aria-label="Go ahead" id=go>Go</button><input id=name><input type=file id=file>
<div id=paper style="position: absolute; top: 100px; left: 0; width: 200px; height: 200px; touch-action: none"></div>
<script>
	const seen = []
	for (const kind of ["pointerdown", "pointermove", "pointerup"])
		paper.addEventListener(kind, e => seen.push([kind.slice(7), e.pointerType, e.clientX, e.clientY].join(" ")))
	go.addEventListener("click", () => setTimeout(() => { document.body.dataset.state = "ready" }, 20))
	console.warn("be warned")
</script>`

// TestBrowser needs a real browser.
func TestBrowser(t *testing.T) {
	if os.Getenv("DIGITS_BROWSER") == "" {
		t.Skip("DIGITS_BROWSER is not set: no test starts a browser")
	}
	dir := t.TempDir()
	s, err := Start(t.Context(), Options{Dir: filepath.Join(dir, ".")})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/" {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write([]byte(testPage))
	}))
	defer server.Close()
	require.NoError(t, s.Open(server.URL))
	title, err := s.Title()
	require.NoError(t, err)
	require.Equal(t, "A test", title)
	t.Run("elements", func(t *testing.T) { testElements(t, s) })
	t.Run("pointers", func(t *testing.T) { testPointers(t, s) })
	t.Run("emulation", func(t *testing.T) { testEmulation(t, s) })
	t.Run("console", func(t *testing.T) {
		messages, err := s.Console()
		require.NoError(t, err)
		require.NotEmpty(t, messages)
		require.Equal(t, "WARNING", messages[0].Level)
		require.Contains(t, messages[0].Text, "be warned")
	})
	t.Run("errors", func(t *testing.T) {
		_, err := s.Find("#missing")
		var failed *Error
		require.ErrorAs(t, err, &failed)
		require.Equal(t, "no such element", failed.Code)
		require.ErrorContains(t, err, "#missing")
		require.ErrorContains(t, s.Run(nil, "missing()"), "missing is not defined")
		require.ErrorContains(t, s.WaitFor("return document.querySelector('[')"), "SyntaxError")
	})
}

func find(t *testing.T, s *Session, css string) *Element {
	e, err := s.Find(css)
	require.NoError(t, err)
	return e
}

func testElements(t *testing.T, s *Session) {
	button := find(t, s, "#go")
	label, err := button.Label()
	require.NoError(t, err)
	require.Equal(t, "Go ahead", label)
	role, err := button.Role()
	require.NoError(t, err)
	require.Equal(t, "button", role)
	require.NoError(t, button.Click())
	require.NoError(t, s.WaitFor(`return document.body.dataset.state == "ready"`))

	name := find(t, s, "#name")
	require.NoError(t, name.SendKeys("seven"))
	require.NoError(t, s.Perform(NewKeys().Chord(Shift+"t"), NewPointer("mouse")))
	var value string
	require.NoError(t, name.Property("value", &value))
	require.Equal(t, "sevenT", value)

	path := filepath.Join(t.TempDir(), "a file.txt")
	require.NoError(t, os.WriteFile(path, []byte("hello"), 0o600))
	require.NoError(t, find(t, s, "#file").SendKeys(path))
	require.NoError(t, s.Run(&value, `return file.files[0].text()`))
	require.Equal(t, "hello", value)
}

func testPointers(t *testing.T, s *Session) {
	for _, kind := range []string{"mouse", "touch", "pen"} {
		var seen []string
		require.NoError(t, s.Perform(NewPointer(kind).Move(10, 110).Down().Move(20, 115).Up()))
		require.NoError(t, s.Run(&seen, `return seen.splice(0)`))
		want := []string{"down " + kind + " 10 110", "move " + kind + " 20 115", "up " + kind + " 20 115"}
		require.Subset(t, seen, want)
	}
}

func testEmulation(t *testing.T, s *Session) {
	require.NoError(t, s.Emulate(Screen{Width: 360, Height: 640, Density: 2, Touch: true}))
	var width int
	require.NoError(t, s.Run(&width, "return innerWidth"))
	require.GreaterOrEqual(t, width, 360)
	data, err := s.Screenshot()
	require.NoError(t, err)
	screenshot, err := png.DecodeConfig(bytes.NewReader(data))
	require.NoError(t, err)
	require.Equal(t, 720, screenshot.Width)
	require.NoError(t, s.EmulateMedia(map[string]string{"prefers-color-scheme": "dark"}))
	var color string
	require.NoError(t, s.Run(&color, "return getComputedStyle(document.body).color"))
	require.Equal(t, "rgb(1, 2, 3)", color)
}
