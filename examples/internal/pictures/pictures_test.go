package pictures

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"testing/fstest"

	"github.com/seed-cd6415d7/digits/examples/reader"
	"github.com/seed-cd6415d7/digits/imageprep"
	"github.com/stretchr/testify/require"
)

func TestLabelOf(t *testing.T) {
	for name, want := range map[string]string{
		"8_3.png": "8", "folder/1_a/07_x.jpg": "07", "0123_.png": "0123",
		"8.png": "", "_8.png": "", "a8_3.png": "", "8a_3.png": "", "3_/photo.png": "", "-": "", "٣_1.png": "",
	} {
		require.Equal(t, want, labelOf(filepath.FromSlash(name)), name)
	}
}

func TestFind(t *testing.T) {
	dir := t.TempDir()
	var b bytes.Buffer
	require.NoError(t, png.Encode(&b, image.NewGray(image.Rect(0, 0, 3, 2))))
	for _, name := range []string{"b.PNG", "a.jpeg", "notes.txt", ".hidden.png"} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), b.Bytes(), 0o666))
	}
	list := Find([]string{dir, "-", "nowhere.png", t.TempDir(), "-"}, bytes.NewReader(b.Bytes()))
	require.Len(t, list, 6)
	for i, name := range []string{filepath.Join(dir, "a.jpeg"), filepath.Join(dir, "b.PNG"), "-"} {
		require.Equal(t, name, list[i].Name)
		img, orientation, err := list[i].Decode()
		require.NoError(t, err)
		require.Equal(t, image.Rect(0, 0, 3, 2), img.Bounds())
		require.Equal(t, imageprep.Upright, orientation)
	}
	_, _, err := list[3].Decode()
	require.ErrorIs(t, err, os.ErrNotExist)
	_, _, err = list[4].Decode()
	require.ErrorContains(t, err, "no pictures in this folder")
	_, _, err = list[5].Decode()
	require.EqualError(t, err, "the standard input can be read only once")
}

// TestDecodeErrors: errors do not repeat the name of the file.
func TestDecodeErrors(t *testing.T) {
	_, _, err := unreadable("x", &fs.PathError{Op: "open", Path: "x", Err: fs.ErrPermission}).Decode()
	require.EqualError(t, err, "permission denied")
	_, _, err = within(fstest.MapFS{"cut.png": {Data: []byte("\x89PNG\r\n\x1a\n")}}, "", "cut.png").Decode()
	require.ErrorContains(t, err, "damaged or cut short: ")
}

func TestRead(t *testing.T) {
	samples := os.DirFS("../../predict/test_num")
	p := within(samples, "", "3_brush.png")
	res := p.Read(reader.Default(), One)
	require.NoError(t, res.Err)
	require.Equal(t, "3", res.Text())
	require.Equal(t, "3", res.Got())
	require.True(t, res.Right())
	require.False(t, res.Wrong())
	require.NotNil(t, res.Image)
	require.Equal(t, "3", p.Read(reader.Default(), Many).Text())

	p.Label = "4"
	require.True(t, p.Read(reader.Default(), One).Wrong())
	p.Label = ""
	require.False(t, p.Read(reader.Default(), One).Wrong(), "nobody knows")

	res = p.Read(reader.Default(), Raw)
	require.ErrorContains(t, res.Err, "not in MNIST's form, leave out -raw: ")
	require.Empty(t, res.Answers)
	res = within(samples, "", "3_none.png").Read(reader.Default(), One)
	require.ErrorIs(t, res.Err, fs.ErrNotExist)
	require.Empty(t, res.Text())
	require.True(t, res.Wrong())
}

// TestGot compares answers with labels.
func TestGot(t *testing.T) {
	three := reader.Answer{Digit: 3, Sure: true}
	unsure := reader.Answer{Digit: 3}
	none := reader.Answer{Digit: 3, NoDigit: true, Sure: true}
	doubt := reader.Answer{Digit: 3, NoDigit: true}
	page := func(digits, leftOut []reader.Answer) Result {
		return Result{Page: reader.Page{Answers: digits, LeftOut: leftOut}}
	}
	type list = []reader.Answer
	for name, tt := range map[string]struct {
		result Result
		got    string
		sure   bool
	}{
		"a digit":                 {page(list{three}, nil), "3", true},
		"digits":                  {page(list{three, unsure}, nil), "33", false},
		"sure digits":             {page(list{three, three}, list{doubt}), "33", true},
		"no digit":                {page(nil, list{none}), "no digit", true},
		"perhaps no digit":        {page(nil, list{doubt}), "no digit", false},
		"nothing but no digits":   {page(nil, list{none, none}), "no digit", true},
		"nothing":                 {page(nil, nil), "no digit", true},
		"a digit and other marks": {page(list{three}, list{doubt}), "3", true},
		"no ink":                  {Result{Err: fmt.Errorf("x: %w", new(imageprep.BlankError))}, "no digit", false},
		"a line":                  {Result{Err: reader.ErrNoDigit}, "no digit", false},
		"a damaged file":          {Result{Err: fs.ErrPermission}, "", false},
	} {
		r := tt.result
		require.Equal(t, tt.got, r.Got(), name)
		require.Equal(t, tt.sure, r.Sure(), name)
		require.Equal(t, []bool{false, false}, []bool{r.Right(), r.Wrong()}, "%s: nobody knows", name)
		for _, label := range []string{"3", "33", ""} {
			r.Label, r.NoDigit = label, label == ""
			right := tt.got == label || label == "" && tt.got == "no digit"
			if tt.got == "" {
				right = false
			}
			require.Equal(t, []bool{right, !right}, []bool{r.Right(), r.Wrong()}, "%s: label %q", name, label)
		}
	}
}

// TestOnly: without a digit, the largest ink counts.
func TestOnly(t *testing.T) {
	var r Result
	require.Nil(t, r.Only())
	for _, side := range []int{20, 40, 30} {
		r.LeftOut = append(r.LeftOut, reader.Answer{NoDigit: true, Box: image.Rect(5, 5, 5+side, 50)})
	}
	require.Same(t, &r.LeftOut[1], r.Only())
	r.Answers = make([]reader.Answer, 1)
	require.Same(t, &r.Answers[0], r.Only())
	r.Answers = make([]reader.Answer, 2)
	require.Nil(t, r.Only())
}

// TestIrregular: only regular files of a folder are opened. Others may never
// end.
func TestIrregular(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("folders hold no devices")
	}
	dir := t.TempDir()
	require.NoError(t, os.Symlink("/dev/zero", filepath.Join(dir, "0_a.png")))
	require.NoError(t, os.Mkdir(filepath.Join(dir, "folder"), 0o777))
	require.NoError(t, os.Symlink("folder", filepath.Join(dir, "1_a.png")))
	var b bytes.Buffer
	require.NoError(t, png.Encode(&b, image.NewGray(image.Rect(0, 0, 3, 2))))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "folder", "picture"), b.Bytes(), 0o666))
	require.NoError(t, os.Symlink("folder/picture", filepath.Join(dir, "2_a.png")))
	list := Find([]string{dir}, nil)
	require.Len(t, list, 3)
	for _, p := range list[:2] {
		_, _, err := p.Decode()
		require.EqualError(t, err, "not a regular file", p.Name)
	}
	_, _, err := list[2].Decode()
	require.NoError(t, err, "a link to a file is fine")
}
