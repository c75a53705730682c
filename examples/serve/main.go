// Serve shows a web page to draw digits on, and is a service that reads
// pictures.
//
//	go run ./examples/serve
//	curl --data-binary @photo.jpg http://localhost:8080/v1/read
//
// The answer is the object that predict -json prints. -help explains the paths
// and the flags.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/seed-cd6415d7/digits/examples/internal/answers"
	"github.com/seed-cd6415d7/digits/examples/internal/cli"
	"github.com/seed-cd6415d7/digits/examples/internal/pictures"
)

func main() {
	cli.CollectRarely()
	cli.Main("serve", run)
}

// The limits may not exceed these. No program here reads larger pictures.
const (
	mostBytes  = 256_000_000
	mostPixels = 64_000_000
)

// options is the command line.
type options struct {
	listen, model string
	maxBytes      int64
	maxPixels     int
	timeout       time.Duration
}

func parse(args []string, stderr io.Writer) (*options, error) {
	o := &options{}
	flags := cli.NewFlags("serve", usage, stderr)
	flags.StringVar(&o.listen, "listen", "localhost:8080", "listen at this `address`; with :8080, all computers of the network can use the service;\nwith port 0, serve takes a free port")
	flags.StringVar(&o.model, "model", "", "use the model in this `file`, which examples/train writes, not the built-in model")
	flags.Int64Var(&o.maxBytes, "max-bytes", 32<<20, "refuse requests of more `bytes`, up to 256 million")
	flags.IntVar(&o.maxPixels, "max-pixels", answers.MaxPixels, "refuse pictures of more `pixels`, up to 64 million")
	o.timeout = 30 * time.Second
	flags.Var((*duration)(&o.timeout), "timeout", "the longest `time` for receiving a request, and for answering it, up to 24h")
	if err := cli.ParseFlags(flags, args); err != nil {
		return nil, err
	}
	_, port, err := net.SplitHostPort(o.listen)
	number, _ := strconv.ParseInt(port, 10, 64) // a name, such as http, is 0
	switch {
	case err != nil:
		return nil, cli.UsageError(flags, "-listen %q; want an address and a port, such as localhost:8080 or :8080", o.listen)
	case number < 0 || number > 65535:
		return nil, cli.UsageError(flags, "-listen %q; want a port from 0 to 65535", o.listen)
	case o.maxBytes < 1 || o.maxBytes > mostBytes:
		return nil, cli.UsageError(flags, "-max-bytes %d; want 1 to %d", o.maxBytes, mostBytes)
	case o.maxPixels < 1 || o.maxPixels > mostPixels:
		return nil, cli.UsageError(flags, "-max-pixels %d; want 1 to %d", o.maxPixels, mostPixels)
	case o.timeout <= 0:
		return nil, cli.UsageError(flags, "-timeout %v; want a time, such as 30s", o.timeout)
	case o.timeout > mostTime:
		return nil, cli.UsageError(flags, "-timeout %v; want at most %v", o.timeout, mostTime)
	}
	return o, nil
}

// A duration is the value of a flag.
type duration time.Duration

func (d *duration) String() string { return time.Duration(*d).String() }

func (d *duration) Set(text string) error {
	parsed, err := time.ParseDuration(text)
	if err != nil {
		return errors.New("want a time with a unit, such as 5s")
	}
	*d = duration(parsed)
	return nil
}

// run serves until ctx is done. Then it finishes the running requests.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	o, err := parse(args, stderr)
	if err != nil {
		return err
	}
	r, err := pictures.LoadModel(o.model)
	if err != nil {
		return err
	}
	l, err := listen(o.listen)
	if err != nil {
		return err
	}
	address := l.Addr().(*net.TCPAddr)
	log := newLogWriter(stderr)
	defer log.flush()
	s := newServer(r, o, address.IP.IsLoopback(), slog.New(slog.NewTextHandler(log, nil)))
	if _, err := fmt.Fprintf(stdout, "Open http://%s/ in a browser. Ctrl-C ends serve.\n", s.address(o.listen, address)); err != nil {
		l.Close()
		return err
	}
	if !s.local {
		s.log.Warn("every computer that can reach this one can use the service; -listen localhost:8080 prevents it")
	}
	cli.Patience(ctx, graceTime+flushTime+time.Second)
	return s.serve(ctx, l)
}

// mostTime is the longest time limit.
const mostTime = 24 * time.Hour

// isPortInUse reports whether another program listens at the port.
func isPortInUse(err error) bool {
	const windows = syscall.Errno(10048) // WSAEADDRINUSE
	return errors.Is(err, syscall.EADDRINUSE) || errors.Is(err, windows)
}

// listen opens the port.
func listen(address string) (net.Listener, error) {
	l, err := net.Listen("tcp", address)
	switch {
	case isPortInUse(err):
		host, _, _ := net.SplitHostPort(address)
		return nil, fmt.Errorf("-listen %s: another program uses this port, perhaps another serve: end it, or choose another port; "+
			"-listen %s takes a free one", address, net.JoinHostPort(host, "0"))
	case err != nil:
		return nil, fmt.Errorf("-listen %s: %w", address, err)
	}
	return l, nil
}

// address returns what to type into a browser on this computer.
func (s *server) address(asked string, got *net.TCPAddr) string {
	host, _, _ := net.SplitHostPort(asked)
	switch {
	case got.IP.IsUnspecified():
		host = "localhost"
	case s.local && !isLocal(host): // a name of this computer that others may take
		host = got.IP.String()
	}
	return net.JoinHostPort(strings.ToLower(host), fmt.Sprint(got.Port))
}
