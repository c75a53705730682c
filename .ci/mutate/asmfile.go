package main

import (
	"os"
	"regexp"
	"strconv"
	"strings"
)

// instructions maps an instruction to its replacement. The first four lines are
// for amd64, the others for arm64.
var instructions = map[string]string{
	"ADDQ": "SUBQ", "SUBQ": "ADDQ", "SHLQ": "SHRQ", "SHRQ": "SHLQ", "INCQ": "DECQ", "DECQ": "INCQ",
	"VADDPS": "VSUBPS", "VSUBPS": "VADDPS", "VMULPS": "VADDPS", "VMAXPS": "VMINPS", "VMINPS": "VMAXPS",
	"JLT": "JLE", "JLE": "JLT", "JGT": "JGE", "JGE": "JGT", "JEQ": "JNE", "JNE": "JEQ", "JZ": "JNZ", "JNZ": "JZ",
	"JB": "JBE", "JBE": "JB", "JA": "JAE", "JAE": "JA", "JCS": "JLS", "JLS": "JCS", "JHI": "JCC", "JCC": "JHI",
	"ADD": "SUB", "SUB": "ADD", "BLT": "BLE", "BLE": "BLT", "BGT": "BGE", "BGE": "BGT", "BEQ": "BNE", "BNE": "BEQ",
	"CBZ": "CBNZ", "CBNZ": "CBZ",
}

var (
	instruction = regexp.MustCompile(`\b[A-Z][A-Z0-9]+\b`)
	immediate   = regexp.MustCompile(`\$\d+`)
	whole       = regexp.MustCompile(`^\t[A-Z][A-Z0-9.]+[ \t].*`)
)

// assemblyChanges lists the changes of an assembly source: other instructions,
// other constants, and instructions left out.
func assemblyChanges(source []byte) ([]mutant, error) {
	var mutants []mutant
	offset := 0
	for _, line := range strings.SplitAfter(string(source), "\n") {
		code, _, _ := strings.Cut(line, "//")
		if !strings.HasPrefix(code, "TEXT") && !strings.HasPrefix(code, "#") && !strings.HasPrefix(code, "DATA") && !strings.HasPrefix(code, "GLOBL") {
			for _, at := range instruction.FindAllStringIndex(code, 1) {
				if other, ok := instructions[code[at[0]:at[1]]]; ok {
					mutants = append(mutants, mutant{start: offset + at[0], old: code[at[0]:at[1]], new: other})
				}
			}
			for _, at := range immediate.FindAllStringIndex(code, -1) {
				if value, err := strconv.Atoi(code[at[0]+1 : at[1]]); err == nil {
					mutants = append(mutants, mutant{start: offset + at[0], old: code[at[0]:at[1]], new: "$" + strconv.Itoa(value+1)})
				}
			}
			if at := whole.FindStringIndex(code); at != nil && !strings.Contains(code, "\\") && !strings.Contains(code, "RET") {
				text := strings.TrimRight(code, " \t\n")
				mutants = append(mutants, mutant{start: offset, old: text, new: "\t// left out"})
			}
		}
		offset += len(line)
	}
	return mutants, nil
}

// canRun reports whether this processor has the vector instructions that an
// assembly file is named after. Tests cannot run what it does not have.
func canRun(file string) bool {
	set := regexp.MustCompile(`avx\d+`).FindString(file)
	info, err := os.ReadFile("/proc/cpuinfo")
	return err != nil || strings.Contains(string(info), set)
}
