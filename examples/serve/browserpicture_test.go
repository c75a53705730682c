package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"image"
	"image/jpeg"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/seed-cd6415d7/digits/examples/internal/answers"
	"github.com/seed-cd6415d7/digits/examples/reader"
	"github.com/stretchr/testify/require"
)

// written returns a picture of digits that stand in a row.
func written(w, h int, digits string) *image.Gray {
	var strokes [][][2]float64
	for i, r := range digits {
		p := place{(float64(i) + 0.5) / float64(len(digits)), 0.5, 0.6}
		strokes = append(strokes, writers[0].digit(int(r-'0'), area{0, 0, float64(w), float64(h)}, p)...)
	}
	return ink(w, h, 0.06*float64(h), strokes...)
}

// turnedLeft returns a picture as a camera stores it that is held on its side:
// it must be turned clockwise to be upright.
func turnedLeft(img *image.Gray) *image.Gray {
	w, h := img.Rect.Dx(), img.Rect.Dy()
	stored := image.NewGray(image.Rect(0, 0, h, w))
	for y := range h {
		for x := range w {
			stored.SetGray(y, w-1-x, img.GrayAt(x, y))
		}
	}
	return stored
}

// asPhotograph returns a JPEG file with an EXIF orientation.
func asPhotograph(t *testing.T, img image.Image, orientation uint16) []byte {
	var b bytes.Buffer
	require.NoError(t, jpeg.Encode(&b, img, &jpeg.Options{Quality: 90}))
	exif := []byte("Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x01")
	exif = binary.BigEndian.AppendUint16(exif, 0x0112) // orientation
	exif = binary.BigEndian.AppendUint16(exif, 3)      // 16 bits
	exif = binary.BigEndian.AppendUint32(exif, 1)
	exif = binary.BigEndian.AppendUint16(exif, orientation)
	exif = append(exif, 0, 0, 0, 0, 0, 0)
	segment := binary.BigEndian.AppendUint16([]byte{0xff, 0xe1}, uint16(len(exif)+2))
	data := b.Bytes()
	return append(append(append([]byte{}, data[:2]...), append(segment, exif...)...), data[2:]...)
}

// give gives the page a file: "drop" drops it, "paste" pastes it.
const give = `
	const [how, name, type, base64] = arguments;
	const bytes = Uint8Array.from(atob(base64), c => c.charCodeAt(0));
	const transfer = new DataTransfer();
	transfer.items.add(new File([bytes], name, {type}));
	if (how == "paste") {
		document.dispatchEvent(new ClipboardEvent("paste", {clipboardData: transfer, bubbles: true, cancelable: true}));
		return;
	}
	const at = document.getElementById("paper");
	for (const kind of ["dragenter", "dragover", "drop"])
		at.dispatchEvent(new DragEvent(kind, {dataTransfer: transfer, bubbles: true, cancelable: true}));
`

// give gives the page a file in one of three ways, and waits for the answer.
func (b *tab) give(how, name, kind string, data []byte) {
	b.t.Helper()
	if how == "file" {
		path := filepath.Join(b.t.TempDir(), name)
		require.NoError(b.t, os.WriteFile(path, data, 0o600))
		require.NoError(b.t, b.find("#file").SendKeys(path))
	} else {
		require.NoError(b.t, b.Run(nil, give, how, name, kind, base64.StdEncoding.EncodeToString(data)))
	}
	// The page decodes the file first, and asks then.
	b.wait(`const said = document.getElementById("text").textContent + document.getElementById("error").textContent;
		return said != "" && document.body.dataset.state == "ready"`)
}

func testPictures(t *testing.T, b *tab) {
	stored := turnedLeft(written(420, 300, "352"))
	for _, test := range []struct {
		how, name, kind string
		data            []byte
		want            string
	}{
		{"file", "digits.png", "image/png", encodePNG(t, written(400, 300, "47")), "47"},
		{"drop", "photograph.jpg", "image/jpeg", asPhotograph(t, stored, 6), "352"},
		{"paste", "image.png", "image/png", encodePNG(t, written(300, 300, "8")), "8"},
		{"file", "photograph.jpg", "image/jpeg", asPhotograph(t, written(500, 300, "906"), 1), "906"},
	} {
		b.give(test.how, test.name, test.kind, test.data)
		require.Equal(t, test.want, b.text("#text"), "%s %s", test.how, test.name)
		require.Empty(t, b.text("#error"))
		b.checkBoxes(len(test.want))
		b.clear()
	}
}

