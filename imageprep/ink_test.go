package imageprep

import (
	"image"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

func grayOf(w int, pix ...uint8) *image.Gray {
	return &image.Gray{Pix: pix, Stride: w, Rect: image.Rect(0, 0, w, len(pix)/w)}
}

func TestPolarityString(t *testing.T) {
	require.Equal(t, "auto", Auto.String())
	require.Equal(t, "dark ink", DarkInk.String())
	require.Equal(t, "light ink", LightInk.String())
	require.Equal(t, "Polarity(-7)", Polarity(-7).String())
}

func TestFindPolarity(t *testing.T) {
	cornerShadow := drawTwo(100, 200, 30)
	for y := range 40 {
		for x := range 40 - y {
			cornerShadow.SetGray(x, y, grayOf(1, 20).GrayAt(0, 0))
		}
	}
	tests := []struct {
		name string
		g    *image.Gray
		want Polarity
	}{
		{"paper", drawTwo(100, 220, 40), DarkInk},
		{"blackboard", drawTwo(100, 40, 220), LightInk},
		{"grey paper", drawTwo(100, 90, 10), DarkInk},
		{"shadow in a corner", cornerShadow, DarkInk},
		{"hard shadow", shade(drawTwo(100, 220, 40), hardShadow), DarkInk},
		{"vignette", shade(drawTwo(100, 220, 40), vignette), DarkInk},
		{"blackboard in a hard shadow", shade(drawTwo(100, 60, 220), hardShadow), LightInk},
		{"blackboard with a vignette", shade(drawTwo(100, 60, 220), vignette), LightInk},
		{"bold", drawEight(28, 2.2, 0, 255), LightInk},
		{"bold on paper", drawEight(28, 2.2, 255, 0), DarkInk},
		{"bold, larger", drawEight(200, 16, 40, 220), LightInk},
		{"very bold", onPaper(drawEight(246, 25, 255, 0), image.Rect(0, 0, 280, 280), image.Pt(17, 17), 255), DarkInk},
		{"sheet on a dark table", onPaper(drawTwo(190, 220, 40), image.Rect(0, 0, 256, 256), image.Pt(33, 33), 50), DarkInk},
		{"tight crop", tightEight(0, 255), LightInk},
		{"tight crop of paper", tightEight(255, 0), DarkInk},
		{"strokes over the edge", grayOf(4, 0, 0, 0, 255, 0, 0, 0, 255, 0, 0, 0, 255, 0, 255, 255, 255), LightInk},
		{"one pixel", grayOf(1, 7), DarkInk},
		{"one row", grayOf(5, 9, 9, 200, 9, 9), LightInk},
		{"one column", grayOf(1, 9, 9, 200, 9, 9), LightInk},
		{"tie", grayOf(2, 0, 255), DarkInk},
		{"empty", new(image.Gray), DarkInk},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			require.Equal(t, tt.want, FindPolarity(tt.g))
		})
	}
}

// drawEight draws two circles. With a bold stroke, half is half of it, what they surround looks more like ink than they do.
func drawEight(size int, half float64, ground, stroke uint8) *image.Gray {
	g := image.NewGray(image.Rect(0, 0, size, size))
	s := float64(size)
	for i := range g.Pix {
		x, y := float64(i%size)+.5-s/2, float64(i/size)+.5-s/2
		radius := s / 6
		d := min(math.Abs(math.Hypot(x, y-radius)-radius), math.Abs(math.Hypot(x, y+radius)-radius))
		cover := min(max(half-d+.5, 0), 1)
		g.Pix[i] = uint8(math.Round(float64(ground) + cover*(float64(stroke)-float64(ground))))
	}
	return g
}

// tightEight is an 8 without a margin, as some programs cut digits out, about as large as MNIST's.
func tightEight(ground, stroke uint8) *image.Gray {
	box := InkBox(drawEight(30, 1.3, 0, 255))
	return drawEight(30, 1.3, ground, stroke).SubImage(box).(*image.Gray)
}

// naiveOtsu takes the variance between the classes literally.
func naiveOtsu(pix []uint8) (best float64, at []uint8) {
	for t := range 255 {
		var n, s [2]float64
		for _, v := range pix {
			class := 0
			if int(v) > t {
				class = 1
			}
			n[class]++
			s[class] += float64(v)
		}
		if n[0] == 0 || n[1] == 0 {
			continue
		}
		d := s[0]/n[0] - s[1]/n[1]
		switch between := d * d * n[0] * n[1]; {
		case between > best:
			best, at = between, []uint8{uint8(t)}
		case between == best:
			at = append(at, uint8(t))
		}
	}
	return best, at
}

