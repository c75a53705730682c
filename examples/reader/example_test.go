package reader_test

import (
	"fmt"
	"log"
	"os"

	"github.com/seed-cd6415d7/digits/examples/reader"
)

func Example() {
	answers, err := reader.Default().ReadFile("../predict/test_num/3_brush.png")
	if err != nil {
		log.Fatal(err)
	}
	for _, a := range answers {
		fmt.Printf("%d with probability %.2f, sure: %t\n", a.Digit, a.Probability, a.Sure)
	}
	// Output: 3 with probability 1.00, sure: true
}

// The picture may come from anywhere, for example from a request over HTTP.
func ExampleReader_ReadAll() {
	f, err := os.Open("../predict/test_num/5_page.png")
	if err != nil {
		log.Fatal(err)
	}
	defer f.Close()
	answers, err := reader.Default().ReadAll(f)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(reader.Text(answers), "at", answers[0].Box)
	// Output: 5 at (436,106)-(468,154)
}

// One is for pictures that are known to show one digit.
func ExampleReader_One() {
	f, err := os.Open("../predict/test_num/7_ruled.png")
	if err != nil {
		log.Fatal(err)
	}
	defer f.Close()
	img, orientation, err := reader.Decode(f)
	if err != nil {
		log.Fatal(err)
	}
	answer, err := reader.Default().One(img, orientation)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(answer)
	// Output: 7 100.0%, then 9 0.0%
}

// A linear layer can say exactly why it answered.
func ExampleAnswer_Why() {
	answers, err := reader.Default().ReadFile("../predict/test_num/7_ruled.png")
	if err != nil {
		log.Fatal(err)
	}
	w := answers[0].Why(7, 1)
	forClass, against := float32(0), float32(0)
	for _, c := range w.Contributions {
		if c > 0 {
			forClass += c
		} else {
			against += c
		}
	}
	fmt.Printf("%s and not %s: %.1f = %.1f for, %.1f against, %.1f empty\n",
		w.Class, w.Rival, w.Difference, forClass, against, w.Empty)
	// Output:
	// 7 and not 1: 10.2 = 15.3 for, -6.1 against, 1.0 empty
}
