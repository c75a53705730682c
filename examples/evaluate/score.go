package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

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

	// These count the digits, or other classes, of pictures with several.
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
	if len(r.Classes) > 1 {
		var answers []string
		for _, a := range r.Answers {
			answers = append(answers, a.Name())
		}
		t.Digits += len(r.Classes)
		t.Edits += editDistance(answers, r.Classes)
		t.DigitAccuracy = max(0, 1-float64(t.Edits)/float64(t.Digits))
	}
}

// text describes a tally. noun is what a class is called.
func (t *tally) text(noun string) string {
	s := fmt.Sprintf("%4d of %4d right  %6.2f%%   sure %6.2f%%, wrong and sure %3d",
		t.Right, t.Pictures, 100*t.Accuracy, 100*t.Coverage, t.WrongAndSure)
	if t.Digits > 0 {
		s += fmt.Sprintf("   %s %6.2f%% of %d", plural(noun), 100*t.DigitAccuracy, t.Digits)
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
	Classes   []string          `json:"classes"`
	Confusion [][]int           `json:"confusion"` // [label][answer], and none
	Unsure    int               `json:"unsure"`    // answers
	Unread    int               `json:"unread"`    // pictures and folders
	LeftOut   int               `json:"left_out"`  // pictures without a label
	Failures  []failure         `json:"failures"`

	total int // of pictures and folders
}

func newScore(classes []string) *score {
	s := &score{Classes: classes, Kinds: map[string]*tally{}, Folders: map[string]*tally{}, Failures: []failure{}}
	for range len(classes) + 1 {
		s.Confusion = append(s.Confusion, make([]int, len(classes)+1))
	}
	return s
}

func (s *score) add(r *pictures.Result) {
	s.total++
	if r.Got() == "" {
		s.Unread++
	}
	if !r.Unread {
		s.count(r)
	}
	if r.Right() {
		return
	}
	s.Failures = append(s.Failures, failureOf(r))
}

func failureOf(r *pictures.Result) failure {
	f := failure{Path: r.Path, Label: r.Label, Kind: r.Kind, Text: reader.Text(r.Answers), want: cmp.Or(r.Want(), "a folder"), answer: answer(r)}
	if r.Err != nil {
		f.Error = r.Err.Error()
	}
	return f
}

// answer tells people the answer and its warnings, or why there is no answer.
func answer(r *pictures.Result) string {
	text := "read as " + r.Got()
	switch {
	case r.Got() == "":
		return "cannot be read: " + r.Err.Error()
	case r.Err != nil: // there is no ink, or nothing like a digit
		return text + ", " + r.Err.Error()
	}
	warnings := r.Warnings
	if only := r.Only(); only != nil {
		text, warnings = "read as "+pictures.Words(only), append(warnings, only.Warnings...)
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
		sort, kind = &s.None, named(kind, "no digit", "no "+s.noun())
	case len(r.Classes) > 1:
		sort, kind = &s.Several, named(kind, "several", "several "+plural(s.noun()))
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
	if len(r.Classes) <= 1 && (len(r.Answers) == 1 || r.Got() == pictures.NoDigit) {
		label, answer := len(s.Classes), len(s.Classes)
		if len(r.Classes) == 1 {
			label = slices.Index(s.Classes, r.Classes[0])
		}
		if len(r.Answers) == 1 {
			answer = r.Answers[0].Digit
		}
		s.Confusion[label][answer]++
	}
}

// named adds the sort of a picture to its kind, unless the kind has the word
// that says so.
func named(kind, word, sort string) string {
	switch {
	case kind == "":
		return sort
	case strings.Contains(kind, word):
		return kind
	}
	return kind + ", " + sort
}

// noun returns what a class is called.
func (s *score) noun() string {
	if pictures.AreTenDigits(s.Classes) {
		return "digit"
	}
	return "class"
}

// plural returns the plural of a noun.
func plural(noun string) string { return cli.Plural(2, noun) }

// nothingRead reports whether there was something, but nothing could be read.
func (s *score) nothingRead() bool { return s.total > 0 && s.Unread == s.total }

// editDistance returns how many classes must be changed, added or removed to
// turn a into b (V. I. Levenshtein, 1966).
func editDistance(a, b []string) int {
	// line[j] is the distance of the first i classes of a from the first j
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
