package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path"
	"regexp"
	"slices"
	"strings"
)

// A pkg is a package of the module and what became of its mutants.
type pkg struct {
	path       string // relative to the module's root
	mutants    []mutant
	equivalent int // mutants that no test can notice; not in mutants

	want          int // how many mutants to try
	unusable      int // mutants that do not compile; they are not tried
	tried, caught int
	late          int // caught because the tests did not end in time
	survivors     []mutant
}

// A mutant is one change of one file.
type mutant struct {
	file     string // relative to the module's root
	line     int
	old, new string
	start    int    // offset of old in the file
	text     string // the changed line, trimmed
	source   string // the file
}

// String has the form that an editor finds: file, line, change, text.
func (m mutant) String() string {
	return fmt.Sprintf("%s:%d: %s", m.file, m.line, m.change())
}

// change describes the mutant without its line number.
func (m mutant) change() string {
	return fmt.Sprintf("%s -> %s in: %s", short(m.old), short(m.new), m.text)
}

// short is the first line of a piece of code.
func short(code string) string {
	first, _, more := strings.Cut(code, "\n")
	if more {
		first += " ..."
	}
	return first
}

// load lists the mutants of the packages that have tests and match the
// patterns.
func load(patterns []string, match *regexp.Regexp) ([]*pkg, error) {
	if len(patterns) == 0 {
		patterns = []string{"./..."}
	}
	cmd := exec.Command("go", append([]string{"list", "-json=ImportPath,GoFiles,SFiles,TestGoFiles,XTestGoFiles,Module"}, patterns...)...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w", err)
	}
	equivalent, err := readEquivalent()
	if err != nil {
		return nil, err
	}
	var packages []*pkg
	for decoder := json.NewDecoder(bytes.NewReader(out)); ; {
		var found struct {
			ImportPath                                 string
			GoFiles, SFiles, TestGoFiles, XTestGoFiles []string
			Module                                     struct{ Path string }
		}
		if err := decoder.Decode(&found); err == io.EOF {
			return packages, nil
		} else if err != nil {
			return nil, fmt.Errorf("go list: %w", err)
		}
		if len(found.TestGoFiles)+len(found.XTestGoFiles) == 0 {
			continue
		}
		p := &pkg{path: strings.TrimPrefix(found.ImportPath, found.Module.Path+"/")}
		for _, name := range append(found.GoFiles, found.SFiles...) {
			if !canRun(name) {
				fmt.Fprintf(os.Stderr, "left out: %s, which this processor cannot run\n", path.Join(p.path, name))
				continue
			}
			if err := p.add(path.Join(p.path, name), equivalent, match); err != nil {
				return nil, err
			}
		}
		packages = append(packages, p)
	}
}

// add adds the mutants of a file.
func (p *pkg) add(file string, equivalent map[string][]string, match *regexp.Regexp) error {
	mutants, err := mutantsOf(file)
	if err != nil {
		return err
	}
	entries, found := map[string]int{}, map[string]int{}
	for _, change := range equivalent[file] {
		entries[change]++
	}
	for _, m := range mutants {
		found[m.change()]++
	}
	for change, n := range entries {
		if n != found[change] {
			return fmt.Errorf("%s lists this %d times, but there are %d such mutants: %s: %s", equivalentFile, n, found[change], file, change)
		}
	}
	for _, m := range mutants {
		switch {
		case slices.Contains(equivalent[file], m.change()):
			p.equivalent++
		case match.MatchString(m.String()):
			p.mutants = append(p.mutants, m)
		}
	}
	return nil
}

// mutantsOf lists the mutants of a file.
func mutantsOf(file string) ([]mutant, error) {
	source, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	changes := assemblyChanges
	if strings.HasSuffix(file, ".go") {
		changes = goChanges
	}
	mutants, err := changes(source)
	content := string(source)
	for i := range mutants {
		m := &mutants[i]
		m.file, m.source = file, content
		m.line = 1 + bytes.Count(source[:m.start], []byte("\n"))
		begin := bytes.LastIndexByte(source[:m.start], '\n') + 1
		line, _, _ := bytes.Cut(source[begin:], []byte("\n"))
		m.text = strings.TrimSpace(string(line))
	}
	return mutants, err
}

// apply returns the source with the mutant's change.
func (m mutant) apply(source []byte) []byte {
	return append(append(append([]byte{}, source[:m.start]...), m.new...), source[m.start+len(m.old):]...)
}

// equivalentFile lists the mutants that no test can notice.
const equivalentFile = ".ci/mutate/equivalent.txt"

// readEquivalent reads the list of mutants that no test can notice: for each
// file, the changes. The list itself explains its form.
func readEquivalent() (map[string][]string, error) {
	data, err := os.ReadFile(equivalentFile)
	if err != nil {
		return nil, err
	}
	equivalent := map[string][]string{}
	reason := true
	for i, line := range strings.Split(string(data), "\n") {
		if strings.HasPrefix(line, "#") {
			continue
		}
		file, change, isMutant := strings.Cut(line, ": ")
		switch {
		case strings.HasPrefix(line, "\t"):
			reason = true
		case line == "" && !reason:
			return nil, fmt.Errorf("%s:%d: the mutants above have no reason; write it into this line, after a tab", equivalentFile, i+1)
		case isMutant:
			reason = false
			if _, err := os.Stat(file); err != nil {
				return nil, fmt.Errorf("%s:%d: remove the mutant: %w", equivalentFile, i+1, err)
			}
			equivalent[file] = append(equivalent[file], change)
		case line != "":
			return nil, fmt.Errorf("%s:%d: no file and change; copy what mutate prints, without the line number", equivalentFile, i+1)
		}
	}
	return equivalent, nil
}
