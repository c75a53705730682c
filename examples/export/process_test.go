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

// TestMain lets this test program be export itself, see TestProcess.
func TestMain(m *testing.M) {
	if os.Getenv("BE_EXPORT") != "" {
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
	drawing, err := os.ReadFile("../predict/test_num/3_brush.png")
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "3_a.png"), drawing, 0o666))
	for args, want := range map[string]struct {
		exit           int
		stdout, stderr string
	}{
		"-help":             {0, "", "Export turns"},
		"-n 0 -out a":       {2, "", "export: -n 0, want 1 or more (export -help explains)\n"},
		"-data none -out c": {1, "", "export: -data none: no such folder; "},
		"-pack . -out a/b":  {0, "1 pictures in ", ""},
	} {
		cmd := exec.CommandContext(t.Context(), self, strings.Fields(args)...)
		cmd.Env = append(os.Environ(), "BE_EXPORT=1")
		cmd.Dir = dir
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
