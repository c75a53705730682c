// Predict reads pictures of handwritten digits.
//
//	go run ./examples/predict
//
// reads the drawings within the program, and
//
//	go run ./examples/predict photo.jpg test_num
//
// reads your pictures and folders of pictures. -help tells the rest, and what
// the fields of -json mean.
package main

import (
	"context"
	"embed"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/seed-cd6415d7/digits/examples/internal/cli"
	"github.com/seed-cd6415d7/digits/examples/internal/pictures"
	"github.com/seed-cd6415d7/digits/examples/internal/sheet"
	"github.com/seed-cd6415d7/digits/examples/reader"
)

// The program in the folder draw makes the drawings. Predict itself makes the
// contact sheet of them that the README shows.
//
//go:generate go run ./draw
//go:generate go run . -sheet sheet.png
//go:embed test_num/*.png
var samples embed.FS

const usage = `Predict reads pictures of handwritten digits.

	go run ./examples/predict [flags] [picture or folder ...]

A picture is a PNG, JPEG or GIF file of at most 64 million pixels: a photograph, a
scan or a drawing, dark on light or light on dark. It shows one digit or, with -many,
any number of digits in lines. Predict heeds the orientation that a camera noted;
other pictures must be upright. "-" is a picture from the standard input. A folder
stands for its pictures, without those in its sub-folders. Without arguments, predict
reads the drawings within the program.

If the name of a file begins with a digit and an underscore, as in 8_3.png, predict
compares the answer with this digit. With -many, the name may begin with all digits,
as in 1234567890_1.jpg, and the probability shown is the lowest of the digits.

"unsure" means that the probability is lower than the model needs to be nearly always
right. Every picture with ink gets an answer, even if it shows no digit.

With -json, predict prints one object per picture, each on one line:

	file           name of the file
	digit          the most probable digit
	probability    its probability, 0 to 1
	runner_up      the second most probable digit
	unsure         true if the model is not sure; otherwise left out
	probabilities  of the digits 0 to 9
	box            of the ink: [left, top, right, bottom], in pixels of the picture
	               as it is stored, without the right column and the bottom row
	warnings       what may be wrong with the picture, if anything
	want           the digit in the file's name, if there is one
	error          why the picture could not be read, in place of an answer

With -many, the answer is in these fields:

	text           all digits as one string, line by line
	digits         a list of objects with digit, probability, runner_up, unsure, box
	               and warnings as above, and line, the number of the line from 0
	want           the digits in the file's name as a string, if there are any

The exit status is 1 if a picture could not be read, and 0 otherwise, whether the
answers are right or wrong.

`

func main() {
	cli.Main("predict", func(ctx context.Context, args []string) error {
		return run(ctx, args, os.Stdin, os.Stdout, os.Stderr)
	})
}

// options is the command line.
type options struct {
	model, sheet          string
	raw, json, show, many bool
	arguments             []string
}

func parse(args []string, stderr io.Writer) (*options, error) {
	o := new(options)
	flags := cli.NewFlags("predict", usage, stderr)
	flags.StringVar(&o.model, "model", "", "use the model in this `file`, which examples/train writes, not the one within")
	flags.BoolVar(&o.raw, "raw", false, "take the pictures as they are: 28x28, white ink on black, as in MNIST")
	flags.BoolVar(&o.json, "json", false, "print one JSON object per picture")
	flags.BoolVar(&o.show, "show", false, "draw in the terminal each picture with the boxes of its digits, and each digit as\nthe model sees it, 28x28")
	flags.BoolVar(&o.many, "many", false, "read all digits of each picture")
	flags.StringVar(&o.sheet, "sheet", "", "draw a contact sheet of all pictures and answers to this PNG `file`")
	var err error
	o.arguments, err = cli.Parse(flags, args)
	switch {
	case err != nil:
		return nil, err
	case o.json && o.show:
		return nil, cli.UsageError(flags, "-json and -show exclude each other")
	case o.raw && o.many:
		return nil, cli.UsageError(flags, "-raw and -many exclude each other")
	}
	return o, nil
}

func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) error {
	o, err := parse(args, stderr)
	if err != nil {
		return err
	}
	if err := sheet.Check(o.sheet); err != nil {
		return err
	}
	r, err := reader.Load(o.model)
	if err != nil {
		return err
	}
	list := o.find(stdin)
	p := newPrinter(o, stdout, list)
	contacts, mode := sheet.Sheet{Side: sheet.Small}, pictures.One
	if o.many {
		contacts.Side, mode = sheet.Large, pictures.All
	} else if o.raw {
		mode = pictures.Raw
	}
	for _, picture := range list {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		res := picture.Read(r, mode)
		if p.result(res); p.err != nil {
			return p.err
		}
		if o.sheet != "" {
			contacts.Add(res)
		}
	}
	if p.summary(); p.err != nil {
		return p.err
	}
	if o.sheet != "" {
		if err := contacts.Save(o.sheet, stderr); err != nil {
			return err
		}
	}
	if p.failed > 0 {
		return fmt.Errorf("%d of %d pictures could not be read", p.failed, len(list))
	}
	return nil
}

// find lists the pictures to read. A label of several digits is an expected
// answer only with -many.
func (o *options) find(stdin io.Reader) []pictures.Picture {
	list := pictures.Find(o.arguments, stdin)
	if len(o.arguments) == 0 {
		folder, _ := fs.Sub(samples, "test_num") // the error is that of an invalid path
		list = pictures.Folder(folder, "")
	}
	for i, p := range list {
		if !o.many && len(p.Label) > 1 {
			list[i].Label = ""
		}
	}
	return list
}
