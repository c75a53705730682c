//go:build unix

package main

import (
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestPipe: a pipe without a writer is refused at once, with advice.
func TestPipe(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "pipe")
	require.NoError(t, syscall.Mkfifo(pipe, 0o666))
	_, err := open(t.Context(), pipe, nil)
	require.EqualError(t, err, "a pipe, not a file: to read from a pipe, use - and the standard input")
	_, err = open(t.Context(), filepath.Dir(pipe), nil)
	require.EqualError(t, err, "a folder")
}
