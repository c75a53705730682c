package softmax

import (
	"math/bits"
	"sync/atomic"
)

// columns is how sparse rows are trained on, of which each has few of very many
// features, as texts have. Nothing here takes time or memory for features that
// a mini-batch does not have. Its terms are sorted by feature; then the gradient
// of a feature is a sum over the terms in its column, which takes the forward
// kernel, with the rows' p - e(y) for weights, and its weights are updated at
// once. Sums are over one row or one column each: who makes them does not matter.
type columns struct {
	entries, sorted []entry // of the mini-batch, row by row and column by column
	terms           []term  // the sorted entries: row, value
	list            []column
	delta           []float32 // [rows][lanes]: logits, then p, then p - e(y)
	losses          []float64 // of the rows
	workers         []columnWorker

	// What the leader tells the others before a step.
	rate, scale, mix float32
	lazy             lazy // after the step
	err              error

	nextRow, nextColumn atomic.Int64 // not yet taken by a worker
	bad                 atomic.Int64 // the lowest row whose logits are not finite
}

// An entry is a value of the mini-batch.
type entry struct {
	feature, row int32
	value        float32
}

// A column is the terms of one feature, from and up to those of the next column.
type column struct {
	feature int32
	from    int
}

// columnWorker is what a worker needs for itself.
type columnWorker struct {
	terms []term // of a few rows
	sum   []float32
}

// Workers take rows and columns in portions.
const (
	rowPortion    = 8
	columnPortion = 64
)

// walkColumns trains on sparse rows.
func (t *Trainer) walkColumns() error {
	p, c := &t.pass, &t.columns
	rows := min(p.size, len(p.y))
	perRow := 1 + len(p.x.sparse.Index)/max(1, p.x.rows)
	n := p.workers(1+rows/rowPortion, perRow*t.model.lanes)
	for len(c.workers) < n {
		c.workers = append(c.workers, columnWorker{sum: make([]float32, t.model.lanes)})
	}
	if t.Averaging == 0 && t.lazy.averages() {
		t.settle() // the average stays as it is
	}
	if n == 1 {
		p.crew.size = 1
		return t.workColumns(0)
	}
	var err error
	p.crew.run(n, func(worker int) {
		if e := t.workColumns(worker); worker == 0 {
			err = e
		}
	})
	return err
}

// workColumns is the part of one worker in a pass.
func (t *Trainer) workColumns(worker int) error {
	p, c, m := &t.pass, &t.columns, t.model
	leads := worker == 0
	for step := 0; ; step++ {
		from, to, ok := p.batch(step)
		if !ok {
			return nil
		}
		if leads {
			t.prepare(from, to)
		}
		if !p.crew.wait() || c.err != nil {
			return c.err
		}
		if leads {
			c.sort(p, from, to, m.features)
		}
		t.takeRows(&c.workers[worker], from, to)
		p.crew.wait()
		if bad := c.bad.Load(); bad < int64(to-from) {
			row := p.at(from + int(bad))
			return newDivergenceError(p.updates+step+1, c.rate, row, p.x.appendRow(nil, row))
		}
		t.takeColumns(&c.workers[worker])
		if leads {
			t.finish(from, to)
		}
		p.crew.wait()
	}
}

// prepare is what the leader does before a step, when nobody else is at work.
func (t *Trainer) prepare(from, to int) {
	c, lanes := &t.columns, t.model.lanes
	c.rate, c.err = t.beginStep()
	if c.err != nil {
		return
	}
	c.lazy, c.scale, c.mix = t.next(c.rate, to-from)
	c.delta = resize(c.delta, (to-from)*lanes)
	c.losses = resize(c.losses, to-from)
	c.nextRow.Store(0)
	c.nextColumn.Store(0)
	c.bad.Store(int64(to - from))
}

