package main

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/seed-cd6415d7/digits/examples/internal/webdriver"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// why waits until the page explains the answer.
func (b *tab) why() {
	b.t.Helper()
	b.answered()
	b.wait(`const why = document.getElementById("why"), rows = document.querySelectorAll("#sum td");
		return !why.hidden && why.dataset.class == document.querySelector('.tile[aria-pressed="true"]').dataset.answer && rows.length > 0`)
}

// testWhy: the reasons add up to the difference, for each rival.
func testWhy(t *testing.T, b *tab) {
	b.draw("mouse", writers[1].digit(7, b.paper(), places[2])...)
	b.why()
	check := func(rival string) {
		t.Helper()
		require.Equal(t, "7", b.js(`return why.dataset.class`))
		require.Equal(t, rival, b.js(`return why.dataset.rival`))
		difference, err := strconv.ParseFloat(b.js(`return why.dataset.difference`).(string), 64)
		require.NoError(t, err)
		bars := b.bars()
		if bars[rival] > 1e-30 && rival != "no digit" {
			require.InDelta(t, math.Log(bars["7"]/bars[rival]), difference, 0.01, "the logarithm of the ratio")
		}
		var cells []string
		require.NoError(t, b.Run(&cells, `return [...document.querySelectorAll("#sum td")].map(e => e.textContent)`))
		sum := 0.0
		for i, cell := range cells {
			v, err := strconv.ParseFloat(strings.NewReplacer("\u2212", "-", "+", "").Replace(cell), 64)
			require.NoError(t, err, cell)
			if i == len(cells)-1 {
				require.InDelta(t, difference, v, 0.006)
				require.InDelta(t, v, sum, 1e-9, "%v add up", cells)
			}
			sum += v
		}
		require.NotZero(t, b.number(`return document.querySelectorAll("#strokes line").length`))
	}
	first := b.js(`return why.dataset.rival`).(string)
	check(first)
	var rivals []string
	require.NoError(t, b.Run(&rivals, `return [...document.querySelectorAll("#rival option")].map(e => e.value)`))
	require.Len(t, rivals, 10, "nine digits and no digit")
	for _, rival := range rivals {
		require.NoError(t, b.Run(nil, `const s = document.getElementById("rival"); s.value = arguments[0];
			s.dispatchEvent(new Event("change", {bubbles: true}))`, rival))
		b.wait(fmt.Sprintf(`return document.getElementById("why").dataset.rival == %q`, rival))
		check(rival)
	}
	b.click(`#bars [data-class="2"]`)
	b.wait(`return document.getElementById("why").dataset.rival == "2"`)
	check("2")
}

// testKeyboard: all can be done without a mouse, and one sees where one is.
func testKeyboard(t *testing.T, b *tab) {
	b.draw("mouse", writers[0].digit(4, b.paper(), places[0])...)
	b.why()
	b.keys("#undo", "")
	require.NoError(t, b.Perform(webdriver.NewKeys().Chord(webdriver.Shift+webdriver.Tab))) // to before the first one
	var order []string
	for range 20 {
		require.NoError(t, b.Perform(webdriver.NewKeys().Type(webdriver.Tab)))
		at := b.js(`
			const e = document.activeElement;
			if (e == document.body) return "";
			const style = getComputedStyle(e.closest(".button") || e);
			const seen = style.outlineStyle != "none" && parseFloat(style.outlineWidth) >= 2;
			return (e.id || e.className.split(" ")[0]) + (seen ? "" : " without a visible focus")`).(string)
		if at == "" || slices.Contains(order, at) {
			break
		}
		order = append(order, at)
	}
	require.Equal(t, []string{"undo", "clear", "thickness", "file", "digit", "rival", "strokes"}, order)

	b.keys("#thickness", webdriver.Right+webdriver.Right)
	require.Equal(t, "14", b.js(`return document.getElementById("thickness").value`))
	first := b.js(`return document.getElementById("why").dataset.rival`)
	b.keys("#rival", webdriver.Down)
	b.keys("#rival", webdriver.Up+webdriver.Up+webdriver.Up+webdriver.Down)
	b.wait(fmt.Sprintf(`return document.getElementById("why").dataset.rival != %q`, first))
	b.keys("#strokes", webdriver.Right)
	require.Contains(t, b.text("#stroke"), "This stroke:")

	require.NoError(t, b.Perform(webdriver.NewKeys().Chord(webdriver.Control+"z")))
	b.answered()
	require.NotEqual(t, "4", b.text("#text"))
	require.NoError(t, b.Perform(webdriver.NewKeys().Chord(webdriver.Control+"z")))
	b.answered()
	require.Empty(t, b.text("#text"), "a 4 of two strokes is gone after two times Ctrl-Z")
	b.draw("mouse", writers[0].digit(1, b.paper(), places[0])...)
	b.answered()
	b.keys("#clear", webdriver.Enter)
	require.Empty(t, b.text("#text"))
}

