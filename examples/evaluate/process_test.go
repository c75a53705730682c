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

// TestMain lets this test program be evaluate itself, see TestProcess.
func TestMain(m *testing.M) {
	if os.Getenv("BE_EVALUATE") != "" {
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
		"-help":  {0, "", "Evaluate tells"},
		"-n 5 .": {2, "", "evaluate: -n is only for -suspects (evaluate -help explains)\n"},
		"none":   {1, "", "evaluate: "},
		".":      {0, "1 of    1 right", ""},
	} {
		cmd := exec.CommandContext(t.Context(), self, strings.Fields(args)...)
		cmd.Env = append(os.Environ(), "BE_EVALUATE=1")
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
