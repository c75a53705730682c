package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"strings"
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

// cpuOf returns the first processor of Linux's /proc/cpuinfo, or "". Clouds give
// all of a maker's processors one name, hence the family and what the kernels of
// package softmax use.
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

func (m machine) String() string {
	cores := fmt.Sprintf("%d cores", m.Cores)
	if m.Cores == 1 {
		cores = "1 core"
	}
	return fmt.Sprintf("%s, %s, %s, Go %s", m.CPU, m.Arch, cores, m.Go)
}

// thisBuild returns what this program is called in the table.
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
