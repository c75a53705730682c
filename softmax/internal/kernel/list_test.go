package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestLists compares lists with the rows that they were made of, on every path,
// at every length and offset, with zeros of either sign.
func TestLists(t *testing.T) {
	eachRow(t, func(t *testing.T, n int, bytes []uint8, floats []float32) {
		bytes, floats = bytes[n%64:][:n:n], floats[n%64:][:n:n]
		fromBytes := make([]float32, n)
		const lo = 5
		index, value := []int32{lo - 1, int32(lo + n)}, []float32{1, 1} // not in [lo, lo+n)
		for f, b := range bytes {
			fromBytes[f] = float32(b) / 255
			if v := floats[f]; v != 0 {
				index, value = append(index, int32(lo+f)), append(value, v)
			}
		}
		testList(t, fromBytes, func(l *List) { l.AppendBytes(bytes, []int{0}, n, n) })
		testList(t, floats, func(l *List) { l.AppendFloats(floats) })
		testList(t, floats, func(l *List) { l.AppendSparse(index, value, lo, lo+n) })
	})
}

// eachRow calls test on every path, with lengths of rows, and memory for three
// rows and an offset of up to 63. From none to all elements are not zero.
func eachRow(t *testing.T, test func(t *testing.T, n int, x []uint8, f []float32)) {
	rng := rand.New(rand.NewPCG(2, 7))
	onAllPaths(t, func(t *testing.T) {
		for n := range 3*64 + 2 {
			for _, share := range []int{0, 3, 50, 100} {
				x, f := make([]uint8, 3*n+64), make([]float32, 3*n+64)
				for i := range x {
					f[i] = float32(math.Copysign(0, float64(rng.IntN(3)-1)))
					if rng.IntN(100) < share {
						x[i], f[i] = uint8(1+rng.IntN(255)), extreme(rng)
					}
				}
				test(t, n, x, f)
			}
		}
	})
}

// testList appends a row twice, with no more room than it must have.
func testList(t *testing.T, want []float32, add func(l *List)) {
	var l List
	l.Reset()
	if len(want) == 0 {
		return
	}
	for range 2 {
		l.Reserve(1, len(want))
		add(&l)
	}
	require.Equal(t, 2, l.Len())
	for i := range 2 {
		got := make([]float32, len(want))
		for _, nz := range l.Nonzeros(nil, i) {
			require.Zero(t, got[nz.Index], "feature %d twice", nz.Index)
			got[nz.Index] = nz.Value
		}
		for k, v := range want {
			if v != 0 && math.Float32bits(v) != math.Float32bits(got[k]) || v == 0 && got[k] != 0 {
				t.Fatalf("feature %d of %d is %v, want %v", k, len(want), got[k], v)
			}
		}
	}
	for n, quad := range l.value {
		require.NotEqual(t, [4]float32{}, quad, "quad %d", n)
	}
}

// TestScans compares the scans for quads with their plain Go, at every length
// and offset. They must leave other memory alone.
func TestScans(t *testing.T) {
	eachRow(t, func(t *testing.T, n int, bytes []uint8, floats []float32) {
		if !quads() {
			t.Skip("lists have nonzeros")
		}
		bytes, floats = bytes[n%64:], floats[n%64:][:n]
		rows := []int{1, 2, 0}
		got, checkGot := guardedList(t, 1+len(rows)*(n/4)+slack)
		want, checkWant := guardedList(t, 1+len(rows)*(n/4)+slack)
		scan(got, bytes, rows, n, n)
		scanGeneric(want, bytes, rows, n, n)
		require.Equal(t, want.start, got.start)
		require.Equal(t, want.index, got.index)
		require.Equal(t, want.value, got.value)
		checkGot()
		checkWant()

		room := n/4 + 1
		got, checkGot = guardedList(t, 1+room)
		want, checkWant = guardedList(t, 1+room)
		index, value := got.index[1:1+room], got.value[1:1+room]
		wantIndex, wantValue := want.index[1:1+room], want.value[1:1+room]
		kept := scanFloats(index, value, floats)
		require.Equal(t, scanFloatsGeneric(wantIndex, wantValue, floats), kept)
		require.Equal(t, wantIndex[:kept], index[:kept])
		for i := range kept {
			sameBits(t, wantValue[i][:], value[i][:], 4, 4, fmt.Sprint("quad ", i))
		}
		checkGot()
		checkWant()
	})
}

// TestNonzeros: zeros of both signs are left out, and nothing else is.
func TestNonzeros(t *testing.T) {
	l := &List{nonzeros: make([]Nonzero, 0, 9)}
	tiny := float32(math.SmallestNonzeroFloat32)
	l.scanFloatNonzeros([]float32{0, float32(math.Copysign(0, -1)), tiny, -tiny, 2})
	require.ElementsMatch(t, []Nonzero{{2, tiny}, {3, -tiny}, {4, 2}}, l.nonzeros)
}

// guardedList returns a list with one quad and room for some, and a function
// that checks the memory behind the room.
func guardedList(t *testing.T, room int) (l *List, check func()) {
	const guards = 9
	guard := [4]float32{-5, -5, -5, -5}
	index, value := make([]int32, room+guards), make([][4]float32, room+guards)
	for i := range index {
		index[i], value[i] = -5, guard
	}
	return &List{start: []int{0, 1}, index: index[:1:room], value: value[:1:room]}, func() {
		for i := room; i < room+guards; i++ {
			require.Equal(t, int32(-5), index[i])
			require.Equal(t, guard, value[i])
		}
	}
}
