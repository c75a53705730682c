package pictures

import (
	"fmt"

	"github.com/seed-cd6415d7/digits/examples/reader"
)

// Overruled reports whether an answer is "no digit" against the model: the
// model takes the ink for a digit, but its place or size says that it is none.
// Then the probabilities do not explain the answer.
func Overruled(a *reader.Answer) bool {
	return a.NoDigit && a.Digit < len(a.Probabilities) && a.None <= a.Probabilities[a.Digit]
}

// WhyOverruled says in words why an overruled answer is "no digit".
func WhyOverruled(a *reader.Answer) string {
	return fmt.Sprintf("the model takes this ink for %s (%.1f%%), but its place or size says that it is no digit",
		a.NameOf(a.Digit), 100*a.Probabilities[a.Digit])
}

// Words returns an answer in words: the answer and the next one or, if it is
// overruled, why.
func Words(a *reader.Answer) string {
	if Overruled(a) {
		return a.Name() + ": " + WhyOverruled(a)
	}
	return a.String()
}
