package dataset

import (
	"fmt"
	"math/rand/v2"
)

// SplitByWriter parts a set into images to train on and at least n images to
// validate on, of which nobody wrote any of the others. A hand that the model
// has been trained on is easier to read than a stranger's, so a split by images
// flatters the model; MNIST's own test set is of strangers' hands.
//
// Writers go to the validation set whole, one after the other, until it has n
// images: in an order drawn from rng or, if rng is nil, in the order in which
// they first occur. Both sets keep the order of s and have memory of their own.
// It panics unless s.WriterIDs has a writer for each image and n is in [0, Len];
// see [FetchOptions] for how to get the writers.
func (s *Set) SplitByWriter(n int, rng *rand.Rand) (train, validation *Set) {
	if len(s.WriterIDs) != s.Len() {
		panic(fmt.Sprintf("dataset: SplitByWriter of %d images with %d writers: it is not known who wrote them", s.Len(), len(s.WriterIDs)))
	}
	if n < 0 || n > s.Len() {
		panic(fmt.Sprintf("dataset: SplitByWriter(%d) of %d images", n, s.Len()))
	}
	images := map[int]int{} // by writer
	var writers []int
	for _, w := range s.WriterIDs {
		if images[w]++; images[w] == 1 {
			writers = append(writers, w)
		}
	}
	if rng != nil {
		rng.Shuffle(len(writers), func(i, j int) { writers[i], writers[j] = writers[j], writers[i] })
	}
	held, size := map[int]bool{}, 0
	for _, w := range writers {
		if size >= n {
			break
		}
		held[w] = true
		size += images[w]
	}
	return s.pick(s.Len()-size, func(i int) bool { return !held[s.WriterIDs[i]] }),
		s.pick(size, func(i int) bool { return held[s.WriterIDs[i]] })
}

// pick copies the n images that are wanted.
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
