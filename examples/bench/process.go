package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os/exec"
	"time"
)

// trainings measures whole programs, from the start of the process to its end.
func trainings(ctx context.Context, b *bench) (*part, error) {
	p := &part{title: "examples/train as a process, from the files to the tested model, all cores"}
	program, err := b.build(ctx, "train")
	if err != nil {
		b.leaveOut(ctx, "examples/train", err)
		return p, nil
	}
	add := func(name, unit string, args ...string) {
		p.measurements = append(p.measurements, &measurement{name: name, unit: unit, run: func(ctx context.Context) (sample, error) {
			return process(exec.CommandContext(ctx, program, append(args, "-json")...))
		}})
	}
	add("-features pixels -epochs 1 -holdout 0, from uncompressed files", "ms", "-data", b.raw(), "-features", "pixels", "-epochs", "1", "-holdout", "0")
	add("the default recipe, from compressed files", "s", "-data", b.compressed())
	return p, nil
}

// process runs a training. Its last line tells the accuracy.
func process(cmd *exec.Cmd) (sample, error) {
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	begin := time.Now()
	err := cmd.Run()
	s := sample{Seconds: time.Since(begin).Seconds()}
	if err != nil {
		return s, fmt.Errorf("%w: %s", err, lastLine(stderr.String()))
	}
	var result struct {
		TestAccuracy float64 `json:"test_accuracy"`
	}
	if err := json.Unmarshal([]byte(lastLine(stdout.String())), &result); err != nil {
		return s, fmt.Errorf("output of examples/train: %w", err)
	}
	s.Accuracy = result.TestAccuracy
	return s, nil
}
