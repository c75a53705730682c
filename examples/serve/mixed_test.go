package main

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"mime/multipart"
	"net"
	"net/http"
	"os"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/seed-cd6415d7/digits/examples/internal/webdriver"
	"github.com/stretchr/testify/require"
)

// mixedKey is an environment variable. It says how long TestMixed sends
// requests from 64 clients:
//
//	DIGITS_MIXED=60s go test -race -run Mixed -v ./examples/serve
//
// If DIGITS_BROWSER is set, too, a person draws on the page all the time.
const mixedKey = "DIGITS_MIXED"

// TestMixed: clients of all kinds ask at once, and the service ends and starts
// again meanwhile. Each answer is the right one, and nothing is left behind.
func TestMixed(t *testing.T) {
	goroutines := runtime.NumGoroutine()
	clients, half := 10, 200*time.Millisecond
	if text := os.Getenv(mixedKey); text != "" {
		whole, err := time.ParseDuration(text)
		require.NoError(t, err, mixedKey)
		clients, half = 64, whole/2
	}
	s := start(t, func(s *server) { s.grace = 2 * time.Second })
	m := newMixture(t, s)
	if clients == 64 {
		m.visits = append(m.visits, visit{"too slow", m.tooSlow})
	}
	m.run(t, clients, half, func() {})
	s.log.reset()
	before := heap()
	restarted := make(chan struct{})
	time.AfterFunc(half/2, func() {
		defer close(restarted)
		m.restart(t)
	})
	m.run(t, clients, half, func() {
		if clients == 64 && os.Getenv("DIGITS_BROWSER") != "" {
			t.Run("browser", func(t *testing.T) { drawUntil(t, s, time.Now().Add(half)) })
		}
	})
	<-restarted
	require.NotContains(t, s.log.String(), "level=ERROR")
	s.log.reset()
	require.Less(t, heap(), before+(2<<20), "memory grows")
	require.Empty(t, len(s.drawings.reading)+len(s.photographs.reading)+len(s.drawings.waiting)+len(s.photographs.waiting))
	require.EqualValues(t, bodiesInMemory, s.memory.left.Load())
	s.end()
	err := <-s.ended
	require.NoError(t, err)
	s.ended <- err // for the end of the test
	left := func() bool { return runtime.NumGoroutine() > goroutines }
	for end := time.Now().Add(10 * time.Second); left() && time.Now().Before(end); {
		time.Sleep(10 * time.Millisecond)
	}
	if left() {
		stacks := make([]byte, 1<<20)
		t.Errorf("goroutines are left:\n%s", stacks[:runtime.Stack(stacks, true)])
	}
}

// A visit is something that a client does. Its error says what was wrong.
type visit struct {
	kind string
	do   func(c *http.Client, rng *rand.Rand) error
}

// A mixture is what many clients do at once.
type mixture struct {
	site   *site
	digit  []byte // a picture
	visits []visit

	ends   atomic.Int64 // odd while the service is away
	counts sync.Map     // of visits, by kind: *atomic.Int64
}

// run lets clients visit the service for some time. Meanwhile it calls f.
func (m *mixture) run(t *testing.T, clients int, whole time.Duration, f func()) {
	transport := &http.Transport{MaxIdleConnsPerHost: clients}
	end := time.Now().Add(whole)
	var all sync.WaitGroup
	for c := range clients {
		all.Add(1)
		go func() {
			defer all.Done()
			rng := rand.New(rand.NewPCG(uint64(c), 3))
			client := &http.Client{Transport: transport}
			for time.Now().Before(end) && !t.Failed() {
				v := m.visits[c%len(m.visits)]
				if err := m.visit(v, client, rng); err != nil {
					t.Errorf("%s: %v", v.kind, err)
				}
			}
		}()
	}
	f()
	all.Wait()
	transport.CloseIdleConnections()
	for _, kind := range append([]visit{{kind: "busy"}, {kind: "nobody there"}}, m.visits...) {
		n, _ := m.counts.LoadOrStore(kind.kind, &atomic.Int64{})
		t.Logf("%s: %d", kind.kind, n.(*atomic.Int64).Swap(0))
	}
}

