package why

import (
	"bytes"
	"encoding/base64"
	"encoding/xml"
	"image"
	"image/color"
	"image/png"
	"math"
	"math/rand/v2"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/seed-cd6415d7/digits/examples/internal/report"
	"github.com/seed-cd6415d7/digits/examples/reader"
	"github.com/seed-cd6415d7/digits/imageprep"
	"github.com/stretchr/testify/require"
)

// TestDigits: numbers are short, but none is 0 if it is not.
func TestDigits(t *testing.T) {
	for v, want := range map[float64]string{1.06: "1.1", 9.94: "9.9", 9.95: "10", 99.6: "100", 995: "1,000", 12_345: "12,000", 950_000: "950,000"} {
		require.Equal(t, want, twoDigits(v))
	}
	for v, want := range map[float32]int{12: 2, 1: 2, 0.5: 2, -0.05: 3, 0.003: 4, 1e-12: 9} {
		require.Equal(t, want, places(v), "%v", v)
	}
	for v, want := range map[float32]int{0.5: 2, 1: 1, 9: 1, 99_999: 1, 100_000: 0} {
		require.Equal(t, want, sumOf(&reader.Why{Contributions: []float32{v}, Difference: v}).places, "%v", v)
	}
}

// TestFewStrokes: a single contribution is drawn, and none is no error.
func TestFewStrokes(t *testing.T) {
	require.Empty(t, strokesOf(bar(nil)))
	require.Len(t, strokesOf(bar(map[int]float32{1: 2})), 1)
	require.Len(t, strokesOf(bar(map[int]float32{1: 20, 2: 1, 3: -0.999})), 2, "from a twentieth of the largest on")
}

// TestPixel: how strong a pixel in a terminal is.
func TestPixel(t *testing.T) {
	for _, tt := range []struct {
		net  float64
		ink  uint8
		want string
	}{
		{0.5, 0, "33m██"}, {0.49, 0, "33m▓▓"}, {0.25, 0, "33m▓▓"}, {0.24, 0, "33m▒▒"}, {0.1, 0, "33m▒▒"}, {-0.1, 0, "208m▒▒"},
		{0.09, 96, "245m░░"}, {-0.09, 96, "245m░░"}, {0.09, 95, "  "}, {0, 255, "245m░░"},
	} {
		require.True(t, strings.HasSuffix(blocks.pixel(tt.net, tt.ink), tt.want), tt)
	}
}

// bar returns a Why about a level bar of ink. It has one cell for every
// quarter of the picture. Number i of the histograms has a contribution.
func bar(contributions map[int]float32) *reader.Why {
	w := &reader.Why{
		Class: "7", Rival: "1", HOG: imageprep.HOG{Directions: 4, Cells: 2},
		Contributions: make([]float32, 16), Image: image.NewGray(image.Rect(0, 0, 28, 28)),
	}
	for x := range 28 {
		w.Image.SetGray(x, 5, color.Gray{Y: 255})
	}
	for i, c := range contributions {
		w.Contributions[i] = c
		w.Difference += c
	}
	return w
}

