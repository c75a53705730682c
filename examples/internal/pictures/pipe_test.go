//go:build unix

package pictures

import (
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestPipe: a pipe without a writer is refused at once. To open it would wait
// for a writer.
func TestPipe(t *testing.T) {
	dir := folder(t, "0_a.png")
	pipe := filepath.Join(dir, "1_a.png")
	require.NoError(t, syscall.Mkfifo(pipe, 0o666))
	for _, p := range Find([]string{pipe, dir}, nil, Options{}) {
		if filepath.Base(p.Name) == "1_a.png" {
			_, _, err := p.Decode()
			require.EqualError(t, err, "not a regular file; to read a pipe, give - as the name and redirect the standard input")
		}
	}
	require.NoError(t, syscall.Mkfifo(filepath.Join(dir, manifest), 0o666))
	_, err := FindLabeled(dir, Options{})
	require.ErrorIs(t, err, errIrregular)
	require.ErrorContains(t, err, "manifest.csv: ")
	_, err = FindLabeled(pipe, Options{})
	require.EqualError(t, err, pipe+" is not a folder")
}
