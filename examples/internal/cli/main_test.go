package cli

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// programs are what this test binary runs instead of the tests, if the
// environment variable programKey names one of them.
var programs = map[string]func(ctx context.Context, args []string) error{
	"good": func(context.Context, []string) error { return nil },
	"help": func(context.Context, []string) error { return flag.ErrHelp },
	"lost": func(context.Context, []string) error { return ErrUsage },
	"closed": func(context.Context, []string) error {
		os.Stdout.Close()
		_, err := fmt.Println("a line")
		return err
	},
	"bad": func(context.Context, []string) error { return fmt.Errorf("no file \x1b[2J") },
	"full": func(context.Context, []string) error {
		return fmt.Errorf("writing x: %w", &fs.PathError{Op: "write", Path: "y", Err: syscall.ENOSPC})
	},

	// These remove the file, which is their argument, at their end. Nobody
	// reads the output of "pipe".
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
	"patient": func(ctx context.Context, args []string) error {
		defer os.Remove(args[0])
		Patience(ctx, time.Hour)
		fmt.Println("ready")
		<-ctx.Done()
		time.Sleep(2 * usualPatience)
		return nil
	},

	// This one never ends by itself. It writes the file.
	"deaf": func(_ context.Context, args []string) error {
		folder, _, err := TemporaryFolder()
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(folder, "file"), nil, 0o666); err != nil {
			return err
		}
		return WriteFile(args[0], func(w io.Writer) error {
			io.WriteString(w, "half of it")
			fmt.Println("ready")
			select {}
		})
	},
	"obsessed": func(ctx context.Context, _ []string) error {
		Patience(ctx, time.Hour)
		fmt.Println("ready")
		<-ctx.Done()
		fmt.Println("ending")
		select {}
	},
}

const programKey = "COMMAND_TEST_PROGRAM"

func TestMain(m *testing.M) {
	if run := programs[os.Getenv(programKey)]; run != nil {
		Main("test", func(ctx context.Context, args []string, _, _ io.Writer) error { return run(ctx, args) })
		os.Exit(0)
	}
	_ = flag.Set("test.parallel", "8") // most parallel tests here only wait
	os.Exit(m.Run())
}

// program returns a program, its standard error, and the file that is its
// argument. It has an own folder for temporary files.
func program(t *testing.T, name string) (cmd *exec.Cmd, stderr *bytes.Buffer, file string) {
	file = filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, []byte("old"), 0o666))
	cmd = exec.CommandContext(t.Context(), os.Args[0], file)
	cmd.Env = append(os.Environ(), programKey+"="+name, "TMPDIR="+filepath.Dir(file))
	stderr = new(bytes.Buffer)
	cmd.Stderr = stderr
	return cmd, stderr, file
}

// start starts a program and waits until it is ready.
func start(t *testing.T, cmd *exec.Cmd) (stdout *bufio.Reader) {
	if runtime.GOOS == "windows" || runtime.GOOS == "plan9" {
		t.Skip("there are no such signals")
	}
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	stdout = bufio.NewReader(out)
	expect(t, stdout, "ready")
	return stdout
}

func expect(t *testing.T, r *bufio.Reader, want string) {
	line, err := r.ReadString('\n')
	require.NoError(t, err)
	require.Equal(t, want+"\n", line)
}

// names returns the names in the folder of a file.
func names(t *testing.T, file string) (list []string) {
	entries, err := os.ReadDir(filepath.Dir(file))
	require.NoError(t, err)
	for _, e := range entries {
		list = append(list, e.Name())
	}
	return list
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
		{"closed", 1, "test: write /dev/stdout: file already closed\n"},
		{"bad", 1, "test: no file \\x1b[2J\n"},
		{"full", 1, "test: writing x: write y: no space left on device\n" +
			"Make room on the disk and run the program again. No file that a flag names is half-written.\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			cmd, stderr, _ := program(t, tt.name)
			_ = cmd.Run() // the exit code tells more
			require.Equal(t, tt.code, cmd.ProcessState.ExitCode())
			require.Equal(t, tt.stderr, stderr.String())
		})
	}
}