// visit lets a client do something. An error while the service is away is none.
func (m *mixture) visit(v visit, client *http.Client, rng *rand.Rand) error {
	before := m.ends.Load()
	err := v.do(client, rng)
	kind := v.kind
	_, wrong := err.(wrongAnswer)
	switch {
	case err == errBusy:
		kind, err = "busy", nil
		time.Sleep(time.Second) // as the answer says
	case err != nil && !wrong && (before%2 == 1 || m.ends.Load() != before):
		kind, err = "nobody there", nil
		time.Sleep(10 * time.Millisecond)
	}
	n, _ := m.counts.LoadOrStore(kind, &atomic.Int64{})
	n.(*atomic.Int64).Add(1)
	return err
}

// restart ends the service as Ctrl-C does, and starts it again.
func (m *mixture) restart(t *testing.T) {
	m.ends.Add(1)
	m.site.end()
	if err := <-m.site.ended; err != nil {
		t.Error(err)
	}
	if err := m.site.begin(); err != nil {
		t.Error(err)
	}
	m.ends.Add(1)
}

// A wrongAnswer is an answer that is not the right one.
type wrongAnswer struct{ text string }

func (w wrongAnswer) Error() string { return w.text }

// want is the right answer to a request.
type want struct {
	status int
	text   string
}

// ask sends a request and compares the answer with the right one. On a slow
// computer, the right one may also be that the service is busy: errBusy.
func ask(client *http.Client, r *http.Request, err error, want want) error {
	if err != nil {
		return err
	}
	answer, err := client.Do(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		return err
	}
	busy := strings.Contains(string(text), "the service is busy: try again") || strings.Contains(string(text), "reading the picture takes more than")
	if answer.StatusCode == http.StatusServiceUnavailable && busy {
		return errBusy
	}
	if answer.StatusCode != want.status || string(text) != want.text {
		return wrongAnswer{fmt.Sprintf("%s %s: status %d, %.300q; want %d, %.300q", r.Method, r.URL, answer.StatusCode, text, want.status, want.text)}
	}
	return nil
}

// asks returns a visit that sends one of some requests.
func (m *mixture) asks(kind string, requests ...request) {
	m.visits = append(m.visits, visit{kind, func(c *http.Client, rng *rand.Rand) error {
		q := requests[rng.IntN(len(requests))]
		r, err := http.NewRequest(q.method, m.site.url+q.path, bytes.NewReader(q.body))
		for i := 0; i+1 < len(q.headers) && err == nil; i += 2 {
			r.Header.Set(q.headers[i], q.headers[i+1])
		}
		return ask(c, r, err, q.want)
	}})
}

// A request has one right answer.
type request struct {
	method, path string
	body         []byte
	headers      []string
	want         want
}

