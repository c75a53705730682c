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
	"time"

	"github.com/seed-cd6415d7/digits/dataset"
	"github.com/seed-cd6415d7/digits/idx"
)

// module is the path of this module.
const module = "github.com/seed-cd6415d7/digits"

// raw and compressed are folders with the four files of the data.
func (b *bench) raw() string        { return filepath.Join(b.folder, "raw") }
func (b *bench) compressed() string { return filepath.Join(b.folder, "compressed") }

// writeFolders makes both folders.
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

// writeFile writes a file to both folders. If the user's folder has the file in
// compressed form, writeFile copies it.
func (b *bench) writeFile(name string, a *idx.Array[uint8]) error {
	var raw bytes.Buffer
	if err := idx.Encode(&raw, a); err != nil {
		return err
	}
	packed, err := os.ReadFile(filepath.Join(b.data.Data, name+".gz"))
	if err != nil {
		var buf bytes.Buffer
		z := gzip.NewWriter(&buf)
		z.Write(raw.Bytes()) // Close returns the error, if there is one
		if err := z.Close(); err != nil {
			return err
		}
		packed = buf.Bytes()
	}
	if err := os.WriteFile(filepath.Join(b.raw(), name), raw.Bytes(), 0o666); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(b.compressed(), name+".gz"), packed, 0o666)
}

// build compiles an example into the temporary folder and returns the program.
func (b *bench) build(ctx context.Context, example string, flags ...string) (program string, err error) {
	program = filepath.Join(b.folder, example)
	if runtime.GOOS == "windows" {
		program += ".exe"
	}
	args := append([]string{"build", "-buildvcs=false", "-o", program}, flags...)
	cmd := exec.CommandContext(ctx, "go", append(args, module+"/examples/"+example)...)
	cmd.WaitDelay = time.Second // for compilers that the go command started
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build: %w %s", err, bytes.TrimSpace(out))
	}
	return program, nil
}
