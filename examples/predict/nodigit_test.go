package main

import (
	"fmt"
	"image"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/seed-cd6415d7/digits/examples/internal/pictures"
	"github.com/seed-cd6415d7/digits/examples/internal/toymodel"
	"github.com/seed-cd6415d7/digits/examples/reader"
	"github.com/seed-cd6415d7/digits/imageprep"
	"github.com/stretchr/testify/require"
)

var (
	knowsNone = map[string]string{reader.NoDigitKey: "10"}
	neverSure = map[string]string{reader.NoDigitKey: "10", reader.ThresholdKey: "2"}
)

// TestJSONFields: scripts rely on these lines.
func TestJSONFields(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	white := image.NewGray(image.Rect(0, 0, 28, 28))
	for i := range white.Pix {
		white.Pix[i] = 255
	}
	write(t, dir, "1_a.png", encodePNG(t, white))
	two := map[string]string{reader.NoDigitKey: "10 11", reader.ThresholdKey: "0.1"}
	tenth := `"digit":0,"probability":0.1,"best":0,"runner_up":1,"none":0,`
	sixth := `"digit":null,"probability":0.16666667,"best":0,"runner_up":1,"none":0.16666667,`
	tenths := `"probabilities":[0.1,0.1,0.1,0.1,0.1,0.1,0.1,0.1,0.1,0.1],`
	const box = `"box":[0,0,28,28]`
	for _, tt := range []struct {
		name, model string
		args        []string
		want        string
	}{
		{"ten classes", toymodel.Zeros(t, 10, nil), []string{"-raw", "1_a.png"},
			`{"file":"1_a.png",` + tenth + box + `,` + tenths + `"text":"0","lines":["0"],"digits":[{` + tenth + box + `,"line":0}],"want":1}`},
		{"no digit", toymodel.Zeros(t, 12, two), []string{"-raw", "1_a.png"},
			`{"file":"1_a.png",` + sixth + box + `,"probabilities":[P,P,P,P,P,P,P,P,P,P],"text":"","lines":[],"digits":[],` +
				`"left_out":[{` + sixth + box + `,"line":0}],"want":1}`},
		{"unsure", toymodel.Zeros(t, 10, map[string]string{reader.ThresholdKey: "0.2"}), []string{"-raw", "1_a.png"},
			`{"file":"1_a.png",` + tenth + `"unsure":true,` + box + `,` + tenths + `"text":"0","lines":["0"],"digits":[{` +
				tenth + `"unsure":true,` + box + `,"line":0}],"want":1}`},
		{"an error", toymodel.Zeros(t, 12, two), []string{"gone.png"}, `{"file":"gone.png","error":"no such file or directory"}`},
		{"an error and a label", toymodel.Zeros(t, 12, two), []string{"12_gone.png"}, `{"file":"12_gone.png","want":"12","error":"no such file or directory"}`},
		{"an error with -many", toymodel.Zeros(t, 12, two), []string{"-many", "1_gone.png"}, `{"file":"1_gone.png","want":"1","error":"no such file or directory"}`},
	} {
		last := len(tt.args) - 1
		file := filepath.Join(dir, tt.args[last])
		out, _, _ := predict(t, append(tt.args[:last:last], "-json", "-model", tt.model, file)...)
		out = strings.ReplaceAll(out, fmt.Sprintf("%q", file), fmt.Sprintf("%q", tt.args[last]))
		out = strings.ReplaceAll(out, "0.083333336", "P")
		require.Equal(t, tt.want+"\n", out, tt.name)
	}
}

// TestJSONOfPages: pages are printed as a reader returns them.
func TestJSONOfPages(t *testing.T) {
	t.Parallel()
	answer := func(digit, line int, sure bool) reader.Answer {
		return reader.Answer{Digit: digit, Line: line, Sure: sure, Probability: 0.5, Box: image.Rect(1, 2, 3, 4)}
	}
	mark := reader.Answer{NoDigit: true, None: 0.5, Probability: 0.5, Sure: true, Line: 1, Box: image.Rect(5, 6, 7, 8)}
	print := func(page reader.Page) string {
		var b strings.Builder
		p := &printer{options: &options{json: true}, w: &b, digits: true, classes: strings.Split("0123456789", "")}
		p.result(&result{Result: &pictures.Result{Picture: pictures.Picture{Name: "a"}, Page: page}})
		require.NoError(t, p.err)
		return b.String()
	}
	digit := func(d string) string {
		return `{"digit":` + d + `,"probability":0.5,"best":` + d + `,"runner_up":0,"none":0,`
	}
	left := `{"digit":null,"probability":0.5,"best":0,"runner_up":0,"none":0.5,"box":[5,6,7,8],"line":1}`
	const box = `"box":[1,2,3,4],`
	require.Equal(t, `{"file":"a","text":"71\n2","lines":["71","2"],"digits":[`+
		digit("7")+box+`"line":0},`+digit("1")+`"unsure":true,`+box+`"line":0},`+digit("2")+box+`"line":1}],`+
		`"left_out":[`+left+`],"turned":180,"warnings":["low contrast"]}`+"\n",
		print(reader.Page{Answers: []reader.Answer{answer(7, 0, true), answer(1, 0, false), answer(2, 1, true)},
			LeftOut: []reader.Answer{mark}, Orientation: 3, Turned: 180, Warnings: []imageprep.Warning{imageprep.LowContrast}}))
	require.Equal(t, `{"file":"a","text":"","lines":[],"digits":[]}`+"\n", print(reader.Page{}))

	// A single digit has its warnings and those of its page.
	one := answer(7, 0, true)
	one.Warnings = []imageprep.Warning{imageprep.TouchesBorder}
	require.Contains(t, print(reader.Page{Answers: []reader.Answer{one}, Warnings: []imageprep.Warning{imageprep.LowContrast}}),
		`,"warnings":["low contrast","touches the border"]}`)
}

