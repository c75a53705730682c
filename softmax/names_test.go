package softmax

import (
	"bytes"
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

// strangeNames are names that a list of words or a path could not hold.
var strangeNames = []string{
	"two words", "a,b", `"quoted"`, "line\nbreak", "a/b\\c", "naïve π 数字", " ", "", "same", "same",
	"null", "[1]", "\u2028", "\x00", "<&>", "\ufffd", strings.Repeat("long ", 50),
}

func TestNamesRoundTrip(t *testing.T) {
	for _, metadata := range []map[string]string{nil, {"other": "text"}} {
		m := randomModel(newRand(), 2, len(strangeNames))
		m.Names, m.Metadata = strangeNames, metadata
		for _, c := range codecs() {
			data, err := c.encode(m)
			require.NoError(t, err)
			got := randomModel(newRand(), 3, 2)
			got.Names = []string{"old", "names"}
			require.NoError(t, c.decode(data, got))
			require.Equal(t, m, got, c.name)
		}
		require.NotContains(t, m.Metadata, "classes", "Encode leaves the model as it is")
	}
}

// TestNamesInTheFile: another program needs only JSON to read the names.
func TestNamesInTheFile(t *testing.T) {
	m := New(1, 2)
	m.Names = []string{"a b", "π"}
	data := encode(t, m)
	var header struct {
		Metadata map[string]string `json:"__metadata__"`
	}
	require.NoError(t, json.NewDecoder(bytes.NewReader(data[8:])).Decode(&header))
	require.Equal(t, map[string]string{"classes": `["a b","π"]`}, header.Metadata)
}

func TestNamesOfFiles(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		want       []string // nil if the text stays in the metadata
	}{
		{"JSON", `["a b", "c"]`, []string{"a b", "c"}},
		{"JSON with spaces around it", "\n [ \"a\" ,\t\"b\" ] ", []string{"a", "b"}},
		{"empty names", `["",""]`, []string{"", ""}},
		{"words", "left right", []string{"left", "right"}},
		{"numbers", "0 1", []string{"0", "1"}},
		{"underscores", "top_left top_right", []string{"top_left", "top_right"}},
		{"words on lines", " left\n\tright\n", []string{"left", "right"}},
		{"words in brackets", "[left right]", nil},
		{"a list of Python", "['left', 'right']", nil},
		{"JSON that is cut short", `["left", "right"`, nil},
		{"JSON, too few", `["a b"]`, nil}, // whose words are two
		{"JSON, too many", `["a", "b", "c"]`, nil},
		{"JSON, none", `[]`, nil},
		{"JSON of numbers", `[0, 1]`, nil},
		{"JSON with null", `["a", null]`, nil},
		{"too few words", "left", nil},
		{"too many words", "left right both", nil},
		{"two words in a JSON string", `"left right"`, []string{`"left`, `right"`}},
		{"empty", "", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			metadata, err := json.Marshal(map[string]string{"classes": tt.text, "other": "text"})
			require.NoError(t, err)
			m, err := Decode(bytes.NewReader(file(headerOf(`"__metadata__":`+string(metadata), biasEntry, weightEntry), 32)))
			require.NoError(t, err)
			require.Equal(t, tt.want, m.Names)
			want := map[string]string{"classes": tt.text, "other": "text"}
			if tt.want != nil {
				delete(want, "classes")
			}
			require.Equal(t, want, m.Metadata)
			again, err := Decode(bytes.NewReader(encode(t, m)))
			require.NoError(t, err)
			require.Equal(t, m, again)
		})
	}
}

func TestNamesRefused(t *testing.T) {
	for _, tt := range []struct {
		name     string
		names    []string
		metadata map[string]string
		want     string
	}{
		{"too few", []string{"a"}, nil, "softmax: Encode: the model has 1 Names, want one for each of its 2 classes"},
		{"too many", []string{"a", "b", "c"}, nil, "3 Names"},
		{"not UTF-8", []string{"a", "\xff"}, nil, `the name of class 1, "\xff", is not UTF-8`},
		{"twice", []string{"a", "b"}, map[string]string{"classes": "a b"}, `the key "classes", too; delete one of them`},
		{"too long", []string{"a", strings.Repeat("b", maxHeader)}, nil, "shorten the metadata and the names of classes"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m := New(1, 2)
			m.Names, m.Metadata = tt.names, tt.metadata
			var b bytes.Buffer
			require.ErrorContains(t, m.Encode(&b), tt.want)
			require.Zero(t, b.Len(), "nothing is written")
		})
	}
}

