package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
)

// printer writes the results, as a table in Markdown or as JSON.
type printer struct {
	w    io.Writer
	json bool
}

// start says what machine it is.
func (p *printer) start(ctx context.Context, runs int) error {
	m := thisMachine(ctx)
	if p.json {
		return json.NewEncoder(p.w).Encode(m)
	}
	_, err := fmt.Fprintf(p.w, "%v; medians of %d runs\n\n| what | median | range | speed |\n|---|---|---|---|\n", m, runs)
	return err
}

// part writes the results of a part.
func (p *printer) part(part *part) error {
	if p.json {
		return p.objects(part)
	}
	if len(part.measurements) == 0 {
		return nil
	}
	if _, err := fmt.Fprintf(p.w, "| **%s** | | | |\n", part.title); err != nil {
		return err
	}
	for _, m := range part.measurements {
		name, speed := m.name, ""
		if a := m.accuracy(); a > 0 {
			name += fmt.Sprintf("; accuracy %.2f %%", 100*a)
		}
		if f := m.faster(); f > 0 {
			speed = digits(f) + " x " + m.than.short
		}
		median, least, most := m.seconds()
		u := units[m.unit]
		if _, err := fmt.Fprintf(p.w, "| %s | %s %s | %s to %s %s | %s |\n", name,
			digits(median/u), m.unit, digits(least/u), digits(most/u), m.unit, speed); err != nil {
			return err
		}
	}
	return nil
}

// jsonResult is the JSON object of a measurement. The times are in seconds.
type jsonResult struct {
	Part     string  `json:"part"`
	Title    string  `json:"title"`
	What     string  `json:"what"`
	Median   float64 `json:"median"`
	Min      float64 `json:"min"`
	Max      float64 `json:"max"`
	Runs     int     `json:"runs"`
	Faster   float64 `json:"times_as_fast,omitempty"`
	Than     string  `json:"as,omitempty"`
	Accuracy float64 `json:"test_accuracy,omitempty"`
}

func (p *printer) objects(part *part) error {
	for _, m := range part.measurements {
		r := jsonResult{
			Part: part.name, Title: part.title, What: m.name, Runs: len(m.samples),
			Faster: m.faster(), Accuracy: m.accuracy(),
		}
		if r.Faster > 0 {
			r.Than = m.than.short
		}
		r.Median, r.Min, r.Max = m.seconds()
		if err := json.NewEncoder(p.w).Encode(r); err != nil {
			return err
		}
	}
	return nil
}

// digits writes a number with three digits, or all that stand before the point.
func digits(v float64) string {
	switch {
	case v >= 99.95:
		return strconv.FormatFloat(v, 'f', 0, 64)
	case v >= 9.995:
		return strconv.FormatFloat(v, 'f', 1, 64)
	}
	return strconv.FormatFloat(v, 'f', 2, 64)
}

// grouped writes a number as in 60,000.
func grouped(n int) string {
	if n < 1000 {
		return strconv.Itoa(n)
	}
	return fmt.Sprintf("%s,%03d", grouped(n/1000), n%1000)
}
