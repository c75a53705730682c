package decode

import (
	"errors"
	"fmt"
	"image"
	"io"
)

// Escapes of run-length encoding. They follow a zero.
const (
	endOfLine   = 0
	endOfBitmap = 1
	skip        = 2 // two bytes follow: pixels to the right, and rows
)

// runs is the state of the decoder. Its place may be just outside the picture,
// at the end of a row or after the last row.
type runs struct {
	*bmp
	img  *image.Paletted
	x, y int
	rest []byte
}

// errOutside means that pixels follow the last row.
var errOutside = errors.New("bmp: runs of pixels leave the picture")

// readRuns decodes RLE8 and RLE4. Pixels that the file skips have the first
// color of the palette. Pixels beyond the end of a row are ignored: some
// programs fill up their last byte. The data must not end before the picture
// does.
func (b *bmp) readRuns(img *image.Paletted) error {
	r := &runs{bmp: b, img: img, rest: b.pixels}
	for {
		if len(r.rest) < 2 {
			if r.y >= b.height || r.y == b.height-1 && r.x == b.width {
				return nil
			}
			return fmt.Errorf("bmp: %w", io.ErrUnexpectedEOF)
		}
		n, v := int(r.rest[0]), r.rest[1]
		r.rest = r.rest[2:]
		var err error
		switch {
		case n > 0:
			err = r.put(n, func(int) uint8 { return v })
		case v == endOfLine:
			r.x, r.y = 0, r.y+1
		case v == endOfBitmap:
			return nil
		case v == skip:
			err = r.skip()
		default:
			err = r.copy(int(v))
		}
		if err != nil {
			return err
		}
	}
}

// put writes n pixels. data returns the byte at an index: a pixel, or two.
func (r *runs) put(n int, data func(i int) uint8) error {
	if r.y >= r.height {
		return errOutside
	}
	row := r.img.Pix[r.row(r.y)*r.img.Stride:][r.x:r.width]
	for i := range row[:min(n, len(row))] {
		switch {
		case r.bits == 8:
			row[i] = data(i)
		case i%2 == 0:
			row[i] = data(i/2) >> 4
		default:
			row[i] = data(i/2) & 15
		}
	}
	r.x = min(r.x+n, r.width)
	return nil
}

// copy writes n pixels that follow as they are. They fill an even number of
// bytes.
func (r *runs) copy(n int) error {
	size := (n*r.bits + 7) / 8
	if size > len(r.rest) {
		return fmt.Errorf("bmp: %w", io.ErrUnexpectedEOF)
	}
	data := r.rest[:size]
	r.rest = r.rest[min(size+size%2, len(r.rest)):]
	return r.put(n, func(i int) uint8 { return data[i] })
}

func (r *runs) skip() error {
	if len(r.rest) < 2 {
		return fmt.Errorf("bmp: %w", io.ErrUnexpectedEOF)
	}
	r.x, r.y = r.x+int(r.rest[0]), r.y+int(r.rest[1])
	r.rest = r.rest[2:]
	if r.x > r.width || r.y > r.height {
		return errOutside
	}
	return nil
}
