package softmax

import "math"

// exp32 returns e**x for x ≤ 0, within 1.5 units in the last place (ulp), 0
// below expMin, and NaN for NaN. math.Exp is not used because its results
// differ between architectures, and because this form works on all lanes of a
// vector at once.
//
// x = n ln 2 + r with |r| ≤ ln 2 / 2; ln 2 is split in two (Cody and Waite,
// Software Manual for the Elementary Functions, 1980) so that n·ln2Hi is
// exact. The polynomial for e**r is that of expf in the Cephes library
// (S. L. Moshier).
func exp32(x float32) float32 {
	if !(x >= expMin) {
		if x != x {
			return x // whose bits, with others' below, could make a number
		}
		return 0
	}
	t := float32(x*log2e) + expRound
	n := t - expRound
	r := x - float32(n*ln2Hi)
	r -= float32(n * ln2Lo)

	p := float32(exp7)
	p = float32(p*r) + exp6
	p = float32(p*r) + exp5
	p = float32(p*r) + exp4
	p = float32(p*r) + exp3
	p = float32(p*r) + exp2
	y := float32(float32(r*r)*p) + r + 1

	// Multiply by 2**n by adding n to the exponent.
	return math.Float32frombits(math.Float32bits(y) + math.Float32bits(t)<<23)
}

const (
	log2e = 1.44269504088896341
	ln2Hi = 0.693359375
	ln2Lo = -2.12194440e-4

	// Adding 1.5·2²³ leaves no bits for a fraction: it rounds to the nearest
	// integer, which then stands in the lowest bits.
	expRound = 3 << 22

	exp7 = 1.9875691500e-4
	exp6 = 1.3981999507e-3
	exp5 = 8.3334519073e-3
	exp4 = 4.1665795894e-2
	exp3 = 1.6666665459e-1
	exp2 = 5.0000001201e-1
)

// expMin keeps exp32 out of the denormal numbers, which adding to the exponent
// could not make: e**-87 is 1.6e-38, the smallest normal float32 1.2e-38.
const expMin = -87

// log64 returns the natural logarithm of x ≥ 1 within a few units in the last
// place, +Inf for +Inf and NaN for NaN. Like exp32 it exists because math.Log
// differs between architectures, and validation losses decide which epoch of a
// training is kept.
//
// x = 2**e·m with m in [√½, √2]; log m = 2 atanh(s) with s = (m-1)/(m+1), and
// |s| ≤ 0.172, so that eleven terms of the odd series s + s³/3 + s⁵/5 + ...
// leave an error below 1e-17.
func log64(x float64) float64 {
	if !(x <= math.MaxFloat64) {
		return x
	}
	m, e := math.Frexp(x)
	if m < math.Sqrt2/2 {
		m, e = 2*m, e-1
	}
	s := (m - 1) / (m + 1)
	ss := float64(s * s)
	sum := 0.0
	for _, c := range [...]float64{1. / 21, 1. / 19, 1. / 17, 1. / 15, 1. / 13, 1. / 11, 1. / 9, 1. / 7, 1. / 5, 1. / 3, 1} {
		sum = float64(sum*ss) + c
	}
	return float64(2*s*sum) + float64(float64(e)*math.Ln2)
}

// lowest is what the lanes behind the classes hold in a bias, and so in the
// logits: softmax makes it 0, if any logit is above it. A number, because an infinity minus itself is not
// one.
const lowest = -math.MaxFloat32

func normaliseGeneric(z []float32, loss []rowLoss) {
	for i := range loss {
		lanes := len(z) / len(loss)
		loss[i].top, loss[i].sum = normaliseRow(z[i*lanes:][:lanes])
	}
}

// normaliseRow is the law of normalise, see kernel.go, for a row.
func normaliseRow(z []float32) (top, sum float32) {
	top = highest(z)
	var s [laneWidth]float32
	for i := 0; i < len(z); i += laneWidth {
		block := (*[laneWidth]float32)(z[i:])
		for k, v := range block {
			e := exp32(v-top) + (v - v)
			block[k] = e
			s[k] += e
		}
	}
	for half := laneWidth / 2; half > 0; half /= 2 {
		for i := range half {
			s[i] += s[i+half]
		}
	}
	for k := range z {
		z[k] /= s[0]
	}
	return top, s[0]
}

// highest returns the greatest of z, if none is NaN. Which one that is, is hard to
// predict; so it compares integers, which takes no branch.
func highest(z []float32) float32 {
	top := int32(math.MinInt32)
	for _, v := range z {
		top = max(top, ordered(int32(math.Float32bits(v))))
	}
	return math.Float32frombits(uint32(ordered(top)))
}

// ordered turns the bits of floats into integers of the same order, and back.
func ordered(bits int32) int32 { return bits ^ bits>>31&math.MaxInt32 }

// softmax normalises a row of logits and returns what its loss is made of.
func softmax(z []float32, label int) rowLoss {
	loss := [1]rowLoss{{logit: z[label]}}
	normalise(z, loss[:])
	return loss[0]
}

// A rowLoss is the cross-entropy -log p[y] of one row, as its label's logit and the
// results of normalise. So it never takes the logarithm of a rounded probability,
// and stays exact where p[y] underflows to zero.
type rowLoss struct {
	logit, top, sum float32
}

// A lossSum adds the losses of rows up. The sum of logarithms is the logarithm of a
// product.
type lossSum struct {
	sum, product float64
}

func newLossSum() lossSum { return lossSum{0, 1} }

func (l *lossSum) add(row rowLoss) {
	l.sum += float64(row.top) - float64(row.logit)
	l.product *= float64(row.sum)
	if l.product > 1e200 {
		l.sum, l.product = l.total(), 1
	}
}

func (l *lossSum) total() float64 { return l.sum + log64(l.product) }

func sumLosses(rows []rowLoss) float64 {
	sum := newLossSum()
	for _, row := range rows {
		sum.add(row)
	}
	return sum.total()
}
