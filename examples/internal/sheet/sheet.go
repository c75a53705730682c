// Package sheet draws contact sheets: many small pictures, each with the digits
// as the model sees them, and with the answers.
package sheet

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"io"
	"path/filepath"
	"strings"
	"unicode"

	"github.com/seed-cd6415d7/digits/examples/internal/cli"
	"github.com/seed-cd6415d7/digits/examples/internal/pictures"
	"github.com/seed-cd6415d7/digits/examples/reader"
	"github.com/seed-cd6415d7/digits/imageprep"
)

// A Sheet collects results. It keeps only small pictures of them.
type Sheet struct {
	Side int // of the square for a picture, in pixels

	cells []*image.RGBA
	left  int // number of results that did not fit
}

const (
	// Sides for pictures of one digit, of one or several, and of several.
	Small, Medium, Large = 112, 168, 224

	maxCells   = 500 // nobody looks at more
	sheetWidth = 8 * (Small + margin)
	margin     = 8
	seenSide   = 2 * imageprep.Size
)

var (
	white = color.RGBA{255, 255, 255, 255}
	card  = color.RGBA{232, 236, 240, 255}
	black = color.RGBA{40, 40, 40, 255}
	pale  = color.RGBA{120, 120, 120, 255}
	alarm = color.RGBA{200, 0, 0, 255}
	frame = []color.RGBA{{220, 30, 30, 255}, {0, 140, 60, 255}, {30, 70, 220, 255}}
)

// Add puts a result on the sheet, unless the sheet is full.
func (s *Sheet) Add(r *pictures.Result) {
	if len(s.cells) == maxCells {
		s.left++
		return
	}
	m := image.NewRGBA(image.Rect(0, 0, s.Side, s.Side+seenSide+2*lineHeight+margin))
	fill(m, m.Rect, white)
	square := image.Rect(0, 0, s.Side, s.Side)
	fill(m, square, card)
	if r.Image != nil {
		t := thumbnail(r, s.Side)
		draw.Draw(m, t.Rect.Add(square.Max.Sub(t.Rect.Max).Div(2)), t, image.Point{}, draw.Src)
	}
	c, notes := black, []string{}
	if len(r.Answers) > 1 {
		notes = append(notes, r.Got())
	}
	if r.Err == nil && !r.Sure() {
		notes = append(notes, "unsure")
	}
	if r.Wrong() {
		c, notes = alarm, append(notes, "want "+r.Want())
	}
	if r.Err != nil {
		c, notes = alarm, []string{"cannot be read"}
	}
	drawAnswers(m, image.Pt(0, s.Side+margin/2), r.Answers, c)
	name := image.Pt(0, s.Side+seenSide+margin)
	DrawText(m, name, s.Side, strings.TrimSuffix(r.Name, filepath.Ext(r.Name)), pale)
	DrawText(m, name.Add(image.Pt(0, lineHeight)), s.Side, strings.Join(notes, ", "), c)
	s.cells = append(s.cells, m)
}

// drawAnswers draws the digits as the model sees them. A single digit is twice
// as large and has the answer and the next digit on its right. Several digits
// stand in two rows.
func drawAnswers(m *image.RGBA, at image.Point, answers []reader.Answer, c color.RGBA) {
	across, size := m.Rect.Dx()/imageprep.Size, 1
	if len(answers) == 1 {
		size = 2
		a := answers[0]
		right := func(line int) image.Point { return at.Add(image.Pt(seenSide+margin, line*lineHeight)) }
		next := a.RunnerUp
		if a.NoDigit {
			next = a.Digit
			drawText(m, right(0), fontSize, "no", c)
			drawText(m, right(1), fontSize, "digit", c)
		} else {
			drawText(m, right(0), 2*fontSize, fmt.Sprint(a.Digit), c)
		}
		drawText(m, right(2), fontSize, fmt.Sprintf("%.1f%%", 100*a.Probability), c)
		second := fmt.Sprintf("%d %.1f%%", next, 100*a.Probabilities[next])
		if !a.Sure && !a.NoDigit && a.None > a.Probabilities[next] {
			second = "none" // there is no room for more
		}
		drawText(m, right(3), fontSize, second, pale)
	}
	for i, a := range answers[:min(len(answers), 2*across)] {
		corner := at.Add(image.Pt(i%across, i/across).Mul(imageprep.Size))
		for k, v := range a.Image.Pix {
			p := corner.Add(image.Pt(k%imageprep.Size, k/imageprep.Size).Mul(size))
			fill(m, image.Rectangle{p, p.Add(image.Pt(size, size))}, color.RGBA{v, v, v, 255})
		}
	}
}

