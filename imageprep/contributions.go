package imageprep

import (
	"fmt"
	"image"
)

// Contributions says how each part of a digit in MNIST's form counts in a
// weighted sum of its features: the sum over f of weight[f] x[f], where x is
// the vector of [Features.Vector]. With a model's weights, the sum is a logit
// without its bias. With the difference of the weights of two classes, the
// contributions say which parts speak for the one, and which for the other.
//
// Contributions writes to dst one number for each number of the HOG, in its
// order: what this direction in this cell adds. For pixels, it writes what each
// pixel adds. It returns dst and the weighted sum for a digit without ink,
// empty. Up to rounding, empty and all contributions add up to the weighted
// sum. If there is nothing in a cell and direction, its contribution is 0.
//
// For pixels or the HOG itself, a contribution is weight times number. With
// Components or Products, a weighted sum F is a quadratic function of the
// numbers h of the HOG. Then a contribution is
//
//	h[i] ∂F/∂h[i], with the derivative at h/2
//
// This is the value of Aumann and Shapley, which divides each product equally
// between its two factors. It is also the integrated gradient from the digit
// without ink: M. Sundararajan, A. Taly and Q. Yan, "Axiomatic Attribution for
// Deep Networks" (ICML 2017).
//
// A nil dst is allocated, otherwise its length must be exact: f.HOG.Len() or,
// for pixels, 784. The length of weight must be f.Len(). Contributions panics
// if digit is not 28x28 or f is not valid.
func (f Features) Contributions(dst []float32, digit *image.Gray, weight []float32) (contributions []float32, empty float32) {
	f.mustBeValid()
	if len(weight) != f.Len() {
		panic(fmt.Sprintf("imageprep: len(weight) = %d, want %d", len(weight), f.Len()))
	}
	numbers := Features{HOG: f.HOG}
	dst = sized(dst, numbers.Len())
	numbers.Vector(dst, digit)
	gradient, atZero := weight, 0.0
	if f.Components != nil || f.Products {
		gradient, atZero = f.gradient(dst, weight)
	}
	for i, h := range dst {
		dst[i] = h * gradient[i]
	}
	return dst, float32(atZero)
}

// gradient returns the gradient of the weighted sum of the features, with
// respect to the numbers of the HOG, at half the numbers h. It also returns the
// sum where all numbers are 0.
func (f Features) gradient(h, weight []float32) (gradient []float32, atZero float64) {
	half := make([]float32, len(h))
	for i, v := range h {
		half[i] = v / 2
	}
	// The factors at h/2 and at 0, and the derivatives with respect to them.
	at, zero := half, make([]float32, len(h))
	if c := f.Components; c != nil {
		at, zero = make([]float32, len(c.Bias)), c.Bias
		c.vector(at, half)
	}
	slopes := make([]float64, len(at))
	for i, w := range weight[:len(at)] {
		slopes[i] = float64(w)
		atZero += float64(float64(w) * float64(zero[i]))
	}
	if f.Products {
		w := weight[len(at):]
		for i := range at {
			for j := i; j < len(at); j++ {
				slopes[i] += float64(float64(w[0]) * float64(at[j]))
				slopes[j] += float64(float64(w[0]) * float64(at[i]))
				atZero += float64(float64(w[0]) * float64(zero[i]) * float64(zero[j]))
				w = w[1:]
			}
		}
	}
	return f.Components.transposed(slopes, len(h)), atZero
}

// transposed returns the gradient with respect to the n numbers that the
// components combine. slopes is the gradient with respect to the components.
// Without components, the two are the same.
func (c *Components) transposed(slopes []float64, n int) []float32 {
	gradient := make([]float32, n)
	for i := range gradient {
		if c == nil {
			gradient[i] = float32(slopes[i])
			continue
		}
		sum := 0.0
		for k, s := range slopes {
			sum += float64(s * float64(c.Weight[k*n+i]))
		}
		gradient[i] = float32(sum)
	}
	return gradient
}
