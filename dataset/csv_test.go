package dataset

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"testing/iotest"

	"github.com/stretchr/testify/require"
)

// csvText returns a set of 2 x 2 pixel images in the csv form.
func csvText(header string, s *Set) string {
	var b strings.Builder
	b.WriteString(header)
	for pixels, label := range s.All() {
		b.WriteString(fmt.Sprint(label))
		for _, v := range pixels {
			fmt.Fprintf(&b, ",%d", v)
		}
		b.WriteString("\n")
	}
	return b.String()
}

// square returns a set of three images of 2 x 2 pixels.
func square() *Set {
	return &Set{
		Images: []uint8{0, 1, 2, 3, 10, 20, 30, 255, 0, 0, 0, 9}, Labels: []int{7, 0, 9},
		Width: 2, Height: 2, Classes: 10,
	}
}

const header = "label,pixel0,pixel1,pixel2,pixel3\n"

func TestReadCSV(t *testing.T) {
	plain := csvText("", square())
	for _, c := range []struct{ name, text string }{
		{"no header", plain},
		{"header", header + plain},
		{"quoted header", `"label","1x1","1x2","2x1","2x2"` + "\n" + plain},
		{"byte order mark, CRLF", "\ufeff" + strings.ReplaceAll(header+plain, "\n", "\r\n")},
		{"no newline at the end", strings.TrimSpace(plain)},
		{"empty lines", "\n" + strings.ReplaceAll(header+plain, "\n", "\n\n")},
		{"spaces and quotes", strings.ReplaceAll(plain, ",", `" , "`)[:4] + strings.ReplaceAll(plain, ",", " , ")[3:]},
		{"tabs beside commas", strings.ReplaceAll(plain, ",", "\t,")},
		{"the label in the middle", "a,b,Label,c,d\n0,1,7,2,3\n10,20,0,30,255\n0,0,9,0,9\n"},
		{"numbers as names of columns", "0,1,2,3,label\n0,1,2,3,7\n10,20,30,255,0\n0,0,0,9,9\n"},
		{"the label is last, as in OpenML's file", "a,b,c,d,class\n0,1,2,3,7\n10,20,30,255,0\n0,0,0,9,9\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, r := range []io.Reader{strings.NewReader(c.text), iotest.OneByteReader(strings.NewReader(c.text)),
				iotest.DataErrReader(strings.NewReader(c.text))} {
				s, err := ReadCSV(r, 10)
				require.NoError(t, err, "%q", c.text)
				require.Equal(t, square(), s)
			}
		})
	}
	// Lines may be longer than a buffer, as long as they are allowed.
	for _, side := range []int{20, 50, 70, 512} {
		long := strings.Repeat("5"+strings.Repeat(",7", side*side)+"\n", 2)
		s, err := ReadCSV(strings.NewReader(long), 10)
		require.NoError(t, err)
		require.Equal(t, side, s.Width)
		require.Equal(t, slices.Repeat([]uint8{7}, 2*side*side), s.Images)
	}
	long := header + "5" + strings.Repeat(" ", 2<<20-10) + ",7,7,7,7\n"
	_, err := ReadCSV(strings.NewReader(long), 10)
	require.NoError(t, err)
	_, err = ReadCSV(strings.NewReader(strings.Replace(long, "5", "05", 1)), 10)
	require.ErrorContains(t, err, "line 2: got more, want at most 2097152 bytes")

	s, err := ReadCSV(strings.NewReader("5,7\n"), 10)
	require.NoError(t, err)
	require.Equal(t, &Set{Images: []uint8{7}, Labels: []int{5}, Width: 1, Height: 1, Classes: 10}, s, "one pixel")
	s, err = ReadCSV(strings.NewReader("999999,7\n"), 2000000)
	require.NoError(t, err)
	require.Equal(t, []int{999999}, s.Labels)
	_, err = ReadCSV(strings.NewReader("1000000,7\n"), 2000000)
	require.Error(t, err, "numbers are below a million")
	require.PanicsWithValue(t, "dataset: 0 classes, want at least 1", func() { _, _ = ReadCSV(strings.NewReader(""), 0) })
}

