package labelled

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestFind: the rest is tested in examples/evaluate.
func TestFind(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		name = filepath.Join(dir, filepath.FromSlash(name))
		require.NoError(t, os.MkdirAll(filepath.Dir(name), 0o777))
		require.NoError(t, os.WriteFile(name, []byte(text), 0o666))
	}
	for _, name := range []string{"unnamed.png", ".hidden/1_2.png", "notes.txt"} {
		write(name, "")
	}
	_, err := Find(dir)
	require.ErrorContains(t, err, "no labelled pictures in "+dir)
	write("anna/8_3.JPG", "")
	list, err := Find(dir)
	require.NoError(t, err)
	require.Len(t, list, 2, "those without a label too")
	require.Equal(t, []string{"anna/8_3.JPG", "8", "jpg", "anna"}, []string{list[0].Path, list[0].Label, list[0].Kind, list[0].Folder()})
	require.Equal(t, []string{"unnamed.png", "", "png", "."}, []string{list[1].Path, list[1].Label, list[1].Kind, list[1].Folder()})
	require.Equal(t, filepath.Join(dir, "anna", "8_3.JPG"), list[0].Name)

	write("manifest.csv", "path,label,kind\nunnamed.png,7,scan\nanna/8_3.JPG,8,photo\n")
	list, err = Find(dir)
	require.NoError(t, err)
	require.Len(t, list, 2)
	require.Equal(t, []string{"unnamed.png", "7", "scan"}, []string{list[0].Path, list[0].Label, list[0].Kind})
}
