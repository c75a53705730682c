// Predict reads pictures of handwritten digits.
//
//	go run ./examples/predict                   reads its built-in drawings
//	go run ./examples/predict photo.jpg photos  reads pictures and folders
//
// -help explains the flags and the fields of -json.
package main

import (
	"cmp"
	"context"
	"embed"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"unicode/utf8"

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

A picture is a PNG, JPEG or GIF file of at most 64 million pixels: a photograph, a
scan or a drawing, dark on light or light on dark. It must be upright, unless a camera
noted its orientation. It shows one digit or, with -many, any number of digits in
lines. "-" is a picture from the standard input. In a folder, predict reads all
pictures, but no sub-folders. Without arguments, it reads its built-in drawings.

If the name of a file begins with a digit and an underscore, as in 8_3.png, predict
compares the answer with this digit. With -many, the name may begin with all digits of
the picture, as in 1234567890_1.jpg.

The answer is the most probable digit, or "no digit" if that is more probable. A note
then says which digit it would be. With -many, the text has digits only, a note counts
the shapes that are no digit, and the probability is the lowest of all answers. A model
of ten classes, which examples/train makes by default, takes everything for a digit.

"unsure" means that the probability is below the model's threshold: 94 % for the
built-in model. Sure answers are nearly always right. The exit status is 1 if a picture
could not be read, and 0 otherwise, even if answers are wrong.

With -json, predict prints one object per picture, each on one line:

	file           name of the file
	digit          the answer, or null for no digit
	probability    of the answer, 0 to 1
	best           the most probable digit, even if the answer is no digit
	runner_up      the second most probable digit
	none           the probability that the picture shows no digit
	unsure         true if the model is not sure; otherwise left out
	probabilities  of the digits 0 to 9; with none, their sum is 1
	box            of the ink: [left, top, right, bottom], in pixels of the picture
	               as it is stored; right and bottom are just outside the box
	warnings       what may be wrong with the picture, if anything
	want           the digit in the file's name, if there is one
	error          why the picture could not be read, in place of an answer

With -many, want is a string, and these fields hold the answer:

	text           all digits as one string; what is no digit is left out
	digits         a list of objects, also for what is no digit. They have digit,
	               probability, best, runner_up, none, unsure, box and warnings as
	               above, and line, the number of the line from 0

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
	flags.StringVar(&o.model, "model", "", "use the model in this `file`, which examples/train writes, not the built-in model")
	flags.BoolVar(&o.raw, "raw", false, "take the pictures as they are: 28x28, white ink on black, as in MNIST; only pale ones\nare stretched to full contrast")
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
		folder, _ := fs.Sub(samples, "test_num") // the path is valid
		list = pictures.Folder(folder, "")
	}
	for i, p := range list {
		if !o.many && len(p.Label) > 1 {
			list[i].Label = ""
		}
	}
	return list
}

// A printer prints results as they come, as a table or as JSON, and counts
// them.
type printer struct {
	*options
	w   io.Writer
	err error // the first error in writing

	nameWidth, wantWidth, digitWidth int // of the columns

	read, failed  int // pictures
	known, right  int // pictures with an expected answer, and right answers
	none          int // pictures that were read, but show no digit
	unsure, shown int // answers
}

func newPrinter(o *options, w io.Writer, list []pictures.Picture) *printer {
	p := &printer{options: o, w: w, nameWidth: len("picture"), wantWidth: len("expected")}
	for _, picture := range list {
		p.nameWidth = max(p.nameWidth, utf8.RuneCountInString(cli.Printable(picture.Name)))
		p.wantWidth = max(p.wantWidth, len(picture.Label))
	}
	p.digitWidth = max(p.wantWidth, len("predicted"))
	if !p.json {
		p.printf("%-*s  %*s  %*s\n", p.nameWidth, "picture", p.wantWidth, "expected", p.digitWidth, "predicted")
	}
	return p
}

func (p *printer) printf(format string, args ...any) {
	if p.err == nil {
		_, p.err = fmt.Fprintf(p.w, format, args...)
	}
}

// result prints and counts a result.
func (p *printer) result(r *pictures.Result) {
	if r.Err != nil {
		p.failed++
	} else {
		p.read++
		if r.Got() == pictures.NoDigit {
			p.none++
		}
		if r.Label != "" {
			p.known++
		}
		if r.Right() {
			p.right++
		}
	}
	for _, a := range r.Answers {
		p.shown++
		if !a.Sure {
			p.unsure++
		}
	}
	if p.json {
		p.object(r)
		return
	}
	p.printf("%-*s  %*s  ", p.nameWidth, cli.Printable(r.Name), p.wantWidth, cmp.Or(r.Label, "-"))
	p.answer(r)
}

// usage explains the fields of the JSON objects. Answer is exported so that
// encoding/json can also read an embedded *Answer.
type (
	Answer struct {
		Digit       *int    `json:"digit"`
		Probability float32 `json:"probability"`
		Best        int     `json:"best"`
		RunnerUp    int     `json:"runner_up"`
		None        float32 `json:"none"`
		Unsure      bool    `json:"unsure,omitempty"`
	}
	jsonDigit struct {
		Answer
		Box      []int    `json:"box"`
		Line     int      `json:"line"`
		Warnings []string `json:"warnings,omitempty"`
	}
	jsonResult struct {
		File string `json:"file"`
		*Answer
		Probabilities []float32   `json:"probabilities,omitempty"`
		Box           []int       `json:"box,omitempty"`
		Text          *string     `json:"text,omitempty"`
		Digits        []jsonDigit `json:"digits,omitempty"`
		Warnings      []string    `json:"warnings,omitempty"`
		Want          any         `json:"want,omitempty"`
		Error         string      `json:"error,omitempty"`
	}
)

