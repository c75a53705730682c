package softmax

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"
)

// A Stream is a dense matrix [n][features] that need not fit into memory: its
// rows are read when [Trainer.FitStream] needs them.
type Stream struct {
	Rows int // n, the number of rows

	// Read writes the rows with these indices to dst, row-major
	// [len(rows)][features]. It must set all of dst, leave rows as they are,
	// and keep neither. It must give the same rows each time.
	//
	// Another goroutine calls Read while FitStream trains, but never two
	// goroutines at a time, and none after FitStream has returned. If Read
	// panics, FitStream panics.
	Read func(dst []float32, rows []int) error
}

type readFunc = func(dst []float32, rows []int) error

// FitStream is [Trainer.Fit] for rows that need not fit into memory. The same
// rows as [Floats] give the same model and the same Progress, to the bit.
//
// FitStream reads ahead in chunks of about 4 MB, at least one mini-batch. It
// keeps in memory two chunks, two or three numbers for each row, and the
// Validation data. An epoch reads each row once, in random order. With Center,
// FitStream first reads all rows twice, in order.
//
// Errors name rows by their number in the stream. If Read returns an error,
// FitStream ends. Its error wraps that of Read and names the first rows of the
// chunk. A canceled FitStream waits for Read.
func (t *Trainer) FitStream(ctx context.Context, x Stream, y []int) (Progress, error) {
	if x.Read == nil {
		panic("softmax: FitStream: Read is nil, want a function that reads rows")
	}
	return t.fit(ctx, matrix{features: t.model.features, rows: x.Rows}, x.Read, y)
}

// chunks yields the first n rows, in the order of training. Rows in memory are
// one chunk. A stream is read chunk by chunk, and while one chunk is in use, a
// goroutine reads the next. A chunk is valid until the loop's body ends.
func (f *fitting) chunks(ctx context.Context, n int) iter.Seq2[chunk, error] {
	return func(yield func(chunk, error) bool) {
		if f.read == nil {
			yield(f.all, nil)
			return
		}
		f.positions = ascending(f.positions, f.chunkRows())
		next := f.readAhead(0, n)
		defer func() { <-next.done }()
		for to := 0; to < n; {
			now := next
			<-now.done
			to += now.x.rows
			switch {
			case now.panicked != nil:
				panic(now.panicked)
			case ctx.Err() != nil:
				yield(chunk{}, f.stopped(ctx))
				return
			case now.err != nil:
				yield(chunk{}, fmt.Errorf("softmax: reading %s of the stream: %w", rowNames(now.x.numbers), now.err))
				return
			}
			if to < n {
				next = f.readAhead(to, n)
			}
			if !yield(now.chunk, nil) {
				return
			}
		}
	}
}

// chunkRows returns the number of rows of a chunk: whole mini-batches.
func (f *fitting) chunkRows() int {
	const floats = 1 << 20 // 4 MB
	batches := max(1, floats/f.all.x.features/f.batch)
	return min(batches*f.batch, f.all.x.rows)
}

// A reading is a chunk that a goroutine reads. Its rows, err and panicked are
// valid when done is closed.
type reading struct {
	chunk
	err      error
	panicked any
	done     chan struct{}
}

// readAhead reads a chunk of the first n rows, from a position on, in a
// goroutine. The chunks use two buffers in turn.
func (f *fitting) readAhead(from, n int) *reading {
	features, size := f.all.x.features, len(f.positions)
	to, buffer := min(from+size, n), &f.buffers[from/size%2]
	*buffer = resize(*buffer, (to-from)*features)
	r := &reading{done: make(chan struct{}), chunk: chunk{
		x:       matrix{floats: *buffer, features: features, rows: to - from, numbers: f.all.order[from:to]},
		order:   f.positions[:to-from],
		labels:  f.all.labels[from:to],
		weights: f.all.rowWeights(from, to),
	}}
	go func() {
		defer close(r.done)
		defer func() { r.panicked = recover() }()
		r.err = errNoReturn // if read calls runtime.Goexit, as a failing test does
		r.err = f.read(r.x.floats, r.x.numbers)
	}()
	return r
}

var errNoReturn = errors.New("the function Read ended its goroutine and did not return")

// rowNames names rows in an error: "rows 7, 1, 5 and 2 more".
func rowNames(rows []int) string {
	const most = 3
	if len(rows) == 1 {
		return fmt.Sprintf("row %d", rows[0])
	}
	text := strings.Trim(fmt.Sprint(rows[:min(most, len(rows))]), "[]")
	text = "rows " + strings.ReplaceAll(text, " ", ", ")
	if more := len(rows) - most; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}