// TestRows: the table has a row for each line, and notes for people.
func TestRows(t *testing.T) {
	t.Parallel()
	sure := func(digit, line int) reader.Answer {
		return reader.Answer{Digit: digit, RunnerUp: 9, Line: line, Sure: true, Probability: 0.99, Probabilities: make([]float32, 10)}
	}
	doubt := func(digit, line int) reader.Answer {
		return reader.Answer{Digit: digit, RunnerUp: 9, Line: line, Probability: 0.5, Probabilities: make([]float32, 10)}
	}
	mark := reader.Answer{NoDigit: true, Digit: 4, Probability: 0.9, Sure: true}
	doubtful, several := mark, sure(7, 0)
	doubtful.Sure, doubtful.Probability, doubtful.Warnings = false, 0.5, []imageprep.Warning{imageprep.TouchesBorder}
	overruled := mark
	overruled.None, overruled.Probabilities = 0.25, []float32{4: 0.75}
	several.Warnings = []imageprep.Warning{imageprep.SeveralDigits}
	marks := func(n int) []reader.Answer { return slices.Repeat([]reader.Answer{mark}, n) }
	type answers = []reader.Answer
	type rows = []row
	for name, tt := range map[string]struct {
		page reader.Page
		want rows
	}{
		"a digit":     {reader.Page{Answers: answers{sure(7, 0)}}, rows{{"7", 0.99, nil}}},
		"unsure":      {reader.Page{Answers: answers{doubt(7, 0)}}, rows{{"7", 0.5, []string{"unsure (7 or 9)"}}}},
		"digits":      {reader.Page{Answers: answers{sure(7, 0), doubt(2, 0)}}, rows{{"72", 0.5, []string{"unsure (2 or 9) at digit 2"}}}},
		"a mark":      {reader.Page{LeftOut: marks(1)}, rows{{"no digit", 0.9, []string{"if it were a digit, 4"}}}},
		"marks":       {reader.Page{LeftOut: marks(2)}, rows{{"no digit", 0.9, []string{"2 marks"}}}},
		"nothing":     {reader.Page{}, rows{{"no digit", 0, nil}}},
		"digit, mark": {reader.Page{Answers: answers{sure(7, 0)}, LeftOut: marks(1)}, rows{{"7", 0.99, []string{"1 mark left out"}}}},
		"many unsure": {reader.Page{Answers: slices.Repeat(answers{doubt(2, 0)}, 4)}, rows{{"2222", 0.5, []string{"unsure at digits 1, 2, 3, 4"}}}},
		"three unsure": {reader.Page{Answers: slices.Repeat(answers{doubt(2, 0)}, 3)},
			rows{{"222", 0.5, []string{"unsure (2 or 9) at digit 1", "unsure (2 or 9) at digit 2", "unsure (2 or 9) at digit 3"}}}},
		"unsure mark": {reader.Page{LeftOut: answers{doubtful}}, rows{{"no digit", 0.5, []string{"unsure (no digit or 4)", "touches the border"}}}},
		"overruled": {reader.Page{LeftOut: answers{overruled}},
			rows{{"no digit", 0, []string{"the model takes this ink for 4 (75.0%), but its place or size says that it is no digit"}}}},
		"two in one": {reader.Page{Answers: answers{several}}, rows{{"7", 0.99, []string{imageprep.SeveralDigits.String() + ": -many reads all"}}}},
		"turned lines": {reader.Page{Answers: answers{sure(1, 0), sure(2, 0), doubt(3, 2)}, LeftOut: marks(2), Turned: 270},
			rows{{"12", 0.99, []string{"read turned by 270 degrees", "2 marks left out"}}, {"3 ", 0.5, []string{"unsure (3 or 9)"}}}},
		"warnings": {reader.Page{Answers: answers{sure(7, 0)}, Warnings: []imageprep.Warning{imageprep.LowContrast, imageprep.SeveralParts, imageprep.LowContrast}},
			rows{{"7", 0.99, []string{"low contrast"}}}},
	} {
		require.Equal(t, tt.want, rowsOf(&result{Result: &pictures.Result{Page: tt.page}}), name)
	}
	wrong := &pictures.Result{Picture: pictures.Picture{Label: "1"}, Page: reader.Page{Answers: answers{sure(7, 0)}}}
	require.Equal(t, []string{"wrong"}, rowsOf(&result{Result: wrong})[0].notes)
}

