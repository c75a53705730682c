package imageprep

import (
	"image"
	"image/color"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// inkOf returns what a pen drew as an ink picture.
func inkOf(t testing.TB, p *pen) *image.Gray {
	ink, _, err := Ink(p.page, DarkInk)
	require.NoError(t, err)
	return ink
}

// The digits that the templates know.
var templateStrokes = [][][][2]float64{
	{ring}, {strokeTwo}, {strokeFour, stemFour}, {bodyFive, barFive}, {strokeOne},
}

// templates are the digits of templateStrokes in MNIST's form.
var templates = func() (list []*image.Gray) {
	for _, strokes := range templateStrokes {
		p := newPen(200, 200, 5)
		p.shape(60, 60, 80, strokes...)
		ink, _, err := Ink(p.page, DarkInk)
		if err != nil {
			panic(err)
		}
		list = append(list, Center(ink, InkBox(ink)))
	}
	return list
}()

// templateJudge is a classifier: a picture is as probable as it resembles the
// nearest template. Its largest score is 0.
func templateJudge(g *image.Gray) float64 {
	best := 1.0
	for _, m := range templates {
		best = min(best, meanDifference(m, g))
	}
	return -20 * best
}

// TestNewWritingLabels: ink has the label of its part. A soft edge has the
// label of a part beside it.
func TestNewWritingLabels(t *testing.T) {
	r := newRand()
	for range 50 {
		ink := image.NewGray(image.Rect(0, 0, 20, 15))
		for i := range ink.Pix {
			if r.IntN(3) == 0 {
				ink.Pix[i] = uint8([]int{1, 100, 128, 255, 255}[r.IntN(5)])
			}
		}
		want, parts := findParts(ink)
		w := newWriting([]*image.Gray{ink}, nil)
		require.Equal(t, parts, w.parts)
		for i, v := range ink.Pix {
			l, x, y := w.label[i], i%20, i/20
			if v >= inkLevel {
				require.Equal(t, want[i], l)
			}
			if v == 0 {
				require.Zero(t, l)
			}
			if v == 0 || v >= inkLevel {
				continue
			}
			// near holds the parts within one pixel, and far those within
			// two.
			var near, far []int32
			for k, m := range want {
				switch distance := max(x-k%20, k%20-x, y-k/20, k/20-y); {
				case m == 0:
				case distance <= 1:
					near = append(near, m)
				case distance <= softEdge:
					far = append(far, m)
				}
			}
			switch {
			case len(near) > 0:
				require.Contains(t, near, l)
			case l != 0:
				require.Contains(t, far, l)
			}
		}
	}
}

// TestNewWritingInks: of two inks, the stronger one counts where they cross.
func TestNewWritingInks(t *testing.T) {
	across, down := image.NewGray(image.Rect(0, 0, 30, 30)), image.NewGray(image.Rect(0, 0, 30, 30))
	for i := 2; i < 28; i++ {
		for k := range 3 {
			across.SetGray(i, 14+k, color.Gray{Y: 200})
			down.SetGray(14+k, i, color.Gray{Y: 255})
		}
	}
	down.SetGray(5, 15, color.Gray{Y: 150}) // weaker than what is there
	down.SetGray(5, 13, color.Gray{Y: 90})  // a soft edge
	w := newWriting([]*image.Gray{across, down}, nil)
	require.Len(t, w.parts, 3)
	require.Equal(t, []int{0, 1}, []int{w.parts[0].ink, w.parts[1].ink})
	require.Equal(t, part{}, w.parts[2], "stronger ink is all over it")
	at := func(x, y int) int32 { return w.label[y*30+x] }
	require.Equal(t, []int32{1, 2, 2, 1}, []int32{at(3, 15), at(15, 3), at(15, 15), at(5, 15)})
	require.Equal(t, uint8(200), w.ink.GrayAt(5, 15).Y)
	require.Equal(t, uint8(255), w.ink.GrayAt(15, 15).Y)
	require.Equal(t, uint8(0), across.GrayAt(15, 3).Y, "its pictures stay as they are")

	got := w.extract(w.glyphOf(1))
	require.Equal(t, image.Rect(14, 2, 17, 28), InkBox(got))
	for y := 2; y < 28; y++ {
		require.Equal(t, uint8(255), got.GrayAt(15, y).Y)
	}
}

func TestFindHoles(t *testing.T) {
	p := newPen(200, 100, 5)
	p.shape(20, 10, 80, ring)
	p.shape(110, 10, 80, strokeTwo)
	w := newWriting([]*image.Gray{inkOf(t, p)}, nil)
	w.findHoles()
	at := func(x, y int) bool { return w.hole[y*200+x] }
	require.True(t, at(42, 50), "in the 0")
	require.False(t, at(22, 50), "its stroke")
	require.False(t, at(120, 50), "in the 2")
	require.False(t, at(90, 50), "between them")
}

// stacked draws parts one above the other.
func stacked(t *testing.T, judge func(*image.Gray) float64, draw func(p *pen)) *writing {
	p := newPen(200, 300, 5)
	draw(p)
	w := newWriting([]*image.Gray{inkOf(t, p)}, judge)
	w.joinStacked()
	return w
}

func TestJoinStacked(t *testing.T) {
	// The right proportions are those of a ring, .55 to 1.
	proportions := func(g *image.Gray) float64 {
		box := InkBox(g)
		return -3 * math.Abs(float64(box.Dx())/float64(box.Dy())-.6)
	}
	half := [][2]float64{{.05, .2}, {.2, 0}, {.45, .05}, {.5, .25}, {.32, .45}}
	rest := [][2]float64{{.2, .6}, {0, 1}, {.6, .95}}
	for _, tt := range []struct {
		name  string
		judge func(*image.Gray) float64
		draw  func(p *pen)
		want  int // parts
	}{
		{"a broken 2", proportions, func(p *pen) { p.shape(50, 50, 80, half, rest) }, 1},
		{"two lines of digits", proportions, func(p *pen) { p.shape(50, 50, 80, ring); p.shape(50, 138, 80, strokeTwo) }, 2},
		{"far apart", proportions, func(p *pen) { p.shape(50, 50, 80, half); p.shape(50, 80, 80, rest) }, 2},
		{"side by side", proportions, func(p *pen) { p.shape(50, 50, 80, strokeOne); p.shape(62, 50, 80, strokeOne) }, 2},
		{"a judge that likes all", func(*image.Gray) float64 { return 0 }, func(p *pen) { p.shape(50, 50, 80, half, rest) }, 2},
		{"sizes: a broken 2", nil, func(p *pen) { p.shape(50, 50, 80, half, rest); p.shape(120, 50, 80, ring) }, 2},
		{"sizes: two lines", nil, func(p *pen) { p.shape(50, 50, 80, ring); p.shape(50, 138, 80, ring) }, 2},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := stacked(t, tt.judge, tt.draw)
			n, all := 0, 0
			for _, q := range w.parts {
				all += q.area
				if q.area > 0 {
					n++
				}
			}
			require.Equal(t, tt.want, n)
			labeled := 0
			for i, v := range w.ink.Pix {
				if v >= inkLevel {
					require.Positive(t, w.parts[w.label[i]-1].area, "no ink of a part that is gone")
					labeled++
				}
			}
			require.Equal(t, labeled, all)
		})
	}
}

