// Train trains a softmax regression on MNIST and tests it.
//
//	go run ./examples/train -data mnist -out model.safetensors
//
// It reads the four MNIST files from the folder mnist. If there is no such
// folder, it downloads them once, to the user's cache folder. It prints a line
// per epoch and the results on the test set, and writes the model to a file.
// Other data sets work the same way: -data fashion-mnist, -data emnist-letters.
//
//	go run ./examples/train -data mnist -recipe tutorial
//
// trains as the classic tutorial does; examples/tutorial shows the mathematics.
// -help lists all flags.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
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

	p := &printer{options: o, w: stdout, live: !o.json && cli.IsTerminal(stdout)}
	p.start(train, test)
	begin := time.Now()
	rows, testRows, c := o.rows(train, test)
	if ctx.Err() != nil {
		return errStoppedEarly
	}
	p.prepared(time.Since(begin))

	begin = time.Now()
	m, stopped, err := fit(ctx, o, rows, train.Classes, p)
	if err != nil {
		return err
	}
	seconds := time.Since(begin).Seconds()
	printing := p.result(m, m.Evaluate(testRows.X, testRows.Y), seconds, stopped)
	if o.out == "" {
		return printing
	}
	if c != nil {
		m = c.unfold(m)
	}
	m.Metadata = metadata(o, train, p)
	if err := m.Save(o.out); err != nil {
		return err
	}
	if printing != nil { // after Save: a line that is lost must not cost the model
		return printing
	}
	return p.written()
}

func isModel(r io.Reader) bool {
	_, err := softmax.Decode(r)
	return err == nil
}

// load reads the data and checks that the options suit them.
func load(ctx context.Context, o *options, stderr io.Writer) (train, test *dataset.Set, err error) {
	if train, test, err = o.data.Load(ctx, stderr); err != nil {
		return nil, nil, err
	}
	if o.holdout >= train.Len() {
		return nil, nil, fmt.Errorf("-holdout %d leaves nothing to train on: there are %d training images", o.holdout, train.Len())
	}
	if o.vector != (imageprep.Features{}) && (train.Width != imageprep.Size || train.Height != imageprep.Size) {
		return nil, nil, fmt.Errorf("the images of %s are %dx%d; use -features pixels for images that are not 28x28",
			o.data.Data, train.Width, train.Height)
	}
	return train, test, nil
}
