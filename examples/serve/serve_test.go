package main

import (
	"bytes"
	"context"
	"encoding/json"
	"image"
	"image/png"
	"io"
	"io/fs"
	"log/slog"
	"mime/multipart"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"strings"
	"sync"
	"testing"

	"github.com/seed-cd6415d7/digits/examples/internal/answers"
	"github.com/seed-cd6415d7/digits/examples/internal/cli"
	"github.com/seed-cd6415d7/digits/examples/internal/pictures"
	"github.com/seed-cd6415d7/digits/examples/internal/toymodel"
	"github.com/seed-cd6415d7/digits/examples/reader"
	"github.com/stretchr/testify/require"
)

// serveKey is an environment variable. If it is set, the test binary is the
// program serve.
const serveKey = "DIGITS_TEST_IS_SERVE"

func TestMain(m *testing.M) {
	if os.Getenv(serveKey) != "" {
		main()
		os.Exit(0)
	}
	debug.SetGCPercent(400) // this saves a fifth of the tests' time
	os.Exit(m.Run())
}

// A site is a server that runs in the test.
type site struct {
	*server
	url, address string
	end          context.CancelFunc
	ended        chan error
	log          *log
}

// log is what the server logs.
type log struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func (l *log) reset() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.text = bytes.Buffer{}
}

// start starts a server with these arguments. change may change it before.
func start(t *testing.T, change func(*server), args ...string) *site {
	o, err := parse(append([]string{"-listen", "127.0.0.1:0"}, args...), io.Discard)
	require.NoError(t, err)
	r, err := reader.Load(o.model)
	require.NoError(t, err)
	logged := &log{}
	s := newServer(r, o, true, slog.New(slog.NewTextHandler(logged, nil)))
	if change != nil {
		change(s)
	}
	site := &site{server: s, address: o.listen, ended: make(chan error, 1), log: logged}
	require.NoError(t, site.begin())
	t.Cleanup(func() {
		http.DefaultClient.CloseIdleConnections()
		site.end()
		require.NoError(t, <-site.ended)
	})
	return site
}

// begin starts the server at its address.
func (s *site) begin() error {
	l, err := listen(s.address)
	if err != nil {
		return err
	}
	if s.url == "" { // later it has the same port
		s.address = l.Addr().String()
		s.url = "http://" + s.address
	}
	ctx, end := context.WithCancel(context.Background())
	s.end = end
	go func() { s.ended <- s.serve(ctx, l) }()
	return nil
}

// do sends a request and returns the answer with its text.
func (s *site) do(t *testing.T, method, path string, body io.Reader, headers ...string) (*http.Response, string) {
	r, err := http.NewRequestWithContext(t.Context(), method, s.url+path, body)
	require.NoError(t, err)
	for i := 0; i < len(headers); i += 2 {
		if headers[i] == "Host" {
			r.Host = headers[i+1]
		}
		r.Header.Set(headers[i], headers[i+1])
	}
	answer, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	return answer, string(text)
}

// post sends a picture. It returns the status and the text of the answer.
func (s *site) post(t *testing.T, path string, picture []byte) (int, string) {
	answer, text := s.do(t, http.MethodPost, path, bytes.NewReader(picture))
	return answer.StatusCode, text
}

// picture returns a picture of the repository.
func picture(t testing.TB, name string) []byte {
	data, err := os.ReadFile(filepath.Join("..", "predict", "test_num", name))
	require.NoError(t, err)
	return data
}

// form returns a form with files, and its type.
func form(t *testing.T, write func(*multipart.Writer)) (body *bytes.Buffer, kind string) {
	body = &bytes.Buffer{}
	w := multipart.NewWriter(body)
	write(w)
	require.NoError(t, w.Close())
	return body, w.FormDataContentType()
}

func addFile(t *testing.T, w *multipart.Writer, name string, data []byte) {
	part, err := w.CreateFormFile("file", name)
	require.NoError(t, err)
	_, err = part.Write(data)
	require.NoError(t, err)
}

