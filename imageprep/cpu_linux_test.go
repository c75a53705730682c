package imageprep

import (
	"syscall"
	"time"
	"unsafe"
)

// cpuTime is the processor time of the current thread, which other programs
// disturb little. Lock the goroutine to its thread.
func cpuTime() time.Duration {
	const threadTime = 3 // CLOCK_THREAD_CPUTIME_ID
	var t syscall.Timespec
	if _, _, errno := syscall.Syscall(syscall.SYS_CLOCK_GETTIME, threadTime, uintptr(unsafe.Pointer(&t)), 0); errno != 0 {
		panic(errno)
	}
	return time.Duration(t.Nano())
}
