// Package kernel holds the inner loops of training and predicting, and the
// lists of nonzeros that they take.
//
// This comment is the law of the kernels. Every implementation obeys it to the
// bit: plain Go (generic.go, scan.go), AVX2 and AVX-512 (*_amd64.s), and NEON
// (*_arm64.s).
//
// # Layout
//
// A lane is a class. [Shape] says what Width and Lanes are.
//
//	w, avg, g  [features][Width]  weights, their average, their gradient
//	z, d       [rows][Lanes]      logits or probabilities, and p - onehot(y)
//	base, sum  [Lanes]            one row like z or d
//
// Weights are feature-major: the weights of a feature for all classes are one
// piece of memory. No sum runs across lanes. So the width of a vector register
// cannot change the order of additions, and all implementations give the same
// bits.
//
// # Formulas
//
// Each row x has four partial sums for each class k. It adds its nonzeros in
// the order of its list; the last two bits of the feature f choose the sum:
//
//	Forward          s[f%4][k] += x[f] w[f][k]
//	ForwardNonzeros  the same for one row of nonzeros
//	AddSums          z[k] += (s[0][k]+s[1][k]) + (s[2][k]+s[3][k]), then s = 0
//	Logits           z = base, then Forward and AddSums
//	SumRows          sum += the rows of d: ForwardNonzeros with ones as values
//	                 and rows as features, then AddSums
//
// The gradient adds the rows of a mini-batch in their order:
//
//	Backward         g[f][k] += x[f] d[k]
//
// Elementwise:
//
//	Update           w = decay w - scale g, then g = 0
//	Average          avg += share (w - avg)
//	Add              dst += src, then src = 0
//
// The nonzeros of sparse rows are sorted by feature into columns. Each column
// adds its nonzeros (row, v) in order:
//
//	UpdateColumns    s[k] = Σ v d[row][k], w[f][k] -= scale s[k],
//	                 and, if there is an average, avg[f][k] += mix s[k]
//
// Softmax works on whole rows of z, padding included. With top = max z:
//
//	Softmax          e[k] = exp(z[k] - top) + (z[k] - z[k]), z[k] = e[k] / Σ e
//
// No exponent is above zero, so no exponential overflows. z - z is 0 for a
// finite z and NaN otherwise. So one logit that is not finite makes the sum and
// the whole row NaN; top is not valid then. The sum adds blocks of 16 lanes,
// lane by lane, and then halves: 16 lanes to 8, 4, 2, 1.
//
// # Rounding
//
// Each product is rounded to float32 before it is added: there is no fused
// multiply-add. A kernel may skip zero features or add them. Both give the same
// bits while w and d are finite and s and g are not -0.
//
// # Preconditions
//
// Padding is zero in w, g, s and d. It is [Lowest] in z, and Softmax turns it
// into 0. An implementation may compute padding or not.
//
// Every feature of a list is a feature of w; a list may be empty. For Forward,
// Logits and Backward, w and g hold whole quads of four features, with zeros
// after the last feature. For elementwise kernels, both slices have the same
// length, a multiple of 8. Every column has a nonzero.
//
// Slices of one call do not overlap, with one exception: base may be z in
// Logits of a single row.
package kernel
