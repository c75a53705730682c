package prepared

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/seed-cd6415d7/digits/dataset"
	"github.com/seed-cd6415d7/digits/examples/internal/pictures"
	"github.com/seed-cd6415d7/digits/imageprep"
	"github.com/stretchr/testify/require"
)

func labeled(where pictures.Labels, labels ...string) *pictures.Labeled {
	found := &pictures.Labeled{Labels: where}
	for _, label := range labels {
		found.Pictures = append(found.Pictures, pictures.Picture{Label: label, NoDigit: label == ""})
	}
	return found
}

func TestClasses(t *testing.T) {
	for _, tt := range []struct {
		name   string
		where  pictures.Labels
		labels []string
		want   []string
	}{
		{"texts", pictures.Names, []string{"star", "Circle", "star", "big star"}, []string{"Circle", "big star", "star"}},
		{"digits", pictures.Names, []string{"7", "3", "7"}, []string{"3", "7"}},
		{"several digits", pictures.Manifest, []string{"7", "42", "3"}, []string{"3", "7"}},
		{"folders of numbers", pictures.Folders, []string{"10", "9", "007", "7"}, []string{"007", "7", "9", "10"}},
		{"numbers and texts", pictures.Names, []string{"b", "10", "9", "a"}, []string{"9", "10", "a", "b"}},
		{"none of the classes", pictures.Manifest, []string{"", "a", "b"}, []string{"a", "b"}},
	} {
		require.Equal(t, tt.want, Classes(labeled(tt.where, tt.labels...)), tt.name)
	}
}

func TestLabel(t *testing.T) {
	shapes := Options{Classes: []string{"circle", "star"}, Want: "want a class of the list"}
	digits := Options{Classes: Digits}
	for _, tt := range []struct {
		o     Options
		label string
		class int
		err   string
	}{
		{shapes, "star", 1, ""},
		{shapes, "heart", 0, "label heart: want a class of the list"},
		{shapes, "", 0, "no label, so it shows none of the classes"},
		{digits, "8", 8, ""},
		{digits, "42", 0, "label 42: want a picture of one digit"},
	} {
		class, err := tt.o.label(pictures.Picture{Label: tt.label})
		require.Equal(t, tt.class, class)
		if tt.err == "" {
			require.NoError(t, err)
		} else {
			require.EqualError(t, err, tt.err)
		}
	}
}

func TestNames(t *testing.T) {
	require.Equal(t, []string{"0", "1", "2"}, Names(&dataset.Set{Classes: 3}))
	names := []string{"a", "b"}
	got := Names(&dataset.Set{Classes: 2, Names: names})
	require.Equal(t, names, got)
	got[0] = "x"
	require.Equal(t, "a", names[0], "a copy")
	require.Empty(t, Numbers(0))
	require.Equal(t, []string{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"}, Digits)
}

func TestCheckClasses(t *testing.T) {
	s := &dataset.Set{Labels: []int{1, 0, 1}, Classes: 2, Names: []string{"a", "b", "c\n"}}
	require.NoError(t, CheckClasses(s))
	s.Classes = 3
	require.EqualError(t, CheckClasses(s), `no picture of the class c\n can be read: correct its pictures, or remove them`)
	s.Labels = []int{1, 2}
	require.EqualError(t, CheckClasses(s), "no picture of the class a can be read: correct its pictures, or remove them")
}

// page draws dark bars on white paper.
func page(w, h int, bars ...image.Rectangle) *image.Gray {
	g := image.NewGray(image.Rect(0, 0, w, h))
	draw.Draw(g, g.Rect, image.White, image.Point{}, draw.Src)
	for _, bar := range bars {
		draw.Draw(g, bar, image.NewUniform(color.Gray{Y: 20}), image.Point{}, draw.Src)
	}
	return g
}

// found writes pictures to files and finds them, with the labels in their
// names. A nil picture is a damaged file.
func found(t *testing.T, classes []string, files map[string]image.Image) []pictures.Picture {
	dir := t.TempDir()
	for name, m := range files {
		var b bytes.Buffer
		if m != nil {
			require.NoError(t, png.Encode(&b, m))
		}
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), b.Bytes(), 0o666))
	}
	return pictures.Find([]string{dir}, nil, pictures.Options{Labels: pictures.Names, Classes: classes})
}

