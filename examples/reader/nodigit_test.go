package reader

import (
	"fmt"
	"image"
	"image/draw"
	"strconv"
	"strings"
	"testing"

	"github.com/seed-cd6415d7/digits/imageprep"
	"github.com/seed-cd6415d7/digits/softmax"
	"github.com/stretchr/testify/require"
)

// hollow returns a model for which ink in the center means "no digit". It reads
// anything else as 0; its runner-up is 3. Classes 10 and 11 are equally
// probable.
func hollow() *softmax.Model {
	m := softmax.New(imageprep.Size*imageprep.Size, 12)
	weight, bias := m.Parameters()
	for _, class := range []int{10, 11} {
		for _, center := range []int{13*28 + 13, 13*28 + 14, 14*28 + 13, 14*28 + 14} {
			weight[class*m.Features()+center] = 3
		}
		bias[class] = -3
	}
	bias[0], bias[3] = 3, 2
	m.SetParameters(weight, bias)
	m.Metadata = map[string]string{NoDigitKey: "10 11"}
	return m
}

func newTestReader(t testing.TB, m *softmax.Model) *Reader {
	r, err := New(m)
	require.NoError(t, err)
	return r
}

func TestOneIsNoDigit(t *testing.T) {
	t.Parallel()
	r := newTestReader(t, hollow())
	for name, none := range map[string]bool{"0_ballpoint.png": false, "1_stick.png": true} {
		a, err := r.One(drawing(t, name), 0)
		require.NoError(t, err)
		require.Equal(t, none, a.NoDigit, name)
		require.Equal(t, []int{0, 3}, []int{a.Digit, a.RunnerUp}, name)
		require.NotNil(t, a.Image)
		require.False(t, a.Box.Empty())

		// The probability of "no digit" is that of classes 10 and 11.
		p := r.model.Probs(nil, softmax.Floats(r.features.Vector(nil, a.Image)))
		require.Equal(t, p[10]+p[11], a.None, name)
		require.Equal(t, p[:10], a.Probabilities, name)
		sum := a.None
		for _, v := range a.Probabilities {
			sum += v
		}
		require.InDelta(t, 1, sum, 1e-6, name)
		want := a.Probabilities[0]
		if none {
			want = a.None
		}
		require.Equal(t, want, a.Probability, name)
		require.Greater(t, a.Probability, float32(0.5), name)
	}
}

// TestAllWithNoDigit: what is no digit is left out, but not lost.
func TestAllWithNoDigit(t *testing.T) {
	t.Parallel()
	r := newTestReader(t, hollow())
	blank := paper(200, 300)
	img := page(drawing(t, "0_marker.png"), blank, drawing(t, "8_marker.png"), blank, drawing(t, "0_marker.png"))
	p, err := r.Page(img, 0)
	require.NoError(t, err)
	require.Equal(t, "00", Text(p.Answers))
	require.Equal(t, "0 0", p.Text(), "a wide gap")
	require.Len(t, p.LeftOut, 1)
	require.True(t, p.LeftOut[0].NoDigit)
	require.Less(t, p.Answers[0].Box.Max.X, p.LeftOut[0].Box.Min.X)
	require.Less(t, p.LeftOut[0].Box.Max.X, p.Answers[1].Box.Min.X)
	answers, err := r.All(img, 0)
	require.NoError(t, err)
	require.Equal(t, p.Answers, answers)

	p, err = r.Page(drawing(t, "1_stick.png"), 0)
	require.NoError(t, err)
	require.Empty(t, p.Answers)
	require.Empty(t, p.Text())
	require.Len(t, p.LeftOut, 1)
	_, err = r.All(drawing(t, "1_stick.png"), 0)
	require.ErrorIs(t, err, ErrNoDigit)
}

// TestLeaveOut: what is left out is as probable as the digit is not.
func TestLeaveOut(t *testing.T) {
	t.Parallel()
	r := &Reader{sure: 0.9}
	for _, tt := range []struct {
		name        string
		probability float32
		none        bool
		want        float32
		sure        bool
	}{
		{"surely a digit", 0.98, false, 0.02, false},
		{"perhaps a digit", 0.5, false, 0.5, false},
		{"just surely no digit", 1 - r.sure, false, r.sure, true},
		{"hardly a digit", 0.05, false, 0.95, true},
		{"no digit", 0.7, true, 0.7, false},
		{"surely no digit", 0.95, true, 0.95, true},
	} {
		a := r.leaveOut(Answer{Digit: 4, Probability: tt.probability, NoDigit: tt.none, Sure: tt.probability >= r.sure})
		require.True(t, a.NoDigit, tt.name)
		require.Equal(t, 4, a.Digit, tt.name)
		require.InDelta(t, tt.want, a.Probability, 1e-6, tt.name)
		require.Equal(t, tt.sure, a.Sure, tt.name)
	}
}

