package dataset

import (
	"errors"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"
	"testing/iotest"

	"github.com/stretchr/testify/require"
)

// withClasses returns a folder with four files of labels 0 to 9 and a
// classes.txt.
func withClasses(t *testing.T, text string) fstest.MapFS {
	dir := folder(t, mnistNames)
	dir["classes.txt"] = &fstest.MapFile{Data: []byte(text)}
	return dir
}

const elevenNames = "zero\none\ntwo\nthree\nfour\nfive\nsix\nseven\neight\nnine\nno digit\n"

func TestLoadClasses(t *testing.T) {
	names := strings.Split(strings.TrimSpace(elevenNames), "\n")
	for _, c := range []struct{ name, text string }{
		{"plain", elevenNames},
		{"no newline at the end", strings.TrimSpace(elevenNames)},
		{"byte order mark, CRLF, empty lines at the end",
			"\ufeff" + strings.ReplaceAll(elevenNames, "\n", "\r\n") + "\r\n \r\n"},
		{"as long as allowed", elevenNames + strings.Repeat("\n", 1<<16-len(elevenNames))},
		{"spaces around names", strings.ReplaceAll(elevenNames, "\n", " \t\n ")},
	} {
		t.Run(c.name, func(t *testing.T) {
			train, test, err := Load(withClasses(t, c.text))
			require.NoError(t, err)
			for _, s := range []*Set{train, test} {
				require.Equal(t, 11, s.Classes)
				require.Equal(t, names, s.Names)
			}
			require.Equal(t, []int{2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 0}, train.Counts())
			train.Names[0] = "other"
			require.Equal(t, "zero", test.Names[0])
		})
	}
	t.Run("a source keeps its own classes", func(t *testing.T) {
		s := mnistSource()
		train, _, err := s.Load(withClasses(t, "a\nb\n"))
		require.NoError(t, err)
		require.Equal(t, s.Classes, train.Names)
	})
}

func TestLoadBadClasses(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"too few names", "a\nb c\n", "dataset: train-labels-idx1-ubyte: label of image 2: got 2, " +
			"want 0 to 1, because 2 is the number of names in classes.txt"},
		{"empty", "", `dataset: classes.txt: line 1: got "", want the name of class 0`},
		{"only empty lines", "\ufeff\n\n", `dataset: classes.txt: line 1: got "", want the name of class 0`},
		{"empty line", "a\n\nb", `dataset: classes.txt: line 2: got "", want the name of class 1`},
		{"empty first line", "\r\na", `dataset: classes.txt: line 1: got "", want the name of class 0`},
		{"repeated name", "a\nb\na \n", `dataset: classes.txt: line 3: got "a", want another name than that in line 1`},
		{"Latin-1", "a\nb\xe4r\n", `dataset: classes.txt: line 2: got "b\xe4r", want UTF-8 text`},
		{"UTF-16", "\xff\xfea\x00\n\x00", `dataset: classes.txt: line 1: got "\xff\xfea\x00", want UTF-8 text`},
		{"line ends of old", "a\rb\rc", `dataset: classes.txt: line 1: got "a\rb\rc", want a name without control characters, and a line feed after it`},
		{"escape", "a\n\x1b[31mb\n", `dataset: classes.txt: line 2: got "\x1b[31mb", want a name without control characters, and a line feed after it`},
		{"too long", strings.Repeat("\n", 1<<16+1), `dataset: classes.txt: size: got more, want at most 65536 bytes`},
		{"a long line", strings.Repeat("a\xff", 1000), `dataset: classes.txt: line 1: got "` +
			strings.Repeat(`a\xff`, 20) + `", want UTF-8 text`},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, _, err := Load(withClasses(t, c.text))
			var format *FormatError
			require.ErrorAs(t, err, &format)
			require.EqualError(t, err, c.want)
		})
	}
	t.Run("more than ten classes without names", func(t *testing.T) {
		dir := folder(t, mnistNames)
		dir[testLabels].Data = file(t, []uint8{0, 1, 10, 3}, 4)
		_, _, err := Load(dir)
		require.EqualError(t, err, "dataset: t10k-labels-idx1-ubyte: label of image 2: got 10, want 0 to 9, because 10 is "+
			"the number of classes. For other classes, write a file classes.txt to the folder, with one name a line")
	})
	t.Run("a named pipe", func(t *testing.T) {
		dir := folder(t, mnistNames)
		dir["classes.txt"] = &fstest.MapFile{Mode: fs.ModeNamedPipe}
		_, _, err := Load(dir)
		require.EqualError(t, err, "dataset: classes.txt: kind of file: got a named pipe, want a regular file")
	})
	t.Run("broken disk", func(t *testing.T) {
		broken := errors.New("broken disk")
		_, _, err := Load(brokenClasses{folder(t, mnistNames), broken})
		require.ErrorIs(t, err, broken)
		require.ErrorContains(t, err, "classes.txt")
	})
}

