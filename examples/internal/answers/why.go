package answers

import (
	"cmp"
	"image"
	"slices"

	"github.com/seed-cd6415d7/digits/examples/internal/pictures"
	"github.com/seed-cd6415d7/digits/examples/reader"
	"github.com/seed-cd6415d7/digits/imageprep"
)

// A WhyObject says why a model prefers a class to its rival, see reader.Why.
// Others are the names of all other classes, the most probable first.
type WhyObject struct {
	Class      string   `json:"class"`
	Rival      string   `json:"rival"`
	Difference float32  `json:"difference"`
	Empty      float32  `json:"empty"`
	Strokes    []Stroke `json:"strokes"` // the strongest last
	Image      []byte   `json:"image"`   // 28x28 pixels, in base64
	Others     []string `json:"others"`
}

// A Stroke is a reader.Stroke.
type Stroke struct {
	X1           float32 `json:"x1"`
	Y1           float32 `json:"y1"`
	X2           float32 `json:"x2"`
	Y2           float32 `json:"y2"`
	Width        float32 `json:"width"`
	Contribution float32 `json:"contribution"`
}

// Why says why the model prefers a class to a rival. The pixels are those of
// Judged.Seen. class and rival are names of classes or "no digit". An empty
// class means the model's answer. An empty rival means the most probable one.
func Why(r *reader.Reader, pixels []byte, class, rival string) (*WhyObject, error) {
	if len(pixels) != imageprep.Size*imageprep.Size {
		return nil, Errorf(BadRequest, `%d bytes; want 784: the pixels of a digit, as v1/read?details=true tells them in "seen", decoded from base64`, len(pixels))
	}
	img := image.NewGray(image.Rect(0, 0, imageprep.Size, imageprep.Size))
	copy(img.Pix, pixels)
	a, err := r.Raw(img)
	if err != nil {
		return nil, err
	}
	ranked := candidates(r, a)
	c, err := choose(r, ranked, "class", class)
	if err != nil {
		return nil, err
	}
	others := slices.DeleteFunc(ranked, func(other int) bool { return other == c })
	against, err := choose(r, others, "rival", rival)
	if err != nil {
		return nil, err
	}
	w := a.Why(c, against)
	o := &WhyObject{Class: w.Class, Rival: w.Rival, Difference: w.Difference, Empty: w.Empty, Strokes: []Stroke{}, Image: w.Image.Pix}
	for _, s := range w.Strokes() {
		o.Strokes = append(o.Strokes, Stroke(s))
	}
	for _, other := range others {
		o.Others = append(o.Others, nameOf(a, other))
	}
	return o, nil
}

// candidates returns all classes and, if the model knows it, reader.None. The
// most probable one comes first.
func candidates(r *reader.Reader, a reader.Answer) []int {
	var list []int
	for class := range a.Probabilities {
		list = append(list, class)
	}
	probability := func(class int) float32 {
		if class == reader.None {
			return a.None
		}
		return a.Probabilities[class]
	}
	if r.Model().Classes() > len(list) {
		list = append(list, reader.None)
	}
	slices.SortStableFunc(list, func(x, y int) int { return cmp.Compare(probability(y), probability(x)) })
	return list
}

func nameOf(a reader.Answer, class int) string {
	if class == reader.None {
		return pictures.NoDigit
	}
	return a.NameOf(class)
}

// choose returns the class of this name in a list, or the first one for an
// empty name. what is the name of the option.
func choose(r *reader.Reader, list []int, what, name string) (int, error) {
	if name == "" {
		return list[0], nil
	}
	class, hasNone := reader.None, r.Model().Classes() > len(r.Classes())
	if name != pictures.NoDigit || !hasNone {
		if class = slices.Index(r.Classes(), name); class < 0 {
			return class, Errorf(BadRequest, "%s=%.40q; there is no such class: v1/model lists the classes", what, name)
		}
	}
	if !slices.Contains(list, class) {
		return class, Errorf(BadRequest, "%s=%.40q; want the name of another class", what, name)
	}
	return class, nil
}
