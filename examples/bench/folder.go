package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/seed-cd6415d7/digits/dataset"
	"github.com/seed-cd6415d7/digits/idx"
)

// module is the path of this module.
const module = "github.com/seed-cd6415d7/digits"

// raw and compressed are folders with the four files of one kind.
func (b *bench) raw() string        { return filepath.Join(b.folder, "raw") }
func (b *bench) compressed() string { return filepath.Join(b.folder, "compressed") }

// writeFolders makes both. Files that are compressed in the folder of the data
// are used as they are.
func (b *bench) writeFolders() error {
	for _, folder := range []string{b.raw(), b.compressed()} {
		if err := os.Mkdir(folder, 0o777); err != nil {
			return err
		}
	}
	for prefix, s := range map[string]*dataset.Set{"train": b.train, "t10k": b.test} {
		labels := make([]uint8, s.Len())
		for i, label := range s.Labels {
			labels[i] = uint8(label)
		}
		images := &idx.Array[uint8]{Dims: []int{s.Len(), s.Height, s.Width}, Data: s.Images}
		if err := b.writeFile(prefix+"-images-idx3-ubyte", images); err != nil {
			return err
		}
		if err := b.writeFile(prefix+"-labels-idx1-ubyte", &idx.Array[uint8]{Dims: []int{s.Len()}, Data: labels}); err != nil {
			return err
		}
	}
	return nil
}

// writeFile writes a file into both folders.
func (b *bench) writeFile(name string, a *idx.Array[uint8]) error {
	var raw bytes.Buffer
	if err := idx.Encode(&raw, a); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(b.raw(), name), raw.Bytes(), 0o666); err != nil {
		return err
	}
	data, err := os.ReadFile(filepath.Join(b.data.Data, name+".gz"))
	if err != nil { // the folder has another form of it
		var buf bytes.Buffer
		w := gzip.NewWriter(&buf)
		if _, err := w.Write(raw.Bytes()); err != nil {
			return err
		}
		if err := w.Close(); err != nil {
			return err
		}
		data = buf.Bytes()
	}
	return os.WriteFile(filepath.Join(b.compressed(), name+".gz"), data, 0o666)
}

// loads measures dataset.Load.
func loads(_ context.Context, b *bench) (*part, error) {
	cores := min(2, runtime.NumCPU())
	load := func(folder string) func(context.Context) (sample, error) {
		return timed(1, func(int) error {
			_, _, err := dataset.Load(os.DirFS(folder))
			return err
		})
	}
	compressed := &measurement{name: "compressed", short: "compressed", unit: "ms", cores: cores, run: load(b.compressed())}
	raw := &measurement{name: "uncompressed", unit: "ms", cores: cores, than: compressed, run: load(b.raw())}
	title := fmt.Sprintf("Load: %s images from the four files, %s", grouped(b.train.Len()+b.test.Len()), coresText(cores))
	return &part{title: title, measurements: []*measurement{compressed, raw}}, nil
}

func coresText(n int) string {
	if n == 1 {
		return "1 core"
	}
	return fmt.Sprintf("%d cores", n)
}

// build compiles an example into the temporary folder and returns the program.
func (b *bench) build(ctx context.Context, example string, flags ...string) (program string, err error) {
	program = filepath.Join(b.folder, example)
	if runtime.GOOS == "windows" {
		program += ".exe"
	}
	args := append([]string{"build", "-buildvcs=false", "-o", program}, flags...)
	cmd := exec.CommandContext(ctx, "go", append(args, module+"/examples/"+example)...)
	cmd.WaitDelay = time.Second // for the compilers that it started
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build: %w %s", err, bytes.TrimSpace(out))
	}
	return program, nil
}

// lastLine returns the last line that is not empty.
func lastLine(text string) string {
	text = strings.TrimSpace(text)
	return text[strings.LastIndexByte(text, '\n')+1:]
}
