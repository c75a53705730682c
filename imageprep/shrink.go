package imageprep

import (
	"encoding/binary"
	"image"
	"math"
	"math/bits"
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
// add up to n.
//
// Source rows that lie wholly within a row of the result are added before they are averaged across: as many as possible at
// once.
func areaAverage(g *image.Gray, read greyRow, b image.Rectangle) {
	width, height := uint64(b.Dx()), uint64(b.Dy())
	w, h := g.Rect.Dx(), uint64(g.Rect.Dy())
	area := width * height
	line := make([]uint64, w) // source rows, averaged across
	sum := make([]uint64, w)  // and averaged down: at most 255 width height < 2^36
	var buf columns
	// Instead of being divided by the area, a sum is multiplied by 2^64/area, rounded up, which is right as long as there are
	// at most maxPixels.
	inverse := math.MaxUint64/area + 1

	y, left := 0, height // left is what the row of the result still lacks
	for j := 0; j < g.Rect.Dy(); {
		rows := min(max(left/h, 1), maxRows)
		clear(line)
		for x := 0; x < b.Dx(); x += chunk {
			n := min(chunk, b.Dx()-x)
			buf.add(read, b.Min.X+x, b.Min.Y+y, n, int(rows))
			averageAcross(line, buf.before[:n+1], uint64(x), width)
		}
		y += int(rows)
		take := min(left, rows*h)
		weight := take / rows // of each row
		for i, v := range line {
			sum[i] += weight * v
		}
		if left -= take; left > 0 {
			continue
		}
		out := row(g, j)
		rest := rows*h - take // of a single row, if anything
		for i, s := range sum {
			mean, _ := bits.Mul64(s+area/2, inverse)
			out[i] = uint8(mean)
			sum[i] = rest * line[i]
		}
		j, left = j+1, height-rest
	}
}

// maxRows are as many rows as fit when the levels of a column are added up in 16 bits.
const maxRows = 257

// columns are sums over several rows of part of a picture.
type columns struct {
	rows   [2][chunk]uint8
	sums   [chunk / 8][2]uint64 // of four columns of eight each, in 16-bit lanes: the even and the odd ones
	before [chunk + 1]uint32    // of all columns before each
}

// add adds up n columns, from (x, y) on, of some rows.
func (c *columns) add(read greyRow, x, y, n, rows int) {
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

// averageAcross adds to line part of a source row of the given width, from column x on, of which before holds the sums of
// all levels before each pixel and, last, of all.
func averageAcross(line []uint64, before []uint32, x, width uint64) {
	w := uint64(len(line))
	end := x + uint64(len(before)-1)
	i := x * w / width
	at, part := (i+1)*width/w, (i+1)*width%w // where pixel i of the result ends: so many source pixels, and parts of the next
	perPixel, rest := width/w, width%w
	sum := uint64(0) // up to the beginning of i
	for ; at < end; i++ {
		b := before[at-x:][:2]
		next := w*uint64(b[0]) + part*uint64(b[1]-b[0])
		line[i] += next - sum
		sum = next
		at, part = at+perPixel, part+rest
		if part >= w {
			at, part = at+1, part-w
		}
	}
	if i < w {
		line[i] += w*uint64(before[end-x]) - sum
	}
}
