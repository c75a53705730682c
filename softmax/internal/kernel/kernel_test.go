package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// onAllPaths runs a test on every path that the machine has.
func onAllPaths(t *testing.T, test func(*testing.T)) {
	for _, path := range Paths() {
		restore := UsePath(path)
		t.Run(path, test)
		restore()
	}
}

// TestKernels compares the kernels with their law, written down naively: for
// every number of classes and of nonzeros up to three registers and one, on
// every path, at every alignment. Bits must be equal, but for those of NaNs.
// Memory around the operands must not change.
func TestKernels(t *testing.T) {
	onAllPaths(t, func(t *testing.T) {
		for n := 0; n <= 3*block+1; n++ {
			for _, values := range []func(*rand.Rand) float32{ordinary, extreme} {
				testRowKernels(t, max(2, n), n, n%block, values)
				testNonzeroKernels(t, max(2, n), n, n%block, values)
				testElementwiseKernels(t, n, n%block, values)
			}
		}
	})
}

// TestShapeFor: 2 or 4 lanes for few classes, tens for more.
func TestShapeFor(t *testing.T) {
	for classes, want := range map[int]Shape{
		1: {1, 2, 16}, 2: {2, 2, 16}, 3: {3, 4, 16}, 4: {4, 4, 16}, 5: {5, 10, 16}, 10: {10, 10, 16}, 11: {11, 20, 32}, 16: {16, 20, 32}, 31: {31, 40, 48},
	} {
		require.Equal(t, want, ShapeFor(classes))
	}
}

func ordinary(rng *rand.Rand) float32 { return 2*rng.Float32() - 1 }

// extreme is a NaN, an infinity, a zero of either sign, a denormal, or large.
func extreme(rng *rand.Rand) float32 {
	inf := float32(math.Inf(1))
	list := []float32{float32(math.NaN()), inf, -inf, 0, float32(math.Copysign(0, -1)), 1e-42, -3e-45, 3e38, -1e38, 1}
	return list[rng.IntN(len(list))]
}

// guarded returns n values at an offset of memory filled with guards, and a
// function that checks the guards.
func guarded(t *testing.T, n, offset int, value func(i int) float32) ([]float32, func()) {
	const guard, room = float32(-77.5), 2 * block
	all := make([]float32, n+2*room)
	for i := range all {
		all[i] = guard
	}
	from := room/2 + offset
	x := all[from : from+n : from+n]
	for i := range x {
		x[i] = value(i)
	}
	return x, func() {
		for i, v := range all {
			if (i < from || i >= from+n) && v != guard {
				t.Fatalf("element %d before or behind %d was written to", i-from, n)
			}
		}
	}
}

// sameBits requires equal bits in the first classes of each group of lanes. Any
// NaN equals any other.
func sameBits(t *testing.T, want, got []float32, lanes, classes int, what string) {
	for i := range want {
		w, g := want[i], got[i]
		if i%lanes < classes && math.Float32bits(w) != math.Float32bits(g) && (w == w || g == g) {
			t.Fatalf("%s: element %d is %v, want %v", what, i, g, w)
		}
	}
}

