package report

import (
	"html/template"
	"image"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/seed-cd6415d7/digits/examples/reader"
	"github.com/seed-cd6415d7/digits/softmax"
	"github.com/stretchr/testify/require"
)

// titles returns the texts that a figure shows under the pointer.
func titles(figure template.HTML) (list []string) {
	for _, m := range regexp.MustCompile(`<title>([^<]*)</title>`).FindAllStringSubmatch(string(figure), -1) {
		list = append(list, m[1])
	}
	return list
}

// attributes returns the numbers of an attribute, in all elements of a class.
func attributes(t *testing.T, figure template.HTML, class, name string) (list []float64) {
	elements := regexp.MustCompile(`<\w+ class="`+class+`"[^>]*>`).FindAllString(string(figure), -1)
	for _, e := range elements {
		m := regexp.MustCompile(` ` + name + `="([^"]*)"`).FindStringSubmatch(e)
		require.NotNil(t, m, e)
		v, err := strconv.ParseFloat(m[1], 64)
		require.NoError(t, err)
		list = append(list, v)
	}
	return list
}

func TestPercent(t *testing.T) {
	for share, want := range map[float64]string{
		0: "0%", 1: "100%", 0.5: "50.00%", 0.99234: "99.23%", 0.9999: "99.99%", 0.99996: "99.9960%", 1 - 1e-9: "99.9999%", 1e-9: "0.00%",
	} {
		require.Equal(t, want, Percent(share))
	}
	require.Equal(t, "–", Percent(math.NaN()))
	require.Equal(t, "33.33%", tickPercent(1.0/3))
	require.Equal(t, "0.3333", plainNumber(1.0/3))
	require.Equal(t, "0", px(-0.01), "no sign")
}

// roundedAll rounds numbers to tenths.
func roundedAll(list []float64) (rounded []float64) {
	for _, v := range list {
		rounded = append(rounded, math.Round(10*v)/10)
	}
	return rounded
}

func TestTicks(t *testing.T) {
	require.Equal(t, []float64{0, 20, 40, 60, 80, 100}, axis{low: 0, high: 100}.ticks(5))
	require.Equal(t, []float64{0.1, 0.2, 0.5, 1}, axis{low: 0.09, high: 1, log: true}.ticks(5))
	require.Len(t, axis{low: 1e-6, high: 1, log: true}.ticks(5), 7)
	for _, a := range []axis{{low: 0.9917, high: 0.9921}, {low: -3, high: 1e9}, around([]float64{5, 5}, false),
		around([]float64{math.Ln10, math.Nextafter(math.Ln10, 3)}, false), around([]float64{-1, -1 + 1e-8}, false), around([]float64{1, 1 + 1e-4}, false), around([]float64{math.NaN()}, false)} {
		n := len(a.ticks(5))
		require.True(t, n >= 2 && n <= 7, "%v: %d", a, n)
	}
	require.Equal(t, []float64{1, 3, 10, 30, 100, 300, 1000}, axis{low: 1, high: 1000, log: true}.ticks(5), "from end to end")
	require.Equal(t, []float64{0.3, 0.4, 0.5, 0.6, 0.7}, roundedAll(axis{low: 0.3, high: 0.7}.ticks(4)), "from end to end")
	require.Equal(t, axis{low: -1e-3, high: 1e-3}, around([]float64{0, 0}, false), "there is some room")
	a := axis{low: 1, high: 100, log: true, from: 200, to: 0}
	require.Equal(t, []float64{200, 100, 0, 0}, []float64{a.at(1), a.at(10), a.at(100), a.at(1000)})
}

// TestLearningOfManyEpochs: each of at most 300 columns of the two plots tells
// about one epoch, and the epoch that was kept is among them.
func TestLearningOfManyEpochs(t *testing.T) {
	for n, want := range map[int]int{299: 299, 300: 300, 301: 151, 100_000: 300} {
		many := Training{Kept: n - 7}
		for i := range n {
			many.Epochs = append(many.Epochs, Epoch{i + 1, 1, 1, 0.5})
		}
		page := string(Learning(many))
		require.Equal(t, 2*want, strings.Count(page, "<title>epoch "), "%d epochs", n)
		require.Equal(t, 2, strings.Count(page, "(kept)"))
	}
}

