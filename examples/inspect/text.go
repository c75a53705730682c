package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/seed-cd6415d7/digits/examples/internal/cli"
)

// How much is printed without -full.
const (
	shownRunes   = 200  // of a text within a file
	shownEntries = 100  // tensors, or entries of the metadata
	shownValues  = 1024 // of an item
	shownCounts  = 64   // of labels
)

// A printer prints a report as lines of a name and what there is to say.
type printer struct {
	strings.Builder
	full bool
}

func (p *printer) line(name, format string, args ...any) {
	fmt.Fprintf(p, "  %-11s %s\n", name, fmt.Sprintf(format, args...))
}

// text returns a text of others as it can be printed.
func (p *printer) text(s string) string {
	if n := utf8.RuneCountInString(s); n > shownRunes && !p.full {
		return fmt.Sprintf("%s... (%d characters, -full shows them)", cli.Printable(string([]rune(s)[:shownRunes])), n)
	}
	return cli.Printable(s)
}

// some returns how many of n are printed, and says so if they are not all.
func (p *printer) some(n, most int, what string) (shown int, rest string) {
	if n <= most || p.full {
		return n, ""
	}
	return most, fmt.Sprintf("... and %d more %s (-full)", n-most, what)
}

func (r *report) writeText(w io.Writer, o *options) error {
	p := &printer{full: o.full}
	fmt.Fprintf(p, "%s\n", cli.Printable(r.File))
	kind := r.Kind
	if kind == kindUnknown || kind == "" {
		kind = "file"
	}
	if r.Gzip != nil {
		from := ""
		if r.Gzip.Name != "" {
			from = ", was " + p.text(r.Gzip.Name)
		}
		p.line("gzip", "%s%s", size(r.Bytes), from)
	}
	switch {
	case r.IDX != nil && r.IDX.Type != "":
		p.idx(r.IDX)
	case r.Safetensors != nil && r.Safetensors.Bytes > 0:
		p.safetensors(r.Safetensors)
	case r.Picture != nil && r.Picture.Width > 0:
		p.line(kind, "%d x %d pixels, %s", r.Picture.Width, r.Picture.Height, lies(r.Picture.Orientation))
		if r.Gzip == nil && r.Bytes != nil {
			p.line("length", "%s", size(r.Bytes))
		}
	case r.Gzip == nil && r.Bytes != nil:
		p.line(kind, "%s", size(r.Bytes))
	}
	if r.err != nil {
		p.line("error", "%s", p.text(r.Error))
	}
	_, err := io.WriteString(w, p.String())
	return err
}

// size is that of a file, nil if it is a stream.
func size(n *int64) string {
	if n == nil {
		return "a stream"
	}
	return several(*n, "byte")
}

// several is a number of things, with commas.
func several(n int64, thing string) string {
	if n != 1 {
		thing += "s"
	}
	return grouped(n) + " " + thing
}

// grouped returns a number with commas.
func grouped(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// shape is sizes as in 60000 x 28 x 28, all of them if full.
func shape[T any](dims []T, full bool) string {
	switch len(dims) {
	case 0:
		return "a single number"
	case 1:
		return fmt.Sprintf("%v numbers", dims[0])
	}
	shown := 8
	if full {
		shown = len(dims)
	}
	var list []string
	for _, d := range dims[:min(len(dims), shown)] {
		list = append(list, fmt.Sprint(d))
	}
	if len(dims) > shown {
		list = append(list, fmt.Sprintf("... (%d sizes)", len(dims)))
	}
	return strings.Join(list, " x ")
}

func (p *printer) idx(r *idxReport) {
	p.line("IDX", "%s, %s", r.Type, shape(r.Dims, p.full))
	if r.LengthAgrees {
		p.line("length", "%s bytes, as the header says", grouped(r.Bytes))
	} else {
		p.line("length", "%s bytes by the header", grouped(r.Bytes))
	}
	if s := r.Statistics; s != nil {
		p.statistics(s)
	}
	if it := r.Item; it != nil {
		p.item(it)
	}
}

func (p *printer) statistics(s *statistics) {
	values := "none is finite"
	if s.Min != nil {
		values = fmt.Sprintf("%.6g to %.6g", *s.Min, *s.Max)
	}
	if s.Mean != nil {
		values += fmt.Sprintf(", mean %.6g", *s.Mean)
	}
	values += fmt.Sprintf(", %.2f%% are 0", 100*s.ZeroShare)
	if s.NaN > 0 || s.Infinite > 0 {
		values += fmt.Sprintf(", %d NaN, %d infinite", s.NaN, s.Infinite)
	}
	p.line("values", "%s", values)
	if s.Ink != nil {
		p.line("ink", "%.2f%%, as much as %.1f full pixels in a picture", 100*s.Ink.Share, s.Ink.Pixels)
	}
	if len(s.Counts) == 0 {
		return
	}
	most := int64(0)
	for _, c := range s.Counts {
		most = max(most, c.Count)
	}
	shown, rest := p.some(len(s.Counts), shownCounts, "values")
	for i, c := range s.Counts[:shown] {
		name := ""
		if i == 0 {
			name = "counts"
		}
		p.line(name, "%3d  %9s  %s", c.Value, grouped(c.Count), cli.Bar(float32(float64(c.Count)/float64(most))))
	}
	if rest != "" {
		p.line("", "%s", rest)
	}
}

func (p *printer) item(r *itemReport) {
	if r.drawing != "" {
		p.line("item", "%d", r.Index)
		p.WriteString(r.drawing)
		return
	}
	shown, rest := p.some(len(r.texts), shownValues, "numbers")
	var b strings.Builder
	for i, text := range r.texts[:shown] {
		switch {
		case i > 0 && i%r.rowLength == 0:
			b.WriteString("\n" + strings.Repeat(" ", 14))
		case i > 0:
			b.WriteByte(' ')
		}
		b.WriteString(text)
	}
	p.line("item", "%d", r.Index)
	p.line("values", "%s", b.String())
	if rest != "" {
		p.line("", "%s", rest)
	}
}

func (p *printer) safetensors(r *safetensorsReport) {
	p.line("safetensors", "%s bytes, %s of them before the tensors", grouped(r.Bytes), grouped(r.Header))
	p.line("parameters", "%d in %d tensors", r.Parameters, len(r.Tensors))
	shown, rest := p.some(len(r.Tensors), shownEntries, "tensors")
	for _, t := range r.Tensors[:shown] {
		p.line("tensor", "%s: %s, %s", p.text(t.Name), p.text(t.DType), shape(t.Shape, p.full))
	}
	if rest != "" {
		p.line("", "%s", rest)
	}
	keys := slices.Sorted(maps.Keys(r.Metadata))
	shown, rest = p.some(len(keys), shownEntries, "entries")
	for _, key := range keys[:shown] {
		p.line("metadata", "%s: %s", p.text(key), p.text(r.Metadata[key]))
	}
	if rest != "" {
		p.line("", "%s", rest)
	}
	switch m := r.Model; {
	case m == nil:
	case m.Error != "":
		p.line("model", "not one of package softmax: %s", p.text(m.Error))
	default:
		p.line("model", "package softmax reads it: %d features, %d classes", m.Features, m.Classes)
	}
}
