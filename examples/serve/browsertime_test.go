package main

import (
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// What the page promises on a computer that has nothing else to do, in
// milliseconds.
const (
	firstPaint = 100
	firstRead  = 30 // from lifting the pen to the answer on the screen
)

// tolerance is how many times as long it may take, because no computer has
// nothing else to do. A busy one may take longer still: see busy.
const tolerance = 4

// busy returns how many times as long the computer takes for some work as it
// would if it did nothing else. Pieces of the work are so short that the
// fastest one runs alone.
func busy() float64 {
	var whole time.Duration
	fastest := time.Hour
	sum := uint64(1)
	const pieces = 200
	for range pieces {
		start := time.Now()
		for i := range uint64(500_000) {
			sum = sum*6364136223846793005 + i
		}
		took := time.Since(start)
		whole += took
		fastest = min(fastest, took)
	}
	if sum == 0 {
		return 1 // it is not, but now the compiler must compute it
	}
	return float64(whole) / float64(pieces*fastest)
}

func median(values []float64) float64 {
	slices.Sort(values)
	return values[len(values)/2]
}

// testTimes measures how long people wait.
func testTimes(t *testing.T, b *tab) {
	before := busy()
	var paint, ready []float64
	for range 9 {
		b.open()
		b.wait(`return performance.getEntriesByName("first-contentful-paint").length > 0`)
		paint = append(paint, b.number(`return performance.getEntriesByName("first-contentful-paint")[0].startTime`))
		ready = append(ready, b.number(`return spied.ready`))
	}
	p := median(paint)
	t.Logf("first contentful paint after %.0f ms, model ready after %.0f ms: medians of %d loads", p, median(ready), len(paint))

	var read []float64
	a := b.paper()
	for i := range 24 {
		b.draw("mouse", writers[i%3].digit(i%10, a, places[i%4])...)
		b.answered()
		ms, err := strconv.ParseFloat(b.js(`return document.body.dataset.ms`).(string), 64)
		require.NoError(t, err)
		read = append(read, ms)
		b.clear()
	}
	r := median(read)
	t.Logf("answer %.1f ms after lifting the pen, the slowest %.1f ms: median of %d digits", r, slices.Max(read), len(read))
	slow := max(before, busy())
	t.Logf("all took about %.1f times as long as on a computer that does nothing else", slow)
	require.Less(t, p, firstPaint*tolerance*slow)
	require.Less(t, r, firstRead*tolerance*slow)
}
