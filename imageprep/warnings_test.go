package imageprep

import (
	"fmt"
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

	require.Equal(t, "touches the border, in several parts, several digits, tiny, low contrast, nearly blank, may be turned, may be a line, cut off from other ink",
		fmt.Sprintf("%v, %v, %v, %v, %v, %v, %v, %v, %v",
			TouchesBorder, SeveralParts, SeveralDigits, Tiny, LowContrast, NearlyBlank, MayBeTurned, MayBeMark, WasCut))
	require.Equal(t, "Warning(9)", Warning(9).String())
}
