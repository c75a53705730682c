package softmax

import (
	"fmt"
	"math"
	"math/bits"
	"sync/atomic"
)

// columns is how sparse rows are trained on, of which each has few of very many
// features, as texts have. Nothing here takes time or memory for features that
// a mini-batch does not have. Its terms are sorted by feature; then the gradient
// of a feature is a sum over the terms in its column, and its weights are updated
// at once. Sums are over one row or one column each: who makes them does not matter.
type columns struct {
	entries, sorted []entry // of the mini-batch, row by row and column by column
	terms           []term  // the sorted entries: row, value
	list            []column
	delta           []float32   // [rows][lanes]: logits, then p, then p - e(y)
	losses          []rowLoss   // of the rows
	rows            [][]term    // of each worker, a few
	sums            [][]float32 // of each worker, [4][width], zeros between uses
	sum             []float32   // [lanes], of the leader
	ones            []term      // see sumRows

	// What the leader tells the others before a step.
	rate, scale, mix float32
	lazy             lazy // after the step
	err              error
	last             bool // step of the stretch

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
	feature, from int32
}

// soon is how many columns ahead their weights are prefetched. So many at the
// end of the list are none.
const soon = 4

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
	n := p.workers(1+rows/rowPortion, perRow*t.model.width)
	c.rows, c.sums = grow(c.rows, n), grow(c.sums, n)
	for i := range c.sums {
		c.sums[i] = grow(c.sums[i], 4*t.model.width)
	}
	c.sum = grow(c.sum, t.model.lanes)
	if t.Averaging == 0 && t.lazy.averages() {
		t.settle() // the average stays as it is
	}
	if n == 1 {
		p.crew.size = 1
		return t.workColumns(0)
	}
	return p.stretches(n, t.workColumns)
}

// workColumns is the part of one worker in a pass.
func (t *Trainer) workColumns(worker int) error {
	p, c, m := &t.pass, &t.columns, t.model
	leads := worker == 0
	for step := p.next; ; step++ {
		from, to, ok := p.batch(step)
		if !ok {
			return nil
		}
		if leads {
			t.prepare(from, to)
		}
		if !p.crew.wait(nil) || c.err != nil {
			return c.err
		}
		last := c.last
		if leads {
			c.sort(p, from, to, m.features)
		}
		t.takeRows(worker, from, to)
		if !p.crew.wait(nil) {
			return nil
		}
		if bad := c.bad.Load(); bad < int64(to-from) {
			row := p.at(from + int(bad))
			return newStepError(p.updates+step+1, c.rate, row, &p.x)
		}
		t.takeColumns()
		if leads {
			t.finish(step, from, to)
		}
		if !p.crew.wait(nil) || last {
			return nil
		}
	}
}