// keys gives an element the focus and presses keys.
func (b *tab) keys(css, keys string) {
	b.t.Helper()
	require.NoError(b.t, b.Run(nil, `arguments[0].focus()`, b.find(css)))
	if keys == "" {
		return
	}
	require.NoError(b.t, b.Perform(webdriver.NewKeys().Type(keys)))
}

// testLabels: a screen reader can name all that one can use.
func testLabels(t *testing.T, b *tab) {
	b.draw("mouse", writers[0].digit(4, b.paper(), places[0])...)
	b.why()
	for css, want := range map[string]struct{ role, label string }{
		"#undo":          {"button", "Undo"},
		"#clear":         {"button", "Clear"},
		"#thickness":     {"slider", "Thickness of the pen"},
		"#file":          {"button", "Choose a picture"},
		"#paper":         {"image", "Your drawing"},
		"#status":        {"status", ""},
		"#rival":         {"combobox", "Compare with"},
		"#strokes":       {"image", "What speaks for 4"},
		"#digits":        {"group", "Digits that were read"},
		"#digits .digit": {"button", "4, "},
		"h1":             {"heading", "Digits"},
	} {
		e := b.find(css)
		role, err := e.Role()
		require.NoError(t, err)
		require.Equal(t, want.role, role, css)
		label, err := e.Label()
		require.NoError(t, err)
		require.Contains(t, label, want.label, css)
	}
	all, err := b.FindAll("button, input, select, canvas[role], [tabindex]")
	require.NoError(t, err)
	for _, e := range all {
		shown, err := e.Displayed()
		require.NoError(t, err)
		if !shown {
			continue
		}
		label, err := e.Label()
		require.NoError(t, err)
		require.NotEmpty(t, label)
	}
	require.Equal(t, "en", b.js(`return document.documentElement.lang`))
	b.wait(`return document.getElementById("said").textContent == "4"`) // what is said aloud
}

// testNarrow: a phone shows the page without scrolling sideways.
func testNarrow(t *testing.T, b *tab) {
	for _, width := range []int{phone.Width, 320} {
		narrow := phone
		narrow.Width = width
		b.screen(narrow)
		b.open()
		b.fits(width, "empty")
		b.draw("touch", writers[1].digit(5, b.paper(), places[2])...)
		b.why()
		b.fits(width, "with an answer")
		b.give("paste", "many.png", "image/png", encodePNG(t, written(1000, 120, "1234567890")))
		b.fits(width, "with many digits")
	}
}