// TestLikePredict: the answers are what predict -json prints, byte for byte.
func TestLikePredict(t *testing.T) {
	if os.Getenv("DIGITS_LONG") == "" {
		t.Skip("long: set DIGITS_LONG=1")
	}
	t.Parallel()
	names := []string{"3_brush.png", "12719_sum.png", "314159_lines.png"}
	predict := exec.Command("go", append([]string{"run", "..", "-json", "-labels", "none"}, names...)...)
	predict.Dir = filepath.Join("..", "predict", "test_num")
	predict.Stderr = os.Stderr
	out, err := predict.Output()
	require.NoError(t, err)
	s := start(t, nil)
	for i, want := range strings.SplitAfter(strings.TrimSpace(string(out)), "\n") {
		want = strings.TrimSpace(want) + "\n"
		body, kind := form(t, func(w *multipart.Writer) {
			addFile(t, w, names[i], picture(t, names[i]))
		})
		_, text := s.do(t, http.MethodPost, "/v1/read", body, "Content-Type", kind)
		require.Equal(t, want, text)
		_, text = s.post(t, "/v1/read", picture(t, names[i]))
		require.Equal(t, strings.Replace(want, names[i], "-", 1), text, "the body is the picture")
	}
}

// TestModes: one and many are those of predict, and the model chooses between
// them.
func TestModes(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{nil, {"-model", toymodel.Always(t, []string{"star", "circle"}, 1, nil)}} {
		s := start(t, nil, args...)
		for query, mode := range map[string]pictures.Mode{
			"?one=true": pictures.One, "?many=true": pictures.Many, "": pictures.ModeOf(s.Reader, false, false),
		} {
			page := picture(t, "12719_sum.png")
			want := answers.New(pictures.ReadBytes(s.Reader, "-", page, mode), s.Reader.Classes())
			_, text := s.post(t, "/v1/read"+query, page)
			require.Equal(t, answers.Text(want), text)
			require.Equal(t, mode == pictures.Many, len(want.Digits)+len(want.LeftOut) > 1)
		}
	}
}

// TestDetails: what the model sees can be sent back, to ask why.
func TestDetails(t *testing.T) {
	s := start(t, nil)
	_, plain := s.post(t, "/v1/read", picture(t, "136_sheet.png"))
	require.NotContains(t, plain, "seen")
	require.NotContains(t, plain, "orientation")
	_, text := s.post(t, "/v1/read?details=true", picture(t, "136_sheet.png"))
	var o answers.Object
	require.NoError(t, json.Unmarshal([]byte(text), &o))
	config, err := png.DecodeConfig(bytes.NewReader(picture(t, "136_sheet.png")))
	require.NoError(t, err)
	require.Equal(t, answers.Stored{Width: config.Width, Height: config.Height, Orientation: 1}, *o.Stored)
	require.Len(t, o.Digits, 3)
	for _, d := range o.Digits {
		require.Len(t, d.Seen, 784)
		require.Len(t, d.Judged.Probabilities, 10)
		status, text := s.post(t, "/v1/why", d.Seen)
		require.Equal(t, 200, status, text)
		var w answers.WhyObject
		require.NoError(t, json.Unmarshal([]byte(text), &w))
		require.Equal(t, cli.Printable(w.Class), w.Class)
		require.EqualValues(t, d.Digit, w.Class[0]-'0')
		sum := float64(w.Empty)
		for _, stroke := range w.Strokes {
			sum += float64(stroke.Contribution)
		}
		require.InDelta(t, sum, w.Difference, 1e-4)
	}
}

