package pictures

import (
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"
)

// TestFindLabeled: examples/evaluate tests the rest.
func TestFindLabeled(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		name = filepath.Join(dir, filepath.FromSlash(name))
		require.NoError(t, os.MkdirAll(filepath.Dir(name), 0o777))
		require.NoError(t, os.WriteFile(name, []byte(text), 0o666))
	}
	for _, name := range []string{"unnamed.png", ".hidden/1_2.png", "notes.txt"} {
		write(name, "")
	}
	_, err := FindLabeled(dir)
	require.ErrorContains(t, err, "no labeled pictures in "+dir)
	write("anna/8_3.JPG", "")
	list, err := FindLabeled(dir)
	require.NoError(t, err)
	require.Len(t, list, 2, "those without a label too")
	require.Equal(t, []string{"anna/8_3.JPG", "8", "jpg", "anna"}, []string{list[0].Path, list[0].Label, list[0].Kind, list[0].Folder()})
	require.Equal(t, []string{"unnamed.png", "", "png", "."}, []string{list[1].Path, list[1].Label, list[1].Kind, list[1].Folder()})
	require.Equal(t, filepath.Join(dir, "anna", "8_3.JPG"), list[0].Name)

	manifest := filepath.Join(dir, "manifest.csv")
	require.NoError(t, os.Mkdir(manifest, 0o777))
	_, err = FindLabeled(dir)
	require.EqualError(t, err, "open manifest.csv: not a regular file")
	require.NoError(t, os.Remove(manifest))
	write("manifest.csv", "path,label,kind\nunnamed.png,7,scan\nanna/8_3.JPG,8,photo\n")
	list, err = FindLabeled(dir)
	require.NoError(t, err)
	require.Len(t, list, 2)
	require.Equal(t, []string{"unnamed.png", "7", "scan"}, []string{list[0].Path, list[0].Label, list[0].Kind})
}

// TestNoLabel: an empty label of a manifest says that there is no digit. A name
// without digits says nothing.
func TestNoLabel(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"letter.png", "8_3.png"} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), nil, 0o666))
	}
	wants := func() (wants []string) {
		list, err := FindLabeled(dir)
		require.NoError(t, err)
		for _, p := range list {
			require.Equal(t, p.Want() == "no digit", p.NoDigit)
			wants = append(wants, p.Want())
		}
		return wants
	}
	require.Equal(t, []string{"8", ""}, wants())
	list := func(text string) {
		require.NoError(t, os.WriteFile(filepath.Join(dir, "manifest.csv"), []byte(text), 0o666))
	}
	list("path,label\nletter.png,\n8_3.png,8\n")
	require.Equal(t, []string{"no digit", "8"}, wants())
	list("path,label\nletter.png,\"\"\n8_3.png,\n")
	require.Equal(t, []string{"no digit", "no digit"}, wants(), "not what the name says")
	list("path,label\nletter.png, \n")
	_, err := FindLabeled(dir)
	require.EqualError(t, err, `manifest.csv: row 2: label " "; want digits, or nothing if the picture shows no digit`)
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
	list, err := FindLabeled(dir)
	require.NoError(t, err)
	require.Len(t, list, 1)
	require.Equal(t, []string{"\xff/8_\xfe.png", "8"}, []string{list[0].Path, list[0].Label})
	_, _, err = list[0].Decode()
	require.EqualError(t, err, "an empty file; want PNG, JPEG, GIF, BMP, PBM, PGM or PPM")
}
