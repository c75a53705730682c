package dataset_test

import (
	"bytes"
	"fmt"
	"image"
	"log"
	"math/rand/v2"
	"os"

	"github.com/seed-cd6415d7/digits/dataset"
)

// fourDigits is a set of four images of one pixel each.
var fourDigits = &dataset.Set{
	Images: []uint8{10, 20, 30, 40},
	Labels: []int{1, 2, 3, 4},
	Width:  1, Height: 1, Classes: 10,
}

func ExampleLoad() {
	train, test, err := dataset.Load(os.DirFS("mnist"))
	if err != nil {
		log.Fatal(err) // if files are missing, this says how to get them
	}
	validation, train := train.Slice(0, 5000), train.Slice(5000, train.Len())
	fmt.Println(train.Len(), validation.Len(), test.Len())
}

func ExampleRead() {
	images := []byte{0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 2, 0, 255, 255, 0}
	labels := []byte{0, 0, 8, 1, 0, 0, 0, 1, 7}
	set, err := dataset.Read(bytes.NewReader(images), bytes.NewReader(labels), 10)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(set.Image(0), set.Labels[0])
	// Output: [0 255 255 0] 7
}

func ExampleSet_Batches() {
	rng := rand.New(rand.NewPCG(1, 2))
	for epoch := range 2 {
		for images, labels := range fourDigits.Batches(3, rng) {
			fmt.Println(epoch, images, labels)
		}
	}
	// Output:
	// 0 [30 40 20] [3 4 2]
	// 0 [10] [1]
	// 1 [20 40 10] [2 4 1]
	// 1 [30] [3]
}

func ExampleSet_Gray() {
	fmt.Println(fourDigits.Gray(2).GrayAt(0, 0))
	// Output: {30}
}

func ExampleSet_Map() {
	// One feature, the brightness from 0 to 1.
	rows := fourDigits.Map(1, func(dst []float32, img *image.Gray) {
		dst[0] = float32(img.Pix[0]) / 50
	})
	fmt.Println(rows)
	// Output: [0.2 0.4 0.6 0.8]
}

func ExampleOneHot() {
	fmt.Println(dataset.OneHot(nil, []int{2, 0}, 3))
	// Output: [0 0 1 1 0 0]
}