func TestCaption(t *testing.T) {
	w := bar(map[int]float32{1: 9.14, 2: -2.44})
	w.Class, w.Rival, w.Empty, w.Difference = "8", "3", -0.51, 6.19
	require.Equal(t, "for +9.1, against -2.4, empty picture -0.5: difference 6.2, so 8 is 490 times as probable as 3", caption(w, plain))

	for _, tt := range []struct {
		name, class, rival string
		difference         float32
		want               string
	}{
		{"the rival is more probable", "8", "3", -2, "difference -2.0, so 3 is 7.4 times as probable as 8"},
		{"both are equal", "8", "3", 0, "difference 0.000000, so 8 is as probable as 3"},
		{"six digits", "8", "3", 99_999, "difference 99999.0, so 8 is more than a million times as probable as 3"},
		{"no point", "8", "3", 100_000, "difference 100000, so 8 is more than a million times as probable as 3"},
		{"hundreds of thousands", "8", "3", 12, "difference 12.0, so 8 is 160,000 times as probable as 3"},
		{"nearly a million", "8", "3", 13.8, "difference 13.8, so 8 is 980,000 times as probable as 3"},
		{"a million", "8", "3", 13.9, "difference 13.9, so 8 is more than a million times as probable as 3"},
		{"a digit after the point", "8", "3", 1.2, "difference 1.2, so 8 is 3.3 times as probable as 3"},
		{"a little more", "8", "3", 0.06, "difference 0.060, so 8 is 1.1 times as probable as 3"},
		{"less than 5 % more", "8", "3", 0.04, "difference 0.040, so 8 is as probable as 3"},
		{"more than one counts", "8", "3", 40, "difference 40.0, so 8 is more than a million times as probable as 3"},
		{"several kinds of no digit", "8", "no digit", 3, `difference 3.0, so 8 is 20 times as probable as the likeliest kind of "no digit"`},
		{"names of several words", "red star", "blue star", 3, `difference 3.0, so "red star" is 20 times as probable as "blue star"`},
	} {
		w := bar(nil)
		w.Class, w.Rival, w.Difference, w.Empty = tt.class, tt.rival, tt.difference, tt.difference
		_, got, _ := strings.Cut(caption(w, plain), ": ")
		require.Equal(t, tt.want, got, tt.name)
	}
}

// TestHTML: a name from right to left does not turn the text around it, and no
// name becomes markup.
func TestHTML(t *testing.T) {
	w := bar(nil)
	w.Class, w.Rival, w.Difference, w.Empty = "خانه ها", "<i>\x1b", 3, 3
	title, caption := HTML(w)
	require.Equal(t, `why "<bdi>خانه ها</bdi>" and not <bdi>&lt;i&gt;\x1b</bdi>`, string(title))
	require.Equal(t, `for 0.0, against 0.0, empty picture +3.0: difference 3.0, so "<bdi>خانه ها</bdi>" is 20 times as probable as <bdi>&lt;i&gt;\x1b</bdi>`, string(caption))
}

var sumPattern = regexp.MustCompile(`^for (\+\S+|0\S*), against (-\S+|0\S*), empty picture ([-+]\S+|0\S*): difference (-?\S+), so `)

// TestCaptionAddsUp: the printed parts add up to the printed difference, and no
// number is off by more than one of its last digit.
func TestCaptionAddsUp(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 1500 {
		w := &reader.Why{Class: "8", Rival: "3", Contributions: make([]float32, rng.IntN(30))}
		size := math.Pow(10, rng.Float64()*12-6)
		w.Empty = float32(rng.NormFloat64() * size)
		exact := []float64{0, 0, float64(w.Empty), float64(w.Empty)}
		for i := range w.Contributions {
			c := float32(rng.NormFloat64() * size)
			w.Contributions[i] = c
			exact[3] += float64(c)
			if c > 0 {
				exact[0] += float64(c)
			} else {
				exact[1] += float64(c)
			}
		}
		w.Difference = float32(exact[3])
		text := caption(w, plain)
		m := sumPattern.FindStringSubmatch(text)
		require.NotNil(t, m, text)
		unit, values := 1.0, [4]float64{}
		if _, decimals, ok := strings.Cut(m[1], "."); ok {
			unit = math.Pow(10, -float64(len(decimals)))
		}
		largest := max(exact[0], -exact[1], math.Abs(exact[2]))
		if unit == 1 {
			unit = math.Pow(10, math.Floor(math.Log10(largest))-4)
		}
		for i, number := range m[1:] {
			v, err := strconv.ParseFloat(number, 64)
			require.NoError(t, err)
			values[i] = v
			require.InDelta(t, exact[i], v, 1.01*unit, text)
		}
		require.InDelta(t, values[3], values[0]+values[1]+values[2], unit*1e-6, text)
	}
}

