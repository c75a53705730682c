//go:build !gc || purego || !amd64

package kernel

// Paths: there is one implementation here, in assembly or in plain Go.
func Paths() []string { return []string{"only"} }

func UsePath(string) (restore func()) { return func() {} }
