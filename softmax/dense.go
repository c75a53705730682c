package softmax

import (
	"sync/atomic"

	"github.com/seed-cd6415d7/digits/softmax/internal/kernel"
	"github.com/seed-cd6415d7/digits/softmax/internal/team"
)

// dense is the memory for SGD steps on dense rows.
//
// The features are cut into blocks. A worker owns some blocks for the whole
// pass, so their weights, gradients and rows stay in its processor's cache. The
// logits of the model are the sum of the logits of its blocks. The number of
// blocks depends on the number of features alone, so the number of workers
// never affects the result.
type dense struct {
	blocks []block
	shared [2]sharedStep // the steps use them in turn
}

// A sharedStep is what the workers tell each other in a step. A fast worker may
// start the next step while a slow one still reads this step's numbers, so
// steps alternate between two sharedSteps.
type sharedStep struct {
	rate, share float32 // from the leader: learning rate, share in the average
	err         error   // from the leader: why there is no step

	parts  [][]float32 // the logits of each block, [rows][Lanes]
	losses []kernel.RowLoss
	bad    atomic.Int64 // first row whose logits are not finite, or len(losses)
	_      team.Pad
}

// z returns the logits of the model, and later the gradient with respect to
// them. They overwrite the first block's part.
func (s *sharedStep) z() []float32 { return s.parts[0] }

// trainDense makes the steps of a pass on dense rows, or on any rows if
// training is centered.
func (t *Trainer) trainDense(p *pass) (tally, error) {
	t.settle()
	t.attachBlocks()
	defer t.detachBlocks()
	if p.chunks == nil {
		return t.trainChunk(p)
	}
	return t.trainChunks(*p) // a copy keeps p on the caller's stack
}

// trainChunks makes the steps on all chunks.
func (t *Trainer) trainChunks(p pass) (tally, error) {
	for c, err := range p.chunks {
		if err != nil {
			return p.sum, err
		}
		p.chunk, p.steps = c, (len(c.order)-1)/p.batch+1
		if p.sum, err = t.trainChunk(&p); err != nil {
			return p.sum, err
		}
	}
	return p.sum, nil
}

// trainChunk makes the steps on one chunk.
func (t *Trainer) trainChunk(p *pass) (tally, error) {
	n := t.workers(p, len(t.dense.blocks), t.model.features*t.model.shape.Width)
	if n == 1 {
		t.team.Alone()
		return t.denseSteps(p, 0)
	}
	return t.together(n, p, t.denseSteps)
}

// denseSteps is one worker's part of a pass. The workers meet twice in a step:
// after they have computed the logits, and after p - onehot(y).
func (t *Trainer) denseSteps(p *pass, worker int) (sum tally, err error) {
	lanes := t.model.shape.Lanes
	first, last := t.team.Range(worker, len(t.dense.blocks))
	blocks := t.dense.blocks[first:last]
	sum = p.sum
	for step := 0; ; step++ {
		from, to, ok := p.step(step)
		if !ok {
			return sum, nil
		}
		s := &t.dense.shared[step%2]
		if worker == 0 {
			t.begin(s, p, to-from)
		}

		// Logits: z = W x + b, one part from each block.
		for i := range blocks {
			z := resize(s.parts[first+i], (to-from)*lanes)
			blocks[i].logits(z, p, from, to)
			s.parts[first+i] = z
		}
		if !t.team.Meet() || s.err != nil {
			return sum, s.err
		}

		// Gradient with respect to the logits of this worker's rows [a, b):
		// p - onehot(y), times the weights of the rows.
		a, b := t.team.Range(worker, to-from)
		z := s.z()[a*lanes : b*lanes]
		for _, part := range s.parts[1:] {
			kernel.Add(z, part[a*lanes:b*lanes])
		}
		if n := softmaxGradient(z, p.labels[from+a:from+b], p.rowWeights(from+a, from+b), s.losses[a:b]); n < b-a {
			lower(&s.bad, int64(a+n))
		}
		if !t.team.Meet() {
			return sum, nil
		}
		if bad := int(s.bad.Load()); bad < to-from {
			return sum, newStepError(t.updates+1, s.rate, p.order[from+bad], &p.x)
		}

		// Backward: gradient with respect to W and b. Then the update.
		for i := range blocks {
			blocks[i].backward(s.z())
			blocks[i].update(t, s.rate, to-from)
			if t.Averaging > 0 {
				blocks[i].average(s.share)
			}
		}
		if worker == 0 {
			t.count()
			sum.add(s.losses, p.rowWeights(from, to), s.rate)
		}
	}
}

// begin prepares a step on this many rows. Only the leader calls it.
func (t *Trainer) begin(s *sharedStep, p *pass, rows int) {
	s.rate, s.err = t.nextRate(p)
	s.share = t.share()
	s.losses = resize(s.losses, rows)
	s.bad.Store(int64(rows))
}

// lower sets v to n if n is less than v.
func lower(v *atomic.Int64, n int64) {
	for old := v.Load(); n < old && !v.CompareAndSwap(old, n); old = v.Load() {
	}
}

