// Bench measures how fast the packages are on this machine, and compares them
// with PyTorch and scikit-learn. README.md shows its output. -help tells more.
package main

import (
	"context"
	"fmt"
	"image"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/seed-cd6415d7/digits/dataset"
	"github.com/seed-cd6415d7/digits/examples/internal/cli"
	"github.com/seed-cd6415d7/digits/examples/internal/fetch"
	"github.com/seed-cd6415d7/digits/examples/internal/prepared"
	"github.com/seed-cd6415d7/digits/imageprep"
)

func main() {
	cli.Main("bench", func(ctx context.Context, args []string, stdout, stderr io.Writer) error {
		return run(ctx, args, os.Stdin, stdout, stderr)
	})
}

const usage = `Bench measures the speed of the packages and prints it as a table in Markdown.

	go run ./examples/bench -data mnist

Each figure is the median of several runs. Bench measures the rows of a part in
turn, again and again, so a change of the machine's speed affects all of them alike.
The last column compares rows: "2.00 x PyTorch" is twice as fast as PyTorch. A
run of this module's training is nine epochs and counts as their mean.
Accuracies are those on the test images.

Bench builds programs with the go command, so run it within this module. It also
measures PyTorch and scikit-learn if Python has them. Bench leaves out what is
missing, and says so on the standard error.

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
	flags := cli.NewFlags("bench", usage, stderr)
	known := make([]string, len(parts))
	for i, p := range parts {
		known[i] = p.name
	}
	all := strings.Join(known, ",")
	o.data.Register(flags)
	flags.IntVar(&o.runs, "runs", 5, "measure everything this `number` of times, each time after a run to warm up")
	list := flags.String("part", all, "measure only these `parts`")
	flags.StringVar(&o.python, "python", "python3", "measure the libraries of this Python; \"\" means none")
	flags.BoolVar(&o.json, "json", false, "print one JSON object per line")
	flags.BoolVar(&o.serve, "serve", false, "train for an epoch per line of the standard input, and print the time:\n"+
		"this is how bench measures another build of itself")
	if err := cli.ParseFlags(flags, args); err != nil {
		return nil, err
	}
	if o.runs < 1 {
		return nil, cli.UsageError(flags, "-runs %d, want at least 1", o.runs)
	}
	o.parts = strings.Split(*list, ",")
	for _, name := range o.parts {
		if !slices.Contains(known, name) {
			return nil, cli.UsageError(flags, "-part %q, want some of %s", *list, all)
		}
	}
	return o, nil
}

// parts are the values of -part, in the order of the table.
var parts = []struct {
	name string
	make func(ctx context.Context, b *bench) *part
}{
	{"epoch", epochs},
	{"workers", workers},
	{"predict", predictions},
	{"prepare", preparations},
	{"load", loads},
	{"sparse", sparseSteps},
	{"train", trainings},
}

// bench is what all parts need.
type bench struct {
	*options
	train, test *dataset.Set
	folder      string // temporary, see writeFolders
	stderr      io.Writer
}

func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) error {
	o, err := parse(args, stderr)
	if err != nil {
		return err
	}
	b := &bench{options: o, stderr: stderr}
	if b.train, b.test, err = b.data.Load(ctx, stderr); err != nil {
		return err
	}
	if err := prepared.CheckTrainable(b.train); err != nil {
		return fmt.Errorf("-data %s: %w", b.data.Data, err)
	}
	if size := image.Pt(b.train.Width, b.train.Height); size != image.Pt(imageprep.Size, imageprep.Size) {
		return fmt.Errorf("the images of %s are %dx%d, want 28x28", b.data.Data, size.X, size.Y)
	}
	if o.serve {
		return b.serveEpochs(ctx, stdin, stdout)
	}
	folder, remove, err := cli.TemporaryFolder()
	if err != nil {
		return err
	}
	defer remove()
	b.folder = folder
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
		part := entry.make(ctx, b)
		part.name = entry.name
		err := part.measure(ctx, b)
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err == nil {
			err = p.part(part)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", entry.name, err)
		}
	}
	return nil
}

// say tells the user what is going on.
func (b *bench) say(format string, args ...any) {
	fmt.Fprintf(b.stderr, "bench: %s\n", cli.PrintableLines(fmt.Sprintf(format, args...)))
}

// leaveOut says why something is not in the table. It is silent after Ctrl-C.
func (b *bench) leaveOut(ctx context.Context, what string, why error) {
	if ctx.Err() == nil {
		b.say("%s is left out: %v", what, why)
	}
}
