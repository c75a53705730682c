package imageprep

import (
	"image"
)

// maxPixels bounds the work that a picture may claim: 268 million pixels, more than any camera makes. An image.Image may
// claim any bounds without owning a single pixel (image.Uniform claims 4e18).
const maxPixels = 1 << 28

// Shrink returns the grey picture of img, as [Luminance] does, but with its longer side shrunk to at most side pixels by
// an area average: each pixel of the result is the mean of what it covers, rounded once, in integer arithmetic. A smaller
// picture keeps its size. The result starts at (0, 0).
//
// Memory goes with side, never with the size of img. The error, a [*SizeError], tells of a picture without a pixel or of
// more than 268 million.
func Shrink(img image.Image, side int) (*image.Gray, error) {
	mustHave(img)
	if side < 1 {
		panic("imageprep: side < 1, want at least one pixel")
	}
	b := img.Bounds()
	if err := checkSize(b); err != nil {
		return nil, err
	}
	width, height := b.Dx(), b.Dy()
	read := newGreyRow(img, groundOf(img))
	if max(width, height) <= side {
		g := image.NewGray(b)
		readGrey(g, read)
		g.Rect = image.Rect(0, 0, width, height)
		return g, nil
	}
	w, h := fit(width, height, side)
	g := image.NewGray(image.Rect(0, 0, w, h))
	areaAverage(g, read, b)
	return g, nil
}

func checkSize(b image.Rectangle) error {
	if b.Empty() {
		return &SizeError{Bounds: b, Want: "at least 1x1", Advice: "check that the picture was read, or that its part lies within it"}
	}
	// The sides of hostile bounds overflow int and come out negative.
	w, h := b.Dx(), b.Dy()
	if w <= 0 || h <= 0 || w > maxPixels/h {
		return &SizeError{Bounds: b, Want: "at most 268435456 pixels", Advice: "shrink the picture or cut the digit out"}
	}
	return nil
}

// fit scales width x height so that the longer side becomes side; the other is rounded, but at least 1.
func fit(width, height, side int) (w, h int) {
	longer := int64(max(width, height))
	scale := func(v int) int { return max(1, int((2*int64(v)*int64(side)+longer)/(2*longer))) }
	return scale(width), scale(height)
}

// areaAverage fills g with the means of read's pixels within b, which is larger than g.
//
// Along one side let n source pixels become m <= n. In units of 1/(n m) of that side source pixel x covers
// [x m, (x+1) m) and result pixel i covers [i n, (i+1) n), so every overlap is an integer and those of one result pixel
// add up to n. A source pixel overlaps two result pixels at most.
func areaAverage(g *image.Gray, read greyRow, b image.Rectangle) {
	width, height := uint64(b.Dx()), uint64(b.Dy())
	h := uint64(g.Rect.Dy())
	line := make([]uint64, g.Rect.Dx()+1) // one source row, averaged across; one cell more takes overlaps of width 0
	sum := make([]uint64, g.Rect.Dx())    // source rows, averaged down: at most 255 width height < 2^36
	buf := make([]uint8, min(b.Dx(), chunk))
	area := width * height

	j, left := 0, height // left is what row j of the result still lacks
	for y := range b.Dy() {
		clear(line)
		for x := 0; x < b.Dx(); x += chunk {
			part := buf[:min(chunk, b.Dx()-x)]
			read(part, b.Min.X+x, b.Min.Y+y)
			averageAcross(line, part, uint64(x), width)
		}
		take := min(left, h)
		for i := range sum {
			sum[i] += take * line[i]
		}
		if left -= take; left > 0 {
			continue
		}
		out := row(g, j)
		for i, s := range sum {
			out[i] = uint8((s + area/2) / area)
			sum[i] = (h - take) * line[i]
		}
		j, left = j+1, height-(h-take)
	}
}

// averageAcross adds to line the part of a source row of the given width that starts at column x.
func averageAcross(line []uint64, part []uint8, x, width uint64) {
	w := uint64(len(line) - 1)
	i := x * w / width
	left := (i+1)*width - x*w
	sum := uint64(0)
	for _, v := range part {
		if left > w {
			sum += uint64(v)
			left -= w
			continue
		}
		line[i] += w*sum + left*uint64(v)
		i++
		line[i] += (w - left) * uint64(v)
		left += width - w
		sum = 0
	}
	line[i] += w * sum
}
