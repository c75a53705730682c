package idx_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"strings"

	"github.com/seed-cd6415d7/digits/idx"
)

// twoImages is an IDX file of two images of 2 x 3 pixels.
const twoImages = "\x00\x00\x08\x03" +
	"\x00\x00\x00\x02" + "\x00\x00\x00\x02" + "\x00\x00\x00\x03" +
	"\x00\xff\x00" + "\x00\xff\x00" +
	"\xff\xff\xff" + "\x80\x00\x80"

func ExampleDecode() {
	// Usually f is a file: f, err := os.Open("train-images-idx3-ubyte.gz")
	f := strings.NewReader(twoImages)

	images, err := idx.Decode[uint8](f)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(images.Dims)
	for i := range images.Len() {
		fmt.Println(images.Item(i))
	}
	// Output:
	// [2 2 3]
	// [0 255 0 0 255 0]
	// [255 255 255 128 0 128]
}

func ExampleDecode_error() {
	_, err := idx.Decode[uint8](strings.NewReader(twoImages[:20]))
	fmt.Println(err)
	fmt.Println(errors.Is(err, io.ErrUnexpectedEOF))

	_, err = idx.Decode[uint8](strings.NewReader("<html>"))
	var format *idx.FormatError
	if errors.As(err, &format) {
		fmt.Printf("%s: got %s\n", format.Field, format.Got)
	}
	// Output:
	// idx: offset 20: data: got 4 bytes, want 12 bytes: unexpected EOF
	// true
	// kind of file: got a web page
}

func ExampleReadHeader() {
	h, err := idx.ReadHeader(strings.NewReader(twoImages))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(h.Type, h.Dims)
	fmt.Println(h.Len(), "items of", h.ItemLen(), "elements")
	// Output:
	// uint8 [2 2 3]
	// 2 items of 6 elements
}

func ExampleEncode() {
	labels := &idx.Array[uint8]{Dims: []int{4}, Data: []uint8{5, 0, 4, 1}}

	var b bytes.Buffer
	if err := idx.Encode(&b, labels); err != nil {
		log.Fatal(err)
	}
	fmt.Printf("% x\n", b.Bytes())
	// Output:
	// 00 00 08 01 00 00 00 04 05 00 04 01
}

func ExampleReader_All() {
	r, err := idx.NewReader[uint8](strings.NewReader(twoImages))
	if err != nil {
		log.Fatal(err)
	}
	for image, err := range r.All() {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(image)
	}
	// Output:
	// [0 255 0 0 255 0]
	// [255 255 255 128 0 128]
}

// If a file is truncated, All yields the complete items and then the error.
func ExampleReader_All_truncated() {
	r, err := idx.NewReader[uint8](strings.NewReader(twoImages[:25]))
	if err != nil {
		log.Fatal(err)
	}
	for image, err := range r.All() {
		fmt.Println(image, err)
	}
	// Output:
	// [0 255 0 0 255 0] <nil>
	// [] idx: offset 25: data: got 9 bytes, want 12 bytes: unexpected EOF
}

func ExampleReader_Next() {
	r, err := idx.NewReader[uint8](strings.NewReader(twoImages))
	if err != nil {
		log.Fatal(err)
	}
	var image []uint8 // the first Next allocates it, the others reuse it
	for {
		image, err = r.Next(image)
		if err == io.EOF {
			break
		}
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(image)
	}
	// Output:
	// [0 255 0 0 255 0]
	// [255 255 255 128 0 128]
}

func ExampleWriter() {
	f, err := os.CreateTemp("", "example")
	if err != nil {
		log.Fatal(err)
	}
	defer os.Remove(f.Name())
	defer f.Close()

	// The number of points is not known yet.
	w, err := idx.NewWriter[int16](f, idx.Unknown, 2)
	if err != nil {
		log.Fatal(err)
	}
	for x := int16(0); x*x < 10; x++ {
		if err := w.Write([]int16{x, x * x}); err != nil {
			log.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		log.Fatal(err)
	}

	f.Seek(0, io.SeekStart)
	points, err := idx.Decode[int16](f)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(points.Dims, points.Data)
	// Output:
	// [4 2] [0 0 1 1 2 4 3 9]
}

func ExampleReaderAt() {
	// For a file, f.Stat returns the size.
	f := strings.NewReader(twoImages)
	r, err := idx.NewReaderAt[uint8](f, f.Size())
	if err != nil {
		log.Fatal(err)
	}
	last, err := r.Item(nil, r.Header.Len()-1)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(last)
	// Output:
	// [255 255 255 128 0 128]
}
