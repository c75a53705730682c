package main

import (
	"github.com/seed-cd6415d7/digits/examples/internal/cli"
	"github.com/seed-cd6415d7/digits/examples/reader"
	"github.com/seed-cd6415d7/digits/imageprep"
)

// usage explains the fields of the JSON objects. Some types are exported so
// that encoding/json can also read embedded pointers to them.
type (
	Answer struct {
		// Digits are numbers. Other classes are names.
		Digit any `json:"digit,omitempty"`
		Class any `json:"class,omitempty"`

		Probability float32 `json:"probability"`
		Best        any     `json:"best"`
		RunnerUp    any     `json:"runner_up"`
		None        float32 `json:"none"`
		Unsure      bool    `json:"unsure,omitempty"`
		Box         []int   `json:"box"`
	}
	jsonDigit struct {
		Answer
		Line     int      `json:"line"`
		Warnings []string `json:"warnings,omitempty"`
	}
	Page struct {
		Text    string      `json:"text"`
		Lines   []string    `json:"lines"`
		Digits  []jsonDigit `json:"digits"`
		LeftOut []jsonDigit `json:"left_out,omitempty"`
		Turned  int         `json:"turned,omitempty"`
	}
	jsonResult struct {
		File string `json:"file"`
		*Answer
		Probabilities []float32 `json:"probabilities,omitempty"`
		*Page
		Warnings []string `json:"warnings,omitempty"`
		Want     any      `json:"want,omitempty"`
		Error    string   `json:"error,omitempty"`
	}
)

// object prints a result as JSON.
func (p *printer) object(r *result) {
	o := jsonResult{File: r.Name}
	if r.Want() != "" {
		o.Want = r.Label
		if len(r.Classes) == 1 && p.digits && !p.many {
			o.Want = int(r.Label[0] - '0')
		}
	}
	if r.Err != nil {
		o.Error = r.Err.Error()
	} else {
		o.Page = &Page{
			Text: r.Text(), Lines: append([]string{}, r.Lines()...), // not null
			Digits: append([]jsonDigit{}, p.list(r.Answers)...), LeftOut: p.list(r.LeftOut), Turned: r.Turned,
		}
		o.Warnings = texts(r.Warnings)
		if only := r.Only(); only != nil {
			d := p.newDigit(*only)
			o.Answer, o.Probabilities, o.Warnings = &d.Answer, only.Probabilities, append(o.Warnings, d.Warnings...)
		} else if len(r.Answers) == 0 {
			// There is no ink.
			o.Answer = &p.newDigit(reader.Answer{NoDigit: true, Probability: 1, None: 1, Sure: true}).Answer
			o.Answer.Box = nil
		}
	}
	if p.err == nil {
		p.err = cli.WriteJSON(p.w, o, "")
	}
}

func (p *printer) list(answers []reader.Answer) (list []jsonDigit) {
	for _, a := range answers {
		list = append(list, *p.newDigit(a))
	}
	return list
}

func (p *printer) newDigit(a reader.Answer) *jsonDigit {
	d := &jsonDigit{
		Answer: Answer{Probability: a.Probability, Best: p.class(a.Digit), RunnerUp: p.class(a.RunnerUp), None: a.None, Unsure: !a.Sure,
			Box: []int{a.Box.Min.X, a.Box.Min.Y, a.Box.Max.X, a.Box.Max.Y}},
		Line: a.Line, Warnings: texts(a.Warnings),
	}
	answer := any((*int)(nil)) // null
	if !a.NoDigit {
		answer = d.Best
	}
	if d.Class = answer; p.digits {
		d.Digit, d.Class = answer, nil
	}
	return d
}

// class returns a digit as a number, and another class as its name.
func (p *printer) class(class int) any {
	if p.digits {
		return class
	}
	return p.classes[class]
}

func texts(warnings []imageprep.Warning) (list []string) {
	for _, w := range warnings {
		list = append(list, w.String())
	}
	return list
}
