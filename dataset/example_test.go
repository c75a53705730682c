package dataset_test

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"log"
	"math/rand/v2"
	"os"
	"strings"
	"testing/fstest"

	"github.com/seed-cd6415d7/digits/dataset"
)

// fourDigits is a set of four images of one pixel each.
var fourDigits = &dataset.Set{
	Images: []uint8{10, 20, 30, 40},
	Labels: []int{1, 2, 3, 4},
	Width:  1, Height: 1, Classes: 10,
}

func ExampleFetch() {
	// The first call downloads to the user's cache, later calls read from
	// it.
	train, test, err := dataset.Fetch(context.Background(), "emnist-letters", "", nil)
	if err != nil {
		log.Fatal(err) // tells what was tried, and how to do it by hand
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
	labels := fashion.Files[3]
	fmt.Println(fashion.Name, fashion.Classes[9])
	fmt.Println(labels.Name, labels.Size, "bytes")
	// Output:
	// fashion-mnist Ankle boot
	// t10k-labels-idx1-ubyte.gz 5148 bytes
}

func ExampleSources() {
	for _, s := range dataset.Sources() {
		fmt.Printf("%s: %s\n", s.Name, s.About)
	}
	// Output:
	// mnist: handwritten digits, the classic
	// fashion-mnist: pictures of clothes
	// kmnist: cursive Japanese characters from old books
	// qmnist: MNIST rebuilt, with more test images and writer ids
	// emnist-byclass: handwritten digits, capitals and small letters
	// emnist-bymerge: byclass, but letters that look alike share a class
	// emnist-balanced: bymerge, with as many images of each class
	// emnist-letters: handwritten letters, capital or small
	// emnist-digits: handwritten digits, more than MNIST has
	// emnist-mnist: handwritten digits, as many as MNIST has
}

func ExampleSet_Split() {
	// A folder that was packed class by class is in the order of its labels.
	set := &dataset.Set{
		Images: []uint8{10, 20, 30, 40, 50, 60},
		Labels: []int{0, 0, 0, 0, 1, 1},
		Width:  1, Height: 1, Classes: 2, Names: []string{"circle", "square"},
	}
	train, validation := set.Split(3, rand.New(rand.NewPCG(1, 2)))
	fmt.Println(train.Images, train.Labels, train.Counts())
	fmt.Println(validation.Images, validation.Labels, validation.Counts())

	// Without a random source it takes the first of each class.
	_, validation = set.Split(3, nil)
	fmt.Println(validation.Images, validation.Labels)
	// Output:
	// [10 40 50] [0 0 1] [2 1]
	// [20 60 30] [0 1 0] [2 1]
	// [10 20 50] [0 0 1]
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
		log.Fatal(err) // tells how to get missing files
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

func ExampleReadCSV() {
	set, err := dataset.ReadCSV(strings.NewReader(`label,pixel0,pixel1,pixel2,pixel3
7,0,255,255,0
1,0,255,0,255
`), 10)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(set.Width, set.Height, set.Pixels(0), set.Labels)

	_, err = dataset.ReadCSV(strings.NewReader("7,0,255,256,0"), 10)
	fmt.Println(err)
	// Output:
	// 2 2 [0 255 255 0] [7 1]
	// dataset: csv: line 1, column 4: got "256", want a pixel from 0 to 255
}

func ExampleFind() {
	fsys := fstest.MapFS{
		"MNIST/raw/train-images-idx3-ubyte.gz": {}, "MNIST/raw/train-labels-idx1-ubyte.gz": {},
		"MNIST/raw/t10k-images.ubyte": {}, "MNIST/raw/t10k-labels.ubyte": {},
	}
	names, err := dataset.Find(fsys)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(names[0])
	fmt.Println(names[3])
	// Output:
	// MNIST/raw/train-images-idx3-ubyte.gz
	// MNIST/raw/t10k-labels.ubyte
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
	// The only feature is the brightness, from 0 to 1.
	rows := fourDigits.Map(1, func(dst []float32, img *image.Gray) {
		dst[0] = float32(img.Pix[0]) / 255
	})
	fmt.Printf("%.2f\n", rows)
	// Output: [0.04 0.08 0.12 0.16]
}

func ExampleOneHot() {
	fmt.Println(dataset.OneHot(nil, []int{2, 0}, 3))
	// Output: [0 0 1 1 0 0]
}
