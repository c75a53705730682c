package report

import (
	"encoding/xml"
	"html/template"
	"image"
	"io"
	"math"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/seed-cd6415d7/digits/examples/reader"
	"github.com/stretchr/testify/require"
)

// FuzzPage: whatever the texts are, a page is well-formed HTML, and shows them
// as they are.
func FuzzPage(f *testing.F) {
	for _, text := range hostileTexts {
		f.Add(text, text, "plain", true)
		f.Add("plain", "", text, false)
	}
	f.Fuzz(func(t *testing.T, a, b, c string, wide bool) {
		page := &Page{Title: a, Command: b, Numbers: []Number{{c, a}}, Facts: []Fact{{b, c}}, Wide: wide,
			Sections: []Section{{b, []template.HTML{Text(a, c)}}, {c, nil}, {a, nil}}}
		text := encode(t, page)
		require.True(t, strings.HasPrefix(text, marker))
		// The style sheet is always the same, and long.
		css := strings.Index(text, "<style>")
		found := elements(t, text[:css]+text[strings.Index(text, "</style>")+len("</style>"):])
		require.Equal(t, []string{shownText(a)}, found["title"])
		require.Equal(t, []string{shownText(a)}, found["h1"])
		require.Equal(t, []string{shownText(c)}, found["strong"])
		require.Equal(t, []string{shownText(a)}, found["span"])
		require.Equal(t, []string{shownText(b)}, found["dt"])
		require.Equal(t, []string{shownText(c)}, found["dd"])
		require.Equal(t, []string{shownText(a), shownText(c)}, found["p"])
		require.Equal(t, []string{shownText(b), shownText(c), shownText(a)}, found["a"])
		require.Equal(t, found["a"], found["h2"])
	})
}

// hostileTexts may become markup, or confuse who makes it.
var hostileTexts = []string{
	`<script>alert("1")</script>`, "'><img src=x onerror=y>", "]]>&amp;<!--", "\x00\x1b\u202e\ufffe\xff", "a\r\nb\rc", "a/b//c", "خانه",
	"{{.}} %s %!d", "--></style><a href=javascript:x>", "a long name of a class, in several words",
}

// FuzzParts: whatever the names, numbers and pictures are, each part of a
// report is well-formed HTML, and no text becomes markup.
func FuzzParts(f *testing.F) {
	for i, text := range hostileTexts {
		f.Add(text, "b", []float64{0.5, math.NaN(), math.Inf(1), -1e300, 1e-300, 0}[i%6], i*i*i-1, []byte{0, 255, 7, 7}[:i%5], uint8(i))
		f.Add("a", text, []float64{0.5, math.NaN(), math.Inf(-1), -0.2}[i%4], -i, []byte{9, 9, 9}, uint8(i+5))
	}
	f.Fuzz(func(t *testing.T, a, b string, v float64, n int, data []byte, part uint8) {
		if len(a)+len(b) > 300 || len(data) > 50 {
			return // it would be slow
		}
		elements(t, string(fuzzedPart(a, b, v, n, data, part)))
	})
}

// fuzzedPart returns a part of a report.
func fuzzedPart(a, b string, v float64, n int, data []byte, part uint8) template.HTML {
	classes := []string{a, b, "c"}
	count := max(n%1000, 0)
	counts := [][]int{{count, len(data), 0, 1}, {0, 5, count, 0}, {0, 0, 0, 0}}
	img := image.NewGray(image.Rect(0, 0, 1+len(data), 1))
	copy(img.Pix, data)
	var verdicts []Verdict
	var pixels []float32
	var strokes []reader.Stroke
	training := Training{Name: a, Kept: n}
	for i, p := range data {
		x := float64(p) / 255
		verdicts = append(verdicts, Verdict{x, p%2 == 0})
		pixels = append(pixels, float32(x*v))
		strokes = append(strokes, reader.Stroke{X1: float32(x), Width: float32(v), Contribution: float32(v * (x - 0.5))})
		training.Epochs = append(training.Epochs, Epoch{i + 1, x * v, v, x})
	}
	switch part % 10 {
	case 0:
		return Figure(a, b, Wide(a, Row(Text(b), Path(a))))
	case 1:
		return Table([]string{a, b}, [][]any{{a, v}, {Name(b), n}})
	case 2:
		return Confusion(b, classes, []string{a, b, "c", "none"}, counts, count)
	case 3:
		return Classes(classes, counts, []int{n, 1, 2})
	case 4:
		return Calibration(verdicts)
	case 5:
		return Coverage(verdicts, v) + Text(Sure(verdicts, v))
	case 6:
		return Learning(training, Training{Name: b, Epochs: training.Epochs})
	case 7:
		return Maps([]Map{{Class: a, Strokes: strokes}})
	case 8:
		return Maps([]Map{{Class: a, Width: max(1, len(pixels)), Pixels: pixels}})
	}
	return Mistakes([]Mistake{{Image: img, Label: a, Answer: b, Probability: v, OfLabel: -v, Sure: n > 0, Name: a}})
}

