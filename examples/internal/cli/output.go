package cli

import (
	"bufio"
	"errors"
	"fmt"
	"image"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/seed-cd6415d7/digits/examples/internal/printable"
)

// IsTerminal reports whether w is a terminal.
func IsTerminal(w io.Writer) bool {
	f, _ := w.(*os.File)
	info, err := f.Stat() // an error if f is nil
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// Printable is printable.Text.
func Printable(s string) string { return printable.Text(s) }

// PrintableLines is printable.Lines.
func PrintableLines(s string) string { return printable.Lines(s) }

// WriteJSON is printable.WriteJSON.
func WriteJSON(w io.Writer, v any, indent string) error { return printable.WriteJSON(w, v, indent) }

// WithCommas returns a number in groups of three digits, such as 60,000.
func WithCommas[T int | int64](n T) string {
	s := strconv.FormatInt(int64(n), 10)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// BarWidth is the width of a full bar, in characters.
const BarWidth = 20

// Bar draws a share as a bar, in eighths of a character. The bar is full from 1
// upward. It is empty for 0, for less, and for NaN.
func Bar(share float32) string {
	if !(share > 0) {
		return ""
	}
	eighths := int(min(share, 1)*BarWidth*8 + 0.5)
	b := strings.Repeat("█", eighths/8)
	if rest := eighths % 8; rest > 0 {
		b += string(rune('█' + 8 - rest)) // ▉ is seven eighths, ▏ one
	}
	return b
}

// Picture draws a small picture. Two characters make one pixel, so pixels are
// about square. frames is nil or a picture of the same size. Where frames is
// not 0, Picture draws a frame instead of the pixel: its look is that of the
// value, see package sheet.
func Picture(g, frames *image.Gray) string {
	var b strings.Builder
	edge := strings.Repeat("─", 2*g.Rect.Dx())
	b.WriteString("┌" + edge + "┐\n")
	for y := range g.Rect.Dy() {
		b.WriteString("│")
		for x, v := range g.Pix[y*g.Stride:][:g.Rect.Dx()] {
			if frames != nil && frames.Pix[y*frames.Stride+x] > 0 {
				b.WriteString([]string{"[]", "[]", "??", "::"}[frames.Pix[y*frames.Stride+x]-1])
				continue
			}
			b.WriteString([]string{"  ", "░░", "▒▒", "▓▓", "██"}[(int(v)+31)/64])
		}
		b.WriteString("│\n")
	}
	b.WriteString("└" + edge + "┘\n")
	return b.String()
}

// Cause is printable.Cause.
func Cause(err error) error { return printable.Cause(err) }

// CheckOutput checks in advance that a file can be written. name is the value
// of the flag. The empty name is fine.
func CheckOutput(flag, name string) error {
	if name == "" {
		return nil
	}
	target, _, err := resolve(name)
	if err != nil {
		return fmt.Errorf("%s %w", flag, err)
	}
	folder := filepath.Dir(target)
	if info, err := os.Stat(folder); err != nil || !info.IsDir() {
		return fmt.Errorf("%s %s: there is no folder %s", flag, name, folder)
	}
	f, err := os.CreateTemp(folder, tempPattern)
	if err != nil {
		return fmt.Errorf("%s %s: its folder cannot be written to: %w", flag, name, Cause(err))
	}
	f.Close()
	return os.Remove(f.Name())
}

// CheckOutputKind is CheckOutput for a file that may replace only an empty file
// or a file of its own kind, which isKind recognizes. Without this rule, a user
// who forgets the name would lose the next argument, a file to be read.
func CheckOutputKind(flag, name, kind string, isKind func(io.Reader) bool) error {
	if err := CheckOutput(flag, name); err != nil {
		return err
	}
	if info, err := os.Stat(name); name == "" || err != nil || info.Size() == 0 {
		return nil
	}
	f, err := os.Open(name)
	if err != nil {
		return fmt.Errorf("%s %w", flag, err)
	}
	defer f.Close()
	if !isKind(bufio.NewReader(f)) {
		return fmt.Errorf("%s %s exists and is not a %s: choose another name, or remove it first", flag, name, kind)
	}
	return nil
}

// tempPattern is the pattern of file names before the files are complete.
const tempPattern = ".digits-*.tmp"

// resolve follows the symbolic links of a file that may exist. It also returns
// the permissions that the file has or will have.
func resolve(name string) (target string, mode fs.FileMode, err error) {
	info, err := os.Stat(name)
	if err != nil {
		return name, 0o644, nil
	}
	if !info.Mode().IsRegular() {
		return "", 0, fmt.Errorf("%s is not a file", name)
	}
	target, err = filepath.EvalSymlinks(name)
	return target, info.Mode().Perm(), err
}

// WriteFile writes a file through write. The file appears whole or, after an
// error, stays as it was. WriteFile follows symbolic links, keeps the
// permissions of a file that exists, and refuses anything but a regular file.
func WriteFile(name string, write func(io.Writer) error) (err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("writing %s: %w", name, err)
		}
	}()
	target, mode, err := resolve(name)
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(target), tempPattern)
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // fails if the file was renamed
	if err = write(f); err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	if err := os.Chmod(f.Name(), mode); err != nil {
		return err
	}
	return os.Rename(f.Name(), target)
}
