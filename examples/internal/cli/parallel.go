package cli

import (
	"context"
	"iter"
	"runtime"
	"sync"
)

// InOrder calls f for each element of work on all processors and yields the
// results in the order of the work. It stops early when ctx is done or the
// caller stops; when it has returned, no call of f is under way and work is not
// walked on.
func InOrder[T, R any](ctx context.Context, work iter.Seq[T], f func(T) R) iter.Seq[R] {
	return func(yield func(R) bool) {
		ctx, cancel := context.WithCancel(ctx)
		var running sync.WaitGroup
		defer running.Wait()
		defer cancel()
		type job struct {
			x      T
			result chan R
		}
		workers := runtime.GOMAXPROCS(0)
		jobs, results := make(chan job), make(chan chan R, workers)
		running.Add(workers + 1)
		for range workers {
			go func() {
				defer running.Done()
				for j := range jobs {
					j.result <- f(j.x)
				}
			}()
		}
		go func() {
			defer running.Done()
			defer close(results)
			defer close(jobs)
			for x := range work {
				j := job{x, make(chan R, 1)}
				select {
				case results <- j.result:
				case <-ctx.Done():
					return
				}
				select {
				case jobs <- j:
				case <-ctx.Done():
					close(j.result)
					return
				}
			}
		}()
		for result := range results {
			r, ok := <-result
			if !ok || !yield(r) {
				return
			}
		}
	}
}
