package webdriver

import (
	"cmp"
	"encoding/json"
	"fmt"
)

// Open loads the page at this URL and waits for it.
func (s *Session) Open(url string) error {
	if err := s.post("/url", map[string]any{"url": url}, nil); err != nil {
		return fmt.Errorf("open %s: %w", url, err)
	}
	return nil
}

// Title returns the page's title.
func (s *Session) Title() (title string, err error) {
	err = s.get("/title", &title)
	return title, err
}

// Screenshot returns the visible part of the page as a PNG file.
func (s *Session) Screenshot() (png []byte, err error) {
	err = s.get("/screenshot", &png) // JSON holds bytes in base64, too
	return png, err
}

// Run runs the body of a JavaScript function with these arguments. result
// receives what it returns, unless result is nil. An *[Element] may be an
// argument. A promise is waited for.
func (s *Session) Run(result any, script string, args ...any) error {
	return s.script("/execute/sync", result, script, args)
}

// RunAsync is Run for a function that gets one more argument: a function to
// call with the result.
func (s *Session) RunAsync(result any, script string, args ...any) error {
	return s.script("/execute/async", result, script, args)
}

func (s *Session) script(path string, result any, script string, args []any) error {
	if args == nil {
		args = []any{}
	}
	if err := s.post(path, map[string]any{"script": script, "args": args}, result); err != nil {
		return fmt.Errorf("script %.120q: %w", script, err)
	}
	return nil
}

// wait calls its last argument as soon as the condition holds. It checks the
// condition after each change of the document. The observer does not see all
// changes, so it also checks every 50 ms.
const wait = `
	const [limit, done] = arguments, end = performance.now() + limit, condition = () => { %s };
	let observer, timer;
	const look = () => {
		let met = false, failure = "";
		try { met = condition() } catch (e) { failure = String(e) }
		if (!met && !failure && performance.now() < end) return false;
		if (observer) observer.disconnect();
		clearInterval(timer);
		done({met: !!met, failure});
		return true;
	};
	if (look()) return;
	observer = new MutationObserver(look);
	observer.observe(document, {subtree: true, childList: true, attributes: true, characterData: true});
	timer = setInterval(look, 50);
`

// WaitFor waits until the body of a JavaScript function returns a true value.
// The function is called after each change of the document. WaitFor ends if it
// throws an error.
func (s *Session) WaitFor(condition string) error {
	var end struct {
		Met     bool
		Failure string
	}
	limit := s.timeout - s.timeout/10 // ends before the script's own limit
	if err := s.RunAsync(&end, fmt.Sprintf(wait, condition), limit.Milliseconds()); err != nil {
		return fmt.Errorf("wait for %q: %w", condition, err)
	}
	if end.Failure != "" {
		return fmt.Errorf("webdriver: wait for %q: %s", condition, end.Failure)
	}
	if !end.Met {
		return fmt.Errorf("webdriver: wait for %q: not so after %v", condition, limit)
	}
	return nil
}

// A Message is one line of the browser's console.
type Message struct {
	Level  string // SEVERE, WARNING, INFO or DEBUG
	Source string // such as console-api, network, security
	Text   string `json:"message"`
}

// Console returns the console's messages since the last call.
func (s *Session) Console() (messages []Message, err error) {
	err = s.post("/se/log", map[string]any{"type": "browser"}, &messages)
	return messages, err
}

// CDP runs a command of the Chrome DevTools Protocol. result receives its
// answer, unless result is nil.
func (s *Session) CDP(result any, command string, params map[string]any) error {
	if params == nil {
		params = map[string]any{}
	}
	var value json.RawMessage
	if err := s.post("/goog/cdp/execute", map[string]any{"cmd": command, "params": params}, &value); err != nil {
		return fmt.Errorf("%s: %w", command, err)
	}
	if result == nil {
		return nil
	}
	return json.Unmarshal(value, result)
}

// A Screen is what the browser pretends to have.
type Screen struct {
	Width, Height int     // of the page in CSS pixels
	Density       float64 // device pixels for each CSS pixel; 0 means 1
	Touch         bool    // as on a phone
}

// Emulate gives the page this screen. Windows cannot be as small as phones, but
// emulated screens can.
func (s *Session) Emulate(screen Screen) error {
	err := s.CDP(nil, "Emulation.setDeviceMetricsOverride", map[string]any{
		"width": screen.Width, "height": screen.Height, "deviceScaleFactor": cmp.Or(screen.Density, 1), "mobile": screen.Touch,
	})
	if err != nil {
		return err
	}
	return s.CDP(nil, "Emulation.setTouchEmulationEnabled", map[string]any{"enabled": screen.Touch})
}

// EmulateMedia sets media features, such as prefers-color-scheme to dark.
// Features that are not in the map have the browser's values.
func (s *Session) EmulateMedia(features map[string]string) error {
	list := []map[string]string{}
	for name, value := range features {
		list = append(list, map[string]string{"name": name, "value": value})
	}
	return s.CDP(nil, "Emulation.setEmulatedMedia", map[string]any{"features": list})
}

// OnNewDocument runs a script in each page before the page's own scripts.
func (s *Session) OnNewDocument(script string) error {
	return s.CDP(nil, "Page.addScriptToEvaluateOnNewDocument", map[string]any{"source": script})
}
