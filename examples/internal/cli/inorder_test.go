package cli

import (
	"context"
	"runtime"
	"runtime/debug"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestInOrder(t *testing.T) {
	list := make([]int, 1000)
	for i := range list {
		list[i] = i
	}
	work := slices.Values(list)
	square := func(i int) int { return i * i }
	n := 0
	for v := range InOrder(t.Context(), work, square) {
		require.Equal(t, n*n, v)
		n++
	}
	require.Equal(t, len(list), n)
	for range InOrder(t.Context(), slices.Values([]int(nil)), square) {
		t.Fatal("a result of nothing")
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	n = 0
	for range InOrder(ctx, work, square) {
		if n++; n == 10 {
			cancel()
		}
	}
	require.Less(t, n, len(list))
}

// TestProcessors: as many calls run at once as there are processors, even while
// the first one takes long.
func TestProcessors(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(3))
	var running, most, done atomic.Int64
	first := make(chan struct{})
	list := slices.Collect(InOrder(t.Context(), slices.Values(make([]int, 40)), func(int) int64 {
		now := running.Add(1)
		for m := most.Load(); now > m && !most.CompareAndSwap(m, now); m = most.Load() {
		}
		n := done.Add(1)
		if n == 1 {
			<-first // the others do not wait for it
		} else if n == 20 {
			close(first)
		}
		running.Add(-1)
		return n
	}))
	require.Len(t, list, 40)
	require.LessOrEqual(t, most.Load(), int64(3))
	require.Greater(t, most.Load(), int64(1))
}

// TestCancelWhileRunning: after the cancel, no call begins, and no result is
// made up for those that did not.
func TestCancelWhileRunning(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var made atomic.Int64
	for v := range InOrder(ctx, slices.Values(make([]int, 100)), func(int) int {
		made.Add(1)
		cancel()
		return 1
	}) {
		require.Equal(t, 1, v)
	}
	require.EqualValues(t, 1, made.Load())
}

// TestStopBeginsNothing: after the caller has stopped, no call begins.
func TestStopBeginsNothing(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	var made atomic.Int64
	for range InOrder(t.Context(), slices.Values(make([]int, 100)), func(int) int {
		if made.Add(1) > 1 {
			time.Sleep(50 * time.Millisecond) // until then, the caller has stopped
		}
		return 0
	}) {
		break
	}
	require.Less(t, made.Load(), int64(8), "16 calls had been made ready")
}

// TestNothingGoesOn: after the caller has stopped, no call of f is running.
func TestNothingGoesOn(t *testing.T) {
	list := make([]int, 1000)
	var made atomic.Int64
	for range 50 {
		for range InOrder(t.Context(), slices.Values(list), func(int) int64 { return made.Add(1) }) {
			break
		}
		after := made.Load()
		for range 100 {
			require.Equal(t, after, made.Load())
		}
	}
	require.Less(t, made.Load(), int64(50*len(list)))
}

// TestCollectRarely: the environment variables of the garbage collector take
// precedence.
func TestCollectRarely(t *testing.T) {
	percent, limit := debug.SetGCPercent(77), debug.SetMemoryLimit(1<<40)
	defer debug.SetMemoryLimit(limit)
	defer debug.SetGCPercent(percent)
	for _, name := range []string{"GOGC", "GOMEMLIMIT"} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("GOGC", "")
			t.Setenv("GOMEMLIMIT", "")
			t.Setenv(name, "100")
			CollectRarely()
			require.Equal(t, int64(1<<40), debug.SetMemoryLimit(-1))
			require.Equal(t, 77, debug.SetGCPercent(77))
		})
	}
	t.Setenv("GOGC", "")
	t.Setenv("GOMEMLIMIT", "")
	CollectRarely()
	require.Equal(t, int64(256<<20), debug.SetMemoryLimit(-1))
	require.Equal(t, 400, debug.SetGCPercent(77))
}
