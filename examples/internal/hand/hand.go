// Package hand writes characters by hand, in the shapes that people use all
// over the world. No real handwriting is copied.
//
// A character has several forms: skeletons of strokes, in the tables digits,
// letters and marks. Write takes a form, moves its points as another person or
// another moment would, and draws it with a random pen:
//
//	ink := hand.Write(rng, '7')
//	digit := imageprep.Center(ink, imageprep.InkBox(ink)) // 28x28
//
// A program with its own styles and pens takes the steps one by one: see Shape,
// Style.Trace, Path.Place and Path.Depths.
//
// All functions return the same bits on every processor.
package hand

import (
	"fmt"
	"image"
	"math/rand/v2"
)

// The characters that Write knows. Letters and marks that look like a digit are
// left out, for example O and l.
const (
	Digits  = "0123456789"
	Letters = "ACDEFGHJKLMNPQRTUVWXYacdefhkmnprtuvwxyαΔμπΣΨΩЖИФШЮЯ大木"
	Marks   = "+-=×÷±/\\?!&%#@*$€~<>^(){}[],.:;\"→←↑↓✓△▽☆♡⌂⊕⊗└┌┬├□▯▭◇∿〰"
)

type strokes = []Stroke // makes the tables shorter

// A form is one way to write a character. Each writing of it lies somewhere
// between two extremes, strokes and other.
type form struct {
	name    string
	share   int // how frequent the form is among those of its character
	strokes strokes
	other   strokes // as many points in each; nil if there is one shape
	extras  strokes // each is written half of the time
}

// formsOf returns the forms of a character, or nil.
func formsOf(character rune) []form {
	for _, table := range []map[rune][]form{digits, letters, marks} {
		if forms := table[character]; forms != nil {
			return forms
		}
	}
	return nil
}

// Shape returns the first extreme of a character's form. It panics if there is
// no form of this name.
func Shape(character rune, name string) []Stroke {
	for _, f := range formsOf(character) {
		if f.name == name {
			return f.strokes
		}
	}
	panic(fmt.Sprintf("hand: %q has no form %q; see the tables of package hand", character, name))
}

// Write returns an ink picture of a character in a random hand: 255 is ink, 0
// is ground. The picture has a small margin. Most digits are 44 to 60 pixels
// high. A fifth of the pictures are coarse, like old scans. The same state of
// rng gives the same picture. Write panics if the character is unknown.
func Write(rng *rand.Rand, character rune) *image.Gray {
	forms := formsOf(character)
	if forms == nil {
		panic(fmt.Sprintf("hand: cannot write %q, only the characters in the constants of package hand", character))
	}
	return ink(rng, choose(rng, forms).skeleton(rng))
}

// choose returns a random form. A form's probability is proportional to its
// share.
func choose(rng *rand.Rand, forms []form) form {
	total := 0
	for _, f := range forms {
		total += f.share
	}
	k := rng.IntN(total)
	for _, f := range forms {
		if k -= f.share; k < 0 {
			return f
		}
	}
	panic("unreachable")
}

// skeleton returns a random mixture of the form's extremes.
func (f form) skeleton(rng *rand.Rand) [][]point {
	var skeleton [][]point
	t := rng.Float64()
	for i, s := range f.strokes {
		points := s.points()
		if f.other != nil {
			for j, q := range f.other[i].points() {
				points[j] = points[j].lerp(q, t)
			}
		}
		skeleton = append(skeleton, points)
	}
	for _, s := range f.extras {
		if rng.IntN(2) == 0 {
			skeleton = append(skeleton, s.points())
		}
	}
	return skeleton
}
