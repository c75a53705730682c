package main

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image"
	"image/color/palette"
	"image/gif"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// bigJPEG returns a file of 200 KB that takes 500 MB of memory: a progressive
// JPEG of 20 million pixels in four colors, all the same. Only at its end does
// the decoder find that it does not know the colors.
func bigJPEG() string {
	const side = 4560
	var b bytes.Buffer
	b.Write([]byte{0xff, 0xd8, 0xff, 0xc2, 0, 20, 8, side >> 8, side & 255, side >> 8, side & 255, 4}) // the frame
	for color := range 4 {
		b.Write([]byte{uint8(color) + 1, 0x11, 0})
	}
	b.Write([]byte{0xff, 0xdb, 0, 67, 0}) // the quantization table
	b.Write(bytes.Repeat([]byte{1}, 64))
	b.Write([]byte{0xff, 0xc4, 0, 20, 0, 1}) // the Huffman table has one code, of one bit
	b.Write(make([]byte, 16))
	b.Write([]byte{0xff, 0xda, 0, 14, 4, 1, 0, 2, 0, 3, 0, 4, 0, 0, 0, 0}) // the scan
	b.Write(make([]byte, side/8*side/8*4/8+10))
	b.Write([]byte{0xff, 0xd9})
	return b.String()
}

// An attack is a hostile request, as bytes. The status is one of these; 0 means
// that the connection is closed without an answer.
type attack struct {
	name     string
	request  string
	statuses []int
	half     bool // no more is sent, and the service knows it
}

// post returns a request with a body.
func post(path, body string, headers ...string) string {
	lines := append([]string{"POST " + path + " HTTP/1.1", "Host: localhost", fmt.Sprintf("Content-Length: %d", len(body))}, headers...)
	return strings.Join(lines, "\r\n") + "\r\n\r\n" + body
}

// claim changes the size that a PNG file claims.
func claim(file []byte, width, height uint32) string {
	file = slices.Clone(file)
	binary.BigEndian.PutUint32(file[16:], width)
	binary.BigEndian.PutUint32(file[20:], height)
	binary.BigEndian.PutUint32(file[29:], crc32.ChecksumIEEE(file[12:29]))
	return string(file)
}

// manyFrames returns a GIF file with many frames.
func manyFrames(t *testing.T) string {
	g := &gif.GIF{}
	frame := image.NewPaletted(image.Rect(0, 0, 400, 400), palette.WebSafe)
	for i := range 400 * 40 {
		frame.Pix[180*400+i] = 215 // white, as a bar
	}
	for range 100 {
		g.Image, g.Delay = append(g.Image, frame), append(g.Delay, 0)
	}
	var b bytes.Buffer
	require.NoError(t, gif.EncodeAll(&b, g))
	return b.String()
}

