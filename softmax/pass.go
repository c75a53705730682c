package softmax

import (
	"runtime"
	"sync/atomic"
	"time"
)

// A pass is a walk over rows in mini-batches, each of them a step: all that Step
// does, and Fit in an epoch.
type pass struct {
	x     matrix
	order []int // in which the rows are taken, nil for their own
	y     []int // their labels, in that order
	size  int   // rows of a mini-batch; the last may have fewer
	steps int   // at most

	// begin returns the learning rate of the next step, or why there is none.
	// Only the leader calls it. If nil, the rate is the trainer's.
	begin func() (rate float32, err error)

	updates, summed int // the trainer's, before the pass

	pace  pace
	ones  [][]term // of each worker, see sumRows
	crew  crew
	slots [2]slot // of the steps, in turn

	// What came of it, from the leader: the sum of the losses of the steps made, each
	// before its update, their rows, the rate of the latest and the step after it.
	_      pad
	loss   float64
	losses *slot // which have not been added to loss
	rows   int
	rate   float32
	next   int
	_      pad
}

// A pad keeps what one worker writes in every step out of the lines of memory that
// another reads, and would have to wait for. It is two lines, because processors
// fetch them in pairs.
type pad [128]byte

// A slot is what the workers tell each other in a step.
type slot struct {
	rate   float32 // the leader
	err    error
	last   bool         // of the stretch
	delta  []float32    // [rows][lanes]: the leader's part of the logits, all of them, p, and then p - e(y)
	parts  [][]float32  // those of the others, in the order of their addition
	losses []rowLoss    // of the rows
	bad    atomic.Int64 // the first row whose logits are not finite, or the number of rows
	_      pad
}

// at returns the k-th row of the walk.
func (p *pass) at(k int) int {
	if p.order == nil {
		return k
	}
	return p.order[k]
}

// forget lets go of the caller's data.
func (p *pass) forget() { p.x, p.y, p.order, p.begin = matrix{}, nil, nil, nil }

// batch returns the positions of a step's rows, from and to, and whether there
// is such a step.
func (p *pass) batch(step int) (from, to int, ok bool) {
	from = step * p.size
	return from, min(from+p.size, len(p.y)), step < p.steps && from < len(p.y)
}

// workers returns how many workers the pass deserves, if it can be cut into so
// many parts and a row multiplies so many pairs of numbers, at a guess. Waiting
// for one another must cost less than it saves, and starting them, too.
func (p *pass) workers(parts, work int) int {
	const step, start = 1 << 16, 1 << 22
	work *= min(p.size, len(p.y))
	if p.crew.fixed > 0 {
		return min(parts, p.crew.fixed)
	}
	if work < step || work < start/min(p.steps, start) {
		return 1
	}
	return min(parts, runtime.GOMAXPROCS(0), runtime.NumCPU())
}

// walk trains on all mini-batches of t.pass.
func (t *Trainer) walk() error {
	if t.Averaging > 0 && t.avg == nil {
		t.avg, t.summed = New(t.model.features, t.model.classes), 0
		clear(t.avg.bias) // the first average is the model: 0 + 1 (W - 0)
	}
	p := &t.pass
	p.rows, p.loss, p.updates, p.summed = 0, 0, t.updates, t.summed
	p.next, p.pace.until = 0, time.Time{}
	if p.x.dense() || t.center != nil {
		return t.walkBlocks()
	}
	return t.walkColumns()
}

// walkBlocks trains on dense rows, or centred.
func (t *Trainer) walkBlocks() error {
	t.settle()
	t.attach()
	defer t.detach()
	p := &t.pass
	defer p.addLosses(nil)
	n := p.workers(len(t.blocks), t.model.features*t.model.width)
	p.ones = grow(p.ones, n)
	for i := range p.slots {
		p.slots[i].parts = grow(p.slots[i].parts, len(t.blocks))
	}
	if n == 1 {
		p.crew.size = 1
		return t.workBlocks(t.blocks, 0)
	}
	return p.stretches(n, func(worker int) error {
		from, to := worker*len(t.blocks)/p.crew.size, (worker+1)*len(t.blocks)/p.crew.size
		return t.workBlocks(t.blocks[from:to], worker)
	})
}

// stretches goes through the pass with up to n workers, a stretch after the
// other. The leader's error counts.
func (p *pass) stretches(n int, work func(worker int) error) (err error) {
	for more := true; more && err == nil; _, _, more = p.batch(p.next) {
		size := p.pace.workers(n)
		p.pace.begin(size, p.rows)
		p.crew.run(size, func(worker int) {
			if e := work(worker); worker == 0 {
				err = e
			}
		})
		p.pace.end(p.rows)
	}
	return err
}

// grow returns s with at least n elements.
func grow[T any](s []T, n int) []T { return append(s, make([]T, max(0, n-len(s)))...) }

