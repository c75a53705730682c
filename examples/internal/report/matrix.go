package report

import (
	"cmp"
	"fmt"
	"html/template"
	"math"
	"slices"
)

// Sizes of a confusion matrix.
const (
	mostWithNumbers = 20 // columns that have room for numbers
	mostOnPhone     = 12 // columns that are shrunk to fit on a phone
	numberCell      = 36 // the side of a cell with a number
	plainCell       = 14 // and of one without
	charWidth       = 7
	mostNameChars   = 12
)

// Confusion returns a confusion matrix and the n most frequent mistakes. There
// is a row for each label and a column for each answer. The right answer of row
// i is column i. There may be more columns than rows, for example for "no
// digit".
func Confusion(caption string, rows, columns []string, counts [][]int, n int) template.HTML {
	matrix := Figure("Confusion matrix", caption, confusionMatrix(rows, columns, counts))
	frequent := Figure("Most frequent mistakes", "", frequentMistakes(rows, columns, counts, n))
	if len(columns) > mostOnPhone { // then the matrix is wider than half a page
		return matrix + "\n" + frequent
	}
	return Row(matrix, frequent)
}

// confusionMatrix returns a confusion matrix as a picture.
func confusionMatrix(rows, columns []string, counts [][]int) template.HTML {
	m := newMatrix(rows, columns, counts)
	m.add(`<svg class="matrix%s" viewBox="0 0 %s %s" width="%[2]s" height="%[3]s" role="img" aria-label="%s">`,
		m.class(), px(m.left+m.cell*float64(len(columns))+1), px(m.top+m.cell*float64(len(rows))+1), m.label())
	m.names()
	m.add(`<rect class="ground" x="%s" y="%s" width="%s" height="%s"/>`,
		px(m.left), px(m.top), px(m.cell*float64(len(columns))), px(m.cell*float64(len(rows))))
	for i, row := range counts {
		for j, n := range row {
			if n > 0 {
				m.drawCell(i, j, n)
			}
		}
	}
	m.add("</svg>")
	return Wide("Confusion matrix", m.html())
}

// A matrix is a confusion matrix that is drawn.
type matrix struct {
	builder
	rows, columns []string
	counts        [][]int
	totals        []int   // of the rows
	cell          float64 // side of a cell
	left, top     float64 // room for the names
}

func newMatrix(rows, columns []string, counts [][]int) *matrix {
	m := &matrix{rows: rows, columns: columns, counts: counts, cell: plainCell}
	if m.numbers() {
		m.cell = numberCell
	}
	for _, row := range counts {
		total := 0
		for _, n := range row {
			total += n
		}
		m.totals = append(m.totals, total)
	}
	m.left = 12 + charWidth*float64(longest(rows))
	m.top = 18
	if slices.ContainsFunc(columns, m.upright) {
		m.top = 12 + charWidth*float64(longest(columns))
	}
	return m
}

// numbers reports whether the cells have room for numbers.
func (m *matrix) numbers() bool { return len(m.columns) <= mostWithNumbers }

// upright reports whether the name of a column stands upright, because it is
// wider than the column.
func (m *matrix) upright(name string) bool {
	return charWidth*float64(longest([]string{name})) > m.cell-2
}

// class returns further classes for the style sheet.
func (m *matrix) class() string {
	switch {
	case len(m.columns) <= mostOnPhone:
		return " fit"
	case m.numbers():
		return ""
	}
	return " small"
}

// names draws the names of the rows and the columns.
func (m *matrix) names() {
	for i, name := range m.rows {
		m.add(`<text x="%s" y="%s" text-anchor="end">%s</text>`,
			px(m.left-6), px(m.top+m.cell*(float64(i)+0.5)+4), short(name))
	}
	for j, name := range m.columns {
		x := m.left + m.cell*(float64(j)+0.5)
		if m.upright(name) {
			m.add(`<text transform="translate(%s %s) rotate(-90)">%s</text>`, px(x+4), px(m.top-6), short(name))
			continue
		}
		m.add(`<text x="%s" y="%s" text-anchor="middle">%s</text>`, px(x), px(m.top-6), short(name))
	}
}

