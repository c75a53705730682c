// Predict reads pictures of handwritten digits.
//
//	go run ./examples/predict                   reads its built-in drawings
//	go run ./examples/predict photo.jpg photos  reads pictures and folders
//
// -help explains the flags and the fields of -json.
package main

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"image"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/seed-cd6415d7/digits/examples/internal/cli"
	"github.com/seed-cd6415d7/digits/examples/internal/pictures"
	"github.com/seed-cd6415d7/digits/examples/internal/sheet"
	"github.com/seed-cd6415d7/digits/examples/reader"
	"github.com/seed-cd6415d7/digits/imageprep"
)

// The first command makes the drawings. The second one makes sheet.png for the
// README.
//
//go:generate go run ./draw
//go:generate go run . -sheet sheet.png
//go:embed test_num/*.png
var samples embed.FS

const usage = `Predict reads pictures of handwritten digits.

	go run ./examples/predict [flags] [picture or folder ...]

A picture is a photograph, a scan or a drawing, dark on light or light on dark, of at
most 64 million pixels. It holds one digit or many, in lines: predict finds out by
itself. Files are PNG, JPEG, GIF, BMP, PBM, PGM or PPM. For others, predict says how to
convert them. "-" is a picture from the standard input. In a folder, predict reads all
pictures but the one that -sheet names, and no sub-folders. Without arguments, it reads
its built-in drawings.

With a model of other classes, such as letters or shapes, read "class" for "digit" here.
The model says whether a picture shows one thing, such as a shape, or a line of digits or
letters. -one and -many overrule it.

If a picture has a label, predict compares the answer with it. Without -labels, labels
are in the names of files: 8_3.png, 1234567890_1.jpg, star_2.png.

` + pictures.LabelsHelp + `
In a folder of the command line, "folders" takes the folder's own name. A manifest counts
only if you name its folder: if you name a picture in it, "manifest" is an error, and
"auto" takes the name of the file or of the folder.

The table has a row for each line of writing. The probability is the lowest of the
line's digits. Ink that is no digit is left out: marks, signs, letters. If there is no
digit at all, the answer is "no digit", and a note says which digit it would be. A model
of ten classes, which examples/train makes by default, takes everything for a digit.

"unsure" means that the probability is below the model's threshold, 94% for the
built-in model, or that the ink may be a piece or a mark. Sure answers are nearly always
right. The exit status is 1 if a picture could not be read, and 0 otherwise, even if
answers are wrong.

With -why, predict says why each answer is not another one: the next answer or, if the
answer is known to be wrong, the right one. The reason is a sum with a number for each
part of the digit: for each pixel or, with most models, for each edge of a stroke, by
place and direction. What speaks for the answer is blue or "++", and what speaks for the
other one is orange or "--"; "+" and "-" say little. The sum d is the difference of the
logits: the answer is e^d times as probable as the other one. There are colors only in a
terminal, unless the environment variable NO_COLOR is set.

With -sheet page.html, predict writes a page that needs no other file. It shows up to
1000 pictures, as long as they take less than 32 MB, with what the model saw and all
probabilities. What is wrong or unsure is listed first.

With -json, predict prints one object per picture, each on one line:

	file           name of the file
	text           all digits; a line break stands between lines, and a space in
	               wide gaps
	lines          the same as a list, with a string for each line
	digits         a list of objects, one for each digit: see below
	left_out       the same for other ink, if there is some
	turned         by how many degrees the picture was turned clockwise, because it
	               reads clearly better so; what EXIF says is not counted
	warnings       what may be wrong with the picture, if anything
	want           the label, if the picture has one: a number if it is one digit, and
	               a string if there are more or with -many. It is empty if the manifest
	               says that there is no digit.
	error          why the picture could not be read, in place of an answer

The objects of digits and left_out have these fields. A picture with one digit has
them, too. Without a digit, they are those of the largest ink. A picture with
nothing but specks has none of them.

	digit          the answer, or null for no digit
	class          in place of digit, for a model of other classes: the name of the
	               answer, or null. Then best, runner_up and want are strings, too.
	probability    of the answer, 0 to 1
	best           the most probable digit, even if the answer is no digit
	runner_up      the second most probable digit
	none           the probability that the ink is no digit
	unsure         true if the model is not sure; otherwise left out
	box            of the ink: [left, top, right, bottom], in pixels of the picture
	               as it is stored; right and bottom are just outside the box
	line           the number of the line of writing, from 0; only in digits and left_out
	warnings       what may be wrong with this ink, if anything
	probabilities  of the digits 0 to 9, or of the model's classes in order; they
	               and the field none add up to 1; not in digits and left_out

`

func main() {
	cli.CollectRarely()
	cli.Main("predict", func(ctx context.Context, args []string, stdout, stderr io.Writer) error {
		return run(ctx, args, os.Stdin, stdout, stderr)
	})
}

// options is the command line.
type options struct {
	model, sheet                    string
	labels                          pictures.Labels
	raw, one, many, json, show, why bool
	against                         string // the rival's name, or ""
	arguments                       []string

	explain *explainer // for -why, or nil
}

