// Export turns IDX files, such as MNIST's, into pictures that people can look
// at, and people's pictures into IDX files that programs can train on. -help
// tells more.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/seed-cd6415d7/digits/examples/internal/cli"
	"github.com/seed-cd6415d7/digits/examples/internal/fetch"
	"github.com/seed-cd6415d7/digits/examples/internal/pictures"
	"github.com/seed-cd6415d7/digits/examples/internal/sheet"
)

func main() { cli.Main("export", run) }

const usage = `Export turns IDX files, such as MNIST's, into pictures that people can look at,
and people's pictures into IDX files that programs can train on.

	go run ./examples/export -data mnist -out test_num
	go run ./examples/export -data mnist -set train -class 3,8 -n 100 -out some
	go run ./examples/export -data mnist -sheet sheet.png
	go run ./examples/export -images letters.gz -labels labels.gz -transpose -sheet letters.png

-out makes a new folder with one PNG file per picture. 7_0.png has label 7 and
index 0. The folder appears when it is complete. -sheet draws the pictures into one
PNG file, class by class, with the labels at the left.

	go run ./examples/export -pack photos -out mine/train

goes the other way. It makes mine/train-images-idx3-ubyte and
mine/train-labels-idx1-ubyte from the pictures in the folder photos and its
sub-folders. Each picture shows one thing: a digit, or anything that can be drawn.
Export brings them into MNIST's form. It reads the same formats as examples/predict.
It lists pictures that it cannot use, and then writes nothing. It also lists pictures
that may have come out badly: look at these with -images, -labels and -sheet. Pack
other pictures as mine/t10k. Then "go run ./examples/train -data mine" trains on the
first and tests on the others.

-raw -pack test_num turns an exported folder of 28x28 pictures back into the same IDX
files. But classes with names get new numbers, in the order of the alphabet. To keep the
old ones, first make a file classes.txt in the new folder. It has the names as the
pictures' files have them, one a line, in the old order.

` + pictures.LabelsHelp + `
The classes are the different labels. If they are not digits, mine/classes.txt gets
their names. The next -pack into the same folder keeps it.

The exit status is 1 if something could not be read or written.

`

// options is the command line.
type options struct {
	data              fetch.Flags // where the IDX files are
	set               string      // which of them
	images, labels    string      // or the files' names
	out, sheet        string
	from, count       int
	classNames        []string // of -class
	classes           []int    // with these names; nil for all
	transpose, invert bool
	fileNames         []string // of the classes
	pack              string
	pictureLabels     pictures.Labels // of -labels, with -pack
	raw, skip         bool
}

func parse(args []string, stderr io.Writer) (*options, error) {
	o := new(options)
	flags := cli.NewFlags("export", usage, stderr)
	o.data.Register(flags)
	flags.StringVar(&o.set, "set", "test", "which set: test or train")
	flags.StringVar(&o.images, "images", "", "read the pictures from this IDX `file`, not from -data")
	flags.StringVar(&o.labels, "labels", "", "read their labels from this IDX `file`; with -pack: where the labels are,\n"+
		"auto, names, folders or manifest; see above")
	flags.StringVar(&o.out, "out", "", "make this `folder` of PNG files; with -pack: the beginning of the names\n"+
		"of the two IDX files, which are compressed if it ends in .gz")
	flags.StringVar(&o.sheet, "sheet", "", "draw a contact sheet to this PNG `file`")
	flags.IntVar(&o.from, "from", 0, "leave out the pictures before this `index`")
	flags.IntVar(&o.count, "n", 0, "take only the first `n` pictures (default: all; 1000 for a sheet)")
	flags.Func("class", "take only pictures of the classes in this `list`, such as 3,8 or Coat,Bag", func(s string) error {
		for part := range strings.SplitSeq(s, ",") {
			o.classNames = append(o.classNames, strings.TrimSpace(part))
		}
		return nil
	})
	flags.BoolVar(&o.transpose, "transpose", false, "swap rows and columns; EMNIST's files need it")
	flags.BoolVar(&o.invert, "invert", false, "black ink on white; the files have white ink on black")
	flags.StringVar(&o.pack, "pack", "", "make IDX files from the pictures in this `folder`")
	flags.BoolVar(&o.raw, "raw", false, "with -pack: take the pictures as they are: 28x28, white on black or,\n"+
		"with -invert, black on white")
	flags.BoolVar(&o.skip, "skip", false, "with -pack: leave out pictures that cannot be used")
	if err := cli.ParseFlags(flags, args); err != nil {
		return nil, err
	}
	given := func(names ...string) (name string) {
		flags.Visit(func(f *flag.Flag) {
			if slices.Contains(names, f.Name) {
				name = f.Name
			}
		})
		return name
	}
	var problem string
	if o.pack != "" {
		problem = o.packProblem(given)
	} else {
		problem = o.problem(given)
	}
	if problem != "" {
		return nil, cli.UsageError(flags, "%s", problem)
	}
	if o.sheet != "" && o.count == 0 {
		o.count = 1000
	}
	return o, nil
}

