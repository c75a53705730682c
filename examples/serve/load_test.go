package main

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// loadKey is an environment variable with the number of requests of TestLoad.
// It also makes TestHostile longer:
//
//	DIGITS_LOAD=20000 go test ./examples/serve -run 'Load|Hostile' -v
const loadKey = "DIGITS_LOAD"

// load returns the number of requests in the environment, or 0.
func load(t *testing.T) int {
	text := os.Getenv(loadKey)
	if text == "" {
		return 0
	}
	n, err := strconv.Atoi(text)
	require.NoError(t, err, loadKey)
	return n
}

// loaded is what clients measure: the times of all requests of one kind.
type loaded struct {
	kind     string
	pictures [][]byte
	mu       sync.Mutex
	texts    map[int]string // the answer for each picture
	times    []time.Duration
}

// ask sends a picture, and checks the answer.
func (l *loaded) ask(client *http.Client, url string, i int) error {
	i %= len(l.pictures)
	begin := time.Now()
	answer, err := client.Post(url+"/v1/read", "", bytes.NewReader(l.pictures[i]))
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		return err
	}
	took := time.Since(begin)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.times = append(l.times, took)
	if first, ok := l.texts[i]; ok && string(text) != first {
		return fmt.Errorf("%s %d: another answer than before: %s", l.kind, i, text)
	}
	l.texts[i] = string(text)
	if answer.StatusCode != 200 {
		return fmt.Errorf("%s %d: %s", l.kind, i, text)
	}
	return nil
}

// storm sends n requests from many clients. Half of the clients send drawings,
// and half photographs, each as fast as it gets answers.
func storm(t *testing.T, url string, clients, n int, kinds ...*loaded) {
	transport := &http.Transport{MaxIdleConnsPerHost: clients}
	defer transport.CloseIdleConnections()
	var sent atomic.Int64
	var all sync.WaitGroup
	for _, l := range kinds {
		l.times, l.texts = nil, map[int]string{}
	}
	begin := time.Now()
	for c := range clients {
		all.Add(1)
		go func() {
			defer all.Done()
			client := &http.Client{Transport: transport}
			l := kinds[c%len(kinds)]
			for i := sent.Add(1); i <= int64(n) && !t.Failed(); i = sent.Add(1) {
				if err := l.ask(client, url, int(i)); err != nil {
					t.Error(err)
				}
			}
		}()
	}
	all.Wait()
	took := time.Since(begin)
	for _, l := range kinds {
		slices.Sort(l.times)
		count := len(l.times)
		require.NotZero(t, count)
		t.Logf("%d %ss: %.0f in a second, median %v, 99 %% below %v, longest %v", count, l.kind, float64(count)/took.Seconds(),
			l.times[count/2].Round(time.Millisecond/10), l.times[count*99/100].Round(time.Millisecond/10), l.times[count-1].Round(time.Millisecond/10))
	}
}

// TestLoad: many clients send pictures to the program at once. All get answers,
// the same for the same picture, and the program does not grow. TestMixed does
// more, but not so fast.
func TestLoad(t *testing.T) {
	n := load(t)
	if n == 0 {
		t.Skip(loadKey + " is not set")
	}
	drawings, photographs := &loaded{kind: "drawing"}, &loaded{kind: "photograph"}
	for i := range 50 {
		drawings.pictures = append(drawings.pictures, encodePNG(t, drawing(uint64(i))))
		if i < 5 {
			photographs.pictures = append(photographs.pictures, encodeJPEG(t, photograph(t, uint64(i), 1600, 1250)))
		}
	}
	p, url := program(t)
	storm(t, url, 64, n/4, drawings, photographs)
	before, _ := memory(t, p)
	storm(t, url, 64, n, drawings, photographs)
	after, peak := memory(t, p)
	t.Logf("memory: %d MB after the first %d requests, %d MB at the end, at most %d MB", before>>20, n/4, after>>20, peak>>20)
	require.Less(t, after, before*5/4+(16<<20))
}

// heap returns the bytes in use after a garbage collection.
func heap() uint64 {
	runtime.GC()
	runtime.GC() // the first one moves the contents of pools aside
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// memory returns the bytes that a program has in memory, and the most that it
// had. They are 0 where /proc does not tell.
func memory(t *testing.T, p *exec.Cmd) (now, most int) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.Process.Pid))
	if err != nil {
		return 0, 0
	}
	value := func(key string) int {
		found := regexp.MustCompile(`(?m)^` + key + `:\s+(\d+) kB$`).FindSubmatch(status)
		require.NotNil(t, found)
		n, err := strconv.Atoi(string(found[1]))
		require.NoError(t, err)
		return n << 10
	}
	return value("VmRSS"), value("VmHWM")
}
