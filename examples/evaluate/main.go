// Evaluate tells how well a model reads a folder of labeled pictures.
//
//	go run ./examples/evaluate -pictures photos
//
// -help explains the labels and the flags.
package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/seed-cd6415d7/digits/examples/internal/cli"
	"github.com/seed-cd6415d7/digits/examples/internal/pictures"
	"github.com/seed-cd6415d7/digits/examples/internal/sheet"
	"github.com/seed-cd6415d7/digits/examples/reader"
)

const usage = `Evaluate tells how well a model reads labeled pictures of handwritten digits: overall,
by kind and by folder. It shows which digits the model confuses, and lists the failures.

	go run ./examples/evaluate -pictures folder

If the folder holds a table manifest.csv, evaluate reads the pictures that it lists in
the columns path, label and, optionally, kind. Otherwise, it reads all pictures in the
folder and its sub-folders whose names begin with their digits and an underscore, as
in 8_3.png or 1234567890_1.jpg. Their kind is the format of the file.

If the label is one digit, evaluate reads the picture like examples/predict. If it is
longer, evaluate reads the picture like examples/predict -many, and counts the errors by
the edit distance: how many digits must be changed, added or removed. A picture that
cannot be read counts as wrong. The exit status is 0, even if answers are wrong.

`

func main() {
	cli.Main("evaluate", func(ctx context.Context, args []string) error {
		return run(ctx, args, os.Stdout, os.Stderr)
	})
}

type options struct {
	pictures, model, sheet string
	json                   bool
}