func TestReadCSVErrors(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"empty", "", "dataset: csv: number of images: got 0, want at least one line with a label and pixels"},
		{"header alone", header, "number of images: got 0"},
		{"label too large", header + "3,0,0,0,0\n10,0,0,0,0\n",
			`dataset: csv: line 3, column 1: got "10", want 0 to 9, because 10 is the number of classes`},
		{"no label", header + ",0,0,0,0\n", `line 2, column 1: got "", want 0 to 9`},
		{"negative label", header + "-1,0,0,0,0\n", `line 2, column 1: got "-1", want 0 to 9`},
		{"negative label without a header", "-1,0,0,0,0\n", `line 1, column 1: got "-1", want 0 to 9`},
		{"fractions without a header", "1.0,0.0,0.0,0.0,0.0\n", `line 1, column 1: got "1.0", want 0 to 9`},
		{"missing label without a header", ",0,0,0,0\n", `line 1, column 1: got "", want 0 to 9`},
		{"semicolons", "label;a;b;c;d\n", "line 1: got semicolons or tabs between columns, want commas"},
		{"tabs", "1\t2\t3\t4\t5\n", "line 1: got semicolons or tabs between columns, want commas"},
		{"web page with a semicolon", "<meta content=\"0;url=x\">\n", "dataset: csv: kind of file: " +
			"got a web page, want comma-separated values: download the file itself, not the page about it"},
		{"zip archive with a tab", "PK\x03\x04\tx\n", "kind of file: got a zip archive, want comma-separated values: take the file out of it"},
		{"gzip", string(gzipped(t, []byte("1;2\n"))), "dataset: csv: kind of file: got a gzip file, " +
			"want comma-separated values: decompress it with gunzip"},
		{"gzip with a tab", "\x1f\x8b\b\t\n", "got a gzip file"},
		{"UTF-16", "\xff\xfe1\x00,\x00", "line 1: got UTF-16 text, want UTF-8"},
		{"huge label", header + strings.Repeat("9", 30) + ",0,0,0,0\n", `line 2, column 1: got "9999`},
		{"pixel too large", "1,0,0,256,0\n", `dataset: csv: line 1, column 4: got "256", want a pixel from 0 to 255`},
		{"fraction", "1,0,0,2,0\n1,0,0.5,2,0\n", `line 2, column 3: got "0.5", want a pixel from 0 to 255`},
		{"missing value", "1,0,0,2,0\n\n1,0,0,,0\n", `line 3, column 4: got "", want a pixel from 0 to 255`},
		{"fewer columns", "1,0,0,0,0\n1,0,0,0\n", "dataset: csv: line 2: got 4 columns, want 5, as in the first line"},
		{"more columns", "1,0,0,0,0\n1,0,0,0,0,0\n", "line 2: got more columns, want 5 columns, as in the first line"},
		{"no square", "1,0,0,0\n", "line 1: got 4 columns, want a label and a square number of pixels, such as 784"},
		{"no pixels", "label\n1\n", "line 1: got 1 columns, want a label and a square number"},
		{"fraction in the first line", "1,0,0.5,2,0\n", `line 1, column 3: got "0.5", want a pixel from 0 to 255`},
		{"no label in the header", "pixel0,pixel1,pixel2,pixel3\n1,2,3,4\n", `dataset: csv: line 1, column 1: got "pixel0", want a column called "label" or "class"`},
		{"long line", header + strings.Repeat("0", 3<<20), "line 2: got more, want at most 2097152 bytes"},
		{"long field", header + strings.Repeat("x", 1000) + ",0,0,0,0", `line 2, column 1: got "` + strings.Repeat("x", 40) + `", want`},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := ReadCSV(strings.NewReader(c.text), 10)
			var format *FormatError
			require.ErrorAs(t, err, &format)
			require.Equal(t, "csv", format.File)
			require.ErrorContains(t, err, c.want)
		})
	}
	broken := errors.New("broken disk")
	_, err := ReadCSV(io.MultiReader(strings.NewReader(header+"1,2,3"), iotest.ErrReader(broken)), 10)
	require.ErrorIs(t, err, broken)
	require.EqualError(t, err, "dataset: csv: line 2: broken disk")
}

