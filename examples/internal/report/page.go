// Package report writes reports: HTML files that show data as figures. A file
// needs no other file, no network and no script. It can be read on a phone, on
// paper and in the dark.
//
// A program makes a Page. The functions of this package that return
// template.HTML make the parts of its sections: texts, tables and figures. They
// escape all texts that they get.
package report

import (
	"bufio"
	"cmp"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"unicode"

	"github.com/seed-cd6415d7/digits/examples/internal/cli"
)

// A Page is a report. The same Page gives the same bytes. So it should not hold
// the date, or how long something took.
type Page struct {
	Title    string
	Command  string    // the command line that made the page; see Command
	Numbers  []Number  // the few numbers that a reader wants first
	Facts    []Fact    // about the data and the model
	Sections []Section // the rest, in order
	Style    string    // CSS for this page, after that of this package

	// Wide lets the page use a wide screen as a whole, for example for many
	// pictures. Other pages have lines of a length that is easy to read.
	Wide bool
}

// A Number is a result, such as "99.3%", and what it counts.
type Number struct{ Value, Label string }

// A Fact is a name and a value. Line feeds in the value break the line.
type Fact struct{ Name, Value string }

// A Section is a part of a page with a heading.
type Section struct {
	Title string
	Body  []template.HTML
}

// ids returns the names of the sections in links. They differ.
func ids(sections []Section) []string {
	var list []string
	for _, s := range sections {
		words := strings.FieldsFunc(strings.ToLower(s.Title), func(r rune) bool {
			return !unicode.IsLetter(r) && !unicode.IsDigit(r)
		})
		id := cmp.Or(strings.Join(words, "-"), "section")
		for slices.Contains(list, id) {
			id += "-more"
		}
		list = append(list, id)
	}
	return list
}

// marker begins each file of this package, so that Check recognizes them.
const marker = "<!DOCTYPE html>\n<!-- A report by github.com/seed-cd6415d7/digits. Its programs may replace this file. -->\n"

var (
	//go:embed page.html
	pageText string
	//go:embed style.css
	style string

	pageTemplate = template.Must(template.New("page").Parse(pageText))
)

// Check checks in advance that a report can be written to a file. name is the
// value of the flag. The file may replace only an empty file or a report. The
// empty name is fine. Other names end in .html or .htm, so that browsers and
// people know what the file is.
func Check(flag, name string) error {
	if name != "" && !IsPage(name) {
		return fmt.Errorf("%s %s: a report is a page for a browser; want a name that ends in .html", flag, name)
	}
	return cli.CheckOutputKind(flag, name, "report in HTML", func(r io.Reader) bool {
		begin := make([]byte, len(marker))
		_, err := io.ReadFull(r, begin)
		return err == nil && string(begin) == marker
	})
}

// IsPage reports whether a file's name is that of a page for a browser.
func IsPage(name string) bool {
	extension := strings.ToLower(filepath.Ext(name))
	return extension == ".html" || extension == ".htm"
}

// Write writes the page to a file. An older file stays until the new one is
// complete.
func (p *Page) Write(name string) error {
	return cli.WriteFile(name, func(w io.Writer) error {
		b := bufio.NewWriter(w)
		return cmp.Or(p.Encode(b), b.Flush())
	})
}

// Encode writes the page.
func (p *Page) Encode(w io.Writer) error {
	if _, err := io.WriteString(w, marker); err != nil {
		return err
	}
	// A browser drops carriage returns before it computes the hash.
	css := strings.ReplaceAll(style+p.Style, "\r\n", "\n")
	hash := sha256.Sum256([]byte(css))
	return pageTemplate.Execute(w, struct {
		*Page
		IDs    []string
		CSS    template.CSS
		Policy string
	}{p, ids(p.Sections), template.CSS(css), policy(hash[:])})
}

// policy returns the Content-Security-Policy: nothing is loaded or run. Only
// the style sheet with this hash applies.
func policy(hash []byte) string {
	return "default-src 'none'; img-src data:; style-src 'sha256-" + base64.StdEncoding.EncodeToString(hash) +
		"'; base-uri 'none'; form-action 'none'"
}
