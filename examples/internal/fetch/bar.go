package fetch

import (
	"fmt"
	"io"
	"strings"

	"github.com/seed-cd6415d7/digits/dataset"
	"github.com/seed-cd6415d7/digits/examples/internal/cli"
)

// A bar shows progress: in a line that is written over and over or, if it is not
// live, in a line for each file and, for a large one, for each quarter.
type bar struct {
	w    io.Writer
	live bool
	open bool   // the line has not ended yet
	file string // shown last
	step int64  // of it
}

const (
	large = 50e6 // bytes
	width = 30   // of the bar, in characters
)

// show is a dataset.FetchOptions.Progress. What it tells is a server's in part: its
// addresses, and the status that it answers with.
func (b *bar) show(p dataset.FetchProgress) {
	p.URL, p.Path, p.File = cli.Printable(p.URL), cli.Printable(p.Path), cli.Printable(p.File)
	if p.File != b.file {
		b.file, b.step = p.File, 0
	}
	switch {
	case p.Err != nil:
		b.end()
		if p.URL == "" {
			fmt.Fprintln(b.w, cli.Printable(p.Err.Error()))
		} else {
			fmt.Fprintf(b.w, "%s: %s\n", p.URL, cli.Printable(p.Err.Error()))
		}
	case p.Path != "":
		if b.open {
			fmt.Fprint(b.w, "\r\x1b[K")
			b.open = false
		}
		fmt.Fprintf(b.w, "%s, %s, from %s\n", p.Path, megabytes(p.Done), p.URL)
	case b.live:
		if b.next(p, 100) {
			b.draw(p)
		}
	case p.Total >= large:
		if b.next(p, 4) && b.step < 4 {
			fmt.Fprintf(b.w, "%s: %s of %s\n", p.File, megabytes(p.Done), megabytes(p.Total))
		}
	}
}

// next reports whether another of so many steps is done. Without a known total
// a step is a megabyte.
func (b *bar) next(p dataset.FetchProgress, steps int64) bool {
	step := p.Done >> 20
	if p.Total > 0 {
		step = p.Done * steps / p.Total
	}
	if step == b.step {
		return false
	}
	b.step = step
	return true
}

func (b *bar) draw(p dataset.FetchProgress) {
	b.open = true
	if p.Total == 0 {
		fmt.Fprintf(b.w, "\r%s  %s\x1b[K", p.File, megabytes(p.Done))
		return
	}
	done := int(p.Done * width / p.Total)
	fmt.Fprintf(b.w, "\r%s  %s%s  %3d%% of %s\x1b[K", p.File,
		strings.Repeat("█", done), strings.Repeat("░", width-done), p.Done*100/p.Total, megabytes(p.Total))
}

// end ends the line.
func (b *bar) end() {
	if b.open {
		fmt.Fprintln(b.w)
	}
	b.open = false
}

func megabytes(n int64) string {
	if n < 1e5 {
		return fmt.Sprintf("%.0f KB", float64(n)/1e3)
	}
	return fmt.Sprintf("%.1f MB", float64(n)/1e6)
}
