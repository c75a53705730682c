package main

import (
	"context"
	"fmt"
	"io"
	"path/filepath"

	"github.com/seed-cd6415d7/digits/dataset"
	"github.com/seed-cd6415d7/digits/examples/internal/cli"
	"github.com/seed-cd6415d7/digits/examples/internal/pictures"
	"github.com/seed-cd6415d7/digits/examples/internal/prepared"
	"github.com/seed-cd6415d7/digits/imageprep"
)

// loadPictures makes a data set from the pictures in a folder. Its classes are
// the different labels. A fifth of each class is to test. Pictures that are
// left out are named on stderr.
func (o *options) loadPictures(ctx context.Context, stderr io.Writer) (train, test *dataset.Set, err error) {
	found, err := pictures.FindLabeled(o.pictures, pictures.Options{Labels: o.labels})
	if err != nil {
		return nil, nil, err
	}
	if notice := found.Notice(); notice != "" {
		fmt.Fprintln(stderr, notice)
	}
	classes := prepared.Classes(found)
	if len(classes) < 2 {
		return nil, nil, o.tooFewClasses(found, classes)
	}
	// If no picture drops out, the training set is like this one.
	n := len(found.Pictures)
	whole := &dataset.Set{Width: imageprep.Size, Height: imageprep.Size, Classes: len(classes), Names: classes, Labels: make([]int, n-n/5)}
	if err := o.check(whole); err != nil {
		return nil, nil, err
	}
	set, taken, err := prepared.Read(ctx, found.Pictures, prepared.Options{Classes: classes}, stderr)
	if err != nil {
		return nil, nil, err
	}
	if bad := n - len(taken); bad > 0 {
		fmt.Fprintf(stderr, "%d of %d pictures cannot be used and are left out\n", bad, n)
	}
	if err := prepared.CheckClasses(set); err != nil {
		return nil, nil, err
	}
	const least = 10
	if set.Len() < least {
		return nil, nil, fmt.Errorf("%s has %d pictures to train on and to test; want at least %d, better 40 of each class",
			o.pictures, set.Len(), least)
	}
	set.WriterIDs = numbers(set.Len()) // tell which picture an image is from
	train, test = set.Split(set.Len()/5, o.random(forTest))
	for _, i := range test.WriterIDs {
		o.testNames = append(o.testNames, taken[i].Path)
	}
	train.WriterIDs, test.WriterIDs = nil, nil
	return train, test, nil
}

// tooFewClasses returns the error for pictures of less than two classes.
func (o *options) tooFewClasses(found *pictures.Labeled, classes []string) error {
	const most = 8
	labels, advice := prepared.Labels(found), "-help explains labels"
	list := fmt.Sprintf("%q", labels[:min(len(labels), most)])
	if more := len(labels) - most; more > 0 {
		list += fmt.Sprintf(" and %d more", more)
	}
	switch {
	case len(labels) > len(classes):
		advice = "numbers of several digits are classes only as names of sub-folders (-labels folders)"
	case found.Labels == pictures.Folders:
		advice += "; if the classes are its sub-folders, name the folder " + filepath.Join(o.pictures, classes[0])
	}
	return fmt.Errorf("the pictures in %s have the labels %s; want two classes or more: %s", o.pictures, list, advice)
}

// source names the data for people.
func (o *options) source() string {
	if o.pictures != "" {
		return cli.Printable(o.pictures)
	}
	return cli.Printable(o.data.Data)
}
