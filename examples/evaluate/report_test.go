package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"html"
	"image"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/seed-cd6415d7/digits/examples/internal/cli"
	"github.com/seed-cd6415d7/digits/examples/internal/pictures"
	"github.com/seed-cd6415d7/digits/examples/internal/report"
	"github.com/seed-cd6415d7/digits/examples/internal/toymodel"
	"github.com/seed-cd6415d7/digits/examples/reader"
	"github.com/seed-cd6415d7/digits/imageprep"
	"github.com/stretchr/testify/require"
)

// mixed writes pictures with one digit, several and none, right and wrong, and
// one that cannot be read. It returns the arguments that evaluate them.
func mixed(t *testing.T) (args []string) {
	dir := t.TempDir()
	for name, drawing := range map[string]string{
		"zero.png": "0_marker.png", "a/zero.png": "0_chalk.png", "a/three.png": "0_chalk.png", "a/eight.png": "8_marker.png",
		"zeros.png": "0_marker.png", "letter.png": "1_stick.png", "circle.png": "0_marker.png",
	} {
		write(t, dir, name, drawing)
	}
	require.NoError(t, os.WriteFile(filepath.Join(dir, "damaged.png"), []byte("BM......"), 0o666))
	manifest := "path,label,kind\nzero.png,0,scan\na/zero.png,0,scan\na/three.png,3,photo\na/eight.png,8,scan\nzeros.png,00,scan\n" +
		"letter.png,,scan\ncircle.png,,scan\ndamaged.png,4,scan\n"
	require.NoError(t, os.WriteFile(filepath.Join(dir, "manifest.csv"), []byte(manifest), 0o666))
	return []string{"-model", toymodel.Hollow(t, knowsNone), dir}
}

// reportOf runs evaluate, and returns the report and what is printed.
func reportOf(t *testing.T, args ...string) (page, out string) {
	t.Helper()
	name := filepath.Join(t.TempDir(), "report.html")
	out, err := evaluate(t, append(args, "-report", name)...)
	require.NoError(t, err)
	data, err := os.ReadFile(name)
	require.NoError(t, err)
	require.NotContains(t, string(data), "ZgotmplZ", "html/template refuses no part")
	for _, tag := range strings.Fields("article div figure h2 main ol section svg table ul") {
		opened := regexp.MustCompile("<"+tag+"[ >]").FindAllString(string(data), -1)
		require.Equal(t, len(opened), strings.Count(string(data), "</"+tag+">"), "%s: each one is closed", tag)
	}
	return string(data), out
}

var (
	rowPattern  = regexp.MustCompile(`<tr>(<th scope="row">.+?)</tr>`)
	cellPattern = regexp.MustCompile(`(?s)<t[hd][^>]*>(.*?)</t[hd]>`)
	tagPattern  = regexp.MustCompile(`(?s)<[^>]*>`)
)

// plain returns the text of HTML.
func plain(text string) string {
	return html.UnescapeString(tagPattern.ReplaceAllString(text, ""))
}

// section returns a section of a report.
func section(page, title string) string {
	_, rest, _ := strings.Cut(page, ">"+title+"</h2>")
	rest, _, _ = strings.Cut(rest, "</section>")
	return rest
}

// rows returns the cells of the tables in a section, by the names of the rows.
func rows(page, title string) map[string][]string {
	table := map[string][]string{}
	for _, row := range rowPattern.FindAllStringSubmatch(section(page, title), -1) {
		var cells []string
		for _, cell := range cellPattern.FindAllStringSubmatch(row[1], -1) {
			cells = append(cells, plain(cell[1]))
		}
		table[cells[0]] = cells[1:]
	}
	return table
}