func TestSizeScore(t *testing.T) {
	score := func(boxes ...image.Rectangle) float64 {
		ink := image.NewGray(image.Rect(0, 0, 200, 200))
		for _, b := range boxes {
			for y := b.Min.Y; y < b.Max.Y; y++ {
				for x := b.Min.X; x < b.Max.X; x++ {
					ink.SetGray(x, y, color.Gray{Y: 255})
				}
			}
		}
		w := newWriting([]*image.Gray{ink}, nil)
		var all []int
		for i := range w.parts {
			all = append(all, i)
		}
		return w.likeness(w.glyphOf(all...))
	}
	require.Zero(t, score(image.Rect(50, 50, 110, 150)), "as high as a digit")
	require.InDelta(t, -1.1, score(image.Rect(50, 50, 150, 100)), 1e-9, "twice as wide as high")
	require.InDelta(t, -0.1, score(image.Rect(50, 50, 70, 150), image.Rect(80, 50, 100, 150)), 1e-9, "a gap of a tenth")
	require.InDelta(t, -0.2, score(image.Rect(50, 50, 70, 150), image.Rect(80, 50, 90, 60), image.Rect(110, 50, 120, 60)), 1e-9,
		"the farthest part counts")
}

// glyphs returns glyphs of these heights.
func glyphs(mean float64, heights ...int) (list []glyph) {
	for i, h := range heights {
		list = append(list, glyph{box: image.Rect(100*i, 0, 100*i+20, h), area: 10 * h, mean: mean, score: mean})
	}
	return list
}

