package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/seed-cd6415d7/digits/examples/internal/cli"
)

// A sample is the result of one run.
type sample struct {
	Seconds  float64 `json:"seconds"`  // per operation
	Accuracy float64 `json:"accuracy"` // on the test set, or 0
}

// A runner makes one run.
type runner func(ctx context.Context) (sample, error)

// A measurement is a row of the table.
type measurement struct {
	name  string
	unit  string // of the times, a key of units
	cores int    // that this process may use; 0 means all
	run   runner
	rival *rival // another process, or nil; left out if it fails
	short string // the name in the last column of other rows

	than    *measurement // the row to compare with, or nil
	samples []sample
}

// units are in seconds.
var units = map[string]float64{"ns": 1e-9, "µs": 1e-6, "ms": 1e-3, "s": 1}

// A part of the table is measurements that are made in turn.
type part struct {
	name, title  string
	measurements []*measurement
}

func (p *part) add(name, unit string, cores int, run runner) *measurement {
	m := &measurement{name: name, unit: unit, cores: cores, run: run}
	p.measurements = append(p.measurements, m)
	return m
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

// once makes one run, without the garbage of other measurements. A run before
// it fills the caches and does not count.
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

// faster returns how many times as fast as m.than m is, or 0 without m.than.
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
func timed(n int, operation func(i int) error) runner {
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

// machine is what the figures depend on.
type machine struct {
	CPU   string `json:"cpu"`
	Arch  string `json:"arch"`
	Cores int    `json:"cores"`
	Go    string `json:"go"`
}

func thisMachine(ctx context.Context) machine {
	m := machine{runtime.GOARCH, runtime.GOARCH, runtime.NumCPU(), strings.TrimPrefix(runtime.Version(), "go")}
	if info, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		if cpu := cpuOf(string(info)); cpu != "" {
			m.CPU = cpu
		}
	} else if out, err := exec.CommandContext(ctx, "sysctl", "-n", "machdep.cpu.brand_string").Output(); err == nil {
		m.CPU = strings.TrimSpace(string(out))
	}
	return m
}

// cpuOf returns the first processor in Linux's /proc/cpuinfo, or "". In clouds
// many processors have the same name, so it adds the family and the vector
// instructions that package softmax uses.
func cpuOf(info string) string {
	field := func(name string) (value string) {
		if m := regexp.MustCompile(`(?m)^` + name + `\s*: (.*)$`).FindStringSubmatch(info); m != nil {
			value = m[1]
		}
		return value
	}
	cpu, flags := field("model name"), field("flags")+" "
	if family := field("cpu family"); cpu != "" && family != "" {
		cpu += fmt.Sprintf(" (family %s, model %s)", family, field("model"))
	}
	switch {
	case cpu == "":
	case strings.Contains(flags, " avx512f "):
		cpu += " with AVX-512"
	case strings.Contains(flags, " avx2 "):
		cpu += " with AVX2"
	}
	return cpu
}

func coresText(n int) string {
	if n == 1 {
		return "1 core"
	}
	return fmt.Sprintf("%d cores", n)
}

// thisBuild returns the name of this program in the table.
func thisBuild() string {
	if info, ok := debug.ReadBuildInfo(); ok {
		return buildName(info.Settings)
	}
	return buildName(nil)
}

func buildName(settings []debug.BuildSetting) string {
	for _, s := range settings {
		if s.Key == "-tags" && s.Value != "" {
			return "this module, built with -tags " + s.Value
		}
	}
	return "this module"
}

// printer writes the results as a table in Markdown or as JSON.
type printer struct {
	w    io.Writer
	json bool
}

// start prints the machine.
func (p *printer) start(ctx context.Context, runs int) error {
	m := thisMachine(ctx)
	if p.json {
		return cli.WriteJSON(p.w, m, "")
	}
	_, err := fmt.Fprintf(p.w, "%s, %s, %s, Go %s; medians of %d runs\n\n"+
		"| what | median | range | speed |\n|---|---|---|---|\n", m.CPU, m.Arch, coresText(m.Cores), m.Go, runs)
	return err
}

// A result is a measurement as JSON. The times are in seconds.
type result struct {
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

// part prints the results of a part.
func (p *printer) part(part *part) (err error) {
	if !p.json && len(part.measurements) > 0 {
		_, err = fmt.Fprintf(p.w, "| **%s** | | | |\n", part.title)
	}
	for _, m := range part.measurements {
		if err != nil {
			return err
		}
		r := result{Part: part.name, Title: part.title, What: m.name, Runs: len(m.samples), Faster: m.faster()}
		r.Accuracy = m.samples[len(m.samples)-1].Accuracy
		r.Median, r.Min, r.Max = m.seconds()
		if r.Faster > 0 {
			r.Than = m.than.short
		}
		if p.json {
			err = cli.WriteJSON(p.w, r, "")
		} else {
			err = p.row(r, m.unit)
		}
	}
	return err
}

// row prints a result as a row of the table.
func (p *printer) row(r result, unit string) error {
	speed := ""
	if r.Accuracy > 0 {
		r.What += fmt.Sprintf("; accuracy %.2f %%", 100*r.Accuracy)
	}
	if r.Faster > 0 {
		speed = digits(r.Faster) + " x " + r.Than
	}
	u := units[unit]
	_, err := fmt.Fprintf(p.w, "| %s | %s %s | %s to %s %s | %s |\n", r.What,
		digits(r.Median/u), unit, digits(r.Min/u), digits(r.Max/u), unit, speed)
	return err
}

// digits writes a number with three digits, or all digits before the point.
func digits(v float64) string {
	decimals := 2
	switch {
	case v >= 99.95:
		decimals = 0
	case v >= 9.995:
		decimals = 1
	}
	return strconv.FormatFloat(v, 'f', decimals, 64)
}
