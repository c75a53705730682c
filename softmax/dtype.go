package softmax

import (
	"encoding/binary"
	"math"
)

// dtypes has the types of tensors that Decode reads. The function number
// returns the first element of a buffer, without rounding.
var dtypes = map[string]struct {
	size   int // of an element, in bytes
	number func(buf []byte) float64
}{
	"F64": {8, func(b []byte) float64 { return math.Float64frombits(binary.LittleEndian.Uint64(b)) }},
	"F32": {4, func(b []byte) float64 { return float64(math.Float32frombits(binary.LittleEndian.Uint32(b))) }},
	"F16": {2, func(b []byte) float64 { return float64(float16(binary.LittleEndian.Uint16(b))) }},
	// BF16 is the upper half of an F32.
	"BF16": {2, func(b []byte) float64 {
		return float64(math.Float32frombits(uint32(binary.LittleEndian.Uint16(b)) << 16))
	}},
}

// float16 returns the value of an IEEE 754 half-precision number: a sign bit, 5
// bits of exponent and 10 bits of fraction.
func float16(h uint16) float32 {
	sign, exponent, fraction := uint32(h>>15)<<31, uint32(h>>10&31), uint32(h&1023)
	switch exponent {
	case 0: // zero or a subnormal number
		return math.Float32frombits(sign | math.Float32bits(float32(fraction)*0x1p-24))
	case 31: // infinity or NaN
		return math.Float32frombits(sign | 255<<23 | fraction<<13)
	}
	return math.Float32frombits(sign | (exponent-15+127)<<23 | fraction<<13)
}
