package imageprep

import (
	"image"
	"math"
	"slices"
)

// foundInk is the ink of a picture, and how it was found.
type foundInk struct {
	bounds      image.Rectangle // of the picture as stored
	shrunk      image.Rectangle // of the picture that is read, before turning
	orientation Orientation
	mixed       bool // the one digit has inks with different strengths
	*inkPicture      // the inks are without ruled lines
}

// findInk finds the ink of a picture. It reads the picture at the size at which
// its digits are about readHeight pixels high.
func findInk(img image.Image, o *Options) (*foundInk, error) {
	f, err := findInkAt(img, img.Bounds(), digitSide, o)
	if err != nil {
		return nil, err
	}
	b := img.Bounds()
	height, longer := f.typicalHeight(), max(b.Dx(), b.Dy())
	if height == 0 || 10*height >= 7*readHeight || longer <= digitSide && isTight(b.Dx(), b.Dy()) && isOne(f.gray.Rect) {
		return f, nil
	}
	side := min(pageSide, min(longer, digitSide)*readHeight/height)
	if 10*side > 14*longer && 2*longer <= pageSide {
		img, side = double(img), 2*longer
	}
	if g, err := findInkAt(img, b, side, o); err == nil {
		return g, nil
	}
	return f, nil
}

// findInkAt finds the ink of a picture that is shrunk to side pixels.
func findInkAt(img image.Image, bounds image.Rectangle, side int, o *Options) (f *foundInk, err error) {
	f = &foundInk{bounds: bounds, orientation: o.Orientation}
	polarity := o.Polarity
	if o.Whole && polarity == Auto {
		polarity = solidPolarity(img)
	}
	if f.inkPicture, err = readInk(img, side, o.Orientation, polarity); err != nil {
		return nil, err
	}
	f.shrunk = f.gray.Rect
	if o.Orientation.swaps() {
		f.shrunk = image.Rect(0, 0, f.shrunk.Dy(), f.shrunk.Dx())
	}
	if o.Whole {
		least := 2 * minContrast
		if isDrawn(f.gray) {
			least = 0
		}
		f.fillSolid(least)
	}
	var drawn []*image.Gray
	for _, ink := range f.inks {
		if o.One {
			drawn = append(drawn, &image.Gray{Pix: slices.Clone(ink.Pix), Stride: ink.Stride, Rect: ink.Rect})
		}
	}
	eraseLines(f.inks)
	for _, ink := range f.inks {
		f.eraseClutter(ink)
	}
	if o.One {
		f.restore(drawn, o.Whole)
	}
	if !slices.ContainsFunc(f.inks, func(ink *image.Gray) bool { return slices.Max(ink.Pix) >= inkLevel }) {
		levels := histogramOf(f.gray)
		low, high := levels.extremes()
		return nil, &BlankError{Min: low, Max: high, Contrast: f.grounds[0].contrast, OnlyRuledLines: true}
	}
	return f, nil
}

// restore brings the erased lines back if at most a crumb of ink remains. Then
// the lines are no box around a digit, but a drawing, such as a square. A crumb
// is shorter than a tenth of the drawing, and shorter than four of its strokes
// are wide. Ink that reaches the border of the picture is no drawing. If more
// remains and whole is set, restore brings back only the strokes of a drawing.
// drawn are the inks before the erasure. whole is Options.Whole.
func (f *foundInk) restore(drawn []*image.Gray, whole bool) {
	remaining := 0 // the longest side of a part
	for _, ink := range f.inks {
		_, parts := findParts(ink)
		for _, q := range parts {
			remaining = max(remaining, q.longerSide())
		}
	}
	longest, stroke := eraseBorderParts(drawn), 0.0
	for _, ink := range drawn {
		stroke = max(stroke, StrokeWidth(ink))
	}
	if 10*remaining < longest && float64(remaining) < 4*stroke {
		f.inks = drawn
	} else if whole {
		f.restoreStrokes(drawn)
	}
}

// eraseBorderParts erases the parts that reach the border. It returns the
// longest side of the others.
func eraseBorderParts(inks []*image.Gray) (longest int) {
	for _, ink := range inks {
		label, parts := findParts(ink)
		gone := make([]bool, len(parts)+1)
		for i, q := range parts {
			if gone[i+1] = q.border > 0; !gone[i+1] {
				longest = max(longest, q.longerSide())
			}
		}
		plane{ink.Rect.Dx(), ink.Rect.Dy(), ink.Pix}.clear(label, gone)
	}
	return longest
}

// restoreStrokes brings erased lines back if they belong to a drawing: the
// shaft of an arrow, or a square around a dot. A straight line that touches
// nothing stays erased. drawn are the inks before the erasure, without ink that
// reaches the border.
func (f *foundInk) restoreStrokes(drawn []*image.Gray) {
	for k, ink := range drawn {
		label, parts := findParts(ink)
		stays := make([]bool, len(parts)+1)
		for i, l := range label {
			if f.inks[k].Pix[i] >= inkLevel {
				stays[l] = true
			}
		}
		stays[0] = false // the ground
		outlines := outlinesOf(label, len(parts), ink.Rect.Dx())
		for i, q := range parts {
			// The outline of a straight line is twice as long as the line.
			dx, dy := float64(q.box.Dx()), float64(q.box.Dy())
			length := math.Sqrt(float64(dx*dx) + float64(dy*dy))
			stays[i+1] = stays[i+1] || float64(outlines[i+1]) > 3*length
		}
		for i, l := range label {
			x, y := i%ink.Rect.Dx(), i/ink.Rect.Dx()
			if ink.Pix[i] > 0 && (stays[l] || nearPart(label, stays, ink.Rect.Dx(), ink.Rect.Dy(), x, y)) {
				f.inks[k].Pix[i] = ink.Pix[i]
			}
		}
	}
}

