package imageprep

import (
	"errors"
	"fmt"
	"image"
	"math"
	"runtime"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// The largest exponents of time and memory against the number of pixels. They
// are 1 if the cost is linear, and 1.5 if it grows with the cube of the side.
const mostTime, mostMemory = 1.15, 1.2

// A timedCall is what TestCostIsLinear measures.
type timedCall struct {
	name string
	call func(img image.Image) error
}

var timedCalls = []timedCall{
	{"Prepare", func(img image.Image) error {
		_, err := Prepare(img, &Options{One: true})
		return err
	}},
	{"PrepareAll", func(img image.Image) error {
		_, err := PrepareAll(img, &Options{Confidence: func(g *image.Gray) float64 { return -float64(g.Pix[300]) / 255 }})
		return err
	}},
}

// quickPatterns are those of the test without DIGITS_LONG. It measures only
// memory, so other programs cannot disturb it.
var quickPatterns = []string{"nested corners with bars", "coarse noise"}

// A cost is what a call needs: the shortest time of several calls, in seconds,
// and the memory that one call allocates, in bytes.
type cost struct{ time, memory float64 }

// TestCostIsLinear: whatever is in a picture, the time to read it and the
// memory grow about like its number of pixels. What costs less than a page of
// digits does not matter: it counts as much as the page.
func TestCostIsLinear(t *testing.T) {
	sides, calls, repeats := []int{128, 256, 512, 1024}, timedCalls, 3
	if !long() {
		sides, calls, repeats = []int{64, 128, 256}, timedCalls[1:], 0
	}
	runtime.LockOSThread() // see cpuTime
	defer runtime.UnlockOSThread()
	page := testPatterns[slices.IndexFunc(testPatterns, func(p testPattern) bool { return p.name == "digits" })]
	last := sides[len(sides)-1]
	for _, c := range calls {
		least := c.cost(page.picture(last))
		for range repeats {
			least.time = min(least.time, c.cost(page.picture(last)).time)
		}
		t.Logf("%s: exponents of time and memory, and both for %d x %d pixels", c.name, last, last)
		for _, p := range testPatterns {
			if !long() && !slices.Contains(quickPatterns, p.name) {
				continue
			}
			exponents, all := exponentsOf(c, p, page, sides, least)
			t.Logf("  %-30s %5.2f %5.2f %6.3f s %4.0f MB", p.name, exponents.time, exponents.memory, all.time, all.memory/1e6)
			if long() && exponents.time > mostTime || exponents.memory > mostMemory {
				t.Errorf("%s of %q: the exponents of time and memory are %.2f and %.2f, want at most %v and %v",
					c.name, p.name, exponents.time, exponents.memory, mostTime, mostMemory)
			}
		}
	}
}

// exponentsOf measures the cost of a call at several sides. It returns the
// exponents, and the cost at the largest side. least is the cost of the page at
// the largest side: less does not count. If the time grows too fast,
// exponentsOf measures again, also the page: other programs may have made the
// machine slow.
func exponentsOf(c timedCall, p, page testPattern, sides []int, least cost) (exponents, largest cost) {
	last := sides[len(sides)-1]
	times, bytes := make([]float64, len(sides)), make([]float64, len(sides))
	for repeat := range 8 {
		if repeat > 0 {
			least = c.cost(page.picture(last))
		}
		for i, side := range sides {
			k := c.cost(p.picture(side))
			share := float64(side*side) / float64(last*last)
			times[i], bytes[i] = max(k.time, least.time*share), max(k.memory, least.memory*share)
		}
		exponents = cost{exponentOf(sides, times), exponentOf(sides, bytes)}
		if exponents.time <= mostTime || !long() {
			break
		}
	}
	return exponents, cost{times[len(sides)-1], bytes[len(sides)-1]}
}

// cost measures one call or, for long tests, two.
func (c timedCall) cost(img image.Image) (k cost) {
	calls := 1
	if long() {
		calls = 2
	}
	for i := range calls {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		begin := cpuTime()
		err := c.call(img)
		took := (cpuTime() - begin).Seconds()
		runtime.ReadMemStats(&after)
		if err != nil && !errors.As(err, new(*BlankError)) && !errors.As(err, new(*CountError)) {
			panic(fmt.Sprint("unknown error: ", err))
		}
		if k.memory = float64(after.TotalAlloc - before.TotalAlloc); i == 0 || took < k.time {
			k.time = took
		}
	}
	return k
}

// exponentOf fits a straight line to the logarithms of pixels and costs,
// by least squares. It returns the line's slope.
func exponentOf(sides []int, costs []float64) float64 {
	var n, x, y, xx, xy float64
	for i, side := range sides {
		u, v := 2*math.Log(float64(side)), math.Log(costs[i])
		n, x, y, xx, xy = n+1, x+u, y+v, xx+u*u, xy+u*v
	}
	return (n*xy - x*y) / (n*xx - x*x)
}

func TestExponentOf(t *testing.T) {
	require.InDelta(t, 1.5, exponentOf([]int{10, 20, 40}, []float64{1, 8, 64}), 1e-9)
	require.InDelta(t, 1, exponentOf([]int{10, 20}, []float64{1, 4}), 1e-9)
}
