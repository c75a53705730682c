package reader

import (
	"fmt"
	"slices"

	"github.com/seed-cd6415d7/digits/imageprep"
	"github.com/seed-cd6415d7/digits/softmax"
)

// Names of a model's tensors. If the features have components, these are their
// Weight, [components, numbers], and Bias, [components].
const (
	ComponentsWeight = "components.weight"
	ComponentsBias   = "components.bias"
)

// Tensors returns the tensors that a model must store with the text of its
// features: the components, if there are any. It does not copy them.
func Tensors(f imageprep.Features) map[string]softmax.Tensor {
	c := f.Components
	if c == nil {
		return nil
	}
	return map[string]softmax.Tensor{
		ComponentsWeight: {Shape: []int{len(c.Bias), len(c.Weight) / len(c.Bias)}, Data: c.Weight},
		ComponentsBias:   {Shape: []int{len(c.Bias)}, Data: c.Bias},
	}
}

// setComponents sets the components of features from a model's tensors. It is
// an error if the tensors do not have the shapes that the features want.
func setComponents(f *imageprep.Features, tensors map[string]softmax.Tensor) error {
	if f.Components == nil {
		return nil
	}
	k := len(f.Components.Bias)
	weight, bias := tensors[ComponentsWeight], tensors[ComponentsBias]
	if !slices.Equal(weight.Shape, []int{k, f.HOG.Len()}) || !slices.Equal(bias.Shape, []int{k}) {
		return fmt.Errorf("the model has the tensors %s of shape %v and %s of shape %v; want the shapes [%d %d] and [%d] for the features %q",
			ComponentsWeight, weight.Shape, ComponentsBias, bias.Shape, k, f.HOG.Len(), k, *f)
	}
	if len(weight.Data) != k*f.HOG.Len() || len(bias.Data) != k {
		return fmt.Errorf("the model's tensors %s and %s have %d and %d numbers; want %d and %d, as their shapes say",
			ComponentsWeight, ComponentsBias, len(weight.Data), len(bias.Data), k*f.HOG.Len(), k)
	}
	f.Components = &imageprep.Components{Weight: weight.Data, Bias: bias.Data}
	return nil
}
