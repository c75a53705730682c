package dataset

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	defaultStall   = 30 * time.Second
	connectLimit   = 10 * time.Second
	enough         = 16 << 10  // bytes that show that a mirror is alive
	unknownSize    = 100 << 20 // the most that is taken of a file of unknown size, many times what any of them has
	maxRedirects   = 10
	copyBufferSize = 32 << 10
)

// A downloader fetches the files of one source to one folder.
type downloader struct {
	*FetchOptions
	ctx     context.Context
	source  *Source
	dir     string
	stall   time.Duration
	client  http.Client
	own     *http.Transport // to be closed
	missing []File          // what a user has to get if fetching fails
	failed  map[string]int  // how often, by mirror
}

func newDownloader(ctx context.Context, s *Source, dir string, opts *FetchOptions) *downloader {
	d := &downloader{FetchOptions: opts, ctx: ctx, source: s, dir: dir, stall: opts.Stall, failed: map[string]int{}}
	if d.stall <= 0 {
		d.stall = defaultStall
	}
	d.client = http.Client{Transport: opts.Transport, CheckRedirect: checkRedirect}
	if opts.Transport == nil {
		limit := min(d.stall, connectLimit)
		d.own = &http.Transport{
			Proxy:               http.ProxyFromEnvironment,
			DialContext:         (&net.Dialer{Timeout: limit}).DialContext,
			TLSHandshakeTimeout: limit,
			ForceAttemptHTTP2:   true,
			// Some servers call a .gz file a compressed one, and it would
			// come out decompressed.
			DisableCompression: true,
		}
		d.client.Transport = d.own
	}
	return d
}

func (d *downloader) close() {
	if d.own != nil {
		d.own.CloseIdleConnections()
	}
}

var errDowngrade = errors.New("it redirects from https to http")

func checkRedirect(req *http.Request, via []*http.Request) error {
	if via[len(via)-1].URL.Scheme == "https" && req.URL.Scheme != "https" {
		return errDowngrade
	}
	if len(via) >= maxRedirects {
		return fmt.Errorf("it redirects more than %d times", maxRedirects)
	}
	return nil
}

func (d *downloader) report(p FetchProgress) {
	if d.Progress != nil {
		d.Progress(p)
	}
}

// all gets the missing files.
func (d *downloader) all(missing []File) error {
	d.missing = missing
	if err := d.ctx.Err(); err != nil {
		return d.stopped(missing[0].Name, err)
	}
	if !d.source.archived() {
		return d.each(missing)
	}
	var members, others []File
	for _, f := range missing {
		if d.source.has(f.Name) {
			members = append(members, f)
		} else {
			others = append(others, f)
		}
	}
	if len(members) > 0 {
		if err := d.members(members); err != nil {
			return err
		}
	}
	return d.each(others)
}

func (d *downloader) each(files []File) error {
	for i, f := range files {
		d.missing = files[i:]
		if err := d.get(f); err != nil {
			return err
		}
	}
	return nil
}

// get fetches a file and puts it in its place.
func (d *downloader) get(f File) error {
	c := f.sum()
	switch {
	case d.Offline:
		return d.failure(f, nil)
	case c.algorithm == "":
		return fmt.Errorf("dataset: %s: the source has no checksum of %s", d.source.Name, f.Name)
	}
	if err := os.MkdirAll(d.dir, 0o755); err != nil {
		return d.disk(err)
	}
	p, err := newPart(d.ctx, d.dir, f.Name, c.new(), f.limit())
	if err != nil {
		return d.stopped(f.Name, err)
	}
	defer p.abandon()

	mirrors := d.mirrors(f)
	if len(mirrors) == 0 {
		return fmt.Errorf("dataset: %s: the source knows no mirror of %s, name one", d.source.Name, f.Name)
	}
	var tries []Try
	for _, mirror := range mirrors {
		address, err := d.address(mirror, f)
		if err == nil {
			err = d.try(p, f, address)
		}
		address = redacted(address)
		if err == nil {
			return d.place(p, f.Name, address)
		}
		var disk *diskError
		if err := d.ctx.Err(); err != nil {
			return d.stopped(f.Name, err)
		}
		if errors.As(err, &disk) {
			return d.stopped(f.Name, err)
		}
		d.failed[mirror]++
		tries = append(tries, Try{URL: address, Err: err})
		d.report(FetchProgress{File: f.Name, URL: address, Total: f.Size, Err: err})
	}
	return d.failure(f, tries)
}

// mirrors returns the mirrors of a file in the order in which to try them. Those
// that have failed before come last, because it takes time to wait for the dead.
func (d *downloader) mirrors(f File) []string {
	mirrors := slices.Clone(d.Mirrors)
	if len(mirrors) == 0 {
		mirrors = slices.Clone(f.Mirrors)
	}
	slices.SortStableFunc(mirrors, func(a, b string) int { return d.failed[a] - d.failed[b] })
	return mirrors
}

