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
	"slices"
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
	train, validation, test, err := load(o)
	if err != nil {
		return err
	}

	p := printer{options: o, w: stdout, live: !o.json && isTerminal(stdout)}
	p.start(train, validation, test)
	begin := time.Now()
	trainData, validationData, testData := o.rows(train), o.rows(validation), o.rows(test)
	if ctx.Err() != nil {
		return errStoppedEarly
	}
	m := softmax.New(o.length(train), train.Classes)
	p.prepared(time.Since(begin))

	begin = time.Now()
	kept, err := fit(ctx, m, o, trainData, validationData, &p)
	seconds := time.Since(begin).Seconds()
	stopped := errors.Is(err, context.Canceled)
	if err != nil && !stopped {
		return err
	}
	if stopped && untrained(m) {
		return errStoppedEarly
	}
	p.trained(kept, stopped)
	if err := p.result(m, softmax.Evaluate(m, testData.X, testData.Y), seconds, stopped); err != nil {
		return err
	}
	if o.out == "" {
		return nil
	}
	m.Metadata = metadata(o, train)
	if err := m.Save(o.out); err != nil {
		return err
	}
	return p.written()
}

// load reads the data and holds the validation images out.
func load(o *options) (train, validation, test *dataset.Set, err error) {
	if info, err := os.Stat(o.data); err == nil && !info.IsDir() {
		return nil, nil, nil, fmt.Errorf("-data %s is not a folder", o.data)
	}
	train, test, err = dataset.Load(os.DirFS(o.data))
	if err != nil {
		return nil, nil, nil, fmt.Errorf("-data %s: %w", o.data, err)
	}
	if o.holdout >= train.Len() {
		return nil, nil, nil, fmt.Errorf("-holdout %d leaves nothing to train on: %d training images", o.holdout, train.Len())
	}
	if o.vector.Name != features.Pixels().Name && (train.Width != imageprep.Size || train.Height != imageprep.Size) {
		return nil, nil, nil, fmt.Errorf("the images of %s are %dx%d; for other than 28x28 use -features pixels", o.data, train.Width, train.Height)
	}
	return train.Slice(o.holdout, train.Len()), train.Slice(0, o.holdout), test, nil
}

// errStoppedEarly: a model that knows nothing may not replace a good one.
var errStoppedEarly = errors.New("stopped before the first step; nothing was written")

// untrained reports whether the model is as New made it.
func untrained(m *softmax.Model) bool {
	weight, _ := m.Parameters()
	return !slices.ContainsFunc(weight, func(w float32) bool { return w != 0 })
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

// fit trains m and returns the progress at which the model was kept.
func fit(ctx context.Context, m *softmax.Model, o *options, train, validation softmax.Data, p *printer) (softmax.Progress, error) {
	t := softmax.NewTrainer(m)
	t.Rate, t.L2, t.Averaging, t.Center = float32(o.meanRate()), float32(o.l2), float32(o.averaging), o.center
	t.Epochs, t.Steps, t.Batch, t.Seed = max(1, o.epochs), o.steps, o.batch, o.seed
	if !o.last {
		t.Validation = validation
	}
	begin := time.Now()
	t.Progress = func(progress softmax.Progress) {
		if o.last && len(validation.Y) > 0 { // shown, but nothing is chosen by it
			progress.ValidationLoss = m.Loss(validation.X, validation.Y)
			progress.ValidationAccuracy = m.Accuracy(validation.X, validation.Y)
		}
		p.epoch(progress, time.Since(begin))
		begin = time.Now()
	}
	return t.Fit(ctx, train.X, train.Y)
}

// metadata is what the model file says about itself: how to make the vectors
// that the model eats, what its classes are, and how it was trained. Nothing in
// it changes from run to run, so the same command makes the same file.
func metadata(o *options, train *dataset.Set) map[string]string {
	return map[string]string{
		"classes":    "0 1 2 3 4 5 6 7 8 9",
		features.Key: o.vector.Name,
		"input":      fmt.Sprintf("%dx%d grey, ink 1 on ground 0", train.Width, train.Height),
		"training":   fmt.Sprintf("%d images, seed %d, recipe %s: %v", train.Len(), o.seed, o.name, o.recipe),
	}
}
