package main

import (
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"os"
	"path/filepath"
	"strings"

	"github.com/seed-cd6415d7/digits/examples/internal/sheet"
	"github.com/seed-cd6415d7/digits/examples/reader"
	"github.com/seed-cd6415d7/digits/imageprep"
)

func oracle(r *reader.Reader, dir string, rows [][]string, path, label, boxes int) {
	type run struct {
		box image.Rectangle
		m   *image.Gray
		s   float64
	}
	n, good, right, none := 0, 0, 0, 0
	strs, strGood, strRight := 0, 0, 0
	conf := map[string]int{}
	for _, row := range rows {
		var runs []run
		imageprep.Trace = func(b image.Rectangle, m *image.Gray, s float64) { runs = append(runs, run{b, m, s}) }
		f, _ := os.Open(filepath.Join(dir, row[path]))
		img, o, _ := reader.Decode(f)
		f.Close()
		r.All(img, o)
		imageprep.Trace = nil
		allGood, allRight := true, true
		want := strings.Fields(row[boxes])
		if len(want) != len(row[label]) {
			continue
		}
		strs++
		for k, w := range want {
			var q [4]int
			fmt.Sscanf(w, "%d,%d,%d,%d", &q[0], &q[1], &q[2], &q[3])
			b := image.Rect(q[0], q[1], q[2]+1, q[3]+1)
			best, iou := run{}, 0.0
			for _, c := range runs {
				i := c.box.Intersect(b)
				u := c.box.Union(b)
				_ = u
				a := float64(i.Dx() * i.Dy())
				v := a / (float64(c.box.Dx()*c.box.Dy()) + float64(b.Dx()*b.Dy()) - a)
				if v > iou {
					best, iou = c, v
				}
			}
			n++
			if iou > .7 {
				good++
			} else {
				allGood = false
			}
			if best.m != nil {
				an, _ := r.Raw(best.m)
				d := string(rune('0' + an.Digit))
				if d == row[label][k:k+1] {
					right++
				} else {
					allRight = false
					if len(bad) < 240 {
						bad = append(bad, badCell{best.m, row[label][k:k+1], d, iou})
					}
					conf[row[label][k:k+1]+">"+d]++
				}
				if an.NoDigit {
					none++
				}
			} else {
				allRight = false
			}
		}
		if allGood {
			strGood++
		}
		if allRight {
			strRight++
		}
	}
	fmt.Printf("oracle: %d digits, %.1f%% with a run of IoU > .7, %.1f%% right, %.1f%% none; strings: %d, %.1f%% all good, %.1f%% all right\n", n, 100*float64(good)/float64(n), 100*float64(right)/float64(n), 100*float64(none)/float64(n), strs, 100*float64(strGood)/float64(strs), 100*float64(strRight)/float64(strs))
	fmt.Println(conf)
	saveBad()
}

type badCell struct {
	m         *image.Gray
	want, got string
	iou       float64
}

var bad []badCell

func saveBad() {
	m := image.NewRGBA(image.Rect(0, 0, 20*60, (len(bad)+19)/20*76))
	draw.Draw(m, m.Rect, image.White, image.Point{}, draw.Src)
	for i, b := range bad {
		x0, y0 := i%20*60, i/20*76
		for y := range 56 {
			for x := range 56 {
				v := 255 - b.m.GrayAt(x/2, y/2).Y
				m.SetRGBA(x0+x, y0+y, color.RGBA{v, v, v, 255})
			}
		}
		sheet.DrawText(m, image.Pt(x0, y0+60), 60, fmt.Sprintf("%s>%s %.0f", b.want, b.got, 100*b.iou), color.RGBA{200, 0, 0, 255})
	}
	f, _ := os.Create("/tmp/badcells.png")
	png.Encode(f, m)
	f.Close()
}
