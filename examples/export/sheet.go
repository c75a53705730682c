package main

import (
	"context"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"io"
	"maps"
	"math"
	"slices"
	"strconv"

	"github.com/seed-cd6415d7/digits/dataset"
	"github.com/seed-cd6415d7/digits/examples/internal/cli"
	"github.com/seed-cd6415d7/digits/examples/internal/sheet"
)

// Sizes in pixels.
const (
	gap         = 1  // between pictures
	labelWidth  = 32 // at the left of each class
	labelHeight = 10
	edge        = 4          // of the sheet
	maxSheet    = 64_000_000 // in all, so that people can open the sheet
)

// contactSheet draws the pictures, class by class.
func contactSheet(ctx context.Context, set *dataset.Set, o *options, stdout io.Writer) error {
	classes := map[int][]*image.Gray{}
	n := 0
	for it := range o.items(ctx, set) {
		n++
		classes[it.label] = append(classes[it.label], it.image)
	}
	if err := check(ctx, n); err != nil {
		return err
	}
	m, err := drawSheet(classes, n)
	if err != nil {
		return err
	}
	if err := sheet.Save(o.sheet, o.inverted(m)); err != nil {
		return err
	}
	_, err = fmt.Fprintf(stdout, "%d pictures of %d classes in %s\n", n, len(classes), cli.Printable(o.sheet))
	return err
}

// drawSheet draws n pictures of one size. The sheet is about square. Each class
// begins a new row.
func drawSheet(classes map[int][]*image.Gray, n int) (*image.Gray, error) {
	labels := slices.Sorted(maps.Keys(classes))
	size := classes[labels[0]][0].Rect.Size()
	cell := size.Add(image.Pt(gap, max(gap, labelHeight+gap-size.Y))) // room for a label
	columns := int(math.Ceil(math.Sqrt(float64(n) * float64(cell.Y) / float64(cell.X))))
	rows := 0
	for _, label := range labels {
		rows += (len(classes[label]) + columns - 1) / columns
	}
	width, height := 2*edge+labelWidth+columns*cell.X, 2*edge+rows*cell.Y
	if width > maxSheet/height {
		return nil, fmt.Errorf("a sheet of %d x %d pixels is too large: ask for fewer pictures with -n", width, height)
	}
	m := image.NewGray(image.Rect(0, 0, width, height))
	draw.Draw(m, m.Rect, &image.Uniform{C: color.Gray{Y: 48}}, image.Point{}, draw.Src)
	y := edge
	for _, label := range labels {
		sheet.DrawText(m, image.Pt(edge, y+(size.Y-labelHeight)/2), labelWidth, strconv.Itoa(label), color.RGBA{255, 255, 255, 255})
		for i, g := range classes[label] {
			if i > 0 && i%columns == 0 {
				y += cell.Y
			}
			at := image.Pt(edge+labelWidth+i%columns*cell.X, y)
			draw.Draw(m, g.Rect.Add(at), g, image.Point{}, draw.Src)
		}
		y += cell.Y
	}
	return m, nil
}
