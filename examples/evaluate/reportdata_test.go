package main

import (
	"errors"
	"fmt"
	"html/template"
	"image"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/seed-cd6415d7/digits/dataset"
	"github.com/seed-cd6415d7/digits/examples/internal/pictures"
	"github.com/seed-cd6415d7/digits/examples/internal/toymodel"
	"github.com/seed-cd6415d7/digits/examples/reader"
	"github.com/seed-cd6415d7/digits/imageprep"
	"github.com/stretchr/testify/require"
)

// TestWorst: the worst cards stay, in order. Of equals, the first ones stay. No
// card is drawn that has no chance.
func TestWorst(t *testing.T) {
	t.Parallel()
	w := worst{most: 3}
	drawn := 0
	for i, badness := range []float64{0.5, 0.9, 1.5, 0.5, 0.5, 0.9, 0.95, 0.1} {
		w.add(badness, w.card(badness, func() template.HTML {
			drawn++
			return template.HTML(fmt.Sprint(i))
		}))
	}
	require.Equal(t, []ranked{{1.5, "2"}, {0.95, "6"}, {0.9, "1"}}, w.cards)
	require.Equal(t, 8, w.total)
	require.Equal(t, 5, drawn, "0, 1, 2, 5 and 6")
}

// answered returns a reader's result with these answers for a label.
func answered(r *reader.Reader, label string, answers ...reader.Answer) *pictures.Result {
	res := &pictures.Result{Page: reader.Page{Answers: answers}}
	res.Label, res.Classes, res.NoDigit = label, strings.Split(label, ""), label == ""
	return res
}

// TestChanges: the steps are as few as the edit distance says, and lead from
// the answers to the label.
func TestChanges(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		var names, want []string
		var answers []reader.Answer
		for range rng.IntN(7) {
			answers = append(answers, reader.Answer{Digit: rng.IntN(3)})
			names = append(names, answers[len(answers)-1].Name())
		}
		for range rng.IntN(7) {
			want = append(want, fmt.Sprint(rng.IntN(3)))
		}
		var got, wanted []string
		edits := 0
		for _, c := range changes(answers, want) {
			if c.got != nil {
				got = append(got, c.got.Name())
			}
			if c.want != "" {
				wanted = append(wanted, c.want)
			}
			if !c.right() {
				edits++
			}
		}
		require.Equal(t, names, got)
		require.Equal(t, want, wanted)
		require.Equal(t, editDistance(names, want), edits, "%v %v", names, want)
	}
}

// TestMishaps: what goes wrong has one name.
func TestMishaps(t *testing.T) {
	t.Parallel()
	one := reader.Answer{Digit: 1, Probabilities: make([]float32, 10)}
	for _, tt := range []struct {
		label   string
		answers int
		err     error
		want    int
	}{
		{"2", 1, nil, changed}, {"2", 2, nil, added}, {"2", 0, nil, dropped},
		{"22", 1, nil, missing}, {"22", 2, nil, changed}, {"22", 3, nil, added}, {"22", 0, nil, dropped},
		{"", 1, nil, changed}, {"", 2, nil, added},
		{"2", 0, fmt.Errorf("damaged"), unread}, {"", 0, fmt.Errorf("damaged"), unread}, {"2", 0, &imageprep.BlankError{}, dropped},
	} {
		r := answered(nil, tt.label, slices.Repeat([]reader.Answer{one}, tt.answers)...)
		r.Err = tt.err
		require.Equal(t, tt.want, mishapOf(r), "%+v", tt)
	}
}

