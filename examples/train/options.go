package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"math"

	"github.com/seed-cd6415d7/digits/examples/internal/cli"
	"github.com/seed-cd6415d7/digits/examples/internal/fetch"
	"github.com/seed-cd6415d7/digits/imageprep"
)

// A recipe says how to train.
type recipe struct {
	features  string // unless -features says otherwise
	epochs    int
	steps     int // if not 0, instead of epochs
	batch     int
	rate      float64
	summed    bool // rate is for the sum of the batch's losses, not for their mean
	l2        float64
	averaging float64 // 0 for none; see softmax.Trainer
	last      bool    // keep the last model, not the best on the validation images
	center    bool    // see softmax.Trainer
	decay     bool    // the rate falls to 0

	components int // of features with products, that take part in the training
}

// recipes are the values of -recipe.
var recipes = map[string]recipe{
	// The best of those tried: a high constant rate, which gets close to the
	// optimum fast, and averaging, which takes out the noise.
	"default": {features: "hog", epochs: 6, batch: 50, rate: 1, averaging: 8},

	// The most that was reached: of more and finer cells, evened out in
	// strength, the products of all pairs, trained by way of 60 components, see
	// quadratic.go. It does less well on other hands than MNIST's.
	"best": {features: "hog directions=8 cells=6 margin=3 contrast=true products", components: 60,
		epochs: 2, batch: 100, rate: 0.1, l2: 1e-3, decay: true},

	// The tutorial's: tf.train.GradientDescentOptimizer(0.01) on the summed
	// cross-entropy, 1000 batches of 100.
	"tutorial": {features: "pixels", steps: 1000, batch: 100, rate: 0.01, summed: true, last: true},
}

// parseFeatures returns the features of a value of -features.
func parseFeatures(name string) (imageprep.Features, error) {
	if name == "hog" {
		return imageprep.Features{HOG: imageprep.DefaultHOG()}, nil
	}
	return imageprep.ParseFeatures(name)
}

// meanRate returns the learning rate for the mean of the losses.
func (r recipe) meanRate() float64 {
	if r.summed {
		return r.rate * float64(r.batch)
	}
	return r.rate
}

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
	s := fmt.Sprintf("%s, batches of %d, rate %v on the %s loss, L2 %v, averaging %v", length, r.batch, r.rate, loss, r.l2, r.averaging)
	if r.decay {
		s += ", falling"
	}
	if r.components > 0 {
		s += fmt.Sprintf(", %d components", r.components)
	}
	if r.center {
		s += ", centred"
	}
	return s
}

// options is the command line.
type options struct {
	recipe
	name    string             // of the recipe
	vector  imageprep.Features // what the model eats
	data    fetch.Flags
	out     string
	holdout int
	seed    uint64
	json    bool
}

const usage = `Train trains a softmax regression on MNIST, tests it, and writes it to a file.

	go run ./examples/train -data mnist -out model.safetensors

If there is a folder mnist it holds the four MNIST files, compressed or not.
Otherwise they are fetched, once, to the user's cache folder; without a network
train says how to get them. Other names of data sets fetch others: fashion-mnist,
emnist-letters. Ctrl-C stops the training and keeps the best model so far.

`

func parse(args []string, stderr io.Writer) (*options, error) {
	o := new(options)
	flags := flag.NewFlagSet("train", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() {
		fmt.Fprint(stderr, usage)
		flags.PrintDefaults()
	}
	set := recipes["default"]
	o.data.Register(flags)
	flags.StringVar(&o.out, "out", "", "write the model to this `file` (safetensors)")
	flags.StringVar(&o.name, "recipe", "default", "how to train: default; best, the most accurate on MNIST; or tutorial, 1000 steps\nof 100 with rate 0.01 on the summed loss of pixels; the other flags override it")
	featureName := flags.String("features", "", "what the model sees: hog, edges by direction and place, or pixels; hog with\nparameters is written as in a model file, like\n\"hog directions=12 cells=6 margin=3 contrast=true\" (default: the recipe's)")
	flags.IntVar(&set.epochs, "epochs", set.epochs, "passes over the training images (in place of the tutorial's 1000 steps)")
	flags.IntVar(&set.batch, "batch", set.batch, "images per step")
	flags.Float64Var(&set.rate, "rate", set.rate, "learning rate, for the mean loss of a batch (tutorial: the summed loss)")
	flags.Float64Var(&set.l2, "l2", set.l2, "penalty: half of it times the sum of the squared weights joins the loss")
	flags.Uint64Var(&o.seed, "seed", 1, "seed of the order of the images")
	flags.IntVar(&o.holdout, "holdout", 5000, "keep the first `n` training images for validation")
	flags.BoolVar(&o.json, "json", false, "print one JSON object per epoch and one for the result")
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return nil, err
		}
		return nil, cli.ErrUsage
	}
	problem := o.choose(set, *featureName, flags)
	if flags.NArg() > 0 {
		problem = fmt.Sprintf("unexpected argument %q", flags.Arg(0))
	}
	if problem != "" {
		fmt.Fprintf(stderr, "train: %s (train -help explains)\n", problem)
		return nil, cli.ErrUsage
	}
	return o, nil
}

// choose fills in the recipe and the features, changed as the flags set say. It
// returns what is wrong with them, if something is.
func (o *options) choose(set recipe, featureName string, flags *flag.FlagSet) (problem string) {
	var known bool
	if o.recipe, known = recipes[o.name]; !known {
		return fmt.Sprintf("-recipe %q, want default, best or tutorial", o.name)
	}
	if featureName == "" {
		featureName = o.features
	}
	vector, err := parseFeatures(featureName)
	if err != nil {
		return fmt.Sprintf("-features %q, want hog, pixels or hog with parameters", featureName)
	}
	o.vector = vector
	if !vector.Products {
		o.components = 0
	} else if o.components == 0 {
		o.components = recipes["best"].components
	}
	o.center = vector != imageprep.Features{} // far from 0 on average, unlike pixels
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

// problem says which number is out of its range, if one is.
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
