package main

import (
	"fmt"
	"image"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/seed-cd6415d7/digits/examples/reader"
	"github.com/seed-cd6415d7/digits/softmax"
	"github.com/stretchr/testify/require"
)

// zeros saves a model of zeros. All classes have the same probability.
func zeros(t *testing.T, classes int, metadata map[string]string) (file string) {
	return save(t, softmax.New(784, classes), metadata)
}

// hollow saves a model for which ink in the center means "no digit". It reads
// anything else as 0.
func hollow(t *testing.T, metadata map[string]string) (file string) {
	m := softmax.New(784, 11)
	weight, bias := m.Parameters()
	for _, center := range []int{13*28 + 13, 13*28 + 14, 14*28 + 13, 14*28 + 14} {
		weight[10*784+center] = 5
	}
	bias[0], bias[10] = 4, -4
	m.SetParameters(weight, bias)
	return save(t, m, metadata)
}

func save(t *testing.T, m *softmax.Model, metadata map[string]string) (file string) {
	m.Metadata = metadata
	file = filepath.Join(t.TempDir(), "model.safetensors")
	require.NoError(t, m.Save(file))
	return file
}

var (
	knowsNone = map[string]string{reader.NoDigitKey: "10"}
	neverSure = map[string]string{reader.NoDigitKey: "10", reader.ThresholdKey: "2"}
)

// TestJSONFields: scripts rely on these lines.
func TestJSONFields(t *testing.T) {
	dir := t.TempDir()
	white := image.NewGray(image.Rect(0, 0, 28, 28))
	for i := range white.Pix {
		white.Pix[i] = 255
	}
	write(t, dir, "1_a.png", encodePNG(t, white))
	write(t, dir, "many.png", page(t, "8_marker.png"))
	two := map[string]string{reader.NoDigitKey: "10 11", reader.ThresholdKey: "0.1"}
	for _, tt := range []struct {
		name, model string
		args        []string
		want        string
	}{
		{"ten classes", zeros(t, 10, nil), []string{"-raw", "1_a.png"},
			`{"file":"1_a.png","digit":0,"probability":0.1,"best":0,"runner_up":1,"none":0,` +
				`"probabilities":[0.1,0.1,0.1,0.1,0.1,0.1,0.1,0.1,0.1,0.1],"box":[0,0,28,28],"want":1}`},
		{"no digit", zeros(t, 12, two), []string{"-raw", "1_a.png"},
			`{"file":"1_a.png","digit":null,"probability":0.16666667,"best":0,"runner_up":1,"none":0.16666667,` +
				`"probabilities":[P,P,P,P,P,P,P,P,P,P],"box":[0,0,28,28],"want":1}`},
		{"unsure", zeros(t, 10, map[string]string{reader.ThresholdKey: "0.2"}), []string{"-raw", "1_a.png"},
			`{"file":"1_a.png","digit":0,"probability":0.1,"best":0,"runner_up":1,"none":0,"unsure":true,` +
				`"probabilities":[0.1,0.1,0.1,0.1,0.1,0.1,0.1,0.1,0.1,0.1],"box":[0,0,28,28],"want":1}`},
		{"many", zeros(t, 10, map[string]string{reader.ThresholdKey: "1"}), []string{"-many", "many.png"},
			`{"file":"many.png","text":"0","digits":[{"digit":0,"probability":0.1,"best":0,"runner_up":1,"none":0,"unsure":true,` +
				`"box":[BOX],"line":0}]}`},
		{"many, but no digit", zeros(t, 12, two), []string{"-many", "many.png"},
			`{"file":"many.png","text":"","digits":[{"digit":null,"probability":0.16666667,"best":0,"runner_up":1,"none":0.16666667,` +
				`"box":[BOX],"line":0}]}`},
		{"an error", zeros(t, 12, two), []string{"gone.png"}, `{"file":"gone.png","error":"no such file or directory"}`},
	} {
		last := len(tt.args) - 1
		file := filepath.Join(dir, tt.args[last])
		out, _, _ := predict(t, append(tt.args[:last:last], "-json", "-model", tt.model, file)...)
		out = strings.ReplaceAll(out, fmt.Sprintf("%q", file), fmt.Sprintf("%q", tt.args[last]))
		out = strings.ReplaceAll(out, "0.083333336", "P")
		if strings.HasPrefix(tt.name, "many") {
			out = regexp.MustCompile(`"box":\[\d+,\d+,\d+,\d+\]`).ReplaceAllString(out, `"box":[BOX]`)
		}
		require.Equal(t, tt.want+"\n", out, tt.name)
	}
}

