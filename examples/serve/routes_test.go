package main

import (
	"bytes"
	"encoding/json"
	"image"
	"image/png"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"

	"github.com/seed-cd6415d7/digits/examples/internal/answers"
	"github.com/seed-cd6415d7/digits/examples/serve/page"
	"github.com/stretchr/testify/require"
)

// TestStatuses: each error has its status, says what to do, and is JSON.
func TestStatuses(t *testing.T) {
	s := start(t, nil)
	blank := &bytes.Buffer{}
	require.NoError(t, png.Encode(blank, image.NewGray(image.Rect(0, 0, 50, 50))))
	digit := string(picture(t, "3_brush.png"))
	asForm := []string{"Content-Type", "application/x-www-form-urlencoded"} // as curl does
	noFile, kind := form(t, func(w *multipart.Writer) { addFile(t, w, "", nil) })
	for _, tt := range []struct {
		method, path, body string
		headers            []string
		status             int
		want               string
	}{
		{"GET", "/nothing", "", nil, 404, `there is no \"/nothing\" here; want /, /v1/read`},
		{"GET", "/v1/read/", "", nil, 404, "there is no"},
		{"GET", "/%1b%5d", "", nil, 404, `\"/\\x1b]\"`},
		{"GET", "/v1/read", "", nil, 405, `\"GET\" is not for /v1/read; want POST`},
		{"DELETE", "/", "", nil, 405, "want GET"},
		{"POST", "/v1/model", "{}", nil, 405, "want GET"},
		{"POST", "/v1/read", "", nil, 400, "there is no picture in the request; want one, as from curl --data-binary @photo.jpg"},
		{"POST", "/v1/read", "hello", nil, 415, "not a picture; want PNG, JPEG"},
		{"POST", "/v1/read", "RIFF\x00\x00\x00\x00WEBP", nil, 415, "a WebP file; make a PNG file from it"},
		{"POST", "/v1/read", digit[:900], nil, 400, "damaged or cut short"},
		{"POST", "/v1/read", digit[:20], nil, 400, "damaged or cut short"},
		{"POST", "/v1/read", blank.String(), nil, 422, `"no ink found: contrast 0`},
		{"POST", "/v1/read?one=true", blank.String(), nil, 422, "no ink found"},
		{"POST", "/v1/read?one=1&many=1", digit, nil, 400, "one and many exclude each other"},
		{"POST", "/v1/read?one=perhaps", digit, nil, 400, "one=perhaps; want one=true or one=false"},
		{"POST", "/v1/read?one=true&one=false", digit, nil, 400, "one stands 2 times"},
		{"POST", "/v1/read?raw=true", digit, nil, 400, `there is no option \"raw\" here`},
		{"POST", "/v1/read?%zz", digit, nil, 400, "want two hexadecimal digits after each %"},
		{"GET", "/v1/model?x=1", "", nil, 400, `there is no option \"x\" here`},
		{"POST", "/v1/read", noFile.String(), []string{"Content-Type", kind}, 400, "the form has no file; want one, as from curl -F file=@photo.jpg"},
		{"POST", "/v1/read", noFile.String()[:30], []string{"Content-Type", kind}, 400, "the request is damaged or cut short"},
		{"POST", "/v1/read", digit, []string{"Content-Type", "multipart/form-data"}, 400, "the form cannot be read"},
		{"POST", "/v1/read", digit, []string{"Content-Type", "a/b; c"}, 200, `"digit":3`},
		{"POST", "/v1/read?many=0&details=false", digit, nil, 200, `"digit":3`},
		{"POST", "/v1/read", strings.NewReplacer("\r", "", "\n", "").Replace(digit), asForm, 415, "; send it with curl --data-binary, not with --data"},
		{"POST", "/v1/read", digit[:900], asForm, 400, "not enough pixel data\""},
		{"POST", "/v1/read", digit, asForm, 200, `"digit":3`},
		{"POST", "/v1/why", "", nil, 400, "0 bytes; want 784: the pixels of a digit"},
		{"POST", "/v1/why", "short", nil, 400, "5 bytes; want 784: the pixels of a digit"},
		{"POST", "/v1/why", "short", asForm, 400, "decoded from base64; send it with curl --data-binary, not with --data"},
		{"POST", "/v1/why?class=x", strings.Repeat("\x00", 784), nil, 400, `class=\"x\"; there is no such class: v1/model lists the classes`},
		{"POST", "/v1/why?class=3&rival=3", strings.Repeat("\x00", 784), nil, 400, `rival=\"3\"; want the name of another class`},
		{"POST", "/v1/why?class=no+digit&rival=3", strings.Repeat("\x00", 784), nil, 200, `"class":"no digit","rival":"3"`},
		{"GET", "/healthz", "", nil, 200, `{"status":"ok"}`},
	} {
		answer, text := s.do(t, tt.method, tt.path, strings.NewReader(tt.body), tt.headers...)
		require.Equal(t, tt.status, answer.StatusCode, "%s %s: %s", tt.method, tt.path, text)
		require.Contains(t, text, tt.want)
		require.Equal(t, "application/json", answer.Header.Get("Content-Type"))
		if tt.status != 200 {
			var f answers.Failure
			require.NoError(t, json.Unmarshal([]byte(text), &f))
			require.Equal(t, tt.status, f.Status)
		}
	}
	require.NotContains(t, s.log.String(), "nothing", "strangers write no log")
	require.Regexp(t, `level=INFO msg=request method=DELETE path=/ status=405 bytes=\d+ ms=[\d.]+\n`, s.log.String())
}

