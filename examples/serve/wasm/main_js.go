package main

import (
	"bytes"
	"encoding/json"
	"syscall/js"

	"github.com/seed-cd6415d7/digits/examples/reader"
)

func main() {
	js.Global().Set("digitsRequest", js.FuncOf(func(this js.Value, args []js.Value) any {
		data := make([]byte, args[1].Length())
		js.CopyBytesToGo(data, args[1])
		img, o, err := reader.Decode(bytes.NewReader(data))
		if err != nil {
			return map[string]any{"status": 400, "text": err.Error()}
		}
		p, err := reader.Default().Page(img, o)
		if err != nil {
			return map[string]any{"status": 422, "text": err.Error()}
		}
		text, _ := json.Marshal(p.Answers)
		return map[string]any{"status": 200, "text": string(text)}
	}))
	select {}
}
