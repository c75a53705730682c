package main

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/seed-cd6415d7/digits/examples/internal/webdriver"
	"github.com/stretchr/testify/require"
)

// A screen is what the page is shown on.
type screen struct {
	name string
	webdriver.Screen
}

var (
	phone   = screen{"phone", webdriver.Screen{Width: 360, Height: 740, Density: 2, Touch: true}}
	tablet  = screen{"tablet", webdriver.Screen{Width: 820, Height: 1180, Density: 1, Touch: true}}
	desktop = screen{"desktop", webdriver.Screen{Width: 1280, Height: 800}}
	screens = []screen{phone, tablet, desktop}
)

// spy notes what the page sends and when it is ready. It runs before the page's
// own script. The page knows nothing of it.
const spy = `(() => {
	window.spied = {bodies: [], violations: [], lifted: 0};
	const note = (path, body) => {
		if (!path.startsWith("v1/read")) return;
		new Response(body).arrayBuffer().then(b => {
			if (b.byteLength < 1e5) spied.bodies.push(btoa(String.fromCharCode(...new Uint8Array(b))));
		});
	};
	const ask = window.fetch;
	window.fetch = (path, init) => { if (init && init.body) note(path, init.body); return ask(path, init); };
	const post = Worker.prototype.postMessage;
	Worker.prototype.postMessage = function (m, ...more) { if (m.body) note(m.path, m.body); return post.call(this, m, ...more); };
	window.addEventListener("pointerup", () => spied.lifted++, true);
	document.addEventListener("securitypolicyviolation", e => spied.violations.push(e.violatedDirective));
	const watch = new MutationObserver(() => {
		if (document.body?.dataset.state != "ready") return;
		spied.ready = performance.now();
		watch.disconnect();
	});
	watch.observe(document, {subtree: true, childList: true, attributes: true});
})()`

// A tab is a browser with the page. Its methods end the test if they fail.
type tab struct {
	*webdriver.Session
	t *testing.T
	e *engine
	// expected are parts of the console's messages that the test causes.
	expected []string
}

// openTab starts a browser for the test.
func openTab(t *testing.T, e *engine) *tab {
	s, err := webdriver.Start(t.Context(), webdriver.Options{Dir: t.TempDir(), Timeout: waiting})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	require.NoError(t, s.OnNewDocument(spy))
	return &tab{Session: s, t: t, e: e}
}

// with returns the tab for another test.
func (b *tab) with(t *testing.T) *tab { return &tab{Session: b.Session, t: t, e: b.e} }

func (b *tab) screen(s screen) {
	b.t.Helper()
	require.NoError(b.t, b.Emulate(s.Screen))
}

// open loads the page and waits until it is ready.
func (b *tab) open() {
	b.t.Helper()
	require.NoError(b.t, b.Open(b.e.url()))
	b.wait(`return document.body.dataset.state == "ready" && window.spied.ready`)
	require.Equal(b.t, b.e.name, b.js(`return document.body.dataset.engine`))
}

// wait waits until the body of a function returns a true value.
func (b *tab) wait(condition string) {
	b.t.Helper()
	require.NoError(b.t, b.WaitFor(condition))
}

// answered waits until the page shows the answer to all that it was asked.
func (b *tab) answered() {
	b.t.Helper()
	b.wait(`return document.body.dataset.state == "ready"`)
}

// js returns what the body of a function returns.
func (b *tab) js(script string, args ...any) any {
	b.t.Helper()
	var value any
	require.NoError(b.t, b.Run(&value, script, args...))
	return value
}

func (b *tab) number(script string) float64 {
	b.t.Helper()
	value, ok := b.js(script).(float64)
	require.True(b.t, ok, "%s returns no number", script)
	return value
}

func (b *tab) find(css string) *webdriver.Element {
	b.t.Helper()
	e, err := b.Find(css)
	require.NoError(b.t, err)
	return e
}

func (b *tab) click(css string) {
	b.t.Helper()
	require.NoError(b.t, b.find(css).Click())
}

// text returns the whole text of an element, as the page has it.
func (b *tab) text(css string) string {
	b.t.Helper()
	text, ok := b.js(`return document.querySelector(arguments[0]).textContent`, css).(string)
	require.True(b.t, ok)
	return text
}

// answers returns the names on the buttons of the digits.
func (b *tab) answers() string {
	b.t.Helper()
	var names []string
	require.NoError(b.t, b.Run(&names, `return [...document.querySelectorAll("#digits .digit")].map(e => e.dataset.answer)`))
	return strings.Join(names, " ")
}

// bars returns the probabilities that the page shows, by class.
func (b *tab) bars() map[string]float64 {
	b.t.Helper()
	var rows map[string]json.Number
	require.NoError(b.t, b.Run(&rows, `return Object.fromEntries([...document.querySelectorAll("#bars [data-class]")].map(
		e => [e.dataset.class, Number(e.dataset.probability)]))`))
	bars := map[string]float64{}
	for class, number := range rows {
		p, err := number.Float64()
		require.NoError(b.t, err)
		bars[class] = p
	}
	return bars
}

// quiet ends a test: the console has only messages that the test expects.
func (b *tab) quiet() {
	b.t.Helper()
	messages, err := b.Console()
	require.NoError(b.t, err)
	told := map[string]bool{}
next:
	for _, m := range messages {
		for _, e := range b.expected {
			if strings.Contains(m.Text, e) {
				continue next
			}
		}
		if _, text, _ := strings.Cut(m.Text, " "); !told[text] { // without the URL
			told[text] = true
			b.t.Errorf("the console says: %s %s: %s", m.Level, m.Source, m.Text)
		}
	}
	require.Empty(b.t, b.js(`return window.spied ? spied.violations : []`), "violations of the policy")
}
