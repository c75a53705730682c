// Train trains a softmax regression on MNIST, tests it and saves it. -help
// tells more. For the mathematics, read examples/tutorial.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"math"
	"os"
	"time"

	"github.com/seed-cd6415d7/digits/dataset"
	"github.com/seed-cd6415d7/digits/examples/internal/cli"
	"github.com/seed-cd6415d7/digits/examples/internal/fetch"
	"github.com/seed-cd6415d7/digits/examples/reader"
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
	p.text("%d images of %dx%d to train on, %d of them held out for validation, %d to test",
		train.Len(), train.Width, train.Height, o.holdout, test.Len())
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
	p.result(m, made.testRows.Data, seconds, stopped)
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

// load reads the data and checks that the options suit them.
func load(ctx context.Context, o *options, stderr io.Writer) (train, test *dataset.Set, err error) {
	if train, test, err = o.data.Load(ctx, stderr); err != nil {
		return nil, nil, err
	}
	if o.holdout >= train.Len() {
		return nil, nil, fmt.Errorf("-holdout %d leaves nothing of %d training images", o.holdout, train.Len())
	}
	if o.vector != (imageprep.Features{}) && (train.Width != imageprep.Size || train.Height != imageprep.Size) {
		return nil, nil, fmt.Errorf("the images of %s are %dx%d; use -features pixels for images that are not 28x28",
			o.data.Data, train.Width, train.Height)
	}
	if o.extension != (extension{}) && !isDigits(train) {
		return nil, nil, fmt.Errorf("the recipe %s is for handwritten digits, ten classes of 28x28; use the recipe best for %s",
			o.name, o.data.Data)
	}
	return train, test, nil
}

// A recipe says how to train.
type recipe struct {
	features  string // as for -features
	epochs    int
	steps     int // if not 0, in place of epochs
	batch     int
	rate      float64
	summed    bool // the rate is for the sum of a batch's losses, not the mean
	l2        float64
	averaging float64 // see softmax.Trainer; 0 is off
	center    bool    // see softmax.Trainer
	decay     bool    // the rate falls linearly to 0
	last      bool    // keep the last model, not the best in validation
	extension         // what else to train on
}

// recipes are the values of -recipe.
var recipes = map[string]recipe{
	// A high constant rate gets near the optimum fast. Averaging then removes
	// the noise of the steps.
	"default": {features: "hog", epochs: 6, batch: 50, rate: 1, averaging: 8},

	// The recipe of the reader's built-in model, for other people's writing.
	// rarer and sure were chosen on pictures of digits, letters and drawings
	// that no training used.
	"reader": {features: "hog directions=12 cells=6 margin=4 contrast=true components=60 products",
		epochs: 2, batch: 100, rate: 0.1, l2: 1e-3, decay: true,
		extension: extension{drawn: 5000, worn: 1200, noDigit: 1200, rarer: 2.5, sure: 0.94}},

	// The most accurate recipe on MNIST. It is less accurate on other people's
	// writing.
	"best": {features: "hog directions=8 cells=6 margin=3 contrast=true components=60 products",
		epochs: 2, batch: 100, rate: 0.1, l2: 1e-3, decay: true},

	// The classic tutorial: tf.train.GradientDescentOptimizer(0.01) on the
	// summed cross-entropy, 1000 batches of 100.
	"tutorial": {features: "pixels", steps: 1000, batch: 100, rate: 0.01, summed: true, last: true},
}

// meanRate returns the learning rate for the mean of a batch's losses.
func (r recipe) meanRate() float64 {
	if r.summed {
		return r.rate * float64(r.batch)
	}
	return r.rate
}

// String describes the recipe. The model file holds this text: a change of a
// word here changes the bytes of all new models.
func (r recipe) String() string {
	length, loss := fmt.Sprintf("%d epochs", r.epochs), "mean"
	if r.epochs == 1 {
		length = "1 epoch"
	}
	if r.steps > 0 {
		length = fmt.Sprintf("%d steps", r.steps)
	}
	if r.summed {
		loss = "summed"
	}
	s := fmt.Sprintf("%s, batches of %d, rate %v on the %s loss, L2 %v, averaging %v",
		length, r.batch, r.rate, loss, r.l2, r.averaging)
	if r.decay {
		s += ", falling"
	}
	if r.center {
		s += ", centered"
	}
	if r.extension != (extension{}) {
		s += fmt.Sprintf(", with %d drawn and %d damaged digits of each class and %d pictures of each kind without a digit, whose logits are then %v lower", r.drawn, r.worn, r.noDigit, r.rarer)
	}
	return s
}

// options is the command line.
type options struct {
	recipe
	name    string             // of the recipe
	vector  imageprep.Features // what the model sees
	data    fetch.Flags
	out     string
	holdout int
	seed    uint64
	json    bool
}

