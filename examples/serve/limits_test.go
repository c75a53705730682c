package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime/multipart"
	"net"
	"net/http"
	"net/http/httptest"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/seed-cd6415d7/digits/examples/reader"
	"github.com/stretchr/testify/require"
)

// TestPresets: without flags, serve does what -help says.
func TestPresets(t *testing.T) {
	o, err := parse(nil, io.Discard)
	require.NoError(t, err)
	processors := runtime.GOMAXPROCS(0)
	require.Equal(t, options{listen: "localhost:8080", maxBytes: 33_554_432, maxPixels: 25_000_000, timeout: 30 * time.Second}, *o)
	s := newServer(reader.Default(), o, true, slog.New(slog.DiscardHandler))
	require.Equal(t, 10*time.Second, s.grace)
	require.EqualValues(t, 256<<20, s.memory.left.Load(), "bytes for bodies")
	require.Equal(t, processors, runtime.GOMAXPROCS(0))
	require.Equal(t, processors, cap(s.drawings.reading))
	require.Equal(t, processors, cap(s.photographs.reading))
	require.Equal(t, 128, cap(s.drawings.waiting))
	require.Equal(t, 128, cap(s.photographs.waiting))
	o.maxBytes = 200_000_000
	s = newServer(reader.Default(), o, true, slog.New(slog.DiscardHandler))
	require.EqualValues(t, 400_000_000, s.memory.left.Load(), "the longest body fits, also while it is copied")
}

// TestExtremes: the largest and the smallest values of flags.
func TestExtremes(t *testing.T) {
	for line, fine := range map[string]bool{
		"-max-bytes 1": true, "-max-bytes 256000000": true, "-max-bytes 256000001": false,
		"-max-pixels 1": true, "-max-pixels 64000000": true, "-max-pixels 64000001": false,
		"-timeout 1ns": true, "-timeout -1ns": false,
		"-listen :0": true, "-listen :1": true, "-listen :65535": true, "-listen :65536": false, "-listen :-1": false, "-listen :http": true,
	} {
		_, err := parse(strings.Fields(line), io.Discard)
		require.Equal(t, fine, err == nil, line)
	}
}

// TestSizeOfBodies: a body takes twice its size at most, and at least 16 KB.
// Up to 64 KB it gets in even if nothing is left.
func TestSizeOfBodies(t *testing.T) {
	for _, tt := range []struct {
		left, size, taken int64
		fine              bool
	}{
		{1 << 20, 0, 16 << 10, true}, {1 << 20, 16<<10 - 1, 16 << 10, true}, {1 << 20, 16 << 10, 32 << 10, true}, {1 << 20, 100_000, 128 << 10, true},
		{0, 16_000, 16 << 10, true}, {-1000, 64<<10 - 1, 64 << 10, true}, {0, 64 << 10, 128 << 10, false},
		{128 << 10, 100_000, 128 << 10, true}, {128<<10 - 1, 100_000, 128 << 10, false},
	} {
		b := &body{from: newBudget(tt.left)}
		data := bytes.Repeat([]byte("data"), int(tt.size+3)/4)[:tt.size]
		err := b.readFrom(iotest.HalfReader(bytes.NewReader(data)))
		require.Equal(t, tt.taken, b.taken, tt)
		require.Equal(t, tt.left-tt.taken, b.from.left.Load(), tt)
		if tt.fine {
			require.NoError(t, err, tt)
			require.True(t, bytes.Equal(data, b.data))
		} else {
			require.ErrorIs(t, err, errBusy, tt)
		}
		b.release()
		b.release() // does no harm
		require.Equal(t, tt.left, b.from.left.Load(), tt)
		require.Nil(t, b.data, "the memory is free")
	}
	b := &body{from: newBudget(1 << 20)}
	require.ErrorContains(t, b.readFrom(iotest.TimeoutReader(strings.NewReader("ab"))), "the request is damaged or cut short: timeout")
}

// TestLimitOfBytes: a body of exactly the limit is fine, with a length or
// without.
func TestLimitOfBytes(t *testing.T) {
	digit := picture(t, "3_brush.png")
	for more, status := range map[int]int{0: 200, 1: 413} {
		s := start(t, nil, "-max-bytes", fmt.Sprint(len(digit)))
		data := append(bytes.Clone(digit), make([]byte, more)...)
		for _, body := range []io.Reader{bytes.NewReader(data), io.MultiReader(bytes.NewReader(data))} {
			answer, text := s.do(t, "POST", "/v1/read", body)
			require.Equal(t, status, answer.StatusCode, text)
			require.Equal(t, status != 200, answer.Close, "the rest of a body that is refused is not received")
		}
	}
}