func TestDropSmall(t *testing.T) {
	for _, tt := range []struct {
		name    string
		digits  []glyph
		dropped int
	}{
		{"none", nil, 0},
		{"alike", glyphs(-1, 80, 90, 70), 0},
		{"a speck", glyphs(-.1, 80, 80, 7, 80), 1},
		{"just no speck", glyphs(-.1, 80, 80, 17, 80), 0},
		{"small digits of a line that reads well", glyphs(-.1, 80, 80, 40, 80), 0},
		{"large enough in a bad line", glyphs(-.9, 80, 80, 49, 80), 0},
		{"one alone", glyphs(-3, 9), 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := &writing{digits: tt.digits}
			w.dropSmall()
			require.Len(t, w.left, tt.dropped)
			require.Len(t, w.digits, len(tt.digits)-tt.dropped)
			for _, g := range w.left {
				require.Less(t, g.box.Dy(), 49)
			}
		})
	}
}

func TestNumberLines(t *testing.T) {
	on := func(lines ...int) (list []glyph) {
		for i, l := range lines {
			list = append(list, glyph{line: l, box: image.Rect(-10*i, 0, 1, 1), area: i})
		}
		return list
	}
	numbers := func(list []glyph) (lines, areas []int) {
		for _, g := range list {
			lines, areas = append(lines, g.line), append(areas, g.area)
		}
		return lines, areas
	}
	for _, tt := range []struct {
		name                     string
		digits, left             []glyph
		wantDigits, wantLeft, at []int
	}{
		{"all lines have digits", on(0, 0, 1), on(1, 0), []int{0, 0, 1}, []int{0, 1}, []int{1, 0}},
		{"some lines have none", on(1, 4, 4, 6), on(5, 4, 0, 9, 2), []int{0, 1, 1, 2}, []int{0, 0, 1, 1, 2}, []int{2, 4, 1, 0, 3}},
		{"from left to right", on(0), on(0, 0, 0), []int{0}, []int{0, 0, 0}, []int{2, 1, 0}},
		{"no digits", nil, on(3, 1), nil, []int{0, 0}, []int{1, 0}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := &writing{digits: tt.digits, left: tt.left}
			w.numberLines()
			got, _ := numbers(w.digits)
			require.Equal(t, tt.wantDigits, got)
			lines, order := numbers(w.left)
			require.Equal(t, tt.wantLeft, lines)
			require.Equal(t, tt.at, order)
		})
	}
}

// TestFirstOfLine: what was before the first digit of a line is left out, and
// the gap between them does not count.
func TestFirstOfLine(t *testing.T) {
	w := &writing{digits: []glyph{{line: 1, space: true}, {line: 1, space: true}, {line: 3, space: true}, {line: 3}}}
	w.numberLines()
	require.Equal(t, []glyph{{}, {space: true}, {line: 1}, {line: 1}}, w.digits)
}

// TestLargest: the largest ink that is left out counts before the parts.
func TestLargest(t *testing.T) {
	w := &writing{parts: []part{{area: 4}, {area: 20}, {area: 6}}}
	require.Equal(t, 20, w.largest().area)
	w.left = []glyph{{area: 3}, {area: 9}, {area: 5}}
	require.Equal(t, 9, w.largest().area)
}

