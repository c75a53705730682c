package answers

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/seed-cd6415d7/digits/examples/internal/printable"
	"github.com/stretchr/testify/require"
)

// requireText checks Text with encoding/json.
func requireText(t *testing.T, object any) {
	t.Helper()
	var want strings.Builder
	require.NoError(t, printable.WriteJSON(&want, object, ""))
	require.Equal(t, want.String(), Text(object))
}

func TestTextOfObjects(t *testing.T) {
	answer := Answer{Digit: 3, Probability: 0.5, Best: 3, RunnerUp: "star", None: 1e-9, Unsure: true, Box: []int{-1, 2, 3, 4}}
	null := Answer{Digit: (*int)(nil), Best: 0, RunnerUp: 1}
	digit := Digit{Answer: answer, Line: 2, Warnings: []string{"tiny"}, Judged: &Judged{[]float32{0, 1, 0.1}, []byte{0, 255, 7}}}
	page := &Page{Text: "1\n2", Lines: []string{"1", "2"}, Digits: []Digit{digit, {Answer: null}}, LeftOut: []Digit{digit}, Turned: 90}
	for _, object := range []any{
		Object{}, &Object{File: "a"}, Failure{"<b>&\u2028", 500}, Health{"ok"}, &ModelObject{}, WhyObject{}, Judged{},
		Object{Answer: &null, Page: &Page{}, Warnings: []string{}}, Object{Error: "broken"},
		Object{Answer: &answer, Probabilities: []float32{0, 0.25}, Page: page, Stored: &Stored{4, 5, 6}, Want: 3, Warnings: []string{"a"}},
		ModelObject{Classes: []string{"a", "b"}, NoDigit: true, SureFrom: 0.94, MaxBytes: math.MaxInt64, MaxPixels: 7},
		WhyObject{Strokes: []Stroke{{1, 2, 3.5, -4, 1e-7, 1e21}}, Image: make([]byte, 784), Others: []string{"no digit"}},
	} {
		requireText(t, object)
	}
}

func TestTextOfStrings(t *testing.T) {
	for _, s := range []string{"", "für 数字 🙂", "\"\\/\b\f\n\r\t\v\x00\x1b\x7f", "<a href='x'>&amp;", "\u009b31m", "\u202ea\u200b\u2028\u2029", "\U000e0041", "a\xff\xc3", "\ufffd", "\ufeff"} {
		requireText(t, Failure{Error: s})
	}
}

func TestTextOfNumbers(t *testing.T) {
	values := []float32{0, float32(math.Copysign(0, -1)), 1, -1, 0.1, 1e-6, 9.9999e-7, 1e-7, 1e-10, 1e20, 1e21, 1.5e30, math.MaxFloat32, math.SmallestNonzeroFloat32}
	rng := rand.New(rand.NewPCG(1, 2))
	for range 1000 {
		if v := math.Float32frombits(rng.Uint32()); v-v == 0 {
			values = append(values, v)
		}
	}
	requireText(t, Judged{Probabilities: values})
	require.Contains(t, Text(Stroke{X1: float32(math.NaN()), X2: float32(math.Inf(1))}), `{"x1":null,"y1":0,"x2":null,`)
}