// TestTwoQueues: pictures of up to half a million pixels are drawings.
func TestTwoQueues(t *testing.T) {
	t.Parallel()
	s := start(t, nil, "-timeout", "300ms")
	defer fill(s.photographs)()
	defer fill(s.drawings)()
	for height, q := range map[int]*queue{500: s.drawings, 501: s.photographs} {
		head := fmt.Sprintf("P5 1000 %d 255 ", height)
		go http.Post(s.url+"/v1/read", "", strings.NewReader(head+strings.Repeat("\xff", 1000*height)))
		require.Eventually(t, func() bool { return len(q.waiting) == 1 }, 5*time.Second, time.Millisecond, "%d rows", height)
		require.Eventually(t, func() bool { return len(q.waiting) == 0 }, 5*time.Second, time.Millisecond)
	}
}

// TestHeads: a form may have 32 KB before its file and again after it, or a
// little more, because they are read ahead.
func TestHeads(t *testing.T) {
	s := newServer(reader.Default(), &options{maxBytes: 1 << 20, maxPixels: 1000, timeout: time.Minute}, false, slog.New(slog.DiscardHandler))
	send := func(write func(w *multipart.Writer)) (int, string) {
		body, kind := form(t, write)
		r := httptest.NewRequest("POST", "/v1/read", body)
		r.Header.Set("Content-Type", kind)
		answer := httptest.NewRecorder()
		s.ServeHTTP(answer, r)
		return answer.Code, answer.Body.String()
	}
	file := func(w *multipart.Writer) { addFile(t, w, "a", []byte("P5 1 1 255 a")) }
	note := func(n int) func(w *multipart.Writer) { // it has the empty name of a file that nobody chose
		return func(w *multipart.Writer) { addFile(t, w, "", bytes.Repeat([]byte("x"), n)) }
	}
	both := func(first, second func(w *multipart.Writer)) func(w *multipart.Writer) {
		return func(w *multipart.Writer) { first(w); second(w) }
	}
	for n, status := range map[int]int{30_000: 422, 44_000: 400} {
		code, text := send(both(note(n), file))
		require.Equal(t, status, code, text)
		code, text = send(both(file, note(n)))
		require.Equal(t, status, code, text)
		if status == 400 {
			require.Contains(t, text, "the form has too much before or after the file")
		}
	}
	many := func(n int) func(w *multipart.Writer) {
		return func(w *multipart.Writer) {
			for range n {
				note(1)(w)
			}
			file(w)
		}
	}
	code, text := send(many(99)) // with the file, these are 100
	require.Equal(t, 422, code, text)
	_, text = send(many(100))
	require.Contains(t, text, "the form has more than 100 parts")
	require.EqualValues(t, bodiesInMemory, s.memory.left.Load())
}

// TestListener: a listener that is closed takes no connection, not even one
// that waits for its place. A connection gives its place back once.
func TestListener(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	c := limit(l, 1)
	dial := func() net.Conn {
		conn, err := net.Dial("tcp", l.Addr().String())
		require.NoError(t, err)
		t.Cleanup(func() { conn.Close() })
		return conn
	}
	dial()
	first, err := c.Accept()
	require.NoError(t, err)
	c.changed(first, http.StateNew)
	require.Equal(t, 1, c.idle.Len())
	require.NoError(t, first.Close())
	require.Zero(t, c.idle.Len())
	require.ErrorIs(t, first.Close(), net.ErrClosed)
	require.Empty(t, c.places)
	dial()
	second, err := c.Accept() // it is in use: nothing has noted that it is idle
	require.NoError(t, err)
	defer second.Close()
	waits := dial()
	ended := make(chan error, 1)
	go func() {
		_, err := c.Accept()
		ended <- err
	}()
	time.Sleep(20 * time.Millisecond)
	require.Empty(t, ended, "there is no place")
	require.NoError(t, c.Close())
	require.ErrorIs(t, c.Close(), net.ErrClosed)
	require.ErrorIs(t, <-ended, net.ErrClosed)
	_, err = waits.Read(make([]byte, 1))
	require.True(t, err != nil && !errors.Is(err, net.ErrClosed), "its connection is closed")
	_, err = c.Accept()
	require.Error(t, err)
}

// TestOtherConnection: connections of other kinds can be noted and ended, too.
func TestOtherConnection(t *testing.T) {
	a, b := net.Pipe()
	defer b.Close()
	c := limit(nil, 1)
	c.changed(a, http.StateNew)
	require.Zero(t, c.idle.Len())
	require.NoError(t, (&connection{Conn: a, all: c}).CloseWrite())
	received(httptest.NewRequest("GET", "/", nil))
}

// TestClosedConnection: a connection that is closed while its request arrives
// is not closed again in place of another one.
func TestClosedConnection(t *testing.T) {
	c := limit(nil, 1)
	c.places <- struct{}{}
	a, b := net.Pipe()
	defer b.Close()
	conn := &connection{Conn: a, all: c}
	c.changed(conn, http.StateNew)
	require.Equal(t, 1, c.idle.Len())
	require.NoError(t, conn.Close())
	require.Empty(t, c.places)
	c.changed(conn, http.StateActive)
	require.Zero(t, c.idle.Len())
}