// TestConfidence: the threshold divides the coverage where the score does.
func TestConfidence(t *testing.T) {
	t.Parallel()
	model := toymodel.Zeros(t, 10, map[string]string{reader.ThresholdKey: "0.5"})
	r, err := reader.Load(model)
	require.NoError(t, err)
	f, s := newFindings(r, "digit"), newScore(r.Classes())
	require.Equal(t, 0.5, f.sure)
	rng := rand.New(rand.NewPCG(3, 4))
	answer := func() reader.Answer {
		p := rng.Float32()
		a := reader.Answer{Digit: rng.IntN(2), Probability: p, Sure: p >= 0.5, Probabilities: make([]float32, 10)}
		if rng.IntN(4) == 0 { // as after WasCut
			a.Sure = false
		}
		return a
	}
	for range 300 {
		var answers []reader.Answer
		for range 1 + rng.IntN(5)/4 {
			answers = append(answers, answer())
		}
		res := answered(r, "1", answers...)
		if rng.IntN(20) == 0 {
			res.Page, res.Err = reader.Page{}, fmt.Errorf("damaged")
		}
		f.add(res, "")
		s.add(res)
	}
	taken, right := 0, 0
	for _, v := range f.coverage {
		if v.Probability >= f.sure {
			taken++
			if v.Right {
				right++
			}
		}
	}
	require.Len(t, f.coverage, s.Single.Pictures)
	require.Equal(t, s.Single.Sure, taken)
	require.Equal(t, s.Single.WrongAndSure, taken-right)
	require.NotZero(t, s.Single.WrongAndSure)

	damaged := answered(r, "12")
	damaged.Page, damaged.Err = reader.Page{}, fmt.Errorf("damaged")
	f.add(damaged, "")
	require.Zero(t, f.elsewhere.unread[len(f.classes)], "the matrix has no several digits")
	for _, sure := range []float64{0.5, 1.5} {
		require.Zero(t, confidence(damaged, sure))
	}

	rows, columns, counts := f.matrix(s)
	require.Equal(t, []string{"0", "1"}, rows)
	require.Equal(t, []string{"0", "1", "several", "error"}, columns)
	require.Equal(t, []int{0, 0, 0, 0}, counts[0])
	require.Equal(t, s.Single.Right, counts[1][1])
	require.Equal(t, s.Single.Pictures, counts[1][0]+counts[1][1]+counts[1][2]+counts[1][3])
}

// TestAnswerInWords: what people read about a picture that was misread.
func TestAnswerInWords(t *testing.T) {
	t.Parallel()
	one := reader.Answer{Digit: 1, Probability: 0.5, Probabilities: make([]float32, 10)}
	doubtful := one
	doubtful.Warnings = []imageprep.Warning{imageprep.WasCut}
	for want, r := range map[string]*pictures.Result{
		"cannot be read: damaged":                                    {Err: errors.New("damaged")},
		"read as no digit, " + reader.ErrNoDigit.Error():             {Err: reader.ErrNoDigit},
		"read as 1 50.0%, then 0 0.0%":                               {Page: reader.Page{Answers: []reader.Answer{one}}},
		"read as 1 50.0%, then 0 0.0%, 1 left out":                   {Page: reader.Page{Answers: []reader.Answer{one}, LeftOut: []reader.Answer{one}}},
		"read as 11, turned by 90 degrees":                           {Page: reader.Page{Answers: []reader.Answer{one, one}, Turned: 90}},
		"read as 1 50.0%, then 0 0.0%, " + imageprep.WasCut.String(): {Page: reader.Page{Answers: []reader.Answer{doubtful}}},
		"read as 11, " + imageprep.MayBeTurned.String():              {Page: reader.Page{Answers: []reader.Answer{one, one}, Warnings: []imageprep.Warning{imageprep.MayBeTurned}}},
	} {
		require.Equal(t, want, answer(r))
	}
}

