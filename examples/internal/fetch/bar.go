package fetch

import (
	"fmt"
	"io"

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
	step int64  // of this file, shown last: percent, quarters, or megabytes
}

const large = 50e6 // bytes

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
		}
		b.open = false
		fmt.Fprintf(b.w, "%s, %s, from %s\n", p.Path, megabytes(p.Done), p.URL)
	case b.live || p.Total >= large:
		b.advance(p)
	}
}

// advance shows another step, if there is one.
func (b *bar) advance(p dataset.FetchProgress) {
	step, text := p.Done>>20, megabytes(p.Done)
	if p.Total > 0 {
		step, text = p.Done*100/p.Total, text+" of "+megabytes(p.Total)
	}
	if !b.live {
		step /= 25
	}
	if step == b.step {
		return
	}
	b.step, b.open = step, b.live
	switch {
	case b.live && p.Total > 0:
		fmt.Fprintf(b.w, "\r%s  %s  %s\x1b[K", p.File, text, cli.Bar(float32(step)/100))
	case b.live:
		fmt.Fprintf(b.w, "\r%s  %s\x1b[K", p.File, text)
	case step < 4:
		fmt.Fprintf(b.w, "%s: %s\n", p.File, text)
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
