package main

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/seed-cd6415d7/digits/dataset"
	"github.com/seed-cd6415d7/digits/examples/internal/cli"
	"github.com/seed-cd6415d7/digits/idx"
	"github.com/seed-cd6415d7/digits/imageprep"
	"github.com/seed-cd6415d7/digits/softmax"
)

// epochsPerRun makes a run of this module about as long as one of PyTorch, so a
// change of the machine's speed affects both alike.
const epochsPerRun = 9

// learner returns a model and a runner that trains it from zero weights, by SGD
// with rate 0.5. A run trains epochsPerRun times for an epoch, each in a new
// order of the rows. The sample is the mean time of an epoch, and the accuracy
// of the last model, which depends neither on the build nor on the cores.
func learner(b *bench, batch int) (*softmax.Model, runner) {
	pixels := b.train.Width * b.train.Height
	m, zeros := softmax.New(pixels, b.train.Classes), make([]float32, pixels*b.train.Classes)
	t := softmax.NewTrainer(m)
	t.Epochs, t.Batch = 1, batch
	return m, func(ctx context.Context) (sample, error) {
		s, err := timed(epochsPerRun, func(int) error {
			m.SetParameters(zeros, zeros[:m.Classes()])
			t.Seed++
			_, err := t.Fit(ctx, softmax.Bytes(b.train.Images), b.train.Labels)
			return err
		})(ctx)
		if err == nil {
			s.Accuracy = m.Accuracy(softmax.Bytes(b.test.Images), b.test.Labels)
		}
		return s, err
	}
}

// build compiles an example into the temporary folder and returns the program.
func (b *bench) build(ctx context.Context, example string, flags ...string) (program string, err error) {
	program = filepath.Join(b.folder, example+".exe") // Windows wants the ending
	args := append([]string{"build", "-buildvcs=false", "-o", program}, flags...)
	cmd := exec.CommandContext(ctx, "go", append(args, "github.com/seed-cd6415d7/digits/examples/"+example)...)
	cmd.WaitDelay = time.Second // for compilers that the go command started
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build: %w %s", err, bytes.TrimSpace(out))
	}
	return program, nil
}

// serveEpochs is the other side of a rival: another build of this program.
func (b *bench) serveEpochs(ctx context.Context, stdin io.Reader, stdout io.Writer) error {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	if err := cli.WriteJSON(stdout, greeting{Name: thisBuild()}, ""); err != nil {
		return err
	}
	_, train := learner(b, epochBatch)
	for lines := bufio.NewScanner(stdin); lines.Scan(); {
		runtime.GC()
		s, err := train(ctx)
		if err != nil {
			return err
		}
		if err := cli.WriteJSON(stdout, s, ""); err != nil {
			return err
		}
	}
	return nil
}

const epochBatch = 100 // also of rivals

// epochs measures an epoch on one core, with this program and with others.
func epochs(ctx context.Context, b *bench) *part {
	p := &part{title: fmt.Sprintf("Training: an epoch of SGD on %s rows of %d pixels, batches of %d, 1 core",
		cli.WithCommas(b.train.Len()), b.train.Width*b.train.Height, epochBatch)}
	_, train := learner(b, epochBatch)
	p.add(thisBuild(), "ms", 1, train)
	if program, err := b.build(ctx, "bench", "-tags", "purego"); err != nil {
		b.leaveOut(ctx, "this module without assembly", err)
	} else {
		p.addRival(ctx, b, "purego", []string{program, "-serve", "-data", b.raw()})
	}
	torch := p.addRival(ctx, b, "PyTorch", b.pythons("torch")...)
	if torch != nil {
		p.addRival(ctx, b, "PyTorch in the file's order", b.pythons("torch-ordered")...)
	}
	p.addRival(ctx, b, "scikit-learn", b.pythons("sklearn")...)
	for _, m := range p.measurements {
		if m != torch {
			m.than = torch
		}
	}
	return p
}

// workers measures an epoch on one core and on two.
func workers(ctx context.Context, b *bench) *part {
	p := &part{title: fmt.Sprintf("Training: an epoch on 1 and 2 cores, %s rows", cli.WithCommas(b.train.Len()))}
	if runtime.NumCPU() < 2 {
		b.leaveOut(ctx, "a second core", errors.New("there is none"))
		return p
	}
	for _, batch := range []int{100, 1000} {
		var one *measurement
		for cores := 1; cores <= 2; cores++ {
			name := fmt.Sprintf("batches of %s, %s", cli.WithCommas(batch), coresText(cores))
			_, train := learner(b, batch)
			m := p.add(name, "ms", cores, train)
			m.short, m.than, one = coresText(cores), one, m
		}
	}
	return p
}