// TestModel: the service tells what it can do.
func TestModel(t *testing.T) {
	s := start(t, nil, "-max-bytes", "5000", "-max-pixels", "900")
	_, text := s.do(t, http.MethodGet, "/v1/model", nil)
	var m answers.ModelObject
	require.NoError(t, json.Unmarshal([]byte(text), &m))
	require.Contains(t, m.Features, "hog directions=")
	require.Contains(t, m.Training, "recipe reader")
	m.Features, m.Training = "", ""
	require.Equal(t, answers.ModelObject{Classes: strings.Split("0123456789", ""), NoDigit: true, SureFrom: 0.94,
		Parameters: 61909, MaxBytes: 5000, MaxPixels: 900}, m)
	status, text := s.post(t, "/v1/read", make([]byte, 5001))
	require.Equal(t, 413, status)
	require.JSONEq(t, `{"error": "more than 5000 bytes: send a smaller picture", "status": 413}`, text)
	var b bytes.Buffer
	require.NoError(t, png.Encode(&b, image.NewGray(image.Rect(0, 0, 31, 30))))
	status, text = s.post(t, "/v1/read", b.Bytes())
	require.Equal(t, 413, status)
	require.Contains(t, text, "31 x 30 pixels; want at most 900: shrink the picture")

	s = start(t, nil, "-model", toymodel.Always(t, []string{"star", "circle"}, 1, nil))
	_, text = s.do(t, http.MethodGet, "/v1/model", nil)
	require.JSONEq(t, `{"classes": ["star", "circle"], "no_digit": false, "sure_from": 0, "features": "pixels", "parameters": 1570,
		"training": "", "one_thing": true, "max_bytes": 33554432, "max_pixels": 25000000}`, text)
}

// TestAddress: run prints where the service is, and a port that is taken is
// explained.
func TestAddress(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer taken.Close()
	err = run(t.Context(), []string{"-listen", taken.Addr().String()}, io.Discard, io.Discard)
	require.ErrorContains(t, err, "another program uses this port, perhaps another serve: end it, or choose another port; -listen 127.0.0.1:0 takes a free one")
	require.ErrorContains(t, run(t.Context(), []string{"-listen", "256.0.0.1:1"}, io.Discard, io.Discard), "-listen 256.0.0.1:1: ")
	err = run(t.Context(), []string{"-listen", "256.0.0.1:1", "-model", filepath.Join(t.TempDir(), "none")}, io.Discard, io.Discard)
	require.ErrorIs(t, err, fs.ErrNotExist, "the model comes first")
	require.ErrorContains(t, err, "none; examples/train writes models")

	for _, tt := range []struct{ listen, want, warning string }{
		{"localhost:0", `^Open http://localhost:\d+/ in a browser. Ctrl-C ends serve.\n$`, ""},
		{"127.0.0.1:0", `^Open http://127\.0\.0\.1:\d+/ in a`, ""},
		{":0", `^Open http://localhost:\d+/ in a`, "level=WARN msg=\"every computer that can reach this one can use the service; -listen localhost:8080 prevents it\""},
	} {
		ctx, end := context.WithCancel(t.Context())
		end() // the service ends as soon as it has begun
		var out, log bytes.Buffer
		require.NoError(t, run(ctx, []string{"-listen", tt.listen}, &out, &log))
		require.Regexp(t, tt.want, out.String())
		require.Contains(t, log.String(), tt.warning)
		require.Equal(t, tt.warning != "", strings.Contains(log.String(), "WARN"))
	}
}

func TestCommandLine(t *testing.T) {
	for line, want := range map[string]string{
		"-listen 8080":         `serve: -listen "8080"; want an address and a port, such as localhost:8080 or :8080 (serve -help explains)`,
		"-max-bytes 0":         "-max-bytes 0; want 1 to 256000000",
		"-max-bytes 3e8":       `invalid value "3e8" for flag -max-bytes`,
		"-max-pixels -1":       "-max-pixels -1; want 1 to 64000000",
		"-max-pixels 65000000": "-max-pixels 65000000; want 1 to 64000000",
		"-timeout 5":           `invalid value "5" for flag -timeout: want a time with a unit, such as 5s`,
		"-listen :99999":       `-listen ":99999"; want a port from 0 to 65535`,
		"-listen [::1]:-1":     "want a port from 0 to 65535",
		"-timeout 0s":          "-timeout 0s; want a time, such as 30s",
		"-timeout 25h":         "-timeout 25h0m0s; want at most 24h0m0s",
		"photo.jpg":            `unexpected argument "photo.jpg"`,
		"-model nosuch.st":     "",
	} {
		var errs bytes.Buffer
		err := run(t.Context(), append([]string{"-listen", "256.0.0.1:1"}, strings.Fields(line)...), io.Discard, &errs)
		require.Error(t, err)
		require.Contains(t, errs.String(), want)
		require.Equal(t, want != "", err == cli.ErrUsage)
	}
}
