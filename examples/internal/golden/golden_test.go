package golden

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"
)

// A failing test notes why it fails.
type failing struct {
	testing.TB
	helper  bool // the line of the caller is reported
	message string
}

func (f *failing) Helper() { f.helper = true }

func (f *failing) Errorf(format string, values ...any) { f.message = fmt.Sprintf(format, values...) }

// Fatal ends the goroutine, as that of a test.
func (f *failing) Fatal(values ...any) {
	f.Errorf("%s", fmt.Sprint(values...))
	runtime.Goexit()
}

// failure runs a test. The message says why it fails, or is empty.
func failure(test func(t testing.TB)) *failing {
	f, done := new(failing), make(chan struct{})
	go func() {
		defer close(done)
		test(f)
	}()
	<-done
	return f
}

func TestCheck(t *testing.T) {
	defer func(old string) { folder = old }(folder)
	folder = t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(folder, "testdata"), 0o777))
	check := func(name, text string) string {
		f := failure(func(t testing.TB) { Check(t, name, text) })
		require.True(t, f.helper)
		return f.message
	}
	require.Contains(t, check("text.txt", "a\nb\n"), "text.txt: ", "there is no file")
	*update = true
	require.Empty(t, check("text.txt", "a\nb\n"))
	require.Contains(t, check("", "a\n"), "open ", "a folder cannot be written")
	*update = false
	info, err := os.Stat(filepath.Join(folder, "testdata", "text.txt"))
	require.NoError(t, err)
	require.Zero(t, info.Mode()&0o111, "a text is no program")
	require.Empty(t, check("text.txt", "a\nb\n"))
	require.Equal(t, "testdata/text.txt differs, first in line 2:\ngot  \"c\"\nwant \"b\"\nIf that is intended: go test -update, in this folder",
		check("text.txt", "a\nc\n"))
}

func TestFirstChange(t *testing.T) {
	for _, tt := range []struct{ got, want, text string }{
		{"a\nb", "c\nb", "1:\ngot  \"a\"\nwant \"c\""},
		{"a\nb", "a\nc", "2:\ngot  \"b\"\nwant \"c\""},
		{"a", "a\n", "2:\ngot  \"(end)\"\nwant \"\""},
		{"a\nb", "a", "2:\ngot  \"b\"\nwant \"(end)\""},
	} {
		if text := firstChange(tt.got, tt.want); text != tt.text {
			t.Errorf("%q, want %q", text, tt.text)
		}
	}
}

func TestText(t *testing.T) {
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 3, 2))); err != nil {
		t.Fatal(err)
	}
	page := `<head><style>p {}</style></head><p class="a">x &lt; y</p>  <p><img alt="" src="data:image/png;base64,` +
		base64.StdEncoding.EncodeToString(b.Bytes()) + `"></p>z`
	const want = "x < y\n[3x2 2a353f360e63ec13]\nz\n"
	if got := Text(t, page); got != want {
		t.Errorf("%q, want %q", got, want)
	}
	for _, data := range []string{"", "AAAA", base64.StdEncoding.EncodeToString(b.Bytes()[:50])} {
		f := failure(func(t testing.TB) { Pixels(t, "data:image/png;base64,"+data) })
		require.NotEmpty(t, f.message, "this is no picture")
	}
}
