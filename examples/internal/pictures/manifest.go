package pictures

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/seed-cd6415d7/digits/examples/internal/printable"
)

// manifest is the name of the table that lists the pictures of a folder.
const manifest = "manifest.csv"

// maxManifest limits the size of a manifest, in bytes. Without it, one row
// could fill the memory.
const maxManifest = 64 << 20

// readManifest lists the pictures of the manifest in a folder.
func readManifest(folder fs.FS, prefix string, o *Options) ([]Picture, error) {
	f, err := open(folder, manifest)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", manifest, printable.Cause(err))
	}
	defer f.Close()
	if info, err := f.Stat(); err == nil && info.Size() > maxManifest {
		return nil, fmt.Errorf("%s: it is too large; want at most %d MB", manifest, maxManifest>>20)
	}
	t, err := readHead(io.LimitReader(f, maxManifest))
	var list []Picture
	for err == nil {
		var p Picture
		if p, err = t.picture(folder, prefix, o); err == nil {
			list = append(list, p)
		}
	}
	if err == io.EOF && list == nil {
		err = errNoRows
	}
	if err != io.EOF {
		return nil, fmt.Errorf("%s: %w", manifest, err)
	}
	return list, nil
}

var errNoRows = errors.New("it lists no picture; want a row with the names of columns, and a row for each picture")

// A table is a manifest after its first row.
type table struct {
	*csv.Reader
	path, label, kind int            // columns; -1 for no kind
	lines             map[string]int // of the pictures so far, by path
}

// readHead reads the first row of a manifest.
func readHead(r io.Reader) (*table, error) {
	text := bufio.NewReader(r)
	const mark = "\ufeff" // a byte order mark of a spreadsheet
	if start, _ := text.Peek(len(mark)); string(start) == mark {
		_, _ = text.Discard(len(mark)) // it is in the buffer
	}
	if start, _ := text.Peek(2); string(start) == "\xff\xfe" || string(start) == "\xfe\xff" {
		return nil, errors.New("it is UTF-16 text; save it as UTF-8: spreadsheets call this CSV UTF-8")
	}
	t := &table{Reader: csv.NewReader(text), lines: map[string]int{}}
	t.Comma = delimiter(text)
	head, err := t.Read()
	if err == io.EOF {
		return nil, errNoRows
	}
	if err != nil {
		return nil, err
	}
	column := func(name string) int {
		return slices.IndexFunc(head, func(s string) bool { return strings.EqualFold(strings.TrimSpace(s), name) })
	}
	t.path, t.label, t.kind = column("path"), column("label"), column("kind")
	if t.path < 0 || t.label < 0 {
		return nil, fmt.Errorf("line 1 is %.200q; want the names of columns, path and label among them", strings.Join(head, string(t.Comma)))
	}
	return t, nil
}

// delimiter returns what is between the columns of a table: the most frequent
// of the usual characters in its first line. Spreadsheets write semicolons
// where numbers have decimal commas.
func delimiter(text *bufio.Reader) rune {
	start, _ := text.Peek(text.Size()) // an error comes again
	line, _, _ := strings.Cut(string(start), "\n")
	count, quoted := map[rune]int{}, false
	for _, c := range line {
		if c == '"' {
			quoted = !quoted
		} else if !quoted {
			count[c]++
		}
	}
	best := ','
	for _, c := range ";\t" {
		if count[c] > count[best] {
			best = c
		}
	}
	return best
}

// picture reads a row. The error is io.EOF after the last one.
func (t *table) picture(folder fs.FS, prefix string, o *Options) (Picture, error) {
	row, err := t.Read()
	if err != nil {
		return Picture{}, err
	}
	line, _ := t.FieldPos(t.label)
	file, label := pathIn(folder, row[t.path]), strings.TrimSpace(row[t.label])
	switch {
	case strings.TrimSpace(row[t.path]) == "":
		return Picture{}, fmt.Errorf("line %d: no path", line)
	case !utf8.ValidString(file):
		return Picture{}, fmt.Errorf("line %d: path %.60q is not UTF-8; save the table as UTF-8", line, file)
	case !fs.ValidPath(file) || !filepath.IsLocal(file):
		return Picture{}, fmt.Errorf("line %d: path %q leads out of the folder", line, file)
	case t.lines[file] > 0:
		return Picture{}, fmt.Errorf("line %d: path %q is in line %d, too", line, file, t.lines[file])
	}
	t.lines[file] = line
	p := within(folder, prefix, file)
	if p.Kind = ""; t.kind >= 0 {
		p.Kind = row[t.kind]
	}
	if label == "" {
		p.NoDigit = o.Classes != nil // otherwise it is no class
		p.Reason = noLabel
		return p, nil
	}
	p.Classes, p.Reason = o.spell(label)
	p.Label = o.text(p.Classes)
	if p.Label == "" {
		return Picture{}, fmt.Errorf("line %d: label %.60q: %s; want %s, or nothing if the picture shows none", line, label, p.Reason, o.wanted())
	}
	return p, nil
}

// pathIn returns a path as package fs writes it. On Unix, the name of a file
// may have backslashes, and spaces at its ends. Otherwise a backslash comes
// from Windows, and the spaces belong to the table.
func pathIn(folder fs.FS, name string) string {
	file := path.Clean(name)
	if _, err := fs.Stat(folder, file); err != nil {
		file = path.Clean(strings.ReplaceAll(strings.TrimSpace(name), `\`, "/"))
	}
	return file
}
