package main

import (
	"flag"
	"fmt"
	"io"
	"math"

	"github.com/seed-cd6415d7/digits/examples/internal/cli"
	"github.com/seed-cd6415d7/digits/examples/internal/fetch"
	"github.com/seed-cd6415d7/digits/imageprep"
)

// options is the command line.
type options struct {
	recipe
	name    string             // of the recipe
	vector  imageprep.Features // what the model sees
	data    fetch.Flags
	out     string
	holdout int // images held out for validation
	seed    uint64
	json    bool

	classWeights []float32 // nil if all are 1
}

// unset is the value of options.holdout if the user does not choose it.
const unset = -1

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
	flags.IntVar(&o.holdout, "holdout", 0,
		"hold out `n` training images, some of each class, for validation (default: 5000, or a\n"+
			"sixth of the images if that is fewer; tutorial and reader: the first images)")
	flags.BoolVar(&set.balanced, "balanced", false, "let all classes count the same, however many images each of them has")
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
	chosen := false                             // -holdout
	o.center = o.vector != imageprep.Features{} // not pixels: far from 0
	flags.Visit(func(f *flag.Flag) {
		switch f.Name {
		case "epochs":
			o.epochs, o.steps, o.few.steps = set.epochs, 0, 0
		case "batch":
			o.batch = set.batch
		case "rate":
			o.rate = set.rate
		case "balanced":
			o.balanced = set.balanced
		case "holdout":
			chosen = true
		case "l2":
			o.l2, o.few.l2 = set.l2, set.l2
		}
	})
	if problem := o.problem(); problem != "" {
		return problem
	}
	if !chosen {
		o.holdout = unset
	}
	return ""
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
