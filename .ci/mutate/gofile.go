package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"strings"
)

// operators maps an operator to its replacements.
var operators = map[token.Token][]string{
	token.LSS: {"<=", ">="}, token.LEQ: {"<", ">"}, token.GTR: {">=", "<="}, token.GEQ: {">", "<"},
	token.EQL: {"!="}, token.NEQ: {"=="},
	token.LAND: {"||"}, token.LOR: {"&&"},
	token.ADD: {"-"}, token.SUB: {"+"}, token.MUL: {"/"}, token.QUO: {"*"}, token.REM: {"*"},
	token.SHL: {">>"}, token.SHR: {"<<"}, token.AND: {"|"}, token.OR: {"&"}, token.XOR: {"&"}, token.AND_NOT: {"&"},

	token.ADD_ASSIGN: {"-="}, token.SUB_ASSIGN: {"+="}, token.MUL_ASSIGN: {"/="}, token.QUO_ASSIGN: {"*="},
	token.REM_ASSIGN: {"*="}, token.SHL_ASSIGN: {">>="}, token.SHR_ASSIGN: {"<<="},
	token.AND_ASSIGN: {"|="}, token.OR_ASSIGN: {"&="}, token.XOR_ASSIGN: {"&="}, token.AND_NOT_ASSIGN: {"&="},
	token.INC: {"--"}, token.DEC: {"++"},
}

// names maps a name to its replacement.
var names = map[string]string{
	"true": "false", "false": "true",
	"min": "max", "max": "min", "Min": "Max", "Max": "Min", "Floor": "Ceil", "Ceil": "Floor",
	"break": "continue", "continue": "break",
}

// A goFile collects the changes of a Go file.
type goFile struct {
	fset    *token.FileSet
	source  []byte
	mutants []mutant
	unused  map[ast.Expr]bool // results beside an error
}

// goChanges lists the changes of a Go file: of comparisons, arithmetic, logic,
// constants, conditions, statements and errors.
func goChanges(source []byte) ([]mutant, error) {
	f := &goFile{fset: token.NewFileSet(), source: source, unused: map[ast.Expr]bool{}}
	tree, err := parser.ParseFile(f.fset, "", source, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	ast.Inspect(tree, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ImportSpec, *ast.Field:
			return false // no code
		case *ast.BinaryExpr:
			if !isText(n.X) && !isText(n.Y) {
				f.operator(n.OpPos, n.Op)
			}
		case *ast.CallExpr:
			if called, ok := n.Fun.(*ast.SelectorExpr); ok && called.Sel.Name == "Inf" {
				sign := n.Args[0]
				f.replace(sign.Pos(), sign.End(), "-("+f.text(sign)+")")
				return false
			}
		case *ast.UnaryExpr:
			if n.Op == token.NOT {
				f.replace(n.OpPos, n.OpPos+1, "")
			}
		case *ast.IncDecStmt:
			f.operator(n.TokPos, n.Tok)
		case *ast.Ident:
			if other, ok := names[n.Name]; ok {
				f.replace(n.Pos(), n.End(), other)
			}
		case *ast.BasicLit:
			if !f.unused[n] {
				f.number(n)
			}
		case *ast.BranchStmt:
			if other, ok := names[n.Tok.String()]; ok && n.Label == nil {
				f.replace(n.Pos(), n.End(), other)
			}
		case *ast.IfStmt:
			f.condition(n.Cond)
		case *ast.ForStmt:
			if n.Cond != nil {
				f.replace(n.Cond.Pos(), n.Cond.End(), "false && ("+f.text(n.Cond)+")")
			}
		case *ast.CaseClause:
			for _, value := range n.List {
				if _, ok := value.(*ast.BinaryExpr); ok {
					f.condition(value)
				}
			}
		case *ast.ReturnStmt:
			f.returned(n)
		case *ast.AssignStmt:
			f.operator(n.TokPos, n.Tok)
			if n.Tok != token.DEFINE {
				f.drop(n)
			}
		case *ast.ExprStmt, *ast.DeferStmt, *ast.SendStmt:
			f.drop(n)
		}
		return true
	})
	return f.mutants, nil
}

// isText reports whether an operand of + is surely a string.
func isText(x ast.Expr) bool {
	switch x := x.(type) {
	case *ast.BasicLit:
		return x.Kind == token.STRING
	case *ast.BinaryExpr:
		return isText(x.X) || isText(x.Y)
	}
	return false
}

func (f *goFile) operator(at token.Pos, op token.Token) {
	for _, other := range operators[op] {
		f.replace(at, at+token.Pos(len(op.String())), other)
	}
}

// number adds one to an integer or to 0.0, or multiplies another number by 1.5.
func (f *goFile) number(n *ast.BasicLit) {
	switch n.Kind {
	case token.INT:
		if value, err := strconv.ParseInt(n.Value, 0, 64); err == nil {
			f.replace(n.Pos(), n.End(), strconv.FormatInt(value+1, 10))
		}
	case token.FLOAT:
		if value, err := strconv.ParseFloat(n.Value, 64); err == nil && value == 0 {
			f.replace(n.Pos(), n.End(), "1.0")
			return
		}
		f.replace(n.Pos(), n.End(), "("+n.Value+"*1.5)")
	}
}

// condition makes a condition always true or always false.
func (f *goFile) condition(c ast.Expr) {
	f.replace(c.Pos(), c.End(), "("+f.text(c)+") || true")
	f.replace(c.Pos(), c.End(), "("+f.text(c)+") && false")
}

// returned returns nil in place of an error. Callers ignore the other results
// beside an error, so they are not changed.
func (f *goFile) returned(n *ast.ReturnStmt) {
	if len(n.Results) == 0 {
		return
	}
	last := n.Results[len(n.Results)-1]
	text := f.text(last)
	isVariable := strings.HasPrefix(strings.ToLower(text), "err") && token.IsIdentifier(text)
	if isVariable {
		f.replace(last.Pos(), last.End(), "nil")
	}
	if isVariable || strings.HasPrefix(text, "fmt.Errorf(") || strings.HasPrefix(text, "errors.New(") {
		for _, other := range n.Results[:len(n.Results)-1] {
			f.unused[other] = true
		}
	}
}

// drop takes a statement out of the program. What it names stays in use.
func (f *goFile) drop(n ast.Node) {
	if call, ok := n.(*ast.ExprStmt); ok && strings.HasPrefix(f.text(call), "panic(") {
		return // often the end of a function without a return
	}
	f.replace(n.Pos(), n.End(), "if false { "+f.text(n)+" }")
}

func (f *goFile) text(n ast.Node) string {
	return string(f.source[f.offset(n.Pos()):f.offset(n.End())])
}

func (f *goFile) offset(p token.Pos) int { return f.fset.Position(p).Offset }

func (f *goFile) replace(from, to token.Pos, by string) {
	start, end := f.offset(from), f.offset(to)
	f.mutants = append(f.mutants, mutant{start: start, old: string(f.source[start:end]), new: by})
}
