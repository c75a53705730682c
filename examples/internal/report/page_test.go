package report

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"html"
	"html/template"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func encode(t *testing.T, p *Page) string {
	var b bytes.Buffer
	require.NoError(t, p.Encode(&b))
	return b.String()
}

func TestPage(t *testing.T) {
	evil := `<script>alert("1")</script>`
	p := &Page{
		Title:   evil,
		Command: "train -out '" + evil + "'",
		Numbers: []Number{{"99.3%", evil}},
		Facts:   []Fact{{"data", evil}},
		Sections: []Section{
			{Title: "First things", Body: []template.HTML{Text(evil), Figure(evil, evil, Table([]string{evil}, [][]any{{evil, evil}}))}},
			{Title: evil, Body: []template.HTML{Wide(evil+`"`, Row("<p>ours</p>"))}},
			{Title: "last"}, {Title: "Last!"}, {Title: "Last"}, {Title: "?"},
		},
	}
	text := encode(t, p)
	require.Equal(t, text, encode(t, p), "the same bytes")
	require.NotContains(t, text, "<script")
	require.Contains(t, text, "<p>ours</p>")
	require.Contains(t, text, `<a href="#first-things">First things</a>`)
	require.Contains(t, text, `<h2 id="first-things">First things</h2>`)
	for _, id := range []string{"last", "last-more", "last-more-more", "section"} {
		require.Equal(t, 1, strings.Count(text, ` id="`+id+`"`), id)
		require.Equal(t, 1, strings.Count(text, ` href="#`+id+`"`), id)
	}
	require.NotContains(t, text, "ZgotmplZ", "html/template refuses no part")
	require.NotContains(t, text, " style=", "the policy forbids it")
}

// A failing writer fails this many times, and then takes all.
type failing int

func (f *failing) Write(b []byte) (int, error) {
	if *f--; *f >= 0 {
		return 0, errors.New("disk full")
	}
	return len(b), nil
}

// TestShown: what does not print is escaped, except for joiners of letters.
func TestShown(t *testing.T) {
	require.Equal(t, "क्\u200dष\u200cx", Shown("क्\u200dष\u200cx"))
	require.Equal(t, `a\u202eb`+"\u200d"+`\x1bc`, Shown("a\u202eb\u200d\x1bc"))
}

// TestWriteError: an error of the first write is not lost.
func TestWriteError(t *testing.T) {
	once := failing(1)
	require.EqualError(t, (&Page{Title: "a"}).Encode(&once), "disk full")
	name := filepath.Join(t.TempDir(), "none", "report.html")
	require.ErrorContains(t, (&Page{Title: "a"}).Write(name), "there is no folder")
}

// TestPolicy: the policy of the page allows exactly its style sheet.
func TestPolicy(t *testing.T) {
	text := encode(t, &Page{Title: "a", Style: "a {}\r\np { color: red }"})
	_, rest, _ := strings.Cut(text, "<style>")
	css, _, found := strings.Cut(rest, "</style>")
	require.True(t, found)
	require.Contains(t, css, "a {}\np { color: red }")
	hash := sha256.Sum256([]byte(css))
	require.Contains(t, html.UnescapeString(text), `content="default-src 'none'; img-src data:; `+
		`style-src 'sha256-`+base64.StdEncoding.EncodeToString(hash[:])+"'; ")
}

func TestCheckAndWrite(t *testing.T) {
	name := filepath.Join(t.TempDir(), "report.html")
	require.NoError(t, Check("-report", ""))
	require.NoError(t, Check("-report", name))
	require.NoError(t, (&Page{Title: "one"}).Write(name))
	require.NoError(t, Check("-report", name))
	require.NoError(t, (&Page{Title: "two"}).Write(name))
	data, err := os.ReadFile(name)
	require.NoError(t, err)
	require.Contains(t, string(data), "two")
	require.NoError(t, os.WriteFile(name, []byte("<!DOCTYPE html>\n<p>theirs"), 0o666))
	require.EqualError(t, Check("-report", name), "-report "+name+" exists and is not a report in HTML: choose another name, or remove it first")
	require.NoError(t, os.WriteFile(name, nil, 0o666))
	require.NoError(t, Check("-report", name), "empty")
	require.NoError(t, Check("-report", filepath.Join(t.TempDir(), "REPORT.HTM")))
	require.EqualError(t, Check("-report", "r.txt"), "-report r.txt: a report is a page for a browser; want a name that ends in .html")
}

func TestCommand(t *testing.T) {
	require.Equal(t, "go run ./examples/train -data mnist -features 'hog directions=8' '' 'it'\\''s' Größe=1",
		Command("go run ./examples/train", []string{"-data", "mnist", "-features", "hog directions=8", "", "it's", "Größe=1"}))
	require.Equal(t, `x $'a b\012\177'`, Command("x", []string{"a b\n\x7f"}))
	require.Equal(t, `x $'a\012\033\377\'\\'`, Command("x", []string{"a\n\x1b\xff'\\"}))
}

// TestCommandInShell: a shell gives the arguments back.
func TestCommandInShell(t *testing.T) {
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("there is no bash")
	}
	args := []string{"a b", "$HOME `x` \"y\" \\", "*", "~", "it's", "-x=!", "a\nb\t\u202e\xff", "", "ß", "#"}
	out, err := exec.Command(bash, "-c", Command(`printf '%s\0'`, args)).Output()
	require.NoError(t, err)
	require.Equal(t, strings.Join(args, "\x00")+"\x00", string(out))
}