// workBlocks is the part in a pass of the worker who owns some blocks. A step
// has three phases, each with its own numbers in the cache: the parts of the
// logits, while the weights are hot; the gradients; and the update. After the
// first, the workers meet, and then again, when each has made p - e(y) of some of
// the rows. One may then be ahead of another that still reads those, and writes
// those of the next step: to the other slot. Who has to wait for the others lists
// rows of the next step meanwhile.
func (t *Trainer) workBlocks(blocks []block, worker int) error {
	p, m := &t.pass, t.model
	leads := worker == 0
	for step := p.next; ; step++ {
		from, to, ok := p.batch(step)
		if !ok {
			return nil
		}
		meanwhile := func() bool {
			if leads && p.addLosses(nil) {
				return true
			}
			from, to, ok := p.batch(step + 1)
			for i := range blocks {
				if ok && blocks[i].lookAhead(p, from, to) {
					return true
				}
			}
			return false
		}
		slot := &p.slots[step&1]
		if leads {
			t.open(slot, to-from)
		}
		t.forward(blocks, slot, from, to)
		if !p.crew.wait(meanwhile) {
			return nil
		}
		if slot.err != nil {
			return slot.err
		}
		first, last := worker*(to-from)/p.crew.size, (worker+1)*(to-from)/p.crew.size
		p.combine(slot, first*m.lanes, last*m.lanes, len(t.blocks))
		t.differ(slot, from, first, last)
		if !p.crew.wait(meanwhile) {
			return nil
		}
		if bad := int(slot.bad.Load()); bad < to-from {
			row := p.at(from + bad)
			return newStepError(p.updates+step+1, slot.rate, row, &p.x)
		}
		share := (t.Averaging + 1) / (float32(p.summed+step+1) + t.Averaging)
		for i := range blocks {
			b := &blocks[i]
			backward(b.grad, slot.delta, b.fours, b.rows, m.width, m.lanes, m.classes)
			if b.index == 0 || t.center != nil {
				p.ones[worker] = sumRows(b.biasGrad, slot.delta, b.sums, p.ones[worker], m)
			}
			b.update(t, slot.rate, to-from)
			if t.Averaging > 0 {
				b.average(share)
			}
		}
		if leads {
			t.endStep(step, to-from, slot.rate)
			p.addLosses(slot)
		}
		if slot.last {
			return nil
		}
	}
}

// addLosses adds the losses of the slot of the step before, which can wait until there
// is time, and remembers the slot of this one, if it is not nil. It reports whether
// there were any.
func (p *pass) addLosses(s *slot) bool {
	before := p.losses
	p.losses = s
	if before == nil {
		return false
	}
	p.loss += sumLosses(before.losses)
	return true
}

// open makes the slot ready for a step of so many rows.
func (t *Trainer) open(s *slot, rows int) {
	s.rate, s.err = t.beginStep()
	s.last = t.pass.pace.over(t.pass.rows)
	s.delta = resize(s.delta, rows*t.model.lanes)
	s.losses = resize(s.losses, rows)
	s.bad.Store(int64(rows))
}

// forward computes the parts of the logits of the worker's blocks. They are added
// up from the first block to the last; so the leader, whose blocks are the first,
// adds up its own.
func (t *Trainer) forward(blocks []block, slot *slot, from, to int) {
	leads := blocks[0].index == 0
	for i := range blocks {
		b := &blocks[i]
		part := &slot.parts[b.index]
		if leads {
			part = &slot.delta
		}
		*part = resize(*part, (to-from)*t.model.lanes)
		b.forward(*part, &t.pass, t.model, from, to, leads && i > 0)
	}
}

// combine adds the parts of the others to elements from up to to of delta, which is
// the part of the leader, who owns the first blocks.
func (p *pass) combine(slot *slot, from, to, blocks int) {
	for _, part := range slot.parts[blocks/p.crew.size : blocks] {
		addTo(slot.delta[from:to], part[from:to])
	}
}

// sumRows adds the rows of delta up into sum, as if they were the weights of a row
// of ones, which it returns for the next time. It needs sums, as fold leaves them.
func sumRows(sum, delta, sums []float32, ones []term, m *Model) []term {
	ones = ones[:0]
	for i := range len(delta) / m.lanes {
		ones = append(ones, term{int32(i), 1})
	}
	forwardTerms(sums, delta, ones, m.width, m.lanes, m.classes)
	fold(sum, sums, 1, m.width, m.lanes)
	return ones
}

// differ turns the logits of rows first up to last of the mini-batch into p - e(y).
func (t *Trainer) differ(slot *slot, from, first, last int) {
	lanes := t.model.lanes
	z, labels, losses := slot.delta[first*lanes:last*lanes], t.pass.y[from+first:from+last], slot.losses[first:last]
	for i, label := range labels {
		losses[i].logit = z[i*lanes+label]
	}
	normalise(z, losses)
	for i, label := range labels {
		if sum := losses[i].sum; sum != sum {
			lower(&slot.bad, int64(first+i))
			return
		}
		z[i*lanes+label]--
	}
}

// lower sets v to n if that is less.
func lower(v *atomic.Int64, n int64) {
	for old := v.Load(); n < old && !v.CompareAndSwap(old, n); {
		old = v.Load()
	}
}

// beginStep returns the rate of the next step.
func (t *Trainer) beginStep() (rate float32, err error) {
	rate = t.Rate
	if t.pass.begin != nil {
		if rate, err = t.pass.begin(); err != nil {
			return 0, err
		}
	}
	t.checkRate(rate)
	return rate, nil
}

// endStep counts a step that was made.
func (t *Trainer) endStep(step, rows int, rate float32) {
	t.updates++
	if t.Averaging > 0 {
		t.summed++
	}
	p := &t.pass
	p.rows, p.rate, p.next = p.rows+rows, rate, step+1
}
