package pictures

import (
	"bytes"
	"cmp"
	"fmt"
	"image"
	"image/png"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/seed-cd6415d7/digits/examples/internal/toymodel"
	"github.com/seed-cd6415d7/digits/examples/reader"
	"github.com/seed-cd6415d7/digits/imageprep"
	"github.com/stretchr/testify/require"
)

// TestByName: what is a label in a name, for a model of the digits and for
// programs that make classes.
func TestByName(t *testing.T) {
	for _, tt := range []struct{ name, digits, any string }{
		{"8_3.png", "8", "8"}, {"07_x.jpg", "07", "07"}, {"3 _a.png", "3", "3"}, {" star _a.png", "", "star"}, {"0123_.png", "0123", "0123"}, {"8_.hidden", "8", "8"},
		{"8.png", "", ""}, {"_8.png", "", ""}, {" _8.png", "", ""}, {"-", "", ""}, {"\xff_8.png", "", ""}, {"\x1b_8.png", "", ""},
		{"a8_3.png", "", "a8"}, {"8a_3.png", "", "8a"}, {"٣_1.png", "", "٣"}, {"two words_1.png", "", "two words"}, {"日本_1.png", "", "日本"},
		{"IMG_1234.jpg", "", ""}, {"img_20240506_123456.jpg", "", ""}, {"DSC_0042.JPG", "", ""}, {"PXL_20240506_123456789.jpg", "", ""},
		{"Screenshot_2024-05-06-12-34-56.png", "", ""}, {"image_0001.jpg", "", ""}, {"image_a.jpg", "", "image"}, {"imgx_1.png", "", "imgx"},
		{"20240506_123456.jpg", "", ""}, {"2024-05-06_12-34-56.png", "", ""}, {"20240506_1234.jpg", "", ""},
		{"20240506_1.jpg", "20240506", "20240506"}, {"20241306_123456.jpg", "20241306", "20241306"}, {"20240506_993456.jpg", "20240506", "20240506"},
		{"1234567890_123456.jpg", "1234567890", "1234567890"},
	} {
		for _, o := range []struct {
			Options
			want string
		}{{Options{Classes: digits}, tt.digits}, {Options{}, tt.any}} {
			classes, reason := o.byName(tt.name)
			require.Equal(t, o.want, o.text(classes), "%q", tt.name)
			require.Equal(t, o.want == "", reason != "", "%q", tt.name)
		}
	}
}

// TestFindLabels: pictures and folders of a command line have labels, too.
func TestFindLabels(t *testing.T) {
	dir := folder(t, "7/8_3.png", "7/b.png", "7/manifest.csv\npath,label\nb.png,5\n", "6/b.png", "6/deep/c.png")
	for _, tt := range []struct {
		labels Labels
		want   string
	}{
		{Names, "8 - - 8 -"}, {Folders, "7 7 6 7 6"}, {None, "- - - - -"}, {Manifest, "5 - - -"}, {Auto, "5 6 8 6"},
	} {
		arguments := []string{filepath.Join(dir, "7"), filepath.Join(dir, "6"), filepath.Join(dir, "7", "8_3.png"), filepath.Join(dir, "6", "b.png")}
		var got []string
		for _, p := range Find(arguments, nil, Options{Labels: tt.labels, Classes: digits}) {
			got = append(got, cmp.Or(p.Label, "-"))
		}
		require.Equal(t, tt.want, strings.Join(got, " "), tt.labels)
	}
}

// TestFolderNames: dots belong to the names of folders. A root has none.
func TestFolderNames(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("there are no names that end in a dot")
	}
	dir := folder(t, "No./a.png", ".St/a.png", "...x/a.png")
	for _, name := range []string{"No.", ".St", "...x"} {
		for _, argument := range []string{filepath.Join(dir, name), filepath.Join(dir, name, "a.png")} {
			require.Equal(t, name, Find([]string{argument}, nil, Options{Labels: Folders})[0].Label, argument)
		}
	}
	t.Chdir(filepath.Join(dir, ".St"))
	require.Equal(t, ".St", folderName("."))
	require.Equal(t, filepath.Base(dir), folderName(".."))
	require.Empty(t, folderName("/"))
}

