package softmax

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestKernels compares the kernels with their law, written down naively, for
// every number of classes and fours of terms up to three vectors and one, on every path
// that the machine has, at every alignment. Bits must be equal, those of NaNs
// apart; memory around the operands must not change.
func TestKernels(t *testing.T) {
	defer restorePaths()()
	for name, switchTo := range paths() {
		switchTo()
		t.Run(name, func(t *testing.T) {
			for n := 0; n <= 3*laneWidth+1; n++ {
				for _, values := range []func(*rand.Rand) float32{ordinary, extreme} {
					testKernels(t, max(2, n), n, n%laneWidth, values)
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

// sameBits requires equal bits, but for NaNs, of the first classes of each 16.
func sameBits(t *testing.T, want, got []float32, lanes, classes int, what string) {
	for i := range want {
		w, g := want[i], got[i]
		if i%lanes < classes && math.Float32bits(w) != math.Float32bits(g) && (w == w || g == g) {
			t.Fatalf("%s: element %d is %v, want %v", what, i, g, w)
		}
	}
}

func testKernels(t *testing.T, classes, n, offset int, value func(*rand.Rand) float32) {
	const features, rows = 40, 3
	rng := rand.New(rand.NewPCG(uint64(classes), uint64(n)))
	lanes := lanesFor(classes)
	lane := func(i int) float32 {
		if i%lanes >= classes {
			return 0
		}
		return value(rng)
	}
	what := fmt.Sprintf("classes=%d terms=%d offset=%d", classes, n, offset)
	var terms []term
	start := []int{0}
	for row := range rows {
		for range (n + 4*row) % 52 / 4 * 4 {
			terms = append(terms, term{int32(rng.IntN(features)), value(rng)})
		}
		start = append(start, len(terms))
	}

	z, checkZ := guarded(t, rows*lanes, offset, lane)
	w, checkW := guarded(t, features*lanes, offset, lane)
	want, before := append([]float32(nil), z...), append([]float32(nil), w...)
	for i := range rows {
		row := terms[start[i]:start[i+1]]
		for k := range classes {
			product := func(i int) float32 { return float32(row[i].value * w[int(row[i].index)*lanes+k]) } // never fused
			sum := float32(0)
			for i := 0; i < len(row); i += 4 {
				p01, p23 := product(i)+product(i+1), product(i+2)+product(i+3)
				sum += p01 + p23
			}
			want[i*lanes+k] += sum
		}
	}
	forward(z, w, terms, start, lanes, classes)
	sameBits(t, want, z, lanes, classes, "forward "+what)
	sameBits(t, before, w, lanes, lanes, "forward's w "+what)
	checkZ()
	checkW()

	g, checkG := guarded(t, features*lanes, offset, lane)
	d, checkD := guarded(t, rows*lanes, offset, lane)
	want, before = append([]float32(nil), g...), append([]float32(nil), d...)
	for i := range rows {
		for _, term := range terms[start[i]:start[i+1]] {
			for k := range classes {
				product := float32(term.value * d[i*lanes+k])
				want[int(term.index)*lanes+k] += product
			}
		}
	}
	backward(g, d, terms, start, lanes, classes)
	sameBits(t, want, g, lanes, classes, "backward "+what)
	sameBits(t, before, d, lanes, lanes, "backward's d "+what)
	checkG()
	checkD()

	size := n * laneWidth
	any := func(int) float32 { return value(rng) }
	w, checkW = guarded(t, size, offset, any)
	g, checkG = guarded(t, size, offset, any)
	decay, scale := value(rng), value(rng)
	want = make([]float32, size)
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
	before = append([]float32(nil), w...)
	blend(avg, w, scale)
	sameBits(t, want, avg, 1, 1, "blend "+what)
	sameBits(t, before, w, 1, 1, "blend's w "+what)
	checkAvg()
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
	lanes := lanesFor(classes)
	any := func(int) float32 { return value(rng) }
	w, checkW := guarded(t, features*lanes, columns, any)
	avg, checkAvg := guarded(t, features*lanes, columns, any)
	d, checkD := guarded(t, rows*lanes, columns, any)
	scale, mix := value(rng), value(rng)
	wantW, wantAvg := append([]float32(nil), w...), append([]float32(nil), avg...)
	var terms []term
	var list []column
	for _, f := range rng.Perm(features)[:columns] {
		list = append(list, column{int32(f), int32(len(terms))})
		sum := make([]float32, lanes)
		for range 1 + rng.IntN(9) {
			row, v := rng.IntN(rows), value(rng)
			terms = append(terms, term{int32(row), v})
			for k := range sum {
				sum[k] += float32(v * d[row*lanes+k])
			}
		}
		for k, s := range sum {
			wantW[f*lanes+k] -= float32(scale * s)
			wantAvg[f*lanes+k] += float32(mix * s)
		}
	}
	list = append(list, make([]column, 1+soon)...)
	list[columns].from = int32(len(terms))
	what := fmt.Sprintf("%s classes=%d columns=%d", name, classes, columns)

	before := append([]float32(nil), w...)
	descendColumns(w, avg, d, terms, list, lanes, scale, mix)
	sameBits(t, wantW, w, 1, 1, what)
	sameBits(t, wantAvg, avg, 1, 1, what+" avg")
	copy(w, before)
	descendColumns(w, nil, d, terms, list, lanes, scale, mix)
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
				z, check := guarded(t, lanesFor(classes), offset, func(i int) float32 {
					switch {
					case i >= classes:
						return lowest
					case bad && rng.IntN(classes) == 0:
						return extreme(rng)
					}
					return scale * ordinary(rng)
				})
				want := append([]float32(nil), z...)
				wantTop, wantSum := normaliseGeneric(want)
				top, sum := normalise(z)
				what := fmt.Sprintf("%s classes=%d offset=%d", name, classes, offset)
				sameBits(t, []float32{wantSum}, []float32{sum}, 1, 1, what)
				sameBits(t, want, z, 1, 1, what)
				if sum == sum {
					require.Equal(t, wantTop, top, what)
				}
				require.Equal(t, !finite(want), sum != sum, what)
				check()
			}
		}
	}
}

// TestScan compares scan and scanFloats with their law at every length and
// offset.
func TestScan(t *testing.T) {
	defer restorePaths()()
	rng := newRand()
	for name, switchTo := range paths() {
		switchTo()
		for n := range 3*64 + 2 {
			for _, share := range []int{0, 3, 50, 100} { // of elements that are not 0
				memory := make([]uint8, n+70)
				floats := make([]float32, n+70)
				for i := range memory {
					floats[i] = float32(math.Copysign(0, float64(rng.IntN(3)-1)))
					if rng.IntN(100) < share {
						memory[i], floats[i] = uint8(1+rng.IntN(255)), extreme(rng)
					}
				}
				x, f := memory[n%64:][:n:n], floats[n%64:][:n:n]
				testScan(t, name, x, scan, func(b uint8) float32 { return float32(b) / 255 })
				testScan(t, name, f, scanFloats, func(v float32) float32 { return v })
			}
		}
	}
}

func testScan[T uint8 | float32](t *testing.T, name string, x []T, scan func(dst []term, x []T, first int) (kept, seen int), value func(T) float32) {
	n := len(x)
	dst := make([]term, n+3)
	guard := term{-5, -5}
	for i := n; i < len(dst); i++ {
		dst[i] = guard
	}
	kept, seen := scan(dst[:n:n], x, 1000)
	require.LessOrEqual(t, seen, n, name)
	require.Greater(t, seen, n-8, name)
	var want []term
	for i, v := range x[:seen] {
		if v != 0 {
			want = append(want, term{int32(1000 + i), value(v)})
		}
	}
	require.Equal(t, len(want), kept, name)
	for i, w := range want {
		require.Equal(t, w.index, dst[i].index, name)
		require.Equal(t, math.Float32bits(w.value), math.Float32bits(dst[i].value), name)
	}
	for _, term := range dst[n:] {
		require.Equal(t, guard, term, name)
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
	var want []float32
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
			if averaging == 0 {
				continue
			}
			if want == nil {
				want = got
			}
			require.Equal(t, want, got, name)
		}
	}
}
