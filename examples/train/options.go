package main

import (
	"cmp"
	"flag"
	"fmt"
	"io"
	"math"

	"github.com/seed-cd6415d7/digits/examples/internal/cli"
	"github.com/seed-cd6415d7/digits/examples/internal/fetch"
	"github.com/seed-cd6415d7/digits/examples/internal/pictures"
	"github.com/seed-cd6415d7/digits/examples/internal/report"
	"github.com/seed-cd6415d7/digits/idx"
	"github.com/seed-cd6415d7/digits/imageprep"
)

// options is the command line.
type options struct {
	recipe
	name         string             // of the recipe
	vector       imageprep.Features // what the model sees
	data         fetch.Flags
	pictures     string          // a folder, in place of data
	labels       pictures.Labels // where its labels are
	out, report  string
	command      string   // the command line, for the report
	testNames    []string // of the pictures in the test set, with -pictures
	holdout      int      // images held out for validation
	seed         uint64
	classWeights []float32 // nil if all are 1
	json         bool

	// stream is set if the user wants to read images only when they are needed.
	// files are the training and the test images then; otherwise nil.
	stream bool
	files  *[2]*idx.ReaderAt[uint8]
}

// unset is the value of options.holdout if the user does not choose it.
const unset = -1

const usage = `Train trains a softmax regression on images, tests it, and writes it to a file.

	go run ./examples/train -data mnist -out model.safetensors

The folder mnist holds the four MNIST files, compressed or not. If there is no
such folder, train downloads the files once, to the user's cache folder. Without
a network it says how to get them. It also knows other data sets by name, such
as fashion-mnist and emnist-letters.

	go run ./examples/train -pictures photos -out model.safetensors

trains on your own pictures of your own classes: photographs or drawings of one
thing each, such as a circle, a square or a star. 40 pictures of each class are a
good start. Train brings them into MNIST's form. It keeps a fifth of them for the
test. Then "go run ./examples/predict -model model.safetensors" reads new ones.

` + pictures.LabelsHelp + `
Ctrl-C stops the training and keeps the best model so far.

`

func parse(args []string, stderr io.Writer) (*options, error) {
	o := &options{command: report.Command("go run ./examples/train", args)}
	flags := cli.NewFlags("train", usage, stderr)
	set := recipes["default"]
	o.data.Register(flags)
	flags.StringVar(&o.pictures, "pictures", "", "train on the pictures in this `folder`, in place of -data")
	flags.Var(&o.labels, "labels", "with -pictures: "+pictures.LabelsFlag)
	flags.BoolVar(&o.stream, "stream", false, "read the images when they are needed, from uncompressed IDX files: they may be larger\n"+
		"than the memory. With -data, train does so by itself if the images do not fit into the\n"+
		"limit of the environment variable GOMEMLIMIT")
	flags.StringVar(&o.out, "out", "", "write the model to this `file` (safetensors)")
	flags.StringVar(&o.report, "report", "", "write a report to this `file` (HTML), for a browser or for paper: learning curves, the\n"+
		"confusion matrix, how well calibrated the probabilities are, the worst mistakes, and the weights as\n"+
		"pictures. The report holds pictures of the data. It does not replace a file that is not a\n"+
		"report")
	flags.StringVar(&o.name, "recipe", "default",
		"how to train: default, small and fast; reader, which makes the built-in model of the\n"+
			"other programs; best, the most accurate on MNIST; or tutorial, 1000 steps of 100\n"+
			"images at rate 0.01 on the summed loss; other flags override the recipe. Their\n"+
			"defaults here are those of the recipe default")
	features := flags.String("features", "",
		"what the model sees: pixels; hog, which is edges by direction and place; or hog with\n"+
			"parameters as a model file has them, such as\n"+
			"\"hog directions=12 cells=6 margin=3 contrast=true\" (default: as the recipe says)")
	flags.IntVar(&set.epochs, "epochs", set.epochs, "passes over the training images; without this flag, the recipes default and best make at\n"+
		"least 1000 steps on all images, and tutorial makes exactly 1000")
	flags.IntVar(&set.batch, "batch", set.batch, "images per step")
	flags.Float64Var(&set.rate, "rate", set.rate, "learning rate for the mean loss of a batch (tutorial: summed)")
	flags.Float64Var(&set.l2, "l2", set.l2, "L2 penalty: half of it times the squared weights is added to the loss; the penalty\n"+
		"times the rate must be less than 1")
	flags.Uint64Var(&o.seed, "seed", 1, "seed of all that is random: the order of the images, and which are held out")
	flags.IntVar(&o.holdout, "holdout", 0,
		"hold out `n` training images for validation: some of each class or, with the recipes\n"+
			"tutorial and reader, the first n (default: 5000, or a sixth of the images if that is\n"+
			"fewer)")
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
	if problem := o.chooseFeatures(cmp.Or(features, o.features)); problem != "" {
		return problem
	}
	given := map[string]bool{}
	flags.Visit(func(f *flag.Flag) { given[f.Name] = true })
	if given["epochs"] {
		o.epochs, o.steps, o.few.steps = set.epochs, 0, 0
	}
	if given["batch"] {
		o.batch = set.batch
	}
	if given["rate"] {
		o.rate = set.rate
	}
	if given["l2"] {
		o.l2, o.few.l2 = set.l2, set.l2
	}
	o.balanced = set.balanced
	if problem := o.problem(); problem != "" {
		return problem
	}
	for _, name := range []string{"data", "offline", "mirror", "cache"} {
		if given["pictures"] && given[name] {
			return fmt.Sprintf("-pictures and -%s exclude each other", name)
		}
	}
	if cli.AreSameFile(o.out, o.report) {
		return fmt.Sprintf("-out and -report are the same file, %q; want two", o.out)
	}
	if given["labels"] && !given["pictures"] {
		return "-labels needs -pictures"
	}
	if !given["holdout"] {
		o.holdout = unset
	}
	return ""
}

