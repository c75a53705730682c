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
	for _, c := range []itself.Command{
		{Args: "-help", Stderr: "Inspect says"},
		{Args: "-transpose x", Exit: 2, Stderr: "inspect: -transpose needs -item (inspect -help explains)\n"},
		{Args: "none", Exit: 1, Stdout: "none\n  error ", Stderr: "inspect: 1 of 1 files cannot be read"},
		{Args: "-", Stdin: "\x00\x00\x08\x01\x00\x00\x00\x01\x07", Stdout: "IDX"},
	} {
		c.Check(t, dir)
	}
}
