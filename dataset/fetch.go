package dataset

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/seed-cd6415d7/digits/dataset/internal/download"
)

// FetchOptions say how to fetch. Nil means the zero value.
type FetchOptions struct {
	// Mirrors are addresses of folders, to try in order in place of the
	// source's. http is allowed.
	Mirrors []string

	// Offline forbids the network.
	Offline bool

	// WriterIDs also fetches the WriterTables, about 1 MB.
	WriterIDs bool

	// Stall is how long a mirror may take to send the next 16 KB. 0 means 30
	// seconds.
	Stall time.Duration

	// Progress, if not nil, is called by one goroutine, and only until
	// fetching returns.
	Progress func(FetchProgress)

	// Transport makes the requests. Nil is one like
	// [http.DefaultTransport]. Your own must set
	// [http.Transport.DisableCompression].
	Transport http.RoundTripper
}

// FetchProgress reports how far a file is.
type FetchProgress struct {
	File        string
	URL         string // or the path of the archive
	Done, Total int64  // bytes; Total is 0 if unknown
	Path        string // of the file, once it is verified

	// Err is a problem that does not end the download: why URL failed or,
	// without URL, which wrong file was renamed.
	Err error
}

// Fetch is [Lookup], [Source.Download] and [Source.Load] in one, but reads only
// verified files.
func Fetch(ctx context.Context, name, dir string, opts *FetchOptions) (train, test *Set, err error) {
	s, err := Lookup(name)
	if err != nil {
		return nil, nil, err
	}
	dir, names, err := s.download(ctx, dir, opts)
	if err != nil {
		return nil, nil, err
	}
	return s.load(os.DirFS(dir), names)
}

// Download downloads the files that the folder dir lacks and returns the
// folder. An empty dir stands for a folder such as mnist in the cache
// folder. The environment variable DIGITS_CACHE names the cache folder. Without
// it, the cache folder is digits in [os.UserCacheDir].
//
// A file that is already there counts if its checksum is right. It may have any
// name and be in any sub-folder that [Load] knows. Download asks the mirrors in
// turn for the others. A file gets its name in one step, once it is verified. A
// wrong file with that name is renamed to end in .bad, .bad2 and so on. Wrong
// files with other names stay, and Load may read them.
//
// EMNIST's zip archive of 561 MB stays for its other splits. The files in it
// are verified by gzip's checksums only.
//
// Any number of goroutines and processes may share a folder. A stopped download
// leaves .NAME.*.part, and the next one continues it. No redirect leads from
// https to http. Errors are a [*FetchError], ctx's or the disk's.
func (s *Source) Download(ctx context.Context, dir string, opts *FetchOptions) (string, error) {
	folder, _, err := s.download(ctx, dir, opts)
	return folder, err
}

// download also returns the names of the verified files.
func (s *Source) download(
	ctx context.Context, dir string, opts *FetchOptions,
) (folder string, names fileNames, err error) {
	if opts == nil {
		opts = new(FetchOptions)
	}
	help := folderHelp
	if dir == "" {
		if dir, err = s.cacheFolder(); err != nil {
			return "", names, err
		}
		help = cacheHelp
	}
	defer func() { err = withHelp(err, help) }()
	names, missing, err := s.survey(ctx, dir, opts.WriterIDs)
	if err != nil {
		return "", names, fmt.Errorf("dataset: %s: %w", s.Name, err)
	}
	if err := s.fetch(ctx, dir, missing, opts); err != nil {
		return "", names, err
	}
	return dir, names, nil
}

// survey looks for verified files in a folder. It returns their names, and the
// wanted files that are missing. These get their published names.
func (s *Source) survey(ctx context.Context, dir string, wantTables bool) (names fileNames, missing []File, err error) {
	fsys := os.DirFS(dir)
	folders, _ := searchedFolders(fsys, s.Name) // a folder is no damaged archive
	look := func(f File, want bool) (string, error) {
		there := slices.DeleteFunc(paths(folders, f.rawName()), func(name string) bool { return !isFile(fsys, name) })
		name, err := download.File(f).Find(ctx, dir, there)
		switch {
		case err != nil:
			return "", err
		case name != "":
			download.RemoveParts(dir, f.Name)
		case want:
			missing = append(missing, f)
			name = f.Name
		}
		return name, nil
	}
	for i, f := range s.Files {
		if names.files[i], err = look(f, true); err != nil {
			return names, nil, err
		}
	}
	for i, f := range s.WriterTables {
		if f.Name == "" {
			continue
		}
		if names.tables[i], err = look(f, wantTables); err != nil {
			return names, nil, err
		}
	}
	return names, missing, nil
}

// fetch downloads files to a folder.
func (s *Source) fetch(ctx context.Context, dir string, files []File, opts *FetchOptions) error {
	options := download.Options{
		Mirrors: opts.Mirrors, Offline: opts.Offline, Stall: opts.Stall, Transport: opts.Transport,
	}
	if opts.Progress != nil {
		options.Progress = func(p download.Progress) { opts.Progress(FetchProgress(p)) }
	}
	d := download.New(dir, options)
	defer d.Close()

	var members []download.File
	var others []File
	for _, f := range files {
		if s.inArchive(f) {
			members = append(members, download.File(f))
		} else {
			others = append(others, f)
		}
	}
	// While the archive is not there, another split may need its parts.
	if len(members) > 0 {
		if err := d.Extract(ctx, download.File(s.Archive), members); err != nil {
			return s.fetchError(err, dir, []File{s.Archive})
		}
	} else if info, err := os.Stat(filepath.Join(dir, s.Archive.Name)); err == nil &&
		info.Mode().IsRegular() && info.Size() == s.Archive.Size {
		download.RemoveParts(dir, s.Archive.Name)
	}
	for i, f := range others {
		if err := d.Fetch(ctx, download.File(f)); err != nil {
			return s.fetchError(err, dir, others[i:])
		}
	}
	return nil
}

// fetchError turns an error of package download into one of this package.
// missing are the files that a user has to get by hand.
func (s *Source) fetchError(err error, dir string, missing []File) error {
	var failed *download.Error
	if !errors.As(err, &failed) {
		return fmt.Errorf("dataset: %s: %w", s.Name, err)
	}
	e := &FetchError{Source: s, Dir: dir, File: failed.File.Name, missing: missing}
	for _, t := range failed.Tries {
		e.Tries = append(e.Tries, Try(t))
	}
	return e
}

// cacheVariable is the environment variable with the cache folder.
const cacheVariable = "DIGITS_CACHE"

const folderHelp = "name another folder, where there is room and where you may write"

const cacheHelp = "the environment variable " + cacheVariable + " can name another cache folder"

// withHelp adds help to an error of the disk. For example, the folder may be
// read-only.
func withHelp(err error, help string) error {
	var path *fs.PathError
	var link *os.LinkError // of a rename
	var failed *FetchError
	if (errors.As(err, &path) || errors.As(err, &link)) && !errors.As(err, &failed) {
		return fmt.Errorf("%w; %s", err, help)
	}
	return err
}

// cacheFolder returns the source's folder in the cache.
func (s *Source) cacheFolder() (string, error) {
	cache := os.Getenv(cacheVariable)
	if cache == "" {
		user, err := os.UserCacheDir()
		if err != nil {
			return "", fmt.Errorf("dataset: %s: there is no cache folder (%w); %s", s.Name, err, cacheHelp)
		}
		cache = filepath.Join(user, "digits")
	}
	return filepath.Join(cache, cmp.Or(s.Folder, s.Name)), nil
}
