package webdriver

import "fmt"

// Keys that are no characters.
const (
	Tab     = "\uE004"
	Enter   = "\uE007"
	Shift   = "\uE008"
	Control = "\uE009"
	Up      = "\uE013"
	Right   = "\uE014"
	Down    = "\uE015"
)

// A Source is an input device with a list of actions: a *Pointer or *Keys.
type Source interface {
	source(number int) map[string]any
}

// Perform does the actions of all sources: first the first action of each, then
// the second of each. All travel in one request.
func (s *Session) Perform(sources ...Source) error {
	var list []map[string]any
	for i, source := range sources {
		list = append(list, source.source(i))
	}
	if err := s.post("/actions", map[string]any{"actions": list}, nil); err != nil {
		return fmt.Errorf("perform: %w", err)
	}
	return nil
}

// A Pointer is a mouse, a finger or a pen. Its methods append actions and
// return the Pointer.
type Pointer struct {
	kind    string
	actions []map[string]any
}

// NewPointer returns a pointer of type "mouse", "touch" or "pen".
func NewPointer(kind string) *Pointer { return &Pointer{kind: kind, actions: []map[string]any{}} }

func (p *Pointer) source(number int) map[string]any {
	return map[string]any{
		"type": "pointer", "id": fmt.Sprint(p.kind, number), "actions": p.actions,
		"parameters": map[string]any{"pointerType": p.kind},
	}
}

func (p *Pointer) add(action map[string]any) *Pointer {
	p.actions = append(p.actions, action)
	return p
}

// Move moves to a point of the visible part of the page, in CSS pixels.
func (p *Pointer) Move(x, y float64) *Pointer {
	return p.add(map[string]any{"type": "pointerMove", "duration": 0, "x": x, "y": y, "origin": "viewport"})
}

// Down presses the main button, or touches the screen.
func (p *Pointer) Down() *Pointer { return p.add(map[string]any{"type": "pointerDown", "button": 0}) }

// Up lifts the main button, or the finger or pen.
func (p *Pointer) Up() *Pointer { return p.add(map[string]any{"type": "pointerUp", "button": 0}) }

// Keys is a keyboard. Its methods append actions and return the Keys.
type Keys struct{ actions []map[string]any }

// NewKeys returns a keyboard.
func NewKeys() *Keys { return &Keys{actions: []map[string]any{}} }

func (k *Keys) source(number int) map[string]any {
	return map[string]any{"type": "key", "id": fmt.Sprint("keys", number), "actions": k.actions}
}

func (k *Keys) add(kind string, key rune) {
	k.actions = append(k.actions, map[string]any{"type": kind, "value": string(key)})
}

// Type presses and lifts each key of the text.
func (k *Keys) Type(text string) *Keys {
	for _, key := range text {
		k.add("keyDown", key)
		k.add("keyUp", key)
	}
	return k
}

// Chord presses all keys of the text one after another, and then lifts them in
// the opposite order: Control+"z".
func (k *Keys) Chord(text string) *Keys {
	keys := []rune(text)
	for _, key := range keys {
		k.add("keyDown", key)
	}
	for i := len(keys) - 1; i >= 0; i-- {
		k.add("keyUp", keys[i])
	}
	return k
}
