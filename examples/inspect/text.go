package main

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/seed-cd6415d7/digits/examples/internal/cli"
	"github.com/seed-cd6415d7/digits/imageprep"
)

// How much inspect prints without -full.
const (
	shownRunes   = 200  // of a text in a file
	shownSizes   = 8    // of a shape
	shownEntries = 100  // tensors, or entries of the metadata
	shownValues  = 1024 // of an item
	shownCounts  = 64   // of labels
)

// A printer prints a report. Each line is a name and a text.
type printer struct {
	strings.Builder
	full bool
}

func (p *printer) line(name, format string, args ...any) {
	fmt.Fprintf(p, "  %-11s %s\n", name, fmt.Sprintf(format, args...))
}

// clean returns a text from the file that is safe to print, and not too long.
func (p *printer) clean(s string) string {
	if n := utf8.RuneCountInString(s); n > shownRunes && !p.full {
		return fmt.Sprintf("%s... (%d characters, -full shows them)", cli.Printable(string([]rune(s)[:shownRunes])), n)
	}
	return cli.Printable(s)
}

// list prints n things, or the first most and how many others there are.
func (p *printer) list(n, most int, what string, print func(i int)) {
	for i := range n {
		if i == most && !p.full {
			p.line("", "... and %d more %s (-full)", n-most, what)
			return
		}
		print(i)
	}
}

// text returns the report as text.
func (r *report) text(full bool) string {
	p := &printer{full: full}
	fmt.Fprintf(p, "%s\n", cli.Printable(r.File))
	kind := r.Kind
	if kind == kindUnknown || kind == "" {
		kind = "file"
	}
	size := "a stream"
	if r.Bytes != nil {
		size = bytesText(*r.Bytes)
	}
	if r.Gzip != nil && r.Gzip.Name != "" {
		p.line("gzip", "%s, was %s", size, p.clean(r.Gzip.Name))
	} else if r.Gzip != nil {
		p.line("gzip", "%s", size)
	}
	switch {
	case r.IDX != nil && r.IDX.Type != "":
		p.idx(r.IDX)
	case r.Safetensors != nil && r.Safetensors.Bytes > 0:
		p.safetensors(r.Safetensors)
	case r.Picture != nil && r.Picture.Width > 0:
		p.line(kind, "%d x %d pixels, %s", r.Picture.Width, r.Picture.Height, orientationText(r.Picture.Orientation))
		if r.Gzip == nil && r.Bytes != nil {
			p.line("length", "%s", size)
		}
	case r.Gzip == nil && r.Bytes != nil:
		p.line(kind, "%s", size)
	}
	if r.Error != "" {
		p.line("error", "%s", p.clean(r.Error))
	}
	return p.String()
}

// orientationText says what an orientation means.
func orientationText(o imageprep.Orientation) string {
	if o == imageprep.Upright {
		return "upright"
	}
	return fmt.Sprintf("orientation %d: ", o) + [...]string{
		2: "mirrored", 3: "upside down", 4: "upside down and mirrored", 5: "rows and columns swapped",
		6: "to be turned clockwise", 7: "rows and columns swapped, and upside down", 8: "to be turned counterclockwise",
	}[o]
}

// bytesText returns a number of bytes: "1 byte", "1,000 bytes".
func bytesText(n int64) string {
	if n == 1 {
		return "1 byte"
	}
	return cli.WithCommas(n) + " bytes"
}

// shape returns a shape such as 60000 x 28 x 28.
func shape[T any](p *printer, dims []T) string {
	switch len(dims) {
	case 0:
		return "a single number"
	case 1:
		return fmt.Sprintf("%v numbers", dims[0])
	}
	var list []string
	for i, d := range dims {
		if i == shownSizes && !p.full {
			list = append(list, fmt.Sprintf("... (%d sizes)", len(dims)))
			break
		}
		list = append(list, fmt.Sprint(d))
	}
	return strings.Join(list, " x ")
}

func (p *printer) idx(r *idxReport) {
	p.line("IDX", "%s, %s", r.Type, shape(p, r.Dims))
	if r.LengthAgrees != nil && *r.LengthAgrees {
		p.line("length", "%s bytes, as the header says", cli.WithCommas(r.Bytes))
	} else {
		p.line("length", "%s bytes by the header", cli.WithCommas(r.Bytes))
	}
	if r.Statistics != nil {
		p.statistics(r.Statistics)
	}
	if r.Item != nil {
		p.item(r.Item)
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
	most := int64(0)
	for _, c := range s.Counts {
		most = max(most, c.Count)
	}
	p.list(len(s.Counts), shownCounts, "values", func(i int) {
		name, c := "", s.Counts[i]
		if i == 0 {
			name = "counts"
		}
		p.line(name, "%3d  %9s  %s", c.Value, cli.WithCommas(c.Count), cli.Bar(float32(float64(c.Count)/float64(most))))
	})
}

func (p *printer) item(r *itemReport) {
	p.line("item", "%d", r.Index)
	if r.drawing != "" {
		p.WriteString(r.drawing)
		return
	}
	shown := r.texts
	if !p.full {
		shown = shown[:min(len(shown), shownValues)]
	}
	var rows []string
	for row := range slices.Chunk(shown, r.rowLength) {
		rows = append(rows, strings.Join(row, " "))
	}
	p.line("values", "%s", strings.Join(rows, "\n"+strings.Repeat(" ", 14)))
	if rest := len(r.texts) - len(shown); rest > 0 {
		p.line("", "... and %d more numbers (-full)", rest)
	}
}

func (p *printer) safetensors(r *safetensorsReport) {
	p.line("safetensors", "%s bytes, %s of them before the tensors", cli.WithCommas(r.Bytes), cli.WithCommas(r.Header))
	p.line("parameters", "%d in %d tensors", r.Parameters, len(r.Tensors))
	p.list(len(r.Tensors), shownEntries, "tensors", func(i int) {
		t := r.Tensors[i]
		p.line("tensor", "%s: %s, %s", p.clean(t.Name), p.clean(t.DType), shape(p, t.Shape))
	})
	keys := slices.Sorted(maps.Keys(r.Metadata))
	if r.Model != nil && r.Model.Names != nil { // they have a line of their own
		keys = slices.DeleteFunc(keys, func(key string) bool { return key == "classes" })
	}
	p.list(len(keys), shownEntries, "entries", func(i int) {
		p.line("metadata", "%s: %s", p.clean(keys[i]), p.clean(r.Metadata[keys[i]]))
	})
	switch m := r.Model; {
	case m == nil:
	case m.Error != "":
		p.line("model", "package softmax cannot read it: %s", p.clean(m.Error))
	default:
		p.line("model", "package softmax reads it: %d features, %d classes", m.Features, m.Classes)
		if m.Names != nil {
			p.line("classes", "%s", p.clean(classNames(m.Names)))
		}
	}
}

// classNames returns a list of names. It quotes those that a reader could not
// tell apart in it.
func classNames(names []string) string {
	var list []string
	for _, name := range names {
		if name == "" || strings.ContainsAny(name, `,"`) || strings.TrimSpace(name) != name {
			name = strconv.Quote(name)
		}
		list = append(list, name)
	}
	return strings.Join(list, ", ")
}