func (p *printer) object(r *pictures.Result) {
	o := jsonResult{File: r.Name}
	if r.Label != "" {
		if o.Want = r.Label; !p.many {
			o.Want = int(r.Label[0] - '0')
		}
	}
	for _, a := range r.Answers {
		o.Digits = append(o.Digits, newDigit(a))
	}
	switch text := r.Text(); {
	case r.Err != nil:
		o.Error = r.Err.Error()
	case p.many:
		o.Text = &text
	default:
		d := o.Digits[0]
		o.Answer, o.Box, o.Warnings, o.Digits = &d.Answer, d.Box, d.Warnings, nil
		o.Probabilities = r.Answers[0].Probabilities[:]
	}
	if p.err == nil {
		p.err = cli.WriteJSON(p.w, o, "")
	}
}

func newDigit(a reader.Answer) jsonDigit {
	d := jsonDigit{
		Answer: Answer{Probability: a.Probability, Best: a.Digit, RunnerUp: a.RunnerUp, None: a.None, Unsure: !a.Sure},
		Box:    []int{a.Box.Min.X, a.Box.Min.Y, a.Box.Max.X, a.Box.Max.Y}, Line: a.Line,
	}
	if !a.NoDigit {
		d.Digit = &a.Digit
	}
	for _, w := range a.Warnings {
		d.Warnings = append(d.Warnings, w.String())
	}
	return d
}

// answer prints the rest of a line of the table and, with -show, the drawings.
func (p *printer) answer(r *pictures.Result) {
	if r.Err != nil {
		p.printf("cannot be read: %s\n", cli.Printable(r.Err.Error()))
		return
	}
	lowest := r.Answers[0].Probability
	for _, a := range r.Answers {
		lowest = min(lowest, a.Probability)
	}
	line := fmt.Sprintf("%*s  %5.1f%%  %-*s  %s", p.digitWidth, r.Got(), 100*lowest,
		cli.BarWidth, cli.Bar(lowest), strings.Join(p.notes(r), ", "))
	p.printf("%s\n", strings.TrimRight(line, " "))
	if !p.show {
		return
	}
	if !p.raw {
		const longerSide = 39 // a pixel is two characters
		small, err := imageprep.Shrink(r.Image, longerSide)
		if err != nil {
			p.err = err
			return
		}
		frames := sheet.Frames(r.Answers, r.Image.Bounds(), small.Rect.Size())
		p.printf("%s", cli.Picture(imageprep.Turn(small, r.Orientation), imageprep.Turn(frames, r.Orientation)))
	}
	for _, a := range r.Answers {
		p.printf("%s%v\n", cli.Picture(a.Image, nil), a)
	}
}

// notes returns remarks about the answer, for people.
func (p *printer) notes(r *pictures.Result) (notes []string) {
	if r.Wrong() {
		notes = append(notes, "wrong")
	}
	if p.many {
		return append(notes, notesOfMany(r)...)
	}
	a := r.Answers[0]
	next, _ := a.Next()
	switch {
	case !a.Sure:
		notes = append(notes, fmt.Sprintf("unsure (%s or %s)", a.Name(), next))
	case a.NoDigit:
		notes = append(notes, fmt.Sprintf("if it were a digit, %d", a.Digit))
	}
	for _, w := range a.Warnings {
		switch w {
		case imageprep.SeveralDigits:
			notes = append(notes, "several digits: try -many")
		case imageprep.SeveralParts: // common and harmless
		default:
			notes = append(notes, w.String())
		}
	}
	return notes
}

// notesOfMany returns remarks about many answers. Their places are those of the
// digits in the text.
func notesOfMany(r *pictures.Result) (notes []string) {
	digit := 0
	for _, a := range r.Answers {
		place := fmt.Sprintf("before digit %d", digit+1)
		if !a.NoDigit {
			digit++
			place = fmt.Sprintf("at digit %d", digit)
		}
		if !a.Sure {
			next, _ := a.Next()
			notes = append(notes, fmt.Sprintf("unsure (%s or %s) %s", a.Name(), next, place))
		}
	}
	switch none := len(r.Answers) - digit; {
	case none == 1:
		notes = append(notes, "1 shape is no digit")
	case none > 1:
		notes = append(notes, fmt.Sprintf("%d shapes are no digit", none))
	}
	return notes
}

// summary prints the last line of the table.
func (p *printer) summary() {
	if p.json {
		return
	}
	noun := "pictures"
	if p.read+p.failed == 1 {
		noun = "picture"
	}
	p.printf("\n%d %s: %d read", p.read+p.failed, noun, p.read)
	switch {
	case p.none == 1:
		p.printf(", 1 shows no digit")
	case p.none > 1:
		p.printf(", %d show no digit", p.none)
	}
	if p.known > 0 {
		p.printf(", %d of %d right (%.1f%%)", p.right, p.known, 100*float64(p.right)/float64(p.known))
	}
	if p.unsure > 0 {
		p.printf(", unsure of %d of %d answers", p.unsure, p.shown)
	}
	if p.failed > 0 {
		p.printf(", %d could not be read", p.failed)
	}
	p.printf("\n")
}