const usage = `Train trains a softmax regression on MNIST, tests it, and writes it to a file.

	go run ./examples/train -data mnist -out model.safetensors

The folder mnist holds the four MNIST files, compressed or not. If there is no
such folder, train downloads the files once, to the user's cache folder. Without
a network it says how to get them. It also knows other data sets by name, such
as fashion-mnist and emnist-letters. Ctrl-C stops the training and keeps the
best model so far.

`

func parse(args []string, stderr io.Writer) (*options, error) {
	o := new(options)
	flags := cli.NewFlags("train", usage, stderr)
	set := recipes["default"]
	o.data.Register(flags)
	flags.StringVar(&o.out, "out", "", "write the model to this `file` (safetensors)")
	flags.StringVar(&o.name, "recipe", "default",
		"how to train: default, small and fast; reader, which makes the built-in model of the\n"+
			"other programs; best, the most accurate on MNIST; or tutorial, 1000 steps of 100\n"+
			"images at rate 0.01 on the summed loss; other flags override the recipe")
	features := flags.String("features", "",
		"what the model sees: pixels; hog, which is edges by direction and place; or hog with\n"+
			"parameters as a model file has them, such as\n"+
			"\"hog directions=12 cells=6 margin=3 contrast=true\" (default: as the recipe says)")
	flags.IntVar(&set.epochs, "epochs", set.epochs, "passes over the training images (in place of the 1000 steps)")
	flags.IntVar(&set.batch, "batch", set.batch, "images per step")
	flags.Float64Var(&set.rate, "rate", set.rate, "learning rate for the mean loss of a batch (tutorial: summed)")
	flags.Float64Var(&set.l2, "l2", set.l2, "L2 penalty: half of it times the squared weights is added to the loss")
	flags.Uint64Var(&o.seed, "seed", 1, "seed of the order of the images")
	flags.IntVar(&o.holdout, "holdout", 5000, "hold out the first `n` training images for validation")
	flags.BoolVar(&o.json, "json", false, "print one JSON object per epoch and one for the result")
	if err := cli.ParseFlags(flags, args); err != nil {
		return nil, err
	}
	if problem := o.choose(set, *features, flags); problem != "" {
		return nil, cli.UsageError(flags, "%s", problem)
	}
	return o, nil
}

// choose takes the recipe and the features, and overrides them with the flags
// that the user set. It returns what is wrong, or "".
func (o *options) choose(set recipe, features string, flags *flag.FlagSet) (problem string) {
	var known bool
	if o.recipe, known = recipes[o.name]; !known {
		return fmt.Sprintf("-recipe %q, want default, reader, best or tutorial", o.name)
	}
	if features == "" {
		features = o.features
	}
	o.vector.HOG = imageprep.DefaultHOG()
	if features != "hog" {
		var err error
		if o.vector, err = imageprep.ParseFeatures(features); err != nil {
			return fmt.Sprintf("-features %q, want hog, pixels or hog with parameters", features)
		}
	}
	const mostNumbers = 20_000
	if n := o.vector.Len(); n > mostNumbers {
		return fmt.Sprintf("-features %q has %d numbers, want at most %d; components=60 before products makes fewer",
			features, n, mostNumbers)
	}
	o.center = o.vector != imageprep.Features{} // not pixels: far from 0
	flags.Visit(func(f *flag.Flag) {
		switch f.Name {
		case "epochs":
			o.epochs, o.steps = set.epochs, 0
		case "batch":
			o.batch = set.batch
		case "rate":
			o.rate = set.rate
		case "l2":
			o.l2 = set.l2
		}
	})
	return o.problem()
}

// problem returns which number is out of range, or "".
func (o *options) problem() string {
	switch {
	case o.epochs < 1 && o.steps < 1:
		return fmt.Sprintf("-epochs %d, want at least 1", o.epochs)
	case o.batch < 1:
		return fmt.Sprintf("-batch %d, want at least 1", o.batch)
	case !(float32(o.meanRate()) > 0) || o.meanRate() > math.MaxFloat32:
		scale := recipe{rate: 1, summed: o.summed, batch: o.batch}.meanRate()
		return fmt.Sprintf("-rate %v, want more than 0, from %.2g to %.2g", o.rate,
			math.SmallestNonzeroFloat32/scale, math.MaxFloat32/scale)
	case !(o.l2 >= 0) || o.l2 > math.MaxFloat32 || o.l2*o.meanRate() > math.MaxFloat32:
		return fmt.Sprintf("-l2 %v, want 0 or more", o.l2)
	case o.holdout < 0:
		return fmt.Sprintf("-holdout %d, want 0 or more", o.holdout)
	}
	return ""
}
