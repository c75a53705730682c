package cli

import (
	"context"
	"iter"
	"os"
	"runtime"
	"runtime/debug"
)

// CollectRarely makes the garbage collector run less often, as long as little
// memory is in use. Programs that read many small pictures make much garbage:
// on two processors, a third of their time would go to the collector. If the
// environment variable GOGC or GOMEMLIMIT is set, CollectRarely does nothing.
func CollectRarely() {
	if os.Getenv("GOGC") != "" || os.Getenv("GOMEMLIMIT") != "" {
		return
	}
	debug.SetGCPercent(400)
	debug.SetMemoryLimit(256 << 20) // from there on, collect more often
}

// InOrder calls f for each element of work and yields the results in the order
// of the work. As many calls run at once as there are processors. Finished
// results wait for their turn, so they should be small. InOrder stops early
// when ctx is done or when the caller stops. When it has returned, no call of f
// is running.
func InOrder[T, R any](ctx context.Context, work iter.Seq[T], f func(T) R) iter.Seq[R] {
	return func(yield func(R) bool) {
		const ahead = 16 // calls and results per processor
		processors := runtime.GOMAXPROCS(0)
		busy := make(chan struct{}, processors)
		var begun []chan R // one for each call, in order; a result or none
		ctx, stop := context.WithCancel(ctx)
		defer func() {
			stop()
			for _, result := range begun {
				<-result
			}
		}()
		next := func() bool {
			r, ok := <-begun[0]
			begun = begun[1:]
			return ok && yield(r)
		}
		for x := range work {
			if ctx.Err() != nil || len(begun) == ahead*processors && !next() {
				return
			}
			result := make(chan R, 1)
			begun = append(begun, result)
			go func() {
				defer close(result)
				busy <- struct{}{}
				if ctx.Err() == nil {
					result <- f(x)
				}
				<-busy
			}()
		}
		for len(begun) > 0 && ctx.Err() == nil && next() {
		}
	}
}
