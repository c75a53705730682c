package kernel

import (
	"math"
	"unsafe"
)

const (
	// ten is how many lanes the kernels take at a time, one for each digit. Ten
	// lanes of four features fill whole registers.
	ten = 10

	// block is how many lanes the widest register holds.
	block = 16

	// Portion is how many rows a Workspace takes at a time. Their lists fit
	// into the nearest cache.
	Portion = 20

	// Lowest fills the padding of logits. It is a finite number because
	// infinity minus infinity is NaN.
	Lowest = -math.MaxFloat32
)

// A Shape is the memory layout for a number of classes.
type Shape struct {
	Classes int
	Width   int // lanes of a feature: 2, 4, or Classes rounded up to tens
	Lanes   int // lanes of a row of z: Width rounded up to a multiple of 16
}

// ShapeFor returns the shape for a number of classes.
func ShapeFor(classes int) Shape {
	width := (classes + ten - 1) / ten * ten
	if classes <= 4 {
		width = (classes + 1) / 2 * 2
	}
	return Shape{Classes: classes, Width: width, Lanes: (width + block - 1) / block * block}
}

// A Workspace is the memory that kernels need between two calls. Only one
// goroutine may use it at a time. Its zero value needs Reset.
type Workspace struct {
	Shape
	sums   []float32 // [Portion][4][Width]: partial sums, zero between uses
	copies []float32 // [Portion][4][Width]: memory for Backward
	spread []int32   // [4][Width]: the feature, 0 to 3, of each lane of a quad
}

// Reset makes the workspace ready for models of a shape.
func (ws *Workspace) Reset(s Shape) {
	if n := Portion * 4 * s.Width; len(ws.sums) < n {
		ws.sums, ws.spread = make([]float32, n), make([]int32, 4*s.Width)
	}
	if ws.Shape != s {
		ws.Shape = s
		for i := range 4 * s.Width {
			ws.spread[i] = int32(i / s.Width)
		}
	}
}

// Logits computes z = base + W x for rows [from, to) of the list, at most
// Portion rows.
func (ws *Workspace) Logits(z, base, w []float32, rows *List, from, to int) {
	if ws.narrow() {
		logitsGeneric(ws, z, base, w, rows, from, to)
		return
	}
	logits(ws, z, base, w, rows, from, to)
}

// Forward adds W x to the partial sums, for rows [from, to) of the list, at
// most Portion rows.
func (ws *Workspace) Forward(w []float32, rows *List, from, to int) {
	if ws.narrow() {
		forwardNarrow(ws, w, rows, from, to)
		return
	}
	forward(ws, w, rows, from, to)
}

// ForwardNonzeros adds W x, for one row x, to the partial sums of row i in
// [0, Portion). The features of w are stride lanes apart.
func (ws *Workspace) ForwardNonzeros(i int, w []float32, x []Nonzero, stride int) {
	sums := ws.sums[4*i*ws.Width:]
	if ws.narrow() {
		forwardNonzerosNarrow(sums, w, x, ws.Shape, stride)
		return
	}
	forwardNonzeros(sums, w, x, ws.Shape, stride)
}

// AddSums adds the partial sums of n rows to z and clears them.
func (ws *Workspace) AddSums(z []float32, n int) {
	if ws.narrow() {
		addSumsNarrow(z, ws.sums, n, ws.Shape)
		return
	}
	addSums(z, ws.sums, n, ws.Shape)
}

// SumRows adds up the rows of d into sum.
func (ws *Workspace) SumRows(sum, d []float32) {
	for len(d) > 0 {
		n := min(len(ones), len(d)/ws.Lanes)
		ws.ForwardNonzeros(0, d, ones[:n], ws.Lanes)
		d = d[n*ws.Lanes:]
	}
	ws.AddSums(sum, 1)
}

// ones is a row of ones. Its length is a multiple of four: row i of a long d
// adds to partial sum i%4, in whichever piece it is.
var ones = func() (t [64]Nonzero) {
	for i := range t {
		t[i] = Nonzero{int32(i), 1}
	}
	return t
}()

// Backward adds the gradient of all rows of the list to g: g += d xᵀ.
func (ws *Workspace) Backward(g, d []float32, rows *List) {
	if ws.narrow() {
		backwardNarrow(ws, g, d, rows)
		return
	}
	backward(ws, g, d, rows)
}

// Update makes an SGD step, w = decay w - scale g, and clears g.
func Update(w, g []float32, decay, scale float32) { update(w, g, decay, scale) }

// Average moves avg toward w: avg += share (w - avg).
func Average(avg, w []float32, share float32) { average(avg, w, share) }

// Add adds src to dst and clears src.
func Add(dst, src []float32) { update(dst, src, 1, -1) }

// Repeat fills rows with copies of row.
func Repeat(rows, row []float32) {
	for n := copy(rows, row); n < len(rows); {
		n += copy(rows[n:], rows[:n])
	}
}

// A Column is one feature of a sparse mini-batch. Its nonzeros are at From and
// after, up to From of the next column.
type Column struct {
	Feature, From int32
}

// Sentinels is how many columns must follow the last real column. From of the
// first sentinel ends the last column. Features of sentinels are prefetched.
const Sentinels = 1 + ahead

// ahead is how many columns in advance weights are prefetched. Assembly
// contains this number, too.
const ahead = 4

// UpdateColumns makes an SGD step on the features of the columns. nonzeros
// holds (row, value), column by column. avg may be nil.
func (s Shape) UpdateColumns(w, avg, d []float32, nonzeros []Nonzero, columns []Column, scale, mix float32) {
	if s.narrow() {
		updateColumnsNarrow(s, w, avg, d, nonzeros, columns, scale, mix)
		return
	}
	updateColumns(s, w, avg, d, nonzeros, columns, scale, mix)
}

// A RowLoss is the cross-entropy of one row in parts: log Sum + Top - Logit.
// The parts are exact even if the probability underflows to zero.
type RowLoss struct {
	Logit float32 // of the label
	Top   float32 // the highest logit; not valid if Sum is NaN
	Sum   float32 // Σ exp(z - Top); NaN if a logit is not finite
}

// Softmax turns rows of logits, as many as there are losses, into
// probabilities, and sets Top and Sum of the losses.
func Softmax(z []float32, losses []RowLoss) { softmax(z, losses) }

// Prefetch asks the processor to load x into its cache.
func Prefetch[T uint8 | float32](x []T) {
	if len(x) > 0 {
		prefetch(unsafe.Pointer(&x[0]), len(x)*int(unsafe.Sizeof(x[0])))
	}
}
