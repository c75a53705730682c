package main

import (
	"context"
	"errors"
	"fmt"
	"image"

	"github.com/seed-cd6415d7/digits/imageprep"
	"github.com/seed-cd6415d7/digits/softmax"
)

// predictions measures Predict and Evaluate, with a model of the pixels.
func predictions(ctx context.Context, b *bench) (*part, error) {
	l := newLearner(b, 100)
	if _, err := l.epoch(ctx); err != nil {
		return nil, err
	}
	n, pixels := b.test.Len(), b.test.Width*b.test.Height
	bytes := softmax.Bytes(b.test.Images)
	floats := softmax.Floats(b.test.Map(pixels, func(dst []float32, img *image.Gray) { imageprep.Float32(dst, img) }))
	p := &part{title: "Prediction: one row of pixels, 1 core"}
	add := func(name string, row func(i int) softmax.Rows) {
		const times = 200_000
		p.measurements = append(p.measurements, &measurement{name: name, unit: "ns", cores: 1, run: timed(times, func(i int) error {
			if class, _ := l.model.Predict(row(i)); class < 0 {
				return errors.New("no class")
			}
			return nil
		})})
	}
	// A row is converted to the interface once, as it would be by a caller who
	// has it: the conversion allocates.
	rows := func(from func(at int) softmax.Rows) []softmax.Rows {
		all := make([]softmax.Rows, n)
		for i := range all {
			all[i] = from(i * pixels)
		}
		return all
	}
	bytesRows := rows(func(at int) softmax.Rows { return bytes[at : at+pixels] })
	floatsRows := rows(func(at int) softmax.Rows { return floats[at : at+pixels] })
	add("bytes, the same row again and again", func(int) softmax.Rows { return bytesRows[0] })
	add("bytes, different rows in turn", func(i int) softmax.Rows { return bytesRows[i%n] })
	add("floats, the same row again and again", func(int) softmax.Rows { return floatsRows[0] })
	add("floats, different rows in turn", func(i int) softmax.Rows { return floatsRows[i%n] })
	p.measurements = append(p.measurements, &measurement{
		name: fmt.Sprintf("Evaluate on %s rows of bytes", grouped(n)), unit: "ms", cores: 1,
		run: timed(10, func(int) error {
			if r := l.model.Evaluate(bytes, b.test.Labels); r.Rows() != n {
				return fmt.Errorf("%d rows", r.Rows())
			}
			return nil
		}),
	})
	return p, nil
}
