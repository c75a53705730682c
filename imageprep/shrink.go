package imageprep

import (
	"encoding/binary"
	"image"
	"math"
	"math/bits"
)

// maxPixels bounds the work for one picture: 268 million pixels, more than any
// camera makes. An image.Image may claim any bounds without memory for them:
// image.Uniform claims 4e18 pixels.
const maxPixels = 1 << 28

// Shrink returns the gray picture of img, see [Luminance], with its longer side
// shrunk to at most side pixels. Each pixel is the mean of the area that it
// covers. The result starts at (0, 0). The error is a [*SizeError] if img has
// no pixels or more than 2^28. Shrink panics if side < 1. Memory grows with
// side, not with img.
func Shrink(img image.Image, side int) (*image.Gray, error) {
	mustHave(img)
	if side < 1 {
		panic("imageprep: side < 1, want at least one pixel")
	}
	b := img.Bounds()
	if err := checkSize(b); err != nil {
		return nil, err
	}
	read := newRowReader(img, backdropOf(img))
	if max(b.Dx(), b.Dy()) <= side {
		return readGray(b, read), nil
	}
	w, h := shrunkSize(b.Dx(), b.Dy(), side)
	g := image.NewGray(image.Rect(0, 0, w, h))
	areaAverage(g, read, b)
	return g, nil
}

func checkSize(b image.Rectangle) error {
	if b.Empty() {
		const advice = "check that the picture was decoded, or that the crop is inside it"
		return &SizeError{Bounds: b, Want: "at least 1x1", Advice: advice}
	}
	// The sides of hostile bounds overflow int and become negative.
	w, h := b.Dx(), b.Dy()
	if w <= 0 || h <= 0 || w > maxPixels/h {
		const advice = "shrink the picture or crop the digit"
		return &SizeError{Bounds: b, Want: "at most 268435456 pixels", Advice: advice}
	}
	return nil
}

// shrunkSize scales width x height so that the longer side becomes side. The
// other side is rounded, and is at least 1.
func shrunkSize(width, height, side int) (w, h int) {
	longer := int64(max(width, height))
	scale := func(v int) int { return max(1, int((2*int64(v)*int64(side)+longer)/(2*longer))) }
	return scale(width), scale(height)
}

// shrunkTo is shrunkSize, but does not enlarge.
func shrunkTo(width, height, side int) (w, h int) {
	if max(width, height) <= side {
		return width, height
	}
	return shrunkSize(width, height, side)
}

// areaAverage fills g with the means of the pixels within b, which is larger
// than g.
//
// Along one side, n source pixels become m <= n result pixels. Let the unit be
// 1/(n m) of that side. Then source pixel x covers [x m, (x+1) m), and result
// pixel i covers [i n, (i+1) n). So every overlap is an integer, and the
// overlaps of one result pixel add up to n.
//
// Source rows inside one result row are added first and averaged across once:
// as many rows as possible at a time.
func areaAverage(g *image.Gray, read rowReader, b image.Rectangle) {
	width, height := uint64(b.Dx()), uint64(b.Dy())
	w, h := g.Rect.Dx(), uint64(g.Rect.Dy())
	area := width * height
	across := make([]uint64, w) // source rows, averaged across
	sum := make([]uint64, w)    // of rows: at most 255 width height < 2^36
	var buf columnSums
	// Multiplying by 2^64/area, rounded up, replaces dividing by area. It
	// is exact for at most maxPixels.
	inverse := math.MaxUint64/area + 1

	y, left := 0, height // left is the height that result row j still lacks
	for j := 0; j < g.Rect.Dy(); {
		rows := min(max(left/h, 1), maxRows)
		clear(across)
		for x := 0; x < b.Dx(); x += chunk {
			n := min(chunk, b.Dx()-x)
			buf.add(read, b.Min.X+x, b.Min.Y+y, n, int(rows))
			averageAcross(across, buf.before[:n+1], uint64(x), width)
		}
		y += int(rows)
		take := min(left, rows*h)
		weight := take / rows // of each row
		for i, v := range across {
			sum[i] += weight * v
		}
		if left -= take; left > 0 {
			continue
		}
		out := row(g, j)
		rest := rows*h - take // the rest of a single row, or 0
		for i, s := range sum {
			mean, _ := bits.Mul64(s+area/2, inverse)
			out[i] = uint8(mean)
			sum[i] = rest * across[i]
		}
		j, left = j+1, height-rest
	}
}

// maxRows is how many rows can be added in 16 bits: 257 times 255 is 65535.
const maxRows = 257

// columnSums are sums of columns over several rows of a chunk.
type columnSums struct {
	rows [2][chunk]uint8

	// Each element holds eight columns in 16-bit lanes: first the even
	// columns, then the odd ones.
	sums [chunk / 8][2]uint64

	before [chunk + 1]uint32 // the sum of all columns before each column
}

// add sums n columns from (x, y) on, over the given number of rows.
func (c *columnSums) add(read rowReader, x, y, n, rows int) {
	const lanes = 0x00ff00ff00ff00ff
	sums := c.sums[:(n+7)/8]
	clear(sums)
	for k := 0; k < rows; k += 2 {
		upper, lower := &c.rows[0], &c.rows[1]
		read(upper[:n], x, y+k)
		if k+1 < rows {
			read(lower[:n], x, y+k+1)
		} else {
			clear(lower[:n])
		}
		for i := range sums {
			v, w := binary.LittleEndian.Uint64(upper[8*i:]), binary.LittleEndian.Uint64(lower[8*i:])
			sums[i][0] += v&lanes + w&lanes
			sums[i][1] += v>>8&lanes + w>>8&lanes
		}
	}
	total := uint32(0)
	for i, s := range sums {
		out := (*[8]uint32)(c.before[8*i:])
		even, odd := s[0], s[1]
		out[0], total = total, total+uint32(even&0xffff)
		out[1], total = total, total+uint32(odd&0xffff)
		out[2], total = total, total+uint32(even>>16&0xffff)
		out[3], total = total, total+uint32(odd>>16&0xffff)
		out[4], total = total, total+uint32(even>>32&0xffff)
		out[5], total = total, total+uint32(odd>>32&0xffff)
		out[6], total = total, total+uint32(even>>48)
		out[7], total = total, total+uint32(odd>>48)
	}
	c.before[8*len(sums)] = total
}

// averageAcross adds a chunk of a source row to sums. The row is width pixels
// long, and the chunk begins at column x. before[i] is the sum of the chunk's
// first i pixels.
func averageAcross(sums []uint64, before []uint32, x, width uint64) {
	w := uint64(len(sums))
	end := x + uint64(len(before)-1)
	i := x * w / width
	// Result pixel i ends part/w of a pixel behind source pixel at.
	at, part := (i+1)*width/w, (i+1)*width%w
	perPixel, rest := width/w, width%w
	sum := uint64(0) // of the chunk, up to the beginning of result pixel i
	for ; at < end; i++ {
		b := before[at-x:][:2]
		next := w*uint64(b[0]) + part*uint64(b[1]-b[0])
		sums[i] += next - sum
		sum = next
		at, part = at+perPixel, part+rest
		if part >= w {
			at, part = at+1, part-w
		}
	}
	if i < w {
		sums[i] += w*uint64(before[end-x]) - sum
	}
}
