package dataset

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

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
