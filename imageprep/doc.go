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
// a page. [Raw] accepts a picture that already has MNIST's form.
//
// Prepare and PrepareAll take the same steps:
//
//  1. The picture is shrunk, and turned as the camera noted: see [Orientation].
//     A picture with small digits is shrunk less.
//  2. Ink is found. A picture may hold several grounds: a sheet on a desk, or a
//     dark canvas on a page. Each ground has its own [Polarity] and threshold.
//     Inks of clearly different colors are separate.
//  3. Ruled lines, tables, boxes, combs, frames and circles are erased. Where a
//     stroke crosses a line, its ink stays. The edges of sheets and shadows
//     are erased, too.
//  4. The parts of the ink are divided into lines of writing. A line may sink
//     or rise. Its digits may differ in size.
//  5. Wide parts are cut into pieces, from top to bottom, where few strokes
//     are in the way. Options.Confidence judges every run of neighboring
//     pieces that could be a digit. The runs that explain the ink of the line
//     best are its digits. So a cut holds only if both sides read well.
//  6. If the digits read clearly better at another angle, the page is turned.
//  7. Ink that is no digit goes to Page.LeftOut: commas, signs, brackets,
//     letters, bullets and stamps. Only specks are dropped.
//  8. [Center] brings each digit into MNIST's form.
//
// This package knows no model. Options.Confidence connects it with one: it says
// how much a picture of 28x28 pixels looks like one digit. Without it, only
// sizes decide: which parts are close together, and not much wider than high.
//
// A program can also call the main steps one by one, if the picture shows one
// digit on one ground:
//
//	g, err := Shrink(img, 256)        // gray
//	g = Turn(g, orientation)          // upright
//	p := FindPolarity(g)              // dark ink or light ink?
//	ink, _, err := Ink(g, p)          // 255 is ink, 0 is ground
//	EraseRuledLines(ink)              // in place
//	digit := Center(ink, InkBox(ink)) // 28x28
//
// # From a digit to a vector
//
// A linear model reads 92 % of MNIST's test pictures correctly from pixels, see
// [Float32]. It reads 99 % correctly from a [HOG] of digits that [Deskew] has
// straightened. From the [Products] of a few [Components] of this HOG, it reads
// 99.5 %. [Features] tell which vector a model takes. Their text form is stored
// with the model.
//
// A function with a parameter dst writes to dst and returns it. If dst is nil,
// the function allocates it. Otherwise the function allocates nothing, except
// for [Features.Contributions] with Components or Products. It panics if
// len(dst) is not the length of the result.
//
// # Guarantees
//
// The same pixels give the same bits on every architecture. All functions are
// safe for concurrent use if the methods of the picture are. Only
// [EraseRuledLines] and [StretchPale] change their picture. Every function
// panics if its picture is nil.
package imageprep
