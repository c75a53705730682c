// Package fetch gets the data that the examples train and test on: from a folder
// or, by the name of a data set, from the user's cache and the network.
package fetch

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/seed-cd6415d7/digits/dataset"
	"github.com/seed-cd6415d7/digits/examples/internal/cli"
)

// Flags are what a command line says about the data.
type Flags struct {
	Data    string   // a folder or the name of a data set
	Offline bool     // keep off the network
	Mirrors []string // in place of those that are known
}

// Register defines the flags -data, -offline and -mirror. The data are those of
// MNIST unless -data names others.
func (f *Flags) Register(flags *flag.FlagSet) {
	flags.StringVar(&f.Data, "data", "mnist", "`folder` with the four files of MNIST or a relative, or the name of a data set, which is\nfetched to the user's cache folder if it is not there: mnist, fashion-mnist, kmnist,\nqmnist, emnist-balanced, emnist-byclass, emnist-bymerge, emnist-digits, emnist-letters,\nemnist-mnist (EMNIST is 561 MB); a folder of that name goes first")
	flags.BoolVar(&f.Offline, "offline", false, "keep off the network")
	flags.Func("mirror", "fetch from this `address` in place of those that are known, http://127.0.0.1:8000/mnist\nfor example; may be given several times, to be tried in turn", func(address string) error {
		f.Mirrors = append(f.Mirrors, address)
		return nil
	})
}

// Load reads the data, and fetches what is not there. It tells on stderr how far
// it is, with a bar if that is a terminal.
//
// If the name of a folder is that of a data set, it is read as that data set:
// with the names of its classes, and EMNIST upright.
func (f *Flags) Load(ctx context.Context, stderr io.Writer) (train, test *dataset.Set, err error) {
	info, err := os.Stat(f.Data)
	switch {
	case err != nil:
		return f.fetch(ctx, stderr)
	case !info.IsDir():
		return nil, nil, fmt.Errorf("-data %s is not a folder", f.Data)
	}
	load := dataset.Load
	if s := f.Source(); s != nil {
		load = s.Load
	}
	train, test, err = load(os.DirFS(f.Data))
	if err != nil {
		return nil, nil, fmt.Errorf("-data %s: %w", f.Data, err)
	}
	return train, test, nil
}

// Source returns the data set that is called as the folder is, nil if none is.
func (f *Flags) Source() *dataset.Source {
	path, err := filepath.Abs(f.Data)
	if err != nil {
		return nil
	}
	s, err := dataset.Lookup(filepath.Base(path))
	if err != nil {
		return nil
	}
	return s
}

func (f *Flags) fetch(ctx context.Context, stderr io.Writer) (train, test *dataset.Set, err error) {
	s, err := dataset.Lookup(f.Data)
	if err != nil {
		return nil, nil, fmt.Errorf("-data %s: no such folder; %w", f.Data, err)
	}
	b := bar{w: stderr, live: cli.IsTerminal(stderr)}
	train, test, err = dataset.Fetch(ctx, s.Name, "", &dataset.FetchOptions{
		Mirrors: f.Mirrors, Offline: f.Offline, Progress: b.show,
	})
	b.end()
	if err != nil {
		return nil, nil, fmt.Errorf("-data %s: %w", f.Data, err)
	}
	return train, test, nil
}
