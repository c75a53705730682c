// Train trains a softmax regression on MNIST and tests it.
//
//	go run ./examples/train -data mnist -out model.safetensors
//
// reads the four MNIST files from the folder mnist or, if there is none, from
// the user's cache folder, to which it fetches them first. It trains with a line
// of progress per epoch, prints how well the model does on the test set, and
// writes it to a file. Other data sets, of any number of classes, are named
// likewise: -data fashion-mnist, -data emnist-letters.
//
//	go run ./examples/train -data mnist -recipe tutorial
//
// trains as the classic tutorial does. -help tells the rest.
package main

import (
	"context"
	"fmt"
	"image"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/seed-cd6415d7/digits/dataset"
	"github.com/seed-cd6415d7/digits/examples/internal/cli"
	"github.com/seed-cd6415d7/digits/imageprep"
	"github.com/seed-cd6415d7/digits/softmax"
)

func main() {
	cli.Main("train", func(ctx context.Context, args []string) error {
		return run(ctx, args, os.Stdout, os.Stderr)
	})
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	o, err := parse(args, stderr)
	if err != nil {
		return err
	}
	if err := cli.CheckOutputKind("-out", o.out, "model", isModel); err != nil {
		return err
	}
	train, test, err := load(ctx, o, stderr)
	if err != nil {
		return err
	}

	p := printer{options: o, w: stdout, live: !o.json && isTerminal(stdout)}
	p.start(train, test)
	begin := time.Now()
	all, testData, c := o.rows(train, test)
	if ctx.Err() != nil {
		return errStoppedEarly
	}
	p.prepared(time.Since(begin))

	begin = time.Now()
	m, stopped, err := fit(ctx, o, all, train.Classes, &p)
	if err != nil {
		return err
	}
	seconds := time.Since(begin).Seconds()
	printing := p.result(m, m.Evaluate(testData.X, testData.Y), seconds, stopped)
	if o.out == "" {
		return printing
	}
	if c != nil {
		m = c.unfold(m)
	}
	m.Metadata = metadata(o, train, &p)
	if err := m.Save(o.out); err != nil {
		return err
	}
	if printing != nil { // a line is no reason to lose the model
		return printing
	}
	return p.written()
}

func isModel(r io.Reader) bool {
	_, err := softmax.Decode(r)
	return err == nil
}

// load reads the data.
func load(ctx context.Context, o *options, stderr io.Writer) (train, test *dataset.Set, err error) {
	if train, test, err = o.data.Load(ctx, stderr); err != nil {
		return nil, nil, err
	}
	if o.holdout >= train.Len() {
		return nil, nil, fmt.Errorf("-holdout %d leaves nothing to train on: %d training images", o.holdout, train.Len())
	}
	if o.vector != (imageprep.Features{}) && (train.Width != imageprep.Size || train.Height != imageprep.Size) {
		return nil, nil, fmt.Errorf("the images of %s are %dx%d; for other than 28x28 use -features pixels", o.data.Data, train.Width, train.Height)
	}
	return train, test, nil
}

// classNames are the names of the classes, in a line with spaces between them.
// Spaces within a name become underscores. Where no names are known the classes
// are digits.
func classNames(s *dataset.Set) string {
	names := make([]string, s.Classes)
	for i := range names {
		if names[i] = strconv.Itoa(i); s.Names != nil {
			names[i] = strings.ReplaceAll(s.Names[i], " ", "_")
		}
	}
	return strings.Join(names, " ")
}

// A table is labelled rows of one length.
type table struct {
	softmax.Data
	length int
}

// rows returns the rows of both sets that the model is trained and tested on,
// and the components that they are made of, if they are. Pixels stay bytes,
// which take a quarter of the memory, and any size of image will do.
func (o *options) rows(train, test *dataset.Set) (all, testData table, c *components) {
	if o.vector == (imageprep.Features{}) {
		length := train.Width * train.Height
		return table{softmax.Data{X: softmax.Bytes(train.Images), Y: train.Labels}, length},
			table{softmax.Data{X: softmax.Bytes(test.Images), Y: test.Labels}, length}, nil
	}
	base := imageprep.Features{HOG: o.vector.HOG}
	length := base.Len()
	mapped := func(s *dataset.Set, length int, f func(dst []float32, img *image.Gray)) table {
		return table{softmax.Data{X: softmax.Floats(s.Map(length, f)), Y: s.Labels}, length}
	}
	vector := func(dst []float32, img *image.Gray) { base.Vector(dst, img) }
	if o.vector.Products {
		c = newComponents(train.Map(length, vector), length, o.components)
		vector = func(dst []float32, img *image.Gray) { c.products(dst, base.Vector(nil, img)) }
		length = c.length()
	}
	return mapped(train, length, vector), mapped(test, length, vector), c
}

// split parts a table after the first n rows.
func (d table) split(n int) (head, tail table) {
	head = table{softmax.Data{Y: d.Y[:n]}, d.length}
	tail = table{softmax.Data{Y: d.Y[n:]}, d.length}
	switch x := d.X.(type) {
	case softmax.Bytes:
		head.X, tail.X = x[:n*d.length], x[n*d.length:]
	case softmax.Floats:
		head.X, tail.X = x[:n*d.length], x[n*d.length:]
	}
	return head, tail
}
