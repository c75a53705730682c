//go:build !js

package main

import (
	"fmt"
	"os"
)

const howTo = `This program is for browsers. Build it, and its page, in the folder site:

	GOOS=js GOARCH=wasm go build -ldflags='-s -w' -o site/digits.wasm ./examples/serve/wasm
	cp examples/serve/page/*.html examples/serve/page/*.js "$(go env GOROOT)/lib/wasm/wasm_exec.js" site

Then any web server can show the page. Without a copy of the folder, use go run ./examples/serve.
`

func main() {
	fmt.Fprint(os.Stderr, howTo)
	os.Exit(2)
}
