package softmax

import "slices"

// A block is a range of the features with all that training needs of them. It
// is a model of its own: the logits of the whole model are the sum of the logits
// of its blocks. So a worker that owns a block needs nothing of the others in a
// step but a few numbers a row, their parts of the logits and then p - e(y);
// weights, gradients and rows stay in its processor's cache. And as the number of
// blocks follows from the number of features alone, the bits do not depend on the
// workers.
type block struct {
	index     int       // of the block
	lo, hi    int       // its features
	weight    []float32 // [hi-lo][width], a part of the model's; hi-lo is a multiple of four, but for the last block's
	bias      []float32 // [lanes], of the first block the model's, else a share that is 0 unless training is centred
	avgWeight []float32 // as weight, but of the average
	avgBias   []float32
	grad      []float32 // as weight, the sum of the rows' gradients; zeros between steps
	biasGrad  []float32 // [lanes]

	lists  [2]*list  // which rows and next are, in either order
	rows   *list     // of the mini-batch, with indices that count from lo
	next   *list     // of the mini-batch after it,
	listed int       // the first so many rows
	read   uint8     // see fetch
	sums   []float32 // [portion][4][width], zeros between uses
	fours  []float32 // [portion][4][width], memory for backward

	// For centred training, see centering: the features' means as a row, the same
	// negated, and room for a sum, zeros between uses, and for logits.
	mean, minus list
	shift       []float32
	part        []float32
}

// portion is how many rows are listed before they are multiplied, while they are
// in the nearest cache.
const portion = 20

// blocksFor returns how many blocks a model has. More would keep more workers
// busy, but each costs an addition and a part of the logits a row.
func blocksFor(features int) int {
	switch {
	case features < 64:
		return 1
	case features < 4096:
		return 2
	}
	return 8
}

// newBlocks cuts a model.
func newBlocks(m *Model) []block {
	n := blocksFor(m.features)
	blocks := make([]block, n)
	for i := range blocks {
		b := &blocks[i]
		b.lists = [2]*list{new(list), new(list)} // apart, as different workers write to them
		b.index, b.lo, b.hi = i, i*m.features/n&^3, (i+1)*m.features/n&^3
		if i == n-1 {
			b.hi = m.features
		}
		b.grad = make([]float32, (b.hi-b.lo+3)&^3*m.width)
		b.sums = make([]float32, 4*portion*m.width)
		b.fours = make([]float32, 4*portion*m.width)
		b.biasGrad = make([]float32, m.lanes)
		if b.index > 0 {
			b.bias, b.avgBias = make([]float32, m.lanes), make([]float32, m.lanes)
		}
	}
	return blocks
}

// attach makes the blocks parts of a model and, if it is not nil, its average.
func (t *Trainer) attach() {
	if t.blocks == nil {
		t.blocks = newBlocks(t.model)
	}
	for i := range t.blocks {
		b := &t.blocks[i]
		b.rows, b.next, b.listed = b.lists[0], b.lists[1], 0
		from := b.lo * t.model.width
		b.weight = t.model.weight[from:][:len(b.grad)]
		if t.avg != nil {
			b.avgWeight = t.avg.weight[from:][:len(b.grad)]
		}
		b.shift = nil
		if t.center != nil {
			b.center(t.center.mean[b.lo:b.hi], t.model.lanes)
		}
		if b.index == 0 {
			b.bias = t.model.bias
			if t.avg != nil {
				b.avgBias = t.avg.bias
			}
		}
	}
}

// center prepares the block for centred training.
func (b *block) center(mean []float32, lanes int) {
	b.mean.reset()
	b.minus.reset()
	for f, v := range mean {
		b.mean.appendFeature(f, v)
		b.minus.appendFeature(f, -v)
	}
	b.mean.start = append(b.mean.start, b.mean.elements())
	b.minus.start = append(b.minus.start, b.minus.elements())
	b.shift = make([]float32, lanes)
}

// detach lets go of the caller's rows and adds the shares of the bias up. Only centred
// training makes shares that are not zero.
func (t *Trainer) detach() {
	for i := range t.blocks {
		b := &t.blocks[i]
		b.rows.later.forget()
		b.next.later.forget()
		if i == 0 {
			continue
		}
		addTo(t.model.bias, b.bias)
		clear(b.bias)
		if t.avg != nil {
			addTo(t.avg.bias, b.avgBias)
			clear(b.avgBias)
		}
	}
}

// roomy is up to how many features a mini-batch of dense rows gets room for all of
// them at once, so that a later one with more ink does not allocate.
const roomy = 1 << 20

