package pictures

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"
)

var digits = strings.Split("0123456789", "")

// folder makes a folder of files. Each is its name and, perhaps, a text after a
// line feed.
func folder(t *testing.T, files ...string) (dir string) {
	dir = t.TempDir()
	for _, file := range files {
		name, text, _ := strings.Cut(file, "\n")
		name = filepath.Join(dir, filepath.FromSlash(name))
		require.NoError(t, os.MkdirAll(filepath.Dir(name), 0o777))
		require.NoError(t, os.WriteFile(name, []byte(text), 0o666))
	}
	return dir
}

// brief returns what was found: "path=label", and what was left out after a
// bar.
func brief(l *Labeled) string {
	var words []string
	for _, p := range l.Pictures {
		words = append(words, p.Path+"="+p.Want())
	}
	words = append(words, "|")
	for _, p := range l.LeftOut {
		words = append(words, p.Path)
	}
	return strings.Join(words, " ")
}

// TestFindLabeled: where labels are, and what is left out.
func TestFindLabeled(t *testing.T) {
	mixed := []string{"8_3.png", "20240506_123456.jpg", "IMG_1234.JPG", "star_1.png", "b.png", "notes.txt", ".hidden/1_2.png"}
	shapes := []string{"star/IMG_1.png", "star/deep/2.png", "two words/a_b.png", "loose.png"}
	for _, tt := range []struct {
		name  string
		files []string
		o     Options
		found Labels
		want  string
	}{
		{"digits", mixed, Options{Classes: digits}, Names, "8_3.png=8 | 20240506_123456.jpg IMG_1234.JPG b.png star_1.png"},
		{"any classes", mixed, Options{}, Names, "8_3.png=8 star_1.png=star | 20240506_123456.jpg IMG_1234.JPG b.png"},
		{"folders of any classes", shapes, Options{}, Folders, "star/IMG_1.png=star star/deep/2.png=star two words/a_b.png=two words | loose.png"},
		{"folders of known classes", shapes, Options{Classes: []string{"star", "circle"}}, Folders,
			"star/IMG_1.png=star star/deep/2.png=star | loose.png two words/a_b.png"},
		{"names on demand", shapes, Options{Labels: Names}, Names, "two words/a_b.png=a | loose.png star/IMG_1.png star/deep/2.png"},
		{"folders on demand", append(shapes, "0/1_a.png"), Options{Labels: Folders, Classes: digits}, Folders,
			"0/1_a.png=0 | loose.png star/IMG_1.png star/deep/2.png two words/a_b.png"},
		{"one label is no model", []string{"a/x_1.png", "b/x_2.png"}, Options{}, Folders, "a/x_1.png=a b/x_2.png=b |"},
		{"people in folders", []string{"star/anna_1.png", "moon/bob_1.png"}, Options{}, Folders, "moon/bob_1.png=moon star/anna_1.png=star |"},
		{"numbers in folders", []string{"star/001_a.png", "moon/002_a.png"}, Options{}, Folders, "moon/002_a.png=moon star/001_a.png=star |"},
		{"digits by people", []string{"anna/8_1.png", "bob/3_1.png"}, Options{}, Names, "anna/8_1.png=8 bob/3_1.png=3 |"},
		{"classes in one folder", []string{"a/star_1.png", "a/moon_1.png"}, Options{}, Names, "a/moon_1.png=moon a/star_1.png=star |"},
		{"more folders than names", []string{"a/b_1.png", "b/2.png"}, Options{Classes: []string{"a", "b"}}, Folders, "a/b_1.png=a b/2.png=b |"},
		{"but it counts for a model", []string{"a/x_1.png", "b/x_2.png"}, Options{Classes: []string{"a", "b", "x"}}, Names, "a/x_1.png=x b/x_2.png=x |"},
		{"a manifest", append(mixed, "manifest.csv\npath,label\nIMG_1234.JPG,7\n"), Options{Classes: digits}, Manifest, "IMG_1234.JPG=7 |"},
		{"names in spite of a manifest", append(mixed, "manifest.csv\npath,label\nIMG_1234.JPG,7\n"), Options{Labels: Names, Classes: digits}, Names,
			"8_3.png=8 | 20240506_123456.jpg IMG_1234.JPG b.png star_1.png"},
		{"no class", []string{"manifest.csv\npath,label\na.png,\nb.png,4\n"}, Options{}, Manifest, "b.png=4 | a.png"},
		{"no digit", []string{"manifest.csv\npath,label\na.png,\nb.png,4\n"}, Options{Classes: digits}, Manifest, "a.png=no digit b.png=4 |"},
	} {
		dir := folder(t, tt.files...)
		l, err := FindLabeled(dir, tt.o)
		require.NoError(t, err, tt.name)
		require.Equal(t, tt.want, strings.TrimSpace(brief(l)), tt.name)
		require.Equal(t, tt.found, l.Labels, tt.name)
	}

	dir := folder(t, "anna/8_3.JPG")
	l, err := FindLabeled(dir, Options{})
	require.NoError(t, err)
	p := l.Pictures[0]
	require.Equal(t, []string{"jpg", "anna", filepath.Join(dir, "anna", "8_3.JPG")}, []string{p.Kind, p.Folder(), p.Name})
}

