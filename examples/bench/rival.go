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

// A rival is a process that trains. It prints a greeting when it is ready, and
// then for each line that it gets it trains for an epoch, on one core, and
// prints a sample, all in JSON.
type rival struct {
	cmd    *exec.Cmd
	stdin  io.WriteCloser
	out    *json.Decoder
	stderr bytes.Buffer
}

// greeting is the first line of a rival.
type greeting struct {
	Name string `json:"name"`
	BLAS string `json:"blas"` // what it multiplies matrices with, if that matters
}

// script is what Python runs, with a library and the folder of the uncompressed
// files as its arguments.
//
//go:embed rivals.py
var script string

// pythons returns the commands that may run a library's rival, in the order in
// which to try them.
func (b *bench) pythons(library string) (commands [][]string) {
	for _, program := range []string{b.python, "/usr/bin/python3"} {
		if program != "" && (program == b.python || b.python == "python3") {
			commands = append(commands, []string{program, "-c", script, library, b.raw()})
		}
	}
	return commands
}

// startRival starts the process and waits until it is ready.
func startRival(ctx context.Context, command []string) (*rival, greeting, error) {
	r := &rival{cmd: exec.CommandContext(ctx, command[0], command[1:]...)}
	r.cmd.Env = append(os.Environ(), "OMP_NUM_THREADS=1", "OPENBLAS_NUM_THREADS=1", "MKL_NUM_THREADS=1")
	r.cmd.Stderr = &r.stderr
	r.cmd.WaitDelay = time.Second
	var g greeting
	stdout, err := r.cmd.StdoutPipe()
	if err != nil {
		return nil, g, err
	}
	if r.stdin, err = r.cmd.StdinPipe(); err != nil {
		return nil, g, err
	}
	if err := r.cmd.Start(); err != nil {
		return nil, g, err
	}
	// Not only the process but also those that it has started may hold its output.
	context.AfterFunc(ctx, func() { stdout.Close() })
	r.out = json.NewDecoder(stdout)
	if err := r.read(&g); err != nil {
		return nil, g, err
	}
	return r, g, nil
}

// read reads what the process prints. If it can't, the process is ended, and
// what it said last is the error.
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

// epoch has the process train.
func (r *rival) epoch(context.Context) (s sample, err error) {
	// If the process has ended, reading tells why.
	io.WriteString(r.stdin, "\n")
	if err = r.read(&s); err == nil && !(s.Seconds > 0) {
		err = fmt.Errorf("%v seconds for an epoch", s.Seconds)
	}
	return s, err
}

// close ends the process.
func (r *rival) close() {
	r.stdin.Close()
	r.cmd.Wait()
}

// add adds an epoch of a process started by the first command that does, or
// says why there is none and returns nil.
func (p *part) add(ctx context.Context, b *bench, short string, commands ...[]string) *measurement {
	var problems []string
	for _, command := range commands {
		r, g, err := startRival(ctx, command)
		if err != nil {
			problems = append(problems, fmt.Sprintf("%s: %v", command[0], err))
			continue
		}
		p.closers = append(p.closers, r.close)
		m := &measurement{name: g.Name, short: short, unit: "ms", run: r.epoch, rival: true}
		if g.BLAS != "" {
			m.name += ", with " + g.BLAS
		}
		p.measurements = append(p.measurements, m)
		return m
	}
	if problems == nil {
		problems = []string{"no -python"}
	}
	b.leaveOut(ctx, short, errors.New(strings.Join(problems, "; ")))
	return nil
}
