// Package team runs workers who do one piece of work together and meet again
// and again on the way.
package team

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// A Team is a number of workers with a barrier. Worker 0, the leader, is the
// goroutine that calls Run. The zero value is ready to use; it must not be
// copied.
type Team struct {
	size     int
	leftLead atomic.Bool // the leader has returned, or panics
	_        Pad
	arrived  atomic.Int32
	_        Pad
	round    atomic.Uint32
	_        Pad
}

// A Pad keeps numbers that one worker writes often out of the cache lines that
// other workers read. It is two lines long because processors fetch lines in
// pairs.
type Pad [128]byte

// Alone prepares for one worker, who needs no Run: Meet never waits.
func (t *Team) Alone() { t.size = 1 }

// Run calls work for the workers 0 to size-1, each in a goroutine of its own,
// and returns when all have returned. If the leader panics, Run waits for the
// others and lets the panic pass.
func (t *Team) Run(size int, work func(worker int)) {
	t.size = size
	t.leftLead.Store(false)
	t.arrived.Store(0)
	var others sync.WaitGroup
	defer others.Wait()
	defer t.leftLead.Store(true)
	for worker := 1; worker < size; worker++ {
		others.Add(1)
		go func() {
			defer others.Done()
			work(worker)
		}()
	}
	work(0)
}

// Meet returns true when all workers have called it. It returns false if the
// leader has left and will not come.
//
// SGD steps take some ten microseconds, less than a sleeping goroutine needs to
// wake up. So workers spin, and after a while let other goroutines run.
func (t *Team) Meet() bool {
	if t.size == 1 {
		return true
	}
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
		// The leader may have left after it came here. Then the round ends.
		if t.leftLead.Load() && t.round.Load() == round {
			return false
		}
		runtime.Gosched()
	}
	return true
}

// Share returns which of n elements a worker takes: from up to to.
func (t *Team) Share(worker, n int) (from, to int) {
	return worker * n / t.size, (worker + 1) * n / t.size
}