// TestMatrixOfNoDigit: "no digit" is a column if an answer names it, and a row
// if there are such pictures.
func TestMatrixOfNoDigit(t *testing.T) {
	t.Parallel()
	r, err := reader.Load(toymodel.Zeros(t, 10, nil))
	require.NoError(t, err)
	f, s := newFindings(r, "digit"), newScore(r.Classes())
	require.Empty(t, f.confusion(s))
	s.Confusion[1][10], s.Confusion[3][1] = 2, 5
	rows, columns, counts := f.matrix(s)
	require.Equal(t, []string{"1", "3"}, rows)
	require.Equal(t, []string{"1", "3", "no digit"}, columns)
	require.Equal(t, [][]int{{0, 0, 2}, {5, 0, 0}}, counts)
	s.Confusion[10][3], s.None.Pictures = 4, 4
	rows, columns, counts = f.matrix(s)
	require.Equal(t, columns, rows)
	require.Equal(t, [][]int{{0, 0, 2}, {5, 0, 0}, {0, 4, 0}}, counts)
}

// TestNoMistake: the report says that nothing went wrong.
func TestNoMistake(t *testing.T) {
	t.Parallel()
	f := &findings{noun: "digit"}
	require.Contains(t, f.mishapTable(), "There is no mistake.")
	f.mishaps[none][added] = count{pictures: 3, sure: 2}
	require.Contains(t, f.mishapTable(), "no digit: read as several digits")
	require.NotContains(t, f.mishapTable(), "There is no mistake.")
}

// TestCardLimits: a card shows at most mostTiles things that were left out. It
// has no probability of "no digit" if the model does not know it.
func TestCardLimits(t *testing.T) {
	t.Parallel()
	r, err := reader.Load(toymodel.Zeros(t, 10, nil))
	require.NoError(t, err)
	f := newFindings(r, "digit")
	one := reader.Answer{Digit: 1, Probability: 0.5, None: 0.25, Probabilities: make([]float32, 10), Image: image.NewGray(image.Rect(0, 0, 28, 28))}
	for _, n := range []int{1, mostTiles, mostTiles + 1} {
		res := answered(r, "1", one)
		res.LeftOut = slices.Repeat([]reader.Answer{one}, n)
		require.Equal(t, min(n, mostTiles), strings.Count(string(f.cardOf(res)), `class="out"`))
	}
	require.NotContains(t, f.cardOf(answered(r, "", one)), "25.00%")
}

// TestManySuspects: a report shows the first ones, and says so.
func TestManySuspects(t *testing.T) {
	t.Parallel()
	set := &dataset.Set{Images: make([]uint8, 9), Labels: []int{0}, Width: 3, Height: 3, Classes: 2}
	for _, more := range []int{0, 1} {
		s := &suspects{Rows: 1, Classes: []string{"0", "1"}, images: &labeled{Set: set}}
		s.Suspects = slices.Repeat([]suspect{{Label: "0", Instead: "1"}}, mostSuspects+more)
		o := &options{report: filepath.Join(t.TempDir(), "report.html")}
		require.NoError(t, s.saveReport(t.Context(), o))
		page, err := os.ReadFile(o.report)
		require.NoError(t, err)
		require.Len(t, cardsIn(string(page), "Suspects"), mostSuspects)
		require.Equal(t, more > 0, strings.Contains(string(page), "These are the first 300 of 301. The first label"))
	}
}

// TestManyTallies: if there are too many folders, the table has those with the
// most mistakes, by name.
func TestManyTallies(t *testing.T) {
	t.Parallel()
	f := &findings{noun: "digit"}
	tallies := map[string]*tally{}
	for i := range mostTallies + 50 {
		tallies[fmt.Sprintf("folder%03d", i)] = &tally{Pictures: 9, Right: 9 - i%2}
	}
	names := regexp.MustCompile(`folder\d{3}`).FindAllString(string(f.tallies("folder", tallies)), -1)
	require.Len(t, names, mostTallies)
	require.True(t, slices.IsSorted(names))
	wrong := 0
	for _, name := range names {
		wrong += 9 - tallies[name].Right
	}
	require.Equal(t, (mostTallies+50)/2, wrong, "no mistake is left out")
}