// TestFindLabeledErrors: errors say where the labels could be.
func TestFindLabeledErrors(t *testing.T) {
	const names = "names begin with the class and an underscore, as in 8_3.png; -labels folders takes the sub-folders' names"
	const folders = "pictures are in sub-folders that have the classes' names; -labels names takes the beginnings of files' names"
	for _, tt := range []struct {
		name  string
		files []string
		o     Options
		want  string
	}{
		{"no pictures", []string{"notes.txt"}, Options{}, "no labeled pictures in DIR: it holds no pictures"},
		{"no labels", []string{"a.png", "x_1.png"}, Options{Classes: digits},
			"no labeled pictures in DIR: 2 of 2 pictures have no label and are left out (" + names + ")\n" +
				"\tthe name has no underscore: a.png\n\tno class of the model, want digits: x_1.png"},
		{"no folders", []string{"a.png"}, Options{Labels: Folders},
			"no labeled pictures in DIR: 1 of 1 pictures have no label and are left out (" + folders + ")\n\tnot in a sub-folder: a.png"},
		{"no manifest", []string{"1_a.png"}, Options{Labels: Manifest}, "DIR: -labels manifest: there is no manifest.csv"},
		{"none", []string{"1_a.png"}, Options{Labels: None}, "-labels none: labels are needed here; want auto, names, folders or manifest"},
		{"a folder of this name", []string{"manifest.csv/1_a.png"}, Options{}, "DIR: manifest.csv: not a regular file; to read a pipe, give - as the name and redirect the standard input"},
		{"empty labels", []string{"manifest.csv\npath,label\na.png,\n"}, Options{},
			"no labeled pictures in DIR: 1 of 1 pictures have no label and are left out (the column label of manifest.csv tells the class)\n" +
				"\tan empty label in manifest.csv: a.png"},
	} {
		dir := folder(t, tt.files...)
		_, err := FindLabeled(dir, tt.o)
		require.Error(t, err, tt.name)
		got := strings.ReplaceAll(filepath.ToSlash(err.Error()), filepath.ToSlash(dir), "DIR")
		require.Equal(t, tt.want, strings.Replace(got, "The system cannot find the file specified.", "no such file or directory", 1), tt.name)
	}
	var labels Labels
	require.EqualError(t, labels.Set("name"), "want auto, names, folders, manifest or none")
	require.NoError(t, labels.Set("folders"))
	require.Equal(t, Folders, labels)
}

// TestSheet: an earlier sheet is no picture, whatever its name is there.
func TestSheet(t *testing.T) {
	dir := folder(t, "8/3_a.png", "8/3_sheet.png")
	t.Chdir(filepath.Join(dir, "8"))
	o := Options{Sheet: "3_sheet.png"}
	l, err := FindLabeled(dir, o)
	require.NoError(t, err)
	require.Equal(t, "8/3_a.png=3 |", brief(l))
	list := Find([]string{".", o.Sheet}, nil, o)
	require.Equal(t, []string{"3_a.png", "3_sheet.png"}, []string{list[0].Name, list[1].Name})
	require.NoError(t, os.Remove("3_a.png"))
	_, _, err = Find([]string{"."}, nil, o)[0].Decode()
	require.ErrorContains(t, err, "no pictures in this folder")
	require.NoError(t, os.WriteFile(manifest, []byte("path,label\n3_sheet.png,3\n"), 0o666))
	require.Equal(t, "3_sheet.png", Find([]string{"."}, nil, Options{Labels: Auto, Sheet: o.Sheet})[0].Name, "a manifest lists it")
}

