// Train trains a softmax regression on MNIST, tests it and saves it. -help
// tells more. For the mathematics, read examples/tutorial.
package main

import (
	"context"
	"io"
	"os"
	"time"

	"github.com/seed-cd6415d7/digits/examples/internal/cli"
	"github.com/seed-cd6415d7/digits/examples/reader"
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
	isModel := func(r io.Reader) bool {
		_, err := softmax.Decode(r)
		return err == nil
	}
	if err := cli.CheckOutputKind("-out", o.out, "model", isModel); err != nil {
		return err
	}
	train, test, err := load(ctx, o, stderr)
	if err != nil {
		return err
	}

	p := &printer{options: o, w: stdout, live: !o.json && cli.IsTerminal(stdout)}
	if o.pictures != "" {
		p.text("%d pictures of %d classes: %s", train.Len()+test.Len(), train.Classes, cli.Printable(enumerate(train.Names)))
	}
	p.text("%d images of %dx%d to train on, %d of them held out for validation, %d to test",
		train.Len(), train.Width, train.Height, o.holdout, test.Len())
	if o.files != nil {
		p.text("the images stay in their file, and are read when they are needed")
	}
	p.text("recipe %s, seed %d: %v", o.name, o.seed, o.recipe)
	begin := time.Now()
	made, err := o.prepare(ctx, train, test)
	if err != nil {
		return err
	}
	if o.extension != (extension{}) {
		p.text("with drawn digits and pictures without a digit: %d images, %d of them held out", made.set.Len(), o.holdout)
	}
	p.text("features %s, ready after %.2f s\n", o.vector, time.Since(begin).Seconds())

	begin = time.Now()
	m, stopped, err := fit(ctx, p, made.rows, made.set.Classes)
	if err != nil {
		return err
	}
	seconds := time.Since(begin).Seconds()
	if o.extension != (extension{}) {
		o.lowerNoDigit(m)
	}
	m.Names = namesOf(made.set)
	p.result(m, made.testRows, seconds, stopped)
	if o.out == "" {
		p.text("the model is not saved; -out writes it to a file")
		return p.err
	}
	m.Metadata, m.Tensors = metadata(p, made.set), reader.Tensors(o.vector)
	if err := m.Save(o.out); err != nil {
		return err
	}
	p.text("model written to %s", cli.Printable(o.out))
	return p.err // after Save: a line that is lost must not cost the model
}
