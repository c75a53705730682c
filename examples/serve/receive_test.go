package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"mime/multipart"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// dial opens a connection and sends text.
func (s *site) dial(t *testing.T, text string) *net.TCPConn {
	conn, err := net.Dial("tcp", s.address)
	require.NoError(t, err)
	t.Cleanup(func() { conn.Close() })
	require.NoError(t, conn.SetDeadline(time.Now().Add(10*time.Second)))
	_, err = io.WriteString(conn, text)
	require.NoError(t, err)
	return conn.(*net.TCPConn)
}

// receiveAnswer reads an answer to a POST.
func receiveAnswer(t *testing.T, conn net.Conn) (int, string) {
	answer, err := http.ReadResponse(bufio.NewReader(conn), &http.Request{Method: http.MethodPost})
	require.NoError(t, err)
	text, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	return answer.StatusCode, string(text)
}

// head is the head of a request with a body.
func head(length int) string {
	return fmt.Sprintf("POST /v1/read HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n", length)
}

// TestSlow: a request that comes too slowly is given up.
func TestSlow(t *testing.T) {
	t.Parallel()
	s := start(t, nil, "-timeout", "100ms")
	for _, text := range []string{head(1000) + "half", head(100_000) + strings.Repeat("x", 90_000),
		strings.Replace(head(1000), "\r\n\r\n", "\r\nContent-Type: multipart/form-data; boundary=a\r\n\r\n--a", 1)} {
		status, answer := receiveAnswer(t, s.dial(t, text))
		require.Equal(t, 408, status, answer)
		require.Contains(t, answer, "the request came too slowly")
	}
	// A form may end before its body does.
	body, kind := form(t, func(w *multipart.Writer) { addFile(t, w, "a.png", picture(t, "3_brush.png")) })
	early := strings.Replace(head(body.Len()+1), "\r\n\r\n", "\r\nContent-Type: "+kind+"\r\n\r\n", 1) + body.String()
	status, answer := receiveAnswer(t, s.dial(t, early))
	require.Equal(t, 408, status, answer)

	conn := s.dial(t, "GET / HTTP/1.1\r\nHost:")
	rest, err := io.ReadAll(conn)
	require.NoError(t, err)
	require.Empty(t, rest, "closed without an answer")
}

// TestEarlyAnswers: an answer that needs no body does not wait for it.
func TestEarlyAnswers(t *testing.T) {
	s := start(t, nil, "-timeout", "1h")
	for request, want := range map[string]int{
		"POST /v1/read?digits=1": 400, "POST /v1/reed": 404, "PUT /v1/read": 405, "GET /healthz": 200,
	} {
		text := strings.Replace(head(1000), "POST /v1/read", request, 1) + "half"
		status, answer := receiveAnswer(t, s.dial(t, text))
		require.Equal(t, want, status, answer)
	}
}

// TestSlowAndBusy: the time to receive a request is not the time to wait.
func TestSlowAndBusy(t *testing.T) {
	t.Parallel()
	const timeout = slower * slower * 700 * time.Millisecond
	s := start(t, nil, "-timeout", timeout.String())
	empty := fill(s.drawings)
	why := strings.Replace(head(784), "read", "why", 1) // it is answered at once
	conn := s.dial(t, why)
	time.Sleep(timeout * 6 / 10)
	_, err := conn.Write(make([]byte, 784))
	require.NoError(t, err)
	time.Sleep(timeout * 6 / 10)
	empty()
	status, text := receiveAnswer(t, conn)
	require.Equal(t, 200, status, text)
}

// TestCut: a request that ends early gets an answer.
func TestCut(t *testing.T) {
	s := start(t, nil)
	conn := s.dial(t, head(1000)+"half")
	require.NoError(t, conn.CloseWrite())
	status, text := receiveAnswer(t, conn)
	require.Equal(t, 400, status)
	require.Contains(t, text, "the request is damaged or cut short: unexpected EOF")
}

