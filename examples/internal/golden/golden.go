// Package golden freezes texts that tests make: what a program prints, or what
// a package answers. They must not change by accident.
package golden

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// folder is the folder of the test, which may change its working directory.
var folder, _ = os.Getwd()

var update = flag.Bool("update", false, "write the frozen texts in testdata anew")

// Check compares a text with the file testdata/NAME. With the flag -update of
// the test, it writes the file: look at the difference before you commit it.
// The folder testdata must exist.
func Check(t testing.TB, name, got string) {
	t.Helper()
	file := filepath.Join(folder, "testdata", name)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if want := string(data); got != want {
		t.Errorf("testdata/%s differs, first in line %s\nIf that is intended: go test -update, in this folder", name, firstChange(got, want))
	}
}

// firstChange returns the first line that differs, in both texts.
func firstChange(got, want string) string {
	has, wants := strings.Split(got, "\n"), strings.Split(want, "\n")
	i := 0
	for i < len(has) && i < len(wants) && has[i] == wants[i] {
		i++
	}
	line := func(list []string) string {
		if i < len(list) {
			return list[i]
		}
		return "(end)"
	}
	return fmt.Sprintf("%d:\ngot  %.300q\nwant %.300q", i+1, line(has), line(wants))
}
