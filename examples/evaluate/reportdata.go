package main

import (
	"html/template"
	"slices"
	"sort"
	"sync"

	"github.com/seed-cd6415d7/digits/examples/internal/pictures"
	"github.com/seed-cd6415d7/digits/examples/internal/report"
	"github.com/seed-cd6415d7/digits/examples/reader"
)

// Sorts of pictures, by how many digits they show.
const (
	single = iota
	several
	none
	sorts
)

func sortOf(p *pictures.Picture) int {
	switch {
	case p.NoDigit:
		return none
	case len(p.Classes) > 1:
		return several
	}
	return single
}

// Mishaps: what went wrong with a picture.
const (
	changed = iota // another digit, or as many digits
	missing        // fewer digits
	added          // more digits than there are
	dropped        // read as "no digit"
	unread         // cannot be read
	mishaps
)

// mishapOf returns what went wrong with a picture that is not right.
func mishapOf(r *pictures.Result) int {
	switch got := r.Got(); {
	case got == "":
		return unread
	case got == pictures.NoDigit:
		return dropped
	case len(r.Answers) < len(r.Classes):
		return missing
	case len(r.Answers) > max(len(r.Classes), 1): // no digit may be one answer
		return added
	}
	return changed
}

// A count counts wrong pictures, and those among them with sure answers.
type count struct{ pictures, sure int }

// findings collect what -report shows besides the score. Their memory is
// bounded, but for a few bytes for each picture.
type findings struct {
	classes   []string
	noun      string // what a class is called
	knowsNone bool   // the model can answer "no digit"
	sure      float64

	mishaps [sorts][mishaps]count

	// These are of pictures with one digit.
	answers  []report.Verdict // one for each picture that has one answer
	coverage []report.Verdict // one for each, see confidence

	elsewhere elsewhere
	worst     [sorts]worst
	failed    []failure // pictures and folders that cannot be read
	more      int       // of these, without room in the list
}

// elsewhere counts the pictures that are in no column of a score's confusion,
// for each label and then for "no digit".
type elsewhere struct{ several, unread []int }

const (
	mostMistakes = 60 // cards for pictures with one digit
	mostOthers   = 30 // cards for the other sorts
	mostFailed   = 200
)

func newFindings(r *reader.Reader, noun string) *findings {
	classes := r.Classes()
	f := &findings{
		classes: classes, noun: noun, sure: float64(r.SureFrom()), knowsNone: r.Model().Classes() > len(classes),
		elsewhere: elsewhere{make([]int, len(classes)+1), make([]int, len(classes)+1)},
	}
	for i := range f.worst {
		f.worst[i].most = mostOthers
	}
	f.worst[single].most = mostMistakes
	return f
}

// card returns the card of a picture that is read wrong, unless others are
// worse. Several goroutines call it.
func (f *findings) card(r *pictures.Result) template.HTML {
	return f.worst[sortOf(&r.Picture)].card(badness(r), func() template.HTML { return f.cardOf(r) })
}

// add adds a picture. card is that of worst.card.
func (f *findings) add(r *pictures.Result, card template.HTML) {
	if r.Err != nil && !r.Right() {
		if len(f.failed) < mostFailed {
			f.failed = append(f.failed, failureOf(r))
		} else {
			f.more++
		}
	}
	if r.Unread {
		return
	}
	sort := sortOf(&r.Picture)
	if sort == single {
		if only := r.Only(); only != nil && r.Err == nil {
			f.answers = append(f.answers, report.Verdict{Probability: float64(only.Probability), Right: r.Right()})
		}
		f.coverage = append(f.coverage, report.Verdict{Probability: confidence(r, f.sure), Right: r.Right()})
	}
	if sort != several {
		label := len(f.classes)
		if sort == single {
			label = slices.Index(f.classes, r.Classes[0])
		}
		if r.Got() == "" {
			f.elsewhere.unread[label]++
		} else if len(r.Answers) > 1 {
			f.elsewhere.several[label]++
		}
	}
	if r.Right() {
		return
	}
	c := &f.mishaps[sort][mishapOf(r)]
	c.pictures++
	if r.Sure() {
		c.sure++
	}
	if r.Err == nil {
		f.worst[sort].add(badness(r), card)
	}
}

// least returns the lowest probability of the answers for a picture.
func least(r *pictures.Result) float64 {
	if only := r.Only(); only != nil {
		return float64(only.Probability)
	}
	p := float32(1)
	for _, a := range r.Answers {
		p = min(p, a.Probability)
	}
	return float64(p)
}

