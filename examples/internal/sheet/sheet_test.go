package sheet

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"github.com/seed-cd6415d7/digits/examples/internal/pictures"
	"github.com/seed-cd6415d7/digits/examples/internal/toymodel"
	"github.com/seed-cd6415d7/digits/examples/reader"
	"github.com/seed-cd6415d7/digits/imageprep"
	"github.com/stretchr/testify/require"
)

func count(m *image.RGBA, c color.RGBA) (n int) {
	for y := range m.Rect.Dy() {
		for x := range m.Rect.Dx() {
			if m.RGBAAt(x, y) == c {
				n++
			}
		}
	}
	return n
}

// seen is a digit as the model saw it: one pixel of ink.
func seen() *image.Gray {
	g := image.NewGray(image.Rect(0, 0, 28, 28))
	g.Pix[0] = 77
	return g
}

var (
	ink   = color.RGBA{77, 77, 77, 255}
	photo = color.RGBA{255, 0, 132, 255}
)

// sheetOf returns the sheet with these results.
func sheetOf(list ...*pictures.Result) *Sheet {
	s := new(Sheet)
	for _, r := range list {
		s.Add(Cell(r))
	}
	return s
}

func TestSheet(t *testing.T) {
	img := image.NewRGBA(image.Rect(10, 10, 410, 310))
	fill(img, img.Rect, photo)
	answer := reader.Answer{Box: image.Rect(110, 60, 210, 160), Image: seen(), Digit: 8, RunnerUp: 3, Sure: true, Probabilities: make([]float32, 10)}
	several := []reader.Answer{answer, answer, answer}
	several[1].Box, several[2].Box = image.Rect(20, 20, 60, 90), image.Rect(300, 60, 390, 160)
	one := &pictures.Result{Image: img, Page: reader.Page{Answers: several[:1]}}
	list := []*pictures.Result{one, {Err: errors.New("cut short")}}
	for range 10 {
		list = append(list, one)
	}
	list = append(list, &pictures.Result{Image: img, Page: reader.Page{Orientation: 6, Answers: several}})
	m := sheetOf(list...).Draw()
	const high = 112 + 56 + 28 + 8 // of a cell of one digit
	require.Equal(t, image.Rect(0, 0, 8*120+8, 2*high+3*margin), m.Rect)

	// The first picture is 112x84, in the middle of its square. The box is
	// where it belongs.
	at := func(x, y int) color.RGBA { return m.RGBAAt(margin+x, margin+y) }
	require.Equal(t, card, at(50, 13))
	require.Equal(t, photo, at(50, 15))
	require.Equal(t, frame[0], at((110-10)*112/400-2, 14+(60-10)*112/400+10))
	// The digit as the model saw it stands below, twice as large.
	require.Equal(t, ink, at(1, 112+margin/2+1))
	require.Equal(t, color.RGBA{0, 0, 0, 255}, at(2, 112+margin/2+2))
	// The last picture is turned to 84x112. Below it are three digits.
	left, top := 4*120, high+margin
	require.Equal(t, photo, at(left+1, top+1))
	require.Equal(t, photo, at(left+83, top+111))
	require.Equal(t, white, at(left+85, top+100))
	require.NotPanics(t, func() { new(Sheet).Draw() }, "an empty sheet")
}

// TestPage: a page shows all its digits, and what was left out.
func TestPage(t *testing.T) {
	r := &pictures.Result{Image: image.NewGray(image.Rect(0, 0, 1000, 1000)), Page: reader.Page{Turned: 180, Orientation: 3}}
	for i := range 100 {
		box := image.Rect(i%10*100+20, i/10*100+20, i%10*100+80, i/10*100+80)
		r.Answers = append(r.Answers, reader.Answer{Digit: i % 10, Line: i / 10, Image: seen(), Box: box, Sure: true})
	}
	m := Cell(r)
	require.Equal(t, 352, m.Rect.Dx())
	require.Equal(t, 100, count(m, ink))
	require.Zero(t, count(m, alarm), "all are sure")
	require.Positive(t, count(m, frame[0]))
	require.Positive(t, count(m, frame[1]))

	r.Answers[7].Sure = false
	m = Cell(r)
	require.Positive(t, count(m, alarm))
	without := count(m, pale)
	r.LeftOut = []reader.Answer{{NoDigit: true, Image: seen(), Box: image.Rect(1, 1, 9, 900), Probabilities: make([]float32, 10)}}
	m = Cell(r)
	require.Equal(t, 101, count(m, ink))
	require.Greater(t, count(m, pale), without+50)

	// There are limits.
	for len(r.Answers) < 1000 {
		r.Answers = append(r.Answers, r.Answers[:100]...)
	}
	m = Cell(r)
	require.Equal(t, maxTiles, count(m, ink))
	require.Less(t, m.Rect.Dy(), 2000)
}