// TestNotice: what is left out is counted and named.
func TestNotice(t *testing.T) {
	files := []string{"8_3.png", "9_3.png"}
	for i := range 12 {
		files = append(files, fmt.Sprintf("scan%02d.png", i))
	}
	l, err := FindLabeled(folder(t, append(files, "DSC_0042.jpg")...), Options{Classes: digits})
	require.NoError(t, err)
	require.Equal(t, "13 of 15 pictures have no label and are left out (names begin with the class and an underscore, as in 8_3.png; "+
		"-labels folders takes the sub-folders' names)\n\ta camera's prefix: DSC_0042.jpg\n\tthe name has no underscore: "+
		"scan00.png, scan01.png, scan02.png, scan03.png, scan04.png, scan05.png, scan06.png, scan07.png, and 4 more", l.Notice())
	l, err = FindLabeled(folder(t, "8_3.png"), Options{})
	require.NoError(t, err)
	require.Empty(t, l.Notice())
}

// TestManifestLabels: labels of a manifest are classes of the model, or errors
// with their line.
func TestManifestLabels(t *testing.T) {
	shapes := []string{"circle", "star", "two words", "two"}
	for _, tt := range []struct {
		name    string
		text    string
		classes []string
		want    string // the labels, or the error
	}{
		{"digits", "path,label\na.png,8\nb.png,42\n", digits, "8 42"},
		{"semicolons", "path;label;kind\na.png;8;photo, dark\nb.png;42;scan\n", digits, "8 42"},
		{"tabs", "kind\tlabel\tpath\r\nscan;\t8\ta.png\r\n", digits, "8"},
		{"the label first", "label,path\n8,a.png\n", digits, "8"},
		{"semicolons in quotes", "path,\"label\",\"what; who; when; where\"\na.png,8,\n", digits, "8"},
		{"a path in Latin-1", "path,label\n\xe4.png,8\n", digits, `line 2: path "\xe4.png" is not UTF-8; save the table as UTF-8`},
		{"a long label", "path,label\na.png," + strings.Repeat("8", maxLabel+1), digits, `line 2: label "` + strings.Repeat("8", 60) +
			`": the text is longer than 1000 bytes; want digits, or nothing if the picture shows none`},
		{"a label that just fits", "path,label\na.png," + strings.Repeat("8", maxLabel) + "\n", digits, strings.Repeat("8", maxLabel)},
		{"as many commas", "path,label,a;b;c\na.png,8,x\n", digits, "8"},
		{"joiners", "path,label\na.png,می\u200cخواهم\nb.png,👨‍👩\n", nil, "می\u200cخواهم 👨‍👩"},
		{"UTF-16", "\xff\xfep\x00a\x00t\x00h\x00", digits, "it is UTF-16 text; save it as UTF-8: spreadsheets call this CSV UTF-8"},
		{"a byte order mark", "\ufeffpath;label\na.png;8\n", digits, "8"},
		{"spaces", "path, label\na.png, 8\nb.png, \n", digits, "8 no digit"},
		{"quotes", "path,label\n\"a\nb.png\",8\na.png,x\n", digits, `line 4: label "x": no class of the model; want digits, or nothing if the picture shows none`},
		{"names", "path,label\na.png,star\nb.png,two words\nc.png,two star\n", shapes, "star two words two star"},
		{"an unknown name", "path,label\na.png,star\nb.png,square\n", shapes,
			`line 3: label "square": no class of the model; want one of circle, star, two words, two, or nothing if the picture shows none`},
		{"letters", "path,label\na.png,Hi\n", []string{"H", "é", "i"}, "Hi"},
		{"an unknown letter", "path,label\na.png,hi\n", []string{"H", "é", "i"}, `line 2: label "hi": no class of the model; want characters of "Héi", or nothing if the picture shows none`},
		{"not digits", "path,label\na.png,٣\n", digits, `line 2: label "٣": no class of the model; want digits, or nothing if the picture shows none`},
		{"any text", "path,label\na.png,two words\nb.png,20240506\n", nil, "two words 20240506"},
		{"a picture twice", "path,label\ntri/0.png,8\nb.png,8\ncircle\\..\\tri/./0.png,3\n", nil, `line 4: path "tri/0.png" is in line 2, too`},
		{"not a text", "path,label\na.png,\x1b[2J\n", nil, `line 2: label "\x1b[2J": the text is empty, not UTF-8, or not printable; want a text, or nothing if the picture shows none`},
	} {
		list, err := readManifest(fstest.MapFS{manifest: {Data: []byte(tt.text)}}, "", &Options{Classes: tt.classes})
		var got []string
		for _, p := range list {
			got = append(got, p.Want())
		}
		if err != nil {
			got = []string{strings.TrimPrefix(err.Error(), "manifest.csv: ")}
		}
		require.Equal(t, tt.want, strings.Join(got, " "), tt.name)
	}
}

