package main

import (
	"hash/fnv"
	"strings"
)

// A format is a kind of PNG file.
type format int

const (
	rgb format = iota
	gray
	paletted
	transparent // the ink is in the alpha channel
)

// A picture is a file to draw. Lengths are in pixels.
type picture struct {
	name       string // of the file without .png; it begins with the digits
	person     string
	medium     string
	w, h       int
	x, y       float64 // the center of the first digit
	size       float64 // the height of a digit, without the line's width
	pen        float64 // the width of the line
	ink, paper int     // colors as 0xRRGGBB
	format     format
}

var pictures = []picture{
	// name, person, medium, w, h, x, y, size, pen, ink, paper, format
	{"0_chalk", "teacher", "chalk", 150, 170, 72, 88, 112, 14, 0xf2f2ea, 0x26302c, paletted},
	{"0_ballpoint", "clerk", "ballpoint", 120, 120, 62, 58, 72, 7, 0x1d2f8a, 0xfbfaf6, paletted},
	{"0_marker", "child", "marker", 280, 280, 138, 142, 190, 25, 0x101010, 0xffffff, gray},
	{"1_flag", "teacher", "felt", 110, 140, 55, 70, 92, 9, 0x8c1a1a, 0xfdf6e3, paletted},
	{"1_stick", "child", "screen", 28, 28, 14, 14, 18, 3, 0xffffff, 0x000000, gray},
	{"1_ballpoint", "surveyor", "ballpoint", 200, 140, 120, 66, 72, 6, 0x15151f, 0xffffff, paletted},
	{"2_loop", "clerk", "felt", 160, 160, 80, 80, 96, 9, 0x0b5d3b, 0xffffff, paletted},
	{"2_chalk", "teacher", "chalk", 180, 150, 96, 76, 100, 11, 0xfff3b0, 0x1f3a2d, paletted},
	{"2_crayon", "child", "crayon", 130, 130, 65, 66, 84, 11, 0xc2185b, 0xfff8d6, paletted},
	{"3_chalk", "teacher", "chalk", 130, 160, 64, 80, 108, 11, 0xffffff, 0x151515, paletted},
	{"3_pencil", "clerk", "pencil", 120, 140, 58, 70, 82, 9, 0x2b2b2b, 0xf5f5f5, gray},
	{"3_brush", "painter", "brush", 320, 360, 164, 182, 230, 30, 0x0a0a0a, 0xffffff, paletted},
	{"4_open", "surveyor", "marker", 120, 120, 60, 58, 76, 8, 0x1546a0, 0xffffff, rgb},
	{"4_closed", "teacher", "marker", 200, 240, 98, 120, 160, 19, 0x6a1b9a, 0xfff7e0, paletted},
	{"4_corner", "child", "screen", 64, 64, 31, 33, 44, 6, 0x000000, 0xffffff, gray},
	{"5_bar", "teacher", "ballpoint", 150, 110, 84, 56, 70, 6, 0x23239c, 0xf4f7fb, paletted},
	{"5_brush", "painter", "brush", 260, 260, 128, 130, 170, 22, 0x7a1f10, 0xf6ecd2, paletted},
	{"5_marker", "surveyor", "marker", 300, 200, 180, 98, 130, 17, 0x151515, 0xffffff, gray},
	{"6_marker", "teacher", "marker", 220, 220, 112, 108, 150, 19, 0xd84315, 0xffffff, rgb},
	{"6_chalk", "child", "chalk", 140, 150, 68, 76, 104, 12, 0xbfe3ff, 0x20242a, paletted},
	{"6_transparent", "clerk", "marker", 100, 120, 50, 60, 84, 9, 0x102040, 0xffffff, transparent},
	{"7_bar", "teacher", "felt", 140, 160, 70, 78, 102, 10, 0x0d47a1, 0xfffde7, paletted},
	{"7_pencil", "surveyor", "pencil", 120, 120, 62, 60, 74, 7, 0x303030, 0xf4f1e8, paletted},
	{"7_hook", "painter", "brush", 480, 400, 250, 196, 280, 36, 0x101418, 0xffffff, paletted},
	{"8_marker", "surveyor", "marker", 240, 300, 118, 150, 210, 27, 0x0a0a0a, 0xffffff, gray},
	{"8_rings", "child", "crayon", 140, 160, 70, 80, 108, 17, 0x0d5a26, 0xffffff, paletted},
	{"8_small", "clerk", "ballpoint", 250, 180, 70, 66, 74, 8, 0x1a237e, 0xfffef8, paletted},
	{"9_ballpoint", "clerk", "ballpoint", 110, 130, 56, 64, 82, 7, 0x1a2a80, 0xffffff, paletted},
	{"9_chalk", "teacher", "chalk", 160, 160, 78, 82, 112, 12, 0xffffff, 0x2d2a26, paletted},
	// The pictures below are harder, see settings.
	{"2_squared", "teacher", "marker", 280, 220, 150, 112, 96, 8, 0x202020, 0xf7f7f7, gray},
	{"3_dusk", "clerk", "marker", 260, 220, 140, 106, 96, 8, 0x1a1a1a, 0xe6e6e6, gray},
	{"4_shadow", "surveyor", "marker", 260, 240, 138, 116, 110, 11, 0x242424, 0xe8e8e8, gray},
	{"5_page", "child", "marker", 640, 480, 452, 130, 44, 4, 0x161616, 0xf2f2f2, gray},
	{"6_slanted", "teacher", "marker", 200, 200, 98, 100, 116, 11, 0x0c3b2e, 0xffffff, paletted},
	{"7_ruled", "painter", "brush", 320, 260, 170, 128, 130, 14, 0x202020, 0xf4f4f4, gray},
	{"8_table", "surveyor", "marker", 300, 300, 182, 118, 76, 7, 0x1b1b2f, 0xffffff, paletted},
	{"9_stick", "surveyor", "screen", 32, 40, 16, 20, 26, 3.5, 0xf0f0f0, 0x101040, rgb},
	// The pictures below show several digits or other things, see scenes.
	{"407_boxes", "teacher", "marker", 330, 150, 75, 75, 56, 6, 0x1b2a7a, 0xffffff, rgb},
	{"5_box", "clerk", "marker", 150, 150, 75, 74, 56, 6, 0x151515, 0xffffff, rgb},
	{"2026_comb", "surveyor", "marker", 400, 140, 74, 64, 50, 5, 0x10206a, 0xffffff, rgb},
	{"83_note", "child", "marker", 320, 260, 130, 128, 76, 9, 0x202020, 0xf7e06a, rgb},
	{"136_sheet", "teacher", "marker", 420, 300, 130, 150, 66, 7, 0x1a1a28, 0xf4f3ee, rgb},
	{"19_ring", "painter", "marker", 260, 200, 105, 100, 62, 7, 0x7a1f10, 0xffffff, rgb},
	{"12719_sum", "clerk", "marker", 540, 140, 60, 70, 58, 6, 0x202020, 0xffffff, rgb},
	{"314159_lines", "teacher", "marker", 300, 260, 80, 80, 60, 6, 0x0c3b2e, 0xffffff, rgb},
	{"274_turned", "surveyor", "marker", 320, 160, 90, 80, 70, 8, 0x151515, 0xffffff, rgb},
}

// digits returns the digits that the picture shows.
func (p picture) digits() string {
	digits, _, _ := strings.Cut(p.name, "_")
	return digits
}

// seed returns the seeds of the picture's random source. They depend only on
// the name, so a new picture does not change the others.
func (p picture) seed() (uint64, uint64) {
	f := fnv.New64a()
	f.Write([]byte(p.name))
	return f.Sum64(), 0
}
