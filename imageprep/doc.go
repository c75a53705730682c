// Package imageprep turns pictures of handwritten digits into pictures like
// MNIST's, and these into vectors for a model.
//
// # MNIST's form
//
// A model that was trained on MNIST knows only pictures of this form (Y. LeCun,
// C. Cortes and C. J. C. Burges, "The MNIST database of handwritten digits"):
//
//   - 28x28 gray levels: the ground (the paper) is 0, the strongest ink is 255;
//   - the digit keeps its aspect ratio, and its longer side is 20 pixels;
//   - the center of mass of the digit is in the middle.
//
// On a photograph that is only shrunk to 28x28, a model does little better than
// guessing. A picture that a function returns in this form starts at (0, 0) and
// has a Stride of 28. So its Pix holds the 784 pixels, row by row.
//
// # From a picture to digits
//
// [Prepare] finds the one digit in a picture. [PrepareAll] finds all digits of
// a page. [Raw] accepts a picture that already has MNIST's form. A program can
// also call the main steps of Prepare one by one:
//
//	g, err := Shrink(img, 256)        // gray
//	g = Turn(g, orientation)          // upright
//	p := FindPolarity(g)              // dark ink or light ink?
//	ink, _, err := Ink(g, p)          // 255 is ink, 0 is ground
//	EraseRuledLines(ink)              // in place
//	digit := Center(ink, InkBox(ink)) // 28x28
//
// Prepare also erases what is not the digit: specks, underlines, frames, and
// what enters the picture from outside, such as the edge of the sheet. Then it
// judges the ink again by the levels around the digit. No function recognizes
// digits, or guesses which way up a picture is: see [Orientation].
//
// # From a digit to a vector
//
// A linear model reads 92 % of MNIST's test pictures correctly from pixels, see
// [Float32]. It reads 99 % correctly from a [HOG] of digits that [Deskew] has
// straightened, and 99.5 % from the [Products] of a few [Components] of this
// HOG. [Features] tell which vector a model takes. Their text form is stored
// with the model.
//
// A function with a parameter dst writes to dst and returns it. If dst is nil,
// the function allocates it. Otherwise the function allocates nothing, and
// panics if len(dst) is not the length of the result.
//
// # Guarantees
//
// The same pixels give the same bits on every architecture. All functions are
// safe for concurrent use if the methods of the picture are. Only
// [EraseRuledLines] and [StretchPale] change their picture. Every function
// panics if its picture is nil.
package imageprep
