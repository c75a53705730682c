// Tutorial trains a softmax regression on MNIST, tests it, and reads pictures.
// In the root folder of the repository: go run ./examples/tutorial -data mnist
package main

import (
	"bytes"
	"cmp"
	"flag"
	"fmt"
	"image"
	_ "image/jpeg"
	_ "image/png"
	"io/fs"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"

	"github.com/seed-cd6415d7/digits/idx"
	"github.com/seed-cd6415d7/digits/imageprep"
)

// The original recipe. The rate, η, is for the summed loss of a batch.
const steps, batch, heldOut, rate = 1000, 100, 5000, 0.01

type picture [28 * 28]float64 // x: one number per pixel, 0 paper to 1 ink
type vector [10]float64       // y, z, p: one number per digit
type model struct {           // all zero at first
	W [10]picture // weights, 10x784
	b vector      // biases, 10
}

// logits returns a score for each digit: z = Wx + b.
func (m *model) logits(x picture) vector {
	z := m.b
	for k := range z {
		for i := range x {
			z[k] += m.W[k][i] * x[i]
		}
	}
	return z
}

// softmax turns scores into probabilities: p_k = exp(z_k) / Σ_j exp(z_j).
func softmax(z vector) (p vector) {
	var sum float64
	largest := slices.Max(z[:])
	for k := range z {
		p[k] = math.Exp(z[k] - largest) // the same p, but exp cannot overflow
		sum += p[k]
	}
	for k := range p {
		p[k] /= sum
	}
	return p
}

// crossEntropy returns the loss L = -Σ_k y_k log p_k. Only one y_k is not 0.
func crossEntropy(p, y vector) float64 { return -math.Log(p[argmax(y)]) }
func argmax(v vector) int              { return slices.Index(v[:], slices.Max(v[:])) }

// gradient returns the derivatives of the loss with respect to the scores:
// ∂L/∂z = p - y.
func gradient(p, y vector) vector {
	for k := range p {
		p[k] -= y[k]
	}
	return p
}

// update makes one picture's part of an SGD step: W ← W - η ∂L/∂W and
// b ← b - η ∂L/∂b. By the chain rule, ∂L/∂W = (∂L/∂z)xᵀ and
// ∂L/∂b = ∂L/∂z.
func (m *model) update(dz vector, x picture) {
	for k := range dz {
		for i := range x {
			m.W[k][i] -= rate * dz[k] * x[i]
		}
		m.b[k] -= rate * dz[k]
	}
}

// step trains on some rows of images and labels. It returns their mean loss.
func (m *model) step(images, labels []uint8, rows []int) (loss float64) {
	before := *m // every picture of a batch sees the same weights
	for _, row := range rows {
		x, y := scale(images, row), vector{}
		y[labels[row]] = 1 // one-hot: 1 for the true digit, 0 for the others
		p := softmax(before.logits(x))
		loss += crossEntropy(p, y) / float64(len(rows))
		m.update(gradient(p, y), x)
	}
	return loss
}

// scale returns one row of images as a picture: 0 to 255 become 0 to 1.
func scale(images []uint8, row int) (x picture) {
	for i := range x {
		x[i] = float64(images[row*len(x)+i]) / 255
	}
	return x
}

// readSet returns images and their labels: the training set or the test set.
func readSet(dir, name string) (images, labels []uint8) {
	images, labels = read(dir, name+"-images-idx3-ubyte"), read(dir, name+"-labels-idx1-ubyte")
	ok := len(labels) > 0 && len(images) == 784*len(labels) && slices.Max(labels) <= 9
	check(ok, "%s: the %s files differ from MNIST's; want images of 28x28 pixels, each with a label from 0 to 9", dir, name)
	return images, labels
}

// read returns the numbers in an IDX file, compressed or not, row by row.
func read(dir, name string) []uint8 {
	files, _ := fs.Glob(os.DirFS(dir), name+"*")
	check(files != nil, "no %s.gz in %s: get https://ossci-datasets.s3.amazonaws.com/mnist/%[1]s.gz", name, dir)
	return must(idx.Decode[uint8](bytes.NewReader(load(filepath.Join(dir, files[0]))))).Data
}

// load returns the content of a file. It does not wait for a pipe's writer.
func load(name string) []byte {
	check(must(os.Stat(name)).Mode().IsRegular(), "%s is not a regular file", name)
	return must(os.ReadFile(name))
}

func must[T any](v T, err error) T {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	return v
}

// check ends the program with a message unless all is well.
func check(ok bool, problem string, details ...any) {
	if !ok {
		must(0, fmt.Errorf(problem, details...))
	}
}

// train makes the given number of steps. It prints every hundredth loss.
func (m *model) train(images, labels []uint8, steps int) {
	rng, order := rand.New(rand.NewPCG(1, 2)), []int{}
	for step := 1; step <= steps; step++ {
		if len(order) < batch {
			order = rng.Perm(len(labels)) // a random order of all rows
		}
		loss := m.step(images, labels, order[:batch])
		order = order[batch:]
		if step%100 == 0 {
			must(fmt.Printf("step %4d: loss %.3f\n", step, loss))
		}
	}
}

// accuracy returns the share of images that the model reads right.
func (m *model) accuracy(images, labels []uint8) float64 {
	right := 0
	for row, label := range labels {
		if argmax(m.logits(scale(images, row))) == int(label) {
			right++
		}
	}
	return float64(right) / float64(len(labels))
}

// predict prints an answer for each of the files in a folder.
func (m *model) predict(folder string, files []string) {
	one := &imageprep.Options{One: true} // each picture shows one digit
	for _, file := range files {
		must(fmt.Printf("%-18s expected %c, ", file, file[0]))
		img, _, err := image.Decode(bytes.NewReader(load(filepath.Join(folder, file))))
		digit := must(imageprep.Prepare(must(img, err), one)) // 28x28, as MNIST
		must(fmt.Printf("predicted %d\n", argmax(m.logits(scale(digit.Image.Pix, 0)))))
	}
}

// run trains on the data, tests the model, and reads the pictures.
func run(data, pictures string, steps int) {
	images, labels := readSet(data, "train")              // 60000x784 and 60000
	testImages, testLabels := readSet(data, "t10k")       // 10000x784 and 10000
	files := must(fs.Glob(os.DirFS(pictures), "[0-9]_*")) // 8_3.png, for example, shows an 8
	check(len(labels) >= heldOut+batch, "%d training images in %s; want %d or more", len(labels), data, heldOut+batch)
	check(files != nil, "%s is no folder with pictures such as 8_3.png: name one, or run this in the root of the repository", pictures)
	m := new(model)
	m.train(images[heldOut*784:], labels[heldOut:], steps) // 55000 of them
	must(fmt.Printf("test accuracy: %.2f %%\n", 100*m.accuracy(testImages, testLabels)))
	m.predict(pictures, files)
}

func main() {
	data := flag.String("data", "mnist", "the `folder` with the four MNIST files")
	flag.Parse()
	check(flag.NArg() <= 1, "unexpected argument %q; want one folder of pictures", flag.Arg(1))
	run(cmp.Or(*data, "."), cmp.Or(flag.Arg(0), "examples/predict/test_num"), steps)
}
