package softmax

import "time"

// pace decides how many workers take part in a stretch of a pass. Workers who
// meet at every step are as fast as the slowest: if something else keeps one of
// their processors busy, they can be much slower together than one of them alone.
// So a crew that takes longer than one worker took is given a rest, a longer one
// each time in a row. As the number of workers does not change a bit of what they
// do, the clock, which it is taken from, does not either.
type pace struct {
	alone int           // stretches that one worker has made, of which the first warms up the caches
	solo  time.Duration // that the latest of them took for a million rows
	rest  int           // stretches that the crew still has to rest
	rests int           // the length of its latest rest, 0 after a good stretch
	brief bool          // stretches of a single step, in tests

	// The stretch: its workers, the rows done before it, and its time. It has no end
	// if until is zero.
	size, from   int
	began, until time.Time
}

// begin begins a stretch of so many workers, before which so many rows were done.
func (p *pace) begin(size, rows int) {
	p.size, p.from, p.began = size, rows, time.Now()
	p.until = p.began.Add(p.stretch(size))
}

// over reports whether it is time to end the stretch, when so many rows are done. A
// crew that was fast enough goes on with the next at once: to start the workers again
// takes longer than some steps.
func (p *pace) over(rows int) bool {
	switch {
	case p.until.IsZero() || time.Now().Before(p.until):
		return false
	case p.size == 1:
		return true
	}
	p.note(p.size, rows-p.from, time.Since(p.began))
	p.begin(p.size, rows)
	return p.brief || p.rest > 0
}

// end takes down how long the stretch took, unless over has, and the crew is to rest.
func (p *pace) end(rows int) {
	if p.size == 1 || p.rest == 0 {
		p.note(p.size, rows-p.from, time.Since(p.began))
	}
}

// stretch returns how long a stretch of so many workers takes: short for people, and
// of a crew long in comparison with the start of a goroutine, and to judge by.
func (p *pace) stretch(workers int) time.Duration {
	switch {
	case p.brief:
		return 0
	case workers == 1:
		return time.Millisecond
	}
	return 10 * time.Millisecond
}

// workers returns how many of n workers are to take part in the next stretch.
func (p *pace) workers(n int) int {
	if p.alone < 2 || p.rest > 0 {
		return 1
	}
	return n
}

// note takes down how long a stretch took.
func (p *pace) note(workers, rows int, took time.Duration) {
	if rows == 0 {
		return
	}
	took = took * 1e6 / time.Duration(rows)
	switch {
	case workers == 1:
		p.alone++
		p.solo = took
		p.rest = max(0, p.rest-1)
	case took > p.solo:
		p.rests = min(max(4, 2*p.rests), 64)
		p.rest = p.rests
	default:
		p.rests = 0
	}
}
