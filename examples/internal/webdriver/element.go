package webdriver

import (
	"encoding/json"
	"fmt"
	"net/url"
)

// elementKey marks a reference to an element in JSON, says the standard.
const elementKey = "element-6066-11e4-a52e-4f735466cecf"

// An Element is an element of the page.
type Element struct {
	session *Session
	id      string
	css     string // how it was found, for errors
}

// MarshalJSON makes the element an argument of a script.
func (e *Element) MarshalJSON() ([]byte, error) {
	return json.Marshal(map[string]string{elementKey: e.id})
}

// Find returns the first element that the CSS selector selects.
func (s *Session) Find(css string) (*Element, error) {
	var reference map[string]string
	if err := s.post("/element", selector(css), &reference); err != nil {
		return nil, fmt.Errorf("find %q: %w", css, err)
	}
	return s.element(css, reference)
}

// FindAll returns all elements that the CSS selector selects, in the order of
// the document. There may be none.
func (s *Session) FindAll(css string) ([]*Element, error) {
	var references []map[string]string
	if err := s.post("/elements", selector(css), &references); err != nil {
		return nil, fmt.Errorf("find all %q: %w", css, err)
	}
	elements := make([]*Element, len(references))
	for i, reference := range references {
		e, err := s.element(fmt.Sprintf("%s [%d]", css, i), reference)
		if err != nil {
			return nil, err
		}
		elements[i] = e
	}
	return elements, nil
}

func selector(css string) map[string]string {
	return map[string]string{"using": "css selector", "value": css}
}

func (s *Session) element(css string, reference map[string]string) (*Element, error) {
	id := reference[elementKey]
	if id == "" {
		return nil, fmt.Errorf("webdriver: find %q: the driver's answer is no element: %v", css, reference)
	}
	return &Element{s, id, css}, nil
}

// path returns the path of a command for the element.
func (e *Element) path(command string) string { return "/element/" + e.id + command }

// read reads a property of the element from the driver.
func (e *Element) read(what, command string, result any) error {
	if err := e.session.get(e.path(command), result); err != nil {
		return fmt.Errorf("%s of %q: %w", what, e.css, err)
	}
	return nil
}

// Text returns the visible text.
func (e *Element) Text() (text string, err error) {
	err = e.read("text", "/text", &text)
	return text, err
}

// Attribute returns an attribute. It returns "" if there is none.
func (e *Element) Attribute(name string) (string, error) {
	var value *string
	if err := e.read("attribute "+name, "/attribute/"+url.PathEscape(name), &value); err != nil || value == nil {
		return "", err
	}
	return *value, nil
}

// Property stores the value of a JavaScript property in result.
func (e *Element) Property(name string, result any) error {
	return e.read("property "+name, "/property/"+url.PathEscape(name), result)
}

// Label returns the name that a screen reader says.
func (e *Element) Label() (label string, err error) {
	err = e.read("label", "/computedlabel", &label)
	return label, err
}

// Role returns what a screen reader says that the element is.
func (e *Element) Role() (role string, err error) {
	err = e.read("role", "/computedrole", &role)
	return role, err
}

// Displayed reports whether a person can see the element.
func (e *Element) Displayed() (displayed bool, err error) {
	err = e.read("visibility", "/displayed", &displayed)
	return displayed, err
}

// A Rect is a place on the page in CSS pixels.
type Rect struct{ X, Y, Width, Height float64 }

// Rect returns the element's place on the page.
func (e *Element) Rect() (r Rect, err error) {
	err = e.read("place", "/rect", &r)
	return r, err
}

// Click scrolls to the element and clicks on its middle.
func (e *Element) Click() error {
	if err := e.session.post(e.path("/click"), nil, nil); err != nil {
		return fmt.Errorf("click on %q: %w", e.css, err)
	}
	return nil
}

// SendKeys gives the element the focus and types the text there. For an input
// of type file, the text is the path of the file to choose.
func (e *Element) SendKeys(text string) error {
	if err := e.session.post(e.path("/value"), map[string]string{"text": text}, nil); err != nil {
		return fmt.Errorf("type %q in %q: %w", text, e.css, err)
	}
	return nil
}

// Screenshot returns a picture of the element as a PNG file.
func (e *Element) Screenshot() (png []byte, err error) {
	err = e.read("screenshot", "/screenshot", &png)
	return png, err
}
