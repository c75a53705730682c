//go:build unix

package examples_test

import (
	"fmt"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// copyData returns a new folder with the files of the data set.
func (w *workshop) copyData(t *testing.T) string {
	dir := t.TempDir()
	require.NoError(t, os.CopyFS(dir, os.DirFS(w.data)))
	return dir
}

// makePipe makes a pipe without a writer, in place of a file.
func makePipe(t *testing.T, elem ...string) string {
	name := filepath.Join(elem...)
	os.Remove(name)
	require.NoError(t, syscall.Mkfifo(name, 0o666))
	return name
}

// testPipes: every program refuses an input that is a pipe. It does not wait
// for somebody to write to it.
func (w *workshop) testPipes(t *testing.T) {
	dir := t.TempDir()
	pipe, picture := makePipe(t, dir, "pipe"), filepath.Join(w.pictures, "3_brush.png")
	folder, data, labels := t.TempDir(), w.copyData(t), w.copyData(t)
	makePipe(t, folder, "3_pipe.png")
	makePipe(t, folder, "4_pipe.png")
	makePipe(t, data, "train-images-idx3-ubyte")
	makePipe(t, labels, "train-labels-idx1-ubyte")
	manifest, classes := t.TempDir(), w.copyData(t)
	makePipe(t, manifest, "manifest.csv")
	makePipe(t, classes, "classes.txt")
	for _, line := range [][]string{
		{"predict", pipe},
		{"predict", "/dev/stdin"},
		{"predict", "-model", pipe, picture},
		{"predict", folder},
		{"predict", manifest},
		{"evaluate", "-pictures", folder},
		{"evaluate", "-pictures", manifest},
		{"evaluate", "-pictures", pipe},
		{"evaluate", "-model", pipe, "-pictures", w.pictures},
		{"evaluate", "-suspects", "-data", data},
		{"train", "-data", pipe},
		{"train", "-data", data},
		{"train", "-data", labels},
		{"train", "-data", classes},
		{"train", "-data", data, "-stream"},
		{"train", "-data", labels, "-stream"},
		{"train", "-pictures", folder},
		{"train", "-pictures", manifest},
		{"export", "-data", data, "-set", "train", "-out", "new"},
		{"export", "-data", classes, "-out", "new"},
		{"export", "-images", pipe, "-labels", pipe, "-out", "new"},
		{"export", "-images", filepath.Join(w.data, "t10k-images-idx3-ubyte"), "-labels", pipe, "-out", "new"},
		{"export", "-pack", folder, "-out", "new"},
		{"export", "-pack", manifest, "-out", "new"},
		{"inspect", pipe},
		{"inspect", "/dev/stdin"},
		{"bench", "-data", pipe},
		{"bench", "-data", data},
		{"tutorial", "-data", data},
		{"serve", "-listen", "localhost:0", "-model", pipe},
	} {
		t.Run(strings.Join(line, " "), func(t *testing.T) {
			r := w.command(t, dir, line[0], line[1:]...)
			_, err := r.StdinPipe() // nobody writes to it
			require.NoError(t, err)
			require.Error(t, r.Run())
			require.Equal(t, 1, r.ProcessState.ExitCode(), "it was not killed because it waited")
			require.Regexp(t, "pipe|regular file|no pictures|can be read", r.output.String())
			t.Log(r.output.String())
		})
	}
}

// hugePicture writes a picture that takes long to decode and to read.
func hugePicture(t *testing.T, name string) {
	g := image.NewGray(image.Rect(0, 0, 7900, 7900))
	for y := range 7900 {
		for x := range 7900 {
			if x%40 < 8 && y%56 < 20 && x%8 != 3 {
				continue
			}
			g.Pix[y*g.Stride+x] = 255 - uint8(x*y%16)
		}
	}
	f, err := os.Create(name)
	require.NoError(t, err)
	defer f.Close()
	require.NoError(t, (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(f, g))
}

// testSignals: the first signal ends every program, whatever it is doing.
func (w *workshop) testSignals(t *testing.T) {
	huge, many := t.TempDir(), t.TempDir()
	first := filepath.Join(huge, "3_huge.png")
	hugePicture(t, first)
	for i := range 30 { // they take longer than any wait below
		require.NoError(t, os.Link(first, filepath.Join(huge, fmt.Sprintf("3_huge_%d.png", i))))
	}
	writeData(t, many, 20_000)
	shows := []string{"-show", w.pictures, w.pictures, w.pictures, w.pictures, w.pictures, w.pictures, w.pictures, w.pictures}
	const killed = -1
	for _, tt := range []struct {
		what   string
		wait   time.Duration
		status int
		line   []string
	}{
		{"decoding", 300 * time.Millisecond, 1, []string{"predict", huge}},
		{"preparing", 3 * time.Second, 1, []string{"predict", huge}},
		{"evaluating", 2 * time.Second, 1, []string{"evaluate", "-pictures", huge}},
		{"packing", 2 * time.Second, 1, []string{"export", "-pack", huge, "-out", "new"}},
		{"standard input", 300 * time.Millisecond, 1, []string{"predict", "-"}},
		{"standard input", 300 * time.Millisecond, 1, []string{"inspect", "-"}},
		{"standard output", 2 * time.Second, 1, append([]string{"predict"}, shows...)},
		{"training", time.Second, 0, []string{"train", "-data", w.data, "-epochs", "1000000", "-out", "model"}},
		{"extending", time.Second, 1, []string{"train", "-data", many, "-recipe", "reader", "-out", "model"}},
		{"writing", 500 * time.Millisecond, 1, []string{"export", "-data", many, "-set", "train", "-out", "new"}},
		{"measuring", 2 * time.Second, 1, []string{"bench", "-data", many}},
		{"serving", time.Second, 0, []string{"serve", "-listen", "localhost:0"}},
		{"training", time.Second, killed, []string{"tutorial", "-data", many, w.pictures}},
		{"drawing", 300 * time.Millisecond, 1, []string{"draw", "-sheet", "sheet.png"}},
	} {
		t.Run(tt.line[0]+" "+tt.what, func(t *testing.T) {
			dir := t.TempDir()
			r := w.command(t, dir, tt.line[0], tt.line[1:]...)
			stdin, err := r.StdinPipe() // nobody writes to it
			require.NoError(t, err)
			defer stdin.Close()
			if tt.what == "standard output" { // nobody reads it
				reader, writer, err := os.Pipe()
				require.NoError(t, err)
				defer reader.Close()
				defer writer.Close()
				r.Stdout = writer
			}
			require.NoError(t, r.Start())
			time.Sleep(tt.wait)
			begin := time.Now()
			require.NoError(t, r.Process.Signal(os.Interrupt), "it still ran")
			_ = r.Wait()
			took := time.Since(begin)
			require.Equal(t, tt.status, r.ProcessState.ExitCode(), r.output.String())
			require.Less(t, took, 5*time.Second, "a second on a quiet machine")
			if tt.status == 0 && tt.line[0] == "train" {
				require.FileExists(t, filepath.Join(dir, "model"), "the model is kept")
			} else if tt.status != killed {
				require.Empty(t, content(t, dir))
			}
			t.Logf("%v, status %d: %s", took.Round(time.Millisecond), tt.status, r.output.String())
		})
	}
}
