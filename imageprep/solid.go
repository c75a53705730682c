package imageprep

import "image"

// fillSolid fills shapes that are wider than strokes, such as a filled heart.
// Evening out the light takes their inside for ground. But the inside has the
// gray level of the ink around it. fillSolid is for Options.Whole.
//
// The ground differs from the ink by more than least levels.
func (f *inkPicture) fillSolid(least int) {
	w, h := f.gray.Rect.Dx(), f.gray.Rect.Dy()
	onGround := make([]bool, w*h) // the pixel belongs to a ground
	for y := range h {
		f.eachRun(y, func(x0, x1, _ int) {
			for x := x0; x < x1; x++ {
				onGround[y*w+x] = true
			}
		})
	}
	for k, ink := range f.inks {
		var strokes, ground, strengths histogram
		for i, v := range ink.Pix {
			if v >= inkLevel {
				strokes[f.levelAt(i)]++
				strengths[f.strengths[k].Pix[i]]++
			}
		}
		if strokes.count(0, 255) == 0 {
			continue
		}
		level := strokes.medianOf(0, 255)
		for i, v := range ink.Pix {
			if g := f.levelAt(i); v == 0 && onGround[i] && max(g-level, level-g) > least {
				ground[g]++
			}
		}
		if ground.count(0, 255) == 0 {
			continue
		}
		// A pixel of the inside is much nearer to the ink than to the ground.
		contrast := ground.medianOf(0, 255) - level
		around := f.groundOf(InkBox(ink))
		if isDark := around.polarity == DarkInk; isDark != (contrast > 0) {
			continue // the ink is too pale, and what differs from it is other ink
		}
		isInk := func(i int) bool {
			g := f.levelAt(i) - level
			if contrast < 0 {
				return onGround[i] && -4*g <= -contrast
			}
			return onGround[i] && 4*g <= contrast
		}
		filled, isEnclosed := flood(ink, isInk)
		if len(filled) == 0 || !isEnclosed {
			continue // strokes, or a shadow and a pen that is as dark
		}
		around.contrast = uint8(max(contrast, -contrast))
		for _, i := range filled {
			ink.Pix[i] = 255
			f.strengths[k].Pix[i] = max(f.strengths[k].Pix[i], uint8(strengths.medianOf(0, 255)))
		}
	}
}

// levelAt returns the gray level of pixel i of an ink.
func (f *inkPicture) levelAt(i int) int {
	w := f.gray.Rect.Dx()
	return int(f.gray.Pix[i/w*f.gray.Stride+i%w])
}

// flood returns the pixels for which isInk holds and that are connected to ink
// by such pixels. They are enclosed if at least half of their outer edges are
// at ink, not at ground or at the border.
func flood(ink *image.Gray, isInk func(i int) bool) (list []int, isEnclosed bool) {
	w, h := ink.Rect.Dx(), ink.Rect.Dy()
	seen := make([]bool, len(ink.Pix))
	closed := 0 // edges at ink, less edges at ground
	visit := func(i int, isNeighbor bool) {
		switch {
		case !isNeighbor:
			closed--
		case ink.Pix[i] >= inkLevel:
			closed++
		case !isInk(i):
			closed--
		case !seen[i]:
			seen[i] = true
			list = append(list, i)
		}
	}
	around := func(i int) {
		visit(i-1, i%w > 0)
		visit(i+1, i%w < w-1)
		visit(i-w, i >= w)
		visit(i+w, i < w*(h-1))
	}
	for i, v := range ink.Pix {
		if v >= inkLevel {
			around(i)
		}
	}
	closed = 0 // the edges of the ink do not count
	for next := 0; next < len(list); next++ {
		around(list[next])
	}
	return list, closed >= 0
}

// solidPolarity returns the polarity of a picture of one large filled shape
// that does not reach the border. Otherwise it returns Auto. A shape with marks
// or holes in it is no filled shape: it may be a sheet on a desk.
func solidPolarity(img image.Image) Polarity {
	g, err := Shrink(img, smallSide)
	if err != nil {
		return Auto
	}
	h := histogramOf(g)
	t, ok := h.otsu()
	if !ok {
		return Auto
	}
	p := planeOf(g, 0)
	polarity := DarkInk
	if p.pix[0] <= t { // like all of the border, or ink reaches it
		polarity = LightInk
	}
	ink, flip := image.NewGray(image.Rect(0, 0, p.w, p.h)), inkFlip(polarity)
	for i, v := range p.pix {
		if (v > t) != (flip != 0) {
			ink.Pix[i] = 255
		}
	}
	if _, parts := findParts(ink); len(parts) != 1 || parts[0].border > 0 || 4*parts[0].area < p.w*p.h {
		return Auto
	}
	for i := range ink.Pix {
		ink.Pix[i] = 255 - ink.Pix[i]
	}
	if _, grounds := findParts(ink); len(grounds) != 1 {
		return Auto // there are holes
	}
	if contrast := h.medianOf(int(t)+1, 255) - h.medianOf(0, int(t)); hasMarks(img, g, ink, flip, contrast) {
		return Auto
	}
	return polarity
}

// smallSide is the longer side of the picture for solidPolarity.
const smallSide = 100

// hasMarks reports whether a shape in img has thin marks in it. They do not
// show in the small picture, where the shape is the zeros of ground. In a
// larger picture, marks differ from the shape by an eighth of its contrast.
// flip is that of the shape's polarity.
func hasMarks(img image.Image, small, ground *image.Gray, flip uint8, contrast int) bool {
	large, err := Shrink(img, digitSide)
	if err != nil {
		return false
	}
	w, h := small.Rect.Dx(), small.Rect.Dy()
	marks := 0
	for i, v := range large.Pix {
		x, y := i%large.Stride*w/large.Rect.Dx(), i/large.Stride*h/large.Rect.Dy()
		around := image.Rect(x-2, y-2, x+3, y+3)
		if !around.In(small.Rect) {
			continue
		}
		level, inside := 0, true
		for y := around.Min.Y; y < around.Max.Y; y++ {
			for x := around.Min.X; x < around.Max.X; x++ {
				inside = inside && ground.GrayAt(x, y).Y == 0
				level = max(level, int(small.GrayAt(x, y).Y^flip))
			}
		}
		if inside && 8*(level-int(v^flip)) > contrast {
			marks++
		}
	}
	return 16*marks > max(large.Rect.Dx(), large.Rect.Dy())
}
