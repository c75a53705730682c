package main

import (
	"encoding/json"
	"testing"

	"github.com/seed-cd6415d7/digits/examples/internal/answers"
	"github.com/seed-cd6415d7/digits/examples/reader"
	"github.com/stretchr/testify/require"
)

func TestAnswer(t *testing.T) {
	s := newService(reader.Default())
	status, text := answer(s, func() (string, []byte) { return "healthz", nil })
	require.Equal(t, answers.OK, status)
	require.JSONEq(t, `{"status":"ok"}`, text)

	file := drawing(t, 560, 560, 1, 1)
	status, text = answer(s, func() (string, []byte) { return "v1/read?details=true", file })
	require.Equal(t, answers.OK, status, text)
	var object struct{ Text string }
	require.NoError(t, json.Unmarshal([]byte(text), &object))
	require.Equal(t, "0", object.Text)
}

// TestPanic: the page gets an answer, and the program goes on.
func TestPanic(t *testing.T) {
	s := newService(reader.Default())
	for name, request := range map[string]func() (string, []byte){
		"in the request": func() (string, []byte) { panic("no such argument") },
		"in the reader": func() (string, []byte) {
			s.Reader = nil
			return "v1/model", nil
		},
	} {
		status, text := answer(s, request)
		require.Equal(t, answers.Broken, status, name)
		require.JSONEq(t, `{"error":"the reader has a mistake: it cannot answer this request; please report it","status":500}`, text, name)
	}
}
