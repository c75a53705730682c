package main

import (
	"github.com/seed-cd6415d7/digits/examples/internal/answers"
	"github.com/seed-cd6415d7/digits/examples/internal/cli"
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
		p.err = cli.WriteJSON(p.w, o, "")
	}
}
