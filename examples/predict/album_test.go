package main

import (
	"bytes"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"fmt"
	"image"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/seed-cd6415d7/digits/examples/internal/pictures"
	"github.com/seed-cd6415d7/digits/examples/internal/sheet"
	"github.com/seed-cd6415d7/digits/examples/internal/toymodel"
	"github.com/seed-cd6415d7/digits/examples/reader"
	"github.com/seed-cd6415d7/digits/imageprep"
	"github.com/stretchr/testify/require"
)

// readPage reads a contact sheet in HTML. Its elements must be closed.
func readPage(t *testing.T, name string) string {
	data, err := os.ReadFile(name)
	require.NoError(t, err)
	d := xml.NewDecoder(bytes.NewReader(data))
	d.Strict, d.AutoClose, d.Entity = false, xml.HTMLAutoClose, xml.HTMLEntity
	for open := []string{}; ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			require.Empty(t, open)
			return string(data)
		}
		require.NoError(t, err)
		switch token := token.(type) {
		case xml.StartElement:
			open = append(open, token.Name.Local)
		case xml.EndElement:
			require.Equal(t, open[len(open)-1], token.Name.Local)
			open = open[:len(open)-1]
		}
	}
}

var (
	valuePattern = regexp.MustCompile(`</strong> <data value="([^"]*)">`)
	barPattern   = regexp.MustCompile(`data-probability="([^"]*)"`)
	namePattern  = regexp.MustCompile(`<strong><bdi>([^<]*)</bdi>(\??)</strong> <data`)
)

// TestPageNumbers: the page shows what -json prints.
func TestPageNumbers(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"3_brush.png", "314159_lines.png", "1_flag.png"} {
		write(t, dir, name, sample(t, name))
	}
	file := filepath.Join(dir, "sheet.html")
	out, errs, err := predict(t, "-json", "-sheet", file, dir)
	require.NoError(t, err)
	require.Empty(t, errs)
	html := readPage(t, file)
	var want, got []string
	var bars []float32
	for _, o := range objects(t, out) {
		for _, d := range append(o.Digits, o.LeftOut...) {
			name, unsure := "no digit", ""
			if d.Digit != nil {
				name = fmt.Sprint(d.Digit)
			}
			if d.Unsure {
				unsure = "?"
			}
			want = append(want, fmt.Sprint(name, unsure, " ", d.Probability))
		}
		if o.Answer != nil {
			bars = append(append(bars, o.Probabilities...), o.None)
		}
	}
	values := valuePattern.FindAllStringSubmatch(html, -1)
	for i, m := range namePattern.FindAllStringSubmatch(html, -1) {
		p, err := strconv.ParseFloat(values[i][1], 32)
		require.NoError(t, err)
		got = append(got, fmt.Sprint(m[1], m[2], " ", float32(p)))
	}
	require.Equal(t, want, got)
	require.Len(t, bars, 2*11)
	for _, p := range bars {
		require.Contains(t, html, fmt.Sprintf(`data-probability="%s"`, decimal(p)))
	}
	require.Len(t, barPattern.FindAllString(html, -1), 11*len(want))
	require.Contains(t, html, ">314\n159</pre>")
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	_, _, err = predict(t, "-json", "-sheet", file, dir)
	require.NoError(t, err)
	require.Equal(t, html, readPage(t, file), "one processor makes the same page")
	require.Equal(t, len(want), strings.Count(html, "<title>")-1-strings.Count(html, "<g "), "a box for each answer")
}

// TestPageTexts: the page is complete in itself, and names from outside do not
// become markup.
func TestPageTexts(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, dir, "3_a.png", sample(t, "3_brush.png"))
	write(t, dir, "9_日本<b>&'.png", sample(t, "3_brush.png"))
	write(t, dir, "4_cut.png", sample(t, "3_brush.png")[:60])
	file := filepath.Join(t.TempDir(), "sheet.HTM")
	out, errs, err := predict(t, "-sheet", file, "-why", dir)
	require.EqualError(t, err, "1 of 3 pictures could not be read")
	require.Empty(t, errs)
	require.Contains(t, out, "why 3 and not 9: ++ (little: +) speaks for 3, -- (little: -) for 9\n", "the right answer is the rival of a wrong one")
	html := readPage(t, file)
	for _, want := range []string{
		"<strong>3</strong> <span>pictures</span>",
		"<strong>1</strong> <span>of 2 right (50.0%)</span>",
		"<strong>0</strong> <span>of 2 answers unsure</span>",
		"<strong>1</strong> <span>cannot be read</span>",
		"<strong>Wrong (1):</strong> <a href=\"#p3\">",
		"<strong>Cannot be read (1):</strong> <a href=\"#p2\">",
		"9_日本&lt;b&gt;&amp;&#39;.png</bdi></h3>",
		`wrong, want <strong><bdi>9</bdi></strong>`,
		`<span class="trouble">want <bdi>9</bdi></span>`,
		"Cannot be read: <bdi>damaged or cut short",
		"go run ./examples/predict -sheet ",
		`aria-label="why 3 and not 9: for +`,
		"<strong>why <bdi>3</bdi> and not <bdi>9</bdi>:</strong> for +",
		"default-src &#39;none&#39;; img-src data:",
	} {
		require.True(t, strings.Contains(html, want), want)
	}
	require.NotContains(t, html, "<b>&'")
	require.NotRegexp(t, `<script|style="|(src|href)="[^d#]`, html)

	// A sheet may replace a sheet, but nothing else.
	_, _, err = predict(t, "-sheet", file, filepath.Join(dir, "3_a.png"))
	require.NoError(t, err)
	own := filepath.Join(dir, "own.html")
	write(t, dir, "own.html", []byte("<!DOCTYPE html>\n<p>my thesis</p>\n"))
	_, _, err = predict(t, "-sheet", own, dir)
	require.ErrorContains(t, err, "exists and is not a report in HTML")
	data, err := os.ReadFile(own)
	require.NoError(t, err)
	require.Contains(t, string(data), "my thesis")
}