// prepare is what the leader does before a step, when nobody else is at work.
func (t *Trainer) prepare(from, to int) {
	c, lanes := &t.columns, t.model.lanes
	c.rate, c.err = t.beginStep()
	c.last = t.pass.pace.over(t.pass.rows)
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
func (t *Trainer) takeRows(worker, from, to int) {
	p, c, m := &t.pass, &t.columns, t.model
	terms, sums := c.rows[worker], c.sums[worker]
	defer func() { c.rows[worker] = terms }()
	var start [rowPortion + 1]int
	for {
		first := int(c.nextRow.Add(rowPortion)) - rowPortion
		last := min(first+rowPortion, to-from)
		if first >= last {
			return
		}
		terms = terms[:0]
		for i := first; i < last; i++ {
			terms = p.x.appendSparse(terms, p.at(from+i))
			start[i-first+1] = len(terms)
		}
		rescale(terms, m.scale)
		touch(m.weight, terms[:start[1]], m.width)
		for i := first; i < last; i++ {
			row, rest := terms[start[i-first]:start[i-first+1]], terms[start[i-first+1]:]
			if i+1 < last {
				touch(m.weight, rest[:start[i-first+2]-start[i-first+1]], m.width)
			}
			t.takeRow(i, row, sums, p.y[from+i])
		}
	}
}

// takeRow computes p - e(y) of row i of the mini-batch, by way of sums.
func (t *Trainer) takeRow(i int, row []term, sums []float32, label int) {
	c, m := &t.columns, t.model
	z := c.delta[i*m.lanes:][:m.lanes]
	copy(z, m.bias)
	forwardTerms(sums, m.weight, row, m.width, m.width, m.classes)
	fold(z, sums, 1, m.width, m.lanes)
	loss := softmax(z, label)
	if loss.sum != loss.sum {
		lower(&c.bad, int64(i))
	}
	c.losses[i] = loss
	z[label]--
}

// takeColumns updates the weights of features that nobody has taken yet.
func (t *Trainer) takeColumns() {
	c, m := &t.columns, t.model
	var avg []float32
	if t.Averaging > 0 {
		avg = t.avg.weight
	}
	for {
		first := int(c.nextColumn.Add(columnPortion)) - columnPortion
		last := min(first+columnPortion, len(c.list)-1-soon)
		if first >= last {
			return
		}
		descendColumns(m.weight, avg, c.delta, c.terms, c.list[first:last+1+soon], m.width, m.lanes, c.scale, c.mix)
	}
}

// finish is what only the leader does at the end of a step.
func (t *Trainer) finish(step, from, to int) {
	c, m := &t.columns, t.model
	sum := c.sum
	c.ones = sumRows(sum, c.delta, c.sums[0], c.ones, m)
	descend(m.bias, sum, 1, c.rate/float32(to-from))
	if t.Averaging > 0 {
		blend(t.avg.bias, m.bias, (t.Averaging+1)/(float32(t.summed+1)+t.Averaging))
	}
	t.lazy = c.lazy
	m.scale = float32(c.lazy.decay)
	t.pass.loss += sumLosses(c.losses)
	t.endStep(step, to-from, c.rate)
}

// sort gathers the entries of the mini-batch and lists them column by column,
// the terms of a column in the order of the rows.
func (c *columns) sort(p *pass, from, to, features int) {
	x := &p.x.sparse
	total := 0
	for k := from; k < to; k++ {
		row := p.at(k)
		total += x.Start[row+1] - x.Start[row]
	}
	if total > math.MaxInt32 {
		panic(fmt.Sprintf("softmax: a mini-batch of %d non-zero features, want at most %d", total, math.MaxInt32))
	}
	c.entries = resize(c.entries, total)
	c.sorted = resize(c.sorted, total)
	c.terms = resize(c.terms, total)
	entries := c.entries
	for i := range to - from {
		row := p.at(from + i)
		index, value := x.Index[x.Start[row]:x.Start[row+1]], x.Value[x.Start[row]:x.Start[row+1]]
		for k, f := range index {
			entries[k] = entry{f, int32(i), value[k]}
		}
		entries = entries[len(index):]
	}
	c.radix(features)

	c.list = resize(c.list, total+1+soon)
	n, last := 0, int32(-1)
	for i, e := range c.entries {
		c.terms[i] = term{e.row, e.value}
		c.list[n] = column{e.feature, int32(i)} // which the next takes the place of
		if e.feature != last {
			n++
		}
		last = e.feature
	}
	for i := n; i < n+1+soon; i++ {
		c.list[i] = column{from: int32(total)}
	}
	c.list = c.list[:n+1+soon]
}

// radix sorts the entries by feature, digit by digit from the lowest, each time
// keeping the order of equals.
func (c *columns) radix(features int) {
	const most = 11 // bits of a digit; few for few entries
	width := bits.Len(uint(features - 1))
	digits := (width-1)/min(most, max(4, bits.Len(uint(len(c.entries)))-2)) + 1
	digit := (width + digits - 1) / digits
	mask := int32(1)<<digit - 1
	var next [1 << most]int32
	for shift := 0; shift < width; shift += digit {
		clear(next[:mask+1])
		for i := range c.entries {
			next[c.entries[i].feature>>shift&mask]++
		}
		sum := int32(0)
		for i, n := range next[:mask+1] {
			next[i] = sum
			sum += n
		}
		for i := range c.entries {
			e := c.entries[i]
			at := &next[e.feature>>shift&mask]
			c.sorted[*at] = e
			*at++
		}
		c.entries, c.sorted = c.sorted, c.entries
	}
}
