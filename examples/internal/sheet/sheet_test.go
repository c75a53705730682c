package sheet

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"github.com/seed-cd6415d7/digits/examples/internal/pictures"
	"github.com/seed-cd6415d7/digits/examples/reader"
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

func TestSheet(t *testing.T) {
	photo := image.NewRGBA(image.Rect(10, 10, 410, 310))
	fill(photo, photo.Rect, color.RGBA{255, 0, 132, 255})
	seen := image.NewGray(image.Rect(0, 0, 28, 28))
	seen.Pix[0] = 77
	answer := reader.Answer{Box: image.Rect(110, 60, 210, 160), Image: seen, Digit: 8, RunnerUp: 3}
	several := []reader.Answer{answer, answer, answer}
	several[1].Box, several[2].Box = image.Rect(20, 20, 60, 90), image.Rect(300, 60, 390, 160)
	s := Sheet{Side: Small}
	s.Add(&pictures.Result{Image: photo, Answers: several[:1]})
	s.Add(&pictures.Result{Err: errors.New("cut short")})
	for range 10 {
		s.Add(&pictures.Result{Image: photo, Orientation: 6, Answers: several})
	}
	m := s.Draw()
	require.Equal(t, image.Rect(0, 0, 8*120+8, 2*(112+56+28+8+8)+8), m.Rect)

	// The first picture is 112x84, in the middle of its square. The box is
	// where it belongs.
	at := func(x, y int) color.RGBA { return m.RGBAAt(margin+x, margin+y) }
	require.Equal(t, card, at(50, 13))
	require.Equal(t, color.RGBA{255, 0, 132, 255}, at(50, 15))
	require.Equal(t, frame[0], at((110-10)*112/400-2, 14+(60-10)*112/400+10))
	// The digit as the model saw it stands below, twice as large.
	require.Equal(t, color.RGBA{77, 77, 77, 255}, at(1, 112+margin/2+1))
	require.Equal(t, color.RGBA{0, 0, 0, 255}, at(2, 112+margin/2+2))
	// The third picture is turned to 84x112, with three boxes.
	require.Equal(t, card, at(2*120+13, 50))
	require.Equal(t, color.RGBA{255, 0, 132, 255}, at(2*120+15, 50))
	for _, c := range frame {
		require.Positive(t, count(m, c))
	}
	require.NotPanics(t, func() { (&Sheet{Side: Large}).Draw() }, "an empty sheet")
}

// TestColors: what is wrong is red.
func TestColors(t *testing.T) {
	right := pictures.Result{Picture: pictures.Picture{Label: "0"}, Answers: []reader.Answer{{Image: image.NewGray(image.Rect(0, 0, 28, 28))}}}
	wrong, unread := right, right
	wrong.Label, unread.Err = "4", errors.New("cut short")
	for _, tt := range []struct {
		r   *pictures.Result
		red bool
	}{{&right, false}, {&wrong, true}, {&unread, true}} {
		s := Sheet{Side: Small}
		s.Add(tt.r)
		require.Equal(t, tt.red, count(s.Draw(), alarm) > 0)
		require.NotEqual(t, tt.red, count(s.Draw(), black) > 0)
	}
}

