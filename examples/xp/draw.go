package main

import (
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"os"
	"slices"

	"github.com/seed-cd6415d7/digits/examples/internal/sheet"
	"github.com/seed-cd6415d7/digits/examples/reader"
	"github.com/seed-cd6415d7/digits/imageprep"
)

var cells []*image.RGBA

func addCell(name, label string, r *reader.Reader) {
	f, _ := os.Open(name)
	img, o, err := reader.Decode(f)
	f.Close()
	if err != nil {
		return
	}
	var inkP *image.Gray
	var lab []int32
	imageprep.Pieces = func(i *image.Gray, l []int32) { inkP, lab = i, slices.Clone(l) }
	a, _ := r.All(img, o)
	imageprep.Pieces = nil
	if inkP == nil {
		return
	}
	g, _ := imageprep.Shrink(img, 1024)
	g = imageprep.Double(g)
	m := image.NewRGBA(image.Rect(0, 0, 300, 210))
	draw.Draw(m, m.Rect, image.White, image.Point{}, draw.Src)
	b := g.Rect
	k := min(290/float64(b.Dx()), 85/float64(b.Dy()))
	put := func(src *image.Gray, y0 int, inv bool) {
		for y := range int(float64(b.Dy()) * k) {
			for x := range int(float64(b.Dx()) * k) {
				v := src.GrayAt(int(float64(x)/k), int(float64(y)/k)).Y
				if inv {
					v = 255 - v
				}
				m.SetRGBA(x, y+y0, color.RGBA{v, v, v, 255})
			}
		}
	}
	put(g, 0, false)
	for y := range int(float64(b.Dy()) * k) {
		for x := range int(float64(b.Dx()) * k) {
			i := int(float64(y)/k)*b.Dx() + int(float64(x)/k)
			if i >= len(lab) || inkP.Pix[i] < 128 {
				continue
			}
			l := uint32(lab[i]) * 2654435761
			m.SetRGBA(x, y+90, color.RGBA{uint8(l>>24) / 2, uint8(l>>16) / 2, uint8(l>>8) / 2 * 2, 255})
		}
	}
	for i, d := range a {
		bx := d.Box.Sub(img.Bounds().Min)
		c := []color.RGBA{{220, 30, 30, 255}, {0, 140, 60, 255}, {30, 70, 220, 255}}[i%3]
		s := k * float64(b.Dx()) / float64(img.Bounds().Dx())
		x0, y0, x1, y1 := int(float64(bx.Min.X)*s), int(float64(bx.Min.Y)*s)+90, int(float64(bx.Max.X)*s), int(float64(bx.Max.Y)*s)+90
		for x := x0; x <= x1; x++ {
			m.SetRGBA(x, y0, c)
			m.SetRGBA(x, y1, c)
		}
		for y := y0; y <= y1; y++ {
			m.SetRGBA(x0, y, c)
			m.SetRGBA(x1, y, c)
		}
	}
	sheet.DrawText(m, image.Pt(2, 182), 290, label+" READ "+reader.Text(a), color.RGBA{0, 0, 0, 255})
	cells = append(cells, m)
}

func saveCells(name string) {
	const across = 4
	m := image.NewRGBA(image.Rect(0, 0, across*300, (len(cells)+across-1)/across*200))
	draw.Draw(m, m.Rect, image.White, image.Point{}, draw.Src)
	for i, c := range cells {
		draw.Draw(m, c.Rect.Add(image.Pt(i%across*300, i/across*200)), c, image.Point{}, draw.Src)
	}
	f, _ := os.Create(name)
	png.Encode(f, m)
	f.Close()
}
