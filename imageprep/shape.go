package imageprep

import (
	"image"
	"math"
	"slices"
)

// This file describes the shapes of parts that may be grounds.

// An area has one interval of columns in each of its rows.
type area struct {
	top  int
	rows [][2]int // the first column, and the one after the last
}

// size counts the pixels.
func (a area) size() (n int) {
	for _, r := range a.rows {
		n += r[1] - r[0]
	}
	return n
}

func (a area) box() image.Rectangle {
	box := image.Rectangle{}
	for i, r := range a.rows {
		box = box.Union(image.Rect(r[0], a.top+i, r[1], a.top+i+1))
	}
	return box
}

// inset removes a margin of n pixels. It is not exact at slanted edges, where
// the margin is narrower.
func (a area) inset(n int) area {
	out := area{top: a.top + n}
	for i := n; i < len(a.rows)-n; i++ {
		left, right := a.rows[i][0], a.rows[i][1]
		for _, r := range a.rows[i-n : i+n+1] {
			left, right = max(left, r[0]), min(right, r[1])
		}
		out.rows = append(out.rows, [2]int{left + n, max(left+n, right-n)})
	}
	return out
}

// grown adds a margin of n pixels.
func (a area) grown(n int) area {
	out := area{top: a.top - n}
	for i := -n; i < len(a.rows)+n; i++ {
		near := a.rows[max(i-n, 0):min(i+n+1, len(a.rows))]
		left, right := near[0][0], near[0][1]
		for _, r := range near {
			left, right = min(left, r[0]), max(right, r[1])
		}
		out.rows = append(out.rows, [2]int{left - n, right + n})
	}
	return out
}

// cut returns the picture in the bounding box of the area. Outside the area, it
// repeats the pixels at the ends of the rows. So it shows the area's ground
// only.
func (p plane) cut(a area, box image.Rectangle) plane {
	out := newPlane(box.Dx(), box.Dy(), nil)
	last := -1
	for y := range out.h {
		r := a.rows[box.Min.Y+y-a.top]
		if r[0] >= r[1] {
			if last >= 0 {
				copy(out.row(y), out.row(last))
			}
			continue
		}
		to, from := out.row(y), p.row(box.Min.Y+y)
		for x := range to {
			to[x] = from[min(max(box.Min.X+x, r[0]), r[1]-1)]
		}
		last = y
	}
	return out
}

// A shape is the shape of a part.
type shape struct {
	hull     area // convex
	outlined int  // pixels inside its outline, with holes
	lined    int  // percent of the hull's outline that is also the part's
}

// shapeOf returns the shape of the part q with the given number.
func shapeOf(label []int32, w int, number int32, q part) (s shape) {
	h := q.box.Dy()
	left, right := make([]int, h), make([]int, h)
	top, bottom := make([]int, q.box.Dx()), make([]int, q.box.Dx())
	for x := range top {
		top[x] = h
	}
	for y := range h {
		left[y] = w
		for x, l := range label[(q.box.Min.Y+y)*w:][q.box.Min.X:q.box.Max.X] {
			if l == number {
				left[y], right[y] = min(left[y], x), max(right[y], x+1)
				top[x], bottom[x] = min(top[x], y), y+1
			}
		}
	}
	for y := range h {
		for x := left[y]; x < right[y]; x++ {
			if y >= top[x] && y < bottom[x] {
				s.outlined++
			}
		}
	}
	near := lined(left) + lined(negated(right)) + lined(top) + lined(negated(bottom))
	s.lined = 100 * near / (2*h + 2*len(top))
	lower, upper := envelope(left), envelope(negated(right))
	s.hull.top = q.box.Min.Y
	for y := range h {
		s.hull.rows = append(s.hull.rows, [2]int{q.box.Min.X + lower[y], q.box.Min.X - upper[y]})
	}
	return s
}

// lined counts where f is at most two above its envelope.
func lined(f []int) (n int) {
	for x, v := range envelope(f) {
		if f[x] <= v+2 {
			n++
		}
	}
	return n
}

func negated(f []int) []int {
	out := make([]int, len(f))
	for i, v := range f {
		out[i] = -v
	}
	return out
}

// envelope returns the largest convex function that is nowhere above f, rounded
// down.
func envelope(f []int) []int {
	var corners []int
	for x, v := range f {
		for len(corners) >= 2 {
			a, b := corners[len(corners)-2], corners[len(corners)-1]
			// Is b above the line from a to x, or on it?
			if (f[b]-f[a])*(x-a) < (v-f[a])*(b-a) {
				break
			}
			corners = corners[:len(corners)-1]
		}
		corners = append(corners, x)
	}
	out := make([]int, len(f))
	for i, a := range corners {
		out[a] = f[a]
		if i+1 < len(corners) {
			b := corners[i+1]
			for x := a + 1; x < b; x++ {
				rise, run := (f[b]-f[a])*(x-a), b-a
				out[x] = f[a] + floorDiv(rise, run)
			}
		}
	}
	return out
}

func floorDiv(a, b int) int {
	if q := a / b; q*b > a {
		return q - 1
	}
	return a / b
}

// rectangle returns the smallest rectangle around an area: its size, and its
// shorter side, in pixels. It tries 96 directions.
func (a area) rectangle() (size, shorter float64) {
	const steps = 48
	for k := -steps; k < steps; k++ {
		// u is across the direction (steps, k), v is along it.
		minU, maxU, minV, maxV := math.MaxInt, math.MinInt, math.MaxInt, math.MinInt
		for i, r := range a.rows {
			for _, x := range []int{r[0], r[1]} {
				for _, y := range []int{a.top + i, a.top + i + 1} {
					u, v := steps*x+k*y, steps*y-k*x
					minU, maxU, minV, maxV = min(minU, u), max(maxU, u), min(minV, v), max(maxV, v)
				}
			}
		}
		scale := float64(steps*steps + k*k) // the square of the direction's length
		if s := float64(maxU-minU) * float64(maxV-minV) / scale; k == -steps || s < size {
			size = s
			shorter = float64(min(maxU-minU, maxV-minV)) / math.Sqrt(scale)
		}
	}
	return size, shorter
}

// moved returns a shifted copy of an area.
func (a area) moved(by image.Point) area {
	out := area{top: a.top + by.Y, rows: slices.Clone(a.rows)}
	for i := range out.rows {
		out.rows[i][0] += by.X
		out.rows[i][1] += by.X
	}
	return out
}
