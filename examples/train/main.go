// Train trains a softmax regression on MNIST and tests it.
//
//	go run ./examples/train -data mnist -out model.safetensors
//
// reads the four MNIST files from the folder mnist, trains with a line of
// progress per epoch, prints how well the model does on the test set, and
// writes it to a file.
//
//	go run ./examples/train -data mnist -recipe tutorial
//
// trains as the classic tutorial does. -help tells the rest.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"image"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"time"

	"github.com/seed-cd6415d7/digits/dataset"
	"github.com/seed-cd6415d7/digits/examples/internal/features"
	"github.com/seed-cd6415d7/digits/imageprep"
	"github.com/seed-cd6415d7/digits/softmax"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	context.AfterFunc(ctx, stop) // a second Ctrl-C kills at once
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
	case errors.Is(err, errUsage):
		os.Exit(2)
	default:
		fmt.Fprintln(os.Stderr, "train:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	o, err := parse(args, stderr)
	if err != nil {
		return err
	}
	if err := checkTarget(o.out); err != nil {
		return err
	}
	train, test, err := load(o)
	if err != nil {
		return err
	}

	p := printer{options: o, w: stdout, live: !o.json && isTerminal(stdout)}
	p.start(train, test)
	begin := time.Now()
	all, testData := o.rows(train), o.rows(test)
	if ctx.Err() != nil {
		return errStoppedEarly
	}
	p.prepared(time.Since(begin))

	begin = time.Now()
	m, stopped, err := fit(ctx, o, o.length(train), train.Classes, all, &p)
	if err != nil {
		return err
	}
	seconds := time.Since(begin).Seconds()
	if err := p.result(m, softmax.Evaluate(m, testData.X, testData.Y), seconds, stopped); err != nil {
		return err
	}
	if o.out == "" {
		return nil
	}
	m.Metadata = metadata(o, train, &p)
	if err := m.Save(o.out); err != nil {
		return err
	}
	return p.written()
}

// load reads the data.
func load(o *options) (train, test *dataset.Set, err error) {
	if info, err := os.Stat(o.data); err == nil && !info.IsDir() {
		return nil, nil, fmt.Errorf("-data %s is not a folder", o.data)
	}
	train, test, err = dataset.Load(os.DirFS(o.data))
	if err != nil {
		return nil, nil, fmt.Errorf("-data %s: %w", o.data, err)
	}
	if o.holdout >= train.Len() {
		return nil, nil, fmt.Errorf("-holdout %d leaves nothing to train on: %d training images", o.holdout, train.Len())
	}
	if o.vector.Name != features.Pixels().Name && (train.Width != imageprep.Size || train.Height != imageprep.Size) {
		return nil, nil, fmt.Errorf("the images of %s are %dx%d; for other than 28x28 use -features pixels", o.data, train.Width, train.Height)
	}
	return train, test, nil
}

// checkTarget finds out before the training whether the model will have a
// place to go.
func checkTarget(name string) error {
	if name == "" {
		return nil
	}
	if info, err := os.Stat(name); err == nil && !info.Mode().IsRegular() {
		return fmt.Errorf("-out %s is not a file", name)
	}
	if info, err := os.Stat(filepath.Dir(name)); err != nil || !info.IsDir() {
		return fmt.Errorf("-out %s: there is no folder %s", name, filepath.Dir(name))
	}
	return nil
}

// rows returns the rows of a set that the model eats. Pixels stay bytes, which
// take a quarter of the memory, and any size of image will do.
func (o *options) rows(s *dataset.Set) softmax.Data {
	if o.vector.Name == features.Pixels().Name {
		return softmax.Data{X: softmax.Bytes(s.Images), Y: s.Labels}
	}
	x := s.Map(o.vector.Len, func(dst []float32, img *image.Gray) { o.vector.Vector(dst, img) })
	return softmax.Data{X: softmax.Floats(x), Y: s.Labels}
}

// length returns the length of a row.
func (o *options) length(s *dataset.Set) int {
	if o.vector.Name == features.Pixels().Name {
		return s.Width * s.Height
	}
	return o.vector.Len
}

// split parts labelled rows, of the given length, after the first n.
func split(d softmax.Data, length, n int) (head, tail softmax.Data) {
	head.Y, tail.Y = d.Y[:n], d.Y[n:]
	switch x := d.X.(type) {
	case softmax.Bytes:
		head.X, tail.X = x[:n*length], x[n*length:]
	case softmax.Floats:
		head.X, tail.X = x[:n*length], x[n*length:]
	}
	return head, tail
}
