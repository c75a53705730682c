package main

import (
	"cmp"
	_ "embed"
	"fmt"
	"html/template"
	"maps"
	"slices"
	"strings"

	"github.com/seed-cd6415d7/digits/examples/internal/cli"
	"github.com/seed-cd6415d7/digits/examples/internal/pictures"
	"github.com/seed-cd6415d7/digits/examples/internal/report"
	"github.com/seed-cd6415d7/digits/examples/reader"
)

//go:embed report.css
var cardStyle string

// program is how the reports name this program.
const program = "go run ./examples/evaluate"

// page returns the report. It depends only on the arguments and the pictures.
func (f *findings) page(o *options, r *reader.Reader, found *pictures.Labeled, s *score) *report.Page {
	p := &report.Page{
		Title:   "Evaluation of " + report.Shown(o.pictures),
		Command: report.Command(program, o.args),
		Numbers: f.numbers(s),
		Facts:   f.facts(o, r, found, s),
		Style:   cardStyle,
		Wide:    true,
	}
	add := func(title string, body ...template.HTML) {
		if body = slices.DeleteFunc(body, func(part template.HTML) bool { return part == "" }); len(body) > 0 {
			p.Sections = append(p.Sections, report.Section{Title: title, Body: body})
		}
	}
	add("Pictures", f.sortTable(s), f.mishapTable())
	add("By kind", f.tallies("kind", s.Kinds))
	if len(s.Folders) > 1 {
		add("By folder", f.tallies("folder", s.Folders))
	}
	add("Confusion", f.confusion(s)...)
	add("Probabilities", f.probabilities(s)...)
	for sort, title := range [sorts]string{
		single: "Worst mistakes", several: "Worst mistakes with several " + plural(f.noun), none: "No " + f.noun + ", but read as one",
	} {
		add(title, f.worst[sort].section()...)
	}
	add("Pictures with an error", f.unreadList())
	return p
}

// numbers returns the numbers that a reader of the report wants first.
func (f *findings) numbers(s *score) (list []report.Number) {
	add := func(share float64, format string, args ...any) {
		list = append(list, report.Number{Value: report.Percent(share), Label: fmt.Sprintf(format, args...)})
	}
	if t := &s.Single; t.Pictures > 0 {
		add(t.Accuracy, "right of %s with one %s", pictureCount(t), f.noun)
		add(t.Coverage, "of these have sure answers")
		if t.Sure > 0 {
			add(t.rightIfSure(), "right if sure: %s wrong and sure", cli.WithCommas(t.WrongAndSure))
		}
	}
	if t := &s.Several; t.Pictures > 0 {
		add(t.Accuracy, "right of %s with several %s", pictureCount(t), plural(f.noun))
		add(t.DigitAccuracy, "right of the %s %s in them", cli.WithCommas(t.Digits), plural(f.noun))
	}
	if t := &s.None; t.Pictures > 0 {
		add(t.Accuracy, "right of %s without a %s", pictureCount(t), f.noun)
	}
	return list
}

// pictureCount says how many pictures a tally counts.
func pictureCount(t *tally) string {
	return cli.WithCommas(t.Pictures) + " " + cli.Plural(t.Pictures, "picture")
}

// rightIfSure returns the share of right pictures among the sure ones. Without
// sure ones, it is NaN.
func (t *tally) rightIfSure() float64 { return float64(t.Sure-t.WrongAndSure) / float64(t.Sure) }

// facts describe the data and the model.
func (f *findings) facts(o *options, r *reader.Reader, found *pictures.Labeled, s *score) []report.Fact {
	count := fmt.Sprintf("%s with a label", cli.WithCommas(len(found.Pictures)))
	if s.LeftOut > 0 {
		count += fmt.Sprintf(", %s without one are left out", cli.WithCommas(s.LeftOut))
	}
	if s.Unread > 0 {
		count += fmt.Sprintf(", %s cannot be read", cli.WithCommas(s.Unread))
	}
	m := r.Model()
	list := []report.Fact{
		{Name: "folder", Value: report.Shown(o.pictures)},
		{Name: "pictures", Value: count},
		{Name: "labels", Value: string(found.Labels)},
		{Name: "model", Value: report.Shown(cmp.Or(o.model, "built in"))},
		{Name: "features", Value: report.Shown(cmp.Or(m.Metadata[reader.FeaturesKey], "pixels")) + ": " + cli.WithCommas(m.Features()) + " numbers"},
		{Name: plural("class"), Value: f.classList(m.Classes())},
	}
	switch {
	case f.sure > 1:
		list = append(list, report.Fact{Name: "sure", Value: "no answer"})
	case f.sure > 0:
		list = append(list, report.Fact{Name: "sure", Value: "answers with a probability of at least " + report.Percent(f.sure)})
	}
	if note := m.Metadata["training"]; note != "" {
		list = append(list, report.Fact{Name: "training", Value: report.Shown(note)})
	}
	return list
}

