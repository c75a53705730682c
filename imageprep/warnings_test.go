package imageprep

import (
	"fmt"
	"image"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestWarnings(t *testing.T) {
	digit := func(draw func(p *pen)) *Digit {
		p := newPen(300, 200, 5)
		draw(p)
		d, err := Prepare(p.page, nil)
		require.NoError(t, err)
		return d
	}
	two := func(p *pen) { p.shape(100, 60, 80, strokeTwo) }
	require.Empty(t, digit(two).Warnings)
	twoDigits := func(p *pen) { two(p); p.shape(200, 60, 80, ring) }
	p := newPen(300, 200, 5)
	twoDigits(p)
	_, err := Prepare(p.page, nil)
	require.ErrorAs(t, err, new(*CountError))
	one, err := Prepare(p.page, &Options{One: true})
	require.NoError(t, err)
	require.Equal(t, []Warning{SeveralDigits}, one.Warnings)
	require.Equal(t, []Warning{SeveralParts}, digit(func(p *pen) { p.shape(100, 60, 80, bodyFive, barFive) }).Warnings)
	require.Equal(t, []Warning{TouchesBorder}, digit(func(p *pen) { p.shape(100, 150, 80, strokeTwo) }).Warnings)
	require.Equal(t, []Warning{Tiny}, digit(func(p *pen) { p.width = 2; p.shape(100, 60, 7, strokeTwo) }).Warnings)
	require.Equal(t, []Warning{NearlyBlank}, digit(func(p *pen) {
		*p = *newPen(900, 700, 3)
		p.shape(100, 60, 20, strokeTwo)
	}).Warnings)
	pale, err := Prepare(drawTwo(90, 200, 175), nil)
	require.NoError(t, err)
	require.Equal(t, []Warning{LowContrast}, pale.Warnings)
	require.InDelta(t, 25, pale.Contrast, 2)

	require.Equal(t, "touches the border, in several parts, several digits, tiny, low contrast, nearly blank, may be turned, may be a line, cut off from other ink, more ink than is read",
		fmt.Sprintf("%v, %v, %v, %v, %v, %v, %v, %v, %v, %v",
			TouchesBorder, SeveralParts, SeveralDigits, Tiny, LowContrast, NearlyBlank, MayBeTurned, MayBeMark, WasCut, TooMuchInk))
	require.Equal(t, "Warning(10)", Warning(10).String())
}

// TestTooMuchInk: the page says so if some of its ink is not read.
func TestTooMuchInk(t *testing.T) {
	t.Parallel()
	sevens := func(n, columns, pitch int) *image.Gray {
		e := newEasel(columns*pitch+20, (n/columns+1)*20+20, 255, 0, 100)
		for i := range n {
			x, y := 10+i%columns*pitch, 10+i/columns*20+i*i%7 // no straight lines
			e.rect(image.Rect(x, y, x+7, y+2), 0)
			e.rect(image.Rect(x+5, y, x+7, y+12), 0)
		}
		return e.Gray
	}
	perhaps := func(*image.Gray) float64 { return -0.1 }
	for _, tt := range []struct {
		name              string
		n, columns, pitch int
		confidence        func(*image.Gray) float64
		want              []Warning
	}{
		{"many digits", 1001, 40, 14, nil, []Warning{TooMuchInk}},
		{"few calls", 100, 25, 9, perhaps, nil},
		{"many calls", 750, 25, 9, perhaps, []Warning{TooMuchInk}},
	} {
		page, err := PrepareAll(sevens(tt.n, tt.columns, tt.pitch), &Options{Confidence: tt.confidence})
		require.NoError(t, err)
		require.Equal(t, tt.want, page.Warnings, tt.name)
	}
}

// TestTouchesBorder: only the digit with ink in the outermost row or column of
// the picture may be cut off there.
func TestTouchesBorder(t *testing.T) {
	for _, scale := range []int{1, 3} { // 3: the picture is shrunk
		for _, gap := range []int{0, 1, 2} {
			for side, turned := range []Orientation{1, 6, 3, 8} {
				e := newEasel(240, 110, 230, 20, 80)
				e.digit(newRand(), 2, 30, 25, 60, 0)
				e.digit(newRand(), 3, 110, 25, 60, 0)
				e.rect(image.Rect(190, 26, 240-gap, 31), 20) // a 4
				e.rect(image.Rect(190, 26, 195, 60), 20)
				e.rect(image.Rect(190, 55, 235-gap, 60), 20)
				e.rect(image.Rect(215, 40, 220, 86), 20)
				page, err := PrepareAll(upscaled(Turn(e.Gray, turned), scale), &Options{Orientation: []Orientation{1, 8, 3, 6}[side]})
				require.NoError(t, err)
				require.Len(t, page.Digits, 3)
				require.Empty(t, page.LeftOut)
				for i, d := range page.Digits {
					var want []Warning
					if gap == 0 && i == 2 {
						want = []Warning{TouchesBorder}
					}
					require.Equal(t, want, d.Warnings, "gap %d, orientation %d, digit %d", gap, turned, i)
				}
			}
		}
	}
}

// TestWarningBounds: each warning begins at a clear measure.
func TestWarningBounds(t *testing.T) {
	bar := func(w, h, width, height int, ground, ink uint8) *Digit {
		e := newEasel(w, h, ground, ink, 16)
		e.rect(image.Rect(w/2, h/2, w/2+width, h/2+height), ink)
		d, err := Prepare(e.Gray, &Options{One: true})
		require.NoError(t, err)
		return d
	}
	require.Contains(t, bar(60, 60, 4, 11, 230, 20).Warnings, Tiny)
	require.NotContains(t, bar(60, 60, 4, 12, 230, 20).Warnings, Tiny)
	require.NotContains(t, bar(60, 60, 12, 4, 230, 20).Warnings, Tiny)
	require.Contains(t, bar(60, 60, 9, 20, 131, 100).Warnings, LowContrast)
	require.NotContains(t, bar(60, 60, 9, 20, 132, 100).Warnings, LowContrast)
	require.Contains(t, bar(251, 200, 5, 5, 230, 20).Warnings, NearlyBlank)
	require.NotContains(t, bar(250, 200, 5, 5, 230, 20).Warnings, NearlyBlank)
}