// TestKeepBest: Options.One keeps the most probable digit, and loses no ink.
func TestKeepBest(t *testing.T) {
	p := newPen(600, 300, 5)
	p.shape(50, 50, 80, bodyFive)
	p.shape(140, 50, 80, ring)
	p.shape(250, 50, 80, strokeTwo)
	p.shape(50, 180, 60, strokeFour)
	ink := inkOf(t, p)
	onlyRings := func(g *image.Gray) float64 { return -20 * meanDifference(templates[0], g) }
	w := readWriting([]*image.Gray{ink}, onlyRings, true)
	require.Len(t, w.digits, 1)
	require.True(t, InkBox(w.extract(w.digits[0])).In(image.Rect(135, 45, 190, 135)))
	require.Equal(t, 0, w.digits[0].line)
	sum, all := w.digits[0].area, 0
	for _, g := range w.left {
		sum += g.area
	}
	for _, v := range ink.Pix {
		if v >= inkLevel {
			all++
		}
	}
	require.Equal(t, all, sum)
}

// TestCutOffOne: with Options.One, too, a digit that was cut off has a warning.
func TestCutOffOne(t *testing.T) {
	p := newPen(240, 200, 5)
	p.line([2]float64{30, 60}, [2]float64{75, 140}, [2]float64{120, 60}, [2]float64{165, 140}, [2]float64{210, 60})
	d, err := Prepare(p.page, &Options{One: true})
	require.NoError(t, err)
	require.Equal(t, []Warning{SeveralDigits, WasCut}, d.Warnings)
}

// TestWithout: if a digit takes a part of a glyph, the rest of a glyph is left
// out.
func TestWithout(t *testing.T) {
	p := newPen(200, 200, 5)
	p.shape(50, 60, 80, bodyFive, barFive)
	w := newWriting([]*image.Gray{inkOf(t, p)}, nil)
	require.Len(t, w.parts, 2)
	both := w.glyphOf(0, 1)
	rest := w.without(both, w.glyphOf(0))
	require.Equal(t, w.glyphOf(1).labels, rest.labels)
	require.Equal(t, w.parts[1].area, rest.area)
	require.Zero(t, w.without(both, both).area)
	require.Equal(t, w.glyphOf(0), w.without(w.glyphOf(0), w.glyphOf(1)))
}

// TestOneAlwaysFindsInk: with Options.One, there is always one digit.
func TestOneAlwaysFindsInk(t *testing.T) {
	for name, draw := range map[string]func(p *pen){
		"a speck":     func(p *pen) { p.line([2]float64{100, 100}, [2]float64{101, 100}) },
		"a long line": func(p *pen) { p.line([2]float64{50, 100}, [2]float64{250, 104}) },
		"two digits":  func(p *pen) { p.shape(50, 50, 80, ring); p.shape(150, 50, 80, ring) },
	} {
		p := newPen(300, 200, 5)
		draw(p)
		d, err := Prepare(p.page, &Options{One: true})
		require.NoError(t, err, name)
		requireForm(t, d.Image)
		d, err = Prepare(p.page, &Options{One: true, Confidence: func(*image.Gray) float64 { return math.Inf(-1) }})
		require.NoError(t, err, name)
		requireForm(t, d.Image)
	}
}

// TestMaxAsked: the judge is asked a bounded number of times.
func TestMaxAsked(t *testing.T) {
	t.Parallel()
	r := newRand()
	ink := image.NewGray(image.Rect(0, 0, 1000, 1000))
	for i := range ink.Pix {
		if r.IntN(3) == 0 {
			ink.Pix[i] = 255
		}
	}
	asked := 0
	w := readWriting([]*image.Gray{ink}, func(*image.Gray) float64 { asked++; return -1 }, false)
	require.LessOrEqual(t, asked, maxAsked)
	require.False(t, slices.ContainsFunc(w.digits, func(g glyph) bool { return g.area == 0 }))
}
