package softmax

import (
	"fmt"
	"math"
)

// BalancedWeights returns weights for [Trainer.ClassWeights]. With them, a
// class with few rows counts as much as one with many:
//
//	weight[k] = n / (c * rows with label k)
//
// n is the number of labels y, and c the number of classes that have rows. The
// mean weight of the rows is 1. A class without rows gets 0.
//
// A model that is trained with these weights finds rare classes more often. Its
// probabilities are for data in which all classes are equally frequent.
func BalancedWeights(y []int, classes int) []float32 {
	checkLabels(y, len(y), classes)
	rows := make([]int, classes)
	used := 0
	for _, label := range y {
		if rows[label]++; rows[label] == 1 {
			used++
		}
	}
	weights := make([]float32, classes)
	for k, n := range rows {
		if n > 0 {
			weights[k] = float32(float64(len(y)) / (float64(used) * float64(n)))
		}
	}
	return weights
}

// checkWeights panics if weights are too few, too many or out of range.
func (t *Trainer) checkWeights(rows int) {
	if t.ClassWeights != nil && len(t.ClassWeights) != t.model.classes {
		panic(fmt.Sprintf("softmax: %d ClassWeights, want one for each of %d classes", len(t.ClassWeights), t.model.classes))
	}
	if t.RowWeights != nil && len(t.RowWeights) != rows {
		panic(fmt.Sprintf("softmax: %d RowWeights, want one for each of %d rows", len(t.RowWeights), rows))
	}
	check := func(name string, weights []float32) {
		for i, w := range weights {
			if !(w >= 0 && w <= math.MaxFloat32) {
				panic(fmt.Sprintf("softmax: %s[%d] = %v, want a finite number of at least 0", name, i, w))
			}
		}
	}
	check("ClassWeights", t.ClassWeights)
	check("RowWeights", t.RowWeights)
}

// weigh returns the weights of rows with labels y, in memory that the trainer
// keeps. It returns nil if there are no weights.
func (t *Trainer) weigh(y []int) []float32 {
	if t.ClassWeights == nil && t.RowWeights == nil {
		return nil
	}
	t.checkWeights(len(y))
	t.weights = resize(t.weights, len(y))
	for i, label := range y {
		w := float32(1)
		if t.ClassWeights != nil {
			w = t.ClassWeights[label]
		}
		if t.RowWeights != nil {
			w = float32(w * t.RowWeights[i])
		}
		if w > math.MaxFloat32 {
			panic(fmt.Sprintf("softmax: ClassWeights[%d] times RowWeights[%d] is infinite, want smaller weights", label, i))
		}
		t.weights[i] = w
	}
	return t.weights
}
