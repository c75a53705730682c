package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"image"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/seed-cd6415d7/digits/examples/internal/cli"
	"github.com/seed-cd6415d7/digits/examples/internal/pictures"
	"github.com/stretchr/testify/require"
)

// evaluate runs the program. It returns what the program prints to the standard
// error, if that is not empty, and then what it prints to the standard output.
func evaluate(t *testing.T, args ...string) (string, error) {
	var out, errs bytes.Buffer
	err := run(t.Context(), args, &out, &errs)
	return errs.String() + out.String(), err
}

// write copies a drawing of examples/predict.
func write(t *testing.T, dir, name, drawing string) {
	data, err := os.ReadFile("../predict/test_num/" + drawing)
	require.NoError(t, err)
	name = filepath.Join(dir, filepath.FromSlash(name))
	require.NoError(t, os.MkdirAll(filepath.Dir(name), 0o777))
	require.NoError(t, os.WriteFile(name, data, 0o666))
}

func TestNames(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, dir, "3_a.png", "3_brush.png")
	write(t, dir, "anna/8_a.PNG", "8_marker.png")
	write(t, dir, "anna/5_a.png", "8_marker.png") // mislabeled
	write(t, dir, "bert/07_a.png", "7_hook.png")  // one digit of two
	write(t, dir, "bert/unnamed.png", "7_hook.png")
	require.NoError(t, os.WriteFile(filepath.Join(dir, "bert", "2_b.jpg"), []byte("BM......"), 0o666))
	sheet := filepath.Join(dir, "sheet.png")
	out, err := evaluate(t, "-pictures", dir, "-sheet", sheet)
	require.NoError(t, err)
	for _, want := range []string{
		`(?m)^one digit +2 of +4 right +50\.00% +sure +75\.00%, wrong and sure +1$`,
		`(?m)^several digits +0 of +1 right +0\.00% +sure +100\.00%, wrong and sure +1 +digits +50\.00% of 2$`,
		`(?m)^all +2 of +5 right +40\.00% +sure +80\.00%, wrong and sure +2 +digits +50\.00% of 2$`,
		`(?m)^unsure answers: 0, unreadable pictures: 1$`,
		`(?m)^jpg +0 of +1 right`,
		`(?m)^png +2 of +3 right`,
		`(?m)^png, several digits +0 of +1 right`,
		`(?m)^\. +1 of +1 right +100\.00% +sure +100\.00%, wrong and sure +0$`,
		`(?m)^anna +1 of +2 right`,
		`(?m)^   8    ·    ·    ·    ·    ·    ·    ·    ·    1    ·    ·$`,
		`(?m)^anna/5_a\.png +5, read as 8 \d+\.\d%, then `,
		`(?m)^bert/07_a\.png +07, read as 7`,
		`(?m)^bert/2_b\.jpg +2, cannot be read: damaged or cut short: bmp: `,
	} {
		require.Regexp(t, want, out)
	}
	require.Contains(t, out, "1 of 6 pictures have no label and are left out")
	require.Equal(t, 1, strings.Count(out, "unnamed"))
	require.NotContains(t, out, "\nno digit ")
	f, err := os.Open(sheet)
	require.NoError(t, err)
	defer f.Close()
	drawn, err := png.Decode(f)
	require.NoError(t, err)
	require.Equal(t, image.Rect(0, 0, 368, 220), drawn.Bounds(), "the three mistakes")

	out, err = evaluate(t, dir, "-json") // flags may come last
	require.NoError(t, err)
	var s score
	require.NoError(t, json.Unmarshal([]byte(out[strings.Index(out, "{"):]), &s))
	require.Equal(t, tally{Pictures: 4, Right: 2, Accuracy: 0.5, Sure: 3, WrongAndSure: 1, Coverage: 0.75}, s.Single)
	require.Equal(t, tally{Pictures: 1, Sure: 1, WrongAndSure: 1, Coverage: 1, Digits: 2, Edits: 1, DigitAccuracy: 0.5}, s.Several)
	require.Zero(t, s.None)
	require.Equal(t, 1, s.Confusion[5][8])
	require.Len(t, s.Failures, 3)
	require.Equal(t, "damaged or cut short: bmp: unexpected EOF", s.Failures[2].Error)
}

