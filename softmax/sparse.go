package softmax

import (
	"fmt"
	"math"
	"sync/atomic"

	"github.com/seed-cd6415d7/digits/softmax/internal/kernel"
)

// sparse is the memory for SGD steps on sparse rows. They have few nonzeros of
// very many features, like texts. A step takes time and memory only for the
// nonzeros.
//
// The nonzeros of a mini-batch are sorted by feature into columns. The gradient
// of a feature is a sum over its column, and its weights are updated at once.
// Workers take rows and columns as they come. Each sum is over one row or one
// column, so the result is the same whichever worker computes it.
type sparse struct {
	entries, sorted []entry          // entries, and memory to sort them
	nonzeros        []kernel.Nonzero // (row, value), column by column
	columns         []kernel.Column
	d               []float32 // [rows][Lanes]: logits, then p - onehot(y)
	losses          []kernel.RowLoss
	workers         []sparseWorker
	biasGrad        []float32 // [Lanes], zero between steps

	// From the leader, before a step. See nextDeferred for scale and mix.
	rate, scale, mix float32
	after            deferred // Trainer.deferred after the step
	err              error    // why there is no step

	nextRow, nextColumn atomic.Int64 // the first that no worker has taken
	bad                 atomic.Int64 // like sharedStep.bad
}

// A sparseWorker is the memory of one worker.
type sparseWorker struct {
	ws   kernel.Workspace
	rows []kernel.Nonzero
}

// An entry is one nonzero of the mini-batch.
type entry struct {
	feature, row int32
	value        float32
}

// Workers take this many rows and columns at a time.
const (
	rowPortion    = 8
	columnPortion = 64
)

// trainSparse makes the steps of a pass on sparse rows.
func (t *Trainer) trainSparse(p *pass) (tally, error) {
	rows := min(p.batch, len(p.order))
	perRow := 1 + len(p.x.sparse.Index)/max(1, p.x.rows)
	n := t.workers(p, 1+rows/rowPortion, perRow*t.model.shape.Width)
	s := &t.sparse
	for len(s.workers) < n {
		s.workers = append(s.workers, sparseWorker{})
		s.workers[len(s.workers)-1].ws.Reset(t.model.shape)
	}
	if s.biasGrad == nil {
		s.biasGrad = make([]float32, t.model.shape.Lanes)
	}
	if t.Averaging == 0 && t.deferred.averages() {
		t.settle() // so that these steps do not change the average
	}
	if n == 1 {
		t.team.Alone()
		return t.sparseSteps(p, 0)
	}
	return t.together(n, p, t.sparseSteps)
}

// sparseSteps is one worker's part of a pass. The workers meet three times in a
// step: when it is prepared, after p - onehot(y), and after the update.
func (t *Trainer) sparseSteps(p *pass, worker int) (sum tally, err error) {
	s := &t.sparse
	for step := 0; ; step++ {
		from, to, ok := p.step(step)
		if !ok {
			return sum, nil
		}
		if worker == 0 {
			t.beginSparse(p, to-from)
		}
		if !t.team.Meet() || s.err != nil {
			return sum, s.err
		}
		if worker == 0 {
			s.sort(p, from, to, t.model.features)
		}
		t.takeRows(p, &s.workers[worker], from, to)
		if !t.team.Meet() {
			return sum, nil
		}
		if bad := int(s.bad.Load()); bad < to-from {
			return sum, newStepError(t.updates+1, s.rate, p.order[from+bad], &p.x)
		}
		t.takeColumns()
		if worker == 0 {
			t.updateBias(to - from)
			sum.add(s.losses, p.rowWeights(from, to), s.rate)
		}
		if !t.team.Meet() {
			return sum, nil
		}
	}
}

// beginSparse prepares a step on this many rows. Only the leader calls it.
func (t *Trainer) beginSparse(p *pass, rows int) {
	s := &t.sparse
	if s.rate, s.err = t.nextRate(p); s.err != nil {
		return
	}
	s.after, s.scale, s.mix = t.nextDeferred(s.rate, rows)
	s.d = resize(s.d, rows*t.model.shape.Lanes)
	s.losses = resize(s.losses, rows)
	s.nextRow.Store(0)
	s.nextColumn.Store(0)
	s.bad.Store(int64(rows))
}

// takeRows computes p - onehot(y) of rows that no worker has taken. While it
// works on one row, it prefetches the weights of the next.
func (t *Trainer) takeRows(p *pass, w *sparseWorker, from, to int) {
	var start [rowPortion + 2]int
	for {
		first := int(t.sparse.nextRow.Add(rowPortion)) - rowPortion
		last := min(first+rowPortion, to-from)
		if first >= last {
			return
		}
		w.rows = w.rows[:0]
		for i := first; i < last; i++ {
			w.rows = p.x.sparse.nonzeros(w.rows, p.order[from+i])
			start[i-first+1] = len(w.rows)
		}
		start[last-first+1] = len(w.rows) // an empty row after the last
		kernel.Scale(w.rows, t.model.scale)
		t.model.prefetch(w.rows[:start[1]])
		for k := range last - first {
			t.model.prefetch(w.rows[start[k+1]:start[k+2]])
			t.sparseGradient(first+k, w.rows[start[k]:start[k+1]], &w.ws, p, from+first+k)
		}
	}
}

