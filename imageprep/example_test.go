package imageprep_test

import (
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"strings"

	"github.com/seed-cd6415d7/digits/imageprep"
)

// sheet returns a picture of a 7 on gray paper, drawn with a broad pen and far
// from the middle.
func sheet() image.Image {
	img := image.NewRGBA(image.Rect(0, 0, 300, 200))
	for y := range 200 {
		for x := range 300 {
			img.Set(x, y, color.Gray{Y: 190})
			bar := y >= 30 && y < 40 && x >= 20 && x < 70
			stem := y >= 40 && y < 110 && 2*x+y >= 160 && 2*x+y < 180
			if bar || stem {
				img.Set(x, y, color.RGBA{R: 20, G: 40, B: 120, A: 255})
			}
		}
	}
	return img
}

// show prints a digit as text.
func show(g *image.Gray) {
	for y := range imageprep.Size {
		for x := range imageprep.Size {
			fmt.Print(string(".-+#"[g.GrayAt(x, y).Y/64]))
		}
		fmt.Println()
	}
}

func ExamplePrepare() {
	digit, err := imageprep.Prepare(sheet(), nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(digit.Polarity, digit.Box)
	show(digit.Image)
	// Output:
	// dark ink (19,30)-(71,110)
	// ............................
	// ............................
	// ............................
	// ............................
	// ............................
	// ............................
	// ............................
	// ........++++++++++++........
	// .......-############-.......
	// ........+++++++++###-.......
	// .................+##........
	// .................##+........
	// ................-##.........
	// ................##+.........
	// ...............-##..........
	// ...............##+..........
	// ..............-##...........
	// ..............##+...........
	// .............-##............
	// .............##+............
	// ............-##.............
	// ............##+.............
	// ...........-##..............
	// ...........##+..............
	// ..........-##...............
	// ..........##+...............
	// .........-##................
	// ..........--................
}

func ExamplePrepare_blank() {
	_, err := imageprep.Prepare(image.NewGray(image.Rect(0, 0, 64, 48)), nil)
	var blank *imageprep.BlankError
	if errors.As(err, &blank) {
		fmt.Println("there is no ink; contrast", blank.Contrast)
	}
	// Output:
	// there is no ink; contrast 0
}

func ExamplePrepareAll() {
	page := image.NewGray(image.Rect(0, 0, 500, 360))
	draw.Draw(page, page.Rect, image.White, image.Point{}, draw.Src)
	// Three sevens in two lines:
	for _, at := range []image.Point{{0, 20}, {100, 30}, {180, 190}} {
		draw.Draw(page, image.Rect(15, 25, 75, 115).Add(at), sheet(), image.Pt(15, 25), draw.Src)
	}
	digits, err := imageprep.PrepareAll(page, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, d := range digits.Digits {
		fmt.Println("line", d.Line, "at", d.Box)
	}
	// Output:
	// line 0 at (19,49)-(71,131)
	// line 0 at (119,59)-(171,141)
	// line 1 at (199,219)-(250,301)
}

// A classifier tells two digits that touch from one wide digit.
func ExampleOptions_confidence() {
	page := image.NewGray(image.Rect(0, 0, 300, 200))
	draw.Draw(page, page.Rect, image.White, image.Point{}, draw.Src)
	draw.Draw(page, image.Rect(100, 50, 150, 130), sheet(), image.Pt(20, 30), draw.Src)
	draw.Draw(page, image.Rect(150, 55, 200, 135), sheet(), image.Pt(20, 30), draw.Src)

	// A program would return the logarithm of a probability of its model
	// here. This function prefers narrow digits.
	confidence := func(digit *image.Gray) float64 {
		box := imageprep.InkBox(digit)
		return min(0, 1-float64(box.Dx())/13)
	}
	digits, err := imageprep.PrepareAll(page, &imageprep.Options{Confidence: confidence})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, d := range digits.Digits {
		fmt.Println(d.Box)
	}
	// Output:
	// (99,50)-(153,130)
	// (150,54)-(201,135)
}

func ExampleDigit_warnings() {
	page := image.NewGray(image.Rect(0, 0, 300, 200))
	draw.Draw(page, page.Rect, sheet(), image.Point{}, draw.Src)
	draw.Draw(page, image.Rect(150, 60, 210, 150), sheet(), image.Pt(15, 25), draw.Src)
	digit, err := imageprep.Prepare(page, &imageprep.Options{One: true})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, w := range digit.Warnings {
		fmt.Println(w)
	}
	// Output:
	// several digits
}

func ExampleOrientationOf() {
	// The head of a JPEG file of 4000x3000 pixels, from a camera that was
	// held sideways.
	head := "\xff\xd8" + // start of the file
		"\xff\xe1\x00\x22Exif\x00\x00" + // EXIF segment of 34 bytes
		"MM\x00*\x00\x00\x00\x08\x00\x01" + // one tag follows
		"\x01\x12\x00\x03\x00\x00\x00\x01" + // orientation, one number:
		"\x00\x06\x00\x00" + // 6
		"\x00\x00\x00\x00" + // end of the tags
		"\xff\xc0\x00\x0b\x08\x0b\xb8\x0f\xa0" // size of the picture
	orientation := imageprep.OrientationOf(strings.NewReader(head))
	fmt.Println("orientation", orientation)

	// Prepare turns the picture if it gets
	// &imageprep.Options{Orientation: orientation}. So does Turn:
	stored := &image.Gray{
		Pix: []uint8{
			1, 2, 3,
			4, 5, 6,
		},
		Stride: 3, Rect: image.Rect(0, 0, 3, 2),
	}
	upright := imageprep.Turn(stored, orientation)
	for y := range upright.Rect.Dy() {
		fmt.Println(upright.Pix[y*upright.Stride:][:upright.Rect.Dx()])
	}
	// Output:
	// orientation 6
	// [4 1]
	// [5 2]
	// [6 3]
}

func ExampleRaw() {
	_, err := imageprep.Raw(sheet())
	var size *imageprep.SizeError
	if errors.As(err, &size) {
		fmt.Printf("want %s: %s\n", size.Want, size.Advice)
	}

	img := image.NewGray(image.Rect(0, 0, 28, 28))
	img.SetGray(14, 3, color.Gray{Y: 255})
	img.SetGray(15, 3, color.Gray{Y: 200})
	raw, err := imageprep.Raw(img)
	fmt.Println(len(raw.Pix), raw.Pix[3*28+15], err)
	// Output:
	// want 28x28: use Prepare, which finds, scales and centers the digit
	// 784 200 <nil>
}

func ExampleFloat32() {
	img := &image.Gray{Pix: []uint8{0, 51, 255, 102}, Stride: 2, Rect: image.Rect(0, 0, 2, 2)}
	fmt.Println(imageprep.Float32(nil, img))

	// A batch of two digits; the second one is the 7.
	x := make([]float32, 2*imageprep.Size*imageprep.Size)
	digit, err := imageprep.Prepare(sheet(), nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	imageprep.Float32(x[784:], digit.Image)
	fmt.Println(x[784+8*28+10])
	// Output:
	// [0 0.2 1 0.4]
	// 1
}

func ExampleDeskew() {
	digit, err := imageprep.Prepare(sheet(), nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	straight := image.NewGray(digit.Image.Rect)
	for i, v := range imageprep.Deskew(nil, digit.Image) {
		straight.Pix[i] = uint8(255 * v)
	}
	show(straight)
	// Output:
	// ............................
	// ............................
	// ............................
	// ............................
	// ............................
	// ............................
	// ............................
	// .....++++++++++++++-........
	// .....+#############+........
	// .....-+++++++++++##+-.......
	// ................-##+........
	// ................+##-........
	// ...............-+#+.........
	// ...............+##-.........
	// ..............-+#+-.........
	// ..............-##-..........
	// ..............+##-..........
	// .............-##+...........
	// .............+##-...........
	// ............-##+............
	// ............+##-............
	// ...........-+#+.............
	// ...........+##+.............
	// ..........-+##..............
	// ..........-##+..............
	// ..........-##-..............
	// ............................
	// ............................
}

func ExampleDefaultHOG() {
	hog := imageprep.DefaultHOG()
	fmt.Println(hog.Directions, "directions,", hog.Cells, "by", hog.Cells, "cells:", hog.Len(), "numbers")
	// Output:
	// 8 directions, 4 by 4 cells: 128 numbers
}

func ExampleHOG_Vector() {
	digit, err := imageprep.Prepare(sheet(), nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	hog := imageprep.DefaultHOG()
	x := hog.Vector(nil, imageprep.Deskew(nil, digit.Image))
	fmt.Println(len(x), "numbers; the lower left cell:")
	fmt.Printf("%.1f\n", x[12*hog.Directions:][:hog.Directions])
	// Output:
	// 128 numbers; the lower left cell:
	// [0.4 0.3 0.0 0.0 0.0 0.0 0.1 0.2]
}

func ExampleParseFeatures() {
	metadata := map[string]string{ // of a model
		"features": "hog directions=8 cells=4 margin=2 contrast=false",
	}
	features, err := imageprep.ParseFeatures(metadata["features"])
	if err != nil {
		fmt.Println(err)
		return
	}
	digit, err := imageprep.Prepare(sheet(), nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	x := features.Vector(nil, digit.Image) // for the model
	fmt.Println(len(x), "numbers")

	_, err = imageprep.ParseFeatures("edges") // not a known text
	fmt.Println(err != nil)
	// Output:
	// 128 numbers
	// true
}

func ExampleFeatures_Vector() {
	digit, err := imageprep.Prepare(sheet(), nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, f := range []imageprep.Features{
		{},
		{HOG: imageprep.DefaultHOG()},
		{HOG: imageprep.DefaultHOG(), Products: true},
	} {
		x := make([]float32, f.Len())
		f.Vector(x, digit.Image)
		fmt.Printf("%d: %s\n", len(x), f)
	}
	// Output:
	// 784: pixels
	// 128: hog directions=8 cells=4 margin=2 contrast=false
	// 8384: hog directions=8 cells=4 margin=2 contrast=false products
}

func ExampleProducts() {
	fmt.Println(imageprep.Products(nil, []float32{2, 3, 5}))
	// Output:
	// [2 3 5 4 6 10 9 15 25]
}

// A program can call the steps of Prepare itself.
func Example_steps() {
	g, err := imageprep.Shrink(sheet(), 256)
	if err != nil {
		fmt.Println(err)
		return
	}
	polarity := imageprep.FindPolarity(g)
	ink, threshold, err := imageprep.Ink(g, polarity)
	if err != nil {
		fmt.Println(err)
		return
	}
	imageprep.EraseRuledLines(ink)
	box := imageprep.InkBox(ink)
	fmt.Println(polarity, "below level", threshold, "in", box)
	fmt.Printf("strokes are %.1f pixels wide\n", imageprep.StrokeWidth(ink))
	digit := imageprep.Center(ink, box)
	fmt.Println(digit.Bounds())
	// Output:
	// dark ink below level 118 in (17,26)-(60,94)
	// strokes are 7.2 pixels wide
	// (0,0)-(28,28)
}
