package answers

import (
	"bytes"
	"encoding/json"
	"math"
	"net/url"
	"strings"
	"testing"

	"github.com/seed-cd6415d7/digits/examples/internal/printable"
	"github.com/seed-cd6415d7/digits/examples/reader"
	"github.com/stretchr/testify/require"
)

// FuzzText: any text and any number is written as package encoding/json writes
// it, and comes back.
func FuzzText(f *testing.F) {
	f.Add("für 数字 🙂", "\"\\/\b\f\n\r\t\v\x00\x1b\x7f", uint32(0x3f800000), int64(-1))
	f.Add("<a href='x'>&amp;", "\u202ea\u2028\U000e0041", uint32(0x358637bd), int64(math.MaxInt64))
	f.Add("a\xff\xc3", "\ufffd", uint32(0x60ad78ec), int64(math.MinInt64))
	f.Fuzz(func(t *testing.T, a, b string, bits uint32, n int64) {
		v := math.Float32frombits(bits)
		if v-v != 0 { // encoding/json refuses it
			require.Equal(t, "[null]\n", Text([]float32{v}))
			v = 0
		}
		object := &Object{File: a, Error: b, Want: b, Probabilities: []float32{v, -v}, Warnings: []string{a, b},
			Answer: &Answer{Class: a, Best: int(n), RunnerUp: b, None: v, Box: []int{int(n)}},
			Page:   &Page{Text: b, Lines: []string{b}, Digits: []Digit{{Judged: &Judged{Seen: []byte(a)}}}}}
		var want strings.Builder
		require.NoError(t, printable.WriteJSON(&want, object, ""))
		text := Text(object)
		require.Equal(t, want.String(), text)
		var back Object
		require.NoError(t, json.Unmarshal([]byte(text), &back))
		require.Equal(t, string([]rune(a)), back.File, "a byte that is not UTF-8 becomes U+FFFD")
		require.Equal(t, object.Probabilities, back.Probabilities)
	})
}

// FuzzQuery: a query is read as package net/url reads it.
func FuzzQuery(f *testing.F) {
	for _, text := range []string{"one=true&details=1", "&&a=1&", "rival=no+digit", "%61=%C3%A9%2b+%2B", "a=%4g", "a=%"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if strings.Contains(text, ";") {
			return // net/url refuses semicolons
		}
		want, wantErr := url.ParseQuery(text)
		got, err := parseQuery(text)
		require.Equal(t, wantErr == nil, err == nil, "%v, %v", wantErr, err)
		if err != nil {
			require.Equal(t, BadRequest, Status(err))
			return
		}
		require.Equal(t, want, url.Values(got))
	})
}

// FuzzWhy: any pixels and any query get an answer that adds up, or an error
// that says what is wrong. The pixels are a pattern that is repeated: inputs of
// 784 bytes would make fuzzing slow.
func FuzzWhy(f *testing.F) {
	bar := make([]byte, 28)
	bar[13], bar[14] = 255, 90
	for _, query := range []string{"", "class=7", "class=7&rival=1", "rival=no+digit", "class=no%20digit&rival=3", "class=7&rival=7", "class=x"} {
		f.Add(query, bar, uint16(784))
	}
	f.Add("", bar, uint16(783))
	s := &Service{Reader: reader.Default(), MaxBytes: 784, MaxPixels: 1}
	f.Fuzz(func(t *testing.T, query string, pattern []byte, length uint16) {
		if len(pattern) == 0 || len(pattern) > 100 {
			return
		}
		pixels := bytes.Repeat(pattern, int(length)/len(pattern)+1)[:length]
		w, err := s.Why(query, pixels)
		if err != nil {
			require.Equal(t, BadRequest, Status(err))
			status, text := s.Do("v1/why?"+query, pixels)
			checkFailure(t, status, text)
			return
		}
		require.Len(t, pixels, 784)
		require.NotEqual(t, w.Class, w.Rival)
		require.Contains(t, w.Others, w.Rival)
		require.NotContains(t, w.Others, w.Class)
		require.Len(t, w.Image, 784)
		sum, size := float64(w.Empty), 1.0
		for _, s := range w.Strokes {
			sum += float64(s.Contribution)
			size += math.Abs(float64(s.Contribution))
		}
		require.InDelta(t, w.Difference, sum, 1e-5*size)
		require.True(t, json.Valid([]byte(Text(w))))
	})
}

// checkFailure checks that a text is one line of JSON that says what is wrong,
// without characters that a terminal may obey.
func checkFailure(t *testing.T, status int, text string) {
	line, one := strings.CutSuffix(text, "\n")
	require.True(t, one)
	require.Equal(t, printable.Text(line), line)
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.DisallowUnknownFields()
	var failure Failure
	require.NoError(t, decoder.Decode(&failure))
	require.Equal(t, status, failure.Status)
	require.NotEmpty(t, failure.Error)
	require.Less(t, len(failure.Error), 1000)
}
