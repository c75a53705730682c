package cli

import (
	"bytes"
	"flag"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

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
		{"-- -json", false, []string{"-json"}},
		{"-json -- -json", true, []string{"-json"}},
		{"-", false, []string{"-"}},
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

// TestParseEmpty: a flag that has no default needs a text. An unset variable of
// a shell would otherwise stand for a flag that is not there.
func TestParseEmpty(t *testing.T) {
	for _, tt := range []struct{ args, want string }{
		{"-file=", "test: -file \"\" is empty: give it a value, or leave out the flag (test -help explains)\n"},
		{"a -file= -- b", "test: -file \"\" is empty: give it a value, or leave out the flag (test -help explains)\n"},
		{"-file=x -python= -many= -n 0", ""},
	} {
		var stderr bytes.Buffer
		flags := NewFlags("test", "", &stderr)
		flags.String("file", "", "")
		flags.String("python", "python3", "\"\" means none")
		flags.Func("many", "", func(string) error { return nil })
		flags.Int("n", 0, "")
		_, err := Parse(flags, strings.Fields(tt.args))
		require.Equal(t, tt.want != "", err == ErrUsage, tt.args)
		require.Equal(t, tt.want, stderr.String())
	}
}
