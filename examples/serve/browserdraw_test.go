package main

import (
	"fmt"
	"image"
	"math"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"github.com/seed-cd6415d7/digits/examples/internal/hand"
	"github.com/seed-cd6415d7/digits/examples/internal/webdriver"
	"github.com/seed-cd6415d7/digits/examples/reader"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A writer writes each digit in one shape.
type writer struct {
	name  string
	style hand.Style
	forms [10]string // in package hand
	tool  string     // the type of the pointer
}

var writers = []writer{
	{"at school", hand.Style{Width: 1, Wobble: 0.5},
		[10]string{"round", "stick", "plain", "round", "closed", "bar", "curl", "plain", "flow", "stick"}, "mouse"},
	{"in Europe", hand.Style{Slant: 0.12, Width: 0.95, Wobble: 0.8},
		[10]string{"curl", "flag", "loop", "flat", "open", "single", "stem", "bar", "rings", "hook"}, "touch"},
	{"in a hurry", hand.Style{Slant: 0.25, Width: 0.85, Wobble: 1.5},
		[10]string{"open", "base", "swan", "tail", "lightning", "flow", "round", "wave", "lean", "g"}, "pen"},
}

// A place is where a digit is drawn: its middle and its height, as parts of the
// paper's width and height.
type place struct{ x, y, height float64 }

var places = []place{{0.2, 0.3, 0.45}, {0.78, 0.26, 0.35}, {0.3, 0.68, 0.5}, {0.72, 0.62, 0.6}}

// An area is where the paper is, in CSS pixels of the window.
type area struct{ Left, Top, Width, Height float64 }

// paper scrolls to the paper.
func (b *tab) paper() (a area) {
	b.t.Helper()
	require.NoError(b.t, b.Run(&a, `
		const paper = document.getElementById("paper");
		paper.scrollIntoView({block: "center", behavior: "instant"});
		const r = paper.getBoundingClientRect();
		return {Left: r.left, Top: r.top, Width: r.width, Height: r.height};`))
	return a
}

// write returns the strokes of a character at a place.
func (w writer) write(r rune, form string, a area, p place) [][][2]float64 {
	style := w.style
	style.Start, style.End = 1, 1
	seed := uint64(r)
	path := style.Trace(rand.New(rand.NewPCG(seed, 19)), hand.Shape(r, form))
	path.Place(a.Left+p.x*a.Width, a.Top+p.y*a.Height, p.height*a.Height/100, 1)
	return pointsOf(path, p.height*a.Height)
}

// digit returns the strokes of a digit at a place.
func (w writer) digit(digit int, a area, p place) [][][2]float64 {
	return w.write(rune('0'+digit), w.forms[digit], a, p)
}

// pointsOf returns the points of a path that a quick pen reports: two dozen for
// a digit, and more of them in bends, where a hand is slower.
func pointsOf(path hand.Path, height float64) (strokes [][][2]float64) {
	const turn = 0.35 // in radians
	far, near := max(height/8, 5), 2.5
	var points [][2]float64
	var way float64 // direction at the last point
	for i, piece := range path {
		a, b := piece[0], piece[1]
		from, to := [2]float64{a.X, a.Y}, [2]float64{b.X, b.Y}
		if i == 0 || path[i-1][1] != a {
			strokes = append(strokes, nil)
			points = [][2]float64{from}
			way = math.Atan2(b.Y-a.Y, b.X-a.X)
		}
		last := points[len(points)-1]
		distance := math.Hypot(to[0]-last[0], to[1]-last[1])
		now := math.Atan2(b.Y-a.Y, b.X-a.X)
		bend := math.Abs(math.Remainder(now-way, 2*math.Pi))
		ends := i+1 == len(path) || path[i+1][0] != b
		if ends || distance >= far || distance >= near && bend >= turn {
			points = append(points, to)
			way = now
		}
		strokes[len(strokes)-1] = points
	}
	return strokes
}

// ink returns a picture of strokes: dark ink on paper.
func ink(w, h int, pen float64, strokes ...[][2]float64) *image.Gray {
	var path hand.Path
	for _, points := range strokes {
		for i := 1; i < len(points); i++ {
			a, b := points[i-1], points[i]
			path = append(path, [2]hand.Dot{{X: a[0], Y: a[1], Radius: pen / 2}, {X: b[0], Y: b[1], Radius: pen / 2}})
		}
	}
	img := image.NewGray(image.Rect(0, 0, w, h))
	for i, depth := range path.Depths(w, h) {
		img.Pix[i] = 235 - uint8(205*min(max(depth+0.5, 0), 1))
	}
	return img
}

// TestWriters: the digits that the browser draws are read without the page,
// too. So a mistake in the browser is one of the page.
func TestWriters(t *testing.T) {
	t.Parallel()
	r, err := reader.Load("")
	require.NoError(t, err)
	for i, w := range writers {
		for digit := range 10 {
			a := area{0, 0, 344, 258}
			p := places[(i+digit)%len(places)]
			page, err := r.Page(ink(344, 258, 12, w.digit(digit, a, p)...), 0)
			require.NoError(t, err)
			require.Equal(t, fmt.Sprint(digit), page.Text(), w.name)
		}
	}
}

// draw draws strokes, in one request.
func (b *tab) draw(tool string, strokes ...[][2]float64) {
	b.t.Helper()
	pointer := webdriver.NewPointer(tool)
	for _, points := range strokes {
		for i, p := range points {
			pointer.Move(math.Round(p[0]), math.Round(p[1]))
			if i == 0 {
				pointer.Down()
			}
		}
		pointer.Up()
	}
	lifted := b.number(`return spied.lifted`)
	require.NoError(b.t, b.Perform(pointer))
	b.wait(fmt.Sprintf(`return spied.lifted == %v`, lifted+float64(len(strokes))))
}

// clear empties the paper.
func (b *tab) clear() {
	b.t.Helper()
	require.NoError(b.t, b.Run(nil, `document.getElementById("clear").click()`))
	require.Empty(b.t, b.text("#text"))
}

// testDrawings draws all digits on a screen: each in three hands, at four
// places.
func testDrawings(t *testing.T, b *tab, s screen) {
	b.screen(s)
	// The bars jump, which takes less time than moving.
	require.NoError(t, b.EmulateMedia(map[string]string{"prefers-reduced-motion": "reduce"}))
	b.open()
	a := b.paper()
	t.Logf("paper of %.0f x %.0f", a.Width, a.Height)
	drawn, wrong := 0, 0
	for i, w := range writers {
		for digit := range 10 {
			for k, p := range places {
				if os.Getenv("DIGITS_BROWSER") != "full" && (i != digit%len(writers) || k != digit%len(places)) {
					continue
				}
				b.draw(w.tool, w.digit(digit, a, p)...)
				b.answered()
				drawn++
				if got := b.text("#text"); got != fmt.Sprint(digit) {
					wrong++
					t.Errorf("%d of a hand %s at place %d reads as %q: %v", digit, w.name, k, got, b.bars())
					b.shoot(fmt.Sprintf("misread-%s-%s-%d-%s-%d", b.e.name, s.name, digit, w.tool, k))
				}
				b.clear()
			}
		}
	}
	t.Logf("%d of %d drawings right", drawn-wrong, drawn)
	b.quiet()
}

// testNothing: an empty paper says nothing.
func testNothing(t *testing.T, b *tab) {
	empty := func() {
		t.Helper()
		b.answered()
		require.Empty(t, b.text("#text"))
		require.Empty(t, b.answers())
		require.Equal(t, true, b.js(`return document.getElementById("why").hidden && document.getElementById("clear").disabled`))
	}
	empty()
	a := b.paper()
	b.draw("mouse", writers[0].digit(7, a, places[2])...)
	b.answered()
	require.Equal(t, "7", b.text("#text"))
	b.click("#clear")
	empty()
	b.click("#undo")
	b.answered()
	require.Equal(t, "7", b.text("#text"))
	// While the pen is down, undo takes back its stroke, and no other one.
	x, y := a.Left+a.Width/2, a.Top+a.Height/4
	require.NoError(t, b.Perform(webdriver.NewPointer("mouse").Move(x, y).Down().Move(x+50, y)))
	require.NoError(t, b.Run(nil, `document.getElementById("undo").click()`))
	require.NoError(t, b.Perform(webdriver.NewPointer("mouse").Move(x+50, y+50).Up()))
	b.answered()
	require.Equal(t, "7", b.text("#text"))
	for range writers[0].digit(7, a, places[2]) {
		b.click("#undo")
	}
	empty()
	require.Equal(t, true, b.js(`return document.getElementById("undo").disabled`))
}

// testLetters: a letter is no digit. In some letters, parts look like digits
// side by side, such as 1 and 4 in M. Such answers are never sure. The paper
// stays in its place, while answers of all sizes come and go beside it.
func testLetters(t *testing.T, b *tab) {
	a := b.paper()
	for _, letter := range "ADEFKTX" + "GHLMNPQRUVW" {
		b.draw("pen", writers[0].write(letter, "block", a, places[3])...)
		b.answered()
		if strings.ContainsRune("ADEFKTX", letter) {
			assert.Equal(t, "no digit", b.text("#text"), string(letter))
		}
		sure := `return document.querySelectorAll('#digits .digit:not(.unsure):not([data-answer="no digit"])').length`
		assert.Zero(t, b.number(sure), "%c reads as %q", letter, b.text("#text"))
		require.Equal(t, a, b.paper(), string(letter))
		b.clear()
	}
}

// testLines: digits in lines, with gaps.
func testLines(t *testing.T, b *tab) {
	for _, text := range []string{"38\n52", "31 592", "1234567890"} {
		a := b.paper()
		p := place{0.06, 0.25, min(0.25, 0.1*a.Width/a.Height)}
		step := 0.8 * p.height * a.Height / a.Width
		var strokes [][][2]float64
		for i, r := range text {
			switch r {
			case '\n':
				p.x, p.y = 0.06, p.y+0.5
			case ' ':
				p.x += 2 * step
			default:
				strokes = append(strokes, writers[i%2].digit(int(r-'0'), a, p)...)
				p.x += step
			}
		}
		b.draw("mouse", strokes...)
		b.answered()
		require.Equal(t, text, b.text("#text"))
		b.clear()
	}
}
