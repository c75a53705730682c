package hand

import (
	"image"
	"math/rand/v2"
)

// Scribble returns an ink picture of pen strokes that are no character:
// zigzags, spirals, loops, crossed lines, knots and doodles. It has the form of
// Write's pictures.
func Scribble(rng *rand.Rand) *image.Gray {
	kinds := []func(*rand.Rand) [][]point{zigzag, spiral, loops, crossed, knot, doodle}
	return ink(rng, kinds[rng.IntN(len(kinds))](rng))
}

// zigzag goes back and forth, with corners, and moves on a little each time.
func zigzag(rng *rand.Rand) [][]point {
	var points []point
	n := 6 + rng.IntN(8)
	step := between(rng, 60, 140) / float64(n)
	for i := range n {
		p := point{float64(float64(i)*step) + around(rng, 0.4*step), float64(100*(i%2)) + around(rng, 25)}
		points = append(points, p)
		if 0 < i && i < n-1 {
			points = append(points, p)
		}
	}
	return quarterTurns(rng, points)
}

// circle holds points around a circle of radius 1.
var circle = []point{{1, 0}, {0.7071, 0.7071}, {0, 1}, {-0.7071, 0.7071}, {-1, 0}, {-0.7071, -0.7071}, {0, -1}, {0.7071, -0.7071}}

// spiral turns three or four times. Fewer turns could be a 6 or a 9.
func spiral(rng *rand.Rand) [][]point {
	var points []point
	n := 8 * (3 + rng.IntN(2))
	for i := range n {
		r := 6 + float64(44*float64(i)/float64(n))
		points = append(points, circle[i%8].times(r).plus(point{50, 50}))
	}
	return quarterTurns(rng, points)
}

// loops writes a row of round loops, like a spring.
func loops(rng *rand.Rand) [][]point {
	var points []point
	turns := 4 + rng.IntN(3)
	step := between(rng, 3, 6)
	for i := range 8 * turns {
		p := circle[i%8].times(between(rng, 26, 34))
		points = append(points, p.plus(point{float64(float64(i) * step), 50}))
	}
	return quarterTurns(rng, points)
}

// crossed draws four to six straight lines across one another, in all
// directions.
func crossed(rng *rand.Rand) [][]point {
	var strokes [][]point
	for i := range 4 + rng.IntN(3) {
		way := circle[i%4].times(between(rng, 30, 60)).plus(point{around(rng, 15), around(rng, 15)})
		middle := point{50 + around(rng, 25), 50 + around(rng, 25)}
		strokes = append(strokes, []point{middle.minus(way), middle.plus(way)})
	}
	return strokes
}

// knot moves the pen through random points and crosses its own line often.
func knot(rng *rand.Rand) [][]point {
	var points []point
	for range 8 + rng.IntN(6) {
		points = append(points, point{between(rng, 0, 100), between(rng, 0, 100)})
	}
	return [][]point{points}
}

// doodle draws several short curves next to and across one another.
func doodle(rng *rand.Rand) [][]point {
	var strokes [][]point
	for range 4 + rng.IntN(3) {
		p := point{between(rng, 0, 100), between(rng, 0, 100)}
		var points []point
		for range 2 + rng.IntN(4) {
			points = append(points, p)
			p = p.plus(circle[rng.IntN(8)].times(between(rng, 15, 45)))
		}
		strokes = append(strokes, points)
	}
	return strokes
}

// quarterTurns turns a stroke by a random number of quarters and may mirror it.
// It returns the stroke as a skeleton.
func quarterTurns(rng *rand.Rand, points []point) [][]point {
	way := rng.IntN(8) // each bit is one mirror; together they turn
	for i, p := range points {
		if way&1 != 0 {
			p = point{p.y, p.x}
		}
		if way&2 != 0 {
			p.x = -p.x
		}
		if way&4 != 0 {
			p.y = -p.y
		}
		points[i] = p
	}
	return [][]point{points}
}