// fits checks that all is on the screen, and large enough.
func (b *tab) fits(width int, when string) {
	b.t.Helper()
	require.LessOrEqual(b.t, b.number(`return document.documentElement.scrollWidth`), float64(width), when)
	require.Equal(b.t, float64(width), b.number(`return window.innerWidth`), when)
	var small []string
	require.NoError(b.t, b.Run(&small, `return [...document.querySelectorAll("button, .button, select, input[type=range]")].filter(e => {
		const r = e.getBoundingClientRect();
		return r.width > 0 && (r.width < 40 || r.height < 40 || r.right > innerWidth + 0.5 && !e.closest(".tiles, #digits"));
	}).map(e => e.id || e.className)`))
	require.Empty(b.t, small, "%s: fingers need 40 pixels", when)
	var wide []string
	require.NoError(b.t, b.Run(&wide, `return [...document.querySelectorAll("#tools button, #tools .button")].filter(e => {
		const text = document.createRange(), button = e.getBoundingClientRect();
		text.selectNodeContents(e.firstChild);
		const r = text.getBoundingClientRect();
		return r.left < button.left + 4 || r.right > button.right - 4;
	}).map(e => e.textContent)`))
	require.Empty(b.t, wide, "%s: texts stand within their buttons", when)
}

// testForcedColors: one sees which digit is chosen, also in the few colors that
// the person chose.
func testForcedColors(t *testing.T, b *tab) {
	defer func() { require.NoError(t, b.EmulateMedia(nil)) }()
	require.NoError(t, b.EmulateMedia(map[string]string{"forced-colors": "active"}))
	b.give("drop", "digits.png", "image/png", encodePNG(t, written(400, 300, "47")))
	var outlines []string
	require.NoError(t, b.Run(&outlines, `return [...document.querySelectorAll(".tile")].map(e => getComputedStyle(e).outlineStyle)`))
	require.Equal(t, []string{"solid", "none"}, outlines)
}

// luminance is a script's function: the brightness of a CSS color, as WCAG has
// it.
const luminance = `
	const luminance = (color) => {
		const [r, g, b] = color.match(/[\d.]+/g).map(v => { v /= 255; return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4 });
		return 0.2126 * r + 0.7152 * g + 0.0722 * b;
	};
	const contrast = (a, b) => { const [x, y] = [luminance(a), luminance(b)]; return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05) };
`

// testDark: in dark mode the page is dark, and all text can be read.
func testDark(t *testing.T, b *tab) {
	defer func() { require.NoError(t, b.EmulateMedia(nil)) }()
	for _, scheme := range []string{"light", "dark"} {
		require.NoError(t, b.EmulateMedia(map[string]string{"prefers-color-scheme": scheme}))
		b.draw("mouse", writers[0].digit(6, b.paper(), places[2])...)
		b.why()
		ground := b.number(luminance + `return luminance(getComputedStyle(document.body).backgroundColor)`)
		require.Equal(t, scheme == "dark", ground < 0.1, "%s: luminance %.2f", scheme, ground)
		var faint []string
		require.NoError(t, b.Run(&faint, luminance+`
			const ground = (e) => {
				const color = getComputedStyle(e).backgroundColor;
				return color == "rgba(0, 0, 0, 0)" ? ground(e.parentElement) : color;
			};
			const text = [...document.querySelectorAll("body *")].filter(e => e.checkVisibility() && !e.disabled && !(e instanceof SVGElement) &&
				[...e.childNodes].some(n => n.nodeType == 3 && n.data.trim() != ""));
			return text.filter(e => contrast(getComputedStyle(e).color, ground(e)) < 4.5).map(e =>
				e.tagName + "#" + e.id + " " + getComputedStyle(e).color + " on " + ground(e) + ": " + e.textContent.slice(0, 30))`))
		assert.Empty(t, faint, "%s: contrast below 4.5", scheme)
		b.clear()
	}
}

// testMotion: nothing moves for people who do not want it.
func testMotion(t *testing.T, b *tab) {
	defer func() { require.NoError(t, b.EmulateMedia(nil)) }()
	require.NoError(t, b.EmulateMedia(map[string]string{"prefers-reduced-motion": "reduce"}))
	b.draw("mouse", writers[0].digit(6, b.paper(), places[2])...)
	b.why()
	require.Zero(t, b.number(`return [...document.querySelectorAll("*")].filter(e => {
		const s = getComputedStyle(e);
		return parseFloat(s.transitionDuration) > 0 || s.animationName != "none";
	}).length`))
}

