package softmax

import (
	"bytes"
	"math"
	"math/bits"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"
)

// TestTensors: further tensors travel with the model. A clone has its own.
func TestTensors(t *testing.T) {
	m := randomModel(newRand(), 5, 3)
	plain := encode(t, m)
	m.Tensors = map[string]Tensor{
		"components.weight": {[]int{2, 3}, []float32{1, 2, 3, 4, 5, 6}},
		"a name with \"π\"": {[]int{1, 1, 2}, []float32{-1, 1e-30}},
		"empty":             {[]int{0, 7}, []float32{}},
		"scalar":            {[]int{}, []float32{7}},
		"zz":                {[]int{1}, []float32{8}},
	}
	if bits.UintSize == 64 {
		m.Tensors["empty, but wide"] = Tensor{[]int{1 << 29, 1 << 29, 0}, []float32{}}
	}
	data := encode(t, m)
	require.NotEqual(t, plain, data)
	got, err := Decode(iotest.OneByteReader(bytes.NewReader(data)))
	require.NoError(t, err)
	require.Equal(t, m, got)
	require.Equal(t, data, encode(t, got))

	clone := m.Clone()
	require.Equal(t, m, clone)
	clone.Tensors["zz"].Data[0], clone.Tensors["zz"].Shape[0] = 9, 9
	require.Equal(t, Tensor{[]int{1}, []float32{8}}, m.Tensors["zz"])

	var other Model
	require.NoError(t, other.UnmarshalBinary(data))
	require.Equal(t, m.Tensors, other.Tensors)

	for _, tt := range []struct {
		name   string
		tensor Tensor
		want   string
	}{
		{"weight", Tensor{[]int{1}, []float32{1}}, `the name "weight", which the model needs itself`},
		{"bias", Tensor{[]int{1}, []float32{1}}, `the name "bias"`},
		{"__metadata__", Tensor{[]int{1}, []float32{1}}, `the name "__metadata__"`},
		{"\xff", Tensor{[]int{1}, []float32{1}}, "not UTF-8"},
		{"short", Tensor{[]int{2, 2}, []float32{1, 2, 3}}, "3 numbers and the shape [2 2]"},
		{"negative", Tensor{[]int{-1, -1}, []float32{1}}, "negative"},
		{"negative and empty", Tensor{[]int{0, -1}, nil}, "negative"},
		{"huge", Tensor{[]int{math.MaxInt32, math.MaxInt32, 0}, nil}, "huge"},
		{"deep", Tensor{[]int{1, 1, 1, 1, 1, 1, 1, 1, 1}, []float32{1}}, "at most 8 dimensions"},
		{"infinite", Tensor{[]int{1}, []float32{float32(math.Inf(1))}}, `tensor "infinite" has a number that is NaN or infinite`},
	} {
		m.Tensors = map[string]Tensor{tt.name: tt.tensor}
		var b bytes.Buffer
		require.ErrorContains(t, m.Encode(&b), tt.want)
		require.Zero(t, b.Len(), "nothing is written")
	}
}
