package main

import (
	"cmp"
	"math"
	"slices"
	"sync"

	"github.com/seed-cd6415d7/digits/imageprep"
	"github.com/seed-cd6415d7/digits/softmax"
)

// Of n features there are n(n+1)/2 products, tens of thousands: too many to
// train on. So the model is trained on the products of a few numbers, the
// principal components
//
//	z = B (x - mean)
//
// of the features, and then written as a model of the products of the features
// themselves, which is the same function:
//
//	b + w·z + zᵀSz = b + w·B(x - mean) + (x - mean)ᵀ BᵀSB (x - mean)
//
// Nothing but the weights comes out of the training, as with any other model.
//
// The rows of B are eigenvectors of the features' covariance, divided by the
// fourth root of their eigenvalue: half of the whitening, which lets the large
// components count more, but not as much more as they are larger. All of it is
// divided by one number, so that the z have a variance of 1 on average.
type components struct {
	mean  []float64
	basis [][]float64 // B
}

// newComponents finds the k largest components of the rows of x, each of n
// numbers.
func newComponents(x []float32, n, k int) *components {
	mean, covariance := moments(x, n)
	values, vectors := eigen(covariance)
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(values[b], values[a]) })
	c := &components{mean: mean}
	variance := 0.0 // of the z, summed: an eigenvalue over its root
	for _, i := range order[:min(k, n)] {
		root := math.Sqrt(max(values[i], 1e-12))
		variance += root
		c.basis = append(c.basis, scaled(vectors[i], 1/math.Sqrt(root)))
	}
	s := math.Sqrt(variance / float64(len(c.basis)))
	for i, row := range c.basis {
		c.basis[i] = scaled(row, 1/s)
	}
	return c
}

func scaled(row []float64, by float64) []float64 {
	out := make([]float64, len(row))
	for i, v := range row {
		out[i] = v * by
	}
	return out
}

// length returns how many numbers products makes of a row.
func (c *components) length() int {
	k := len(c.basis)
	return k + k*(k+1)/2
}

// products writes the components of a row, and the products of their pairs, to
// dst.
func (c *components) products(dst, row []float32) {
	z := make([]float32, len(c.basis))
	for k, b := range c.basis {
		sum := 0.0
		for i, v := range row {
			sum += float64(b[i] * (float64(v) - c.mean[i]))
		}
		z[k] = float32(sum)
	}
	imageprep.Products(dst, z)
}

// unfold turns a model of the components' products into one of the features'.
func (c *components) unfold(m *softmax.Model) *softmax.Model {
	n, k := len(c.mean), len(c.basis)
	weight, bias := m.Parameters()
	length := n + n*(n+1)/2
	outWeight := make([]float32, m.Classes()*length)
	for class := range bias {
		w := weight[class*m.Features():][:m.Features()]
		// half is S B: of the products of two different components each of
		// both takes half.
		half := make([][]float64, k)
		linear := make([]float64, n) // Bᵀ w
		rest := w[k:]
		for a := range k {
			half[a] = make([]float64, n)
		}
		for a := range k {
			addTo(linear, c.basis[a], float64(w[a]))
			for b := a; b < k; b++ {
				s := float64(rest[b-a]) / 2
				addTo(half[a], c.basis[b], s)
				addTo(half[b], c.basis[a], s)
			}
			rest = rest[k-a:]
		}
		out := outWeight[class*length:][:length]
		constant := float64(bias[class])
		products := out[n:]
		for i := range n {
			line := make([]float64, n) // row i of Bᵀ S B
			for a := range k {
				addTo(line, half[a], c.basis[a][i])
			}
			shift := dot(line, c.mean)
			out[i] = float32(linear[i] - float64(2*shift))
			constant += float64(c.mean[i] * (shift - linear[i]))
			products[0] = float32(line[i])
			for j := i + 1; j < n; j++ {
				products[j-i] = float32(2 * line[j])
			}
			products = products[n-i:]
		}
		bias[class] = float32(constant)
	}
	final := softmax.New(length, m.Classes())
	final.SetParameters(outWeight, bias)
	return final
}

// addTo adds by times row to sum.
func addTo(sum, row []float64, by float64) {
	for i, v := range row {
		sum[i] += float64(v * by)
	}
}

func dot(a, b []float64) (sum float64) {
	for i, v := range a {
		sum += float64(v * b[i])
	}
	return sum
}

// moments returns the mean and the covariance of the rows of x.
func moments(x []float32, n int) (mean []float64, covariance [][]float64) {
	rows := len(x) / n
	mean = make([]float64, n)
	for r := range rows {
		for i, v := range x[r*n:][:n] {
			mean[i] += float64(v)
		}
	}
	for i := range mean {
		mean[i] /= float64(rows)
	}
	// Each row of the covariance is summed by one goroutine, in the order of x.
	covariance = make([][]float64, n)
	var group sync.WaitGroup
	for i := range n {
		covariance[i] = make([]float64, n)
		group.Add(1)
		go func() {
			defer group.Done()
			for r := range rows {
				row := x[r*n:][:n]
				by := float64(row[i]) - mean[i]
				for j, v := range row[i:] {
					covariance[i][i+j] += float64(by * (float64(v) - mean[i+j]))
				}
			}
		}()
	}
	group.Wait()
	for i := range n {
		for j := i; j < n; j++ {
			covariance[i][j] /= float64(rows)
			covariance[j][i] = covariance[i][j]
		}
	}
	return mean, covariance
}

// eigen returns the eigenvalues of a symmetric matrix and, as rows, its
// eigenvectors, by C. G. J. Jacobi's method of 1846: one after the other each
// element off the diagonal is rotated to zero, until all of them are small. The
// matrix is overwritten.
func eigen(m [][]float64) (values []float64, vectors [][]float64) {
	n := len(m)
	vectors = make([][]float64, n)
	for i := range vectors {
		vectors[i] = make([]float64, n)
		vectors[i][i] = 1
	}
	for range 30 { // six to ten are enough
		off, all := 0.0, 0.0
		for i := range n {
			for j := range n {
				square := float64(m[i][j] * m[i][j])
				all += square
				if i != j {
					off += square
				}
			}
		}
		if off <= 1e-24*all {
			break
		}
		for p := range n {
			for q := p + 1; q < n; q++ {
				rotate(m, vectors, p, q)
			}
		}
	}
	for i := range n {
		values = append(values, m[i][i])
	}
	return values, vectors
}

// rotate makes m[p][q] zero by a rotation by the smaller of the angles that do.
func rotate(m, vectors [][]float64, p, q int) {
	if m[p][q] == 0 {
		return
	}
	theta := (m[q][q] - m[p][p]) / (2 * m[p][q])
	t := 1 / (math.Abs(theta) + math.Sqrt(float64(theta*theta)+1))
	if theta < 0 {
		t = -t
	}
	c := 1 / math.Sqrt(float64(t*t)+1)
	s := t * c
	for i := range m {
		a, b := m[i][p], m[i][q]
		m[i][p], m[i][q] = float64(c*a)-float64(s*b), float64(s*a)+float64(c*b)
	}
	for _, rows := range [][][]float64{m, vectors} {
		rp, rq := rows[p], rows[q]
		for i, a := range rp {
			b := rq[i]
			rp[i], rq[i] = float64(c*a)-float64(s*b), float64(s*a)+float64(c*b)
		}
	}
}