// testPolicy: the browser runs no script and no style but those of the page.
func testPolicy(t *testing.T, b *tab) {
	b.expected = append(b.expected, "Content Security Policy", "violates the following")
	require.NoError(t, b.Run(nil, `
		const s = document.createElement("script");
		s.textContent = "document.title = 'taken over'";
		document.body.append(s);
		const e = document.createElement("style");
		e.textContent = "body { color: rgb(1, 2, 3) }";
		document.body.append(e);
		const button = document.createElement("button");
		button.setAttribute("onclick", "document.title = 'taken over'");
		document.body.append(button);
		button.click();
		const image = new Image();
		image.src = "/image.png";`))
	b.wait(`return spied.violations.length >= 4`)
	require.Equal(t, "Digits", b.js(`return document.title`))
	require.NotEqual(t, "rgb(1, 2, 3)", b.js(`return getComputedStyle(document.body).color`))
	require.Equal(t, "blocked", b.js(`return fetch("http://localhost:9/").then(() => "sent", () => "blocked")`))
	var directives []string
	require.NoError(t, b.Run(&directives, `return spied.violations.splice(0)`))
	for _, directive := range []string{"script-src-elem", "script-src-attr", "style-src-elem", "img-src", "connect-src"} {
		require.Contains(t, directives, directive)
	}
	if b.e.name == "server" {
		policy := b.js(`return fetch(location.href).then(r => r.headers.get("Content-Security-Policy"))`)
		require.Contains(t, policy, "frame-ancestors 'none'")
	}
}

// shoot writes a screenshot to the folder $DIGITS_SHOTS.
func (b *tab) shoot(name string) {
	b.t.Helper()
	dir := os.Getenv("DIGITS_SHOTS")
	if dir == "" {
		return
	}
	require.NoError(b.t, os.MkdirAll(dir, 0o777))
	data, err := b.Screenshot()
	require.NoError(b.t, err)
	require.NoError(b.t, os.WriteFile(filepath.Join(dir, name+".png"), data, 0o666))
}

// testShots takes screenshots for people to look at.
func testShots(t *testing.T, b *tab) {
	if os.Getenv("DIGITS_SHOTS") == "" {
		t.Skip("DIGITS_SHOTS is not set: it names a folder for screenshots")
	}
	if b.e.name == "wasm" {
		t.Skip("the page looks as it does with a server")
	}
	defer func() { require.NoError(t, b.EmulateMedia(nil)) }()
	for _, s := range screens {
		for _, scheme := range []string{"light", "dark"} {
			require.NoError(t, b.EmulateMedia(map[string]string{"prefers-color-scheme": scheme}))
			b.screen(s)
			b.open()
			b.shoot(fmt.Sprintf("%s-%s-%s-empty", b.e.name, s.name, scheme))
			a := b.paper()
			for i, digit := range []int{2, 7, 4} {
				b.draw("mouse", writers[i].digit(digit, a, place{0.2 + 0.28*float64(i), 0.5, 0.5})...)
			}
			b.why()
			require.NoError(t, b.Run(nil, `scrollTo(0, 0)`))
			b.shoot(fmt.Sprintf("%s-%s-%s-drawing", b.e.name, s.name, scheme))
			require.NoError(t, b.Run(nil, `document.getElementById("why").scrollIntoView({block: "end", behavior: "instant"})`))
			b.shoot(fmt.Sprintf("%s-%s-%s-why", b.e.name, s.name, scheme))
		}
	}
	b.screen(desktop)
	b.open()
	b.give("drop", "photograph.jpg", "image/jpeg", asPhotograph(t, turnedLeft(written(420, 300, "352")), 6))
	b.shoot(b.e.name + "-photograph")
}
