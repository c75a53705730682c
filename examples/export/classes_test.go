package main

import (
	"fmt"
	"image"
	"image/color"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/seed-cd6415d7/digits/dataset"
	"github.com/seed-cd6415d7/digits/examples/internal/prepared"
	"github.com/stretchr/testify/require"
)

// shape draws one of three shapes.
func shape(t *testing.T, name string) []byte {
	g := image.NewGray(image.Rect(0, 0, 60, 60))
	for i := range g.Pix {
		g.Pix[i] = 255
	}
	for i := 10; i < 50; i++ {
		for pen := range 4 {
			switch name {
			case "cross":
				g.SetGray(i, i+pen-2, color.Gray{})
				fallthrough
			case "slash":
				g.SetGray(i, 60-i+pen-2, color.Gray{})
			case "minus":
				g.SetGray(i, 30+pen, color.Gray{})
			}
		}
	}
	return encodePNG(t, g)
}

// TestPackClasses: labels that are no digits become classes with names. A
// second pack into the same folder keeps their numbers.
func TestPackClasses(t *testing.T) {
	photos, dir := t.TempDir(), filepath.Join(t.TempDir(), "mine")
	write(t, photos, "slash/a.png", shape(t, "slash"))
	write(t, photos, "minus/a.png", shape(t, "minus"))
	write(t, photos, "big cross/b.png", shape(t, "cross"))
	write(t, photos, "unsorted.png", shape(t, "cross"))
	out, errs, err := export(t, "-pack", photos, "-out", filepath.Join(dir, "train"))
	require.NoError(t, err)
	require.Contains(t, errs, "1 of 4 pictures have no label and are left out")
	require.Contains(t, errs, "unsorted.png")
	require.Contains(t, out, "3 classes in "+filepath.Join(dir, "classes.txt")+"\n3 pictures in ")
	require.Equal(t, "big cross\nminus\nslash\n", string(read(t, dir, "classes.txt")))
	_, labels := packedSet(t, filepath.Join(dir, "train"))
	require.Equal(t, []uint8{0, 1, 2}, labels)

	photos = t.TempDir()
	write(t, photos, "slash_1.png", shape(t, "slash"))
	write(t, photos, "minus_1.png", shape(t, "minus"))
	_, errs, err = export(t, "-pack", photos, "-labels", "names", "-out", filepath.Join(dir, "t10k"))
	require.NoError(t, err)
	require.Empty(t, errs)
	_, labels = packedSet(t, filepath.Join(dir, "t10k"))
	require.Equal(t, []uint8{1, 2}, labels)
	train, _, err := dataset.Load(os.DirFS(dir))
	require.NoError(t, err)
	require.Equal(t, []string{"big cross", "minus", "slash"}, train.Names)

	write(t, photos, "star_2.png", shape(t, "cross"))
	_, errs, err = export(t, "-pack", photos, "-out", filepath.Join(dir, "more"))
	require.ErrorContains(t, err, "1 of 3 pictures cannot be used: nothing was written")
	require.Contains(t, errs, "star_2.png: label star: want one of the classes in "+filepath.Join(dir, "classes.txt")+"; add it")
	require.Len(t, names(t, dir), 5)
}

// TestPackEmptyClass: a new classes.txt has no class without pictures.
func TestPackEmptyClass(t *testing.T) {
	photos, dir := t.TempDir(), t.TempDir()
	write(t, photos, "slash/a.png", shape(t, "slash"))
	write(t, photos, "blank/a.png", shape(t, "blank"))
	_, _, err := export(t, "-pack", photos, "-skip", "-out", filepath.Join(dir, "train"))
	require.EqualError(t, err, "no picture of the class blank can be read: correct its pictures, or remove them")
	require.Empty(t, names(t, dir))

	write(t, dir, "classes.txt", []byte("blank\nslash\n"))
	_, _, err = export(t, "-pack", photos, "-skip", "-out", filepath.Join(dir, "train"))
	require.NoError(t, err, "the classes were there before")
}

// TestPackManyClasses: a label is a byte.
func TestPackManyClasses(t *testing.T) {
	photos, dir := t.TempDir(), t.TempDir()
	write(t, photos, "c1_a.png", shape(t, "slash"))
	for n, want := range map[int]string{
		256: "",
		257: filepath.Join(dir, "classes.txt") + " has 257 classes; IDX files have at most 256: pack to another folder",
	} {
		var list strings.Builder
		for i := range n {
			fmt.Fprintf(&list, "c%d\n", i)
		}
		write(t, dir, "classes.txt", []byte(list.String()))
		_, _, err := export(t, "-pack", photos, "-labels", "names", "-out", filepath.Join(dir, fmt.Sprint(n)))
		if want == "" {
			require.NoError(t, err)
		} else {
			require.EqualError(t, err, want)
		}
	}
}

// TestPackNumbers: 12 in a name is a 1 and a 2, but as a folder it is a class.
func TestPackNumbers(t *testing.T) {
	photos, dir := t.TempDir(), t.TempDir()
	for _, name := range []string{"2", "12", "1"} {
		write(t, photos, name+"/a.png", shape(t, "cross"))
	}
	_, _, err := export(t, "-pack", photos, "-out", filepath.Join(dir, "a", "train"))
	require.NoError(t, err)
	require.Equal(t, "1\n2\n12\n", string(read(t, dir, "a", "classes.txt")))

	photos = t.TempDir()
	write(t, photos, "2_a.png", shape(t, "cross"))
	write(t, photos, "12_a.png", shape(t, "cross"))
	_, errs, err := export(t, "-pack", photos, "-skip", "-out", filepath.Join(dir, "[b]", "train"))
	require.NoError(t, err)
	require.Contains(t, errs, "12_a.png: label 12: want a picture of one digit\n")
	_, labels := packedSet(t, filepath.Join(dir, "[b]", "train"))
	require.Equal(t, []uint8{2}, labels)

	write(t, photos, "x_a.png", shape(t, "cross"))
	_, _, err = export(t, "-pack", photos, "-out", filepath.Join(dir, "[b]", "t10k"))
	require.ErrorContains(t, err, filepath.Join("[b]", "train-labels-idx1-ubyte")+" has no file classes.txt, so its labels are numbers, not classes such as x")
	require.Equal(t, []string{"train-images-idx3-ubyte", "train-labels-idx1-ubyte"}, names(t, filepath.Join(dir, "[b]")))
}

