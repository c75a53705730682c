package imageprep

import (
	"image"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// rowsOf returns the rows of an ink picture.
func rowsOf(g *image.Gray) (rows []string) {
	for y := range g.Rect.Dy() {
		r := ""
		for _, v := range row(g, y) {
			switch {
			case v >= inkLevel:
				r += "#"
			case v > 0:
				r += "+"
			default:
				r += "."
			}
		}
		rows = append(rows, r)
	}
	return rows
}

// writingOf returns a writing of w x h pixels. Its parts are boxes full of ink.
func writingOf(w, h int, boxes ...image.Rectangle) *writing {
	ink := image.NewGray(image.Rect(0, 0, w, h))
	t := &writing{inks: []*image.Gray{ink}, ink: ink, label: make([]int32, w*h), hole: make([]bool, w*h), most: 100}
	for i, b := range boxes {
		for y := b.Min.Y; y < b.Max.Y; y++ {
			for x := b.Min.X; x < b.Max.X; x++ {
				ink.Pix[y*w+x], t.label[y*w+x] = 255, int32(i+1)
			}
		}
		t.parts = append(t.parts, part{box: b, area: b.Dx() * b.Dy()})
	}
	return t
}

// boxAt returns the box of w x h pixels at (x, y).
func boxAt(x, y, w, h int) image.Rectangle { return image.Rect(x, y, x+w, y+h) }

// floodParts finds the parts with a stack of pixels.
func floodParts(ink *image.Gray) (label []int32, parts []part) {
	w, h := ink.Rect.Dx(), ink.Rect.Dy()
	label = make([]int32, w*h)
	for first := range label {
		if label[first] > 0 || row(ink, first/w)[first%w] < 128 {
			continue
		}
		q, number := part{}, int32(len(parts)+1)
		label[first] = number
		for stack := []int{first}; len(stack) > 0; {
			i := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			x, y := i%w, i/w
			q.box, q.area = q.box.Union(boxAt(x, y, 1, 1)), q.area+1
			if x == 0 || y == 0 || x == w-1 || y == h-1 {
				q.border++
			}
			for v := max(0, y-1); v < min(y+2, h); v++ {
				for u := max(0, x-1); u < min(x+2, w); u++ {
					if label[v*w+u] == 0 && row(ink, v)[u] >= 128 {
						label[v*w+u] = number
						stack = append(stack, v*w+u)
					}
				}
			}
		}
		parts = append(parts, q)
	}
	return label, parts
}

// TestFindParts compares with a search from pixel to pixel.
func TestFindParts(t *testing.T) {
	r := newRand()
	for i := range 400 {
		ink := image.NewGray(boxAt(-3, 2, 1+r.IntN(1+i%25), 1+r.IntN(12)))
		for k := range ink.Pix {
			ink.Pix[k] = []uint8{0, 127, 128, 255}[r.IntN(2+i%3)]
		}
		label, parts := findParts(ink)
		wantLabel, wantParts := floodParts(ink)
		require.Equal(t, wantLabel, label)
		require.Equal(t, wantParts, parts)
	}
}

// TestTypicalHeight: at least half of the ink is in parts as high or lower.
func TestTypicalHeight(t *testing.T) {
	of := func(height, area int) part { return part{box: boxAt(5, 3, 40, height), area: area} }
	for _, tt := range []struct {
		parts []part
		want  int
	}{
		{nil, 0},
		{[]part{of(7, 1)}, 7},
		{[]part{of(9, 10), of(4, 10)}, 4},
		{[]part{of(9, 11), of(4, 10)}, 9},
		{[]part{of(9, 10), of(2, 9), of(4, 1)}, 4},
		{[]part{of(9, 10), of(2, 9), of(1, 1)}, 2},
		{[]part{of(30, 5), of(20, 7), of(10, 5)}, 20},
	} {
		before := slices.Clone(tt.parts)
		require.Equal(t, tt.want, typicalHeight(tt.parts), "%v", tt.parts)
		require.Equal(t, before, tt.parts, "they keep their order")
	}
}

// TestNearPart: a soft edge is two pixels wide, also at the picture's border.
func TestNearPart(t *testing.T) {
	const w, h = 7, 5
	wanted := []bool{false, false, true}
	for i := range w * h {
		label := slices.Repeat([]int32{0, 1}, w*h)[:w*h]
		label[i] = 2
		for k := range w * h {
			dx, dy := i%w-k%w, i/w-k/w
			want := max(dx, -dx) <= 2 && max(dy, -dy) <= 2
			require.Equal(t, want, nearPart(label, wanted, w, h, k%w, k/w), "%d, %d", i, k)
		}
	}
}

// TestRingAround: a ring is a stroke away from what is in it, on each side.
func TestRingAround(t *testing.T) {
	ring := part{box: image.Rect(10, 20, 90, 61)} // 41 rows
	for _, tt := range []struct {
		name   string
		box    image.Rectangle
		stroke float64
		want   bool
	}{
		{"as large as its inside", image.Rect(12, 22, 88, 59), 2.9, true},
		{"too far to the left", image.Rect(11, 22, 88, 59), 2.9, false},
		{"too high", image.Rect(12, 21, 88, 59), 2.9, false},
		{"too far to the right", image.Rect(12, 22, 89, 59), 2.9, false},
		{"too low", image.Rect(12, 22, 88, 60), 2.9, false},
		{"a thicker stroke", image.Rect(12, 22, 88, 59), 3, false},
		{"more than a quarter as high", image.Rect(40, 30, 42, 41), 2, true},
		{"a dot", image.Rect(40, 30, 70, 40), 2, false},
	} {
		require.Equal(t, tt.want, ring.isAround(part{box: tt.box}, tt.stroke), tt.name)
	}
	ring.box.Max.Y-- // 40 rows
	require.False(t, ring.isAround(part{box: image.Rect(40, 30, 70, 40)}, 2), "a quarter as high")
}

// TestKeepLarge: a part stays if it has 6 % of the area of the largest one.
func TestKeepLarge(t *testing.T) {
	for _, tt := range []struct {
		name  string
		w, h  int
		parts []part
		want  []bool
	}{
		{"specks", 48, 90, []part{{area: 100}, {area: 6}, {area: 5}}, []bool{true, true, false}},
		{"just no specks", 48, 90, []part{{area: 102}, {area: 1700}, {area: 101}}, []bool{true, true, false}},
		{"a tight crop", 90, 48, []part{{area: 50}, {area: 100, border: 1}, {area: 5}, {area: 6, border: 9}}, []bool{true, true, false, true}},
		{"ink from outside", 90, 49, []part{{area: 50}, {area: 100, border: 1}, {area: 3}, {area: 2}}, []bool{true, false, true, false}},
		{"all is from outside", 90, 49, []part{{area: 50, border: 1}, {area: 3, border: 2}}, []bool{true, true}},
	} {
		kept := make([]bool, len(tt.parts))
		keepLarge(kept, tt.parts, tt.w, tt.h)
		require.Equal(t, tt.want, kept, tt.name)
	}
}

// TestKeepLargeParts: specks go. Soft edges stay beside what stays.
func TestKeepLargeParts(t *testing.T) {
	ink := drawn(
		"+#+.......++",
		"..+.......+#",
		"............",
		"+++++++++...",
		"+#####+++...",
		"+#####+++.++",
		"+#####++#+++",
		"+#####......",
		"++.+++......",
		"+..+++......",
		"+..+++......")
	ink.Pix[0] = 1
	keepLargeParts(ink)
	require.Equal(t, []string{
		"............",
		"............",
		"............",
		"++++++++....",
		"+#####++....",
		"+#####++....",
		"+#####++....",
		"+#####......",
		"++.+++......",
		"+..+++......",
		"............"}, rowsOf(ink))
}

// TestOverlap: the shared columns and rows, or the gap between two boxes.
func TestOverlap(t *testing.T) {
	for _, tt := range []struct {
		a, b image.Rectangle
		x, y int
	}{
		{boxAt(0, 0, 10, 20), boxAt(7, 2, 30, 5), 3, 5},
		{boxAt(0, 0, 10, 20), boxAt(10, 21, 3, 4), 0, -1},
		{boxAt(0, 0, 10, 20), boxAt(14, 18, 3, 4), -4, 2},
		{boxAt(-5, -9, 3, 40), boxAt(-4, -30, 1, 100), 1, 40},
	} {
		x, y := overlap(tt.a, tt.b)
		require.Equal(t, []int{tt.x, tt.y}, []int{x, y})
		x, y = overlap(tt.b, tt.a)
		require.Equal(t, []int{tt.x, tt.y}, []int{x, y})
	}
}
