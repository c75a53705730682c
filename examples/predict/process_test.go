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
	drawing, err := os.ReadFile("test_num/3_brush.png")
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "3_a.png"), drawing, 0o666))
	for _, c := range []itself.Command{
		{Args: "-help", Stderr: "Predict reads"},
		{Args: "-against", Exit: 2, Stderr: "predict: flag needs an argument: -against (predict -help explains)\n"},
		{Args: "none.png", Exit: 1, Stdout: "cannot be read", Stderr: "predict: "},
		{Args: "3_a.png", Stdout: "\n1 picture: 1 read"},
		{Args: "-", Stdin: string(drawing), Stdout: "\n1 picture: 1 read"},
	} {
		c.Check(t, dir)
	}
}
