package kernel

// Paths returns the names of the implementations that this machine can run,
// the best last.
func Paths() []string { return paths() }

// UsePath switches to one of them until restore is called. It is for tests and
// benchmarks, while nothing else uses the package.
func UsePath(name string) (restore func()) { return usePath(name) }
