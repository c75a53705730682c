//go:build ignore

// Api lists the exported API of all packages that other programs can import:
// one line for each constant, variable, function, type, field and method. The
// list stands in .ci/api.txt. To update it:
//
//	go run .ci/api.go > .ci/api.txt
//
// The program reads the export data of the compiler. So it sees exactly what an
// importing program sees, on the platform that GOOS and GOARCH name.
package main

import (
	"errors"
	"fmt"
	"go/importer"
	"go/token"
	"go/types"
	"io"
	"log"
	"os"
	"os/exec"
	"slices"
	"strings"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("api: ")
	files, importable, module, err := goList()
	if err != nil {
		log.Fatal(err)
	}
	imp := importer.ForCompiler(token.NewFileSet(), "gc", func(path string) (io.ReadCloser, error) {
		return os.Open(files[path])
	})
	var lines []string
	for _, path := range importable {
		pkg, err := imp.Import(path)
		if err != nil {
			log.Fatal(err)
		}
		l := lister{pkg: pkg, prefix: strings.TrimPrefix(path, module+"/") + ": "}
		for _, name := range pkg.Scope().Names() {
			if token.IsExported(name) {
				l.object(pkg.Scope().Lookup(name))
			}
		}
		lines = append(lines, l.lines...)
	}
	slices.Sort(lines)
	fmt.Println(strings.Join(lines, "\n"))
}

// goList returns the export files by import path, of the module's packages and
// of all that they import. It also returns the import paths of the packages
// that other modules can import, and the module's path.
func goList() (files map[string]string, importable []string, module string, err error) {
	const format = `{{.ImportPath}} {{.Name}} {{.DepOnly}} {{with .Module}}{{.Path}}{{else}}-{{end}} {{.Export}}`
	cmd := exec.Command("go", "list", "-export", "-deps", "-f", format, "./...")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, nil, "", fmt.Errorf("go list: %w", err)
	}
	files = map[string]string{}
	for line := range strings.Lines(string(out)) {
		// A package without an export file (unsafe, or only tests) has no fifth
		// field.
		f := strings.SplitN(strings.TrimSpace(line), " ", 5)
		if len(f) < 5 {
			continue
		}
		path, name, onlyImported := f[0], f[1], f[2] == "true"
		files[path] = f[4]
		if onlyImported || name == "main" || slices.Contains(strings.Split(path, "/"), "internal") {
			continue
		}
		importable, module = append(importable, path), f[3]
	}
	if len(importable) == 0 {
		return nil, nil, "", errors.New("no package to list: run this in the module's root")
	}
	return files, importable, module, nil
}

// A lister collects the lines of one package.
type lister struct {
	pkg    *types.Package
	prefix string // begins every line
	lines  []string
}

func (l *lister) add(format string, args ...any) {
	l.lines = append(l.lines, l.prefix+fmt.Sprintf(format, args...))
}

// qualify writes names of other packages as image.Image, and names of this
// package without a qualifier.
func (l *lister) qualify(other *types.Package) string {
	if other == l.pkg {
		return ""
	}
	return other.Name()
}

// object lists an exported object of the package. A type brings its exported
// fields and methods.
func (l *lister) object(o types.Object) {
	text := types.ObjectString(o, l.qualify)
	switch o := o.(type) {
	case *types.Const:
		l.add("%s = %s", text, o.Val().ExactString())
	case *types.TypeName:
		if o.IsAlias() {
			l.add("%s", text)
			return
		}
		head := "type " + types.TypeString(o.Type(), l.qualify)
		switch u := o.Type().Underlying().(type) {
		case *types.Struct:
			l.add("%s struct", head)
			l.fields(head, u)
		case *types.Interface:
			l.add("%s interface", head)
			l.elements(head, u)
			return
		default:
			l.add("%s", text)
		}
		l.methods(o.Type())
	default:
		l.add("%s", text)
	}
}

// fields lists the exported fields of a struct, and those that an unexported
// embedded struct adds to it.
func (l *lister) fields(head string, s *types.Struct) {
	for i := range s.NumFields() {
		f := s.Field(i)
		if !f.Exported() {
			if inner, ok := f.Type().Underlying().(*types.Struct); ok && f.Embedded() {
				l.fields(head, inner)
			}
			continue
		}
		line := head + ", field " + f.Name() + " " + types.TypeString(f.Type(), l.qualify)
		if f.Embedded() {
			line += " (embedded)"
		}
		if tag := s.Tag(i); tag != "" {
			line += " `" + tag + "`"
		}
		l.add("%s", line)
	}
}

// elements lists the exported methods of an interface. It also tells whether
// other packages cannot implement the interface, and which types a constraint
// allows.
func (l *lister) elements(head string, t *types.Interface) {
	closed := false
	for i := range t.NumMethods() {
		m := t.Method(i)
		if !m.Exported() {
			closed = true
			continue
		}
		l.add("%s, method %s%s", head, m.Name(), l.signature(m))
	}
	if closed {
		l.add("%s, unexported methods", head)
	}
	if !t.IsMethodSet() {
		l.add("%s, constraint %s", head, types.TypeString(t, l.qualify))
	}
}

// methods lists the exported methods of a type, promoted ones too. Methods in
// the method set of the pointer alone have the receiver *T.
func (l *lister) methods(t types.Type) {
	values := types.NewMethodSet(t)
	pointers := types.NewMethodSet(types.NewPointer(t))
	for i := range pointers.Len() {
		m := pointers.At(i).Obj()
		if !m.Exported() {
			continue
		}
		star := "*"
		if values.Lookup(m.Pkg(), m.Name()) != nil {
			star = ""
		}
		l.add("method (%s%s) %s%s", star, types.TypeString(t, l.qualify), m.Name(), l.signature(m))
	}
}

// signature returns the parameters and results of a function.
func (l *lister) signature(m types.Object) string {
	return strings.TrimPrefix(types.TypeString(m.Type(), l.qualify), "func")
}