func TestLearning(t *testing.T) {
	nan := math.NaN()
	first := Training{Name: "first", Kept: 2, Epochs: []Epoch{{1, 0.5, 0.4, 0.9}, {2, 0.25, 0.3, 0.95}, {3, 0.2, 0.35, 0.94}}}
	second := Training{Name: "second <b>", Kept: 3, Epochs: []Epoch{{1, 0.5, nan, nan}, {2, 0.25, nan, nan}, {3, 0.2, nan, nan}}}
	figure := Learning(first, second)
	require.Equal(t, 2, strings.Count(string(figure), "<svg class=\"plot\""))
	require.Equal(t, 2, strings.Count(string(Learning(second, first)), "<svg class=\"plot\""), "the second one has an accuracy")
	require.Equal(t, 1, strings.Count(string(Learning(second)), "<svg class=\"plot\""))
	require.NotContains(t, figure, "<b>")
	require.NotContains(t, figure, "NaN")
	require.Equal(t, []string{
		"epoch 1\nfirst: loss 0.5000\nimages held out: loss 0.4000, 90.00% right\nsecond &lt;b&gt;: loss 0.5000",
		"epoch 2\nfirst: loss 0.2500\nimages held out: loss 0.3000, 95.00% right\n(kept)\nsecond &lt;b&gt;: loss 0.2500",
		"epoch 3\nfirst: loss 0.2000\nimages held out: loss 0.3500, 94.00% right\nsecond &lt;b&gt;: loss 0.2000\n(kept)",
	}, titles(figure)[:3])

	losses := attributes(t, figure, "dot for", "cy")
	require.Len(t, losses, 3)
	require.InDelta(t, 5, (losses[1]-losses[0])/(losses[2]-losses[1]), 0.1, "a drop of 0.25, then of 0.05")
	require.Equal(t, losses[1:2], attributes(t, figure, "ring for", "cy"), "the kept epoch")

	require.Equal(t, 1, strings.Count(string(Learning(second)), "<svg class=\"plot\""), "no validation")
	require.Equal(t, 2, strings.Count(string(Learning(second, first, second)), `<polyline class="curve quiet"`), "all but the first are quiet")
	require.Contains(t, Learning(Training{}), "no curve")
	require.NotContains(t, Learning(Training{Epochs: []Epoch{{1, 0.5, nan, nan}}}), "NaN")
}

// TestEpochs: up to ten epochs have a tick each.
func TestEpochs(t *testing.T) {
	for n, want := range map[int]int{1: 1, 2: 2, 9: 9, 10: 10, 11: 5} {
		x := epochAxis([]Training{{Epochs: []Epoch{{Number: n}}}})
		ticks := epochTicks(x)
		require.Len(t, ticks, want, "%d epochs", n)
		if n <= 10 {
			require.Equal(t, []float64{1, float64(n)}, []float64{ticks[0], ticks[n-1]})
		}
	}
}

// TestLossAxis: it is logarithmic if the losses fall to about an eighth, but
// not if one of them is 0.
func TestLossAxis(t *testing.T) {
	nan := math.NaN()
	for _, tt := range []struct {
		first, middle, last float64
	}{{7, 4, 1}, {8, math.Sqrt(8), 1}, {1, 0.5, 0}} {
		figure := Learning(Training{Epochs: []Epoch{{1, tt.first, nan, nan}, {2, tt.middle, nan, nan}, {3, tt.last, nan, nan}}})
		y := attributes(t, figure, "dot for", "cy")
		require.InDelta(t, y[1]-y[0], y[2]-y[1], 0.15, "from %v to %v", tt.first, tt.last)
	}
}

func TestConfusion(t *testing.T) {
	rows, columns := []string{"a", "<b>"}, []string{"a", "<b>", "none"}
	counts := [][]int{{98, 1, 1}, {0, 50, 0}}
	figure := confusionMatrix(rows, columns, counts)
	require.Equal(t, []string{
		"a: 98 of 100 right, 98.00%", "a, read as &lt;b&gt;: 1 of 100, 1.00%", "a, read as none: 1 of 100, 1.00%",
		"&lt;b&gt;: 50 of 50 right, 100%",
	}, titles(figure))
	require.Contains(t, figure, ">98</text>")
	require.Contains(t, figure, "Confusion matrix: 148 of 150 right. a, read as &lt;b&gt;: 1 of 100")
	require.NotContains(t, figure, "<b>")

	table := string(frequentMistakes(rows, columns, counts, 1))
	require.Equal(t, 1, strings.Count(table, "<tr><th scope=\"row\">"))
	require.Contains(t, frequentMistakes(rows, columns, [][]int{{1, 0, 0}, {0, 1, 0}}, 5), "no mistake")
}

// TestLargeConfusion: the cells of many classes have no numbers, but titles.
// The figure stays small.
func TestLargeConfusion(t *testing.T) {
	const n = 62
	var names []string
	var counts [][]int
	for i := range n {
		names = append(names, "class "+strconv.Itoa(i))
		row := make([]int, n)
		for j := range row {
			row[j] = 1000 + i
		}
		counts = append(counts, row)
	}
	figure := confusionMatrix(names, names, counts)
	require.Len(t, titles(figure), n*n)
	require.NotContains(t, figure, ">1000</text>")
	require.Less(t, len(figure), 1<<20)
	require.NotContains(t, confusionMatrix(names[:1], names[:1], [][]int{{0}}), "NaN", "no image")
}

