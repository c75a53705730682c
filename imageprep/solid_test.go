package imageprep

import (
	"image"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestFlood: a pixel between ink is enclosed if ink is on two of its four sides
// or more.
func TestFlood(t *testing.T) {
	const middle = 4 // of 3 x 3 pixels
	sides := []int{1, 3, 5, 7}
	for subset := range 1 << len(sides) {
		ink := image.NewGray(image.Rect(0, 0, 3, 3))
		n := 0
		for k, i := range sides {
			if subset>>k&1 == 1 {
				ink.Pix[i] = 255
				n++
			}
		}
		list, isEnclosed := flood(ink, func(i int) bool { return i == middle })
		if n == 0 {
			require.Empty(t, list)
			continue
		}
		require.Equal(t, []int{middle}, list)
		require.Equal(t, n >= 2, isEnclosed, "%v", ink.Pix)
	}
	// At a corner, two sides are at the border.
	for corner, beside := range map[int][2]int{0: {1, 3}, 2: {1, 5}, 6: {3, 7}, 8: {5, 7}} {
		ink := image.NewGray(image.Rect(0, 0, 3, 3))
		ink.Pix[beside[0]] = 255
		isCorner := func(i int) bool { return i == corner }
		_, isEnclosed := flood(ink, isCorner)
		require.False(t, isEnclosed)
		ink.Pix[beside[1]] = 255
		_, isEnclosed = flood(ink, isCorner)
		require.True(t, isEnclosed)
	}
}

// inTwoLevels returns a picture with dark ground and a light shape, or the
// other way round.
func inTwoLevels(ink *image.Gray, polarity Polarity) *image.Gray {
	g := image.NewGray(ink.Rect)
	for i, v := range ink.Pix {
		g.Pix[i] = 20 + v/255*208
		if polarity == DarkInk {
			g.Pix[i] = 255 - g.Pix[i]
		}
	}
	return g
}

// TestSolidShapes: a filled shape covers a quarter of the picture. It has no
// holes and does not reach the border.
func TestSolidShapes(t *testing.T) {
	for _, tt := range []struct {
		name  string
		boxes []image.Rectangle
		want  bool
	}{
		{"a quarter", []image.Rectangle{image.Rect(10, 8, 40, 28)}, true},
		{"less", []image.Rectangle{image.Rect(10, 8, 40, 28), image.Rect(10, 8, 11, 9)}, false},
		{"a hole", []image.Rectangle{image.Rect(10, 8, 50, 34), image.Rect(20, 18, 22, 20)}, false},
		{"two shapes", []image.Rectangle{image.Rect(10, 8, 50, 34), image.Rect(53, 36, 55, 38)}, false},
		{"near to the border", []image.Rectangle{image.Rect(1, 1, 59, 39)}, true},
		{"at the left", []image.Rectangle{image.Rect(0, 8, 50, 34)}, false},
		{"at the right", []image.Rectangle{image.Rect(10, 8, 60, 34)}, false},
		{"at the top", []image.Rectangle{image.Rect(10, 0, 50, 34)}, false},
		{"at the bottom", []image.Rectangle{image.Rect(10, 8, 50, 40)}, false},
		{"at one pixel of the border", []image.Rectangle{image.Rect(10, 8, 50, 34), image.Rect(30, 34, 31, 40)}, false},
		{"at a corner", []image.Rectangle{image.Rect(1, 1, 50, 34), image.Rect(0, 0, 1, 1)}, false},
	} {
		for _, polarity := range []Polarity{DarkInk, LightInk} {
			want := Auto
			if tt.want {
				want = polarity
			}
			g := inTwoLevels(boxes(60, 40, tt.boxes...), polarity)
			require.Equal(t, want, solidPolarity(g), "%s, %v", tt.name, polarity)
			require.Equal(t, want, solidPolarity(Turn(g, 6)), "%s, turned", tt.name)
		}
	}
	require.Equal(t, Auto, solidPolarity(grayOf(60, make([]uint8, 2400)...)))
	require.Equal(t, Auto, solidPolarity(image.NewGray(image.Rectangle{})))
}

// TestMarks: a shape has marks in it if they differ from it by more than an
// eighth of its contrast of 208. Together, they have more pixels than a
// sixteenth of the longer side. The two pixels at the edge of a shape do not
// count.
func TestMarks(t *testing.T) {
	for _, tt := range []struct {
		name  string
		first image.Point
		step  image.Point
		n     int
		by    uint8
		want  bool
	}{
		{"five marks", image.Pt(20, 15), image.Pt(5, 2), 5, 27, true},
		{"a sixteenth of the longer side", image.Pt(20, 15), image.Pt(5, 2), 4, 90, false},
		{"an eighth of the contrast", image.Pt(20, 15), image.Pt(5, 2), 5, 26, false},
		{"leftmost", image.Pt(12, 15), image.Pt(0, 3), 5, 50, true},
		{"at the left edge", image.Pt(11, 15), image.Pt(0, 3), 5, 50, false},
		{"rightmost", image.Pt(47, 15), image.Pt(0, 3), 5, 50, true},
		{"at the right edge", image.Pt(48, 15), image.Pt(0, 3), 5, 50, false},
		{"upmost", image.Pt(15, 10), image.Pt(4, 0), 5, 50, true},
		{"at the upper edge", image.Pt(15, 9), image.Pt(4, 0), 5, 50, false},
		{"lowest", image.Pt(15, 37), image.Pt(4, 0), 5, 50, true},
		{"at the lower edge", image.Pt(15, 38), image.Pt(4, 0), 5, 50, false},
	} {
		for _, polarity := range []Polarity{DarkInk, LightInk} {
			g := inTwoLevels(boxes(64, 48, image.Rect(10, 8, 50, 40)), polarity)
			for i := range tt.n {
				v := &g.Pix[g.PixOffset(tt.first.X+i*tt.step.X, tt.first.Y+i*tt.step.Y)]
				if polarity == DarkInk {
					*v += tt.by
				} else {
					*v -= tt.by
				}
			}
			want := polarity
			if tt.want {
				want = Auto
			}
			require.Equal(t, want, solidPolarity(g), "%s, %v", tt.name, polarity)
			require.Equal(t, want, solidPolarity(Turn(g, 6)), "%s, turned", tt.name)
		}
	}
	// Of a larger picture, the marks in it count. A pixel of the small picture
	// is two wide and two high.
	for _, tt := range []struct {
		x, n int
		want Polarity
	}{
		{24, 13, Auto}, {23, 13, DarkInk}, {155, 13, Auto}, {156, 13, DarkInk}, {24, 12, DarkInk},
	} {
		g := inTwoLevels(boxes(200, 150, image.Rect(20, 16, 160, 130)), DarkInk)
		for i := range tt.n {
			g.Pix[g.PixOffset(tt.x, 30+6*i)] += 60
		}
		require.Equal(t, tt.want, solidPolarity(g), "%v", tt)
		require.Equal(t, tt.want, solidPolarity(Turn(g, 6)), "%v, turned", tt)
	}
}

// TestFillSolid: the inside of a shape is at most a quarter of the way from the
// ink to the ground. The ground differs from the ink by more than 32 levels.
func TestFillSolid(t *testing.T) {
	const w, h = 50, 40
	outer := image.Rect(10, 8, 30, 28)
	inner := outer.Inset(2)
	for _, tt := range []struct {
		name          string
		paper, inside uint8 // the ink has the level 60
		polarity      Polarity
		want          bool
	}{
		{"like the ink", 200, 60, DarkInk, true},
		{"a quarter", 200, 95, DarkInk, true},
		{"more", 200, 96, DarkInk, false},
		{"darker", 200, 20, DarkInk, true},
		{"pale ink", 93, 68, DarkInk, true},
		{"more than a quarter of it", 93, 69, DarkInk, false},
		{"too pale", 92, 60, DarkInk, false},
		{"the other polarity", 200, 60, LightInk, false},
	} {
		for _, light := range []bool{false, true} {
			f := &inkPicture{gray: image.NewGray(image.Rect(0, 0, w, h)), grounds: []ground{{polarity: tt.polarity}}}
			f.inks = []*image.Gray{boxes(w, h), boxes(w, h, outer, inner)}
			f.strength = boxes(w, h)
			f.strengths = []*image.Gray{f.strength, boxes(w, h)}
			f.places = groundMap{w: w, h: h, of: make([]uint8, w*h)}
			for i := range f.gray.Pix {
				at := image.Pt(i%w, i/w)
				switch {
				case at.In(inner):
					f.gray.Pix[i] = tt.inside
				case at.In(outer):
					f.gray.Pix[i], f.strengths[1].Pix[i] = 60, 180
				default:
					f.gray.Pix[i] = tt.paper
				}
			}
			f.places.of[15*w+20], f.strengths[1].Pix[16*w+20] = noGround, 190
			if light {
				for i, v := range f.gray.Pix {
					f.gray.Pix[i] = 255 - v
				}
				f.grounds[0].polarity = map[Polarity]Polarity{DarkInk: LightInk, LightInk: DarkInk}[tt.polarity]
			}
			f.fillSolid(2 * minContrast)
			require.Zero(t, countInk(f.inks[0]))
			want, strength := 400-16*16, uint8(0)
			if tt.want {
				want, strength = 399, 180
			}
			require.Equal(t, want, countInk(f.inks[1]), "%s, light: %v", tt.name, light)
			require.Equal(t, []uint8{strength, 190}, []uint8{f.strengths[1].Pix[17*w+20], f.strengths[1].Pix[16*w+20]}, tt.name)
		}
	}
}