const sparseNonzeros, sparseBatch, sparseClasses = 100, 100, 20

// sparseSteps measures training on rows with few nonzeros, as texts have them.
func sparseSteps(context.Context, *bench) *part {
	p := &part{title: fmt.Sprintf("Training on sparse rows of %d nonzeros, batches of %d, %d classes, 1 core: one row",
		sparseNonzeros, sparseBatch, sparseClasses)}
	for _, features := range []int{1e4, 1e6} {
		name := cli.WithCommas(features) + " features"
		p.add(name, "µs", 1, sparseStep(softmax.New(features, sparseClasses), 0, 0))
		p.add(name+", with L2 and Averaging", "µs", 1, sparseStep(softmax.New(features, sparseClasses), 1e-6, 8))
	}
	return p
}

// sparseStep measures steps on ten batches of random rows, in turn.
func sparseStep(m *softmax.Model, l2, averaging float32) runner {
	t := softmax.NewTrainer(m)
	t.L2, t.Averaging = l2, averaging
	rng := rand.New(rand.NewPCG(1, 2))
	batches := make([]softmax.Data, 10)
	for i := range batches {
		x := softmax.Sparse{Start: []int{0}}
		y := make([]int, sparseBatch)
		for k := range y {
			y[k] = rng.IntN(sparseClasses)
			for range sparseNonzeros {
				x.Index = append(x.Index, rng.Int32N(int32(m.Features())))
				x.Value = append(x.Value, rng.Float32())
			}
			x.Start = append(x.Start, len(x.Index))
		}
		batches[i] = softmax.Data{X: x, Y: y}
	}
	run := timed(100, func(i int) error {
		batch := &batches[i%len(batches)]
		_, err := t.Step(batch.X, batch.Y)
		return err
	})
	return func(ctx context.Context) (sample, error) {
		s, err := run(ctx)
		s.Seconds /= sparseBatch
		return s, err
	}
}

// trainings measures examples/train as a whole process.
func trainings(ctx context.Context, b *bench) *part {
	p := &part{title: "examples/train as a process, from the files to the tested model, all cores"}
	program, err := b.build(ctx, "train")
	if err != nil {
		b.leaveOut(ctx, "examples/train", err)
		return p
	}
	training := func(args ...string) runner {
		return func(ctx context.Context) (sample, error) {
			return process(exec.CommandContext(ctx, program, append(args, "-json")...))
		}
	}
	p.add("-features pixels -epochs 1 -holdout 0, from uncompressed files", "ms", 0,
		training("-data", b.raw(), "-features", "pixels", "-epochs", "1", "-holdout", "0"))
	p.add("the default recipe, from compressed files", "s", 0, training("-data", b.compressed()))
	return p
}

// process runs a training. The last line of its output holds the accuracy.
func process(cmd *exec.Cmd) (sample, error) {
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	begin := time.Now()
	err := cmd.Run()
	s := sample{Seconds: time.Since(begin).Seconds()}
	if err != nil {
		return s, fmt.Errorf("%w: %s", err, lastLine(stderr.String()))
	}
	var result struct {
		TestAccuracy float64 `json:"test_accuracy"`
	}
	if err := json.Unmarshal([]byte(lastLine(stdout.String())), &result); err != nil {
		return s, fmt.Errorf("output of examples/train: %w", err)
	}
	s.Accuracy = result.TestAccuracy
	return s, nil
}

// raw and compressed are folders with the four files of the data and, if the
// classes have names, classes.txt.
func (b *bench) raw() string        { return filepath.Join(b.folder, "raw") }
func (b *bench) compressed() string { return filepath.Join(b.folder, "compressed") }

// writeFolders makes both folders.
func (b *bench) writeFolders() error {
	err := errors.Join(os.Mkdir(b.raw(), 0o777), os.Mkdir(b.compressed(), 0o777))
	for prefix, s := range map[string]*dataset.Set{"train": b.train, "t10k": b.test} {
		labels := make([]uint8, s.Len())
		for i, label := range s.Labels {
			labels[i] = uint8(label)
		}
		err = errors.Join(err,
			b.writeFile(prefix+"-images-idx3-ubyte", s.Images, s.Len(), s.Height, s.Width),
			b.writeFile(prefix+"-labels-idx1-ubyte", labels, s.Len()))
	}
	if names := b.train.Names; names != nil {
		lines := []byte(strings.Join(names, "\n"))
		for _, folder := range []string{b.raw(), b.compressed()} {
			err = errors.Join(err, os.WriteFile(filepath.Join(folder, "classes.txt"), lines, 0o666))
		}
	}
	return err
}

