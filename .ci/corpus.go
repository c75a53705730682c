//go:build ignore

// Corpus keeps what fuzzing found. For each fuzz target it takes the inputs in
// testdata/fuzz and those in Go's build cache. In testdata/fuzz it keeps the
// smallest inputs that together reach as much code as all of them. It also
// keeps inputs that a person named. After a change of a target's arguments,
// empty the cache with go clean -fuzzcache.
//
//	go run .ci/corpus.go                  all targets
//	go run .ci/corpus.go FuzzPNM FuzzBMP  only these targets
//
// Run it in the module's root after .ci/fuzz.
package main

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("corpus: ")
	module, cache := goPrints("list", "-m"), goPrints("env", "GOCACHE")
	total := 0
	unknown := slices.Clone(os.Args[1:])
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		source, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, found := range regexp.MustCompile(`(?m)^func (Fuzz\w*)\(`).FindAllSubmatch(source, -1) {
			t := target{folder: filepath.Dir(path), name: string(found[1])}
			if len(os.Args) > 1 && !slices.Contains(os.Args[1:], t.name) {
				continue
			}
			unknown = slices.DeleteFunc(unknown, func(name string) bool { return name == t.name })
			size, err := t.keep(filepath.Join(cache, "fuzz", module, t.folder, t.name))
			if err != nil {
				return fmt.Errorf("%s in %s: %w", t.name, t.folder, err)
			}
			total += size
		}
		return nil
	})
	if err != nil {
		log.Fatal(err)
	}
	if len(unknown) > 0 {
		log.Fatalf("no target has the name %s", strings.Join(unknown, " or "))
	}
	fmt.Printf("%d bytes together\n", total)
}

// goPrints runs the go command and returns what it prints.
func goPrints(args ...string) string {
	out, err := exec.Command("go", args...).Output()
	if err != nil {
		log.Fatalf("go %s: %v", strings.Join(args, " "), err)
	}
	return strings.TrimSpace(string(out))
}

// A target is a fuzz target.
type target struct{ folder, name string }

// An input is a file of the target's corpus.
type input struct {
	name string
	size int64
}

// found reports whether fuzzing found the input: its name is a hash.
func (in input) found() bool { return regexp.MustCompile("^[0-9a-f]{16}$").MatchString(in.name) }

// keep adds the cached inputs to the target's corpus, and then makes it small.
// It returns its size in bytes.
func (t target) keep(cached string) (size int, err error) {
	corpus := filepath.Join(t.folder, "testdata", "fuzz", t.name)
	added, err := copyFiles(corpus, cached)
	defer func() {
		if err != nil { // an input that fails would make the tests fail
			err = errors.Join(err, removeFiles(corpus, added))
		}
	}()
	if err != nil {
		return 0, err
	}
	inputs, err := list(corpus)
	if err != nil || len(inputs) == 0 {
		return 0, err
	}
	tmp, err := os.MkdirTemp("", "corpus-")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(tmp)
	test := filepath.Join(tmp, "test")
	if out, err := exec.Command("go", "test", "-c", "-cover", "-coverpkg=./...", "-o", test, "./"+t.folder).CombinedOutput(); err != nil {
		return 0, fmt.Errorf("%w\n%s", err, out)
	}
	reached := map[string]bool{}
	var needless []string
	for _, in := range inputs {
		blocks, err := t.reach(test, in.name, filepath.Join(tmp, "profile"))
		if err != nil {
			return 0, err
		}
		before := len(reached)
		for _, b := range blocks {
			reached[b] = true
		}
		if len(reached) > before || !in.found() {
			size += int(in.size)
		} else {
			needless = append(needless, in.name)
		}
	}
	fmt.Printf("%-20s %-28s kept %3d of %4d inputs, %6d bytes\n", t.name, t.folder, len(inputs)-len(needless), len(inputs), size)
	return size, removeFiles(corpus, needless)
}

// copyFiles copies the files of a folder, which need not exist. It returns the
// names of those that the other folder lacked.
func copyFiles(to, from string) (added []string, err error) {
	files, err := list(from)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(to, 0o777); err != nil {
		return nil, err
	}
	for _, f := range files {
		target := filepath.Join(to, f.name)
		if _, err := os.Stat(target); err == nil {
			continue // the name is a hash of the content
		}
		data, err := os.ReadFile(filepath.Join(from, f.name))
		if err != nil {
			return added, err
		}
		added = append(added, f.name)
		if err := os.WriteFile(target, data, 0o666); err != nil {
			return added, err
		}
	}
	return added, nil
}

func removeFiles(folder string, names []string) (err error) {
	for _, name := range names {
		err = errors.Join(err, os.Remove(filepath.Join(folder, name)))
	}
	return err
}

// list returns the files of a folder: those with a person's name first, and
// then the smallest first.
func list(folder string) ([]input, error) {
	entries, err := os.ReadDir(folder)
	if err != nil && !os.IsNotExist(err) {
		return nil, err
	}
	var inputs []input
	for _, e := range entries {
		info, err := e.Info()
		if err != nil {
			return nil, err
		}
		inputs = append(inputs, input{e.Name(), info.Size()})
	}
	slices.SortFunc(inputs, func(a, b input) int {
		switch {
		case !a.found() && b.found():
			return -1
		case a.found() && !b.found():
			return 1
		}
		return cmp.Or(cmp.Compare(a.size, b.size), cmp.Compare(a.name, b.name))
	})
	return inputs, nil
}

// reach runs the target on one input and returns the pieces of code that it
// reaches.
func (t target) reach(test, name, profile string) ([]string, error) {
	run := "^" + t.name + "$/^" + regexp.QuoteMeta(name) + "$"
	cmd := exec.Command(test, "-test.run", run, "-test.coverprofile", profile)
	cmd.Dir = t.folder
	if out, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("the input %s fails: %w\n%s", name, err, out)
	}
	data, err := os.ReadFile(profile)
	if err != nil {
		return nil, err
	}
	var blocks []string
	for line := range bytes.Lines(data) {
		block, count, _ := bytes.Cut(bytes.TrimSpace(line), []byte(" "))
		if !bytes.HasSuffix(count, []byte(" 0")) {
			blocks = append(blocks, string(block))
		}
	}
	return blocks, nil
}
