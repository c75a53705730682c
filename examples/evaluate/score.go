package main

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/seed-cd6415d7/digits/examples/internal/cli"
)

// A tally counts pictures and digits.
type tally struct {
	Pictures int     `json:"pictures"`
	Right    int     `json:"right"` // pictures without a mistake
	Accuracy float64 `json:"accuracy"`

	// Of pictures with several digits.
	Digits        int     `json:"digits"`
	Edits         int     `json:"edits"`
	DigitAccuracy float64 `json:"digit_accuracy"` // 0 if there are none
}

func (t *tally) add(r *result) {
	t.Pictures++
	if r.right() {
		t.Right++
	}
	t.Accuracy = float64(t.Right) / float64(t.Pictures)
	if len(r.Label) > 1 {
		t.Digits += len(r.Label)
		t.Edits += editDistance(r.text(), r.Label)
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

// A failure is a picture that was not read right.
type failure struct {
	Path  string `json:"path"`
	Label string `json:"label"`
	Kind  string `json:"kind,omitempty"`
	Text  string `json:"text"`
	Error string `json:"error,omitempty"`

	said, warnings string
}

// A score is how well the model did.
type score struct {
	Single    tally             `json:"single"` // pictures of one digit
	Several   tally             `json:"several"`
	Kinds     map[string]*tally `json:"kinds"`
	Folders   map[string]*tally `json:"folders"`
	Confusion [10][10]int       `json:"confusion"` // of single digits: [label][answer]
	Unsure    int               `json:"unsure"`    // digits
	Unread    int               `json:"unread"`    // pictures, and folders of them
	Failures  []failure         `json:"failures"`
}

func (s *score) add(r *result) {
	if s.Kinds == nil {
		s.Kinds, s.Folders, s.Failures = map[string]*tally{}, map[string]*tally{}, []failure{}
	}
	if r.Unread { // nobody knows how many pictures are in it
		s.Unread++
		s.Failures = append(s.Failures, failure{Path: r.Path, Error: r.err.Error(), said: r.said()})
		return
	}
	kind := r.Kind
	if len(r.Label) == 1 {
		s.Single.add(r)
	} else {
		s.Several.add(r)
		kind = strings.TrimSpace("several " + kind)
	}
	for _, group := range []struct {
		of   map[string]*tally
		name string
	}{{s.Kinds, kind}, {s.Folders, r.Folder()}} {
		if group.of[group.name] == nil {
			group.of[group.name] = new(tally)
		}
		group.of[group.name].add(r)
	}
	for _, a := range r.answers {
		if !a.Sure {
			s.Unsure++
		}
	}
	if r.err != nil {
		s.Unread++
	} else if len(r.Label) == 1 {
		s.Confusion[r.Label[0]-'0'][r.answers[0].Digit]++
	}
	if r.right() {
		return
	}
	f := failure{Path: r.Path, Label: r.Label, Kind: r.Kind, Text: r.text(), said: r.said()}
	if r.err != nil {
		f.Error = r.err.Error()
	}
	if len(r.answers) == 1 {
		for _, w := range r.answers[0].Warnings {
			f.warnings += ", " + w.String()
		}
	}
	s.Failures = append(s.Failures, f)
}

func (s *score) writeJSON(w io.Writer) error {
	return cli.WriteJSON(w, s, "\t")
}

func (s *score) writeText(w io.Writer) error {
	var b strings.Builder
	if s.Single.Pictures > 0 {
		fmt.Fprintf(&b, "one digit       %v\n", &s.Single)
	}
	if s.Several.Pictures > 0 {
		fmt.Fprintf(&b, "several digits  %v\n", &s.Several)
	}
	fmt.Fprintf(&b, "unsure of %d digits, %d pictures could not be read\n", s.Unsure, s.Unread)
	writeTallies(&b, "by kind", s.Kinds)
	writeTallies(&b, "by folder", s.Folders)
	if s.Confusion != [10][10]int{} {
		s.writeConfusion(&b)
	}
	if len(s.Failures) > 0 {
		b.WriteString("\nfailures\n")
	}
	width := 0
	for _, f := range s.Failures {
		width = max(width, utf8.RuneCountInString(cli.Printable(f.Path)))
	}
	for _, f := range s.Failures {
		fmt.Fprintf(&b, "%-*s  %s, read as %s%s\n", width, cli.Printable(f.Path),
			cmp.Or(f.Label, "a folder"), cli.Printable(f.said), f.warnings)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func writeTallies(b *strings.Builder, title string, tallies map[string]*tally) {
	width := 0
	for name := range tallies {
		width = max(width, utf8.RuneCountInString(cli.Printable(name)))
	}
	fmt.Fprintf(b, "\n%s\n", title)
	for _, name := range slices.Sorted(maps.Keys(tallies)) {
		fmt.Fprintf(b, "%-*s  %v\n", width, cli.Printable(name), tallies[name])
	}
}

func (s *score) writeConfusion(b *strings.Builder) {
	b.WriteString("\nconfusion of single digits (a line per label, a column per answer)\n   ")
	for k := range 10 {
		fmt.Fprintf(b, "%5d", k)
	}
	b.WriteString("\n")
	for label, line := range s.Confusion {
		fmt.Fprintf(b, "%3d", label)
		for _, n := range line {
			if n == 0 {
				b.WriteString("    ·")
			} else {
				fmt.Fprintf(b, "%5d", n)
			}
		}
		b.WriteString("\n")
	}
}

// editDistance returns how many digits must be changed, added or removed to
// make one text of the other (V. I. Levenshtein, 1966).
func editDistance(a, b string) int {
	line := make([]int, len(b)+1) // distances of the beginning of a from those of b
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
