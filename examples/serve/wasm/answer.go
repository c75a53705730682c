package main

import (
	"fmt"
	"runtime/debug"

	"github.com/seed-cd6415d7/digits/examples/internal/answers"
	"github.com/seed-cd6415d7/digits/examples/reader"
)

// maxBytes limits a picture's file. A picture of answers.MaxPixels with 16 bits
// for each color needs 0.6 GB of the browser's memory. A program that runs out
// of memory ends, and the page has to start it again.
const maxBytes = 32 << 20

func newService(r *reader.Reader) *answers.Service {
	return &answers.Service{Reader: r, MaxBytes: maxBytes, MaxPixels: answers.MaxPixels}
}

// answer answers a request. A panic would end the program, and the page would
// wait forever: it becomes an answer, too.
func answer(s *answers.Service, request func() (path string, body []byte)) (status int, text string) {
	defer func() {
		if p := recover(); p != nil {
			println("panic:", fmt.Sprint(p), "\n", string(debug.Stack())) // the browser's console shows it
			status = answers.Broken
			text = answers.Text(answers.Failure{
				Error:  "the reader has a mistake: it cannot answer this request; please report it",
				Status: status,
			})
		}
	}()
	return s.Do(request())
}