func TestNoDigitInTable(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "0_ring.png", sample(t, "0_marker.png"))
	write(t, dir, "8_b.png", sample(t, "8_marker.png"))
	write(t, dir, "stick.png", sample(t, "1_stick.png"))
	out, _, err := predict(t, "-show", "-model", hollow(t, knowsNone), dir)
	require.NoError(t, err)
	require.Regexp(t, `(?m)0_ring\.png +0          0 +\d+\.\d%  █+.?$`, out)
	require.Regexp(t, `(?m)8_b\.png +8   no digit +\d+\.\d%  █+.? +wrong, if it were a digit, 0$`, out)
	require.Regexp(t, `(?m)stick\.png +-   no digit +\d+\.\d%  █+.? +if it were a digit, 0$`, out)
	require.Regexp(t, `┘\nno digit \d+\.\d%, then 0 \d+\.\d%\n`, out)
	require.Regexp(t, `\n3 pictures: 3 read, 2 show no digit, 1 of 2 right \(50\.0%\)\n$`, out)

	out, _, err = predict(t, "-model", hollow(t, neverSure), dir)
	require.NoError(t, err)
	require.Regexp(t, `(?m)8_b\.png .* wrong, unsure \(no digit or 0\)$`, out)
	require.Regexp(t, `(?m)stick\.png .* unsure \(no digit or 0\)$`, out)
	require.Contains(t, out, ", unsure of 3 of 3 answers\n")

	// Twelve classes are equally probable, and two of them mean "no digit".
	metadata := map[string]string{reader.NoDigitKey: "10 11", reader.ThresholdKey: "2"}
	out, _, err = predict(t, "-model", zeros(t, 12, metadata), filepath.Join(dir, "stick.png"))
	require.NoError(t, err)
	require.Regexp(t, `(?m)stick\.png +- +no digit +16\.7%  █+.? +unsure \(no digit or 0\)$`, out)

	out, _, err = predict(t, "-model", hollow(t, knowsNone), filepath.Join(dir, "stick.png"))
	require.NoError(t, err)
	require.Contains(t, out, "\n1 picture: 1 read, 1 shows no digit\n")
}

func TestManyWithNoDigit(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "00_a.png", page(t, "8_marker.png", "0_marker.png", "8_marker.png", "0_marker.png"))
	write(t, dir, "8_b.png", page(t, "8_marker.png"))
	sheet := filepath.Join(dir, "sheet.png")
	out, _, err := predict(t, "-many", "-sheet", sheet, "-model", hollow(t, knowsNone), filepath.Join(dir, "00_a.png"), filepath.Join(dir, "8_b.png"))
	require.NoError(t, err)
	require.FileExists(t, sheet)
	require.Regexp(t, `00_a\.png +00 +00 +\d+\.\d%  █+.? +2 shapes are no digit\n`, out)
	require.Regexp(t, `8_b\.png +8   no digit +\d+\.\d%  █+.? +wrong, 1 shape is no digit\n`, out)
	require.Contains(t, out, "\n2 pictures: 2 read, 1 shows no digit, 1 of 2 right (50.0%)\n")

	out, _, err = predict(t, "-many", "-model", hollow(t, neverSure), filepath.Join(dir, "00_a.png"))
	require.NoError(t, err)
	for _, want := range []string{
		"unsure (no digit or 0) before digit 1, unsure (0 or ",
		") at digit 1, unsure (no digit or 0) before digit 2, unsure (0 or ",
		") at digit 2, 2 shapes are no digit\n", "unsure of 4 of 4 answers",
	} {
		require.Contains(t, out, want)
	}

	out, _, err = predict(t, "-many", "-json", "-model", hollow(t, knowsNone), filepath.Join(dir, "00_a.png"))
	require.NoError(t, err)
	got := objects(t, out)[0]
	require.Equal(t, "00", *got.Text)
	require.Len(t, got.Digits, 4)
	for i, d := range got.Digits {
		require.Equal(t, i%2 == 0, d.Digit == nil, i)
		require.Equal(t, i%2 == 0, d.None > 0.5, i)
		require.Zero(t, d.Best)
	}
}
