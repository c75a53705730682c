package imageprep

import (
	"errors"
	"fmt"
	"hash/crc32"
	"image"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// FuzzPrepare prepares tiny pictures of every type. The result has MNIST's
// form, or the error has a known type. Prepare and PrepareAll agree, and the
// type of the picture makes no difference.
func FuzzPrepare(f *testing.F) {
	f.Add(uint8(0), int16(0), int16(0), uint8(4), uint8(4), uint8(0), []byte{0, 255, 0, 0, 9})
	f.Add(uint8(3), int16(-5), int16(3), uint8(28), uint8(28), uint8(1), []byte("any pixels at all"))
	f.Add(uint8(9), int16(100), int16(-100), uint8(30), uint8(1), uint8(2), []byte{1, 0, 0, 0, 0, 0})
	f.Add(uint8(12), int16(-32768), int16(32767), uint8(1), uint8(1), uint8(0), []byte{})
	// A seam is beside its piece, in the last row.
	f.Add(uint8(6), int16(132), int16(-100), uint8('%'), uint8('5'), uint8('0'), []byte("T\x05\xe4[900"))
	f.Fuzz(func(t *testing.T, kind uint8, x, y int16, w, h, polarity uint8, pix []byte) {
		k := kinds[int(kind)%len(kinds)]
		at := image.Pt(int(x), int(y))
		if strings.Contains(k.name, "YCbCr") {
			// With negative bounds, image.NewYCbCr may make too
			// little chroma. Then At panics.
			at = image.Pt(int(uint16(x)), int(uint16(y)))
		}
		b := image.Rectangle{Min: at, Max: at.Add(image.Pt(int(w)%14, int(h)%12))}
		img := k.make(b, &byteDice{pix: pix})
		opts := &Options{Polarity: Polarity(polarity % 3), Orientation: Orientation(polarity % 9)}

		d, err := Prepare(img, opts)
		page, pageErr := PrepareAll(atOnly{img}, opts)
		switch {
		case pageErr != nil:
			require.True(t, errors.As(pageErr, new(*SizeError)) || errors.As(pageErr, new(*BlankError)), "%T: %v", pageErr, pageErr)
			require.Equal(t, pageErr, err)
		case len(page.Digits) == 1:
			require.NoError(t, err)
			require.Equal(t, page.Digits[0], d)
		default:
			require.Equal(t, &CountError{page}, err)
		}
		require.True(t, (d == nil) == (err != nil) && (page == nil) == (pageErr != nil))
		if page != nil {
			requirePage(t, page, b)
		}
	})
}

// FuzzRaw reads pictures of every type. It takes those of 28x28 pixels, and the
// type makes no difference.
func FuzzRaw(f *testing.F) {
	f.Add(uint8(0), uint8(1), uint8(1), []byte("any pixels at all"))
	f.Add(uint8(9), uint8(1), uint8(0), []byte{1, 0, 255})
	f.Fuzz(func(t *testing.T, kind, w, h uint8, pix []byte) {
		b := image.Rect(0, 0, Size-1+int(w)%3, Size-1+int(h)%3)
		img := kinds[int(kind)%len(kinds)].make(b, &byteDice{pix: pix})
		raw, err := Raw(img)
		require.Equal(t, b.Dx() == Size && b.Dy() == Size, err == nil)
		require.Equal(t, err != nil, raw == nil)
		same, _ := Raw(atOnly{img})
		require.Equal(t, same, raw)
	})
}

// FuzzPrepareAll draws strokes on tiny pictures. The digits
// and what is left out are inside the picture, in order, and share no ink. The
// picture stays as it is. The same pixels elsewhere give the same page.
func FuzzPrepareAll(f *testing.F) {
	f.Add(uint8(47), uint8(30), uint8(0), []byte{10, 10, 60, 100, 40, 60, 10, 110, 90, 80, 20, 100, 100, 110, 20, 120})
	f.Add(uint8(255), uint8(255), uint8(7), []byte("any strokes at all, one after the other"))
	f.Add(uint8(40), uint8(20), uint8(77), []byte{0, 0, 255, 255, 255, 0, 0, 255, 128, 0, 128, 255, 0, 128, 255, 128})
	f.Add(uint8(30), uint8(30), uint8(141), []byte{})
	f.Fuzz(func(t *testing.T, w, h, options uint8, strokes []byte) {
		checkStrokes(t, 1+int(w)%16, 1+int(h)%12, options, strokes)
	})
}

// TestPrepareAllOfStrokes checks random strokes on larger pictures.
func TestPrepareAllOfStrokes(t *testing.T) {
	t.Parallel()
	r := newRand()
	for range 25 {
		strokes := make([]byte, 4*(1+r.IntN(20)))
		for i := range strokes {
			strokes[i] = byte(r.IntN(256))
		}
		checkStrokes(t, 1+r.IntN(160), 1+r.IntN(160), uint8(r.IntN(256)), strokes)
	}
}

// checkStrokes prepares a picture of strokes. From options = 128 on, every
// second stroke has a core of another color.
func checkStrokes(t *testing.T, w, h int, options uint8, strokes []byte) {
	moved := image.Pt(int(options)-100, 3)
	e := newEasel(w, h, 200, 40, 16+int(options%7)*16)
	core := newEasel(w, h, 255, 0, e.width/2)
	for ; len(strokes) >= 4 && len(strokes) <= 80; strokes = strokes[4:] {
		at := func(i, size int) int { return int(strokes[i]) * 16 * size / 255 }
		e.segment(at(0, w), at(1, h), at(2, w), at(3, h))
		if len(strokes)%8 < 4 {
			core.segment(at(0, w), at(1, h), at(2, w), at(3, h))
		}
	}
	pix := e.Pix
	var img, elsewhere image.Image = e.Gray, &image.Gray{Pix: e.Pix, Stride: w, Rect: e.Rect.Add(moved)}
	if options >= 128 {
		c := colored([3]uint8{255, 255, 255}, []*easel{e, core}, [][3]uint8{{}, {220, 20, 20}})
		pix, img, elsewhere = c.Pix, c, &image.RGBA{Pix: c.Pix, Stride: c.Stride, Rect: c.Rect.Add(moved)}
	}
	o := &Options{Orientation: Orientation(options % 9), One: options%5 == 0}
	if options%2 == 0 {
		o.Confidence = func(g *image.Gray) float64 { return -float64(crc32.ChecksumIEEE(g.Pix)%1024) / 256 }
	}
	before := slices.Clone(pix)
	page, err := PrepareAll(img, o)
	require.True(t, slices.Equal(before, pix))
	again, againErr := PrepareAll(elsewhere, o)
	require.Equal(t, againErr, err)
	if err != nil {
		require.ErrorAs(t, err, new(*BlankError))
		return
	}
	for _, d := range slices.Concat(again.Digits, again.LeftOut) {
		d.Box = d.Box.Sub(moved)
	}
	require.Equal(t, again, page)
	require.True(t, !o.One || len(page.Digits) == 1)
	requirePage(t, page, e.Rect)
	if options%4 == 0 {
		found, err := findInk(img, o)
		require.NoError(t, err)
		requireNoSharedInk(t, found.read(o), o)
	}
}

// requirePage checks the boxes and the order of a page.
func requirePage(t *testing.T, page *Page, bounds image.Rectangle) {
	for left, list := range [][]*Digit{page.Digits, page.LeftOut} {
		line := 0
		for _, d := range list {
			requireForm(t, d.Image)
			require.True(t, !d.Box.Empty() && d.Box.In(bounds), "box %v of %v", d.Box, bounds)
			require.GreaterOrEqual(t, d.Line, line)
			require.True(t, d.Line <= line+1 || left == 1)
			require.Positive(t, d.Stroke)
			require.True(t, slices.IsSorted(d.Warnings))
			line = d.Line
		}
	}
	if len(page.Digits) > 0 {
		require.Zero(t, page.Digits[0].Line)
		require.False(t, page.Digits[0].Space)
	}
}

// requireNoSharedInk checks that each part of the ink is in one glyph. Only two
// glyphs share a wall, which has a label, but is no part.
func requireNoSharedInk(t *testing.T, w *writing, o *Options) {
	count, area, all := map[int32]int{}, 0, 0
	for _, g := range slices.Concat(w.digits, w.left) {
		require.Positive(t, g.area)
		area += g.area
		for _, l := range g.labels {
			count[l]++
		}
	}
	for _, v := range w.ink.Pix {
		if v >= inkLevel {
			all++
		}
	}
	if !o.One { // the rest of a glyph is counted with its walls
		require.LessOrEqual(t, area, all)
	}
	for l, n := range count {
		require.True(t, n == 1 || n == 2 && w.parts[l-1].area == 0, "label %d: %d times", l, n)
	}
}

// byteDice returns the bytes of pix in place of random numbers. It repeats
// them, and returns zeros if there are none.
type byteDice struct {
	pix []byte
	i   int
}

func (d *byteDice) IntN(n int) int {
	if len(d.pix) == 0 {
		return 0
	}
	d.i++
	return int(d.pix[(d.i-1)%len(d.pix)]) * n / 256
}

// FuzzParseFeatures: a text is either an error or the text form of what it
// means, and all features have a text form.
func FuzzParseFeatures(f *testing.F) {
	f.Add("", 0, 0, float32(0), false, 0, false)
	f.Add("pixels", 8, 4, float32(2), false, 0, false)
	f.Add("hog directions=8 cells=6 margin=3 contrast=true components=60 products", 12, 6, float32(3.25), true, 60, true)
	f.Add("hog directions=2 cells=1 margin=0.1 contrast=false", 64, 28, float32(0), true, 1000, false)
	f.Fuzz(func(t *testing.T, text string, directions, cells int, margin float32, contrast bool, components int, products bool) {
		parsed, err := ParseFeatures(text)
		if err == nil {
			require.True(t, parsed.String() == text || text == "" && parsed == Features{}, "%q is %q", text, parsed)
			checkFeatures(t, parsed)
		} else {
			require.Equal(t, Features{}, parsed)
			require.ErrorContains(t, err, fmt.Sprintf("features %.100q are unknown", text))
		}
		made := Features{HOG: HOG{Directions: directions, Cells: cells, Margin: margin, Contrast: contrast}, Products: products}
		if components > 0 && components <= 2000 && made.HOG.Valid() && components*made.HOG.Len() <= 1<<14 {
			made.Components = &Components{make([]float32, components*made.HOG.Len()), make([]float32, components)}
		}
		parsed, err = ParseFeatures(made.String())
		if !made.Valid() {
			require.True(t, err != nil || made.HOG == HOG{}, "%q", made)
			return
		}
		require.NoError(t, err)
		require.Equal(t, made.Len(), parsed.Len())
		checkFeatures(t, made)
	})
}

// checkFeatures checks that valid features make a vector of their length.
func checkFeatures(t *testing.T, f Features) {
	n := f.HOG.Len()
	switch {
	case f.HOG == HOG{}:
		n = Size * Size
	case f.Components != nil:
		n = len(f.Components.Bias)
		f.Components = &Components{make([]float32, n*f.HOG.Len()), f.Components.Bias}
	}
	if f.Products {
		n += n * (n + 1) / 2
	}
	require.Equal(t, n, f.Len())
	require.True(t, f.Valid())
	if n <= 1000 {
		require.Len(t, f.Vector(nil, image.NewGray(image.Rect(0, 0, Size, Size))), n)
	}
}
