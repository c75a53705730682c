package imageprep

import (
	"image"
	"slices"
)

// minContrast is the smallest difference between the medians of ink and ground,
// in gray levels. A blank sheet with noise of a standard deviation of 9 levels
// has 12 (see TestBlank); shrinking leaves a photograph less noise. The palest
// pencil in some 280 real pictures had 49.
const minContrast = 16

// Ink returns the ink of a gray picture: 255 is ink, 0 is ground, and the
// levels between are the soft edges of strokes. The result has the bounds of g.
// A dark table beside the sheet is not ink, unless the picture is a tight crop.
// A picture may hold several grounds, such as a sheet on a desk or a dark
// canvas in a white page. Each is judged by itself.
//
// Ink evens out the light as [RemoveShading] does, and separates the levels by
// Otsu's threshold (N. Otsu, "A threshold selection method from gray-level
// histograms", IEEE Trans. SMC 9, 1979). DarkInk is below the returned
// threshold, and LightInk is above it. The threshold is that of the ground with
// most ink. The error is a [*BlankError]. Ink panics if p is Auto.
func Ink(g *image.Gray, p Polarity) (ink *image.Gray, threshold uint8, err error) {
	inkFlip(p) // panics
	f, blank := inkOfGray(g, p)
	if blank != nil {
		return nil, 0, blank
	}
	ink = f.inks[0]
	threshold = f.groundOf(ink.Rect).threshold
	ink.Rect = g.Rect
	return ink, threshold, nil
}

// An inkPicture is the ink of a picture, and how it was found. All its pictures
// have the size of the shrunk picture and start at (0, 0).
type inkPicture struct {
	gray      *image.Gray   // the shrunk picture, upright
	inks      []*image.Gray // one for each color of ink
	grounds   []ground      // the first one is around the others
	strength  *image.Gray   // how much each pixel looks like ink, in even light
	strengths []*image.Gray // of each ink; only colored ink has its own
	places    groundMap     // where the grounds are
	sharpened int           // pixels that sharpen looked at
}

// readInk finds the ink of a picture of any size, shrunk to side pixels
// and turned upright. want is Auto, or the only polarity of ink that is wanted.
// The error is a SizeError or a BlankError.
func readInk(img image.Image, side int, o Orientation, want Polarity) (*inkPicture, error) {
	g, err := Shrink(img, side)
	if err != nil {
		return nil, err
	}
	f, blank := inkOfGray(Turn(g, o), want)
	w, h := shrunkTo(g.Rect.Dx(), g.Rect.Dy(), lightSide)
	if c, ok := readChroma(img, w, h, 3); ok && c.isColored() && 5*countInk(f.inks[0]) < 2*len(f.inks[0].Pix) {
		w, h = shrunkTo(g.Rect.Dx(), g.Rect.Dy(), colorSide) // mostly more pixels
		c, _ = readChroma(img, w, h, 2)
		f.findColors(c.turn(o))
		if slices.ContainsFunc(f.inks, func(ink *image.Gray) bool { return slices.Max(ink.Pix) > 0 }) {
			blank = nil
		}
	}
	if blank != nil {
		return nil, blank
	}
	return f, nil
}

// inkOfGray finds the ink of a gray picture. Without ink, inks[0] is empty, and
// the error tells why. In a picture without noise, even the palest ink counts.
func inkOfGray(g *image.Gray, want Polarity) (*inkPicture, *BlankError) {
	f, blank := inkOfLevels(g, want)
	if blank == nil || !isDrawn(g) {
		return f, blank
	}
	stretched := planeOf(g, 0).gray()
	stretch(stretched)
	if s, stillBlank := inkOfLevels(stretched, want); stillBlank == nil {
		span, rounding := int(blank.Max)-int(blank.Min), 127
		for i := range s.grounds {
			d := &s.grounds[i]
			d.threshold = uint8(int(blank.Min) + int(d.threshold)*span/255)
			d.contrast = uint8((int(d.contrast)*span + rounding) / 255)
		}
		s.gray = g
		return s, nil
	}
	return f, blank
}

