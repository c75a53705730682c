package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestLogNotRead: the service answers even if nobody reads its log. When
// somebody does, the log says how many lines are missing.
func TestLogNotRead(t *testing.T) {
	t.Parallel()
	const more = 7
	from, to := io.Pipe()
	w := newLogWriter(to)
	fmt.Fprintln(w, "line 0")
	require.Eventually(t, func() bool { return len(w.lines) == 0 }, 5*time.Second, time.Millisecond)
	for i := range maxLines + more {
		fmt.Fprintln(w, "line", i+1)
	}
	read := make(chan string)
	go func() {
		text, _ := io.ReadAll(from)
		read <- string(text)
	}()
	w.flush()
	select {
	case <-w.ended:
	case <-time.After(5 * time.Second):
		require.Fail(t, "flush waits until the last line is written")
	}
	to.Close()
	text := <-read
	require.Equal(t, 1+maxLines+1, strings.Count(text, "\n"))
	require.Contains(t, text, fmt.Sprintf("line %d\n", maxLines))
	require.NotContains(t, text, fmt.Sprintf("line %d\n", maxLines+1))
	require.Contains(t, text, fmt.Sprintf("level=WARN msg=\"the log was read too slowly, and lines are missing\" lines=%d\n", more))
}

// TestRunWithoutReader: run serves and ends although nobody reads its log.
func TestRunWithoutReader(t *testing.T) {
	t.Parallel()
	ctx, end := context.WithCancel(t.Context())
	defer end()
	_, stderr := io.Pipe()
	out, stdout := io.Pipe()
	ended := make(chan error, 1)
	go func() { ended <- run(ctx, []string{"-listen", "127.0.0.1:0"}, stdout, stderr) }()
	line := make([]byte, 200)
	n, err := out.Read(line)
	require.NoError(t, err)
	client := http.Client{Timeout: 5 * time.Second}
	for range 3 {
		answer, err := client.Get(regexp.MustCompile(`http://[^/]+`).FindString(string(line[:n])) + "/healthz")
		require.NoError(t, err)
		answer.Body.Close()
	}
	client.CloseIdleConnections()
	end()
	require.NoError(t, <-ended)
}

// TestOpenToAll: serve warns if other computers can reach the service.
func TestOpenToAll(t *testing.T) {
	t.Parallel()
	for address, warns := range map[string]bool{"127.0.0.1:0": false, "localhost:0": false, ":0": true} {
		ctx, end := context.WithCancel(t.Context())
		out, stdout := io.Pipe()
		go func() {
			_, _ = out.Read(make([]byte, 200))
			end()
		}()
		var log bytes.Buffer
		require.NoError(t, run(ctx, []string{"-listen", address}, stdout, &log))
		require.Equal(t, warns, strings.Contains(log.String(), "every computer that can reach this one"), address)
	}
}