func testRowKernels(t *testing.T, classes, n, offset int, value func(*rand.Rand) float32) {
	const features, rows = 43, 3
	const whole = (features + 3) &^ 3
	rng := rand.New(rand.NewPCG(uint64(classes), uint64(n)))
	shape := ShapeFor(classes)
	width, lanes := shape.Width, shape.Lanes
	what := fmt.Sprintf("classes=%d features=%d offset=%d", classes, n, offset)
	// Weights and gradients are finite, sums are not -0.
	notMinusZero := lanesOf(rng, width, classes, func(rng *rand.Rand) float32 { return value(rng) + 0 })
	finite := func(rng *rand.Rand) float32 {
		if v := value(rng); v-v == 0 {
			return v
		}
		return ordinary(rng)
	}
	x := make([]float32, rows*features)
	for i := range x {
		isEmpty := n%4 == 0 && i/features == 1 // the row in the middle
		if rng.IntN(3*block) < n && !isEmpty {
			x[i] = value(rng)
		}
	}
	var list List
	list.Reset()
	for i := range rows {
		list.Reserve(1, features)
		list.AppendFloats(x[i*features:][:features])
	}
	const from = 1 // Logits and Forward begin with this row of the list
	ws := new(Workspace)
	ws.Reset(shape)

	w, checkW := guarded(t, whole*width, offset, lanesOf(rng, width, classes, finite))
	before := slices.Clone(w)
	sums := make([]float32, 4*(rows-from)*width)
	forward := func() {
		for i := range rows - from {
			for f, v := range x[(from+i)*features:][:features] {
				for k := range classes {
					product := float32(v * w[f*width+k]) // not fused
					sums[(4*i+f%4)*width+k] += product
				}
			}
		}
	}
	for range 2 { // the second time, it adds to other sums than 0
		forward()
		ws.Forward(w, &list, from, rows)
		sameBits(t, sums, ws.sums[:len(sums)], width, classes, "Forward "+what)
	}
	clear(sums)
	clear(ws.sums[:len(sums)])
	forward()
	ws.Forward(w, &list, from, rows)
	sameBits(t, before, w, width, width, "Forward's w "+what)

	z, checkZ := guarded(t, (rows-from)*lanes, offset, lanesOf(rng, lanes, classes, value))
	want := slices.Clone(z)
	naiveAddSums(want, sums, rows-from, shape)
	ws.AddSums(z, rows-from)
	sameBits(t, want, z, lanes, classes, "AddSums "+what)
	sameBits(t, make([]float32, len(sums)), ws.sums[:len(sums)], 1, 1, "AddSums' sums "+what)

	base, checkBase := guarded(t, lanes, offset, lanesOf(rng, lanes, classes, value))
	Repeat(want, base)
	naiveAddSums(want, sums, rows-from, shape)
	ws.Logits(z, base, w, &list, from, rows)
	sameBits(t, want, z, lanes, classes, "Logits "+what)

	// The base of a single row may be z itself.
	one := z[:lanes]
	want = slices.Clone(one)
	naiveAddSums(want, sums, 1, shape)
	ws.Logits(one, one, w, &list, from, from+1)
	sameBits(t, want, one, lanes, classes, "Logits in place "+what)
	sameBits(t, before, w, width, width, "Logits' w "+what)
	checkBase()
	checkZ()
	checkW()

	g, checkG := guarded(t, whole*width, offset, notMinusZero)
	d, checkD := guarded(t, rows*lanes, offset, lanesOf(rng, lanes, classes, finite))
	want, before = slices.Clone(g), slices.Clone(d)
	for i := range rows {
		for f, v := range x[i*features:][:features] {
			for k := range classes {
				product := float32(v * d[i*lanes+k])
				want[f*width+k] += product
			}
		}
	}
	ws.Backward(g, d, &list)
	sameBits(t, want, g, width, classes, "Backward "+what)
	sameBits(t, before, d, lanes, lanes, "Backward's d "+what)
	checkG()
	checkD()
}

// naiveAddSums is AddSums as the law has it.
func naiveAddSums(z, sums []float32, rows int, shape Shape) {
	for i := range rows {
		for k := range shape.Classes {
			s := sums[4*i*shape.Width+k:]
			s01, s23 := s[0]+s[shape.Width], s[2*shape.Width]+s[3*shape.Width]
			z[i*shape.Lanes+k] += s01 + s23
		}
	}
}

// lanesOf returns a function that gives element i a value. Padding is 0: the
// lanes after the classes in each group of width lanes.
func lanesOf(rng *rand.Rand, width, classes int, value func(*rand.Rand) float32) func(int) float32 {
	return func(i int) float32 {
		if i%width >= classes {
			return 0
		}
		return value(rng)
	}
}

