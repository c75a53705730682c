// Package fetch gets the data that the examples train and test on. The data
// come from a folder or, by the name of a data set, from the user's cache
// folder or the network.
package fetch

import (
	"archive/zip"
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/seed-cd6415d7/digits/dataset"
	"github.com/seed-cd6415d7/digits/examples/internal/cli"
	"github.com/seed-cd6415d7/digits/examples/internal/printable"
	"github.com/seed-cd6415d7/digits/idx"
)

// Flags hold what a command line says about the data.
type Flags struct {
	Data    string   // a folder, a zip archive or the name of a data set
	Offline bool     // do not use the network
	Mirrors []string // addresses to fetch from, in place of the known ones
	Cache   string   // folder for fetched data; empty means the user's
}

// Register defines the flags -data, -offline, -mirror and -cache. The default
// data set is MNIST.
func (f *Flags) Register(flags *flag.FlagSet) {
	flags.StringVar(&f.Data, "data", "mnist", "`folder` or zip archive with the four files of MNIST or a similar set, or with\nmnist_train.csv and mnist_test.csv; or the name of a data set: mnist, fashion-mnist,\nkmnist, qmnist, emnist-balanced, emnist-byclass, emnist-bymerge, emnist-digits,\nemnist-letters, emnist-mnist. If there is no folder of that name, the data set is\nfetched to the cache folder (EMNIST is 561 MB). A file classes.txt in the folder\nnames your own classes, one a line")
	flags.BoolVar(&f.Offline, "offline", false, "do not use the network")
	flags.Func("mirror", "fetch from this `address` in place of the known ones, for example\nhttp://127.0.0.1:8000/mnist; give the flag several times to try them in turn", func(address string) error {
		f.Mirrors = append(f.Mirrors, address)
		return nil
	})
	flags.StringVar(&f.Cache, "cache", "", "fetch data sets to this `folder` (default: the environment variable DIGITS_CACHE, or\nthe folder digits in the user's cache folder)")
}

// Load reads the data. If there is no folder Data, it fetches the data set of
// that name first, and shows the progress on stderr.
//
// A folder with the name of a data set is read as this set: its classes have
// names, and EMNIST's images are upright. A folder with a classes.txt
// is the user's own set, whatever its name.
func (f *Flags) Load(ctx context.Context, stderr io.Writer) (train, test *dataset.Set, err error) {
	load := dataset.Load
	if source := f.Source(); source != nil {
		load = source.Load
	}
	fsys, end, err := f.Open()
	switch {
	case errors.Is(err, fs.ErrNotExist):
		train, test, err = f.fetch(ctx, stderr)
	case err != nil:
		return nil, nil, err
	default:
		defer end()
		train, test, err = load(fsys)
	}
	var missing *dataset.MissingError
	if errors.As(err, &missing) {
		missing.Dir = f.Data
	}
	if err != nil {
		return nil, nil, fmt.Errorf("-data %s: %w", f.Data, err)
	}
	return train, test, nil
}

// Open opens the folder or the zip archive Data. If there is none, the error is
// fs.ErrNotExist. Without an error, the caller must call end when it is done.
func (f *Flags) Open() (fsys fs.FS, end func(), err error) {
	info, err := os.Stat(f.Data)
	if _, linkErr := os.Lstat(f.Data); errors.Is(linkErr, fs.ErrNotExist) {
		return nil, nil, fmt.Errorf("-data %s: %w", f.Data, fs.ErrNotExist)
	}
	if err != nil { // also for a link to nothing
		return nil, nil, fmt.Errorf("-data %s cannot be opened: %v", f.Data, printable.Cause(err))
	}
	if info.IsDir() {
		return os.DirFS(f.Data), func() {}, nil
	}
	if !info.Mode().IsRegular() { // a named pipe may block forever
		return nil, nil, fmt.Errorf("-data %s is not a folder and not a regular file", f.Data)
	}
	z, err := zip.OpenReader(f.Data)
	if err != nil {
		return nil, nil, fmt.Errorf("-data %s is not a folder and not a whole zip archive: %w", f.Data, f.kind(err))
	}
	return z, func() { z.Close() }, nil
}

// kind returns err or, if package idx knows the kind of the file Data, an error
// that names it, such as a web page.
func (f *Flags) kind(err error) error {
	file, openErr := os.Open(f.Data)
	if openErr != nil {
		return err
	}
	defer file.Close()
	_, headerErr := idx.ReadHeader(file)
	var format *idx.FormatError
	if errors.As(headerErr, &format) && format.Field == "kind of file" && format.Got != "a zip archive" {
		return format
	}
	return err
}

// Source returns the data set that has the same name as the folder. It returns
// nil if there is none, or if the folder has a classes.txt.
func (f *Flags) Source() *dataset.Source {
	if _, err := os.Stat(filepath.Join(f.Data, "classes.txt")); err == nil {
		return nil
	}
	path, _ := filepath.Abs(f.Data) // the folder may be "."
	s, _ := dataset.Lookup(filepath.Base(path))
	return s
}

func (f *Flags) fetch(ctx context.Context, stderr io.Writer) (train, test *dataset.Set, err error) {
	s, err := dataset.Lookup(f.Data)
	if err != nil {
		return nil, nil, fmt.Errorf("no such folder; %w", err)
	}
	dir := ""
	if f.Cache != "" {
		dir = filepath.Join(f.Cache, cmp.Or(s.Folder, s.Name))
	}
	b := bar{w: stderr, live: cli.IsTerminal(stderr)}
	train, test, err = dataset.Fetch(ctx, s.Name, dir, &dataset.FetchOptions{
		Mirrors: f.Mirrors, Offline: f.Offline, Progress: b.show,
	})
	b.end()
	var failed *dataset.FetchError
	switch {
	case errors.As(err, &failed):
		shown := *failed
		shown.Tries = nil // the bar has shown them
		folder := "FOLDER"
		if s.Name != "mnist" {
			folder = filepath.Join(folder, s.Name) // tells how to read it
		}
		err = fmt.Errorf("%w\n\nOr name a folder or a zip archive that has the four files: -data %s", &shown, folder)
	case err != nil && dir == "" && strings.Contains(err.Error(), "DIGITS_CACHE"):
		err = fmt.Errorf("%w, and so can the flag -cache", err)
	}
	return train, test, err
}

// A bar shows the progress of a transfer. On a terminal it is live: it updates
// one line. Elsewhere it writes a line for each file and, for large files, for
// each quarter.
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
