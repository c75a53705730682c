package fetch

import (
	"fmt"
	"io"
	"strings"

	"github.com/seed-cd6415d7/digits/dataset"
	"github.com/seed-cd6415d7/digits/examples/internal/cli"
)

// A bar shows the progress of a transfer. On a terminal it is live: one line
// that is written over and over. Elsewhere it is a line for each file and, for
// large files, for each quarter.
type bar struct {
	w    io.Writer
	live bool
	open bool   // the live line has not ended yet
	file string // shown last
	step int64  // of this file, shown last
}

const (
	large = 50e6 // bytes
	width = 30   // of the live bar, in characters
)

// show is a dataset.FetchOptions.Progress. A server chooses some of the texts,
// so they are made printable.
func (b *bar) show(p dataset.FetchProgress) {
	p.URL, p.Path, p.File = cli.Printable(p.URL), cli.Printable(p.Path), cli.Printable(p.File)
	if p.File != b.file {
		b.file, b.step = p.File, 0
	}
	switch {
	case p.Err != nil:
		b.end()
		if p.URL != "" {
			p.URL += ": "
		}
		fmt.Fprintf(b.w, "%s%s\n", p.URL, cli.Printable(p.Err.Error()))
	case p.Path != "":
		if b.open {
			fmt.Fprint(b.w, "\r\x1b[K")
			b.open = false
		}
		fmt.Fprintf(b.w, "%s, %s, from %s\n", p.Path, megabytes(p.Done), p.URL)
	case b.live || p.Total >= large:
		b.advance(p)
	}
}

// advance shows another step, if there is one: a percent or a quarter or, if the
// total is not known, a megabyte.
func (b *bar) advance(p dataset.FetchProgress) {
	step, steps := p.Done>>20, int64(4)
	if b.live {
		steps = 100
	}
	if p.Total > 0 {
		step = p.Done * steps / p.Total
	}
	if step == b.step {
		return
	}
	b.step, b.open = step, b.live
	switch {
	case !b.live && step < steps:
		fmt.Fprintf(b.w, "%s: %s of %s\n", p.File, megabytes(p.Done), megabytes(p.Total))
	case b.live && p.Total == 0:
		fmt.Fprintf(b.w, "\r%s  %s\x1b[K", p.File, megabytes(p.Done))
	case b.live:
		done := int(p.Done * width / p.Total)
		fmt.Fprintf(b.w, "\r%s  %s%s  %3d%% of %s\x1b[K", p.File,
			strings.Repeat("█", done), strings.Repeat("░", width-done), step, megabytes(p.Total))
	}
}

// end ends the live line.
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