// TestStrangeNumbers: a model may have any weights.
func TestStrangeNumbers(t *testing.T) {
	inf := float32(math.Inf(1))
	for _, c := range []float32{inf, -inf, inf - inf, math.MaxFloat32, math.SmallestNonzeroFloat32} {
		w := bar(map[int]float32{1: c, 2: 1})
		require.NotEmpty(t, caption(w, plain))
		require.NotEmpty(t, SVG(w))
		require.NotEmpty(t, Text(w))
		require.NotNil(t, Draw(w, 1))
	}
}

// TestSVG: the drawing is well-formed, has a name, and says what each stroke
// counts. The largest stroke is the last.
func TestSVG(t *testing.T) {
	w := bar(map[int]float32{0*4 + 1: 2, 1*4 + 3: -1, 3*4 + 0: 0.001})
	w.Class, w.Rival = `<script>"&'`, "日本"
	svg := string(SVG(w))
	var got struct {
		Label string `xml:"aria-label,attr"`
		Role  string `xml:"role,attr"`
		Box   string `xml:"viewBox,attr"`
		Image struct {
			Data string `xml:"href,attr"`
		} `xml:"image"`
		Paths []struct {
			Class string `xml:"class,attr"`
			Title string `xml:"title"`
		} `xml:"path"`
	}
	require.NoError(t, xml.Unmarshal([]byte(svg), &got))
	require.Equal(t, `why <script>"&' and not 日本: `+caption(w, plain), got.Label)
	require.Equal(t, "img", got.Role)
	require.Equal(t, "0 0 28 28", got.Box)
	require.Len(t, got.Paths, 2, "a stroke that nobody sees is left out")
	require.Equal(t, "against", got.Paths[0].Class)
	require.Equal(t, "-1.00", got.Paths[0].Title)
	require.Equal(t, "for", got.Paths[1].Class)
	require.Equal(t, "+2.00", got.Paths[1].Title)
	require.NotContains(t, svg, "<script")
	require.NotContains(t, svg, "style")

	data, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(got.Image.Data, "data:image/png;base64,"))
	require.NoError(t, err)
	img, err := png.Decode(bytes.NewReader(data))
	require.NoError(t, err)
	require.Equal(t, image.Rect(0, 0, 28, 28), img.Bounds())
	_, _, _, alpha := img.At(3, 5).RGBA()
	require.Greater(t, alpha, uint32(0x5000), "ink")
	_, _, _, alpha = img.At(3, 20).RGBA()
	require.Zero(t, alpha, "no ink")
}

// TestDraw: the two colors are where the strokes are.
func TestDraw(t *testing.T) {
	const scale = 10
	w := bar(map[int]float32{0*4 + 1: 2, 3*4 + 0: -2})
	m := Draw(w, scale)
	require.Equal(t, image.Rect(0, 0, 280, 280), m.Rect)
	at := map[color.RGBA]image.Rectangle{}
	for y := range 280 {
		for x := range 280 {
			c := m.RGBAAt(x, y)
			pixel := image.Rect(x, y, x+1, y+1)
			at[c] = at[c].Union(pixel)
		}
	}
	for _, s := range w.Strokes() {
		c := report.For
		if s.Contribution < 0 {
			c = report.Against
		}
		want := image.Rect(int(min(s.X1, s.X2)*scale), int(min(s.Y1, s.Y2)*scale), int(max(s.X1, s.X2)*scale), int(max(s.Y1, s.Y2)*scale))
		want = want.Inset(-int(s.Width * scale / 2))
		require.True(t, at[c].In(want.Inset(-1)), "%v %v", at[c], want)
		require.Greater(t, at[c].Dx()*at[c].Dy(), want.Dx()*want.Dy()/4)
		require.Equal(t, c, m.RGBAAt(int((s.X1+s.X2)*scale/2), int((s.Y1+s.Y2)*scale/2)))
	}
	require.Equal(t, color.RGBA{255, 255, 255, 255}, m.RGBAAt(5, 275))
	ink := m.RGBAAt(275, 55)
	require.Less(t, ink.R, uint8(230))
	require.Greater(t, ink.R, uint8(150), "pale, so that strokes are seen")
}

