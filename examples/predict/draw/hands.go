package main

// A hand is a person's way of writing. The digit's height is 100.
type hand struct {
	shapes [10]string // the name of the glyph for each digit
	slant  float64    // shift of the top to the right, per height
	width  float64    // of the glyph, 1 as in the table
	wobble float64    // how far the pen strays
	press  float64    // how much the width of a stroke varies, 0 to 1
	start  float64    // width at the start of a stroke, 1 in its middle
	end    float64    // width at its end
	nib    float64    // how much thinner horizontal lines are, 0 to 1
}

var hands = map[string]hand{
	"clerk": {
		shapes: [10]string{"slim", "stick", "loop", "curl", "open", "flow", "curl", "plain", "lean", "sweep"},
		slant:  0.20, width: 1.0, wobble: 1.2, press: 0.18, start: 0.8, end: 0.45, nib: 0.15,
	},
	"teacher": {
		shapes: [10]string{"round", "flag", "plain", "round", "closed", "bar", "round", "bar", "flow", "hook"},
		slant:  0.10, width: 1.0, wobble: 0.9, press: 0.12, start: 0.9, end: 0.8, nib: 0,
	},
	"child": {
		shapes: [10]string{"open", "stick", "swan", "round", "corner", "bar", "stem", "hook", "rings", "stick"},
		slant:  0.04, width: 1.08, wobble: 2.6, press: 0.22, start: 1.0, end: 0.95, nib: 0,
	},
	"surveyor": {
		shapes: [10]string{"slim", "bent", "plain", "flat", "open", "single", "stem", "plain", "flow", "stick"},
		slant:  0.16, width: 0.88, wobble: 0.7, press: 0.1, start: 0.9, end: 0.7, nib: 0.05,
	},
	"painter": {
		shapes: [10]string{"round", "bent", "loop", "flat", "closed", "flow", "curl", "hook", "lean", "hook"},
		slant:  0.18, width: 1.06, wobble: 1.5, press: 0.3, start: 0.7, end: 0.25, nib: 0.3,
	},
}
