// Wasm is the reader for the browser, for the page of examples/serve without a
// server. On other platforms, go run ./examples/serve/wasm tells the commands
// that build it.
//
// It defines the global function digitsRequest(path, bytes). It takes a path of
// the service, such as "v1/read?details=true", and the body of the request: a
// Uint8Array or null. It returns the service's answer, {status, text}. The
// program never ends, because digitsRequest needs it.
package main

import (
	"syscall/js"

	"github.com/seed-cd6415d7/digits/examples/reader"
)

func main() {
	s := newService(reader.Default())
	js.Global().Set("digitsRequest", js.FuncOf(func(_ js.Value, args []js.Value) any {
		status, text := answer(s, func() (path string, body []byte) {
			if bytes := args[1]; !bytes.IsNull() {
				body = make([]byte, bytes.Length())
				js.CopyBytesToGo(body, bytes)
			}
			return args[0].String(), body
		})
		return map[string]any{"status": status, "text": text}
	}))
	select {}
}
