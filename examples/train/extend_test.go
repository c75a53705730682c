package main

import (
	"context"
	"image"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/seed-cd6415d7/digits/dataset"
	"github.com/seed-cd6415d7/digits/examples/internal/hand"
	"github.com/seed-cd6415d7/digits/imageprep"
	"github.com/seed-cd6415d7/digits/softmax"
	"github.com/stretchr/testify/require"
)

// writtenSet returns n digits by hand, in MNIST's form, as if they were real.
func writtenSet(n int) *dataset.Set {
	rng := rand.New(rand.NewPCG(8, 9))
	s := &dataset.Set{Width: 28, Height: 28, Classes: 10}
	for i := range n {
		ink := hand.Write(rng, rune('0'+i%10))
		s.Images = append(s.Images, imageprep.Center(ink, imageprep.InkBox(ink)).Pix...)
		s.Labels = append(s.Labels, i%10)
	}
	return s
}

func TestNoDigits(t *testing.T) {
	t.Parallel()
	real := writtenSet(200)
	for _, k := range noDigits {
		a := &artist{rand.New(rand.NewPCG(1, 2)), real}
		pix := a.make(50, k.draw)
		require.Len(t, pix, 50*784, k.name)
		for one := range slices.Chunk(pix, 784) {
			require.Equal(t, uint8(255), slices.Max(one), k.name)
			for other := range slices.Chunk(real.Images, 784) {
				require.NotEqual(t, other, one, "a real digit is none of the kind %s", k.name)
			}
		}
		again := (&artist{rand.New(rand.NewPCG(1, 2)), real}).make(50, k.draw)
		require.Equal(t, pix, again, "%s: the same seed gives the same pictures", k.name)
	}
}

// bars returns a set of one image: two vertical bars, three pixels wide, in
// columns 9 to 11 and 16 to 18 of rows 4 to 23.
func bars(label int) *dataset.Set {
	s := &dataset.Set{Width: 28, Height: 28, Classes: 10, Images: make([]uint8, 784), Labels: []int{label}}
	for y := 4; y < 24; y++ {
		for x := range 3 {
			s.Images[y*28+9+x], s.Images[y*28+16+x] = 255, 255
		}
	}
	s.Images[4*28+12] = 255 // it is not symmetric
	return s
}

func TestPiece(t *testing.T) {
	t.Parallel()
	a := &artist{rand.New(rand.NewPCG(3, 4)), bars(4)}
	whole := inkIn(a.real.Image(0))
	pieces := 0
	for range 300 {
		part := a.piece()
		if part == nil {
			continue
		}
		pieces++
		stays := 100 * inkIn(part) / whole
		require.True(t, stays >= 20 && stays <= 70, "%d%% of the ink", stays)
		box := imageprep.InkBox(part)
		require.Less(t, box.Dy(), 3*box.Dx(), "one bar alone is a 1")
	}
	require.Greater(t, pieces, 30)
	a.real.Labels[0] = 1
	for range 50 {
		require.Nil(t, a.piece(), "a piece of a 1 is a 1")
	}
}

// TestMake: an artist gives up after maxTries failures in a row.
func TestMake(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ succeeds, n, made, tries int }{
		{0, 1, 0, maxTries}, {1, 1, 1, 1}, {7, 2, 1, 7 + maxTries}, {maxTries, 1, 1, maxTries}, {maxTries + 1, 1, 0, maxTries},
	} {
		tries := 0
		pix := new(artist).make(tt.n, func(*artist) *image.Gray {
			if tries++; tries != tt.succeeds {
				return nil
			}
			return hand.Write(rand.New(rand.NewPCG(1, 2)), '1')
		})
		require.Len(t, pix, tt.made*784, "%+v", tt)
		require.Equal(t, tt.tries, tries, "%+v", tt)
	}
}

// TestPieces: the other pictures without a digit have more ink than a digit, or
// less.
func TestPieces(t *testing.T) {
	t.Parallel()
	a := &artist{rand.New(rand.NewPCG(5, 6)), bars(7)}
	whole := inkIn(a.real.Image(0))
	for _, tt := range []struct {
		name        string
		draw        func() *image.Gray
		least, most int // percent; a digit has 41 to 165
	}{
		{"several", a.several, 60, 500},
		{"neighbor", a.neighbor, 48, 280},
		{"middle", a.middle, 10, 200},
		{"bit", a.bit, 1, 50},
	} {
		found := 0
		for range 200 {
			if g := tt.draw(); g != nil {
				found++
				percent := 100 * inkIn(g) / whole
				require.True(t, tt.least <= percent && percent <= tt.most, "%s: %d%% of the ink", tt.name, percent)
			}
		}
		require.Greater(t, found, 20, tt.name)
	}
}

