package sheet

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"testing"

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
	var s Sheet
	photo := image.NewGray(image.Rect(10, 10, 410, 310))
	for i := range photo.Pix {
		photo.Pix[i] = 150
	}
	seen := image.NewGray(image.Rect(0, 0, 28, 28))
	seen.Pix[0] = 77
	answer := reader.Answer{Box: image.Rect(110, 60, 210, 160), Image: seen}
	require.NoError(t, s.Add(photo, 0, []reader.Answer{answer}, false, "8_3.png", "8 99.1% (3 0.4%)"))
	require.NoError(t, s.Add(nil, 0, nil, true, "cut.jpg", "cannot be read"))
	for range 10 {
		require.NoError(t, s.Add(photo, 6, []reader.Answer{answer, answer, answer, answer}, false))
	}
	m := s.Draw()
	require.Equal(t, image.Rect(0, 0, columns*cellW+margin, 2*cellH+margin), m.Rect)

	// The box is where it belongs in the first picture: 400 pixels have become 168.
	at := func(x, y int) color.RGBA { return m.RGBAAt(margin+x, margin+y) }
	require.Equal(t, frame[0], at((110-10)*168/400-2, (60-10)*168/400+10))
	require.Equal(t, color.RGBA{150, 150, 150, 255}, at(100, 100))
	// What was seen stands below, twice as large.
	require.Equal(t, color.RGBA{77, 77, 77, 255}, at(1, thumbSide+margin/2+1))
	require.Equal(t, color.RGBA{0, 0, 0, 255}, at(2, thumbSide+margin/2+2))
	require.Positive(t, count(m, text))
	require.Positive(t, count(m, alarm))

	empty := new(Sheet).Draw()
	require.Equal(t, empty.Rect.Dx()*empty.Rect.Dy(), count(empty, paper))
}

func TestMaxEntries(t *testing.T) {
	var s Sheet
	for range MaxEntries + 3 {
		require.NoError(t, s.Add(nil, 0, nil, false))
	}
	require.Len(t, s.entries, MaxEntries)
	require.Equal(t, 3, s.Left)
}

func TestDrawText(t *testing.T) {
	m := image.NewRGBA(image.Rect(0, 0, 40, 10))
	DrawText(m, image.Point{}, 40, "I", text)
	require.Equal(t, 9*fontScale*fontScale, count(m, text), "two serifs and a stem")

	// What does not fit is left out at the beginning.
	long, short := image.NewRGBA(m.Rect), image.NewRGBA(m.Rect)
	DrawText(long, image.Point{}, 40, "folder/abc", text)
	DrawText(short, image.Point{}, 40, "..abc", text)
	require.Equal(t, short.Pix, long.Pix)
	DrawText(m, image.Point{}, 40, "日本", text) // becomes ??
}

func TestSave(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "sheet.png")
	require.NoError(t, os.WriteFile(name, []byte("old"), 0o666))
	var s Sheet
	require.NoError(t, s.Add(nil, 0, nil, false, "x"))
	require.NoError(t, s.Save(name))
	f, err := os.Open(name)
	require.NoError(t, err)
	defer f.Close()
	_, err = png.Decode(f)
	require.NoError(t, err)
	left, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, left, 1, "no temporary file stays")
	require.Error(t, s.Save(filepath.Join(dir, "none", "sheet.png")))
	require.NoError(t, Check(name), "a sheet may replace another")
	require.NoError(t, Check(filepath.Join(dir, "new.png")))
}

// TestCheck: a sheet replaces no picture that is none.
func TestCheck(t *testing.T) {
	var plain bytes.Buffer
	require.NoError(t, png.Encode(&plain, image.NewGray(image.Rect(0, 0, 30, 30))))
	name := filepath.Join(t.TempDir(), "photo.png")
	for _, data := range [][]byte{plain.Bytes(), plain.Bytes()[:20], append(make([]byte, markAt), mark...)} {
		require.NoError(t, os.WriteFile(name, data, 0o666))
		require.EqualError(t, Check(name), "-sheet "+name+" exists and is not a contact sheet: choose another name, or remove it first")
	}
}
