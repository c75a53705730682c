// Package softmax trains and runs softmax regression (multinomial logistic
// regression): one linear layer on float32, trained by mini-batch stochastic
// gradient descent (SGD).
//
//	z = W x + b                  logits, [classes]; W is [classes, features]
//	p[k] = exp(z[k]) / Σ exp(z)  probabilities
//	loss = -log p[y]             cross-entropy of a row with label y
//
// The source file doc.go derives the gradient, p - onehot(y), in small steps.
//
// The same data, options and seed give the same model file, byte for byte, on
// every architecture and with any number of workers. [Bytes], [Floats] and
// [Sparse] rows give the same predictions to the bit, if each row's indices
// ascend; a model trained on Sparse rows differs by rounding. All this holds
// while weights are finite. The build tag purego leaves out the assembly.
//
// Slices of a wrong length, labels outside [0, classes) and options out of
// range panic.
package softmax

// The mathematics, for a reader who knows derivatives from school.
//
// # The model
//
// A row x of features gets one logit per class, a weighted sum:
//
//	z[k] = Σ W[k][f] x[f] + b[k]
//
// Softmax turns logits into probabilities. They are positive and sum to 1, and
// the highest logit gets the highest probability:
//
//	p[k] = exp(z[k]) / Σ exp(z[j])
//
// # The loss
//
// The row has the label y. A good model makes p[y] nearly 1. The cross-entropy
// loss is 0 for p[y] = 1 and grows without bound as p[y] falls:
//
//	loss = -log p[y] = log Σ exp(z[j]) - z[y]
//
// # The gradient with respect to the logits
//
// The loss has two terms. By the chain rule, and because exp is its own
// derivative, the first term changes with z[k] by
//
//	∂/∂z[k] log Σ exp(z[j]) = exp(z[k]) / Σ exp(z[j]) = p[k]
//
// The second term, z[y], changes by 1 if k is the label y, else by 0. These
// numbers are the one-hot vector of the label. So
//
//	∂loss/∂z[k] = p[k] - onehot(y)[k]
//
// # The gradient with respect to the weights
//
// A weight acts only through its logit: W[k][f] changes z[k] by x[f], and b[k]
// changes z[k] by 1. By the chain rule,
//
//	∂loss/∂W[k][f] = (p[k] - onehot(y)[k]) x[f]
//	∂loss/∂b[k]    =  p[k] - onehot(y)[k]
//
// A mini-batch takes the mean over its n rows. A penalty L2/2 Σ W² adds L2 W.
//
// # The update
//
// An SGD step goes a little downhill, against the gradient:
//
//	W -= rate * ∂loss/∂W
//	b -= rate * ∂loss/∂b
//
// The loss is convex: every minimum is a global one, and zero weights are a
// good start (C. M. Bishop, Pattern Recognition and Machine Learning, 2006,
// section 4.3.4).
//
// # Where to start reading
//
//	../examples/tutorial  all of this in one file of plain Go
//	softmax.go            softmax, the loss, and p - onehot(y)
//	dense.go              an SGD step: logits, gradient, backward, update
//	sparse.go, center.go  the same step on sparse rows, for centered features
//	fit.go, stream.go     epochs of steps on rows in memory, and on a stream
//	safetensors.go        reads and writes model files
//	internal/kernel       the inner loops
//	internal/team         the workers that share a step
