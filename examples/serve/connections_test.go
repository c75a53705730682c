package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"net"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestConnections: connections that keep still, at any point of a request, give
// their places to new ones.
func TestConnections(t *testing.T) {
	t.Parallel()
	const limit = 10
	for name, text := range map[string]string{
		"unused": "", "in the head": "GET / HT", "in the body": head(1000) + "half", "after an answer": "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n",
	} {
		s := start(t, func(s *server) { s.connections = limit })
		var conns []net.Conn
		for range 5 * limit {
			conns = append(conns, s.dial(t, text))
		}
		status, answer := s.post(t, "/v1/read", picture(t, "3_brush.png"))
		require.Equal(t, 200, status, "%s: %s", name, answer)
		var open atomic.Int64
		var all sync.WaitGroup
		for _, conn := range conns {
			all.Add(1)
			go func() {
				defer all.Done()
				conn.SetReadDeadline(time.Now().Add(50 * time.Millisecond))
				if _, err := io.Copy(io.Discard, conn); errors.Is(err, os.ErrDeadlineExceeded) {
					open.Add(1)
				}
			}()
		}
		all.Wait()
		require.Less(t, open.Load(), int64(limit), name)
		require.Greater(t, open.Load(), int64(limit/2), name)
	}
}

// TestFewFiles: there are fewer connections than files that may be open.
func TestFewFiles(t *testing.T) {
	for files, want := range map[uint64]int{0: 1, 20: 1, 31: 1, 32: 2, 256: 226, 1024: 994, 1029: 999, 1030: 1000, 1031: 1000, 1 << 20: 1000, math.MaxUint64: 1000} {
		require.Equal(t, want, connectionsFor(files, true), files)
	}
	require.Equal(t, 1000, connectionsFor(0, false))
	require.Equal(t, 1000, connectionsFor(50, false))
	if _, err := exec.LookPath("sh"); err != nil || runtime.GOOS == "windows" {
		t.Skip("no limit can be set")
	}
	few := exec.Command("sh", "-c", `ulimit -n 64 && exec "$0" -listen 127.0.0.1:0`, os.Args[0])
	url := begin(t, few)
	for range 100 {
		conn, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
		require.NoError(t, err)
		t.Cleanup(func() { conn.Close() })
	}
	client := http.Client{Timeout: 5 * time.Second}
	answer, err := client.Get(url + "/healthz")
	require.NoError(t, err)
	answer.Body.Close()
}

// TestConnectionsInUse: a request that is here keeps its connection.
func TestConnectionsInUse(t *testing.T) {
	s := start(t, func(s *server) { s.connections, s.drawings = 4, newQueue(1, 10) })
	empty := fill(s.drawings)
	digit := picture(t, "3_brush.png")
	conn := s.dial(t, head(len(digit))+string(digit))
	require.Eventually(t, func() bool { return len(s.drawings.waiting) == 1 }, 5*time.Second, time.Millisecond)
	for range 20 {
		s.dial(t, "")
	}
	empty()
	status, text := receiveAnswer(t, conn)
	require.Equal(t, 200, status, text)
}

// TestEnd: running requests are answered, unused connections are closed, and no
// new ones are taken.
func TestEnd(t *testing.T) {
	t.Parallel()
	s := start(t, func(s *server) { s.drawings = newQueue(1, 10) })
	empty := fill(s.drawings)
	digit := picture(t, "3_brush.png")
	unused := s.dial(t, "")
	running := s.dial(t, head(len(digit))+string(digit))
	require.Eventually(t, func() bool { return len(s.drawings.waiting) == 1 }, 5*time.Second, time.Millisecond)
	left := s.memory.left.Load()
	sending := s.dial(t, head(len(digit))+string(digit[:100]))
	require.Eventually(t, func() bool { return s.memory.left.Load() < left }, 5*time.Second, time.Millisecond)
	s.end()
	require.Eventually(t, func() bool {
		conn, err := net.Dial("tcp", s.address)
		if err == nil {
			conn.Close()
		}
		return err != nil
	}, 5*time.Second, time.Millisecond)
	// net/http would wait five seconds for the unused one.
	unused.SetReadDeadline(time.Now().Add(4 * time.Second))
	_, err := unused.Read(make([]byte, 1))
	require.Equal(t, io.EOF, err, "before the running requests end")
	_, err = sending.Write(digit[100:])
	require.NoError(t, err)
	empty()
	for _, conn := range []net.Conn{running, sending} {
		status, text := receiveAnswer(t, conn)
		require.Equal(t, 200, status, text)
	}
	require.Contains(t, s.log.String(), "ending: running requests are answered; Ctrl-C again stops at once")
	err = <-s.ended
	require.NoError(t, err)
	s.ended <- err // for the end of the test
}

// TestEndOfSlow: a request that does not come to an end does not stop the end.
func TestEndOfSlow(t *testing.T) {
	s := start(t, func(s *server) { s.grace = 50 * time.Millisecond })
	s.dial(t, head(1000)+"half")
	require.Eventually(t, func() bool { return s.memory.left.Load() < bodiesInMemory }, 5*time.Second, time.Millisecond)
	s.end()
	err := <-s.ended
	require.NoError(t, err)
	s.ended <- err
	require.Contains(t, s.log.String(), "some requests were not answered in time")
}

// program starts serve as a program of its own, on two processors. It returns
// its URL.
func program(t *testing.T, args ...string) (*exec.Cmd, string) {
	p := exec.Command(os.Args[0], append([]string{"-listen", "127.0.0.1:0"}, args...)...)
	return p, begin(t, p)
}

// begin starts a program that is serve. It returns its URL.
func begin(t *testing.T, p *exec.Cmd) string {
	p.Env = append(os.Environ(), serveKey+"=1", "GOMAXPROCS=2")
	out, err := p.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, p.Start())
	t.Cleanup(func() {
		p.Process.Kill()
		p.Wait()
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err)
	return regexp.MustCompile(`http://[^/]+`).FindString(line)
}

// TestInterrupt: Ctrl-C ends serve with status 0.
func TestInterrupt(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no process can send Ctrl-C")
	}
	t.Parallel()
	p, url := program(t)
	answer, err := http.Get(url + "/healthz")
	require.NoError(t, err)
	answer.Body.Close()
	require.NoError(t, p.Process.Signal(os.Interrupt))
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	context.AfterFunc(ctx, func() { p.Process.Kill() })
	require.NoError(t, p.Wait(), fmt.Sprint(ctx.Err()))
}
