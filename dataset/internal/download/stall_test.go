package download

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// A slowMirror is an http.RoundTripper that sends a file little by little.
type slowMirror struct {
	data  []byte
	burst int           // bytes at the beginning, without a pause
	head  time.Duration // before the first byte
	chunk int           // bytes at once
	pause time.Duration // before each chunk

	requests *atomic.Int32
}

func (m slowMirror) RoundTrip(r *http.Request) (*http.Response, error) {
	m.requests.Add(1)
	if err := sleep(r.Context(), m.head); err != nil {
		return nil, err
	}
	body := io.NopCloser(&slowBody{m, r.Context(), bytes.NewReader(m.data), m.burst})
	return &http.Response{StatusCode: http.StatusOK, ContentLength: int64(len(m.data)), Body: body, Request: r}, nil
}

type slowBody struct {
	slowMirror
	ctx  context.Context
	rest *bytes.Reader
	left int // of the burst
}

func (b *slowBody) Read(p []byte) (int, error) {
	if b.left > 0 {
		n, err := b.rest.Read(p[:min(len(p), b.left)])
		b.left -= n
		return n, err
	}
	if err := sleep(b.ctx, b.pause); err != nil {
		return 0, err
	}
	return b.rest.Read(p[:min(len(p), b.chunk)])
}

// sleep waits, but not longer than the context lasts.
func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}

// stallTime is Options.Stall in these tests.
const stallTime = 600 * time.Millisecond

// A stallCase is a mirror that may be too slow.
type stallCase struct {
	name     string
	mirror   slowMirror
	progress time.Duration // of the caller's function
	stalls   time.Duration // when, at the earliest; 0 means never
}

// TestStall checks when a mirror is too slow. All mirrors are tried at once.
func TestStall(t *testing.T) {
	t.Parallel()
	const kilo, ms, stall, never = 1 << 10, time.Millisecond, stallTime, 1000 * time.Hour
	file := gzipped(t, make([]byte, 96*kilo))
	short := gzipped(t, make([]byte, 100))
	var group sync.WaitGroup
	for _, c := range []stallCase{
		{"slow, but steady", slowMirror{chunk: 16 * kilo, pause: 130 * ms}, 0, 0},
		{"16 KB in pieces", slowMirror{chunk: 4 * kilo, pause: 35 * ms}, 0, 0},
		{"a byte less than 16 KB", slowMirror{chunk: 16*kilo - 1, pause: 150 * ms}, 0, 0},
		{"a slow head does not count for the body", slowMirror{data: file[:30*kilo], head: 350 * ms, chunk: 96 * kilo, pause: 350 * ms}, 0, 0},
		{"never a head", slowMirror{head: never}, 0, stall},
		{"never a byte", slowMirror{head: 100 * ms, pause: never}, 0, 100*ms + stall},
		{"single bytes, but few", slowMirror{data: short, chunk: 1}, 0, 0},
		{"16 KB, then single bytes", slowMirror{burst: 16 * kilo, chunk: 1, pause: 10 * ms}, 0, stall},
		{"16 KB, then a byte less", slowMirror{burst: 16 * kilo, chunk: 16*kilo - 1, pause: 350 * ms}, 0, stall},
		{"single bytes", slowMirror{chunk: 1, pause: 10 * ms}, 0, stall},
		{"less than 16 KB", slowMirror{chunk: 8*kilo - 1, pause: 280 * ms}, 0, stall},
		{"16 KB too late", slowMirror{chunk: 16 * kilo, pause: 2 * stall}, 0, stall},
		{"slow progress", slowMirror{data: file[:40*kilo], chunk: 32 * kilo, pause: 50 * ms}, 700 * ms, 0},
		{"slow progress, slow mirror", slowMirror{chunk: 8 * kilo, pause: 350 * ms}, 700 * ms, stall + 700*ms},
	} {
		if c.mirror.data == nil {
			c.mirror.data = file
		}
		group.Add(1)
		go func() {
			defer group.Done()
			t.Run(c.name, c.test)
		}()
	}
	group.Wait()
	for _, none := range []time.Duration{0, -1} {
		require.Equal(t, 30*time.Second, New("", Options{Stall: none}).options.Stall)
	}
}

func (c stallCase) test(t *testing.T) {
	f := File{Name: "f.gz", Size: int64(len(c.mirror.data)), SHA256: hexSum(c.mirror.data)}
	c.mirror.requests = new(atomic.Int32)
	begin := time.Now()
	var last time.Time // call of Progress
	d := New(t.TempDir(), Options{
		Mirrors: []string{"http://slow"}, Stall: stallTime, Transport: c.mirror,
		Progress: func(p Progress) {
			if last = time.Now(); p.Err == nil {
				time.Sleep(c.progress)
			}
		},
	})
	defer d.Close()
	err := d.Fetch(t.Context(), f)
	if c.stalls == 0 {
		require.NoError(t, err)
		return
	}
	var tried *Error
	require.ErrorAs(t, err, &tried)
	require.EqualError(t, tried.Tries[0].Err, "it stalled: less than 16 KB in 600ms")
	require.EqualValues(t, 1, c.mirror.requests.Load(), "a mirror that stalls is not asked again")
	require.GreaterOrEqual(t, last.Sub(begin), c.stalls)
}
