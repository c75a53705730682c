//go:build plan9 || js

package command

func surviveBrokenPipe()      {}
func isBrokenPipe(error) bool { return false }
