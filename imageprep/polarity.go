package imageprep

import (
	"fmt"
	"image"
	"slices"
)

// A Polarity says whether the ink is darker or lighter than the ground.
type Polarity int

const (
	Auto     Polarity = iota // Prepare finds out
	DarkInk                  // pen on paper
	LightInk                 // chalk on a blackboard, or MNIST itself
)

// String returns "auto", "dark ink" or "light ink".
func (p Polarity) String() string {
	switch p {
	case Auto:
		return "auto"
	case DarkInk:
		return "dark ink"
	case LightInk:
		return "light ink"
	}
	return fmt.Sprintf("Polarity(%d)", int(p))
}

// inkFlip returns flip such that v^flip is light if v is ink.
func inkFlip(p Polarity) uint8 {
	switch p {
	case DarkInk:
		return 255
	case LightInk:
		return 0
	}
	panic(fmt.Sprintf("imageprep: polarity is %v, want DarkInk or LightInk; FindPolarity tells which", p))
}

// FindPolarity finds out whether a gray picture shows DarkInk or LightInk; in
// doubt, DarkInk. Strokes cover little of their neighborhood and differ much
// from it, so the skewness of these differences decides. Shadows, vignettes and
// strokes along the border do not mislead it. In a tight crop, bold strokes may
// cover most of the picture. There, the four corners decide, if they agree. If
// not, the side of the threshold that looks like one digit and reaches all four
// borders is the ink.
func FindPolarity(g *image.Gray) Polarity { return polarityOf(smallOf(g)) }

// polarityOf is FindPolarity of a small picture.
func polarityOf(p plane) Polarity {
	if isTight(p.w, p.h) {
		if polarity := p.cornerPolarity(); polarity != Auto {
			return polarity
		}
		if polarity := p.spanPolarity(); polarity != Auto {
			return polarity
		}
	}
	window := max(p.w/4, p.h/4, minWindow) | 1
	mean := p.mean(window, nil, nil)
	sum, size := int64(0), int64(0)
	for i, v := range p.pix {
		d := int64(v) - int64(mean.pix[i])
		cube := d * d * d
		sum += cube
		size += max(cube, -cube)
	}
	// Bold strokes cover more than the ground between them, as in a bold 8.
	// Then the sum is small, and the border decides.
	if 3*max(sum, -sum) < size {
		if polarity := p.borderShare(9, 3); polarity != Auto {
			return polarity
		}
		if polarity := p.spanPolarity(); polarity != Auto {
			return polarity
		}
		// Such a small picture is a crop, even if it has some margin.
		if max(p.w, p.h) < 100 {
			if polarity := p.cornerPolarity(); polarity != Auto {
				return polarity
			}
		}
	}
	if sum > 0 {
		return LightInk
	}
	return DarkInk
}

// spanPolarity recognizes a crop without a margin. There, the ink is one part
// that reaches all four sides. It divides the ground into several parts at the
// border, and holes. If neither side of Otsu's threshold is such ink, or both
// are, the result is Auto.
func (p *plane) spanPolarity() Polarity {
	all := p.histogram()
	t, ok := all.otsu()
	if !ok {
		return Auto
	}
	dark, light := image.NewGray(image.Rect(0, 0, p.w, p.h)), image.NewGray(image.Rect(0, 0, p.w, p.h))
	for i, v := range p.pix {
		if v > t {
			light.Pix[i] = 255
		} else {
			dark.Pix[i] = 255
		}
	}
	switch darkInk, lightInk := spans(dark, light), spans(light, dark); {
	case darkInk && !lightInk:
		return DarkInk
	case lightInk && !darkInk:
		return LightInk
	}
	return Auto
}

// spans reports whether ink looks like one digit that reaches all four sides,
// on the given ground.
func spans(ink, ground *image.Gray) bool {
	w, h := ink.Rect.Dx(), ink.Rect.Dy()
	_, parts := findParts(ink)
	if !slices.ContainsFunc(parts, func(q part) bool { return q.box == ink.Rect }) {
		return false
	}
	label, pieces := findParts(ground)
	atBorder := 0
	for i, q := range pieces {
		switch {
		case q.border == 0 && 50*q.area > w*h:
			// Holes of digits are convex. This may be a digit.
			if s := shapeOf(label, w, int32(i+1), q); 4*q.area < 3*s.hull.size() {
				return false
			}
		case q.border > 0 && 100*q.area > w*h:
			atBorder++
		}
	}
	return atBorder >= 2
}

// cornerPolarity splits the levels by Otsu's threshold. The ground is the side
// with all four corners, even if bold ink covers most of the picture. If
// neither side has them, the result is Auto.
//
// The ink of a frame along the border, or of marks in the corners, may fill the
// corners. So the ground must also cover three tenths of the picture, and
// cornerPolarity looks at four pixels farther in. If at least three of them are
// not on the side of the corners, the result is Auto.
func (p *plane) cornerPolarity() Polarity {
	all := p.histogram()
	t, ok := all.otsu()
	if !ok {
		return Auto
	}
	light := func(inset int) (n int) {
		for _, y := range []int{inset, p.h - 1 - inset} {
			for _, x := range []int{inset, p.w - 1 - inset} {
				if p.row(y)[x] > t {
					n++
				}
			}
		}
		return n
	}
	corners, inner := light(0), light(min(p.w, p.h)/8)
	switch isGround := func(n int) bool { return 10*n >= 3*len(p.pix) }; {
	case corners == 0 && inner < 3 && isGround(all.count(0, int(t))):
		return LightInk
	case corners == 4 && inner > 1 && isGround(all.count(int(t)+1, 255)):
		return DarkInk
	}
	return Auto
}

// borderShare splits the levels by Otsu's threshold. The ground is the side
// with so many tenths of the border and fifths of the picture. If no side has
// both, the result is Auto.
func (p *plane) borderShare(tenths, fifths int) Polarity {
	all, border := p.histogram(), histogram{}
	for y := range p.h {
		if row := p.row(y); y == 0 || y == p.h-1 {
			border.add(row)
		} else {
			border.add(row[:1])
			border.add(row[p.w-1:])
		}
	}
	t, ok := all.otsu()
	if !ok {
		return Auto
	}
	isGround := func(from, to int) bool {
		return 10*border.count(from, to) >= tenths*border.count(0, 255) && 5*all.count(from, to) >= fifths*len(p.pix)
	}
	switch {
	case isGround(0, int(t)):
		return LightInk
	case isGround(int(t)+1, 255):
		return DarkInk
	}
	return Auto
}
