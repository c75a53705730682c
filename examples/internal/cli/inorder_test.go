package cli

import (
	"context"
	"slices"
	"sync/atomic"
	"testing"

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
