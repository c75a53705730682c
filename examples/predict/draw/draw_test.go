package main

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/png"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/seed-cd6415d7/digits/examples/internal/golden"
	"github.com/seed-cd6415d7/digits/examples/internal/hand"
	"github.com/seed-cd6415d7/digits/examples/internal/itself"
	"github.com/stretchr/testify/require"
)

const committed = "../test_num"

func decode(t *testing.T, name string) image.Image {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatalf("%v (to draw it: go run ./draw, in examples/predict)", err)
	}
	defer f.Close()
	img, err := png.Decode(f)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return img
}

// TestCommittedPictures compares pixels, not files: another version of Go may
// compress the files differently.
func TestCommittedPictures(t *testing.T) {
	for _, p := range pictures {
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			got, want := decode(t, filepath.Join(committed, p.name+".png")), p.paint()
			if got.Bounds() != want.Bounds() {
				t.Fatalf("the file is %v, the drawing %v", got.Bounds(), want.Bounds())
			}
			if k := kind(got); k != p.format {
				t.Errorf("the file is decoded as %T, want format %d", got, p.format)
			}
			for y := range got.Bounds().Dy() {
				for x := range got.Bounds().Dx() {
					r, g, b, a := got.At(x, y).RGBA()
					wr, wg, wb, wa := want.At(x, y).RGBA()
					if r != wr || g != wg || b != wb || a != wa {
						t.Fatalf("pixel (%d, %d): the file has %v, the drawing %v", x, y, got.At(x, y), want.At(x, y))
					}
				}
			}
		})
	}
}

// kind is the format that the decoder of PNG found.
func kind(img image.Image) format {
	switch img.(type) {
	case *image.Gray:
		return gray
	case *image.Paletted:
		return paletted
	case *image.NRGBA:
		return transparent
	}
	return rgb
}

func TestNoStrayFiles(t *testing.T) {
	entries, err := os.ReadDir(committed)
	if err != nil {
		t.Fatal(err)
	}
	total := int64(0)
	for _, e := range entries {
		if !slices.ContainsFunc(pictures, func(p picture) bool { return p.name+".png" == e.Name() }) {
			t.Errorf("%s is not one of our drawings", e.Name())
		}
		info, err := e.Info()
		if err != nil {
			t.Fatal(err)
		}
		total += info.Size()
	}
	if total > 250_000 {
		t.Errorf("the pictures have %d bytes together, want at most 250000: everyone who builds the example carries them", total)
	}
}

// TestVariety: the pictures show different people, pens and pages.
func TestVariety(t *testing.T) {
	if len(pictures) < 24 {
		t.Errorf("%d pictures, want at least 24", len(pictures))
	}
	var digits [10]int
	drawn, formats := map[string]int{}, map[format]int{}
	smallest, largest := pictures[0], pictures[0]
	var darkPaper, colored, wide, tall int
	for _, p := range pictures {
		for _, d := range p.digits() {
			digits[d-'0']++
		}
		drawn[p.person]++
		formats[p.format]++
		smallest = slices.MinFunc([]picture{smallest, p}, byHeight)
		largest = slices.MaxFunc([]picture{largest, p}, byHeight)
		ink, paper := p.mix(255), p.mix(0)
		if ink.G > paper.G {
			darkPaper++
		}
		if ink.R != ink.B && paper.R != paper.B {
			colored++
		}
		if p.w > p.h {
			wide++
		}
		if p.w < p.h {
			tall++
		}
	}
	for d, n := range digits {
		if n < 2 {
			t.Errorf("%d pictures of a %d, want at least 2", n, d)
		}
	}
	if len(drawn) < 4 || len(drawn) != len(people) {
		t.Errorf("pictures by %d of %d people, want all and at least 4", len(drawn), len(people))
	}
	if len(formats) != 4 {
		t.Errorf("%d formats, want 4", len(formats))
	}
	if smallest.h > 32 || largest.h < 300 {
		t.Errorf("heights from %d to %d, want from 32 or less to 300 or more", smallest.h, largest.h)
	}
	if darkPaper == 0 || darkPaper == len(pictures) || colored == 0 || wide == 0 || tall == 0 {
		t.Errorf("%d on dark paper, %d colored, %d wide, %d tall: want some of each", darkPaper, colored, wide, tall)
	}
}

func byHeight(a, b picture) int { return a.h - b.h }

func TestTables(t *testing.T) {
	for name, who := range people {
		for d, shape := range who.shapes {
			require.NotPanics(t, func() { hand.Shape(rune('0'+d), shape) }, "%s's %d", name, d)
		}
	}
	names := map[string]bool{}
	for _, p := range pictures {
		if names[p.name] {
			t.Errorf("two pictures are called %s", p.name)
		}
		names[p.name] = true
		if d := p.digits(); d == "" || strings.Trim(d, "0123456789") != "" || d == p.name {
			t.Fatalf("%s: want digits and _ in front", p.name)
		}
		if _, ok := media[p.medium]; !ok {
			t.Errorf("%s: there is no medium %q", p.name, p.medium)
		}
		if ink, paper := p.mix(255), p.mix(0); p.format == gray {
			require.Equal(t, [2]uint8{ink.G, ink.G}, [2]uint8{ink.R, ink.B}, "%s: gray pictures have no color", p.name)
			require.Equal(t, [2]uint8{paper.G, paper.G}, [2]uint8{paper.R, paper.B}, p.name)
		}
		if _, ok := people[p.person]; !ok {
			t.Fatalf("%s: there is no person %q", p.name, p.person)
		}
	}
	for name, s := range scenes {
		i := slices.IndexFunc(pictures, func(p picture) bool { return p.name == name })
		if i < 0 || pictures[i].format != rgb {
			t.Errorf("a scene for %s, which is not drawn in colors", name)
			continue
		}
		written := ""
		for _, c := range pictures[i].characters() {
			if _, ok := marks[c.r]; !ok {
				written += string(c.r)
			}
		}
		require.Equal(t, pictures[i].digits(), written)
		require.Equal(t, s.outline == nil, s.print == 0, name)
	}
	for name, s := range settings {
		i := slices.IndexFunc(pictures, func(p picture) bool { return p.name == name })
		if i < 0 {
			t.Errorf("a setting for %s, which is not drawn", name)
		} else if (s.shadow > 0 || s.vignette > 0) && pictures[i].format != gray {
			t.Errorf("%s: only gray pictures can be dimmed", name)
		}
	}
}

