package imageprep

import (
	"errors"
	"hash/crc32"
	"image"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// FuzzPrepare prepares small pictures of every type. The result has MNIST's
// form, or the error has a known type. The type of the picture makes no
// difference.
func FuzzPrepare(f *testing.F) {
	f.Add(uint8(0), int16(0), int16(0), uint8(4), uint8(4), uint8(0), []byte{0, 255, 0, 0, 9})
	f.Add(uint8(3), int16(-5), int16(3), uint8(28), uint8(28), uint8(1), []byte("any pixels at all"))
	f.Add(uint8(9), int16(100), int16(-100), uint8(60), uint8(1), uint8(2), []byte{1, 0, 0, 0, 0, 0})
	f.Add(uint8(12), int16(-32768), int16(32767), uint8(1), uint8(1), uint8(0), []byte{})
	f.Fuzz(func(t *testing.T, kind uint8, x, y int16, w, h, polarity uint8, pix []byte) {
		k := kinds[int(kind)%len(kinds)]
		at := image.Pt(int(x), int(y))
		if strings.Contains(k.name, "YCbCr") {
			// With negative bounds, image.NewYCbCr may make too
			// little chroma. Then At panics.
			at = image.Pt(int(uint16(x)), int(uint16(y)))
		}
		b := image.Rectangle{Min: at, Max: at.Add(image.Pt(int(w)%80, int(h)%80))}
		img := k.make(b, &byteDice{pix: pix})
		opts := &Options{Polarity: Polarity(polarity % 3), Orientation: Orientation(polarity % 9)}

		d, err := Prepare(img, opts)
		again, againErr := Prepare(atOnly{img}, opts)
		require.Equal(t, againErr, err)
		require.Equal(t, again, d)
		if err != nil {
			if !errors.As(err, new(*SizeError)) && !errors.As(err, new(*BlankError)) && !errors.As(err, new(*CountError)) {
				t.Fatalf("unknown error %T: %v", err, err)
			}
			require.Nil(t, d)
		} else {
			requireForm(t, d.Image)
			require.True(t, !d.Box.Empty() && d.Box.In(b), "box %v of %v", d.Box, b)
		}
		all, err := PrepareAll(img, opts)
		if err != nil {
			require.Nil(t, d)
			return
		}
		for i, d := range all.Digits {
			requireForm(t, d.Image)
			require.True(t, !d.Box.Empty() && d.Box.In(b), "box %v of %v", d.Box, b)
			require.True(t, i == 0 && d.Line == 0 || i > 0 && d.Line-all.Digits[i-1].Line <= 1 && d.Line >= all.Digits[i-1].Line)
		}
		raw, err := Raw(img)
		require.Equal(t, b.Dx() == Size && b.Dy() == Size, err == nil)
		require.Equal(t, err != nil, raw == nil)
	})
}

// FuzzPrepareAll draws strokes, specks and noise. The digits and what is left
// out are inside the picture, in order, and share no ink. The same picture
// gives the same page, and stays as it is.
func FuzzPrepareAll(f *testing.F) {
	f.Add(uint8(200), uint8(120), uint8(0), []byte{10, 10, 60, 100, 40, 60, 10, 110, 90, 80, 20, 100, 100, 110, 20, 120})
	f.Add(uint8(255), uint8(255), uint8(7), []byte("any strokes at all, one after the other"))
	f.Add(uint8(90), uint8(60), uint8(77), []byte{0, 0, 255, 255, 255, 0, 0, 255, 128, 0, 128, 255, 0, 128, 255, 128})
	f.Add(uint8(49), uint8(49), uint8(141), []byte{})
	f.Fuzz(checkStrokes)
}

// TestPrepareAllOfStrokes checks random strokes.
func TestPrepareAllOfStrokes(t *testing.T) {
	r := newRand()
	for range 60 {
		strokes := make([]byte, 4*(1+r.IntN(20)))
		for i := range strokes {
			strokes[i] = byte(r.IntN(256))
		}
		checkStrokes(t, uint8(r.IntN(256)), uint8(r.IntN(256)), uint8(r.IntN(256)), strokes)
	}
}

// checkStrokes prepares a picture of strokes.
func checkStrokes(t *testing.T, w, h, options uint8, strokes []byte) {
	p := newPen(1+int(w)%160, 1+int(h)%160, 1+float64(options%7))
	for ; len(strokes) >= 4 && len(strokes) <= 80; strokes = strokes[4:] {
		at := func(i, size int) float64 { return float64(strokes[i]) * float64(size) / 255 }
		p.line([2]float64{at(0, p.page.Rect.Dx()), at(1, p.page.Rect.Dy())}, [2]float64{at(2, p.page.Rect.Dx()), at(3, p.page.Rect.Dy())})
	}
	o := &Options{Orientation: Orientation(options % 9), One: options%5 == 0}
	if options%2 == 0 {
		o.Confidence = func(g *image.Gray) float64 { return -float64(crc32.ChecksumIEEE(g.Pix)%1024) / 256 }
	}
	before := slices.Clone(p.page.Pix)
	page, err := PrepareAll(p.page, o)
	require.Equal(t, before, p.page.Pix)
	again, againErr := PrepareAll(p.page, o)
	require.Equal(t, againErr, err)
	require.Equal(t, again, page)
	if err != nil {
		require.ErrorAs(t, err, new(*BlankError))
		return
	}
	require.True(t, !o.One || len(page.Digits) == 1)
	requirePage(t, page, p.page.Rect)
	found, err := findInk(p.page, o)
	require.NoError(t, err)
	requireNoSharedInk(t, found.read(o), o)
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