// chooseFeatures sets what the model sees. It returns what is wrong, or "".
func (o *options) chooseFeatures(text string) (problem string) {
	o.vector.HOG = imageprep.DefaultHOG()
	if text != "hog" {
		var err error
		if o.vector, err = imageprep.ParseFeatures(text); err != nil {
			return fmt.Sprintf("-features %q, want hog, pixels or hog with parameters", text)
		}
	}
	const mostNumbers = 20_000
	if n := o.vector.Len(); n > mostNumbers {
		return fmt.Sprintf("-features %q has %d numbers, want at most %d; components=60 before products makes fewer",
			text, n, mostNumbers)
	}
	o.center = o.vector != imageprep.Features{} // not pixels: far from 0
	return ""
}

// mostEpochs is more than anybody can wait for.
const mostEpochs = 1_000_000_000

// problem returns which number is out of range, or "".
func (o *options) problem() string {
	switch {
	case o.epochs < 1 && o.steps == 0:
		return fmt.Sprintf("-epochs %d, want at least 1", o.epochs)
	case o.epochs > mostEpochs:
		return fmt.Sprintf("-epochs %d, want at most %d", o.epochs, mostEpochs)
	case o.batch < 1:
		return fmt.Sprintf("-batch %d, want at least 1", o.batch)
	case !(float32(o.meanRate()) > 0) || o.meanRate() > math.MaxFloat32:
		scale := recipe{rate: 1, summed: o.summed, batch: o.batch}.meanRate()
		return fmt.Sprintf("-rate %v, want more than 0, from %.2g to %.2g", o.rate,
			math.SmallestNonzeroFloat32/scale, math.MaxFloat32/scale)
	case !(o.l2 >= 0) || o.l2 > math.MaxFloat32:
		return fmt.Sprintf("-l2 %v, want 0 or more", o.l2)
	case o.l2*o.meanRate() >= 1:
		return fmt.Sprintf("the rate, %v for the mean loss, times the L2 penalty, %v, is %.4g; want less than 1, or each step undoes all "+
			"before it: lower -rate or -l2", o.meanRate(), o.l2, o.l2*o.meanRate())
	case o.holdout < 0:
		return fmt.Sprintf("-holdout %d, want 0 or more", o.holdout)
	}
	return ""
}