func parse(args []string, stderr io.Writer) (*options, error) {
	o := &options{labels: pictures.Names}
	flags := cli.NewFlags("predict", usage, stderr)
	flags.StringVar(&o.model, "model", "", "use the model in this `file`, which examples/train writes, not the built-in model")
	flags.BoolVar(&o.one, "one", false, "each picture shows exactly one digit: find it, and leave out other ink")
	flags.BoolVar(&o.many, "many", false, "each picture shows any number of digits; this is the default, unless the model\nsays that they show one thing")
	flags.Var(&o.labels, "labels", "where the labels are: `auto`, names, folders, manifest or none; see above")
	flags.BoolVar(&o.raw, "raw", false, "take the pictures as they are: 28x28, white ink on black, as in MNIST; only pale ones\nare stretched to full contrast")
	flags.BoolVar(&o.json, "json", false, "print one JSON object per picture")
	flags.BoolVar(&o.show, "show", false, "draw in the terminal each picture with the boxes of its digits, and each digit as\nthe model sees it, 28x28; [] frames digits, ?? unsure ones, :: what is left out")
	flags.BoolVar(&o.why, "why", false, "say why each digit is not another one, and draw the reasons, also on the sheet")
	flags.StringVar(&o.against, "against", "", "say why each digit is not this `class`, such as 3 or \"no digit\"; implies -why")
	flags.StringVar(&o.sheet, "sheet", "", "show all pictures and answers on a contact sheet: a picture if the `file` ends in .png,\nand a page for a browser if it ends in .html")
	var err error
	o.arguments, err = cli.Parse(flags, args)
	switch {
	case err != nil:
		return nil, err
	case o.json && o.show:
		return nil, cli.UsageError(flags, "-json and -show exclude each other")
	case o.many && (o.raw || o.one):
		return nil, cli.UsageError(flags, "-many excludes -one and -raw")
	}
	o.why = o.why || o.against != ""
	if o.json && o.why && o.sheet == "" {
		return nil, cli.UsageError(flags, "-json has no drawings: with it, -why needs -sheet")
	}
	return o, nil
}

// mode tells what the pictures show.
func (o *options) mode(r *reader.Reader) pictures.Mode {
	if o.raw {
		return pictures.Raw
	}
	return pictures.ModeOf(r, o.one, o.many)
}

func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) error {
	o, err := parse(args, stderr)
	if err != nil {
		return err
	}
	if err := checkSheet(o.sheet); err != nil {
		return err
	}
	r, err := pictures.LoadModel(o.model)
	if err != nil {
		return err
	}
	if o.why {
		if o.explain, err = newExplainer(r, o.against, wantsColor(stdout)); err != nil {
			return err
		}
	}
	list := o.find(r, stdin)
	p := newPrinter(o, stdout, r.Classes(), list)
	contacts := o.newContacts(r, args)
	read := func(picture pictures.Picture) *result { return o.read(r, contacts, picture) }
	for res := range cli.InOrder(ctx, slices.Values(list), read) {
		if p.result(res); p.err != nil && o.sheet == "" { // nobody reads the text
			return p.err
		}
		contacts.add(res)
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	p.summary()
	if err := errors.Join(contacts.save(p, stderr), p.err); err != nil {
		return err
	}
	if p.failed > 0 {
		return fmt.Errorf("%d of %d %s could not be read", p.failed, len(list), cli.Plural(len(list), "picture"))
	}
	return nil
}

// find lists the pictures to read.
func (o *options) find(r *reader.Reader, stdin io.Reader) []pictures.Picture {
	how := pictures.Options{Labels: o.labels, Classes: r.Classes(), Sheet: o.sheet}
	if len(o.arguments) > 0 {
		return pictures.Find(o.arguments, stdin, how)
	}
	folder, _ := fs.Sub(samples, "test_num") // the path is valid
	return pictures.Folder(folder, "", how)
}

// A result is what is read in a picture, with its drawings in place of the
// picture.
type result struct {
	*pictures.Result
	drawn string        // for -show and -why
	cell  *image.RGBA   // for a PNG sheet, or nil
	card  template.HTML // for an HTML sheet, or empty
}

// read reads a picture. Several goroutines call it.
func (o *options) read(r *reader.Reader, contacts contacts, p pictures.Picture) *result {
	res := &result{Result: p.Read(r, o.mode(r))}
	whys := o.explain.all(res.Result)
	contacts.draw(res, whys)
	if res.Err == nil && !o.json {
		res.drawn = o.draw(res.Result, whys)
	}
	res.Image = nil // it is large, and others wait
	return res
}

// draw draws a picture for the terminal, and then all its ink as the model sees
// it, or why it is what the model says.
func (o *options) draw(r *pictures.Result, whys []*reader.Why) string {
	var b strings.Builder
	const longerSide = 39 // a pixel is two characters
	if o.show && !o.raw {
		if small, err := imageprep.Shrink(r.Image, longerSide); err == nil {
			frames := sheet.Frames(&r.Page, r.Image.Bounds(), small.Rect.Size())
			b.WriteString(cli.Picture(imageprep.Turn(small, r.Orientation), imageprep.Turn(frames, r.Orientation)))
		}
	}
	for i, a := range slices.Concat(r.Answers, r.LeftOut) {
		if o.show {
			b.WriteString(cli.Picture(a.Image, nil))
		}
		only := len(r.Answers) == 0 && &r.LeftOut[i] == r.Only() // nothing else was read
		if o.show || whys[i] != nil && len(r.Answers) > 1 || o.why && only && pictures.Overruled(&a) {
			fmt.Fprintln(&b, cli.Printable(pictures.Words(&a)))
		}
		b.WriteString(o.explain.text(whys[i]))
	}
	return b.String()
}