// classList lists the classes. n is their number with those for "no digit".
func (f *findings) classList(n int) string {
	list := listed(f.classes)
	if more := n - len(f.classes); more > 0 {
		list += fmt.Sprintf(", and %d that are no %s", more, f.noun)
	}
	return list
}

// listed lists names: all of them, or the first ones.
func listed(names []string) string {
	const most = 40
	list := report.Shown(strings.Join(names[:min(len(names), most)], ", "))
	if more := len(names) - most; more > 0 {
		list += fmt.Sprintf(", and %s more", cli.WithCommas(more))
	}
	return list
}

// sortTable shows the results by how many digits the pictures show.
func (f *findings) sortTable(s *score) template.HTML {
	var names []string
	var list []*tally
	for sort, t := range [sorts]*tally{single: &s.Single, several: &s.Several, none: &s.None} {
		if t.Pictures > 0 {
			names, list = append(names, f.sortName(sort)), append(list, t)
		}
	}
	if len(list) > 1 {
		names, list = append(names, "all"), append(list, &s.All)
	}
	return f.tallyTable("", names, list) + f.tallyKey()
}

// sortName says what pictures of a sort show.
func (f *findings) sortName(sort int) string {
	return [sorts]string{single: "one " + f.noun, several: "several " + plural(f.noun), none: "no " + f.noun}[sort]
}

// mostTallies is the number of rows in a table of kinds or folders.
const mostTallies = 200

// tallies returns a table of kinds or folders. If there are too many, it shows
// those with the most mistakes.
func (f *findings) tallies(head string, tallies map[string]*tally) template.HTML {
	names := slices.Sorted(maps.Keys(tallies))
	rest := template.HTML("")
	if n := len(names); n > mostTallies {
		wrong := func(name string) int { return tallies[name].Pictures - tallies[name].Right }
		slices.SortStableFunc(names, func(a, b string) int { return cmp.Compare(wrong(b), wrong(a)) })
		names = names[:mostTallies]
		slices.Sort(names)
		rest = report.Text(fmt.Sprintf("The table shows the %d with the most mistakes, of %s.", mostTallies, cli.WithCommas(n)))
	}
	list := make([]*tally, len(names))
	for i, name := range names {
		list[i] = tallies[name]
	}
	return f.tallyTable(head, names, list) + rest
}

// tallyTable returns a table of results with a bar for each.
func (f *findings) tallyTable(head string, names []string, list []*tally) template.HTML {
	digits := slices.ContainsFunc(list, func(t *tally) bool { return t.Digits > 0 })
	heads := []string{head, "pictures", "wrong", "right", "sure", "right if sure", "wrong and sure", ""}
	if digits {
		heads = append(heads, plural(f.noun), "right")
	}
	var rows [][]any
	for i, t := range list {
		row := []any{report.Path(names[i]), t.Pictures, t.Pictures - t.Right, report.Percent(t.Accuracy), report.Percent(t.Coverage),
			report.Percent(t.rightIfSure()), t.WrongAndSure, t.bar()}
		if digits && t.Digits > 0 {
			row = append(row, t.Digits, report.Percent(t.DigitAccuracy))
		} else if digits {
			row = append(row, "", "")
		}
		rows = append(rows, row)
	}
	return report.Wide(cmp.Or("by "+head, "results"), report.Table(heads, rows))
}

// bar draws the shares of a tally: right and wrong, sure and unsure.
func (t *tally) bar() template.HTML {
	const width = 120
	var b strings.Builder
	fmt.Fprintf(&b, `<svg class="shares" viewBox="0 0 %d 10" width="%[1]d" height="10" aria-hidden="true">`, width)
	x := 0.0
	for i, n := range []int{t.Sure - t.WrongAndSure, t.Right - (t.Sure - t.WrongAndSure), t.Pictures - t.Right - t.WrongAndSure, t.WrongAndSure} {
		w := width * float64(n) / float64(t.Pictures)
		if n > 0 {
			fmt.Fprintf(&b, `<rect class="%s" x="%.2f" width="%.2f" height="10"/>`, shares[i].class, x, w)
		}
		x += w
	}
	b.WriteString("</svg>")
	return template.HTML(b.String())
}

