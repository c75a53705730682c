package imageprep

import "image"

// outside finds what reaches into an ink picture from beyond the sheet: the table, a shadow, a frame. That is parts with at
// least an eighth of the longer side on the border, which strokes of digits meet with little more than their width. It marks
// the pixels within two pixels of them, and returns the other parts. Without such parts, and in tight crops, marks is nil.
func outside(ink *image.Gray) (marks []bool, others []part) {
	w, h := ink.Rect.Dx(), ink.Rect.Dy()
	if isTight(w, h) {
		return nil, nil
	}
	label, parts := findParts(ink)
	broad := make([]bool, len(parts)+1)
	for i, p := range parts {
		if broad[i+1] = 8*p.border >= max(w, h); !broad[i+1] {
			others = append(others, p)
		}
	}
	if len(others) == len(parts) {
		return nil, others
	}
	marks = make([]bool, w*h)
	for i := range marks {
		marks[i] = near(label, broad, w, h, i%w, i/w)
	}
	return marks, others
}

// eraseOutside erases what reaches into an ink picture from beyond the sheet, if there is other ink: its size says nothing
// about that of digits and strokes.
func eraseOutside(ink *image.Gray) {
	w, h := ink.Rect.Dx(), ink.Rect.Dy()
	marks, others := outside(ink)
	if marks == nil || !hasInside(others, w, h) {
		return
	}
	for y := range h {
		line := row(ink, y)
		for x, marked := range marks[y*w:][:w] {
			if marked {
				line[x] = 0
			}
		}
	}
}

// inside returns the histogram of those levels of a picture, each exclusive-or flip, that are not beyond the sheet. What is
// are parts lighter than t.
func inside(g *image.Gray, flip, t uint8) (h histogram, less bool) {
	w := g.Rect.Dx()
	light := image.NewGray(g.Rect)
	for y := range g.Rect.Dy() {
		out := row(light, y)
		for x, v := range row(g, y) {
			if v^flip > t {
				out[x] = 255
			}
		}
	}
	marks, _ := outside(light)
	if marks == nil {
		return h, false
	}
	for y := range g.Rect.Dy() {
		for x, v := range row(g, y) {
			if !marks[y*w+x] {
				h[v^flip]++
			}
		}
	}
	return h, true
}
