package reader

import (
	"fmt"
	"testing"

	"github.com/seed-cd6415d7/digits/imageprep"
	"github.com/stretchr/testify/require"
)

// stroke draws a straight stroke.
func (b *board) stroke(x0, y0, x1, y1, pen float64) {
	for i := range 101 {
		t := float64(i) / 100
		blot(b.Gray, x0+t*(x1-x0), y0+t*(y1-y0), pen)
	}
}

// write writes digits with marks between them, 40 pixels high, from (20, 30).
func (b *board) write(text string) {
	x := 20
	for _, r := range text {
		at := float64(x)
		switch r {
		case '/':
			b.stroke(at+22, 22, at, 78, 1.5)
			x += 30
		case '(':
			arc(b.Gray, at+14, 50, 12, 29, 0.25, 0.75, 1.5)
			x += 22
		case ')':
			arc(b.Gray, at, 50, 12, 29, -0.25, 0.25, 1.5)
			x += 22
		case ' ':
			x += 20
		default:
			x += b.put(r, x, 30, 40, 255) + 8
		}
	}
}

// TestSlashes: slashes and brackets are no digits if there are two of them.
func TestSlashes(t *testing.T) {
	t.Parallel()
	for i, text := range []string{"24/12/2024", "7/8/95", "31/05/26", "(030) 4562", "(44) 20 7946"} {
		var want string
		marks := 0
		for _, r := range text {
			if r >= '0' && r <= '9' {
				want += string(r)
			} else if r != ' ' {
				marks++
			}
		}
		right := 0
		for seed := range uint64(4) {
			b := newBoard(10*uint64(i)+seed, 480, 100, false)
			b.write(text)
			p, err := Default().Page(b.Gray, 0)
			require.NoError(t, err)
			if Text(p.Answers) == want && len(p.LeftOut) == marks {
				right++
			}
		}
		require.GreaterOrEqual(t, right, 3, text)
	}
}

// TestOneSlash: a slash that is alone may be a 1, so it is read, and unsure.
func TestOneSlash(t *testing.T) {
	t.Parallel()
	b := newBoard(1, 200, 100, false)
	b.write("36/48")
	answers, err := Default().All(b.Gray, 0)
	require.NoError(t, err)
	require.Equal(t, "36148", Text(answers))
	require.False(t, answers[2].Sure)
	require.Contains(t, answers[2].Warnings, imageprep.MayBeMark)
}

// TestHoles: the holes for a binder are no digits.
func TestHoles(t *testing.T) {
	t.Parallel()
	right := 0
	for seed := range uint64(4) {
		b := newBoard(seed, 300, 220, false)
		for _, y := range []float64{60, 160} {
			blot(b.Gray, 30, y, 15)
		}
		want := ""
		for row := range 3 {
			line := fmt.Sprint(2400 + seed*173 + uint64(row)*1111)
			want += line
			b.row(line, 70, 15+70*row, 40, 8)
		}
		p, err := Default().Page(b.Gray, 0)
		require.NoError(t, err)
		for _, a := range p.Answers {
			require.Greater(t, a.Box.Min.X, 60)
		}
		if Text(p.Answers) == want {
			right++
		}
	}
	require.GreaterOrEqual(t, right, 3)
}