// attacks returns one attack of each kind. rng makes them different.
func attacks(t *testing.T, rng *rand.Rand, digit, jpg []byte, frames string) []attack {
	cut := func(data []byte) string { return string(data[:8+rng.IntN(len(data)-20)]) }
	formOf := func(boundary, body string) string {
		return post("/v1/read", body, "Content-Type: multipart/form-data; boundary="+boundary)
	}
	part := "--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"x\"\r\n"
	garbage := make([]byte, 1+rng.IntN(5000))
	for i := range garbage {
		garbage[i] = uint8(rng.IntN(256))
	}
	flipped := slices.Clone(digit)
	flipped[40+rng.IntN(len(flipped)-60)] ^= 1 << rng.IntN(8)
	return []attack{
		{"cut PNG", post("/v1/read", cut(digit)), []int{400}, false},
		{"cut JPEG", post("/v1/read", cut(jpg)), []int{400}, false},
		{"flipped bit", post("/v1/read", string(flipped)), []int{400}, false},
		{"cut request", post("/v1/read", string(digit))[:200+rng.IntN(500)], []int{400}, true},
		{"cut head", post("/v1/read", string(digit))[:20+rng.IntN(20)], []int{0, 400}, true},
		{"huge PNG", post("/v1/read", claim(digit, 1<<31-1, 1<<31-1)), []int{413}, false},
		{"PNG of 2.5 billion pixels", post("/v1/read", claim(digit, 50000, 50000)), []int{413}, false},
		{"PNG that claims 25 million", post("/v1/read?many=true", claim(digit, 5000, 5000)), []int{400}, false},
		{"GIF of many frames", post("/v1/read", frames), []int{200}, false},
		{"garbage", post("/v1/read", string(garbage)), []int{415, 400}, false},
		{"JSON", post("/v1/read", `{"picture": 1}`, "Content-Type: application/json"), []int{415}, false},
		{"PGM without pixels", post("/v1/read", "P5 5000 5000 255 "), []int{400}, false},
		{"BMP of nothing", post("/v1/read", "BM"+strings.Repeat("\xff", 60)), []int{400, 415, 413}, false},
		{"form without boundary", formOf("", string(digit)), []int{400}, false},
		{"form with another boundary", formOf("a", part+"\r\nx\r\n--b--\r\n"), []int{400}, false},
		{"form without end", formOf("b", part+"\r\n"+string(digit)), []int{400}, false},
		{"form of many parts", formOf("b", strings.Repeat("--b\r\n\r\n\r\n", 5000)+"--b--"), []int{400}, false},
		{"form of a long head", formOf("b", part+"X: "+strings.Repeat("x", 11<<20)+"\r\n\r\nx\r\n--b--\r\n"), []int{400, 0}, false},
		{"bad query", post("/v1/read?one=%zz", string(digit)), []int{400}, false},
		{"strange query", post("/v1/read?one=true&"+strings.Repeat("a=b&", 1000), string(digit)), []int{400}, false},
		{"wrong why", post("/v1/why?class=7&rival=7", strings.Repeat("x", 784)), []int{400}, false},
		{"huge head", "GET /healthz HTTP/1.1\r\nHost: localhost\r\nX: " + strings.Repeat("x", 1<<20) + "\r\n\r\n", []int{431, 0}, false},
		{"no HTTP", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", []int{400}, false},
		{"no length", "POST /v1/read HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n", []int{400}, false},
		{"two lengths", post("/v1/read", "x", "Content-Length: 5"), []int{400}, false},
		{"wrong chunks", "POST /v1/read HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", []int{400}, false},
		{"promise of much", head(1<<31 - 1), []int{413}, false},
		{"slow sender", head(1000) + "x", []int{408}, false},
		{"slow head", "POST /v1/read HTTP/1.1\r\nHost:", []int{0}, false},
		{"other host", "GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n", []int{421}, false},
	}
}

// send sends an attack and returns the status of the answer, or 0.
func (a *attack) send(address string) (int, error) {
	conn, err := net.Dial("tcp", address)
	if err != nil {
		return 0, err
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(30 * time.Second))
	go func() {
		io.WriteString(conn, a.request) // the service need not read all
		if a.half {
			conn.(*net.TCPConn).CloseWrite()
		}
	}()
	text, _ := io.ReadAll(io.LimitReader(conn, 12)) // "HTTP/1.1 400"
	var status int
	if len(text) == 12 {
		if _, err := fmt.Sscanf(string(text[9:]), "%d", &status); err != nil {
			return 0, fmt.Errorf("%s: %q", a.name, text)
		}
	}
	return status, nil
}

// TestHostile: strangers get errors, and the service keeps on working, with
// limited memory.
func TestHostile(t *testing.T) {
	t.Parallel()
	rounds, connections, timeout := 1, 300, time.Duration(slower*slower)*time.Second
	if load(t) > 0 {
		rounds, connections, timeout = 34, 10_000, 10*time.Second // pictures wait
	}
	p, url := program(t, "-timeout", timeout.String())
	address := strings.TrimPrefix(url, "http://")
	rng := rand.New(rand.NewPCG(1, 2))
	digit, jpg, frames := picture(t, "3_brush.png"), encodeJPEG(t, photograph(t, 1, 400, 300)), manyFrames(t)
	before, _ := memory(t, p)
	var list []attack
	for range rounds {
		list = append(list, attacks(t, rng, digit, jpg, frames)...)
	}
	if rounds > 1 {
		big := attack{"JPEG of 20 million", post("/v1/read", bigJPEG()), []int{415, 503}, false}
		list = append(list, slices.Repeat([]attack{big}, 4)...)
	}
	rng.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	var all sync.WaitGroup
	var busy atomic.Int64
	next := make(chan attack)
	for range 32 {
		all.Add(1)
		go func() {
			defer all.Done()
			for a := range next {
				status, err := a.send(address)
				for tries := 0; status == 503 && tries < 20 && !slices.Contains(a.statuses, 503); tries++ {
					busy.Add(1)
					time.Sleep(time.Second)
					status, err = a.send(address)
				}
				if err != nil || !slices.Contains(a.statuses, status) {
					t.Errorf("%s: status %d, %v; want %v", a.name, status, err, a.statuses)
				}
			}
		}()
	}
	for _, a := range list {
		next <- a
	}
	close(next)
	all.Wait()
	after, most := memory(t, p)
	t.Logf("%d hostile requests, %d times busy; memory: %d MB before, %d MB after, at most %d MB", len(list), busy.Load(), before>>20, after>>20, most>>20)
	stillAnswers(t, url)
	require.Less(t, most, 1500<<20)

	opened := hold(t, address, connections)
	took := stillAnswers(t, url)
	_, most = memory(t, p)
	t.Logf("%d connections; the answer took %v; at most %d MB", opened, took.Round(time.Millisecond), most>>20)
	require.Less(t, most, 1500<<20)
}

// hold opens connections and holds them until the end of the test. A third of
// them are unused, a third stop in the head, a third in the body.
func hold(t *testing.T, address string, n int) (opened int) {
	for i := range n {
		conn, err := net.DialTimeout("tcp", address, 10*time.Second)
		if err != nil {
			t.Logf("only %d connections: %v", opened, err) // ulimit -n
			break
		}
		t.Cleanup(func() { conn.Close() })
		io.WriteString(conn, []string{"", "POST /v1/re", head(1000) + "x"}[i%3]) // it may be closed already
		opened++
	}
	return opened
}

// stillAnswers checks that the service reads a drawing.
func stillAnswers(t *testing.T, url string) time.Duration {
	digit := picture(t, "3_brush.png")
	for range 10 {
		begin := time.Now()
		answer, err := http.Post(url+"/v1/read", "", bytes.NewReader(digit))
		require.NoError(t, err)
		text, err := io.ReadAll(answer.Body)
		answer.Body.Close()
		require.NoError(t, err)
		if answer.StatusCode != http.StatusServiceUnavailable { // the computer is busy
			require.Contains(t, string(text), `"digit":3`)
			return time.Since(begin)
		}
	}
	t.Fatal("the service is busy all the time")
	return 0
}