// TestInkStaysOffTheBorder: simple programs take the border's color for paper.
func TestInkStaysOffTheBorder(t *testing.T) {
	for _, p := range pictures {
		tones, inked := p.tones(), 0
		for y := range p.h {
			for x := range p.w {
				tone := tones.GrayAt(x, y).Y
				border := x == 0 || y == 0 || x == p.w-1 || y == p.h-1
				if border && tone > 40 && settings[p.name].ruled == 0 {
					t.Fatalf("%s: ink of tone %d at (%d, %d)", p.name, tone, x, y)
				}
				if tone > 127 {
					inked++
				}
			}
		}
		if share := float64(inked) / float64(p.w*p.h); share < 0.001 || share > 0.3 {
			t.Errorf("%s: %.3f of the page is ink", p.name, share)
		}
	}
}

func TestWrite(t *testing.T) {
	list := pictures[3:6]
	dir := t.TempDir()
	keep := filepath.Join(dir, "7_mine.png")
	if err := os.WriteFile(keep, []byte("mine"), 0o644); err != nil {
		t.Fatal(err)
	}
	var first [][]byte
	for range 2 {
		if err := write(t.Context(), dir, list); err != nil {
			t.Fatal(err)
		}
		entries, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		if len(entries) != len(list)+1 {
			t.Errorf("%d files in the folder, want the drawings and the file that was there", len(entries))
		}
		var files [][]byte
		for _, e := range entries {
			data, err := os.ReadFile(filepath.Join(dir, e.Name()))
			if err != nil {
				t.Fatal(err)
			}
			files = append(files, data)
		}
		if first != nil && !slices.EqualFunc(first, files, bytes.Equal) {
			t.Error("the second run wrote other files than the first")
		}
		first = files
	}
	if err := write(t.Context(), filepath.Join(dir, "none"), list); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("error %v, want fs.ErrNotExist", err)
	}
}

func TestSheet(t *testing.T) {
	name := filepath.Join(t.TempDir(), "sheet.png")
	require.NoError(t, writeSheet(t.Context(), name, 3, "7A+ "))
	img := decode(t, name).(*image.Gray)
	require.Equal(t, image.Rect(0, 0, 24*58, 4*58), img.Rect)
	require.Equal(t, "8b878de41b810830", golden.Sum(img.Pix), "the same on every machine")
	require.EqualError(t, writeSheet(t.Context(), name, 1, "7あ"), `-only "7あ": package hand does not know 'あ'; use some of `+
		hand.Digits+hand.Letters+hand.Marks+", or spaces")
	theirs := filepath.Join(t.TempDir(), "theirs.png")
	require.NoError(t, os.WriteFile(theirs, []byte("mine"), 0o666))
	require.ErrorContains(t, writeSheet(t.Context(), theirs, 1, "7"), "exists and is not a contact sheet")
	require.Equal(t, "000111222333444555666777888999"+hand.Letters+hand.Marks+"   ", all())
}

// TestStopped: after a signal, draw writes nothing more.
func TestStopped(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	name := filepath.Join(t.TempDir(), "sheet.png")
	require.ErrorIs(t, writeSheet(ctx, name, 1, "7"), context.Canceled)
	require.ErrorIs(t, write(ctx, filepath.Dir(name), pictures[:1]), context.Canceled)
	left, err := os.ReadDir(filepath.Dir(name))
	require.NoError(t, err)
	require.Empty(t, left)
}

func TestMain(m *testing.M) { itself.Main(m, main) }

// TestProcess: the arguments and the exit status of the program.
func TestProcess(t *testing.T) {
	dir := t.TempDir()
	for _, c := range []itself.Command{
		{Args: "-sheet s.png -seed 3 -only 7"},
		{Args: "-help", Stderr: "Draw makes the drawings"},
		{Args: "x", Exit: 2, Stderr: "draw: unexpected argument \"x\" (draw -help explains)\n"},
		{Args: "-none", Exit: 2, Stderr: "flag provided but not defined: -none"},
		{Args: "-only 7", Exit: 2, Stderr: "draw: -seed and -only need -sheet, the file to write (draw -help explains)\n"},
		{Args: "-seed 7", Exit: 2, Stderr: "draw: -seed and -only need -sheet, the file to write (draw -help explains)\n"},
		{Exit: 1, Stderr: "draw: writing test_num/"},
	} {
		c.Check(t, dir)
	}
	require.FileExists(t, filepath.Join(dir, "s.png"))
}