// address returns where a mirror has a file. MD5 does not keep out somebody who
// means harm, so a source's own mirrors of a file without SHA-256 have to be
// https; whoever names mirrors knows what they are.
func (d *downloader) address(mirror string, f File) (string, error) {
	address, err := url.JoinPath(mirror, f.Name)
	if err != nil {
		return mirror, withoutAddress(err)
	}
	if len(d.Mirrors) == 0 && f.SHA256 == "" && !strings.HasPrefix(address, "https:") {
		return address, errors.New("without a SHA-256 only https will do")
	}
	return address, nil
}

// redacted hides a password.
func redacted(address string) string {
	if u, err := url.Parse(address); err == nil {
		return u.Redacted()
	}
	return address[strings.LastIndex(address, "@")+1:]
}

// withoutAddress returns what is within an error that also says the address, with
// its password.
func withoutAddress(err error) error {
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		return wrapped.Err
	}
	return err
}

// limit is the most bytes that are taken of f.
func (f File) limit() int64 {
	if f.Size > 0 {
		return f.Size
	}
	return unknownSize
}

// place gives a whole file its name. A file that is there already either is the
// same, by another process, or is put aside.
func (d *downloader) place(p *part, name, address string) error {
	path, size, same := filepath.Join(d.dir, name), p.size, false
	if info, err := os.Lstat(path); err == nil {
		if same = d.sameSum(p, path, info); !same {
			if err := d.putAside(name); err != nil {
				return d.disk(err)
			}
		}
	}
	if same {
		p.discard()
	} else if err := p.publish(path); err != nil {
		return d.disk(err)
	}
	removeParts(d.dir, name)
	d.report(FetchProgress{File: name, URL: address, Done: size, Total: size, Path: path})
	return nil
}

// putAside gives a file that is in the way another name, which none has yet. It
// keeps its own, which another process may give to a good one at any moment, or it
// is gone. If it is gone already, another process has done so.
func (d *downloader) putAside(name string) error {
	path := filepath.Join(d.dir, name)
	for i := 1; ; i++ {
		bad := name + ".bad"
		if i > 1 {
			bad += strconv.Itoa(i)
		}
		// A link never takes the place of a file. Not all file systems have links,
		// and folders have none.
		err := os.Link(path, filepath.Join(d.dir, bad))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			if _, free := os.Lstat(filepath.Join(d.dir, bad)); free == nil {
				continue
			}
			err = os.Rename(path, filepath.Join(d.dir, bad))
		}
		if err == nil {
			d.report(FetchProgress{File: name, Err: fmt.Errorf("the %s that was there was damaged or another; it is now called %s", name, bad)})
		} else if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		return err
	}
}

// sameSum reports whether the file at path has the bytes of p, as far as the
// checksum tells. It does not stop for a cancelled context: the work is done.
func (d *downloader) sameSum(p *part, path string, info os.FileInfo) bool {
	if !info.Mode().IsRegular() || info.Size() != p.size {
		return false
	}
	file, err := os.Open(path)
	if err != nil {
		return false
	}
	defer file.Close()
	sum := p.hash.Sum(nil)
	p.hash.Reset()
	_, err = io.Copy(p.hash, file)
	return err == nil && string(p.hash.Sum(nil)) == string(sum)
}

// try asks one mirror until p is the whole file or the mirror is of no more use.
func (d *downloader) try(p *part, f File, address string) error {
	farthest, anew := p.size, false
	for {
		borrowed := p.size // bytes that are not from this request
		err := d.request(p, f, address)
		if err == nil {
			err = f.sum().check(p.hash)
			if err == nil {
				return nil
			}
			// Some of it came from somewhere else, which may be to blame, or
			// from the middle, which the mirror may not be able to send.
			if resetErr := p.reset(); resetErr != nil {
				return &diskError{resetErr}
			}
			if borrowed == 0 || anew {
				return err
			}
			farthest, anew = 0, true
			continue
		}
		var retry *retryError
		switch {
		case d.ctx.Err() != nil:
			return d.ctx.Err()
		case errors.As(err, &retry) && borrowed > 0:
			// Its answer to a request for the rest is of no use. Ask for all.
			if resetErr := p.reset(); resetErr != nil {
				return &diskError{resetErr}
			}
		case p.size >= farthest+enough && !errors.Is(err, errStalled):
			// The connection broke, but it was of use: ask for the rest. That
			// cannot go on forever, because each time there has to be more.
			farthest = p.size
		default:
			return err
		}
	}
}

// retryError: the mirror cannot send the rest of a file. It may send all of it.
type retryError struct{ error }

// diskError: it is not the mirror's fault.
type diskError struct{ err error }

func (e *diskError) Error() string { return e.err.Error() }
func (e *diskError) Unwrap() error { return e.err }

