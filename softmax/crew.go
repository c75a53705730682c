package softmax

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// A crew is the workers that go through a pass together, step by step. The
// first, who leads, is the caller's own goroutine.
type crew struct {
	fixed   int // by a test, if not 0
	size    int
	left    atomic.Bool // the leader has, for a panic
	_       pad
	arrived atomic.Int32
	_       pad
	round   atomic.Uint32
	_       pad
}

// run has every worker do the same work, and returns when all have.
func (c *crew) run(size int, work func(worker int)) {
	c.size = size
	c.left.Store(false)
	c.arrived.Store(0)
	if size == 1 {
		work(0)
		return
	}
	var others sync.WaitGroup
	defer others.Wait()
	defer c.left.Store(true)
	for i := 1; i < size; i++ {
		others.Add(1)
		go func() {
			defer others.Done()
			work(i)
		}()
	}
	work(0)
}

// wait does what there is to do meanwhile, bit by bit until that returns false, and
// returns when all workers have called it, with true; or with false if the
// leader will not.
//
// Steps take some ten microseconds, less than a sleeping goroutine needs to wake
// up. So the others spin, and after a while let other goroutines run in between.
func (c *crew) wait(meanwhile func() bool) bool {
	if c.size == 1 {
		return true
	}
	round := c.round.Load()
	if int(c.arrived.Add(1)) == c.size {
		c.arrived.Store(0)
		c.round.Add(1)
		return true
	}
	const patience = 20000
	for spins, idle := 0, meanwhile == nil; c.round.Load() == round; spins++ {
		if !idle {
			idle = !meanwhile()
			spins = 0
		}
		if spins < patience {
			continue
		}
		// The leader may have left after it came here: that counts as coming.
		if c.left.Load() && c.round.Load() == round {
			return false
		}
		runtime.Gosched()
	}
	return true
}
