package softmax

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestKernels compares the kernels with their law, written down naively, for
// every number of classes and of terms up to three vectors and one, on every path
// that the machine has, at every alignment. Bits must be equal, those of NaNs
// apart; memory around the operands must not change.
func TestKernels(t *testing.T) {
	defer restorePaths()()
	for name, switchTo := range paths() {
		switchTo()
		t.Run(name, func(t *testing.T) {
			for n := 0; n <= 3*laneWidth+1; n++ {
				for _, values := range []func(*rand.Rand) float32{ordinary, extreme} {
					testRowKernels(t, max(2, n), n, n%laneWidth, values)
					testTermKernels(t, max(2, n), n, n%laneWidth, values)
					testWholeKernels(t, n, n%laneWidth, values)
				}
			}
		})
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
	const guard, room = float32(-77.5), 2 * laneWidth
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

// sameBits requires equal bits, but for NaNs, of the first classes of each so many
// lanes.
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
	width := widthFor(classes)
	// Weights and differences are finite, sums not -0.
	sum := lanesOf(rng, width, classes, func(rng *rand.Rand) float32 { return value(rng) + 0 })
	lane := lanesOf(rng, width, classes, func(rng *rand.Rand) float32 {
		if v := value(rng); v-v == 0 {
			return v
		}
		return ordinary(rng)
	})
	what := fmt.Sprintf("classes=%d features=%d offset=%d", classes, n, offset)
	x := make(Floats, rows*features)
	for i := range x {
		if rng.IntN(3*laneWidth) < n {
			x[i] = value(rng)
		}
	}
	mat := newMatrix(x, features)
	var rowList list
	rowList.reset()
	rowList.reserve(rows, features)
	for i := range rows {
		rowList.append(&mat, i, 0, features)
	}
	const from = 1 // of the list's rows, for forward

	s, checkS := guarded(t, 4*(rows-from)*width, offset, sum)
	w, checkW := guarded(t, whole*width, offset, lane)
	want, before := slices.Clone(s), slices.Clone(w)
	for i := range rows - from {
		for f, v := range x[(from+i)*features:][:features] {
			for k := range classes {
				product := float32(v * w[f*width+k]) // never fused
				want[(4*i+f%4)*width+k] += product
			}
		}
	}
	forward(s, w, &rowList, from, rows, width, classes)
	sameBits(t, want, s, width, classes, "forward "+what)
	sameBits(t, before, w, width, width, "forward's w "+what)
	checkS()
	checkW()

	lanes := lanesFor(classes)
	z, checkZ := guarded(t, (rows-from)*lanes, offset, lanesOf(rng, lanes, classes, value))
	clear(s)
	wantZ, wantS := slices.Clone(z), slices.Clone(s)
	base, checkBase := guarded(t, lanes, offset, lanesOf(rng, lanes, classes, value))
	repeat(wantZ, base)
	forwardFold(z, base, w, s, &rowList, from, rows, width, lanes, classes)
	forward(wantS, w, &rowList, from, rows, width, classes)
	fold(wantZ, wantS, rows-from, width, lanes)
	sameBits(t, wantZ, z, lanes, classes, "forwardFold "+what)
	checkBase()

	forward(wantS, w, &rowList, from, rows, width, classes)
	fold(wantZ, wantS, rows-from, width, lanes)
	forwardFold(z, z, w, s, &rowList, from, rows, width, lanes, classes)
	sameBits(t, wantZ, z, lanes, classes, "forwardFold "+what)
	sameBits(t, wantS, s, width, classes, "forwardFold's s "+what)
	sameBits(t, before, w, width, width, "forwardFold's w "+what)
	checkZ()
	checkS()
	checkW()

	g, checkG := guarded(t, whole*width, offset, sum)
	d, checkD := guarded(t, rows*lanes, offset, lanesOf(rng, lanes, classes, func(*rand.Rand) float32 { return lane(0) }))
	memory, checkMemory := guarded(t, 4*portion*width, offset, lane)
	want, before = slices.Clone(g), slices.Clone(d)
	for i := range rows {
		for f, v := range x[i*features:][:features] {
			for k := range classes {
				product := float32(v * d[i*lanes+k])
				want[f*width+k] += product
			}
		}
	}
	backward(g, d, memory, &rowList, width, lanes, classes)
	sameBits(t, want, g, width, classes, "backward "+what)
	sameBits(t, before, d, lanes, lanes, "backward's d "+what)
	checkG()
	checkD()
	checkMemory()
}

// lanesOf returns values for lanes in groups of width, of which only the first
// classes are in use.
func lanesOf(rng *rand.Rand, width, classes int, value func(*rand.Rand) float32) func(int) float32 {
	return func(i int) float32 {
		if i%width >= classes {
			return 0
		}
		return value(rng)
	}
}

func testTermKernels(t *testing.T, classes, n, offset int, value func(*rand.Rand) float32) {
	const features, rows = 40, 3
	rng := rand.New(rand.NewPCG(uint64(classes), uint64(n)))
	width, lanes := widthFor(classes), lanesFor(classes)
	lane := lanesOf(rng, width, classes, value)
	what := fmt.Sprintf("classes=%d terms=%d offset=%d", classes, n, offset)
	var row []term
	for range n {
		row = append(row, term{int32(rng.IntN(features)), value(rng)})
	}

	s, checkS := guarded(t, 4*rows*width, offset, lane)
	for _, stride := range []int{width, lanes} {
		w, checkW := guarded(t, features*stride, offset, lanesOf(rng, stride, classes, value))
		want, before := slices.Clone(s), slices.Clone(w)
		for _, term := range row {
			for k := range classes {
				product := float32(term.value * w[int(term.index)*stride+k])
				want[int(term.index)%4*width+k] += product
			}
		}
		forwardTerms(s[:4*width], w, row, width, stride, classes)
		sameBits(t, want, s, width, classes, "forwardTerms "+what)
		sameBits(t, before, w, stride, stride, "forwardTerms' w "+what)
		checkS()
		checkW()
	}

	z, checkZ := guarded(t, rows*lanes, offset, lanesOf(rng, lanes, classes, value))
	want := slices.Clone(z)
	for i := range rows {
		for k := range classes {
			s := s[4*i*width+k:]
			s01, s23 := s[0]+s[width], s[2*width]+s[3*width]
			want[i*lanes+k] += s01 + s23
		}
	}
	fold(z, s, rows, width, lanes)
	sameBits(t, want, z, lanes, classes, "fold "+what)
	sameBits(t, make([]float32, len(s)), s, 1, 1, "fold's s "+what)
	checkZ()
	checkS()
}

func testWholeKernels(t *testing.T, n, offset int, value func(*rand.Rand) float32) {
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
	descend(w, g, decay, scale)
	sameBits(t, want, w, 1, 1, "descend "+what)
	sameBits(t, make([]float32, size), g, 1, 1, "descend's g "+what)
	checkW()
	checkG()

	avg, checkAvg := guarded(t, size, offset, any)
	for i := range want {
		product := float32(scale * (w[i] - avg[i]))
		want[i] = avg[i] + product
	}
	before := slices.Clone(w)
	blend(avg, w, scale)
	sameBits(t, want, avg, 1, 1, "blend "+what)
	sameBits(t, before, w, 1, 1, "blend's w "+what)
	checkAvg()

	dst, checkDst := guarded(t, laneWidth*n, offset, any)
	src, checkSrc := guarded(t, laneWidth*n, offset, any)
	want, before = slices.Clone(dst), slices.Clone(src)
	for i, v := range src {
		want[i] += v
	}
	addTo(dst, src)
	sameBits(t, want, dst, 1, 1, "addTo "+what)
	sameBits(t, before, src, 1, 1, "addTo's src "+what)
	checkDst()
	checkSrc()
}

// TestDescendColumns compares with the law, for columns of one to nine terms.
func TestDescendColumns(t *testing.T) {
	defer restorePaths()()
	for name, switchTo := range paths() {
		switchTo()
		for classes := 1; classes <= 3*laneWidth+1; classes++ {
			for columns := range 12 {
				testDescendColumns(t, classes, columns, ordinary, name)
				testDescendColumns(t, classes, columns, extreme, name)
			}
		}
	}
}

func testDescendColumns(t *testing.T, classes, columns int, value func(*rand.Rand) float32, name string) {
	const features, rows = 40, 7
	rng := rand.New(rand.NewPCG(uint64(classes), uint64(columns)))
	width, lanes := widthFor(classes), lanesFor(classes)
	any := func(int) float32 { return value(rng) }
	w, checkW := guarded(t, features*width, columns, any)
	avg, checkAvg := guarded(t, features*width, columns, any)
	d, checkD := guarded(t, rows*lanes, columns, any)
	scale, mix := value(rng), value(rng)
	wantW, wantAvg := append([]float32(nil), w...), append([]float32(nil), avg...)
	var terms []term
	var list []column
	for _, f := range rng.Perm(features)[:columns] {
		list = append(list, column{int32(f), int32(len(terms))})
		sum := make([]float32, width)
		for range 1 + rng.IntN(9) {
			row, v := rng.IntN(rows), value(rng)
			terms = append(terms, term{int32(row), v})
			for k := range sum {
				sum[k] += float32(v * d[row*lanes+k])
			}
		}
		for k, s := range sum {
			wantW[f*width+k] -= float32(scale * s)
			wantAvg[f*width+k] += float32(mix * s)
		}
	}
	list = append(list, make([]column, 1+soon)...)
	list[columns].from = int32(len(terms))
	what := fmt.Sprintf("%s classes=%d columns=%d", name, classes, columns)

	before := append([]float32(nil), w...)
	descendColumns(w, avg, d, terms, list, width, lanes, scale, mix)
	sameBits(t, wantW, w, 1, 1, what)
	sameBits(t, wantAvg, avg, 1, 1, what+" avg")
	copy(w, before)
	descendColumns(w, nil, d, terms, list, width, lanes, scale, mix)
	sameBits(t, wantW, w, 1, 1, what+" without avg")
	checkW()
	checkAvg()
	checkD()
}

// TestNormaliseOnAllPaths compares with the generic kernel, whose own test is in
// math_test.go.
func TestNormaliseOnAllPaths(t *testing.T) {
	defer restorePaths()()
	rng := newRand()
	for name, switchTo := range paths() {
		switchTo()
		for classes := 2; classes <= 3*laneWidth+1; classes++ {
			for offset := range laneWidth {
				scale := float32(math.Pow(10, float64(rng.IntN(7)-3)))
				bad := rng.IntN(4) == 0
				const rows = 3
				lanes := lanesFor(classes)
				z, check := guarded(t, rows*lanes, offset, func(i int) float32 {
					switch {
					case i%lanes >= classes:
						return lowest
					case bad && rng.IntN(rows*classes) == 0:
						return extreme(rng)
					}
					return scale * ordinary(rng)
				})
				want := append([]float32(nil), z...)
				wantLoss, loss := make([]rowLoss, rows+1), make([]rowLoss, rows+1)
				for i := range loss {
					wantLoss[i].logit, loss[i].logit = float32(i), float32(i)
				}
				normaliseGeneric(want, wantLoss[:rows])
				normalise(z, loss[:rows])
				what := fmt.Sprintf("%s classes=%d offset=%d", name, classes, offset)
				sameBits(t, want, z, 1, 1, what)
				for i, got := range loss {
					want := wantLoss[i]
					sameBits(t, []float32{want.sum}, []float32{got.sum}, 1, 1, what)
					if got.sum != got.sum {
						want, got = rowLoss{logit: want.logit}, rowLoss{logit: got.logit}
					}
					require.Equal(t, want, got, what)
				}
				for i := range rows {
					require.Equal(t, !finite(want[i*lanes:][:lanes]), loss[i].sum != loss[i].sum, what)
				}
				check()
			}
		}
	}
}

// TestPathsMakeTheSameModel trains on every path.
func TestPathsMakeTheSameModel(t *testing.T) {
	defer restorePaths()()
	const rows, features, classes = 300, 100, 21
	rng := newRand()
	x, y := make(Bytes, rows*features), make([]int, rows)
	for i := range x {
		x[i] = uint8(max(0, rng.IntN(500)-245))
	}
	for i := range y {
		y[i] = rng.IntN(classes)
	}
	want := map[float32][]float32{}
	for name, switchTo := range paths() {
		switchTo()
		for _, averaging := range []float32{0, 8} {
			m := New(features, classes)
			tr := NewTrainer(m)
			tr.Epochs, tr.Batch, tr.Averaging, tr.Center = 3, 32, averaging, averaging > 0
			_, err := tr.Fit(t.Context(), x, y)
			require.NoError(t, err)
			weight, bias := m.Parameters()
			got := append(weight, bias...)
			if want[averaging] == nil {
				want[averaging] = got
			}
			require.Equal(t, want[averaging], got, name)
		}
	}
}
