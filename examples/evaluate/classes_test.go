package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/seed-cd6415d7/digits/examples/internal/pictures"
	"github.com/seed-cd6415d7/digits/examples/internal/toymodel"
	"github.com/seed-cd6415d7/digits/examples/reader"
	"github.com/stretchr/testify/require"
)

// TestClasses: the model's names are labels, and the report shows them.
func TestClasses(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, dir, "circle/a.png", "0_marker.png")
	write(t, dir, "circle/b.png", "0_chalk.png")
	write(t, dir, "five-pointed star/a.png", "8_marker.png")
	write(t, dir, "other/a.png", "8_marker.png")
	model := toymodel.Always(t, []string{"circle", "square", "five-pointed star"}, 0, nil)
	sheet := filepath.Join(dir, "sheet")
	out, err := evaluate(t, "-model", model, "-sheet", sheet, dir)
	require.NoError(t, err)
	require.FileExists(t, sheet)
	for _, want := range []string{
		`^1 of 4 pictures have no label and are left out \(pictures are in sub-folders .+\)\n\tno class of the model, want one of circle, square, five-pointed star: other/a\.png\n`,
		`(?m)^one class +2 of +3 right +66\.67% +sure 100\.00%, wrong and sure +1$`,
		`(?m)^circle +2 of +2 right`,
		`(?m)^five-pointed star +0 of +1 right`,
		`(?m)^confusion of pictures with one class or none, read as one or none \(a line per label, a column per answer\)$`,
		`(?m)^                   circle       square five-pointe…         none$`,
		`(?m)^      circle            2            ·            ·            ·$`,
		`(?m)^five-pointe…            1            ·            ·            ·$`,
		`(?m)^five-pointed star/a\.png  five-pointed star, read as circle 8\d\.\d%, then square`,
	} {
		require.Regexp(t, want, out)
	}
	require.NotContains(t, out, "digit")

	out, err = evaluate(t, "-model", model, "-json", dir)
	require.NoError(t, err)
	var s score
	require.NoError(t, json.Unmarshal([]byte(out[strings.Index(out, "{"):]), &s))
	require.Equal(t, []string{"circle", "square", "five-pointed star"}, s.Classes)
	require.Equal(t, [][]int{{2, 0, 0, 0}, {0, 0, 0, 0}, {1, 0, 0, 0}, {0, 0, 0, 0}}, s.Confusion)
	require.Equal(t, 1, s.LeftOut)
	require.Equal(t, "circle", s.Failures[0].Text)
}

// TestSeveralClasses: names are compared as a whole.
func TestSeveralClasses(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, dir, "a.png", "8_marker.png")
	write(t, dir, "b.png", "8_marker.png")
	manifest := filepath.Join(dir, "manifest.csv")
	list := func(text string) { require.NoError(t, os.WriteFile(manifest, []byte("path;label\n"+text), 0o666)) }
	model := toymodel.Always(t, []string{"circle", "square"}, 0, nil)
	list("a.png;circle\nb.png;circle square\n")
	out, err := evaluate(t, "-model", model, dir)
	require.NoError(t, err)
	require.Regexp(t, `(?m)^one class +1 of +1 right`, out)
	require.Regexp(t, `(?m)^several classes +0 of +1 right +0\.00% +sure 100\.00%, wrong and sure +1 +classes +50\.00% of 2$`, out)

	list("a.png;circle\nb.png;triangle\n")
	_, err = evaluate(t, "-model", model, dir)
	require.EqualError(t, err, dir+`: manifest.csv: line 3: label "triangle": no class of the model; want one of circle, square, or nothing if the picture shows none`)
	list("a.png;8\nb.png;8\n")
	_, err = evaluate(t, "-labels", "folders", dir)
	require.ErrorContains(t, err, "no labeled pictures in "+dir+": 2 of 2 pictures have no label")
}

