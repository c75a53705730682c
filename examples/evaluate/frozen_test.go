package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/seed-cd6415d7/digits/examples/internal/golden"
	"github.com/seed-cd6415d7/digits/examples/internal/toymodel"
	"github.com/stretchr/testify/require"
)

// TestFrozen: the same command prints the same text and makes the same page as
// ever, on every machine.
func TestFrozen(t *testing.T) {
	mixed := mixed(t)
	labeled := written(9, 8, 12, 1, 0, 10)
	plant(labeled, 3)
	data := folderOf(t, labeled)
	some := t.TempDir()
	for name, drawing := range map[string]string{
		"a/1_x.png": "1_stick.png", "a/4_x.png": "4_corner.png", "9_x.png": "9_stick.png", "3_x.png": "9_stick.png",
		"a/0_x.png": "0_ballpoint.png", "83_x.png": "4_corner.png", "lost.png": "4_corner.png",
	} {
		write(t, some, name, drawing)
	}
	dir := t.TempDir()
	t.Chdir(dir)
	require.NoError(t, os.Rename(mixed[1], "hollow"))
	require.NoError(t, os.Rename(toymodel.Always(t, strings.Split("0123456789abcdefghijkl", ""), 9, nil), "letters"))
	require.NoError(t, os.Rename(toymodel.Always(t, strings.Fields("0 1 3 4 9 eighty 83"), 4, nil), "names"))
	for name, folder := range map[string]string{"mixed": mixed[2], "data": data, "some": some} {
		require.NoError(t, os.CopyFS(name, os.DirFS(folder)))
	}
	var lines strings.Builder
	for _, command := range []string{
		"-model hollow mixed -report page.html",
		"-model hollow mixed -json -one",
		"some -report page.html",
		"-model letters some",
		"-model names some -labels names -report page.html",
		"-suspects some -labels folders",
		"-suspects -data data -n 7 -report page.html",
		"-suspects -data data -n 4 -seed 2 -set test -json",
		"-suspects -pictures some -labels names",
	} {
		out, err := evaluate(t, strings.Fields(command)...)
		fmt.Fprintf(&lines, "# %s\n%serror: %v\n", command, out, err)
		if strings.Contains(command, "page.html") {
			page, err := os.ReadFile(filepath.Join(dir, "page.html"))
			require.NoError(t, err)
			fmt.Fprintf(&lines, "page\n%s", golden.Text(t, string(page)))
			// Models of pixels give the same markup to the bit.
			if strings.Contains(command, "hollow") || strings.Contains(command, "names") {
				fmt.Fprintf(&lines, "markup %s\n", golden.Sum([]byte(golden.Pixels(t, string(page)))))
			}
		}
	}
	golden.Check(t, "runs.txt", lines.String())
}
