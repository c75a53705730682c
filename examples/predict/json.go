package main

import (
	"io"

	"github.com/seed-cd6415d7/digits/examples/internal/answers"
)

// object prints a result as JSON. usage explains the fields.
func (p *printer) object(r *result) {
	o := answers.New(r.Result, p.classes)
	if r.Want() != "" {
		o.Want = r.Label
		if len(r.Classes) == 1 && p.digits && !p.many {
			o.Want = int(r.Label[0] - '0')
		}
	}
	if p.err == nil {
		_, p.err = io.WriteString(p.w, answers.Text(o))
	}
}
