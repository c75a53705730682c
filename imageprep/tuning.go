package imageprep

// This file holds the constants that decide how ink becomes digits. Lengths are
// in heights of the line's digits or in stroke widths. Scores are logarithms,
// as those of Options.Confidence. The figures in the comments are how many of
// 604 handwritten amounts on cheques are read right: 434 with these constants.

const (
	// The longer side of the picture in which the ink is found first, and of
	// the largest one in which digits are read, in pixels.
	digitSide = 256
	pageSide  = 1024

	// readHeight is the height of a digit that is read well, in pixels. With
	// half of it, 348 amounts are right.
	readHeight = 72
)

// What is no writing.
const (
	speckStroke = 0.8  // a speck is shorter than this, in strokes,
	speckHeight = 0.07 // or than this, in heights
	edgeStroke  = 0.35 // the edge of a sheet is thinner, in strokes

	// Along an edge, one side differs this many times less from the part than
	// the other side. Beside a stroke, both sides differ about as much.
	stepSide    = 2
	brokenWidth = 2 // the parts of a broken line are thinner, in strokes

	// A part is a hairline if it is this many times as long as thick, and
	// longHairline times as high as a digit. A thin pen draws a 1 with 30.
	hairline     = 30
	longHairline = 1.7

	// Digits are lower than most if they are lower than this, in heights of the
	// picture's digits.
	tinyDigit    = 0.2 // unless their score is above sureDigit, but never below
	tiniestDigit = 0.1 // this
	sureDigit    = -0.05

	// A line does not belong to the writing if its value is so much below the
	// best line's. Its value is its mean score without the costs: smallCost
	// makes a line foreign whose digits have an eighth of the ink of others,
	// and cutOffCost one whose only digit the border cuts off.
	foreign    = -0.8
	smallCost  = 0.44
	cutOffCost = 1.5

	// More than fewDigits digits are noise if their lines read worse than
	// worstLine, or if they are less than this share of the ink. Whether a
	// picture shows a digit or none, the caller decides.
	fewDigits    = 2
	worstLine    = -1
	leastWriting = 0.125

	clearDigit = -0.2 // digits of an unusual color have a higher score

	// maxParts bounds the work on noise. A page of 255 digits has some 860
	// parts. With more than twice as many as maxParts, a page is not turned.
	maxParts = 1000

	// So many times, Confidence is asked at most. A page of 255 digits needs
	// some 1600 calls.
	maxAsked = 2200

	// A glyph whose box has so many pixels counts twice. Digits of readHeight
	// have half of it.
	largeGlyph = 1 << 14
)

// Lines of writing.
const (
	// A part that is lower than half of a digit belongs to the line beside
	// which it is: this far away, in heights.
	besideX = 0.3
	besideY = 0.4

	wideGap    = 0.8 // a space, in heights,
	wideFactor = 2.5 // and in typical gaps of the line

	maxSlant = 0.4 // columns to the left per row down
)

// Pieces.
const (
	pieceWidth = 0.5  // wider parts are cut, in heights; .35 and .7: 432
	seamCost   = 7    // a cut crosses at most so many strokes; 2: 420
	seamShare  = 0.7  // or this share of the rows
	holeCost   = 382  // of a pixel in a hole; ink costs up to 255. 0: 390
	leastPiece = 0.35 // a piece has more ink than this, in strokes x heights
	mostCuts   = 4    // cuts of a part, per height of its width
	wallLength = 1.5  // two digits share a wall that is longer, in strokes,
	wallWidth  = 2    // and thinner, in strokes
)

// Runs and paths.
const (
	mostPieces     = 8     // pieces of a digit
	widestDigit    = 1.6   // in heights
	lowestDigit    = 0.37  // in heights
	tallest        = 2.5   // in heights
	lowDigit       = 0.65  // a lower digit costs up to lowScore
	lowScore       = -2    // 0: 427, -4: 423
	offLine        = 0.3   // a low digit this far above or below the others
	offScore       = -10   // costs this, per height
	slashHeight    = 1.25  // a slash is higher than this, in heights,
	slashArea      = 1.4   // and has less ink, in strokes of its length
	cutScore       = -0.1  // for each side that is cut,
	strokeScore    = -0.05 // and for each stroke that the cut crosses
	leftScore      = -1.5  // of ink that is left out
	leftPieceScore = -3    // of a piece whose part is not left out as a whole
	joinScore      = 0.2   // two parts must look so much better as one digit
	noDigitScore   = -20   // of ink that Confidence is not asked about
)

// Turned pages.
const (
	clearPage  = -0.1 // a page with a higher mean score is upright
	turnedPage = -0.6 // a turned page has a higher mean score
	turnScore  = 3    // gain of all digits together that turns a page
	maybeTurn  = 1    // gain that causes a warning
	leastGain  = 0.2  // of the mean score

	// maxAsked for each other angle. If half of it is used, no further line is
	// read. These are some 80 digits, which are enough.
	turnedAsked = 700
)
