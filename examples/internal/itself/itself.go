// Package itself lets a test program be the program that it tests: the tests
// start it again, with the arguments of a user.
package itself

import (
	"errors"
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"
)

// key is the environment variable that makes a test program the program.
const key = "BE_THE_PROGRAM"

// Main is for TestMain. It calls main if Check has started the test program.
// Otherwise it runs the tests, and collects garbage less often: that saves a
// third of their time.
func Main(m *testing.M, main func()) {
	if os.Getenv(key) != "" {
		main()
		os.Exit(0)
	}
	debug.SetGCPercent(400)
	os.Exit(m.Run())
}

// A Command is a run of the program, and what must come of it.
type Command struct {
	Args  string // with spaces between them
	Stdin string

	Exit           int    // the exit status
	Stdout, Stderr string // part of that output; "" if it is empty
}

// Check runs a command in a folder. It skips the test where there are no
// processes.
func (c Command) Check(t testing.TB, folder string) {
	t.Helper()
	if runtime.GOOS == "js" || runtime.GOOS == "wasip1" {
		t.Skip("there are no processes")
	}
	self, _ := os.Executable() // Run reports an error if there is none
	cmd := exec.CommandContext(t.Context(), self, strings.Fields(c.Args)...)
	cmd.Env = append(os.Environ(), key+"=1")
	cmd.Dir, cmd.Stdin = folder, strings.NewReader(c.Stdin)
	var stdout, stderr strings.Builder
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil && !errors.As(err, new(*exec.ExitError)) {
		t.Fatal(err)
	}
	if exit := cmd.ProcessState.ExitCode(); exit != c.Exit {
		t.Errorf("%q: exit status %d, want %d", c.Args, exit, c.Exit)
	}
	for _, stream := range []struct{ name, got, want string }{
		{"output", stdout.String(), c.Stdout}, {"error output", stderr.String(), c.Stderr},
	} {
		if !strings.Contains(stream.got, stream.want) || (stream.got == "") != (stream.want == "") {
			t.Errorf("%q: the %s is %q, want %q in it", c.Args, stream.name, stream.got, stream.want)
		}
	}
}