func TestFind(t *testing.T) {
	dir := t.TempDir()
	var b bytes.Buffer
	require.NoError(t, png.Encode(&b, image.NewGray(image.Rect(0, 0, 3, 2))))
	for _, name := range []string{"b.PNG", "a.jpeg", "notes.txt", ".hidden.png"} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), b.Bytes(), 0o666))
	}
	list := Find([]string{dir, "-", "nowhere.png", t.TempDir(), "-"}, bytes.NewReader(b.Bytes()), Options{})
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

// A closer counts how often a file is closed.
type closer struct {
	io.Reader
	closed int
}

func (c *closer) Close() error { c.closed++; return nil }

// TestClose: the file of a picture is closed, also if it is damaged.
func TestClose(t *testing.T) {
	for _, data := range []string{"P5 1 1 255 x", "P5 1 1 255 "} {
		file := &closer{Reader: strings.NewReader(data)}
		p := Picture{open: func() (io.ReadCloser, error) { return file, nil }}
		_, _, err := p.Decode()
		require.Equal(t, data == "P5 1 1 255 ", err != nil)
		require.Equal(t, 1, file.closed)
	}
}

func TestRead(t *testing.T) {
	samples := os.DirFS("../../predict/test_num")
	p := within(samples, "", "3_brush.png")
	p.Label = "3"
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
	require.ErrorContains(t, res.Err, "not in MNIST's form: the picture has ")
	require.ErrorContains(t, res.Err, " pixels, want 28x28; leave out -raw")
	require.NotContains(t, res.Err.Error(), "imageprep")
	require.Empty(t, res.Answers)
	p = within(samples, "", "3_none.png")
	p.Label = "3"
	res = p.Read(reader.Default(), One)
	require.ErrorIs(t, res.Err, fs.ErrNotExist)
	require.Empty(t, res.Text())
	require.True(t, res.Wrong())
}

// TestReadBytes: a file in memory is read as a file of a folder.
func TestReadBytes(t *testing.T) {
	data, err := os.ReadFile("../../predict/test_num/3_brush.png")
	require.NoError(t, err)
	res := ReadBytes(reader.Default(), "x", data, One)
	require.NoError(t, res.Err)
	require.Equal(t, "x", res.Name)
	require.Equal(t, "3", res.Got())
	res = ReadBytes(reader.Default(), "x", data[:100], One)
	require.ErrorContains(t, res.Err, "damaged or cut short")
	require.Nil(t, res.Image)
}

// TestPageOfNoDigit: a single answer that is no digit is left out.
func TestPageOfNoDigit(t *testing.T) {
	page := pageOf(reader.Answer{NoDigit: true}, imageprep.Upright)
	require.Empty(t, page.Answers)
	require.Len(t, page.LeftOut, 1)
	page = pageOf(reader.Answer{}, imageprep.Upright)
	require.Empty(t, page.LeftOut)
	require.Len(t, page.Answers, 1)
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
	list := Find([]string{dir, "/dev/zero", filepath.Join(dir, "0_a.png"), filepath.Join(dir, "2_a.png")}, nil, Options{})
	require.Len(t, list, 6)
	for i, p := range list {
		_, _, err := p.Decode()
		if i == 2 || i == 5 {
			require.NoError(t, err, "a link to a file is fine")
		} else {
			require.ErrorIs(t, err, errIrregular, p.Name)
		}
	}
}

// TestModeOf: the flags decide, and then the model.
func TestModeOf(t *testing.T) {
	things, err := reader.Load(toymodel.Zeros(t, 10, map[string]string{reader.OneThingKey: "true"}))
	require.NoError(t, err)
	for _, tt := range []struct {
		r         *reader.Reader
		one, many bool
		want      Mode
	}{
		{reader.Default(), false, false, Many},
		{reader.Default(), true, false, One},
		{reader.Default(), false, true, Many},
		{things, false, false, One},
		{things, true, false, One},
		{things, false, true, Many},
	} {
		require.Equal(t, tt.want, ModeOf(tt.r, tt.one, tt.many), "-one %v -many %v", tt.one, tt.many)
	}
}
