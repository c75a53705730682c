package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image/png"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"strconv"
	"sync"

	"github.com/seed-cd6415d7/digits/examples/internal/cli"
)

// folder writes a PNG file per picture to a new folder.
//
// To write each beside its place, sync and rename it would take some twenty times
// as long. So the whole folder is made under another name and gets its
// own when it is complete. Nothing is synced: pictures that a power failure
// takes can be exported again.
func (s *source) folder(ctx context.Context, o *options, stdout io.Writer) (err error) {
	out := filepath.Clean(o.out)
	part := out + ".part"
	if err := os.Mkdir(part, 0o777); errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s is there already: another export is at work, or one was killed: then remove it first", part)
	} else if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			os.RemoveAll(part)
		}
	}()
	// Creating files in one folder is what takes the time, and the kernel lets
	// only one thread do it at once: so all encode, and this one writes.
	n := 0
	enc := newEncoder(s, o)
	for files := range cli.InOrder(ctx, batches(s.items(ctx, o)), enc.encode) {
		for _, f := range files {
			if f.err != nil {
				return f.err
			}
			if err := os.WriteFile(filepath.Join(part, f.name), f.data.Bytes(), 0o666); err != nil {
				return err
			}
			enc.reuse(f)
			n++
		}
	}
	if ctx.Err() != nil {
		return fmt.Errorf("stopped, nothing was written: %w", context.Cause(ctx))
	}
	if n == 0 {
		return s.nothing()
	}
	if err := os.Rename(part, out); err != nil {
		return err
	}
	_, err = fmt.Fprintf(stdout, "%d pictures in %s\n", n, cli.Printable(o.out))
	return err
}

func (s *source) nothing() error {
	return fmt.Errorf("%s has no picture that was asked for", s.name)
}

// batches hands on items many at once, so that handing them on costs nothing.
func batches(items iter.Seq[item]) iter.Seq[[]item] {
	const size = 100
	return func(yield func([]item) bool) {
		var batch []item
		for it := range items {
			if batch = append(batch, it); len(batch) == size {
				if !yield(batch) {
					return
				}
				batch = nil
			}
		}
		if batch != nil {
			yield(batch)
		}
	}
}

// A file is a picture as it is written.
type file struct {
	name string
	data *bytes.Buffer
	err  error // instead of both
}

// An encoder makes files of items, in several goroutines at once.
type encoder struct {
	*source
	*options
	png     png.Encoder
	buffers sync.Pool // of *bytes.Buffer
}

// newEncoder sets the level of compression. Without any, MNIST's training set is
// exported in half the time of png.BestSpeed, the next level; its files have 885
// bytes and not 310, but on a disk both take a block of, usually, 4096.
func newEncoder(s *source, o *options) *encoder {
	e := &encoder{source: s, options: o}
	e.png = png.Encoder{CompressionLevel: png.NoCompression, BufferPool: new(encoderBuffers)}
	e.buffers.New = func() any { return new(bytes.Buffer) }
	return e
}

func (e *encoder) encode(items []item) []file {
	files := make([]file, len(items))
	for i, it := range items {
		files[i] = e.encodeOne(it)
	}
	return files
}

func (e *encoder) encodeOne(it item) file {
	if it.err != nil {
		return file{err: it.err}
	}
	b := e.buffers.Get().(*bytes.Buffer)
	b.Reset()
	if err := e.png.Encode(b, e.picture(it, e.options)); err != nil {
		return file{err: fmt.Errorf("picture %d: %w", it.index, err)}
	}
	return file{name: strconv.Itoa(int(it.label)) + "_" + strconv.Itoa(it.index) + ".png", data: b}
}

// reuse takes back what a file was made in.
func (e *encoder) reuse(f file) { e.buffers.Put(f.data) }

// encoderBuffers keeps what the PNG encoder needs for the next picture, which is
// much larger than one.
type encoderBuffers struct{ pool sync.Pool }

func (b *encoderBuffers) Get() *png.EncoderBuffer {
	buffer, _ := b.pool.Get().(*png.EncoderBuffer)
	return buffer // the encoder makes one of nil
}

func (b *encoderBuffers) Put(buffer *png.EncoderBuffer) { b.pool.Put(buffer) }
