package imageprep

import (
	"errors"
	"fmt"
	"image"
	"math"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// mostExponent is the largest exponent of the time against the number of pixels.
// It is 1 if the time is linear, and 1.5 if it grows with the cube of the side.
const mostExponent = 1.15

// timedCalls are what TestTimeIsLinear measures.
var timedCalls = []struct {
	name string
	call func(img image.Image) error
}{
	{"Prepare", func(img image.Image) error {
		_, err := Prepare(img, &Options{One: true})
		return err
	}},
	{"PrepareAll", func(img image.Image) error {
		_, err := PrepareAll(img, nil)
		return err
	}},
	{"with a judge", func(img image.Image) error {
		_, err := PrepareAll(img, &Options{Confidence: func(g *image.Gray) float64 { return -float64(g.Pix[300]) / 255 }})
		return err
	}},
}

// TestTimeIsLinear: whatever is in a picture, the time to read it grows about
// like its number of pixels.
func TestTimeIsLinear(t *testing.T) {
	if !long() {
		t.Skip("long: set DIGITS_LONG=1")
	}
	sides := []int{128, 256, 512, 1024}
	t.Logf("exponents, and milliseconds at %d x %d pixels", sides[len(sides)-1], sides[len(sides)-1])
	for _, p := range testPatterns {
		line := fmt.Sprintf("%-30s", p.name)
		for _, c := range timedCalls {
			exponent, longest := exponentOf(p, sides, c.call)
			line += fmt.Sprintf("  %s %5.2f %5d ms", c.name, exponent, longest.Milliseconds())
			if exponent > mostExponent {
				t.Errorf("%s of %q takes time^%.2f, want at most %v", c.name, p.name, exponent, mostExponent)
			}
		}
		t.Log(line)
	}
}

// exponentOf measures the time of call at several sides. It returns the
// exponent, and the time at the largest side. If the exponent is too large, it
// measures again: other programs may have disturbed it.
func exponentOf(p testPattern, sides []int, call func(image.Image) error) (exponent float64, longest time.Duration) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	times := make([]time.Duration, len(sides))
	for range 4 {
		for i, side := range sides {
			img := p.picture(side)
			times[i] = shortest(times[i], func() error { return call(img) })
		}
		if exponent = slopeOf(sides, times); exponent <= mostExponent {
			break
		}
	}
	return exponent, times[len(times)-1]
}

// shortest returns the shortest time of some runs, and of those before.
func shortest(before time.Duration, run func() error) time.Duration {
	best, runs := before, 0
	for total := time.Duration(0); runs < 2 || total < 20*time.Millisecond && runs < 5; runs++ {
		begin := cpuTime()
		if err := run(); err != nil && !errors.As(err, new(*BlankError)) && !errors.As(err, new(*CountError)) {
			panic(err)
		}
		d := max(cpuTime()-begin, 1)
		if total += d; best == 0 || d < best {
			best = d
		}
	}
	return best
}

// slopeOf fits a straight line to the logarithms of times and pixels, by least
// squares. It returns the line's slope.
func slopeOf(sides []int, times []time.Duration) float64 {
	var n, x, y, xx, xy float64
	for i, side := range sides {
		u, v := 2*math.Log(float64(side)), math.Log(float64(times[i]))
		n, x, y, xx, xy = n+1, x+u, y+v, xx+u*u, xy+u*v
	}
	return (n*xy - x*y) / (n*xx - x*x)
}

func TestSlopeOf(t *testing.T) {
	require.InDelta(t, 1.5, slopeOf([]int{10, 20, 40}, []time.Duration{1000, 8000, 64000}), 1e-9)
	require.InDelta(t, 1, slopeOf([]int{10, 20}, []time.Duration{1000, 4000}), 1e-9)
}
