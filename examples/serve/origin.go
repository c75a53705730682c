package main

import (
	"net"
	"net/http"
	"net/url"
	"strings"

	"github.com/seed-cd6415d7/digits/examples/internal/answers"
)

// setHeaders sets the headers that every answer has. The page gets no camera
// and the like, because it needs none. Other pages cannot use the answers.
func setHeaders(h http.Header) {
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=()")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
}

// checkOrigin refuses requests that other web pages make.
//
// A service on localhost is for the programs of this computer. But a browser on
// this computer also runs the scripts of strangers' pages:
//
//   - Such a script can send a form to localhost. The browser says in the
//     header Sec-Fetch-Site or Origin that another page sends it. Programs such
//     as curl send neither header.
//   - The owner of a domain can let its name mean his server first, and
//     127.0.0.1 later. Then the browser takes his page and the service for the
//     same site. But the header Host still has the name of his domain.
func (s *server) checkOrigin(r *http.Request) error {
	if s.local && !isLocal(r.Host) {
		return answers.Errorf(http.StatusMisdirectedRequest,
			"this service is only for this computer: ask it as localhost, or start serve with -listen and another address")
	}
	if r.Method == http.MethodGet || r.Method == http.MethodHead || r.Method == http.MethodOptions {
		return nil // they change nothing, and other pages cannot see the answer
	}
	foreign := false
	if site := r.Header.Get("Sec-Fetch-Site"); site != "" {
		foreign = site != "same-origin" && site != "none"
	} else if origin := r.Header.Get("Origin"); origin != "" {
		u, err := url.Parse(origin)
		foreign = err != nil || u.Host != r.Host
	}
	if foreign {
		return answers.Errorf(http.StatusForbidden, "this request comes from another web page: open the page of this service, or use another program")
	}
	return nil
}

// isLocal reports whether the value of a header Host names this computer.
func isLocal(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.ToLower(strings.Trim(host, "[]"))
	ip := net.ParseIP(host)
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || ip != nil && ip.IsLoopback()
}
