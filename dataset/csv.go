package dataset

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"math"
	"path"
	"slices"
	"strconv"
	"strings"
)

// maxCSVLine limits the length of a line, in bytes. It is enough for images of
// 512 x 512 pixels.
const maxCSVLine = 2 << 20

// ReadCSV reads a set from comma-separated values, the form of Kaggle's
// train.csv and mnist_train.csv. A line has the label and then the pixels of a
// square image, row by row, from 0 to 255.
//
// The first line may be a header with a column called label or class. Without a
// header, the first column has the labels. Labels must be from 0 to classes-1.
// Errors are a [*FormatError] with the line, or those of r. ReadCSV panics if
// classes is less than 1.
func ReadCSV(r io.Reader, classes int) (*Set, error) {
	return readCSV(r, "csv", layout{classes: classes, limit: classCount})
}

func readCSV(r io.Reader, name string, l layout) (*Set, error) {
	l.check()
	c := csvReader{layout: l, name: name, lines: bufio.NewReader(r), set: &Set{Classes: l.classes}}
	for {
		line, err := c.next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, err
		}
		if err := c.add(line); err != nil {
			return nil, err
		}
	}
	if c.set.Len() == 0 {
		return nil, formatError(name, "number of images", 0, "at least one line with a label and pixels")
	}
	if l.transposed {
		c.set.transpose()
	}
	return c.set, nil
}

// A csvReader adds the lines of a csv file to a set.
type csvReader struct {
	layout
	name  string
	lines *bufio.Reader
	line  int    // its number, from 1
	long  []byte // a line that is longer than the buffer of lines

	columns     int // 0 before the first line
	labelColumn int
	set         *Set
}

// next returns the next line that is not empty, without spaces at its ends. It
// is valid until the next call.
func (c *csvReader) next() ([]byte, error) {
	for {
		line, err := c.readLine()
		c.line++
		switch {
		case len(line) > maxCSVLine:
			return nil, c.wrong(0, "more", fmt.Sprintf("at most %d bytes", maxCSVLine))
		case err != nil && err != io.EOF:
			return nil, fmt.Errorf("dataset: %s: line %d: %w", c.name, c.line, err)
		}
		if c.line == 1 {
			line = bytes.TrimPrefix(line, []byte("\ufeff"))
		}
		if line = bytes.TrimSpace(line); len(line) > 0 {
			return line, nil
		}
		if err != nil {
			return nil, err
		}
	}
}

// readLine reads a line with the line feed at its end, but not much more than
// maxCSVLine.
func (c *csvReader) readLine() ([]byte, error) {
	line, err := c.lines.ReadSlice('\n')
	if err != bufio.ErrBufferFull {
		return line, err
	}
	c.long = append(c.long[:0], line...)
	for err == bufio.ErrBufferFull && len(c.long) <= maxCSVLine {
		line, err = c.lines.ReadSlice('\n')
		c.long = append(c.long, line...)
	}
	return c.long, err
}

// wrong returns the error for a column, from 1, of the line. Column 0 means the
// whole line.
func (c *csvReader) wrong(column int, got, want string) error {
	field := fmt.Sprintf("line %d", c.line)
	if column > 0 {
		field += fmt.Sprintf(", column %d", column)
	}
	return formatError(c.name, field, got, want)
}

// add adds a line to the set.
func (c *csvReader) add(line []byte) error {
	if c.columns == 0 {
		if header, err := c.begin(line); header || err != nil {
			return err
		}
	}
	var label int
	column := 0
	for more := true; more; column++ {
		var field []byte
		field, line, more = bytes.Cut(line, []byte(","))
		value, ok := number(field)
		switch {
		case column == c.columns:
			return c.wrong(0, "more columns", fmt.Sprintf("%d columns, as in the first line", c.columns))
		case column == c.labelColumn:
			class, isClass := c.class(value)
			if label = class; !ok || !isClass {
				return c.labelError(c.name, fmt.Sprintf("line %d, column %d", c.line, column+1), quote(field))
			}
		case !ok || value > math.MaxUint8:
			return c.wrong(column+1, quote(field), "a pixel from 0 to 255")
		default:
			c.set.Images = append(c.set.Images, uint8(value))
		}
	}
	if column < c.columns {
		return c.wrong(0, fmt.Sprintf("%d columns", column), fmt.Sprintf("%d, as in the first line", c.columns))
	}
	c.set.Labels = append(c.set.Labels, label)
	return c.checkMemory(c.name, c.set.Len(), c.columns-1)
}

// begin learns the columns from the first line. It reports whether the line is
// a header: one with a column called label or class, or without any number.
func (c *csvReader) begin(line []byte) (header bool, err error) {
	fields := strings.Split(string(line), ",")
	c.labelColumn = slices.IndexFunc(fields, func(field string) bool {
		name := strings.ToLower(strings.Trim(field, `" `))
		return name == "label" || name == "class"
	})
	header = c.labelColumn >= 0 || !slices.ContainsFunc(fields, func(field string) bool {
		_, err := strconv.ParseFloat(strings.Trim(field, `" `), 64)
		return err == nil
	})
	if !header {
		c.labelColumn = 0
	}
	if err := c.otherForm(line, len(fields)); err != nil {
		return header, err
	}
	switch pixels := len(fields) - 1; {
	case c.labelColumn < 0:
		want := `a column called "label" or "class"`
		if path.Base(c.name) == "test.csv" {
			want += ". Kaggle's test.csv has no labels. Take some lines of train.csv in its place"
		}
		return header, c.wrong(1, quote([]byte(fields[0])), want)
	case pixels == 0 || side(pixels)*side(pixels) != pixels:
		want := "a label and a square number of pixels, such as 784"
		return header, c.wrong(0, fmt.Sprintf("%d columns", len(fields)), want)
	default:
		c.columns, c.set.Width, c.set.Height = len(fields), side(pixels), side(pixels)
		return header, nil
	}
}

// otherForm returns an error if the first line, which has this number of
// columns, shows that the file is of another known kind.
func (c *csvReader) otherForm(line []byte, columns int) error {
	const want = "comma-separated values"
	if err := otherKind(c.name, line, want); err != nil {
		return err
	}
	switch {
	case bytes.HasPrefix(line, []byte("\x1f\x8b")): // package idx decompresses it
		return formatError(c.name, "kind of file", "a gzip file", want+": decompress it with gunzip")
	case bytes.HasPrefix(line, []byte("\xff\xfe")), bytes.HasPrefix(line, []byte("\xfe\xff")):
		return c.wrong(0, "UTF-16 text", "UTF-8; spreadsheets call this CSV UTF-8")
	case columns == 1 && bytes.ContainsAny(line, ";\t"):
		return c.wrong(0, "semicolons or tabs between columns", "commas")
	}
	return nil
}

// side returns the side of a square of n pixels.
func side(n int) int { return int(math.Sqrt(float64(n))) }

// number parses a decimal number below a million. Spaces and quotes around it
// are ignored.
func number(field []byte) (value int, ok bool) {
	if value, ok = digits(field); !ok {
		value, ok = digits(bytes.Trim(field, "\" \t"))
	}
	return value, ok
}

func digits(field []byte) (value int, ok bool) {
	for _, c := range field {
		if c < '0' || c > '9' || value >= 100000 {
			return value, false
		}
		value = 10*value + int(c-'0')
	}
	return value, len(field) > 0
}

// quote formats a field for an error.
func quote(field []byte) string { return strconv.Quote(string(field[:min(len(field), 40)])) }
