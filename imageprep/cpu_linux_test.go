package imageprep

import (
	"syscall"
	"time"
)

// cpuTime returns the processor time that this thread has used. Other programs
// on the same machine do not matter.
func cpuTime() time.Duration {
	const thisThread = 1 // RUSAGE_THREAD
	var u syscall.Rusage
	if err := syscall.Getrusage(thisThread, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
