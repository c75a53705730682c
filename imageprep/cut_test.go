package imageprep

import (
	"image"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestConfidence: a 4 and a 0 that touch are hardly wider than high. Only a
// classifier can tell them from one wide digit.
func TestConfidence(t *testing.T) {
	p := newPen(400, 200, 5)
	p.shape(100, 60, 80, strokeFour, stemFour)
	p.shape(146, 60, 80, ring)
	digits, err := PrepareAll(p.page, nil)
	require.NoError(t, err)
	require.Len(t, digits, 1)
	whole := digits[0].Image

	asked := 0
	opts := &Options{Confidence: func(digit *image.Gray) float64 {
		asked++
		requireForm(t, digit)
		if string(digit.Pix) == string(whole.Pix) {
			return 0.5
		}
		return 0.6
	}}
	digits, err = PrepareAll(p.page, opts)
	require.NoError(t, err)
	require.Len(t, digits, 2)
	require.Equal(t, 3, asked)
	require.Less(t, digits[0].Box.Min.X, digits[1].Box.Min.X)

	opts.Confidence = func(digit *image.Gray) float64 {
		if string(digit.Pix) == string(whole.Pix) {
			return 0.7
		}
		return 0.6
	}
	digits, err = PrepareAll(p.page, opts)
	require.NoError(t, err)
	require.Len(t, digits, 1)
	require.Equal(t, whole, digits[0].Image, "as if nothing had been cut")
}