// TestNoDigit: the sheet says that there is no digit, and what digit it would
// be. The lines of text are compared with those that DrawText draws.
func TestNoDigit(t *testing.T) {
	a := reader.Answer{Image: image.NewGray(image.Rect(0, 0, 28, 28)), NoDigit: true, Digit: 8, RunnerUp: 3, Probability: 0.97, Sure: true}
	a.Probabilities[8] = 0.021
	s := Sheet{Side: Medium}
	s.Add(&pictures.Result{Picture: pictures.Picture{Label: "4"}, Answers: []reader.Answer{a}})
	s.Add(&pictures.Result{Picture: pictures.Picture{NoDigit: true}, Answers: []reader.Answer{a}})
	s.Add(&pictures.Result{Picture: pictures.Picture{Label: "4"}, Answers: []reader.Answer{a, a}})
	a.Sure = false
	s.Add(&pictures.Result{Answers: []reader.Answer{a}})
	s.Add(&pictures.Result{Picture: pictures.Picture{Label: "4"}, Answers: []reader.Answer{a}})
	line := func(cell, x, y int, text string, c color.RGBA) {
		t.Helper()
		got := s.cells[cell].SubImage(image.Rect(x, y, x+len(text)*charWidth, y+lineHeight)).(*image.RGBA)
		want := image.NewRGBA(got.Rect)
		fill(want, want.Rect, white)
		DrawText(want, got.Rect.Min, Medium, text, c)
		for at := got.Rect.Min; at.Y < got.Rect.Max.Y; at.Y++ {
			for at.X = got.Rect.Min.X; at.X < got.Rect.Max.X; at.X++ {
				require.Equal(t, want.RGBAAt(at.X, at.Y), got.RGBAAt(at.X, at.Y), "%s at %v", text, at)
			}
		}
	}
	for cell, c := range []color.RGBA{alarm, black} {
		right, top := seenSide+margin, Medium+margin/2
		line(cell, right, top, "no", c)
		line(cell, right, top+lineHeight, "digit", c)
		line(cell, right, top+2*lineHeight, "97.0%", c)
		line(cell, right, top+3*lineHeight, "8 2.1%", pale)
	}
	bottom := Medium + seenSide + margin + lineHeight
	line(0, 0, bottom, "want 4", alarm)
	line(1, 0, bottom, "      ", black)
	line(2, 0, bottom, "no digit, want 4", alarm)
	line(3, 0, bottom, "unsure", black)
	line(4, 0, bottom, "unsure, want 4", alarm)
	require.Zero(t, count(s.cells[1], alarm))
}

// TestSmall: small pictures are enlarged, and thin ones have at least one
// pixel.
func TestSmall(t *testing.T) {
	for _, tt := range []struct{ picture, want image.Rectangle }{
		{image.Rect(0, 0, 1000, 1), image.Rect(0, 0, 100, 1)},
		{image.Rect(0, 0, 2, 1), image.Rect(0, 0, 100, 50)},
		{image.Rect(0, 0, 9, 9), image.Rect(0, 0, 100, 100)},
	} {
		m := thumbnail(&pictures.Result{Image: image.NewNRGBA(tt.picture)}, 100)
		require.Equal(t, tt.want, m.Rect)
		require.Equal(t, m.Rect.Dx()*m.Rect.Dy(), count(m, white), "a transparent picture lies on white")
	}
}

func TestFull(t *testing.T) {
	s := Sheet{Side: 28}
	for range maxCells + 3 {
		s.Add(new(pictures.Result))
	}
	require.Len(t, s.cells, maxCells)
	var stderr bytes.Buffer
	require.NoError(t, s.Save(filepath.Join(t.TempDir(), "sheet.png"), &stderr))
	require.Equal(t, "the sheet shows the first 500 of 503 pictures\n", stderr.String())
}

func TestDrawText(t *testing.T) {
	m := image.NewRGBA(image.Rect(0, 0, 40, 10))
	DrawText(m, image.Point{}, 40, "I", black)
	require.Equal(t, 9*fontSize*fontSize, count(m, black), "two serifs and a stem")

	// What does not fit is left out at the beginning.
	long, short := image.NewRGBA(m.Rect), image.NewRGBA(m.Rect)
	DrawText(long, image.Point{}, 40, "folder/abc", black)
	DrawText(short, image.Point{}, 40, "..abc", black)
	require.Equal(t, short.Pix, long.Pix)

	unknown, question := image.NewRGBA(m.Rect), image.NewRGBA(m.Rect)
	DrawText(unknown, image.Point{}, 40, "日本", black)
	DrawText(question, image.Point{}, 40, "??", black)
	require.Equal(t, question.Pix, unknown.Pix)
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
}