// TestRawIsNoDigit: a white picture is no digit, a black one is.
func TestRawIsNoDigit(t *testing.T) {
	t.Parallel()
	r := newTestReader(t, hollow())
	g := image.NewGray(image.Rect(0, 0, 28, 28))
	a, err := r.Raw(g)
	require.NoError(t, err)
	require.False(t, a.NoDigit)
	for i := range g.Pix {
		g.Pix[i] = 255
	}
	a, err = r.Raw(g)
	require.NoError(t, err)
	require.True(t, a.NoDigit)
	require.Equal(t, "no digit", a.Name())
}

// TestTenClasses: a model of ten classes knows no "no digit".
func TestTenClasses(t *testing.T) {
	t.Parallel()
	m := softmax.New(784, 10)
	m.Metadata = map[string]string{NoDigitKey: " "}
	a, err := newTestReader(t, m).One(drawing(t, "3_brush.png"), 0)
	require.NoError(t, err)
	require.False(t, a.NoDigit)
	require.Zero(t, a.None)
}

// TestMostProbable: the answer is the most probable of the ten digits and "no
// digit". A threshold holds for all answers.
func TestMostProbable(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		bias       float32 // of digit 4; the other classes have 0
		sureFrom   string
		none, sure bool
	}{
		{0, "", true, true}, // "no digit" has two of twelve equal classes
		{0, "0.16", true, true},
		{0, "0.17", true, false},
		{0.69, "", true, true}, // 4 has nearly as much
		{0.70, "", false, true},
		{0.70, "0.15", false, true},
		{0.70, "0.16", false, false},
	} {
		m := softmax.New(784, 12)
		weight, bias := m.Parameters()
		bias[4] = tt.bias
		m.SetParameters(weight, bias)
		m.Metadata = map[string]string{NoDigitKey: "10 11"}
		if tt.sureFrom != "" {
			m.Metadata[ThresholdKey] = tt.sureFrom
		}
		a, err := newTestReader(t, m).One(drawing(t, "3_brush.png"), 0)
		require.NoError(t, err)
		require.Equal(t, []bool{tt.none, tt.sure}, []bool{a.NoDigit, a.Sure}, "%+v", tt)
		_, next := a.Next()
		require.LessOrEqual(t, next, a.Probability)
	}
}

// TestAsProbable: "no digit" must exceed the probability of each digit.
func TestAsProbable(t *testing.T) {
	t.Parallel()
	m := softmax.New(784, 11)
	m.Metadata = map[string]string{NoDigitKey: "10"}
	a, err := newTestReader(t, m).Raw(image.NewGray(image.Rect(0, 0, 28, 28)))
	require.NoError(t, err)
	require.Equal(t, a.None, a.Probability)
	require.False(t, a.NoDigit)
}

// TestNoMoreThanOne: the sum of the probabilities of many classes may be
// rounded up, but no probability exceeds 1.
func TestNoMoreThanOne(t *testing.T) {
	t.Parallel()
	more := false
	for n := 3; n < 60; n++ {
		m := softmax.New(784, 2+n)
		weight, bias := m.Parameters()
		bias[0], bias[1] = -100, -100
		m.SetParameters(weight, bias)
		m.Metadata = map[string]string{NoDigitKey: strings.Join(numbers(2 + n)[2:], " ")}
		a, err := newTestReader(t, m).Raw(image.NewGray(image.Rect(0, 0, 28, 28)))
		require.NoError(t, err)
		require.InDelta(t, 1, a.None, 1e-5)
		require.LessOrEqual(t, a.None, float32(1))
		sum := float32(0)
		for range n {
			sum += float32(1) / float32(n)
		}
		more = more || sum > 1
	}
	require.True(t, more, "a sum is rounded up")
}

