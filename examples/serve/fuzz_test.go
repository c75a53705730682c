package main

import (
	"bytes"
	"encoding/json"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/seed-cd6415d7/digits/examples/internal/answers"
	"github.com/seed-cd6415d7/digits/examples/internal/printable"
	"github.com/seed-cd6415d7/digits/examples/reader"
	"github.com/stretchr/testify/require"
)

// Limits of the service that is fuzzed. They are small, so that each request
// is answered quickly.
const (
	fuzzedBytes  = 4000
	fuzzedPixels = 900
)

// FuzzRequest sends requests to the handler, without a network. Each gets one
// of the statuses that -help explains, and nothing stays in use.
func FuzzRequest(f *testing.F) {
	digit := encodePNG(f, drawing(1))
	pgm := "P5 9 9 255 " + strings.Repeat("\xff\xff\xff\xff\x00\xff\xff\xff\xff", 9)
	many := &bytes.Buffer{}
	w := multipart.NewWriter(many)
	for _, name := range []string{"", "a.png"} {
		part, err := w.CreateFormFile("file", name)
		require.NoError(f, err)
		_, err = io.WriteString(part, pgm)
		require.NoError(f, err)
	}
	require.NoError(f, w.Close())
	for _, seed := range []struct{ method, target, name, value, body string }{
		{"GET", "/", "", "", ""}, {"GET", "/", "Range", "bytes=9999999-", ""}, {"GET", "/", "If-Match", "x", ""}, {"HEAD", "/", "If-None-Match", "*", ""},
		{"GET", "/healthz", "Origin", "null", ""}, {"OPTIONS", "/v1/model", "", "", ""}, {"GET", "/v1/model", "", "", ""},
		{"POST", "/v1/read", "", "", string(digit)}, {"POST", "/v1/read?details=true", "", "", pgm},
		{"POST", "/v1/read?one=1", "Content-Type", "application/x-www-form-urlencoded", pgm},
		{"POST", "/v1/read?many=1", "Content-Type", w.FormDataContentType(), many.String()},
		{"POST", "/v1/read", "Content-Type", `multipart/form-data; boundary="a"`, "--a\r\nContent-Disposition: form-data; filename=x\r\n\r\n" + pgm + "\r\n--a--\r\n"},
		{"POST", "/v1/read", "Content-Type", "multipart/form-data; boundary=a", "--a\r\n" + strings.Repeat("\x1a", 3000) + "\r\n\r\n"},
		{"POST", "/v1/read", "Sec-Fetch-Site", "cross-site", pgm}, {"POST", "/v1/read", "Host", "evil.example", pgm},
		{"POST", "/v1/why?class=3&rival=8", "", "", strings.Repeat("\x00\x80\xff\x00", 196)}, {"POST", "/v1/why", "", "", ""},
		{"BREW", "/v1/read", "", "", ""}, {"PUT", "/%1b", "", "", "x"}, {"POST", "/v1/read?one=%zz", "", "", pgm},
	} {
		f.Add(seed.method, seed.target, seed.name, seed.value, []byte(seed.body), true)
		f.Add(seed.method, seed.target, seed.name, seed.value, []byte(seed.body), false)
	}
	o, err := parse([]string{"-listen", "localhost:0"}, io.Discard)
	require.NoError(f, err)
	o.maxBytes, o.maxPixels = fuzzedBytes, fuzzedPixels
	s := newServer(reader.Default(), o, true, slog.New(slog.DiscardHandler))
	f.Fuzz(func(t *testing.T, method, target, name, value string, body []byte, known bool) {
		u, err := url.ParseRequestURI(target)
		if err != nil || len(body) > 2*fuzzedBytes {
			return // net/http answers it, or it is slow to fuzz
		}
		r := &http.Request{Method: method, URL: u, Host: "localhost", Header: http.Header{}, Body: io.NopCloser(bytes.NewReader(body)), ContentLength: -1}
		if known {
			r.ContentLength = int64(len(body))
		}
		r.Header.Set(name, value)
		if name == "Host" {
			r.Host = value
		}
		answer := httptest.NewRecorder()
		s.ServeHTTP(answer, r)
		checkAnswer(t, r, answer, len(body))
		require.Zero(t, len(s.drawings.reading)+len(s.photographs.reading)+len(s.drawings.waiting)+len(s.photographs.waiting))
		require.EqualValues(t, bodiesInMemory, s.memory.left.Load())
	})
}

// documented are the statuses of each path, besides those of errors.
var documented = map[string][]int{
	"/":         {200, 204, 304},
	"/v1/read":  {200, 204},
	"/v1/why":   {200, 204},
	"/v1/model": {200, 204},
	"/healthz":  {200, 204},
}

// errorStatuses are those in the text of -help.
var errorStatuses = []int{400, 403, 404, 405, 408, 413, 415, 421, 422, 503}

// checkAnswer checks an answer to a request with a body of some bytes.
func checkAnswer(t *testing.T, r *http.Request, answer *httptest.ResponseRecorder, bytes int) {
	status, text := answer.Code, answer.Body.String()
	require.Contains(t, append(errorStatuses, documented[r.URL.Path]...), status, text)
	require.Equal(t, "nosniff", answer.Header().Get("X-Content-Type-Options"))
	if status == http.StatusNoContent {
		require.Equal(t, http.MethodOptions, r.Method)
		require.Empty(t, text)
		return
	}
	if answer.Header().Get("Content-Type") != "application/json" {
		require.Equal(t, "/", r.URL.Path)
		require.NotContains(t, errorStatuses, status)
		return
	}
	line, one := strings.CutSuffix(text, "\n")
	require.True(t, one)
	require.Equal(t, printable.Text(line), line, "one line that is safe to print")
	var object any = &answers.Failure{}
	if status == http.StatusOK {
		object = map[string]any{
			"/v1/read": &answers.Object{}, "/v1/why": &answers.WhyObject{}, "/v1/model": &answers.ModelObject{}, "/healthz": &answers.Health{},
		}[r.URL.Path]
	}
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.DisallowUnknownFields()
	require.NoError(t, decoder.Decode(object), text)
	switch object := object.(type) {
	case *answers.Failure:
		require.Equal(t, status, object.Status)
		require.NotEmpty(t, object.Error)
		require.Less(t, len(object.Error), 1000)
	case *answers.Object:
		require.LessOrEqual(t, bytes, fuzzedBytes)
		require.Empty(t, object.Error)
		require.NotNil(t, object.Page)
		if object.Stored != nil {
			require.LessOrEqual(t, object.Width*object.Height, fuzzedPixels)
		}
	case *answers.WhyObject:
		require.Len(t, object.Image, 784)
	}
}
