package main

import (
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"strconv"

	"github.com/seed-cd6415d7/digits/idx"
)

// number decodes the first element in b, which is big-endian.
func number(typ idx.Type, b []byte) float64 {
	switch typ {
	case idx.Uint8:
		return float64(b[0])
	case idx.Int8:
		return float64(int8(b[0]))
	case idx.Int16:
		return float64(int16(binary.BigEndian.Uint16(b)))
	case idx.Int32:
		return float64(int32(binary.BigEndian.Uint32(b)))
	case idx.Float32:
		return float64(math.Float32frombits(binary.BigEndian.Uint32(b)))
	}
	return math.Float64frombits(binary.BigEndian.Uint64(b))
}

// numberText returns the shortest text that means the element v.
func numberText(typ idx.Type, v float64) string {
	switch typ {
	case idx.Float32:
		return fmt.Sprint(float32(v))
	case idx.Float64:
		return fmt.Sprint(v)
	}
	return strconv.Itoa(int(v))
}

// A tally counts and sums up elements.
type tally struct {
	bytes [256]int64 // of type uint8: how often each value occurs

	finite, zeros, nan, infinite int64 // how many; zeros are finite, too
	min, max, sum                float64
}

// read reads all elements, chunk by chunk, and checks that the file ends after
// them. In a compressed file the end has the checksum.
func (t *tally) read(in *input, typ idx.Type, header, data int64) error {
	buf := make([]byte, chunk) // holds whole elements of each type
	for done := int64(0); done < data; {
		if err := in.ctx.Err(); err != nil {
			return err
		}
		piece := buf[:min(data-done, chunk)]
		n, err := io.ReadFull(in, piece)
		done += int64(n)
		if err == io.EOF || err == io.ErrUnexpectedEOF {
			return tooShort(header, done, data)
		}
		if err != nil {
			return damaged(header+done, err)
		}
		t.add(typ, piece)
	}
	b, err := in.ReadByte()
	switch {
	case err == nil:
		return tooLong(header+data, fmt.Sprintf("byte %02X", b))
	case err != io.EOF:
		return damaged(header+data, err)
	}
	return nil
}

func (t *tally) add(typ idx.Type, b []byte) {
	if typ == idx.Uint8 {
		for _, v := range b {
			t.bytes[v]++
		}
		return
	}
	for ; len(b) > 0; b = b[typ.Size():] {
		t.addNumber(number(typ, b), 1)
	}
}

// addNumber adds a value that occurs n times.
func (t *tally) addNumber(v float64, n int64) {
	switch {
	case v != v:
		t.nan += n
		return
	case math.IsInf(v, 0):
		t.infinite += n
		return
	case v == 0:
		t.zeros += n
	}
	if t.finite == 0 {
		t.min, t.max = v, v
	}
	t.min, t.max = min(t.min, v), max(t.max, v)
	t.finite += n
	t.sum += v * float64(n)
}

// statistics returns the statistics of a file with header h, or nil if it has no
// elements.
func (t *tally) statistics(h idx.Header) *statistics {
	s := new(statistics)
	for v, n := range t.bytes {
		if n > 0 {
			t.addNumber(float64(v), n)
			s.Counts = append(s.Counts, count{v, n})
		}
	}
	all := t.finite + t.nan + t.infinite
	if all == 0 {
		return nil
	}
	s.NaN, s.Infinite = t.nan, t.infinite
	s.ZeroShare = float64(t.zeros) / float64(all)
	if t.finite > 0 {
		s.Min, s.Max = &t.min, &t.max
		if mean := t.sum / float64(t.finite); mean-mean == 0 {
			s.Mean = &mean
		}
	}
	switch {
	case h.Type == idx.Uint8 && len(h.Dims) == 1: // labels
		return s
	case h.Type == idx.Uint8 && len(h.Dims) == 3: // pictures
		share := *s.Mean / 255
		s.Ink = &ink{Share: share, Pixels: share * float64(h.ItemLen())}
	}
	s.Counts = nil
	return s
}
