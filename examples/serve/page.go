package main

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"net/http"
	"regexp"
	"time"

	"github.com/seed-cd6415d7/digits/examples/serve/page"
)

// A webPage is the page that people see.
type webPage struct {
	html        []byte
	policy, tag string // for the headers
}

// patience is how much longer than the service the page waits.
const patience = 10 * time.Second

var policyOfPage = regexp.MustCompile(`<meta http-equiv="Content-Security-Policy" content="([^"]*)">`)

// newPage returns the page for a service with this time limit.
func newPage(timeout time.Duration) *webPage {
	html, _ := page.Files.ReadFile("index.html") // it is part of the program
	// On a static host, the page reads pictures by itself. The service may take
	// its time limit twice: for receiving a request, and for answering it. Then
	// the page knows that something else hangs.
	host := fmt.Sprintf(`data-host="serve" data-patience="%d"`, (2*timeout + patience).Milliseconds())
	html = bytes.Replace(html, []byte(`data-host="static"`), []byte(host), 1)
	// The policy allows the one script and the one style of the page, by their
	// hashes. The tests of package page check them.
	policy := policyOfPage.FindSubmatch(html)
	return &webPage{html, string(policy[1]) + "; frame-ancestors 'none'", fmt.Sprintf(`"%.16x"`, sha256.Sum256(html))}
}

func (p *webPage) answer(w http.ResponseWriter, r *http.Request) (any, error) {
	h := w.Header()
	h.Set("Content-Security-Policy", p.policy)
	h.Set("Cache-Control", "no-cache") // ask whether it is still the same
	h.Set("ETag", p.tag)
	// Without these headers, net/http sends no error 412 or 416. Those errors
	// would not be JSON.
	for _, name := range []string{"Range", "If-Range", "If-Match", "If-Unmodified-Since"} {
		r.Header.Del(name)
	}
	http.ServeContent(w, r, "index.html", time.Time{}, bytes.NewReader(p.html))
	return nil, nil
}
