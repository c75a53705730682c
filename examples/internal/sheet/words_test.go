package sheet

import (
	"errors"
	"image"
	"testing"

	"github.com/seed-cd6415d7/digits/examples/internal/pictures"
	"github.com/seed-cd6415d7/digits/examples/internal/toymodel"
	"github.com/seed-cd6415d7/digits/examples/reader"
	"github.com/seed-cd6415d7/digits/imageprep"
	"github.com/stretchr/testify/require"
)

func TestCut(t *testing.T) {
	for _, tt := range []struct {
		text string
		n    int
		want string
	}{
		{"abcd", 4, "abcd"}, {"abcde", 4, "ab.e"}, {"abcde", 3, "a.e"}, {"", 4, ""}, {"日本語です", 4, "日本.す"},
		{"Blitzableiter", 12, "Blitza..iter"}, {"Blitzableger", 9, "Blit..ger"}, {"Blitzableger", 8, "Blit.ger"},
	} {
		require.Equal(t, tt.want, cut(tt.text, tt.n))
	}
	require.Equal(t, "label five", cutLabel("label five", 10))
	require.Equal(t, "five-point", cutLabel("label five-point", 10))
	require.Equal(t, "five-..tar", cutLabel("label five-pointed star", 10))
	require.Equal(t, "a/heart.tiff", cutFile("a/heart.tiff", 12))
	require.Equal(t, "a/heart", cutFile("a/heart.tiff", 11))
}

func TestWrap(t *testing.T) {
	for _, tt := range []struct {
		text string
		want []string
	}{
		{"a TIFF file; make a PNG file from it", []string{"a TIFF", "file"}},
		{"no ink found: contrast 0, want 16", []string{"no ink", "found:", "contrast.."}},
		{"unbelievably long", []string{"unbel..bly", "long"}},
		{"1 2 3 4 5 6 7 8 9 10 11 12 13 14", []string{"1 2 3 4 5", "6 7 8 9 10", "11 12 13.."}},
		{"", nil},
	} {
		require.Equal(t, tt.want, wrap(errors.New(tt.text), 3, 10))
	}
}

// TestReason: the cell of a picture that cannot be read says why.
func TestReason(t *testing.T) {
	got := Cell(&pictures.Result{Err: errors.New("damaged or cut short: unexpected EOF")})
	at := image.Rect(0, column+margin/2, column, column+margin/2+3*lineHeight)
	want := newCell(column, at.Max.Y)
	for i, line := range []string{"damaged or cut", "short:", "unexpected EOF"} {
		DrawText(want, at.Min.Add(image.Pt(0, i*lineHeight)), column, line, alarm)
	}
	for y := at.Min.Y; y < at.Max.Y; y++ {
		for x := range column {
			require.Equal(t, want.RGBAAt(x, y), got.RGBAAt(x, y), "at %d, %d", x, y)
		}
	}
}

// TestNotesOfErrors: a picture without ink was read. Both notes fit.
func TestNotesOfErrors(t *testing.T) {
	for want, err := range map[string]error{"cannot be read": errors.New("damaged"), "no digit found": new(imageprep.BlankError)} {
		require.Equal(t, []string{want}, notes(&pictures.Result{Err: err}))
		require.LessOrEqual(t, len(want), column/charWidth)
	}
}

// TestNumbers: a class with a name that the font does not have is drawn with
// its number.
func TestNumbers(t *testing.T) {
	r, err := reader.Load(toymodel.Always(t, []string{"Б", "star", "Жук"}, 2, nil))
	require.NoError(t, err)
	a, err := r.Raw(image.NewGray(image.Rect(0, 0, 28, 28)))
	require.NoError(t, err)
	require.Equal(t, []string{"#0", "star", "#2"}, []string{nameOf(&a, 0), nameOf(&a, 1), nameOf(&a, 2)})
	res := &pictures.Result{Page: reader.Page{Answers: []reader.Answer{a, a}}}
	require.Equal(t, "#2 #2", gotOf(res))
	res.Label, res.Classes = "Б star", []string{"Б", "star"}
	require.Equal(t, "#0 star", wantOf(res))
	res.Label, res.Classes = "star", []string{"star"}
	require.Equal(t, "star", wantOf(res))
	res.Label, res.Answers = "Б", nil
	require.Equal(t, "Б", wantOf(res), "nothing knows the number")
}

// TestNumbersOnCells: cells with numbers look as if these were the names.
func TestNumbersOnCells(t *testing.T) {
	cells := func(names ...string) (list []*image.RGBA) {
		r, err := reader.Load(toymodel.Always(t, names, 2, nil))
		require.NoError(t, err)
		img := image.NewGray(image.Rect(0, 0, 28, 28))
		a, err := r.Raw(img)
		require.NoError(t, err)
		for n := range 2 { // the cells of one and of several things
			res := &pictures.Result{Image: img, Page: reader.Page{Answers: []reader.Answer{a, a}[n:]}}
			res.Label, res.Classes = names[0], names[:1]
			list = append(list, Cell(res))
		}
		return list
	}
	require.Equal(t, cells("#0", "star", "#2"), cells("Б", "star", "Жук"))
}

// TestExtension: files that differ only in their extensions look different.
func TestExtension(t *testing.T) {
	cell := func(name string) *image.RGBA {
		return Cell(&pictures.Result{Picture: pictures.Picture{Name: name}, Err: errors.New("cut short")})
	}
	require.NotEqual(t, cell("heart.tiff"), cell("heart.webp"))
	require.Equal(t, cell("a very long heart.tiff"), cell("a very long heart.webp"), "there is no room")
	suspect := func(name string) *image.RGBA { return suspectCell(Suspect{Name: name}) }
	require.NotEqual(t, suspect("heart.tiff"), suspect("heart.webp"))
}