func TestLoadCSV(t *testing.T) {
	train, test := square(), square().Slice(0, 2)
	for _, names := range [][2]string{
		{"mnist_train.csv", "mnist_test.csv"}, {"mnist-train.csv", "mnist-test.csv"}, {"train.csv", "test.csv"},
		{"raw/train.csv", "raw/test.csv"}, {"mnist/mnist_train.csv", "mnist/mnist_test.csv"},
	} {
		t.Run(names[0], func(t *testing.T) {
			dir := fstest.MapFS{
				names[0]: {Data: []byte(csvText(header, train))}, names[1]: {Data: []byte(csvText("", test))},
			}
			for _, fsys := range []fstest.MapFS{dir, {"x.zip": {Data: zipped(t, dir)}}} {
				gotTrain, gotTest, err := Load(fsys)
				require.NoError(t, err)
				require.Equal(t, train, gotTrain)
				require.Equal(t, test.Labels, gotTest.Labels)
				require.Equal(t, test.Images, gotTest.Images)
			}
			classes := path.Join(path.Dir(names[0]), "classes.txt") // beside the files
			dir[classes] = &fstest.MapFile{Data: []byte("a\nb\n")}
			_, _, err := Load(dir)
			require.ErrorContains(t, err, names[0]+`: line 2, column 1: got "7", want 0 to 1, because 2 is the number of names in classes.txt`)
		})
	}
	t.Run("IDX files come first", func(t *testing.T) {
		dir := folder(t, mnistNames)
		dir["train.csv"], dir["test.csv"] = &fstest.MapFile{}, &fstest.MapFile{}
		checkLoad(t, dir)
	})
	t.Run("Kaggle's digit-recognizer", func(t *testing.T) {
		_, _, err := Load(fstest.MapFS{
			"train.csv": {Data: []byte(csvText(header, train))},
			"test.csv":  {Data: []byte("pixel0,pixel1,pixel2,pixel3\n0,0,0,0\n")},
		})
		require.EqualError(t, err, `dataset: test.csv: line 1, column 1: got "pixel0", want a column called "label" or "class". `+
			"Kaggle's test.csv has no labels. Take some lines of train.csv in its place")
		_, _, err = Load(fstest.MapFS{"train.csv": {Data: []byte("pixel0,pixel1\n0,0\n")}, "test.csv": {}})
		require.EqualError(t, err, `dataset: train.csv: line 1, column 1: got "pixel0", want a column called "label" or "class"`)
	})
	t.Run("a source with transposed images and labels from 1", func(t *testing.T) {
		s, err := Lookup("emnist-letters")
		require.NoError(t, err)
		dir := fstest.MapFS{
			"emnist-letters-train.csv": {Data: []byte("26,1,2,3,4\n")}, "emnist-letters-test.csv": {Data: []byte("1,1,2,3,4\n")},
		}
		train, test, err := s.Load(dir)
		require.NoError(t, err)
		require.Equal(t, []uint8{1, 3, 2, 4}, train.Images)
		require.Equal(t, "Z", train.Names[train.Labels[0]])
		require.Equal(t, "A", test.Names[test.Labels[0]])
	})
	t.Run("an archive's limit", func(t *testing.T) {
		text := csvText(header, square())
		_, err := readCSV(strings.NewReader(text), "a.csv", layout{classes: 10, maxMemory: 24})
		require.ErrorContains(t, err, "a.csv: number of images: got 3 of 4 pixels, want at most 24 bytes in an archive")
		_, err = readCSV(strings.NewReader(text), "a.csv", layout{classes: 10, maxMemory: 36})
		require.NoError(t, err)
	})
}

// TestCSVOfMNIST writes MNIST's test set as csv and reads it.
func TestCSVOfMNIST(t *testing.T) {
	want, err := Open(mnist(t), testImages+".gz", testLabels+".gz", 10)
	require.NoError(t, err)
	got, err := ReadCSV(strings.NewReader(csvText("", want)), 10)
	require.NoError(t, err)
	require.True(t, string(want.Images) == string(got.Images))
	require.Equal(t, want.Labels, got.Labels)
}

func FuzzReadCSV(f *testing.F) {
	f.Fuzz(func(t *testing.T, text string, classes uint8) {
		if len(text) > 1<<12 {
			return
		}
		s, err := ReadCSV(strings.NewReader(text), int(classes)+1)
		if err != nil {
			var format *FormatError
			require.ErrorAs(t, err, &format)
			return
		}
		require.Positive(t, s.Len())
		require.Equal(t, s.Len()*s.Width*s.Height, len(s.Images))
		require.Equal(t, s.Width, s.Height)
		s.Counts() // panics if a label is no class
		s.Images, s.Labels = append([]uint8{}, s.Images...), append([]int{}, s.Labels...)
		again, err := ReadCSV(strings.NewReader(csvText("", s)), s.Classes)
		require.NoError(t, err)
		require.Equal(t, s, again)
	})
}

func BenchmarkReadCSV(b *testing.B) {
	dir := os.Getenv("MNIST_DIR")
	if dir == "" {
		b.Skip("set MNIST_DIR to a folder with the four MNIST files to run this")
	}
	s, err := Open(os.DirFS(dir), testImages+".gz", testLabels+".gz", 10)
	require.NoError(b, err)
	text := csvText("", s)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if _, err := ReadCSV(strings.NewReader(text), 10); err != nil {
			b.Fatal(err)
		}
	}
}
