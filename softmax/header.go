package softmax

import (
	"cmp"
	"fmt"
	"math"
	"math/bits"
	"slices"
	"strings"
	"unicode/utf8"
)

// A fileHeader is a parsed and checked header.
type fileHeader struct {
	tensors      []*tensorEntry // in the order of the buffer
	weight, bias *tensorEntry   // two of the tensors
	metadata     map[string]string
	size         int64 // bytes before the buffer
}

// A tensorEntry is the part of a header that describes one tensor.
type tensorEntry struct {
	name       string
	dtype      string
	shape      []int
	begin, end int   // offsets in the buffer
	offset     int64 // of the entry in the file
}

// label returns the name for errors. It quotes names that a stranger chose.
func (t *tensorEntry) label() string {
	if t.name == weightName || t.name == biasName {
		return t.name
	}
	return quote(t.name)
}

// wrong returns an error about a field of the entry.
func (t *tensorEntry) wrong(field, got, want string) error {
	return wrongAt(t.offset, t.label()+"."+field, got, want)
}

// check checks this entry alone.
func (t *tensorEntry) check() error {
	d, known := dtypes[t.dtype]
	if !known {
		return t.wrong("dtype", quote(t.dtype), `"F32", "F16", "BF16" or "F64"`)
	}
	size, fits := bytesOf(t.shape, d.size)
	if !fits {
		return t.wrong("shape", fmt.Sprint(t.shape), "a tensor that fits into memory")
	}
	if t.begin > t.end || uint64(t.end-t.begin) != size {
		got, want := fmt.Sprintf("[%d, %d]", t.begin, t.end), fmt.Sprintf("%d bytes for shape %v", size, t.shape)
		return t.wrong("data_offsets", got, want)
	}
	return nil
}

// bytesOf returns the bytes of a tensor. It returns false if a length is
// negative or too large for memory.
func bytesOf(shape []int, bytesOfNumber int) (size uint64, fits bool) {
	size = uint64(bytesOfNumber)
	for _, n := range shape {
		hi, lo := bits.Mul64(size, uint64(n))
		if hi != 0 || lo > math.MaxInt/2 || n < 0 || n > math.MaxInt32 {
			return 0, false
		}
		size = lo
	}
	return size, true
}

// parseHeader parses and checks the header with its padding.
func parseHeader(text string) (*fileHeader, error) {
	h := &fileHeader{size: 8 + int64(len(text))}
	if err := h.parse(text); err != nil {
		return nil, err
	}
	if err := h.findModel(); err != nil {
		return nil, err
	}
	if err := h.checkModel(); err != nil {
		return nil, err
	}
	return h, h.checkLayout()
}

// findModel sets weight and bias to the tensors with these names, or else to
// the only pair such as fc.weight and fc.bias.
func (h *fileHeader) findModel() error {
	byName := map[string]*tensorEntry{}
	for _, t := range h.tensors {
		byName[t.name] = t
	}
	if h.weight, h.bias = byName[weightName], byName[biasName]; h.weight != nil && h.bias != nil {
		return nil
	}
	if h.weight != nil {
		return wrongAt(8, "header", "no tensor bias", "tensors weight and bias")
	}
	if h.bias != nil {
		return wrongAt(8, "header", "no tensor weight", "tensors weight and bias")
	}
	var found []*tensorEntry // the weights of pairs
	for _, w := range h.tensors {
		prefix, isWeight := strings.CutSuffix(w.name, "."+weightName)
		if b := byName[prefix+"."+biasName]; isWeight && b != nil && isPair(w, b) {
			found = append(found, w)
			h.weight, h.bias = w, b
		}
	}
	switch len(found) {
	case 0:
		return wrongAt(8, "header", "no tensor weight, and no pair such as fc.weight and fc.bias, but "+list(h.tensors),
			"the weight [classes, features] and bias [classes] of one linear layer")
	case 1:
		return nil
	}
	return wrongAt(8, "header", fmt.Sprintf("%d layers: %s", len(found), list(found)),
		"one linear layer; save the layer that you want to a file of its own")
}

