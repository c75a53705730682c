package download

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

const (
	// aliveBytes is how many bytes show that a mirror is alive.
	aliveBytes     = 16 << 10
	copyBufferSize = 32 << 10
)

// A transfer fills one part with one file.
type transfer struct {
	d    *Downloader
	file File
	part *part
}

// fetchFrom requests the file from one mirror until the part is whole, or until
// the mirror stops being useful. Its errors are the mirror's fault, except
// those of ctx and *diskErrors.
func (t *transfer) fetchFrom(ctx context.Context, address string) error {
	p := t.part
	farthest, whole, restarted := p.size, false, false
	for {
		from := p.size // earlier requests sent the bytes before it
		if whole {
			from = 0
		}
		err := t.request(ctx, address, from)
		if err == nil {
			if err = t.file.checksum().check(p.hash); err == nil {
				return nil
			}
			if resetErr := p.reset(); resetErr != nil {
				return resetErr
			}
			if from == 0 || restarted {
				return err
			}
			// Bytes from another mirror may be wrong, or this
			// mirror may not be able to send the middle of a file.
			// Ask once for all of it.
			farthest, restarted = p.size, true
			continue
		}
		var noRest *noRestError
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.As(err, &noRest) && from > 0:
			// From now on, ask for the whole file. The part stays
			// until the first bytes come.
			whole = true
		case p.size >= farthest+aliveBytes && !errors.Is(err, errStalled):
			// The connection broke after it helped. Ask again. This
			// ends, because every request has to get farther.
			farthest = p.size
		default:
			return err
		}
	}
}

// noRestError says that a mirror cannot send the rest of a file. It may still
// send the whole file.
type noRestError struct{ error }

// request asks a mirror once for the bytes from an offset on: the size of the
// part, or 0. After success the part is whole, as far as the size is known.
func (t *transfer) request(ctx context.Context, address string, from int64) error {
	p := t.part
	if p.size > 0 && (p.size == t.file.Size || t.file.checksum().check(p.hash) == nil) {
		return nil // it is whole already
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	dog := newWatchdog(t.d.options.Stall, cancel)
	defer dog.timer.Stop()

	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return withoutAddress(err)
	}
	if from > 0 {
		req.Header.Set("Range", fmt.Sprintf("bytes=%d-", from))
	}
	resp, err := t.d.client.Do(req)
	if err == nil {
		defer resp.Body.Close()
		if from, err = t.checkHead(resp, from); err == nil {
			err = t.readBody(resp.Body, from == 0, redacted(address), dog)
		}
	}
	if cause := context.Cause(ctx); err != nil && errors.Is(cause, errStalled) {
		return cause
	}
	return withoutAddress(err)
}

// checkHead checks the head of a response to a request for the bytes from an
// offset on. It returns the offset of the body.
func (t *transfer) checkHead(resp *http.Response, from int64) (int64, error) {
	size := t.file.Size
	switch resp.StatusCode {
	case http.StatusOK:
		from = 0
	case http.StatusPartialContent:
		header := resp.Header.Get("Content-Range")
		start, total, ok := contentRange(header)
		if ok && size > 0 && total >= 0 && total != size {
			return from, fmt.Errorf("it has a file of %d bytes, want %d", total, size)
		}
		if !ok || start != from {
			return from, &noRestError{fmt.Errorf("it sends the range %q, want the bytes from %d on", header, from)}
		}
	case http.StatusRequestedRangeNotSatisfiable:
		return from, &noRestError{errors.New(resp.Status)}
	default:
		return from, errors.New(resp.Status)
	}
	if n := resp.ContentLength; size > 0 && n >= 0 && from+n != size {
		err := fmt.Errorf("it sends %d bytes, want %d", from+n, size)
		if strings.HasPrefix(resp.Header.Get("Content-Type"), "text/html") {
			err = fmt.Errorf("it sends a web page in place of the file (%w)", err)
		}
		if resp.StatusCode == http.StatusPartialContent {
			err = &noRestError{err}
		}
		return from, err
	}
	return from, nil
}

// contentRange parses a header such as "bytes 100-199/200". total is -1 if it
// is unknown.
func contentRange(header string) (start, total int64, ok bool) {
	ranges, isBytes := strings.CutPrefix(header, "bytes ")
	span, size, hasSize := strings.Cut(ranges, "/")
	first, _, isSpan := strings.Cut(span, "-")
	begin, err := strconv.ParseUint(first, 10, 63)
	total = -1
	if err == nil && size != "*" {
		var end uint64
		end, err = strconv.ParseUint(size, 10, 63)
		total = int64(end)
	}
	return int64(begin), total, isBytes && hasSize && isSpan && err == nil
}

// readBody appends the body of a response to the part. A whole file replaces
// the bytes of the part as soon as its first bytes look right.
func (t *transfer) readBody(body io.Reader, whole bool, address string, dog *watchdog) error {
	p, size := t.part, t.file.Size
	buf := make([]byte, copyBufferSize)
	replace := whole
	dog.restart()
	for {
		n, err := body.Read(buf)
		if n > 0 {
			if writeErr := t.write(buf[:n], replace); writeErr != nil {
				return writeErr
			}
			replace = false
			dog.feed(n)
			// The time of the caller's Progress does not count as a
			// stall.
			dog.pause(func() {
				t.d.report(Progress{File: t.file.Name, URL: address, Done: p.size, Total: size})
			})
		}
		// A connection that breaks after the last byte does no harm.
		if err != nil && !replace && (p.size == size || err == io.EOF && size == 0) {
			return nil
		}
		if err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		if err != nil {
			return fmt.Errorf("it stopped after %d bytes: %w", p.size, err)
		}
	}
}

// write appends b to the part. If b begins the file, write checks the first
// bytes and empties the part.
func (t *transfer) write(b []byte, begins bool) error {
	p, limit := t.part, t.file.limit()
	if begins {
		if err := looksLike(t.file.Name, b); err != nil {
			return err
		}
		if err := p.reset(); err != nil {
			return err
		}
	}
	if p.size+int64(len(b)) > limit {
		if err := p.reset(); err != nil {
			return err
		}
		return fmt.Errorf("it sends more than %d bytes", limit)
	}
	_, err := p.Write(b)
	return err
}

var errStalled = errors.New("it stalled")

// A watchdog cancels a request if too few bytes arrive for too long.
type watchdog struct {
	timer    *time.Timer
	stall    time.Duration
	deadline time.Time
	bytes    int // since the last restart
}

func newWatchdog(stall time.Duration, cancel context.CancelCauseFunc) *watchdog {
	err := fmt.Errorf("%w: less than %d KB in %v", errStalled, aliveBytes>>10, stall)
	return &watchdog{
		timer:    time.AfterFunc(stall, func() { cancel(err) }),
		stall:    stall,
		deadline: time.Now().Add(stall),
	}
}

func (w *watchdog) restart() {
	w.bytes = 0
	w.deadline = time.Now().Add(w.stall)
	w.timer.Reset(w.stall)
}

// feed tells the watchdog that n bytes arrived.
func (w *watchdog) feed(n int) {
	if w.bytes += n; w.bytes >= aliveBytes {
		w.restart()
	}
}

// pause runs f and moves the deadline by the time that f takes.
func (w *watchdog) pause(f func()) {
	w.timer.Stop()
	begin := time.Now()
	f()
	w.deadline = w.deadline.Add(time.Since(begin))
	w.timer.Reset(time.Until(w.deadline))
}
