package main

import (
	"image"
	"testing"

	"github.com/seed-cd6415d7/digits/examples/internal/toymodel"
	"github.com/stretchr/testify/require"
)

// These tests open the page of one server, and then have another one answer.

// withOther lets another server answer at the page's address during f.
func (b *tab) withOther(other *engine, f func()) {
	b.t.Helper()
	b.e.stop()
	other.address = b.e.address
	other.start(b.t)
	defer b.e.start(b.t)
	defer func() { other.stop() }()
	f()
}

// testOtherModel: an open page that is idle while serve starts again shows the
// classes of the new model.
func testOtherModel(t *testing.T, b *tab) {
	if b.e.name == "wasm" {
		return // it keeps its model
	}
	hint := b.text("#hint")
	draw := func() {
		b.draw("mouse", writers[0].digit(3, b.paper(), places[2])...)
		b.answered()
	}
	draw()
	require.Len(t, b.bars(), 11)
	b.withOther(serverEngine(t, toymodel.Always(t, []string{"star", "circle"}, 1, nil)), func() {
		b.clear()
		draw()
		require.Equal(t, "circle", b.text("#text"))
		require.Len(t, b.bars(), 2)
		require.Contains(t, b.text("#hint"), "The model knows star, circle.")
	})
	b.clear()
	draw()
	require.Equal(t, "3", b.text("#text"))
	require.Equal(t, hint, b.text("#hint"))
}

// testSmallLimits: the page makes a drawing so small that the server takes it.
func testSmallLimits(t *testing.T, b *tab) {
	if b.e.name == "wasm" {
		return
	}
	for _, limit := range [][]string{{"-max-pixels", "40000"}, {"-max-pixels", "2000"}, {"-max-bytes", "3000"}} {
		b.withOther(serverEngine(t, "", limit...), func() {
			b.open()
			b.draw("mouse", writers[0].digit(7, b.paper(), places[2])...)
			b.answered()
			require.Empty(t, b.text("#error"), limit)
			require.Equal(t, "7", b.text("#text"), limit)
		})
	}
}

// answer lets the browser answer requests for a path in place of the server.
func (b *tab) answer(path string, status int, headers map[string]string, body string) {
	b.t.Helper()
	b.js(`const [part, status, headers, body] = arguments;
		window.real ??= fetch;
		window.fetch = async (path, ...more) => path.includes(part) ? new Response(body, {status, headers}) : real(path, ...more);`,
		path, status, headers, body)
}

// testTooLongOnPage: a server that is not busy, but gave up, is not asked
// again.
func testTooLongOnPage(t *testing.T, b *tab) {
	if b.e.name == "wasm" {
		return
	}
	tag := b.js(`return fetch("v1/model").then(r => r.headers.get("Digits-Model"))`).(string)
	for _, path := range []string{"v1/read", "v1/why"} {
		b.answer(path, 503, map[string]string{"Digits-Model": tag}, `{"error":"it takes too long"}`)
		b.draw("mouse", writers[0].digit(3, b.paper(), places[2])...)
		b.wait(`return document.getElementById("error").textContent == "it takes too long"`)
		b.answered()
		b.clear()
	}
}

// testBusyWhy: a server that is too busy to say why is asked again, and not
// what is on the paper.
func testBusyWhy(t *testing.T, b *tab) {
	if b.e.name == "wasm" {
		return
	}
	b.answer("v1/why", 503, map[string]string{"Retry-After": "1"}, "")
	b.draw("mouse", writers[0].digit(3, b.paper(), places[2])...)
	b.wait(`return document.getElementById("text").textContent == "3"`)
	b.wait(`return document.getElementById("status").textContent.includes("busy")`)
	b.js(`window.fetch = real`)
	b.why()
	require.NotContains(t, b.text("#status"), "busy")
}

// testProxy: a proxy before the server refuses what the server would read. The
// page says it.
func testProxy(t *testing.T, b *tab) {
	if b.e.name == "wasm" {
		return
	}
	b.answer("v1/read", 403, map[string]string{}, "<html>Forbidden</html>")
	b.draw("mouse", writers[0].digit(3, b.paper(), places[2])...)
	b.wait(`return document.getElementById("error").textContent == "The server answered 403."`)
	b.answered()
}

// testWhyGone: the server ends before it is asked why. The reasons come when it
// is back.
func testWhyGone(t *testing.T, b *tab) {
	if b.e.name == "wasm" {
		return
	}
	b.draw("mouse", writers[1].digit(7, b.paper(), places[2])...)
	b.why()
	b.e.stop()
	b.expected = append(b.expected, "net::ERR_")
	b.click(`#bars [data-class="2"]`)
	b.wait(`return document.body.dataset.state == "gone"`)
	require.Contains(t, b.text("#status"), "does not answer")
	b.e.start(t)
	b.why()
	b.wait(`return document.getElementById("why").dataset.rival == "2"`)
}

// testOddFiles: files that are empty, several, or too large before the limits
// are known.
func testOddFiles(t *testing.T, b *tab) {
	b.give("drop", "empty.png", "image/png", nil)
	require.Equal(t, "The file is empty.", b.text("#error"))
	b.clear()

	b.js(`const known = model;
		model = null;
		takePicture([new File([new ArrayBuffer(101e6)], "large.png")]);
		model = known;`)
	require.Equal(t, "The file has 101.0 MB. At most 100.0 MB are read: make the picture smaller.", b.text("#error"))
	b.clear()

	b.js(`window.addOne = DataTransferItemList.prototype.add;
		DataTransferItemList.prototype.add = function(file) { addOne.call(this, file); addOne.call(this, new File(["x"], "second.png")); }`)
	b.give("drop", "first.png", "image/png", encodePNG(t, written(400, 300, "47")))
	require.Equal(t, "47", b.text("#text"))
	require.Contains(t, b.text("#notes"), "Only the first of 2 files is read.")
	b.js(`DataTransferItemList.prototype.add = addOne`)
	b.clear()

	if b.e.name == "server" {
		b.expected = append(b.expected, "status of 413")
		b.js(`model.max_pixels = 1e9`)
		b.give("drop", "large.png", "image/png", encodePNG(t, written(1300, 1000, "47")))
		require.Equal(t, "47", b.text("#text"))
		require.Contains(t, b.text("#notes"), "this browser sent a smaller picture")
		b.clear()
	}
}

// testTransparent: black and white ink on a transparent ground can be seen, on
// light and on dark paper.
func testTransparent(t *testing.T, b *tab) {
	defer func() { require.NoError(t, b.EmulateMedia(nil)) }()
	b.expected = append(b.expected, "willReadFrequently") // only the test reads the paper
	for _, scheme := range []string{"light", "dark"} {
		require.NoError(t, b.EmulateMedia(map[string]string{"prefers-color-scheme": scheme}))
		for _, tone := range []uint8{0, 255} {
			img := image.NewNRGBA(image.Rect(0, 0, 300, 300))
			for i, v := range written(300, 300, "8").Pix {
				copy(img.Pix[4*i:], []uint8{tone, tone, tone, 255 - v})
			}
			b.give("drop", "8.png", "image/png", encodePNG(t, img))
			require.Equal(t, "8", b.text("#text"))
			share := b.number(`const c = document.getElementById("paper"), {data} = c.getContext("2d").getImageData(0, 0, c.width, c.height);
				let n = 0;
				for (let i = 0; i < data.length; i += 4) n += data[i] > 100 && data[i] < 160 && data[i + 3] == 255;
				return n / data.length * 4`)
			require.Greater(t, share, 0.2, "%s paper, ink %d: a gray ground", scheme, tone)
			b.clear()
		}
	}
}
