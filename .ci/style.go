//go:build ignore

// Style checks two rules that gofmt, go vet and staticcheck do not know:
//
//   - Comments end at column 80. A tab counts as 4 columns.
//   - In softmax/internal/kernel, a file with a build constraint exports no
//     name. So the package has the same API on every platform.
//
// Run it in the module's root:
//
//	go run .ci/style.go
//
// It reads all Go files, assembly sources and headers. It prints each place
// that breaks a rule and, if there is one, exits with status 1.
package main

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/build"
	"go/build/constraint"
	"go/parser"
	"go/token"
	"io/fs"
	"log"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

const (
	commentWidth = 80
	codeWidth    = 120 // also of code that ends with a comment
	tabWidth     = 4
	kernel       = "softmax/internal/kernel"
)

func main() {
	log.SetFlags(0)
	broken := 0
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if d.Name() == ".git" {
				return fs.SkipDir
			}
			return nil
		}
		var found []string
		switch filepath.Ext(path) {
		case ".go":
			found, err = checkGo(path)
		case ".s", ".h":
			found, err = checkAssembly(path)
		}
		for _, place := range found {
			fmt.Println(place)
		}
		broken += len(found)
		return err
	})
	if err != nil {
		log.Fatal("style: ", err)
	}
	if broken > 0 {
		log.Fatalf("style: %d places break the rules; .ci/style.go explains them", broken)
	}
}

// checkGo returns the places in a Go file that break a rule.
func checkGo(path string) ([]string, error) {
	source, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, path, source, parser.ParseComments)
	if err != nil {
		return nil, err
	}
	found := checkComments(fset, file, bytes.Split(source, []byte("\n")))
	inKernel := filepath.ToSlash(filepath.Dir(path)) == kernel && !strings.HasSuffix(path, "_test.go")
	if !inKernel || !constrained(path, file) {
		return found, nil
	}
	for _, name := range exported(file) {
		found = append(found, fmt.Sprintf("%s: a file with a build constraint exports %s; move it to one without",
			fset.Position(name.Pos()), name.Name))
	}
	return found, nil
}

// checkComments returns the lines with comments that are too long. A comment
// that stands alone or describes a field, a constant or a variable must end at
// commentWidth. Code with another comment behind it must end at codeWidth.
func checkComments(fset *token.FileSet, file *ast.File, lines [][]byte) []string {
	describes := map[*ast.CommentGroup]bool{}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Field:
			describes[n.Comment] = true
		case *ast.ValueSpec:
			describes[n.Comment] = true
		}
		return true
	})
	var found []string
	for _, group := range file.Comments {
		output := false // the lines are the expected output of an example
		for _, c := range group.List {
			first := fset.Position(c.Pos())
			for i := range strings.Split(c.Text, "\n") {
				line := string(lines[first.Line-1+i])
				limit := commentWidth
				if i == 0 && strings.TrimSpace(line[:first.Column-1]) != "" && !describes[group] {
					limit = codeWidth
				}
				if columns(line) > limit && !output && !unbreakable(line) {
					found = append(found, tooLong(first.Filename, first.Line+i, columns(line), limit))
				}
			}
			if strings.HasSuffix(first.Filename, "_test.go") && outputMarker.MatchString(c.Text) {
				output = true
			}
		}
	}
	return found
}

// outputMarker finds the comment that begins the output of an example.
var outputMarker = regexp.MustCompile(`(?i)^//\s*(unordered )?output:`)

// checkAssembly returns the lines with comments of // that are too long. The
// declaration of a routine, // func name(...), is code.
func checkAssembly(path string) ([]string, error) {
	source, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var found []string
	for i, line := range strings.Split(string(source), "\n") {
		limit := codeWidth
		if text := strings.TrimSpace(line); strings.HasPrefix(text, "//") && !strings.HasPrefix(text, "// func ") {
			limit = commentWidth
		}
		if strings.Contains(line, "//") && columns(line) > limit && !unbreakable(line) {
			found = append(found, tooLong(path, i+1, columns(line), limit))
		}
	}
	return found, nil
}

func tooLong(path string, line, have, limit int) string {
	return fmt.Sprintf("%s:%d: %d columns; wrap the comment at %d", path, line, have, limit)
}

// columns returns the width of a line.
func columns(line string) int {
	return utf8.RuneCountInString(line) + (tabWidth-1)*strings.Count(line, "\t")
}

// unbreakable says whether a line is a directive such as //go:build, or a
// comment of a single word such as a URL, perhaps in a list.
func unbreakable(line string) bool {
	line = strings.TrimSpace(line)
	if directive.MatchString(line) {
		return true
	}
	text := strings.TrimLeft(line, "/*- \t")
	return strings.HasPrefix(line, "/") && !strings.ContainsAny(text, " \t")
}

// directive is the pattern by which gofmt and go doc know directives.
var directive = regexp.MustCompile(`^//(line |extern |export |[a-z0-9]+:[a-z0-9])`)

// constrained says whether the file is left out of builds for some platforms,
// by its name or by a constraint in it.
func constrained(path string, file *ast.File) bool {
	for _, group := range file.Comments {
		for _, c := range group.List {
			if c.Pos() < file.Package && constraint.IsGoBuild(c.Text) {
				return true
			}
		}
	}
	nowhere := build.Context{GOOS: "nowhere", GOARCH: "none"}
	match, err := nowhere.MatchFile(filepath.Dir(path), filepath.Base(path))
	return err != nil || !match
}

// exported returns the exported names that the file declares, methods too.
func exported(file *ast.File) []*ast.Ident {
	var names []*ast.Ident
	for _, decl := range file.Decls {
		switch decl := decl.(type) {
		case *ast.FuncDecl:
			names = append(names, decl.Name)
		case *ast.GenDecl:
			for _, spec := range decl.Specs {
				switch spec := spec.(type) {
				case *ast.TypeSpec:
					names = append(names, spec.Name)
				case *ast.ValueSpec:
					names = append(names, spec.Names...)
				}
			}
		}
	}
	return slices.DeleteFunc(names, func(name *ast.Ident) bool { return !name.IsExported() })
}
