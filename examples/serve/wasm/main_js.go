package main

import (
	"syscall/js"

	"github.com/seed-cd6415d7/digits/examples/internal/answers"
	"github.com/seed-cd6415d7/digits/examples/reader"
)

func main() {
	s := &answers.Service{Reader: reader.Default(), MaxBytes: 64 << 20, MaxPixels: answers.MaxPixels}
	js.Global().Set("digitsRequest", js.FuncOf(func(this js.Value, args []js.Value) any {
		data := make([]byte, args[1].Length())
		js.CopyBytesToGo(data, args[1])
		status, text := s.Do(args[0].String(), data)
		return map[string]any{"status": status, "text": text}
	}))
	select {}
}
