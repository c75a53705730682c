package webdriver

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"sync"
	"time"
)

// ErrNotInstalled says that there is no browser or no driver.
var ErrNotInstalled = errors.New("not installed")

var browsers = []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"}

// Find returns the paths of chromedriver and of a browser for it. If there are
// none, its error is ErrNotInstalled.
func Find() (driver, browser string, err error) {
	driver, err = exec.LookPath("chromedriver")
	if err != nil {
		return "", "", fmt.Errorf("webdriver: chromedriver is %w; on Debian: apt-get install chromium chromium-driver", ErrNotInstalled)
	}
	for _, name := range browsers {
		if browser, err = exec.LookPath(name); err == nil {
			return driver, browser, nil
		}
	}
	return "", "", fmt.Errorf("webdriver: Chromium is %w: no %v in PATH; on Debian: apt-get install chromium", ErrNotInstalled, browsers)
}

// Start starts chromedriver and a headless browser. Close ends both. The
// context is for the requests.
//
// Start tries up to three times: chromedriver ends if another program takes its
// port, and on a slow machine the browser may not start in time.
func Start(ctx context.Context, o Options) (s *Session, err error) {
	path, browser, err := Find()
	if err != nil {
		return nil, err
	}
	if o.Dir == "" {
		return nil, errors.New("webdriver: Options.Dir is empty; it must name an empty folder")
	}
	for range 3 {
		if s, err = o.start(ctx, path, browser); err == nil || ctx.Err() != nil {
			break
		}
	}
	return s, err
}

// start starts the driver and the browser once.
func (o Options) start(ctx context.Context, path, browser string) (*Session, error) {
	d, err := startDriver(ctx, path, o)
	if err != nil {
		return nil, err
	}
	address := "http://127.0.0.1:" + strconv.Itoa(d.port)
	s, err := New(ctx, address, o.capabilities(browser), o.timeout())
	if err != nil {
		d.stop()
		return nil, fmt.Errorf("%w%s", err, d.output.tail())
	}
	s.stop = d.stop
	return s, nil
}

// capabilities says how chromedriver starts the browser.
func (o Options) capabilities(browser string) map[string]any {
	args := []string{
		"--headless=new",
		// The browser ends with the driver, because their pipe breaks.
		"--remote-debugging-pipe",
		"--user-data-dir=" + filepath.Join(o.Dir, "profile"),
		fmt.Sprintf("--window-size=%d,%d", cmp.Or(o.Width, 1280), cmp.Or(o.Height, 800)),
		"--lang=en-US",
		"--force-color-profile=srgb",
		// No name but the loopback has an address, so nothing goes out.
		"--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
		"--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-extensions",
		"--disable-default-apps", "--no-first-run", "--no-default-browser-check", "--mute-audio",
		"--disable-crash-reporter", "--disable-breakpad", "--disable-dev-shm-usage",
		// Windows side by side must all be fast.
		"--disable-background-timer-throttling", "--disable-renderer-backgrounding", "--disable-backgrounding-occluded-windows",
	}
	if os.Geteuid() == 0 {
		args = append(args, "--no-sandbox") // root cannot have one
	}
	return map[string]any{
		"browserName":             "chrome",
		"goog:loggingPrefs":       map[string]string{"browser": "ALL"},
		"goog:chromeOptions":      map[string]any{"binary": browser, "args": append(args, o.Args...)},
		"unhandledPromptBehavior": "dismiss and notify",
	}
}

// A driver is the process of chromedriver.
type driver struct {
	process *exec.Cmd
	output  *output
	port    int
	ended   chan struct{} // is closed when the process has ended
}

// startDriver starts chromedriver on a free port.
func startDriver(ctx context.Context, path string, o Options) (*driver, error) {
	d := &driver{output: &output{port: make(chan int, 1)}, ended: make(chan struct{})}
	d.process = exec.Command(path, "--port=0")
	d.process.Dir = o.Dir
	// Temporary files of the browser go to the folder, too.
	d.process.Env = append(os.Environ(), "TMPDIR="+o.Dir, "HOME="+o.Dir, "XDG_CONFIG_HOME=", "XDG_CACHE_HOME=")
	// The browser inherits the output's pipe, so Wait waits for both.
	d.process.Stdout, d.process.Stderr = d.output, d.output
	d.process.WaitDelay = o.timeout()
	d.process.SysProcAttr = attributes()
	if err := d.process.Start(); err != nil {
		return nil, fmt.Errorf("webdriver: %w", err)
	}
	go func() {
		_ = d.process.Wait() // an error only says that it was killed
		close(d.ended)
	}()
	var reason error
	select {
	case d.port = <-d.output.port:
		return d, nil
	case <-d.ended:
		reason = errors.New("it has ended")
	case <-ctx.Done():
		reason = ctx.Err()
	case <-time.After(o.timeout()):
		reason = fmt.Errorf("not so after %v", o.timeout())
	}
	d.stop()
	return nil, fmt.Errorf("webdriver: %s does not name its port: %w%s", path, reason, d.output.tail())
}

// stop ends chromedriver and the browser, and waits for both.
func (d *driver) stop() {
	kill(d.process.Process)
	<-d.ended
}

// output keeps what chromedriver and the browser print, and finds the port.
type output struct {
	mu   sync.Mutex
	text []byte
	port chan int // receives the port
}

var portLine = regexp.MustCompile(`started successfully on port (\d{1,5})\D`)

// mostOutput is how many bytes of output are kept.
const mostOutput = 64 << 10

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.text = append(o.text, p...)
	if m := portLine.FindSubmatch(o.text); m != nil {
		port, _ := strconv.Atoi(string(m[1])) // the pattern allows no other
		select {
		case o.port <- port:
		default: // it was sent
		}
	}
	o.text = o.text[max(0, len(o.text)-mostOutput):]
	return len(p), nil
}

// tail returns the last lines for an error message.
func (o *output) tail() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	text := bytes.TrimSpace(o.text)
	text = text[max(0, len(text)-2000):]
	if len(text) == 0 {
		return ""
	}
	return "\nchromedriver and the browser printed:\n" + string(text)
}