func TestManifest(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, dir, "x/a.png", "3_brush.png")
	write(t, dir, "b.png", "8_marker.png")
	write(t, dir, "9_not listed.png", "8_marker.png")
	manifest := filepath.Join(dir, "manifest.csv")
	list := func(text string) { require.NoError(t, os.WriteFile(manifest, []byte(text), 0o666)) }
	list("\ufeffLabel,note,Path,kind\n3,\"a, b\",x\\a.png,photo\n8,,b.png,scan\n4,,gone.png,scan\n")
	out, err := evaluate(t, "-pictures", dir)
	require.NoError(t, err)
	list("\ufeff\"Label\",note,Path,kind\n3,,x/a.png,photo\n8,,b.png,scan\n4,,gone.png,scan\n")
	again, err := evaluate(t, "-pictures", dir)
	require.NoError(t, err)
	require.Equal(t, out, again)
	require.Regexp(t, `(?m)^one digit +2 of +3 right`, out)
	require.Regexp(t, `(?m)^photo +1 of +1 right`, out)
	require.Regexp(t, `(?m)^scan +1 of +2 right`, out)
	require.Regexp(t, `(?m)^x +1 of +1 right`, out)
	require.Regexp(t, `(?m)^gone\.png +4, cannot be read: no such file or directory$`, out)

	for text, want := range map[string]string{
		"":                           "manifest.csv: it lists no picture; want a row with the names of columns",
		"path,digit\na.png,3\n":      `manifest.csv: line 1 is "path,digit"; want the names of columns, path and label among them`,
		"path,label\na.png,three\n":  `manifest.csv: line 2: label "three": no class of the model; want digits, or nothing if the picture shows none`,
		"path,label\n../a.png,3\n":   `manifest.csv: line 2: path "../a.png" leads out of the folder`,
		"path,label\na.png\n":        "manifest.csv: record on line 2: wrong number of fields",
		"path,label\n":               "manifest.csv: it lists no picture",
		"path,label\n,3\n":           "manifest.csv: line 2: no path",
		"path,label\n,\n":            "manifest.csv: line 2: no path",
		"path,label\n\"a.png,3\nb\n": "manifest.csv: record on line 2",
	} {
		list(text)
		_, err := evaluate(t, "-pictures", dir)
		require.ErrorContains(t, err, want)
	}
}

// TestSheetInFolder: a sheet is no picture of the folder when evaluate writes
// it again, also that of the suspects.
func TestSheetInFolder(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{}, {"-suspects"}} {
		dir := t.TempDir()
		write(t, dir, "3/a.png", "3_brush.png")
		write(t, dir, "3/b.png", "3_chalk.png")
		write(t, dir, "8/a.png", "8_marker.png")
		write(t, dir, "8/b.png", "8_rings.png")
		args = append(args, "-pictures", dir, "-labels", "folders", "-sheet", filepath.Join(dir, "3", "sheet.png"))
		first, err := evaluate(t, args...)
		require.NoError(t, err)
		again, err := evaluate(t, args...)
		require.NoError(t, err)
		require.Equal(t, first, again)
	}
}

// TestFilesWithoutReader: the report and the sheet are written although nobody
// reads the text.
func TestFilesWithoutReader(t *testing.T) {
	r, stdout, err := os.Pipe()
	require.NoError(t, err)
	require.NoError(t, r.Close())
	defer stdout.Close()
	dir := t.TempDir()
	write(t, dir, "4_wrong.png", "3_brush.png")
	page, png := filepath.Join(dir, "page.html"), filepath.Join(dir, "sheet.png")
	err = run(t.Context(), []string{"-pictures", dir, "-report", page, "-sheet", png}, stdout, io.Discard)
	require.Error(t, err)
	require.FileExists(t, page)
	require.FileExists(t, png)
}

