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

// An extension is what a recipe adds to real digits. MNIST's digits are those
// of 250 Americans. Drawn digits have the shapes that other people write. With
// pictures that show no digit, the model learns to tell them from digits.
type extension struct {
	drawn   int // drawn digits of each class
	noDigit int // pictures of each kind in noDigits

	// Thresholds of the model's answers: see reader.ThresholdKey,
	// NoDigitThresholdKey and NoDigitSureKey. The images held out cannot tell
	// them, because MNIST's digits are easier than other people's.
	sure, none, noneSure float32
}

// A job is to make n pictures of one class from real digits, or by hand.
type job struct {
	n, label int
	real     *dataset.Set
	draw     func(*artist) *image.Gray
}

// extend adds the extension to a set of real digits. The first images of the
// result are those held out, now o.holdout of them: real digits, and pictures
// without a digit, made from these. The result depends only on the set and the
// seed.
func (o *options) extend(ctx context.Context, real *dataset.Set) (*dataset.Set, error) {
	names := classNames()
	isDigits := real.Names == nil && real.Classes == digits || slices.Equal(real.Names, names[:digits])
	if !isDigits || real.Width != imageprep.Size || real.Height != imageprep.Size {
		return nil, fmt.Errorf("the recipe %s is for handwritten digits, ten classes of 28x28; use the recipe best for %s",
			o.name, o.data.Data)
	}
	parts := []*dataset.Set{real.Slice(0, o.holdout), real.Slice(o.holdout, real.Len())}
	var jobs []job
	for _, part := range parts {
		for i, k := range noDigits {
			jobs = append(jobs, job{o.noDigit * part.Len() / real.Len(), digits + i, part, k.draw})
		}
	}
	for d := range digits {
		write := func(a *artist) *image.Gray { return hand.Write(a.rng, rune('0'+d)) }
		jobs = append(jobs, job{o.drawn, d, real, write})
	}
	numbers := func(yield func(int) bool) {
		for i := range jobs {
			if !yield(i) {
				return
			}
		}
	}
	made := slices.Collect(cli.InOrder(ctx, numbers, func(i int) *dataset.Set { return jobs[i].do(o.seed, uint64(i)) }))
	if ctx.Err() != nil {
		return nil, errStoppedEarly
	}
	set := &dataset.Set{Width: real.Width, Height: real.Height, Classes: len(names), Names: names}
	add := func(parts ...*dataset.Set) {
		for _, part := range parts {
			set.Images, set.Labels = append(set.Images, part.Images...), append(set.Labels, part.Labels...)
		}
	}
	add(parts[0])
	add(made[:len(noDigits)]...)
	o.holdout = set.Len()
	add(parts[1])
	add(made[len(noDigits):]...)
	return set, nil
}

// do makes the pictures. The number is that of the job.
func (j job) do(seed, number uint64) *dataset.Set {
	a := &artist{rand.New(rand.NewPCG(seed, number)), j.real}
	return &dataset.Set{Images: a.make(j.n, j.draw), Labels: slices.Repeat([]int{j.label}, j.n)}
}

// classNames returns the names of the digits and of noDigits.
func classNames() (names []string) {
	for d := range digits {
		names = append(names, strconv.Itoa(d))
	}
	for _, k := range noDigits {
		names = append(names, k.name)
	}
	return names
}

// noDigitClasses lists the classes of noDigits for reader.NoDigitKey.
func noDigitClasses() string {
	var list []string
	for i := range noDigits {
		list = append(list, strconv.Itoa(digits+i))
	}
	return strings.Join(list, " ")
}

// onlyDigits returns a model that gives each picture one of the ten digits.
func onlyDigits(m *softmax.Model) *softmax.Model {
	weight, bias := m.Parameters()
	d := softmax.New(m.Features(), digits)
	d.SetParameters(weight[:digits*m.Features()], bias[:digits])
	return d
}

// calledNone counts the rows that the model calls no digit.
func (e extension) calledNone(m *softmax.Model, x softmax.Rows) (n int) {
	for p := range slices.Chunk(m.Probs(nil, x), m.Classes()) {
		sum := float32(0)
		for _, v := range p[digits:] {
			sum += v
		}
		if sum >= e.none {
			n++
		}
	}
	return n
}