// checkBoxes checks that the boxes stand on the paper, from left to right.
func (b *tab) checkBoxes(n int) {
	b.t.Helper()
	var boxes [][4]float64
	require.NoError(b.t, b.Run(&boxes, `return [...document.querySelectorAll("#boxes rect")].map(e => {
		const r = e.getBoundingClientRect();
		return [r.left, r.top, r.right, r.bottom];
	})`))
	require.Len(b.t, boxes, n)
	a := b.paper()
	last := a.Left - 10
	for _, box := range boxes {
		require.Greater(b.t, box[0], last, "%v: from left to right", boxes)
		require.Less(b.t, box[2], a.Left+a.Width+10)
		require.Greater(b.t, box[1], a.Top-10)
		require.Less(b.t, box[3], a.Top+a.Height+10)
		last = box[0]
	}
}

// testErrors: the page says what is wrong and what to do, and goes on.
func testErrors(t *testing.T, b *tab) {
	whole := encodePNG(t, written(200, 200, "5"))
	blank := image.NewGray(image.Rect(0, 0, 64, 64))
	large := make([]byte, 40<<20)
	copy(large, "GIF87a") // no browser can make it smaller
	for _, test := range []struct {
		name, kind string
		data       []byte
		status     string
		want       string // a part of the message
	}{
		{"notes.txt", "text/plain", []byte("seven\n"), "415", "PNG"},
		{"damaged.png", "image/png", whole[:len(whole)/2], "400", ""},
		{"large.gif", "image/gif", large, "413", "smaller"},
		{"blank.png", "image/png", encodePNG(t, blank), "422", ""},
	} {
		b.expected = append(b.expected, "status of "+test.status)
		b.give("file", test.name, test.kind, test.data)
		said := b.text("#error")
		t.Logf("%s: %s", test.name, said)
		require.Contains(t, said, test.want, test.name)
		shown, err := b.find("#error").Displayed()
		require.NoError(t, err)
		require.True(t, shown, test.name)
		require.Empty(t, b.text("#text"), test.name)
		role, err := b.find("#error").Role()
		require.NoError(t, err)
		require.Equal(t, "alert", role)
		b.clear()
		require.Empty(t, b.text("#error"))
	}
	b.draw("mouse", writers[0].digit(5, b.paper(), places[2])...)
	b.answered()
	require.Equal(t, "5", b.text("#text"))
}

// testGone: the server ends, and starts again. WebAssembly needs none.
func testGone(t *testing.T, b *tab) {
	a := b.paper()
	b.e.stop()
	b.expected = append(b.expected, "net::ERR_")
	b.draw("mouse", writers[0].digit(3, a, places[2])...)
	if b.e.name == "wasm" {
		b.answered()
		require.Equal(t, "3", b.text("#text"))
		b.e.start(t)
		return
	}
	b.wait(`return document.body.dataset.state == "gone"`)
	require.Contains(t, b.text("#status"), "does not answer")
	role, err := b.find("#status").Role()
	require.NoError(t, err)
	require.Equal(t, "status", role)
	require.Empty(t, b.text("#text"), "nothing is made up")
	b.e.start(t)
	b.answered()
	require.Equal(t, "3", b.text("#text"), "the drawing is kept")
	require.NotContains(t, b.text("#status"), "does not answer")
}

