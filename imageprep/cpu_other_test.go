//go:build !linux

package imageprep

import "time"

var started = time.Now()

// cpuTime returns the time since the start of the program.
func cpuTime() time.Duration { return time.Since(started) }
