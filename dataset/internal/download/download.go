// Package download fetches files into a folder and verifies them.
//
// A file gets its name only after its checksum was verified. A download that
// was stopped continues where it ended. Any number of goroutines and processes
// may download to one folder.
//
// Package dataset is the only caller. It describes the options to the user, and
// it puts its own name before the texts of the errors.
package download

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"
)

const (
	defaultStall = 30 * time.Second
	connectLimit = 10 * time.Second
	maxRedirects = 10

	// maxUnknownSize limits a file of unknown size. No file of the MNIST
	// family comes near it.
	maxUnknownSize = 100 << 20
)

// A File is one published file. Its fields are those of dataset.File.
type File struct {
	Name        string
	Size        int64
	SHA256, MD5 string
	RawSHA256   string
	Mirrors     []string
}

// limit returns how many bytes a mirror may send.
func (f File) limit() int64 {
	if f.Size > 0 {
		return f.Size
	}
	return maxUnknownSize
}

// Options say how to download. dataset.FetchOptions describes the fields.
type Options struct {
	Mirrors   []string
	Offline   bool
	Stall     time.Duration
	Progress  func(Progress)
	Transport http.RoundTripper
}

// Progress reports how far a file is. Its fields are those of
// dataset.FetchProgress.
type Progress struct {
	File        string
	URL         string
	Done, Total int64
	Path        string
	Err         error
}

// A Try is a failed attempt to fetch a file. Its fields are those of
// dataset.Try.
type Try struct {
	URL string
	Err error
}

// An Error says that no mirror sent the file. Without Tries, the download was
// offline.
type Error struct {
	File  File
	Tries []Try
}

func (e *Error) Error() string {
	if len(e.Tries) == 0 {
		return e.File.Name + " is missing and the network is not to be used"
	}
	var texts []string
	for _, t := range e.Tries {
		texts = append(texts, fmt.Sprintf("%s: %v", t.URL, t.Err))
	}
	return fmt.Sprintf("no mirror sent %s: %s", e.File.Name, strings.Join(texts, "; "))
}

// A Downloader fetches files into one folder. One goroutine may use it at a
// time.
type Downloader struct {
	dir      string
	disk     disk
	options  Options
	client   http.Client
	own      *http.Transport // closed by Close; nil if the caller has one
	failures map[string]int  // by mirror
}

// New returns a Downloader for the folder dir. The first fetched file creates
// the folder. Call Close at the end.
func New(dir string, options Options) *Downloader {
	if options.Stall <= 0 {
		options.Stall = defaultStall
	}
	d := &Downloader{dir: dir, disk: osDisk{}, options: options, failures: map[string]int{}}
	d.client = http.Client{Transport: options.Transport, CheckRedirect: checkRedirect}
	if options.Transport == nil {
		limit := min(options.Stall, connectLimit)
		d.own = &http.Transport{
			Proxy:               http.ProxyFromEnvironment,
			DialContext:         (&net.Dialer{Timeout: limit}).DialContext,
			TLSHandshakeTimeout: limit,
			// Some servers declare a .gz file as compressed
			// content. Without this setting it would arrive
			// decompressed.
			DisableCompression: true,
		}
		d.client.Transport = d.own
	}
	return d
}

// Close closes the connections of d.
func (d *Downloader) Close() {
	if d.own != nil {
		d.own.CloseIdleConnections()
	}
}

// Fetch downloads f, verifies it and gives it its name. A wrong file with that
// name is renamed. If no mirror sends f, the error is an *Error.
func (d *Downloader) Fetch(ctx context.Context, f File) error {
	sum, mirrors := f.checksum(), d.mirrors(f)
	switch {
	case ctx.Err() != nil:
		return fetching(f, ctx.Err())
	case d.options.Offline:
		return &Error{File: f}
	case sum.algorithm == "":
		return fmt.Errorf("no checksum of %s is known", f.Name)
	case len(mirrors) == 0:
		return fmt.Errorf("no mirror of %s is known: name one", f.Name)
	}
	if err := os.MkdirAll(d.dir, 0o755); err != nil {
		return fetching(f, err)
	}
	p, err := newPart(ctx, d.disk, d.dir, f.Name, sum.new(), f.limit())
	if err != nil {
		return fetching(f, err)
	}
	defer p.abandon()

	t := transfer{d: d, file: f, part: p}
	var tries []Try
	for _, mirror := range mirrors {
		address, err := d.address(mirror, f)
		if err == nil {
			err = t.fetchFrom(ctx, address)
		}
		address = redacted(address)
		if err == nil {
			if err = d.place(p, f.Name, address); err != nil {
				return fetching(f, err)
			}
			return nil
		}
		var disk *diskError
		if ctxErr := ctx.Err(); ctxErr != nil {
			return fetching(f, ctxErr)
		}
		if errors.As(err, &disk) {
			return fetching(f, err)
		}
		d.failures[mirror]++
		tries = append(tries, Try{URL: address, Err: err})
		d.report(Progress{File: f.Name, URL: address, Total: f.Size, Err: err})
	}
	return &Error{File: f, Tries: tries}
}

func (d *Downloader) report(p Progress) {
	if d.options.Progress != nil {
		d.options.Progress(p)
	}
}

// fetching wraps an error that is not the fault of a mirror.
func fetching(f File, err error) error {
	return fmt.Errorf("fetching %s: %w", f.Name, err)
}

// diskError is an error of the disk. Another mirror would not help.
type diskError struct{ err error }

func (e *diskError) Error() string { return e.err.Error() }
func (e *diskError) Unwrap() error { return e.err }

// mirrors returns the mirrors of f in the order to try. Mirrors that failed
// before come last, because waiting for a dead mirror takes time.
func (d *Downloader) mirrors(f File) []string {
	mirrors := slices.Clone(d.options.Mirrors)
	if len(mirrors) == 0 {
		mirrors = slices.Clone(f.Mirrors)
	}
	slices.SortStableFunc(mirrors, func(a, b string) int { return d.failures[a] - d.failures[b] })
	return mirrors
}

// address returns the address of f at a mirror. An attacker can forge an MD5.
// So the published mirrors of a file without SHA-256 must be https. The user's
// own mirrors may be anything.
func (d *Downloader) address(mirror string, f File) (string, error) {
	address, err := url.JoinPath(mirror, f.Name)
	if err != nil {
		return mirror, withoutAddress(err)
	}
	if len(d.options.Mirrors) == 0 && f.SHA256 == "" && !strings.HasPrefix(address, "https:") {
		return address, errors.New("a file without a SHA-256 is fetched by https only")
	}
	return address, nil
}

// redacted hides the password in an address.
func redacted(address string) string {
	if u, err := url.Parse(address); err == nil {
		return u.Redacted()
	}
	return address[strings.LastIndex(address, "@")+1:]
}

// withoutAddress removes the address from the text of an error. The address may
// contain a password.
func withoutAddress(err error) error {
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		return wrapped.Err
	}
	return err
}

var errDowngrade = errors.New("it redirects from https to http")

func checkRedirect(req *http.Request, via []*http.Request) error {
	if via[len(via)-1].URL.Scheme == "https" && req.URL.Scheme != "https" {
		return errDowngrade
	}
	if len(via) > maxRedirects {
		return fmt.Errorf("it redirects more than %d times", maxRedirects)
	}
	return nil
}
