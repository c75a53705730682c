package main

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/seed-cd6415d7/digits/dataset"
	"github.com/seed-cd6415d7/digits/examples/internal/cli"
	"github.com/seed-cd6415d7/digits/examples/internal/prepared"
	"github.com/seed-cd6415d7/digits/imageprep"
)

// load reads the data and checks that the options suit them. It brings the
// images that are held out to the front, and sets o.holdout to their number.
func load(ctx context.Context, o *options, stderr io.Writer) (train, test *dataset.Set, err error) {
	switch {
	case o.wantsStream():
		train, test, err = o.openFiles()
		if err != nil && !o.stream {
			err = fmt.Errorf("the images do not fit into GOMEMLIMIT: raise it, or let train read them as a stream: %w", err)
		}
	case o.pictures != "":
		train, test, err = o.loadPictures(ctx, stderr)
	default:
		train, test, err = o.data.Load(ctx, stderr)
	}
	if err != nil {
		return nil, nil, err
	}
	if err := o.check(train); err != nil {
		return nil, nil, err
	}
	if o.holdout == unset {
		o.holdout = min(mostHeldOut, train.Len()/6)
	}
	o.suit(train.Len())
	train = o.holdOut(train)
	for _, text := range thinClasses(train, o.holdout) {
		fmt.Fprintln(stderr, text)
	}
	train.Width, train.Height = o.size(train)
	return train, test, nil
}

// check checks that the options suit a training set. It does not look at the
// images.
func (o *options) check(train *dataset.Set) error {
	if err := prepared.CheckTrainable(train); err != nil {
		return fmt.Errorf("%s: %w", o.source(), err)
	}
	if o.holdout >= train.Len() {
		return fmt.Errorf("-holdout %d leaves nothing of %d training images; want less", o.holdout, train.Len())
	}
	width, height := o.size(train)
	if o.vector != (imageprep.Features{}) && (width != imageprep.Size || height != imageprep.Size) {
		return fmt.Errorf("the images of %s are %dx%d; use -features pixels for images that are not 28x28",
			o.source(), width, height)
	}
	if o.extension != (extension{}) && !isDigits(train) {
		return fmt.Errorf("the recipe %s is for handwritten digits, ten classes of 28x28; use the recipe default for %s",
			o.name, o.source())
	}
	return nil
}

// size returns the size of the images of a set. A stream's sets have no images.
func (o *options) size(s *dataset.Set) (width, height int) {
	if o.files != nil {
		dims := o.files[0].Header.Dims
		return dims[2], dims[1]
	}
	return s.Width, s.Height
}

// mostHeldOut is the number of images that train holds out of many.
const mostHeldOut = 5000

// holdOut returns the set with o.holdout images, drawn by class, at the front.
// The others follow in random order, too. Data that are sorted by class, as
// programs often write them, are no problem then.
func (o *options) holdOut(s *dataset.Set) *dataset.Set {
	if o.holdout == 0 || o.inOrder && isMixed(s, o.holdout) {
		return s
	}
	// A set of indices, without images, saves a copy of the images.
	indices := &dataset.Set{Labels: s.Labels, Classes: s.Classes, WriterIDs: numbers(s.Len())}
	rest, heldOut := indices.Split(o.holdout, o.random(forHoldout))
	return reorder(s, append(heldOut.WriterIDs, rest.WriterIDs...))
}

// Streams of random numbers that nothing else uses.
const (
	forHoldout = 1<<32 + iota
	forTest
)

func (o *options) random(stream uint64) *rand.Rand { return rand.New(rand.NewPCG(o.seed, stream)) }

// isMixed reports whether every class has images among the first n, and among
// the others.
func isMixed(s *dataset.Set, n int) bool {
	return !slices.Contains(s.Slice(0, n).Counts(), 0) && !slices.Contains(s.Slice(n, s.Len()).Counts(), 0)
}

// reorder returns a copy of the set with the images in this order.
func reorder(s *dataset.Set, order []int) *dataset.Set {
	c := *s
	c.Images, c.Labels, c.WriterIDs = make([]uint8, 0, len(s.Images)), nil, nil
	for _, i := range order {
		c.Images, c.Labels = append(c.Images, s.Pixels(i)...), append(c.Labels, s.Labels[i])
		if s.WriterIDs != nil {
			c.WriterIDs = append(c.WriterIDs, s.WriterIDs[i])
		}
	}
	return &c
}

// thinClasses says which classes have too few images, in the whole training set
// or in one of its parts. The first n images are held out.
func thinClasses(s *dataset.Set, n int) (texts []string) {
	const few = 10
	all, heldOut, names := s.Counts(), s.Slice(0, n).Counts(), prepared.Names(s)
	var thin, unchecked, untrained []string
	for c, count := range all {
		name := cli.Printable(names[c])
		if count < few {
			thin = append(thin, fmt.Sprintf("%s (%d)", name, count))
		}
		switch {
		case count == 0:
		case n > 0 && heldOut[c] == 0:
			unchecked = append(unchecked, name)
		case heldOut[c] == count:
			untrained = append(untrained, name)
		}
	}
	say := func(what string, list []string) {
		if list != nil {
			texts = append(texts, what+": "+enumerate(list))
		}
	}
	say(fmt.Sprintf("classes with fewer than %d training images, which may be read badly", few), thin)
	say(fmt.Sprintf("none of the %d images held out is of these classes", n), unchecked)
	say("all images of these classes are held out", untrained)
	return texts
}

// enumerate returns the list as text. It leaves out the rest of a long list.
func enumerate(list []string) string {
	const most = 20
	text := strings.Join(list[:min(len(list), most)], ", ")
	if len(list) > most {
		text += fmt.Sprintf(", and %d more", len(list)-most)
	}
	return text
}
