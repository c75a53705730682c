package kernel

import "math"

// exp returns e**x for x ≤ 0 within 1.5 units in the last place, 0 below
// expMin, and NaN for NaN. The results of math.Exp differ between
// architectures, and exp works on all lanes of a register at once.
//
// x = n ln 2 + r with |r| ≤ ln 2 / 2. ln 2 = ln2Hi + ln2Lo, so that n ln2Hi is
// exact (W. J. Cody and W. Waite, Software Manual for the Elementary
// Functions, 1980). The polynomial for e**r is that of expf in the Cephes
// library (S. L. Moshier).
func exp(x float32) float32 {
	if !(x >= expMin) {
		if x != x {
			return x // below, adding to the bits of NaN would make a number
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

	// Multiply by 2**n: add n to the exponent.
	return math.Float32frombits(math.Float32bits(y) + math.Float32bits(t)<<23)
}

const (
	log2e = 1.44269504088896341
	ln2Hi = 0.693359375
	ln2Lo = -2.12194440e-4

	// Adding 1.5 * 2**23 rounds to the nearest integer and leaves it in the
	// lowest bits.
	expRound = 3 << 22

	exp7 = 1.9875691500e-4
	exp6 = 1.3981999507e-3
	exp5 = 8.3334519073e-3
	exp4 = 4.1665795894e-2
	exp3 = 1.6666665459e-1
	exp2 = 5.0000001201e-1

	// expMin avoids denormal numbers, because adding to their exponent does not
	// multiply them: e**-87 is 1.6e-38, the least normal float32 is 1.2e-38.
	expMin = -87
)
