package report

import (
	"html/template"
	"slices"

	"github.com/seed-cd6415d7/digits/examples/internal/cli"
	"github.com/seed-cd6415d7/digits/softmax"
)

// Classes returns a table of the classes: how many images they have, how well
// they are read, and bars for the mistakes. names are those of the rows of
// counts, see Confusion. training has the numbers of images that a model was
// trained on; it may be nil.
func Classes(names []string, counts [][]int, training []int) template.HTML {
	list := classesOf(names, counts)
	most := 1
	for _, c := range list {
		most = max(most, c.missed, c.wrong)
	}
	head := []string{"recall", "precision", "F1"}
	if training != nil {
		head = append(head, "trained on")
	}
	var b builder
	b.add(`<table class="classes">` + "\n<thead><tr>" + `<th scope="col">class</th><th scope="col">images</th>`)
	b.add(`<th scope="col" class="bar left">missed</th><th scope="col" class="bar">false</th>`)
	for _, name := range head {
		b.add(`<th scope="col">%s</th>`, name)
	}
	b.add("</tr></thead>\n<tbody>")
	for i, c := range list {
		b.add("\n"+`<tr><th scope="row">%s</th><td>%s</td>`, c.name, cli.WithCommas(c.Support))
		b.add(`<td class="bar left">%s</td><td class="bar">%s</td>`, c.bar(c.missed, most, true), c.bar(c.wrong, most, false))
		b.add("<td>%s</td><td>%s</td><td>%s</td>", Percent(c.Recall), Percent(c.Precision), Percent(c.F1))
		if training != nil {
			b.add("<td>%s</td>", cli.WithCommas(training[i]))
		}
		b.add("</tr>")
	}
	b.add("\n</tbody>\n</table>")
	return Wide("Classes", b.html())
}

// A class is how well a class is read.
type class struct {
	softmax.ClassReport
	name          string
	missed, wrong int // its images read as others; others read as it
}

func classesOf(names []string, counts [][]int) []class {
	report := softmax.Report{Confusion: slices.Clone(counts)}
	for len(report.Confusion) < len(counts[0]) { // it has as many rows as columns
		report.Confusion = append(report.Confusion, make([]int, len(counts[0])))
	}
	list := make([]class, len(names))
	for i, name := range names {
		c := report.Class(i)
		list[i] = class{c, name, c.Support - counts[i][i], c.Predicted - counts[i][i]}
	}
	return list
}

// bar draws a number of mistakes. Bars to the left show missed images, bars to
// the right false answers. A drawing is as wide as its bar: so the number of a
// short bar stands below the head of the column.
func (c class) bar(n, most int, left bool) template.HTML {
	const width, height = 60, 12
	w := px(width * float64(n) / float64(most))
	style := "false"
	if left {
		style = "miss"
	}
	var drawing, b builder
	drawing.add(`<svg viewBox="0 0 %s %d" width="%[1]s" height="%[2]d" aria-hidden="true"><rect class="%s" x="0" y="0" width="%[1]s" height="%[2]d"/></svg>`,
		w, height, style)
	if left {
		b.add("%d %s", n, drawing.html())
	} else {
		b.add("%s %d", drawing.html(), n)
	}
	return b.html()
}
