package main

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"io"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"unicode/utf8"

	"github.com/seed-cd6415d7/digits/dataset"
	"github.com/seed-cd6415d7/digits/examples/internal/cli"
	"github.com/seed-cd6415d7/digits/examples/internal/prepared"
	"github.com/seed-cd6415d7/digits/examples/internal/sheet"
)

// folder writes the pictures to a new folder, one PNG file each. To sync every
// single file would take about 20 times as long. So nothing is synced: after a
// power failure, the user can export the pictures again.
func folder(ctx context.Context, set *dataset.Set, o *options, stdout io.Writer) error {
	var n int
	err := cli.WriteFolder(o.out, func(folder string) (err error) {
		n, err = o.writePictures(ctx, set, folder)
		return err
	})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(stdout, "%s in %s\n", pictureCount(n), cli.Printable(o.out))
	return err
}

func pictureCount(n int) string { return fmt.Sprintf("%d %s", n, cli.Plural(n, "picture")) }

// writePictures writes the pictures to a folder. It returns their number.
func (o *options) writePictures(ctx context.Context, set *dataset.Set, folder string) (n int, err error) {
	// All processors encode, and this goroutine writes. More writers would not
	// help: the kernel creates one file of a folder at a time.
	for f := range cli.InOrder(ctx, o.items(set), o.encode) {
		if f.err != nil {
			return n, f.err
		}
		if err := os.WriteFile(filepath.Join(folder, f.name), f.data.Bytes(), 0o666); err != nil {
			return n, err
		}
		n++
	}
	return n, check(ctx, n)
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
	f := &file{name: fmt.Sprintf("%s_%d.png", o.fileNames[it.label], it.index)}
	f.err = encoder.Encode(&f.data, o.inverted(it.image))
	return f
}

// encoderBuffers keeps the encoder's buffers, which are larger than pictures.
type encoderBuffers struct{ pool sync.Pool }

func (b *encoderBuffers) Get() *png.EncoderBuffer {
	buffer, _ := b.pool.Get().(*png.EncoderBuffer)
	return buffer // for nil, the encoder allocates one
}

func (b *encoderBuffers) Put(buffer *png.EncoderBuffer) { b.pool.Put(buffer) }

// Sizes in pixels.
const (
	gap         = 1  // between pictures
	labelWidth  = 32 // at the left of each class; more for long names
	labelHeight = 10
	charWidth   = 7

	maxLabelWidth = 20 * charWidth

	edge     = 4          // of the sheet
	maxSheet = 64_000_000 // in all, so that people can open the sheet
)

// contactSheet draws the pictures, class by class.
func contactSheet(ctx context.Context, set *dataset.Set, o *options, stdout io.Writer) error {
	classes := map[int][]*image.Gray{}
	n := 0
	for it := range o.items(set) {
		n++
		classes[it.label] = append(classes[it.label], it.image)
	}
	if err := check(ctx, n); err != nil {
		return err
	}
	m, err := drawSheet(classes, prepared.Names(set), n)
	if err != nil {
		return err
	}
	if err := sheet.Save(o.sheet, o.inverted(m)); err != nil {
		return err
	}
	_, err = fmt.Fprintf(stdout, "%s of %d %s in %s\n", pictureCount(n), len(classes), cli.Plural(len(classes), "class"), cli.Printable(o.sheet))
	return err
}

// drawSheet draws n pictures on a square sheet. Each class begins a new row.
func drawSheet(classes map[int][]*image.Gray, names []string, n int) (*image.Gray, error) {
	labels := slices.Sorted(maps.Keys(classes))
	size := classes[labels[0]][0].Rect.Size()
	cell := size.Add(image.Pt(gap, max(gap, labelHeight+gap-size.Y)))
	columns := int(math.Ceil(math.Sqrt(float64(n) * float64(cell.Y) / float64(cell.X))))
	rowsOf := func(label int) int { return (len(classes[label]) + columns - 1) / columns }
	rows := 0
	for _, label := range labels {
		rows += rowsOf(label)
	}
	name := func(label int) string { return sheet.ClassName(names[label], label) }
	margin := labelWidth
	for _, label := range labels {
		margin = max(margin, min(charWidth*utf8.RuneCountInString(name(label))+gap, maxLabelWidth))
	}
	width, height := 2*edge+margin+columns*cell.X, 2*edge+rows*cell.Y
	if width > maxSheet/height {
		return nil, fmt.Errorf("a sheet of %d x %d pixels is too large: ask for fewer pictures with -n", width, height)
	}
	m := image.NewGray(image.Rect(0, 0, width, height))
	draw.Draw(m, m.Rect, &image.Uniform{C: color.Gray{Y: 48}}, image.Point{}, draw.Src)
	y := edge
	for _, label := range labels {
		at := image.Pt(edge, y+(size.Y-labelHeight)/2)
		sheet.DrawText(m, at, margin, name(label), color.RGBA{255, 255, 255, 255})
		for i, g := range classes[label] {
			at := image.Pt(edge+margin+i%columns*cell.X, y+i/columns*cell.Y)
			draw.Draw(m, g.Rect.Add(at), g, image.Point{}, draw.Src)
		}
		y += rowsOf(label) * cell.Y
	}
	return m, nil
}
