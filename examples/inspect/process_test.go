package main

import (
	"bytes"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestMain lets this test program be inspect itself, see TestProcess.
func TestMain(m *testing.M) {
	if os.Getenv("BE_INSPECT") != "" {
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
	for args, want := range map[string]struct {
		exit           int
		stdout, stderr string
	}{
		"-help":        {0, "", "Inspect says"},
		"-transpose x": {2, "", "inspect: -transpose needs -item (inspect -help explains)\n"},
		"none":         {1, "none\n  error ", "inspect: 1 of 1 files cannot be read"},
		"-":            {0, "IDX", ""},
	} {
		cmd := exec.CommandContext(t.Context(), self, strings.Fields(args)...)
		cmd.Env = append(os.Environ(), "BE_INSPECT=1")
		cmd.Dir = dir
		cmd.Stdin = strings.NewReader("\x00\x00\x08\x01\x00\x00\x00\x01\x07")
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