func TestCloneCopiesNames(t *testing.T) {
	m := New(1, 2)
	m.Names = []string{"a", "b"}
	clone := m.Clone()
	require.Equal(t, m, clone)
	clone.Names[0] = "changed"
	require.Equal(t, []string{"a", "b"}, m.Names)

	r := m.Evaluate(Floats{}, nil)
	require.Equal(t, m.Names, r.Names)
	r.Names[0] = "changed"
	require.Equal(t, []string{"a", "b"}, m.Names)
}

func TestReportWithNames(t *testing.T) {
	r := &Report{
		Names:     []string{"circle", "an equilateral triangle, or nearly so", "\x1b[31mred", "", "x"},
		Confusion: [][]int{{6, 2, 0, 0, 0}, {1, 11, 0, 0, 0}, {0, 0, 0, 0, 0}, {0, 0, 0, 0, 0}, {0, 0, 0, 0, 1234}},
		LogLoss:   math.NaN(), TopK: []float64{0.99},
	}
	_, table, _ := strings.Cut(r.String(), "\n\n")
	want := strings.TrimPrefix(`
                   class  precision  recall      F1  support
                  circle     85.71%  75.00%  80.00%        8
an equilateral triangle…     84.62%  91.67%  88.00%       12
           "\x1b[31mred"          -       -       -        0
                      ""          -       -       -        0
                       x    100.00% 100.00% 100.00%     1234

confusion (a line per label, a column per prediction)
                          circle an equ… "\x1b[…      ""       x
                  circle       6       2       ·       ·       ·
an equilateral triangle…       1      11       ·       ·       ·
           "\x1b[31mred"       ·       ·       ·       ·       ·
                      ""       ·       ·       ·       ·       ·
                       x       ·       ·       ·       ·    1234
`, "\n")
	require.Equal(t, want, table)

	r.Names = r.Names[:2]
	require.Contains(t, r.String(), "\n    0     85.71%", "numbers without a name for each class")
}

// TestReportIsSafeForTerminals: whatever the names, all runes but line breaks
// have a picture, and all lines of the matrix have the same length.
func TestReportIsSafeForTerminals(t *testing.T) {
	names := append([]string{"\xff", "\u202eright to left", "tab\t", "\x9b31m", "\u00a0", "e\u0301"}, strangeNames[:14]...)
	r := &Report{Names: names, Confusion: make([][]int, len(names))}
	for k := range r.Confusion {
		r.Confusion[k] = make([]int, len(names))
		r.Confusion[k][k] = k * k * k
	}
	text := r.String()
	require.True(t, utf8.ValidString(text))
	for _, c := range text {
		require.True(t, c == '\n' || unicode.IsPrint(c), "%q", c)
	}
	_, matrix, _ := strings.Cut(text, "per prediction)\n")
	lines := strings.Split(strings.TrimSuffix(matrix, "\n"), "\n")
	require.Len(t, lines, 1+len(names))
	for _, line := range lines {
		require.Equal(t, utf8.RuneCountInString(lines[0]), utf8.RuneCountInString(line), strconv.Quote(line))
	}
}

// TestBalancedAccuracy has values of scikit-learn's balanced_accuracy_score,
// which leaves out classes without rows, too.
func TestBalancedAccuracy(t *testing.T) {
	for _, tt := range []struct {
		name      string
		confusion [][]int
		want      float64
	}{
		{"a small class that is never found", [][]int{{1000, 0}, {10, 0}}, 0.5},
		{"a small class that is always found", [][]int{{750, 250}, {0, 10}}, 0.875},
		{"a class without rows", [][]int{{3, 1, 0}, {0, 0, 0}, {1, 0, 1}}, 0.625},
	} {
		r := &Report{Confusion: tt.confusion}
		require.InDelta(t, tt.want, r.BalancedAccuracy(), 1e-15, tt.name)
		require.Contains(t, r.String(), "\nbalanced   "+percent(tt.want)+"  (mean recall of the classes)\n", tt.name)
	}
	none := New(3, 2).Evaluate(Floats{}, nil)
	require.True(t, math.IsNaN(none.BalancedAccuracy()))
	require.Contains(t, none.String(), "balanced   -  (")
}
