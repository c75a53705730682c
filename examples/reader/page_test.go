package reader

import (
	"image"
	"image/draw"
	"testing"

	"github.com/seed-cd6415d7/digits/imageprep"
	"github.com/stretchr/testify/require"
)

func TestLinesAndText(t *testing.T) {
	t.Parallel()
	at := func(digit, line int, space bool) Answer { return Answer{Digit: digit, Line: line, Space: space} }
	for _, tt := range []struct {
		name    string
		answers []Answer
		lines   []string
		text    string
	}{
		{"nothing", nil, nil, ""},
		{"one digit", []Answer{at(7, 0, false)}, []string{"7"}, "7"},
		{"a line", []Answer{at(1, 0, false), at(2, 0, false), at(3, 0, true)}, []string{"12 3"}, "12 3"},
		{"two lines", []Answer{at(1, 0, false), at(2, 0, false), at(3, 1, false)}, []string{"12", "3"}, "12\n3"},
		{"the first line is 1", []Answer{at(4, 1, false), at(5, 2, false)}, []string{"4", "5"}, "4\n5"},
		{"no space where a line begins", []Answer{at(4, 0, true), at(5, 1, true), at(6, 1, true)}, []string{"4", "5 6"}, "4\n5 6"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := &Page{Answers: tt.answers}
			require.Equal(t, tt.lines, p.Lines())
			require.Equal(t, tt.text, p.Text())
		})
	}
}

// below draws pictures one below the other on white.
func below(pictures ...*image.RGBA) *image.RGBA {
	size := image.Point{}
	for _, p := range pictures {
		size.X, size.Y = max(size.X, p.Rect.Dx()), size.Y+p.Rect.Dy()
	}
	m := image.NewRGBA(image.Rectangle{Max: size})
	draw.Draw(m, m.Rect, image.White, image.Point{}, draw.Src)
	y := 0
	for _, p := range pictures {
		draw.Draw(m, image.Rect(0, y, p.Rect.Dx(), y+p.Rect.Dy()), p, image.Point{}, draw.Src)
		y += p.Rect.Dy()
	}
	return m
}

// TestPage reads two lines of writing.
func TestPage(t *testing.T) {
	t.Parallel()
	img := below(
		page(drawing(t, "5_marker.png"), drawing(t, "8_marker.png"), drawing(t, "3_brush.png")),
		page(drawing(t, "6_marker.png"), drawing(t, "0_marker.png")))
	p, err := Default().Page(img, 0)
	require.NoError(t, err)
	require.Equal(t, []string{"583", "60"}, p.Lines())
	require.Zero(t, p.Turned)
	require.Equal(t, imageprep.Upright, p.Orientation)
	require.Empty(t, p.Warnings)
	for i, a := range p.Answers {
		require.Equal(t, i/3, a.Line)
		require.True(t, a.Box.In(img.Rect))
		require.False(t, a.NoDigit)
		want, err := Default().Raw(a.Image)
		require.NoError(t, err)
		require.Equal(t, want.Probabilities, a.Probabilities)
	}
	for _, a := range p.LeftOut {
		require.True(t, a.NoDigit)
	}
	answers, err := Default().All(img, 0)
	require.NoError(t, err)
	require.Equal(t, p.Answers, answers)
}

// TestTurnedPage: a page on its side or upside down is read. Boxes are those of
// the picture as it is stored.
func TestTurnedPage(t *testing.T) {
	t.Parallel()
	upright := page(drawing(t, "4_corner.png"), drawing(t, "7_pencil.png"), drawing(t, "4_corner.png"), drawing(t, "7_pencil.png"))
	gray := image.NewGray(upright.Rect)
	draw.Draw(gray, gray.Rect, upright, image.Point{}, draw.Src)
	for _, o := range []imageprep.Orientation{6, 3, 8} {
		stored := imageprep.Turn(gray, o)
		p, err := Default().Page(stored, 0)
		require.NoError(t, err)
		require.Equal(t, "4747", Text(p.Answers), "turned as by orientation %d", o)
		require.Equal(t, 360, p.Turned+map[imageprep.Orientation]int{6: 90, 3: 180, 8: 270}[o])
		require.Equal(t, gray.Pix, imageprep.Turn(stored, p.Orientation).Pix)
		for _, a := range p.Answers {
			require.True(t, a.Box.In(stored.Rect))
		}
	}
}

// TestOneOfMany: One answers for any picture with ink.
func TestOneOfMany(t *testing.T) {
	t.Parallel()
	speck := paper(300, 200)
	blot(speck, 150, 100, 2)
	dash := paper(300, 200)
	for x := 80.0; x < 220; x++ {
		blot(dash, x, 100, 3)
	}
	for name, img := range map[string]image.Image{
		"a digit": drawing(t, "3_brush.png"), "two digits": page(drawing(t, "3_brush.png"), drawing(t, "3_brush.png")), "a speck": speck, "a dash": dash,
	} {
		for _, r := range []*Reader{Default(), newTestReader(t, hollow())} {
			a, err := r.One(img, 0)
			require.NoError(t, err, name)
			require.NotNil(t, a.Image, name)
			require.True(t, !a.Box.Empty() && a.Box.In(img.Bounds()), name)
			if r == Default() && (name == "a digit" || name == "two digits") {
				require.Equal(t, 3, a.Digit, name)
				require.Equal(t, name == "two digits", len(a.Warnings) > 0 && a.Warnings[len(a.Warnings)-1] == imageprep.SeveralDigits, "%v", a.Warnings)
			}
		}
	}
}