// TestTooManyBytes: clients that are still sending get the answer, too.
func TestTooManyBytes(t *testing.T) {
	s := start(t, nil, "-max-bytes", "100000")
	for range 10 {
		conn := s.dial(t, strings.Replace(head(0), "Content-Length: 0", "Transfer-Encoding: chunked", 1))
		chunk := fmt.Sprintf("%x\r\n%s\r\n", 200_000, strings.Repeat("x", 200_000))
		_, err := io.WriteString(conn, chunk)
		require.NoError(t, err)
		status, text := receiveAnswer(t, conn)
		require.Equal(t, 413, status)
		require.Contains(t, text, "more than 100000 bytes: send a smaller picture")
	}
	require.EqualValues(t, bodiesInMemory, s.memory.left.Load())
}

// TestBusyWhileSending: a client that is still sending gets the answer that the
// service is busy.
func TestBusyWhileSending(t *testing.T) {
	t.Parallel()
	s := start(t, func(s *server) { s.memory = newBudget(700 << 10) })
	for range 15 {
		status, text := s.post(t, "/v1/read", make([]byte, 2<<20))
		require.Equal(t, 503, status, text)
	}
	body, kind := form(t, func(w *multipart.Writer) { addFile(t, w, "a", make([]byte, 2<<20)) })
	answer, text := s.do(t, "POST", "/v1/read", body, "Content-Type", kind)
	require.Equal(t, 503, answer.StatusCode, text)
}

// TestForms: a form has one file. Its name comes back.
func TestForms(t *testing.T) {
	s := start(t, nil)
	digit := picture(t, "3_brush.png")
	for name, want := range map[string]string{
		"a.png": `"file":"a.png"`, "../../b.png": `"file":"b.png"`, `c"\u001b[2J.png`: `"status":400`, "d\u202e.png": `"file":"d\u202e.png"`,
		strings.Repeat("e", 255): `"digit":3`, strings.Repeat("e", 256): `the name of the file has 256 bytes; want at most 255`,
	} {
		body, kind := form(t, func(w *multipart.Writer) { addFile(t, w, name, digit) })
		_, text := s.do(t, "POST", "/v1/read", body, "Content-Type", kind)
		if name[0] != 'c' {
			require.Contains(t, text, want)
		}
		require.NotContains(t, text, "\x1b")
		require.NotContains(t, text, "\u202e")
	}
	body, kind := form(t, func(w *multipart.Writer) {
		addFile(t, w, "a", digit)
		addFile(t, w, "b", digit)
	})
	_, text := s.do(t, "POST", "/v1/read", body, "Content-Type", kind)
	require.Contains(t, text, "the form has several files; want one in each request")
	body, kind = form(t, func(w *multipart.Writer) {
		for range 101 {
			addFile(t, w, "", []byte("b"))
		}
	})
	_, text = s.do(t, "POST", "/v1/read", body, "Content-Type", kind)
	require.Contains(t, text, "the form has more than 100 parts")
	body, kind = form(t, func(w *multipart.Writer) { addFile(t, w, strings.Repeat("x", 100_000), digit) })
	_, text = s.do(t, "POST", "/v1/read", body, "Content-Type", kind)
	require.Contains(t, text, "the form has too much before or after the file")
	require.NotContains(t, s.log.String(), ".png", "the log tells no names")
}

