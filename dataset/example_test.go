package dataset_test

import (
	"bytes"
	"context"
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

func ExampleFetch() {
	// From the user's cache folder; downloaded to there the first time.
	train, test, err := dataset.Fetch(context.Background(), "emnist-letters", "", nil)
	if err != nil {
		log.Fatal(err) // what was tried, and what to type to do it by hand
	}
	fmt.Println(train.Len(), test.Len(), train.Names[train.Labels[0]])
}

func ExampleSource_Download() {
	mnist, err := dataset.Lookup("mnist")
	if err != nil {
		log.Fatal(err)
	}
	dir, err := mnist.Download(context.Background(), "data/mnist", &dataset.FetchOptions{
		Mirrors:  []string{"http://mirror.example/mnist/"}, // your own
		Progress: func(p dataset.FetchProgress) { fmt.Println(p.File, p.Done, "of", p.Total) },
	})
	if err != nil {
		log.Fatal(err)
	}
	train, test, err := mnist.Load(os.DirFS(dir))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(train.Len(), test.Len())
}

func ExampleLookup() {
	fashion, err := dataset.Lookup("fashion")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(fashion.Name, fashion.Classes[9])
	fmt.Println(fashion.Files[3].Name, fashion.Files[3].Size, fashion.Files[3].Mirrors[0])
	_, err = dataset.Lookup("emnist")
	fmt.Println(err)
	// Output:
	// fashion-mnist Ankle boot
	// t10k-labels-idx1-ubyte.gz 5148 https://github.com/zalandoresearch/fashion-mnist/raw/master/data/fashion/
	// dataset: no data set is called "emnist"; there are mnist, fashion-mnist, kmnist, qmnist, emnist-byclass, emnist-bymerge, emnist-balanced, emnist-letters, emnist-digits, emnist-mnist
}

func ExampleSources() {
	for _, s := range dataset.Sources() {
		fmt.Printf("%-16s %2d classes, %s\n", s.Name, len(s.Classes), s.About)
	}
	// Output:
	// mnist            10 classes, handwritten digits, the classic
	// fashion-mnist    10 classes, pictures of clothes, by Zalando
	// kmnist           10 classes, cursive Japanese characters of old books, Kuzushiji-MNIST
	// qmnist           10 classes, MNIST made anew from its source: 60,000 test images, and who wrote each digit
	// emnist-byclass   62 classes, handwritten digits, capitals and small letters
	// emnist-bymerge   47 classes, the same, small letters that look like their capitals counted as these
	// emnist-balanced  47 classes, a part of bymerge with as many images of each class
	// emnist-letters   26 classes, handwritten letters, capital and small ones counted as one
	// emnist-digits    10 classes, handwritten digits, more than MNIST's
	// emnist-mnist     10 classes, handwritten digits, as many as MNIST's
}

func ExampleSet_SplitByWriter() {
	set := &dataset.Set{
		Images: []uint8{10, 20, 30, 40, 50},
		Labels: []int{1, 2, 3, 4, 5},
		Width:  1, Height: 1, Classes: 10,
		WriterIDs: []int{7, 8, 7, 9, 8},
	}
	train, validation := set.SplitByWriter(2, nil)
	fmt.Println(train.Labels, train.WriterIDs)
	fmt.Println(validation.Labels, validation.WriterIDs)
	// Output:
	// [2 4 5] [8 9 8]
	// [1 3] [7 7]
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
	fmt.Println(set.Pixels(0), set.Labels[0])
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

func ExampleSet_Image() {
	fmt.Println(fourDigits.Image(2).GrayAt(0, 0))
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