func TestNotes(t *testing.T) {
	sure, unsure := reader.Answer{Sure: true}, reader.Answer{}
	r := &pictures.Result{Page: reader.Page{Answers: []reader.Answer{sure, unsure}, LeftOut: []reader.Answer{unsure}, Turned: 180}}
	r.Label = "01"
	require.Equal(t, []string{"turned 180", "1 left out", "unsure", "want 01"}, notes(r))
	r.Label, r.Answers, r.Turned = "00", []reader.Answer{sure, sure}, 0
	require.Equal(t, []string{"1 left out"}, notes(r))
	r.LeftOut = nil
	require.Empty(t, notes(r))
	r.Label = ""
	for range maxTiles - 3 {
		r.Answers = append(r.Answers, sure)
	}
	r.LeftOut = []reader.Answer{unsure}
	require.Equal(t, []string{"1 left out"}, notes(r), "all are shown")
	r.LeftOut = append(r.LeftOut, unsure)
	require.Equal(t, []string{"2 left out", "1 not shown"}, notes(r))
}

// TestFrames: the value of a frame tells what is within.
func TestFrames(t *testing.T) {
	page := &reader.Page{LeftOut: []reader.Answer{{Box: image.Rect(70, 10, 90, 30)}}}
	for x := 10; x < 60; x += 20 {
		page.Answers = append(page.Answers, reader.Answer{Box: image.Rect(x, 10, x+10, 30), Sure: x < 40})
	}
	m := Frames(page, image.Rect(0, 0, 100, 50), image.Pt(100, 50))
	for i, x := range []int{10, 30, 50, 72} {
		require.EqualValues(t, i+1, m.GrayAt(x, 8).Y)
	}
	require.Zero(t, m.GrayAt(70, 8).Y, "in dashes")
	require.Zero(t, m.GrayAt(15, 15).Y)
}

// TestFramesSurround: a box lies just around its ink, at every scale. Ink is
// each pixel that shows any part of a pixel in the box.
func TestFramesSurround(t *testing.T) {
	for _, side := range []int{12, 13, 28, 30, 100, 112, 113, 640, 4000} {
		for _, small := range []int{28, 39, 100, 112} {
			bounds := image.Rect(7, 5, 7+side, 5+side)
			box := image.Rect(7+side/4, 5+side/3, 7+side/2, 5+side*3/4)
			m := Frames(&reader.Page{Answers: []reader.Answer{{Box: box, Sure: true}}}, bounds, image.Pt(small, small))
			var ink, framed image.Rectangle
			for y := range small {
				for x := range small {
					pixel := image.Rect(x, y, x+1, y+1)
					first, last := image.Pt(x*side/small, y*side/small), image.Pt(((x+1)*side-1)/small, ((y+1)*side-1)/small)
					if (image.Rectangle{Min: first, Max: last.Add(image.Pt(1, 1))}).Add(bounds.Min).Overlaps(box) {
						ink = ink.Union(pixel)
					}
					if m.GrayAt(x, y).Y != 0 {
						framed = framed.Union(pixel)
					}
				}
			}
			gap := 1 + small/100
			require.Equal(t, ink.Inset(-gap), framed, "a picture of %d pixels, drawn with %d", side, small)
		}
	}
}

