package hand

import (
	"crypto/sha256"
	"fmt"
	"image"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/seed-cd6415d7/digits/examples/internal/golden"
	"github.com/stretchr/testify/require"
)

const known = Digits + Letters + Marks

func newRand(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 0)) }

// TestWrite draws each character often. A picture has ink in every part of its
// box, and ground around it.
func TestWrite(t *testing.T) {
	seeds := uint64(20)
	if os.Getenv("DIGITS_LONG") != "" {
		seeds = 200
	}
	for _, c := range known {
		t.Run(string(c), func(t *testing.T) {
			for seed := range seeds {
				img := Write(newRand(seed), c)
				require.Equal(t, image.Point{}, img.Rect.Min)
				w, h := img.Rect.Dx(), img.Rect.Dy()
				require.True(t, 3 < min(w, h) && max(w, h) < 150, "seed %d: %d x %d pixels", seed, w, h)
				require.EqualValues(t, 255, slices.Max(img.Pix), "seed %d: strongest ink", seed)
				var box image.Rectangle
				sum := 0
				for y := range h {
					for x := range w {
						if v := img.GrayAt(x, y).Y; v > 0 {
							box = box.Union(image.Rect(x, y, x+1, y+1))
							sum += int(v)
						}
					}
				}
				require.True(t, box.In(img.Rect.Inset(1)), "seed %d: the ink touches the border", seed)
				share := float64(sum) / 255 / float64(box.Dx()*box.Dy())
				require.True(t, 0.05 < share && share <= 1, "seed %d: %.3f of the box is ink", seed, share)
			}
		})
	}
}

func TestWriteDependsOnTheSeedAlone(t *testing.T) {
	for _, c := range known {
		require.Equal(t, Write(newRand(1), c), Write(newRand(1), c), "%c", c)
		require.NotEqual(t, Write(newRand(1), c), Write(newRand(2), c), "%c", c)
	}
}

// TestSameEverywhere: the pictures have the same bits on every processor.
func TestSameEverywhere(t *testing.T) {
	hash := sha256.New()
	for seed := range uint64(5) {
		rng := newRand(seed)
		for _, c := range known {
			hash.Write(Write(rng, c).Pix)
		}
		for range 20 {
			hash.Write(Scribble(rng).Pix)
		}
	}
	require.Equal(t, "9f11dfb4ac5510012c75d3bca6d2f379702802a500f3e581ede2237abaaaf20f", fmt.Sprintf("%x", hash.Sum(nil)))
}

// TestLooks: each form of a character looks as it did, and is as frequent.
func TestLooks(t *testing.T) {
	var text strings.Builder
	for _, c := range known {
		for _, f := range formsOf(c) {
			rng := newRand(1)
			sum := sha256.New()
			for range 4 {
				sum.Write(ink(rng, f.skeleton(rng)).Pix)
			}
			fmt.Fprintf(&text, "%c %s %d %x\n", c, f.name, f.share, sum.Sum(nil)[:8])
		}
	}
	golden.Check(t, "forms.txt", text.String())
}

// TestCoarse: a fifth of the pictures are coarse, most of them black and white.
func TestCoarse(t *testing.T) {
	const n = 700
	rng := newRand(1)
	blackAndWhite, small := 0, 0
	for range n {
		img := Write(rng, '8')
		if !slices.ContainsFunc(img.Pix, func(v uint8) bool { return 0 < v && v < 255 }) {
			blackAndWhite++
		}
		if img.Rect.Dy() < 30 {
			small++
		}
	}
	require.InDelta(t, 0.16, float64(blackAndWhite)/n, 0.04)
	require.InDelta(t, 0.08, float64(small)/n, 0.04)
}

func TestScribble(t *testing.T) {
	for seed := range uint64(200) {
		img := Scribble(newRand(seed))
		require.Equal(t, img, Scribble(newRand(seed)))
		require.EqualValues(t, 255, slices.Max(img.Pix), "seed %d", seed)
	}
	require.NotEqual(t, Scribble(newRand(1)), Scribble(newRand(2)))
}

func TestCharacters(t *testing.T) {
	require.PanicsWithValue(t, "hand: cannot write 'あ', only the characters in the constants of package hand",
		func() { Write(newRand(1), 'あ') })
	for _, table := range []map[rune][]form{digits, letters, marks} {
		for c := range table {
			require.Contains(t, known, string(c), "a character that no constant names")
		}
	}
	require.PanicsWithValue(t, `hand: '7' has no form "none"; see the tables of package hand`,
		func() { Shape('7', "none") })
}

// TestForms: the extremes of a form have the same number of strokes and points.
// No two forms of a character have the same name.
func TestForms(t *testing.T) {
	for _, c := range known {
		names := map[string]bool{}
		for _, f := range formsOf(c) {
			require.False(t, names[f.name], "%c: two forms are called %s", c, f.name)
			names[f.name] = true
			require.Positive(t, f.share)
			for _, s := range slices.Concat(f.strokes, f.other, f.extras) {
				require.Greater(t, len(s), 1, "%c %s", c, f.name)
				require.True(t, s[0] != s[1] && s[len(s)-1] != s[len(s)-2], "%c %s: a corner at the end", c, f.name)
			}
			if f.other == nil {
				continue
			}
			require.Equal(t, len(f.strokes), len(f.other), "%c %s: strokes", c, f.name)
			for i, s := range f.strokes {
				require.Equal(t, len(s), len(f.other[i]), "%c %s: points of stroke %d", c, f.name, i)
			}
		}
	}
}

// TestCurve: the curve passes the points of the stroke and keeps its corners.
func TestCurve(t *testing.T) {
	stroke := Stroke{{0, 0}, {10, 30}, {40, 40}, {40, 40}, {0, 90}}.points()
	chain := curve(stroke, fine)
	for _, p := range stroke {
		require.True(t, slices.ContainsFunc(chain, func(q point) bool { return p.dist(q) < 1e-9 }), "the curve misses %v", p)
	}
	// Two points after a corner: a straight line.
	for _, p := range chain[len(chain)-fine:] {
		require.InDelta(t, float64((40-p.x)*5/4)+40, p.y, 1e-9)
	}
}

func BenchmarkWrite(b *testing.B) {
	rng := newRand(1)
	digits := []rune(Digits)
	for i := 0; b.Loop(); i++ {
		Write(rng, digits[i%len(digits)])
	}
}