// TestLocalAddress: a browser must not be sent to a name that serve refuses.
func TestLocalAddress(t *testing.T) {
	for _, tt := range []struct {
		asked, ip string
		local     bool
		want      string
	}{
		{"localhost:80", "127.0.0.1", true, "localhost:8080"},
		{"myself:80", "127.0.1.1", true, "127.0.1.1:8080"},
		{"myself:80", "::1", true, "[::1]:8080"},
		{"127.0.0.1:0", "127.0.0.1", true, "127.0.0.1:8080"},
		{"MYSELF:80", "10.1.2.3", false, "myself:8080"},
		{":80", "::", false, "localhost:8080"},
	} {
		s := &server{local: tt.local}
		got := s.address(tt.asked, &net.TCPAddr{IP: net.ParseIP(tt.ip), Port: 8080})
		require.Equal(t, tt.want, got, "%v", tt)
		require.True(t, !tt.local || isLocal(got), "%v", tt)
	}
}

// TestLogOfMethods: the log has the usual methods, and what a stranger makes up
// only if it is short.
func TestLogOfMethods(t *testing.T) {
	s := start(t, nil)
	s.do(t, "OPTIONS", "/v1/read", nil)
	s.do(t, "OPTIONSS", "/healthz", nil)
	_, text := s.do(t, "GET", "/healthz", nil)
	logged := s.log.String()
	require.Contains(t, logged, "method=OPTIONS path=/v1/read status=204 bytes=0 ms=")
	require.Contains(t, logged, "method=(other) path=/healthz status=405 ")
	require.Contains(t, logged, fmt.Sprintf("method=GET path=/healthz status=200 bytes=%d ms=", len(text)))
	for _, m := range regexp.MustCompile(`ms=(\S+)\n`).FindAllStringSubmatch(logged, -1) {
		require.Regexp(t, `^\d{1,3}(\.\d{1,3})?$`, m[1], "at most three digits after the point")
	}
	failed := &recorder{ResponseWriter: &deadlines{err: io.ErrShortWrite}}
	_, err := failed.Write([]byte("x"))
	require.ErrorIs(t, err, io.ErrShortWrite)
}

// TestNoReaderOfOutput: without a standard output, serve ends, and its port is
// free. It also ends if its listener does.
func TestNoReaderOfOutput(t *testing.T) {
	free, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	address := free.Addr().String()
	free.Close()
	r, w := io.Pipe()
	r.Close()
	require.ErrorIs(t, run(t.Context(), []string{"-listen", address}, w, io.Discard), io.ErrClosedPipe)
	again, err := listen(address)
	require.NoError(t, err)
	again.Close()
	s := start(t, nil)
	require.ErrorIs(t, s.serve(t.Context(), again), net.ErrClosed)
}

// deadlines is a connection that notes its time limits.
type deadlines struct {
	httptest.ResponseRecorder
	read, write []time.Time
	err         error
}

func (d *deadlines) Write(p []byte) (int, error)         { return len(p), d.err }
func (d *deadlines) SetReadDeadline(at time.Time) error  { d.read = append(d.read, at); return nil }
func (d *deadlines) SetWriteDeadline(at time.Time) error { d.write = append(d.write, at); return nil }

// TestDeadlines: a client has a time to send its request, and again a time to
// receive the answer. Waiting in the queue is not counted.
func TestDeadlines(t *testing.T) {
	s := start(t, nil, "-timeout", "1h")
	hour := func(at time.Time) bool { return time.Until(at) > 59*time.Minute && time.Until(at) <= time.Hour }
	d := &deadlines{}
	s.ServeHTTP(d, httptest.NewRequest("GET", "http://localhost/", nil))
	require.True(t, len(d.write) == 1 && hour(d.write[0]), d.write)
	require.Empty(t, d.read)
	d = &deadlines{}
	s.ServeHTTP(d, httptest.NewRequest("POST", "http://localhost/v1/why", bytes.NewReader(make([]byte, 784))))
	require.True(t, len(d.write) == 2 && hour(d.write[1]), "the answer has a time of its own")
	require.True(t, len(d.read) == 2 && hour(d.read[0]) && d.read[1].IsZero(), d.read)
}

// TestLongHead: the head of a request may have 16 KB, or a little more.
func TestLongHead(t *testing.T) {
	t.Parallel()
	s := start(t, nil)
	for n, status := range map[int]int{15_000: 200, 30_000: 431} {
		answer, _ := s.do(t, "GET", "/healthz", nil, "X", strings.Repeat("x", n))
		require.Equal(t, status, answer.StatusCode)
	}
}