func TestOtsu(t *testing.T) {
	r := newRand()
	for range 200 {
		pix := make([]uint8, 1+r.IntN(60))
		mean := []float64{float64(r.IntN(256)), float64(r.IntN(256))}
		for i := range pix {
			pix[i] = uint8(min(max(mean[r.IntN(2)]+15*r.NormFloat64(), 0), 255))
		}
		var h histogram
		h.add(pix)
		got, ok := h.otsu()
		best, at := naiveOtsu(pix)
		require.Equal(t, best > 0, ok)
		if ok {
			require.Contains(t, at, got, "%v", pix)
		}
	}
}

func TestOtsuTakesTheMiddleOfTheGap(t *testing.T) {
	for _, tt := range []struct{ low, high, want uint8 }{{0, 255, 127}, {10, 20, 15}, {7, 8, 7}} {
		var h histogram
		h.add([]uint8{tt.low, tt.high})
		got, ok := h.otsu()
		require.True(t, ok)
		require.Equal(t, tt.want, got)
	}
	var empty histogram
	_, ok := empty.otsu()
	require.False(t, ok)
}

func TestMedians(t *testing.T) {
	r := newRand()
	for n := 1; n < 40; n++ {
		pix := make([]uint8, n)
		fill(pix, r)
		var h histogram
		h.add(pix)
		slices.Sort(pix)
		require.Equal(t, int(pix[(n-1)/2]), h.medianOf(0, 255))
		low, high := h.extremes()
		require.Equal(t, []uint8{pix[0], pix[n-1]}, []uint8{low, high})
	}
}

func TestInk(t *testing.T) {
	// Ground 200, ink 100: a quarter of the way in is 175, three quarters 125, the middle 150.
	g := grayOf(13, 200, 200, 200, 175, 150, 125, 90, 100, 100, 100, 100, 200, 200)
	ink, threshold, err := Ink(g, DarkInk)
	require.NoError(t, err)
	require.Equal(t, []uint8{0, 0, 0, 0, 128, 255, 255, 255, 255, 255, 255, 0, 0}, ink.Pix)
	require.Greater(t, threshold, uint8(125))
	require.LessOrEqual(t, threshold, uint8(175))

	mirrored, lightThreshold, err := Ink(inverted(g), LightInk)
	require.NoError(t, err)
	require.Equal(t, ink, mirrored)
	require.Equal(t, 255-threshold, lightThreshold)
}

func TestInkOfAPart(t *testing.T) {
	sheet := onPaper(drawTwo(40, 220, 30), image.Rect(-5, -5, 80, 70), image.Pt(7, 9), 120)
	part := sheet.SubImage(image.Rect(7, 9, 47, 49)).(*image.Gray)
	got, _, err := Ink(part, DarkInk)
	require.NoError(t, err)
	want, _, err := Ink(drawTwo(40, 220, 30), DarkInk)
	require.NoError(t, err)
	require.Equal(t, part.Rect, got.Rect)
	require.Equal(t, want.Pix, got.Pix)
}

func TestBlank(t *testing.T) {
	noise := func(spread float64) *image.Gray {
		r := rand.New(rand.NewPCG(3, 4))
		g := image.NewGray(image.Rect(0, 0, 200, 150))
		for i := range g.Pix {
			g.Pix[i] = uint8(200 + float64(spread*max(-3, min(r.NormFloat64(), 3))))
		}
		return g
	}
	tests := []struct {
		name string
		img  image.Image
		want BlankError
	}{
		{"one pixel", grayOf(1, 99), BlankError{Min: 99, Max: 99}},
		{"uniform", image.NewRGBA(image.Rect(0, 0, 50, 50)), BlankError{Min: 255, Max: 255}},
		{"two near levels", grayOf(4, 50, 50, 65, 50), BlankError{Min: 50, Max: 65, Contrast: 15}},
		{"noise", noise(5), BlankError{Min: 185, Max: 215, Contrast: 7}},
		{"much noise", noise(9), BlankError{Min: 173, Max: 227, Contrast: 12}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Prepare(tt.img, nil)
			var blank *BlankError
			require.ErrorAs(t, err, &blank)
			require.Equal(t, tt.want, *blank)
		})
	}
	require.EqualError(t, &BlankError{50, 65, 15, false}, "imageprep: no ink found: contrast 15, want at least 16 (grey levels 50 to 65); "+
		"write darker or use more light")
	_, _, err := Ink(new(image.Gray), DarkInk)
	require.ErrorAs(t, err, new(*BlankError))
	_, err = Prepare(drawTwo(90, 200, 170), nil)
	require.NoError(t, err, "pale ink is ink")
}

func TestInkPanics(t *testing.T) {
	require.PanicsWithValue(t, "imageprep: polarity is auto, want DarkInk or LightInk; FindPolarity tells which",
		func() { Ink(grayOf(1, 0), Auto) })
}