func testNonzeroKernels(t *testing.T, classes, n, offset int, value func(*rand.Rand) float32) {
	const features, i = 40, 2 // of the workspace's rows
	rng := rand.New(rand.NewPCG(uint64(classes), uint64(n)))
	shape := ShapeFor(classes)
	what := fmt.Sprintf("classes=%d nonzeros=%d offset=%d", classes, n, offset)
	var row []Nonzero
	for range n {
		row = append(row, Nonzero{int32(rng.IntN(features)), value(rng)})
	}
	for _, stride := range []int{shape.Width, shape.Lanes} {
		ws := new(Workspace)
		ws.Reset(shape)
		w, checkW := guarded(t, features*stride, offset, lanesOf(rng, stride, classes, value))
		want, before := slices.Clone(ws.sums), slices.Clone(w)
		for _, nz := range row {
			for k := range classes {
				product := float32(nz.Value * w[int(nz.Index)*stride+k])
				want[(4*i+int(nz.Index)%4)*shape.Width+k] += product
			}
		}
		ws.ForwardNonzeros(i, w, row, stride)
		sameBits(t, want, ws.sums, shape.Width, classes, "ForwardNonzeros "+what)
		sameBits(t, before, w, stride, stride, "ForwardNonzeros' w "+what)
		checkW()
	}

	// SumRows, of more rows than a piece has.
	rows := 5 * n
	d, checkD := guarded(t, rows*shape.Lanes, offset, lanesOf(rng, shape.Lanes, classes, value))
	sums := make([]float32, 4*shape.Width)
	for i := range rows {
		for k := range classes {
			sums[i%4*shape.Width+k] += d[i*shape.Lanes+k]
		}
	}
	sum, checkSum := guarded(t, shape.Lanes, offset, lanesOf(rng, shape.Lanes, classes, value))
	want := slices.Clone(sum)
	naiveAddSums(want, sums, 1, shape)
	ws := new(Workspace)
	ws.Reset(shape)
	ws.SumRows(sum, d)
	sameBits(t, want, sum, shape.Lanes, classes, "SumRows "+what)
	checkD()
	checkSum()
}

func testElementwiseKernels(t *testing.T, n, offset int, value func(*rand.Rand) float32) {
	rng := rand.New(rand.NewPCG(uint64(n), 1))
	size := 8 * n
	what := fmt.Sprintf("size=%d offset=%d", size, offset)
	any := func(int) float32 { return value(rng) }
	w, checkW := guarded(t, size, offset, any)
	g, checkG := guarded(t, size, offset, any)
	decay, scale := value(rng), value(rng)
	want := make([]float32, size)
	for i := range want {
		kept, product := float32(decay*w[i]), float32(scale*g[i])
		want[i] = kept - product
	}
	Update(w, g, decay, scale)
	sameBits(t, want, w, 1, 1, "Update "+what)
	sameBits(t, make([]float32, size), g, 1, 1, "Update's g "+what)
	checkW()
	checkG()

	avg, checkAvg := guarded(t, size, offset, any)
	for i := range want {
		product := float32(scale * (w[i] - avg[i]))
		want[i] = avg[i] + product
	}
	before := slices.Clone(w)
	Average(avg, w, scale)
	sameBits(t, want, avg, 1, 1, "Average "+what)
	sameBits(t, before, w, 1, 1, "Average's w "+what)
	checkAvg()

	dst, checkDst := guarded(t, block*n, offset, any)
	src, checkSrc := guarded(t, block*n, offset, any)
	want = slices.Clone(dst)
	for i, v := range src {
		want[i] += v
	}
	Add(dst, src)
	sameBits(t, want, dst, 1, 1, "Add "+what)
	sameBits(t, make([]float32, len(src)), src, 1, 1, "Add's src "+what)
	checkDst()
	checkSrc()
}

// TestUpdateColumns compares with the law, for columns of one to nine nonzeros.
func TestUpdateColumns(t *testing.T) {
	onAllPaths(t, func(t *testing.T) {
		for classes := 1; classes <= 3*block+1; classes++ {
			for columns := range 12 {
				testUpdateColumns(t, classes, columns, ordinary)
				testUpdateColumns(t, classes, columns, extreme)
			}
		}
	})
}