// TestReportNumbers: the report, the JSON and the sheet agree. One run makes
// all three.
func TestReportNumbers(t *testing.T) {
	t.Parallel()
	sheet := filepath.Join(t.TempDir(), "sheet.png")
	page, out := reportOf(t, append(mixed(t), "-json", "-sheet", sheet)...)
	require.FileExists(t, sheet)
	var s score
	require.NoError(t, json.Unmarshal([]byte(out), &s))
	require.Equal(t, 5, s.Single.Pictures)
	require.Len(t, s.Failures, 5)
	check := func(title string, tallies map[string]*tally) {
		got := rows(page, title)
		for name, want := range tallies {
			sure := "–"
			if want.Sure > 0 {
				sure = report.Percent(float64(want.Sure-want.WrongAndSure) / float64(want.Sure))
			}
			require.Equal(t, []string{
				strconv.Itoa(want.Pictures), strconv.Itoa(want.Pictures - want.Right), report.Percent(want.Accuracy), report.Percent(want.Coverage), sure,
				strconv.Itoa(want.WrongAndSure),
			}, got[name][:6], "%s: %s", title, name)
		}
	}
	check("Pictures", map[string]*tally{"one digit": &s.Single, "several digits": &s.Several, "no digit": &s.None, "all": &s.All})
	check("By kind", s.Kinds)
	check("By folder", s.Folders)
	require.Equal(t, []string{"2", "50.00%"}, rows(page, "Pictures")["several digits"][7:])
	require.Equal(t, []string{"1", "1"}, rows(page, "Pictures")["one digit: read as another digit"])
	require.Equal(t, []string{"1", "1"}, rows(page, "Pictures")["one digit: read as no digit"])
	require.Equal(t, []string{"1", "0"}, rows(page, "Pictures")["one digit: not read"])
	require.Equal(t, []string{"1", "1"}, rows(page, "Pictures")["several digits: too few digits"])
	require.Equal(t, []string{"1", "1"}, rows(page, "Pictures")["no digit: read as a digit"])

	head, _, _ := strings.Cut(page, "</header>")
	for _, want := range []string{
		"40.00% right of 5 pictures with one digit", "80.00% of these have sure answers", "50.00% right if sure: 2 wrong and sure",
		"0% right of 1 picture with several digits", "50.00% right of the 2 digits in them", "50.00% right of 2 pictures without a digit",
		"8 with a label, 1 cannot be read", "labelsmanifest", "0, 1, 2, 3, 4, 5, 6, 7, 8, 9, and 1 that are no digit",
		"pixels: 784 numbers", "answers with a probability of at least 50.00%", "go run ./examples/evaluate -model ",
	} {
		require.Contains(t, plain(head), want)
	}
	require.Equal(t, []string{"4", "damaged or cut short: bmp: unexpected EOF"}, rows(page, "Pictures with an error")["damaged.png"])
	require.Contains(t, section(page, "Confusion"), "<title>3, read as 0: 1 of 1, 100")
	require.Contains(t, section(page, "Confusion"), "<title>4, read as error: 1 of 1, 100")
	require.Contains(t, section(page, "Confusion"), "<title>8, read as no digit: 1 of 1, 100")
	require.Contains(t, section(page, "Confusion"), "<title>no digit: 1 of 2 right, 50.00")
}

// TestReportCards: the worst mistake comes first. A card says what the picture
// shows, what was read and why.
func TestReportCards(t *testing.T) {
	t.Parallel()
	page, _ := reportOf(t, mixed(t)...)
	cards := cardsIn(page, "Worst mistakes")
	require.Len(t, cards, 2)
	require.Regexp(t, `^8, read as no digit with 99\.\d+% sure\n8: \d\.\d\d%\n(?s:.*)a/eight.png · scan$`, text(cards[0]))
	require.Regexp(t, `^3, read as 0 with \d\d\.\d+% sure\n3: \d\.\d\d%\n(?s:.*)so 0 is \d+ times as probable as 3\na/three.png · photo$`, text(cards[1]))
	require.Contains(t, cards[1], `<svg class="why"`)
	require.Contains(t, plain(cards[1]), "why 0 and not 3", "the rival is the right answer")
	require.Contains(t, plain(cards[0]), `why "no digit" and not 8`)

	several := cardsIn(page, "Worst mistakes with several digits")
	require.Len(t, several, 1)
	require.Regexp(t, `^00, read as 0 sure\nedit distance 1\nzeros.png · scan$`, text(several[0]))
	require.Equal(t, 1, strings.Count(several[0], `<li class="wrong"`), "a digit is missing")

	none := cardsIn(page, "No digit, but read as one")
	require.Len(t, none, 1)
	require.Regexp(t, `^no digit, read as 0 with \d\d\.\d+% sure\n`, text(none[0]))
	require.Contains(t, plain(none[0]), `why 0 and not "no digit"`)
}

