package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/seed-cd6415d7/digits/examples/internal/cli"
	"github.com/seed-cd6415d7/digits/examples/internal/toymodel"
	"github.com/seed-cd6415d7/digits/examples/reader"
	"github.com/stretchr/testify/require"
)

var (
	shapes  = []string{"circle", "square", "five-pointed star"}
	letters = strings.Split("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "")
)

// TestClassesInTable: names of classes stand in columns, and labels are names.
func TestClassesInTable(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, dir, "circle_1.png", sample(t, "0_marker.png"))
	write(t, dir, "five-pointed star_1.png", sample(t, "8_marker.png"))
	write(t, dir, "8_1.png", sample(t, "8_marker.png"))
	write(t, dir, "two_1.png", page(t, "5_marker.png", "8_marker.png"))
	out, _, err := predict(t, "-show", "-model", toymodel.Always(t, shapes, 0, nil), "-sheet", filepath.Join(dir, "sheet"), dir)
	require.NoError(t, err)
	require.Regexp(t, `(?m)^picture +expected +predicted$`, out)
	for _, want := range []string{
		`8_1\.png +- +circle   8\d\.\d%  █+.?`,
		`circle_1\.png +circle +circle   8\d\.\d%  █+.?`,
		`five-pointed star_1\.png  five-pointed star +circle   8\d\.\d%  █+.? +wrong`,
		`two_1\.png +- +circle   8\d\.\d%  █+.?`,
	} {
		require.Regexp(t, "(?m)"+want+"$", out)
	}
	require.Contains(t, out, "┘\ncircle 8")
	require.Contains(t, out, "then square 1")
	require.Contains(t, out, "\n4 pictures: 4 read, 1 of 2 right (50.0%)\n")

	out, _, err = predict(t, "-one", "-model", toymodel.Zeros(t, 26, nil), filepath.Join(dir, "8_1.png"))
	require.NoError(t, err)
	require.Regexp(t, `8_1\.png +8 +0 +3\.8%  ▊ +wrong\n`, out, "a model without names")

	metadata := map[string]string{reader.NoDigitKey: "2", reader.ThresholdKey: "1"}
	out, _, err = predict(t, "-model", toymodel.Always(t, []string{"\x1b[2J", "a", "nothing"}, 2, metadata), filepath.Join(dir, "8_1.png"))
	require.NoError(t, err)
	require.Equal(t, cli.PrintableLines(out), out)
	require.Contains(t, out, `no digit`)
	require.Contains(t, out, `unsure (no digit or \x1b[2J)`)
}

// TestClassesAsJSON: class is a string, in place of digit.
func TestClassesAsJSON(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, dir, "H_1.png", sample(t, "0_marker.png"))
	write(t, dir, "circle_1.png", sample(t, "0_marker.png"))
	fields := func(names []string, class int, metadata map[string]string, file string, flags ...string) map[string]any {
		args := append(flags, "-json", "-model", toymodel.Always(t, names, class, metadata), filepath.Join(dir, file))
		out, _, err := predict(t, args...)
		require.NoError(t, err)
		var o map[string]any
		require.NoError(t, json.Unmarshal([]byte(out), &o))
		require.NotContains(t, o, "digit")
		return o
	}
	o := fields(letters, 7, nil, "H_1.png")
	require.Equal(t, []any{"H", "H", "I", "H", "H"}, []any{o["class"], o["best"], o["runner_up"], o["want"], o["text"]})
	require.Len(t, o["probabilities"], 26)
	require.Equal(t, "H", o["digits"].([]any)[0].(map[string]any)["class"])

	o = fields(shapes, 0, nil, "circle_1.png")
	require.Equal(t, []any{"circle", "circle", "square", "circle"}, []any{o["class"], o["best"], o["runner_up"], o["want"]})
	o = fields(shapes, 1, nil, "H_1.png", "-many", "-labels", "none")
	require.Equal(t, []any{"square", nil, "square"}, []any{o["class"], o["want"], o["text"]})

	o = fields(append(letters, "nothing"), 26, map[string]string{reader.NoDigitKey: "26"}, "H_1.png")
	require.Contains(t, o, "class")
	require.Equal(t, []any{nil, "A", "H"}, []any{o["class"], o["best"], o["want"]})
}

// TestLabels: -labels says where labels are.
func TestLabels(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(dir, "8"), 0o777))
	write(t, dir, "8/3_1.png", sample(t, "8_marker.png"))
	write(t, dir, "8/20240506_123456.png", sample(t, "8_marker.png"))
	write(t, dir, "8/manifest.csv", []byte("path;label\n3_1.png;8\n"))
	for _, tt := range []struct{ labels, want string }{
		{"", "2 pictures: 2 read, 0 of 1 right (0.0%)"},
		{"names", "2 pictures: 2 read, 0 of 1 right (0.0%)"},
		{"folders", "2 pictures: 2 read, 2 of 2 right (100.0%)"},
		{"manifest", "1 picture: 1 read, 1 of 1 right (100.0%)"},
		{"auto", "1 picture: 1 read, 1 of 1 right (100.0%)"},
		{"none", "2 pictures: 2 read\n"},
	} {
		args := []string{filepath.Join(dir, "8")}
		if tt.labels != "" {
			args = append(args, "-labels", tt.labels)
		}
		out, _, err := predict(t, args...)
		require.NoError(t, err)
		require.Contains(t, out, tt.want, tt.labels)
	}
	_, errs, err := predict(t, "-labels", "name", dir)
	require.ErrorIs(t, err, cli.ErrUsage)
	require.Contains(t, errs, "want auto, names, folders, manifest or none")
}

// TestManifest: a manifest counts for a folder, and not for a picture in it, as
// -help says.
func TestManifest(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "5_x.png")
	write(t, dir, "5_x.png", sample(t, "0_marker.png"))
	write(t, dir, "manifest.csv", []byte("path,label\n5_x.png,0\n"))
	for _, tt := range []struct{ labels, argument, want string }{
		{"auto", dir, "1 read, 1 of 1 right"}, {"manifest", dir, "1 read, 1 of 1 right"}, {"auto", file, "1 read, 0 of 1 right"},
		{"manifest", file, "cannot be read: -labels manifest: name the folder, not the file"},
	} {
		out, _, _ := predict(t, "-labels", tt.labels, tt.argument)
		require.Contains(t, out, tt.want)
	}
	require.Contains(t, strings.ReplaceAll(usage, "\n", " "), "A manifest counts only if you name its folder")
}
