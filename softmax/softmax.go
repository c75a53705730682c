// Package softmax is softmax regression (multinomial logistic regression) on
// float32: one linear layer, any number of features and classes, trained by
// mini-batch stochastic gradient descent.
//
// # The model
//
// A row x of d features gives one logit per class, and the softmax of the
// logits gives one probability per class:
//
//	z = W x + b              W is [classes, features], b is [classes]
//	p = exp(z) / Σ exp(z)    p ≥ 0, Σ p = 1
//
// The predicted class is the one with the largest logit. Training minimises
// the mean cross-entropy of n rows with labels y, plus, when L2 > 0, a penalty
// on the weights (never on the bias):
//
//	loss = -1/n Σ log p[y] + L2/2 Σ W²
//
// Its gradient is what makes the model so pleasant to train. With the one-hot
// vector e(y), which is 1 at the label and 0 elsewhere:
//
//	∂loss/∂W = 1/n Σ (p - e(y)) xᵀ + L2 W
//	∂loss/∂b = 1/n Σ (p - e(y))
//
// The loss is convex, so there are no bad local minima and zero weights are as
// good a start as any. A textbook treatment is C. M. Bishop, Pattern
// Recognition and Machine Learning (2006), section 4.3.4.
//
// # Rows
//
// Inputs are [Rows]: [Bytes] (each byte is value/255, as images come),
// [Floats], or [Sparse] lists of indices and values (as texts come). All three
// become lists of the features that are not zero, alone or in fours with their
// neighbours; so zeros cost next to nothing, and four out of five pixels
// of a handwritten digit are zero. A step
// on sparse rows takes time for the features that they have, however many the
// model has.
//
// Rows, labels and destinations of a wrong length and labels out of range are
// mistakes of the program, not of its data, and panic with the rule that they
// break.
//
// # The same bits everywhere
//
// The same data, options and seed give a byte-identical model on every
// architecture and on any number of processors: sums run in a documented order,
// whoever makes them, products are rounded before they are added (no fused
// multiply-add), and exp and log are the package's own. State is float32; the
// losses and accuracies reported to people are summed in float64.
//
// The three forms of rows give the same predictions to the bit. Trained on, bytes
// and floats do too; sparse rows are added up in another order and give the same
// model but for rounding.
//
// All this is as long as the weights are finite. If they are not, because training
// has diverged or by SetParameters, a zero may or may not count as a feature, and
// zero times infinity is NaN.
//
// Training uses up to runtime.GOMAXPROCS(0) processors where a mini-batch is worth
// it, evaluation likewise. The inner loops are in assembly for amd64 and arm64;
// the build tag purego leaves it out.
//
// # Files
//
// Models are stored as safetensors, with the names and the orientation of a
// torch.nn.Linear: weight [classes, features] and bias [classes]. See [Decode].
package softmax
