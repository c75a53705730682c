//go:build unix

package main

import "syscall"

// mostFiles returns how many files and connections this program may open.
func mostFiles() (n uint64, known bool) {
	var limit syscall.Rlimit
	err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit)
	return uint64(limit.Cur), err == nil
}
