package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/seed-cd6415d7/digits/examples/internal/cli"
	"github.com/seed-cd6415d7/digits/examples/internal/fetch"
)

const usage = `Export turns IDX files, such as MNIST's, into pictures that people can look at, and
people's pictures into IDX files that programs train on.

	go run ./examples/export -data mnist -out test_num
	go run ./examples/export -data mnist -set train -class 3,8 -n 100 -out some
	go run ./examples/export -data mnist -sheet sheet.png
	go run ./examples/export -images letters.gz -labels labels.gz -transpose -sheet letters.png

-out makes a new folder with one PNG file per picture, named <label>_<index>.png, as
in 7_0.png: the picture with index 0 in the file shows a 7. The folder appears when
it is complete; until then it is called like test_num.part. -sheet draws one PNG of
the first pictures, class by class, each class with its label at the left.

	go run ./examples/export -pack photos -out mine/train

goes the other way and makes mine/train-images-idx3-ubyte and -labels-idx1-ubyte of
the pictures in a folder and in those within it: photographs, scans or drawings, PNG,
JPEG or GIF, one digit each, brought into MNIST's form as examples/predict sees them.
The label stands before the first underscore of a file's name, as in 8_3.png, or in a
file manifest.csv with columns path and label. If some pictures cannot be read, they
are listed and nothing is written. Those that may be amiss are named, too: see by
-images, -labels and -sheet what was made of them. With more of them as mine/t10k,

	go run ./examples/train -data mine -holdout 50

trains on them. -raw -pack test_num takes pictures that are 28x28 and in MNIST's form
already: it makes of an exported folder the very bytes that it came from.

The exit status is 1 if something could not be read or written.

`

// options is the command line.
type options struct {
	data              fetch.Flags // the IDX files by their folder or the data set's name
	set               string
	images, labels    string // or by their names
	out, sheet        string
	from, count       int
	classes           []uint8 // nil for all
	transpose, invert bool
	pack              string
	raw, skip         bool
}

func parse(args []string, stderr io.Writer) (*options, error) {
	o := new(options)
	flags := flag.NewFlagSet("export", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() {
		fmt.Fprint(stderr, usage)
		flags.PrintDefaults()
	}
	o.data.Register(flags)
	flags.StringVar(&o.set, "set", "test", "which of them: test or train")
	flags.StringVar(&o.images, "images", "", "read the pictures in this IDX `file`, compressed or not, instead")
	flags.StringVar(&o.labels, "labels", "", "and their labels in this IDX `file`")
	flags.StringVar(&o.out, "out", "", "make this `folder` of PNG files; with -pack, the beginning of the names of the two\nIDX files, which are compressed if it ends in .gz")
	flags.StringVar(&o.sheet, "sheet", "", "draw a contact sheet to this PNG `file`")
	flags.IntVar(&o.from, "from", 0, "leave out the pictures before `index`")
	flags.IntVar(&o.count, "n", 0, "take the first `n` pictures only (default: all, for a sheet 1000)")
	flags.Func("class", "take the pictures of these classes only, a `list` like 3,8", func(s string) (err error) {
		o.classes, err = parseClasses(s)
		return err
	})
	flags.BoolVar(&o.transpose, "transpose", false, "swap rows and columns, as EMNIST's files need it")
	flags.BoolVar(&o.invert, "invert", false, "black ink on white, not white on black as in the files")
	flags.StringVar(&o.pack, "pack", "", "make IDX files of the pictures in this `folder`")
	flags.BoolVar(&o.raw, "raw", false, "with -pack: take the pictures as they are: 28x28, white ink on black, or black on\nwhite with -invert")
	flags.BoolVar(&o.skip, "skip", false, "with -pack: leave out pictures that cannot be read")
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return nil, err
		}
		return nil, cli.ErrUsage
	}
	var given []string
	flags.Visit(func(f *flag.Flag) { given = append(given, f.Name) })
	problem := o.problem(given)
	if flags.NArg() > 0 {
		problem = fmt.Sprintf("unexpected argument %q", flags.Arg(0))
	}
	if problem != "" {
		fmt.Fprintf(stderr, "export: %s (export -help explains)\n", problem)
		return nil, cli.ErrUsage
	}
	if o.sheet != "" && o.count == 0 {
		o.count = 1000
	}
	return o, nil
}

func parseClasses(s string) ([]uint8, error) {
	var list []uint8
	for part := range strings.SplitSeq(s, ",") {
		label, err := strconv.ParseUint(strings.TrimSpace(part), 10, 8)
		if err != nil {
			return nil, errors.New("want numbers from 0 to 255, with commas between them")
		}
		list = append(list, uint8(label))
	}
	return list, nil
}

// problem says what is wrong with the flags that were given, if something is.
func (o *options) problem(given []string) string {
	has := func(names ...string) string {
		for _, name := range names {
			if slices.Contains(given, name) {
				return name
			}
		}
		return ""
	}
	if o.pack != "" {
		if other := has("data", "offline", "mirror", "set", "images", "labels", "sheet", "from", "n", "class"); other != "" {
			return fmt.Sprintf("-pack and -%s exclude each other", other)
		}
		if other := has("transpose", "invert"); other != "" && !o.raw {
			return fmt.Sprintf("-%s with -pack is for -raw: without it, pictures may be either way round, and upright", other)
		}
		if o.out == "" {
			return "-pack needs -out, the beginning of the names of the files, as in mine/train"
		}
		return ""
	}
	switch byFolder := has("data", "offline", "mirror", "set"); {
	case has("raw", "skip") != "":
		return fmt.Sprintf("-%s is for -pack", has("raw", "skip"))
	case (o.out == "") == (o.sheet == ""):
		return "want -out, a folder, or -sheet, a file"
	case (o.images == "") != (o.labels == ""):
		return "-images and -labels need each other"
	case o.images != "" && byFolder != "":
		return fmt.Sprintf("-images and -%s exclude each other", byFolder)
	case o.set != "test" && o.set != "train":
		return fmt.Sprintf("-set %q, want test or train", o.set)
	case o.from < 0:
		return fmt.Sprintf("-from %d, want 0 or more", o.from)
	case has("n") != "" && o.count < 1:
		return fmt.Sprintf("-n %d, want 1 or more", o.count)
	}
	return ""
}

// wants reports whether the picture of that index and label was asked for.
func (o *options) wants(index int, label uint8) bool {
	return index >= o.from && (o.classes == nil || slices.Contains(o.classes, label))
}
