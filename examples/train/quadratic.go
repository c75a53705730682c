package main

import (
	"cmp"
	"math"
	"slices"
	"sync"

	"github.com/seed-cd6415d7/digits/imageprep"
	"github.com/seed-cd6415d7/digits/softmax"
)

// components are the k largest principal components of n features,
//
//	z = B (x - mean)
//
// n features have n(n+1)/2 products, too many to train on. So the model trains
// on the products of the k components. Then unfold writes the same function as
// a model of the features and their products:
//
//	b + w·z + zᵀSz = b + w·B(x - mean) + (x - mean)ᵀ BᵀSB (x - mean)
//
// The rows of B are eigenvectors of the covariance of the features. Each is
// divided by the fourth root of its eigenvalue, which is half of a whitening: a
// component with a larger variance still counts more, but not by as much. One
// common factor makes the mean variance of the z 1.
type components struct {
	mean  []float64   // [n]
	basis [][]float64 // B, [k][n]
}

// newComponents finds the components of the rows of x, shape [rows][n].
func newComponents(x []float32, n, k int) *components {
	mean, covariance := moments(x, n)
	values, vectors := eigen(covariance)
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(values[b], values[a]) })
	c := &components{mean: mean}
	variance := 0.0 // the sum over all z; each has its eigenvalue / root
	for _, i := range order[:min(k, n)] {
		root := math.Sqrt(max(values[i], 1e-12))
		variance += root
		scale(vectors[i], 1/math.Sqrt(root))
		c.basis = append(c.basis, vectors[i])
	}
	s := math.Sqrt(variance / float64(len(c.basis)))
	for _, row := range c.basis {
		scale(row, 1/s)
	}
	return c
}

// length returns how many numbers products returns.
func (c *components) length() int {
	k := len(c.basis)
	return k + k*(k+1)/2
}

// products writes to dst the components of a row of n features, followed by the
// products of all pairs of components.
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

// unfold turns a model of the components' products into the same model of the
// features' products.
func (c *components) unfold(m *softmax.Model) *softmax.Model {
	n, k := len(c.mean), len(c.basis)
	length := n + n*(n+1)/2
	weight, bias := m.Parameters()
	outWeight := make([]float32, m.Classes()*length)
	for class := range bias {
		w := weight[class*m.Features():][:m.Features()]
		linear, half := make([]float64, n), matrix(k, n) // Bᵀw and SB
		rest := w[k:]
		for a := range k {
			addTo(linear, c.basis[a], float64(w[a]))
			for b := a; b < k; b++ { // z_a z_b and z_b z_a share a weight
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
			line := make([]float64, n) // row i of BᵀSB
			for a, row := range half {
				addTo(line, row, c.basis[a][i])
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

// matrix returns a matrix of zeros.
func matrix(rows, columns int) [][]float64 {
	m := make([][]float64, rows)
	for i := range m {
		m[i] = make([]float64, columns)
	}
	return m
}

// scale multiplies row by a number.
func scale(row []float64, by float64) {
	for i := range row {
		row[i] *= by
	}
}

// addTo adds row times by to sum.
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

// moments returns the mean, shape [n], and the covariance, shape [n][n], of the
// rows of x.
func moments(x []float32, n int) (mean []float64, covariance [][]float64) {
	rows := len(x) / n
	mean, covariance = make([]float64, n), matrix(n, n)
	for r := range rows {
		for i, v := range x[r*n:][:n] {
			mean[i] += float64(v)
		}
	}
	for i := range mean {
		mean[i] /= float64(rows)
	}
	// One goroutine adds up each row of the covariance, in the order of x, so
	// the sums never depend on the number of processors.
	var group sync.WaitGroup
	for i, sums := range covariance {
		group.Add(1)
		go func() {
			defer group.Done()
			for r := range rows {
				row := x[r*n:][:n]
				by := float64(row[i]) - mean[i]
				for j := i; j < n; j++ {
					sums[j] += float64(by * (float64(row[j]) - mean[j]))
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

// eigen returns the eigenvalues of a symmetric matrix and its eigenvectors, as
// rows. It overwrites the matrix. The method is that of C. G. J. Jacobi (1846):
// rotate each element off the diagonal to zero, until all of them are small.
func eigen(m [][]float64) (values []float64, vectors [][]float64) {
	n := len(m)
	vectors = matrix(n, n)
	for i := range vectors {
		vectors[i][i] = 1
	}
	for range 30 { // 6 to 10 are enough
		off, all := 0.0, 0.0 // sums of squares
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

// rotate makes m[p][q] zero by a rotation. Of the two possible angles it takes
// the smaller one.
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
	turn := func(a, b float64) (float64, float64) {
		return float64(c*a) - float64(s*b), float64(s*a) + float64(c*b)
	}
	for i := range m {
		m[i][p], m[i][q] = turn(m[i][p], m[i][q])
	}
	for i := range m {
		m[p][i], m[q][i] = turn(m[p][i], m[q][i])
		vectors[p][i], vectors[q][i] = turn(vectors[p][i], vectors[q][i])
	}
}
