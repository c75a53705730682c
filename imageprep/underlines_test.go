package imageprep

import (
	"image"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestFindTeeth: a comb has at least three teeth. They end near its line.
func TestFindTeeth(t *testing.T) {
	comb := func(at ...float64) (list []lineSegment) {
		list = append(list, down(20, 60, 10, 0, 2), across(0, 190, 100, 0, 2))
		for _, x := range at {
			list = append(list, down(80, 100, x, 0, 2))
		}
		return list
	}
	ending := func(to float64) []lineSegment {
		list := comb(30, 60, 90)
		list[3] = down(80, to, 60, 0, 2)
		return list
	}
	for _, tt := range []struct {
		name     string
		segments []lineSegment
		want     int // teeth
	}{
		{"three teeth", comb(30, 60, 90), 3},
		{"two teeth", comb(30, 60), 0},
		{"irregular", comb(30, 60, 100), 0},
		{"one ends a little lower", ending(105), 0},
		{"other teeth", append(comb(30, 60, 90), down(70, 100, 45, 0, 2)), 3},
		{"two other teeth", append(comb(30, 60, 90), down(70, 100, 45, 0, 2), down(70, 100, 75, 0, 2)), 3},
		{"a column", append(comb(30, 60, 90), down(20, 160, 45, 0, 2)), 3},
	} {
		for _, base := range []bool{false, true} {
			n := gridOf(tt.segments...)
			n.segments[1].sure = base
			n.findTeeth()
			sure := len(n.sure())
			if base {
				require.Equal(t, tt.want+1, sure, tt.name)
			} else {
				require.Zero(t, sure, tt.name)
			}
		}
	}
	// All teeth may end up to 5 pixels beyond the line.
	for to, want := range map[float64]int{95: 4, 105: 4, 94.9: 1, 105.1: 1} {
		n := gridOf(across(0, 190, 100, 0, 2), down(70, 100, 30, 0, 2), down(70, 100, 60, 0, 2), down(70, 100, 90, 0, 2))
		for i := range n.segments[1:] {
			n.segments[1+i].to = to
		}
		n.segments[0].sure = true
		n.findTeeth()
		require.Len(t, n.sure(), want, "%v", to)
		for i := range n.segments {
			n.segments[i].sure = i == 0
			for k := range n.segments[i].crossings {
				n.segments[i].crossings[k].round = true
			}
		}
		n.findTeeth()
		require.Len(t, n.sure(), 1, "round corners")
	}
}

// TestFindThin: three equal segments are sides of dashed boxes if they are at
// most a third as thick as strokes, have 60 % ink, and touch nothing else.
func TestFindThin(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(s *lineSegment)
		want   int
	}{
		{"thin", func(*lineSegment) {}, 3},
		{"thicker", func(s *lineSegment) { s.thick = 3 }, 0},
		{"touched", func(s *lineSegment) { s.isolated = false }, 0},
		{"longer", func(s *lineSegment) { s.to += 9 }, 0},
		{"vertical", func(s *lineSegment) { s.vertical = true }, 0},
		{"60 % ink", func(s *lineSegment) { s.solid = s.solid[:25:25] }, 3},
		{"less", func(s *lineSegment) { s.solid = s.solid[:24:24] }, 0},
	} {
		n := gridOf(across(20, 59, 30, 0, 2), across(20, 59, 90, 0, 2), across(20, 59, 60, 0, 2))
		n.stroke = 6
		for i := range n.segments {
			n.segments[i].isolated = true
		}
		tt.change(&n.segments[1])
		n.findThin()
		require.Len(t, n.sure(), tt.want, tt.name)
		n.segments = n.segments[1:]
		n.segments[0].sure, n.segments[1].sure = false, true
		n.findThin()
		require.Equal(t, []int{1}, n.sure(), tt.name)
	}
}