// takeRows computes p - e(y) of rows that nobody has taken yet.
func (t *Trainer) takeRows(w *columnWorker, from, to int) {
	p, c, m := &t.pass, &t.columns, t.model
	var start [rowPortion + 1]int
	for {
		first := int(c.nextRow.Add(rowPortion)) - rowPortion
		last := min(first+rowPortion, to-from)
		if first >= last {
			return
		}
		w.terms = w.terms[:0]
		for i := first; i < last; i++ {
			w.terms = p.x.appendRow(w.terms, p.at(from+i))
			start[i-first+1] = len(w.terms)
		}
		rescale(w.terms, m.scale)
		touch(m.weight, w.terms[:start[1]], m.lanes)
		for i := first; i < last; i++ {
			if i+1 < last {
				touch(m.weight, w.terms[start[i-first+1]:start[i-first+2]], m.lanes)
			}
			z := c.delta[i*m.lanes:][:m.lanes]
			copy(z, m.bias)
			forward(z, m.weight, w.terms[start[i-first]:start[i-first+1]], m.classes)
			label := p.y[from+i]
			logit := z[label]
			top, sum := normalise(z)
			if sum != sum {
				for old := c.bad.Load(); int64(i) < old && !c.bad.CompareAndSwap(old, int64(i)); old = c.bad.Load() {
				}
			}
			c.losses[i] = rowLoss(logit, top, sum)
			z[label]--
		}
	}
}

// takeColumns updates the weights of features that nobody has taken yet.
func (t *Trainer) takeColumns(w *columnWorker) {
	c, m := &t.columns, t.model
	const soon = 4 // columns ahead
	for {
		first := int(c.nextColumn.Add(columnPortion)) - columnPortion
		last := min(first+columnPortion, len(c.list)-1) // the last only ends the list
		if first >= last {
			return
		}
		for i := first; i < last; i++ {
			if i+soon < len(c.list)-1 {
				next := term{index: c.list[i+soon].feature}
				touch(m.weight, []term{next}, m.lanes)
				if t.Averaging > 0 {
					touch(t.avg.weight, []term{next}, m.lanes)
				}
			}
			forward(w.sum, c.delta, c.terms[c.list[i].from:c.list[i+1].from], m.classes)
			at := int(c.list[i].feature) * m.lanes
			if t.Averaging > 0 {
				backward(t.avg.weight[at:][:m.lanes], w.sum, []term{{0, c.mix}}, m.classes)
			}
			descend(m.weight[at:][:m.lanes], w.sum, 1, c.scale)
		}
	}
}

// finish is what only the leader does at the end of a step.
func (t *Trainer) finish(from, to int) {
	p, c, m := &t.pass, &t.columns, t.model
	for len(p.ones) < to-from {
		p.ones = append(p.ones, term{int32(len(p.ones)), 1})
	}
	sum := c.workers[0].sum
	forward(sum, c.delta, p.ones[:to-from], m.classes)
	descend(m.bias, sum, 1, c.rate/float32(to-from))
	if t.Averaging > 0 {
		blend(t.avg.bias, m.bias, (t.Averaging+1)/(float32(t.summed+1)+t.Averaging))
	}
	t.lazy = c.lazy
	m.scale = float32(c.lazy.decay)
	loss := 0.0
	for _, v := range c.losses {
		loss += v
	}
	t.endStep(to-from, loss, c.rate)
}

// sort gathers the entries of the mini-batch and lists them column by column,
// the terms of a column in the order of the rows.
func (c *columns) sort(p *pass, from, to, features int) {
	c.entries = c.entries[:0]
	x := &p.x.sparse
	for i := range to - from {
		row := p.at(from + i)
		for k := x.Start[row]; k < x.Start[row+1]; k++ {
			c.entries = append(c.entries, entry{x.Index[k], int32(i), x.Value[k]})
		}
	}
	c.sorted = resize(c.sorted, len(c.entries))
	c.terms = resize(c.terms, len(c.entries))
	c.radix(features)
	c.list = c.list[:0]
	for i, e := range c.entries {
		if i == 0 || e.feature != c.entries[i-1].feature {
			c.list = append(c.list, column{e.feature, i})
		}
		c.terms[i] = term{e.row, e.value}
	}
	c.list = append(c.list, column{from: len(c.entries)})
}

// radix sorts the entries by feature, digit by digit from the lowest, each time
// keeping the order of equals.
func (c *columns) radix(features int) {
	const most = 11
	digit := min(most, max(4, bits.Len(uint(len(c.entries)))-2)) // bits of a digit: few for few entries
	var next [1 << most]int
	for shift := 0; (features-1)>>shift > 0; shift += digit {
		counts := next[:1<<digit]
		clear(counts)
		for _, e := range c.entries {
			counts[int(e.feature)>>shift&(len(counts)-1)]++
		}
		sum := 0
		for i, n := range counts {
			counts[i] = sum
			sum += n
		}
		for _, e := range c.entries {
			k := int(e.feature) >> shift & (len(counts) - 1)
			c.sorted[counts[k]] = e
			counts[k]++
		}
		c.entries, c.sorted = c.sorted, c.entries
	}
}