// TestCardNotes: a card says what may be wrong with the picture, and how far a
// label of several digits is from the answers.
func TestCardNotes(t *testing.T) {
	t.Parallel()
	r, err := reader.Load(toymodel.Zeros(t, 10, nil))
	require.NoError(t, err)
	f := newFindings(r, "digit")
	seen := image.NewGray(image.Rect(0, 0, 28, 28))
	one := reader.Answer{Digit: 1, Sure: true, Probability: 0.75, Probabilities: make([]float32, 10), Image: seen, Box: image.Rect(0, 0, 5, 5)}
	cut, small := one, one
	cut.Warnings, cut.Box = []imageprep.Warning{imageprep.WasCut}, image.Rect(0, 0, 9, 9)
	small.Warnings = []imageprep.Warning{imageprep.MayBeMark}
	overruled := one
	overruled.NoDigit, overruled.Probabilities = true, []float32{1: 0.75, 9: 0}
	turned, wasCut := imageprep.MayBeTurned.String(), imageprep.WasCut.String()
	for _, tt := range []struct {
		label         string
		answers, left []reader.Answer
		turned        int
		warning       bool
		notes         string // paragraphs between the head and the name
	}{
		{"1", []reader.Answer{one}, nil, 0, false, ""},
		{"1", []reader.Answer{cut}, nil, 0, false, wasCut + "\n"},
		{"1", []reader.Answer{cut}, nil, 0, true, turned + ", " + wasCut + "\n"},
		{"1", []reader.Answer{one}, nil, 90, false, "turned by 90 degrees\n"},
		{"1", []reader.Answer{one}, []reader.Answer{cut, small}, 0, false, "2 left out\n"},
		{"1", []reader.Answer{one, cut}, nil, 0, true, turned + "\n"},
		{"1", nil, []reader.Answer{small, cut}, 0, false, wasCut + "\n"},
		{"1", nil, []reader.Answer{overruled}, 0, false, pictures.WhyOverruled(&overruled) + "\n"},
		{"11", []reader.Answer{cut}, nil, 0, false, "edit distance 1\n" + wasCut + "\n"},
		{"11", []reader.Answer{one, one}, []reader.Answer{small}, 270, false, "edit distance 0\nturned by 270 degrees, 1 left out\n"},
		{"11", nil, nil, 0, true, "edit distance 2\n" + turned + "\n"},
	} {
		res := answered(r, tt.label, tt.answers...)
		res.Image, res.Path, res.Kind, res.LeftOut, res.Turned = seen, "a.png", "scan", tt.left, tt.turned
		if tt.warning {
			res.Warnings = []imageprep.Warning{imageprep.MayBeTurned}
		}
		card := string(f.cardOf(res))
		if len(tt.label) > 1 {
			require.Equal(t, len(tt.left), strings.Count(card, `<li class="out"`), "what was left out is shown")
		}
		head, notes, _ := strings.Cut(text(card), "\n")
		isOverruled := len(tt.left) == 1 && tt.left[0].NoDigit
		one := len(tt.answers) == 1 && tt.label == "1" || len(tt.answers) == 0 && tt.left != nil
		require.Equal(t, one && !isOverruled, strings.Contains(head, "75.00%"), "%+v: %s", tt, head)
		if percent, rest, found := strings.Cut(notes, "%\n"); found { // of the label
			require.Contains(t, []string{"1: 0", "1: 75.00"}, percent, head)
			notes = rest
		}
		require.Equal(t, tt.notes+"a.png · scan", notes, "%+v", tt)
	}
}

