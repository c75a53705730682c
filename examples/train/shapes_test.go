package main

import (
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// A shape is lines through points in a square from -1 to 1.
type shape [][][2]float64

// shapes are what people draw as their first classes.
var shapes = map[string]shape{
	"circle":   {around(40, func(int) float64 { return 1 })},
	"square":   {{{-0.9, -0.9}, {0.9, -0.9}, {0.9, 0.9}, {-0.9, 0.9}, {-0.9, -0.9}}},
	"triangle": {{{0, -1}, {0.95, 0.8}, {-0.95, 0.8}, {0, -1}}},
	"star":     {around(10, func(i int) float64 { return []float64{1, 0.45}[i%2] })},
	"heart":    {heart()},
	"left":     {{{1, 0}, {-1, 0}}, {{-0.3, -0.6}, {-1, 0}, {-0.3, 0.6}}},
	"right":    {{{-1, 0}, {1, 0}}, {{0.3, -0.6}, {1, 0}, {0.3, 0.6}}},
}

// around returns n points around the center, and again the first one.
func around(n int, radius func(i int) float64) (line [][2]float64) {
	for i := range n + 1 {
		sin, cos := math.Sincos(2 * math.Pi * float64(i) / float64(n))
		line = append(line, [2]float64{radius(i%n) * sin, -radius(i%n) * cos})
	}
	return line
}

func heart() (line [][2]float64) {
	for i := range 41 {
		t := 2 * math.Pi * float64(i) / 40
		x := 16 * math.Pow(math.Sin(t), 3)
		y := 13*math.Cos(t) - 5*math.Cos(2*t) - 2*math.Cos(3*t) - math.Cos(4*t)
		line = append(line, [2]float64{x / 17, -y / 17})
	}
	return line
}

// draw draws a shape as a hand would: turned a little, stretched, with shaky
// corners, and with a pen of any width.
func (s shape) draw(rng *rand.Rand) *image.Gray {
	const side = 120
	between := func(low, high float64) float64 { return low + (high-low)*rng.Float64() }
	sin, cos := math.Sincos(between(-0.3, 0.3))
	width, height, pen := between(20, 40), between(20, 40), between(1, 4)
	shake := between(0, 0.06)
	m := image.NewGray(image.Rect(0, 0, side, side))
	for i := range m.Pix {
		m.Pix[i] = 255
	}
	for _, line := range s {
		var from [2]float64
		for i, p := range line {
			x, y := p[0]+shake*rng.NormFloat64(), p[1]+shake*rng.NormFloat64()
			if i == len(line)-1 && p == line[0] {
				x, y = p[0], p[1]
			}
			to := [2]float64{side/2 + width*(cos*x-sin*y), side/2 + height*(sin*x+cos*y)}
			if i > 0 {
				stroke(m, from, to, pen)
			}
			from = to
		}
	}
	return m
}

// stroke draws a line.
func stroke(m *image.Gray, from, to [2]float64, radius float64) {
	dx, dy := to[0]-from[0], to[1]-from[1]
	length := max(dx*dx+dy*dy, 1e-9)
	box := image.Rect(int(from[0]), int(from[1]), int(to[0])+1, int(to[1])+1).Inset(-int(radius) - 3)
	for y := box.Min.Y; y < box.Max.Y; y++ {
		for x := box.Min.X; x < box.Max.X; x++ {
			u, v := float64(x)-from[0], float64(y)-from[1]
			t := min(max((u*dx+v*dy)/length, 0), 1)
			far := math.Hypot(u-t*dx, v-t*dy)
			level := uint8(255 * min(max(far-radius+0.5, 0), 1))
			m.SetGray(x, y, color.Gray{Y: min(level, m.GrayAt(x, y).Y)})
		}
	}
}

// drawShapes makes a folder with a sub-folder of n pictures for each shape.
func drawShapes(t *testing.T, n int, names ...string) string {
	dir := t.TempDir()
	rng := rand.New(rand.NewPCG(11, 12))
	for _, name := range names {
		require.NoError(t, os.Mkdir(filepath.Join(dir, name), 0o777))
		for i := range n {
			f, err := os.Create(filepath.Join(dir, name, fmt.Sprintf("%d.png", i)))
			require.NoError(t, err)
			require.NoError(t, png.Encode(f, shapes[name].draw(rng)))
			require.NoError(t, f.Close())
		}
	}
	return dir
}
