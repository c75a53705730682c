package imageprep

import "image"

// dropTexture takes the ink from the outer ground if it is the texture of a
// desk: much weaker than the ink of a lighter sheet.
func (f *inkPicture) dropTexture() {
	outer := &f.grounds[0]
	for _, d := range f.grounds[1:] {
		if 2*int(outer.contrast) < int(d.contrast) && outer.light.brightness() < d.light.brightness() {
			outer.threshold, outer.contrast = 0, 0
		}
	}
}

// brightness returns the gray level of the ground.
func (l *light) brightness() uint8 { return uint8(l.level) ^ l.flip }

// addPaleInk adds writing that is much paler than the other ink of its ground,
// such as pencil beside bold ink. Ruled lines are often pale, so only parts of
// a digit's size and shape count.
func (f *inkPicture) addPaleInk() {
	bold := false
	for _, d := range f.grounds {
		bold = bold || d.contrast >= 6*minContrast
	}
	if !bold {
		return
	}
	strength := smallOf(f.strength)
	near := smallOf(f.inks[0]).slideMax(7)
	counts := make([]histogram, len(f.grounds))
	at := func(i int) uint8 {
		if f.places.of == nil {
			return 0
		}
		return f.places.of[i]
	}
	for i, v := range strength.pix {
		if n := at(i); n != noGround && near.pix[i] == 0 {
			counts[n][v]++
		}
	}
	ramps := make([]*[256]uint8, len(f.grounds))
	found := false
	for n, d := range f.grounds {
		if d.contrast >= 6*minContrast {
			ramps[n] = counts[n].paleRamp(d.split)
			found = found || ramps[n] != nil
		}
	}
	if !found {
		return
	}
	pale := image.NewGray(image.Rect(0, 0, strength.w, strength.h))
	for i, v := range strength.pix {
		if n := at(i); n != noGround && near.pix[i] == 0 && ramps[n] != nil {
			pale.Pix[i] = ramps[n][v]
		}
	}
	label, parts := findParts(pale)
	wanted := make([]bool, len(parts)+1)
	longer := max(strength.w, strength.h)
	// What touches the other ink is its halo, or the paper around it.
	beside := near.slideMax(3)
	touches := make([]bool, len(parts)+1)
	for i, l := range label {
		touches[l] = touches[l] || beside.pix[i] > 0
	}
	some := false
	for i, q := range parts {
		w, h := q.box.Dx(), q.box.Dy()
		wanted[i+1] = !touches[i+1] && q.border == 0 && 3*max(w, h) < longer && 40*h > longer && w < 2*h && 20*q.area < longer*longer
		some = some || wanted[i+1]
	}
	if !some || len(parts) > maxPale {
		return
	}
	mask := newPlane(strength.w, strength.h, nil)
	for i, l := range label {
		if wanted[l] {
			mask.pix[i] = 1
		}
	}
	mask = mask.slideMax(5)
	ink := f.inks[0]
	for y := range ink.Rect.Dy() {
		out, strengths := row(ink, y), row(f.strength, y)
		selected := mask.row(y * mask.h / ink.Rect.Dy())
		f.eachRun(y, func(x0, x1, n int) {
			for x := x0; x < x1 && ramps[n] != nil; x++ {
				if selected[x*mask.w/len(out)] > 0 {
					out[x] = max(out[x], ramps[n][strengths[x]])
				}
			}
		})
	}
}

// maxPale is how many parts pale ink may have. The texture of paper has more.
const maxPale = 200

// paleRamp returns the soft threshold of pale ink, if h shows any that is not
// noise. h counts the strengths far from the other ink. s is the split of that
// ink.
func (h *histogram) paleRamp(s split) *[256]uint8 {
	pale, ok := h.split()
	if !ok || 2*pale.contrast() < 3*minContrast || 5*int(pale.contrast()) > 2*int(s.contrast()) {
		return nil
	}
	_, spread, n := h.meanOf(0, int(pale.threshold))
	if ink := h.count(int(pale.threshold)+1, 255); 10*ink > n || 2000*ink < n || 6*spread > float64(pale.contrast()) {
		return nil
	}
	ramp := softRamp(pale.groundMedian, pale.inkMedian)
	return &ramp
}
