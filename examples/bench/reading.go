package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"image"
	"os"
	"path/filepath"
	"runtime"

	"github.com/seed-cd6415d7/digits/dataset"
	"github.com/seed-cd6415d7/digits/idx"
	"github.com/seed-cd6415d7/digits/imageprep"
	"github.com/seed-cd6415d7/digits/softmax"
)

// raw and compressed are folders with the four files of the data.
func (b *bench) raw() string        { return filepath.Join(b.folder, "raw") }
func (b *bench) compressed() string { return filepath.Join(b.folder, "compressed") }

// writeFolders makes both folders.
func (b *bench) writeFolders() error {
	err := errors.Join(os.Mkdir(b.raw(), 0o777), os.Mkdir(b.compressed(), 0o777))
	for prefix, s := range map[string]*dataset.Set{"train": b.train, "t10k": b.test} {
		labels := make([]uint8, s.Len())
		for i, label := range s.Labels {
			labels[i] = uint8(label)
		}
		err = errors.Join(err,
			b.writeFile(prefix+"-images-idx3-ubyte", &idx.Array[uint8]{Dims: []int{s.Len(), s.Height, s.Width}, Data: s.Images}),
			b.writeFile(prefix+"-labels-idx1-ubyte", &idx.Array[uint8]{Dims: []int{s.Len()}, Data: labels}))
	}
	return err
}

// writeFile writes a file to both folders. If the user's folder has the file in
// compressed form, writeFile copies it.
func (b *bench) writeFile(name string, a *idx.Array[uint8]) error {
	var raw, packed bytes.Buffer
	err := idx.Encode(&raw, a)
	data, missing := os.ReadFile(filepath.Join(b.data.Data, name+".gz"))
	if missing != nil {
		z := gzip.NewWriter(&packed)
		z.Write(raw.Bytes()) // Close returns the error, if there is one
		err = errors.Join(err, z.Close())
		data = packed.Bytes()
	}
	return errors.Join(err, os.WriteFile(filepath.Join(b.raw(), name), raw.Bytes(), 0o666),
		os.WriteFile(filepath.Join(b.compressed(), name+".gz"), data, 0o666))
}

// loads measures dataset.Load.
func loads(_ context.Context, b *bench) *part {
	cores := min(2, runtime.NumCPU())
	p := &part{title: fmt.Sprintf("Load: %s images from the four files, %s", withCommas(b.train.Len()+b.test.Len()), coresText(cores))}
	load := func(folder string) runner {
		return timed(1, func(int) error {
			_, _, err := dataset.Load(os.DirFS(folder))
			return err
		})
	}
	compressed := p.add("compressed", "ms", cores, load(b.compressed()))
	compressed.short = compressed.name
	p.add("uncompressed", "ms", cores, load(b.raw())).than = compressed
	return p
}

// predictions measures Predict and Evaluate, with a model of the pixels.
func predictions(ctx context.Context, b *bench) *part {
	p := &part{title: "Prediction, 1 core"}
	l := newLearner(b, 100)
	if _, err := l.run(ctx); err != nil {
		b.leaveOut(ctx, "prediction", err)
		return p
	}
	// Each row becomes an interface value before the clock starts: that needs
	// memory.
	rows := make([]softmax.Rows, b.test.Len())
	for i := range rows {
		rows[i] = softmax.Bytes(b.test.Pixels(i))
	}
	predict := func(rows []softmax.Rows) runner {
		return timed(200_000, func(i int) error {
			l.model.Predict(rows[i%len(rows)])
			return nil
		})
	}
	p.add("one row of bytes, the same again and again", "ns", 1, predict(rows[:1]))
	p.add("one row of bytes, different ones in turn", "ns", 1, predict(rows))
	p.add(fmt.Sprintf("Evaluate on %s rows of bytes", withCommas(len(rows))), "ms", 1, timed(10, func(int) error {
		l.model.Evaluate(softmax.Bytes(b.test.Images), b.test.Labels)
		return nil
	}))
	return p
}

// preparations measures how a picture becomes the input of a model.
func preparations(_ context.Context, b *bench) *part {
	p := &part{title: "Preparation: an image, 1 core"}
	pixels, vector := make([]float32, imageprep.Size*imageprep.Size), make([]float32, imageprep.DefaultHOG().Len())
	p.add("Deskew and HOG.Vector, images in turn", "µs", 1, timed(10_000, func(i int) error {
		imageprep.DefaultHOG().Vector(vector, imageprep.Deskew(pixels, b.test.Image(i%b.test.Len())))
		return nil
	}))
	photo := drawPhoto()
	p.add("Prepare of a decoded photograph of 4000x3000 pixels", "ms", 1, timed(2, func(int) error {
		d, err := imageprep.Prepare(photo, nil)
		if err == nil && d.Polarity != imageprep.DarkInk {
			err = fmt.Errorf("polarity %v", d.Polarity)
		}
		return err
	}))
	return p
}

// drawPhoto draws a 2 with a pen on paper, in the form that a decoder makes of a
// JPEG file.
func drawPhoto() *image.YCbCr {
	const width, height, paper, ink, pen = 4000, 3000, 225, 45, 120 // pen is its radius
	photo := image.NewYCbCr(image.Rect(0, 0, width, height), image.YCbCrSubsampleRatio420)
	for i := range photo.Y {
		photo.Y[i] = paper
	}
	for i := range photo.Cb {
		photo.Cb[i], photo.Cr[i] = 120, 131 // light of a lamp
	}
	two := [][2]int{{1410, 900}, {1650, 600}, {2100, 540}, {2430, 810}, {2370, 1260}, {1350, 2400}, {2550, 2340}}
	for k, from := range two[:len(two)-1] {
		to := two[k+1]
		for i := range 100 { // discs along the line
			cx, cy := from[0]+(to[0]-from[0])*i/100, from[1]+(to[1]-from[1])*i/100
			for y := -pen; y <= pen; y++ {
				for x := -pen; x <= pen; x++ {
					if x*x+y*y <= pen*pen {
						photo.Y[photo.YOffset(cx+x, cy+y)] = ink
					}
				}
			}
		}
	}
	return photo
}
