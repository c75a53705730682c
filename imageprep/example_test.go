package imageprep_test

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"os"

	"github.com/seed-cd6415d7/digits/imageprep"
)

// sheet is a 7 with a broad pen on grey paper, far from the middle.
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
	fmt.Println(err)
	// Output:
	// imageprep: no ink found: contrast 0, want at least 16 (grey levels 0 to 0); write darker or use more light
}

func ExamplePrepareAll() {
	page := image.NewGray(image.Rect(0, 0, 500, 360))
	draw.Draw(page, page.Rect, image.White, image.Point{}, draw.Src)
	for _, at := range []image.Point{{0, 20}, {100, 30}, {180, 190}} { // three sevens in two lines
		draw.Draw(page, image.Rect(15, 25, 75, 115).Add(at), sheet(), image.Pt(15, 25), draw.Src)
	}
	digits, err := imageprep.PrepareAll(page, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, d := range digits {
		fmt.Println("line", d.Line, "at", d.Box)
	}
	// Output:
	// line 0 at (20,50)-(70,130)
	// line 0 at (120,60)-(170,140)
	// line 1 at (200,220)-(250,300)
}

func ExampleDigit_warnings() {
	page := image.NewGray(image.Rect(0, 0, 300, 200))
	draw.Draw(page, page.Rect, sheet(), image.Point{}, draw.Src)
	draw.Draw(page, image.Rect(150, 60, 210, 150), sheet(), image.Pt(15, 25), draw.Src)
	digit, err := imageprep.Prepare(page, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, w := range digit.Warnings {
		fmt.Println(w)
	}
	// Output:
	// in several parts
	// several digits
}

func ExampleOrientationOf() {
	data, err := os.ReadFile("photo.jpg")
	if err != nil {
		fmt.Println("no photo here")
		return
	}
	img, err := jpeg.Decode(bytes.NewReader(data))
	if err != nil {
		fmt.Println(err)
		return
	}
	digit, err := imageprep.Prepare(img, &imageprep.Options{
		Orientation: imageprep.OrientationOf(bytes.NewReader(data)),
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(digit.Box)
	// Output:
	// no photo here
}

func ExampleRaw() {
	_, err := imageprep.Raw(sheet())
	fmt.Println(err)

	img := image.NewGray(image.Rect(0, 0, 28, 28)) // as MNIST has it: light ink on black
	img.SetGray(14, 3, color.Gray{Y: 200})
	raw, err := imageprep.Raw(img)
	fmt.Println(len(raw.Pix), raw.Pix[3*28+14], err)
	// Output:
	// imageprep: picture is 300x200 (bounds (0,0)-(300,200)), want 28x28: use Prepare, which finds, scales and centres the digit
	// 784 200 <nil>
}

func ExampleFloat32() {
	img := &image.Gray{Pix: []uint8{0, 51, 255, 102}, Stride: 2, Rect: image.Rect(0, 0, 2, 2)}
	fmt.Println(imageprep.Float32(nil, img))

	x := make([]float32, 2*imageprep.Size*imageprep.Size) // two digits in one batch
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

func ExampleHOG_Vector() {
	digit, err := imageprep.Prepare(sheet(), nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	hog := imageprep.DefaultHOG()
	x := hog.Vector(nil, imageprep.Deskew(nil, digit.Image))
	fmt.Println(len(x), "features; the lower left cell:")
	fmt.Printf("%.1f\n", x[12*hog.Directions:][:hog.Directions])
	// Output:
	// 128 features; the lower left cell:
	// [0.4 0.3 0.0 0.0 0.0 0.0 0.1 0.2]
}
