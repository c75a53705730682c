// Predict reads pictures of handwritten digits and says which digits they show.
//
//	go run ./examples/predict
//
// recognises the drawings that the program carries with it, and
//
//	go run ./examples/predict photo.jpg test_num
//
// your own: pictures, and folders of pictures. Where a file's name begins with
// a digit and an underscore, as in 8_3.png, that is the expected answer.
// -help tells the rest.
package main

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"image"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/seed-cd6415d7/digits/examples/internal/cli"
	"github.com/seed-cd6415d7/digits/examples/internal/pictures"
	"github.com/seed-cd6415d7/digits/examples/internal/sheet"
	"github.com/seed-cd6415d7/digits/examples/reader"
	"github.com/seed-cd6415d7/digits/imageprep"
)

// The drawings are made by the program in the folder draw.
//
//go:generate go run ./draw
//go:embed test_num/*.png
var samples embed.FS

func main() {
	cli.Main("predict", func(ctx context.Context, args []string) error {
		return run(ctx, args, os.Stdin, os.Stdout, os.Stderr)
	})
}

const usage = `Predict reads pictures of handwritten digits and says which digits they show.

	go run ./examples/predict [flags] [picture or folder ...]

Pictures are PNG, JPEG or GIF files with one digit each: a photograph, a scan, a
drawing, dark on light or light on dark, of at most 64 million pixels. "-" reads
one from the standard input. Of a folder, all pictures are read, in the order of
their names, but not those in folders within. If a name begins with a digit and an
underscore, as in 8_3.png, that digit is what the picture shows, and the answer is
compared with it. Without pictures, predict recognises the drawings that it
carries with it.

With -many a picture may hold any number of digits, in lines, and its name may
begin with all of them, as in 1234567890_1.jpg. The probability shown is that of
the least sure digit.

The orientation that a camera noted is heeded; other than that pictures must be
upright. Every picture with ink gets an answer, be it a digit or not. "unsure"
marks the answers that are less probable than the model needs to be nearly always
right. -json prints boxes as [left, top, right, bottom], in pixels of the picture
as it is stored.

The exit status is 1 if a picture could not be read, 0 otherwise: a wrong answer
is not a failure.

`

// options is the command line.
type options struct {
	model     string
	raw       bool
	json      bool
	show      bool
	many      bool
	sheet     string
	arguments []string
}

func parse(args []string, stderr io.Writer) (*options, error) {
	o := new(options)
	flags := cli.NewFlags("predict", usage, stderr)
	flags.StringVar(&o.model, "model", "", "use the model in this `file`, as examples/train writes it, not the one within")
	flags.BoolVar(&o.raw, "raw", false, "take the pictures as they are: 28x28, white ink on black, as MNIST's own")
	flags.BoolVar(&o.json, "json", false, "print one JSON object per picture")
	flags.BoolVar(&o.show, "show", false, "draw each picture in the terminal, with its digits' boxes, and each digit as it was\nprepared, 28x28")
	flags.BoolVar(&o.many, "many", false, "read all the digits of each picture")
	flags.StringVar(&o.sheet, "sheet", "", "draw a contact sheet of all pictures, of what was seen and answered, to this PNG `file`")
	var err error
	if o.arguments, err = cli.Parse(flags, args); err != nil {
		return nil, err
	}
	for _, pair := range []struct {
		both bool
		text string
	}{
		{o.json && o.show, "-json and -show"},
		{o.raw && o.many, "-raw and -many"},
	} {
		if pair.both {
			return nil, cli.UsageError(flags, "%s exclude each other", pair.text)
		}
	}
	return o, nil
}

// expected returns the digits that a picture's name promises, "" if it promises
// none, or several where one is asked for.
func (o *options) expected(p pictures.Picture) string {
	if !o.many && len(p.Label) != 1 {
		return ""
	}
	return p.Label
}

func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) error {
	o, err := parse(args, stderr)
	if err != nil {
		return err
	}
	if err := sheet.Check(o.sheet); err != nil {
		return err
	}
	r := reader.Default()
	if o.model != "" {
		if r, err = reader.Load(o.model); err != nil {
			return err
		}
	}
	var list []pictures.Picture
	if len(o.arguments) > 0 {
		list = pictures.Find(o.arguments, stdin)
	} else {
		folder, err := fs.Sub(samples, "test_num")
		if err != nil {
			return err
		}
		list = pictures.Folder(folder, "")
	}

	p := newPrinter(o, stdout, list)
	if err := p.header(); err != nil {
		return err
	}
	var contacts sheet.Sheet
	for _, picture := range list {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		res, img, orientation := o.read(r, picture)
		if err := p.result(res); err != nil {
			return err
		}
		if o.sheet != "" {
			if err := contacts.Add(img, orientation, res.answers, res.bad(), res.caption()...); err != nil {
				return err
			}
		}
	}
	if err := p.summary(); err != nil {
		return err
	}
	if o.sheet != "" {
		if err := contacts.Save(o.sheet); err != nil {
			return err
		}
		if contacts.Left > 0 {
			fmt.Fprintf(stderr, "predict: the sheet shows the first %d pictures; %d found no place\n", sheet.MaxEntries, contacts.Left)
		}
	}
	if p.failed > 0 {
		return fmt.Errorf("%d of %d pictures could not be read", p.failed, len(list))
	}
	return nil
}

// showSide is the longer side of the picture that -show draws, in pixels of two
// characters each.
const showSide = 39

// read reads the digits of a picture. It also returns the picture, if it was one.
func (o *options) read(r *reader.Reader, p pictures.Picture) (*result, image.Image, imageprep.Orientation) {
	res := &result{Picture: p, want: o.expected(p)}
	img, orientation, err := p.Decode()
	one := func(a reader.Answer, err error) {
		if res.err = err; err == nil {
			res.answers = []reader.Answer{a}
		}
	}
	switch {
	case err != nil:
		res.err = err
	case o.many:
		res.answers, res.err = r.All(img, orientation)
	case o.raw:
		if one(r.Raw(img)); errors.As(res.err, new(*imageprep.SizeError)) {
			res.err = fmt.Errorf("not in MNIST's form, leave out -raw: %w", res.err)
		}
	default:
		one(r.One(img, orientation))
	}
	if o.show && !o.raw && res.err == nil {
		res.small, res.frames, res.err = sheet.Thumbnail(img, orientation, showSide, res.answers)
	}
	return res, img, orientation
}

func (r *result) bad() bool { return r.err != nil || r.want != "" && !r.right() }

func (r *result) caption() []string {
	name := filepath.Base(r.Name)
	switch {
	case r.err != nil:
		return []string{name, "cannot be read"}
	case len(r.answers) > 1:
		return []string{name, reader.Text(r.answers), r.expectation()}
	}
	a := r.answers[0]
	return []string{name, fmt.Sprintf("%d %.1f%% (%d %.1f%%)", a.Digit, 100*a.Probability, a.RunnerUp, 100*a.Probabilities[a.RunnerUp]), r.expectation()}
}

func (r *result) expectation() string {
	if r.bad() {
		return "expected " + r.want
	}
	return ""
}