// TestReportOfSuspects: a card tells the rank, the index and why.
func TestReportOfSuspects(t *testing.T) {
	t.Parallel()
	s := written(slices.Repeat([]int{30}, 10)...)
	planted := plant(s, 4)
	dir := folderOf(t, s)
	found := find(t, "-data", dir, "-n", "4")
	require.GreaterOrEqual(t, found.count(planted), 3)
	page, _ := reportOf(t, "-suspects", "-data", dir, "-n", "4", "-set", "test") // it equals the other set
	require.Contains(t, plain(page), "Labels that may be wrong in the test set of")
	require.Contains(t, page, `<body class="wide">`, "many cards")
	cards := cardsIn(page, "Suspects")
	require.Len(t, cards, 4)
	for i, x := range found.Suspects {
		got := text(cards[i])
		require.Regexp(t, fmt.Sprintf(`^%d\. label %s, maybe %s with [\d.<>]+%%\n`, i+1, x.Label, x.Instead), got)
		require.Contains(t, got, fmt.Sprintf("margin %.2f\n", x.Margin))
		require.Contains(t, got, fmt.Sprintf("difference %.1f, so %s is ", -x.Margin, x.Instead), "why agrees with the margin")
		require.True(t, strings.HasSuffix(got, fmt.Sprintf("\nindex %d", x.Row)))
		require.Contains(t, plain(cards[i]), fmt.Sprintf("why %s and not %s", x.Instead, x.Label))
	}
	require.Contains(t, plain(page), fmt.Sprintf("%d have a label with which the model disagrees", found.Disagree))
}

// TestReportOfSuspectPictures: cards show the pictures.
func TestReportOfSuspectPictures(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(1, 2))
	dir := t.TempDir()
	for class, character := range map[string]rune{"сердце": '♡', "星": '☆'} {
		for i := range 6 {
			drawing(t, rng, character, filepath.Join(dir, class, fmt.Sprintf("%d.png", i)))
		}
	}
	drawing(t, rng, '☆', filepath.Join(dir, "сердце", "<wrong>.png"))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "星", "bad.png"), []byte("none"), 0o666))
	page, _ := reportOf(t, "-suspects", dir, "-n", "1")
	require.Contains(t, page, "<dt>pictures that cannot be used</dt><dd>1</dd>")
	cards := cardsIn(page, "Suspects")
	require.Len(t, cards, 1)
	require.Contains(t, page, "before you decide.</p>", "there may be more")
	require.Regexp(t, `^1\. label сердце, maybe 星 with (?s:.*)\nсердце/<wrong>\.png$`, text(cards[0]))
	require.Equal(t, 1, strings.Count(cards[0], `<svg class="picture"`))

	// Why is for histograms of 28x28 pixels, and for pixels of these.
	small := written(20, 20)
	small.Width, small.Height = 14, 56
	page, _ = reportOf(t, "-suspects", "-data", folderOf(t, small), "-n", "3")
	require.Len(t, cardsIn(page, "Suspects"), 1)
	require.NotContains(t, page, `<svg class="why"`)
	require.Contains(t, page, "before you decide. The models agree with all other labels that they judge.</p>")
}

// TestLongAnswers: a card of many answers shows those near a mistake.
func TestLongAnswers(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		answers, wrong int
		want           string // the texts of the tiles
	}{
		{longList, 3, "1112" + strings.Repeat("1", longList-4)},
		{40, 10, "…11211…"}, {40, 0, "211…"}, {40, 39, "…112"}, {40, -1, "…"},
	} {
		var answers []reader.Answer
		for i := range tt.answers {
			a := reader.Answer{Digit: 1, Sure: true, Image: image.NewGray(image.Rect(0, 0, 28, 28))}
			if i == tt.wrong {
				a.Digit = 2
			}
			answers = append(answers, a)
		}
		c := new(card)
		c.answers(changes(answers, slices.Repeat([]string{"1"}, tt.answers)))
		got := ""
		for _, tile := range c.Tiles {
			got += tile.Got
			require.Equal(t, tile.Got == "2", tile.Class == "wrong")
		}
		require.Equal(t, tt.want, got)
	}
}