// isPair reports whether the shapes are [n, m] and [n].
func isPair(weight, bias *tensorEntry) bool {
	return len(weight.shape) == 2 && len(bias.shape) == 1 && weight.shape[0] == bias.shape[0]
}

// list returns the names and shapes of the first tensors.
func list(tensors []*tensorEntry) string {
	const most = 4
	var texts []string
	for i, t := range tensors {
		if i == most {
			texts = append(texts, fmt.Sprintf("and %d more", len(tensors)-most))
			break
		}
		texts = append(texts, fmt.Sprintf("%s %.40s", t.label(), fmt.Sprint(t.shape)))
	}
	if len(texts) == 0 {
		return "no tensors"
	}
	return strings.Join(texts, ", ")
}

// checkModel checks weight and bias.
func (h *fileHeader) checkModel() error {
	for _, want := range []struct {
		*tensorEntry
		dimensions int
	}{{h.weight, 2}, {h.bias, 1}} {
		if len(want.shape) != want.dimensions {
			return want.wrong("shape", fmt.Sprint(want.shape), fmt.Sprintf("%d dimensions", want.dimensions))
		}
		if err := want.check(); err != nil {
			return err
		}
	}
	classes, features := h.weight.shape[0], h.weight.shape[1]
	if classes < 2 || features < 1 {
		return h.weight.wrong("shape", fmt.Sprint(h.weight.shape), "[classes ≥ 2, features ≥ 1]")
	}
	if !addressable(features, classes) {
		return h.weight.wrong("shape", fmt.Sprint(h.weight.shape), "a model that fits into memory")
	}
	// Few features have much padding. The model would take more memory than
	// Decode promises.
	smallest := min(dtypes[h.weight.dtype].size, dtypes[h.bias.dtype].size)
	if smallest < 4 && features < 4 && classes > 4096 {
		return h.weight.wrong("shape", fmt.Sprint(h.weight.shape), "at least 4 features for so many classes, or F32")
	}
	if h.bias.shape[0] != classes {
		return h.bias.wrong("shape", fmt.Sprint(h.bias.shape), fmt.Sprintf("[%d], the classes of weight", classes))
	}
	return nil
}

// checkLayout brings the tensors into the order of the buffer and checks that
// they fill it without gaps.
func (h *fileHeader) checkLayout() error {
	slices.SortFunc(h.tensors, func(a, b *tensorEntry) int {
		return cmp.Or(cmp.Compare(a.begin, b.begin), cmp.Compare(a.end, b.end), cmp.Compare(a.name, b.name))
	})
	end := 0
	for i, t := range h.tensors {
		if err := t.check(); err != nil {
			return err
		}
		if t.begin != end {
			where := "the start of the buffer"
			if i > 0 {
				where = "the end of " + h.tensors[i-1].label()
			}
			return t.wrong("data_offsets", fmt.Sprintf("begin %d", t.begin), fmt.Sprintf("%d, %s", end, where))
		}
		end = t.end
	}
	return nil
}

// parse reads the header into h. It works on tokens because json.Unmarshal
// accepts duplicate keys, keys in another case, and null.
func (h *fileHeader) parse(text string) error {
	if len(text) == 0 || text[0] != '{' {
		return wrongAt(8, "header", fmt.Sprintf("%.20q", text), "a JSON object at the first byte")
	}
	if !utf8.ValidString(text) {
		return wrongAt(8, "header", "invalid UTF-8", "UTF-8")
	}
	p := &headerParser{text: text}
	err := p.object("header", func(key string) error {
		if key == metadataKey {
			h.metadata = make(map[string]string)
			return p.object(key, func(name string) (err error) {
				h.metadata[name], err = p.string("")
				return within(func() string { return key + "." + quote(name) }, err)
			})
		}
		t := &tensorEntry{name: key}
		h.tensors = append(h.tensors, t)
		return p.tensor(t)
	})
	if err != nil {
		return err
	}
	end := p.offset() - 8
	if rest := strings.TrimLeft(text[end:], " "); rest != "" {
		return p.wrong("header padding", fmt.Sprintf("%.20q", rest), "spaces")
	}
	return nil
}
