package main

import (
	"encoding/binary"
	"math"

	"github.com/seed-cd6415d7/digits/idx"
)

// A tally sums up elements as they come.
type tally struct {
	bytes [256]int64 // how often each value came, of uint8

	// Of the other types. NaN and the infinite are only counted.
	finite, zeros, nan, infinite int64
	min, max, sum                float64
}

// add takes a number of big-endian elements.
func (t *tally) add(typ idx.Type, b []byte) {
	switch typ {
	case idx.Uint8:
		for _, v := range b {
			t.bytes[v]++
		}
	case idx.Int8:
		for _, v := range b {
			t.number(float64(int8(v)))
		}
	case idx.Int16:
		for ; len(b) > 0; b = b[2:] {
			t.number(float64(int16(binary.BigEndian.Uint16(b))))
		}
	case idx.Int32:
		for ; len(b) > 0; b = b[4:] {
			t.number(float64(int32(binary.BigEndian.Uint32(b))))
		}
	case idx.Float32:
		for ; len(b) > 0; b = b[4:] {
			t.number(float64(math.Float32frombits(binary.BigEndian.Uint32(b))))
		}
	case idx.Float64:
		for ; len(b) > 0; b = b[8:] {
			t.number(math.Float64frombits(binary.BigEndian.Uint64(b)))
		}
	}
}

func (t *tally) number(v float64) {
	t.numbers(v, 1)
}

// numbers takes a value that came n times.
func (t *tally) numbers(v float64, n int64) {
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

// statistics sums the tally up for a file with header h, nil if it has no
// elements.
func (t *tally) statistics(h idx.Header) *statistics {
	s := new(statistics)
	for v, n := range t.bytes {
		if n > 0 {
			t.numbers(float64(v), n)
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
		if mean := t.sum / float64(t.finite); !math.IsInf(mean, 0) && mean == mean {
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
