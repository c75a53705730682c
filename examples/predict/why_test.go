package main

import (
	"image"
	"image/color"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/seed-cd6415d7/digits/examples/internal/cli"
	"github.com/seed-cd6415d7/digits/examples/internal/toymodel"
	"github.com/seed-cd6415d7/digits/examples/internal/why"
	"github.com/seed-cd6415d7/digits/examples/reader"
	"github.com/stretchr/testify/require"
)

// TestWhy: each digit is compared with the next one, or with that of -against.
func TestWhy(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, name := range []string{"1_flag.png", "19_ring.png"} {
		write(t, dir, name, sample(t, name))
	}
	one, two := filepath.Join(dir, "1_flag.png"), filepath.Join(dir, "19_ring.png")
	for _, tt := range []struct {
		args []string
		want []string
	}{
		{[]string{"-why", one}, []string{"why 1 and not 7: "}},
		{[]string{"-against", "4", one}, []string{"why 1 and not 4: "}},
		{[]string{"-against", "1", two}, []string{"why 1 and not ", "why 9 and not 1: "}},
		{[]string{"-why", "-against", "no digit", one}, []string{`why 1 and not "no digit": `}},
		{[]string{"-why", "-show", "-one", one}, []string{"why 1 and not 7: "}},
	} {
		out, errs, err := predict(t, tt.args...)
		require.NoError(t, err)
		require.Empty(t, errs)
		var got []string
		for line := range strings.Lines(out) {
			if strings.HasPrefix(line, "why ") {
				got = append(got, line)
			}
		}
		require.Len(t, got, len(tt.want), out)
		for i, want := range tt.want {
			require.Contains(t, got[i], want)
		}
		require.Contains(t, out, "the largest, in 6 x 6 cells:\n")
		require.Equal(t, cli.PrintableLines(out), out, "no colors: it is no terminal")
	}
	out, _, err := predict(t, "-why", two)
	require.NoError(t, err)
	require.Regexp(t, `\n1 \d+\.\d%, then .*\nwhy 1 [^┌]*┌[^┐]*┐`, out, "each digit has its heading")
}

func TestWhyOfOtherModels(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	dot := image.NewGray(image.Rect(0, 0, 28, 28))
	for i := range 28 * 28 {
		if x, y := i%28, i/28; 12 <= x && x < 16 && 12 <= y && y < 16 {
			dot.SetGray(x, y, color.Gray{Y: 255})
		}
	}
	write(t, dir, "dot.png", encodePNG(t, dot))
	name := filepath.Join(dir, "dot.png")

	// Ink in the center means "no digit".
	out, _, err := predict(t, "-raw", "-why", "-model", toymodel.Hollow(t, knowsNone), name)
	require.NoError(t, err)
	require.Contains(t, out, `why "no digit" and not 0: ++ (little: +) speaks for "no digit", -- (little: -) for 0`)
	require.Contains(t, out, "for +20.0, against 0.0, empty picture -8.0: difference 12.0, so the likeliest kind of \"no digit\" is 160,000 times as probable as 0\n")
	require.Contains(t, out, "the largest, in 28 x 28 pixels:\n  row 14, column 14: +5.00\n")

	// A model of other classes that knows nothing else.
	model := toymodel.Always(t, []string{"circle", "star", "red moon"}, 0, nil)
	out, _, err = predict(t, "-raw", "-against", "red moon", "-model", model, name)
	require.NoError(t, err)
	require.Contains(t, out, `difference 5.0, so circle is 150 times as probable as "red moon"`)
	for against, want := range map[string]string{
		"moon":     `-against "moon": the model has no such class; want one of circle, star, red moon`,
		"no digit": `-against "no digit": the model has no such class; want one of circle, star, red moon`,
	} {
		_, _, err = predict(t, "-raw", "-against", against, "-model", model, name)
		require.EqualError(t, err, want)
	}
	_, _, err = predict(t, "-against", "10", name)
	require.EqualError(t, err, `-against "10": the model has no such class; want one of 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, or "no digit"`)
}

// TestWhyOfMarks: a model of ten classes leaves ink out for its place. Then the
// model has no reason to show.
func TestWhyOfMarks(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, dir, "a.png", sample(t, "12719_sum.png"))
	const reason = "the model takes this ink for 0 (10.0%), but its place or size says that it is no digit"
	model, file := toymodel.Zeros(t, 10, nil), filepath.Join(dir, "sheet.html")
	out, _, err := predict(t, "-why", "-sheet", file, "-model", model, filepath.Join(dir, "a.png"))
	require.NoError(t, err)
	require.Equal(t, 1, strings.Count(out, "\nno digit: "+reason+"\n"))
	require.NotContains(t, out, "why ")
	html := readPage(t, file)
	require.Contains(t, html, "<small><bdi>"+reason+"</bdi></small>")
	require.NotContains(t, html, "<small>then <bdi>0</bdi>")

	out, _, err = predict(t, "-show", "-model", model, filepath.Join(dir, "a.png"))
	require.NoError(t, err)
	require.Equal(t, 8, strings.Count(out, "┘\nno digit: "+reason+"\n"))
	require.NotContains(t, out, "90.0%", "the probability that it is not the likeliest digit")
}

func TestWhyOnSheets(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, dir, "1_flag.png", sample(t, "1_flag.png"))
	name := filepath.Join(dir, "1_flag.png")
	_, errs, err := predict(t, "-json", "-why", name)
	require.ErrorIs(t, err, cli.ErrUsage)
	require.Contains(t, errs, "-why needs -sheet")

	answers, err := reader.Default().ReadFile(name)
	require.NoError(t, err)
	w := answers[0].Why(1, 7)
	file := filepath.Join(dir, "sheet.html")
	plain, _, err := predict(t, "-json", name)
	require.NoError(t, err)
	out, _, err := predict(t, "-json", "-why", "-sheet", file, name)
	require.NoError(t, err)
	require.Equal(t, plain, out)
	html := readPage(t, file)
	require.Contains(t, html, string(why.SVG(w)))
	_, caption := why.HTML(w)
	require.Contains(t, html, string(caption))

	file = filepath.Join(dir, "sheet.png")
	_, _, err = predict(t, "-json", "-sheet", file, name)
	require.NoError(t, err)
	data, err := os.ReadFile(file)
	require.NoError(t, err)
	before := decode(t, data).Bounds()
	_, _, err = predict(t, "-json", "-why", "-sheet", file, name)
	require.NoError(t, err)
	data, err = os.ReadFile(file)
	require.NoError(t, err)
	require.Greater(t, decode(t, data).Bounds().Dy(), before.Dy()+4*28)
}

// TestWantsColor: only a terminal that knows colors gets them, and only if its
// user wants them.
func TestWantsColor(t *testing.T) {
	device, err := os.Open(os.DevNull) // looks like a terminal
	require.NoError(t, err)
	defer device.Close()
	if !cli.IsTerminal(device) {
		t.Skip("this system's null device looks like a file")
	}
	for _, tt := range []struct {
		kind, no string
		want     bool
	}{{"xterm", "", true}, {"xterm", "1", false}, {"dumb", "", false}, {"", "", false}} {
		t.Setenv("TERM", tt.kind)
		t.Setenv("NO_COLOR", tt.no)
		require.Equal(t, tt.want, wantsColor(device), tt)
		require.False(t, wantsColor(new(strings.Builder)))
	}
}
