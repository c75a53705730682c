package main

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/seed-cd6415d7/digits/examples/internal/cli"
	"github.com/seed-cd6415d7/digits/examples/internal/sheet"
)

// writeText writes the suspects for people.
func (s *suspects) writeText(w io.Writer) error {
	fmt.Fprintf(w, "%s: %s %s of %d %s, each judged by a model of the other images (%d folds, seed %d)\n", cli.Printable(s.images.what),
		cli.WithCommas(s.Rows), cli.Plural(s.Rows, "image"), len(s.Classes), cli.Plural(len(s.Classes), "class"), s.Folds, s.Seed)
	if s.Unread > 0 {
		fmt.Fprintf(w, "pictures that cannot be used: %s\n", cli.WithCommas(s.Unread))
	}
	if rare := s.rare(); rare != "" {
		fmt.Fprintf(w, "classes with few images, which a model hardly learns: %s\n", rare)
	}
	if s.Unjudged > 0 {
		fmt.Fprintf(w, "images without others of their class, which no model can judge: %s\n", cli.WithCommas(s.Unjudged))
	}
	judged := s.Rows - s.Unjudged
	fmt.Fprintf(w, "the model disagrees with the label of %s of %s %s (%.2f%%)\n\n",
		cli.WithCommas(s.Disagree), cli.WithCommas(judged), cli.Plural(judged, "image"), 100*float64(s.Disagree)/float64(judged))

	list := s.doubted()
	if len(list) == 0 {
		_, err := fmt.Fprintln(w, "The models agree with all labels that they judge.")
		return err
	}
	// The numbers are aligned at the right, names and files at the left.
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	head := "row"
	if s.images.pictures != nil {
		head = "picture"
	}
	fmt.Fprintf(t, "%s\tlabel\t\tmaybe\n", head)
	for i := range list {
		x := &list[i]
		fmt.Fprintf(t, "%s\t%s\t%7s\t%s\t%7s\n", cli.Printable(x.name()), cli.Printable(x.Label),
			percent(x.LabelProbability), cli.Printable(x.Instead), percent(x.InsteadProbability))
	}
	fmt.Fprintln(t)
	if len(list) < len(s.Suspects) {
		fmt.Fprintln(t, "The models agree with all other labels that they judge.")
	}
	fmt.Fprintf(t, "The label may be right, and the model wrong. Look at the image before you decide: -report or -sheet shows it.\n")
	return t.Flush()
}

// doubted returns the suspects whose label is not the model's answer. They are
// the first ones.
func (s *suspects) doubted() []suspect {
	for i := range s.Suspects {
		if s.Suspects[i].Margin > 0 {
			return s.Suspects[:i]
		}
	}
	return s.Suspects
}

// name returns what identifies the image.
func (x *suspect) name() string {
	if x.File != "" {
		return x.File
	}
	return strconv.Itoa(x.Row)
}

// fewRows is how many rows a class needs to be learned.
const fewRows = 10

// rare lists the classes with few rows, but not those without any.
func (s *suspects) rare() string {
	const most = 10
	var list []string
	left := 0
	for k, n := range s.counts {
		switch {
		case n == 0 || n >= fewRows:
		case len(list) < most:
			list = append(list, fmt.Sprintf("%s (%d)", cli.Printable(s.Classes[k]), n))
		default:
			left++
		}
	}
	if left > 0 {
		list = append(list, fmt.Sprintf("%d more", left))
	}
	return strings.Join(list, ", ")
}

// percent returns a probability for people. Such probabilities are never 0 or
// 1, but float32 may round them.
func percent(p float32) string {
	switch {
	case p < 0.0001:
		return "<0.01%"
	case p > 0.9999:
		return ">99.99%"
	}
	return fmt.Sprintf("%.2f%%", 100*p)
}

// drawn returns suspect i for a contact sheet.
func (s *suspects) drawn(i int) sheet.Suspect {
	x := &s.Suspects[i]
	drawable := func(name string) string { return sheet.ClassName(name, slices.Index(s.Classes, name)) }
	d := sheet.Suspect{
		Name: x.name(), Label: "label " + drawable(x.Label), Instead: "maybe " + drawable(x.Instead),
		Note: fmt.Sprintf("%.1f%% %.1f%%", 100*x.LabelProbability, 100*x.InsteadProbability),
	}
	if d.Image = s.images.Image(x.Row); s.images.pictures != nil {
		d.Seen = s.images.Image(x.Row)
		d.Image, d.Orientation, _ = s.images.pictures[x.Row].Decode() // nil if it is gone
	}
	return d
}