// TestPathsInManifest: a path may be written as on Windows, and with spaces
// around it. A file that has such a name comes first.
func TestPathsInManifest(t *testing.T) {
	folder := fstest.MapFS{
		manifest:   {Data: []byte("path,label\n a/1.png ,1\na\\2.png,2\na\\3.png,3\n 4.png,4\n./a//5.png,5\n")},
		"a\\3.png": {}, "a/3.png": {}, " 4.png": {}, "4.png": {},
	}
	list, err := readManifest(folder, "", &Options{})
	require.NoError(t, err)
	var paths []string
	for _, p := range list {
		paths = append(paths, p.Path)
	}
	require.Equal(t, []string{"a/1.png", "a/2.png", "a\\3.png", " 4.png", "a/5.png"}, paths)
	folder[manifest].Data = []byte("path,label\n  ,1\n")
	_, err = readManifest(folder, "", &Options{})
	require.EqualError(t, err, "manifest.csv: line 2: no path")
}

// A sizedFS holds a manifest of one row. It says that the file has this size.
type sizedFS int64

func (f sizedFS) Open(name string) (fs.File, error) {
	file, err := fstest.MapFS{manifest: {Data: []byte("path,label\na.png,8\n")}}.Open(name)
	return sizedFile{file, int64(f)}, err
}

type sizedFile struct {
	fs.File
	size int64
}

func (f sizedFile) Stat() (fs.FileInfo, error) {
	info, err := f.File.Stat()
	return sizedInfo{info, f.size}, err
}

type sizedInfo struct {
	fs.FileInfo
	size int64
}

func (i sizedInfo) Size() int64 { return i.size }

func TestManifestSize(t *testing.T) {
	list, err := readManifest(sizedFS(maxManifest), "", &Options{})
	require.NoError(t, err)
	require.Len(t, list, 1)
	_, err = readManifest(sizedFS(maxManifest+1), "", &Options{})
	require.EqualError(t, err, "manifest.csv: it is too large; want at most 64 MB")
}

// A counting is a folder that counts open files.
type counting struct {
	fs.FS
	open int
}

func (c *counting) Open(name string) (fs.File, error) {
	f, err := c.FS.Open(name)
	if err == nil {
		c.open++
	}
	return countedFile{f, c}, err
}

func (c *counting) Stat(name string) (fs.FileInfo, error) { return fs.Stat(c.FS, name) }

type countedFile struct {
	fs.File
	folder *counting
}

func (f countedFile) Close() error {
	f.folder.open--
	return f.File.Close()
}

// TestManifestClosed: a manifest does not stay open, right or wrong.
func TestManifestClosed(t *testing.T) {
	for text, fine := range map[string]bool{"path,label\na.png,8\n": true, "path,label\na.png,x\n": false, "": false} {
		c := &counting{FS: fstest.MapFS{manifest: {Data: []byte(text)}}}
		_, err := readManifest(c, "", &Options{Classes: digits})
		require.Equal(t, fine, err == nil)
		require.Zero(t, c.open)
	}
}

