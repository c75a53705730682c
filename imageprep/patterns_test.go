package imageprep

import (
	"image"
	"math"
)

// A testPattern is a made-up picture of any size. Its ink is 0, and its ground
// is 255, unless a pattern draws levels.
type testPattern struct {
	name string
	draw func(c canvas)
}

// A canvas is a square picture with dark ink on white.
type canvas struct {
	*image.Gray
	side int
}

func (p testPattern) picture(side int) *image.Gray {
	c := canvas{image.NewGray(image.Rect(0, 0, side, side)), side}
	for i := range c.Pix {
		c.Pix[i] = 255
	}
	p.draw(c)
	return c.Gray
}

// ink draws a rectangle of w x h pixels, as far as it is on the canvas.
func (c canvas) ink(x, y, w, h int) {
	for v := max(y, 0); v < min(y+h, c.side); v++ {
		for u := max(x, 0); u < min(x+w, c.side); u++ {
			c.Pix[v*c.side+u] = 0
		}
	}
}

// where draws the pixels for which isInk holds.
func where(isInk func(x, y int) bool) func(c canvas) {
	return func(c canvas) {
		for i := range c.Pix {
			if isInk(i%c.side, i/c.side) {
				c.Pix[i] = 0
			}
		}
	}
}

// every calls draw for each point of a grid with the given distances.
func (c canvas) every(dx, dy int, draw func(x, y int)) {
	for y := dy / 2; y+dy/2 < c.side; y += dy {
		for x := dx / 2; x+dx/2 < c.side; x += dx {
			draw(x, y)
		}
	}
}

// noise draws a share of all squares of the given size, in percent.
func noise(percent, size int) func(c canvas) {
	return func(c canvas) {
		r := newRand()
		for y := 0; y < c.side; y += size {
			for x := 0; x < c.side; x += size {
				if r.IntN(100) < percent {
					c.ink(x, y, size, size)
				}
			}
		}
	}
}

// strokes draws lines through points, as thick as a pen.
func (c canvas) strokes(width float64, points ...[2]float64) {
	p := pen{c.Gray, width}
	p.line(points...)
}