func TestNoDigitClasses(t *testing.T) {
	t.Parallel()
	const rule = `want the numbers of its last classes, in order, such as "11 12" for 13 classes, after at least two others`
	var many []string
	for class := 10; class < 100; class++ {
		many = append(many, strconv.Itoa(class))
	}
	for _, tt := range []struct {
		classes int
		text    string
		known   int // classes before those; 0 if the text does not fit
	}{
		{10, "", 10},
		{11, "10", 10},
		{13, "10 11 12", 10},
		{13, " 10\t11  12 ", 10},
		{100, strings.Join(many, " "), 10},
		{13, "", 13},
		{13, "9 10 11 12", 9},
		{10, "9", 9},
		{3, "2", 2},
		{27, "26", 26},
		{3, "1 2", 0},
		{2, "1", 0},
		{2, "0 1 2", 0},
		{13, "10 11", 0},
		{13, "10 12", 0},
		{13, "10 11 13", 0},
		{13, "10 11 12 13", 0},
		{13, "10 12 11", 0},
		{13, "10 10 12", 0},
		{13, "10,11,12", 0},
		{13, "10 11 twelve", 0},
		{13, "10 11 012", 0},
		{13, "10 11 +12", 0},
		{10, "10", 0},
		{13, strings.Repeat("x", 60), 0},
	} {
		m := softmax.New(784, tt.classes)
		m.Metadata = map[string]string{NoDigitKey: tt.text}
		r, err := New(m)
		if tt.known > 0 {
			require.NoError(t, err, "%+v", tt)
			require.Len(t, r.Classes(), tt.known)
			continue
		}
		require.EqualError(t, err, fmt.Sprintf("reader: the model has %d classes, and its metadata have %q: %q; %s", tt.classes, NoDigitKey, tt.text, rule))
	}
}

func TestWords(t *testing.T) {
	t.Parallel()
	digit := Answer{Digit: 8, RunnerUp: 3, Probability: 0.991, Probabilities: []float32{8: 0.991, 3: 0.004}, None: 0.003}
	require.Equal(t, "8 99.1%, then 3 0.4%", digit.String())
	digit.None = 0.005
	require.Equal(t, "8 99.1%, then no digit 0.5%", digit.String())
	require.Equal(t, "8", digit.Name())
	none := Answer{Digit: 8, RunnerUp: 3, NoDigit: true, Probability: 0.97, Probabilities: []float32{8: 0.021, 3: 0.004}, None: 0.97}
	require.Equal(t, "no digit 97.0%, then 8 2.1%", none.String())
	require.Equal(t, "88", Text([]Answer{none, digit, none, digit, none}))
	require.Empty(t, Text([]Answer{none}))
	require.Empty(t, Text(nil))
}

// TestConfidence: two touching digits together look like a digit to this model,
// but each of them does, too.
func TestConfidence(t *testing.T) {
	t.Parallel()
	touching := page(drawing(t, "0_marker.png"), drawing(t, "0_marker.png"))
	draw.Draw(touching, image.Rect(210, 118, 350, 148), image.Black, image.Point{}, draw.Src)
	r := newTestReader(t, hollow())
	p, err := r.Page(touching, 0)
	require.NoError(t, err)
	require.Equal(t, "00", p.Text())
	require.Empty(t, p.LeftOut)

	last := 1e-6
	for _, tt := range []struct{ best, none float32 }{{1, 0}, {0.9, 0}, {0.9, 0.1}, {0.5, 0.1}, {0.5, 0.5}, {0.1, 0.9}, {0, 1}} {
		got := Answer{Digit: 7, Probabilities: []float32{7: tt.best}, None: tt.none}.confidence()
		require.Less(t, got, last, "%+v: a digit that is less probable", tt)
		require.LessOrEqual(t, got, 0.0)
		last = got
	}
	require.Greater(t, last, -10.0, "an impossible digit does not outweigh a page")
}

func TestJudgeAllocatesNothing(t *testing.T) {
	if raceEnabled {
		t.Skip("sync.Pool drops items at random under the race detector")
	}
	a, err := Default().One(drawing(t, "3_brush.png"), 0)
	require.NoError(t, err)
	for name, r := range map[string]*Reader{"built-in": Default(), "pixels": newTestReader(t, hollow())} {
		probs := make([]float32, 10)
		require.Zero(t, testing.AllocsPerRun(100, func() { r.judge(probs, a.Image) }), name)
	}
}