// inkOfLevels finds the ink of a gray picture by its levels as they are.
func inkOfLevels(g *image.Gray, want Polarity) (*inkPicture, *BlankError) {
	w, h := g.Rect.Dx(), g.Rect.Dy()
	if g.Rect.Empty() {
		return nil, &BlankError{}
	}
	var blank *BlankError
	found := findGrounds(smallOf(g), want, sizeOf(w, h))
	f := &inkPicture{gray: g, grounds: found.grounds, places: found.places}
	f.strength = image.NewGray(image.Rect(0, 0, w, h))
	counts := make([]histogram, len(f.grounds))
	grow := newGrower(found.light, w, h)
	for y := range h {
		levels, strengths, ground := row(g, y), row(f.strength, y), grow.row(y)
		f.eachRun(y, func(x0, x1, n int) {
			f.grounds[n].light.strength(strengths[x0:x1], levels[x0:x1], ground[x0:x1])
			if h <= lightSide || y%2 == 0 {
				counts[n].add(strengths[x0:x1])
			}
		})
	}
	if !f.judge(counts, want) {
		all := histogramOf(g)
		low, high := all.extremes()
		blank = &BlankError{Min: low, Max: high, Contrast: f.grounds[0].split.contrast()}
	}
	f.dropTexture()
	f.inks, f.strengths = []*image.Gray{f.ink()}, []*image.Gray{f.strength}
	f.addPaleInk()
	return f, blank
}

// judge splits the strengths of each ground into ground and ink. It returns
// false if no ground has ink of the wanted polarity.
func (f *inkPicture) judge(counts []histogram, want Polarity) (written bool) {
	for i := range f.grounds {
		d := &f.grounds[i]
		if i > 0 {
			d.box = f.scaled(d.box)
		} else {
			d.box = f.strength.Rect
		}
		s, ok := counts[i].judge()
		outside := len(f.grounds) == 1 && f.places.of != nil && d.contrast > 0
		if outside && (!ok || s.contrast() < 3*minContrast) {
			s, ok = d.split, true // of the picture with what is outside
		}
		d.split, d.contrast = s, 0
		if ok && (want == Auto || want == d.polarity) {
			d.threshold, d.contrast = s.threshold^inkFlip(d.polarity), s.contrast()
			written = true
		}
	}
	return written
}

// ink computes the ink from the strengths.
func (f *inkPicture) ink() *image.Gray {
	ink := image.NewGray(f.strength.Rect)
	ramps := make([][256]uint8, len(f.grounds))
	for i, d := range f.grounds {
		if d.contrast != 0 {
			ramps[i] = softRamp(d.split.groundMedian, d.split.inkMedian)
		}
	}
	for y := range ink.Rect.Dy() {
		out, strengths := row(ink, y), row(f.strength, y)
		f.eachRun(y, func(x0, x1, n int) {
			ramp, to := &ramps[n], out[x0:x1]
			for x, v := range strengths[x0:x1] {
				to[x] = ramp[v]
			}
		})
	}
	return ink
}

// eachRun calls yield for each run of pixels in row y that belong to one
// ground.
func (f *inkPicture) eachRun(y int, yield func(x0, x1, ground int)) {
	w, h := f.strength.Rect.Dx(), f.strength.Rect.Dy()
	if f.places.of == nil {
		yield(0, w, 0)
		return
	}
	places := f.places.of[y*f.places.h/h*f.places.w:][:f.places.w]
	for i := 0; i < len(places); {
		j := i + 1
		for j < len(places) && places[j] == places[i] {
			j++
		}
		if n := places[i]; n != noGround {
			yield((i*w+len(places)-1)/len(places), (j*w+len(places)-1)/len(places), int(n))
		}
		i = j
	}
}

// scaled turns a box of the small picture into one of the whole picture.
func (f *inkPicture) scaled(box image.Rectangle) image.Rectangle {
	return enlarge(box, image.Rect(0, 0, f.places.w, f.places.h), f.strength.Rect)
}