// TestSheetNames: the name of the sheet decides what it is.
func TestSheetNames(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, dir, "3_a.png", sample(t, "3_brush.png"))
	for _, name := range []string{"s.jpg", "s.pdf", "s.html.txt"} {
		_, _, err := predict(t, "-sheet", filepath.Join(dir, name), filepath.Join(dir, "3_a.png"))
		require.ErrorContains(t, err, name+": want a name that ends in .png, for a picture, or in .html, for a page")
	}
	for _, name := range []string{"sheet", "sheet.Png"} {
		_, _, err := predict(t, "-sheet", filepath.Join(dir, name), filepath.Join(dir, "3_a.png"))
		require.NoError(t, err)
		data, err := os.ReadFile(filepath.Join(dir, name))
		require.NoError(t, err)
		decode(t, data)
	}
	_, _, err := predict(t, "-sheet", filepath.Join(dir, "sheet.html"), filepath.Join(dir, "gone.png"))
	require.EqualError(t, err, "1 of 1 picture could not be read")
	require.Contains(t, readPage(t, filepath.Join(dir, "sheet.html")), "Cannot be read: <bdi>no such file or directory")
}

// TestSheetInFolder: a sheet is no picture of the folder when predict writes it
// again. By its name, it is read.
func TestSheetInFolder(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, dir, "3_a.png", sample(t, "3_brush.png"))
	name := filepath.Join(dir, "3_sheet.png")
	first, _, err := predict(t, "-sheet", name, dir)
	require.NoError(t, err)
	sheet, err := os.ReadFile(name)
	require.NoError(t, err)
	again, _, err := predict(t, "-sheet", name, dir)
	require.NoError(t, err)
	require.Equal(t, first, again)
	made, err := os.ReadFile(name)
	require.NoError(t, err)
	require.Equal(t, sheet, made)
	out, _, err := predict(t, "-sheet", name, name)
	require.NoError(t, err)
	require.Contains(t, out, "\n1 picture: 1 read")
}

// TestPageIsBounded: of thousands of pictures, the first are shown.
func TestPageIsBounded(t *testing.T) {
	t.Parallel()
	r := reader.Default()
	o := &options{sheet: filepath.Join(t.TempDir(), "s.html")}
	a := newAlbum(o, r, slices.Repeat([]string{"picture.png"}, 10_000))
	for i := range maxCards + 200 {
		res := &result{Result: &pictures.Result{Picture: pictures.Picture{Name: fmt.Sprint("picture ", i)}, Err: errors.New("gone")}}
		a.draw(res, nil)
		a.add(res)
	}
	var errs bytes.Buffer
	require.NoError(t, a.save(newPrinter(o, io.Discard, r.Classes(), nil), &errs))
	require.Equal(t, "the sheet shows 1000 of 1200 pictures\n", errs.String())
	html := readPage(t, o.sheet)
	require.Contains(t, html, "This page shows the first 1,000 of 1,200 pictures.")
	require.Contains(t, html, "picture 999<")
	require.NotContains(t, html, "picture 1000<")
	require.Contains(t, html, " and 900 more</p>")
	require.Regexp(t, `picture.png picture[^<]{0,12} \.\.\.</code>`, html)

	a = newAlbum(o, r, nil)
	large := &result{Result: &pictures.Result{}}
	for range 5 {
		large.card = "<p></p>"
		a.bytes += maxBytes / 3
		a.add(large)
	}
	require.Len(t, a.cards, 2)
	require.Equal(t, 3, a.omitted)
	large.card = ""
	a.draw(large, nil)
	require.Empty(t, large.card, "a full page has no more cards")
}

// TestCardsOfManyDigits: a card of thousands of digits is bounded, too.
func TestCardsOfManyDigits(t *testing.T) {
	t.Parallel()
	r := reader.Default()
	answer, err := r.Raw(image.NewGray(image.Rect(0, 0, 28, 28)))
	require.NoError(t, err)
	res := &result{Result: &pictures.Result{Image: image.NewGray(image.Rect(0, 0, 3000, 2000))}}
	res.Answers = slices.Repeat([]reader.Answer{answer}, 500)
	e, err := newExplainer(r, "", false)
	require.NoError(t, err)
	html := string(newCard(res, e.all(res.Result), true))
	require.Contains(t, html, "<p>200 more are not shown.</p>")
	require.Contains(t, html, "why: only for the first 100")
	require.Equal(t, 100, strings.Count(html, "<figure>"))
	require.Less(t, len(html), 3<<20)
	res.Answers = res.Answers[:100]
	require.NotContains(t, newCard(res, e.all(res.Result), true), "only for the first")
}

