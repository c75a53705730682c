package imageprep

import (
	"image"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestMeanOf(t *testing.T) {
	h := histogram{0: 9, 10: 1, 20: 2, 40: 1, 255: 3}
	for _, tt := range []struct {
		from, to     int
		mean, spread float64
		n            int
	}{
		{10, 40, 22.5, 8.75, 4}, {11, 39, 20, 0, 2}, {21, 39, 0, 0, 0}, {0, 0, 0, 0, 9}, {255, 255, 255, 0, 3}, {20, 40, 80. / 3, 80. / 9, 3},
	} {
		mean, spread, n := h.meanOf(tt.from, tt.to)
		require.InDeltaSlice(t, []float64{tt.mean, tt.spread, float64(tt.n)}, []float64{mean, spread, float64(n)}, 1e-9, "%v", tt)
	}
}

// TestTwoGroups: two groups of tints are 17 bins apart, and 2.5 times as far as
// their spreads together. The smaller one has a fiftieth of the pixels.
func TestTwoGroups(t *testing.T) {
	for _, tt := range []struct {
		name   string
		counts map[int]int
		want   bool
	}{
		{"17 bins", map[int]int{100: 50, 117: 50}, true},
		{"16 bins", map[int]int{100: 50, 116: 50}, false},
		{"the upper one is small", map[int]int{100: 98, 120: 2}, true},
		{"smaller", map[int]int{100: 99, 120: 2}, false},
		{"the lower one is small", map[int]int{100: 2, 120: 98}, true},
		{"smaller", map[int]int{100: 2, 120: 99}, false},
		{"the lower one is spread", map[int]int{92: 5, 108: 5, 120: 10}, true},
		{"more", map[int]int{91: 5, 109: 5, 120: 10}, false},
		{"the upper one is spread", map[int]int{100: 10, 112: 5, 128: 5}, true},
		{"more", map[int]int{100: 10, 111: 5, 129: 5}, false},
		{"both are spread", map[int]int{96: 5, 104: 5, 116: 5, 124: 5}, true},
		{"more", map[int]int{96: 5, 104: 5, 115: 5, 125: 5}, false},
	} {
		var h histogram
		for v, n := range tt.counts {
			h[v] = n
		}
		require.Equal(t, tt.want, h.twoGroups(110), tt.name)
	}
	h := histogram{100: 50, 117: 50}
	require.True(t, h.twoGroups(100))
	require.True(t, h.twoGroups(116))
	require.False(t, h.twoGroups(117))
}

// TestIsScattered: a class is scattered if more than 40 % of its pixels touch
// another one, at a corner or an edge.
func TestIsScattered(t *testing.T) {
	of := func(rows ...string) *tinting {
		g := drawn(rows...)
		return &tinting{w: g.Rect.Dx(), h: g.Rect.Dy(), class: g.Pix}
	}
	for _, tt := range []struct {
		t    *tinting
		want bool
	}{
		{of("11111", "00020"), true},
		{of("111111", "000002"), false},
		{of("11110", "10002"), false}, // one of five
		{of("20000", "01111", "00000"), false},
		{of("20001", "01110", "00021"), true},
		{of("0200", "1111", "1000"), true}, // three of five
		{of("00200", "11111", "11000"), true},
		{of("02000", "11111", "11100"), false}, // three of eight
		{of("1110", "1100", "0002"), false},
		{of("2", "0", "1"), false},
		{of("2", "1", "1", "1"), false},
		{of("1", "1", "2", "0"), true},
		{of("12", "00", "10"), true},
		{of("12", "00", "10", "10"), false},
	} {
		require.Equal(t, tt.want, tt.t.isScattered(1, 2), "%v", tt.t.class)
		require.False(t, tt.t.isScattered(1, 3))
		require.False(t, tt.t.isScattered(3, 1))
	}
}

// TestBridge: an ink gets what other ink covers in gaps that are narrower than
// the window.
func TestBridge(t *testing.T) {
	for width, want := range map[float64]int{0: 5, 1.9: 5, 2: 7, 3.9: 7, 4: 9} {
		require.Equal(t, want, bridgeWindow(width))
	}
	for gap, want := range map[int]bool{6: true, 7: false} {
		left, right := image.Rect(3, 5, 12, 8), image.Rect(12+gap, 5, 24, 8)
		ink, all := boxes(30, 20, left, right), boxes(30, 20, image.Rect(3, 2, 24, 12))
		all.Pix[6*30+13], all.Pix[6*30+14] = 127, 128
		bridge(ink, all, 7)
		require.Equal(t, want, ink.Pix[6*30+12] == 255)
		require.Equal(t, []uint8{0, map[bool]uint8{true: 128}[want]}, ink.Pix[6*30+13:][:2])
		require.Zero(t, ink.Pix[10*30+13])
	}
}

// TestDropSolid: what is thicker than a fifth of the longer side is no stroke.
func TestDropSolid(t *testing.T) {
	const w, h = 100, 80
	stroke := image.Rect(60, 10, 66, 60)
	for size, want := range map[int]bool{20: true, 21: false} {
		note := image.Rect(20, 30, 20+size, 30+size)
		ink, all := boxes(w, h, stroke, note), boxes(w, h, image.Rect(0, 0, w, h))
		dropSolid(ink, all, image.NewGray(ink.Rect), newPlane(w, h, nil))
		if want {
			require.Equal(t, boxes(w, h, stroke, note).Pix, ink.Pix)
			require.Equal(t, w*h, countInk(all))
			continue
		}
		require.Equal(t, boxes(w, h, stroke).Pix, ink.Pix)
		require.Equal(t, boxes(w, h, image.Rect(0, 0, w, h), note).Pix, all.Pix)
	}

	// With ink of height 20 on it, a part is too thick from 11.
	other := boxes(w, h, image.Rect(30, 25, 34, 45))
	for _, tt := range []struct {
		from, thick int
		want        bool
	}{{30, 10, true}, {30, 11, false}, {60, 11, true}} {
		band := image.Rect(10, tt.from, 90, tt.from+tt.thick)
		ink, all := boxes(w, h, band), boxes(w, h, image.Rect(0, 0, w, h))
		dropSolid(ink, all, other, newPlane(w, h, other.Pix))
		require.Equal(t, tt.want, countInk(ink) > 0, "%+v", tt)
	}
}

// TestColoredInk: colored ink has a chroma that is 20 levels from its ground's,
// covers at most 40 % of the picture, and is not only beside other ink.
func TestColoredInk(t *testing.T) {
	const w, h = 125, 80
	stripes := func(n, rest int) (list []image.Rectangle) {
		for i := range n {
			list = append(list, image.Rect(20*i, 0, 20*i+10, h))
		}
		return append(list, image.Rect(15, 0, 16, rest))
	}
	for _, tt := range []struct {
		name    string
		colored []image.Rectangle
		by      [2]int // differences of Cb and Cr
		black   image.Rectangle
		level   uint8 // of the black ink
		want    int   // pixels, or 0
	}{
		{"20 levels", stripes(1, 0), [2]int{12, 16}, image.Rectangle{}, 0, 800},
		{"less", stripes(1, 0), [2]int{12, 15}, image.Rectangle{}, 0, 0},
		{"the other colors", stripes(1, 0), [2]int{-16, -12}, image.Rectangle{}, 0, 800},
		{"40 %", stripes(5, 0), [2]int{40, 0}, image.Rectangle{}, 0, 4000},
		{"more", stripes(5, 1), [2]int{0, 40}, image.Rectangle{}, 0, 0},
		{"two pixels", []image.Rectangle{image.Rect(50, 50, 52, 51)}, [2]int{40, 0}, image.Rectangle{}, 0, 2},
		{"one pixel", []image.Rectangle{image.Rect(50, 50, 51, 51)}, [2]int{40, 0}, image.Rectangle{}, 0, 0},
		{"a quarter is alone", []image.Rectangle{image.Rect(10, 10, 14, 20), image.Rect(40, 10, 52, 20)}, [2]int{40, 0}, image.Rect(40, 10, 52, 20), 64, 40},
		{"less is alone", []image.Rectangle{image.Rect(10, 10, 14, 20), image.Rect(40, 9, 53, 20)}, [2]int{40, 0}, image.Rect(40, 9, 53, 20), 64, 0},
		{"pale other ink", []image.Rectangle{image.Rect(10, 10, 14, 20), image.Rect(40, 9, 53, 20)}, [2]int{40, 0}, image.Rect(40, 9, 53, 20), 63, 183},
		{"less is apart", []image.Rectangle{image.Rect(10, 10, 13, 23), image.Rect(40, 10, 52, 20)}, [2]int{40, 0}, image.Rect(43, 9, 49, 21), 255, 0},
		{"a column is apart", []image.Rectangle{image.Rect(10, 10, 14, 20), image.Rect(40, 10, 52, 20)}, [2]int{40, 0}, image.Rect(44, 9, 49, 21), 255, 50},
		{"a quarter is apart", []image.Rectangle{image.Rect(10, 10, 14, 20), image.Rect(40, 10, 52, 20)}, [2]int{40, 0}, image.Rect(43, 9, 49, 21), 255, 40},
	} {
		d := chroma{newPlane(w, h, nil), newPlane(w, h, nil)}
		for i, v := range boxes(w, h, tt.colored...).Pix {
			d.cb.pix[i] = uint8(128 + int(v/255)*tt.by[0])
			d.cr.pix[i] = uint8(128 + int(v/255)*tt.by[1])
		}
		black := boxes(w, h, tt.black)
		for i := range black.Pix {
			black.Pix[i] = min(black.Pix[i], tt.level)
		}
		f := &inkPicture{inks: []*image.Gray{black}, strength: image.NewGray(black.Rect), grounds: make([]ground, 1)}
		ink, all, strength := f.coloredInk(d)
		if tt.want == 0 {
			require.Nil(t, ink, tt.name)
			continue
		}
		require.NotNil(t, ink, tt.name)
		require.Equal(t, tt.want, countInk(ink), tt.name)
		require.Equal(t, boxes(w, h, tt.colored...).Pix, all.Pix, tt.name)
		length := uint8(math.Sqrt(float64(tt.by[0]*tt.by[0] + tt.by[1]*tt.by[1])))
		require.Equal(t, length, slices.Max(strength.Pix), tt.name)
	}
}

// TestSplitTints: a class is split along the principal axis of its tints.
func TestSplitTints(t *testing.T) {
	for _, tt := range []struct {
		a, b [2]int16
		want bool
	}{
		{[2]int16{0, 0}, [2]int16{60, 0}, true}, {[2]int16{0, 0}, [2]int16{45, 0}, false},
		{[2]int16{0, 0}, [2]int16{0, 60}, true}, {[2]int16{0, 0}, [2]int16{0, 45}, false},
		{[2]int16{10, 10}, [2]int16{52, -32}, true}, {[2]int16{10, 10}, [2]int16{-32, -32}, true},
		{[2]int16{-90, 30}, [2]int16{-90, 90}, true}, {[2]int16{7, 7}, [2]int16{7, 7}, false},
		{[2]int16{-180, -180}, [2]int16{180, 180}, true}, {[2]int16{0, 0}, [2]int16{32, 32}, false},
	} {
		const w, h = 20, 10
		s := &tinting{w: w, h: h, class: make([]uint8, w*h), tint: make([][2]int16, w*h)}
		for i := range s.class {
			switch x := i % w; {
			case x < 8:
				s.class[i], s.tint[i] = 1, tt.a
			case x >= 12:
				s.class[i], s.tint[i] = 1, tt.b
			}
		}
		before := slices.Clone(s.class)
		require.False(t, s.split(2, 3), "an empty class")
		require.Equal(t, tt.want, s.split(1, 2), "%v", tt)
		if !tt.want {
			require.Equal(t, before, s.class)
			continue
		}
		require.ElementsMatch(t, []uint8{1, 2}, []uint8{s.class[0], s.class[w-1]}, "%v", tt)
		require.Equal(t, []uint8{s.class[0], 0, s.class[w-1]}, []uint8{s.class[7], s.class[8], s.class[12]})
	}
}

// TestLeastColoredFirst: much ink does not count as little color, not even on
// 32-bit computers.
func TestLeastColoredFirst(t *testing.T) {
	const w, h = 300, 256
	s := &tinting{w: w, h: h, ink: boxes(w, h, image.Rect(0, 0, w, h)), class: make([]uint8, w*h), tint: make([][2]int16, w*h)}
	for i := range s.class {
		if s.class[i] = 2; i%w < w/2 {
			s.class[i], s.tint[i] = 1, [2]int16{180, 180}
		}
	}
	inks := s.inks(2)
	require.Equal(t, []int{w * h / 2, w * h / 2}, []int{countInk(inks[0]), countInk(inks[1])})
	require.Equal(t, []uint8{0, 255}, []uint8{inks[0].Pix[0], inks[1].Pix[0]})
}

// TestColoredNotes: a note is no colored ink, and does not hide other ink.
func TestColoredNotes(t *testing.T) {
	const w, h = 125, 80
	note := image.Rect(10, 10, 35, 35) // 625 pixels
	for length, want := range map[int]bool{21: true, 20: false} {
		stroke := image.Rect(60, 20, 60+length, 30)
		d := chroma{newPlane(w, h, nil), newPlane(w, h, nil)}
		for i, v := range boxes(w, h, note, stroke).Pix {
			d.cb.pix[i], d.cr.pix[i] = 128+v/255*40, 128
		}
		f := &inkPicture{inks: []*image.Gray{boxes(w, h)}, strength: boxes(w, h), grounds: make([]ground, 1)}
		ink, all, _ := f.coloredInk(d)
		require.Equal(t, want, ink != nil)
		if want {
			require.Equal(t, boxes(w, h, stroke).Pix, ink.Pix)
			require.Equal(t, boxes(w, h, stroke).Pix, all.Pix)
		}
	}
}

// TestSplitInk: ink of clearly different colors is split into four inks at
// most. Colors that differ from the ground by less than 24 levels, and soft
// edges, are unknown.
func TestSplitInk(t *testing.T) {
	type color struct {
		strength, cb, cr, ink uint8 // the ground has 20, 128, 128, 0
	}
	black := color{120, 128, 128, 255}
	for _, tt := range []struct {
		name   string
		colors []color
		want   int // inks
	}{
		{"black", []color{black, black}, 1},
		{"blue", []color{{20, 192, 128, 255}, {20, 190, 128, 255}}, 1},
		{"black and blue", []color{black, {60, 188, 128, 255}}, 2},
		{"black and red", []color{black, {60, 128, 188, 255}}, 2},
		{"black and pale blue", []color{black, {20, 152, 128, 255}}, 2},
		{"black and paler blue", []color{black, {20, 151, 128, 255}}, 1},
		{"black and pale green", []color{black, {20, 128, 104, 255}}, 2},
		{"black and paler green", []color{black, {20, 128, 105, 255}}, 1},
		{"pale black and blue", []color{{44, 128, 128, 255}, {60, 188, 128, 255}}, 2},
		{"paler black and blue", []color{{43, 128, 128, 255}, {60, 188, 128, 255}}, 1},
		{"light black and blue", []color{{0, 134, 141, 255}, {60, 188, 128, 255}}, 2},
		{"soft blue", []color{black, {60, 188, 128, 128}}, 2},
		{"softer blue", []color{black, {60, 188, 128, 127}}, 1},
		{"four colors", []color{black, {20, 228, 128, 255}, {20, 28, 128, 255}, {20, 128, 228, 255}}, 4},
		{"five colors", []color{black, {20, 228, 128, 255}, {20, 28, 128, 255}, {20, 128, 228, 255}, {20, 128, 28, 255}}, 4},
	} {
		w, h := 14*len(tt.colors), 20
		f := &inkPicture{inks: []*image.Gray{boxes(w, h)}, strength: boxes(w, h)}
		f.grounds = []ground{{split: split{groundMedian: 20}}}
		f.strengths = []*image.Gray{f.strength}
		d := chroma{newPlane(w, h, nil), newPlane(w, h, nil)}
		for i := range f.strength.Pix {
			f.strength.Pix[i], d.cb.pix[i], d.cr.pix[i] = 20, 128, 128
			if x := i % w; x%14 < 6 {
				c := tt.colors[x/14]
				f.strength.Pix[i], d.cb.pix[i], d.cr.pix[i], f.inks[0].Pix[i] = c.strength, c.cb, c.cr, c.ink
			}
		}
		all := slices.Clone(f.inks[0].Pix)
		f.splitInk(d)
		require.Len(t, f.inks, tt.want, tt.name)
		require.Len(t, f.strengths, tt.want, tt.name)
		require.Equal(t, all, unite(f.inks).Pix, tt.name)
		if tt.want == 2 {
			first, second := image.Rect(0, 0, 6, h), image.Rect(14, 0, 20, h)
			require.Equal(t, []image.Rectangle{first, second}, []image.Rectangle{InkBox(f.inks[0]), InkBox(f.inks[1])}, tt.name)
		}
	}
}
