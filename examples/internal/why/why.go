// Package why draws and words a [reader.Why]: what in a digit speaks for its
// class, and what for another one. For is blue, against is orange. Color-blind
// people can tell these two colors apart.
package why

import (
	"fmt"
	"html/template"
	"image/color"
	"math"
	"strconv"
	"strings"
	"unicode"

	"github.com/seed-cd6415d7/digits/examples/internal/pictures"
	"github.com/seed-cd6415d7/digits/examples/internal/report"
	"github.com/seed-cd6415d7/digits/examples/reader"
)

// HTML returns the title and the caption of a drawing, for a page. The names of
// classes are isolated: those that run from right to left do not turn the text
// around them.
func HTML(w *reader.Why) (template.HTML, template.HTML) {
	return template.HTML(title(w, isolated)), template.HTML(caption(w, isolated))
}

// title returns what the drawing answers: "why 8 and not 3".
func title(w *reader.Why, s style) string {
	return "why " + s.quoted(w.Class) + " and not " + s.quoted(w.Rival)
}

// A style is how the name of a class is written in a text.
type style func(name string) string

func plain(name string) string    { return name }
func isolated(name string) string { return string(report.Name(name)) }

// quoted returns the name of a class as a part of a sentence. Names of several
// words, such as "no digit", have quotes.
func (s style) quoted(class string) string {
	if strings.ContainsFunc(class, unicode.IsSpace) {
		return `"` + s(class) + `"`
	}
	return s(class)
}

// likely returns the name of a class for a comparison of probabilities. "No
// digit" stands for the most probable one of several classes.
func (s style) likely(class string) string {
	if class == pictures.NoDigit {
		return "the likeliest kind of " + s.quoted(class)
	}
	return s.quoted(class)
}

// caption returns the sum in words: "for +9.1, against -2.4, empty picture
// -0.5: difference 6.2, so 8 is 490 times as probable as 3". The parts add up
// to the difference as they are printed.
func caption(w *reader.Why, s style) string {
	n := Sum(w)
	return fmt.Sprintf("for %s, against %s, empty picture %s: difference %s, so %s", n.For, n.Against, n.Empty, n.Difference, odds(w, s))
}

// Numbers are the parts of a difference, and the difference: "+9.1", "-2.4",
// "-0.5" and "6.2".
type Numbers struct{ For, Against, Empty, Difference string }

// Sum returns the numbers of a Why as they are printed.
func Sum(w *reader.Why) Numbers {
	s := sumOf(w)
	return Numbers{s.text(s.parts[0], "+"), s.text(s.parts[1], "+"), s.text(s.parts[2], "+"), s.text(s.total, "")}
}

// A sum is the sum of a Why in whole units, so that it adds up as it is
// printed.
type sum struct {
	parts  [3]float64 // for, against, empty picture
	total  float64
	places int // after the decimal point; units are 10^-places
}

func sumOf(w *reader.Why) sum {
	exact := [3]float64{2: float64(w.Empty)}
	for _, c := range w.Contributions {
		exact[0] += float64(max(c, 0))
		exact[1] += float64(min(c, 0))
	}
	total := float64(w.Difference)
	s := sum{places: 1}
	// The largest number has one to six digits.
	largest := max(exact[0], -exact[1], math.Abs(exact[2]), math.Abs(total))
	for ; largest < 1 && s.places < 6; largest *= 10 {
		s.places++
	}
	for ; largest >= 1e5 && !math.IsInf(largest, 0); largest /= 10 {
		s.places--
	}
	unit := math.Pow(10, float64(s.places))
	s.total = math.Round(total * unit)
	rest := s.total
	for i := range exact {
		exact[i] *= unit
		s.parts[i] = math.Round(exact[i])
		rest -= s.parts[i]
	}
	// The part that rounding changed most takes the rest. As rounding changes
	// each part by half a unit at most, few units remain.
	for range s.parts {
		if rest == 0 || rest != rest {
			break
		}
		step := math.Copysign(1, rest)
		lost := func(k int) float64 { return (exact[k] - s.parts[k]) * step }
		i := 0
		for k := range exact {
			if lost(k) > lost(i) {
				i = k
			}
		}
		s.parts[i] += step
		rest -= step
	}
	return s
}

// text returns a number of units. A number that is not negative follows plus.
func (s *sum) text(units float64, plus string) string {
	v := units / math.Pow(10, float64(s.places)) // not -0: 0 is added below
	if v <= 0 {
		plus = ""
	}
	return plus + fmt.Sprintf("%.*f", max(s.places, 0), v+0)
}

// odds compares the probabilities in words.
func odds(w *reader.Why, s style) string {
	first, second, d := s.likely(w.Class), s.likely(w.Rival), float64(w.Difference)
	if d < 0 {
		first, second, d = second, first, -d
	}
	times := math.Exp(d)
	switch {
	case !(times >= 1.05):
		return fmt.Sprintf("%s is as probable as %s", first, second)
	case times > 1e6:
		return fmt.Sprintf("%s is more than a million times as probable as %s", first, second)
	}
	return fmt.Sprintf("%s is %s times as probable as %s", first, twoDigits(times), second)
}

// twoDigits rounds a number from 1 to 1,000,000 to two digits: 1.3, 12, 490,
// 24,000.
func twoDigits(v float64) string {
	if v < 9.95 {
		return fmt.Sprintf("%.1f", v)
	}
	unit := math.Pow(10, math.Floor(math.Log10(v))-1)
	text := fmt.Sprintf("%.0f", math.Round(v/unit)*unit)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}

// A stroke has a weight from 0 to 1 besides: its size, compared with the
// largest stroke's.
type stroke struct {
	reader.Stroke
	weight float64
}

// least is the weight of the palest stroke that is drawn.
const least = 0.05

// strokesOf returns the strokes that can be seen, small ones first: what is
// drawn later covers what is drawn before.
func strokesOf(w *reader.Why) (list []stroke) {
	all := w.Strokes()
	if len(all) == 0 {
		return nil
	}
	largest := math.Abs(float64(all[len(all)-1].Contribution))
	for _, s := range all {
		if weight := math.Abs(float64(s.Contribution)) / largest; weight >= least {
			list = append(list, stroke{s, weight})
		}
	}
	return list
}

// opacity is how opaque a stroke is drawn, from 0 to 1.
func (s *stroke) opacity() float64 { return 0.3 + float64(0.7*s.weight) }

// class is the class of a stroke in the style sheet.
func (s *stroke) class() string {
	if s.Contribution < 0 {
		return "against"
	}
	return "for"
}

func (s *stroke) color() color.RGBA {
	if s.Contribution < 0 {
		return report.Against
	}
	return report.For
}

// number returns a coordinate in short form.
func number(v float32, places int) string {
	text := strconv.FormatFloat(float64(v), 'f', places, 32)
	if text = strings.TrimSuffix(strings.TrimRight(text, "0"), "."); text != "0" {
		text = strings.TrimPrefix(text, "0")
	}
	return text
}
