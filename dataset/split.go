package dataset

import (
	"fmt"
	"math/rand/v2"
)

// SplitByWriter splits s into a training set and a validation set of at least
// n images by other writers. A model looks too good on writers that it knows.
//
// The validation set gets whole writers, in an order drawn from rng or, if rng
// is nil, in order of appearance. Both sets keep the order of s and own their
// memory. It panics unless WriterIDs has Len ids (see [FetchOptions]) and n is
// in [0, Len].
func (s *Set) SplitByWriter(n int, rng *rand.Rand) (train, validation *Set) {
	if len(s.WriterIDs) != s.Len() {
		panic(fmt.Sprintf("dataset: SplitByWriter of %d images with %d WriterIDs, want one for each image",
			s.Len(), len(s.WriterIDs)))
	}
	if n < 0 || n > s.Len() {
		panic(fmt.Sprintf("dataset: SplitByWriter(%d) of %d images", n, s.Len()))
	}
	count := map[int]int{} // of images, by writer id
	var ids []int
	for _, id := range s.WriterIDs {
		if count[id]++; count[id] == 1 {
			ids = append(ids, id)
		}
	}
	if rng != nil {
		rng.Shuffle(len(ids), func(i, j int) { ids[i], ids[j] = ids[j], ids[i] })
	}
	validates, size := map[int]bool{}, 0
	for _, id := range ids {
		if size >= n {
			break
		}
		validates[id] = true
		size += count[id]
	}
	return s.pick(s.Len()-size, func(i int) bool { return !validates[s.WriterIDs[i]] }),
		s.pick(size, func(i int) bool { return validates[s.WriterIDs[i]] })
}

// pick copies the n wanted images.
func (s *Set) pick(n int, wanted func(i int) bool) *Set {
	part := *s
	part.Images = make([]uint8, 0, n*s.Width*s.Height)
	part.Labels = make([]int, 0, n)
	part.WriterIDs = make([]int, 0, n)
	for i := range s.Len() {
		if wanted(i) {
			part.Images = append(part.Images, s.Pixels(i)...)
			part.Labels = append(part.Labels, s.Labels[i])
			part.WriterIDs = append(part.WriterIDs, s.WriterIDs[i])
		}
	}
	return &part
}
