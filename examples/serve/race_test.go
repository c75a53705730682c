//go:build race

package main

// slower is how much less the tests do, because the race detector is slow.
const slower = 3
