package main

import (
	"math"
	"math/rand/v2"
)

// The drawings must be the same on all processors. Some processors compute
// x*y + z with one rounding, so every product is rounded by a conversion before
// it is added. Only functions with exact results are called: math.Sqrt is one,
// math.Exp and math.Sin are not.

type point struct{ x, y float64 }

func lerp(a, b, t float64) float64 { return a + float64((b-a)*t) }

func (p point) lerp(q point, t float64) point {
	return point{lerp(p.x, q.x, t), lerp(p.y, q.y, t)}
}

func (p point) dist(q point) float64 {
	dx, dy := q.x-p.x, q.y-p.y
	return math.Sqrt(float64(dx*dx) + float64(dy*dy))
}

// ease goes from 0 to 1 with t. It is flat at both ends.
func ease(t float64) float64 {
	t = min(max(t, 0), 1)
	return float64(t*t) * (3 - float64(2*t))
}

// stepsPerSpan is the number of straight pieces between two points of a stroke.
// Their corners are less than a tenth of a pixel off the curve.
const stepsPerSpan = 24

// curve returns the stroke as a chain of short straight pieces.
func (s stroke) curve() []point {
	var chain, run []point
	for i, c := range s {
		if i > 0 && c == s[i-1] { // a corner begins another smooth run
			chain = appendSmooth(chain, run)
			run = run[:0]
		}
		run = append(run, point{float64(c[0]), float64(c[1])})
	}
	return appendSmooth(chain, run)
}

// appendSmooth appends the centripetal Catmull-Rom spline through the points of
// run, computed by the pyramid of Barry and Goldman (SIGGRAPH 1988). Its
// parameter grows by the square root of the distance, so the curve makes no
// loops between close points.
func appendSmooth(chain, run []point) []point {
	n := len(run)
	p := make([]point, 0, n+2)
	p = append(p, run[1].lerp(run[0], 2)) // one more point at each end
	p = append(p, run...)
	p = append(p, run[n-2].lerp(run[n-1], 2))
	for i := 1; i < n; i++ {
		q := p[i-1 : i+3]
		var t [4]float64
		for k := 1; k < 4; k++ {
			t[k] = t[k-1] + math.Sqrt(q[k-1].dist(q[k]))
		}
		for step := range stepsPerSpan {
			u := lerp(t[1], t[2], float64(step)/stepsPerSpan)
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
	return lerp(w[i], w[i+1], ease(x-float64(i)))
}

// A dot is a point that the pen passes, and the pen's radius there.
type dot struct {
	point
	radius float64
}

// write returns a stroke as the hand writes it, on the grid of the glyphs. A
// radius of 1 is the pen's own radius.
func (h hand) write(s stroke, rng *rand.Rand) (pieces []piece) {
	chain := s.curve()
	along := make([]float64, len(chain)) // the length of the line so far
	for i := 1; i < len(chain); i++ {
		along[i] = along[i-1] + chain[i-1].dist(chain[i])
	}
	length := along[len(along)-1]
	hills := 1 + int(length/25)
	strayX, strayY, press := newWave(rng, hills), newWave(rng, hills), newWave(rng, hills)
	var last dot
	for i, p := range chain {
		t := along[i] / length * float64(hills)
		stray := func(w wave) float64 { return float64(2*w.at(t)) - 1 }
		x := float64(p.x*h.width) + float64(h.slant*(50-p.y)) + float64(h.wobble*stray(strayX))
		y := p.y + float64(h.wobble*stray(strayY))
		r := 1 + float64(h.press*stray(press))
		r *= lerp(h.start, 1, ease(along[i]/22)) // the pen comes down
		r *= lerp(h.end, 1, ease((length-along[i])/22))
		r *= 1 - float64(h.nib*flatness(chain, i))
		d := dot{point{x, y}, r}
		if i > 0 {
			pieces = append(pieces, piece{last, d})
		}
		last = d
	}
	return pieces
}

// flatness is 1 where the chain is horizontal and 0 where it is vertical. It
// looks at 16 pieces around i, because a pen takes time to turn.
func flatness(chain []point, i int) float64 {
	p, q := chain[max(i-8, 0)], chain[min(i+8, len(chain)-1)]
	dx, dy := q.x-p.x, q.y-p.y
	return float64(dx*dx) / (float64(dx*dx) + float64(dy*dy))
}
