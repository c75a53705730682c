package imageprep

import (
	"errors"
	"image"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// FuzzPrepare prepares small pictures of every type. The result has MNIST's
// form, or the error has a known type. The type of the picture makes no
// difference.
func FuzzPrepare(f *testing.F) {
	f.Add(uint8(0), int16(0), int16(0), uint8(4), uint8(4), uint8(0), []byte{0, 255, 0, 0, 9})
	f.Add(uint8(3), int16(-5), int16(3), uint8(28), uint8(28), uint8(1), []byte("any pixels at all"))
	f.Add(uint8(9), int16(100), int16(-100), uint8(60), uint8(1), uint8(2), []byte{1, 0, 0, 0, 0, 0})
	f.Add(uint8(12), int16(-32768), int16(32767), uint8(1), uint8(1), uint8(0), []byte{})
	f.Fuzz(func(t *testing.T, kind uint8, x, y int16, w, h, polarity uint8, pix []byte) {
		k := kinds[int(kind)%len(kinds)]
		at := image.Pt(int(x), int(y))
		if strings.Contains(k.name, "YCbCr") {
			// With negative bounds, image.NewYCbCr may make too
			// little chroma. Then At panics.
			at = image.Pt(int(uint16(x)), int(uint16(y)))
		}
		b := image.Rectangle{Min: at, Max: at.Add(image.Pt(int(w)%80, int(h)%80))}
		img := k.make(b, &byteDice{pix: pix})
		opts := &Options{Polarity: Polarity(polarity % 3), Orientation: Orientation(polarity % 9)}

		d, err := Prepare(img, opts)
		again, againErr := Prepare(atOnly{img}, opts)
		require.Equal(t, againErr, err)
		require.Equal(t, again, d)
		if err != nil {
			if !errors.As(err, new(*SizeError)) && !errors.As(err, new(*BlankError)) && !errors.As(err, new(*CountError)) {
				t.Fatalf("unknown error %T: %v", err, err)
			}
			require.Nil(t, d)
		} else {
			requireForm(t, d.Image)
			require.True(t, !d.Box.Empty() && d.Box.In(b), "box %v of %v", d.Box, b)
		}
		all, err := PrepareAll(img, opts)
		if err != nil {
			require.Nil(t, d)
			return
		}
		for i, d := range all.Digits {
			requireForm(t, d.Image)
			require.True(t, !d.Box.Empty() && d.Box.In(b), "box %v of %v", d.Box, b)
			require.True(t, i == 0 && d.Line == 0 || i > 0 && d.Line-all.Digits[i-1].Line <= 1 && d.Line >= all.Digits[i-1].Line)
		}
		raw, err := Raw(img)
		require.Equal(t, b.Dx() == Size && b.Dy() == Size, err == nil)
		require.Equal(t, err != nil, raw == nil)
	})
}

// byteDice returns the bytes of pix in place of random numbers. It repeats
// them, and returns zeros if there are none.
type byteDice struct {
	pix []byte
	i   int
}

func (d *byteDice) IntN(n int) int {
	if len(d.pix) == 0 {
		return 0
	}
	d.i++
	return int(d.pix[(d.i-1)%len(d.pix)]) * n / 256
}