// shares are the parts of a bar.
var shares = []struct{ class, text string }{
	{"right", "right and sure"}, {"right unsure", "right, unsure"}, {"wrong unsure", "wrong, unsure"}, {"wrong", "wrong and sure"},
}

// tallyKey explains the bars.
func (f *findings) tallyKey() template.HTML {
	var b strings.Builder
	b.WriteString(`<ul class="shares-key">`)
	for _, s := range shares {
		fmt.Fprintf(&b, `<li><svg class="shares" viewBox="0 0 12 12" width="12" height="12" aria-hidden="true"><rect class="%s" width="12" height="12"/></svg> %s</li>`, s.class, s.text)
	}
	b.WriteString("</ul>")
	return template.HTML(b.String())
}

// mishapTable says how often what went wrong.
func (f *findings) mishapTable() template.HTML {
	many := plural(f.noun)
	names := [sorts][mishaps]string{
		single: {
			changed: "read as another " + f.noun, added: "read as several " + many, dropped: "read as no " + f.noun, unread: "not read",
		},
		several: {
			changed: "as many " + many + ", but others", missing: "too few " + many, added: "too many " + many,
			dropped: "read as no " + f.noun, unread: "not read",
		},
		none: {changed: "read as a " + f.noun, added: "read as several " + many, unread: "not read"},
	}
	var rows [][]any
	for sort := range sorts {
		for m, c := range f.mishaps[sort] {
			if c.pictures > 0 {
				rows = append(rows, []any{f.sortName(sort) + ": " + names[sort][m], c.pictures, c.sure})
			}
		}
	}
	if rows == nil {
		return report.Text("There is no mistake.")
	}
	return report.Figure("What went wrong", "", report.Table([]string{"", "pictures", "wrong and sure"}, rows))
}

// confusion shows which classes the model confuses.
func (f *findings) confusion(s *score) []template.HTML {
	rows, columns, counts := f.matrix(s)
	if len(rows) == 0 {
		return nil
	}
	caption := "Pictures with one " + f.noun + " or none: a row for each label, a column for each answer."
	return []template.HTML{report.Confusion(caption, rows, columns, counts, 12), report.Figure("Classes", "", report.Classes(rows, counts, nil))}
}

// probabilities shows how well calibrated the probabilities are.
func (f *findings) probabilities(s *score) []template.HTML {
	if s.Single.Pictures == 0 {
		return nil
	}
	caption := "Pictures with one " + f.noun + "."
	switch {
	case f.sure > 1:
		caption += " No answer is sure."
	case f.sure > 0:
		caption += " " + report.Sure(f.coverage, f.sure)
	}
	return []template.HTML{report.Row(
		report.Figure("Calibration", "Pictures with one "+f.noun+" that have one answer.", report.Calibration(f.answers)),
		report.Figure("Coverage", caption, report.Coverage(f.coverage, f.sure)))}
}

// section shows the cards.
func (w *worst) section() []template.HTML {
	if w.total == 0 {
		return nil
	}
	text := "The mistakes, sure ones first, then by probability."
	if w.total > len(w.cards) {
		text = fmt.Sprintf("The worst %d of %s mistakes: sure ones first, then by probability.", len(w.cards), cli.WithCommas(w.total))
	}
	var b strings.Builder
	b.WriteString(`<ol class="findings">`)
	for _, c := range w.cards {
		b.WriteString(string(c.html))
	}
	b.WriteString("\n</ol>")
	return []template.HTML{report.Text(text), template.HTML(b.String())}
}

// unreadList lists the pictures that cannot be read.
func (f *findings) unreadList() template.HTML {
	if len(f.failed) == 0 {
		return ""
	}
	var rows [][]any
	for _, u := range f.failed {
		rows = append(rows, []any{report.Path(u.Path), report.Name(f.word(u.want)), cli.PrintableLines(u.Error)})
	}
	list := report.Wide("Pictures with an error", report.Table([]string{"file", "label", "error"}, rows))
	if f.more > 0 {
		list += report.Text(fmt.Sprintf("and %s more", cli.WithCommas(f.more)))
	}
	return list
}
