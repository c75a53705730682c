package dataset

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"
)

// moved returns a folder with the files of another under new names.
func moved(from fstest.MapFS, name func(old string) string) fstest.MapFS {
	to := fstest.MapFS{}
	for old, file := range from {
		to[name(old)] = file
	}
	return to
}

// zipped returns a zip archive of the files in a folder.
func zipped(t testing.TB, files fs.FS) []byte {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	require.NoError(t, w.AddFS(files))
	require.NoError(t, w.Close())
	return b.Bytes()
}

func openZip(t testing.TB, data []byte) *zip.Reader {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	require.NoError(t, err)
	return z
}

// elsewhere are the ways in which other programs keep the four files.
var elsewhere = []struct {
	name   string
	rename func(string) string
}{
	{"the folder itself", func(s string) string { return s }},
	{"raw", func(s string) string { return "raw/" + s }},
	{"torchvision", func(s string) string { return "MNIST/raw/" + s }},
	{"small letters", func(s string) string { return "mnist/" + s }},
	{"capitals", func(s string) string { return "MNIST/" + s }},
	{"small letters, raw", func(s string) string { return "mnist/raw/" + s }},
	{"Kaggle, dots", func(s string) string { return strings.Replace(s, "-idx", ".idx", 1) }},
	{"Kaggle, folders", func(s string) string { return s + "/" + s }},
	{"ending .ubyte", func(s string) string { return strings.Replace(s, "-ubyte", ".ubyte", 1) }},
	{"short", func(s string) string { return s[:len(s)-len("-idx1-ubyte")] + ".ubyte" }},
}

func TestLoadElsewhere(t *testing.T) {
	for _, c := range elsewhere {
		for _, compressed := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, gzip %v", c.name, compressed), func(t *testing.T) {
				dir := moved(folder(t, mnistNames), c.rename)
				if compressed {
					if c.name == "Kaggle, folders" {
						t.Skip("nobody has compressed files there")
					}
					dir = moved(dir, func(s string) string { return s + ".gz" })
					for _, file := range dir {
						file.Data = gzipped(t, file.Data)
					}
				}
				names, err := Find(dir)
				require.NoError(t, err)
				for _, name := range names {
					require.Contains(t, dir, name)
				}
				checkLoad(t, dir)
				// The same files as an archive, in an archive's
				// sub-folder, and in the only archive of a folder.
				checkLoad(t, openZip(t, zipped(t, dir)))
				sub := zipped(t, moved(dir, func(s string) string { return "my data/set/" + s }))
				checkLoad(t, openZip(t, sub))
				checkLoad(t, fstest.MapFS{"archive.ZIP": {Data: sub}, "README": {}})
			})
		}
	}
}

// checkLoad loads a folder with the sets numbered(12) and numbered(4).
func checkLoad(t *testing.T, fsys fs.FS) {
	t.Helper()
	train, test, err := Load(fsys)
	require.NoError(t, err)
	require.Equal(t, numbered(12), train)
	require.Equal(t, numbered(4), test)
}

// TestLoadOneFolder: the four files come from one folder, not one here and one
// there.
func TestLoadOneFolder(t *testing.T) {
	dir := moved(folder(t, mnistNames), func(s string) string { return "MNIST/raw/" + s })
	other := folder(t, mnistNames)
	other[trainImages].Data = file(t, make([]uint8, 12), 12, 1, 1)
	dir[trainImages], dir[trainLabels] = other[trainImages], other[trainLabels]
	checkLoad(t, dir)
	delete(dir, "MNIST/raw/"+testLabels)
	_, _, err := Load(dir)
	var missing *MissingError
	require.ErrorAs(t, err, &missing)
	require.Equal(t, []string{testLabels}, missing.Files, "the folder with the most files")
	delete(dir, "MNIST/raw/"+trainImages)
	_, _, err = Load(dir)
	require.ErrorAs(t, err, &missing)
	require.Equal(t, []string{testImages, testLabels}, missing.Files, "the first of two folders with as many")

	dir[testImages], dir[testLabels] = other[testImages], other[testLabels]
	names, err := Find(dir)
	require.NoError(t, err)
	require.Equal(t, mnistNames, names, "the folder itself is the first choice")
}

