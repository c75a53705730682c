package pictures

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/seed-cd6415d7/digits/examples/internal/toymodel"
	"github.com/seed-cd6415d7/digits/softmax"
	"github.com/stretchr/testify/require"
)

func TestLoadModel(t *testing.T) {
	r, err := LoadModel(toymodel.Zeros(t, 10, nil))
	require.NoError(t, err)
	require.Len(t, r.Classes(), 10)

	name := filepath.Join(t.TempDir(), "mine.safetensors")
	_, err = LoadModel(name)
	require.ErrorContains(t, err, "mine.safetensors; examples/train writes models")
	require.ErrorIs(t, err, fs.ErrNotExist)

	require.NoError(t, os.WriteFile(name, []byte("damaged"), 0o666))
	_, err = LoadModel(name)
	require.ErrorContains(t, err, name)
	require.NotErrorIs(t, err, fs.ErrNotExist)
}

// TestParameters: the components of the features are parameters, too.
func TestParameters(t *testing.T) {
	m := softmax.New(4, 2)
	m.Tensors = map[string]softmax.Tensor{"a": {Shape: []int{3}, Data: make([]float32, 3)}, "b": {Shape: []int{2, 2}, Data: make([]float32, 4)}}
	require.Equal(t, 17, Parameters(m))
}
