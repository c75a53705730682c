package softmax

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestLists compares the lists of rows, on every path, with what they should be:
// at every length and offset, with zeros of either sign.
func TestLists(t *testing.T) {
	eachRow(func(name string, n int, memory Bytes, floats Floats) {
		x, f := memory[n%64:][:n:n], floats[n%64:][:n:n]
		testList(t, name, matrix{bytes: x, features: n}, floatsOf(x))
		testList(t, name, matrix{floats: f, features: n}, f)
		testList(t, name, matrix{sparse: sparseOf(f, max(1, n)), features: n}, f)
	})
}

// eachRow calls test on every path, with lengths of rows and memory for three of them
// and an offset of up to 63. From none to all of its elements are not zero.
func eachRow(test func(name string, n int, x Bytes, f Floats)) {
	defer restorePaths()()
	rng := newRand()
	for name, switchTo := range paths() {
		switchTo()
		for n := range 3*64 + 2 {
			for _, share := range []int{0, 3, 50, 100} {
				x, f := make(Bytes, 3*n+64), make(Floats, 3*n+64)
				for i := range x {
					f[i] = float32(math.Copysign(0, float64(rng.IntN(3)-1)))
					if rng.IntN(100) < share {
						x[i], f[i] = uint8(1+rng.IntN(255)), extreme(rng)
					}
				}
				test(name, n, x, f)
			}
		}
	}
}

// testList lists a row twice, into memory that has no more room than it must
// have.
func testList(t *testing.T, name string, x matrix, want Floats) {
	var l list
	l.reset()
	if len(want) == 0 {
		return
	}
	for range 2 {
		l.reserve(1, x.features)
		l.append(&x, 0, 0, x.features)
	}
	require.Equal(t, 2, l.len(), name)
	for i := range 2 {
		got := make(Floats, len(want))
		for _, term := range l.appendTerms(nil, i) {
			require.Zero(t, got[term.index], "%s: feature %d twice", name, term.index)
			got[term.index] = term.value
		}
		for k, v := range want {
			if v != 0 && math.Float32bits(v) != math.Float32bits(got[k]) || v == 0 && got[k] != 0 {
				t.Fatalf("%s: feature %d of %d is %v, want %v", name, k, len(want), got[k], v)
			}
		}
	}
	for n, quad := range l.value {
		require.NotEqual(t, [4]float32{}, quad, "%s: quad %d", name, n)
	}
}

// TestScans compares scan and scanFloats with the generic ones, at every length and
// offset, and checks that they leave memory alone.
func TestScans(t *testing.T) {
	eachRow(func(name string, n int, x Bytes, f Floats) {
		testScan(t, name, x, 3, n, n%64)
		testScanFloats(t, name, f[:n])
	})
}

// testScan scans rows of n bytes, from offset on, of which it knows more or fewer of
// those that come next, behind a quad that is listed already.
func testScan(t *testing.T, name string, x []uint8, count, n, offset int) {
	for _, known := range []int{count, count + 1, count + ahead} {
		rows := make([]int, known)
		for i := range rows {
			rows[i] = (i + 1) % count
		}
		x := x[offset:]
		const guards = 9
		room := 1 + count*(n/4) + slack
		index, value := make([]int32, room+guards), make([][4]float32, room+guards)
		for i := range index {
			index[i], value[i] = -5, [4]float32{-5, -5, -5, -5}
		}
		want := &list{start: []int{0, 1}, index: append(make([]int32, 0, room), 0), value: append(make([][4]float32, 0, room), value[0])}
		got := &list{start: []int{0, 1}, index: index[:1:room], value: value[:1:room]}
		index[0] = 0
		scanGeneric(want, x, rows, count, n, n)
		scan(got, x, rows, count, n, n)
		require.Equal(t, want.start, got.start, name)
		require.Equal(t, want.index, got.index, name)
		for i := range want.value {
			sameBits(t, want.value[i][:], got.value[i][:], 4, 4, name)
		}
		for i := room; i < len(index); i++ {
			require.Equal(t, int32(-5), index[i], name)
			require.Equal(t, [4]float32{-5, -5, -5, -5}, value[i], name)
		}
	}
}

func testScanFloats(t *testing.T, name string, x []float32) {
	room := len(x)/4 + 1
	index, value := make([]int32, room+9), make([][4]float32, room+9)
	guard := [4]float32{-5, -5, -5, -5}
	for i := room; i < len(index); i++ {
		index[i], value[i] = -5, guard
	}
	wantIndex, wantValue := make([]int32, room), make([][4]float32, room)
	kept := scanFloats(index[:room:room], value[:room:room], x)
	require.Equal(t, scanFloatsGeneric(wantIndex, wantValue, x), kept, name)
	require.Equal(t, wantIndex[:kept], index[:kept], name)
	for i := range kept {
		sameBits(t, wantValue[i][:], value[i][:], 4, 4, name)
	}
	for i := room; i < len(index); i++ {
		require.Equal(t, int32(-5), index[i], name)
		require.Equal(t, guard, value[i], name)
	}
}
