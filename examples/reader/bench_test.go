package reader

import (
	"image"
	"testing"

	"github.com/seed-cd6415d7/digits/imageprep"
	"github.com/stretchr/testify/require"
)

// BenchmarkJudge measures how long the built-in model takes for one digit, from
// its 28x28 pixels on.
func BenchmarkJudge(b *testing.B) {
	var digits []*image.Gray
	for _, name := range []string{"0_chalk", "1_flag", "2_loop", "3_brush", "4_open", "5_bar", "6_chalk", "7_bar", "8_rings", "9_chalk"} {
		d, err := imageprep.Prepare(drawing(b, name+".png"), nil)
		require.NoError(b, err)
		digits = append(digits, d.Image)
	}
	r := Default()
	b.ReportAllocs()
	for i := 0; b.Loop(); i = (i + 1) % len(digits) {
		r.judge(digits[i])
	}
}