// TestThumbnailSurrounds: no side of the box lies on the ink, also in a small
// or turned picture.
func TestThumbnailSurrounds(t *testing.T) {
	box := image.Rect(3, 2, 9, 8)
	img := image.NewRGBA(image.Rect(0, 0, 12, 14))
	fill(img, img.Rect, white)
	fill(img, box, photo)
	for o := imageprep.Orientation(1); o <= 8; o++ {
		r := &pictures.Result{Image: img, Page: reader.Page{Orientation: o, Answers: []reader.Answer{{Box: box, Sure: true}}}}
		framed, plain := thumbnail(r, image.Pt(112, 112)), *r
		plain.Answers = nil
		ground := thumbnail(&plain, image.Pt(112, 112))
		require.Positive(t, count(framed, frame[0]))
		for y := range framed.Rect.Dy() {
			for x := range framed.Rect.Dx() {
				if framed.RGBAAt(x, y) == frame[0] {
					require.Equal(t, white, ground.RGBAAt(x, y), "orientation %d at %d, %d", o, x, y)
				}
			}
		}
	}
}

// TestTransparent: behind transparency lies a ground that shows the ink.
func TestTransparent(t *testing.T) {
	for _, tt := range []struct {
		name         string
		ink          color.Color
		drawn, under color.RGBA
	}{
		{"white", color.White, white, color.RGBA{0, 0, 0, 255}},
		{"pale yellow", color.NRGBA{255, 255, 132, 255}, color.RGBA{255, 255, 132, 255}, color.RGBA{0, 0, 0, 255}},
		{"black", color.Black, color.RGBA{0, 0, 0, 255}, white},
		{"blue", color.NRGBA{0, 0, 255, 255}, color.RGBA{0, 0, 255, 255}, white},
		{"rose, a little lighter than gray", color.NRGBA{255, 66, 148, 255}, color.RGBA{255, 66, 148, 255}, color.RGBA{0, 0, 0, 255}},
		{"half transparent white", color.NRGBA{255, 255, 255, 128}, color.RGBA{132, 132, 132, 255}, color.RGBA{0, 0, 0, 255}},
	} {
		img := image.NewNRGBA(image.Rect(0, 0, 30, 30))
		draw.Draw(img, image.Rect(10, 5, 20, 25), image.NewUniform(tt.ink), image.Point{}, draw.Src)
		slow := struct{ image.Image }{img} // it has no method RGBA64At
		for _, m := range []*image.RGBA{Cell(&pictures.Result{Image: img}), Cell(&pictures.Result{Image: slow}), suspectCell(Suspect{Image: img})} {
			require.Equal(t, tt.under, m.RGBAAt(5, 5), tt.name)
			require.Equal(t, tt.drawn, m.RGBAAt(column/2, column/2), tt.name)
		}
	}
}

// TestColors: what is wrong is red.
func TestColors(t *testing.T) {
	right := pictures.Result{Picture: pictures.Picture{Label: "0"}, Page: reader.Page{Answers: []reader.Answer{{Image: seen(), Sure: true, Probabilities: make([]float32, 10)}}}}
	wrong, unread := right, right
	wrong.Label, unread.Err = "4", errors.New("cut short")
	for _, tt := range []struct {
		r   *pictures.Result
		red bool
	}{{&right, false}, {&wrong, true}, {&unread, true}} {
		m := Cell(tt.r)
		require.Equal(t, tt.red, count(m, alarm) > 0)
		require.NotEqual(t, tt.red, count(m, black) > 0)
	}
}

