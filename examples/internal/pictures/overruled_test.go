package pictures

import (
	"testing"

	"github.com/seed-cd6415d7/digits/examples/reader"
	"github.com/stretchr/testify/require"
)

// TestOverruled: an answer that follows from the probabilities is not
// overruled.
func TestOverruled(t *testing.T) {
	for _, tt := range []struct {
		none    float32
		noDigit bool
		want    bool
	}{{0.3, true, true}, {0.6, true, true}, {0.7, true, false}, {0.3, false, false}} {
		a := &reader.Answer{Digit: 1, NoDigit: tt.noDigit, None: tt.none, Probabilities: []float32{0, 0.6}}
		require.Equal(t, tt.want, Overruled(a), tt)
	}
	require.False(t, Overruled(&reader.Answer{NoDigit: true}), "no probabilities")
	a := &reader.Answer{Digit: 1, NoDigit: true, Probabilities: []float32{0.391, 0.609}}
	require.Equal(t, "the model takes this ink for 1 (60.9%), but its place or size says that it is no digit", WhyOverruled(a))
	require.Equal(t, "no digit: "+WhyOverruled(a), Words(a))
	a.None = 0.7
	require.Equal(t, a.String(), Words(a))
}
