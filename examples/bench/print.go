package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"

	"github.com/seed-cd6415d7/digits/examples/internal/cli"
)

// machine is what the figures depend on.
type machine struct {
	CPU   string `json:"cpu"`
	Arch  string `json:"arch"`
	Cores int    `json:"cores"`
	Go    string `json:"go"`
}

func thisMachine(ctx context.Context) machine {
	m := machine{CPU: runtime.GOARCH, Arch: runtime.GOARCH, Cores: runtime.NumCPU(), Go: strings.TrimPrefix(runtime.Version(), "go")}
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
	first, _, _ := strings.Cut(info, "\n\n")
	fields := make(map[string]string)
	for line := range strings.Lines(first) {
		key, value, _ := strings.Cut(line, ":")
		fields[strings.TrimSpace(key)] = strings.TrimSpace(value)
	}
	cpu := fields["model name"]
	if family := fields["cpu family"]; cpu != "" && family != "" {
		cpu += fmt.Sprintf(" (family %s, model %s)", family, fields["model"])
	}
	flags := " " + fields["flags"] + " "
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
		for _, s := range info.Settings {
			if s.Key == "-tags" && s.Value != "" {
				return "this module, built with -tags " + s.Value
			}
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
	_, err := fmt.Fprintf(p.w, "%s, %s, %s, Go %s; medians of %d runs\n\n| what | median | range | speed |\n|---|---|---|---|\n",
		m.CPU, m.Arch, coresText(m.Cores), m.Go, runs)
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

// digits writes a number with three digits, or with all digits before the point.
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