// TestManyClasses: more than 20 classes are no table, but a list of mistakes.
func TestManyClasses(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, dir, "H_1.png", "0_marker.png")
	write(t, dir, "A_1.png", "8_marker.png")
	write(t, dir, "A_2.png", "0_marker.png")
	write(t, dir, "B_1.png", "0_marker.png")
	letters := strings.Split("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "")
	out, err := evaluate(t, "-one", "-model", toymodel.Always(t, letters, 7, nil), dir)
	require.NoError(t, err)
	require.Contains(t, out, "\nconfusion of pictures with one class or none, read as one or none: 1 right, 2 kinds of mistakes\n"+
		"   A read as H       2\n   B read as H       1\n\n")

	s := newScore(letters)
	for label := range 25 {
		s.Confusion[label][25] = label + 1
	}
	var b strings.Builder
	require.NoError(t, s.writeText(&b))
	require.Contains(t, b.String(), ": 0 right, 25 kinds of mistakes; the most frequent are\n   Y read as Z      25\n   X read as Z      24\n")
	require.Contains(t, b.String(), "   F read as Z       6\n")
	require.NotContains(t, b.String(), "   E read as Z")

	s = newScore(letters)
	for label := range 20 {
		s.Confusion[label][25] = 1
	}
	b.Reset()
	require.NoError(t, s.writeText(&b))
	require.Contains(t, b.String(), ": 0 right, 20 kinds of mistakes\n")
	for classes, isList := range map[int]bool{20: false, 21: true} {
		s := newScore(letters[:classes])
		s.Confusion[0][1] = 1
		b.Reset()
		require.NoError(t, s.writeText(&b))
		require.Equal(t, isList, strings.Contains(b.String(), "kind of mistake"), "%d classes", classes)
	}
	b.Reset()
	require.NoError(t, newScore(letters).writeText(&b))
	require.NotContains(t, b.String(), "confusion", "nothing was read as one class")
}

// TestNothingRead: it is an error if no picture could be read.
func TestNothingRead(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, name := range []string{"1_a.png", "2_b.png"} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte("version https://git-lfs.github.com/spec/v1\n"), 0o666))
	}
	out, err := evaluate(t, dir)
	require.EqualError(t, err, "none of 2 pictures could be read")
	require.Contains(t, out, "unsure answers: 0, unreadable pictures: 2, that is all of them\n")
	out, err = evaluate(t, "-json", dir)
	require.EqualError(t, err, "none of 2 pictures could be read")
	require.Contains(t, out, `"unread": 2`)

	write(t, dir, "3_c.png", "3_brush.png")
	out, err = evaluate(t, dir)
	require.NoError(t, err)
	require.Contains(t, out, "unreadable pictures: 2\n")

	// A picture and a folder.
	s := newScore(nil)
	s.add(&pictures.Result{Picture: pictures.Picture{Unread: true}, Err: os.ErrPermission})
	require.True(t, s.nothingRead())
	s.add(&pictures.Result{Page: reader.Page{Answers: make([]reader.Answer, 2)}})
	require.False(t, s.nothingRead())
}

// TestDefaultMode: words are read one by picture, unless -many is given.
func TestDefaultMode(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		names   string
		one     bool
		many    bool
		classes int // of the label
		want    pictures.Mode
	}{
		{"ab cd", false, false, 1, pictures.One},
		{"ab cd", false, false, 0, pictures.One},
		{"ab cd", false, false, 2, pictures.Many},
		{"ab cd", false, true, 1, pictures.Many},
		{"a b", false, false, 1, pictures.Many},
		{"a b", true, false, 1, pictures.One},
		{"a b", true, false, 2, pictures.Many},
	} {
		r, err := reader.Load(toymodel.Always(t, strings.Fields(tt.names), 0, nil))
		require.NoError(t, err)
		o := &options{one: tt.one, many: tt.many}
		require.Equal(t, tt.want, o.mode(r, pictures.Picture{Classes: make([]string, tt.classes)}), fmt.Sprintf("%+v", tt))
	}
}

// TestOneMistake: one is singular.
func TestOneMistake(t *testing.T) {
	t.Parallel()
	s := newScore(strings.Split("ABCDEFGHIJKLMNOPQRSTUVWXYZ", ""))
	s.Confusion[0][1] = 3
	var b strings.Builder
	require.NoError(t, s.writeText(&b))
	require.Contains(t, b.String(), ": 0 right, 1 kind of mistake\n   A read as B       3\n")
}