// problem returns what is wrong with the flags, or "". given returns one of the
// names that the user gave, or "".
func (o *options) problem(given func(names ...string) string) string {
	switch byFolder := given("data", "offline", "mirror", "cache", "set"); {
	case o.raw || o.skip:
		return fmt.Sprintf("-%s needs -pack", given("raw", "skip"))
	case (o.out == "") == (o.sheet == ""):
		return "want -out with a folder, or -sheet with a file"
	case (o.images == "") != (o.labels == ""):
		return "-images and -labels need each other"
	case o.images != "" && byFolder != "":
		return fmt.Sprintf("-images and -%s exclude each other", byFolder)
	case o.set != "test" && o.set != "train":
		return fmt.Sprintf("-set %q, want test or train", o.set)
	case o.from < 0:
		return fmt.Sprintf("-from %d, want 0 or more", o.from)
	case given("n") != "" && o.count < 1:
		return fmt.Sprintf("-n %d, want 1 or more", o.count)
	}
	return ""
}

// packProblem is problem for -pack.
func (o *options) packProblem(given func(names ...string) string) string {
	other := given("data", "offline", "mirror", "cache", "set", "images", "sheet", "from", "n", "class")
	if other != "" {
		return fmt.Sprintf("-pack and -%s exclude each other", other)
	}
	if other := given("transpose", "invert"); other != "" && !o.raw {
		return fmt.Sprintf("-%s with -pack needs -raw", other)
	}
	if o.labels != "" {
		if err := o.pictureLabels.Set(o.labels); err != nil {
			return fmt.Sprintf("-labels %q with -pack: %v", o.labels, err)
		}
	}
	if o.out == "" {
		return "-pack needs -out with the beginning of names, such as mine/train"
	}
	return ""
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	o, err := parse(args, stderr)
	if err != nil {
		return err
	}
	if o.pack != "" {
		return pack(ctx, o, stdout, stderr)
	}
	if err := sheet.Check(o.sheet); err != nil {
		return err
	}
	if o.out != "" {
		if err := mustBeNew(o.out); err != nil {
			return err
		}
		if err := cli.CheckOutput("-out", filepath.Clean(o.out)); err != nil {
			return err
		}
	}
	set, err := open(ctx, o, stderr)
	if err != nil {
		return err
	}
	if err := o.choose(set); err != nil {
		return err
	}
	o.fileNames = fileNames(set)
	if o.sheet != "" {
		return contactSheet(ctx, set, o, stdout)
	}
	return folder(ctx, set, o, stdout)
}

// mustBeNew returns an error if there is a file or folder of this name.
func mustBeNew(name string) error {
	_, err := os.Lstat(name)
	if err == nil {
		return fmt.Errorf("%s already exists: choose another name, or remove it first", name)
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// check returns an error if the run was stopped or if there are no pictures.
func check(ctx context.Context, pictures int) error {
	if ctx.Err() != nil {
		return fmt.Errorf("stopped, nothing was written: %w", context.Cause(ctx))
	}
	if pictures == 0 {
		return errors.New("no picture matches -class and -from")
	}
	return nil
}
