package softmax

import "fmt"

// Contributions says why one class is more probable than another. For the one
// row in x, it writes what each feature adds to the difference of two logits to
// dst, and returns dst and the difference of the two biases:
//
//	contributions[f] = (w[class][f] - w[rival][f]) x[f]
//	bias = b[class] - b[rival]
//
// Up to rounding, bias and all contributions add up to z[class] - z[rival],
// which is the logarithm of p[class] / p[rival]. A feature speaks for the class
// if its contribution is positive, and for the rival if it is negative.
//
// A nil dst is allocated. Otherwise its length must be the number of features,
// it must not overlap x, and nothing is allocated.
func (m *Model) Contributions(dst []float32, x Rows, class, rival int) (contributions []float32, bias float32) {
	mat := m.matrix(x)
	if mat.rows != 1 {
		panic(fmt.Sprintf("softmax: Contributions of %d rows, want 1", mat.rows))
	}
	if min(class, rival) < 0 || max(class, rival) >= m.classes {
		panic(fmt.Sprintf("softmax: Contributions for the classes %d and %d, want classes in [0, %d)", class, rival, m.classes))
	}
	if dst == nil {
		dst = make([]float32, m.features)
	}
	if len(dst) != m.features {
		panic(fmt.Sprintf("softmax: len(dst) = %d, want %d features", len(dst), m.features))
	}
	mat.row(dst)
	for f, v := range dst {
		w := m.weight[f*m.shape.Width:]
		dst[f] = (w[class] - w[rival]) * m.scale * v
	}
	return dst, m.bias[class] - m.bias[rival]
}

// row writes the features of the first row to dst.
func (m *matrix) row(dst []float32) {
	switch {
	case m.bytes != nil:
		for f, v := range m.bytes[:m.features] {
			dst[f] = float32(v) / 255
		}
	case m.floats != nil:
		copy(dst, m.floats)
	default:
		clear(dst)
		index, value := m.sparse.row(0)
		for k, f := range index {
			dst[f] += value[k]
		}
	}
}
