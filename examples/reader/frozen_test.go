package reader

import (
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"image"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"github.com/seed-cd6415d7/digits/examples/internal/golden"
	"github.com/seed-cd6415d7/digits/examples/internal/hand"
	"github.com/seed-cd6415d7/digits/imageprep"
	"github.com/stretchr/testify/require"
)

// A board is a page to write on.
type board struct {
	*image.Gray
	rng   *rand.Rand
	light bool // the ink
}

// newBoard returns a page with a little grain.
func newBoard(seed uint64, w, h int, light bool) *board {
	b := &board{image.NewGray(image.Rect(0, 0, w, h)), rand.New(rand.NewPCG(seed, 77)), light}
	ground := 215
	if light {
		ground = 30
	}
	for i := range b.Pix {
		b.Pix[i] = uint8(ground + b.rng.IntN(8))
	}
	return b
}

// put writes a character of this height with its left upper corner at (x, y).
// It returns the width. strength is that of the ink, of 255.
func (b *board) put(r rune, x, y, height, strength int) (width int) {
	ink := hand.Write(b.rng, r)
	size := ink.Rect.Size()
	width = max(size.X*height/size.Y, 1)
	for v := range height {
		for u := range width {
			if !image.Pt(x+u, y+v).In(b.Rect) {
				continue
			}
			level := int(ink.GrayAt(ink.Rect.Min.X+u*size.X/width, ink.Rect.Min.Y+v*size.Y/height).Y)
			p := &b.Pix[b.PixOffset(x+u, y+v)]
			to := 20
			if b.light {
				to = 240
			}
			*p = uint8(int(*p) + (to-int(*p))*level*strength/255/255)
		}
	}
	return width
}

// row writes characters side by side, with a gap that may be negative. A space
// is as wide as a character.
func (b *board) row(text string, x, y, height, gap int) {
	for _, r := range text {
		if r == ' ' {
			x += height
			continue
		}
		x += b.put(r, x, y+b.rng.IntN(4), height, 255) + gap
	}
}

// bar fills a rectangle with ink.
func (b *board) bar(x0, y0, x1, y1 int) {
	for y := y0; y < y1; y++ {
		for x := x0; x < x1; x++ {
			b.Pix[b.PixOffset(x, y)] = 25
		}
	}
}

// boards are what people hold before a camera. Each name is that of a kind.
var boards = []struct {
	name string
	draw func(seed uint64) *image.Gray
}{
	{"digit", func(seed uint64) *image.Gray {
		b := newBoard(seed, 60, 70, seed%2 == 1)
		b.put(rune('0'+seed), 15, 10, 30+2*int(seed), 255-15*int(seed))
		return b.Gray
	}},
	{"row", func(seed uint64) *image.Gray {
		b := newBoard(seed, 190, 60, false)
		b.row(fmt.Sprint(1000+seed*789), 10, 10, 34, 6)
		return b.Gray
	}},
	{"close", func(seed uint64) *image.Gray {
		b := newBoard(seed, 140, 60, seed%2 == 0)
		b.row(fmt.Sprint(20+seed*7), 20, 8, 40, -3-int(seed)%5)
		return b.Gray
	}},
	{"gap", func(seed uint64) *image.Gray {
		b := newBoard(seed, 200, 90, false)
		b.row(fmt.Sprintf("%d %d", seed, 9-seed), 10, 8, 30, 5)
		b.row(fmt.Sprint(60+seed), 12, 50, 30, 5)
		return b.Gray
	}},
	{"marks", func(seed uint64) *image.Gray {
		b := newBoard(seed, 200, 60, false)
		b.row(string([]rune{rune('0' + seed), '+', rune('9' - seed), '=', 'A', 'h'}), 8, 10, 30, 8)
		return b.Gray
	}},
	{"box", func(seed uint64) *image.Gray {
		b := newBoard(seed, 90, 90, false)
		b.bar(10, 10, 80, 13)
		b.bar(10, 77, 80, 80)
		b.bar(10, 13, 13, 77)
		b.bar(77, 13, 80, 77)
		b.put(rune('0'+seed), 28, 24, 42, 255)
		return b.Gray
	}},
	{"turned", func(seed uint64) *image.Gray {
		b := newBoard(seed, 170, 60, false)
		b.row(fmt.Sprint(2400+seed*173), 10, 10, 34, 6)
		return imageprep.Turn(b.Gray, []imageprep.Orientation{3, 6, 8}[seed%3])
	}},
	{"letters", func(seed uint64) *image.Gray {
		b := newBoard(seed, 120, 50, false)
		letters := []rune(hand.Letters)
		b.row(string(letters[3*seed:3*seed+3]), 10, 10, 28, 6)
		return b.Gray
	}},
}

// frozen returns what must not change of a page: its text, how many marks were
// left out, and a checksum of the rest, to the last bit of each probability.
func frozen(p *Page, err error) string {
	if err != nil {
		return err.Error()
	}
	sum := fnv.New64a()
	for _, list := range [][]Answer{p.Answers, p.LeftOut} {
		for _, a := range list {
			sum.Write(answerBytes(a))
		}
	}
	unsure := 0
	for _, a := range p.Answers {
		if !a.Sure {
			unsure++
		}
	}
	return fmt.Sprintf("%q, %d unsure, %d left out, turned by %d (%d) %v %016x",
		p.Text(), unsure, len(p.LeftOut), p.Turned, p.Orientation, p.Warnings, sum.Sum64())
}

// answerBytes returns all that an answer holds.
func answerBytes(a Answer) []byte {
	text := fmt.Sprint(a.Digit, a.RunnerUp, a.NoDigit, a.Sure, a.Box, a.Line, a.Space, a.Warnings, a.String())
	data, err := binary.Append([]byte(text), binary.LittleEndian, append(a.Probabilities, a.None, a.Probability))
	if err != nil {
		panic(err)
	}
	return append(data, a.Image.Pix...)
}

// TestFrozenBoards: the built-in model reads these pictures as it always did,
// to the bit, on every machine.
func TestFrozenBoards(t *testing.T) {
	t.Parallel()
	var lines strings.Builder
	for _, b := range boards {
		for seed := range uint64(4) {
			img := b.draw(seed)
			p, err := Default().Page(img, 0)
			fmt.Fprintf(&lines, "%s %d: %s\n", b.name, seed, frozen(p, err))
			if seed%2 == 0 {
				continue
			}
			a, err := Default().One(img, imageprep.Orientation(seed))
			require.NoError(t, err)
			sum := fnv.New64a()
			sum.Write(answerBytes(a))
			fmt.Fprintf(&lines, "    as one digit: %v %v %016x\n", a, a.Warnings, sum.Sum64())
		}
	}
	golden.Check(t, "boards.txt", lines.String())
}

// TestFrozenDrawings is the same for the drawings of examples/predict.
func TestFrozenDrawings(t *testing.T) {
	t.Parallel()
	var lines strings.Builder
	entries, err := os.ReadDir(drawings)
	require.NoError(t, err)
	for _, e := range entries {
		p, err := Default().Page(drawing(t, e.Name()), 0)
		fmt.Fprintf(&lines, "%s: %s\n", e.Name(), frozen(p, err))
	}
	golden.Check(t, "drawings.txt", lines.String())
}