// reset makes a list ready for a mini-batch of the block.
func (b *block) reset(l *list, x *matrix, rows int) {
	l.reset()
	if x.dense() && rows*(b.hi-b.lo) <= roomy {
		l.reserve(rows, b.hi-b.lo)
	}
}

// resize returns a slice of n elements, which may hold anything.
func resize[T any](s []T, n int) []T { return slices.Grow(s[:0], n)[:n] }

// forward lists the block's features of a mini-batch, the rows from from to to,
// and computes its part of their logits, [rows][lanes], into z, or adds it to
// what is there.
func (b *block) forward(z []float32, p *pass, m *Model, from, to int, add bool) {
	lanes := len(b.bias)
	listed := b.listed
	if listed > 0 {
		b.rows, b.next, b.listed = b.next, b.rows, 0
	} else {
		b.reset(b.rows, &p.x, to-from)
	}
	part := z
	apart := add && b.shift != nil // with a bias that is not zero
	if apart {
		b.part = resize(b.part, len(z))
		part = b.part
	}
	for k := from; k < to; {
		end := min(k+portion, to)
		if k-from < listed {
			end = min(end, from+listed)
		} else {
			b.gather(b.rows, p, k, end)
		}
		z := part[(k-from)*lanes:]
		base := z
		if apart || !add {
			base = b.bias
		}
		forwardFold(z, base, b.weight, b.sums, b.rows, k-from, end-from, m.width, lanes, m.classes)
		k = end
	}
	if apart {
		addTo(z, part)
	}
}

// lookAhead lists some more rows of the next mini-batch, those from from to to,
// and reports whether there were any left. It is for a worker who has to wait.
func (b *block) lookAhead(p *pass, from, to int) bool {
	const few = 4 // because the others may wait for this one meanwhile
	if from+b.listed >= to {
		return false
	}
	if b.listed == 0 {
		b.reset(b.next, &p.x, to-from)
	}
	n := min(few, to-from-b.listed)
	b.gather(b.next, p, from+b.listed, from+b.listed+n)
	b.listed += n
	return true
}

// gather lists rows.
func (b *block) gather(rows *list, p *pass, from, to int) {
	if p.x.dense() {
		rows.reserve(to-from, b.hi-b.lo)
	}
	if p.x.bytes != nil && !inQuads() {
		b.fetch(p, from, to)
	}
	if p.order != nil {
		rows.appendRows(&p.x, p.order[from:], to-from, b.lo, b.hi)
	} else {
		rows.appendRange(&p.x, from, to, len(p.y), b.lo, b.hi)
	}
}

// fetch reads a byte here and there of rows of bytes, one in each line of a
// processor's cache, which is as near to a prefetch as Go comes: rows in random
// order come from far away. The processor waits for many of these bytes at a time,
// where listing would wait for one row after the other.
func (b *block) fetch(p *pass, from, to int) {
	const line = 64
	read := b.read // kept, or else the compiler sees that nobody needs it
	for k := from; k < to; k++ {
		at := p.at(k) * p.x.features
		row := p.x.bytes[at+b.lo : at+b.hi]
		for i := 0; i < len(row); i += line {
			read |= row[i]
		}
	}
	b.read = read
}

// update makes one descent along the mean of n rows' gradients, which it leaves
// all zeros.
func (b *block) update(t *Trainer, rate float32, n int) {
	scale, decay := rate/float32(n), 1-float32(rate*t.L2)
	switch {
	case t.center != nil:
		b.updateCentred(t.center, t.model, scale, decay)
		return
	case decay == 1 && 4*len(b.rows.index)+len(b.rows.terms) < b.hi-b.lo:
		// Fewer than there are: visit those that may have a gradient, some of
		// them twice.
		for _, q := range b.rows.index {
			b.descend(4*int(q), 4, t.model.width, scale)
		}
		for _, term := range b.rows.terms {
			b.descend(int(term.index), 1, t.model.width, scale)
		}
	default:
		descend(b.weight, b.grad, decay, scale)
	}
	if b.index == 0 {
		descend(b.bias, b.biasGrad, 1, scale)
	}
}

// descend updates n features from f on.
func (b *block) descend(f, n, width int, scale float32) {
	descend(b.weight[f*width:][:n*width], b.grad[f*width:][:n*width], 1, scale)
}

// average adds the parameters to the running average.
func (b *block) average(share float32) {
	blend(b.avgWeight, b.weight, share)
	blend(b.avgBias, b.bias, share)
}
