package main

import (
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"testing"

	"github.com/seed-cd6415d7/digits/examples/internal/answers"
	"github.com/seed-cd6415d7/digits/examples/reader"
	"github.com/stretchr/testify/require"
)

// programKey is an environment variable. It makes the test binary another
// program: the one of this package, or one whose request panics.
const programKey = "DIGITS_TEST_IS_WASM"

func TestMain(m *testing.M) {
	switch os.Getenv(programKey) {
	case "main":
		main()
	case "panic":
		answer(nil, func() (string, []byte) { panic("oh no") })
		os.Exit(1)
	default:
		os.Exit(m.Run())
	}
}

// run runs the test binary as another program. It returns what that prints to
// the standard error, and its status.
func run(t *testing.T, program string) (text string, status int) {
	p := exec.Command(os.Args[0])
	p.Env = append(os.Environ(), programKey+"="+program)
	_, err := p.Output()
	var exit *exec.ExitError
	require.True(t, errors.As(err, &exit), "%v", err)
	return string(exit.Stderr), exit.ExitCode()
}

// TestElsewhere: on other platforms, the program tells how to build it.
func TestElsewhere(t *testing.T) {
	text, status := run(t, "main")
	require.Contains(t, text, "GOOS=js GOARCH=wasm go build")
	require.Equal(t, 2, status)
}

// TestLimit: the limit of a file is the service's preset.
func TestLimit(t *testing.T) {
	s := newService(reader.Default())
	for bytes, want := range map[int]int{33_554_432: answers.Unsupported, 33_554_433: answers.TooLarge} {
		status, text := s.Do("v1/read", make([]byte, bytes))
		require.Equal(t, want, status, text)
	}
}

func TestAnswer(t *testing.T) {
	s := newService(reader.Default())
	status, text := answer(s, func() (string, []byte) { return "healthz", nil })
	require.Equal(t, answers.OK, status)
	require.JSONEq(t, `{"status":"ok"}`, text)

	file := drawing(t, 560, 560, 1, 1)
	status, text = answer(s, func() (string, []byte) { return "v1/read?details=true", file })
	require.Equal(t, answers.OK, status, text)
	var object struct{ Text string }
	require.NoError(t, json.Unmarshal([]byte(text), &object))
	require.Equal(t, "0", object.Text)
}

// TestPanic: the page gets an answer, and the program goes on.
func TestPanic(t *testing.T) {
	s := newService(reader.Default())
	for name, request := range map[string]func() (string, []byte){
		"in the request": func() (string, []byte) { panic("no such argument") },
		"in the reader": func() (string, []byte) {
			s.Reader = nil
			return "v1/model", nil
		},
	} {
		status, text := answer(s, request)
		require.Equal(t, answers.Broken, status, name)
		require.JSONEq(t, `{"error":"the reader has a mistake: it cannot answer this request; please report it","status":500}`, text, name)
	}
}

// TestPanicOnConsole: the console shows what the mistake is, and where.
func TestPanicOnConsole(t *testing.T) {
	text, _ := run(t, "panic")
	require.Contains(t, text, "panic: oh no")
	require.Contains(t, text, "answer_test.go:")
}