// dangling returns a folder with a link to nothing.
func dangling(t testing.TB) fs.FS {
	dir := t.TempDir()
	if err := os.Symlink("nothing", filepath.Join(dir, trainImages)); err != nil {
		t.Skip(err) // Windows may forbid it
	}
	return os.DirFS(dir)
}

func TestLoadNothing(t *testing.T) {
	many := fstest.MapFS{"a\x1b": {}, strings.Repeat("b", 200): {}, "c": {}, "d/e": {}, "f": {}, "g": {}, "h": {}}
	one := folder(t, mnistNames)
	delete(one, testLabels)
	for _, c := range []struct {
		name string
		fsys fs.FS
		want string
	}{
		{"empty", fstest.MapFS{}, "dataset: the folder does not have train-images-idx3-ubyte, train-labels-idx1-ubyte, " +
			"t10k-images-idx3-ubyte, t10k-labels-idx1-ubyte; it has nothing"},
		{"other files", many, `; it has "a\x1b", "` + strings.Repeat("b", 60) + `", "c", "d" (a folder), "f", 2 more`},
		{"an archive of other files", fstest.MapFS{"x.zip": {Data: zipped(t, many)}, "y": {}},
			`dataset: the archive x.zip does not have train-images-idx3-ubyte, `},
		{"an archive with three files", openZip(t, zipped(t, one)), "dataset: the folder does not have t10k-labels-idx1-ubyte; it has "},
		{"an archive in an archive", openZip(t, zipped(t, fstest.MapFS{"x.zip": {Data: zipped(t, one)}})), `; it has "x.zip"`},
		{"two archives", fstest.MapFS{"x.zip": {Data: zipped(t, many)}, "y.zip": {}}, `; it has "x.zip", "y.zip"`},
		{"a folder like an archive", fstest.MapFS{"x.zip/y": {}}, `; it has "x.zip" (a folder)`},
		{"five files", fstest.MapFS{"a": {}, "b": {}, "c": {}, "d": {}, "e": {}}, `; it has "a", "b", "c", "d", "e"`},
		{"six files", fstest.MapFS{"a": {}, "b": {}, "c": {}, "d": {}, "e": {}, "f": {}}, `"d", "e", 1 more`},
		{"folders like files", fstest.MapFS{trainImages + "/x": {}}, `; it has "train-images-idx3-ubyte" (a folder)`},
		{"a named pipe", fstest.MapFS{trainImages: {Mode: fs.ModeNamedPipe}, "x.zip": {Mode: fs.ModeNamedPipe}},
			`; it has "train-images-idx3-ubyte" (a named pipe), "x.zip" (a named pipe)`},
		{"a broken link", dangling(t), `; it has "train-images-idx3-ubyte" (cannot be opened)`},
		{"three files and an archive", func() fs.FS { one["x.zip"] = &fstest.MapFile{}; return one }(),
			"dataset: the folder does not have t10k-labels-idx1-ubyte; it has "},
		{"a training set alone", fstest.MapFS{"train.csv": {}}, `; it has "train.csv"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, _, err := Load(c.fsys)
			var missing *MissingError
			require.ErrorAs(t, err, &missing)
			require.ErrorIs(t, err, fs.ErrNotExist)
			first, help, _ := strings.Cut(err.Error(), "\n")
			require.Contains(t, first, c.want)
			require.NotContains(t, first, " 0 more")
			for _, want := range []string{"train-labels-idx1-ubyte.gz", "zip", "mnist_train.csv", "curl"} {
				require.Contains(t, help, want)
			}
		})
	}
	t.Run("a folder that is none", func(t *testing.T) {
		none, err := fs.Sub(many, "none")
		require.NoError(t, err)
		_, _, err = Load(none)
		require.ErrorIs(t, err, fs.ErrNotExist)
		require.ErrorContains(t, err, "; it cannot be read: ")
	})
}

func TestArchiveClasses(t *testing.T) {
	dir := withClasses(t, elevenNames)
	for _, c := range []struct {
		name string
		fsys fs.FS
	}{
		{"beside the files", moved(dir, func(s string) string { return path.Join("MNIST/raw", s) })},
		{"in the folder", moved(dir, func(s string) string {
			if s != "classes.txt" {
				s = "raw/" + s
			}
			return s
		})},
		{"in an archive", openZip(t, zipped(t, dir))},
		{"in the archive's folder", openZip(t, zipped(t, moved(dir, func(s string) string { return "set/" + s })))},
		{"beside the archive", fstest.MapFS{"classes.txt": dir["classes.txt"], "x.zip": {Data: zipped(t, folder(t, mnistNames))}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			train, _, err := Load(c.fsys)
			require.NoError(t, err)
			require.Equal(t, "no digit", train.Names[10])
		})
	}
}

// TestBadClassesElsewhere: the error says which classes.txt is wrong.
func TestBadClassesElsewhere(t *testing.T) {
	good, bad := folder(t, mnistNames), withClasses(t, "\na\n")
	raw := func(s string) string { return "MNIST/raw/" + s }
	for want, fsys := range map[string]fs.FS{
		"MNIST/raw/classes.txt":       moved(bad, raw),
		"classes.txt":                 fstest.MapFS{"x.zip": {Data: zipped(t, good)}, "classes.txt": bad["classes.txt"]},
		"x.zip/classes.txt":           fstest.MapFS{"x.zip": {Data: zipped(t, bad)}},
		"x.zip/MNIST/raw/classes.txt": fstest.MapFS{"x.zip": {Data: zipped(t, moved(bad, raw))}},
	} {
		train, test, err := Load(fsys)
		require.Nil(t, train)
		require.Nil(t, test)
		require.EqualError(t, err, "dataset: "+want+`: line 1: got "", want the name of class 0`)
	}
	_, err := ReadClasses(moved(bad, raw))
	require.ErrorContains(t, err, "dataset: MNIST/raw/classes.txt: ")
}

func TestArchiveErrors(t *testing.T) {
	dir := folder(t, mnistNames)
	dir[testLabels].Data = file(t, []uint8{0}, 1)
	_, _, err := Load(fstest.MapFS{"x.zip": {Data: zipped(t, dir)}})
	var format *FormatError
	require.ErrorAs(t, err, &format)
	require.Equal(t, "x.zip/t10k-labels-idx1-ubyte", format.File)
	require.ErrorContains(t, err, "dataset: x.zip/t10k-labels-idx1-ubyte: number of labels: got 1, want 4")

	whole := zipped(t, folder(t, mnistNames))
	_, _, err = Load(fstest.MapFS{"x.zip": {Data: whole[:len(whole)-40]}})
	require.ErrorIs(t, err, zip.ErrFormat)
	require.ErrorContains(t, err, "dataset: x.zip: ")
	_, _, err = Load(fstest.MapFS{"x.zip": {Data: []byte("version https://git-lfs.github.com/spec/v1\n")}})
	require.EqualError(t, err, "dataset: x.zip: kind of file: got a Git LFS pointer, "+
		"want a zip archive: run git lfs pull to get the data")
}

// TestHostileArchive: no archive may cost much more than its own size.
func TestHostileArchive(t *testing.T) {
	withNames := func(n int, name func(int) string) *zip.Reader {
		z := new(zip.Reader)
		for i := range n {
			z.File = append(z.File, &zip.File{FileHeader: zip.FileHeader{Name: name(i)}})
		}
		return z
	}
	_, _, err := Load(withNames(10001, func(i int) string { return fmt.Sprint(i) }))
	require.ErrorContains(t, err, "the zip archive: number of files: got 10001, want at most 10000")
	_, err = Find(withNames(10001, func(i int) string { return fmt.Sprint(i) }))
	require.ErrorContains(t, err, "number of files: got 10001")
	_, err = ReadClasses(withNames(10001, func(i int) string { return fmt.Sprint(i) }))
	require.ErrorContains(t, err, "number of files: got 10001")
	require.NoError(t, checkArchive(withNames(10000, func(i int) string { return fmt.Sprint(i) })))
	require.NoError(t, checkArchive(withNames(1, func(int) string { return strings.Repeat("a", 255) })))
	require.Error(t, checkArchive(withNames(1, func(int) string { return strings.Repeat("a", 256) })))
	_, _, err = Load(withNames(1, func(int) string { return strings.Repeat("a/", 30000) + "a" }))
	require.ErrorContains(t, err, "the zip archive: length of a name: got 60001, want at most 255")
	require.Len(t, archiveFolders(withNames(5000, func(i int) string { return fmt.Sprintf("%d/%d/x", i, i) })), 1000)

	// A few bytes claim to be a billion images of one pixel.
	dir := folder(t, mnistNames)
	dir[trainImages].Data = []byte{0, 0, 8, 3, 0x40, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1}
	dir[trainLabels].Data = []byte{0, 0, 8, 1, 0x40, 0, 0, 0}
	_, _, err = Load(openZip(t, zipped(t, dir)))
	require.ErrorContains(t, err, "number of images: got 1073741824 of 1 pixels, want at most 1073741824 bytes in an archive")
	_, _, err = Load(dir)
	require.ErrorContains(t, err, "train-labels-idx1-ubyte: idx: offset 8: data: got 0 bytes, want 1073741824", "no limit for a file")

	// The archive says how long its files are.
	claim := bytes.Clone(zipped(t, folder(t, mnistNames)))
	for _, size := range []uint64{2<<30 + 1, 3 << 30, 1 << 63, math.MaxUint64} {
		for i := range openZip(t, claim).File {
			z := openZip(t, claim)
			z.File[i].UncompressedSize64 = size
			_, _, err = Load(z)
			require.ErrorContains(t, err, fmt.Sprintf("%s: size: got %d bytes, decompressed, want at most 2147483648 in an archive",
				z.File[i].Name, size))
		}
	}
}

// TestOddNames: some Windows programs write backslashes into an archive, and
// other programs write paths that lead out of it.
func TestOddNames(t *testing.T) {
	for _, prefix := range []string{`MNIST\raw\`, `\a\`, `..\a\`, `C:\a\`, "./", "/", "/a/", "//a/", "../", "../a/",
		"../../a/b/", "a/../../b/", "/../a/", "a//b/", "a/./b/"} {
		var b bytes.Buffer
		w := zip.NewWriter(&b)
		for name, file := range folder(t, mnistNames) {
			f, err := w.Create(prefix + name)
			require.NoError(t, err)
			_, err = f.Write(file.Data)
			require.NoError(t, err)
		}
		require.NoError(t, w.Close())
		train, _, err := Load(openZip(t, b.Bytes()))
		require.NoError(t, err, prefix)
		require.Equal(t, numbered(12), train, prefix)
	}
}

// TestUnknownCompression has an archive whose compression package zip does not
// know: Windows takes Deflate64 for large files.
func TestUnknownCompression(t *testing.T) {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, name := range mnistNames {
		_, err := w.CreateRaw(&zip.FileHeader{Name: name, Method: 9})
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	_, _, err := Load(fstest.MapFS{"x.zip": {Data: b.Bytes()}, "y.zip/z": {}})
	require.EqualError(t, err, "dataset: x.zip/train-images-idx3-ubyte: compression: "+
		"got a method that package zip does not know, want deflate; take the files out of the archive")
}

// TestLargestMember checks a file of an archive that is as large as allowed, by
// what the archive says.
func TestLargestMember(t *testing.T) {
	z := openZip(t, zipped(t, folder(t, mnistNames)))
	for _, f := range z.File {
		f.UncompressedSize64 = 2 << 30
	}
	_, _, err := Load(z)
	require.Error(t, err)
	require.NotContains(t, err.Error(), "decompressed, want at most")
}

// TestOuterFolderFirst: an archive may have several sets. The outermost counts,
// then the first by name.
func TestOuterFolderFirst(t *testing.T) {
	set := folder(t, mnistNames)
	other := folder(t, mnistNames)
	other[trainImages] = other[testImages]
	other[trainLabels] = other[testLabels]
	dir := moved(set, func(s string) string { return "b/" + s })
	for _, elsewhere := range []string{"a/a/", "c/"} {
		for name, file := range other {
			dir[elsewhere+name] = file
		}
	}
	checkLoad(t, openZip(t, zipped(t, dir)))
}

func TestEncryptedArchive(t *testing.T) {
	z := openZip(t, zipped(t, folder(t, mnistNames)))
	z.File[1].Flags |= 1
	_, _, err := Load(z)
	require.ErrorContains(t, err, `dataset: the zip archive: password: got the encrypted file "`)
}
