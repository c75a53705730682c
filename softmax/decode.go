package softmax

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
)

// Decode reads a safetensors file: the tensors weight [classes, features] and
// bias [classes] of a torch.nn.Linear, and metadata. Further tensors become the
// model's Tensors. If no tensor is called weight or bias, Decode takes the pair
// X.weight and X.bias of these shapes, such as fc.weight and fc.bias. There
// must be exactly one such pair.
//
// Tensors are F32, F16, BF16 or F64. Decode rounds F64 to the nearest float32.
//
// The names of classes are in the metadata under "classes": a JSON array of
// strings or, in older files, words with spaces between them. They become Names
// if there is one for each class. Otherwise the text stays in Metadata.
//
// Decode returns a [*FormatError] for other types, for NaN, infinity and
// numbers that float32 cannot hold, for a header above 1 MiB, and for more than
// 256 tensors or keys of metadata. It does so for other kinds of files, too.
// For a common kind, such as a Git LFS pointer, the error names it and says
// what to do.
//
// Memory grows with the bytes read, even for hostile files. All that Decode
// allocates is at most five times these bytes, plus 384 KiB.
func Decode(r io.Reader) (*Model, error) {
	h, err := readHeader(r)
	if err != nil {
		return nil, err
	}
	return h.readModel(r)
}

// readHeader reads and checks everything before the buffer.
func readHeader(r io.Reader) (*fileHeader, error) {
	var size [8]byte
	if got, err := io.ReadFull(r, size[:]); err == io.EOF || err == io.ErrUnexpectedEOF {
		return nil, truncated(int64(got), "header length", got, len(size))
	} else if err != nil {
		return nil, fmt.Errorf("softmax: reading model file, byte %d: %w", got, err)
	}
	n := binary.LittleEndian.Uint64(size[:])
	if n > maxHeader {
		start, _ := io.ReadAll(io.LimitReader(r, startLength))
		if err := otherKind(append(size[:], start...)); err != nil {
			return nil, err
		}
		want := fmt.Sprintf("at most %d (is this a safetensors file?)", maxHeader)
		return nil, wrongAt(0, "header length", fmt.Sprint(n), want)
	}
	text, err := readPieces(r, int(n))
	if err != nil {
		return nil, fmt.Errorf("softmax: reading model file, byte %d: %w", 8+text.size, err)
	}
	if start := text.start(); len(start) > 0 && start[0] != '{' {
		if err := otherKind(append(size[:], start...)); err != nil {
			return nil, err
		}
	}
	if text.size < int(n) {
		return nil, truncated(8+int64(text.size), "header", text.size, int(n))
	}
	return parseHeader(text.String())
}

// truncated describes a file that ends at the given offset, after got of the
// wanted bytes of a field.
func truncated(offset int64, field string, got, want int) error {
	e := wrongAt(offset, field, fmt.Sprintf("%d bytes", got), fmt.Sprint(want))
	e.Err = io.ErrUnexpectedEOF
	return e
}

// readModel reads the buffer and checks that the file ends there.
func (h *fileHeader) readModel(r io.Reader) (*Model, error) {
	size := h.tensors[len(h.tensors)-1].end
	data, err := readPieces(r, size)
	end := h.size + int64(data.size)
	if err != nil {
		return nil, fmt.Errorf("softmax: reading model file, byte %d: %w", end, err)
	}
	if data.size < size {
		return nil, truncated(end, "tensors", data.size, size)
	}
	more, err := readPieces(r, 1)
	if err != nil {
		return nil, fmt.Errorf("softmax: reading model file, byte %d: %w", end, err)
	}
	if more.size > 0 {
		return nil, wrongAt(end, "end of file", "more bytes", fmt.Sprintf("%d bytes of tensors", size))
	}
	return h.decode(bufio.NewReader(data.reader()))
}

// decode turns the bytes of the buffer into a model.
func (h *fileHeader) decode(data *bufio.Reader) (*Model, error) {
	m := New(h.weight.shape[1], h.weight.shape[0])
	m.Metadata = h.metadata
	for _, t := range h.tensors {
		var set func(i int, v float32)
		switch t {
		case h.weight:
			set = func(i int, v float32) { m.weight[i%m.features*m.shape.Width+i/m.features] = v }
		case h.bias:
			set = func(i int, v float32) { m.bias[i] = v }
		default:
			x := make([]float32, (t.end-t.begin)/dtypes[t.dtype].size)
			set = func(i int, v float32) { x[i] = v }
			if m.Tensors == nil {
				m.Tensors = map[string]Tensor{}
			}
			m.Tensors[t.name] = Tensor{t.shape, x}
		}
		if err := h.numbers(data, t, set); err != nil {
			return nil, err
		}
	}
	m.takeNames()
	return m, nil
}

// numbers calls set for each number of the next tensor in the buffer.
func (h *fileHeader) numbers(data *bufio.Reader, t *tensorEntry, set func(i int, v float32)) error {
	d := dtypes[t.dtype]
	for i := range (t.end - t.begin) / d.size {
		element, err := data.Peek(d.size)
		if err != nil {
			return err // never: the buffer is as long as its tensors
		}
		exact := d.number(element)
		v := float32(exact)
		if v-v != 0 {
			field := fmt.Sprintf("%s, element %d", t.label(), i)
			at := h.size + int64(t.begin+i*d.size)
			return wrongAt(at, field, fmt.Sprint(exact), "a finite number that float32 can hold")
		}
		set(i, v)
		data.Discard(d.size)
	}
	return nil
}
