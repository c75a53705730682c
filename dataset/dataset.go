// Package dataset holds labelled sets of small grey images in memory, as MNIST
// and its family are: fetched and verified, read from pairs of IDX files, split,
// shuffled and cut into mini-batches reproducibly.
//
//	train, test, err := dataset.Fetch(ctx, "mnist", "", nil) // or dataset.Load(os.DirFS("mnist"))
//	...
//	train, validation := train.Slice(5000, 60000), train.Slice(0, 5000)
//	rng := rand.New(rand.NewPCG(1, 2))
//	for images, labels := range train.Batches(100, rng) {
//		...
//	}
//
// MNIST (Y. LeCun, C. Cortes and C. J. C. Burges, The MNIST database of
// handwritten digits) is four files: 60,000 training and 10,000 test images of
// 28 by 28 pixels, and their labels. Pixels are ink: 0 is the background and
// 255 the middle of a stroke, the opposite of paper. Fashion-MNIST and KMNIST
// use the same names and shapes.
//
// EMNIST's images lie transposed in its files, and the labels of its letters
// begin with 1. A set read by [Fetch] or [Source.Load] is upright and has labels
// from 0, and knows the names of its classes. QMNIST tells who wrote each digit,
// of MNIST too: see [Set.SplitByWriter].
//
// # Where data come from
//
// A [Source] says what a data set consists of, with checksums and mirrors;
// [Sources] are those of the family. Fetch finds one by its name, downloads what
// is not there and reads it. [Source.Download] and Source.Load are its two
// halves. Load, [Open] and [Read] need no source and no network.
package dataset

import (
	"fmt"
	"image"
	"iter"
	"math/rand/v2"
)

// A Set is n labelled images of one size. Its fields are plain data: image i is
// Images[i*Width*Height : (i+1)*Width*Height], row-major, one byte a pixel, and
// Labels[i], in [0, Classes), is its label. Names and WriterIDs are nil if they
// are not known. The zero value is an empty set.
//
// Reading a set from several goroutines is safe.
type Set struct {
	Images        []uint8
	Labels        []int
	Width, Height int
	Classes       int
	Names         []string // of the classes; len(Names) is Classes
	WriterIDs     []int    // image i was written by WriterIDs[i]; len(WriterIDs) is Len
}

// Len returns the number of images.
func (s *Set) Len() int { return len(s.Labels) }

// Pixels returns the pixels of image i as a view, not a copy.
func (s *Set) Pixels(i int) []uint8 {
	p := s.Width * s.Height
	return s.Images[i*p : (i+1)*p : (i+1)*p]
}

// Image returns image i as a picture that shares its pixels with the set.
func (s *Set) Image(i int) *image.Gray {
	return &image.Gray{Pix: s.Pixels(i), Stride: s.Width, Rect: image.Rect(0, 0, s.Width, s.Height)}
}

// Slice returns the images from i up to but not including j as a set that
// shares memory with s. The tutorial's own split of MNIST's training set is
// Slice(0, 5000) for validation and Slice(5000, 60000) for training.
func (s *Set) Slice(i, j int) *Set {
	if i < 0 || j < i || j > s.Len() {
		panic(fmt.Sprintf("dataset: Slice(%d, %d) of %d images", i, j, s.Len()))
	}
	p := s.Width * s.Height
	part := *s
	part.Images = s.Images[i*p : j*p : j*p]
	part.Labels = s.Labels[i:j:j]
	if s.WriterIDs != nil {
		part.WriterIDs = s.WriterIDs[i:j:j]
	}
	return &part
}

// All walks over the images, as views, and their labels in order.
func (s *Set) All() iter.Seq2[[]uint8, int] {
	return func(yield func([]uint8, int) bool) {
		for i, label := range s.Labels {
			if !yield(s.Pixels(i), label) {
				return
			}
		}
	}
}

// Batches walks once over all images in mini-batches of the given size: the
// pixels of the batch, image after image, and its labels. The last batch is
// shorter if size does not divide the number of images.
//
// Every walk draws a new order from rng (of math/rand/v2), and nothing else decides it: the same
// state of rng gives the same batches. A nil rng keeps the order of the set.
// The slices are reused: they hold the batch only until the next one. It
// panics if size is less than 1.
func (s *Set) Batches(size int, rng *rand.Rand) iter.Seq2[[]uint8, []int] {
	if size < 1 {
		panic(fmt.Sprintf("dataset: Batches of %d images, want at least 1", size))
	}
	return func(yield func([]uint8, []int) bool) {
		if rng == nil {
			s.inOrder(size, yield)
			return
		}
		p := s.Width * s.Height
		order := rng.Perm(s.Len())
		images := make([]uint8, min(size, s.Len())*p)
		labels := make([]int, min(size, s.Len()))
		for len(order) > 0 {
			n := min(size, len(order))
			for k, i := range order[:n] {
				copy(images[k*p:(k+1)*p], s.Images[i*p:(i+1)*p])
				labels[k] = s.Labels[i]
			}
			if !yield(images[:n*p], labels[:n]) {
				return
			}
			order = order[n:]
		}
	}
}

func (s *Set) inOrder(size int, yield func([]uint8, []int) bool) {
	p := s.Width * s.Height
	for i := 0; i < s.Len(); i += size {
		j := min(i+size, s.Len())
		if !yield(s.Images[i*p:j*p:j*p], s.Labels[i:j:j]) {
			return
		}
	}
}

// OneHot writes the labels as one-hot vectors, row-major [len(labels)][classes],
// into dst and returns dst: 1 at the label, 0 elsewhere. A nil dst is allocated;
// otherwise its length must be exact. Labels outside [0, classes) panic. Package
// softmax takes plain labels and needs no one-hot vectors.
func OneHot(dst []float32, labels []int, classes int) []float32 {
	if dst == nil {
		dst = make([]float32, len(labels)*classes)
	}
	if len(dst) != len(labels)*classes {
		panic(fmt.Sprintf("dataset: len(dst) = %d, want %d labels x %d classes", len(dst), len(labels), classes))
	}
	clear(dst)
	for i, label := range labels {
		if label < 0 || label >= classes {
			panic(fmt.Sprintf("dataset: label %d is %d, want it in [0, %d)", i, label, classes))
		}
		dst[i*classes+label] = 1
	}
	return dst
}