// TestNoDigit: the sheet says that there is no digit, and what digit it would
// be. The lines of text are compared with those that DrawText draws.
func TestNoDigit(t *testing.T) {
	a := reader.Answer{Image: seen(), NoDigit: true, Digit: 8, RunnerUp: 3, Probability: 0.97, None: 0.97, Sure: true, Probabilities: []float32{8: 0.021, 9: 0}}
	result := func(p pictures.Picture, leftOut ...reader.Answer) *pictures.Result {
		return &pictures.Result{Picture: p, Page: reader.Page{LeftOut: leftOut}}
	}
	doubt := a
	doubt.Sure = false
	s := sheetOf(result(pictures.Picture{Label: "4"}, a), result(pictures.Picture{NoDigit: true}, a),
		result(pictures.Picture{}, doubt), result(pictures.Picture{Label: "4"}, doubt))
	line := func(cell, x, y int, text string, c color.RGBA) {
		t.Helper()
		got := s.cells[cell].SubImage(image.Rect(x, y, x+len(text)*charWidth, y+lineHeight)).(*image.RGBA)
		want := image.NewRGBA(got.Rect)
		fill(want, want.Rect, white)
		DrawText(want, got.Rect.Min, column, text, c)
		for at := got.Rect.Min; at.Y < got.Rect.Max.Y; at.Y++ {
			for at.X = got.Rect.Min.X; at.X < got.Rect.Max.X; at.X++ {
				require.Equal(t, want.RGBAAt(at.X, at.Y), got.RGBAAt(at.X, at.Y), "%s at %v", text, at)
			}
		}
	}
	for cell, c := range []color.RGBA{alarm, black} {
		right, top := seenSide+margin, column+margin/2
		line(cell, right, top, "no", c)
		line(cell, right, top+lineHeight, "digit", c)
		line(cell, right, top+2*lineHeight, "97.0%", c)
		line(cell, right, top+3*lineHeight, "8 2.1%", pale)
	}
	bottom := column + seenSide + margin + lineHeight
	line(0, 0, bottom, "want 4", alarm)
	line(1, 0, bottom, "      ", black)
	line(2, 0, bottom, "unsure", black)
	line(3, 0, bottom, "unsure, want 4", alarm)
	require.Zero(t, count(s.cells[1].RGBA, alarm))
}

// TestBesideDigit: the last line is the next answer, as the page names it. An
// answer that the model did not give has no probabilities.
func TestBesideDigit(t *testing.T) {
	sure := reader.Answer{Digit: 0, RunnerUp: 1, Probability: 0.7, None: 0.2, Sure: true, Probabilities: []float32{0.7, 0.1}}
	require.Equal(t, "none", nextOf(&sure))
	sure.None = 0.05
	require.Equal(t, "1 10.0%", nextOf(&sure))

	drawn := func(a reader.Answer) []uint8 {
		m := newCell(column, seenSide)
		a.Image = seen()
		drawAnswer(m, image.Point{}, &a, black)
		return m.Pix
	}
	placed := reader.Answer{NoDigit: true, Probability: 0.3, Probabilities: []float32{0.7, 0.1}}
	want := newCell(column, seenSide)
	placed.Image = seen()
	drawSeen(want, image.Point{}, &placed, 2)
	for i, text := range []string{"no", "digit", "by its", "place"} {
		c := black
		if i == 3 {
			c = pale
		}
		drawText(want, image.Pt(seenSide+margin, i*lineHeight), 1, text, c)
	}
	require.Equal(t, want.Pix, drawn(placed))
	placed.None = 0.8 // the model says so itself
	require.NotEqual(t, want.Pix, drawn(placed))
}

// TestNames: the names of classes are cut where there is no room.
func TestNames(t *testing.T) {
	r, err := reader.Load(toymodel.Always(t, []string{"five-pointed star", "ab", "square"}, 0, nil))
	require.NoError(t, err)
	white := image.NewGray(image.Rect(0, 0, 28, 28))
	draw.Draw(white, white.Rect, image.White, image.Point{}, draw.Src)
	a, err := r.Raw(white)
	require.NoError(t, err)
	result := &pictures.Result{Image: white, Page: reader.Page{Answers: []reader.Answer{a}}}
	top := column + margin/2
	for _, tt := range []struct {
		class, next int
		line        int
		scale       int
		text        string
	}{
		{0, 1, 0, 1, "five-p"}, {0, 1, 1, 1, "..star"}, {0, 1, 3, 1, "ab"},
		{1, 0, 0, 2, "ab"}, {1, 0, 3, 1, "fiv.ar"}, {2, 1, 0, 1, "square"}, {2, 1, 1, 1, "      "},
	} {
		result.Answers[0].Digit, result.Answers[0].RunnerUp = tt.class, tt.next
		m := Cell(result)
		at := image.Pt(seenSide+margin, top+tt.line*lineHeight)
		want := image.NewRGBA(image.Rectangle{Min: at, Max: at.Add(image.Pt(column-at.X, tt.scale*drawn))})
		fill(want, want.Rect, color.RGBA{255, 255, 255, 255})
		c := black
		if tt.line == 3 {
			c = pale
		}
		drawText(want, at, tt.scale, tt.text, c)
		got := image.NewRGBA(want.Rect)
		draw.Draw(got, got.Rect, m, at, draw.Src)
		require.True(t, bytes.Equal(want.Pix, got.Pix), "%+v", tt)
	}

	several := &pictures.Result{Image: white, Page: reader.Page{Answers: []reader.Answer{a, a}}}
	require.NotPanics(t, func() { Cell(several) })
}

