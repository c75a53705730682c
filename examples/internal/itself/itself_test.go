//go:build !js && !wasip1

package itself

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestMain(m *testing.M) { Main(m, program) }

// program prints its folder, its arguments and its input.
func program() {
	if len(os.Args) > 1 && os.Args[1] == "-fail" {
		fmt.Fprintln(os.Stderr, "failed")
		os.Exit(3)
	}
	folder, _ := os.Getwd()
	input, _ := io.ReadAll(os.Stdin)
	fmt.Printf("%s %q %s\n", filepath.Base(folder), os.Args[1:], input)
}

// A recorder counts the errors of a test.
type recorder struct {
	testing.TB
	errors int
}

func (r *recorder) Errorf(string, ...any) { r.errors++ }

func (r *recorder) Fatal(args ...any) { panic(fmt.Sprint(args...)) }

func (r *recorder) Skip(...any) { r.TB.Fatal("a test is skipped, although there are processes") }

func TestCheck(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "here")
	require.NoError(t, os.Mkdir(folder, 0o777))
	for _, tt := range []struct {
		c      Command
		errors int
	}{
		{Command{Args: "a  b", Stdin: "in", Stdout: `here ["a" "b"] in`}, 0},
		{Command{Args: "-fail", Exit: 3, Stderr: "failed"}, 0},
		{Command{Args: "a"}, 1},
		{Command{Args: "a", Stdout: "b", Exit: 1}, 2},
		{Command{Args: "-fail", Stdout: "x"}, 3},
	} {
		r := &recorder{TB: t}
		tt.c.Check(r, folder)
		require.Equal(t, tt.errors, r.errors, "%+v", tt.c)
	}
	require.Panics(t, func() { Command{Args: "a"}.Check(&recorder{TB: t}, filepath.Join(folder, "none")) }, "it does not start")
}
