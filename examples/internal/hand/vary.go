package hand

import "math/rand/v2"

// between returns a random number from a to b.
func between(rng *rand.Rand, a, b float64) float64 { return lerp(a, b, rng.Float64()) }

// around returns a random number from -most to most, small ones more often.
func around(rng *rand.Rand, most float64) float64 {
	return float64(most * (float64(rng.Float64()) - float64(rng.Float64())))
}

// vary changes a skeleton, in place, as another person or another moment would.
func vary(rng *rand.Rand, skeleton [][]point) {
	stretch := newStretch(rng, skeleton)
	careless := between(rng, 1.5, 6)
	for _, points := range skeleton {
		jitter(rng, points, careless)
		for i, p := range points {
			points[i] = stretch.move(p)
		}
	}
}

// jitter moves each point of a stroke on its own, farther along the stroke than
// across it. So strokes end too early or too late.
func jitter(rng *rand.Rand, points []point, most float64) {
	old := append([]point(nil), points...)
	n := len(old)
	for i, p := range old {
		if i > 0 && p.dist(old[i-1]) < 8 { // both points of a corner move together
			points[i] = points[i-1].plus(p.minus(old[i-1]))
			continue
		}
		before, after := old[max(i-1, 0)], old[min(i+1, n-1)]
		if p.dist(after) < 8 && i+2 < n {
			after = old[i+2]
		}
		way := after.minus(before)
		length := before.dist(after)
		if length == 0 {
			continue
		}
		// Neighbors must not pass one another.
		along, across := min(1.3*most, 0.15*length), min(0.8*most, 0.15*length)
		if i == 0 || i == n-1 {
			along, across = min(1.6*most, 0.4*length), min(0.8*most, 0.3*length)
		}
		a, c := around(rng, along)/length, around(rng, across)/length
		points[i] = p.plus(way.times(a)).plus(point{-way.y, way.x}.times(c))
	}
}

// A stretch moves all points of a character together: it changes the
// proportions, bends the page and turns it.
type stretch struct {
	left, top, width, height float64 // box of the character
	lower, right             float64 // how far the middle moves
	taper                    float64 // how much wider the bottom is
	bendX, bendY             [9]float64
	sin, cos                 float64
}

func newStretch(rng *rand.Rand, skeleton [][]point) *stretch {
	lo, hi := skeleton[0][0], skeleton[0][0]
	for _, points := range skeleton {
		for _, p := range points {
			lo = point{min(lo.x, p.x), min(lo.y, p.y)}
			hi = point{max(hi.x, p.x), max(hi.y, p.y)}
		}
	}
	s := &stretch{
		left: lo.x, top: lo.y, width: max(hi.x-lo.x, 30), height: max(hi.y-lo.y, 30),
		lower: around(rng, 0.4), right: around(rng, 0.25), taper: around(rng, 0.2),
	}
	most := between(rng, 1, 6)
	for i := range s.bendX {
		s.bendX[i], s.bendY[i] = around(rng, most), around(rng, most)
	}
	half := around(rng, 0.09) // tangent of half the angle, up to 10 degrees
	square := float64(half * half)
	s.sin, s.cos = 2*half/(1+square), (1-square)/(1+square)
	return s
}

func (s *stretch) move(p point) point {
	u, v := (p.x-s.left)/s.width, (p.y-s.top)/s.height
	x := u + float64(s.right*float64(u*(1-u)))
	y := v + float64(s.lower*float64(v*(1-v)))
	x = 0.5 + float64((x-0.5)*(1+float64(s.taper*(v-0.5))))
	q := point{float64((x-0.5)*s.width) + s.bend(&s.bendX, u, v), float64((y-0.5)*s.height) + s.bend(&s.bendY, u, v)}
	turned := point{float64(q.x*s.cos) - float64(q.y*s.sin), float64(q.x*s.sin) + float64(q.y*s.cos)}
	return turned.plus(point{30, 50})
}

// bend returns smooth noise at the place (u, v) of the character's box. The
// noise has 3x3 values, row by row.
func (s *stretch) bend(noise *[9]float64, u, v float64) float64 {
	u, v = min(max(2*u, 0), 1.99), min(max(2*v, 0), 1.99)
	i, j := int(u), int(v)
	u, v = Ease(u-float64(i)), Ease(v-float64(j))
	row := noise[3*j+i:]
	return lerp(lerp(row[0], row[1], u), lerp(row[3], row[4], u), v)
}

// randomStyle returns the style of a random person.
func randomStyle(rng *rand.Rand) Style {
	s := Style{
		Slant:  0.1 + around(rng, 0.25),
		Width:  between(rng, 0.6, 1.0) + between(rng, 0, 0.25),
		Wobble: between(rng, 0.2, 1.6),
		Press:  between(rng, 0, 0.25),
		Start:  between(rng, 0.7, 1.1),
		End:    between(rng, 0.5, 1.1),
	}
	switch rng.IntN(10) {
	case 0: // leans far
		s.Slant = between(rng, 0.3, 0.5)
	case 1: // trembles
		s.Wobble = between(rng, 1.5, 3.5)
	case 2, 3:
		s.Nib = between(rng, 0, 0.45)
	case 4: // writes wide
		s.Width = between(rng, 1.1, 1.5)
	case 5: // moves fast
		s.End = between(rng, 0.2, 0.5)
	}
	return s
}
