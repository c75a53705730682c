// Package kernel holds the arithmetic that training and predicting spend their
// time on, and the lists of nonzeros that it works on.
//
// This comment is the law of the kernels. Every implementation obeys it to the
// bit: plain Go (generic.go), AVX2 and AVX-512 (*_amd64.s), NEON (*_arm64.s).
//
// # Layout
//
// Lane = class. See [Shape] for the three numbers.
//
//	w, avg, g  [features][Width]  weights, their average, their gradient
//	z, d       [rows][Lanes]      logits or probabilities, and p - onehot(y)
//	base, sum  [Lanes]            one row of such numbers
//
// Weights are feature-major. A feature meets all classes in one piece of
// memory, and no sum runs across lanes. So the width of a vector register
// cannot change the order of an addition, and all implementations give the
// same bits.
//
// # Formulas
//
// A row x adds its nonzeros, in the order of its list, to four partial sums a
// class. The feature's last two bits choose the sum. k runs over the classes:
//
//	Forward          s[f%4][k] += x[f] w[f][k]
//	ForwardNonzeros  the same for one row of nonzeros
//	AddSums          z[k] += (s[0][k] + s[1][k]) + (s[2][k] + s[3][k]), then s = 0
//	Logits           z = base, then Forward and AddSums
//	SumRows          sum += the rows of d: ForwardNonzeros with ones as values
//	                 and rows as features, then AddSums
//
// The gradient takes the rows of a mini-batch in their order:
//
//	Backward         g[f][k] += x[f] d[k]
//
// Elementwise:
//
//	Update           w = decay w - scale g, then g = 0
//	Average          avg += share (w - avg)
//	Add              dst += src, then src = 0
//
// For sparse rows, whose nonzeros are sorted by feature into columns, each
// column takes its nonzeros (row, v) in order:
//
//	UpdateColumns    s[k] = Σ v d[row][k], w[f][k] -= scale s[k],
//	                 and, if there is an average, avg[f][k] += mix s[k]
//
// Softmax works on whole rows of z, padding included. With top = max z:
//
//	Softmax          e[k] = exp(z[k] - top) + (z[k] - z[k]), z[k] = e[k] / Σ e
//
// Subtracting top keeps every exponent at or below zero, so no logit
// overflows. z - z is 0 for a finite z and NaN otherwise. So one logit that is
// not finite makes the sum and the whole row NaN; top then means nothing.
// The sum runs lane by lane over blocks of 16, then in halves: 16 lanes to 8,
// 4, 2, 1.
//
// # Rounding
//
// Each product is rounded to float32 before it is added: there is no fused
// multiply-add. Zero features may be skipped or not. Both give the same bits
// while w and d are finite and s and g are not -0.
//
// # Preconditions
//
// Padding is zero in w, g, s and d, and [Lowest] in z, where softmax turns it
// into 0. An implementation may compute padding or leave it alone.
//
// Every feature of a list is a feature of w. For Forward, Logits and Backward,
// w and g hold whole quads of four features, with zeros after the last one.
// len(w) = len(g) and len(avg) = len(w) are multiples of 8 there; a list may
// be empty; len(dst) = len(src).
//
// Slices of one call do not overlap, with one exception: Logits of a single
// row may have z as its base.
package kernel
