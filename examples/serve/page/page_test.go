package page

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"flag"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write the policy that fits into index.html")

const name = "index.html"

var (
	policy = regexp.MustCompile(`(<meta http-equiv="Content-Security-Policy" content=")([^"]*)(">)`)
	script = regexp.MustCompile(`(?s)<script>(.*?)</script>`)
	style  = regexp.MustCompile(`(?s)<style>(.*?)</style>`)
)

// hash returns the source of a policy that allows the one script or style.
func hash(t *testing.T, page []byte, of *regexp.Regexp) string {
	found := of.FindAllSubmatch(page, -1)
	require.Len(t, found, 1, of)
	sum := sha256.Sum256(found[0][1])
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

// TestPolicy: the policy allows exactly the script and the style of the page.
func TestPolicy(t *testing.T) {
	page, err := Files.ReadFile(name)
	require.NoError(t, err)
	want := strings.Join([]string{
		"default-src 'none'",
		"script-src " + hash(t, page, script) + " 'wasm-unsafe-eval'",
		"style-src " + hash(t, page, style),
		"img-src data:",
		"connect-src 'self'",
		"worker-src 'self'",
		"base-uri 'none'",
		"form-action 'none'",
	}, "; ")
	found := policy.FindSubmatch(page)
	require.NotNil(t, found)
	if *update {
		page = bytes.Replace(page, found[0], []byte(string(found[1])+want+string(found[3])), 1)
		require.NoError(t, os.WriteFile(name, page, 0o666))
		return
	}
	require.Equal(t, want, string(found[2]), "run go generate ./examples/serve/page")
}

// TestNothingFromOutside: the page loads nothing, and makes no HTML of texts.
func TestNothingFromOutside(t *testing.T) {
	for _, name := range []string{name, "worker.js"} {
		data, err := Files.ReadFile(name)
		require.NoError(t, err)
		text := strings.ReplaceAll(string(data), "http://www.w3.org/2000/svg", "")
		for _, bad := range []string{"http:", "https:", "innerHTML", "outerHTML", "insertAdjacentHTML",
			"document.write", "eval(", "new Function", "@import", "<script src", `rel="stylesheet"`} {
			require.NotContains(t, text, bad, name)
		}
	}
}

// TestContract: programs that drive the page find its parts by these names.
func TestContract(t *testing.T) {
	page, err := Files.ReadFile(name)
	require.NoError(t, err)
	for _, id := range []string{"paper", "undo", "clear", "thickness", "file", "paste", "text", "digits", "left-out",
		"bars", "why", "rival", "status", "error"} {
		require.Equal(t, 1, bytes.Count(page, []byte(` id="`+id+`"`)), id)
	}
	for _, part := range []string{`<canvas id="paper"`, `<select id="rival"`, `id="status" role="status"`, `id="error" role="alert" hidden`,
		`<body data-host="static" data-engine="none" data-state="starting" data-answered="0">`} {
		require.True(t, bytes.Contains(page, []byte(part)), part)
	}
}
