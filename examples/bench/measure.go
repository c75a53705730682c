package main

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"time"
)

// A sample is what came of one run.
type sample struct {
	Seconds  float64 `json:"seconds"`  // per operation
	Accuracy float64 `json:"accuracy"` // on the test set, of the model that was trained, if one was
}

// A measurement is something to be measured.
type measurement struct {
	name  string
	short string // for others that are compared with it
	unit  string // of the table, a key of units
	cores int    // to be used by this process; 0 for all
	than  *measurement
	run   func(ctx context.Context) (sample, error)
	rival bool // another process: left out if it fails

	samples []sample
}

// units are in seconds.
var units = map[string]float64{"ns": 1e-9, "µs": 1e-6, "ms": 1e-3, "s": 1}

// A part is measurements that are made in turn.
type part struct {
	name, title  string
	measurements []*measurement
	closers      []func() // of what the measurements need
}

// close frees what the measurements needed.
func (p *part) close() {
	for _, f := range p.closers {
		f()
	}
}

// measure runs all measurements in turn, as often as wanted.
func (p *part) measure(ctx context.Context, b *bench) error {
	for range b.runs {
		for _, m := range slices.Clone(p.measurements) {
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			s, err := m.once(ctx)
			switch {
			case err != nil && m.rival:
				b.leaveOut(ctx, m.name, err)
				p.measurements = slices.DeleteFunc(p.measurements, func(o *measurement) bool { return o == m })
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

// once makes one run, on as many processors as it is for, and without garbage
// of another. One before it, which is not counted, fills the caches again.
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

// accuracy returns that of the last run, or 0.
func (m *measurement) accuracy() float64 { return m.samples[len(m.samples)-1].Accuracy }

// faster returns how many times as fast it is as what it is compared with, or 0
// if that is nothing.
func (m *measurement) faster() float64 {
	if m.than == nil || len(m.than.samples) == 0 {
		return 0
	}
	own, _, _ := m.seconds()
	other, _, _ := m.than.seconds()
	return other / own
}

// timed returns a run of n operations, which are told their number. A run should
// take tens of milliseconds, long enough for the clock.
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
