package main

import (
	"context"
	"fmt"
	"image"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"

	"github.com/seed-cd6415d7/digits/dataset"
	"github.com/seed-cd6415d7/digits/examples/internal/cli"
	"github.com/seed-cd6415d7/digits/examples/internal/hand"
	"github.com/seed-cd6415d7/digits/imageprep"
	"github.com/seed-cd6415d7/digits/softmax"
)

const digits = 10

// An extension is what a recipe adds to real digits. About 250 Americans wrote
// MNIST's training digits. Drawn digits have the shapes that other people
// write. Damaged digits are what cuts through a line of writing leave. From
// pictures without a digit, the model learns what is no digit.
type extension struct {
	drawn   int // drawn digits of each class
	worn    int // damaged digits of each class
	noDigit int // pictures of each kind in noDigits

	// These are fixed, because the images held out are MNIST's, which are
	// easier than other people's digits. rarer is subtracted from the logits
	// of noDigits: the odds of "no digit" fall by the factor exp(rarer).
	// sure is the threshold, see reader.ThresholdKey.
	rarer, sure float32
}

// extend adds the extension to a set of real digits. The first images of the
// result are held out: real digits, and pictures without a digit that are made
// from them. extend sets o.holdout to their number. The result depends only on
// the set and the options.
func (o *options) extend(real *dataset.Set) (*dataset.Set, error) {
	names := classNames()
	heldOut, rest := real.Slice(0, o.holdout), real.Slice(o.holdout, real.Len())
	jobs := o.jobs(heldOut, rest)
	made := slices.Collect(cli.InOrder(context.Background(), slices.Values(jobs), job.do))
	for i, j := range jobs {
		if made[i].Len() < j.n {
			return nil, fmt.Errorf("the recipe %s makes pictures of the kind %s from real digits, but cannot from these %d; "+
				"check the labels and that the images are not blank", o.name, names[j.label], j.real.Len())
		}
	}
	set := &dataset.Set{Width: real.Width, Height: real.Height, Classes: len(names), Names: names}
	add := func(parts ...*dataset.Set) {
		for _, part := range parts {
			set.Images, set.Labels = append(set.Images, part.Images...), append(set.Labels, part.Labels...)
		}
	}
	add(heldOut)
	add(made[:len(noDigits)]...)
	o.holdout = set.Len()
	add(rest)
	add(made[len(noDigits):]...)
	return set, nil
}

// isDigits reports whether a set can be extended: it has MNIST's classes and
// size.
func isDigits(s *dataset.Set) bool {
	digitNames := s.Names == nil && s.Classes == digits || slices.Equal(s.Names, classNames()[:digits])
	return digitNames && s.Width == imageprep.Size && s.Height == imageprep.Size
}

// A job is to make n pictures of one class. Each job has its own random
// numbers, so the order of the jobs does not matter.
type job struct {
	*artist
	n, label int
	draw     func(*artist) *image.Gray
}

// jobs returns the jobs of the extension. First are those of noDigits for the
// images held out, then those for the rest. Damaged and drawn digits are last.
func (o *options) jobs(heldOut, rest *dataset.Set) (list []job) {
	add := func(real *dataset.Set, n, label int, draw func(*artist) *image.Gray) {
		a := &artist{rand.New(rand.NewPCG(o.seed, uint64(len(list)))), real}
		list = append(list, job{a, n, label, draw})
	}
	for _, part := range []*dataset.Set{heldOut, rest} {
		for i, k := range noDigits {
			add(part, o.noDigit*part.Len()/(heldOut.Len()+rest.Len()), digits+i, k.draw)
		}
	}
	for d := range digits {
		add(rest, o.worn, d, func(a *artist) *image.Gray { return a.worn(d) })
		add(rest, o.drawn, d, func(a *artist) *image.Gray { return hand.Write(a.rng, rune('0'+d)) })
	}
	return list
}

func (j job) do() *dataset.Set {
	pix := j.make(j.n, j.draw)
	n := len(pix) / (imageprep.Size * imageprep.Size)
	return &dataset.Set{Images: pix, Labels: slices.Repeat([]int{j.label}, n)}
}

// classNames returns the names of all classes: the digits, then noDigits.
func classNames() (names []string) {
	for d := range digits {
		names = append(names, strconv.Itoa(d))
	}
	for _, k := range noDigits {
		names = append(names, k.name)
	}
	return names
}

// noDigitClasses returns the text for reader.NoDigitKey.
func noDigitClasses() string {
	var list []string
	for i := range noDigits {
		list = append(list, strconv.Itoa(digits+i))
	}
	return strings.Join(list, " ")
}

// onlyDigits returns the model without the classes of noDigits.
func onlyDigits(m *softmax.Model) *softmax.Model {
	weight, bias := m.Parameters()
	d := softmax.New(m.Features(), digits)
	d.SetParameters(weight[:digits*m.Features()], bias[:digits])
	if m.Names != nil {
		d.Names = m.Names[:digits]
	}
	return d
}

// lowerNoDigit makes "no digit" less probable.
func (e extension) lowerNoDigit(m *softmax.Model) {
	weight, bias := m.Parameters()
	for k := digits; k < len(bias); k++ {
		bias[k] -= e.rarer
	}
	m.SetParameters(weight, bias)
}

// calledNone counts the rows that the model calls no digit.
func calledNone(m *softmax.Model, x softmax.Rows) (n int) {
	for p := range slices.Chunk(m.Probs(nil, x), m.Classes()) {
		sum := float32(0)
		for _, v := range p[digits:] {
			sum += v
		}
		if sum > slices.Max(p[:digits]) {
			n++
		}
	}
	return n
}