// allowed are the elements that a report may have, with their attributes.
var allowed = func() map[string][]string {
	table := map[string][]string{}
	for _, line := range strings.Split(`html lang
head
meta charset http-equiv content name
title
style
body class
header
h1
h2 id
h3
pre class tabindex
code
ul class
ol class
li
dl class
dt
dd
div class role tabindex aria-label
nav aria-label
a href
main
section aria-labelledby
p class
b class
strong
span class
bdi dir
wbr
figure
figcaption
table class
thead
tbody
tr
th scope class
td class
img class alt width height src
svg class viewBox role aria-label aria-hidden width height
g
path class d stroke-opacity stroke-width
rect class x y width height fill-opacity
line class x1 y1 x2 y2
circle class cx cy r
polyline class points
text class x y text-anchor transform`, "\n") {
		words := strings.Fields(line)
		table[words[0]] = words[1:]
	}
	return table
}()

var (
	void      = regexp.MustCompile(`<((?:meta|img|wbr)\b[^>]*)>`)
	addresses = regexp.MustCompile(`^(#[\pL\pN%-]+|data:image/png;base64,[A-Za-z0-9+/=]+)$`)
)

// elements checks that a page is well-formed, and that it has only allowed
// parts. It returns the texts of its elements by name.
func elements(t *testing.T, page string) map[string][]string {
	texts := map[string][]string{}
	type open struct {
		name string
		text strings.Builder
	}
	stack := []*open{{}}
	// XML has no characters that do not print, and wants each element closed.
	d := xml.NewDecoder(strings.NewReader(void.ReplaceAllString(inXML(page), "<$1/>")))
	for {
		token, err := d.RawToken()
		if err == io.EOF {
			break
		}
		require.NoError(t, err)
		switch token := token.(type) {
		case xml.StartElement:
			attributes, known := allowed[token.Name.Local]
			require.True(t, known, "<%s>", token.Name.Local)
			seen := map[string]bool{}
			for _, a := range token.Attr {
				name := strings.TrimPrefix(a.Name.Space+":"+a.Name.Local, ":")
				require.Contains(t, attributes, name, token.Name.Local)
				require.False(t, seen[name], "%s twice", name)
				seen[name] = true
				if name == "href" || name == "src" {
					require.Regexp(t, addresses, a.Value)
				}
			}
			stack = append(stack, &open{name: token.Name.Local})
		case xml.EndElement:
			last := stack[len(stack)-1]
			require.Equal(t, last.name, token.Name.Local)
			texts[last.name] = append(texts[last.name], last.text.String())
			stack = stack[:len(stack)-1]
		case xml.CharData:
			for _, o := range stack {
				o.text.Write(token)
			}
		case xml.ProcInst:
			t.Fatalf("a processing instruction: %s", token.Inst)
		}
	}
	require.Len(t, stack, 1, "all elements are closed")
	return texts
}

// inXML replaces what may stand in HTML but not in XML.
func inXML(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && !strings.ContainsRune("\t\n\r", r) || r == '\ufffe' || r == '\uffff' || r == 0 {
			return '\ufffd'
		}
		return r
	}, text)
}

// shownText returns a text as an XML decoder gives it back.
func shownText(text string) string {
	return strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(inXML(string([]rune(text))))
}

// TestElements: the check of FuzzPage finds what it should.
func TestElements(t *testing.T) {
	require.Equal(t, []string{"a b"}, elements(t, "<p>a <b>b</b></p>")["p"])
	require.True(t, slices.Contains(allowed["svg"], "viewBox"))
}