// TestFields: a form has no fields, because their options would have no effect.
// From a browser, a file that nobody chose has an empty name.
func TestFields(t *testing.T) {
	s := start(t, nil)
	file := func(w *multipart.Writer) { addFile(t, w, "a.png", picture(t, "3_brush.png")) }
	none := func(w *multipart.Writer) { addFile(t, w, "", nil) }
	field := func(w *multipart.Writer) { require.NoError(t, w.WriteField("one", "true")) }
	long := func(w *multipart.Writer) { require.NoError(t, w.WriteField(strings.Repeat("x", 10_000), "true")) }
	nameless := func(w *multipart.Writer) {
		_, err := w.CreatePart(nil)
		require.NoError(t, err)
	}
	for _, tt := range []struct {
		parts  []func(*multipart.Writer)
		status int
		want   string
	}{
		{[]func(*multipart.Writer){none, file, none}, 200, `"digit":3`},
		{[]func(*multipart.Writer){none}, 400, "the form has no file; want one, as from curl -F file=@photo.jpg"},
		{[]func(*multipart.Writer){file, field}, 400, `the form has a field \"one\"; want only a file, as from curl -F file=@photo.jpg: write options in the address, such as ?one=true`},
		{[]func(*multipart.Writer){field, file}, 400, `the form has a field \"one\"; `},
		{[]func(*multipart.Writer){field}, 400, `the form has a field \"one\"; `},
		{[]func(*multipart.Writer){long, file}, 400, `the form has a field \"` + strings.Repeat("x", 50) + `\"; `},
		{[]func(*multipart.Writer){nameless, file}, 400, "the form has a part without a proper Content-Disposition: mime: no media type"},
	} {
		body, kind := form(t, func(w *multipart.Writer) {
			for _, write := range tt.parts {
				write(w)
			}
		})
		answer, text := s.do(t, "POST", "/v1/read", body, "Content-Type", kind)
		require.Equal(t, tt.status, answer.StatusCode, text)
		require.Contains(t, text, tt.want)
	}
	require.EqualValues(t, bodiesInMemory, s.memory.left.Load())
}

// TestNothingOnDisk: there is no folder for temporary files, and the service
// works, even with bodies that net/http would write there.
func TestNothingOnDisk(t *testing.T) {
	if load(t) == 0 {
		t.Skip(loadKey + " is not set, and the body is large")
	}
	dir := filepath.Join(t.TempDir(), "nothing")
	for _, key := range []string{"TMPDIR", "TMP", "TEMP"} {
		t.Setenv(key, dir)
	}
	before, err := os.ReadDir(".")
	require.NoError(t, err)
	s := start(t, nil, "-max-bytes", "40000000")
	body, kind := form(t, func(w *multipart.Writer) {
		addFile(t, w, "long", append(picture(t, "3_brush.png"), make([]byte, 34_000_000/slower)...))
	})
	answer, text := s.do(t, "POST", "/v1/read", body, "Content-Type", kind)
	require.Equal(t, 200, answer.StatusCode, text)
	require.NoDirExists(t, dir)
	after, err := os.ReadDir(".")
	require.NoError(t, err)
	require.Equal(t, before, after)
}

// TestMemoryOfBodies: all bodies together have limited memory. It grows with
// what arrives, and is given back.
func TestMemoryOfBodies(t *testing.T) {
	const limit = 1 << 20
	s := start(t, func(s *server) { s.memory = newBudget(limit) })
	for range 100 {
		s.dial(t, head(10_000_000)+"a promise is no body")
	}
	require.Eventually(t, func() bool { return s.memory.left.Load() < 0 }, 10*time.Second, time.Millisecond)
	status, text := s.post(t, "/v1/read", picture(t, "3_brush.png"))
	require.Equal(t, 200, status, "a drawing always gets in: %s", text)
	status, text = s.post(t, "/v1/read", make([]byte, 2*smallBytes))
	require.Equal(t, 503, status)
	require.Contains(t, text, "the service is busy")
	s = start(t, func(s *server) { s.memory = newBudget(limit) })
	for range 20 {
		s.dial(t, head(10_000_000)+"a promise is no body")
	}
	require.Eventually(t, func() bool { return s.memory.left.Load() == limit-20*firstBytes }, 10*time.Second, time.Millisecond)
	status, text = s.post(t, "/v1/read", picture(t, "3_brush.png"))
	require.Equal(t, 200, status, text)
	answer, _ := s.do(t, "POST", "/v1/read", bytes.NewReader(make([]byte, 2*limit)))
	require.Equal(t, 503, answer.StatusCode)
	require.Equal(t, "1", answer.Header.Get("Retry-After"))
	s.end()
	require.Eventually(t, func() bool { return s.memory.left.Load() <= limit }, time.Second, time.Millisecond)
}
