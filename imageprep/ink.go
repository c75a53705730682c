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

// FindPolarity compares the border of a grey picture with the middle of its range: people leave a margin, so the median of
// the outermost 4 % (at least one pixel) is the ground's grey level, and the ground is light if that lies in the upper
// half between the darkest and the lightest pixel. A tie goes to the median of the whole picture, then to paper.
//
// The median shrugs off strokes that run over the edge and the shadow in a corner; thresholds and means of the border do
// not. The answer is DarkInk or LightInk.
func FindPolarity(g *image.Gray) Polarity {
	w, h := g.Rect.Dx(), g.Rect.Dy()
	margin := max(1, min(w, h)*4/100)
	var border, all histogram
	for y := range h {
		line := row(g, y)
		all.add(line)
		if y < margin || y >= h-margin || w <= 2*margin {
			border.add(line)
			continue
		}
		border.add(line[:margin])
		border.add(line[w-margin:])
	}
	low, high := all.extremes()
	middle := int(low) + int(high)
	for _, hist := range []*histogram{&border, &all} {
		if m := hist.twiceMedian(); m != middle {
			if m < middle {
				return LightInk
			}
			return DarkInk
		}
	}
	return DarkInk
}

// minContrast is how many grey levels ink must differ from ground, median from median. The noise of a blank sheet splits
// into halves whose medians lie 1.35 standard deviations apart, so that even a deviation of 11 levels passes for blank;
// a phone's is a few, before each result pixel averages many. The palest pencil in some 280 real pictures differed by 49.
const minContrast = 16

// Ink returns the ink of a grey picture, 255 where there is ink, 0 where there is ground and a ramp between: of the same
// bounds as g, which stays as it is. This is the only step that decides what ink is; the others take its word.
//
// Otsu's threshold parts the grey levels in two. With b the median of the ground's levels and f that of the ink's the
// ramp is clip((v - b - (f-b)/4) / ((f-b)/2), 0, 1): levels up to a quarter of the way from ground to ink are ground, from
// three quarters on they are ink. So the soft edge of a stroke is kept and the texture of paper and pen is not.
//
// The threshold is returned on the scale of g: ink is what lies beyond it, on the dark side or the light one. One threshold
// for the whole picture means that a shadow across it can pass for ink. The error is a [*BlankError].
func Ink(g *image.Gray, p Polarity) (ink *image.Gray, threshold uint8, err error) {
	flip := uint8(0) // v^flip is light where there is ink
	switch p {
	case DarkInk:
		flip = 255
	case LightInk:
	default:
		panic(fmt.Sprintf("imageprep: polarity is %v, want DarkInk or LightInk; FindPolarity tells which", p))
	}
	var levels histogram
	for y := range g.Rect.Dy() {
		levels.add(row(g, y))
	}
	low, high := levels.extremes()
	if flip != 0 {
		levels.reverse()
	}
	t, ok := levels.otsu()
	blank := &BlankError{Min: low, Max: high}
	if !ok {
		return nil, 0, blank
	}
	ground, stroke := levels.medianOf(0, int(t)), levels.medianOf(int(t)+1, 255)
	if blank.Contrast = uint8(stroke - ground); blank.Contrast < minContrast {
		return nil, 0, blank
	}
	ramp := softRamp(ground, stroke)
	ink = image.NewGray(g.Rect)
	for y := range g.Rect.Dy() {
		out := row(ink, y)
		for x, v := range row(g, y) {
			out[x] = ramp[v^flip]
		}
	}
	return ink, t ^ flip, nil
}

// softRamp tabulates 255 clip((v - b - d/4) / (d/2), 0, 1) with d = f - b, that is 255 (4 (v-b) - d) / (2 d), rounded.
func softRamp(b, f int) (ramp [256]uint8) {
	d := f - b
	for v := range ramp {
		ramp[v] = uint8(min(max(0, (255*(4*(v-b)-d)+d)/(2*d)), 255))
	}
	return ramp
}
