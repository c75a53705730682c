package idx

import (
	"encoding/binary"
	"math"
)

// fromBytes decodes the bytes src to the elements dst. A slice with both
// bounds, such as src[2*i : 2*i+2], needs only one bounds check for each
// element. This makes the loops twice as fast.
func fromBytes[T Element](dst []T, src []byte) {
	switch dst := any(dst).(type) {
	case []uint8:
		copy(dst, src)
	case []int8:
		for i, c := range src[:len(dst)] {
			dst[i] = int8(c)
		}
	case []int16:
		for i := range dst {
			dst[i] = int16(binary.BigEndian.Uint16(src[2*i : 2*i+2]))
		}
	case []int32:
		for i := range dst {
			dst[i] = int32(binary.BigEndian.Uint32(src[4*i : 4*i+4]))
		}
	case []float32:
		for i := range dst {
			dst[i] = math.Float32frombits(binary.BigEndian.Uint32(src[4*i : 4*i+4]))
		}
	case []float64:
		for i := range dst {
			dst[i] = math.Float64frombits(binary.BigEndian.Uint64(src[8*i : 8*i+8]))
		}
	}
}

// toBytes encodes the elements src to the bytes dst.
func toBytes[T Element](dst []byte, src []T) {
	switch src := any(src).(type) {
	case []uint8:
		copy(dst, src)
	case []int8:
		for i, v := range src {
			dst[i] = byte(v)
		}
	case []int16:
		for i, v := range src {
			binary.BigEndian.PutUint16(dst[2*i:2*i+2], uint16(v))
		}
	case []int32:
		for i, v := range src {
			binary.BigEndian.PutUint32(dst[4*i:4*i+4], uint32(v))
		}
	case []float32:
		for i, v := range src {
			binary.BigEndian.PutUint32(dst[4*i:4*i+4], math.Float32bits(v))
		}
	case []float64:
		for i, v := range src {
			binary.BigEndian.PutUint64(dst[8*i:8*i+8], math.Float64bits(v))
		}
	}
}
