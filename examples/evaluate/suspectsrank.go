package main

import (
	"cmp"
	"context"
	"fmt"
	"image"
	"slices"

	"github.com/seed-cd6415d7/digits/dataset"
	"github.com/seed-cd6415d7/digits/examples/internal/folds"
	"github.com/seed-cd6415d7/digits/examples/internal/prepared"
	"github.com/seed-cd6415d7/digits/imageprep"
	"github.com/seed-cd6415d7/digits/softmax"
)

// A suspect is an image and what a model that has not seen it says about it.
type suspect struct {
	Row   int    `json:"row"`            // among all images, from 0
	File  string `json:"file,omitempty"` // of a picture
	Label string `json:"label"`

	// Instead is the most probable class other than the label.
	Instead            string  `json:"instead"`
	LabelProbability   float32 `json:"label_probability"`
	InsteadProbability float32 `json:"instead_probability"`

	// Margin is the logit of the label minus that of Instead. If it is
	// negative, the model does not agree with the label.
	Margin float32 `json:"margin"`
}

// suspects are the images whose labels are the least likely ones.
type suspects struct {
	Rows     int       `json:"rows"`
	Classes  []string  `json:"classes"`
	Unread   int       `json:"unread"`   // pictures
	Unjudged int       `json:"unjudged"` // rows without others of their class
	Disagree int       `json:"disagree"` // rows with another answer
	Folds    int       `json:"folds"`
	Seed     uint64    `json:"seed"`
	Suspects []suspect `json:"suspects"` // the least likely label comes first

	images *labeled
	counts []int // rows of each class

	fold   []int            // of each row
	models []*softmax.Model // of each fold: it has not seen the fold's rows
}

// mostFolds is the number of folds if there are enough rows. On MNIST with 1%
// and 5% of wrong labels, 5 folds find as many as 10, and 2 folds nearly as
// many. In a small set, models need every row.
const mostFolds = 10

// rank finds the n suspects. It ranks the rows by the margin: the logit of the
// label minus the largest other logit. A model that has not seen the row gives
// the logits.
//
// This is the margin of C. G. Northcutt, L. Jiang and I. L. Chuang, "Confident
// Learning: Estimating Uncertainty in Dataset Labels" (JAIR 70, 2021), but of
// logits: probabilities round to 0. The idea to judge labels by models that
// have not seen them is that of C. E. Brodley and M. A. Friedl, "Identifying
// Mislabeled Training Data" (JAIR 11, 1999).
func rank(ctx context.Context, images *labeled, n int, seed uint64) (*suspects, error) {
	s := &suspects{
		Rows: images.Len(), Unread: images.unread, Folds: min(mostFolds, images.Len()), Seed: seed,
		Classes: prepared.Names(images.Set), images: images, counts: images.Counts(),
	}
	comparable := 0
	for _, n := range s.counts {
		if n >= 2 {
			comparable++
		}
	}
	if comparable < 2 {
		return nil, fmt.Errorf("%s: classes with two images or more: %d; want at least two such classes, "+
			"because the others judge each image", images.what, comparable)
	}
	s.fold = folds.Assign(images.Labels, images.Classes, s.Folds, seed)
	x := vectors(ctx, images.Set)
	var err error
	s.models, err = folds.Models(ctx, x, images.Labels, s.fold, images.Classes,
		func(m *softmax.Model) *softmax.Trainer { return newTrainer(m, seed) })
	if err != nil {
		return nil, err
	}
	s.choose(folds.Judge(s.models, x, s.fold), n)
	return s, nil
}

// choose sets Suspects to the n rows with the lowest margins.
func (s *suspects) choose(logits []float32, n int) {
	classes := s.images.Classes
	margins := make([]float32, s.Rows)
	var order []int
	for i, label := range s.images.Labels {
		if s.counts[label] == 1 {
			s.Unjudged++ // its model does not know the class
			continue
		}
		z := logits[i*classes:][:classes]
		margins[i] = z[label] - z[instead(z, label)]
		if margins[i] < 0 {
			s.Disagree++
		}
		order = append(order, i)
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(margins[a], margins[b]) })
	identity := folds.Identity(classes)
	for _, i := range order[:min(n, len(order))] {
		label, z := s.images.Labels[i], logits[i*classes:][:classes]
		other, p := instead(z, label), identity.Probs(nil, softmax.Floats(z))
		suspect := suspect{
			Row: i, Label: s.Classes[label], Instead: s.Classes[other],
			LabelProbability: p[label], InsteadProbability: p[other], Margin: margins[i],
		}
		if s.images.pictures != nil {
			suspect.File = s.images.pictures[i].Path
		}
		s.Suspects = append(s.Suspects, suspect)
	}
}

// instead returns the class with the largest logit other than the label.
func instead(logits []float32, label int) int {
	best := -1
	for k, z := range logits {
		if k != label && (best < 0 || z > logits[best]) {
			best = k
		}
	}
	return best
}

// histograms are the features of images of 28x28 pixels.
var histograms = imageprep.Features{HOG: imageprep.DefaultHOG()}

// vectors returns what the models see: histograms of gradients, as in the
// default recipe of examples/train, or the pixels of images that are not 28x28.
// When ctx is done, the rest of the vectors are zeros.
func vectors(ctx context.Context, s *dataset.Set) softmax.Floats {
	length, vector := histograms.Len(), histograms.Vector
	if s.Width != imageprep.Size || s.Height != imageprep.Size {
		length, vector = s.Width*s.Height, imageprep.Float32
	}
	return s.Map(length, func(dst []float32, img *image.Gray) {
		if ctx.Err() == nil {
			vector(dst, img)
		}
	})
}

// newTrainer returns a trainer with the default recipe of examples/train. The
// rate is 1 for histograms. It falls with the number of features, because
// centered rows then grow.
func newTrainer(m *softmax.Model, seed uint64) *softmax.Trainer {
	t := softmax.NewTrainer(m)
	t.Epochs, t.Batch, t.Averaging, t.Center, t.Seed = 6, 50, 8, true, seed
	t.Rate = min(1, float32(imageprep.DefaultHOG().Len())/float32(m.Features()))
	return t
}