func fill(m draw.Image, r image.Rectangle, c color.RGBA) {
	draw.Draw(m, r, &image.Uniform{C: c}, image.Point{}, draw.Src)
}

// Draw returns the sheet as a picture.
func (s *Sheet) Draw() *image.RGBA {
	cell := image.Pt(s.Side+margin, s.Side+seenSide+2*lineHeight+2*margin)
	across := max(1, min(len(s.cells), sheetWidth/cell.X))
	m := image.NewRGBA(image.Rect(0, 0, across*cell.X+margin, (len(s.cells)+across-1)/across*cell.Y+margin))
	fill(m, m.Rect, white)
	for i, c := range s.cells {
		at := image.Pt(margin+i%across*cell.X, margin+i/across*cell.Y)
		draw.Draw(m, c.Rect.Add(at), c, image.Point{}, draw.Src)
	}
	return m
}

// Save writes the sheet to a PNG file. If not all pictures fit, it says so on
// stderr.
func (s *Sheet) Save(name string, stderr io.Writer) error {
	if s.left > 0 {
		fmt.Fprintf(stderr, "the sheet shows the first %d of %d pictures\n", maxCells, maxCells+s.left)
	}
	return Save(name, s.Draw())
}

// mark follows the PNG data of a sheet. Decoders ignore it.
const mark = "digits contact sheet\n"

// Save writes any picture to a PNG file that Check recognizes as a sheet.
func Save(name string, m image.Image) error {
	return cli.WriteFile(name, func(w io.Writer) error {
		if err := png.Encode(w, m); err != nil {
			return err
		}
		_, err := io.WriteString(w, mark)
		return err
	})
}

// Check checks in advance that a sheet can be written to the file that -sheet
// names. A sheet may replace another sheet, but no other file.
func Check(name string) error {
	return cli.CheckOutputKind("-sheet", name, "contact sheet", func(r io.Reader) bool {
		const most = 100_000_000
		data, err := io.ReadAll(io.LimitReader(r, most))
		return err == nil && bytes.HasSuffix(data, []byte(mark))
	})
}

// thumbnail returns the picture upright, with the boxes of its digits. Its
// longer side is side. A pixel is the mean of 4x4 samples.
func thumbnail(r *pictures.Result, side int) *image.RGBA {
	const samples = 4
	b := r.Image.Bounds()
	longer := max(b.Dx(), b.Dy())
	w, h := max(1, scale(side, b.Dx(), longer)), max(1, scale(side, b.Dy(), longer))
	var planes [4]*image.Gray // red, green, blue, frames
	for c := range planes[:3] {
		planes[c] = image.NewGray(image.Rect(0, 0, w, h))
	}
	for i := range w * h {
		var sum [3]uint32
		for k := range samples * samples {
			x := scale(i%w*samples+k%samples, b.Dx(), w*samples)
			y := scale(i/w*samples+k/samples, b.Dy(), h*samples)
			red, green, blue, alpha := r.Image.At(b.Min.X+x, b.Min.Y+y).RGBA()
			for c, v := range [3]uint32{red, green, blue} {
				sum[c] += (v + 0xffff - alpha) >> 8 // on white
			}
		}
		for c, v := range sum {
			v /= samples * samples
			// 32 levels are enough: noise makes files large.
			planes[c].Pix[i] = uint8(v&^7 | v>>5)
		}
	}
	planes[3] = Frames(r.Answers, b, image.Pt(w, h))
	for c := range planes {
		planes[c] = imageprep.Turn(planes[c], r.Orientation)
	}
	m := image.NewRGBA(planes[3].Rect)
	for i, f := range planes[3].Pix {
		c := color.RGBA{planes[0].Pix[i], planes[1].Pix[i], planes[2].Pix[i], 255}
		if f > 0 {
			c = frame[f-1]
		}
		m.SetRGBA(i%m.Rect.Dx(), i/m.Rect.Dx(), c)
	}
	return m
}