func TestBrokenPipe(t *testing.T) {
	if runtime.GOOS == "windows" || runtime.GOOS == "plan9" {
		t.Skip("there is no such signal")
	}
	t.Parallel()
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

// TestOtherErrors: a file that is lost is not hidden by a closed output.
func TestOtherErrors(t *testing.T) {
	if runtime.GOOS == "js" {
		t.Skip("it has no pipes")
	}
	pipe := &fs.PathError{Op: "write", Path: os.Stdout.Name(), Err: syscall.EPIPE}
	require.True(t, isBrokenPipe(pipe))
	require.True(t, isBrokenPipe(errors.Join(nil, fmt.Errorf("a line: %w", pipe), pipe)))
	require.False(t, isBrokenPipe(errors.Join(errors.New("no folder"), pipe)))
	require.False(t, isBrokenPipe(errors.Join(pipe, &fs.PathError{Op: "write", Path: "x", Err: syscall.ENOSPC})))
}

// TestSignal: after the first signal, a program ends by itself or is ended. It
// leaves no temporary files.
func TestSignal(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		code   int
		stderr string
		left   []string
	}{
		{"wait", 1, "test: context canceled\n", nil},
		{"patient", 0, "", nil},
		{"deaf", 1, "test: stopped by a signal before it was done\n", []string{"file"}},
	} {
		for _, signal := range []os.Signal{os.Interrupt, syscall.SIGTERM} {
			t.Run(fmt.Sprint(tt.name, " ", signal), func(t *testing.T) {
				t.Parallel()
				cmd, stderr, file := program(t, tt.name)
				stdout := start(t, cmd)
				require.NoError(t, cmd.Process.Signal(signal))
				_, _ = io.Copy(io.Discard, stdout)
				_ = cmd.Wait()
				require.Equal(t, tt.code, cmd.ProcessState.ExitCode(), "not killed by the signal")
				require.Equal(t, tt.stderr, stderr.String())
				require.Equal(t, tt.left, names(t, file))
				if tt.left != nil {
					require.Equal(t, "old", read(t, file))
				}
			})
		}
	}
}

// TestWithinASecond: the first signal ends a program within a second, unless
// the program asks for more time.
func TestWithinASecond(t *testing.T) {
	require.Less(t, 2*usualPatience, time.Second)
	require.Greater(t, usualPatience, 200*time.Millisecond, "time to end properly, and to remove files")
	Patience(t.Context(), 0) // does nothing: the context is not that of Main
}

// TestNobodyReads: a program ends even if nobody reads its standard error.
func TestNobodyReads(t *testing.T) {
	t.Parallel()
	cmd, _, file := program(t, "deaf")
	r, w, err := os.Pipe()
	require.NoError(t, err)
	defer r.Close()
	go io.WriteString(w, strings.Repeat("x", 1<<20)) // fills the pipe
	time.Sleep(20 * time.Millisecond)
	cmd.Stderr = w
	start(t, cmd)
	require.NoError(t, cmd.Process.Signal(os.Interrupt))
	require.Error(t, cmd.Wait())
	require.Equal(t, 1, cmd.ProcessState.ExitCode())
	require.Equal(t, []string{"file"}, names(t, file))
}

// TestSecondSignal: the second signal kills a program that is patient.
func TestSecondSignal(t *testing.T) {
	t.Parallel()
	cmd, stderr, _ := program(t, "obsessed")
	stdout := start(t, cmd)
	require.NoError(t, cmd.Process.Signal(os.Interrupt))
	expect(t, stdout, "ending")
	time.Sleep(20 * time.Millisecond) // Main lets go of the signals
	// A shell's background jobs ignore an interrupt, but no SIGTERM.
	require.NoError(t, cmd.Process.Signal(syscall.SIGTERM))
	require.Error(t, cmd.Wait())
	require.Equal(t, -1, cmd.ProcessState.ExitCode(), "killed")
	require.Empty(t, stderr.String())
}

func read(t *testing.T, file string) string {
	data, err := os.ReadFile(file)
	require.NoError(t, err)
	return string(data)
}
