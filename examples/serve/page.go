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

var policyOfPage = regexp.MustCompile(`<meta http-equiv="Content-Security-Policy" content="([^"]*)">`)

func newPage() *webPage {
	html, err := page.Files.ReadFile("index.html")
	if err != nil {
		panic(err) // the tests rule it out
	}
	// On a static host, the page reads pictures by itself.
	html = bytes.Replace(html, []byte(`data-host="static"`), []byte(`data-host="serve"`), 1)
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
	http.ServeContent(w, r, "index.html", time.Time{}, bytes.NewReader(p.html))
	return nil, nil
}
