package main

import "github.com/seed-cd6415d7/digits/examples/internal/hand"

// A person writes each digit in one shape.
type person struct {
	shapes [10]string // the name of the shape for each digit
	style  hand.Style
}

// people holds invented people. The numbers of a style are its slant, width,
// wobble, press, start, end and nib.
var people = map[string]person{
	"clerk":    {[10]string{"slim", "stick", "loop", "curl", "open", "flow", "curl", "plain", "lean", "sweep"}, style(0.20, 1.0, 1.2, 0.18, 0.8, 0.45, 0.15)},
	"teacher":  {[10]string{"round", "flag", "plain", "round", "closed", "bar", "round", "bar", "flow", "hook"}, style(0.10, 1.0, 0.9, 0.12, 0.9, 0.8, 0)},
	"child":    {[10]string{"open", "stick", "swan", "round", "corner", "bar", "stem", "hook", "rings", "stick"}, style(0.04, 1.08, 2.6, 0.22, 1.0, 0.95, 0)},
	"surveyor": {[10]string{"slim", "bent", "plain", "flat", "open", "single", "stem", "plain", "flow", "stick"}, style(0.16, 0.88, 0.7, 0.1, 0.9, 0.7, 0.05)},
	"painter":  {[10]string{"round", "bent", "loop", "flat", "closed", "flow", "curl", "hook", "lean", "hook"}, style(0.18, 1.06, 1.5, 0.3, 0.7, 0.25, 0.3)},
}

func style(slant, width, wobble, press, start, end, nib float64) hand.Style {
	return hand.Style{Slant: slant, Width: width, Wobble: wobble, Press: press, Start: start, End: end, Nib: nib}
}