var errStalled = errors.New("it stalled")

// request asks a mirror once for the bytes that p does not have yet. Without an
// error p has as many as the file, as far as that is known.
func (d *downloader) request(p *part, f File, address string) error {
	if p.size == f.Size && p.size > 0 {
		return nil
	}
	ctx, cancel := context.WithCancelCause(d.ctx)
	defer cancel(nil)
	stalled := fmt.Errorf("%w: not even %d KB in %v", errStalled, enough>>10, d.stall)
	watch := time.AfterFunc(d.stall, func() { cancel(stalled) })
	defer watch.Stop()

	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return withoutAddress(err)
	}
	if p.size > 0 {
		req.Header.Set("Range", fmt.Sprintf("bytes=%d-", p.size))
	}
	resp, err := d.client.Do(req)
	if err == nil {
		defer resp.Body.Close()
		var anew bool
		if anew, err = d.begin(p, f, resp); err == nil {
			err = d.body(p, f, redacted(address), resp.Body, anew, watch)
		}
	}
	if err != nil && context.Cause(ctx) == stalled {
		return stalled
	}
	return withoutAddress(err)
}

// begin looks at the head of a response, and reports whether all of the file
// follows.
func (d *downloader) begin(p *part, f File, resp *http.Response) (anew bool, err error) {
	have := p.size
	switch resp.StatusCode {
	case http.StatusOK:
		anew, have = true, 0
	case http.StatusPartialContent:
		start, total, ok := contentRange(resp.Header.Get("Content-Range"))
		if !ok || start != p.size || f.Size > 0 && total >= 0 && total != f.Size {
			return false, &retryError{fmt.Errorf("it sends the range %q of the file, want it from byte %d", resp.Header.Get("Content-Range"), p.size)}
		}
	case http.StatusRequestedRangeNotSatisfiable:
		return false, &retryError{errors.New(resp.Status)}
	default:
		return false, errors.New(resp.Status)
	}
	if n := resp.ContentLength; f.Size > 0 && n >= 0 && have+n != f.Size {
		err := fmt.Errorf("it sends %d bytes, want %d", have+n, f.Size)
		if strings.HasPrefix(resp.Header.Get("Content-Type"), "text/html") {
			err = fmt.Errorf("it sends a web page in place of the file (%w)", err)
		}
		if resp.StatusCode == http.StatusPartialContent {
			err = &retryError{err}
		}
		return false, err
	}
	return anew, nil
}

// contentRange parses "bytes 100-199/200". The total is -1 if it is not known.
func contentRange(s string) (start, total int64, ok bool) {
	s, ok = strings.CutPrefix(s, "bytes ")
	span, size, ok2 := strings.Cut(s, "/")
	first, _, ok3 := strings.Cut(span, "-")
	start, err := strconv.ParseInt(first, 10, 64)
	total = -1
	if err == nil && size != "*" {
		total, err = strconv.ParseInt(size, 10, 64)
	}
	return start, total, ok && ok2 && ok3 && err == nil && start >= 0 && total >= -1
}

// body appends what the mirror at address sends to p, or, if it is all of the file
// and looks like it, puts it in the place of what p has.
func (d *downloader) body(p *part, f File, address string, body io.Reader, anew bool, watch *time.Timer) error {
	buf := make([]byte, copyBufferSize)
	alive := 0 // bytes since watch was set
	until := time.Now().Add(d.stall)
	for {
		n, err := body.Read(buf)
		if (anew || p.size == 0) && n > 0 {
			if err := looksLike(f.Name, buf[:n]); err != nil {
				return err
			}
			if err := p.reset(); err != nil {
				return &diskError{err}
			}
			anew = false
		}
		if p.size+int64(n) > f.limit() {
			if err := p.reset(); err != nil {
				return &diskError{err}
			}
			return fmt.Errorf("it sends more than %d bytes", f.limit())
		}
		if _, err := p.Write(buf[:n]); err != nil {
			return &diskError{err}
		}
		if alive += n; alive >= enough {
			alive = 0
			until = time.Now().Add(d.stall)
			watch.Reset(d.stall)
		}
		if n > 0 && d.Progress != nil {
			watch.Stop() // what the caller does takes the mirror no time
			begin := time.Now()
			d.Progress(FetchProgress{File: f.Name, URL: address, Done: p.size, Total: f.Size})
			until = until.Add(time.Since(begin))
			watch.Reset(time.Until(until))
		}
		switch {
		case err == io.EOF && (anew || p.size < f.Size), err == io.ErrUnexpectedEOF:
			return fmt.Errorf("it stopped after %d bytes: %w", p.size, io.ErrUnexpectedEOF)
		case err == io.EOF:
			return nil
		case err != nil:
			return fmt.Errorf("it broke off after %d bytes: %w", p.size, err)
		}
	}
}