// Frames returns a picture of this size with the outlines of the answers'
// boxes. The first outline has the value 1, then come 2, 3, 1, and so on. The
// ground is 0. The boxes belong to a picture with these bounds.
func Frames(answers []reader.Answer, bounds image.Rectangle, size image.Point) *image.Gray {
	m := image.NewGray(image.Rectangle{Max: size})
	for i, a := range answers {
		r := a.Box.Sub(bounds.Min)
		r.Min.X, r.Max.X = scale(r.Min.X, size.X, bounds.Dx()), scale(r.Max.X-1, size.X, bounds.Dx())+1
		r.Min.Y, r.Max.Y = scale(r.Min.Y, size.Y, bounds.Dy()), scale(r.Max.Y-1, size.Y, bounds.Dy())+1
		r = r.Inset(-1 - max(size.X, size.Y)/100).Intersect(m.Rect)
		for y := r.Min.Y; y < r.Max.Y; y++ {
			for x := r.Min.X; x < r.Max.X; x++ {
				if x == r.Min.X || x == r.Max.X-1 || y == r.Min.Y || y == r.Max.Y-1 {
					m.SetGray(x, y, color.Gray{Y: uint8(1 + i%len(frame))})
				}
			}
		}
	}
	return m
}

// scale returns v times n/m. The product has 64 bits on all processors.
func scale(v, n, m int) int { return int(int64(v) * int64(n) / int64(m)) }

// glyphs is a font of 3x5 pixels. Each octal digit is a row, from top to
// bottom.
var glyphs = map[rune]uint16{
	'0': 0o75557, '1': 0o26227, '2': 0o71747, '3': 0o71717, '4': 0o55711,
	'5': 0o74717, '6': 0o74757, '7': 0o71222, '8': 0o75757, '9': 0o75717,
	'A': 0o25755, 'B': 0o65656, 'C': 0o34443, 'D': 0o65556, 'E': 0o74647,
	'F': 0o74644, 'G': 0o34553, 'H': 0o55755, 'I': 0o72227, 'J': 0o11152,
	'K': 0o55655, 'L': 0o44447, 'M': 0o57755, 'N': 0o65555, 'O': 0o25552,
	'P': 0o65644, 'Q': 0o25563, 'R': 0o65655, 'S': 0o34216, 'T': 0o72222,
	'U': 0o55557, 'V': 0o55552, 'W': 0o55775, 'X': 0o55255, 'Y': 0o55222,
	'Z': 0o71247, '.': 0o00002, '-': 0o00700, '_': 0o00007, '%': 0o51245,
	'?': 0o61202, '/': 0o11244, '(': 0o24442, ')': 0o21112, ':': 0o02020,
	',': 0o00024, ' ': 0,
}

const (
	fontSize   = 2
	charWidth  = 4 * fontSize
	lineHeight = 7 * fontSize
)

// DrawText draws a line of text in capital letters. Its upper left corner is at
// p. If the text is wider than width, its beginning is left out: the end of a
// path says more.
func DrawText(m draw.Image, p image.Point, width int, text string, c color.RGBA) {
	runes := []rune(text)
	if fits := width / charWidth; len(runes) > fits {
		text = ".." + string(runes[len(runes)-fits+2:])
	}
	drawText(m, p, fontSize, text, c)
}

func drawText(m draw.Image, p image.Point, scale int, text string, c color.RGBA) {
	for i, r := range []rune(text) {
		rows, ok := glyphs[unicode.ToUpper(r)]
		if !ok {
			rows = glyphs['?']
		}
		for bit := range 15 {
			if rows>>(14-bit)&1 != 0 {
				at := p.Add(image.Pt(4*i+bit%3, bit/3).Mul(scale))
				fill(m, image.Rectangle{Min: at, Max: at.Add(image.Pt(scale, scale))}, c)
			}
		}
	}
}