// drawCell draws a count: blue if it is of right answers, otherwise orange.
func (m *matrix) drawCell(i, j, n int) {
	share := float64(n) / float64(m.totals[i])
	class := "miss"
	if i == j {
		class = "hit"
	}
	x, y := m.left+m.cell*float64(j), m.top+m.cell*float64(i)
	m.add(`<g><title>%s</title><rect class="%s" x="%s" y="%s" width="%s" height="%[5]s" fill-opacity="%s"/>`,
		m.describe(i, j), class, px(x+0.5), px(y+0.5), px(m.cell-1), rounded(strength(share), 100))
	if m.numbers() {
		text := ""
		if strength(share) > 0.6 {
			text = ` class="on"`
		}
		m.add(`<text`+text+` x="%s" y="%s" text-anchor="middle">%d</text>`, px(x+m.cell/2), px(y+m.cell/2+4), n)
	}
	m.add("</g>")
}

// describe says what a cell counts.
func (m *matrix) describe(i, j int) string {
	n := m.counts[i][j]
	share := Percent(float64(n) / float64(m.totals[i]))
	if i == j {
		return fmt.Sprintf("%s: %d of %d right, %s", m.rows[i], n, m.totals[i], share)
	}
	return fmt.Sprintf("%s, read as %s: %d of %d, %s", m.rows[i], m.columns[j], n, m.totals[i], share)
}

// label describes the matrix to people who cannot see it.
func (m *matrix) label() string {
	right, all := 0, 0
	for i, row := range m.counts {
		right += row[i]
		all += m.totals[i]
	}
	text := fmt.Sprintf("Confusion matrix: %d of %d right.", right, all)
	for _, pair := range m.pairs(3) {
		text += " " + m.describe(pair.row, pair.column) + "."
	}
	return text
}

// A pair is a label and a wrong answer.
type pair struct{ row, column int }

// pairs returns the most frequent mistakes, at most n of them.
func (m *matrix) pairs(n int) []pair {
	var list []pair
	for i, row := range m.counts {
		for j, count := range row {
			if i != j && count > 0 {
				list = append(list, pair{i, j})
			}
		}
	}
	slices.SortStableFunc(list, func(a, b pair) int {
		return cmp.Compare(m.counts[b.row][b.column], m.counts[a.row][a.column])
	})
	return list[:min(n, len(list))]
}

// frequentMistakes returns a table of the most frequent mistakes, at most n of
// them.
func frequentMistakes(rows, columns []string, counts [][]int, n int) template.HTML {
	m := newMatrix(rows, columns, counts)
	var table [][]any
	for _, p := range m.pairs(n) {
		count := counts[p.row][p.column]
		table = append(table, []any{rows[p.row], columns[p.column], count, Percent(float64(count) / float64(m.totals[p.row]))})
	}
	if table == nil {
		return Text("There is no mistake.")
	}
	return Wide("Most frequent mistakes", Table([]string{"is", "read as", "times", "of its images"}, table))
}

// strength returns how strong the color of a cell is, from 0 to 1. It grows
// like a logarithm, so a single mistake among a thousand images can be seen.
func strength(share float64) float64 {
	const scale = 1000
	return 0.15 + float64(0.85*math.Log1p(scale*share)/math.Log1p(scale))
}

// longest returns the length of the longest name, as short shows it.
func longest(names []string) int {
	most := 1
	for _, name := range names {
		most = max(most, len([]rune(short(name))))
	}
	return most
}

// short cuts a long name for a figure.
func short(name string) string {
	if r := []rune(name); len(r) > mostNameChars {
		return string(r[:mostNameChars-1]) + "…"
	}
	return name
}
