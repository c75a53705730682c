package main

import (
	"context"
	"fmt"
	"image"
	"math"

	"github.com/seed-cd6415d7/digits/imageprep"
)

// preparations measures what comes before the model.
func preparations(_ context.Context, b *bench) (*part, error) {
	const times = 10_000
	pixels, vector := make([]float32, imageprep.Size*imageprep.Size), make([]float32, imageprep.DefaultHOG().Len())
	features := &measurement{
		name: "Deskew and HOG.Vector, images in turn", unit: "µs", cores: 1,
		run: timed(times, func(i int) error {
			imageprep.DefaultHOG().Vector(vector, imageprep.Deskew(pixels, b.test.Image(i%b.test.Len())))
			return nil
		}),
	}
	photo := drawPhoto()
	prepare := &measurement{
		name: "Prepare of a decoded photograph of 4000x3000 pixels", unit: "ms", cores: 1,
		run: timed(2, func(int) error {
			d, err := imageprep.Prepare(photo, nil)
			if err == nil && d.Polarity != imageprep.DarkInk {
				err = fmt.Errorf("polarity %v", d.Polarity)
			}
			return err
		}),
	}
	return &part{title: "Preparation: an image, 1 core", measurements: []*measurement{features, prepare}}, nil
}

// drawPhoto draws a 2 with a pen on paper, in the form that a JPEG file decodes
// to.
func drawPhoto() *image.YCbCr {
	two := [][2]float64{{.32, .3}, {.4, .2}, {.55, .18}, {.66, .27}, {.64, .42}, {.3, .8}, {.7, .78}} // of the height
	const width, height, paper, ink = 4000, 3000, 225, 45
	photo := image.NewYCbCr(image.Rect(0, 0, width, height), image.YCbCrSubsampleRatio420)
	const cell = 10 // drawn at once
	for y := 0; y < height; y += cell {
		for x := 0; x < width; x += cell {
			d := math.Inf(1)
			for k := range two[1:] {
				a, b := two[k], two[k+1]
				d = min(d, toSegment(float64(x)/height-.15, float64(y)/height, a[0], a[1], b[0], b[1]))
			}
			cover := min(max((.04-d)*height/cell, 0), 1)
			for i := range cell * cell {
				photo.Y[photo.YOffset(x+i%cell, y+i/cell)] = uint8(math.Round(paper + cover*(ink-paper)))
			}
		}
	}
	for i := range photo.Cb {
		photo.Cb[i], photo.Cr[i] = 120, 131 // of a lamp
	}
	return photo
}

// toSegment returns the distance of a point from the segment of a line.
func toSegment(x, y, x0, y0, x1, y1 float64) float64 {
	dx, dy := x1-x0, y1-y0
	t := min(max(((x-x0)*dx+(y-y0)*dy)/(dx*dx+dy*dy), 0), 1)
	return math.Hypot(x-x0-t*dx, y-y0-t*dy)
}