// TestIsUnder: an underline is as long as half a digit, and at most 0.6 digits
// below one. Near to a narrow digit, it may be the base of a 2.
func TestIsUnder(t *testing.T) {
	digit := image.Rect(100, 40, 140, 100)
	for _, tt := range []struct {
		name          string
		s             lineSegment
		digits        []image.Rectangle
		under, isBase bool
	}{
		{"below", across(100, 140, 110, 0, 2), nil, true, false},
		{"base of a 2", across(100, 140, 103, 0, 2), nil, true, true},
		{"a little lower", across(100, 140, 104, 0, 2), nil, true, false},
		{"as wide as a base", across(90, 145, 103, 0, 2), nil, true, true},
		{"wider", across(90, 146, 103, 0, 2), nil, true, false},
		{"lowest", across(100, 140, 138, 0, 2), nil, true, false},
		{"too low", across(100, 140, 139, 0, 2), nil, false, false},
		{"highest", across(100, 140, 93, 0, 2), nil, true, true},
		{"too high", across(100, 140, 92, 0, 2), nil, false, false},
		{"thick", across(100, 140, 104, 0, 4), nil, true, true},
		{"shortest", across(100, 129, 110, 0, 2), nil, true, false},
		{"too short", across(100, 128, 110, 0, 2), nil, false, false},
		{"half of it", across(80, 120, 110, 0, 2), nil, true, false},
		{"less of it", across(79, 119, 110, 0, 2), nil, false, false},
		{"half on the right", across(119, 157, 110, 0, 2), nil, true, false},
		{"less on the right", across(121, 159, 110, 0, 2), nil, false, false},
		{"beside a wide line", across(0, 120, 110, 0, 2), nil, true, false},
		{"a low digit", across(100, 140, 110, 0, 2), []image.Rectangle{image.Rect(100, 70, 140, 100)}, true, false},
		{"too low a digit", across(100, 140, 110, 0, 2), []image.Rectangle{image.Rect(100, 71, 140, 100)}, false, false},
		{"the bar of a 5", across(100, 140, 110, 0, 2), []image.Rectangle{digit, image.Rect(100, 123, 140, 180)}, false, false},
		{"above a line", across(100, 140, 110, 0, 2), []image.Rectangle{digit, image.Rect(100, 124, 140, 180)}, true, false},
		{"close to the bar", across(100, 140, 110, 0, 2), []image.Rectangle{digit, image.Rect(100, 98, 140, 180)}, false, false},
		{"across a digit", across(100, 140, 110, 0, 2), []image.Rectangle{digit, image.Rect(100, 97, 140, 180)}, true, false},
		{"both", across(100, 140, 103, 0, 2), []image.Rectangle{digit, digit.Sub(image.Pt(0, 20))}, true, true},
		{"slanted", across(100, 140, 81, .1, 2), nil, true, true},
	} {
		n := &network{height: 60, stroke: 2}
		if tt.digits == nil {
			tt.digits = []image.Rectangle{digit}
		}
		for _, b := range tt.digits {
			n.digits = append(n.digits, part{box: b})
		}
		under, isBase := n.isUnder(&tt.s)
		require.Equal(t, []bool{tt.under, tt.isBase}, []bool{under, isBase}, tt.name)
	}
}

// TestFindUnderlines: an underline touches nothing. Bases of 2s are underlines
// if they are equal and in a row.
func TestFindUnderlines(t *testing.T) {
	digits := []part{{box: image.Rect(20, 40, 60, 100)}, {box: image.Rect(80, 40, 120, 100)}, {box: image.Rect(140, 40, 180, 100)}}
	for _, tt := range []struct {
		name  string
		lines []lineSegment
		loose []bool
		want  []int
	}{
		{"one underline", []lineSegment{across(20, 60, 110, 0, 2)}, []bool{true}, []int{0}},
		{"it touches a digit", []lineSegment{across(20, 60, 110, 0, 2)}, []bool{false}, nil},
		{"one of them touches", []lineSegment{across(20, 60, 110, 0, 2), across(80, 120, 110, 0, 2), across(140, 170, 110, 0, 2)}, []bool{true, false, false}, []int{0, 1}},
		{"the first one touches", []lineSegment{across(20, 60, 110, 0, 2), across(80, 120, 110, 0, 2)}, []bool{false, true}, []int{0, 1}},
		{"a vertical segment", []lineSegment{down(20, 60, 110, 0, 2)}, []bool{true}, nil},
		{"a stroke from the same place on", []lineSegment{across(20, 60, 110, 0, 2), down(20, 60, 110, 0, 2)}, []bool{true, true}, []int{0}},
		{"one base", []lineSegment{across(20, 60, 103, 0, 2)}, []bool{true}, nil},
		{"two bases", []lineSegment{across(20, 60, 103, 0, 2), across(80, 120, 103, 0, 2)}, []bool{true, true}, []int{0, 1}},
		{"two equal bases", []lineSegment{across(20, 60, 103, 0, 2), across(80, 110, 103, 0, 2), across(140, 180, 103, 0, 2)}, []bool{true, true, true}, []int{0, 2}},
		{"two different bases", []lineSegment{across(20, 60, 103, 0, 2), across(80, 110, 103, 0, 2)}, []bool{true, true}, nil},
	} {
		n := &network{height: 60, stroke: 2, digits: digits, segments: tt.lines}
		for i := range n.segments {
			n.segments[i].isolated = tt.loose[i]
		}
		n.findUnderlines()
		require.Equal(t, tt.want, n.sure(), tt.name)
	}
	lines := []lineSegment{across(20, 60, 110, 0, 2), across(80, 120, 110, 0, 2)}
	lines[0].sure, lines[0].isolated = true, true
	n := &network{height: 60, stroke: 2, digits: digits, segments: lines}
	n.findUnderlines()
	require.Equal(t, []int{0}, n.sure(), "the other line is known")
}
