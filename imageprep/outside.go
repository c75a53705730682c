package imageprep

import "image"

// outside finds what reaches into an ink picture from beyond the sheet: a table, a shadow, a frame. Such a part has at least
// an eighth of the longer side on the border, and little area for that: a strip is at most a quarter of the side deep. (A
// bold digit that is cut off has more.) outside marks the pixels within two pixels of these parts, and reports whether there
// is other ink, that keeps clear of the border. Without such parts, and in tight crops, marks is nil.
func outside(ink *image.Gray) (marks []bool, inside bool) {
	w, h := ink.Rect.Dx(), ink.Rect.Dy()
	side := max(w, h)
	if isTight(w, h) || 8*inkOnBorder(ink) < side {
		return nil, false
	}
	label, parts := findParts(ink)
	broad := make([]bool, len(parts)+1)
	var others []part
	for i, p := range parts {
		broad[i+1] = 8*p.border >= side && 4*p.area <= p.border*side
		if !broad[i+1] {
			others = append(others, p)
		}
	}
	if len(others) == len(parts) {
		return nil, false
	}
	marks = make([]bool, w*h)
	for i, l := range label {
		if !broad[l] {
			continue
		}
		x, y := i%w, i/w
		for v := max(0, y-2); v <= min(y+2, h-1); v++ {
			for u := max(0, x-2); u <= min(x+2, w-1); u++ {
				marks[v*w+u] = true
			}
		}
	}
	return marks, hasInside(others, w, h)
}

// erase erases the marked pixels of an ink picture.
func erase(ink *image.Gray, marks []bool) {
	w := ink.Rect.Dx()
	for y := range ink.Rect.Dy() {
		line := row(ink, y)
		for x, marked := range marks[y*w:][:w] {
			if marked {
				line[x] = 0
			}
		}
	}
}

// paler looks for ink that is much paler than what reaches into a flattened picture from beyond the sheet, which is marked, and
// passes for ink.
func (p parting) paler(flat *image.Gray, flip uint8, marks []bool) (q parting, ok bool) {
	if marks == nil {
		return q, false
	}
	var rest histogram
	w := flat.Rect.Dx()
	for y := range flat.Rect.Dy() {
		for x, v := range row(flat, y) {
			if !marks[y*w+x] {
				rest[v^flip]++
			}
		}
	}
	q, ok = rest.part()
	return q, ok && q.contrast() >= 3*minContrast && 4*int(q.contrast()) < 3*int(p.contrast())
}
