package main

import (
	"encoding/json"
	"fmt"
	"image"
	"io"
	"strings"
	"unicode/utf8"
)

// printer prints results as they come, as a table or as JSON, and counts them.
type printer struct {
	*options
	w     io.Writer
	width int // of the column of names

	read, failed int
	known, right int // pictures whose digit is known, and right answers
}

func newPrinter(o *options, w io.Writer, pictures []picture) *printer {
	p := &printer{options: o, w: w, width: len("picture")}
	for _, picture := range pictures {
		p.width = max(p.width, utf8.RuneCountInString(picture.name))
	}
	return p
}

func (p *printer) header() error {
	if p.json {
		return nil
	}
	_, err := fmt.Fprintf(p.w, "%-*s  expected  predicted\n", p.width, "picture")
	return err
}

// jsonResult is one line of -json.
type jsonResult struct {
	File          string    `json:"file"`
	Digit         *int      `json:"digit,omitempty"`
	Probability   *float32  `json:"probability,omitempty"`
	Probabilities []float32 `json:"probabilities,omitempty"`
	Want          *int      `json:"want,omitempty"`
	Error         string    `json:"error,omitempty"`
}

func (p *printer) result(r result) error {
	want, known := r.expected()
	switch {
	case r.err != nil:
		p.failed++
	case known:
		p.read, p.known = p.read+1, p.known+1
		if want == r.digit {
			p.right++
		}
	default:
		p.read++
	}
	if p.json {
		return p.object(r, want, known)
	}
	return p.line(r, want, known)
}

func (p *printer) object(r result, want int, known bool) error {
	line := jsonResult{File: r.name}
	if known {
		line.Want = &want
	}
	if r.err != nil {
		line.Error = r.err.Error()
	} else {
		line.Digit, line.Probability, line.Probabilities = &r.digit, &r.probs[r.digit], r.probs[:]
	}
	return json.NewEncoder(p.w).Encode(line)
}

func (p *printer) line(r result, want int, known bool) error {
	expected := "-"
	if known {
		expected = fmt.Sprint(want)
	}
	if r.err != nil {
		_, err := fmt.Fprintf(p.w, "%-*s  %8s  cannot be read: %v\n", p.width, r.name, expected, r.err)
		return err
	}
	mark := ""
	if known && want != r.digit {
		mark = "wrong"
	}
	prob := r.probs[r.digit]
	line := fmt.Sprintf("%-*s  %8s  %9d  %5.1f%%  %-*s  %s", p.width, r.name, expected, r.digit, 100*prob, barWidth, bar(prob), mark)
	_, err := fmt.Fprintln(p.w, strings.TrimRight(line, " "))
	if p.show && err == nil {
		_, err = io.WriteString(p.w, drawing(r.seen))
	}
	return err
}

// summary prints the last line of the table.
func (p *printer) summary() error {
	if p.json {
		return nil
	}
	parts := []string{fmt.Sprintf("%d read", p.read)}
	if p.known > 0 {
		parts = append(parts, fmt.Sprintf("%d of %d right (%.1f%%)", p.right, p.known, 100*float64(p.right)/float64(p.known)))
	}
	if p.failed > 0 {
		parts = append(parts, fmt.Sprintf("%d could not be read", p.failed))
	}
	noun := "pictures"
	if p.read+p.failed == 1 {
		noun = "picture"
	}
	_, err := fmt.Fprintf(p.w, "\n%d %s: %s\n", p.read+p.failed, noun, strings.Join(parts, ", "))
	return err
}

// barWidth is the width of a full bar in characters.
const barWidth = 20

// bar draws a share as a bar, in eighths of a character.
func bar(share float32) string {
	eighths := int(share*barWidth*8 + 0.5)
	b := strings.Repeat("█", eighths/8)
	if rest := eighths % 8; rest > 0 {
		b += string(rune('█' + 8 - rest)) // ▉ is seven eighths, ▏ one
	}
	return b
}

// drawing draws a small picture with two characters a pixel, which makes the
// pixels about square.
func drawing(g *image.Gray) string {
	var b strings.Builder
	edge := strings.Repeat("─", 2*g.Rect.Dx())
	b.WriteString("┌" + edge + "┐\n")
	for y := range g.Rect.Dy() {
		b.WriteString("│")
		for _, v := range g.Pix[y*g.Stride:][:g.Rect.Dx()] {
			b.WriteString([]string{"  ", "░░", "▒▒", "▓▓", "██"}[(int(v)+31)/64])
		}
		b.WriteString("│\n")
	}
	b.WriteString("└" + edge + "┘\n")
	return b.String()
}
