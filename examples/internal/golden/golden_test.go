package golden

import (
	"bytes"
	"encoding/base64"
	"image"
	"image/png"
	"testing"
)

func TestCheck(t *testing.T) {
	defer func(old string) { folder = old }(folder)
	folder = t.TempDir()
	*update = true
	Check(t, "text.txt", "a\nb\n")
	*update = false
	Check(t, "text.txt", "a\nb\n")
}

func TestFirstChange(t *testing.T) {
	for _, tt := range []struct{ got, want, text string }{
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
}