// writeFile writes a file to both folders. If the user's folder has the file in
// compressed form, writeFile copies it.
func (b *bench) writeFile(name string, content []uint8, dims ...int) error {
	var raw, packed bytes.Buffer
	err := idx.Encode(&raw, &idx.Array[uint8]{Dims: dims, Data: content})
	data, missing := os.ReadFile(filepath.Join(b.data.Data, name+".gz"))
	if missing != nil {
		z := gzip.NewWriter(&packed)
		z.Write(raw.Bytes()) // Close returns the error, if there is one
		err = errors.Join(err, z.Close())
		data = packed.Bytes()
	}
	return errors.Join(err, os.WriteFile(filepath.Join(b.raw(), name), raw.Bytes(), 0o666),
		os.WriteFile(filepath.Join(b.compressed(), name+".gz"), data, 0o666))
}

// loads measures dataset.Load.
func loads(_ context.Context, b *bench) *part {
	cores, images := min(2, runtime.NumCPU()), cli.WithCommas(b.train.Len()+b.test.Len())
	p := &part{title: fmt.Sprintf("Load: %s images from the four files, %s", images, coresText(cores))}
	load := func(folder string) runner {
		return timed(1, func(int) error {
			_, _, err := dataset.Load(os.DirFS(folder))
			return err
		})
	}
	compressed := p.add("compressed", "ms", cores, load(b.compressed()))
	compressed.short = compressed.name
	p.add("uncompressed", "ms", cores, load(b.raw())).than = compressed
	return p
}

// predictions measures Predict and Evaluate, with a model of the pixels.
func predictions(ctx context.Context, b *bench) *part {
	p := &part{title: "Prediction, 1 core"}
	m, train := learner(b, epochBatch)
	if _, err := train(ctx); err != nil {
		b.leaveOut(ctx, "prediction", err)
		return p
	}
	// To make an interface value of a row takes time, so it is done here.
	rows := make([]softmax.Rows, b.test.Len())
	for i := range rows {
		rows[i] = softmax.Bytes(b.test.Pixels(i))
	}
	predict := func(rows []softmax.Rows) runner {
		return timed(200_000, func(i int) error {
			m.Predict(rows[i%len(rows)])
			return nil
		})
	}
	p.add("one row of bytes, the same again and again", "ns", 1, predict(rows[:1]))
	p.add("one row of bytes, different ones in turn", "ns", 1, predict(rows))
	p.add(fmt.Sprintf("Evaluate on %s rows of bytes", cli.WithCommas(len(rows))), "ms", 1, timed(10, func(int) error {
		m.Evaluate(softmax.Bytes(b.test.Images), b.test.Labels)
		return nil
	}))
	return p
}

// preparations measures how a picture becomes the input of a model.
func preparations(_ context.Context, b *bench) *part {
	p := &part{title: "Preparation: an image, 1 core"}
	pixels, vector := make([]float32, imageprep.Size*imageprep.Size), make([]float32, imageprep.DefaultHOG().Len())
	p.add("Deskew and HOG.Vector, images in turn", "µs", 1, timed(10_000, func(i int) error {
		imageprep.DefaultHOG().Vector(vector, imageprep.Deskew(pixels, b.test.Image(i%b.test.Len())))
		return nil
	}))
	photo := drawPhoto()
	p.add("Prepare of a decoded photograph of 4000x3000 pixels", "ms", 1, timed(2, func(int) error {
		d, err := imageprep.Prepare(photo, nil)
		if err == nil && d.Polarity != imageprep.DarkInk {
			err = fmt.Errorf("polarity %v", d.Polarity)
		}
		return err
	}))
	return p
}

// drawPhoto draws a 2 with a pen on paper, in the form of a decoded JPEG file.
func drawPhoto() *image.YCbCr {
	const width, height, paper, ink, radius = 4000, 3000, 225, 45, 120
	photo := image.NewYCbCr(image.Rect(0, 0, width, height), image.YCbCrSubsampleRatio420)
	for i := range photo.Y {
		photo.Y[i] = paper
	}
	for i := range photo.Cb {
		photo.Cb[i], photo.Cr[i] = 120, 131 // light of a lamp
	}
	two := [][2]int{{1410, 900}, {1650, 600}, {2100, 540}, {2430, 810}, {2370, 1260}, {1350, 2400}, {2550, 2340}}
	for k, from := range two[:len(two)-1] {
		to := two[k+1]
		for i := range 100 { // discs along the line
			cx, cy := from[0]+(to[0]-from[0])*i/100, from[1]+(to[1]-from[1])*i/100
			for y := -radius; y <= radius; y++ {
				for x := -radius; x <= radius; x++ {
					if x*x+y*y <= radius*radius {
						photo.Y[photo.YOffset(cx+x, cy+y)] = ink
					}
				}
			}
		}
	}
	return photo
}