// TestWorn: a damaged digit is of the class that is asked for. It has lost at
// most a tenth of its ink, and at most a tenth is not its own.
func TestWorn(t *testing.T) {
	t.Parallel()
	a := &artist{rand.New(rand.NewPCG(9, 10)), bars(7)}
	whole := inkIn(a.real.Image(0))
	amounts := map[int]bool{}
	for range 200 {
		if g := a.worn(7); g != nil {
			require.InDelta(t, 100, 100*inkIn(g)/whole, 10)
			amounts[inkIn(g)] = true
		}
		require.Nil(t, a.worn(4))
	}
	require.Greater(t, len(amounts), 10)
}

func TestCut(t *testing.T) {
	t.Parallel()
	box := image.Rect(10, 20, 20, 40)
	for side, want := range []image.Rectangle{
		left: image.Rect(10, 20, 14, 40), right: image.Rect(16, 20, 20, 40),
		upper: image.Rect(10, 20, 20, 28), lower: image.Rect(10, 32, 20, 40),
	} {
		c := cut{box: box, side: side, share: 0.4}
		for y := box.Min.Y; y < box.Max.Y; y++ {
			for x := box.Min.X; x < box.Max.X; x++ {
				require.Equal(t, image.Pt(x, y).In(want), c.keeps(x, y), "side %d, (%d, %d)", side, x, y)
			}
		}
	}
	c := cut{box: box, side: left, share: 0.5, slant: 1}
	require.True(t, c.keeps(18, 20), "the line leans")
	require.False(t, c.keeps(11, 39))
}

func TestResized(t *testing.T) {
	t.Parallel()
	g := bars(1).Image(0)
	require.Equal(t, g, resized(g, 28))
	for _, side := range []int{14, 20, 35} {
		small := resized(g, side)
		require.Equal(t, image.Rect(0, 0, side, side), small.Rect)
		require.InEpsilon(t, float64(side*side)/784, float64(inkIn(small))/float64(inkIn(g)), 0.05)
		require.InDelta(t, 4*side/28, imageprep.InkBox(small).Min.Y, 1)
	}
}

// TestTurned: a 1, for example, is a 1 in the mirror and upside down, but not
// on its side.
func TestTurned(t *testing.T) {
	t.Parallel()
	for label, count := range []int{0, 2, 3, 4, 4, 3, 3, 4, 2, 3} {
		a := &artist{rand.New(rand.NewPCG(7, 8)), bars(label)}
		original := a.real.Image(0)
		ways := map[string]bool{}
		for range 100 {
			if g := a.turned(); g != nil {
				require.NotEqual(t, original.Pix, g.Pix)
				require.Equal(t, inkIn(original), inkIn(g))
				ways[string(g.Pix)] = true
			}
		}
		require.Len(t, ways, count, "ways to turn a %d into no digit", label)
	}
}

func TestPaste(t *testing.T) {
	t.Parallel()
	dst, g := image.NewGray(image.Rect(0, 0, 2, 2)), image.NewGray(image.Rect(0, 0, 2, 2))
	copy(dst.Pix, []uint8{0, 9, 0, 0})
	copy(g.Pix, []uint8{5, 7, 0, 8})
	paste(dst, g, 1, 0, func(x, y int) bool { return x == 0 })
	require.Equal(t, []uint8{0, 9, 0, 0}, dst.Pix, "the darker ink stays")
	paste(dst, g, 0, 0, nil)
	require.Equal(t, []uint8{5, 9, 0, 8}, dst.Pix)
}

