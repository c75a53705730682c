package imageprep

import (
	"image"
	"math/rand/v2"
)

// A scene draws a random picture of one kind, and may set options for reading
// it.
type scene struct {
	name  string
	times int
	draw  func(r *rand.Rand, o *Options) image.Image
}

// paper returns an easel for a picture of random size and pen.
func paper(r *rand.Rand, w, h int) *easel {
	return newEasel(w+r.IntN(20), h+r.IntN(20), uint8(170+r.IntN(80)), uint8(r.IntN(80)), 32+r.IntN(48))
}

// scenes are what pictures show.
var scenes = []scene{
	{"one digit", 9, func(r *rand.Rand, _ *Options) image.Image {
		e := paper(r, 60, 60)
		e.row(r, 1, 15, 10, 30+r.IntN(25), 20)
		return e.Gray
	}},
	{"tight crop", 10, func(r *rand.Rand, _ *Options) image.Image {
		e := newEasel(20+r.IntN(28), 28+r.IntN(20), 230, 20, 24+r.IntN(30))
		e.row(r, 1, 4, 3, 20+r.IntN(20), 20)
		e.segment(16, 16, 18+r.IntN(20), 16)
		return e.Gray
	}},
	{"row", 7, func(r *rand.Rand, _ *Options) image.Image {
		e := paper(r, 190, 70)
		e.row(r, 2+r.IntN(3), 12, 12, 32+r.IntN(16), r.IntN(40))
		e.noise(r, 1+r.IntN(8))
		return e.Gray
	}},
	{"touching", 10, func(r *rand.Rand, _ *Options) image.Image {
		e := paper(r, 170, 70)
		e.row(r, 2+r.IntN(3), 12, 12, 36+r.IntN(10), -r.IntN(16))
		return e.Gray
	}},
	{"lines of writing", 5, func(r *rand.Rand, _ *Options) image.Image {
		e := paper(r, 180, 170)
		y := 8
		for range 3 {
			h := 22 + r.IntN(20)
			e.row(r, 2+r.IntN(3), 8+r.IntN(20), y, h, 10+r.IntN(60))
			y += h + 10 + r.IntN(10)
		}
		return e.Gray
	}},
	{"marks", 12, func(r *rand.Rand, _ *Options) image.Image {
		e := paper(r, 190, 90)
		x := e.row(r, 2, 12, 20, 40, 20)
		e.segment(16*x, 16*58, 16*x-20, 16*66)                                // comma
		e.segment(16*x+160, 16*40, 16*x+160+16*r.IntN(25), 16*(38+r.IntN(4))) // dash
		e.row(r, 1, x+40, 20, 40, 20)
		e.segment(16*20, 16*75, 16*(60+r.IntN(90)), 16*(73+r.IntN(5))) // underline
		for range r.IntN(6) {
			x, y := 16*r.IntN(190), 16*r.IntN(90)
			e.segment(x, y, x+r.IntN(60), y+r.IntN(60)) // speck
		}
		if r.IntN(2) == 0 {
			e.segment(16*170, 16*10, 16*(150+r.IntN(20)), 16*72) // slash
		}
		return e.Gray
	}},
	{"ruled", 10, func(r *rand.Rand, _ *Options) image.Image {
		e := paper(r, 180, 120)
		e.row(r, 3, 15, 20+r.IntN(30), 40, 15)
		e.width, e.level = 12+r.IntN(24), e.level+uint8(r.IntN(60))
		sink := r.IntN(80) - 40
		for y := 10 + r.IntN(10); y < 120; y += 18 + r.IntN(12) {
			e.segment(0, 16*y, 16*200, 16*y+sink)
		}
		for x := 20; r.IntN(2) == 0 && x < 200; x += 25 {
			e.segment(16*x, 0, 16*x-sink, 16*140)
		}
		return e.Gray
	}},
	{"boxes", 16, func(r *rand.Rand, _ *Options) image.Image {
		e := paper(r, 200, 100)
		e.row(r, 3, 28, 30, 36+r.IntN(10), 40)
		e.width = 16 + r.IntN(32)
		side := 38 + r.IntN(8)
		for i := range 3 {
			box := image.Rect(16+i*side, 20, 16+(i+1)*side, 86).Add(image.Pt(0, r.IntN(3)))
			switch r.IntN(4) {
			case 0:
				e.round(box)
			case 1:
				e.frame(box.Inset(r.IntN(4)))
			default:
				e.frame(box)
			}
		}
		return e.Gray
	}},
	{"comb", 6, func(r *rand.Rand, _ *Options) image.Image {
		e := paper(r, 200, 100)
		e.row(r, 3, 24, 24, 44, 30)
		e.width = 16 + r.IntN(16)
		e.segment(16*10, 16*78, 16*190, 16*(78+r.IntN(4)))
		for x := 10; x <= 190; x += 36 {
			e.segment(16*x, 16*78, 16*(x+r.IntN(2)), 16*(60+r.IntN(8)))
		}
		return e.Gray
	}},
	{"circle", 8, func(r *rand.Rand, o *Options) image.Image {
		e := paper(r, 130, 130)
		e.row(r, 1, 46, 38, 48+r.IntN(24), 0)
		e.width = 24 + r.IntN(24)
		e.round(image.Rect(20+r.IntN(20), 15, 105+r.IntN(20), 120))
		o.One = r.IntN(2) == 0
		return e.Gray
	}},
	{"sheet on a desk", 12, func(r *rand.Rand, _ *Options) image.Image {
		e := newEasel(200, 150, uint8(20+r.IntN(100)), 20, 40)
		e.noise(r, r.IntN(12))
		e.rect(image.Rect(20+r.IntN(20), 15+r.IntN(20), 150+r.IntN(60), 120+r.IntN(40)), 225)
		e.row(r, 2, 50, 50, 40+r.IntN(20), 20)
		if r.IntN(3) == 0 {
			e.rect(image.Rect(150, 20, 195, 70), uint8(5+r.IntN(40)))
			e.level = 240
			e.digit(r, 3, 160, 30, 30, 0)
		}
		return e.Gray
	}},
	{"canvas on a page", 8, func(r *rand.Rand, _ *Options) image.Image {
		e := newEasel(160, 160, 245, 250, 56)
		e.rect(image.Rect(30, 30, 120+r.IntN(20), 130+r.IntN(20)), uint8(r.IntN(60)))
		e.row(r, 1, 55, 48, 60, 0)
		e.level, e.width = 30, 28
		e.row(r, 3, 20, 6, 16, 20)
		return e.Gray
	}},
	{"shadow", 9, func(r *rand.Rand, _ *Options) image.Image {
		e := paper(r, 170, 120)
		e.row(r, 3, 14, 30, 50, 15)
		e.light([]func(u, v int) int{hardShadow, vignette, slope}[r.IntN(3)])
		e.noise(r, r.IntN(6))
		return e.Gray
	}},
	{"at the border", 14, func(r *rand.Rand, _ *Options) image.Image {
		e := paper(r, 150, 110)
		e.row(r, 2, r.IntN(8)-4, 30, 50, 40)
		at := 16 * (95 + r.IntN(18))
		switch r.IntN(4) {
		case 0:
			e.width = 200
			e.segment(0, at, 16*170, at+r.IntN(60))
		case 1:
			e.segment(16*130, 0, 16*140, 16*140) // hairline or edge
		case 2:
			e.rect(image.Rect(130+r.IntN(15), 0, 180, 140), 10)
		case 3:
			e.rect(image.Rect(0, 100, 60+r.IntN(100), 140), 60)
		}
		return e.Gray
	}},
	{"broken line", 6, func(r *rand.Rand, _ *Options) image.Image {
		e := paper(r, 170, 150)
		e.row(r, 2, 40, 40, 50, 20)
		for y := 5; y < 150; {
			to := y + 4 + r.IntN(24)
			e.segment(16*20, 16*y, 16*20+r.IntN(20), 16*to)
			y = to + 4 + r.IntN(6)
		}
		return e.Gray
	}},
	{"pale beside bold", 10, func(r *rand.Rand, _ *Options) image.Image {
		e := newEasel(190, 110, 235, 15, 48)
		e.row(r, 2, 12, 25, 55, 20)
		e.level = uint8(180 + r.IntN(25))
		e.row(r, 1, 110, 30, 45, 20)
		e.noise(r, 1+r.IntN(3))
		return e.Gray
	}},
	{"pale", 8, func(r *rand.Rand, _ *Options) image.Image {
		e := newEasel(120, 90, 190, uint8(190-4-r.IntN(30)), 60)
		e.row(r, 2, 12, 20, 45, 20)
		if r.IntN(2) == 0 {
			e.noise(r, 1+r.IntN(4))
		}
		return e.Gray
	}},
	{"thin pen", 6, func(r *rand.Rand, _ *Options) image.Image {
		e := newEasel(200, 150, 240, 40, 16+r.IntN(10))
		e.row(r, 2, 14, 20, 90+r.IntN(30), 10)
		return e.Gray
	}},
	{"small writing", 8, func(r *rand.Rand, _ *Options) image.Image {
		e := newEasel(150, 60, 230, 30, 16+r.IntN(10))
		e.row(r, 5, 8, 20, 11+r.IntN(8), 30)
		return e.Gray
	}},
	{"large page", 2, func(r *rand.Rand, _ *Options) image.Image {
		e := newEasel(420+r.IntN(60), 300, 235, 40, 40)
		for y := 20; y < 240; y += 90 {
			e.row(r, 4, 20, y, 30+r.IntN(20), 60+r.IntN(40))
		}
		e.noise(r, 4)
		return e.Gray
	}},
	{"turned page", 5, func(r *rand.Rand, o *Options) image.Image {
		e := newEasel(260, 150, 230, 30, 56)
		for y := 12; y < 100; y += 70 {
			e.row(r, 4+r.IntN(2), 8, y, 54, 12)
		}
		o.Orientation, o.Confidence = Orientation(r.IntN(9)), likeness
		return Turn(e.Gray, Orientation(1+r.IntN(8)))
	}},
	{"one of several", 8, func(r *rand.Rand, o *Options) image.Image {
		e := paper(r, 150, 90)
		e.row(r, 1+r.IntN(3), 12, 20, 45, 10)
		if r.IntN(2) == 0 {
			e.frame(image.Rect(60, 30, 110, 80))
		}
		o.One, o.Polarity = true, Polarity(r.IntN(3))
		return e.Gray
	}},
	{"whole shapes", 16, func(r *rand.Rand, o *Options) image.Image {
		e := paper(r, 110, 110)
		box := image.Rect(20+r.IntN(20), 20+r.IntN(20), 80+r.IntN(20), 75+r.IntN(20))
		switch r.IntN(5) {
		case 0:
			e.frame(box)
		case 1:
			e.round(box)
			e.frame(box.Inset(24))
		case 2:
			e.rect(box, e.level)
		case 3:
			e.line(16*30, 16*60, 16*90, 16*60, 16*70, 16*40, 16*90, 16*60, 16*70, 16*80)
		case 4:
			e.width = 700
			e.segment(16*50, 16*50, 16*50, 16*60)
			if r.IntN(2) == 0 {
				e.rect(image.Rect(45, 45, 60, 60), 220)
			}
		}
		if e.width = 16; r.IntN(2) == 0 {
			e.segment(0, 16*12, 16*140, 16*12)
			e.segment(16*8, 0, 16*8, 16*140)
		}
		if r.IntN(2) == 0 {
			e.light(slope)
		}
		o.Whole = true
		if r.IntN(3) == 0 {
			return inverted(e.Gray)
		}
		return e.Gray
	}},
	{"colors", 11, func(r *rand.Rand, _ *Options) image.Image {
		var inks []*easel
		for i := range 3 {
			e := newEasel(180, 110, 255, 0, 48)
			if i < 2 {
				e.row(r, 1+r.IntN(2), 12+75*i, 25, 50, 20)
			} else if e.width = 24; r.IntN(2) == 0 {
				e.frame(image.Rect(6, 15, 170, 90))
			} else {
				e.segment(16*20, 16*(50+r.IntN(20)), 16*160, 16*(40+r.IntN(40)))
			}
			inks = append(inks, e)
		}
		colors := [][3]uint8{{20, 30, 160}, {190, 30, 40}, {40, 140, 60}, {30, 30, 30}, {230, 190, 60}, {120, 120, 200}}
		r.Shuffle(len(colors), func(i, j int) { colors[i], colors[j] = colors[j], colors[i] })
		m := colored([3]uint8{uint8(200 + r.IntN(50)), 235, uint8(190 + r.IntN(60))}, inks, colors)
		return []func(*image.RGBA) image.Image{
			func(m *image.RGBA) image.Image { return m },
			func(m *image.RGBA) image.Image { return atOnly{m} },
			func(m *image.RGBA) image.Image { return toYCbCr(m, image.YCbCrSubsampleRatio420) },
			func(m *image.RGBA) image.Image { return toYCbCr(m, image.YCbCrSubsampleRatio444) },
		}[r.IntN(4)](m)
	}},
	{"noise", 2, func(r *rand.Rand, _ *Options) image.Image {
		e := newEasel(80+r.IntN(40), 80, 128, 0, 32)
		e.noise(r, 60)
		e.row(r, 1, 20, 20, 45, 0)
		return e.Gray
	}},
	{"specks", 3, func(r *rand.Rand, _ *Options) image.Image {
		e := paper(r, 120, 100)
		for range 30 + r.IntN(100) {
			x, y := 16*r.IntN(140), 16*r.IntN(120)
			e.segment(x, y, x+r.IntN(90), y+r.IntN(90))
		}
		e.row(r, 2, 12, 20, 60, 0)
		return e.Gray
	}},
	{"blank", 4, func(r *rand.Rand, _ *Options) image.Image {
		e := newEasel(60, 50, 200, 100, 16)
		if r.IntN(2) == 0 {
			e.noise(r, 1+r.IntN(20))
		} else {
			e.segment(0, 16*20, 16*60, 16*21)
		}
		return e.Gray
	}},
	{"filled shapes", 14, func(r *rand.Rand, o *Options) image.Image {
		e := newEasel(110, 100, 220, 30, 900+r.IntN(300))
		switch r.IntN(4) {
		case 0:
			e.segment(16*52, 16*48, 16*(50+r.IntN(12)), 16*52)
		case 1:
			e.rect(image.Rect(15, 15, 80+r.IntN(20), 75+r.IntN(20)), 30)
		case 2:
			e.rect(image.Rect(12, 12, 95, 88), 30)
			e.rect(image.Rect(40, 40, 40+r.IntN(20), 41+r.IntN(8)), uint8(60+r.IntN(160))) // a mark or a hole
		case 3:
			e.line(16*20, 16*80, 16*50, 16*30, 16*85, 16*70)
		}
		if r.IntN(2) == 0 {
			e.light(func(u, v int) int { return 100 - (u+v)/6 })
			e.noise(r, 2)
		}
		o.Whole = true
		if r.IntN(2) == 0 {
			return inverted(e.Gray)
		}
		return e.Gray
	}},
	{"bold crop", 14, func(r *rand.Rand, _ *Options) image.Image {
		e := newEasel(26+r.IntN(40), 36+r.IntN(40), 210, 30, 80+r.IntN(130))
		e.digit(r, r.IntN(10), r.IntN(9), r.IntN(5), e.Rect.Dy()-8+r.IntN(8), 0)
		if r.IntN(3) == 0 {
			e.rect(image.Rect(0, 0, r.IntN(8), r.IntN(8)), 30)
		}
		if r.IntN(2) == 0 {
			return inverted(e.Gray)
		}
		return e.Gray
	}},
	{"colored note", 6, func(r *rand.Rand, _ *Options) image.Image {
		note, ink := newEasel(170, 120, 255, 0, 48), newEasel(170, 120, 255, 0, 48)
		note.rect(image.Rect(20+r.IntN(80), 20, 150, 100), uint8(r.IntN(60)))
		ink.row(r, 2, 10, 35, 50, 20)
		return colored([3]uint8{235, 235, 230}, []*easel{note, ink}, [][3]uint8{{uint8(200 + r.IntN(50)), 220, uint8(r.IntN(120))}, {20, 20, 140}})
	}},
	{"underlined", 8, func(r *rand.Rand, _ *Options) image.Image {
		e := paper(r, 210, 90)
		e.row(r, 4, 12, 16, 40, 35)
		e.width = 24 + r.IntN(24)
		for x := 8; x < 200; x += 38 {
			e.segment(16*x, 16*(64+r.IntN(3)), 16*(x+28+r.IntN(4)), 16*65)
		}
		return e.Gray
	}},
	{"dashed boxes", 4, func(r *rand.Rand, _ *Options) image.Image {
		e := paper(r, 200, 100)
		e.width = 80
		e.row(r, 3, 26, 28, 44, 30)
		e.width = 16 + r.IntN(8)
		for i := range 3 {
			for k := range 7 {
				x, y := 16*(16+54*i+6*k), 16*(20+9*k)
				for _, side := range []int{0, 66} {
					e.segment(x, 16*(18+side), x+64, 16*(18+side))
				}
				for _, side := range []int{0, 44} {
					e.segment(16*(16+54*i+side), y, 16*(16+54*i+side), y+96)
				}
			}
		}
		return e.Gray
	}},
	{"picture types", 36, func(r *rand.Rand, o *Options) image.Image {
		e := newEasel(40+r.IntN(60), 50+r.IntN(20), 255, 0, 60)
		e.row(r, 2, 8, 8, 36, 5)
		m := colored([3]uint8{250, 250, 240}, []*easel{e}, [][3]uint8{{uint8(r.IntN(200)), uint8(r.IntN(100)), uint8(r.IntN(200))}})
		o.One = r.IntN(2) == 0
		return typed(m, r.IntN(len(typedAs)), r.IntN(2) == 0)
	}},
	// In small pictures, two measures are often equal.
	{"doodle", 640, func(r *rand.Rand, o *Options) image.Image {
		w := 12 + r.IntN(36)
		if r.IntN(5) == 0 {
			w = 49 + r.IntN(8)
		}
		e := newEasel(w, 12+r.IntN(44), 200, 40, 16*(1+r.IntN(4)))
		at := func() int { return r.IntN(e.Rect.Dx()) }
		for range 1 + r.IntN(4) {
			switch x, y := at(), at(); r.IntN(4) {
			case 0:
				e.segment(16*x, 16*y, 16*at(), 16*at())
			case 1: // strokes between pixels are sharp
				e.rect(image.Rect(x, y, x+2+r.IntN(4), y+2+r.IntN(24)), 40)
			case 2:
				e.rect(image.Rect(x, y, x+2+r.IntN(24), y+2+r.IntN(4)), 40)
			case 3:
				e.digit(r, r.IntN(10), x/2, y/2, 10+r.IntN(20), 0)
			}
		}
		o.One, o.Whole = r.IntN(4) == 0, r.IntN(6) == 0
		return e.Gray
	}},
	{"colored doodle", 60, func(r *rand.Rand, _ *Options) image.Image {
		var inks []*easel
		var colors [][3]uint8
		w, h := 20+r.IntN(34), 20+r.IntN(34)
		for range 2 {
			e := newEasel(w, h, 255, 0, 32)
			e.digit(r, r.IntN(10), r.IntN(w), r.IntN(h/2), 12+r.IntN(20), 0)
			e.segment(16*r.IntN(w), 16*r.IntN(h), 16*r.IntN(w), 16*r.IntN(h))
			inks, colors = append(inks, e), append(colors, [3]uint8{uint8(r.IntN(256)), uint8(r.IntN(200)), uint8(r.IntN(256))})
		}
		return colored([3]uint8{uint8(200 + r.IntN(56)), 230, uint8(200 + r.IntN(56))}, inks, colors)
	}},
	{"sharp form", 36, func(r *rand.Rand, _ *Options) image.Image {
		e := newEasel(70+r.IntN(50), 50+r.IntN(40), 230, 30, 48)
		thick, cell := 1+r.IntN(3), 22+r.IntN(24)
		for x := 4 + r.IntN(4); x < e.Rect.Dx(); x += cell {
			e.rect(image.Rect(x, 5, x+thick, 5+2*cell), 30)
			e.digit(r, r.IntN(10), x+6, 8, cell-8+r.IntN(8), 0)
		}
		for y := 5; y <= 5+2*cell; y += cell {
			e.rect(image.Rect(4, y, 4+r.IntN(3)*cell+cell, y+thick), 30)
		}
		return e.Gray
	}},
}
