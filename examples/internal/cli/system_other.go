//go:build plan9 || js

package cli

func surviveBrokenPipe()      {}
func isBrokenPipe(error) bool { return false }
func isFullDisk(error) bool   { return false }
