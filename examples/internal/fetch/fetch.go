// Package fetch gets the data that the examples train and test on. It takes them
// from a folder or, by the name of a data set, from the user's cache folder or
// the network.
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

// Flags hold what a command line says about the data.
type Flags struct {
	Data    string   // a folder or the name of a data set
	Offline bool     // do not use the network
	Mirrors []string // addresses to fetch from, in place of the known ones
}

// Register defines the flags -data, -offline and -mirror. The default data set
// is MNIST.
func (f *Flags) Register(flags *flag.FlagSet) {
	flags.StringVar(&f.Data, "data", "mnist", "`folder` with the four files of MNIST or a similar set, or the name of a data set:\nmnist, fashion-mnist, kmnist, qmnist, emnist-balanced, emnist-byclass,\nemnist-bymerge, emnist-digits, emnist-letters, emnist-mnist. If there is no folder of\nthat name, the data set is fetched to the user's cache folder (EMNIST has 561 MB)")
	flags.BoolVar(&f.Offline, "offline", false, "do not use the network")
	flags.Func("mirror", "fetch from this `address` in place of the known ones, for example\nhttp://127.0.0.1:8000/mnist; give the flag several times to try them in turn", func(address string) error {
		f.Mirrors = append(f.Mirrors, address)
		return nil
	})
}

// Load reads the data. If there is no folder Data, it fetches the data set of
// that name first, and shows the progress on stderr.
//
// A folder with the name of a data set is read as this data set: the classes
// have names, and the images of EMNIST are upright.
func (f *Flags) Load(ctx context.Context, stderr io.Writer) (train, test *dataset.Set, err error) {
	info, err := os.Stat(f.Data)
	source := f.Source()
	switch {
	case err != nil:
		train, test, err = f.fetch(ctx, stderr)
	case !info.IsDir():
		return nil, nil, fmt.Errorf("-data %s is not a folder", f.Data)
	case source != nil:
		train, test, err = source.Load(os.DirFS(f.Data))
	default:
		train, test, err = dataset.Load(os.DirFS(f.Data))
	}
	if err != nil {
		return nil, nil, fmt.Errorf("-data %s: %w", f.Data, err)
	}
	return train, test, nil
}

// Source returns the data set with the name of the folder, or nil if there is
// none.
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
		return nil, nil, fmt.Errorf("no such folder; %w", err)
	}
	b := bar{w: stderr, live: cli.IsTerminal(stderr)}
	defer b.end()
	return dataset.Fetch(ctx, s.Name, "", &dataset.FetchOptions{
		Mirrors: f.Mirrors, Offline: f.Offline, Progress: b.show,
	})
}
