package dataset

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// labeled returns a set of counts[c] images of each class c, in the order of
// the classes. The pixel of image i is i.
func labeled(counts ...int) *Set {
	s := &Set{Width: 1, Height: 1, Classes: len(counts)}
	for c, n := range counts {
		for range n {
			s.Images = append(s.Images, uint8(s.Len()))
			s.Labels = append(s.Labels, c)
		}
	}
	return s
}

func TestSplit(t *testing.T) {
	for _, c := range []struct {
		name   string
		counts []int
		n      int
		want   []int // the counts of the validation set
	}{
		{"in proportion", []int{40, 20, 60}, 12, []int{4, 2, 6}},
		{"largest remainder", []int{48, 33, 19}, 10, []int{5, 3, 2}},
		{"equal remainders go to the first classes", []int{5, 5, 5}, 4, []int{2, 1, 1}},
		{"a rare class is in both sets", []int{97, 3}, 4, []int{3, 1}},
		{"a rare class is in both sets, of two images", []int{98, 2}, 98, []int{97, 1}},
		{"rare classes take images from others", []int{50, 2, 2, 2, 2}, 5, []int{1, 1, 1, 1, 1}},
		{"too small to have each class", []int{50, 2, 2, 2, 2}, 4, []int{4, 0, 0, 0, 0}},
		{"too large to leave each class", []int{8, 2}, 9, []int{7, 2}},
		{"single images are for training", []int{1, 1, 8}, 7, []int{0, 0, 7}},
		{"too large to leave single images", []int{1, 1, 8}, 8, []int{1, 1, 6}},
		{"a class without images", []int{4, 0, 4}, 4, []int{2, 0, 2}},
		{"nothing", []int{4, 4}, 0, []int{0, 0}},
		{"everything", []int{4, 4}, 8, []int{4, 4}},
		{"no images", []int{0, 0}, 0, []int{0, 0}},
		{"one image", []int{1}, 1, []int{1}},
		{"one image, for training", []int{1}, 0, []int{0}},
		{"no classes", nil, 0, []int{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := labeled(c.counts...)
			for _, rng := range []*rand.Rand{nil, newRand()} {
				train, validation := s.Split(c.n, rng)
				require.Equal(t, c.want, validation.Counts())
				both := append(slices.Clone(train.Images), validation.Images...)
				for _, part := range []*Set{train, validation} {
					for i, v := range part.Images {
						require.Equal(t, s.Labels[v], part.Labels[i], "images and labels stay together")
					}
					require.True(t, rng != nil || slices.IsSorted(part.Images), "nil keeps the order")
				}
				slices.Sort(both)
				require.True(t, slices.Equal(s.Images, both), "every image once")
			}
		})
	}
}

// TestSplitNearest compares the shares of small sets with the best of all
// shares. The best have each class in both sets where n allows it, and the
// least squares from the exact proportion.
func TestSplitNearest(t *testing.T) {
	rng := newRand()
	for range 100 {
		counts := []int{rng.IntN(8), rng.IntN(8), rng.IntN(3)}
		total := counts[0] + counts[1] + counts[2]
		for n := range total + 1 {
			got := shares(counts, n)
			gotCost, want := -1, 1<<30
			for i := range 512 {
				v := []int{i / 64, i / 8 % 8, i % 8}
				cost := 0
				for c, count := range counts {
					if v[c] > count {
						cost += 1 << 28
					}
					// It costs more to empty either part of a class
					// than to be far from the proportion.
					if count >= 2 && v[c] == 0 || count >= 1 && v[c] == count {
						cost += 1 << 20
					}
					cost += (v[c]*total - n*count) * (v[c]*total - n*count)
				}
				if v[0]+v[1]+v[2] == n {
					want = min(want, cost)
					if slices.Equal(v, got) {
						gotCost = cost
					}
				}
			}
			low, high := 0, 0
			for _, count := range counts {
				low += min(count/2, 1)
				high += max(count-1, 0)
			}
			if n >= low && n <= high {
				require.Equal(t, want, gotCost, "%v %d: %v", counts, n, got)
			}
			require.GreaterOrEqual(t, gotCost, 0, "%v %d: %v", counts, n, got)
		}
	}
}