// groundOf returns the ground of a box: the one with most of its ink.
func (f *inkPicture) groundOf(box image.Rectangle) *ground {
	if len(f.grounds) == 1 {
		return &f.grounds[0]
	}
	counts := make([]int, len(f.grounds))
	box = box.Intersect(f.strength.Rect)
	for y := box.Min.Y; y < box.Max.Y; y++ {
		f.eachRun(y, func(x0, x1, n int) {
			for x := max(x0, box.Min.X); x < min(x1, box.Max.X); x++ {
				for _, ink := range f.inks {
					counts[n] += int(ink.Pix[y*ink.Stride+x])
				}
			}
		})
	}
	return &f.grounds[slices.Index(counts, slices.Max(counts))]
}

// sharpen computes a part of inks[k] again, in place: ink shows only this part,
// for example one digit, and may have any bounds. The levels of the part and of
// the ground around it decide, because the whole picture may hold other ink and
// noise. Where ink is 0, it stays 0.
//
// If the surroundings of all parts together are much larger than the picture,
// sharpen does no more work, and the ink stays as it is.
func (f *inkPicture) sharpen(k int, ink *image.Gray) {
	strength := f.strengths[k]
	box := InkBox(ink)
	margin := max(box.Dx(), box.Dy())/2 + softEdge
	var ground, strokes histogram
	around := box.Inset(-margin).Intersect(f.strength.Rect)
	if f.sharpened += around.Dx() * around.Dy(); f.sharpened > mostAround*len(f.strength.Pix) {
		return
	}
	all := f.inks[k]
	for y := around.Min.Y; y < around.Max.Y; y++ {
		levels, others := row(strength, y), row(all, y)
		var own []uint8 // the row of ink, from column left on
		left := ink.Rect.Min.X
		if y >= ink.Rect.Min.Y && y < ink.Rect.Max.Y {
			own = row(ink, y-ink.Rect.Min.Y)
		}
		for x := around.Min.X; x < around.Max.X; x++ {
			v := uint8(0)
			if i := x - left; i >= 0 && i < len(own) {
				v = own[i]
			}
			if v >= inkLevel {
				strokes[levels[x]]++
			} else if v == 0 && others[x] == 0 {
				ground[levels[x]]++
			}
		}
	}
	if ground.count(0, 255) == 0 || strokes.count(0, 255) == 0 {
		return
	}
	low, high := ground.medianOf(0, 255), strokes.medianOf(0, 255)
	if high-low < minContrast {
		return
	}
	ramp := softRamp(low, high)
	around = around.Intersect(ink.Rect)
	for y := around.Min.Y; y < around.Max.Y; y++ {
		for x := around.Min.X; x < around.Max.X; x++ {
			if v := &ink.Pix[ink.PixOffset(x, y)]; *v > 0 {
				*v = ramp[strength.Pix[y*strength.Stride+x]]
			}
		}
	}
}

// A split divides strengths into ground, up to the threshold, and ink.
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

// judge splits the strengths of a ground. It returns false if the contrast is
// too small for ink.
func (h *histogram) judge() (s split, ok bool) {
	s, ok = h.split()
	if !ok || s.contrast() >= minContrast {
		return s, ok
	}
	// Even light may leave shadows in the corners that cover more than a
	// small digit. The digit's ink is beyond their threshold.
	beyond := *h
	clear(beyond[:s.threshold+1])
	if t, ok := beyond.otsu(); ok {
		if strong := h.splitAt(t); strong.contrast() >= 3*minContrast {
			return strong, true
		}
	}
	return s, false
}

// ink returns the ink of strengths.
func (s split) ink(strength *image.Gray) *image.Gray {
	ramp := softRamp(s.groundMedian, s.inkMedian)
	ink := image.NewGray(strength.Rect)
	for y := range strength.Rect.Dy() {
		out := row(ink, y)
		for x, v := range row(strength, y) {
			out[x] = ramp[v]
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

// paler returns the split of the strengths that are not outside. It returns
// false if they show no ink, or if their ink is not much paler than that of s.
func (s split) paler(strength *image.Gray, outside []bool) (pale split, ok bool) {
	if outside == nil {
		return pale, false
	}
	var rest histogram
	w := strength.Rect.Dx()
	for y := range strength.Rect.Dy() {
		for x, v := range row(strength, y) {
			if !outside[y*w+x] {
				rest[v]++
			}
		}
	}
	pale, ok = rest.split()
	return pale, ok && pale.contrast() >= 3*minContrast && 4*int(pale.contrast()) < 3*int(s.contrast())
}
