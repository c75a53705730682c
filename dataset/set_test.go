package dataset

import (
	"fmt"
	"image"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// numbered returns a set of n images, 3 pixels wide and 2 high. All pixels of
// image i are i, and its label is i%10.
func numbered(n int) *Set {
	s := &Set{Width: 3, Height: 2, Classes: 10}
	for i := range n {
		s.Images = append(s.Images, slices.Repeat([]uint8{uint8(i)}, 6)...)
		s.Labels = append(s.Labels, i%10)
	}
	return s
}

func newRand() *rand.Rand { return rand.New(rand.NewPCG(3, 5)) }

func TestViews(t *testing.T) {
	s := numbered(20)
	require.Equal(t, 20, s.Len())
	require.Equal(t, []uint8{7, 7, 7, 7, 7, 7}, s.Pixels(7))

	gray := s.Image(7)
	require.Equal(t, image.Rect(0, 0, 3, 2), gray.Bounds())
	gray.Pix[5] = 99
	require.Equal(t, uint8(99), s.Images[7*6+5], "a view, not a copy")
	require.Equal(t, uint8(99), gray.GrayAt(2, 1).Y)

	_ = append(s.Pixels(7), 1)
	require.Equal(t, uint8(8), s.Images[8*6], "appending to a view does not reach its neighbor")
	require.Zero(t, new(Set).Len())
}

func TestSlice(t *testing.T) {
	s := numbered(20)
	part := s.Slice(5, 8)
	require.Equal(t, 3, part.Len())
	require.Equal(t, []int{5, 6, 7}, part.Labels)
	require.Equal(t, uint8(6), part.Pixels(1)[0])
	require.Equal(t, 10, part.Classes)
	_ = append(part.Images, 1)
	_ = append(part.Labels, 1)
	require.Equal(t, numbered(20), s)
	require.Zero(t, s.Slice(20, 20).Len())
	for _, bad := range [][2]int{{0, 21}, {-1, 3}, {3, 2}} {
		want := fmt.Sprintf("dataset: Slice(%d, %d) of 20 images", bad[0], bad[1])
		require.PanicsWithValue(t, want, func() { s.Slice(bad[0], bad[1]) })
	}
}

func TestAll(t *testing.T) {
	n := 0
	for pixels, label := range numbered(20).All() {
		require.Equal(t, n%10, label)
		require.Equal(t, uint8(n), pixels[0])
		if n++; n == 15 {
			break
		}
	}
	require.Equal(t, 15, n)
}

// walk returns the first pixel of every image in every batch.
func walk(t *testing.T, s *Set, size int, rng *rand.Rand) (batches [][]uint8) {
	for images, labels := range s.Batches(size, rng) {
		require.Len(t, images, 6*len(labels))
		var batch []uint8
		for i, label := range labels {
			first := images[6*i]
			require.Equal(t, slices.Repeat([]uint8{first}, 6), images[6*i:6*i+6])
			require.Equal(t, int(first)%10, label, "images and labels stay together")
			batch = append(batch, first)
		}
		batches = append(batches, batch)
	}
	return batches
}

func TestBatches(t *testing.T) {
	s := numbered(23)
	for _, size := range []int{1, 5, 23, 100} {
		batches := walk(t, s, size, newRand())
		for _, batch := range batches[:len(batches)-1] {
			require.Len(t, batch, size)
		}
		all := slices.Concat(batches...)
		require.False(t, slices.IsSorted(all), "the order is random")
		slices.Sort(all)
		for i, v := range all {
			require.Equal(t, uint8(i), v, "every image once")
		}
		require.Len(t, all, 23)
	}
}

func TestBatchesAreReproducible(t *testing.T) {
	s := numbered(23)
	a, b := newRand(), newRand()
	first := walk(t, s, 5, a)
	require.Equal(t, first, walk(t, s, 5, b))
	require.NotEqual(t, first, walk(t, s, 5, a), "the next epoch has another order")
	// The order must not change with the version or the machine.
	want := []uint8{10, 11, 7, 21, 22, 19, 9, 12, 1, 20, 8, 13, 4, 16, 14, 3, 18, 0, 15, 17, 2, 6, 5}
	require.Equal(t, want, slices.Concat(first...))
}

// TestAppendToBatch checks that a caller who appends to a batch does not change
// the set.
func TestAppendToBatch(t *testing.T) {
	s := numbered(7)
	for _, rng := range []*rand.Rand{nil, newRand()} {
		for images, labels := range s.Batches(3, rng) {
			_ = append(images, 1, 2, 3)
			_ = append(labels, 1)
		}
	}
	for pixels := range s.All() {
		_ = append(pixels, 1, 2, 3)
	}
	_ = append(s.Image(2).Pix, 1, 2, 3)
	require.Equal(t, numbered(7), s)
}

// TestBatchesStop checks that a loop may end early.
func TestBatchesStop(t *testing.T) {
	s := numbered(7)
	for _, rng := range []*rand.Rand{nil, newRand()} {
		n := 0
		for range s.Batches(3, rng) {
			n++
			break
		}
		require.Equal(t, 1, n)
	}
}

func TestBatchesInOrder(t *testing.T) {
	s := numbered(7)
	require.Equal(t, [][]uint8{{0, 1, 2}, {3, 4, 5}, {6}}, walk(t, s, 3, nil))
	require.Empty(t, walk(t, new(Set), 3, nil))
	require.Empty(t, walk(t, new(Set), 3, newRand()))
	require.PanicsWithValue(t, "dataset: Batches of 0 images, want at least 1", func() { s.Batches(0, nil) })
}

func TestMap(t *testing.T) {
	for _, n := range []int{0, 1, 255, 256, 257, 1000} {
		s := numbered(n)
		for _, procs := range []int{1, 2, 7} {
			before := runtime.GOMAXPROCS(procs)
			rows := s.Map(2, func(dst []float32, img *image.Gray) {
				dst[0] += float32(img.GrayAt(2, 1).Y)
				dst[1] += float32(img.Bounds().Dx())
				require.Equal(t, image.Rect(0, 0, 3, 2), img.Bounds())
				require.Equal(t, 2, cap(dst))
			})
			require.Equal(t, procs, runtime.GOMAXPROCS(before), "Map does not change it")
			require.Len(t, rows, 2*n)
			for i := range n {
				require.Equal(t, []float32{float32(uint8(i)), 3}, rows[2*i:2*i+2])
			}
		}
	}
}

// TestMapPanics: the caller can recover from a panic in another goroutine.
func TestMapPanics(t *testing.T) {
	require.PanicsWithValue(t, "image 700", func() {
		numbered(1000).Map(1, func(_ []float32, img *image.Gray) {
			if img.Pix[0] == numbered(701).Pixels(700)[0] {
				panic("image 700")
			}
		})
	})
	require.PanicsWithValue(t, "dataset: Map: f ended its goroutine", func() {
		numbered(1000).Map(1, func(_ []float32, img *image.Gray) {
			if img.Pix[0] == numbered(701).Pixels(700)[0] {
				runtime.Goexit()
			}
		})
	})
}

func TestOneHot(t *testing.T) {
	want := []float32{0, 1, 0, 1, 0, 0}
	require.Equal(t, want, OneHot(nil, []int{1, 0}, 3))
	dst := []float32{9, 9, 9, 9, 9, 9}
	require.Equal(t, want, OneHot(dst, []int{1, 0}, 3))
	require.Equal(t, want, dst)
	require.Empty(t, OneHot(nil, nil, 3))
	require.PanicsWithValue(t, "dataset: len(dst) = 6, want 1 labels x 3 classes", func() { OneHot(dst, []int{1}, 3) })
	require.PanicsWithValue(t, "dataset: label 1 is 3, want it in [0, 3)", func() { OneHot(dst, []int{1, 3}, 3) })
	require.PanicsWithValue(t, "dataset: label 0 is -1, want it in [0, 3)", func() { OneHot(nil, []int{-1}, 3) })
}