// A block is a range of features, with all that a step needs for them.
type block struct {
	first  bool      // it is the first block, which has the model's bias
	lo, hi int       // its features are [lo, hi); lo is a multiple of four
	weight []float32 // [hi-lo][Width], a part of the model's
	bias   []float32 // [Lanes]; in other blocks 0, but see centeredBlock

	avgWeight, avgBias []float32 // the same for the average
	grad               []float32 // like weight; zero between steps
	biasGrad           []float32 // [Lanes]; zero between steps

	rows kernel.List // of the mini-batch; feature lo has index 0
	ws   kernel.Workspace

	centered *centeredBlock // nil unless training is centered
}

// blocksFor returns the number of blocks. More blocks keep more workers busy,
// but each block costs one addition for each row and class.
func blocksFor(features int) int {
	switch {
	case features < 64:
		return 1
	case features < 4096:
		return 2
	}
	return 8
}

// newBlocks cuts a model into blocks.
func newBlocks(m *Model) []block {
	n := blocksFor(m.features)
	blocks := make([]block, n)
	for i := range blocks {
		b := &blocks[i]
		b.first = i == 0
		b.lo, b.hi = i*m.features/n&^3, (i+1)*m.features/n&^3
		if i == n-1 {
			b.hi = m.features
		}
		b.ws.Reset(m.shape)
		b.grad = make([]float32, (b.hi-b.lo+3)&^3*m.shape.Width)
		b.biasGrad = make([]float32, m.shape.Lanes)
		if !b.first {
			b.bias, b.avgBias = make([]float32, m.shape.Lanes), make([]float32, m.shape.Lanes)
		}
	}
	return blocks
}

// attachBlocks makes the slices of the blocks parts of the model and its
// average.
func (t *Trainer) attachBlocks() {
	if t.dense.blocks == nil {
		t.dense.blocks = newBlocks(t.model)
		for i := range t.dense.shared {
			t.dense.shared[i].parts = make([][]float32, len(t.dense.blocks))
		}
	}
	for i := range t.dense.blocks {
		b := &t.dense.blocks[i]
		from := b.lo * t.model.shape.Width
		b.weight = t.model.weight[from:][:len(b.grad)]
		if b.first {
			b.bias = t.model.bias
		}
		if t.avg != nil {
			b.avgWeight = t.avg.weight[from:][:len(b.grad)]
			if b.first {
				b.avgBias = t.avg.bias
			}
		}
		b.centered = nil
		if t.center != nil {
			b.centered = newCenteredBlock(t.center.mean[b.lo:b.hi], t.model.shape.Lanes)
		}
	}
}

// detachBlocks adds the biases of the other blocks to the model's, which is the
// first block's. They are zero unless training is centered.
func (t *Trainer) detachBlocks() {
	for i := 1; i < len(t.dense.blocks); i++ {
		b := &t.dense.blocks[i]
		kernel.Add(t.model.bias, b.bias)
		if t.avg != nil {
			kernel.Add(t.avg.bias, b.avgBias)
		}
	}
}

// logits lists the block's features of the rows at positions [from, to). It
// computes the block's part of their logits: z = b + W x, [to-from][Lanes].
func (b *block) logits(z []float32, p *pass, from, to int) {
	b.rows.Reset()
	for k := from; k < to; k += kernel.Portion {
		end := min(k+kernel.Portion, to)
		p.x.prefetch(p.order[end:min(end+kernel.Portion, len(p.order))], b.lo, b.hi)
		if p.x.dense() {
			b.rows.Reserve(end-k, b.hi-b.lo)
		}
		p.x.appendTo(&b.rows, p.order[k:end], b.lo, b.hi)
		b.ws.Logits(z[(k-from)*len(b.bias):], b.bias, b.weight, &b.rows, k-from, end-from)
	}
}

// backward adds the rows' gradients to the block's. With d = p - onehot(y),
// they are ∂loss/∂W = Σ d xᵀ and ∂loss/∂b = Σ d.
func (b *block) backward(d []float32) {
	b.ws.Backward(b.grad, d, &b.rows)
	if b.first || b.centered != nil {
		b.ws.SumRows(b.biasGrad, d)
	}
}

// update makes the SGD step with the mean gradient of n rows, and clears the
// gradient:
//
//	W = (1 - rate L2) W - rate/n ∂loss/∂W
//	b =               b - rate/n ∂loss/∂b
func (b *block) update(t *Trainer, rate float32, n int) {
	scale, decay := rate/float32(n), 1-float32(rate*t.L2)
	if b.centered != nil {
		b.updateCentered(t.center, decay, scale)
		return
	}
	kernel.Update(b.weight, b.grad, decay, scale)
	if b.first {
		kernel.Update(b.bias, b.biasGrad, 1, scale)
	}
}

// average moves the average toward the parameters.
func (b *block) average(share float32) {
	kernel.Average(b.avgWeight, b.weight, share)
	kernel.Average(b.avgBias, b.bias, share)
}
