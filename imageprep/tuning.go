package imageprep

// This file holds the constants that decide how ink becomes digits. Lengths are
// in heights of the line's digits or in stroke widths. Scores are logarithms,
// like the results of Options.Confidence. With these constants, 434 of 604
// handwritten amounts on bank checks are read right. "2: 397" beside a constant
// means that 397 are right with the value 2.

const (
	// digitSide is the longer side of the picture in which ink is found first.
	// pageSide is that of the largest picture in which digits are read. Both
	// are in pixels.
	digitSide = 256
	pageSide  = 1024

	// readHeight is the height of a digit that is read well, in pixels. With
	// half of it, 419 amounts are right.
	readHeight = 72
)

// Ink that is no writing.
const (
	speckStroke = 0.8  // a speck is shorter than this, in strokes,
	speckHeight = 0.07 // or than this, in heights
	edgeStroke  = 0.35 // the edge of a sheet is thinner than this, in strokes

	// The two sides of a stroke differ about equally from the stroke. One side
	// of an edge differs more than stepSide times as much as the other side.
	stepSide = 2

	brokenWidth = 2 // widest part of a broken line, in strokes

	// A hairline is more than this many times as long as thick. A 1 by a thin
	// pen reaches 30. So a hairline is erased only if it is also at least
	// longHairline times as long as a digit is high.
	hairline     = 30
	longHairline = 1.7

	// A digit lower than tinyDigit is left out, unless its score is at least
	// sureDigit. A digit lower than tiniestDigit is always left out. Both are
	// in heights of the picture's digits.
	tinyDigit    = 0.2
	tiniestDigit = 0.1
	sureDigit    = -0.05

	// A line is foreign to the writing if its value is this far below the best
	// line's. The value is the mean score minus two costs. smallCost alone is
	// enough if the line's largest digit has an eighth of the ink of the main
	// line's largest digit. cutOffCost is enough if the border cuts off the
	// line's only digit.
	foreign    = -0.8
	smallCost  = 0.44
	cutOffCost = 1.5

	// If a picture has more than fewDigits digits, a line whose mean score is
	// below worstLine is noise. All digits are noise if their share of the ink
	// is below leastWriting. Fewer digits stay: the caller judges them.
	fewDigits    = 2
	worstLine    = -1
	leastWriting = 0.125

	clearDigit = -0.2 // least score of a clear digit

	filledStroke = 3   // a filled shape is wider than this, in strokes,
	filledShare  = 0.7 // and fills more than this share of its box

	// maxParts bounds the work on noise. A page of 255 digits has some 860
	// parts. A page is not turned if it has more than maxParts parts without
	// its specks, or more than twice as many with them.
	maxParts = 1000

	// mostBoxes bounds the work on parts whose boxes overlap: together, the
	// boxes have at most mostBoxes times the pixels of the picture. On a page,
	// they have fewer pixels than the picture. mostAround is the same for the
	// surroundings of the digits.
	mostBoxes  = 8
	mostAround = 32

	// mostCrumbs is how many parts a digit may have if there is no Confidence.
	mostCrumbs = 100

	// maxAsked bounds how many times Confidence is asked. A page of 255 digits
	// needs some 1600 calls.
	maxAsked = 2200

	// A call of Confidence counts twice for a glyph whose box has this many
	// pixels. The box of a digit of readHeight has less than half of them.
	largeGlyph = 1 << 14
)

// Lines of writing.
const (
	// A part lower than half a digit joins the nearest line, if a digit of the
	// line is at most this far away, in heights.
	besideX = 0.3
	besideY = 0.4

	wideGap    = 0.8 // a space is wider than this, in heights,
	wideFactor = 2.5 // and than this, in typical gaps of the line

	maxSlant = 0.4 // of strokes: columns to the left per row down; 0: 431
)

// Pieces.
const (
	pieceWidth = 0.5  // wider parts are cut, in heights; 0.35: 431, 0.7: 434
	seamCost   = 7    // a cut crosses at most this many strokes; 2: 397
	seamShare  = 0.7  // and is ink in at most this share of the rows
	holeCost   = 382  // cost of a pixel in a hole; ink costs up to 255; 0: 394
	leastPiece = 0.35 // least ink of a piece, in strokes x heights; 0.6: 428
	mostCuts   = 4    // most cuts of a part, per height of its width; 2: 432
	wallLength = 1.5  // two digits share a wall that is this long, in strokes,
	wallWidth  = 2    // and at most this thick; without walls: 428
)

// Runs and paths.
const (
	mostPieces  = 8     // pieces of a digit
	widestDigit = 1.6   // in heights
	lowestDigit = 0.37  // in heights
	tallest     = 2.5   // in heights
	lowDigit    = 0.65  // a digit lower than this costs up to lowScore
	lowScore    = -2    // 0: 427, -4: 433
	offLine     = 0.3   // how far off the line a low digit may be, at no cost
	offScore    = -10   // per height by which a low digit exceeds offLine
	slashHeight = 1.25  // a slash is higher than this, in heights
	slashArea   = 1.4   // most ink of a slash, in strokes x its diagonal
	slashEnd    = 0.05  // a slash reaches out by more than this, in heights
	cutScore    = -0.1  // for each side that is cut; 0: 433
	strokeScore = -0.05 // for each stroke that the cut crosses
	leftScore   = -1.5  // of ink that is left out; -0.8: 416, -2.5: 433

	// leftPieceScore is the score of a piece whose part is not left out as a
	// whole. -1.5: 438, but then letters are read as one of their strokes.
	leftPieceScore = -3

	joinScore    = 0.2 // two parts must look this much better as one digit
	noDigitScore = -20 // of ink that Confidence is not asked about
)

// Turned pages.
const (
	clearPage  = -0.1 // a page with a higher mean score is upright
	turnedPage = -0.6 // a turned page has a higher mean score
	turnScore  = 3    // gain of all digits together that turns a page
	maybeTurn  = 1    // gain that causes a warning
	leastGain  = 0.2  // least gain of the mean score

	// turnedAsked is maxAsked for each other angle. After half of it, no
	// further line is read: some 80 digits are enough.
	turnedAsked = 700
)
