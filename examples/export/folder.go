package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image/png"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"github.com/seed-cd6415d7/digits/dataset"
	"github.com/seed-cd6415d7/digits/examples/internal/cli"
)

// folder writes the pictures to a new folder, one PNG file each. The folder has
// another name until it is complete. To sync and rename every single file would
// take about 20 times as long. So nothing is synced: after a power failure, the
// user can export the pictures again.
func folder(ctx context.Context, set *dataset.Set, o *options, stdout io.Writer) (err error) {
	out := filepath.Clean(o.out)
	part := out + ".part"
	if err := os.Mkdir(part, 0o777); errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s already exists: another export is running, or was killed; in that case remove the folder first", part)
	} else if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			os.RemoveAll(part)
		}
	}()
	// All processors encode, and this goroutine writes. More writers would not
	// help: the kernel creates one file of a folder at a time.
	n := 0
	for f := range cli.InOrder(ctx, o.items(ctx, set), o.encode) {
		if f.err != nil {
			return f.err
		}
		if err := os.WriteFile(filepath.Join(part, f.name), f.data.Bytes(), 0o666); err != nil {
			return err
		}
		n++
	}
	if err := check(ctx, n); err != nil {
		return err
	}
	if err := os.Rename(part, out); err != nil {
		return err
	}
	_, err = fmt.Fprintf(stdout, "%d pictures in %s\n", n, cli.Printable(o.out))
	return err
}

// A file is a picture as PNG, or an error.
type file struct {
	name string
	data bytes.Buffer
	err  error
}

// encoder does not compress: that takes half the time of png.BestSpeed. MNIST's
// files have 885 bytes and not 310, but either way a file usually takes a block
// of 4,096 bytes on a disk.
var encoder = png.Encoder{CompressionLevel: png.NoCompression, BufferPool: new(encoderBuffers)}

func (o *options) encode(it item) *file {
	f := &file{name: fmt.Sprintf("%d_%d.png", it.label, it.index)}
	f.err = encoder.Encode(&f.data, o.inverted(it.image))
	return f
}

// encoderBuffers keeps the buffers of the PNG encoder for the next picture. They
// are much larger than a picture.
type encoderBuffers struct{ pool sync.Pool }

func (b *encoderBuffers) Get() *png.EncoderBuffer {
	buffer, _ := b.pool.Get().(*png.EncoderBuffer)
	return buffer // for nil, the encoder allocates one
}

func (b *encoderBuffers) Put(buffer *png.EncoderBuffer) { b.pool.Put(buffer) }
