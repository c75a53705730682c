package imageprep

import (
	"flag"
	"fmt"
	"hash/crc32"
	"image"
	"math"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write testdata/frozen.txt anew")

// TestFrozen compares what becomes of about 1,000 drawn pictures with
// testdata/frozen.txt: the same pixels give the same bits, on every machine and
// in every release. Without DIGITS_LONG, it draws every second picture. To
// change the results on purpose:
//
//	go test ./imageprep -run Frozen -update
func TestFrozen(t *testing.T) {
	const file = "testdata/frozen.txt"
	if *update {
		var lines strings.Builder
		for _, s := range scenes {
			for i := range s.times {
				fmt.Fprintln(&lines, frozenLine(s, i, describe(s, i)))
			}
		}
		require.NoError(t, os.WriteFile(file, []byte(lines.String()), 0o666))
		return
	}
	wanted, err := os.ReadFile(file)
	require.NoError(t, err)
	lines := strings.Split(strings.TrimSpace(string(wanted)), "\n")
	for _, s := range scenes {
		require.GreaterOrEqual(t, len(lines), s.times)
		want := lines[:s.times]
		lines = lines[s.times:]
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			for i, line := range want {
				if i%2 == 1 && !long() {
					continue
				}
				if text := describe(s, i); frozenLine(s, i, text) != line {
					t.Fatalf("want %s, found another result:\n%s", line, text)
				}
			}
		})
	}
	require.Empty(t, lines)
}

func frozenLine(s scene, number int, text string) string {
	return fmt.Sprintf("%s %s %d", sum([]byte(text)), s.name, number)
}

// describe draws a scene and tells what each step makes of it.
func describe(s scene, number int) string {
	r := rand.New(rand.NewPCG(uint64(number), uint64(crc32.ChecksumIEEE([]byte(s.name)))))
	var o Options
	img := s.draw(r, &o)
	var b strings.Builder
	describeSteps(&b, img)
	if o.Confidence == nil {
		o.Confidence = judges[number%len(judges)]
	}
	page, err := PrepareAll(img, &o)
	describePage(&b, page, err)
	return b.String()
}

// judges are values of Options.Confidence. The first one knows digits. The
// second one gives arbitrary scores, which lead to other cuts. The third one is
// nil.
var judges = []func(*image.Gray) float64{
	likeness,
	func(g *image.Gray) float64 { return -float64(crc32.ChecksumIEEE(g.Pix)%1024) / 256 },
	nil,
}

func sum(pix []uint8) string { return fmt.Sprintf("%08x", crc32.ChecksumIEEE(pix)) }

// describeSteps tells the results of the steps that a program can call alone.
func describeSteps(b *strings.Builder, img image.Image) {
	g, err := Shrink(img, 100)
	if err != nil {
		fmt.Fprintln(b, err)
		return
	}
	p := FindPolarity(g)
	fmt.Fprintf(b, "picture %s, %v, even light %s\n", sum(g.Pix), p, sum(RemoveShading(g, max(p, DarkInk)).Pix))
	for _, p := range []Polarity{DarkInk, LightInk} {
		ink, threshold, err := Ink(g, p)
		if err != nil {
			fmt.Fprintf(b, "%v: %v\n", p, err)
			continue
		}
		fmt.Fprintf(b, "%v: %s, threshold %d, stroke %v, box %v", p, sum(ink.Pix), threshold, StrokeWidth(ink), InkBox(ink))
		EraseRuledLines(ink)
		fmt.Fprintf(b, ", without lines %s\n", sum(ink.Pix))
	}
	StretchPale(g)
	fmt.Fprintf(b, "stretched %s\n", sum(g.Pix))
}

func describePage(b *strings.Builder, page *Page, err error) {
	if err != nil {
		fmt.Fprintln(b, err)
		return
	}
	fmt.Fprintf(b, "page: orientation %d, turned %d, %v\n", page.Orientation, page.Turned, page.Warnings)
	for _, list := range [][]*Digit{page.Digits, page.LeftOut} {
		for _, d := range list {
			fmt.Fprintf(b, "%s %v, threshold %d, contrast %d, box %v, stroke %v, line %d, space %t, %v\n", sum(d.Image.Pix),
				d.Polarity, d.Threshold, d.Contrast, d.Box, d.Stroke, d.Line, d.Space, d.Warnings)
		}
		fmt.Fprintln(b, "end")
	}
}

// likeness is how much a picture looks like one of the easel's digits, by
// coarse pictures of 7x7 pixels.
func likeness(g *image.Gray) float64 {
	best := math.MaxInt
	got := coarse(g)
	for _, want := range likenesses {
		distance := 0
		for i, v := range want {
			distance += (v - got[i]) * (v - got[i])
		}
		best = min(best, distance)
	}
	return -float64(best) / (1 << 22)
}

func coarse(g *image.Gray) (out [49]int) {
	for i, v := range g.Pix {
		out[i/Size/4*7+i%Size/4] += int(v)
	}
	return out
}

// likenesses are the easel's digits.
var likenesses = func() (list [20][49]int) {
	r := newRand()
	for i := range list {
		e := newEasel(120, 120, 0, 255, 80+80*(i/10))
		e.digit(r, i%10, 20, 20, 70, 10)
		list[i] = coarse(Center(e.Gray, InkBox(e.Gray)))
	}
	return list
}()
