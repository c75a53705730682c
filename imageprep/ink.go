package imageprep

import (
	"fmt"
	"image"
)

// Polarity tells which way round a picture is. Its zero value, [Auto], lets [Prepare] find out.
type Polarity int

const (
	Auto     Polarity = iota // to be found out
	DarkInk                  // ink darker than the ground: pen on paper
	LightInk                 // ink lighter than the ground: chalk on a blackboard, MNIST itself
)

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

// FindPolarity finds out which way round a grey picture is by the skewness of its levels: strokes cover little of what is
// around them and differ from it much, so of the differences between each pixel and the mean of the square around it, a
// quarter of the longer side wide (at least 15 pixels), the large ones are those of ink. If the sum of their cubes is negative
// the ink is dark, if it is positive the ink is light; a tie goes to paper.
//
// As it compares pixels only with what is near them, it does not mind shadows and vignettes, which mislead a comparison of
// the border with the middle of the range, nor strokes that run over the edge. Only bold strokes it does: the ground within a
// bold 8 covers less than they do. Where the sum is less than a third of what it is without signs, the border of the picture
// decides, if it is clearly ground. The answer is DarkInk or LightInk.
func FindPolarity(g *image.Gray) Polarity {
	p := planeOf(g, 0)
	window := max(p.w/4, p.h/4, minWindow) | 1
	mean := p.mean(window, nil, nil)
	sum, size := int64(0), int64(0)
	for i, v := range p.pix {
		d := int64(v) - int64(mean.pix[i])
		cube := d * d * d
		sum += cube
		size += max(cube, -cube)
	}
	if 3*max(sum, -sum) < size {
		if polarity := p.polarityOfBorder(); polarity != Auto {
			return polarity
		}
	}
	if sum > 0 {
		return LightInk
	}
	return DarkInk
}

// polarityOfBorder takes the side of Otsu's threshold for ground that has nine tenths of the pixels along the border and three
// fifths of all. There may be none: then it returns Auto.
func (p *plane) polarityOfBorder() Polarity {
	var all, border histogram
	all.add(p.pix)
	for y := range p.h {
		if row := p.pix[y*p.w:][:p.w]; y == 0 || y == p.h-1 {
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
	ground := func(from, to int) bool {
		return 10*border.count(from, to) >= 9*border.count(0, 255) && 5*all.count(from, to) >= 3*len(p.pix)
	}
	switch {
	case ground(0, int(t)):
		return LightInk
	case ground(int(t)+1, 255):
		return DarkInk
	}
	return Auto
}

// minContrast is how many grey levels ink must differ from ground, median from median. A blank sheet with noise of a
// standard deviation of 9 levels, more than is left when a photograph has been shrunk, gets 12 (see TestBlank); the palest
// pencil in some 280 real pictures had 49.
const minContrast = 16

// Ink returns the ink of a grey picture, 255 where there is ink, 0 where there is ground and a ramp between: of the same
// bounds as g, which stays as it is. This is the only step that decides what ink is; the others take its word.
//
// The picture is flattened, see [RemoveShading], and then Otsu's threshold parts the grey levels in two. With b the median of the
// ground's levels and f that of the ink's (if they differ too little for ink, Otsu's threshold of what lies beyond the first one
// is taken, as shade in the corners can be more than a small digit) the ramp is clip((v - b - (f-b)/4) / ((f-b)/2), 0, 1): levels
// up to a quarter of the way from ground to ink are ground, from three quarters on they are ink. So the soft edge of a stroke is
// kept and the texture of paper and pen is not.
//
// A table beyond the edge of the sheet is no ink. A part of the ink, with what lies within two pixels of it, is erased if it
// has an eighth of the picture's longer side on the border and at most a quarter of their product as its area, in a picture of
// more than 48 pixels on its shorter side with another part, larger than 0.08 % of the picture, that keeps clear of the border.
// If that one is much paler (by 48 levels and more, but by less than three quarters of what parts the table from the ground),
// it is for its levels that the ramp is made.
//
// The threshold is returned on the scale of the flattened picture, which is that of g where the light is even: ink is
// what lies beyond it, on the dark side or the light one. The error is a [*BlankError].
func Ink(g *image.Gray, p Polarity) (ink *image.Gray, threshold uint8, err error) {
	ink, threshold, _, err = partInk(g, p)
	return ink, threshold, err
}

// partInk also returns the contrast, the difference of the medians.
func partInk(g *image.Gray, p Polarity) (ink *image.Gray, threshold, contrast uint8, err error) {
	flip := inkFlip(p) // v^flip is light where there is ink
	flat := RemoveShading(g, p)
	whole, levels := histogramOf(g), histogramOf(flat)
	low, high := whole.extremes()
	if flip != 0 {
		levels.reverse()
	}
	blank := &BlankError{Min: low, Max: high}
	at, ok := levels.part()
	if !ok {
		return nil, 0, 0, blank
	}
	if blank.Contrast = at.contrast(); blank.Contrast < minContrast {
		// Shade that RemoveShading has left in the corners can be more than a small digit. Look for ink beyond it.
		beyond := levels
		clear(beyond[:at.threshold+1])
		t, ok := beyond.otsu()
		if at = levels.partedAt(t); !ok || at.contrast() < 3*minContrast {
			return nil, 0, 0, blank
		}
	}
	ink = at.ink(flat, flip)
	marks, inside := outside(ink)
	if pale, ok := at.paler(flat, flip, marks); ok {
		ink := pale.ink(flat, flip)
		if marks, inside := outside(ink); inside {
			erase(ink, marks)
			return ink, pale.threshold ^ flip, pale.contrast(), nil
		}
	}
	if inside {
		erase(ink, marks)
	}
	return ink, at.threshold ^ flip, at.contrast(), nil
}

// A parting is where the levels of a picture part in ground, up to the threshold, and ink.
type parting struct {
	threshold      uint8
	ground, stroke int // medians
}

func (p parting) contrast() uint8 { return uint8(p.stroke - p.ground) }

func (h *histogram) partedAt(t uint8) parting {
	return parting{t, h.medianOf(0, int(t)), h.medianOf(int(t)+1, 255)}
}

// part parts the levels by Otsu's threshold, if there are two.
func (h *histogram) part() (p parting, ok bool) {
	if t, ok := h.otsu(); ok {
		return h.partedAt(t), true
	}
	return p, false
}

// ink returns the ink of a flattened picture.
func (p parting) ink(flat *image.Gray, flip uint8) *image.Gray {
	ramp := softRamp(p.ground, p.stroke)
	ink := image.NewGray(flat.Rect)
	for y := range flat.Rect.Dy() {
		out := row(ink, y)
		for x, v := range row(flat, y) {
			out[x] = ramp[v^flip]
		}
	}
	return ink
}

// softRamp tabulates 255 clip((v - b - d/4) / (d/2), 0, 1) with d = f - b, that is 255 (4 (v-b) - d) / (2 d), rounded.
func softRamp(b, f int) (ramp [256]uint8) {
	d := f - b
	for v := range ramp {
		ramp[v] = uint8(min(max(0, (255*(4*(v-b)-d)+d)/(2*d)), 255))
	}
	return ramp
}
