package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/seed-cd6415d7/digits/examples/internal/itself"
	"github.com/stretchr/testify/require"
)

func TestMain(m *testing.M) { itself.Main(m, main) }

// TestProcess: the exit status, and what goes where.
func TestProcess(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	drawing, err := os.ReadFile("../predict/test_num/3_brush.png")
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "3_a.png"), drawing, 0o666))
	for _, c := range []itself.Command{
		{Args: "-help", Stderr: "Export turns"},
		{Args: "-n 0 -out a", Exit: 2, Stderr: "export: -n 0, want 1 or more (export -help explains)\n"},
		{Args: "-data none -out c", Exit: 1, Stderr: "export: -data none: no such folder; "},
		{Args: "-pack . -out a/b", Stdout: "1 pictures in "},
	} {
		c.Check(t, dir)
	}
}
