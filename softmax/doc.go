// Package softmax trains and runs softmax regression (multinomial logistic
// regression): one linear layer on float32, for any number of features and
// classes, trained by mini-batch stochastic gradient descent (SGD).
//
// # The model
//
// A row x of d features gets one logit per class, a weighted sum:
//
//	z[k] = Σ W[k][f] x[f] + b[k]      W is [classes, features], b is [classes]
//
// Softmax turns the logits into probabilities. They are positive, sum to 1, and
// the highest logit gets the highest one:
//
//	p[k] = exp(z[k]) / Σ exp(z[j])
//
// # The loss
//
// The row's label is y. The better the model, the closer p[y] is to 1. Its
// cross-entropy loss is
//
//	loss = -log p[y] = log Σ exp(z[j]) - z[y]
//
// It is 0 for p[y] = 1 and grows without bound as p[y] falls. The loss of a
// batch is the mean over its n rows, plus a penalty L2/2 Σ W² if L2 > 0.
//
// # The gradient
//
// How does the loss change with one logit? Take the derivative of both terms.
// For the first, the chain rule and exp' = exp give
//
//	∂/∂z[k] log Σ exp(z[j]) = exp(z[k]) / Σ exp(z[j]) = p[k]
//
// The second, z[y], has the derivative 1 for k = y and 0 for all others. That
// is the one-hot vector of the label. So
//
//	∂loss/∂z[k] = p[k] - onehot(y)[k]
//
// A weight acts only through its logit: W[k][f] changes z[k] by x[f], and b[k]
// changes it by 1. By the chain rule, with means over the batch,
//
//	∂loss/∂W[k][f] = 1/n Σ (p[k] - onehot(y)[k]) x[f] + L2 W[k][f]
//	∂loss/∂b[k]    = 1/n Σ (p[k] - onehot(y)[k])
//
// # The update
//
// An SGD step walks a little downhill, against the gradient:
//
//	W -= rate * ∂loss/∂W
//	b -= rate * ∂loss/∂b
//
// The loss is convex: it has no local minima but the lowest, and zero weights
// are a good start. See C. M. Bishop, Pattern Recognition and Machine Learning
// (2006), section 4.3.4.
//
// To read the source, begin with softmax.go (softmax, the loss, p - onehot)
// and dense.go (one SGD step: logits, softmaxGradient, backward, update).
//
// # The same bits everywhere
//
// The same data, options and seed give the same model file, byte for byte, on
// every architecture and with any number of workers. Sums run in a fixed order,
// products are rounded before they are added (no fused multiply-add), and exp
// and log are the package's own. This holds while all weights are finite.
//
// [Bytes] and [Floats] train to the same bits. [Sparse] rows are added in
// another order: their models differ by rounding. Predictions of all three
// forms agree to the bit.
//
// State is float32. Losses and accuracies are summed in float64.
//
// The inner loops are in assembly on amd64 and arm64. The build tag purego
// leaves it out.
//
// # Mistakes of the caller
//
// Slices of a wrong length and labels outside [0, classes) panic. Check labels
// that come from data with [CheckLabels].
package softmax
