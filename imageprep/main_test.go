package imageprep

import (
	"os"
	"runtime/debug"
	"testing"
)

// TestMain collects garbage less often: pictures are garbage soon, and new
// memory costs the tests a third of their time.
func TestMain(m *testing.M) {
	debug.SetGCPercent(-1)
	debug.SetMemoryLimit(200 << 20)
	os.Exit(m.Run())
}
