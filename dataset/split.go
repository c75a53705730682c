package dataset

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
)

// Counts returns the number of images of each class.
func (s *Set) Counts() []int {
	counts := make([]int, s.Classes)
	for i, label := range s.Labels {
		checkLabel(i, label, s.Classes)
		counts[label]++
	}
	return counts
}

// Split splits s into a training set and a validation set of n images.
//
// The validation set has the classes in the proportions of s. A class of two or
// more images is in both sets, and a class of one image in the training set,
// unless n is too small or too large for that.
//
// The images are drawn by rng, and both sets are in random order. A nil rng
// takes the first images of each class, and keeps the order of s. Both sets own
// their memory. Split panics unless n is in [0, Len].
func (s *Set) Split(n int, rng *rand.Rand) (train, validation *Set) {
	if n < 0 || n > s.Len() {
		panic(fmt.Sprintf("dataset: Split(%d) of %d images", n, s.Len()))
	}
	wanted := shares(s.Counts(), n)
	order := make([]int, s.Len())
	for i := range order {
		order[i] = i
	}
	if rng != nil {
		rng.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
	}
	return s.divide(order, func(i int) bool {
		wanted[s.Labels[i]]--
		return wanted[s.Labels[i]] >= 0
	})
}

// shares divides n among classes in proportion to their numbers of images. It
// rounds each share down, but keeps it within the bounds of the class. Then it
// gives one image at a time to the class that lacks most: the method of the
// largest remainder. If the shares already add up to more than n, it takes one
// image at a time back from the class that has too much.
func shares(counts []int, n int) []int {
	total := 0
	low, high := make([]int, len(counts)), make([]int, len(counts))
	atLeast, atMost := 0, 0
	for c, count := range counts {
		total += count
		low[c], high[c] = min(count/2, 1), max(count-1, 0)
		atLeast += low[c]
		atMost += high[c]
	}
	if n < atLeast {
		clear(low)
	}
	if n > atMost {
		copy(high, counts)
	}
	taken := make([]int, len(counts))
	left := n
	// lack returns how much class c lacks, in units of 1/total image.
	lack := func(c int) int64 { return int64(n)*int64(counts[c]) - int64(taken[c])*int64(total) }
	if total == 0 {
		return taken
	}
	for c, count := range counts {
		taken[c] = min(max(int(int64(n)*int64(count)/int64(total)), low[c]), high[c])
		left -= taken[c]
	}
	for left != 0 {
		step, best := cmp.Compare(left, 0), -1
		for c := range counts {
			inBounds := taken[c]+step >= low[c] && taken[c]+step <= high[c]
			if inBounds && (best < 0 || int64(step)*lack(c) > int64(step)*lack(best)) {
				best = c
			}
		}
		taken[best] += step
		left -= step
	}
	return taken
}

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
	order := make([]int, s.Len())
	for i, id := range s.WriterIDs {
		order[i] = i
		if count[id]++; count[id] == 1 {
			ids = append(ids, id)
		}
	}
	if rng != nil {
		rng.Shuffle(len(ids), func(i, j int) { ids[i], ids[j] = ids[j], ids[i] })
	}
	validates, size := map[int]bool{}, 0
	for _, id := range ids {
		if size < n {
			validates[id] = true
			size += count[id]
		}
	}
	return s.divide(order, func(i int) bool { return validates[s.WriterIDs[i]] })
}

// divide copies the images to two sets, in the given order.
func (s *Set) divide(order []int, validates func(i int) bool) (train, validation *Set) {
	var parts [2][]int
	for _, i := range order {
		part := 0
		if validates(i) {
			part = 1
		}
		parts[part] = append(parts[part], i)
	}
	return s.pick(parts[0]), s.pick(parts[1])
}

// pick copies the images with the given indices.
func (s *Set) pick(indices []int) *Set {
	part := *s
	part.Names = slices.Clone(s.Names)
	part.Images = make([]uint8, len(indices)*s.Width*s.Height)
	part.Labels = make([]int, len(indices))
	if s.WriterIDs != nil {
		part.WriterIDs = make([]int, len(indices))
	}
	for k, i := range indices {
		copy(part.Pixels(k), s.Pixels(i))
		part.Labels[k] = s.Labels[i]
		if s.WriterIDs != nil {
			part.WriterIDs[k] = s.WriterIDs[i]
		}
	}
	return &part
}