// TestHostileNames: names, kinds and folders cannot control the terminal.
func TestHostileNames(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("there are no such names")
	}
	dir := t.TempDir()
	write(t, dir, "\x1b[31m/4_\u202e.png", "3_brush.png")
	list := "path,label,kind\n\x1b[31m/4_\u202e.png,4,\x1b[1mphoto\n\x1b[31mgone.png,4,scan\n"
	require.NoError(t, os.WriteFile(filepath.Join(dir, "manifest.csv"), []byte(list), 0o666))
	out, err := evaluate(t, dir)
	require.NoError(t, err)
	require.Equal(t, cli.PrintableLines(out), out)
	require.Contains(t, out, "\n\\x1b[31m/4_\\u202e.png  4, read as 3 ")
	require.Contains(t, out, "\n\\x1b[31mgone.png       4, cannot be read: no such file or directory\n", "the columns agree")
	require.Contains(t, out, "\n\\x1b[1mphoto     0 of    1 right")
	require.Contains(t, out, "\n\\x1b[31m     0 of    1 right")
	out, err = evaluate(t, "-json", dir)
	require.NoError(t, err)
	require.Equal(t, cli.PrintableLines(out), out)
	require.True(t, strings.HasPrefix(out, "{\n\t\"all\": {\n"))
	var s score
	require.NoError(t, json.Unmarshal([]byte(out), &s))
	require.Equal(t, "\x1b[31m/4_\u202e.png", s.Failures[0].Path)
	require.Contains(t, s.Kinds, "\x1b[1mphoto")
}

// TestUnread: a folder that cannot be read is listed, but is not a picture.
func TestUnread(t *testing.T) {
	t.Parallel()
	s := newScore(nil)
	unread := pictures.Picture{Path: "locked", Unread: true}
	s.add(&pictures.Result{Picture: unread, Err: os.ErrPermission})
	require.Zero(t, s.Single.Pictures+s.Several.Pictures)
	require.Equal(t, 1, s.Unread)
	var out bytes.Buffer
	require.NoError(t, s.writeText(&out))
	require.Contains(t, out.String(), "\nlocked  a folder, cannot be read: permission denied\n")
}

func TestUsage(t *testing.T) {
	t.Parallel()
	out, err := evaluate(t, "-help")
	require.ErrorIs(t, err, flag.ErrHelp)
	require.Contains(t, out, "go run ./examples/evaluate -pictures folder")
	for _, args := range [][]string{nil, {"a", "b"}, {"-pictures", "a", "b"}, {"-none"}, {"-one", "-many", "a"}, {"-labels", "some", "a"}, {"-suspects", ""}} {
		_, err := evaluate(t, args...)
		require.ErrorIs(t, err, cli.ErrUsage)
	}
	_, err = evaluate(t, "-pictures", t.TempDir())
	require.ErrorContains(t, err, "no labeled pictures in")
	none := filepath.Join(t.TempDir(), "none")
	_, err = evaluate(t, "-pictures", none)
	require.EqualError(t, err, "there is no folder "+none)
	_, err = evaluate(t, "-model", none, "-pictures", t.TempDir())
	require.EqualError(t, err, "-model: there is no file "+none+"; examples/train writes models")
	text, err := evaluate(t, "-report", "a.html")
	require.ErrorIs(t, err, cli.ErrUsage)
	require.Contains(t, text, "want one folder of pictures: -pictures folder")
	file := filepath.Join(t.TempDir(), "3_a.png")
	require.NoError(t, os.WriteFile(file, nil, 0o666))
	_, err = evaluate(t, "-pictures", file)
	require.EqualError(t, err, file+" is not a folder")
	_, err = evaluate(t, "-sheet", t.TempDir(), filepath.Dir(file))
	require.ErrorContains(t, err, "is not a file")
	require.NoError(t, os.WriteFile(file, []byte("a picture"), 0o666))
	_, err = evaluate(t, "-sheet", file, filepath.Dir(file))
	require.ErrorContains(t, err, "-sheet "+file+" exists and is not a contact sheet")
	_, err = evaluate(t, "-model", "none", t.TempDir())
	require.ErrorIs(t, err, os.ErrNotExist)
}

func TestEditDistance(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"", "123", 3}, {"123", "", 3}, {"123", "123", 0}, {"123", "143", 1},
		{"0123", "123", 1}, {"1223", "123", 1}, {"7016361", "0123461", 3}, {"12", "21", 2},
	} {
		a, b := strings.Split(tt.a, ""), strings.Split(tt.b, "")
		require.Equal(t, tt.want, editDistance(a, b), "%s %s", tt.a, tt.b)
		require.Equal(t, tt.want, editDistance(b, a), "%s %s", tt.b, tt.a)
	}
}