func parse(args []string, stderr io.Writer) (*options, error) {
	o := new(options)
	flags := cli.NewFlags("evaluate", usage, stderr)
	flags.StringVar(&o.pictures, "pictures", "", "read the pictures in this `folder`")
	flags.StringVar(&o.model, "model", "", "use the model in this `file`, which examples/train writes, not the built-in model")
	flags.StringVar(&o.sheet, "sheet", "", "draw a contact sheet of the failures to this PNG `file`")
	flags.BoolVar(&o.json, "json", false, "print one JSON object")
	folders, err := cli.Parse(flags, args)
	if o.pictures != "" {
		folders = append(folders, o.pictures)
	}
	switch {
	case err != nil:
		return nil, err
	case len(folders) != 1:
		return nil, cli.UsageError(flags, "want one folder of pictures")
	}
	o.pictures = folders[0]
	return o, nil
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
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
	list, err := pictures.FindLabeled(o.pictures)
	if err != nil {
		return err
	}
	list = slices.DeleteFunc(list, func(p pictures.Picture) bool { return p.Label == "" && !p.Unread })
	var s score
	failures := sheet.Sheet{Side: sheet.Medium}
	read := func(p pictures.Picture) *pictures.Result {
		if len(p.Label) > 1 {
			return p.Read(r, pictures.All)
		}
		return p.Read(r, pictures.One)
	}
	for res := range cli.InOrder(ctx, slices.Values(list), read) {
		s.add(res)
		if o.sheet != "" && !res.Right() {
			failures.Add(res)
		}
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if o.json {
		err = cli.WriteJSON(stdout, &s, "\t")
	} else {
		err = s.writeText(stdout)
	}
	if err != nil || o.sheet == "" {
		return err
	}
	return failures.Save(o.sheet, stderr)
}

// A tally counts pictures and digits.
type tally struct {
	Pictures int     `json:"pictures"`
	Right    int     `json:"right"` // pictures without an error
	Accuracy float64 `json:"accuracy"`

	// These count only pictures with several digits.
	Digits        int     `json:"digits"`
	Edits         int     `json:"edits"`
	DigitAccuracy float64 `json:"digit_accuracy"` // 0 without digits
}

func (t *tally) add(r *pictures.Result) {
	t.Pictures++
	if r.Right() {
		t.Right++
	}
	t.Accuracy = float64(t.Right) / float64(t.Pictures)
	if len(r.Label) > 1 {
		t.Digits += len(r.Label)
		t.Edits += editDistance(r.Text(), r.Label)
		t.DigitAccuracy = max(0, 1-float64(t.Edits)/float64(t.Digits))
	}
}

func (t *tally) String() string {
	s := fmt.Sprintf("%4d of %4d right  %6.2f%%", t.Right, t.Pictures, 100*t.Accuracy)
	if t.Digits > 0 {
		s += fmt.Sprintf("   digits %6.2f%% of %d", 100*t.DigitAccuracy, t.Digits)
	}
	return s
}

// A failure is a picture without the right answer.
type failure struct {
	Path  string `json:"path"`
	Label string `json:"label"`
	Kind  string `json:"kind,omitempty"`
	Text  string `json:"text"`
	Error string `json:"error,omitempty"`

	answer string // for people
}

// A score tells how well the model reads all pictures.
type score struct {
	Single    tally             `json:"single"` // pictures with one digit
	Several   tally             `json:"several"`
	Kinds     map[string]*tally `json:"kinds"`
	Folders   map[string]*tally `json:"folders"`
	Confusion [10][10]int       `json:"confusion"` // [label][answer]
	Unsure    int               `json:"unsure"`    // digits
	Unread    int               `json:"unread"`    // pictures and folders
	Failures  []failure         `json:"failures"`
}

func (s *score) add(r *pictures.Result) {
	if s.Kinds == nil {
		s.Kinds, s.Folders, s.Failures = map[string]*tally{}, map[string]*tally{}, []failure{}
	}
	if r.Err != nil {
		s.Unread++
	}
	if !r.Unread {
		s.count(r)
	}
	if r.Right() {
		return
	}
	f := failure{Path: r.Path, Label: r.Label, Kind: r.Kind, Text: r.Text(), answer: answer(r)}
	if r.Err != nil {
		f.Error = r.Err.Error()
	}
	s.Failures = append(s.Failures, f)
}

// answer tells people the answer and its warnings, or why there is no answer.
func answer(r *pictures.Result) string {
	if r.Err != nil {
		return "cannot be read: " + r.Err.Error()
	}
	if len(r.Answers) > 1 {
		return "read as " + r.Text()
	}
	text := "read as " + r.Answers[0].String()
	for _, w := range r.Answers[0].Warnings {
		text += ", " + w.String()
	}
	return text
}

// count adds a picture to the tallies.
func (s *score) count(r *pictures.Result) {
	all, kind := &s.Single, r.Kind
	if len(r.Label) > 1 {
		all, kind = &s.Several, strings.TrimSpace("several "+kind)
	}
	s.Kinds[kind] = cmp.Or(s.Kinds[kind], new(tally))
	s.Folders[r.Folder()] = cmp.Or(s.Folders[r.Folder()], new(tally))
	for _, t := range []*tally{all, s.Kinds[kind], s.Folders[r.Folder()]} {
		t.add(r)
	}
	for _, a := range r.Answers {
		if !a.Sure {
			s.Unsure++
		}
	}
	if r.Err == nil && len(r.Label) == 1 {
		s.Confusion[r.Label[0]-'0'][r.Answers[0].Digit]++
	}
}

// writeText writes the score for people.
func (s *score) writeText(w io.Writer) error {
	// A line without a tab ends a table.
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	if s.Single.Pictures > 0 {
		fmt.Fprintf(t, "one digit       %v\n", &s.Single)
	}
	if s.Several.Pictures > 0 {
		fmt.Fprintf(t, "several digits  %v\n", &s.Several)
	}
	fmt.Fprintf(t, "unsure digits: %d, unreadable pictures: %d\n", s.Unsure, s.Unread)
	for i, tallies := range []map[string]*tally{s.Kinds, s.Folders} {
		fmt.Fprintf(t, "\nby %s\n", [...]string{"kind", "folder"}[i])
		for _, name := range slices.Sorted(maps.Keys(tallies)) {
			fmt.Fprintf(t, "%s\t%v\n", cli.Printable(name), tallies[name])
		}
	}
	if s.Confusion != [10][10]int{} {
		s.writeConfusion(t)
	}
	if len(s.Failures) > 0 {
		fmt.Fprintf(t, "\nfailures\n")
	}
	for _, f := range s.Failures {
		fmt.Fprintf(t, "%s\t%s, %s\n", cli.Printable(f.Path), cmp.Or(f.Label, "a folder"), cli.Printable(f.answer))
	}
	return t.Flush()
}

func (s *score) writeConfusion(w io.Writer) {
	fmt.Fprint(w, "\nconfusion of single digits (a line per label, a column per answer)\n       0    1    2    3    4    5    6    7    8    9\n")
	for label, line := range s.Confusion {
		fmt.Fprintf(w, "%3d", label)
		for _, n := range line {
			fmt.Fprintf(w, "%5s", cmp.Or(strings.TrimPrefix(fmt.Sprint(n), "0"), "·"))
		}
		fmt.Fprintln(w)
	}
}

// editDistance returns how many digits must be changed, added or removed to
// make b of a (V. I. Levenshtein, 1966).
func editDistance(a, b string) int {
	// line[j] is the distance of the first i digits of a from the first j
	// of b.
	line := make([]int, len(b)+1)
	for j := range line {
		line[j] = j
	}
	for i := range len(a) {
		diagonal := line[0]
		line[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = line[j+1]
			line[j+1] = min(change, line[j]+1, diagonal+1)
		}
	}
	return line[len(b)]
}
