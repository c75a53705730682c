package main

import (
	"fmt"
	"image"
	"os"
	"strings"
	"testing"

	"github.com/seed-cd6415d7/digits/examples/internal/golden"
	"github.com/seed-cd6415d7/digits/examples/internal/toymodel"
	"github.com/stretchr/testify/require"
)

// TestFrozen: the same command prints the same text and makes the same page as
// ever, on every machine.
func TestFrozen(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	require.NoError(t, os.Mkdir("p", 0o777))
	for name, drawing := range map[string]string{
		"0_a.png": "0_ballpoint.png", "6_b.png": "9_stick.png", "some.png": "4_corner.png", "00_d.png": "1_stick.png",
	} {
		write(t, "p", name, sample(t, drawing))
	}
	write(t, "p", "9_cut.png", sample(t, "3_brush.png")[:60])
	write(t, "p", "blank.png", encodePNG(t, image.NewGray(image.Rect(0, 0, 9, 9))))
	write(t, dir, "127_c.png", sample(t, "12719_sum.png"))
	for name, file := range map[string]string{
		"hollow": toymodel.Hollow(t, neverSure), "shapes": toymodel.Always(t, []string{"circle", "five-pointed star", "a"}, 1, nil),
		"letters": toymodel.Always(t, strings.Split("ABCDEFGHIJKLMNOPQRSTUVWXYZ", ""), 7, map[string]string{"no digit": "25"}),
	} {
		require.NoError(t, os.Rename(file, name))
	}
	var lines strings.Builder
	for _, command := range []string{
		"p 127_c.png -sheet page.html",
		"p -json",
		"p -json -one -why -model hollow -sheet page.html",
		"p -model shapes -many -sheet page.html",
		"127_c.png p/6_b.png -why -model letters -sheet page.html",
		"p/0_a.png none.png -against 3 -show",
		"p/6_b.png p/some.png -raw -sheet page.html",
		"p/some.png p/6_b.png -show -model hollow",
		"p/00_d.png p/some.png -against Q -model letters",
		"p/00_d.png -against nothing -model letters",
		"p/some.png -against nothing -model shapes",
	} {
		out, errs, err := predict(t, strings.Fields(command)...)
		fmt.Fprintf(&lines, "# %s\n%s%serror: %v\n", command, out, errs, err)
		if strings.Contains(command, "page.html") {
			data, err := os.ReadFile("page.html")
			require.NoError(t, err)
			sum := golden.Sum([]byte(golden.Pixels(t, string(data))))
			fmt.Fprintf(&lines, "page %s\n%s", sum, golden.Text(t, string(data)))
		}
	}
	golden.Check(t, "runs.txt", lines.String())
}