// testPatterns are pictures that are hard for one step or another: very many
// parts, lines, crossings, holes or grounds, or parts with large boxes.
var testPatterns = []testPattern{
	{"checkerboard of pixels", where(func(x, y int) bool { return (x+y)%2 == 0 })},
	{"checkerboard", where(func(x, y int) bool { return (x/7+y/7)%2 == 0 })},
	{"level stripes", where(func(x, y int) bool { return y%8 < 2 })},
	{"upright stripes", where(func(x, y int) bool { return x%8 < 3 })},
	{"stripes with gaps", where(func(x, y int) bool { return y%8 < 2 && x%40 < 37 })},
	{"dots", where(func(x, y int) bool { return x%4 == 0 && y%4 == 0 })},
	{"large dots", where(func(x, y int) bool { return x%9 < 4 && y%9 < 4 })},
	{"a bar and dots", barAndDots},
	{"bars and dots", func(c canvas) {
		c.every(12, 48, func(x, y int) {
			c.ink(x-6, y-24, 3, 20)
			for k := range 6 {
				c.ink(x-6+k%2, y-2+4*k, 3, 1)
			}
		})
	}},
	{"upright bars", func(c canvas) { c.every(6, 40, func(x, y int) { c.ink(x-3, y-20, 3, 34) }) }},
	{"long bars", func(c canvas) { c.every(9, c.side/2, func(x, y int) { c.ink(x-4, y-c.side/4+3, 4, c.side/2-6) }) }},
	{"spiral", spiral},
	{"comb", where(func(x, y int) bool { return y%200 > 140 && y%200 < 193 && (y%200 > 190 || x%8 < 2) })},
	{"combs as large as the picture", where(func(x, y int) bool { return x > 3 && (x < 8 || y%8 < 3) })},
	{"nested frames", func(c canvas) {
		for low := 6; 2*low+6 < c.side; low += 6 {
			side := c.side - 2*low
			c.ink(low, low, side, 2)
			c.ink(low, low+side-2, side, 2)
			c.ink(low, low, 2, side)
			c.ink(low+side-2, low, 2, side)
		}
	}},
	{"nested corners", nestedCorners},
	{"nested corners with bars", func(c canvas) {
		nestedCorners(c)
		for x := c.side/4 + 2; x+8 < c.side; x += 5 {
			c.ink(x, 8, 2, c.side/4)
		}
	}},
	{"concentric rings", where(func(x, y int) bool { return int(math.Hypot(float64(x)-500, float64(y)-300))%8 < 3 })},
	{"grid", where(func(x, y int) bool { return x%5 == 0 || y%5 == 0 })},
	{"large grid", where(func(x, y int) bool { return x%25 < 2 || y%25 < 2 })},
	{"boxes", where(func(x, y int) bool {
		x, y = x%32, y%32
		return x < 26 && y < 26 && (x < 2 || x > 23 || y < 2 || y > 23)
	})},
	{"maze", func(c canvas) {
		r := newRand()
		c.every(8, 8, func(x, y int) {
			if r.IntN(2) == 0 {
				c.ink(x-4, y-4, 9, 2)
			} else {
				c.ink(x-4, y-4, 2, 9)
			}
		})
	}},
	{"little noise", noise(3, 1)},
	{"noise", noise(20, 1)},
	{"half noise", noise(50, 1)},
	{"much noise", noise(70, 1)},
	{"coarse noise", noise(15, 3)},
	{"diagonal lines", where(func(x, y int) bool { return (x+y)%12 < 3 })},
	{"diagonal lines with gaps", where(func(x, y int) bool { return (x+y)%9 < 4 && (x-y+4096)%64 > 4 })},
	{"crossed diagonals", where(func(x, y int) bool { return (x+y)%24 < 3 || (x-y+4096)%24 < 3 })},
	{"staircases", where(func(x, y int) bool { return (x/8*8+y)%24 < 3 || x%8 < 2 && (x/8*8+y)%24 < 10 })},
	{"text", text},
	{"gaps of a pixel", where(func(x, y int) bool { return x%8 != 0 && y%8 != 0 })},
	{"trees", func(c canvas) {
		c.every(128, 128, func(x, y int) { tree(c, float64(x), float64(y)+60, 28, -math.Pi/2, 6) })
	}},
	{"crosses", func(c canvas) {
		c.every(17, 17, func(x, y int) {
			c.ink(x-6, y-1, 13, 3)
			c.ink(x-1, y-6, 3, 13)
		})
	}},
	{"digits", func(c canvas) {
		p := pen{c.Gray, 3}
		c.every(32, 40, func(x, y int) {
			p.shape(float64(x-10), float64(y-14), 28, [][][2]float64{strokeTwo, strokeOne, ring}[(x+y)/8%3])
		})
	}},
	{"digits that touch", func(c canvas) {
		p := pen{c.Gray, 3}
		c.every(17, 40, func(x, y int) { p.shape(float64(x-10), float64(y-14), 28, strokeTwo) })
	}},
	{"digits in a scribble", func(c canvas) {
		p, s := pen{c.Gray, 3}, float64(c.side)
		p.line([2]float64{4, s - 9}, [2]float64{s / 2, 9}, [2]float64{s - 4, s - 9})
		for x := 20.; x < s-20; x += 14 {
			p.shape(x, s-40, 18, strokeOne)
		}
	}},
	{"hatched discs", where(func(x, y int) bool { return math.Hypot(float64(x%64)-30, float64(y%64)-30) < 26 && (x+2*y)%7 < 4 })},
	{"gradient", func(c canvas) {
		for i := range c.Pix {
			c.Pix[i] = uint8(255 * (i%c.side + i/c.side) / (2 * c.side))
		}
	}},
	{"gradient with digits", func(c canvas) {
		for i := range c.Pix {
			c.Pix[i] = uint8(100 + 155*(i%c.side)/c.side)
		}
		p := pen{c.Gray, 3}
		c.every(32, 40, func(x, y int) { p.shape(float64(x-10), float64(y-14), 28, ring) })
	}},
	{"halftone", where(func(x, y int) bool {
		radius := 1 + 2.5*float64((x+y)%512)/512
		return math.Hypot(float64(x%8)-4, float64(y%8)-4) < radius
	})},
	{"notes", where(func(x, y int) bool {
		x, y = x%40, y%40
		return x < 32 && y < 32 && !(x > 10 && x < 14 && y > 6 && y < 25)
	})},
	{"waves", where(func(x, y int) bool { return (y+28+int(20*math.Sin(float64(x)/9)))%14 < 4 })},
	{"broken lines", where(func(x, y int) bool { return x%11 < 2 && (y+x*x)%23 < 14+x/11%5 })},
	{"dashes that grow", func(c canvas) {
		for y := 4; y+4 < c.side; y += 12 {
			for x, n := 4, 6; x+n < c.side; x, n = x+n+3, n+1 {
				c.ink(x, y, n, 2)
			}
		}
	}},
	{"dashed boxes", where(func(x, y int) bool {
		x, y = x%48, y%48
		onSide := x < 40 && y < 40 && (x < 2 || x > 37 || y < 2 || y > 37)
		return onSide && (x+y)%8 < 6
	})},
	{"all ink", where(func(x, y int) bool { return true })},
}

// barAndDots draws a tall bar, then dots. Each dot reaches the bar's box only
// after the dot before has been joined.
func barAndDots(c canvas) {
	c.ink(4, 4, 3, c.side-8)
	for k := 0; 4*k < c.side-16; k++ {
		c.ink(9+4*k, 8+4*k, 3, 1)
		c.ink(9+4*k, 9+4*k/2, 1, 3)
	}
}

// spiral draws one line that winds to the middle.
func spiral(c canvas) {
	for low := 4; 2*low+12 < c.side; low += 8 {
		high := c.side - low
		c.ink(low, low, high-low, 3)
		c.ink(high-3, low, 3, high-low)
		c.ink(low, high-3, high-low, 3)
		c.ink(low, low+8, 3, high-low-8)
		c.ink(low, low+8, 11, 3)
	}
}

// nestedCorners draws right angles, one within the other.
func nestedCorners(c canvas) {
	for at := 4; at+8 < c.side; at += 6 {
		c.ink(at, 4, 2, c.side-4-at)
		c.ink(at, c.side-at-2, c.side-at-4, 2)
	}
}

// text draws marks like small letters.
func text(c canvas) {
	r := newRand()
	p := pen{c.Gray, 2}
	c.every(9, 20, func(x, y int) {
		if r.IntN(6) == 0 {
			return
		}
		points := make([][2]float64, 4)
		for i := range points {
			points[i] = [2]float64{float64(x-4) + float64(r.IntN(7)), float64(y-6) + float64(r.IntN(12))}
		}
		p.line(points...)
	})
}

// tree draws a branch and the branches that grow from its end.
func tree(c canvas, x, y, length, direction float64, branches int) {
	u, v := x+length*math.Cos(direction), y+length*math.Sin(direction)
	c.strokes(2, [2]float64{x, y}, [2]float64{u, v})
	if branches > 0 {
		tree(c, u, v, length*.75, direction-.5, branches-1)
		tree(c, u, v, length*.75, direction+.5, branches-1)
	}
}
