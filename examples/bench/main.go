// Bench measures how fast the packages are on the machine at hand, beside
// PyTorch and scikit-learn if they are installed.
//
//	go run ./examples/bench -data mnist
//
// prints the table of speed that stands in the README. -help tells the rest.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/seed-cd6415d7/digits/dataset"
	"github.com/seed-cd6415d7/digits/examples/internal/cli"
	"github.com/seed-cd6415d7/digits/examples/internal/fetch"
	"github.com/seed-cd6415d7/digits/imageprep"
)

func main() {
	cli.Main("bench", func(ctx context.Context, args []string) error {
		return run(ctx, args, os.Stdin, os.Stdout, os.Stderr)
	})
}

const usage = `Bench measures the speed of the packages and prints it as a table in Markdown.

	go run ./examples/bench -data mnist

The folder holds the four MNIST files, compressed or not. Each figure is the median
of several runs. Those that are compared with one another are measured in turn,
again and again, so that a machine whose speed varies is fair to all: the last column
says how many times as fast as another each is. A run of this module's training is
five epochs, about as long as one of PyTorch's, and its figure their mean. Accuracies
are on the test images.

For the builds of other programs it wants the go command and this module as the
current folder, for the comparison Python with PyTorch or scikit-learn. What is not
there is left out, and the standard error says so.

`

// options is the command line.
type options struct {
	data        fetch.Flags
	python      string
	runs        int
	parts       []string
	json, serve bool
}

func parse(args []string, stderr io.Writer) (*options, error) {
	o := new(options)
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() {
		fmt.Fprint(stderr, usage)
		flags.PrintDefaults()
	}
	known := make([]string, len(parts))
	for i, p := range parts {
		known[i] = p.name
	}
	o.data.Register(flags)
	flags.IntVar(&o.runs, "runs", 5, "measure everything this `number` of times, each after a run to warm up")
	list := flags.String("part", strings.Join(known, ","), "measure only these `parts`")
	flags.StringVar(&o.python, "python", "python3", "compare with this Python; python3 may also be /usr/bin/python3; \"\" is none")
	flags.BoolVar(&o.json, "json", false, "print one JSON object per line")
	flags.BoolVar(&o.serve, "serve", false, "train for an epoch per line of the standard input, and print how long it took:\nso this program measures another build of itself")
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return nil, err
		}
		return nil, cli.ErrUsage
	}
	o.parts = strings.Split(*list, ",")
	problem := ""
	switch {
	case flags.NArg() > 0:
		problem = fmt.Sprintf("unexpected argument %q", flags.Arg(0))
	case o.runs < 1:
		problem = fmt.Sprintf("-runs %d, want at least 1", o.runs)
	}
	for _, name := range o.parts {
		if !slices.Contains(known, name) {
			problem = fmt.Sprintf("-part %q, want some of %s", *list, strings.Join(known, ","))
		}
	}
	if problem != "" {
		fmt.Fprintf(stderr, "bench: %s (bench -help explains)\n", problem)
		return nil, cli.ErrUsage
	}
	return o, nil
}

// parts are the values of -part, in the order of the table.
var parts = []struct {
	name string
	make func(ctx context.Context, b *bench) (*part, error)
}{
	{"epoch", epochs},
	{"workers", workers},
	{"predict", predictions},
	{"prepare", preparations},
	{"load", loads},
	{"sparse", sparseSteps},
	{"train", trainings},
}

// bench is what the parts have in common.
type bench struct {
	*options
	train, test *dataset.Set
	folder      string // a temporary one
	stderr      io.Writer
}

func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) error {
	o, err := parse(args, stderr)
	if err != nil {
		return err
	}
	b := &bench{options: o, stderr: stderr}
	if err := b.load(ctx); err != nil {
		return err
	}
	if o.serve {
		return b.serve(ctx, stdin, stdout)
	}
	if b.folder, err = os.MkdirTemp("", "bench"); err != nil {
		return err
	}
	defer os.RemoveAll(b.folder)
	if err := b.writeFolders(); err != nil {
		return err
	}
	p := printer{w: stdout, json: o.json}
	if err := p.start(ctx, o.runs); err != nil {
		return err
	}
	for _, entry := range parts {
		if !slices.Contains(o.parts, entry.name) {
			continue
		}
		b.say("measuring: %s", entry.name)
		part, err := entry.make(ctx, b)
		if err == nil {
			part.name = entry.name
			err = part.measure(ctx, b)
			part.close()
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", entry.name, err)
		}
		if err := p.part(part); err != nil {
			return err
		}
	}
	return nil
}

// say tells the user what is going on.
func (b *bench) say(format string, args ...any) {
	fmt.Fprintf(b.stderr, "bench: %s\n", cli.PrintableLines(fmt.Sprintf(format, args...)))
}

// leaveOut says why something is not in the table, unless that is because the
// user has had enough.
func (b *bench) leaveOut(ctx context.Context, what string, why error) {
	if ctx.Err() == nil {
		b.say("%s is left out: %v", what, why)
	}
}

// load reads the data.
func (b *bench) load(ctx context.Context) (err error) {
	if b.train, b.test, err = b.data.Load(ctx, b.stderr); err != nil {
		return err
	}
	if b.train.Width != imageprep.Size || b.train.Height != imageprep.Size {
		return fmt.Errorf("the images of %s are %dx%d, want 28x28", b.data.Data, b.train.Width, b.train.Height)
	}
	return nil
}
