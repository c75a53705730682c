package cli

import (
	"context"
	"iter"
	"runtime"
	"sync"
)

// InOrder calls f for each element of work, on all processors. It yields the
// results in the order of the work. It stops early when ctx is done or when the
// caller stops. After it has returned, no call of f is running and no more work
// is taken.
func InOrder[T, R any](ctx context.Context, work iter.Seq[T], f func(T) R) iter.Seq[R] {
	return func(yield func(R) bool) {
		ctx, cancel := context.WithCancel(ctx)
		var running sync.WaitGroup
		defer running.Wait()
		defer cancel()
		// The buffer of results bounds the calls that are running.
		results := make(chan chan R, runtime.GOMAXPROCS(0))
		running.Add(1)
		go func() {
			defer running.Done()
			defer close(results)
			for x := range work {
				result := make(chan R, 1)
				select {
				case results <- result:
				case <-ctx.Done():
					return
				}
				running.Add(1)
				go func() {
					defer running.Done()
					result <- f(x)
				}()
			}
		}()
		for result := range results {
			if !yield(<-result) {
				return
			}
		}
	}
}
