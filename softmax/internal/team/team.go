// Package team runs workers that share a piece of work and meet at barriers.
package team

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// A Team is a number of workers with a barrier. Worker 0, the leader, is the
// goroutine that calls Run. The zero value is ready to use. A Team must not be
// copied.
type Team struct {
	size       int
	leaderLeft atomic.Bool // the leader has returned or panicked
	_          Pad
	arrived    atomic.Int32 // workers that wait in this round
	_          Pad
	round      atomic.Uint32
	_          Pad
}

// A Pad separates numbers that one worker writes often from the cache lines
// that other workers read. It is two lines long because processors fetch lines
// in pairs.
type Pad [128]byte

// Alone makes a team of one worker, which needs no Run: Meet does not wait.
func (t *Team) Alone() {
	t.size = 1
	t.arrived.Store(0) // a leader that panicked left workers behind
}

// Run calls work for the workers 0 to size-1, each in its own goroutine, and
// returns when all have returned. If the leader panics, Run waits for the
// others and then the panic continues.
func (t *Team) Run(size int, work func(worker int)) {
	t.size = size
	t.leaderLeft.Store(false)
	t.arrived.Store(0)
	var others sync.WaitGroup
	defer others.Wait()
	defer t.leaderLeft.Store(true)
	for worker := 1; worker < size; worker++ {
		others.Add(1)
		go func() {
			defer others.Done()
			work(worker)
		}()
	}
	work(0)
}

// Meet is the barrier: it returns true when all workers have called it. It
// returns false if the leader has left and will not call it.
//
// An SGD step takes about ten microseconds, less than a sleeping goroutine
// needs to wake up. So workers spin. After a while they let other goroutines
// run.
func (t *Team) Meet() bool {
	round := t.round.Load()
	if int(t.arrived.Add(1)) == t.size {
		t.arrived.Store(0)
		t.round.Add(1)
		return true
	}
	const patience = 20000
	for spins := 0; t.round.Load() == round; spins++ {
		if spins < patience {
			continue
		}
		// If the leader met the others in this round and left afterward, the
		// round is over, and Meet returns true.
		if t.leaderLeft.Load() && t.round.Load() == round {
			return false
		}
		runtime.Gosched()
	}
	return true
}

// Range returns the elements [from, to), of n, that a worker takes.
func (t *Team) Range(worker, n int) (from, to int) {
	return worker * n / t.size, (worker + 1) * n / t.size
}
