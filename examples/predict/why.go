package main

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/seed-cd6415d7/digits/examples/internal/cli"
	"github.com/seed-cd6415d7/digits/examples/internal/pictures"
	"github.com/seed-cd6415d7/digits/examples/internal/why"
	"github.com/seed-cd6415d7/digits/examples/reader"
)

// An explainer says why answers are what they are. Nil says nothing.
type explainer struct {
	classes   []string
	rival     int  // a class, or reader.None
	nextOne   bool // rival is not set: it is the next answer
	knowsNone bool // the model knows "no digit"
	color     bool // for the terminal
}

// newExplainer returns an explainer that compares answers with a class. An
// empty name stands for the next answer.
func newExplainer(r *reader.Reader, against string, color bool) (*explainer, error) {
	classes := r.Classes()
	e := &explainer{classes: classes, nextOne: against == "", knowsNone: r.Model().Classes() > len(classes), color: color}
	if e.nextOne {
		return e, nil
	}
	if e.rival = slices.Index(classes, against); e.rival >= 0 {
		return e, nil
	}
	if e.rival = reader.None; against == pictures.NoDigit && e.knowsNone {
		return e, nil
	}
	const most = 20
	if len(classes) > most {
		classes = append(classes[:most:most], "...")
	}
	want := "one of " + strings.Join(classes, ", ")
	if e.knowsNone {
		want += fmt.Sprintf(", or %q", pictures.NoDigit)
	}
	return nil, fmt.Errorf("-against %q: the model has no such class; want %s", against, want)
}

// all returns a Why or nil for each answer of a picture: those of Answers and
// then those of LeftOut. What was left out is only explained if it is the
// answer.
func (e *explainer) all(r *pictures.Result) []*reader.Why {
	whys := make([]*reader.Why, len(r.Answers)+len(r.LeftOut))
	if e == nil {
		return whys
	}
	want := wanted(r)
	for i := range r.Answers {
		whys[i] = e.why(&r.Answers[i], want[i])
	}
	if only := r.Only(); only != nil && len(r.Answers) == 0 {
		for i := range r.LeftOut {
			if &r.LeftOut[i] == only {
				whys[i] = e.why(only, "")
			}
		}
	}
	return whys
}

// why compares an answer with the rival or, if there is none, with the class
// that is wanted in its place. Otherwise it takes the next answer. It returns
// nil for an answer that the model did not give.
func (e *explainer) why(a *reader.Answer, want string) *reader.Why {
	if pictures.Overruled(a) {
		return nil
	}
	class, rival := a.Top()
	if i := slices.Index(e.classes, want); e.nextOne && i >= 0 {
		rival = i
	}
	if !e.nextOne && e.rival != class {
		rival = e.rival
	}
	return a.Why(class, rival)
}

// wanted returns for each answer of a picture the name of the class that is
// wanted instead, or "" if the answer is right or if this is not known.
func wanted(r *pictures.Result) []string {
	want := make([]string, len(r.Answers))
	if len(r.Classes) == len(want) {
		for i, a := range r.Answers {
			if a.Name() != r.Classes[i] {
				want[i] = r.Classes[i]
			}
		}
	}
	return want
}

// text returns a Why for the terminal.
func (e *explainer) text(w *reader.Why) string {
	switch {
	case w == nil:
		return ""
	case e.color:
		return why.ColorText(w)
	default:
		return why.Text(w)
	}
}

// wantsColor reports whether w is a terminal that understands colors, and its
// user wants them.
func wantsColor(w io.Writer) bool {
	kind := os.Getenv("TERM")
	return cli.IsTerminal(w) && os.Getenv("NO_COLOR") == "" && kind != "" && kind != "dumb"
}
