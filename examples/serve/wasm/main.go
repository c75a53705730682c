//go:build !js

package main

import (
	"fmt"
	"os"
)

const howTo = `This program is for browsers. Build it, and its page, in the folder site:

	GOOS=js GOARCH=wasm go build -ldflags='-s -w' -o site/digits.wasm ./examples/serve/wasm
	cp examples/serve/page/index.html examples/serve/page/worker.js "$(go env GOROOT)/lib/wasm/wasm_exec.js" site

Then any web server can show the page. On this computer, go run ./examples/serve shows it, too.
`

func main() {
	fmt.Fprint(os.Stderr, howTo)
	os.Exit(2)
}
