package sheet

import (
	"fmt"
	"image"
	"image/color"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestSuspect: the lines of text are compared with those that DrawText draws.
func TestSuspect(t *testing.T) {
	img := image.NewRGBA(image.Rect(5, 5, 205, 105))
	fill(img, img.Rect, photo)
	s := Suspect{Image: img, Name: "a/b.png", Label: "label square", Instead: "maybe triangle", Note: "0.2% 99.8%"}
	top := column + margin/2
	for _, tt := range []struct {
		name  string
		seen  *image.Gray
		lines [4]string // at most 16 characters, beside what the model saw 11
	}{
		{"alone", nil, [4]string{"a/b.png", "label square", "maybe triangle", "0.2% 99.8%"}},
		{"with what the model saw", seen(), [4]string{"a/b.png", "square", "triangle", "0.2% 99.8%"}},
	} {
		s.Seen = tt.seen
		m := suspectCell(s)
		require.Equal(t, photo, m.RGBAAt(1, column/2), tt.name)
		require.Equal(t, card, m.RGBAAt(1, column/4-1), tt.name)
		require.Equal(t, card, m.RGBAAt(0, 0), tt.name)
		want := image.NewRGBA(m.Rect)
		fill(want, want.Rect, white)
		for i, c := range []color.RGBA{pale, black, alarm, pale} {
			DrawText(want, image.Pt(0, top+i*lineHeight), column, tt.lines[i], c)
		}
		if tt.seen != nil {
			at := image.Rect(column-28, top+lineHeight, column, top+lineHeight+28)
			fill(want, at, color.RGBA{A: 255})
			want.SetRGBA(at.Min.X, at.Min.Y, ink)
		}
		text := image.Rect(0, top, column, m.Rect.Dy())
		for y := text.Min.Y; y < text.Max.Y; y++ {
			for x := range column {
				require.Equal(t, want.RGBAAt(x, y), m.RGBAAt(x, y), "%s: %d, %d", tt.name, x, y)
			}
		}
	}
	s.Image, s.Orientation = img, 6
	require.Equal(t, card, suspectCell(s).RGBAAt(1, column/2), "a turned picture is high")
	require.NotPanics(t, func() { suspectCell(Suspect{Name: "the file is gone"}) })
}

// TestSuspects: the cells are in order. Only those that fit are drawn.
func TestSuspects(t *testing.T) {
	get := func(i int) Suspect {
		if i >= maxCells { // require is not for other goroutines
			t.Errorf("cell %d does not fit", i)
		}
		return Suspect{Note: fmt.Sprint(i)}
	}
	var s Sheet
	s.AddSuspects(t.Context(), math.MaxInt32, get)
	require.Len(t, s.cells, maxCells)
	require.Equal(t, math.MaxInt32-maxCells, s.omitted)
	for _, i := range []int{0, 7, 499} {
		require.Equal(t, suspectCell(get(i)), s.cells[i].RGBA)
	}
}
