package hand

import (
	"math"
	"math/rand/v2"
)

// The drawings must be the same on all processors. Some processors compute
// x*y + z with one rounding, so every product is rounded by a conversion before
// it is added. Only functions with exact results are called: math.Sqrt is one,
// math.Exp and math.Sin are not.

type point struct{ x, y float64 }

func (p point) plus(q point) point { return point{p.x + q.x, p.y + q.y} }

func (p point) minus(q point) point { return point{p.x - q.x, p.y - q.y} }

func (p point) times(f float64) point { return point{float64(p.x * f), float64(p.y * f)} }

// lerp goes from a to b as t goes from 0 to 1.
func lerp(a, b, t float64) float64 { return a + float64((b-a)*t) }

func (p point) lerp(q point, t float64) point {
	return point{lerp(p.x, q.x, t), lerp(p.y, q.y, t)}
}

func (p point) dist(q point) float64 {
	dx, dy := q.x-p.x, q.y-p.y
	return math.Sqrt(float64(dx*dx) + float64(dy*dy))
}

// Ease goes smoothly from 0 to 1 with t, and is flat at both ends.
func Ease(t float64) float64 {
	t = min(max(t, 0), 1)
	return float64(t*t) * (3 - float64(2*t))
}

// A Stroke is a smooth line of the pen through points (x, y). x goes to the
// right and y down. A digit goes from y = 0 to about 100. The same point twice
// in a row is a corner.
type Stroke [][2]int

func (s Stroke) points() []point {
	points := make([]point, len(s))
	for i, c := range s {
		points[i] = point{float64(c[0]), float64(c[1])}
	}
	return points
}

// curve returns the stroke through these points as a chain of short straight
// pieces, with this number of pieces between two points.
func curve(stroke []point, steps int) []point {
	chain := make([]point, 0, len(stroke)*steps)
	start := 0
	for i := 1; i < len(stroke); i++ {
		if stroke[i] == stroke[i-1] { // a corner begins another smooth run
			chain = appendSmooth(chain, stroke[start:i], steps)
			start = i
		}
	}
	return appendSmooth(chain, stroke[start:], steps)
}

// appendSmooth appends the centripetal Catmull-Rom spline through the points of
// run, computed by the pyramid of Barry and Goldman (SIGGRAPH 1988). Its
// parameter grows by the square root of the distance, so the curve makes no
// loops between close points.
func appendSmooth(chain, run []point, steps int) []point {
	n := len(run)
	p := make([]point, 0, n+2)
	p = append(p, run[1].lerp(run[0], 2)) // the spline needs one more point at each end
	p = append(p, run...)
	p = append(p, run[n-2].lerp(run[n-1], 2))
	for i := 1; i < n; i++ {
		q := p[i-1 : i+3]
		var t [4]float64
		for k := 1; k < 4; k++ {
			t[k] = t[k-1] + math.Sqrt(q[k-1].dist(q[k]))
		}
		for step := range steps {
			u := lerp(t[1], t[2], float64(step)/float64(steps))
			between := func(a, b point, i, j int) point { return a.lerp(b, (u-t[i])/(t[j]-t[i])) }
			a1, a2, a3 := between(q[0], q[1], 0, 1), between(q[1], q[2], 1, 2), between(q[2], q[3], 2, 3)
			chain = append(chain, between(between(a1, a2, 0, 2), between(a2, a3, 1, 3), 1, 2))
		}
	}
	return append(chain, run[n-1])
}

// A wave is smooth noise along a line, from 0 to 1.
type wave []float64

// newWave returns a wave of this length in hills and valleys.
func newWave(rng *rand.Rand, length int) wave {
	w := make(wave, length+2)
	for i := range w {
		w[i] = rng.Float64()
	}
	return w
}

func (w wave) at(x float64) float64 {
	i := int(x)
	return lerp(w[i], w[i+1], Ease(x-float64(i)))
}
