// Package dataset fetches, verifies and reads labeled sets of small gray
// images, such as MNIST or your own. It splits them and cuts them into
// mini-batches.
//
//	train, test, err := dataset.Fetch(ctx, "mnist", "", nil)
//	...
//	rng := rand.New(rand.NewPCG(1, 2))
//	train, validation := train.Split(5000, rng)
//	for images, labels := range train.Batches(100, rng) {
//		...
//	}
//
// MNIST (LeCun, Cortes and Burges) has 60,000 training and 10,000 test images
// of 28 by 28 pixels. A pixel of 0 is background, 255 is the middle of a
// stroke.
//
// [Fetch] downloads and reads a [Source], a published data set. [Load], [Open]
// and [Read] only read files.
package dataset

import (
	"fmt"
	"image"
	"iter"
	"math/rand/v2"
	"runtime"
	"sync"
	"sync/atomic"
)

// A Set holds labeled images of one size, row-major, one byte a pixel. Image i
// is Images[i*Width*Height:(i+1)*Width*Height]. Its label is Labels[i], from 0
// to Classes-1. The zero Set is empty. Any number of goroutines may read a Set.
type Set struct {
	Images        []uint8
	Labels        []int
	Width, Height int
	Classes       int
	Names         []string // class names; nil if unknown
	WriterIDs     []int    // who wrote image i; nil if unknown
}

// Len returns the number of images.
func (s *Set) Len() int { return len(s.Labels) }

// Pixels returns the pixels of image i. They share memory with s.
func (s *Set) Pixels(i int) []uint8 {
	p := s.Width * s.Height
	return s.Images[i*p : (i+1)*p : (i+1)*p]
}

// Image returns image i as a picture. It shares memory with s.
func (s *Set) Image(i int) *image.Gray {
	return &image.Gray{Pix: s.Pixels(i), Stride: s.Width, Rect: image.Rect(0, 0, s.Width, s.Height)}
}

// Slice returns the images from i to j-1. They share memory with s. It panics
// if i or j is out of range.
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

// All yields the Pixels and the label of each image, in order.
func (s *Set) All() iter.Seq2[[]uint8, int] {
	return func(yield func([]uint8, int) bool) {
		for i, label := range s.Labels {
			if !yield(s.Pixels(i), label) {
				return
			}
		}
	}
}

// Batches yields every image once, in mini-batches: the pixels, image after
// image, and the labels. The last batch may be shorter.
//
// Each range loop draws a new order from rng; the same state of rng gives the
// same batches. A nil rng keeps the order of s. The slices are read-only, and
// valid until the next batch. It panics if size is less than 1.
func (s *Set) Batches(size int, rng *rand.Rand) iter.Seq2[[]uint8, []int] {
	if size < 1 {
		panic(fmt.Sprintf("dataset: Batches of %d images, want at least 1", size))
	}
	size = min(size, s.Len())
	return func(yield func([]uint8, []int) bool) {
		if rng == nil {
			s.batchesInOrder(size, yield)
			return
		}
		p := s.Width * s.Height
		order := rng.Perm(s.Len())
		images := make([]uint8, size*p)
		labels := make([]int, size)
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

func (s *Set) batchesInOrder(size int, yield func([]uint8, []int) bool) {
	p := s.Width * s.Height
	for i := 0; i < s.Len(); i += size {
		j := min(i+size, s.Len())
		if !yield(s.Images[i*p:j*p:j*p], s.Labels[i:j:j]) {
			return
		}
	}
}

// Map computes n features of each image and returns them row-major, [Len][n].
// Several goroutines call f at once, with a row of zeros to fill and the image.
// f must not keep them. If f panics, Map panics with the same value. It also
// panics if f ends its goroutine, as testing's FailNow does.
func (s *Set) Map(n int, f func(dst []float32, img *image.Gray)) []float32 {
	rows := make([]float32, s.Len()*n)
	// Goroutines take small portions, so none waits long for the slowest.
	const portion = 256
	var next atomic.Int64
	var wg sync.WaitGroup
	var once sync.Once
	var failure any // of f
	for range runtime.GOMAXPROCS(0) {
		wg.Add(1)
		go func() {
			defer wg.Done()
			returned := false
			defer func() {
				p := recover()
				if p == nil && !returned {
					p = "dataset: Map: f ended its goroutine"
				}
				if p != nil {
					once.Do(func() { failure = p })
					next.Store(int64(s.Len())) // the others end soon
				}
			}()
			img := image.Gray{Stride: s.Width, Rect: image.Rect(0, 0, s.Width, s.Height)}
			for {
				end := int(next.Add(portion))
				if end-portion >= s.Len() {
					returned = true
					return
				}
				for i := end - portion; i < min(end, s.Len()); i++ {
					img.Pix = s.Pixels(i)
					f(rows[i*n:(i+1)*n:(i+1)*n], &img)
				}
			}
		}()
	}
	wg.Wait()
	if failure != nil {
		panic(failure)
	}
	return rows
}

// OneHot writes labels as one-hot vectors, row-major [len(labels)][classes],
// to dst and returns dst. A nil dst is allocated, otherwise its length must be
// exact. It panics if a label is outside [0, classes).
func OneHot(dst []float32, labels []int, classes int) []float32 {
	if dst == nil {
		dst = make([]float32, len(labels)*classes)
	}
	if len(dst) != len(labels)*classes {
		panic(fmt.Sprintf("dataset: len(dst) = %d, want %d labels x %d classes", len(dst), len(labels), classes))
	}
	clear(dst)
	for i, label := range labels {
		checkLabel(i, label, classes)
		dst[i*classes+label] = 1
	}
	return dst
}

// checkLabel panics if the label of image i is no class.
func checkLabel(i, label, classes int) {
	if label < 0 || label >= classes {
		panic(fmt.Sprintf("dataset: label %d is %d, want it in [0, %d)", i, label, classes))
	}
}