// TestPixels: for a model of pixels, the stroke is the pixel.
func TestPixels(t *testing.T) {
	w := bar(nil)
	w.HOG, w.Contributions = imageprep.HOG{}, make([]float32, 784)
	w.Contributions[5*28+3], w.Contributions[5*28+4] = 2, -1
	m := Draw(w, 4)
	require.Equal(t, report.For, m.RGBAAt(3*4+1, 5*4+1))
	require.NotEqual(t, report.For, m.RGBAAt(3*4+1, 4*4+1))
	left, right := m.RGBAAt(4*4+1, 5*4+1), m.RGBAAt(4*4+2, 5*4+2)
	require.Equal(t, left, right)
	require.Greater(t, left.R, left.B, "orange")
	require.Equal(t, []string{"row 6, column 4: +2.00", "row 6, column 5: -1.00"}, largest(w, 5))
	require.Contains(t, Text(w), "the largest, in 28 x 28 pixels:\n")
}

// TestSigns: strong signs stand where much speaks for a class or against it.
func TestSigns(t *testing.T) {
	for _, tt := range []struct {
		net  float64
		ink  uint8
		want string
	}{
		{1, 255, "██"}, {0.5, 0, "██"}, {0.49, 0, "▓▓"}, {0.25, 0, "▓▓"}, {0.24, 0, "▒▒"}, {0.1, 255, "▒▒"}, {0.09, 255, "░░"}, {0.09, 95, "  "},
		{0, 96, "░░"}, {-0.5, 0, "██"}, {-0.25, 255, "▓▓"}, {-0.1, 0, "▒▒"}, {-0.09, 0, "  "},
	} {
		got := blocks.pixel(tt.net, tt.ink)
		require.Equal(t, tt.want, escapes.ReplaceAllString(got, ""), tt)
		require.Equal(t, tt.net <= -0.1, strings.Contains(got, ";208m"), "orange is against")
		require.Equal(t, tt.net >= 0.1, strings.Contains(got, ";33m"), "blue is for")
	}
}

var escapes = regexp.MustCompile("\x1b\\[[0-9;]*m")

func TestText(t *testing.T) {
	w := bar(map[int]float32{0*4 + 1: 2, 3*4 + 0: -1.5, 2*4 + 3: 0.012, 2*4 + 2: -0.5})
	w.Class = "7\x1b[31m\u202e"
	text := Text(w)
	require.NotContains(t, text, "\x1b", "no escape codes, not even those of a class's name")
	require.NotContains(t, text, "\u202e")
	require.Contains(t, text, "++++")
	require.Contains(t, text, "--")
	require.Contains(t, text, "░░")
	require.Contains(t, text, `difference 0.0, so`)
	require.Contains(t, text, `the largest, in 2 x 2 cells:
  row 1, column 1, edge with ink below: +2.00
  row 2, column 2, edge with ink on the right: -1.50
  row 2, column 1, edge with ink on the left: -0.50
  row 2, column 1, edge with ink above: +0.012
`)
	w.Class = "7"
	colored, plain := strings.Split(ColorText(w), "\n"), strings.Split(Text(w), "\n")
	require.Len(t, colored, len(plain))
	for i, line := range colored[1:31] {
		bare := escapes.ReplaceAllString(line, "")
		require.Len(t, []rune(bare), 58, "two characters a pixel, and a frame")
		require.NotContains(t, bare, "\x1b")
		if codes := escapes.FindAllString(line, -1); len(codes) > 0 {
			require.Equal(t, "\x1b[0m", codes[len(codes)-1], "line %d resets the color", i)
		}
	}
	require.Equal(t, plain[31:], colored[31:])
}
