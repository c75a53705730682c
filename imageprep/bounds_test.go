package imageprep

import (
	"image"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestReadable: parts are read as long as their boxes have at most eight times
// the pixels of the picture, and at most a thousand parts. The rest is noise:
// then the parts with most ink are read, and the page is not turned.
func TestReadable(t *testing.T) {
	w := &writing{ink: image.NewGray(image.Rect(0, 0, 100, 50)), height: 10, stroke: 1}
	add := func(n int, box image.Rectangle) {
		for range n {
			w.parts = append(w.parts, part{box: box, area: 1000 + len(w.parts)})
		}
	}
	all := func() (list []int) {
		for i := range w.parts {
			list = append(list, i)
		}
		return list
	}
	add(8, w.ink.Rect)
	require.Equal(t, 8, w.readable(all()))
	require.Equal(t, all(), w.candidates())
	require.False(t, w.crowded)
	add(1, image.Rect(0, 0, 1, 1))
	require.Equal(t, 8, w.readable(all()))

	w.parts = nil
	add(1000, image.Rect(3, 3, 7, 10))
	require.Equal(t, all(), w.candidates())
	require.False(t, w.crowded || w.unread)
	add(1, image.Rect(3, 3, 7, 10))
	list := w.candidates()
	require.True(t, w.crowded && w.unread)
	require.Len(t, list, 1000)
	require.NotContains(t, list, 0, "the part with least ink")
}

// TestLinkChains compares with the definition of a chain: the next part is the
// first one below that shares columns with the part before.
func TestLinkChains(t *testing.T) {
	r := newRand()
	for range 300 {
		var chains []chain
		for y := range 1 + r.IntN(12) {
			x, height := r.IntN(20), 1+r.IntN(9)
			box := image.Rect(x, y, min(x+1+r.IntN(4), 20), y+height)
			chains = append(chains, chain{part: y, box: box, pieces: 1, shortest: height, longest: height})
		}
		boxes := slices.Clone(chains)
		linkChains(chains, 20)
		for i, k := range chains {
			want := boxes[i]
			for last, j := i, i+1; j < len(boxes); j++ {
				if x, _ := overlap(boxes[last].box, boxes[j].box); x < 0 {
					continue
				}
				if want.next == 0 {
					want.next = j
				}
				b := boxes[j]
				want.box, want.pieces = want.box.Union(b.box), want.pieces+1
				want.shortest, want.longest = min(want.shortest, b.shortest), max(want.longest, b.longest)
				last = j
			}
			require.Equal(t, want, k)
		}
	}
}

// TestIsBroken: a broken line has three pieces or more, is straight, and its
// pieces differ much more than digits do.
func TestIsBroken(t *testing.T) {
	line := chain{box: image.Rect(10, 0, 30, 100), pieces: 3, shortest: 10, longest: 20}
	require.True(t, line.isBroken(5))
	for name, change := range map[string]func(k *chain){
		"two pieces":         func(k *chain) { k.pieces = 2 },
		"too wide":           func(k *chain) { k.box.Max.X++ },
		"equal pieces":       func(k *chain) { k.shortest = 11 },
		"mostly one piece":   func(k *chain) { k.longest = 51 },
		"shorter than twice": func(k *chain) { k.box.Max.Y = 39 },
	} {
		k := line
		change(&k)
		require.False(t, k.isBroken(5), name)
	}
	line.longest = 50
	require.True(t, line.isBroken(5))
}

// TestFindSteps compares with the definition, part by part: the sums of the
// levels on each run of the part's pixels and on both sides of it.
func TestFindSteps(t *testing.T) {
	r := newRand()
	for range 200 {
		w, h := 8+r.IntN(30), 8+r.IntN(30)
		ink, gray := image.NewGray(image.Rect(0, 0, w, h)), image.NewGray(image.Rect(0, 0, w, h))
		for range 4 {
			x, y := r.IntN(w), r.IntN(h)
			paintRect(ink, image.Rect(x, y, x+1+r.IntN(12), y+1+r.IntN(12)).Intersect(ink.Rect), 255)
		}
		for i := range gray.Pix {
			gray.Pix[i] = uint8(i%w*255/w/4*(1+r.IntN(4)) + i/w)
		}
		label, parts := findParts(ink)
		c := &clutter{ink: ink, parts: parts, gone: make([]bool, len(parts)+1)}
		c.findSteps(label, gray)
		for i, q := range parts {
			require.Equal(t, naiveStep(label, int32(i+1), q.box, gray), c.gone[i+1])
		}
	}
}

// naiveStep is the definition of a part along an edge.
func naiveStep(label []int32, number int32, box image.Rectangle, gray *image.Gray) bool {
	w, h := gray.Rect.Dx(), gray.Rect.Dy()
	at := func(u, v int) int { return v*w + u } // u is across the part
	across, along := w, h
	if box.Dx() > box.Dy() {
		at = func(u, v int) int { return u*w + v }
		across, along = h, w
	}
	var on, before, after int
	for v := range along {
		for from := 0; from < across; from++ {
			if label[at(from, v)] != number || from > 0 && label[at(from-1, v)] == number {
				continue
			}
			to := from
			for to+1 < across && label[at(to+1, v)] == number {
				to++
			}
			low, high := from-3, to+3
			if low < 0 || high >= across || label[at(low, v)] > 0 || label[at(high, v)] > 0 {
				continue
			}
			on += int(gray.Pix[at((from+to)/2, v)])
			before += int(gray.Pix[at(low, v)])
			after += int(gray.Pix[at(high, v)])
		}
	}
	a, b := max(before-on, on-before), max(after-on, on-after)
	return 2*min(a, b) < max(a, b)
}

// TestBoundsOfWork: what is beyond a bound stays as it is.
func TestBoundsOfWork(t *testing.T) {
	p := newPen(100, 100, 5)
	p.line([2]float64{30, 20}, [2]float64{32, 80})
	f, err := readInk(p.page, 100, Upright, DarkInk)
	require.NoError(t, err)
	box := InkBox(f.inks[0])
	around := box.Inset(-box.Dy()/2 - softEdge).Intersect(f.inks[0].Rect)
	pixels := around.Dx() * around.Dy()
	for _, c := range []struct {
		before  int
		changes bool
	}{{32*100*100 - pixels, true}, {32*100*100 - pixels + 1, false}} {
		f.sharpened = c.before
		faint := &image.Gray{Pix: slices.Clone(f.inks[0].Pix), Stride: 100, Rect: f.inks[0].Rect}
		for i, v := range faint.Pix {
			faint.Pix[i] = min(v, 200)
		}
		want := slices.Clone(faint.Pix)
		f.sharpen(0, faint)
		require.Equal(t, c.changes, !slices.Equal(want, faint.Pix))
	}

	ink := image.NewGray(image.Rect(0, 0, 60, 60))
	paintRect(ink, image.Rect(5, 5, 55, 55), 255)
	paintRect(ink, image.Rect(8, 8, 52, 52), 0)
	paintRect(ink, image.Rect(25, 15, 30, 45), 255)
	label, parts := findParts(ink)
	n := &network{p: planeOf(ink, 0), stroke: 3, rays: 1}
	require.True(t, n.surrounds(label, 1, parts[0], parts[1]))
	require.False(t, n.surrounds(label, 1, parts[0], parts[1]), "no more rays")
}

// TestCrumbsAreNoDigit: without a judge, a hundred parts may be a digit.
func TestCrumbsAreNoDigit(t *testing.T) {
	for _, n := range []int{100, 101} {
		ink := image.NewGray(image.Rect(0, 0, 60, 60))
		for i := range n {
			ink.Pix[i/20*180+i%20*3] = 255
		}
		w := newWriting([]*image.Gray{ink}, nil)
		var all []int
		for i := range w.parts {
			all = append(all, i)
		}
		require.Len(t, all, n)
		require.Equal(t, n > 100, w.likeness(w.glyphOf(all...)) == noDigitScore)
	}
}