// TestCardSizes: the more digits a picture has, the larger it is. Ink that was
// left out counts, too.
func TestCardSizes(t *testing.T) {
	t.Parallel()
	answer := reader.Answer{Sure: true, Image: image.NewGray(image.Rect(0, 0, 28, 28)), Probabilities: make([]float32, 10)}
	for _, tt := range []struct {
		digits, left int
		kind         string
		side         int
	}{
		{0, 0, "card one", 320}, {1, 0, "card one", 320}, {0, 1, "card one", 320}, {2, 0, "card few", 560}, {1, 1, "card few", 560},
		{4, 0, "card few", 560}, {4, 1, "card many", 560}, {20, 0, "card many", 560}, {1, 19, "card many", 560}, {20, 1, "card page", 720},
	} {
		res := &result{Result: &pictures.Result{Image: image.NewGray(image.Rect(0, 0, 1000, 10))}}
		res.Answers, res.LeftOut = slices.Repeat([]reader.Answer{answer}, tt.digits), slices.Repeat([]reader.Answer{answer}, tt.left)
		require.Equal(t, tt.kind, cardKind(res), "%+v", tt)
		require.Equal(t, sheet.Picture(res.Result, tt.side), pictureOf(res), "%+v", tt)
	}
}

// TestCardLines: a card has a line for each line of writing, and one for all
// that was left out.
func TestCardLines(t *testing.T) {
	on := func(lines ...int) (list []reader.Answer) {
		for _, n := range lines {
			list = append(list, reader.Answer{Line: n, Image: image.NewGray(image.Rect(0, 0, 28, 28)), Probabilities: make([]float32, 10)})
		}
		return list
	}
	for _, tt := range []struct {
		answers, left []reader.Answer
		want          []int // the digits of each line
	}{
		{on(0, 0, 1), on(0, 1), []int{2, 1, 2}}, {on(0), on(0), []int{1, 1}}, {nil, on(1, 0), []int{2}}, {on(0, 1), nil, []int{1, 1}},
	} {
		res := &result{Result: &pictures.Result{Image: image.NewGray(image.Rect(0, 0, 9, 9))}}
		res.Answers, res.LeftOut = tt.answers, tt.left
		var c card
		c.describe(res, make([]*reader.Why, 5), true)
		var got []int
		for _, line := range c.Lines {
			got = append(got, len(line))
		}
		require.Equal(t, tt.want, got)
	}
}

// TestPageOfOtherClasses: names of classes can be long, and can be in any
// script.
func TestPageOfOtherClasses(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, dir, "a.png", encodePNG(t, image.NewGray(image.Rect(0, 0, 28, 28))))
	file := filepath.Join(dir, "s.html")
	model := toymodel.Always(t, []string{"круг", "<i>", "عدد"}, 1, nil)
	_, _, err := predict(t, "-raw", "-why", "-model", model, "-sheet", file, filepath.Join(dir, "a.png"))
	require.NoError(t, err)
	html := readPage(t, file)
	require.Contains(t, html, "<strong><bdi>&lt;i&gt;</bdi></strong>")
	require.Contains(t, html, `<th scope="row"><bdi>عدد</bdi></th>`)
	require.Contains(t, html, "<strong>why <bdi>&lt;i&gt;</bdi> and not <bdi>عدد</bdi>:</strong>")
	require.NotContains(t, html, "<i>")
	require.Contains(t, html, "the sure answers")

	// What the model saw is in the page, pixel by pixel.
	seen := regexp.MustCompile(`src="data:image/png;base64,([^"]*)"`).FindStringSubmatch(html)
	data, err := base64.StdEncoding.DecodeString(strings.ReplaceAll(seen[1], "&#43;", "+"))
	require.NoError(t, err)
	require.Equal(t, image.Rect(0, 0, imageprep.Size, imageprep.Size), decode(t, data).Bounds())
}

// TestSheetWithoutReader: the sheet is drawn although nobody reads the text.
func TestSheetWithoutReader(t *testing.T) {
	r, stdout, err := os.Pipe()
	require.NoError(t, err)
	require.NoError(t, r.Close())
	defer stdout.Close()
	for _, name := range []string{"sheet.png", "sheet.html"} {
		name = filepath.Join(t.TempDir(), name)
		args := []string{"-sheet", name, filepath.Join("test_num", "2_loop.png"), filepath.Join("test_num", "7_hook.png")}
		err = run(t.Context(), args, nil, stdout, io.Discard)
		require.Error(t, err)
		drawn, err := os.ReadFile(name)
		require.NoError(t, err)
		require.True(t, strings.HasSuffix(name, ".png") || bytes.Contains(drawn, []byte("7_hook.png")))
	}
}
