// Package page holds the web page that examples/serve shows: index.html, and
// worker.js, which runs the reader in the browser if there is no server.
//
// The page names the SHA-256 of its script and of its style, so that browsers
// run no other. After a change, go generate writes the new ones.
package page

import "embed"

// Files are the files of the page.
//
//go:generate go test -run TestPolicy -update .
//go:embed index.html worker.js
var Files embed.FS
