package reader

import (
	"image"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/seed-cd6415d7/digits/imageprep"
	"github.com/seed-cd6415d7/digits/softmax"
)

// The difference of the logits is the logarithm of the ratio of the
// probabilities, and the parts add up to it. So it is for pixels, for
// histograms and for products of components.
func TestWhyAddsUp(t *testing.T) {
	t.Parallel()
	hog := imageprep.HOG{Directions: 4, Cells: 2, Margin: 1}
	few := softmax.New(hog.Len(), 3)
	weight, bias := few.Parameters()
	for i := range weight {
		weight[i] = float32(i%7-3) / 10
	}
	bias[1] = 2
	few.SetParameters(weight, bias)
	few.Metadata = map[string]string{FeaturesKey: imageprep.Features{HOG: hog}.String()}

	for name, r := range map[string]*Reader{
		"pixels": newTestReader(t, hollow()), "histograms": newTestReader(t, few), "built-in": Default(),
	} {
		a, err := r.One(drawing(t, "3_brush.png"), 0)
		require.NoError(t, err)
		for class := range a.Probabilities {
			for rival := range a.Probabilities {
				w := a.Why(class, rival)
				require.Equal(t, []string{a.NameOf(class), a.NameOf(rival)}, []string{w.Class, w.Rival})
				want := math.Log(float64(a.Probabilities[class]) / float64(a.Probabilities[rival]))
				require.InDelta(t, want, w.Difference, 1e-2, "%s: %d against %d", name, class, rival)
				sum := float64(w.Empty)
				for _, s := range w.Strokes() {
					sum += float64(s.Contribution)
				}
				require.InDelta(t, w.Difference, sum, 1e-4, name)
			}
		}
	}
}

func TestWhyNoDigit(t *testing.T) {
	t.Parallel()
	a, err := Default().One(drawing(t, "3_brush.png"), 0)
	require.NoError(t, err)
	w := a.Why(a.Digit, None)
	require.Equal(t, "no digit", w.Rival)
	// None is the most probable of several classes, so the sum of their
	// probabilities is larger than its own, but not much.
	ratio := math.Log(float64(a.Probability) / float64(a.None))
	require.GreaterOrEqual(t, float64(w.Difference), ratio-1e-3)
	require.Less(t, float64(w.Difference), ratio+math.Log(9))
	require.InDelta(t, -w.Difference, a.Why(None, a.Digit).Difference, 1e-4)

	tenClasses := newTestReader(t, softmax.New(784, 10))
	b, err := tenClasses.One(drawing(t, "3_brush.png"), 0)
	require.NoError(t, err)
	require.PanicsWithValue(t, `reader: there is no class -1; want one of the 10 classes, or None if the model knows "no digit"`,
		func() { b.Why(0, None) })
	require.Panics(t, func() { b.Why(10, 0) })
	require.Nil(t, Answer{}.Why(0, 1), "no Reader made it")
}

func TestTop(t *testing.T) {
	t.Parallel()
	probs := []float32{0.1, 0.5, 0.2}
	for _, c := range []struct {
		a             Answer
		first, second int
	}{
		{Answer{Digit: 1, RunnerUp: 2, Probabilities: probs, None: 0.1}, 1, 2},
		{Answer{Digit: 1, RunnerUp: 2, Probabilities: probs, None: 0.4}, 1, None},
		{Answer{Digit: 1, RunnerUp: 2, Probabilities: probs, None: 0.6, NoDigit: true}, None, 1},
	} {
		first, second := c.a.Top()
		require.Equal(t, []int{c.first, c.second}, []int{first, second})
	}
}

// A contribution of the pixels fills its pixel. A contribution of histograms is
// a line in its cell along the edge of the ink.
func TestStrokes(t *testing.T) {
	t.Parallel()
	pixels := &Why{Contributions: make([]float32, 784)}
	pixels.Contributions[28*2+5], pixels.Contributions[0] = -3, 1
	require.Equal(t, []Stroke{{0, 0.5, 1, 0.5, 1, 1}, {5, 2.5, 6, 2.5, 1, -3}}, pixels.Strokes())

	h := imageprep.HOG{Directions: 4, Cells: 2, Margin: 4}
	edges := &Why{HOG: h, Contributions: make([]float32, h.Len())}
	edges.Contributions[0] = 2    // row 0, column 0, ink on the right
	edges.Contributions[4+2] = -3 // row 0, column 1, ink on the left
	edges.Contributions[8+1] = -4 // row 1, column 0, ink below
	want := []Stroke{{7.5, 5, 7.5, 13, 1.5, 2}, {20.5, 13, 20.5, 5, 2.25, -3}, {13, 17.5, 5, 17.5, 3, -4}}
	require.Len(t, edges.Strokes(), len(want))
	for i, s := range edges.Strokes() {
		for k, v := range []float32{s.X1, s.Y1, s.X2, s.Y2, s.Width, s.Contribution} {
			w := want[i]
			require.InDelta(t, []float32{w.X1, w.Y1, w.X2, w.Y2, w.Width, w.Contribution}[k], v, 1e-5, "stroke %d, number %d", i, k)
		}
	}
	edges.Contributions[0], edges.Contributions[8+1] = -4, 0
	require.InDelta(t, 3, edges.Strokes()[1].Width, 1e-5, "the strongest is negative")
}

// Deskewing changes what histograms see, so their image is the deskewed digit.
func TestWhyImage(t *testing.T) {
	t.Parallel()
	a, err := Default().One(drawing(t, "7_ruled.png"), 0)
	require.NoError(t, err)
	w := a.Why(7, 1)
	require.Equal(t, image.Rect(0, 0, 28, 28), w.Image.Rect)
	require.NotEqual(t, a.Image.Pix, w.Image.Pix)
	for i, v := range imageprep.Deskew(nil, a.Image) {
		require.Equal(t, uint8(math.Round(float64(v*255))), w.Image.Pix[i], "the nearest level")
	}
	b, err := newTestReader(t, hollow()).Raw(a.Image)
	require.NoError(t, err)
	require.Equal(t, a.Image.Pix, b.Why(0, 1).Image.Pix)
	require.True(t, strings.HasPrefix(Default().Model().Metadata[FeaturesKey], "hog"))
}