// brokenClasses is a folder whose classes.txt cannot be read.
type brokenClasses struct {
	fstest.MapFS
	err error
}

func (b brokenClasses) Open(name string) (fs.File, error) {
	if name != "classes.txt" {
		return b.MapFS.Open(name)
	}
	file, err := fstest.MapFS{name: {}}.Open(name)
	return brokenFile{file, b.err}, err
}

type brokenFile struct {
	fs.File
	err error
}

func (b brokenFile) Read(p []byte) (int, error) { return iotest.ErrReader(b.err).Read(p) }

func TestFind(t *testing.T) {
	names := [4]string{"train-images.idx3-ubyte.gz", trainLabels, testImages + ".gz", "t10k-labels.idx1-ubyte"}
	dir := folder(t, names)
	got, err := Find(dir)
	require.NoError(t, err)
	require.Equal(t, names, got)

	classes, err := ReadClasses(dir)
	require.NoError(t, err)
	require.Nil(t, classes)
	classes, err = ReadClasses(moved(withClasses(t, "a\nb"), func(s string) string { return "MNIST/raw/" + s }))
	require.NoError(t, err)
	require.Equal(t, []string{"a", "b"}, classes, "beside the files")
	classes, err = ReadClasses(fstest.MapFS{"classes.txt": {Data: []byte("c")}})
	require.NoError(t, err)
	require.Equal(t, []string{"c"}, classes, "without other files")
	_, err = ReadClasses(withClasses(t, ""))
	require.ErrorContains(t, err, "classes.txt: line 1")

	delete(dir, trainLabels)
	_, err = Find(dir)
	var missing *MissingError
	require.ErrorAs(t, err, &missing)
	require.Equal(t, []string{trainLabels}, missing.Files)
}

func FuzzClasses(f *testing.F) {
	for _, text := range []string{"a\nb", "\ufeffa\r\nb c\r\n\r\n", "a\n\nb", "a\na", "\xff", " ", "\u2028\n\u00a0"} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if len(text) > 1<<12 {
			return
		}
		names, err := parseClasses("classes.txt", text)
		if err != nil {
			require.Nil(t, names)
			return
		}
		require.NotEmpty(t, names)
		seen := map[string]bool{}
		for _, name := range names {
			require.True(t, name != "" && !seen[name] && strings.TrimSpace(name) == name, "%q", names)
			seen[name] = true
		}
		again, err := parseClasses("classes.txt", []byte("\ufeff"+strings.Join(names, "\n")))
		require.NoError(t, err)
		require.Equal(t, names, again)
	})
}

// TestOwnSetWithoutTest: the help for MNIST is no use for one's own set.
func TestOwnSetWithoutTest(t *testing.T) {
	fsys := fstest.MapFS{
		"classes.txt":             {Data: []byte("circle\nstar\n")},
		"train-images-idx3-ubyte": {}, "train-labels-idx1-ubyte": {},
	}
	_, _, err := Load(fsys)
	require.EqualError(t, err, "dataset: the folder does not have t10k-images-idx3-ubyte, t10k-labels-idx1-ubyte; "+
		`it has "classes.txt", "train-images-idx3-ubyte", "train-labels-idx1-ubyte". `+
		"It is your own set, because it has classes.txt. A set has images to train on and others to test: write these files, too")
}
