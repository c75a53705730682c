package main

import (
	"slices"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
)

// What the page promises on a computer that has nothing else to do, in
// milliseconds. A busy one may need several times as long.
const (
	firstPaint = 100
	firstRead  = 30 // from lifting the pen to the answer on the screen
	tolerance  = 10
)

func median(values []float64) float64 {
	slices.Sort(values)
	return values[len(values)/2]
}

// testTimes measures how long people wait.
func testTimes(t *testing.T, b *tab) {
	var paint, ready []float64
	for range 9 {
		b.open()
		b.wait(`return performance.getEntriesByName("first-contentful-paint").length > 0`)
		paint = append(paint, b.number(`return performance.getEntriesByName("first-contentful-paint")[0].startTime`))
		ready = append(ready, b.number(`return spied.ready`))
	}
	p := median(paint)
	t.Logf("first contentful paint after %.0f ms, model ready after %.0f ms: medians of %d loads", p, median(ready), len(paint))
	require.Less(t, p, float64(firstPaint*tolerance))

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
	require.Less(t, r, float64(firstRead*tolerance))
}