func TestNoDigitInTable(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, dir, "0_ring.png", sample(t, "0_marker.png"))
	write(t, dir, "8_b.png", sample(t, "8_marker.png"))
	write(t, dir, "stick.png", sample(t, "1_stick.png"))
	out, _, err := predict(t, "-show", "-model", toymodel.Hollow(t, knowsNone), dir)
	require.NoError(t, err)
	require.Regexp(t, `(?m)0_ring\.png +0          0 +\d+\.\d%  █+.?$`, out)
	require.Regexp(t, `(?m)8_b\.png +8   no digit +\d+\.\d%  █+.? +wrong, if it were a digit, 0\b`, out)
	require.Regexp(t, `(?m)stick\.png +-   no digit +\d+\.\d%  █+.? +if it were a digit, 0\b`, out)
	require.Regexp(t, `┘\nno digit \d+\.\d%, then 0 \d+\.\d%\n`, out)
	require.Regexp(t, `\n3 pictures: 3 read, 2 show no digit, 1 of 2 right \(50\.0%\)\n$`, out)

	out, _, err = predict(t, "-model", toymodel.Hollow(t, neverSure), dir)
	require.NoError(t, err)
	require.Regexp(t, `(?m)8_b\.png .* wrong, unsure \(no digit or 0\)`, out)
	require.Regexp(t, `(?m)stick\.png .* unsure \(no digit or 0\)`, out)
	require.Contains(t, out, ", unsure of 3 of 3 answers\n")

	// Twelve classes are equally probable, and two of them mean "no digit".
	metadata := map[string]string{reader.NoDigitKey: "10 11", reader.ThresholdKey: "2"}
	out, _, err = predict(t, "-model", toymodel.Zeros(t, 12, metadata), filepath.Join(dir, "stick.png"))
	require.NoError(t, err)
	require.Regexp(t, `(?m)stick\.png +- +no digit +16\.7%  █+.? +unsure \(no digit or 0\)`, out)

	out, _, err = predict(t, "-model", toymodel.Hollow(t, knowsNone), filepath.Join(dir, "stick.png"))
	require.NoError(t, err)
	require.Contains(t, out, "\n1 picture: 1 read, 1 shows no digit\n")
}

// TestMarks: the digits of a sum are read, and its signs are reported.
func TestMarks(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, dir, "12719_a.png", sample(t, "12719_sum.png"))
	sheet := filepath.Join(dir, "sheet.png")
	out, _, err := predict(t, "-sheet", sheet, filepath.Join(dir, "12719_a.png"))
	require.NoError(t, err)
	require.FileExists(t, sheet)
	require.Regexp(t, `12719_a\.png +12719 +12 ?7 ?19 +\d+\.\d%  █+.? +[23] marks left out\n`, out)

	out, _, err = predict(t, "-json", filepath.Join(dir, "12719_a.png"))
	require.NoError(t, err)
	got := objects(t, out)[0]
	require.Equal(t, "12719", strings.ReplaceAll(got.Text, " ", ""))
	require.Nil(t, got.Answer)
	require.Len(t, got.Digits, 5)
	require.NotEmpty(t, got.LeftOut)
	for _, d := range got.LeftOut {
		require.Nil(t, d.Digit)
		require.Greater(t, d.Box[0], got.Digits[1].Box[2]-10, "the signs are right of the 12")
		require.Less(t, d.Box[2], got.Digits[3].Box[0]+10, "and left of the 19")
	}
}

// TestTurned: the table and the JSON say that a page was turned.
func TestTurned(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, dir, "274_a.png", sample(t, "274_turned.png"))
	out, _, err := predict(t, dir)
	require.NoError(t, err)
	require.Regexp(t, `274_a\.png +274 +274 +\d+\.\d%  █+.? +read turned by 270 degrees\n`, out)
	out, _, err = predict(t, "-json", dir)
	require.NoError(t, err)
	require.Equal(t, 270, objects(t, out)[0].Turned)
}

// TestOne: with -one, all ink is one digit, or no digit.
func TestOne(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, dir, "8_a.png", sample(t, "8_marker.png"))
	write(t, dir, "58_b.png", page(t, "5_marker.png", "8_marker.png"))
	out, _, err := predict(t, "-one", "-json", dir)
	require.NoError(t, err)
	for _, o := range objects(t, out) {
		require.NotNil(t, o.Answer)
		require.Len(t, slices.Concat(o.Digits, o.LeftOut), 1)
	}
}