// testHanging: something between the page and the server takes requests, and
// never answers. The page says it, and goes on when there is an answer.
func testHanging(t *testing.T, b *tab) {
	if b.e.name == "wasm" {
		return // it needs no server
	}
	patience := b.js(`const {dataset} = document.body, whole = dataset.patience;
		dataset.patience = 300;
		return whole`)
	require.Equal(t, "70000", patience)
	b.e.stop()
	hanging := *b.e
	hanging.serve = func(ctx context.Context, l net.Listener) {
		<-ctx.Done() // the connections wait in the listener
		l.Close()
	}
	hanging.start(t)
	b.expected = append(b.expected, "net::ERR_")
	b.draw("mouse", writers[0].digit(3, b.paper(), places[2])...)
	b.wait(`return document.body.dataset.state == "gone"`)
	require.Contains(t, b.text("#status"), "No answer came in time")
	require.Empty(t, b.text("#text"), "nothing is made up")
	hanging.stop()
	b.e.start(t)
	b.js(`document.body.dataset.patience = arguments[0]`, patience)
	b.answered()
	require.Equal(t, "3", b.text("#text"), "the drawing is kept")
	require.NotContains(t, b.text("#status"), "No answer")
}

// testLate: a picture that is loaded too late does not take the place of what
// came after it. The test decides when the browser has decoded a file.
func testLate(t *testing.T, b *tab) {
	b.js(`const decode = window.createImageBitmap;
		window.held = [];
		window.createImageBitmap = (from, ...more) => from instanceof File ?
			new Promise((resolve) => held.push(() => resolve(decode(from, ...more)))) : decode(from, ...more);`)
	drop := func(digits string) {
		data := base64.StdEncoding.EncodeToString(encodePNG(t, written(400, 300, digits)))
		require.NoError(t, b.Run(nil, give, "drop", "late.png", "image/png", data))
		require.Equal(t, "Loading the picture …", b.text("#status"))
	}
	release := func(n int) {
		b.js(`held.splice(arguments[0], 1)[0]()`, n)
		time.Sleep(200 * time.Millisecond)
	}
	drop("47")
	drop("8")
	release(1)
	b.wait(`return document.getElementById("text").textContent == "8"`)
	release(0)
	b.answered()
	require.Equal(t, "8", b.text("#text"))
	b.clear()

	drop("47")
	b.draw("mouse", writers[0].digit(3, b.paper(), places[0])...)
	release(0)
	b.answered()
	require.Equal(t, "3", b.text("#text"))
	b.clear()

	drop("47")
	b.click("#clear")
	require.NotContains(t, b.text("#status"), "Loading")
	release(0)
	require.Empty(t, b.text("#text"))
}

// testChangedFile: the page keeps the bytes of a picture. If the file changes
// later, browsers refuse to read it again.
func testChangedFile(t *testing.T, b *tab) {
	data := encodePNG(t, written(400, 300, "8"))
	b.give("drop", "changed.png", "image/png", data)
	b.js(`File.prototype.arrayBuffer = () => Promise.reject(new DOMException("changed", "NotReadableError"))`)
	b.clear()
	b.click("#undo")
	b.answered()
	require.Equal(t, "8", b.text("#text"))
	b.clear()
	b.give("drop", "changed.png", "image/png", data)
	require.Equal(t, "The file cannot be read. Choose it again.", b.text("#error"))
	b.js(`delete File.prototype.arrayBuffer`)
	b.clear()
}

// testNumbers: the page shows the numbers of the answer, to their last digit.
// They are those of this computer's own reader, also in WebAssembly.
func testNumbers(t *testing.T, b *tab) {
	r, err := reader.Load("")
	require.NoError(t, err)
	service := answers.Service{Reader: r, MaxBytes: 1 << 20, MaxPixels: 1 << 20}
	for digit := range 10 {
		b.draw("mouse", writers[digit%3].digit(digit, b.paper(), places[2])...)
		b.answered()
		var body []byte
		require.NoError(t, b.Run(&body, `return spied.bodies.at(-1)`))
		status, text := service.Do("v1/read?details=true", body)
		require.Equal(t, 200, status, text)
		var page struct {
			Text   string
			Digits []struct {
				None          float64
				Probabilities []float64
			}
		}
		require.NoError(t, json.Unmarshal([]byte(text), &page))
		require.Equal(t, page.Text, b.text("#text"))
		want := map[string]float64{"no digit": page.Digits[0].None}
		for class, p := range page.Digits[0].Probabilities {
			want[strconv.Itoa(class)] = p
		}
		require.Equal(t, want, b.bars())
		b.clear()
	}
}
