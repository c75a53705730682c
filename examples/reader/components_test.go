package reader

import (
	"image"
	"testing"

	"github.com/seed-cd6415d7/digits/imageprep"
	"github.com/seed-cd6415d7/digits/softmax"
	"github.com/stretchr/testify/require"
)

// TestComponents: a model with the tensors of its components reads with them.
func TestComponents(t *testing.T) {
	t.Parallel()
	f, err := imageprep.ParseFeatures("hog directions=4 cells=2 margin=0 contrast=false components=2 products")
	require.NoError(t, err)
	f.Components.Weight = make([]float32, 2*16)
	f.Components.Weight[3], f.Components.Weight[16+5] = 1, -1
	m := softmax.New(f.Len(), 10)
	m.Metadata = map[string]string{FeaturesKey: f.String()}
	m.Tensors = Tensors(f)
	weight, bias := m.Parameters()
	weight[7*f.Len()+2] = 1 // the square of the first component
	m.SetParameters(weight, bias)
	r, err := New(m)
	require.NoError(t, err)
	require.Equal(t, f, r.features)
	g := image.NewGray(image.Rect(0, 0, 28, 28))
	for i := range g.Pix {
		g.Pix[i] = uint8(i * i)
	}
	a, err := r.Raw(g)
	require.NoError(t, err)
	require.Equal(t, 7, a.Digit)

	require.Nil(t, Tensors(imageprep.Features{HOG: imageprep.DefaultHOG()}))
	for _, bad := range []map[string]softmax.Tensor{
		nil,
		{ComponentsWeight: m.Tensors[ComponentsWeight]},
		{ComponentsWeight: m.Tensors[ComponentsWeight], ComponentsBias: {Shape: []int{3}, Data: make([]float32, 3)}},
		{ComponentsWeight: {Shape: []int{16, 2}, Data: make([]float32, 32)}, ComponentsBias: m.Tensors[ComponentsBias]},
	} {
		m.Tensors = bad
		_, err := New(m)
		require.ErrorContains(t, err, "want the shapes [2 16] and [2] for the features")
	}
	m.Tensors = Tensors(f)
	m.Tensors[ComponentsWeight] = softmax.Tensor{Shape: []int{2, 16}, Data: make([]float32, 31)}
	_, err = New(m)
	require.EqualError(t, err, "reader: the model's tensors components.weight and components.bias have 31 and 2 numbers; want 32 and 2, as their shapes say")
}
