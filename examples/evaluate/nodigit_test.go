package main

import (
	"bytes"
	"encoding/json"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"github.com/seed-cd6415d7/digits/examples/internal/toymodel"
	"github.com/seed-cd6415d7/digits/examples/reader"
	"github.com/stretchr/testify/require"
)

var knowsNone = map[string]string{reader.NoDigitKey: "10", reader.ThresholdKey: "0.5"}

// writeBlank writes a picture without ink.
func writeBlank(t *testing.T, name string) {
	var b bytes.Buffer
	require.NoError(t, png.Encode(&b, image.NewGray(image.Rect(0, 0, 300, 200))))
	require.NoError(t, os.WriteFile(name, b.Bytes(), 0o666))
}

func TestNoDigit(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, dir, "zero.png", "0_marker.png")
	write(t, dir, "zeros.png", "0_marker.png")
	write(t, dir, "eight.png", "8_marker.png")  // is no digit for the model
	write(t, dir, "letter.png", "1_stick.png")  // let it be an l
	write(t, dir, "circle.png", "0_marker.png") // let it be an o
	writeBlank(t, filepath.Join(dir, "blank.png"))
	writeBlank(t, filepath.Join(dir, "empty.png"))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "damaged.png"), []byte("BM......"), 0o666))
	manifest := "path,label,kind\nzero.png,0,scan\neight.png,8,scan\nzeros.png,00,scan\n" +
		"letter.png,,scan\ncircle.png,,scan\nempty.png,,\ndamaged.png,,\nblank.png,0,blank\n"
	require.NoError(t, os.WriteFile(filepath.Join(dir, "manifest.csv"), []byte(manifest), 0o666))
	sheet := filepath.Join(dir, "sheet.png")
	out, err := evaluate(t, "-model", toymodel.Hollow(t, knowsNone), "-sheet", sheet, dir)
	require.NoError(t, err)
	require.FileExists(t, sheet)
	for _, want := range []string{
		`(?m)^one digit +1 of +3 right +33\.33% +sure +66\.67%, wrong and sure +1$`,
		`(?m)^several digits +0 of +1 right +0\.00% +sure +100\.00%, wrong and sure +1 +digits +50\.00% of 2$`,
		`(?m)^no digit +2 of +4 right +50\.00% +sure +50\.00%, wrong and sure +1$`,
		`(?m)^all +3 of +8 right +37\.50% +sure +62\.50%, wrong and sure +3 +digits +50\.00% of 2$`,
		`(?m)^unsure answers: 0, unreadable pictures: 1$`,
		`(?m)^scan +1 of +2 right +50\.00%`,
		`(?m)^scan, no digit +1 of +2 right +50\.00%`,
		`(?m)^no digit +1 of +2 right +50\.00% +sure +0\.00%`,
		`(?m)^        0    1    2    3    4    5    6    7    8    9 none$`,
		`(?m)^   0    1    ·    ·    ·    ·    ·    ·    ·    ·    ·    1$`,
		`(?m)^   8    ·    ·    ·    ·    ·    ·    ·    ·    ·    ·    1$`,
		`(?m)^none    1    ·    ·    ·    ·    ·    ·    ·    ·    ·    2$`,
		`(?m)^eight\.png +8, read as no digit \d+\.\d%, then 0`,
		`(?m)^circle\.png +no digit, read as 0 \d+\.\d%, then \d`,
		`(?m)^damaged\.png +no digit, cannot be read: damaged or cut short: bmp: `,
		`(?m)^blank\.png +0, read as no digit, no ink found: `,
	} {
		require.Regexp(t, want, out)
	}
	require.NotRegexp(t, `(?m)^letter`, out)

	out, err = evaluate(t, "-model", toymodel.Hollow(t, knowsNone), "-json", dir)
	require.NoError(t, err)
	var s score
	require.NoError(t, json.Unmarshal([]byte(out), &s))
	require.Equal(t, tally{Pictures: 4, Right: 2, Accuracy: 0.5, Sure: 2, WrongAndSure: 1, Coverage: 0.5}, s.None)
	require.Equal(t, 8, s.All.Pictures)
	require.Equal(t, 3, s.All.WrongAndSure)
	require.Equal(t, 2, s.Confusion[10][10])
	require.Equal(t, 1, s.Confusion[10][0])
	require.Equal(t, 1, s.Confusion[8][10])
	require.Len(t, s.Failures, 5)
	require.Equal(t, failure{Path: "circle.png", Kind: "scan", Text: "0"}, s.Failures[2])
	require.Equal(t, failure{Path: "eight.png", Label: "8", Kind: "scan"}, s.Failures[0])
	require.Contains(t, out, `"wrong_and_sure": 1,`)
}

// TestOnlyNoDigit: a folder may hold nothing but pictures without a digit.
func TestOnlyNoDigit(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, dir, "1_letter.png", "1_stick.png")
	require.NoError(t, os.WriteFile(filepath.Join(dir, "manifest.csv"), []byte("path,label\n1_letter.png,\n"), 0o666))
	out, err := evaluate(t, "-model", toymodel.Hollow(t, knowsNone), dir)
	require.NoError(t, err)
	require.Regexp(t, `^no digit +1 of +1 right +100\.00% +sure +100\.00%, wrong and sure +0\nunsure`, out)
	require.NotContains(t, out, "failures")

	// The built-in model reads a vertical stroke as a 1.
	out, err = evaluate(t, dir)
	require.NoError(t, err)
	require.Regexp(t, `^no digit +0 of +1 right`, out)
	require.Regexp(t, `(?m)^1_letter\.png +no digit, read as 1`, out)
}

// TestKindNames: the kind of a manifest may say that there is no digit.
func TestKindNames(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ kind, word, sort, want string }{
		{"", "no digit", "no digit", "no digit"},
		{"scan", "no digit", "no digit", "scan, no digit"},
		{"single no digit: letters", "no digit", "no digit", "single no digit: letters"},
		{"png", "several", "several digits", "png, several digits"},
		{"several on paper", "several", "several digits", "several on paper"},
	} {
		require.Equal(t, tt.want, named(tt.kind, tt.word, tt.sort))
	}
}

// TestBlank: a picture without ink is read as "no digit". It does not count as
// unreadable, too.
func TestBlank(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	writeBlank(t, filepath.Join(dir, "5_blank.png"))
	out, err := evaluate(t, dir)
	require.NoError(t, err)
	require.Contains(t, out, "unsure answers: 0, unreadable pictures: 0\n")
	require.NotContains(t, out, "cannot be read")
	require.Regexp(t, `(?m)^   5    ·    ·    ·    ·    ·    ·    ·    ·    ·    ·    1$`, out)
}

// TestOne: with -one, all ink belongs to one digit.
func TestOne(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, dir, "3_a.png", "3_brush.png")
	for _, args := range [][]string{{dir}, {"-one", dir}} {
		out, err := evaluate(t, args...)
		require.NoError(t, err)
		require.Regexp(t, `^one digit +1 of +1 right`, out)
	}
}