// TestRead: images, labels and pictures are in the same order. What cannot be
// used is listed and left out.
func TestRead(t *testing.T) {
	one := page(100, 120, image.Rect(45, 20, 55, 100))
	list := found(t, Digits, map[string]image.Image{
		"1_a.png": one, "1_b.png": nil, "1_c.png": page(50, 60), "42_d.png": one, "7_e.png": page(100, 120, image.Rect(20, 20, 80, 30), image.Rect(70, 20, 80, 100)),
		"8_f.png": page(60, 60, image.Rect(30, 30, 32, 37)), "g.png": one,
	})
	var stderr bytes.Buffer
	set, taken, err := Read(context.Background(), list, Options{Classes: Digits}, &stderr)
	require.NoError(t, err)
	require.Equal(t, []int{28, 28, 10}, []int{set.Width, set.Height, set.Classes})
	require.Equal(t, Digits, set.Names)
	require.Equal(t, []uint8{1, 7, 8}, bytesOf(set.Labels))
	require.Len(t, set.Images, 3*28*28)
	var names []string
	for i, p := range taken {
		names = append(names, filepath.Base(p.Name))
		m, o, err := p.Decode()
		require.NoError(t, err)
		d, err := imageprep.Prepare(m, &imageprep.Options{Orientation: o, One: true})
		require.NoError(t, err)
		require.Equal(t, d.Image.Pix, set.Images[i*784:][:784], names[i])
	}
	require.Equal(t, []string{"1_a.png", "7_e.png", "8_f.png"}, names)
	text := stderr.String()
	for _, want := range []string{
		"1_b.png: an empty file; want PNG, JPEG, GIF, BMP, PBM, PGM or PPM\n", "1_c.png: ", "42_d.png: label 42: want a picture of one digit\n",
		"8_f.png: taken, but look at it: ", "g.png: no label, so it shows none of the classes\n",
	} {
		require.Contains(t, text, want)
	}
	require.Equal(t, 5, bytes.Count(stderr.Bytes(), []byte("\n")), text)

	ctx, stop := context.WithCancelCause(context.Background())
	stop(errors.New("interrupt"))
	set, taken, err = Read(ctx, list, Options{Classes: Digits}, &stderr)
	require.EqualError(t, err, "stopped, nothing was written: interrupt")
	require.Nil(t, set)
	require.Nil(t, taken)
}

// TestTakenName: no class has the name of the answer for pictures of no class.
func TestTakenName(t *testing.T) {
	_, _, err := Read(t.Context(), nil, Options{Classes: []string{"circle", "no digit"}}, new(bytes.Buffer))
	require.EqualError(t, err, `a class is called "no digit", which is the answer for pictures of no class; choose another name, such as "other"`)
	require.NoError(t, CheckTrainable(&dataset.Set{Classes: 2}))
}

// TestCheckTrainable: there is nothing to learn from one class. One class can
// be read, though, because it may be a test set.
func TestCheckTrainable(t *testing.T) {
	require.EqualError(t, CheckTrainable(&dataset.Set{Classes: 1, Names: []string{"star"}}),
		`the only class is "star"; want two classes or more, each in a line of classes.txt`)
	require.EqualError(t, CheckTrainable(&dataset.Set{Classes: 1}),
		`the only class is "0"; want two classes or more, each in a line of classes.txt`)
	require.ErrorContains(t, CheckTrainable(&dataset.Set{Classes: 2, Names: []string{"star", "no digit"}}), `a class is called "no digit"`)
	_, _, err := Read(t.Context(), nil, Options{Classes: []string{"star"}}, new(bytes.Buffer))
	require.NoError(t, err)
}

// TestReadParts: a digit in several parts is taken without a doubt.
func TestReadParts(t *testing.T) {
	five := page(100, 120, image.Rect(30, 40, 60, 100), image.Rect(32, 28, 62, 34))
	list := found(t, Digits, map[string]image.Image{"5_a.png": five})
	var stderr bytes.Buffer
	set, _, err := Read(t.Context(), list, Options{Classes: Digits}, &stderr)
	require.NoError(t, err)
	require.Equal(t, []int{5}, set.Labels)
	require.Empty(t, stderr.String())
}