func TestSplitDraws(t *testing.T) {
	s := labeled(100, 100)
	s.Names, s.WriterIDs = []string{"a", "b"}, make([]int, 200)
	for i := range s.WriterIDs {
		s.WriterIDs[i] = 1000 + i
	}
	train, validation := s.Split(20, newRand())
	again, _ := s.Split(20, newRand())
	require.Equal(t, train, again, "the same rng draws the same images")
	other, _ := s.Split(20, rand.New(rand.NewPCG(7, 7)))
	require.NotEqual(t, train.Images, other.Images)
	for _, part := range []*Set{train, validation} {
		require.False(t, slices.IsSorted(part.Images), "random order")
		require.False(t, slices.IsSorted(part.Labels), "classes are mixed")
		for i, v := range part.Images {
			require.Equal(t, 1000+int(v), part.WriterIDs[i])
		}
	}
	train.Images[0], train.Names[0] = 250, "c"
	require.Equal(t, uint8(0), s.Images[0])
	require.Equal(t, "a", s.Names[0])

	_, validation = s.Split(4, nil)
	require.Equal(t, []uint8{0, 1, 100, 101}, validation.Images, "the first of each class")
	require.Nil(t, labeled(3).pick(nil).WriterIDs)

	require.PanicsWithValue(t, "dataset: Split(201) of 200 images", func() { s.Split(201, nil) })
	require.PanicsWithValue(t, "dataset: Split(-1) of 200 images", func() { s.Split(-1, nil) })
	s.Labels[3] = 2
	require.PanicsWithValue(t, "dataset: label 3 is 2, want it in [0, 2)", func() { s.Split(1, nil) })
}

func TestSplitByWriter(t *testing.T) {
	s := numbered(8)
	s.WriterIDs = []int{9, 9, 5, 9, 7, 5, 7, 7}
	for _, c := range []struct {
		n    int
		want []int // writer ids of the validation set
	}{{0, nil}, {1, []int{9}}, {3, []int{9}}, {4, []int{9, 5}}, {6, []int{9, 5, 7}}, {8, []int{9, 5, 7}}} {
		t.Run(fmt.Sprint(c.n), func(t *testing.T) {
			train, validation := s.SplitByWriter(c.n, nil)
			checkSplit(t, s, train, validation, c.n)
			for _, id := range s.WriterIDs {
				require.Equal(t, slices.Contains(c.want, id), slices.Contains(validation.WriterIDs, id))
			}
		})
	}
	train, validation := s.SplitByWriter(2, newRand())
	checkSplit(t, s, train, validation, 2)
	again, _ := s.SplitByWriter(2, newRand())
	require.Equal(t, train, again)
	train.Images[0] = 99
	require.Equal(t, numbered(8).Images, s.Images, "a copy")

	require.PanicsWithValue(t, "dataset: SplitByWriter(9) of 8 images", func() { s.SplitByWriter(9, nil) })
	require.PanicsWithValue(t, "dataset: SplitByWriter(-1) of 8 images", func() { s.SplitByWriter(-1, nil) })
	require.PanicsWithValue(t, "dataset: SplitByWriter of 8 images with 0 WriterIDs, want one for each image",
		func() { numbered(8).SplitByWriter(1, nil) })
}

// checkSplit checks that each image is in one of the sets, in order, and that
// the sets have no writer in common.
func checkSplit(t *testing.T, s, train, validation *Set, n int) {
	require.Equal(t, s.Len(), train.Len()+validation.Len())
	require.GreaterOrEqual(t, validation.Len(), n)
	i, j := 0, 0
	for k := range s.Len() {
		part, at := train, &i
		if j < validation.Len() && validation.WriterIDs[j] == s.WriterIDs[k] {
			part, at = validation, &j
		}
		require.Equal(t, s.WriterIDs[k], part.WriterIDs[*at])
		require.Equal(t, s.Labels[k], part.Labels[*at])
		require.Equal(t, s.Pixels(k), part.Pixels(*at))
		*at++
	}
	require.Equal(t, train.Len(), i)
	for _, id := range validation.WriterIDs {
		require.NotContains(t, train.WriterIDs, id)
	}
}
