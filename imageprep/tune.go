package imageprep

import (
	"image"
	"os"
	"strconv"
)

func envf(k string, d float64) float64 {
	if v, err := strconv.ParseFloat(os.Getenv(k), 64); err == nil {
		return v
	}
	return d
}

// double returns g at twice its size, by linear interpolation.
func Double(g *image.Gray) *image.Gray { return double(g) }

func double(g *image.Gray) *image.Gray {
	w, h := g.Rect.Dx(), g.Rect.Dy()
	out := image.NewGray(image.Rect(0, 0, 2*w, 2*h))
	for y := range 2 * h {
		y0 := (y - 1) >> 1
		wy := 3 - 2*(y&1^1) // weight of y0: 3 if y is odd, 1 if even
		a, b := row(g, max(y0, 0)), row(g, min(y0+1, h-1))
		_ = wy
		for x := range 2 * w {
			x0 := (x - 1) >> 1
			l, r := max(x0, 0), min(x0+1, w-1)
			fx, fy := 1, 1
			if x&1 == 1 {
				fx = 3
			}
			if y&1 == 1 {
				fy = 3
			}
			v := fy*(fx*int(a[l])+(4-fx)*int(a[r])) + (4-fy)*(fx*int(b[l])+(4-fx)*int(b[r]))
			out.Pix[y*out.Stride+x] = uint8((v + 8) / 16)
		}
	}
	return out
}

// Pieces, if set, gets the labels of the pieces.
var Pieces func(ink *image.Gray, label []int32)