// TestReportNumbersOfOne: there are numbers for each sort of picture that there
// is, and no others.
func TestReportNumbersOfOne(t *testing.T) {
	t.Parallel()
	f, s := &findings{noun: "digit"}, newScore([]string{"0", "1"})
	require.Empty(t, f.numbers(s))
	s.Single.Pictures = 1
	require.Len(t, f.numbers(s), 2, "no answer is sure")
	s.Single.Sure = 1
	require.Len(t, f.numbers(s), 3)
	s.Several.Pictures = 1
	require.Len(t, f.numbers(s), 5)
	s.None.Pictures = 1
	require.Len(t, f.numbers(s), 6)
}

// TestReportThreshold: the report says from where on answers are sure.
func TestReportThreshold(t *testing.T) {
	t.Parallel()
	for threshold, want := range map[string]string{
		"": "", "0.5": "answers with a probability of at least 50.00%", "1": "answers with a probability of at least 100%",
		"1.5": "no answer", "2": "no answer",
	} {
		metadata := map[string]string{}
		if threshold != "" {
			metadata[reader.ThresholdKey] = threshold
		}
		r, err := reader.Load(toymodel.Zeros(t, 10, metadata))
		require.NoError(t, err, threshold)
		got := ""
		for _, fact := range newFindings(r, "digit").facts(new(options), r, new(pictures.Labeled), newScore(r.Classes())) {
			if fact.Name == "sure" {
				got = fact.Value
			}
		}
		require.Equal(t, want, got, threshold)
	}
	one := newScore([]string{"0", "1"})
	one.Single.Pictures = 1
	for sure, none := range map[float64]bool{0: false, 1: false, 1.5: true} {
		f := &findings{noun: "digit", sure: sure}
		require.Equal(t, none, strings.Contains(fmt.Sprint(f.probabilities(one)), " No answer is sure."), sure)
	}
}

// cardsIn returns the cards in a section.
func cardsIn(page, title string) []string {
	return strings.Split(section(page, title), `<li>
<div class="views`)[1:]
}

// text returns the paragraphs of a card.
func text(card string) string {
	var list []string
	for _, p := range regexp.MustCompile(`(?s)<p[ >].*?</p>`).FindAllString(card, -1) {
		list = append(list, plain(p))
	}
	return strings.Join(list, "\n")
}

// TestReportNames: names in any script show as they are. Others are escaped.
func TestReportNames(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("there are no such names")
	}
	dir := t.TempDir()
	classes := []string{"<b onclick='x()'>\"a&b\"", "дом", "星", "خانه\u200cها"}
	for i, class := range classes {
		write(t, dir, class+"/<script>alert(1)<!--.png", "0_marker.png")
		write(t, dir, class+"/\u202e\x1b[31m.png", "8_marker.png")
		require.NoError(t, os.WriteFile(filepath.Join(dir, class, fmt.Sprintf("<%d>.png", i)), []byte("<img src=x>"), 0o666))
	}
	page, _ := reportOf(t, "-model", toymodel.Always(t, classes, 1, map[string]string{"training": "<i>"}), dir)
	require.NotRegexp(t, "<(script|b on|i>|!--[^ ]|img src=x|[0-9])", page)
	require.NotRegexp(t, "[\x00-\x08\x0b-\x1f\u202e]", page)
	mistakes := plain(section(page, "Worst mistakes"))
	for _, class := range classes {
		for _, want := range []string{class + ", read as дом with", class + `/\u202e\x1b[31m.png · png`} {
			require.Equal(t, class != "дом", strings.Contains(mistakes, want), want)
		}
		require.Contains(t, rows(page, "By folder"), class)
	}
	require.Contains(t, rows(page, "Pictures with an error"), "星/<2>.png")
	require.NotContains(t, plain(page), "digit")
}

