//go:build unix

package webdriver

import (
	"fmt"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// install makes programs in a folder of their own, which is all of PATH but
// that of the shell's commands.
func install(t *testing.T, scripts map[string]string) {
	dir := t.TempDir()
	for name, script := range scripts {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\n"+script), 0o755))
	}
	t.Setenv("PATH", dir)
}

// chromedriver is a script that says where it runs, and that its server is the
// fake one.
func chromedriver(t *testing.T, f *fake, then string) string {
	server := httptest.NewServer(f)
	t.Cleanup(server.Close)
	u, err := url.Parse(server.URL)
	require.NoError(t, err)
	return fmt.Sprintf(`PATH=/bin:/usr/bin
echo "$* $HOME $TMPDIR $(pwd)" > arguments
echo "ChromeDriver was started successfully on port %s."
%s
`, u.Port(), then)
}

// TestStart: the driver starts in the folder, and gets the browser's options.
// Close ends the session, the driver, and what the driver has started.
func TestStart(t *testing.T) {
	dir, err := filepath.EvalSymlinks(t.TempDir())
	require.NoError(t, err)
	f := &fake{answers: opened}
	install(t, map[string]string{"google-chrome": "", "chromedriver": chromedriver(t, f, "sleep 100 &\nsleep 100")})
	s, err := Start(t.Context(), Options{Dir: dir, Width: 500, Args: []string{"--mine"}, Timeout: 10 * time.Second})
	require.NoError(t, err)
	require.Equal(t, "fake", s.Capabilities["browserName"])
	arguments, err := os.ReadFile(filepath.Join(dir, "arguments"))
	require.NoError(t, err)
	require.Equal(t, strings.Join([]string{"--port=0", dir, dir, dir}, " ")+"\n", string(arguments))
	for _, want := range []string{`google-chrome"`, `"--window-size=500,800"`, `"--mine"]`, `"--user-data-dir=` + dir + `/profile"`, `"browser":"ALL"`} {
		require.Contains(t, f.requests[0], want)
	}
	require.Equal(t, os.Geteuid() == 0, strings.Contains(f.requests[0], "--no-sandbox"))
	require.Contains(t, f.requests[1], `"script":10000`)
	start := time.Now()
	require.NoError(t, s.Close())
	require.Equal(t, "DELETE /session/7 ", f.requests[2])
	require.Less(t, time.Since(start), 8*time.Second, "nothing holds the pipe of the driver")
	require.Contains(t, Options{Dir: dir, Height: 9}.capabilities("b")["goog:chromeOptions"].(map[string]any)["args"], "--window-size=1280,9")
}

// TestStartAgain: if the browser does not start, Start starts it again.
func TestStartAgain(t *testing.T) {
	bad, good := chromedriver(t, &fake{}, "sleep 100"), chromedriver(t, &fake{answers: opened}, "sleep 100")
	install(t, map[string]string{"chromium": "", "chromedriver": "if [ -e once ]; then\n" + good + "else\necho >once\n" + bad + "fi\n"})
	s, err := Start(t.Context(), Options{Dir: t.TempDir()})
	require.NoError(t, err)
	require.NoError(t, s.Close())
}

// TestStartFails: an error has what the driver printed, and nothing goes on.
func TestStartFails(t *testing.T) {
	install(t, map[string]string{"chromium": "", "chromedriver": chromedriver(t, &fake{}, "echo one more line\nsleep 100")})
	_, err := Start(t.Context(), Options{Dir: t.TempDir()})
	require.ErrorContains(t, err, "the answer has no sessionId")
	require.ErrorContains(t, err, "chromedriver and the browser printed:\nChromeDriver was started")

	install(t, map[string]string{"chromium": "", "chromedriver": "PATH=/bin:/usr/bin\nsleep 100"})
	_, err = Start(t.Context(), Options{Dir: t.TempDir(), Timeout: 50 * time.Millisecond})
	require.ErrorContains(t, err, "chromedriver does not name its port: not so after 50ms")
	require.NotContains(t, err.Error(), "printed")

	// A driver that ends at once is started again, but not forever.
	dir := t.TempDir()
	install(t, map[string]string{"chromium": "", "chromedriver": "echo x >> tries\necho taken"})
	_, err = Start(t.Context(), Options{Dir: dir})
	require.ErrorContains(t, err, "chromedriver does not name its port: it has ended\nchromedriver and the browser printed:\ntaken")
	tries, err := os.ReadFile(filepath.Join(dir, "tries"))
	require.NoError(t, err)
	require.Equal(t, "x\nx\nx\n", string(tries))

	_, err = Start(t.Context(), Options{Dir: filepath.Join(t.TempDir(), "missing")})
	require.ErrorContains(t, err, "no such file or directory")
}
