package main

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/seed-cd6415d7/digits/examples/internal/cli"
	"github.com/seed-cd6415d7/digits/examples/internal/pictures"
	"github.com/seed-cd6415d7/digits/examples/reader"
)

// A tally counts pictures and digits.
type tally struct {
	Pictures int     `json:"pictures"`
	Right    int     `json:"right"` // pictures without an error
	Accuracy float64 `json:"accuracy"`

	// Sure counts the pictures with nothing but sure answers. Coverage is
	// their share. WrongAndSure counts those among them that are wrong.
	Sure         int     `json:"sure"`
	WrongAndSure int     `json:"wrong_and_sure"`
	Coverage     float64 `json:"coverage"`

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
	if r.Sure() {
		t.Sure++
		if !r.Right() {
			t.WrongAndSure++
		}
	}
	t.Accuracy = float64(t.Right) / float64(t.Pictures)
	t.Coverage = float64(t.Sure) / float64(t.Pictures)
	if len(r.Label) > 1 {
		t.Digits += len(r.Label)
		t.Edits += editDistance(reader.Text(r.Answers), r.Label)
		t.DigitAccuracy = max(0, 1-float64(t.Edits)/float64(t.Digits))
	}
}

func (t *tally) String() string {
	s := fmt.Sprintf("%4d of %4d right  %6.2f%%   sure %6.2f%%, wrong and sure %3d",
		t.Right, t.Pictures, 100*t.Accuracy, 100*t.Coverage, t.WrongAndSure)
	if t.Digits > 0 {
		s += fmt.Sprintf("   digits %6.2f%% of %d", 100*t.DigitAccuracy, t.Digits)
	}
	return s
}

// A failure is a picture without the right answer.
type failure struct {
	Path  string `json:"path"`
	Label string `json:"label"` // empty if there is no digit
	Kind  string `json:"kind,omitempty"`
	Text  string `json:"text"`
	Error string `json:"error,omitempty"`

	want, answer string // for people
}

// A score tells how well the model reads all pictures.
type score struct {
	All       tally             `json:"all"`
	Single    tally             `json:"single"` // pictures with one digit
	Several   tally             `json:"several"`
	None      tally             `json:"none"` // pictures without a digit
	Kinds     map[string]*tally `json:"kinds"`
	Folders   map[string]*tally `json:"folders"`
	Confusion [11][11]int       `json:"confusion"` // [label][answer], see class
	Unsure    int               `json:"unsure"`    // answers
	Unread    int               `json:"unread"`    // pictures and folders
	Failures  []failure         `json:"failures"`
}

func (s *score) add(r *pictures.Result) {
	if s.Kinds == nil {
		s.Kinds, s.Folders, s.Failures = map[string]*tally{}, map[string]*tally{}, []failure{}
	}
	if r.Got() == "" { // an error other than that there is no ink
		s.Unread++
	}
	if !r.Unread {
		s.count(r)
	}
	if r.Right() {
		return
	}
	f := failure{Path: r.Path, Label: r.Label, Kind: r.Kind, Text: reader.Text(r.Answers), want: cmp.Or(r.Want(), "a folder"), answer: answer(r)}
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
	text := "read as " + r.Got()
	warnings := r.Warnings
	if only := r.Only(); only != nil {
		text, warnings = "read as "+only.String(), append(warnings, only.Warnings...)
	}
	if n := len(r.LeftOut); n > 0 && len(r.Answers) > 0 {
		text += fmt.Sprintf(", %d left out", n)
	}
	if r.Turned != 0 {
		text += fmt.Sprintf(", turned by %d degrees", r.Turned)
	}
	for _, w := range warnings {
		text += ", " + w.String()
	}
	return text
}

// count adds a picture to the tallies.
func (s *score) count(r *pictures.Result) {
	sort, kind := &s.Single, r.Kind
	switch {
	case r.NoDigit:
		sort, kind = &s.None, named("no digit", kind)
	case len(r.Label) > 1:
		sort, kind = &s.Several, named("several", kind)
	}
	s.Kinds[kind] = cmp.Or(s.Kinds[kind], new(tally))
	s.Folders[r.Folder()] = cmp.Or(s.Folders[r.Folder()], new(tally))
	for _, t := range []*tally{&s.All, sort, s.Kinds[kind], s.Folders[r.Folder()]} {
		t.add(r)
	}
	answers := r.Answers
	if only := r.Only(); only != nil {
		answers = []reader.Answer{*only}
	}
	for _, a := range answers {
		if !a.Sure {
			s.Unsure++
		}
	}
	if len(r.Label) <= 1 && (len(r.Got()) == 1 || r.Got() == pictures.NoDigit) {
		s.Confusion[class(r.Want())][class(r.Got())]++
	}
}

// named puts the sort of a picture before its kind, unless the kind says it.
func named(sort, kind string) string {
	if strings.Contains(kind, sort) {
		return kind
	}
	return strings.TrimSpace(sort + " " + kind)
}

// class returns the line or column of the confusion table for an answer in
// words: 0 to 9 for the digits, 10 for "no digit".
func class(answer string) int {
	if answer == pictures.NoDigit {
		return 10
	}
	return int(answer[0] - '0')
}

// writeText writes the score for people.
func (s *score) writeText(w io.Writer) error {
	// A line without a tab ends a table.
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	sorts := 0
	for i, sort := range []*tally{&s.Single, &s.Several, &s.None} {
		if sort.Pictures > 0 {
			fmt.Fprintf(t, "%-14s  %v\n", [...]string{"one digit", "several digits", "no digit"}[i], sort)
			sorts++
		}
	}
	if sorts > 1 {
		fmt.Fprintf(t, "%-14s  %v\n", "all", &s.All)
	}
	fmt.Fprintf(t, "unsure answers: %d, unreadable pictures: %d\n", s.Unsure, s.Unread)
	for i, tallies := range []map[string]*tally{s.Kinds, s.Folders} {
		fmt.Fprintf(t, "\nby %s\n", [...]string{"kind", "folder"}[i])
		for _, name := range slices.Sorted(maps.Keys(tallies)) {
			fmt.Fprintf(t, "%s\t%v\n", cli.Printable(name), tallies[name])
		}
	}
	if s.Confusion != [11][11]int{} {
		s.writeConfusion(t)
	}
	if len(s.Failures) > 0 {
		fmt.Fprintf(t, "\nfailures\n")
	}
	for _, f := range s.Failures {
		fmt.Fprintf(t, "%s\t%s, %s\n", cli.Printable(f.Path), f.want, cli.Printable(f.answer))
	}
	return t.Flush()
}

func (s *score) writeConfusion(w io.Writer) {
	names := strings.Fields("0 1 2 3 4 5 6 7 8 9 none")
	fmt.Fprintf(w, "\nconfusion of pictures with one digit or none, read as one or none (a line per label, a column per answer)\n    ")
	for _, name := range names {
		fmt.Fprintf(w, "%5s", name)
	}
	fmt.Fprintln(w)
	for label, line := range s.Confusion {
		fmt.Fprintf(w, "%4s", names[label])
		for _, n := range line {
			fmt.Fprintf(w, "%5s", cmp.Or(strings.TrimPrefix(fmt.Sprint(n), "0"), "·"))
		}
		fmt.Fprintln(w)
	}
}

// editDistance returns how many digits must be changed, added or removed to
// turn a into b (V. I. Levenshtein, 1966).
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
