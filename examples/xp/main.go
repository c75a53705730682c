// Command xp reads folders with manifests.
package main

import (
	"encoding/csv"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"sync"
	"time"

	"github.com/seed-cd6415d7/digits/examples/reader"
	"github.com/seed-cd6415d7/digits/imageprep"
)

func dist(a, b string) int {
	d := make([]int, len(b)+1)
	for j := range d {
		d[j] = j
	}
	for i := range a {
		prev := d[0]
		d[0] = i + 1
		for j := range b {
			c := prev
			if a[i] != b[j] {
				c++
			}
			prev = d[j+1]
			d[j+1] = min(c, d[j]+1, d[j+1]+1)
		}
	}
	return d[len(b)]
}

func main() {
	verbose := flag.Bool("v", false, "")
	model := flag.String("model", "", "")
	out := flag.String("draw", "", "")
	skip := flag.Int("skip", 0, "")
	orc := flag.Bool("oracle", false, "")
	one := flag.Bool("one", false, "")
	only := flag.String("only", "", "")
	every := flag.Int("every", 1, "")
	flag.BoolVar(&imageprep.Debug, "debug", false, "")
	flag.Parse()
	r, err := reader.Load(*model)
	if err != nil {
		panic(err)
	}
	for _, dir := range flag.Args() {
		f, _ := os.Open(filepath.Join(dir, "manifest.csv"))
		rows, _ := csv.NewReader(f).ReadAll()
		head := map[string]int{}
		for i, h := range rows[0] {
			head[h] = i
		}
		rows = rows[1:]
		if *orc {
			oracle(r, dir, rows, head["path"], head["label"], head["boxes"])
			continue
		}
		got := make([]string, len(rows))
		var wg sync.WaitGroup
		next := make(chan int)
		begin := time.Now()
		for range 2 {
			wg.Add(1)
			go func() {
				defer wg.Done()
				for i := range next {
					f, err := os.Open(filepath.Join(dir, rows[i][head["path"]]))
					if err != nil {
						continue
					}
					img, o, err := reader.Decode(f)
					f.Close()
					if err != nil {
						continue
					}
					if *one {
						if a, err := r.One(img, o); err == nil {
							got[i] = reader.Text([]reader.Answer{a})
						}
						continue
					}
					if p, err := r.Page(img, o); err == nil {
						got[i] = reader.Text(p.Answers)
					}
				}
			}()
		}
		for i := range rows {
			if i%*every == 0 && strings.Contains(rows[i][head["kind"]], *only) {
				next <- i
			}
		}
		close(next)
		wg.Wait()
		type stat struct{ n, ok, digits, edits, long, short int }
		stats := map[string]*stat{}
		for i := range rows {
			if i%*every != 0 || !strings.Contains(rows[i][head["kind"]], *only) {
				continue
			}
			label := rows[i][head["label"]]
			for _, k := range []string{rows[i][head["kind"]], "~all"} {
				s := stats[k]
				if s == nil {
					s = new(stat)
					stats[k] = s
				}
				s.n++
				s.digits += len(label)
				s.edits += min(dist(label, got[i]), len(label))
				if got[i] == label {
					s.ok++
				}
				if len(got[i]) > len(label) {
					s.long++
				}
				if len(got[i]) < len(label) {
					s.short++
				}
			}
			if *verbose && got[i] != label {
				fmt.Println(rows[i][head["path"]], label, got[i])
			}
			if *out != "" && got[i] != label {
				if *skip--; *skip < 0 && len(cells) < 28 {
					addCell(filepath.Join(dir, rows[i][head["path"]]), label, r)
				}
			}
		}
		if *out != "" {
			saveCells(*out)
		}
		var kinds []string
		for k := range stats {
			kinds = append(kinds, k)
		}
		sort.Strings(kinds)
		for _, k := range kinds {
			s := stats[k]
			fmt.Printf("%-30s %4d of %4d = %5.1f %%  digits %5.1f %%  long %d short %d\n", k, s.ok, s.n, 100*float64(s.ok)/float64(s.n), 100-100*float64(s.edits)/float64(s.digits), s.long, s.short)
		}
		fmt.Println(time.Since(begin).Round(time.Millisecond))
	}
}
