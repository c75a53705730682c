package main

import (
	"fmt"
	"math"
)

// A recipe says how to train.
type recipe struct {
	features  string // as for -features
	epochs    int
	steps     int // if not 0, in place of epochs
	batch     int
	rate      float64
	summed    bool // the rate is for the sum of a batch's losses, not the mean
	l2        float64
	averaging float64 // see softmax.Trainer; 0 is off
	center    bool    // see softmax.Trainer
	decay     bool    // the rate falls linearly to 0
	last      bool    // keep the last model, not the best in validation
	few       few     // what changes with few images
	balanced  bool    // all classes count the same, whatever their size
	inOrder   bool    // hold out the first images, if they are mixed
	extension         // what else to train on
}

// few says how to train on few images: those with which the recipe's epochs
// have fewer steps than this. Then there are more epochs and, perhaps, a larger
// penalty: what few images have in common is often chance.
type few struct {
	steps int     // the least number
	l2    float64 // the least penalty
}

// suit makes the recipe suit this number of images.
func (r *recipe) suit(images int) {
	least := (r.few.steps-1)/r.stepsPerEpoch(images) + 1 // epochs
	if r.steps == 0 && r.epochs < least {
		r.epochs, r.l2 = least, max(r.l2, r.few.l2)
	}
}

func (r *recipe) stepsPerEpoch(images int) int { return (images-1)/r.batch + 1 }

// checkSteps returns an error if an int cannot count the steps, as may happen
// where it has 32 bits.
func (r *recipe) checkSteps(images int) error {
	if most := math.MaxInt / r.stepsPerEpoch(images); r.epochs > most {
		return fmt.Errorf("-epochs %d, want at most %d for %d images in batches of %d", r.epochs, most, images, r.batch)
	}
	return nil
}

// recipes are the values of -recipe.
var recipes = map[string]recipe{
	// A high constant rate gets near the optimum fast. Averaging then removes
	// the noise of the steps. few was chosen on 10, 40 and 200 images of each
	// of MNIST's digits, and of drawn shapes.
	"default": {features: "hog", epochs: 6, batch: 50, rate: 1, averaging: 8, few: few{1000, 1e-3}},

	// The recipe of the reader's built-in model, for other people's writing.
	// rarer and sure were chosen on pictures of digits, letters and drawings
	// that no training used. The recipe holds out the first of MNIST's images.
	// Then the model is wrong and sure about 53 of 7,509 digits by other
	// people. It reads 434 of 604 amounts on bank checks. With images drawn by
	// class, it was wrong and sure about 62, and read 428.
	"reader": {features: "hog directions=12 cells=6 margin=4 contrast=true components=60 products",
		epochs: 2, batch: 100, rate: 0.1, l2: 1e-3, decay: true, inOrder: true,
		extension: extension{drawn: 5000, worn: 1200, noDigit: 1200, rarer: 2.5, sure: 0.94}},

	// The most accurate recipe on MNIST. It is less accurate on other people's
	// writing.
	"best": {features: "hog directions=8 cells=6 margin=3 contrast=true components=60 products",
		epochs: 2, batch: 100, rate: 0.1, l2: 1e-3, decay: true, few: few{1000, 1e-3}},

	// The classic tutorial: tf.train.GradientDescentOptimizer(0.01) on the
	// summed cross-entropy, 1000 batches of 100. It held out the first images.
	"tutorial": {features: "pixels", steps: 1000, batch: 100, rate: 0.01, summed: true, last: true, inOrder: true},
}

// meanRate returns the learning rate for the mean of a batch's losses.
func (r recipe) meanRate() float64 {
	if r.summed {
		return r.rate * float64(r.batch)
	}
	return r.rate
}

// String describes the recipe. The model file holds this text: a change of a
// word here changes the bytes of all new models.
func (r recipe) String() string {
	length, loss := fmt.Sprintf("%d epochs", r.epochs), "mean"
	if r.epochs == 1 {
		length = "1 epoch"
	}
	if r.steps > 0 {
		length = fmt.Sprintf("%d steps", r.steps)
	}
	if r.summed {
		loss = "summed"
	}
	s := fmt.Sprintf("%s, batches of %d, rate %v on the %s loss, L2 %v, averaging %v",
		length, r.batch, r.rate, loss, r.l2, r.averaging)
	if r.decay {
		s += ", falling"
	}
	if r.center {
		s += ", centered"
	}
	if r.balanced {
		s += ", balanced"
	}
	if r.extension != (extension{}) {
		s += fmt.Sprintf(", with %d drawn and %d damaged digits of each class and %d pictures of each kind without a digit, whose logits are then %v lower", r.drawn, r.worn, r.noDigit, r.rarer)
	}
	return s
}
