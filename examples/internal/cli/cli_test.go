package cli

import (
	"bufio"
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// programs are what this test binary runs instead of the tests, if the
// environment variable programKey names one of them.
var programs = map[string]func(ctx context.Context, args []string) error{
	"good": func(context.Context, []string) error { return nil },
	"help": func(context.Context, []string) error { return flag.ErrHelp },
	"lost": func(context.Context, []string) error { return ErrUsage },
	"bad":  func(context.Context, []string) error { return fmt.Errorf("no file \x1b[2J") },

	// These remove a file at their end. Nobody reads the output of "pipe".
	"pipe": func(_ context.Context, args []string) error {
		defer os.Remove(args[0])
		_, err := fmt.Println("a line")
		return err
	},
	"wait": func(ctx context.Context, args []string) error {
		defer os.Remove(args[0])
		fmt.Println("ready")
		<-ctx.Done()
		return ctx.Err()
	},
}

const programKey = "COMMAND_TEST_PROGRAM"

func TestMain(m *testing.M) {
	if run := programs[os.Getenv(programKey)]; run != nil {
		Main("test", run)
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func TestParse(t *testing.T) {
	for _, tt := range []struct {
		args  string
		json  bool
		names []string
	}{
		{"", false, nil},
		{"-json a b", true, []string{"a", "b"}},
		{"a -json b", true, []string{"a", "b"}},
		{"a - -json", true, []string{"a", "-"}},
		{"a -- -json", false, []string{"a", "-json"}},
	} {
		flags := flag.NewFlagSet("", flag.ContinueOnError)
		json := flags.Bool("json", false, "")
		names, err := Parse(flags, strings.Fields(tt.args))
		require.NoError(t, err)
		require.Equal(t, tt.names, names, tt.args)
		require.Equal(t, tt.json, *json, tt.args)
	}
	flags := NewFlags("test", "", io.Discard)
	_, err := Parse(flags, []string{"a", "-none"})
	require.ErrorIs(t, err, ErrUsage)
	_, err = Parse(flags, []string{"a", "-help"})
	require.ErrorIs(t, err, flag.ErrHelp)
}

func TestParseFlags(t *testing.T) {
	for _, tt := range []struct {
		args, want string
		err        error
	}{
		{"-n 3", "", nil},
		{"-n 3 more", "test: unexpected argument \"more\" (test -help explains)\n", ErrUsage},
		{"-none", "test: flag provided but not defined: -none (test -help explains)\n", ErrUsage},
		{"-help", "A usage text.\n  -n int\n    \ta number\n", flag.ErrHelp},
	} {
		var stderr bytes.Buffer
		flags := NewFlags("test", "A usage text.\n", &stderr)
		n := flags.Int("n", 0, "a number")
		err := ParseFlags(flags, strings.Fields(tt.args))
		require.ErrorIs(t, err, tt.err)
		require.Equal(t, tt.want, stderr.String())
		require.Equal(t, strings.HasPrefix(tt.args, "-n 3"), *n == 3)
	}
}

// program returns a program, its standard error, and the file that it removes
// at its end.
func program(t *testing.T, name string) (cmd *exec.Cmd, stderr *bytes.Buffer, file string) {
	file = filepath.Join(t.TempDir(), "temporary")
	require.NoError(t, os.WriteFile(file, nil, 0o666))
	cmd = exec.CommandContext(t.Context(), os.Args[0], file)
	cmd.Env = append(os.Environ(), programKey+"="+name)
	stderr = new(bytes.Buffer)
	cmd.Stderr = stderr
	return cmd, stderr, file
}

func TestExit(t *testing.T) {
	for _, tt := range []struct {
		name   string
		code   int
		stderr string
	}{
		{"good", 0, ""},
		{"help", 0, ""},
		{"lost", 2, ""},
		{"bad", 1, "test: no file \\x1b[2J\n"},
	} {
		cmd, stderr, _ := program(t, tt.name)
		_ = cmd.Run() // the exit code tells more
		require.Equal(t, tt.code, cmd.ProcessState.ExitCode(), tt.name)
		require.Equal(t, tt.stderr, stderr.String(), tt.name)
	}
}

func TestBrokenPipe(t *testing.T) {
	if runtime.GOOS == "windows" || runtime.GOOS == "plan9" {
		t.Skip("there is no such signal")
	}
	cmd, stderr, file := program(t, "pipe")
	r, w, err := os.Pipe()
	require.NoError(t, err)
	require.NoError(t, r.Close())
	cmd.Stdout = w
	require.Error(t, cmd.Run())
	require.NoError(t, w.Close())
	require.Equal(t, 1, cmd.ProcessState.ExitCode(), "not killed by the signal")
	require.Empty(t, stderr.String())
	require.NoFileExists(t, file)
}

func TestTerminate(t *testing.T) {
	if runtime.GOOS == "windows" || runtime.GOOS == "plan9" {
		t.Skip("there is no such signal")
	}
	cmd, stderr, file := program(t, "wait")
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	lines := bufio.NewReader(out)
	line, err := lines.ReadString('\n')
	require.NoError(t, err)
	require.Equal(t, "ready\n", line)
	require.NoError(t, cmd.Process.Signal(syscall.SIGTERM))
	_, _ = io.Copy(io.Discard, lines)
	require.Error(t, cmd.Wait())
	require.Equal(t, 1, cmd.ProcessState.ExitCode(), "not killed by the signal")
	require.Equal(t, "test: context canceled\n", stderr.String())
	require.NoFileExists(t, file)
}
