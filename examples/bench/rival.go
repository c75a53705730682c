package main

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"time"
)

// A rival is another process that trains on one core. First it prints a
// greeting. Then, for each line of its input, it trains for one or more epochs
// and prints a sample with the mean time of an epoch. All output is JSON.
type rival struct {
	cmd    *exec.Cmd
	stdin  io.WriteCloser
	out    *json.Decoder
	stderr bytes.Buffer
}

// greeting is the first line of a rival's output.
type greeting struct {
	Name string `json:"name"`
	BLAS string `json:"blas"` // multiplies matrices; "" if none
}

// script is a program for Python. Its arguments are a library and the folder of
// uncompressed files.
//
//go:embed rivals.py
var script string

// pythons returns the commands that may run a library's rival.
func (b *bench) pythons(library string) (commands [][]string) {
	for _, program := range []string{b.python, "/usr/bin/python3"} {
		if program != "" && (program == b.python || b.python == "python3") {
			commands = append(commands, []string{program, "-c", script, library, b.raw()})
		}
	}
	return commands
}

// startRival starts the process and waits for its greeting.
func startRival(ctx context.Context, command []string) (*rival, greeting, error) {
	r := &rival{cmd: exec.CommandContext(ctx, command[0], command[1:]...)}
	r.cmd.Env = append(os.Environ(), "OMP_NUM_THREADS=1", "OPENBLAS_NUM_THREADS=1", "MKL_NUM_THREADS=1")
	r.cmd.Stderr = &r.stderr
	r.cmd.WaitDelay = time.Second
	var g greeting
	stdout, err := r.cmd.StdoutPipe()
	if err == nil {
		r.stdin, err = r.cmd.StdinPipe()
	}
	if err == nil {
		err = r.cmd.Start()
	}
	if err != nil {
		return nil, g, err
	}
	// Processes that the rival started may hold its output open.
	context.AfterFunc(ctx, func() { stdout.Close() })
	r.out = json.NewDecoder(stdout)
	if err := r.read(&g); err != nil {
		return nil, g, err
	}
	return r, g, nil
}

// read reads the next JSON value. If that fails, read kills the process. The
// error is then the last line that the process wrote to its standard error.
func (r *rival) read(v any) error {
	err := r.out.Decode(v)
	if err == nil {
		return nil
	}
	r.cmd.Process.Kill()
	r.cmd.Wait()
	if said := lastLine(r.stderr.String()); said != "" {
		return errors.New(said)
	}
	return fmt.Errorf("unexpected output: %w", err)
}

// run lets the process train once.
func (r *rival) run(context.Context) (s sample, err error) {
	io.WriteString(r.stdin, "\n") // if the process has ended, read returns why
	if err = r.read(&s); err == nil && !(s.Seconds > 0) {
		err = fmt.Errorf("%v seconds for an epoch", s.Seconds)
	}
	return s, err
}

// close ends the process, if it has not ended yet.
func (r *rival) close() {
	r.stdin.Close()
	r.cmd.Wait()
}

// addRival adds a row for the first command that works. If there is none, it
// tells the user why and returns nil.
func (p *part) addRival(ctx context.Context, b *bench, short string, commands ...[]string) *measurement {
	var problems []string
	for _, command := range commands {
		r, g, err := startRival(ctx, command)
		if err != nil {
			problems = append(problems, fmt.Sprintf("%s: %v", command[0], err))
			continue
		}
		m := p.add(g.Name, "ms", 0, r.run)
		m.short, m.rival = short, r
		if g.BLAS != "" {
			m.name += ", with " + g.BLAS
		}
		return m
	}
	if problems == nil {
		problems = []string{"no -python"}
	}
	b.leaveOut(ctx, short, errors.New(strings.Join(problems, "; ")))
	return nil
}

// lastLine returns the last line of a text that is not empty.
func lastLine(text string) string {
	text = strings.TrimSpace(text)
	return text[strings.LastIndexByte(text, '\n')+1:]
}
