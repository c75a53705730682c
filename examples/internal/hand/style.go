package hand

import "math/rand/v2"

// A Style is how a person moves the pen. The height of a digit is 100.
type Style struct {
	Slant  float64 // shift of the top to the right, per height
	Width  float64 // of the character; 1 is the width in the table
	Wobble float64 // how far the pen strays
	Press  float64 // how much the width of a stroke varies, 0 to 1
	Start  float64 // width at the start of a stroke, 1 in its middle
	End    float64 // width at its end
	Nib    float64 // how much thinner horizontal lines are, 0 to 1
}

// A Dot is a point that the pen passes, and the pen's radius there.
type Dot struct{ X, Y, Radius float64 }

// A Path is what the pen draws: straight pieces. Each has two ends.
type Path [][2]Dot

// fine is the number of straight pieces between two points of a stroke. Their
// corners are less than a tenth of a pixel off the curve in large pictures.
const fine = 24

// Trace returns the strokes as the hand writes them. A radius of 1 is the pen's
// own radius.
func (s Style) Trace(rng *rand.Rand, strokes []Stroke) Path {
	var path Path
	for _, stroke := range strokes {
		path = s.trace(rng, path, curve(stroke.points(), fine), fine)
	}
	return path
}

// trace appends a stroke to the path. chain is the stroke's curve, with this
// number of steps between two of its points.
func (s Style) trace(rng *rand.Rand, path Path, chain []point, steps int) Path {
	along := make([]float64, len(chain)) // the length of the curve up to a point
	for i := 1; i < len(chain); i++ {
		along[i] = along[i-1] + chain[i-1].dist(chain[i])
	}
	length := along[len(along)-1]
	hills := 1 + int(length/25)
	strayX, strayY, press := newWave(rng, hills), newWave(rng, hills), newWave(rng, hills)
	var last Dot
	for i, p := range chain {
		t := float64(along[i] / length * float64(hills)) // rounded, not fused
		stray := func(w wave) float64 { return float64(2*w.at(t)) - 1 }
		x := float64(p.x*s.Width) + float64(s.Slant*(50-p.y)) + float64(s.Wobble*stray(strayX))
		y := p.y + float64(s.Wobble*stray(strayY))
		r := 1 + float64(s.Press*stray(press))
		r *= lerp(s.Start, 1, Ease(along[i]/22)) // the pen comes down
		r *= lerp(s.End, 1, Ease((length-along[i])/22))
		r *= 1 - float64(s.Nib*flatness(chain, i, steps/3))
		d := Dot{x, y, r}
		if i > 0 {
			path = append(path, [2]Dot{last, d})
		}
		last = d
	}
	return path
}

// flatness is 1 where the chain is horizontal and 0 where it is vertical. It
// looks at some pieces before and after i, because a pen takes time to turn.
func flatness(chain []point, i, around int) float64 {
	d := chain[min(i+around, len(chain)-1)].minus(chain[max(i-around, 0)])
	return float64(d.x*d.x) / (float64(d.x*d.x) + float64(d.y*d.y))
}

// Box returns the corners of the smallest upright rectangle around the middle
// line of the path.
func (p Path) Box() (x0, y0, x1, y1 float64) {
	x0, y0 = p[0][0].X, p[0][0].Y
	x1, y1 = x0, y0
	for _, piece := range p {
		for _, d := range piece {
			x0, y0 = min(x0, d.X), min(y0, d.Y)
			x1, y1 = max(x1, d.X), max(y1, d.Y)
		}
	}
	return x0, y0, x1, y1
}

// Place scales the path, in place, and moves the middle of its box to (x, y).
// pen is the width of the line in pixels.
func (p Path) Place(x, y, scale, pen float64) {
	x0, y0, x1, y1 := p.Box()
	midX, midY := lerp(x0, x1, 0.5), lerp(y0, y1, 0.5)
	for i := range p {
		for j, d := range p[i] {
			p[i][j] = Dot{x + float64((d.X-midX)*scale), y + float64((d.Y-midY)*scale), d.Radius * pen / 2}
		}
	}
}
