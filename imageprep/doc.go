// Package imageprep turns a picture of a handwritten digit into the 28x28 grey matrix that models trained on MNIST eat.
//
// # MNIST's form
//
// MNIST's pictures look the way they do because their makers normalised them, and a model knows nothing else: the ground
// is 0 and the ink 255, the opposite of paper; the digit was scaled, keeping its aspect and with antialiasing, to fit a
// box of 20x20; and it was placed in 28x28 so that its centre of mass lies in the middle (Y. LeCun, C. Cortes and
// C. J. C. Burges, "The MNIST database of handwritten digits"). A photograph that is merely shrunk to 28x28 has none of
// this, and a model that is right on 92 % of MNIST's test pictures does little better on it than guessing. With a linear
// model each pixel has its own weights, so a digit that sits two pixels off is another digit: what matters, in this order,
// is the box, the centre of mass, the aspect and the antialiasing. And the wrong polarity spoils everything.
//
// # The steps
//
// [Prepare] takes them all. Each is a function of its own, and all of them hand on an [image.Gray]:
//
//	g, err := Shrink(img, 256)        // grey, of at most 256 pixels a side
//	g = Turn(g, orientation)          // upright
//	p := FindPolarity(g)              // dark ink on paper, or light ink on a blackboard?
//	ink, threshold, err := Ink(g, p)  // 255 where there is ink, 0 where there is ground
//	EraseRuledLines(ink)                   // no lines of the paper
//	Clean(ink)                        // no specks, no edge of the sheet
//	box := InkBox(ink)                // where the digit is
//	digit := Center(ink, box)         // 20x20 in 28x28, by centre of mass
//
// One by one:
//
//  1. [Shrink], or [Luminance] in full size, makes any [image.Image] grey by the weights of ITU-R BT.601 and lays
//     transparent pictures on a ground that shows their ink. Shrinking averages areas, which also averages noise away.
//  2. [Turn] makes a picture upright whose camera was held otherwise. A decoder does not tell; [OrientationOf] does.
//  3. [FindPolarity] asks on which side of their surroundings the pixels are that differ most from them.
//  4. [Ink] takes shadows and vignettes out, see [RemoveShading], and parts ink from ground by the threshold of N. Otsu, "A
//     threshold selection method from gray-level histograms" (IEEE Trans. SMC 9, 1979), made soft. A table beyond the edge
//     of the sheet is no ink.
//  5. [EraseRuledLines] takes out what is straight and much longer than a digit: ruled and squared paper, tables, underlines.
//  6. [Clean] erases the parts that are too small for a stroke or reach in from outside.
//  7. [InkBox] and [Center] give what is left MNIST's form.
//
// The result's Pix is the vector of 784 pixels, row by row; [Float32] scales it to 0..1. A picture that is in MNIST's form
// already, such as an export of MNIST's own, goes through [Raw] instead, which changes no pixel.
//
// # Several digits
//
// [PrepareAll] finds all the digits of a page, of any sizes, and puts them in the order in which they are read. It looks for
// the parts of the ink that hang together, joins those that make up one digit, such as a 5 and its bar, cuts what is too
// wide for one, and follows the lines from digit to digit. [Prepare] does the same to find out whether there is just one
// digit, and warns if there are more; see [Digit.Warnings] for what else may be the matter with a picture.
//
// Nothing here turns a digit, but for the orientation that is given, nor tells a digit from other drawings.
//
// # Features
//
// A linear model gets little more than 92 % of MNIST right from pixels. It gets 99 % right from features that say what
// matters about strokes: [Deskew] takes the slant and half of the differences in size out of a digit in MNIST's form,
// and a [HOG] counts how much edge there is in each direction in each part of it. Both are fixed transforms, and fast: the
// model that eats their vector is still one linear layer.
//
//	x := DefaultHOG().Vector(nil, Deskew(nil, digit)) // 128 numbers
//
// # The same bits everywhere
//
// All arithmetic is in integers, or in floating point of a kind that no processor rounds differently, so a picture gives
// the same vector on every architecture. (Decoders are not part of this promise, though those of the standard library
// keep it.) Functions here hold no state and are safe for concurrent use; those that take an [image.Image] only read it.
package imageprep
