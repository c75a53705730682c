package reader

import (
	"errors"
	"fmt"
	"image"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/seed-cd6415d7/digits/imageprep"
	"github.com/seed-cd6415d7/digits/softmax"
)

// An Answer is what the model reads in one piece of ink: a class of the model,
// such as a digit, or "no digit". Sure answers are nearly always right, if the
// model's threshold suits the pictures.
type Answer struct {
	// Digit is the number of the most probable class, even if NoDigit is set.
	// With a model of the ten digits, it is the digit. NameOf returns the name
	// of the class.
	Digit    int
	RunnerUp int  // the second most probable class
	NoDigit  bool // the answer is "no digit"

	// Probability is that of the answer: Probabilities[Digit] or, with NoDigit,
	// None. Ink that is left out for its size or place is "no digit", too, even
	// if the model took it for a digit. Then Probability is
	// 1-Probabilities[Digit].
	Probability float32

	// Sure is set if Probability reaches [Reader.SureFrom]. A digit with the
	// warning WasCut or MayBeMark is never sure.
	Sure bool

	Probabilities []float32 // of the classes; they and None add up to 1
	None          float32   // of "no digit"; 0 if the model does not know it

	Box   image.Rectangle // of the ink, in the picture as it is stored
	Line  int             // the line of writing, from 0
	Space bool            // a wide gap precedes it in its line
	Image *image.Gray     // what the model sees, 28x28
	// Warnings tell a person what may be wrong with the picture.
	Warnings []imageprep.Warning

	reader *Reader // knows the names; nil if no Reader made the Answer
}

// Name returns the answer in words: "8", "star" or "no digit".
func (a Answer) Name() string {
	if a.NoDigit {
		return noDigit
	}
	return a.NameOf(a.Digit)
}

// NameOf returns the name of a class, such as RunnerUp, or "no digit" for
// [None].
func (a Answer) NameOf(class int) string {
	switch {
	case class == None:
		return noDigit
	case a.reader == nil:
		return strconv.Itoa(class)
	}
	return a.reader.names[class]
}

// Next returns the most probable of the other answers in words, and its
// probability. It panics if there are no Probabilities.
func (a Answer) Next() (name string, probability float32) {
	_, second := a.Top()
	if second == None {
		return noDigit, a.None
	}
	return a.NameOf(second), a.Probabilities[second]
}

// String returns the answer and the next one: "8 99.1%, then 3 0.4%" or
// "no digit 97.0%, then 8 2.1%". It returns "no answer" if there are no
// Probabilities.
func (a Answer) String() string {
	if len(a.Probabilities) == 0 {
		return "no answer"
	}
	next, p := a.Next()
	return fmt.Sprintf("%s %.1f%%, then %s %.1f%%", a.Name(), 100*a.Probability, next, 100*p)
}

const noDigit = "no digit"

// Text returns the names of the answers as one text. Between them is the
// [Separator] of the classes. Text leaves out answers with NoDigit.
func Text(answers []Answer) string {
	var names []string
	separator := ""
	for _, a := range answers {
		if !a.NoDigit {
			names, separator = append(names, a.Name()), a.separator()
		}
	}
	return strings.Join(names, separator)
}

func (a Answer) separator() string {
	if a.reader == nil {
		return ""
	}
	return a.reader.separator
}

// AreDigits reports whether each class is one of the digits 0 to 9.
func AreDigits(classes []string) bool {
	isOther := func(name string) bool { return len(name) != 1 || name[0] < '0' || name[0] > '9' }
	return !slices.ContainsFunc(classes, isOther)
}

// Separator returns what stands between the names of classes in a text: nothing
// if each name is one character, and a space otherwise.
func Separator(classes []string) string {
	if slices.ContainsFunc(classes, func(name string) bool { return utf8.RuneCountInString(name) != 1 }) {
		return " "
	}
	return ""
}

// scratch is the memory for judging a digit.
type scratch struct {
	vector []float32
	probs  []float32 // of all classes
}

// judge runs the model on a digit in MNIST's form. It writes the probabilities
// of the classes to probs, which the answer then holds. If classes are equally
// probable, the lower one comes first. judge allocates nothing.
func (r *Reader) judge(probs []float32, digit *image.Gray) Answer {
	s := r.scratch.Get().(*scratch)
	defer r.scratch.Put(s)
	r.model.Probs(s.probs, softmax.Floats(r.features.Vector(s.vector, digit)))
	copy(probs, s.probs)
	a := Answer{RunnerUp: 1, Probabilities: probs, reader: r}
	for i, p := range probs {
		if p > probs[a.Digit] {
			a.Digit, a.RunnerUp = i, a.Digit
		} else if i != a.Digit && p > probs[a.RunnerUp] {
			a.RunnerUp = i
		}
	}
	for _, v := range s.probs[len(probs):] {
		a.None += v
	}
	a.None = min(a.None, 1) // despite rounding
	if a.Probability = probs[a.Digit]; a.None > a.Probability {
		a.Probability, a.NoDigit = a.None, true
	}
	a.Sure = a.Probability >= r.sure
	return a
}

// confidence is the logarithm of the probability of the best digit.
//
// Training lowers the probability of "no digit", because it costs more to lose
// a digit than to ask a person. So that probability counts three times here:
// then 434 of 604 handwritten amounts are read right. If it counts once, 433
// are, and if it counts nine times, 430.
func (a Answer) confidence() float64 {
	const none = 3
	all := 1 + float64((none-1)*float64(a.None))
	return softmax.Log(min(float64(a.Probabilities[a.Digit])/all+1e-4, 1))
}

// leaveOut turns an answer into "no digit". The picture may look like a digit,
// although its size and place say that it is none.
func (r *Reader) leaveOut(a Answer) Answer {
	if !a.NoDigit {
		a.NoDigit, a.Probability = true, 1-a.Probability
		a.Sure = a.Probability >= r.sure
	}
	return a
}

// complete adds what imageprep found. The answer gets probabilities of its own:
// judge's memory holds those of many candidates. The error is for probabilities
// that are NaN.
func (a Answer) complete(d *imageprep.Digit) (Answer, error) {
	if a.Probability != a.Probability {
		return Answer{}, errors.New("reader: the model's probabilities are not numbers: its weights are too large")
	}
	a.Probabilities = slices.Clone(a.Probabilities)
	a.Image, a.Box, a.Line, a.Space, a.Warnings = d.Image, d.Box, d.Line, d.Space, d.Warnings
	// A piece of a letter often looks like a digit, and a long line like a 1.
	if slices.Contains(d.Warnings, imageprep.WasCut) || slices.Contains(d.Warnings, imageprep.MayBeMark) {
		a.Sure = false
	}
	return a, nil
}