func testUpdateColumns(t *testing.T, classes, n int, value func(*rand.Rand) float32) {
	const features, rows = 40, 7
	rng := rand.New(rand.NewPCG(uint64(classes), uint64(n)))
	shape := ShapeFor(classes)
	any := func(int) float32 { return value(rng) }
	w, checkW := guarded(t, features*shape.Width, n, any)
	avg, checkAvg := guarded(t, features*shape.Width, n, any)
	d, checkD := guarded(t, rows*shape.Lanes, n, any)
	scale, mix := value(rng), value(rng)
	wantW, wantAvg, before := slices.Clone(w), slices.Clone(avg), slices.Clone(w)
	var nonzeros []Nonzero
	var columns []Column
	for _, f := range rng.Perm(features)[:n] {
		columns = append(columns, Column{int32(f), int32(len(nonzeros))})
		sum := make([]float32, shape.Width)
		for range 1 + rng.IntN(9) {
			row, v := rng.IntN(rows), value(rng)
			nonzeros = append(nonzeros, Nonzero{int32(row), v})
			for k := range sum {
				sum[k] += float32(v * d[row*shape.Lanes+k])
			}
		}
		for k, s := range sum {
			wantW[f*shape.Width+k] -= float32(scale * s)
			wantAvg[f*shape.Width+k] += float32(mix * s)
		}
	}
	columns = append(columns, make([]Column, Sentinels)...)
	columns[n].From = int32(len(nonzeros))
	what := fmt.Sprintf("classes=%d columns=%d", classes, n)

	shape.UpdateColumns(w, avg, d, nonzeros, columns, scale, mix)
	sameBits(t, wantW, w, 1, 1, what)
	sameBits(t, wantAvg, avg, 1, 1, what+" avg")
	copy(w, before)
	shape.UpdateColumns(w, nil, d, nonzeros, columns, scale, mix)
	sameBits(t, wantW, w, 1, 1, what+" without avg")
	checkW()
	checkAvg()
	checkD()
}

// TestSoftmaxOnAllPaths compares with plain Go, which TestSoftmax compares with
// float64.
func TestSoftmaxOnAllPaths(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 7))
	onAllPaths(t, func(t *testing.T) {
		for classes := 2; classes <= 3*block+1; classes++ {
			for offset := range block {
				testSoftmax(t, rng, classes, offset)
			}
		}
	})
}

// TestSoftmaxOfOneRow: one row has the bits that it has among others.
func TestSoftmaxOfOneRow(t *testing.T) {
	const classes = 3
	lanes := ShapeFor(classes).Lanes
	z := slices.Repeat([]float32{Lowest}, 2*lanes)
	copy(z, []float32{1, 2, 3})
	copy(z[lanes:], []float32{-1, 0, 4})
	one := slices.Clone(z[:lanes])
	loss := make([]RowLoss, 2)
	softmaxGeneric(z, loss)
	softmaxGeneric(one, loss[1:])
	sameBits(t, z[:lanes], one, 1, 1, "one row")
	require.Equal(t, loss[0], loss[1])
}

func testSoftmax(t *testing.T, rng *rand.Rand, classes, offset int) {
	const rows = 3
	scale := float32(math.Pow(10, float64(rng.IntN(7)-3)))
	bad := rng.IntN(4) == 0
	lanes := ShapeFor(classes).Lanes
	z, check := guarded(t, rows*lanes, offset, func(i int) float32 {
		switch {
		case i%lanes >= classes:
			return Lowest
		case bad && rng.IntN(rows*classes) == 0:
			return extreme(rng)
		}
		return scale * ordinary(rng)
	})
	want := slices.Clone(z)
	wantLoss, loss := make([]RowLoss, rows+1), make([]RowLoss, rows+1)
	for i := range loss {
		wantLoss[i].Logit, loss[i].Logit = float32(i), float32(i)
	}
	softmaxGeneric(want, wantLoss[:rows])
	Softmax(z, loss[:rows])
	what := fmt.Sprintf("classes=%d offset=%d", classes, offset)
	sameBits(t, want, z, 1, 1, what)
	for i, got := range loss {
		want := wantLoss[i]
		sameBits(t, []float32{want.Sum}, []float32{got.Sum}, 1, 1, what)
		if got.Sum != got.Sum { // Top then means nothing
			want, got = RowLoss{Logit: want.Logit}, RowLoss{Logit: got.Logit}
		}
		require.Equal(t, want, got, what)
	}
	for i := range rows {
		finite := !slices.ContainsFunc(want[i*lanes:][:lanes], func(v float32) bool { return v-v != 0 })
		require.Equal(t, finite, loss[i].Sum == loss[i].Sum, what)
	}
	check()
}
