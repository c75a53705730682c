package dataset

import (
	"image"
	"runtime"
	"sync"
	"sync/atomic"
)

// Map computes a row of n features for each image and returns all rows,
// row-major [Len][n]. It calls f with the row to fill, which holds zeros, and
// the image, from several goroutines at once; f must keep neither. Each row
// depends on its image alone, so the result is the same for any number of
// processors.
func (s *Set) Map(n int, f func(dst []float32, img *image.Gray)) []float32 {
	rows := make([]float32, s.Len()*n)
	// Images are dealt out in portions, so that no goroutine waits long for
	// the slowest.
	const portion = 256
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), (s.Len()+portion-1)/portion) {
		wg.Add(1)
		go func() {
			defer wg.Done()
			img := image.Gray{Stride: s.Width, Rect: image.Rect(0, 0, s.Width, s.Height)}
			for {
				end := int(next.Add(portion))
				if end-portion >= s.Len() {
					return
				}
				for i := end - portion; i < min(end, s.Len()); i++ {
					img.Pix = s.Pixels(i)
					f(rows[i*n:(i+1)*n:(i+1)*n], &img)
				}
			}
		}()
	}
	wg.Wait()
	return rows
}
