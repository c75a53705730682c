package answers

import (
	"bytes"
	"encoding/json"
	"errors"
	"image"
	"image/color"
	"image/png"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/seed-cd6415d7/digits/examples/internal/decode"
	"github.com/seed-cd6415d7/digits/examples/internal/hand"
	"github.com/seed-cd6415d7/digits/examples/internal/printable"
	"github.com/seed-cd6415d7/digits/examples/internal/toymodel"
	"github.com/seed-cd6415d7/digits/examples/reader"
	"github.com/seed-cd6415d7/digits/imageprep"
	"github.com/stretchr/testify/require"
)

// drawing returns a PNG file with a digit that our code draws.
func drawing(t *testing.T, digit rune) []byte {
	ink := hand.Write(rand.New(rand.NewPCG(1, 2)), digit)
	page := image.NewGray(ink.Rect.Inset(-20))
	for i := range page.Pix {
		page.Pix[i] = 255
	}
	for y := ink.Rect.Min.Y; y < ink.Rect.Max.Y; y++ {
		for x := ink.Rect.Min.X; x < ink.Rect.Max.X; x++ {
			page.SetGray(x, y, color.Gray{255 - ink.GrayAt(x, y).Y})
		}
	}
	var b bytes.Buffer
	require.NoError(t, png.Encode(&b, page))
	return b.Bytes()
}

// service returns a service with the built-in model.
func service() *Service {
	return &Service{Reader: reader.Default(), MaxBytes: 1 << 20, MaxPixels: 100_000}
}

// TestDo: a service answers each path, also with a slash before it.
func TestDo(t *testing.T) {
	s := service()
	picture := drawing(t, '7')
	for target, want := range map[string]string{
		"v1/read": `{"file":"-","digit":7,`, "/v1/read?one=true": `{"file":"-","digit":7,`,
		"v1/read?details=true": `"seen":"`, "v1/model": `{"classes":["0","1",`, "healthz": `{"status":"ok"}`,
	} {
		status, text := s.Do(target, picture)
		require.Equal(t, OK, status, text)
		require.Contains(t, text, want)
		require.True(t, strings.HasSuffix(text, "}\n"))
		require.Equal(t, 1, strings.Count(text, "\n"))
	}
	for target, want := range map[string]string{
		"v1/write":               `{"error":"there is no \"v1/write\"; want v1/read, v1/why, v1/model or healthz","status":404}`,
		"v1/read?one=2":          `{"error":"one=2; want one=true or one=false","status":400}`,
		"v1/read?one=1&many=1":   `{"error":"one and many exclude each other: leave one of them out","status":400}`,
		"v1/model?one=1":         `{"error":"there is no option \"one\" here","status":400}`,
		"v1/why?class=7&class=8": `{"error":"class stands 2 times in the query; want it once","status":400}`,
	} {
		_, text := s.Do(target, picture)
		require.Equal(t, want+"\n", text)
	}
	status, text := s.Do("v1/read", make([]byte, 1<<20+1))
	require.Equal(t, TooLarge, status, text)
}

// TestWhy: the strokes and the empty picture add up to the difference, which is
// that of the probabilities.
func TestWhy(t *testing.T) {
	r := reader.Default()
	o, err := Read(r, drawing(t, '7'), "a", Options{Details: true})
	require.NoError(t, err)
	require.Len(t, o.Digits, 1)
	d := o.Digits[0]
	for _, tt := range []struct{ class, rival, wantClass, wantRival string }{
		{"", "", "7", ""}, {"7", "1", "7", "1"}, {"1", "7", "1", "7"}, {"", "no digit", "7", "no digit"}, {"no digit", "", "no digit", "7"},
	} {
		w, err := Why(r, d.Seen, tt.class, tt.rival)
		require.NoError(t, err)
		require.Equal(t, tt.wantClass, w.Class)
		if tt.wantRival != "" {
			require.Equal(t, tt.wantRival, w.Rival)
		}
		require.Len(t, w.Others, 10)
		require.NotContains(t, w.Others, w.Class)
		require.Len(t, w.Image, 784)
		sum := float64(w.Empty)
		for _, s := range w.Strokes {
			sum += float64(s.Contribution)
		}
		require.InDelta(t, w.Difference, sum, 1e-4)
		if tt.class == "7" {
			require.InDelta(t, math.Log(float64(d.Judged.Probabilities[7]/d.Judged.Probabilities[1])), w.Difference, 1e-3)
		}
	}
	names, err := reader.Load(toymodel.Always(t, []string{"star", "circle"}, 1, nil))
	require.NoError(t, err)
	w, err := Why(names, d.Seen, "", "")
	require.NoError(t, err)
	require.Equal(t, []string{"circle", "star", "star"}, append([]string{w.Class, w.Rival}, w.Others...))
	_, err = Why(names, d.Seen, "star", "no digit")
	require.EqualError(t, err, `rival="no digit"; there is no such class: v1/model lists the classes`)
}

// TestStatus: each error has a status.
func TestStatus(t *testing.T) {
	for status, err := range map[int]error{
		OK: nil, BadRequest: &decode.Error{Kind: decode.Damaged}, Unsupported: &decode.Error{Kind: decode.OtherFormat},
		TooLarge: &decode.Error{Kind: decode.TooLarge}, NoInk: &imageprep.BlankError{}, Broken: errors.New("anything else"),
		NotFound: Errorf(NotFound, "no %s", "path"),
	} {
		require.Equal(t, status, Status(err))
	}
	require.Equal(t, TooLarge, Status(&imageprep.SizeError{}))
	require.Equal(t, Failure{"no ink", NoInk}, Fail(&Error{NoInk, "imageprep: no ink"}), "strangers know no packages")
}

// TestSize: the limit of pixels is checked before the pixels are decoded.
func TestSize(t *testing.T) {
	cut := drawing(t, '7')[:60]
	_, err := Read(reader.Default(), cut, "a", Options{MaxPixels: 100})
	require.Equal(t, TooLarge, Status(err))
	require.ErrorContains(t, err, "pixels; want at most 100: shrink the picture, or cut out the digits")
	_, err = Read(reader.Default(), cut, "a", Options{})
	require.Equal(t, BadRequest, Status(err))
	require.Equal(t, "25 million", millions(MaxPixels))
	require.Equal(t, "1.5 million", millions(1_500_000))
	require.Equal(t, "1234567", millions(1_234_567))
}

// TestReadBack: encoding/json reads the objects that it wrote.
func TestReadBack(t *testing.T) {
	o, err := Read(reader.Default(), drawing(t, '7'), "a\x1b[2J", Options{Details: true})
	require.NoError(t, err)
	text := Text(o)
	require.NotContains(t, text, "\x1b")
	var back Object
	require.NoError(t, json.Unmarshal([]byte(text), &back))
	var again strings.Builder
	require.NoError(t, printable.WriteJSON(&again, back, ""))
	require.Equal(t, text, again.String())
}
