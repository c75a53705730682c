package softmax

import "slices"

// A block is a range of the features with all that training needs of them. It
// is a model of its own: the logits of the whole model are the sum of the logits
// of its blocks. So a worker that owns a block needs nothing of the others in a
// step but their parts of the logits, a few numbers a row; weights, gradients
// and rows stay in its processor's cache. And as the number of blocks follows
// from the number of features alone, the bits do not depend on the workers.
type block struct {
	index     int       // of the block
	lo, hi    int       // its features
	weight    []float32 // [hi-lo][lanes], a part of the model's
	bias      []float32 // [lanes], of the first block the model's, else a share that is 0 unless training is centred
	avgWeight []float32 // as weight, but of the average
	avgBias   []float32
	grad      []float32 // [hi-lo][lanes], the sum of the rows' gradients; zeros between steps
	biasGrad  []float32 // [lanes]

	// For centred training, see centering: the features' means as terms, the
	// same negated, and room for a sum, zeros between uses, and for logits.
	mean, minus []term
	shift       []float32
	part        []float32

	start []int  // of row i of the mini-batch the block has terms[start[i]:start[i+1]]
	terms []term // with indices that count from lo
}

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

// newBlocks cuts a model of the given shape.
func newBlocks(features, lanes int) []block {
	n := blocksFor(features)
	blocks := make([]block, n)
	for i := range blocks {
		b := &blocks[i]
		b.index, b.lo, b.hi = i, i*features/n, (i+1)*features/n
		b.grad = make([]float32, (b.hi-b.lo)*lanes)
		b.biasGrad = make([]float32, lanes)
		if b.index > 0 {
			b.bias, b.avgBias = make([]float32, lanes), make([]float32, lanes)
		}
	}
	return blocks
}

// attach makes the blocks parts of a model and, if it is not nil, its average.
func (t *Trainer) attach() {
	if t.blocks == nil {
		t.blocks = newBlocks(t.model.features, t.model.lanes)
	}
	for i := range t.blocks {
		b := &t.blocks[i]
		from, to := b.lo*t.model.lanes, b.hi*t.model.lanes
		b.weight = t.model.weight[from:to]
		if t.avg != nil {
			b.avgWeight = t.avg.weight[from:to]
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
	b.mean, b.minus = b.mean[:0], b.minus[:0]
	for f, v := range mean {
		b.mean = append(b.mean, term{int32(f), v})
		b.minus = append(b.minus, term{int32(f), -v})
	}
	b.mean, b.minus = pad(b.mean), pad(b.minus)
	b.shift = make([]float32, lanes)
}

// detach adds the shares of the bias up. Only centred training makes shares that
// are not zero.
func (t *Trainer) detach() {
	for i := range t.blocks[1:] {
		b := &t.blocks[1+i]
		addLanes(t.model.bias, b.bias)
		clear(b.bias)
		if t.avg != nil {
			addLanes(t.avg.bias, b.avgBias)
			clear(b.avgBias)
		}
	}
}

// reserve is up to how many terms a mini-batch of dense rows gets room for all
// its features at once, so that a later one with more ink does not allocate.
const reserve = 1 << 20

// reset makes the block ready for a mini-batch.
func (b *block) reset(x *matrix, rows int) {
	b.terms = b.terms[:0]
	if most := rows * (b.hi - b.lo + 3); x.dense() && most <= reserve && cap(b.terms) < most {
		b.terms = make([]term, 0, most)
	}
	b.start = append(b.start[:0], 0)
}

// resize returns a slice of n elements, which may hold anything.
func resize[T any](s []T, n int) []T { return slices.Grow(s[:0], n)[:n] }

// forward gathers the block's terms of a mini-batch, the rows from from to to,
// and computes its part of their logits, [rows][lanes], into z, or adds it to
// what is there. It prefetches features up to near.
func (b *block) forward(z []float32, p *pass, from, to, classes, near int, add bool) {
	lanes := len(b.bias)
	b.gather(p, from, to, near)
	part := z
	apart := add && b.shift != nil // with a bias that is not zero
	if apart {
		b.part = resize(b.part, len(z))
		part = b.part
	}
	if apart || !add {
		for i := range to - from {
			copyLanes(part[i*lanes:][:lanes], b.bias)
		}
	}
	forward(part, b.weight, b.terms, b.start, lanes, classes)
	if apart {
		addLanes(z, part)
	}
}

// gather makes terms of rows.
func (b *block) gather(p *pass, from, to, near int) {
	b.reset(&p.x, to-from)
	// In variables, because another worker's block may be near this one.
	terms, start := b.terms, b.start
	for k := from; k < to; k++ {
		if next := k + ahead; next < len(p.y) && near > 0 {
			p.x.prefetch(p.at(next), b.lo, near)
		}
		terms = p.x.appendBlock(terms, p.at(k), b.lo, b.hi)
		start = append(start, len(terms))
	}
	b.terms, b.start = terms, start
}

// ahead is how many rows before they are needed they are prefetched.
const ahead = 2

// copyLanes is copy for the few lanes that there mostly are.
func copyLanes(dst, src []float32) {
	for ; len(dst) >= laneWidth && len(src) >= laneWidth; dst, src = dst[laneWidth:], src[laneWidth:] {
		*(*[laneWidth]float32)(dst) = [laneWidth]float32(src)
	}
}

func addLanes(dst, src []float32) {
	for k, v := range src {
		dst[k] += v
	}
}

// update makes one descent along the mean of n rows' gradients, which it leaves
// all zeros.
func (b *block) update(t *Trainer, rate float32, n int) {
	lanes := t.model.lanes
	scale, decay := rate/float32(n), 1-float32(rate*t.L2)
	switch {
	case t.center != nil:
		b.updateCentred(t.center, t.model.classes, scale, decay)
		return
	case decay == 1 && len(b.terms) < b.hi-b.lo:
		// Fewer terms than features: visit those that may have a gradient, some
		// of them twice.
		for _, term := range b.terms {
			at := int(term.index) * lanes
			descend(b.weight[at:][:lanes], b.grad[at:][:lanes], 1, scale)
		}
	default:
		descend(b.weight, b.grad, decay, scale)
	}
	if b.index == 0 {
		descend(b.bias, b.biasGrad, 1, scale)
	}
}

// average adds the parameters to the running average.
func (b *block) average(share float32) {
	blend(b.avgWeight, b.weight, share)
	blend(b.avgBias, b.bias, share)
}