// outlinesOf returns the lengths of the outlines of n parts, by label. A length
// is the number of edges between pixels. w is the width of the picture.
func outlinesOf(label []int32, n, w int) []int {
	outlines := make([]int, n+1)
	for i, l := range label {
		if i%w > 0 && label[i-1] != l {
			outlines[l]++
			outlines[label[i-1]]++
		}
		if i >= w && label[i-w] != l {
			outlines[l]++
			outlines[label[i-w]]++
		}
	}
	return outlines
}

// eraseLines erases ruled lines from all inks. It looks for lines in all inks
// together: boxes of one color may hold writing of another one.
func eraseLines(inks []*image.Gray) {
	if len(inks) == 1 {
		EraseRuledLines(inks[0])
		return
	}
	all := unite(inks)
	with := slices.Clone(all.Pix)
	EraseRuledLines(all)
	for _, ink := range inks {
		for i, v := range all.Pix {
			if v == 0 && with[i] > 0 {
				ink.Pix[i] = 0
			}
		}
	}
}

// unite returns several inks as one.
func unite(inks []*image.Gray) *image.Gray {
	all := image.NewGray(inks[0].Rect)
	for _, ink := range inks {
		for i, v := range ink.Pix {
			all.Pix[i] = max(all.Pix[i], v)
		}
	}
	return all
}

// typicalHeight is the typical height of the parts of all inks, without
// hairlines. If all parts are hairlines, it is 1: they may be or hold digits,
// which then get as many pixels as possible.
func (f *foundInk) typicalHeight() int {
	var all []part
	for _, ink := range f.inks {
		_, parts := findParts(ink)
		all = append(all, parts...)
	}
	strokes := slices.DeleteFunc(slices.Clone(all), func(q part) bool { return q.isHairline() })
	return max(typicalHeight(strokes), min(1, len(all)))
}

// isOne reports whether a tight crop has the shape of one digit.
func isOne(r image.Rectangle) bool { return 4*r.Dx() <= 5*r.Dy() }

// read divides the ink into digits. A tight crop in the shape of one digit is
// read as a whole, and so is any picture with Options.Whole.
func (f *foundInk) read(o *Options) *writing {
	if b := f.gray.Rect; o.Whole || isTight(b.Dx(), b.Dy()) && isOne(b) {
		ink := f.inks[0]
		if len(f.inks) > 1 {
			ink = unite(f.inks)
		}
		f.mixed = o.Whole && f.strengths[len(f.inks)-1] != f.strengths[0]
		keepLargeParts(ink)
		return readWhole(ink)
	}
	return readWriting(f.inks, o.Confidence, o.One)
}

// page makes the Page from the glyphs of a writing.
func (f *foundInk) page(w *writing, turned int, doubtful bool) *Page {
	p := &Page{Orientation: f.orientation, Turned: turned}
	for _, g := range w.digits {
		p.Digits = append(p.Digits, f.digit(w, g))
	}
	for _, g := range w.left {
		p.LeftOut = append(p.LeftOut, f.digit(w, g))
	}
	if doubtful {
		p.Warnings = append(p.Warnings, MayBeTurned)
	}
	if w.unread {
		p.Warnings = append(p.Warnings, TooMuchInk)
	}
	if len(p.Digits) == 1 {
		d := p.Digits[0]
		d.warn(NearlyBlank, nearlyBlank*w.digits[0].area < f.gray.Rect.Dx()*f.gray.Rect.Dy())
		d.warn(SeveralDigits, w.several)
	}
	return p
}

// digit makes the Digit of a glyph.
func (f *foundInk) digit(w *writing, g glyph) *Digit {
	ink := w.extract(g)
	if !f.mixed {
		f.sharpen(g.ink, ink)
	}
	box := InkBox(ink)
	if box.Empty() { // too faint in its own surroundings
		ink = w.extract(g)
		box = InkBox(ink)
	}
	ground := f.groundOf(box)
	d := &Digit{
		Image:    Center(ink, box),
		Polarity: ground.polarity, Threshold: ground.threshold, Contrast: ground.contrast,
		Box:  enlarge(f.orientation.stored(box, f.shrunk), f.shrunk, f.bounds),
		Line: g.line, Space: g.space,
	}
	_, parts := findParts(ink)
	scale := float64(max(f.bounds.Dx(), f.bounds.Dy())) / float64(max(f.shrunk.Dx(), f.shrunk.Dy()))
	d.Stroke = StrokeWidth(ink) * scale
	d.warn(TouchesBorder, !g.box.In(f.gray.Rect.Inset(1)))
	d.warn(SeveralParts, len(parts) > 1)
	d.warn(Tiny, max(d.Box.Dx(), d.Box.Dy()) < tinySide)
	d.warn(MayBeMark, g.mark)
	d.warn(WasCut, g.cut)
	d.warn(LowContrast, ground.contrast < lowContrast)
	return d
}

// enlarge returns the smallest rectangle of the original picture that covers a
// box of the shrunk picture.
func enlarge(box, shrunk, bounds image.Rectangle) image.Rectangle {
	scale := func(low, high, from, to int) (int, int) {
		return int(int64(low) * int64(to) / int64(from)), int((int64(high)*int64(to) + int64(from) - 1) / int64(from))
	}
	x0, x1 := scale(box.Min.X, box.Max.X, shrunk.Dx(), bounds.Dx())
	y0, y1 := scale(box.Min.Y, box.Max.Y, shrunk.Dy(), bounds.Dy())
	return image.Rect(x0, y0, x1, y1).Add(bounds.Min)
}