// TestStrength: a single mistake can be seen, and more are stronger.
func TestStrength(t *testing.T) {
	last := 0.2
	for _, share := range []float64{0.001, 0.01, 0.1, 1} {
		require.Greater(t, strength(share), last)
		last = strength(share)
	}
	require.Equal(t, 1.0, last)
}

func TestClasses(t *testing.T) {
	counts := [][]int{{6, 2, 0}, {1, 3, 0}, {0, 0, 0}}
	list := classesOf([]string{"a", "b", "c"}, counts)
	require.Equal(t, class{softmax.ClassReport{Support: 8, Predicted: 7, Precision: 6.0 / 7, Recall: 0.75, F1: 12.0 / 15}, "a", 2, 1}, list[0])
	require.Equal(t, class{softmax.ClassReport{Support: 4, Predicted: 5, Precision: 0.6, Recall: 0.75, F1: 6.0 / 9}, "b", 1, 2}, list[1])
	wide := classesOf([]string{"a", "b"}, [][]int{{6, 1, 1}, {1, 3, 0}})
	require.Equal(t, list[0], wide[0], "a column without a row, such as no digit")
	require.Equal(t, 1, classesOf([]string{"a"}, [][]int{{3, 1}})[0].missed, "one class")
	require.Equal(t, 3, classesOf([]string{"a"}, [][]int{{3}})[0].Support, "one class, and no other answer")
	table := string(Classes([]string{"a", "b", "c"}, counts, []int{80, 40, 1}))
	require.Contains(t, table, "<th scope=\"row\">a</th><td>8</td><td class=\"bar left\">2 <svg")
	require.Contains(t, table, "<td>75.00%</td><td>85.71%</td><td>80.00%</td><td>80</td></tr>")
	require.Contains(t, table, "<td>–</td><td>–</td><td>–</td><td>1</td></tr>")
	require.NotContains(t, Classes([]string{"a", "b", "c"}, counts, nil), "trained on")
	require.Equal(t, []float64{60, 30, 0}, attributes(t, template.HTML(table), "miss", "width"))
	require.Equal(t, []float64{30, 60, 0}, attributes(t, template.HTML(table), "false", "width"))
}

func TestMistakes(t *testing.T) {
	img := image.NewGray(image.Rect(0, 0, 28, 28))
	text := string(Mistakes([]Mistake{{Image: img, Label: "<4>", Answer: "9", Probability: 0.998, OfLabel: 0.001, Sure: true, Name: "a&b.png", Why: "<svg></svg>"}}))
	require.Contains(t, text, `alt="is &lt;4&gt;, read as 9"`)
	require.Contains(t, text, "9: 99.80%, &lt;4&gt;: 0.10%")
	require.Contains(t, text, "a&amp;b.png")
	require.Contains(t, text, "<svg></svg>")
	require.Contains(t, Mistakes(nil), "no mistake")
}

func TestPNG(t *testing.T) {
	require.Contains(t, PNG(image.NewGray(image.Rect(0, 0, 2, 3)), "pixels", "<b>"), `<img class="pixels" alt="&lt;b&gt;" width="2" height="3" src="`)
	require.Contains(t, PNG(&image.Gray{}, "pixels", "a"), "This picture cannot be drawn: ")
}

func TestMaps(t *testing.T) {
	text := Maps([]Map{
		{Class: "a", Width: 2, Pixels: []float32{1, -4, 0, 2}},
		{Class: "b", Strokes: []reader.Stroke{stroke(5, 5, 0.1, 0.01), stroke(1, 2, 2, 4), stroke(0, 0, 2, -4)}},
	})
	require.Contains(t, text, "down to −4")
	require.Equal(t, 1, strings.Count(string(text), "<img class=\"map\""))
	require.Equal(t, []float64{1}, attributes(t, text, "stroke for", "stroke-opacity"), "what nobody sees is left out")
	require.Equal(t, []float64{2}, attributes(t, text, "stroke against", "stroke-width"))
	require.Contains(t, text, `d="M1 2L2 3"`)
	require.Contains(t, Maps([]Map{{Class: "a", Width: 1, Pixels: []float32{0}}}), "All of them are 0")

	img := signedImage([]float32{4, -4, 0, 2}, 2, 4)
	alpha := func(x, y int) (a uint32) { _, _, _, a = img.At(x, y).RGBA(); return a }
	require.Equal(t, []uint32{0xffff, 0xffff, 0, 0x8080}, []uint32{alpha(0, 0), alpha(1, 0), alpha(0, 1), alpha(1, 1)})
	red, _, blue, _ := img.At(0, 0).RGBA()
	require.Greater(t, blue, red, "for is blue")
}

func stroke(x, y, width, contribution float32) reader.Stroke {
	return reader.Stroke{X1: x, Y1: y, X2: x + 1, Y2: y + 1, Width: width, Contribution: contribution}
}