// TestReportBounded: there are cards for the worst mistakes only, and lines for
// the first of many errors.
func TestReportBounded(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	manifest := "path,label\n"
	drawing(t, rand.New(rand.NewPCG(1, 2)), '0', filepath.Join(dir, "zero.png")) // a small one
	zero, err := os.ReadFile(filepath.Join(dir, "zero.png"))
	require.NoError(t, err)
	for i := range mostMistakes + 5 {
		name := fmt.Sprintf("zero%d.png", i)
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), zero, 0o666))
		manifest += fmt.Sprintf("%s,%d\n", name, 1+i%9)
	}
	for i := range mostFailed + 3 {
		manifest += fmt.Sprintf("gone%d.png,%d\n", i, i%10)
	}
	require.NoError(t, os.WriteFile(filepath.Join(dir, "manifest.csv"), []byte(manifest), 0o666))
	page, _ := reportOf(t, "-model", toymodel.Hollow(t, nil), dir)
	require.Equal(t, mostMistakes, strings.Count(page, `<svg class="picture"`))
	require.Contains(t, page, "<p>The worst 60 of 65 mistakes: sure ones first, then by probability.</p>")
	require.Len(t, rows(page, "Pictures with an error"), mostFailed)
	require.Contains(t, page, "<p>and 3 more</p>")
	require.Contains(t, page, fmt.Sprintf("%d with a label, %d cannot be read", mostMistakes+mostFailed+8, mostFailed+3))
}

// TestReportAlike: the number of processors does not change the report.
func TestReportAlike(t *testing.T) {
	args := append(mixed(t), "-report", filepath.Join(t.TempDir(), "report.html"))
	var pages [][]byte
	for _, processors := range []int{1, 5} {
		old := runtime.GOMAXPROCS(processors)
		_, err := evaluate(t, args...)
		runtime.GOMAXPROCS(old)
		require.NoError(t, err)
		page, err := os.ReadFile(args[len(args)-1])
		require.NoError(t, err)
		pages = append(pages, page)
	}
	require.Len(t, slices.CompactFunc(pages, bytes.Equal), 1)
}

// TestReportFile: a file that is not a report stays. Evaluate says so before
// it reads a picture. A report is written whole or not at all.
func TestReportFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, dir, "3_a.png", "3_brush.png")
	photo := filepath.Join(dir, "3_a.png")
	_, err := evaluate(t, dir, "-report", photo)
	require.EqualError(t, err, "-report "+photo+": a report is a page for a browser; want a name that ends in .html")
	theirs := filepath.Join(t.TempDir(), "theirs.html")
	require.NoError(t, os.WriteFile(theirs, []byte("<html>"), 0o666))
	_, err = evaluate(t, dir, "-report", theirs)
	require.ErrorContains(t, err, "-report "+theirs+" exists and is not a report in HTML")
	_, err = evaluate(t, "-suspects", dir, "-report", theirs)
	require.ErrorContains(t, err, "is not a report in HTML")
	_, err = evaluate(t, dir, "-report", filepath.Join(dir, "none", "report.html"))
	require.ErrorContains(t, err, "there is no folder")
	out, err := evaluate(t, dir, "-report", "a", "-sheet", "./a")
	require.ErrorIs(t, err, cli.ErrUsage)
	require.Contains(t, out, "-report and -sheet name the same file")

	name := filepath.Join(dir, "report.html")
	require.NoError(t, os.WriteFile(name, nil, 0o666))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, run(ctx, []string{dir, "-report", name}, nil, nil), context.Canceled)
	info, err := os.Stat(name)
	require.NoError(t, err)
	require.Zero(t, info.Size())
	require.NoError(t, os.WriteFile(photo, []byte("<html>"), 0o666))
	_, err = evaluate(t, dir, "-report", name)
	require.EqualError(t, err, "none of 1 picture could be read", "the exit status is 1, but")
	page, err := os.ReadFile(name)
	require.NoError(t, err)
	require.Contains(t, rows(string(page), "Pictures with an error"), "3_a.png")
	left, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, left, 2, "no temporary file stays")
}

// TestListed: a page does not list a thousand classes.
func TestListed(t *testing.T) {
	t.Parallel()
	require.Equal(t, "a, b", listed([]string{"a", "b"}))
	require.Regexp(t, `^a(, a){39}, and 1,000 more$`, listed(slices.Repeat([]string{"a"}, 1040)))
}