// TestClassesAreWrittenWithTheirFiles: after an error there is no file of
// classes.
func TestClassesAreWrittenWithTheirFiles(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new")
	file := func(names ...string) string { return filepath.Join(append([]string{dir}, names...)...) }
	c := &classes{names: []string{"a"}, file: file("classes.txt")}
	for _, p := range []pair{{file("images"), file("none", "labels")}, {file(), file("labels")}} {
		require.Error(t, p.write(c, &dataset.Set{Images: []uint8{1}, Labels: []int{0}, Width: 1, Height: 1}))
		require.NoDirExists(t, dir)
	}

	// A folder that was there stays.
	dir = t.TempDir()
	c.file = file("classes.txt")
	p := pair{file(strings.Repeat("x", 1000)), file("labels")} // too long a name
	require.Error(t, p.write(c, &dataset.Set{Images: []uint8{1}, Labels: []int{0}, Width: 1, Height: 1}))
	require.Empty(t, names(t, dir))
}

// TestNamedClasses: exported files have the names of classes, and -class takes
// them.
func TestNamedClasses(t *testing.T) {
	fashion := filepath.Join(t.TempDir(), "fashion-mnist")
	s := random(t, 28, 28, 9, 0, 1)
	for _, prefix := range []string{"train", "t10k"} {
		write(t, fashion, prefix+"-images-idx3-ubyte", s.images)
		write(t, fashion, prefix+"-labels-idx1-ubyte", s.labels)
	}
	folder, mine := filepath.Join(t.TempDir(), "out"), t.TempDir()
	_, _, err := export(t, "-data", fashion, "-out", folder)
	require.NoError(t, err)
	require.Equal(t, []string{"Ankle boot_0.png", "T-shirt-top_1.png", "Trouser_2.png"}, names(t, folder))
	_, _, err = export(t, "-raw", "-pack", folder, "-out", filepath.Join(mine, "train"))
	require.NoError(t, err)
	_, labels := packedSet(t, filepath.Join(mine, "train"))
	require.Equal(t, []uint8{0, 1, 2}, labels, "in the order of the alphabet")
	write(t, mine, "classes.txt", []byte("T-shirt-top\nTrouser\nPullover\nDress\nCoat\nSandal\nShirt\nSneaker\nBag\nAnkle boot\n"))
	_, _, err = export(t, "-raw", "-pack", folder, "-out", filepath.Join(mine, "t10k"))
	require.NoError(t, err)
	require.Equal(t, s.labels, read(t, mine, "t10k-labels-idx1-ubyte"))
	require.Equal(t, s.images, read(t, mine, "t10k-images-idx3-ubyte"))

	set := &dataset.Set{Classes: 10, Names: strings.Split("T-shirt/top,Trouser,Pullover,Dress,Coat,Sandal,Shirt,Sneaker,Bag,Ankle boot", ",")}
	require.Equal(t, "T-shirt-top", fileNames(set)[0])
	require.Equal(t, "Ankle boot", fileNames(set)[9])
	o := &options{classNames: []string{"Bag", "0", "9"}}
	require.NoError(t, o.choose(set))
	require.Equal(t, []int{8, 0, 9}, o.classes)
	for _, none := range []string{"-1", "10"} {
		o.classNames = []string{none}
		require.ErrorContains(t, o.choose(set), "-class "+none+": want classes of the data")
	}
	o.classNames = []string{"Hat"}
	require.EqualError(t, o.choose(set), "-class Hat: want classes of the data: T-shirt/top, Trouser, Pullover, Dress, Coat, "+
		"Sandal, Shirt, Sneaker, Bag, Ankle boot")
	// A message lists 30 classes at most.
	first := strings.Join(prepared.Numbers(30), ", ")
	require.EqualError(t, o.choose(&dataset.Set{Classes: 30}), "-class Hat: want classes of the data: "+first)
	require.EqualError(t, o.choose(&dataset.Set{Classes: 31}), "-class Hat: want classes of the data: "+first+", ...")
	o.classNames = []string{"1"}
	require.EqualError(t, o.choose(&dataset.Set{Classes: 2, Names: []string{"5", "10"}}), "-class 1: want classes of the data: 5, 10")
	for _, hostile := range []string{"../x", ".", " ", "..", "a/b,a:b", "\x00/", strings.Repeat("x", 101)} {
		names := strings.Split(hostile, ",")
		require.Equal(t, prepared.Numbers(len(names)), fileNames(&dataset.Set{Classes: len(names), Names: names}), hostile)
	}
	long := []string{strings.Repeat("x", 100)}
	require.Equal(t, long, fileNames(&dataset.Set{Classes: 1, Names: long}))
	// photo_0012.png is the name of a camera, so photo would be no label.
	require.Equal(t, prepared.Numbers(2), fileNames(&dataset.Set{Classes: 2, Names: []string{"photo", "drawing"}}))
	require.Equal(t, []string{"a-b-c-", "ä"}, fileNames(&dataset.Set{Classes: 2, Names: []string{"a_b\\c\x1b", "ä"}}))
}
