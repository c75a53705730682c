package main

import (
	"cmp"
	"math"
	"slices"
	"sync"

	"github.com/seed-cd6415d7/digits/imageprep"
)

// newComponents finds the k largest principal components of the rows of x,
// shape [rows][n]:
//
//	z = B (x - mean)
//
// The n numbers of a row have n(n+1)/2 products, too many to train on. So a
// model trains on the products of a few components.
//
// The rows of B are eigenvectors of the covariance of the numbers. Each is
// divided by the fourth root of its eigenvalue. This is half of a whitening: a
// component with a larger variance still counts more, but not by as much. A
// common factor then makes the mean variance of the components 1.
func newComponents(x []float32, n, k int) *imageprep.Components {
	mean, covariance := moments(x, n)
	values, vectors := eigen(covariance)
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(values[b], values[a]) })
	order = order[:min(k, n)]
	variance := 0.0 // of all components together
	for _, i := range order {
		root := math.Sqrt(max(values[i], 1e-12)) // the component's variance
		variance += root
		scale(vectors[i], 1/math.Sqrt(root))
	}
	s := math.Sqrt(variance / float64(len(order)))
	c := new(imageprep.Components)
	for _, i := range order {
		scale(vectors[i], 1/s)
		for _, v := range vectors[i] {
			c.Weight = append(c.Weight, float32(v))
		}
		c.Bias = append(c.Bias, float32(-dot(vectors[i], mean)))
	}
	return c
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
	for range 30 { // 6 to 10 rounds are enough
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
