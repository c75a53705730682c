package sheet

import (
	"path"
	"strconv"
	"strings"

	"github.com/seed-cd6415d7/digits/examples/internal/pictures"
	"github.com/seed-cd6415d7/digits/examples/reader"
)

// ClassName returns the name of a class as it can be drawn. If the font does
// not have all its characters, as in most scripts, this is the class's number,
// such as "#3". The first class is "#0".
func ClassName(name string, class int) string {
	if drawable(name) {
		return name
	}
	return "#" + strconv.Itoa(class)
}

// nameOf returns the name of an answer's class as it can be drawn.
func nameOf(a *reader.Answer, class int) string { return ClassName(a.NameOf(class), class) }

// gotOf is Result.Got with the names of nameOf.
func gotOf(r *pictures.Result) string {
	got := r.Got()
	if drawable(got) {
		return got
	}
	var names []string
	for i := range r.Answers {
		names = append(names, nameOf(&r.Answers[i], r.Answers[i].Digit))
	}
	return strings.Join(names, " ")
}

// wantOf is Result.Want with the names of nameOf. Only an answer knows the
// numbers of the classes.
func wantOf(r *pictures.Result) string {
	want, answers := r.Want(), append(r.Answers[:len(r.Answers):len(r.Answers)], r.LeftOut...)
	if drawable(want) || len(answers) == 0 {
		return want
	}
	a, names := &answers[0], []string(nil)
	for _, name := range r.Classes {
		for class := range a.Probabilities {
			if a.NameOf(class) == name {
				names = append(names, nameOf(a, class))
			}
		}
	}
	return strings.Join(names, " ")
}

// cut leaves out the middle of a text of more than n characters. Names that
// differ at the beginning or at the end stay different.
func cut(text string, n int) string {
	runes := []rune(text)
	if len(runes) <= n {
		return text
	}
	dots := "."
	if n > 8 { // there is room
		dots = ".."
	}
	begin := n / 2
	return string(runes[:begin]) + dots + string(runes[len(runes)-n+begin+len(dots):])
}

// cutLabel cuts a word and a name, as in "label square", to n characters. It
// leaves out the word first.
func cutLabel(text string, n int) string {
	if _, name, ok := strings.Cut(text, " "); ok && len([]rune(text)) > n {
		text = name
	}
	return cut(text, n)
}

// cutFile leaves out the extension of a file's name of more than n characters.
func cutFile(name string, n int) string {
	if len([]rune(name)) > n {
		return strings.TrimSuffix(name, path.Ext(name))
	}
	return name
}

// wrap returns the first words of an error in at most n lines of w characters.
// The rest of the first sentence is replaced by dots. Advice after a semicolon
// is left out.
func wrap(err error, n, w int) (lines []string) {
	text, _, _ := strings.Cut(err.Error(), ";")
	for _, word := range strings.Fields(text) {
		last := len(lines) - 1
		switch {
		case last >= 0 && len([]rune(lines[last]+" "+word)) <= w:
			lines[last] += " " + word
		case len(lines) < n:
			lines = append(lines, cut(word, w))
		default:
			lines[last] = string([]rune(lines[last])[:min(len([]rune(lines[last])), w-2)]) + ".."
			return lines
		}
	}
	return lines
}
