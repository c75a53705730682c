package main

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"unicode/utf8"

	"github.com/seed-cd6415d7/digits/examples/internal/cli"
)

// writeText writes the score for people.
func (s *score) writeText(w io.Writer) error {
	// A line without a tab ends a table.
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	sorts := 0
	noun := s.noun()
	width := len("several ") + len(plural(noun))
	for i, sort := range []*tally{&s.Single, &s.Several, &s.None} {
		if sort.Pictures > 0 {
			fmt.Fprintf(t, "%-*s  %v\n", width, [...]string{"one " + noun, "several " + plural(noun), "no " + noun}[i], sort.text(noun))
			sorts++
		}
	}
	if sorts > 1 {
		fmt.Fprintf(t, "%-*s  %v\n", width, "all", s.All.text(noun))
	}
	all := ""
	if s.nothingRead() {
		all = ", that is all of them"
	}
	fmt.Fprintf(t, "unsure answers: %d, unreadable pictures: %d%s\n", s.Unsure, s.Unread, all)
	for i, tallies := range []map[string]*tally{s.Kinds, s.Folders} {
		fmt.Fprintf(t, "\nby %s\n", [...]string{"kind", "folder"}[i])
		for _, name := range slices.Sorted(maps.Keys(tallies)) {
			fmt.Fprintf(t, "%s\t%v\n", cli.Printable(name), tallies[name].text(noun))
		}
	}
	s.writeConfusion(t)
	if len(s.Failures) > 0 {
		fmt.Fprintf(t, "\nfailures\n")
	}
	for _, f := range s.Failures {
		fmt.Fprintf(t, "%s\t%s, %s\n", cli.Printable(f.Path), cli.Printable(f.want), cli.Printable(f.answer))
	}
	return t.Flush()
}

// maxTable is the largest number of classes in the table of writeConfusion.
const maxTable = 20

// writeConfusion writes which classes the model confuses, as a table or, for
// many classes, as a list of the most frequent mistakes.
func (s *score) writeConfusion(w io.Writer) {
	if !slices.ContainsFunc(s.Confusion, func(line []int) bool { return slices.Max(line) > 0 }) {
		return
	}
	noun, names, width := s.noun(), []string{}, len("none")
	for _, name := range append(slices.Clone(s.Classes), "none") {
		const most = 12
		name = cli.Printable(name)
		if runes := []rune(name); len(runes) > most {
			name = string(runes[:most-1]) + "…"
		}
		names = append(names, name)
		width = max(width, utf8.RuneCountInString(name))
	}
	fmt.Fprintf(w, "\nconfusion of pictures with one %s or none, read as one or none", noun)
	if len(s.Classes) > maxTable {
		s.listConfusions(w, names, width)
		return
	}
	fmt.Fprintf(w, " (a line per label, a column per answer)\n%*s", width, "")
	for _, name := range names {
		fmt.Fprintf(w, "%*s", width+1, name)
	}
	fmt.Fprintln(w)
	for label, line := range s.Confusion {
		fmt.Fprintf(w, "%*s", width, names[label])
		for _, n := range line {
			fmt.Fprintf(w, "%*s", width+1, cmp.Or(strings.TrimPrefix(fmt.Sprint(n), "0"), "·"))
		}
		fmt.Fprintln(w)
	}
}

// listConfusions lists the most frequent mistakes.
func (s *score) listConfusions(w io.Writer, names []string, width int) {
	type mistake struct{ label, answer, n int }
	var list []mistake
	right := 0
	for label, line := range s.Confusion {
		for answer, n := range line {
			if label == answer {
				right += n
			} else if n > 0 {
				list = append(list, mistake{label, answer, n})
			}
		}
	}
	slices.SortStableFunc(list, func(a, b mistake) int { return cmp.Compare(b.n, a.n) })
	const most = 20
	kinds := "kinds of mistakes"
	if len(list) == 1 {
		kinds = "kind of mistake"
	}
	fmt.Fprintf(w, ": %d right, %d %s", right, len(list), kinds)
	if len(list) > most {
		fmt.Fprintf(w, "; the most frequent are")
		list = list[:most]
	}
	fmt.Fprintln(w)
	for _, m := range list {
		fmt.Fprintf(w, "%*s read as %-*s %4d\n", width, names[m.label], width, names[m.answer], m.n)
	}
}
