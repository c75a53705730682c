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
	write(t, dir, "3_a.png", "3_brush.png")
	for _, c := range []itself.Command{
		{Args: "-help", Stderr: "Evaluate tells"},
		{Args: "-n 5 .", Exit: 2, Stderr: "evaluate: -n is only for -suspects (evaluate -help explains)\n"},
		{Args: "none", Exit: 1, Stderr: "evaluate: "},
		{Args: ".", Stdout: "1 of    1 right"},
	} {
		c.Check(t, dir)
	}
}
