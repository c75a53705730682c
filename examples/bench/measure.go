package main

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"time"
)

// A sample is the result of one run.
type sample struct {
	Seconds  float64 `json:"seconds"`  // per operation
	Accuracy float64 `json:"accuracy"` // of the trained model on the test set, 0 if there is none
}

// A measurement is a row of the table.
type measurement struct {
	name  string
	short string       // the name in the last column of other rows
	unit  string       // of the times, a key of units
	cores int          // that this process may use; 0 means all
	than  *measurement // the row to compare with, or nil
	run   func(ctx context.Context) (sample, error)
	rival *rival // another process, or nil; left out if it fails

	samples []sample
}

// units are in seconds.
var units = map[string]float64{"ns": 1e-9, "µs": 1e-6, "ms": 1e-3, "s": 1}

// A part of the table is measurements that are made in turn.
type part struct {
	name, title  string
	measurements []*measurement
}

// measure makes all measurements in turn, b.runs times. It ends the rivals.
func (p *part) measure(ctx context.Context, b *bench) error {
	defer func() {
		for _, m := range p.measurements {
			if m.rival != nil {
				m.rival.close()
			}
		}
	}()
	for range b.runs {
		for _, m := range slices.Clone(p.measurements) {
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			s, err := m.once(ctx)
			switch {
			case err != nil && m.rival != nil:
				b.leaveOut(ctx, m.name, err)
				p.measurements = slices.DeleteFunc(p.measurements, func(o *measurement) bool { return o == m })
				m.rival.close()
				m.samples = nil
			case err != nil:
				return fmt.Errorf("%s: %w", m.name, err)
			default:
				m.samples = append(m.samples, s)
			}
		}
	}
	return nil
}

// once makes one run, without the garbage of other measurements. A run before it
// fills the caches and does not count.
func (m *measurement) once(ctx context.Context) (sample, error) {
	runtime.GC()
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(m.cores)) // 0 changes nothing
	if _, err := m.run(ctx); err != nil {
		return sample{}, err
	}
	return m.run(ctx)
}

// seconds returns the time of an operation: the median, the least and the most.
func (m *measurement) seconds() (median, least, most float64) {
	s := make([]float64, len(m.samples))
	for i := range s {
		s[i] = m.samples[i].Seconds
	}
	slices.Sort(s)
	n := len(s)
	return (s[n/2] + s[(n-1)/2]) / 2, s[0], s[n-1]
}

// faster returns how many times as fast as m.than the measurement is, or 0 if
// there is nothing to compare with.
func (m *measurement) faster() float64 {
	if m.than == nil || len(m.than.samples) == 0 {
		return 0
	}
	own, _, _ := m.seconds()
	other, _, _ := m.than.seconds()
	return other / own
}

// timed returns a run of n operations, numbered from 0. A run should take tens
// of milliseconds, so that the clock is exact enough.
func timed(n int, operation func(i int) error) func(context.Context) (sample, error) {
	return func(context.Context) (sample, error) {
		begin := time.Now()
		for i := range n {
			if err := operation(i); err != nil {
				return sample{}, err
			}
		}
		return sample{Seconds: time.Since(begin).Seconds() / float64(n)}, nil
	}
}
