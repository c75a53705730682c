package main

import (
	"testing"

	"github.com/seed-cd6415d7/digits/examples/internal/itself"
)

func TestMain(m *testing.M) { itself.Main(m, main) }

// TestProcess: the exit status, and what goes where.
func TestProcess(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, dir, "3_a.png", drawing(t, "3_brush.png"))
	for _, c := range []itself.Command{
		{Args: "-help", Stderr: "Export turns"},
		{Args: "-n 0 -out a", Exit: 2, Stderr: "export: -n 0, want 1 or more (export -help explains)\n"},
		{Args: "-data none -out c", Exit: 1, Stderr: "export: -data none: no such folder; "},
		{Args: "-pack . -out a/b", Stdout: "1 picture in "},
	} {
		c.Check(t, dir)
	}
}