// confidence is the number that decides whether a picture's answers are sure:
// they are if it reaches the threshold. Some answers are never sure.
func confidence(r *pictures.Result, sure float64) float64 {
	var p float64 // of a picture that cannot be read
	if r.Err == nil {
		p = least(r)
	}
	if !r.Sure() && p >= sure {
		return 0
	}
	return p
}

// badness returns how bad a mistake is. Sure mistakes are the worst ones. Then
// the probability counts.
func badness(r *pictures.Result) float64 {
	if r.Sure() {
		return 1 + least(r)
	}
	return least(r)
}

// worst keeps the cards of the worst mistakes, the worst one first. Several
// goroutines may use it.
type worst struct {
	most  int
	total int // of mistakes

	mutex sync.Mutex
	cards []ranked
}

type ranked struct {
	rank float64
	html template.HTML
}

// card makes a card by calling draw, unless it has no chance to be kept. Of
// cards with the same rank, those that are added first are kept.
func (w *worst) card(rank float64, draw func() template.HTML) template.HTML {
	w.mutex.Lock()
	hopeless := len(w.cards) == w.most && rank <= w.cards[w.most-1].rank
	w.mutex.Unlock()
	if hopeless {
		return ""
	}
	return draw()
}

// add adds a mistake. Its card may be empty if it has no chance.
func (w *worst) add(rank float64, card template.HTML) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	w.total++
	at := sort.Search(len(w.cards), func(i int) bool { return w.cards[i].rank < rank })
	if at == w.most {
		return
	}
	w.cards = slices.Insert(w.cards, at, ranked{rank, card})
	w.cards = w.cards[:min(len(w.cards), w.most)]
}

// matrix returns the confusion with names for a report. Its last columns are
// for pictures that are read as several digits, or not at all. It leaves out
// classes that no picture shows and no answer names.
func (f *findings) matrix(s *score) (rows, columns []string, counts [][]int) {
	n := len(f.classes)
	var kept []int
	for k := range n + 1 {
		used := f.elsewhere.several[k] + f.elsewhere.unread[k]
		for i := range n + 1 {
			used += s.Confusion[k][i] + s.Confusion[i][k]
		}
		if used > 0 {
			kept = append(kept, k)
		}
	}
	for _, k := range kept {
		name := "no " + f.noun
		if k < n {
			name = report.Shown(f.classes[k])
		}
		columns = append(columns, name)
		if k == n && s.None.Pictures == 0 {
			break // no picture has this label; n is the last of kept
		}
		rows = append(rows, name)
		var line []int
		for _, i := range kept {
			line = append(line, s.Confusion[k][i])
		}
		counts = append(counts, line)
	}
	for _, other := range []struct {
		name   string
		counts []int
	}{{"several", f.elsewhere.several}, {"error", f.elsewhere.unread}} {
		if slices.Max(other.counts) == 0 {
			continue
		}
		columns = append(columns, other.name)
		for i := range rows {
			counts[i] = append(counts[i], other.counts[kept[i]])
		}
	}
	return rows, columns, counts
}

// A change is a step from what was read to what a label says.
type change struct {
	got  *reader.Answer // nil if a class was not read
	want string         // empty if there is no such class
}

// right reports whether nothing changes.
func (c change) right() bool { return c.got != nil && c.got.Name() == c.want }

// changes aligns answers with the classes of a label, with as few changes as
// editDistance counts.
func changes(answers []reader.Answer, want []string) []change {
	n, m := len(answers), len(want)
	cost := make([][]int, n+1) // of the rest from answer i and class j on
	for i := n; i >= 0; i-- {
		cost[i] = make([]int, m+1)
		for j := m; j >= 0; j-- {
			switch {
			case i == n || j == m:
				cost[i][j] = n - i + m - j
			case answers[i].Name() == want[j]:
				cost[i][j] = cost[i+1][j+1]
			default:
				cost[i][j] = 1 + min(cost[i+1][j+1], cost[i+1][j], cost[i][j+1])
			}
		}
	}
	var list []change
	for i, j := 0, 0; i < n || j < m; {
		both := i < n && j < m
		switch {
		case both && (answers[i].Name() == want[j] || cost[i][j] == cost[i+1][j+1]+1):
			list = append(list, change{&answers[i], want[j]})
			i, j = i+1, j+1
		case i < n && cost[i][j] == cost[i+1][j]+1:
			list = append(list, change{got: &answers[i]})
			i++
		default:
			list = append(list, change{want: want[j]})
			j++
		}
	}
	return list
}