// TestSmall: small pictures are enlarged, and thin ones have at least one
// pixel.
func TestSmall(t *testing.T) {
	for _, tt := range []struct{ picture, want image.Rectangle }{
		{image.Rect(0, 0, 1000, 1), image.Rect(0, 0, 100, 1)},
		{image.Rect(0, 0, 2, 1), image.Rect(0, 0, 100, 50)},
		{image.Rect(0, 0, 9, 9), image.Rect(0, 0, 100, 100)},
	} {
		m := thumbnail(&pictures.Result{Image: image.NewNRGBA(tt.picture)}, image.Pt(100, 100))
		require.Equal(t, tt.want, m.Rect)
		require.Equal(t, m.Rect.Dx()*m.Rect.Dy(), count(m, white), "a transparent picture lies on white")
	}
}

// TestFull: how many cells a sheet holds, and how high it is then.
func TestFull(t *testing.T) {
	var s Sheet
	for range maxCells + 3 {
		s.Add(newCell(28, 28))
	}
	require.Len(t, s.cells, maxCells)
	var stderr bytes.Buffer
	require.NoError(t, s.Save(filepath.Join(t.TempDir(), "sheet.png"), &stderr))
	require.Equal(t, "the sheet shows 500 of 503 pictures\n", stderr.String())

	var high Sheet
	for range maxCells {
		high.Add(&image.RGBA{Rect: image.Rect(0, 0, width(3), 1000)}) // nobody draws it
	}
	require.Len(t, high.cells, 2*(maxHeight/(1000+margin)))
	last := high.cells[len(high.cells)-1]
	require.LessOrEqual(t, last.at.Y+1000, maxHeight)
}

func TestSave(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "sheet.png")
	require.NoError(t, os.WriteFile(name, []byte("old"), 0o666))
	require.NoError(t, Save(name, image.NewGray(image.Rect(0, 0, 3, 2))))
	f, err := os.Open(name)
	require.NoError(t, err)
	defer f.Close()
	_, err = png.Decode(f)
	require.NoError(t, err)
	left, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, left, 1, "no temporary file stays")
	require.Error(t, Save(filepath.Join(dir, "none", "sheet.png"), image.NewGray(image.Rect(0, 0, 3, 2))))
	require.NoError(t, Check(name), "a sheet may replace another")
	require.NoError(t, Check(filepath.Join(dir, "new.png")))
}

// TestCheck: a sheet replaces no other picture.
func TestCheck(t *testing.T) {
	var plain bytes.Buffer
	require.NoError(t, png.Encode(&plain, image.NewGray(image.Rect(0, 0, 30, 30))))
	name := filepath.Join(t.TempDir(), "photo.png")
	for _, data := range [][]byte{plain.Bytes(), plain.Bytes()[:20], []byte(mark + "more")} {
		require.NoError(t, os.WriteFile(name, data, 0o666))
		require.EqualError(t, Check(name), "-sheet "+name+" exists and is not a contact sheet: choose another name, or remove it first")
	}
	for _, name := range []string{"s.html", "s.pdf", "a/s.JPG", "s."} {
		require.EqualError(t, Check(name), "-sheet "+name+": the sheet is a PNG picture; want a name that ends in .png")
	}
	dir := t.TempDir()
	for _, name := range []string{"s.PNG", "sheet"} {
		require.NoError(t, Check(filepath.Join(dir, name)))
	}
	require.NoError(t, Check(""), "no sheet")
}
