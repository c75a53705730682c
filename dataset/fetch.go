package dataset

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"time"
)

// FetchOptions say how to fetch. A nil *FetchOptions and its zero value are the same.
type FetchOptions struct {
	// Mirrors are addresses of folders to fetch from, in this order, in place
	// of those that the source names. They may begin with http: and so may
	// what they redirect to, unless they begin with https.
	Mirrors []string

	// Offline keeps off the network: what is not in the folder is an error.
	Offline bool

	// WriterIDs fetches QMNIST's label tables as well, 1 MB, if the source has
	// them apart from its labels, as MNIST has: Set.WriterIDs will be known.
	WriterIDs bool

	// Stall is how long to wait for the next 16 KB, or the end, before a mirror
	// is given up, and for a connection, but not more than 10 seconds. 0 is 30
	// seconds.
	Stall time.Duration

	// Progress, if not nil, is called from time to time, from one goroutine,
	// and not after the call that it was given to has returned.
	Progress func(FetchProgress)

	// Transport makes the requests. Nil is one like [http.DefaultTransport],
	// which takes a proxy from the environment. One of your own must not
	// decompress what it gets (see [http.Transport]'s DisableCompression).
	Transport http.RoundTripper
}

// FetchProgress says how far fetching a file is.
type FetchProgress struct {
	File        string // its name
	URL         string // where it is fetched from; for the member of an archive, the archive's path
	Done, Total int64  // bytes; Total is 0 if it is not known
	Path        string // where the file is, once it is, verified; empty before

	// Err, if not nil, is something that went wrong and that fetching goes on
	// after: why URL was given up or, if URL is empty, which file was in the
	// way.
	Err error
}

// Fetch returns the training and the test set of a data set of the given name
// ([Lookup] knows which), which it first downloads if it is not in the folder
// dir. With an empty dir that is a folder of the user's cache
// ([os.UserCacheDir]), digits/mnist for example. It is short for Lookup,
// [Source.Download] and reading what that found.
//
//	train, test, err := dataset.Fetch(ctx, "mnist", "", nil)
func Fetch(ctx context.Context, name, dir string, opts *FetchOptions) (train, test *Set, err error) {
	s, err := Lookup(name)
	if err != nil {
		return nil, nil, err
	}
	dir, names, tables, err := s.download(ctx, dir, opts)
	if err != nil {
		return nil, nil, err
	}
	return s.load(os.DirFS(dir), names, tables)
}

// Download sees to it that the folder dir has the files of the data set, and
// returns the folder. If dir is empty it is a folder of the user's cache. It is
// made if need be. [Source.Load] reads from it.
//
// Files that are there are used if their checksum is right, under each of the
// names that Load knows, compressed or not (of a file whose checksum when
// decompressed is not published, compressed only). Otherwise the file is
// fetched from the mirrors in turn, until one sends bytes with the right
// checksum; only then it gets its name, which it does in one step. A file of
// that name with another checksum is not lost: its name gets the ending .bad,
// or .bad2 and so on. Files under the other names that Load knows are left
// alone, even if Load would read them first; Fetch reads those whose checksum
// is right. EMNIST's files come out of a zip archive of 561 MB, which stays in
// the folder for EMNIST's other splits; delete it if you need none. Of EMNIST's
// files themselves no checksums are published: those that are there are
// recognised by that which is within each gzip file.
//
// Any number of goroutines and processes may download to one folder. Each
// writes to a file of its own, whose name begins with a dot and ends with .part.
// One that is stopped, by ctx or from outside, leaves that file, and the next
// goes on where it ends.
//
// From https nothing leads to http, not even a redirect. Errors are
// *FetchErrors, which tell what was tried and how to do it by hand, or of the
// disk, or ctx's.
func (s *Source) Download(ctx context.Context, dir string, opts *FetchOptions) (folder string, err error) {
	folder, _, _, err = s.download(ctx, dir, opts)
	return folder, err
}

// download also returns the names of the four files in the folder, and those of the
// writers' tables: "" for one that it has not, or not whole, if it was not asked for.
func (s *Source) download(ctx context.Context, dir string, opts *FetchOptions) (folder string, names []string, tables [2]string, err error) {
	if opts == nil {
		opts = new(FetchOptions)
	}
	if dir == "" {
		if dir, err = s.cacheFolder(); err != nil {
			return "", nil, tables, err
		}
	}
	var missing []File
	see := func(f File, wanted bool) (string, error) {
		name, err := f.find(ctx, dir)
		switch {
		case err != nil:
			return "", fmt.Errorf("dataset: %s: %w", s.Name, err)
		case name != "":
			removeParts(dir, f.Name)
		case wanted:
			missing = append(missing, f)
			return f.Name, nil
		}
		return name, nil
	}
	for _, f := range s.Files {
		name, err := see(f, true)
		if err != nil {
			return "", nil, tables, err
		}
		names = append(names, name)
	}
	for i, f := range s.WriterTables {
		if f.Name == "" {
			continue
		}
		if tables[i], err = see(f, opts.WriterIDs); err != nil {
			return "", nil, tables, err
		}
	}
	if len(missing) > 0 {
		d := newDownloader(ctx, s, dir, opts)
		defer d.close()
		if err := d.all(missing); err != nil {
			return "", nil, tables, err
		}
	}
	return dir, names, tables, nil
}

func (s *Source) cacheFolder() (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("dataset: %s: the user has no cache folder, name one: %w", s.Name, err)
	}
	folder := s.Folder
	if folder == "" {
		folder = s.Name
	}
	return filepath.Join(cache, "digits", folder), nil
}
