package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestMain lets this test program be predict itself, see TestProcess.
func TestMain(m *testing.M) {
	if os.Getenv("BE_PREDICT") != "" {
		main()
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// TestProcess: the exit status, and what goes where.
func TestProcess(t *testing.T) {
	if runtime.GOOS == "js" || runtime.GOOS == "wasip1" {
		t.Skip("there are no processes")
	}
	t.Parallel()
	self, err := os.Executable()
	require.NoError(t, err)
	dir := t.TempDir()
	drawing, err := os.ReadFile("test_num/3_brush.png")
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "3_a.png"), drawing, 0o666))
	for args, want := range map[string]struct {
		exit           int
		stdout, stderr string
	}{
		"-help":    {0, "", "Predict reads"},
		"-against": {2, "", "predict: flag needs an argument: -against (predict -help explains)\n"},
		"none.png": {1, "cannot be read", "predict: "},
		"3_a.png":  {0, "\n1 picture: 1 read", ""},
		"-":        {0, "\n1 picture: 1 read", ""},
	} {
		cmd := exec.CommandContext(t.Context(), self, strings.Fields(args)...)
		cmd.Env = append(os.Environ(), "BE_PREDICT=1")
		cmd.Dir = dir
		cmd.Stdin = bytes.NewReader(drawing)
		var out, errs bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &errs
		cmd.Run()
		require.Equal(t, want.exit, cmd.ProcessState.ExitCode(), args)
		require.Equal(t, want.stdout == "", out.Len() == 0, args)
		require.Equal(t, want.stderr == "", errs.Len() == 0, args)
		require.Contains(t, out.String(), want.stdout)
		require.Contains(t, errs.String(), want.stderr)
	}
}
