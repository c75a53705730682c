package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"
)

// An outcome is what became of a mutant.
type outcome int

const (
	unusable outcome = iota // it does not compile, or could not be tested
	caught
	late // caught: the tests did not end in time
	survived
)

// run tries the wanted number of mutants of each package.
func run(ctx context.Context, packages []*pkg, workers int) error {
	benches := make(chan *bench, workers)
	for range workers {
		dir, err := os.MkdirTemp("", "mutate-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(dir)
		benches <- &bench{dir}
	}
	for _, p := range packages {
		if p.want == 0 {
			continue
		}
		if err := p.try(ctx, benches); err != nil {
			return fmt.Errorf("%s: %w", p.path, err)
		}
	}
	return nil
}

// try tries mutants until enough of them compiled. Afterward it tests the code
// as it is once more: if that fails, the tests also fail without a mutant.
func (p *pkg) try(ctx context.Context, benches chan *bench) error {
	b := <-benches
	limit, err := b.check(ctx, p.path)
	benches <- b
	if err != nil {
		return err
	}
	rest := p.mutants
	for p.tried < p.want && len(rest) > 0 {
		n := min(p.want-p.tried, len(rest))
		if err := p.tryAll(ctx, rest[:n], benches, limit); err != nil {
			return err
		}
		rest = rest[n:]
	}
	if _, err := b.check(ctx, p.path); err != nil {
		return fmt.Errorf("the figures do not count: %w", err)
	}
	fmt.Printf("%s: caught %d of %d\n", p.path, p.caught, p.tried)
	return nil
}

// tryAll tries some mutants, as many at once as there are benches.
func (p *pkg) tryAll(ctx context.Context, mutants []mutant, benches chan *bench, limit time.Duration) error {
	var mu sync.Mutex // guards p and failed
	var failed error
	var all sync.WaitGroup
	for _, m := range mutants {
		b := <-benches
		all.Add(1)
		go func() {
			defer all.Done()
			result, err := b.test(ctx, p.path, m, limit)
			benches <- b
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				failed = err
				return
			}
			p.count(m, result)
		}()
	}
	all.Wait()
	return failed
}

// count adds one outcome.
func (p *pkg) count(m mutant, result outcome) {
	if result == unusable {
		p.unusable++
		return
	}
	p.tried++
	switch result {
	case survived:
		p.survivors = append(p.survivors, m)
		fmt.Println("survived", m)
	case late:
		p.late++
		p.caught++
	case caught:
		p.caught++
	}
}

// A bench is a place in which one mutant is tested at a time.
type bench struct {
	dir string // with the folder "tree", a copy of the module
}

// copyTree makes a new copy of the tree: an earlier mutant may have written
// into the old one. It copies the files that git knows, and new ones that it
// does not ignore.
func (b *bench) copyTree() error {
	if err := os.RemoveAll(filepath.Join(b.dir, "tree")); err != nil {
		return err
	}
	out, err := exec.Command("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard").Output()
	if err != nil {
		return fmt.Errorf("git ls-files: %w", err)
	}
	for name := range strings.SplitSeq(strings.TrimRight(string(out), "\x00"), "\x00") {
		data, err := os.ReadFile(name)
		if os.IsNotExist(err) {
			continue // deleted, and git does not know yet
		}
		target := filepath.Join(b.dir, "tree", name)
		if err == nil {
			err = os.MkdirAll(filepath.Dir(target), 0o777)
		}
		if err == nil {
			err = os.WriteFile(target, data, 0o666)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// check runs the tests of a package once on the code as it is: they must pass.
// It returns how long the tests of a mutant may take.
func (b *bench) check(ctx context.Context, path string) (time.Duration, error) {
	if err := b.copyTree(); err != nil {
		return 0, err
	}
	if out, err := b.compile(ctx, path); err != nil {
		return 0, fmt.Errorf("the tests do not compile: %w\n%s", err, out)
	}
	start := time.Now()
	if out, err := b.tests(ctx, path, 10*time.Minute); err != nil {
		return 0, fmt.Errorf("the tests fail without any change: %w\n%s", err, out)
	}
	return 10*time.Second + 6*time.Since(start), nil
}

// test tests one mutant.
func (b *bench) test(ctx context.Context, path string, m mutant, limit time.Duration) (outcome, error) {
	if ctx.Err() != nil {
		return unusable, ctx.Err()
	}
	if err := b.copyTree(); err != nil {
		return unusable, err
	}
	file := filepath.Join(b.dir, "tree", m.file)
	source, err := os.ReadFile(file)
	if err != nil {
		return unusable, err
	}
	if string(source) != m.source {
		return unusable, fmt.Errorf("%s has changed since mutate read it: start again", m.file)
	}
	if err := os.WriteFile(file, m.apply(source), 0o666); err != nil {
		return unusable, err
	}
	if _, err := b.compile(ctx, path); err != nil {
		return unusable, ctx.Err() // nil if the mutant does not compile
	}
	_, err = b.tests(ctx, path, limit)
	var failed *exec.ExitError
	switch {
	case ctx.Err() != nil:
		return unusable, ctx.Err()
	case err == context.DeadlineExceeded:
		return late, nil
	case errors.As(err, &failed), err == exec.ErrWaitDelay: // it left a program running
		return caught, nil
	case err != nil:
		return unusable, err
	}
	return survived, nil
}

// compile builds the test program of a package.
func (b *bench) compile(ctx context.Context, path string) (out []byte, err error) {
	cmd := exec.CommandContext(ctx, "go", "test", "-c", "-vet=off", "-trimpath", "-ldflags=-s -w", "-o", filepath.Join(b.dir, "test"), "./"+path)
	cmd.Dir = filepath.Join(b.dir, "tree")
	return cmd.CombinedOutput()
}

// tests runs the test program until the first failure. It bounds the memory,
// the files and the time of a mutant that has gone wild.
func (b *bench) tests(ctx context.Context, path string, limit time.Duration) (out []byte, err error) {
	tmp, err := os.MkdirTemp(b.dir, "tmp-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(tmp)
	limited, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	cmd := exec.CommandContext(limited, "sh", "-c", `ulimit -v 8000000; ulimit -f 2000000; exec "$0" "$@"`,
		filepath.Join(b.dir, "test"), "-test.failfast", "-test.timeout=0")
	cmd.Dir = filepath.Join(b.dir, "tree", path)
	cmd.Env = append(withoutData(), "TMPDIR="+tmp)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = time.Second
	said := new(tail)
	cmd.Stdout, cmd.Stderr = said, said
	err = cmd.Run()
	if cmd.Process != nil { // the test may have started others, which still run
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
	}
	if err != nil && limited.Err() != nil {
		err = limited.Err()
	}
	return *said, err
}

// A tail keeps the end of what is written to it.
type tail []byte

func (t *tail) Write(b []byte) (int, error) {
	const most = 64 << 10
	*t = append(*t, b...)
	*t = (*t)[max(0, len(*t)-most):]
	return len(b), nil
}

// withoutData is the environment without the variables that let tests use data,
// or take long.
func withoutData() []string {
	var kept []string
	for _, pair := range os.Environ() {
		name, _, _ := strings.Cut(pair, "=")
		if name != "MNIST_DIR" && name != "QMNIST_DIR" && !strings.HasPrefix(name, "DIGITS_") {
			kept = append(kept, pair)
		}
	}
	return kept
}