// TestReadOnTerminal: the number of pictures is cleared before anything else is
// printed, and at the end.
func TestReadOnTerminal(t *testing.T) {
	one := page(100, 120, image.Rect(45, 20, 55, 100))
	for name, tt := range map[string]struct {
		second image.Image
		want   string
	}{
		"damaged":  {nil, "1_b.png: an empty file; "},
		"doubtful": {page(60, 60, image.Rect(30, 30, 32, 37)), "1_b.png: taken, but look at it: "},
	} {
		list := found(t, Digits, map[string]image.Image{"1_a.png": one, "1_b.png": tt.second})
		var b bytes.Buffer
		o := Options{Classes: Digits}
		_, _, err := o.read(t.Context(), list, &counter{w: &b, live: true, of: len(list)})
		require.NoError(t, err, name)
		start, _, ok := strings.Cut(b.String(), "\x1b[K"+filepath.Dir(list[0].Name))
		require.True(t, ok, "%s: %q", name, b.String())
		require.Equal(t, "\r1 of 2 pictures\x1b[K\r", start, name)
		require.Contains(t, b.String(), tt.want)
		b.Reset()
		_, _, err = o.read(t.Context(), list[:1], &counter{w: &b, live: true, of: 1})
		require.NoError(t, err)
		require.Equal(t, "\r1 of 1 pictures\x1b[K\r\x1b[K", b.String())
	}
}

func bytesOf[T ~int | ~uint8](labels []T) (b []uint8) {
	for _, v := range labels {
		b = append(b, uint8(v))
	}
	return b
}

// TestReadRaw: pictures in MNIST's form are taken as they are. Options.Raw may
// change them.
func TestReadRaw(t *testing.T) {
	form := page(28, 28, image.Rect(10, 4, 14, 24))
	list := found(t, Digits, map[string]image.Image{"1_a.png": form, "1_b.png": page(27, 28)})
	var stderr bytes.Buffer
	set, taken, err := Read(context.Background(), list, Options{Classes: Digits, Raw: func(g *image.Gray) *image.Gray {
		for i := range g.Pix {
			g.Pix[i] ^= 255
		}
		return g
	}}, &stderr)
	require.NoError(t, err)
	require.Len(t, taken, 1)
	for i, v := range form.Pix {
		require.Equal(t, 255-v, set.Images[i])
	}
	require.Contains(t, stderr.String(), "1_b.png: not in MNIST's form: the picture has 27x28 pixels, want 28x28; leave out -raw\n")
}

// TestWhole: a thing of several parts is one picture, if the classes are not
// digits.
func TestWhole(t *testing.T) {
	two := page(600, 100, image.Rect(20, 20, 30, 80), image.Rect(550, 20, 560, 80))
	for digits, classes := range map[bool][]string{true: {"1"}, false: {"bars"}} {
		set, _, err := Read(context.Background(), found(t, classes, map[string]image.Image{classes[0] + "_a.png": two}), Options{Classes: classes}, new(bytes.Buffer))
		require.NoError(t, err)
		middle := set.Images[14*28:][9:19] // of the row in the middle: a digit's bar, but neither of two bars
		require.Equal(t, digits, slices.Max(middle) > 0)
	}
}

// TestCounter: a terminal sees the number at most ten times a second. The line
// is cleared before anything else is printed.
func TestCounter(t *testing.T) {
	var b bytes.Buffer
	c := counter{w: &b, live: true, of: 7}
	c.clear()
	require.Empty(t, b.String(), "nothing to clear")
	c.show(1)
	c.show(2)
	require.Equal(t, "\r1 of 7 pictures\x1b[K", b.String())
	c.last = time.Now().Add(-time.Second)
	c.show(3)
	c.clear()
	c.clear()
	require.Equal(t, "\r1 of 7 pictures\x1b[K\r3 of 7 pictures\x1b[K\r\x1b[K", b.String())
	b.Reset()
	file := counter{w: &b, of: 7}
	file.show(1)
	file.clear()
	require.Empty(t, b.String(), "no terminal")
}