// TestLongLists: lists for people end after some names.
func TestLongLists(t *testing.T) {
	names := strings.Fields("aa bb cc dd ee ff gg hh ii jj kk ll mm nn oo pp qq rr ss tt uu")
	require.Equal(t, "one of "+strings.Join(names[:20], ", "), (&Options{Classes: names[:20]}).wanted())
	require.Equal(t, "one of "+strings.Join(names[:20], ", ")+", ...", (&Options{Classes: names}).wanted())
	for _, n := range []int{8, 9} {
		more, dots := "", ""
		if n > 8 {
			more, dots = ", and 1 more", ", ..."
		}
		l := &Labeled{Labels: Folders, Other: names[:n]}
		list := strings.Join(names[:8], ", ")
		require.Equal(t, "the labels are the sub-folders' names; -labels names takes the beginnings of files' names: "+list+dots, l.Notice())
		l = &Labeled{Labels: Names}
		for _, name := range names[:n] {
			l.LeftOut = append(l.LeftOut, Picture{Path: name, Reason: "why"})
		}
		require.True(t, strings.HasSuffix(l.Notice(), "\n\twhy: "+list+more), l.Notice())
	}
}

// TestCameraNames: names that programs give are no labels.
func TestCameraNames(t *testing.T) {
	for _, name := range []string{
		"IMG_1234.JPG", "IMG_E1234.JPG", "DSC_0042.jpg", "PXL_20240506_123456789.jpg", "FB_IMG_1714991234567.jpg",
		"received_1234567890.jpeg", "thumbnail_IMG_1234.jpg", "viber_image_2024-05-06.jpg", "photo_2024-05-06_12-34-56.jpg",
	} {
		_, reason := (&Options{}).byName(name)
		require.Equal(t, cameraPrefix, reason, name)
	}
	for _, name := range []string{"scan1_a.png", "img_a.png", "e_1.png", "received_a.png"} {
		classes, _ := (&Options{}).byName(name)
		require.Len(t, classes, 1, name)
	}
}

// TestSpell: a label is several classes of the model, the longest names first.
func TestSpell(t *testing.T) {
	o := Options{Classes: []string{"two", "two words", "a"}}
	classes, _ := o.spell("two words two a")
	require.Equal(t, []string{"two words", "two", "a"}, classes)
	require.Equal(t, "two words two a", o.text(classes))
	for _, classes := range [][]string{o.Classes, nil} {
		got, _ := (&Options{Classes: classes}).spell(" two words\u00a0 ")
		require.Equal(t, []string{"two words"}, got, "spaces around a label do not count")
	}
	o.Classes = []string{"0", "1", "10"}
	classes, _ = o.spell("10 1")
	require.Equal(t, []string{"10", "1"}, classes)
	_, reason := o.spell("101")
	require.Equal(t, noClass, reason)
	o.Classes = []string{"a", " "}
	classes, _ = o.spell("a a")
	require.Equal(t, []string{"a", " ", "a"}, classes)
}

// locked is a folder with a sub-folder that cannot be read.
type locked struct{ fstest.MapFS }

func (l locked) ReadDir(name string) ([]fs.DirEntry, error) {
	if name == "locked" {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrPermission}
	}
	return l.MapFS.ReadDir(name)
}

// TestUnread: a folder that cannot be read is in the list.
func TestUnread(t *testing.T) {
	files := fstest.MapFS{"a/1_a.png": {}, "locked/2_a.png": {}, "z/3_a.png": {}}
	list, err := walk(locked{files}, "root", true)
	require.NoError(t, err)
	require.Len(t, list, 3)
	require.Equal(t, []bool{false, true, false}, []bool{list[0].Unread, list[1].Unread, list[2].Unread})
	require.Equal(t, filepath.Join("root", "locked"), list[1].Name)
	require.Equal(t, "locked", list[1].Path)
	_, _, err = list[1].Decode()
	require.ErrorIs(t, err, fs.ErrPermission)
}