// prefetch asks the processor to load the weights of a row's features.
func (m *Model) prefetch(row []kernel.Nonzero) {
	for _, nz := range row {
		kernel.Prefetch(m.weight[int(nz.Index)*m.shape.Width:][:m.shape.Width])
	}
}

// sparseGradient computes the logits of row i of the mini-batch, z = b + W x,
// and from them p - onehot(y), times the weight of the row. The row's position
// in the pass is at.
func (t *Trainer) sparseGradient(i int, row []kernel.Nonzero, ws *kernel.Workspace, p *pass, at int) {
	s, m := &t.sparse, t.model
	z := s.d[i*m.shape.Lanes:][:m.shape.Lanes]
	copy(z, m.bias)
	ws.ForwardNonzeros(0, m.weight, row, m.shape.Width)
	ws.AddSums(z, 1)
	if softmaxGradient(z, p.labels[at:at+1], p.rowWeights(at, at+1), s.losses[i:i+1]) == 0 {
		lower(&s.bad, int64(i))
	}
}

// takeColumns is backward and update in one: it computes the gradients of the
// columns that no worker has taken, and updates the weights of their features.
func (t *Trainer) takeColumns() {
	s, m := &t.sparse, t.model
	var avg []float32
	if t.Averaging > 0 {
		avg = t.avg.weight
	}
	for {
		first := int(s.nextColumn.Add(columnPortion)) - columnPortion
		last := min(first+columnPortion, len(s.columns)-kernel.Sentinels)
		if first >= last {
			return
		}
		m.shape.UpdateColumns(m.weight, avg, s.d, s.nonzeros, s.columns[first:last+kernel.Sentinels], s.scale, s.mix)
	}
}

// updateBias makes the SGD step of the bias, for n rows, and ends the step.
// Only the leader calls it.
func (t *Trainer) updateBias(n int) {
	s, m := &t.sparse, t.model
	s.workers[0].ws.SumRows(s.biasGrad, s.d)
	kernel.Update(m.bias, s.biasGrad, 1, s.rate/float32(n))
	if t.Averaging > 0 {
		kernel.Average(t.avg.bias, m.bias, t.share())
	}
	t.deferred = s.after
	m.scale = float32(t.deferred.decay)
	t.count()
}

// sort lists the nonzeros of the mini-batch column by column. In a column, they
// are in the order of the rows.
func (s *sparse) sort(p *pass, from, to, features int) {
	total := 0
	for _, row := range p.order[from:to] {
		total += p.x.sparse.Start[row+1] - p.x.sparse.Start[row]
	}
	if total > math.MaxInt32 {
		panic(fmt.Sprintf("softmax: a mini-batch of %d nonzero features, want at most %d", total, math.MaxInt32))
	}
	s.entries, s.sorted = resize(s.entries, total), resize(s.sorted, total)
	rest := s.entries
	for i, row := range p.order[from:to] {
		index, value := p.x.sparse.row(row)
		for k, f := range index {
			rest[k] = entry{f, int32(i), value[k]}
		}
		rest = rest[len(index):]
	}
	s.radixSort(features)

	s.nonzeros = resize(s.nonzeros, total)
	s.columns = resize(s.columns, total+kernel.Sentinels)
	n, last := 0, int32(-1)
	for i, e := range s.entries {
		s.nonzeros[i] = kernel.Nonzero{Index: e.row, Value: e.value}
		s.columns[n] = kernel.Column{Feature: e.feature, From: int32(i)}
		if e.feature != last { // else the next column overwrites this one
			n++
		}
		last = e.feature
	}
	s.columns = s.columns[:n+kernel.Sentinels]
	for i := range kernel.Sentinels {
		s.columns[n+i] = kernel.Column{From: int32(total)}
	}
}

// radixSort sorts the entries by feature, byte by byte from the lowest. Each
// round keeps the order of entries with equal bytes.
func (s *sparse) radixSort(features int) {
	for shift := 0; (features-1)>>shift > 0; shift += 8 {
		var next [256]int32 // place of the next entry with this byte
		for i := range s.entries {
			next[byte(s.entries[i].feature>>shift)]++
		}
		sum := int32(0)
		for b, n := range next {
			next[b] = sum
			sum += n
		}
		for i := range s.entries {
			e := s.entries[i]
			at := &next[byte(e.feature>>shift)]
			s.sorted[*at] = e
			*at++
		}
		s.entries, s.sorted = s.sorted, s.entries
	}
}
