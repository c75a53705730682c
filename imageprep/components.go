package imageprep

// Components are k linear combinations of the n numbers of a HOG, for example
// their principal components:
//
//	z = Weight x + Bias
//
// A HOG has too many numbers to multiply with one another. So a model can take
// the [Products] of a few components.
type Components struct {
	Weight []float32 // [k][n], row by row
	Bias   []float32 // [k]
}

// valid reports whether c maps n numbers to at least one component.
func (c *Components) valid(n int) bool {
	return len(c.Bias) > 0 && len(c.Weight) == len(c.Bias)*n
}

// vector writes the components of x to dst. Each is a sum of products in the
// order of x, then of the bias. Four sums at once keep the processor busy.
func (c *Components) vector(dst, x []float32) {
	n := len(x)
	k := 0
	for ; k+4 <= len(dst); k += 4 {
		w0, w1 := c.Weight[k*n:][:n], c.Weight[(k+1)*n:][:n]
		w2, w3 := c.Weight[(k+2)*n:][:n], c.Weight[(k+3)*n:][:n]
		var s0, s1, s2, s3 float32
		for i, v := range x {
			s0 += float32(w0[i] * v)
			s1 += float32(w1[i] * v)
			s2 += float32(w2[i] * v)
			s3 += float32(w3[i] * v)
		}
		dst[k], dst[k+1], dst[k+2], dst[k+3] = s0, s1, s2, s3
	}
	for ; k < len(dst); k++ {
		sum := float32(0)
		for i, w := range c.Weight[k*n:][:n] {
			sum += float32(w * x[i])
		}
		dst[k] = sum
	}
	for k, b := range c.Bias {
		dst[k] += b
	}
}