func TestExtend(t *testing.T) {
	t.Parallel()
	real := writtenSet(120)
	extend := func(seed uint64) (*dataset.Set, int) {
		o := &options{recipe: recipe{extension: extension{drawn: 3, worn: 2, noDigit: 24}}, holdout: 20, seed: seed}
		set, err := o.extend(real)
		require.NoError(t, err)
		return set, o.holdout
	}
	set, holdout := extend(1)
	kinds := len(noDigits)
	require.Equal(t, 20+4*kinds, holdout, "a sixth of the kinds is held out, like a sixth of the digits")
	require.Equal(t, 120+24*kinds+50, set.Len())
	require.Equal(t, 10+kinds, set.Classes)
	require.Len(t, set.Names, set.Classes)
	require.Len(t, set.Images, set.Len()*784)
	require.NoError(t, softmax.CheckLabels(set.Labels, set.Classes))
	require.Equal(t, real.Labels[:20], set.Labels[:20])
	require.Equal(t, real.Images[:20*784], set.Images[:20*784])
	require.Equal(t, real.Images[20*784:], set.Images[holdout*784:][:100*784])
	counts := make([]int, set.Classes)
	for _, label := range set.Labels {
		counts[label]++
	}
	require.Equal(t, slices.Concat(slices.Repeat([]int{17}, 10), slices.Repeat([]int{24}, kinds)), counts)

	again, _ := extend(1)
	require.Equal(t, set, again)
	other, _ := extend(2)
	require.NotEqual(t, set.Images, other.Images)
	require.Equal(t, set.Labels, other.Labels)
}

func TestIsDigits(t *testing.T) {
	t.Parallel()
	s := &dataset.Set{Width: 28, Height: 28, Classes: 10}
	require.True(t, isDigits(s))
	s.Names = strings.Fields("0 1 2 3 4 5 6 7 8 9")
	require.True(t, isDigits(s))
	s.Names = strings.Fields("shirt 1 2 3 4 5 6 7 8 9")
	require.False(t, isDigits(s), "ten classes, but not digits")
	s.Names, s.Classes = nil, 26
	require.False(t, isDigits(s))
	require.False(t, isDigits(&dataset.Set{Width: 8, Height: 8, Classes: 10}))
}

// TestReaderWantsDigits: train says so before it computes anything.
func TestReaderWantsDigits(t *testing.T) {
	t.Parallel()
	dir := tinySet(t)
	_, _, err := train(t, t.Context(), "-data", dir, "-recipe", "reader", "-features", "pixels", "-holdout", "50")
	require.EqualError(t, err, "the recipe reader is for handwritten digits, ten classes of 28x28; use the recipe default for "+dir)
}

// TestPrepareStops: train ends at once if it is interrupted while it prepares.
func TestPrepareStops(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	o := &options{recipe: recipe{batch: 1, extension: extension{drawn: 20, noDigit: 20}}, holdout: 20}
	_, err := o.prepare(ctx, writtenSet(120), writtenSet(10))
	require.ErrorIs(t, err, errStoppedEarly)
}

// TestExtendUnfit: digits that do not suit a kind are an error, not an endless
// loop.
func TestExtendUnfit(t *testing.T) {
	t.Parallel()
	ones, blank := bars(1), bars(2)
	clear(blank.Images)
	for kind, real := range map[string]*dataset.Set{"piece": ones, "several": blank} {
		o := &options{name: "reader", recipe: recipe{extension: extension{drawn: 1, noDigit: 2}}}
		_, err := o.extend(real)
		require.EqualError(t, err, "the recipe reader makes pictures of the kind "+kind+" from real digits, but cannot from these 1; "+
			"check the labels and that the images are not blank")
	}
}

// TestOnlyDigits: without the other classes, the best digit is the same.
func TestOnlyDigits(t *testing.T) {
	t.Parallel()
	m := softmax.New(1, 12)
	weight, bias := m.Parameters()
	for k := range weight {
		weight[k], bias[k] = float32(k), float32(k*k%7)
	}
	m.SetParameters(weight, bias)
	d := onlyDigits(m)
	require.Equal(t, 10, d.Classes())
	x := softmax.Floats{-1, 2}
	all, ten := m.Logits(nil, x), d.Logits(nil, x)
	require.Equal(t, all[:10], ten[:10])
	require.Equal(t, all[12:22], ten[10:])

	require.Equal(t, 1, calledNone(m, x), "the second row, with a high weight of class 11")
	extension{rarer: 100}.lowerNoDigit(m)
	require.Equal(t, 0, calledNone(m, x))
	require.Equal(t, ten, onlyDigits(m).Logits(nil, x), "the digits keep their logits")
	lower := m.Logits(nil, x)
	require.Equal(t, []float32{all[10] - 100, all[11] - 100}, lower[10:12])
}
