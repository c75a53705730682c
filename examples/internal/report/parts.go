package report

import (
	"fmt"
	"html/template"
	"strings"

	"github.com/seed-cd6415d7/digits/examples/internal/cli"
)

// Text returns paragraphs.
func Text(paragraphs ...string) template.HTML {
	var b builder
	for _, p := range paragraphs {
		b.add("<p>%s</p>\n", p)
	}
	return b.html()
}

// Shown returns a text from outside as a page shows it. Characters that do not
// print are escaped, except those that join letters of some scripts.
func Shown(text string) string {
	var b strings.Builder
	for {
		i := strings.IndexAny(text, "\u200c\u200d")
		if i < 0 {
			b.WriteString(cli.Printable(text))
			return b.String()
		}
		b.WriteString(cli.Printable(text[:i]))
		b.WriteString(text[i : i+3])
		text = text[i+3:]
	}
}

// Name returns a name from outside, such as that of a class. If it runs from
// right to left, it does not turn the text around it.
func Name(name string) template.HTML {
	return template.HTML("<bdi>" + template.HTMLEscapeString(Shown(name)) + "</bdi>")
}

// Path returns a path. It begins at the left, and lines break between folders.
func Path(path string) template.HTML {
	text := strings.ReplaceAll(template.HTMLEscapeString(Shown(path)), "/", "/<wbr>")
	return template.HTML(`<bdi dir="ltr">` + text + "</bdi>")
}

// Figure returns a figure with a heading and a caption. The caption says what
// one sees. Either may be empty.
func Figure(title, caption string, body template.HTML) template.HTML {
	var b builder
	b.add("<figure>\n")
	if title != "" {
		b.add("<h3>%s</h3>\n", title)
	}
	b.add("%s\n", body)
	if caption != "" {
		b.add("<figcaption>%s</figcaption>\n", caption)
	}
	b.add("</figure>")
	return b.html()
}

// Row puts parts side by side if the page is wide enough.
func Row(parts ...template.HTML) template.HTML {
	var b builder
	b.add(`<div class="row">`)
	for _, p := range parts {
		b.add("\n<div>%s</div>", p)
	}
	b.add("\n</div>")
	return b.html()
}

// Wide lets the reader scroll a part sideways that is wider than the page. The
// label names the part for people who cannot see it.
func Wide(label string, part template.HTML) template.HTML {
	var b builder
	b.add(`<div class="scroll" role="region" tabindex="0" aria-label="%s">`+"\n%s\n</div>", label, part)
	return b.html()
}

// Table returns a table. head has the names of the columns. The first cell of
// each row is the name of the row. A cell is a string, a number or
// template.HTML.
func Table(head []string, rows [][]any) template.HTML {
	var b builder
	b.add("<table>\n<thead><tr>")
	for _, name := range head {
		b.add(`<th scope="col">%s</th>`, name)
	}
	b.add("</tr></thead>\n<tbody>")
	for _, row := range rows {
		b.add("\n<tr>")
		for i, cell := range row {
			if i == 0 {
				b.add(`<th scope="row">%v</th>`, cell)
				continue
			}
			b.add("<td>%v</td>", cell)
		}
		b.add("</tr>")
	}
	b.add("\n</tbody>\n</table>")
	return b.html()
}

// A builder builds HTML.
type builder struct{ strings.Builder }

// add appends HTML. It escapes all arguments but numbers and HTML.
func (b *builder) add(format string, args ...any) {
	safe := make([]any, len(args))
	for i, arg := range args {
		switch arg := arg.(type) {
		case template.HTML, int, float64:
			safe[i] = arg
		default:
			safe[i] = template.HTMLEscapeString(fmt.Sprint(arg))
		}
	}
	fmt.Fprintf(b, format, safe...)
}

// html returns what was added.
func (b *builder) html() template.HTML { return template.HTML(b.String()) }
