package idx_test

import (
	"bytes"
	"fmt"
	"io"
	"log"
	"os"

	"github.com/seed-cd6415d7/digits/idx"
)

// twoImages is an IDX file of two images of 2 x 3 pixels.
const twoImages = "\x00\x00\x08\x03" +
	"\x00\x00\x00\x02" + "\x00\x00\x00\x02" + "\x00\x00\x00\x03" +
	"\x00\xff\x00" + "\x00\xff\x00" +
	"\xff\xff\xff" + "\x80\x00\x80"

func ExampleDecode() {
	// Mostly a file: f, err := os.Open("train-images-idx3-ubyte.gz")
	f := bytes.NewReader([]byte(twoImages))

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
	_, err := idx.Decode[uint8](bytes.NewReader([]byte(twoImages[:20])))
	fmt.Println(err)
	_, err = idx.Decode[float32](bytes.NewReader([]byte(twoImages)))
	fmt.Println(err)
	// Output:
	// idx: offset 20: data: got 4 bytes, want 12 bytes: unexpected EOF
	// idx: offset 2: element type: got 0x08 (uint8), want 0x0D (float32), the type to decode
}

func ExampleReadHeader() {
	h, err := idx.ReadHeader(bytes.NewReader([]byte(twoImages)))
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

func ExampleReader() {
	r, err := idx.NewReader[uint8](bytes.NewReader([]byte(twoImages)))
	if err != nil {
		log.Fatal(err)
	}
	var image []uint8 // allocated by the first Next, used again by the others
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

	// How many points there will be is not known yet.
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
	// For a file: f.Stat tells its size.
	f := bytes.NewReader([]byte(twoImages))
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
