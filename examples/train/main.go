// Train trains a softmax regression on MNIST, tests it and saves it. -help
// tells more. For the mathematics, read examples/tutorial.
package main

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/seed-cd6415d7/digits/dataset"
	"github.com/seed-cd6415d7/digits/examples/internal/cli"
	"github.com/seed-cd6415d7/digits/examples/internal/prepared"
	"github.com/seed-cd6415d7/digits/examples/internal/report"
	"github.com/seed-cd6415d7/digits/examples/reader"
	"github.com/seed-cd6415d7/digits/softmax"
)

func main() { cli.Main("train", run) }

// saveTime is how long train may go on after Ctrl-C: it ends a step, tests the
// model and saves it.
const saveTime = time.Minute

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
	if err := report.Check("-report", o.report); err != nil {
		return err
	}
	train, test, err := load(ctx, o, stderr)
	if err != nil {
		return err
	}

	p := &printer{options: o, w: stdout, live: !o.json && cli.IsTerminal(stdout)}
	p.loaded(train, test)
	begin := time.Now()
	made, err := o.prepare(ctx, train, test)
	if err != nil {
		return err
	}
	p.prepared(made.set, time.Since(begin))

	cli.Patience(ctx, saveTime)
	begin = time.Now()
	m, stopped, err := fit(ctx, p, made.rows, made.set.Classes)
	if err != nil {
		return err
	}
	seconds := time.Since(begin).Seconds()
	if o.extension != (extension{}) {
		o.lowerNoDigit(m)
	}
	m.Names = prepared.Names(made.set)
	m.Tensors = reader.Tensors(p.vector)
	result := p.result(m, made.testRows, seconds, stopped)
	saved := save(p, m, made.set)
	// An error of the one file must not cost the other.
	reported := p.writeReport(&finding{p, m, made.set, test, made.testRows, result, saved == nil})
	return errors.Join(saved, reported, p.err)
}

// save writes the model to its file, if there is one.
func save(p *printer, m *softmax.Model, train *dataset.Set) error {
	if p.out == "" {
		p.text("the model is not saved; -out writes it to a file")
		return nil
	}
	m.Metadata = metadata(p, train)
	if err := cli.WriteFile(p.out, m.Encode); err != nil {
		return err
	}
	p.text("model written to %s", cli.Printable(p.out))
	return nil // even if the line is lost
}
