package imageprep

import (
	"encoding/hex"
	"image"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestCenterIsPillows compares with Pillow 9.4.0, which can resize a box with
// fractions of a pixel:
//
//	def place(center, n, pixel):
//	    begin = center - 14.5*pixel
//	    return max(min(begin, 0), n - 28*pixel)
//
//	im = Image.new("L", (W, H))
//	data = [(x*x*7 + y*y*13 + x*y*5) % 256
//	        for y in range(H) for x in range(W)]
//	im.putdata(data)
//	mass = sum(data)
//	cx = sum(v*(i % W + .5) for i, v in enumerate(data))/mass
//	cy = sum(v*(i//W + .5) for i, v in enumerate(data))/mass
//	pixel = max(W, H)/20
//	x, y = place(cx, W, pixel), place(cy, H, pixel)
//	pad = 2*max(W, H)                       # ground all around
//	big = Image.new("L", (W + 2*pad, H + 2*pad))
//	big.paste(im, (pad, pad))
//	x, y = pad + x, pad + y
//	out = big.resize((28, 28), Image.BILINEAR,
//	                 box=(x, y, x + 28*pixel, y + 28*pixel))
//	print(bytes(out.getdata()).hex())
//
// Pillow rounds to 8 bits after each direction, so one level is tolerated.
func TestCenterIsPillows(t *testing.T) {
	for _, tt := range pillowCentered {
		t.Run(tt.name, func(t *testing.T) {
			g := image.NewGray(image.Rect(0, 0, tt.W, tt.H))
			for i := range g.Pix {
				x, y := i%tt.W, i/tt.W
				g.Pix[i] = uint8(x*x*7 + y*y*13 + x*y*5)
			}
			rows, err := hex.DecodeString(tt.want)
			require.NoError(t, err)
			want := make([]uint8, Size*Size)
			copy(want[tt.above*Size:], rows)
			for i, v := range centered(t, g) {
				require.InDelta(t, want[i], (v+128)/257, 1, "pixel %d", i)
			}
		})
	}
}

// pillowCentered is what Pillow printed, without the rows of zeros above and
// below the digit.
var pillowCentered = []struct {
	name  string
	W, H  int
	above int // rows of zeros above
	want  string
}{
	{"shrunk a little", 23, 17, 7, "" +
		"000000000006193a67a16a7d3e78649659290d9fa4ab5e200c000000000000000b1a3b6da68071cb88d27d93b28661666372758b2a000000" +
		"000000002f527aa273589f709987b67a52a7c0aeb1c6885c1e000000000000006ba3898f669b747c6aa07c7d9a6c4d434c6794d23e000000" +
		"000000006da55a788099857890aabd727a806965756b5a9d31000000000000006dab698d5d79aca654c56f6dc7d6c5c8dfa33f8a2b000000" +
		"0000000071ba9157947ab080a092427bd6bbb1bad8a345962f000000000000003879b8a68473885fca7e3573d5c1bdcbb9486cc13b000000" +
		"000000001751a2b372678461bc8f4d2789cfcb2e466fad7e1600000000000000124f9d958582a58832978b6148404a6a8ca0927021000000" +
		"000000002671a03f9393aabb6c438b92b0ae748996679269160000000000000053aa8b685d6176a06e916284bfc36c6f4896b29526000000" +
		"00000000978a6845444f669d74906750495472965a41a77f13000000000000006d934d53455884a16352b9a8a8b94a649c7a785709000000" +
		"000000000e5e855570839a5828b3baafb5cb2c3e8f8c644a070000000000000000050a0508090a05020d0b0b0b0d02040909060500000000"},
	{"shrunk much", 100, 60, 8, "" +
		"0000000011424e444a42472d414b414a483f494d3f493c43230000000000000045828c94888a80567e7d828887855b747e837f7738000000" +
		"000000003d837e898278867c82806f807d817077848783883f00000000000000406e858b78798e83858c7c828088847e7c8f877d39000000" +
		"00000000427f87887481747f8d716489828380877b7e7f7d3b00000000000000457b72827c78887d7f767385797b7c7b8d9582823a000000" +
		"0000000049776e797e7b7d7e808a7b797e88857d7079817f4800000000000000467e7c75848c87847b84828789827a7c7b808b8540000000" +
		"000000003a877a78878a857d697c828b86878580718e8a783e00000000000000417b7f7984898582747c79827d837f99848680743a000000" +
		"000000004376817f7f808385898c7e7f8185817f828c6e743d000000000000004378808b847c818184897d83828592937f847a773a000000" +
		"00000000283a383c393e4640404144423e433d393e3e403b21000000"},
	{"enlarged", 5, 7, 1, "" +
		"0000000000000000000000000101020303040506050301000000000000000000000000000001020307090d12171d242c2414040000000000" +
		"0000000000000000000204060c1118212b364351432407000000000000000000000000010105070a1219232f3c4a5b6e5b32090000000000" +
		"000000000000020406090d1119212b384554667964370a000000000000000000000003070b0e1317202933414f5f71846c3c0b0000000000" +
		"000000000000060d13181d222b35404e5d6d809379430d00000000000000000000000b1621262b313b4551606f8094a8894c0f0000000000" +
		"0000000000000f1f2f343a414c5662728293a8bc9955100000000000000000000000152c42484f56616d79899aa3a5a784480e0000000000" +
		"0000000000001c3b5860676e7a8694a4b5b09477552f090000000000000000000000234a6f777f8794a0aebfd1be82462615040000000000" +
		"0000000000002d5e8d959da2988e8d9eb1a57a4e311a0500000000000000000000003773adb6bebd956c56697c8075694f2b080000000000" +
		"0000000000004189ccd6dfd9914a2034475b70846e3c0c0000000000000000000000346ea5afb9b8895a42566a73706c542e090000000000" +
		"000000000000254e75808a8f80726f839892704e341c050000000000000000000000162f47535e69788899aec3af7132150c020000000000" +
		"00000000000026517a8591978778758ba09d7e5f42240700000000000000000000003672acb8c4c5976952677e8a8b8d6e3d0b0000000000" +
		"0000000000003f85c8d4e1dd995631465b738da78a4c0e000000000000000000000028547e858d8b60361f2c394858695730090000000000" +
		"00000000000010223336393827160c12171d242b2313040000000000"},
	{"line", 64, 3, 13, "" +
		"0000000001080f0c0d0912090c11090d0e0f0f090d12110b0300000000000000104c68726a5d6b6154655e374a636c614a695a6d21000000" +
		"00000000050d0d100e14130d0e100d03070d100d09030b1104000000"},
}

// centered is Center without making the strongest pixel 255.
func centered(t *testing.T, g *image.Gray) [Size * Size]uint64 {
	x, y, ok := centerOfMass(g)
	require.True(t, ok)
	w, h := g.Rect.Dx(), g.Rect.Dy()
	long := int64(max(w, h))
	return resample(g, place(x, w, long), place(y, h, long))
}

// TestCenterOfMassOfWideInk: the sums of long rows of ink do not overflow, on
// computers with 32 bits either.
func TestCenterOfMassOfWideInk(t *testing.T) {
	g := image.NewGray(image.Rect(0, 0, 1<<16, 2))
	for i := range g.Pix {
		g.Pix[i] = 255
	}
	x, y, ok := centerOfMass(g)
	require.True(t, ok)
	require.Equal(t, []int64{1 << 15 * unitsPerPixel, unitsPerPixel}, []int64{x, y})
}

// naiveCentered is the definition in floating point: the triangle filter over a
// plane that is 0 outside the picture.
func naiveCentered(g *image.Gray) []float64 {
	w, h := g.Rect.Dx(), g.Rect.Dy()
	var mass, sumX, sumY float64
	for y := range h {
		for x, v := range row(g, y) {
			mass, sumX, sumY = mass+float64(v), sumX+float64(v)*(float64(x)+.5), sumY+float64(v)*(float64(y)+.5)
		}
	}
	pixel := float64(max(w, h)) / 20
	support := max(pixel, 1)
	begin := func(center float64, n int) float64 {
		return max(min(center-14.5*pixel, 0), float64(n)-28*pixel)
	}
	weight := func(x, i int, begin float64) float64 {
		return max(0, 1-math.Abs(float64(x)+.5-begin-(float64(i)+.5)*pixel)/support)
	}
	left, top := begin(sumX/mass, w), begin(sumY/mass, h)
	out := make([]float64, Size*Size)
	for i := range out {
		var sum, totalX, totalY float64
		for x := -w - h; x < 2*(w+h); x++ {
			totalX, totalY = totalX+weight(x, i%Size, left), totalY+weight(x, i/Size, top)
		}
		for y := range h {
			for x, v := range row(g, y) {
				sum += weight(x, i%Size, left) * weight(y, i/Size, top) * float64(v)
			}
		}
		out[i] = sum / (totalX * totalY)
	}
	return out
}

func TestCenterOracle(t *testing.T) {
	for _, size := range [][2]int{{1, 1}, {1, 9}, {3, 2}, {20, 20}, {41, 30}, {7, 100}, {33, 5}} {
		g := image.NewGray(image.Rect(0, 0, size[0], size[1]))
		fill(g.Pix, newRand())
		g.Pix[0] = 200 // there must be ink
		got := centered(t, g)
		for i, want := range naiveCentered(g) {
			// The center of mass is exact to 1/2560 of a pixel.
			require.InDelta(t, 257*want, got[i], 257*.5, "%v, pixel %d", size, i)
		}
	}
}

func TestCenterKeepsLevels(t *testing.T) {
	for _, level := range []uint8{1, 254, 255} {
		g := image.NewGray(image.Rect(0, 0, 80, 80))
		for i := range g.Pix {
			g.Pix[i] = level
		}
		got := centered(t, g)
		for y := 6; y < 22; y++ {
			for x := 6; x < 22; x++ {
				require.Equal(t, 257*uint64(level), got[y*Size+x])
			}
		}
	}
}

// TestCenterMeetsTheMiddle: wherever the digit is in the source, its center of
// mass lands on the middle of pixel 14, exact to a fraction of a pixel.
func TestCenterMeetsTheMiddle(t *testing.T) {
	for _, size := range []int{14, 28, 60, 100, 128} {
		for shift := range 3 {
			ink := image.NewGray(image.Rect(0, 0, size+3, size+3))
			for i, v := range drawTwo(size, 255, 0).Pix {
				ink.Pix[ink.PixOffset(i%size+shift, i/size+shift/2)] = 255 - v
			}
			out := Center(ink, InkBox(ink))
			x, y, ok := centerOfMass(out)
			require.True(t, ok)
			require.InDelta(t, 14.5, float64(x)/unitsPerPixel, .05)
			require.InDelta(t, 14.5, float64(y)/unitsPerPixel, .05)
		}
	}
}

func TestInkBox(t *testing.T) {
	require.True(t, InkBox(image.NewGray(image.Rect(0, 0, 5, 5))).Empty())
	require.True(t, InkBox(new(image.Gray)).Empty())
	g := image.NewGray(image.Rect(-4, -4, 8, 8))
	g.Pix[g.PixOffset(2, 3)], g.Pix[g.PixOffset(-1, 5)] = 100, 31
	g.Pix[g.PixOffset(7, 7)] = 30 // exactly 30 % does not count
	require.Equal(t, image.Rect(-1, 3, 3, 6), InkBox(g))
	part := g.SubImage(image.Rect(0, 0, 8, 8)).(*image.Gray)
	require.Equal(t, image.Rect(2, 3, 3, 4), InkBox(part))
}

func TestCenter(t *testing.T) {
	ink := image.NewGray(image.Rect(-10, -10, 90, 90))
	for y := 5; y < 45; y++ {
		for x := 30; x < 40; x++ {
			ink.Pix[ink.PixOffset(x, y)] = 90
		}
	}
	out := Center(ink, InkBox(ink))
	require.Equal(t, image.Rect(0, 0, 28, 28), out.Rect)
	require.Equal(t, 28, out.Stride)
	// A bar of 5 x 20 pixels around (14.5, 14.5). Its first and last rows
	// cover half a pixel.
	for y := range 28 {
		for x := range 28 {
			v := out.GrayAt(x, y).Y
			switch inside := x >= 12 && x < 17 && y >= 5 && y < 24; {
			case inside && x > 12 && x < 16 && y > 5 && y < 23:
				require.Equal(t, uint8(255), v, "(%d, %d)", x, y)
			case x < 11 || x > 17 || y < 3 || y > 25:
				require.Zero(t, v, "(%d, %d)", x, y)
			}
		}
		if y > 0 {
			require.Equal(t, out.GrayAt(14, y), out.GrayAt(14, 28-y), "symmetric about 14")
		}
	}
}

// TestCenterStaysInTheFrame: a heavy end moves the digit to the frame, but not
// out of it.
func TestCenterStaysInTheFrame(t *testing.T) {
	ink := image.NewGray(image.Rect(0, 0, 20, 20))
	for x := range 20 {
		ink.SetGray(x, 0, grayOf(1, 255).GrayAt(0, 0))
		ink.SetGray(x, 1, grayOf(1, 255).GrayAt(0, 0))
	}
	ink.SetGray(0, 19, grayOf(1, 255).GrayAt(0, 0))
	out := Center(ink, ink.Rect)
	require.Equal(t, image.Rect(4, 8, 25, 28), inkBoxAbove(out, 0), "from row 8 to the last")
	require.Equal(t, uint8(255), out.GrayAt(14, 8).Y)
	require.Equal(t, uint8(255), out.GrayAt(14, 9).Y)
	require.NotZero(t, out.GrayAt(4, 27).Y)
}

func TestCenterOfNoInk(t *testing.T) {
	require.Equal(t, make([]uint8, 784), Center(image.NewGray(image.Rect(0, 0, 9, 9)), image.Rect(1, 1, 3, 3)).Pix)
	faint := image.NewGray(image.Rect(0, 0, 2000, 2000))
	faint.Pix[777] = 1
	require.Equal(t, make([]uint8, 784), Center(faint, faint.Rect).Pix)
}

func TestCenterPanics(t *testing.T) {
	ink := image.NewGray(image.Rect(0, 0, 9, 9))
	require.PanicsWithValue(t, "imageprep: box is (0,0)-(0,0), want a nonempty box inside the ink picture's bounds (0,0)-(9,9)",
		func() { Center(ink, image.Rectangle{}) })
	require.PanicsWithValue(t, "imageprep: box is (0,0)-(9,10), want a nonempty box inside the ink picture's bounds (0,0)-(9,9)",
		func() { Center(ink, image.Rect(0, 0, 9, 10)) })
	long := image.NewGray(image.Rect(0, 0, 1<<16+1, 1))
	require.PanicsWithValue(t, "imageprep: box is (0,0)-(65537,1), want sides of at most 65536 pixels; call Shrink first",
		func() { Center(long, long.Rect) })
}

// TestInkBoxOfFewPixels compares with the definition: the box of all pixels
// above 30 % of the strongest one.
func TestInkBoxOfFewPixels(t *testing.T) {
	r := newRand()
	for i := range 300 {
		ink := image.NewGray(boxAt(-2, 3, 1+r.IntN(20), 1+r.IntN(6)))
		most := uint8(0)
		for k := range ink.Pix {
			ink.Pix[k] = uint8(min(r.IntN(256), r.IntN(256), 40*(i%8))) * uint8(r.IntN(2)*r.IntN(2))
			most = max(most, ink.Pix[k])
		}
		var want image.Rectangle
		for k, v := range ink.Pix {
			if int(v) > 3*int(most)/10 {
				want = want.Union(boxAt(k%ink.Stride-2, k/ink.Stride+3, 1, 1))
			}
		}
		require.Equal(t, want, InkBox(ink))
		require.Equal(t, most, strongestOf(ink.Pix))
		require.Equal(t, most == 0, isZero(ink.Pix))
	}
}

// TestDivideByTotal: multiplying by the inverse divides exactly.
func TestDivideByTotal(t *testing.T) {
	r := newRand()
	for _, total := range []uint64{2, 3, 2559, 2560, 1<<20 + 1, 1<<22 - 1, 1 << 22, 1<<22 + 1, 1 << 30} {
		d := &taps{total: total, inverse: math.MaxUint64/total + 1}
		for _, quotient := range []uint64{0, 1, 2, 255 << 12, 1<<20 - 1, r.Uint64N(1 << 20), r.Uint64N(1 << 20)} {
			for _, rest := range []uint64{0, total / 2, total - 1} {
				require.Equal(t, quotient, d.divide(quotient*total+rest), "%d of %d", rest, total)
			}
		}
	}
}
