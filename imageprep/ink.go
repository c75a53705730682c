package imageprep

import "image"

// minContrast is the smallest difference between the medians of ink and ground,
// in gray levels. A blank sheet with noise of a standard deviation of 9 levels
// has 12 (see TestBlank); shrinking leaves a photograph less noise. The palest
// pencil in some 280 real pictures had 49.
const minContrast = 16

// Ink returns the ink of a gray picture: 255 is ink, 0 is ground, and the
// levels between are the soft edges of strokes. The result has the bounds of g.
// A dark table beside the sheet is not ink, unless the picture is a tight crop.
//
// Ink calls [RemoveShading], and separates the levels of its result by Otsu's
// threshold (N. Otsu, "A threshold selection method from gray-level
// histograms", IEEE Trans. SMC 9, 1979). DarkInk is below the returned
// threshold, and LightInk is above it. The error is a [*BlankError]. Ink panics
// if p is Auto.
func Ink(g *image.Gray, p Polarity) (ink *image.Gray, threshold uint8, err error) {
	s, err := separateInk(g, p)
	return s.ink, s.threshold, err
}

// A separation is the ink of a gray picture, and how it was found.
type separation struct {
	even, ink           *image.Gray // even is the picture in even light
	flip                uint8       // v^flip is light if v is ink in even
	outside             []bool      // the mask that was erased, or nil
	threshold, contrast uint8
}

// separateInk is Ink, and also returns how it found the ink.
func separateInk(g *image.Gray, p Polarity) (f separation, err error) {
	flip := inkFlip(p)
	even := RemoveShading(g, p)
	separated := func(ink *image.Gray, s split, outside []bool) (separation, error) {
		if outside != nil {
			erase(ink, outside)
		}
		return separation{even, ink, flip, outside, s.threshold ^ flip, s.contrast()}, nil
	}
	original, levels := histogramOf(g), histogramOf(even)
	low, high := original.extremes()
	if flip != 0 {
		levels.reverse()
	}
	blank := &BlankError{Min: low, Max: high}
	s, ok := levels.split()
	if !ok {
		return f, blank
	}
	if blank.Contrast = s.contrast(); blank.Contrast < minContrast {
		// RemoveShading may leave shadows in the corners that cover
		// more than a small digit. The digit's ink is beyond their
		// threshold.
		beyond := levels
		clear(beyond[:s.threshold+1])
		t, ok := beyond.otsu()
		if s = levels.splitAt(t); !ok || s.contrast() < 3*minContrast {
			return f, blank
		}
	}
	ink := s.ink(even, flip)
	outside, other := findOutside(ink)
	if pale, ok := s.paler(even, flip, outside); ok {
		paleInk := pale.ink(even, flip)
		if outside, other := findOutside(paleInk); other {
			return separated(paleInk, pale, outside)
		}
	}
	if !other {
		outside = nil
	}
	return separated(ink, s, outside)
}

// sharpen computes the ink again. It uses the levels of the ink that is left
// and of the ground around it, because the whole picture may hold other ink and
// noise. Erased ink stays erased.
func (f *separation) sharpen() {
	box := InkBox(f.ink)
	margin := max(box.Dx(), box.Dy())/2 + softEdge
	var ground, ink histogram
	around := box.Inset(-margin).Intersect(f.ink.Rect)
	f.each(around, func(level uint8, v *uint8) {
		if *v == 0 {
			ground[level]++
		} else if *v >= inkLevel {
			ink[level]++
		}
	})
	if ground.count(0, 255) == 0 || ink.count(0, 255) == 0 {
		return
	}
	low, high := ground.medianOf(0, 255), ink.medianOf(0, 255)
	if high-low < minContrast {
		return
	}
	ramp := softRamp(low, high)
	f.each(around, func(level uint8, v *uint8) {
		if *v > 0 {
			*v = ramp[level]
		}
	})
}

// each calls yield for each pixel in r, with its level in even light and its
// ink. A higher level is more like ink.
func (f *separation) each(r image.Rectangle, yield func(level uint8, v *uint8)) {
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			yield(f.even.Pix[f.even.PixOffset(x, y)]^f.flip, &f.ink.Pix[f.ink.PixOffset(x, y)])
		}
	}
}

// A split divides gray levels into ground, up to the threshold, and ink.
type split struct {
	threshold               uint8
	groundMedian, inkMedian int
}

// contrast returns the difference of the medians.
func (s split) contrast() uint8 { return uint8(s.inkMedian - s.groundMedian) }

func (h *histogram) splitAt(t uint8) split {
	return split{t, h.medianOf(0, int(t)), h.medianOf(int(t)+1, 255)}
}

// split splits the levels at Otsu's threshold. It returns false if there is
// only one level.
func (h *histogram) split() (s split, ok bool) {
	if t, ok := h.otsu(); ok {
		return h.splitAt(t), true
	}
	return s, false
}

// ink returns the ink of a picture in even light.
func (s split) ink(even *image.Gray, flip uint8) *image.Gray {
	ramp := softRamp(s.groundMedian, s.inkMedian)
	ink := image.NewGray(even.Rect)
	for y := range even.Rect.Dy() {
		out := row(ink, y)
		for x, v := range row(even, y) {
			out[x] = ramp[v^flip]
		}
	}
	return ink
}

// softRamp tabulates a soft threshold. Levels up to a quarter of the way from
// ground to ink become 0, and those from three quarters on become 255. So the
// soft edge of a stroke stays, and the texture of paper and pen vanishes.
//
// With d = ink - ground, ramp[v] is 255 clip((v - ground - d/4) / (d/2), 0, 1).
// This is 255 (4 (v - ground) - d) / (2 d), clipped and rounded.
func softRamp(ground, ink int) (ramp [256]uint8) {
	d := ink - ground
	for v := range ramp {
		ramp[v] = uint8(min(max(0, (255*(4*(v-ground)-d)+d)/(2*d)), 255))
	}
	return ramp
}

// paler returns the split of the levels that are not outside. It returns false
// if they show no ink, or if their ink is not much paler than that of s.
func (s split) paler(even *image.Gray, flip uint8, outside []bool) (pale split, ok bool) {
	if outside == nil {
		return pale, false
	}
	var rest histogram
	w := even.Rect.Dx()
	for y := range even.Rect.Dy() {
		for x, v := range row(even, y) {
			if !outside[y*w+x] {
				rest[v^flip]++
			}
		}
	}
	pale, ok = rest.split()
	return pale, ok && pale.contrast() >= 3*minContrast && 4*int(pale.contrast()) < 3*int(s.contrast())
}

// erase erases the pixels of ink that the mask selects.
func erase(ink *image.Gray, mask []bool) {
	w := ink.Rect.Dx()
	for y := range ink.Rect.Dy() {
		levels := row(ink, y)
		for x, selected := range mask[y*w:][:w] {
			if selected {
				levels[x] = 0
			}
		}
	}
}