// TestAnyName: file names need not be UTF-8.
func TestAnyName(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("names are UTF-8")
	}
	dir := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(dir, "\xff"), 0o777))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "\xff", "8_\xfe.png"), nil, 0o666))
	l, err := FindLabeled(dir, Options{})
	require.NoError(t, err)
	list := l.Pictures
	require.Len(t, list, 1)
	require.Equal(t, []string{"\xff/8_\xfe.png", "8"}, []string{list[0].Path, list[0].Label})
	_, _, err = list[0].Decode()
	require.EqualError(t, err, "an empty file; want PNG, JPEG, GIF, BMP, PBM, PGM or PPM")
}

// TestManifestNamed: errors of a manifest name it. The picture has the folder's
// name.
func TestManifestNamed(t *testing.T) {
	for files, want := range map[string]string{
		"manifest.csv/1_a.png": "manifest.csv: not a regular file; to read a pipe, give - as the name and redirect the standard input",
		"1_a.png":              "-labels manifest: there is no manifest.csv",
	} {
		dir := folder(t, files)
		_, _, err := Find([]string{dir}, nil, Options{Labels: Manifest})[0].Decode()
		require.EqualError(t, err, strings.ReplaceAll(want, "DIR", dir))
	}
	_, _, err := Find([]string{filepath.Join(folder(t, "1_a.png"), "1_a.png")}, nil, Options{Labels: Manifest})[0].Decode()
	require.EqualError(t, err, "-labels manifest: name the folder, not the file")
	_, _, err = Find([]string{filepath.Join(t.TempDir(), "none")}, nil, Options{Labels: Manifest})[0].Decode()
	require.ErrorIs(t, err, fs.ErrNotExist)
}

// TestLinkedFolders: a link to a folder is not followed, and that is said.
func TestLinkedFolders(t *testing.T) {
	shapes, dir := folder(t, "star/1.png"), t.TempDir()
	if err := os.Symlink(filepath.Join(shapes, "star"), filepath.Join(dir, "star")); err != nil {
		t.Skip(err) // Windows may forbid it
	}
	_, err := FindLabeled(dir, Options{})
	require.EqualError(t, err, "no labeled pictures in "+dir+": star: links to folders are not followed")
	require.NoError(t, os.WriteFile(filepath.Join(dir, "8_3.png"), nil, 0o666))
	l, err := FindLabeled(dir, Options{})
	require.NoError(t, err)
	require.Len(t, l.Pictures, 2)
	require.Equal(t, []string{"8_3.png", "star"}, []string{l.Pictures[0].Path, l.Pictures[1].Path})
	require.True(t, l.Pictures[1].Unread)
}

// TestOtherLabels: what else may be meant is said.
func TestOtherLabels(t *testing.T) {
	for _, tt := range []struct {
		files []string
		want  string
	}{
		{[]string{"star/anna_1.png", "moon/bob_1.png"},
			"the labels are the sub-folders' names; -labels names takes the beginnings of files' names: anna, bob"},
		{[]string{"star/1_a.png", "moon/2_a.png"},
			"the labels are the beginnings of files' names; -labels folders takes the sub-folders' names: moon, star"},
		{[]string{"star/1.png", "moon/2.png"}, ""},
		{[]string{"star_1.png", "moon_2.png"}, ""},
	} {
		l, err := FindLabeled(folder(t, tt.files...), Options{})
		require.NoError(t, err)
		require.Equal(t, tt.want, l.Notice())
	}
	l, err := FindLabeled(folder(t, "star/1_a.png", "moon/2_a.png"), Options{Labels: Names})
	require.NoError(t, err)
	require.Empty(t, l.Notice(), "the user has chosen")

	l, err = FindLabeled(folder(t, "star/1_a.png", "moon/2_a.png", "x.png"), Options{})
	require.NoError(t, err)
	require.Regexp(t, `^1 of 3 pictures have no label and are left out (?s:.*)[^\n]\nthe labels are the `, l.Notice())
}

// TestForeignLabels: pictures of another model's classes are told as such.
func TestForeignLabels(t *testing.T) {
	dir := folder(t, "star/1.png", "moon/2.png")
	_, err := FindLabeled(dir, Options{Classes: []string{"yes", "no"}})
	require.EqualError(t, err, "the labels in "+dir+", such as that of moon/2.png, are no classes of this model: want one of yes, no; "+
		"to use another model, name its file with -model")
}