// TestMethods: HEAD and OPTIONS work, and Allow says what else does.
func TestMethods(t *testing.T) {
	s := start(t, nil)
	for path, allow := range map[string]string{
		"/": "GET, HEAD, OPTIONS", "/v1/model": "GET, HEAD, OPTIONS", "/healthz": "GET, HEAD, OPTIONS",
		"/v1/read": "POST, OPTIONS", "/v1/why": "POST, OPTIONS",
	} {
		for method, status := range map[string]int{"OPTIONS": 204, "PUT": 405, "BREW": 405} {
			answer, _ := s.do(t, method, path, nil)
			require.Equal(t, status, answer.StatusCode)
			require.Equal(t, allow, answer.Header.Get("Allow"))
			require.Empty(t, answer.Header.Get("Access-Control-Allow-Origin"))
		}
		head, text := s.do(t, "HEAD", path, nil)
		require.Empty(t, text)
		if strings.Contains(allow, "HEAD") {
			get, text := s.do(t, "GET", path, nil)
			require.Equal(t, 200, head.StatusCode)
			require.EqualValues(t, len(text), head.ContentLength)
			require.Equal(t, get.Header.Get("Content-Type"), head.Header.Get("Content-Type"))
		} else {
			require.Equal(t, 405, head.StatusCode)
		}
	}
}

// TestHeaders: answers tell browsers to be strict.
func TestHeaders(t *testing.T) {
	s := start(t, nil, "-timeout", "20s")
	html, err := page.Files.ReadFile("index.html")
	require.NoError(t, err)
	whole, text := s.do(t, "GET", "/", nil)
	// The page waits 20 s for sending, 20 s for the answer, and a little more.
	const host = `data-host="serve" data-patience="50000"`
	require.Equal(t, string(html), strings.Replace(text, host, `data-host="static"`, 1), "the page knows that there is a server")
	require.Equal(t, "text/html; charset=utf-8", whole.Header.Get("Content-Type"))
	require.Equal(t, "no-cache", whole.Header.Get("Cache-Control"))
	policy := whole.Header.Get("Content-Security-Policy")
	meta, found := strings.CutSuffix(policy, "; frame-ancestors 'none'")
	require.True(t, found)
	require.Contains(t, text, `<meta http-equiv="Content-Security-Policy" content="`+meta+`">`)
	require.Contains(t, policy, "default-src 'none'; script-src 'sha256-")
	require.NotContains(t, policy, "unsafe-inline")

	same, text := s.do(t, "GET", "/", nil, "If-None-Match", whole.Header.Get("ETag"))
	require.Equal(t, 304, same.StatusCode)
	require.Empty(t, text)

	// Nobody needs a part of the page.
	for header, value := range map[string]string{
		"Range": "bytes=9999999-", "If-Range": whole.Header.Get("ETag"), "If-Match": `"x"`, "If-Unmodified-Since": "Mon, 01 Jan 2024 00:00:00 GMT",
	} {
		answer, text := s.do(t, "GET", "/", nil, "Range", "bytes=5-9", header, value)
		require.Equal(t, 200, answer.StatusCode, header)
		require.EqualValues(t, len(text), whole.ContentLength)
	}

	for _, path := range []string{"/", "/healthz", "/nothing"} {
		answer, _ := s.do(t, "GET", path, nil)
		for header, want := range map[string]string{
			"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer",
			"Cross-Origin-Resource-Policy": "same-origin", "Cross-Origin-Opener-Policy": "same-origin",
			"Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
		} {
			require.Equal(t, want, answer.Header.Get(header))
		}
		if path != "/" {
			require.Equal(t, "no-store", answer.Header.Get("Cache-Control"))
			require.Equal(t, "default-src 'none'; frame-ancestors 'none'", answer.Header.Get("Content-Security-Policy"))
		}
	}
}

// TestOrigins: other web pages cannot use the service.
func TestOrigins(t *testing.T) {
	s := start(t, nil)
	digit := string(encodePNG(t, drawing(1)))
	for host, status := range map[string]int{
		"localhost": 200, "localhost:9000": 200, "LocalHost:1": 200, "digits.localhost": 200, "127.0.0.1:80": 200, "127.8.0.1": 200, "[::1]:8080": 200, "[::1]": 200,
		"evil.example": 421, "localhost.evil.example:8080": 421, "evillocalhost": 421, "192.168.1.1:8080": 421, "[2001:db8::1]": 421,
	} {
		answer, text := s.do(t, "POST", "/v1/read", strings.NewReader(digit), "Host", host)
		require.Equal(t, status, answer.StatusCode, "%s: %s", host, text)
		answer, _ = s.do(t, "GET", "/", nil, "Host", host)
		require.Equal(t, status, answer.StatusCode, host)
	}
	s.local = false // from now on, for the whole network
	for _, tt := range []struct {
		header, value string
		status        int
	}{
		{"Sec-Fetch-Site", "same-origin", 200},
		{"Sec-Fetch-Site", "none", 200}, // the person typed the address
		{"Sec-Fetch-Site", "same-site", 403},
		{"Sec-Fetch-Site", "cross-site", 403},
		{"Origin", "http://digits.example:8080", 200},
		{"Origin", "http://digits.example:3000", 403},
		{"Origin", "http://evil.example", 403},
		{"Origin", "null", 403},
		{"Origin", "://", 403},
		{"X-None", "1", 200},
	} {
		answer, text := s.do(t, "POST", "/v1/read", strings.NewReader(digit), "Host", "digits.example:8080", tt.header, tt.value)
		require.Equal(t, tt.status, answer.StatusCode, "%v: %s", tt, text)
		answer, _ = s.do(t, http.MethodGet, "/", nil, "Host", "digits.example:8080", tt.header, tt.value)
		require.Equal(t, 200, answer.StatusCode, "a link to the page works")
	}
}
