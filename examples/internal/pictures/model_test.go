package pictures

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/seed-cd6415d7/digits/examples/internal/toymodel"
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
