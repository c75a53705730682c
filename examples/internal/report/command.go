package report

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Command returns a command line that a reader can copy to a shell: program,
// such as "go run ./examples/train", and the arguments, quoted if necessary.
func Command(program string, args []string) string {
	var b strings.Builder
	b.WriteString(program)
	for _, arg := range args {
		b.WriteString(" " + quote(arg))
	}
	return b.String()
}

// plain are the characters that no shell treats specially, besides letters and
// digits.
const plain = "-_./,:=+@%"

// quote quotes an argument for a shell, if necessary. It keeps the argument
// readable: only an argument with characters that do not print has escapes.
func quote(arg string) string {
	special := func(r rune) bool {
		return r == utf8.RuneError || !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune(plain, r)
	}
	hidden := func(r rune) bool { return r == utf8.RuneError || !unicode.IsPrint(r) }
	switch {
	case strings.ContainsFunc(arg, hidden):
		return "$'" + escape(arg) + "'"
	case arg == "" || strings.ContainsFunc(arg, special):
		return "'" + strings.ReplaceAll(arg, "'", `'\''`) + "'"
	}
	return arg
}

// escape writes an argument for the form $'...' of quotes.
func escape(arg string) string {
	var b strings.Builder
	for len(arg) > 0 {
		r, n := utf8.DecodeRuneInString(arg)
		switch {
		case r == utf8.RuneError && n == 1 || r < ' ' || r == 0x7f:
			fmt.Fprintf(&b, `\%03o`, arg[0])
		case r == '\'' || r == '\\':
			b.WriteString(`\` + string(r))
		case unicode.IsPrint(r):
			b.WriteRune(r)
		default: // as bytes, which older shells know, too
			for _, c := range []byte(arg[:n]) {
				fmt.Fprintf(&b, `\%03o`, c)
			}
		}
		arg = arg[n:]
	}
	return b.String()
}
