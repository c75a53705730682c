package imageprep

import (
	"image"
	"slices"
)

// The longer side of a picture that is read, in pixels. Digits are read well if
// they are about readHeight pixels high.
const (
	digitSide  = 256
	pageSide  = 1024
	readHeight = 72
)

// foundInk is the ink of a picture, and how it was found.
type foundInk struct {
	bounds      image.Rectangle // of the picture as stored
	shrunk      image.Rectangle // of the picture that is read, before turning
	orientation Orientation
	*inkPicture
	ink *image.Gray // upright, without ruled lines
}

// findInk finds the ink of a picture. It reads the picture at the size at which
// its digits are about readHeight pixels high.
func findInk(img image.Image, o *Options) (*foundInk, error) {
	large, err := Shrink(img, pageSide)
	if err != nil {
		return nil, err
	}
	small := large
	if max(large.Rect.Dx(), large.Rect.Dy()) > digitSide {
		if small, err = Shrink(large, digitSide); err != nil {
			return nil, err
		}
	}
	f := &foundInk{bounds: img.Bounds(), orientation: o.Orientation}
	if err := f.find(small, o.Polarity); err != nil {
		return nil, err
	}
	_, parts := findParts(f.ink)
	height := typicalHeight(parts)
	switch {
	case height == 0 || 10*height >= 7*readHeight:
		return f, nil
	case small != large:
		side := min(pageSide, digitSide*readHeight/height)
		if small, err = Shrink(large, side); err != nil {
			return nil, err
		}
	case isTight(small.Rect.Dx(), small.Rect.Dy()) && isOne(small.Rect):
		return f, nil
	default:
		small = double(small)
	}
	g := *f
	if err := g.find(small, o.Polarity); err != nil {
		return f, nil
	}
	return &g, nil
}

// find finds the ink of a picture of suitable size.
func (f *foundInk) find(g *image.Gray, want Polarity) (err error) {
	f.shrunk = g.Rect
	if f.inkPicture, err = findInks(Turn(g, f.orientation), want); err != nil {
		return err
	}
	f.ink = f.inks[0]
	EraseRuledLines(f.ink)
	if slices.Max(f.ink.Pix) < inkLevel {
		levels := histogramOf(g)
		low, high := levels.extremes()
		return &BlankError{Min: low, Max: high, Contrast: f.grounds[0].contrast, OnlyRuledLines: true}
	}
	return nil
}

// isOne reports whether a tight crop has the shape of one digit.
func isOne(r image.Rectangle) bool { return 4*r.Dx() <= 5*r.Dy() }

// read reads the ink.
func (f *foundInk) read(o *Options) *writing {
	one := o.One
	if w, h := f.shrunk.Dx(), f.shrunk.Dy(); isTight(w, h) && isOne(f.ink.Rect) {
		keepLargeParts(f.ink)
		return readWhole(f.ink, o.Confidence)
	}
	return readWriting(f.ink, o.Confidence, one)
}

// page makes the Page.
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
	if len(p.Digits) == 1 {
		d := p.Digits[0]
		d.warn(NearlyBlank, nearlyBlank*w.digits[0].area < f.ink.Rect.Dx()*f.ink.Rect.Dy())
		d.warn(SeveralDigits, w.several)
	}
	return p
}

// digit makes the Digit of a glyph.
func (f *foundInk) digit(w *writing, g glyph) *Digit {
	ink := w.extract(g)
	f.sharpen(ink)
	box := InkBox(ink)
	if box.Empty() {
		box = g.box
	}
	ground := f.groundOf(box)
	d := &Digit{
		Image:    Center(ink, box),
		Polarity: ground.polarity, Threshold: ground.threshold, Contrast: ground.contrast,
		Box:  enlarge(f.orientation.stored(box, f.shrunk), f.shrunk, f.bounds),
		Line: g.line, Space: g.space,
	}
	boxed := ink.SubImage(box).(*image.Gray)
	_, parts := findParts(boxed)
	scale := float64(max(f.bounds.Dx(), f.bounds.Dy())) / float64(max(f.shrunk.Dx(), f.shrunk.Dy()))
	d.Stroke = StrokeWidth(boxed) * scale
	d.warn(TouchesBorder, !g.box.In(f.ink.Rect.Inset(1)))
	d.warn(SeveralParts, len(parts) > 1)
	d.warn(Tiny, max(d.Box.Dx(), d.Box.Dy()) < tinySide)
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

