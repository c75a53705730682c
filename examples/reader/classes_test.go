package reader

import (
	"fmt"
	"image"
	"strconv"
	"strings"
	"testing"

	"github.com/seed-cd6415d7/digits/softmax"
	"github.com/stretchr/testify/require"
)

// always returns a model that always answers this class, and then the next.
func always(classes, class int, names []string) *softmax.Model {
	m := softmax.New(784, classes)
	weight, bias := m.Parameters()
	bias[class], bias[class+1] = 3, 2
	m.SetParameters(weight, bias)
	m.Names = names
	return m
}

// numbers returns "0", "1" and so on.
func numbers(n int) (names []string) {
	for class := range n {
		names = append(names, strconv.Itoa(class))
	}
	return names
}

// TestClasses: models of any number of classes read, with or without names.
func TestClasses(t *testing.T) {
	t.Parallel()
	letters := strings.Split("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "")
	balanced := append(append(numbers(10), letters...), strings.Split("abdefghnqrt", "")...)
	shapes := []string{"circle", "square", "five-pointed star"}
	both := page(drawing(t, "5_marker.png"), paper(200, 300), drawing(t, "8_marker.png"))
	for _, tt := range []struct {
		model *softmax.Model
		known int // classes that are not "no digit"
		names []string
		text  string // of two
	}{
		{always(26, 7, letters), 26, letters, "HH"},
		{always(47, 45, balanced), 47, balanced, "rr"},
		{always(3, 1, shapes), 3, shapes, "square square"},
		{always(2, 0, nil), 2, numbers(2), "00"},
		{always(10, 3, nil), 10, numbers(10), "33"},
		{always(12, 10, nil), 12, numbers(12), "10 10"},
		{always(13, 3, nil), 10, numbers(10), "33"},
		{always(5, 0, append(shapes, "nothing", "noise")), 3, shapes, "circle circle"},
		{always(4, 0, []string{"é", "日", "🙂", "nothing"}), 3, []string{"é", "日", "🙂"}, "éé"},
	} {
		name := fmt.Sprint(tt.names)
		m := tt.model
		m.Metadata = map[string]string{NoDigitKey: strings.Join(numbers(m.Classes())[tt.known:], " ")}
		r := newTestReader(t, m)
		require.Equal(t, tt.names, r.Classes(), name)
		p, err := r.Page(both, 0)
		require.NoError(t, err)
		require.Equal(t, tt.text, p.Text(), name)
		require.Equal(t, tt.text, Text(p.Answers), name)
		a, err := r.One(both, 0)
		require.NoError(t, err)
		require.Len(t, a.Probabilities, tt.known, name)
		require.Equal(t, strings.Fields(tt.text)[0][:len(a.Name())], a.Name(), name)
		require.Equal(t, tt.names[a.Digit+1], a.NameOf(a.RunnerUp), name)
		require.Equal(t, "no digit", a.NameOf(None))
		require.True(t, strings.HasPrefix(a.String(), a.Name()+" "), name)
		want := m.Probs(nil, softmax.Floats(r.features.Vector(nil, a.Image)))
		require.Equal(t, want[:tt.known], a.Probabilities, name)
	}
	require.Equal(t, numbers(3), newTestReader(t, always(3, 1, []string{})).Classes(), "empty is nil")
	_, err := New(always(3, 1, shapes[:2]))
	require.EqualError(t, err, "reader: the model has 3 classes and 2 names; want a name for each class")
	for i, names := range [][]string{{"", "a", "b"}, {"a", "", "b"}, {"a", "b", ""}} {
		_, err = New(always(3, 1, names))
		require.EqualError(t, err, fmt.Sprintf("reader: the name of class %d is empty; want a text, because an answer is a name", i))
	}
	taken := always(3, 1, nil)
	for i, names := range [][]string{{"no digit", "a", "b"}, {"a", "no digit", "b"}, {"a", "b", "no digit"}} {
		taken.Names = names
		_, err = New(taken)
		require.EqualError(t, err, fmt.Sprintf(`reader: class %d is called "no digit", which is the answer for pictures of no class; `+
			`choose another name, or list the class in the metadata under "no digit"`, i))
	}
	taken.Metadata = map[string]string{NoDigitKey: "2"}
	newTestReader(t, taken)
}

// TestGaps: words have a space between them, with or without a gap.
func TestGaps(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		names []string
		want  string
	}{{[]string{"o", "x"}, "xo x"}, {[]string{"oh", "x"}, "x oh x"}} {
		r := newTestReader(t, always(2, 0, tt.names))
		p := Page{Answers: []Answer{{Digit: 1, reader: r}, {Digit: 0, reader: r}, {Digit: 1, Space: true, reader: r}}}
		require.Equal(t, tt.want, p.Text())
	}
}

// TestOwnProbabilities: answers do not share memory, neither with one another
// nor with candidates.
func TestOwnProbabilities(t *testing.T) {
	t.Parallel()
	both := page(drawing(t, "5_marker.png"), drawing(t, "8_marker.png"))
	answers, err := Default().All(both, 0)
	require.NoError(t, err)
	for _, a := range answers {
		require.Len(t, a.Probabilities, 10)
		require.Equal(t, a.Probability, a.Probabilities[a.Digit])
		clear(a.Probabilities[:cap(a.Probabilities)])
	}
	again, err := Default().All(both, 0)
	require.NoError(t, err)
	require.Equal(t, "58", Text(again))
	raw, err := Default().Raw(image.NewGray(image.Rect(0, 0, 28, 28)))
	require.NoError(t, err)
	require.Len(t, raw.Probabilities, 10)
}

// TestOneThing: the model says how many things a picture shows.
func TestOneThing(t *testing.T) {
	t.Parallel()
	both := page(drawing(t, "5_marker.png"), paper(200, 300), drawing(t, "8_marker.png"))
	for _, tt := range []struct {
		names []string
		key   string
		want  string
	}{
		{[]string{"+", "="}, "", "++"},
		{[]string{"+", "="}, "false", "++"},
		{[]string{"+", "="}, "true", "+"},
		{[]string{"plus", "="}, "", "plus"},
		{[]string{"plus", "="}, "false", "plus plus"},
	} {
		m := always(2, 0, tt.names)
		if tt.key != "" {
			m.Metadata = map[string]string{OneThingKey: tt.key}
		}
		r := newTestReader(t, m)
		answers, err := r.All(both, 0)
		require.NoError(t, err)
		require.Equal(t, tt.want, Text(answers), tt)
		require.Equal(t, !strings.Contains(tt.want[1:], tt.names[0]), r.OneThing(), tt)
		page, err := r.Page(both, 0)
		require.NoError(t, err)
		require.Len(t, page.Answers, 2, "Page finds all")
	}
	m := always(3, 1, nil)
	m.Metadata = map[string]string{NoDigitKey: "2", OneThingKey: "true"}
	_, err := newTestReader(t, m).All(both, 0)
	require.NoError(t, err)
	weight, bias := m.Parameters()
	bias[2] = 9
	m.SetParameters(weight, bias)
	_, err = newTestReader(t, m).All(both, 0)
	require.ErrorIs(t, err, ErrNoDigit)
	m.Metadata[OneThingKey] = "yes"
	_, err = New(m)
	require.EqualError(t, err, `reader: the model's metadata have "one thing": "yes"; want true or false`)
}

func TestAreDigits(t *testing.T) {
	t.Parallel()
	require.True(t, AreDigits(numbers(10)))
	require.True(t, AreDigits([]string{"3", "7"}))
	require.False(t, AreDigits([]string{"3", "12"}))
	require.False(t, AreDigits([]string{"3", "x"}))
}