func newMixture(t *testing.T, s *site) *mixture {
	m := &mixture{site: s, digit: picture(t, "3_brush.png")}
	known := s.Service // answers without HTTP, one after another
	right := func(method, path string, body []byte) request {
		status, text := known.Do(path, body)
		return request{method: method, path: path, body: body, want: want{status: status, text: text}}
	}
	var drawings, photographs, forms, whys []request
	for i := range 3 {
		d, p := encodePNG(t, drawing(uint64(i))), encodeJPEG(t, photograph(t, uint64(i), 800, 640))
		drawings = append(drawings, right("POST", "/v1/read?details=true", d), right("POST", "/v1/read?one=true", d))
		photographs = append(photographs, right("POST", "/v1/read", p))
		body, kind := form(t, func(w *multipart.Writer) { addFile(t, w, "mine", d) })
		r := right("POST", "/v1/read", d)
		r.body, r.headers, r.want.text = body.Bytes(), []string{"Content-Type", kind}, strings.Replace(r.want.text, `"file":"-"`, `"file":"mine"`, 1)
		forms = append(forms, r)
		seen := bytes.Repeat([]byte{0, 0, byte(50 * i), 255, 255}, 157)[:784]
		whys = append(whys, right("POST", fmt.Sprintf("/v1/why?class=%d", i), seen))
	}
	three := right("POST", "/v1/read", m.digit)
	require.Contains(t, three.want.text, `"digit":3,`)
	m.asks("drawing", append(drawings, three)...)
	m.asks("photograph", photographs...)
	m.asks("form", forms...)
	m.asks("why", whys...)
	m.asks("model", right("GET", "/v1/model", nil), right("GET", "/healthz", nil), request{method: "HEAD", path: "/v1/model", want: want{status: 200}})
	page := request{method: "GET", path: "/", want: want{status: 200, text: string(s.page.html)}}
	same := request{method: "GET", path: "/", headers: []string{"If-None-Match", s.page.tag}, want: want{status: 304}}
	m.asks("page", page, same, request{method: "HEAD", path: "/", want: want{status: 200}})
	failed := func(method, path, body string, status int, text string) request {
		return request{method: method, path: path, body: []byte(body), want: want{status: status, text: fmt.Sprintf("{\"error\":%s,\"status\":%d}\n", text, status)}}
	}
	m.asks("bad request",
		right("POST", "/v1/read", []byte("no picture")), right("POST", "/v1/read", m.digit[:700]),
		right("POST", "/v1/why", []byte("short")), right("POST", "/v1/why?class=x", make([]byte, 784)), right("POST", "/v1/read?one=1&many=1", nil),
		failed("GET", "/worker.js", "", 404, `"there is no \"/worker.js\" here; want /, /v1/read, /v1/why, /v1/model or /healthz"`),
		failed("DELETE", "/v1/read", "", 405, `"\"DELETE\" is not for /v1/read; want POST"`),
		failed("POST", "/v1/read", "", 400, `"there is no picture in the request; want one, as from curl --data-binary @photo.jpg"`))
	m.visits = append(m.visits, visit{"aborted", m.abort}, visit{"slow", func(c *http.Client, _ *rand.Rand) error {
		r, err := http.NewRequest("POST", s.url+"/v1/read", &drip{rest: three.body})
		return ask(c, r, err, three.want)
	}})
	return m
}

// abort sends a request, or a part of it, and goes away.
func (m *mixture) abort(_ *http.Client, rng *rand.Rand) error {
	text := head(len(m.digit)) + string(m.digit)
	conn, err := net.Dial("tcp", m.site.address)
	if err != nil {
		return err
	}
	defer conn.Close()
	_, err = io.WriteString(conn, text[:1+rng.IntN(len(text))])
	time.Sleep(time.Duration(rng.IntN(20)) * time.Millisecond)
	return err
}

// tooSlow sends a part of a request, and waits for the answer.
func (m *mixture) tooSlow(_ *http.Client, _ *rand.Rand) error {
	conn, err := net.Dial("tcp", m.site.address)
	if err != nil {
		return err
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, head(1000)+"half"); err != nil {
		return err
	}
	text, err := io.ReadAll(conn)
	if err == nil && !strings.HasPrefix(string(text), "HTTP/1.1 408 ") {
		err = fmt.Errorf("%.300q; want status 408", text)
	}
	return err
}

// A drip is a body that comes slowly.
type drip struct{ rest []byte }

func (d *drip) Read(p []byte) (int, error) {
	if len(d.rest) == 0 {
		return 0, io.EOF
	}
	time.Sleep(10 * time.Millisecond)
	n := copy(p[:min(len(p), 200)], d.rest)
	d.rest = d.rest[n:]
	return n, nil
}

// drawUntil draws digits on the page, as a person does.
func drawUntil(t *testing.T, s *site, end time.Time) {
	if _, _, err := webdriver.Find(); err != nil {
		t.Skip(err)
	}
	b := openTab(t, &engine{name: "server", address: s.address})
	b.expected = []string{"net::ERR_"} // the service is away for a while
	b.screen(desktop)
	b.open()
	n := 0
	for ; time.Now().Before(end); n++ {
		b.draw("mouse", writers[0].digit(n%10, b.paper(), places[2])...)
		b.answered()
		require.Equal(t, fmt.Sprint(n%10), b.text("#text"))
		b.clear()
	}
	t.Logf("%d digits drawn", n)
	b.quiet()
}
