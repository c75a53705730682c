package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"

	"github.com/seed-cd6415d7/digits/dataset"
	"github.com/seed-cd6415d7/digits/examples/internal/cli"
	"github.com/seed-cd6415d7/digits/examples/internal/fetch"
	"github.com/seed-cd6415d7/digits/idx"
	"github.com/stretchr/testify/require"
)

// measure runs the program and returns what it prints.
func measure(t *testing.T, ctx context.Context, args ...string) (stdout, stderr string, err error) {
	var out, errs bytes.Buffer
	err = run(ctx, args, strings.NewReader(""), &out, &errs)
	return out.String(), errs.String(), err
}

// TestMain lets this test program be bench itself, see fakeGo.
func TestMain(m *testing.M) {
	if os.Getenv("BE_BENCH") != "" {
		main()
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// fakeGo puts a shell script in place of the go command. What it builds is this
// test program, as bench or, for another package, does what the given commands
// do.
func fakeGo(t *testing.T, other string) {
	if runtime.GOOS == "windows" {
		t.Skip("there is no shell")
	}
	self, err := os.Executable()
	require.NoError(t, err)
	dir := t.TempDir()
	script := `#!/bin/sh
while [ $# -gt 1 ]; do
	if [ "$1" = -o ]; then program=$2; fi
	shift
done
case $1 in
*/bench) commands='BE_BENCH=1 exec "` + self + `" "$@"' ;;
*) commands=` + "'" + other + "'" + ` ;;
esac
printf '#!/bin/sh\n%s\n' "$commands" >"$program"
chmod +x "$program"
`
	require.NoError(t, os.WriteFile(filepath.Join(dir, "go"), []byte(script), 0o777))
	t.Setenv("PATH", dir+string(os.PathListSeparator)+os.Getenv("PATH"))
}

// tinySet writes a data set and returns its folder. Each digit is a bar in its
// own place.
func tinySet(t *testing.T, size int) string {
	b := &bench{options: &options{data: fetch.Flags{Data: t.TempDir()}}, folder: t.TempDir()}
	rng := rand.New(rand.NewPCG(1, 2))
	for i, s := range []**dataset.Set{&b.train, &b.test} {
		n := []int{400, 100}[i]
		*s = &dataset.Set{Images: make([]uint8, n*size*size), Labels: make([]int, n), Width: size, Height: size, Classes: 10}
		for i := range n {
			digit := rng.IntN(10)
			(*s).Labels[i] = digit
			for k := range 2 * size {
				(*s).Pixels(i)[(digit*2*size+k)%(size*size)] = uint8(100 + rng.IntN(156))
			}
		}
	}
	require.NoError(t, b.writeFolders())
	return b.raw()
}

// alone names the parts that need no other program.
const alone = "workers,predict,prepare,load,sparse"

func TestTable(t *testing.T) {
	parts := "workers,predict,prepare,load"
	if os.Getenv("DIGITS_LONG") != "" {
		parts = alone
	}
	out, errs, err := measure(t, t.Context(), "-data", tinySet(t, 28), "-runs", "1", "-part", parts)
	require.NoError(t, err)
	lines := strings.Split(strings.TrimSuffix(out, "\n"), "\n")
	require.Regexp(t, `^.+, `+runtime.GOARCH+`, \d+ cores?, Go .+; medians of 1 runs$`, lines[0])
	require.Equal(t, []string{"", "| what | median | range | speed |", "|---|---|---|---|"}, lines[1:4])
	row := regexp.MustCompile(`^\| .+ \| [\d.]+ (ns|µs|ms|s) \| [\d.]+ to [\d.]+ (ns|µs|ms|s) \| .* \|$`)
	title := regexp.MustCompile(`^\| \*\*.+\*\* \| \| \| \|$`)
	rows, titles := 0, 0
	for _, line := range lines[4:] {
		if title.MatchString(line) {
			titles++
			continue
		}
		require.Regexp(t, row, line)
		rows++
	}
	require.Equal(t, strings.Count(parts, ",")+1, titles)
	require.Contains(t, out, "| **Training: an epoch on 1 and 2 cores, 400 rows** | | | |\n")
	require.Contains(t, out, "| Evaluate on 100 rows of bytes | ")
	require.Regexp(t, `\| uncompressed \| .* \| [\d.]+ x compressed \|\n`, out)
	require.Contains(t, errs, "bench: measuring: workers\n")
	if parts == alone {
		require.Contains(t, out, "| 1,000,000 features, with L2 and Averaging | ")
		rows -= 4
	}
	if runtime.NumCPU() > 1 {
		require.Equal(t, 4+3+2+2, rows)
		require.Regexp(t, `\| batches of 100, 2 cores; accuracy \d+\.\d\d % \| .* x 1 core \|\n`, out)
	}
}

func TestJSON(t *testing.T) {
	fakeGo(t, "")
	before := runtime.GOMAXPROCS(0)
	out, _, err := measure(t, t.Context(), "-data", tinySet(t, 28), "-runs", "3", "-part", "epoch,load", "-json", "-python", "")
	require.NoError(t, err)
	require.Equal(t, before, runtime.GOMAXPROCS(0), "GOMAXPROCS is as it was")
	decoder := json.NewDecoder(strings.NewReader(out))
	decoder.DisallowUnknownFields()
	var m machine
	require.NoError(t, decoder.Decode(&m))
	require.Equal(t, runtime.GOARCH, m.Arch)
	require.Equal(t, runtime.NumCPU(), m.Cores)
	results := make(map[string]result)
	var epochs []result
	for decoder.More() {
		var r result
		require.NoError(t, decoder.Decode(&r))
		require.Positive(t, r.Min)
		require.GreaterOrEqual(t, r.Median, r.Min)
		require.GreaterOrEqual(t, r.Max, r.Median)
		require.Equal(t, 3, r.Runs)
		results[r.What] = r
		if r.Part == "epoch" {
			epochs = append(epochs, r)
		}
	}
	require.Equal(t, "load", results["uncompressed"].Part)
	require.Equal(t, "compressed", results["uncompressed"].Than)
	require.InDelta(t, results["compressed"].Median/results["uncompressed"].Median, results["uncompressed"].Faster, 1e-9)
	require.Len(t, epochs, 2, "this program, and another process")
	require.Positive(t, epochs[0].Accuracy)
	require.Equal(t, epochs[0].Accuracy, epochs[1].Accuracy, "both learn the same")
}

// TestBuilds: bench builds itself without assembly, and the train example.
func TestBuilds(t *testing.T) {
	if os.Getenv("DIGITS_LONG") == "" {
		t.Skip("long: set DIGITS_LONG=1")
	}
	out, _, err := measure(t, t.Context(), "-data", tinySet(t, 28), "-runs", "1", "-part", "epoch,train", "-python", "")
	require.NoError(t, err)
	accuracy := func(name string) string {
		found := regexp.MustCompile(`(?m)^\| ` + name + `; accuracy (\S+) %`).FindStringSubmatch(out)
		require.NotNil(t, found, out)
		return found[1]
	}
	require.Equal(t, accuracy(thisBuild()), accuracy("this module, built with -tags purego"), "both builds learn the same")
	accuracy("the default recipe, from compressed files")
}

// TestTrainings: bench measures the train example as a process.
func TestTrainings(t *testing.T) {
	fakeGo(t, `echo "{\"test_accuracy\": 0.$#}"`)
	out, errs, err := measure(t, t.Context(), "-data", tinySet(t, 28), "-runs", "1", "-part", "train")
	require.NoError(t, err)
	require.Equal(t, "bench: measuring: train\n", errs)
	require.Contains(t, out, "| **examples/train as a process, from the files to the tested model, all cores** | | | |\n")
	require.Regexp(t, `\n\| -features pixels -epochs 1 -holdout 0, from uncompressed files; accuracy 90.00 % \| \S+ ms \| \S+ to \S+ ms \|  \|\n`+
		`\| the default recipe, from compressed files; accuracy 30.00 % \| \S+ s \| \S+ to \S+ s \|  \|\n$`, out)

	fakeGo(t, "echo no data >&2; exit 1")
	_, _, err = measure(t, t.Context(), "-data", tinySet(t, 28), "-runs", "1", "-part", "train")
	require.EqualError(t, err, "train: -features pixels -epochs 1 -holdout 0, from uncompressed files: exit status 1: no data")
}

// TestNoGo: without the go command, bench measures the rest.
func TestNoGo(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	out, errs, err := measure(t, t.Context(), "-data", tinySet(t, 28), "-runs", "1", "-part", "epoch,train", "-python", "")
	require.NoError(t, err)
	require.Equal(t, 1, strings.Count(out, "; accuracy "), out)
	require.Contains(t, errs, "bench: this module without assembly is left out: go build: ")
	require.Contains(t, errs, "bench: examples/train is left out: go build: ")
	require.Contains(t, errs, "bench: PyTorch is left out: no -python\n")
	require.NotContains(t, errs, "in the file's order", "without PyTorch there is no second order")
	require.Contains(t, errs, "bench: scikit-learn is left out: no -python\n")
}

func TestSeconds(t *testing.T) {
	of := func(seconds ...float64) *measurement {
		m := new(measurement)
		for _, s := range seconds {
			m.samples = append(m.samples, sample{Seconds: s})
		}
		return m
	}
	for _, tt := range []struct {
		name                string
		m                   *measurement
		median, least, most float64
	}{
		{"one", of(2), 2, 2, 2},
		{"odd", of(5, 1, 2), 2, 1, 5},
		{"even", of(4, 8, 1, 2), 3, 1, 8},
	} {
		median, least, most := tt.m.seconds()
		require.Equal(t, []float64{tt.median, tt.least, tt.most}, []float64{median, least, most}, tt.name)
	}
	fast := of(1, 2, 3)
	require.Zero(t, fast.faster(), "nothing to compare with")
	fast.than = of()
	require.Zero(t, fast.faster(), "the other row was left out")
	fast.than = of(6, 6, 5)
	require.Equal(t, 3.0, fast.faster())
}

func TestDigits(t *testing.T) {
	for v, want := range map[float64]string{0.123: "0.12", 9.994: "9.99", 9.996: "10.0", 99.94: "99.9", 99.96: "100", 1234.5: "1234"} {
		require.Equal(t, want, digits(v))
	}
}

func TestCPU(t *testing.T) {
	const zen = "processor\t: 0\nvendor_id\t: AuthenticAMD\ncpu family\t: 25\nmodel\t\t: 1\nmodel name\t: AMD EPYC\nflags\t\t: fpu avx avx2"
	for _, tt := range []struct{ name, info, want string }{
		{"AVX2", zen + "\n\nprocessor\t: 1\nmodel name\t: other\n", "AMD EPYC (family 25, model 1) with AVX2"},
		{"AVX-512", zen + " avx512f\n\n", "AMD EPYC (family 25, model 1) with AVX-512"},
		{"old", "model name\t: Pentium\nflags\t: fpu", "Pentium"},
		{"arm64 has no name", "processor\t: 0\nBogoMIPS\t: 50.00\nFeatures\t: fp asimd\n", ""},
		{"empty", "", ""},
	} {
		require.Equal(t, tt.want, cpuOf(tt.info), tt.name)
	}
}

func TestBuildName(t *testing.T) {
	require.Equal(t, "this module", buildName(nil))
	require.Equal(t, "this module", buildName([]debug.BuildSetting{{Key: "-tags"}, {Key: "GOARCH", Value: "arm64"}}))
	require.Equal(t, "this module, built with -tags purego", buildName([]debug.BuildSetting{{Key: "-trimpath", Value: "true"}, {Key: "-tags", Value: "purego"}}))
}

// TestThisMachine: where Linux tells the processor, the table has its name.
func TestThisMachine(t *testing.T) {
	info, err := os.ReadFile("/proc/cpuinfo")
	if err != nil || cpuOf(string(info)) == "" {
		t.Skip("the processor has no name here")
	}
	require.Equal(t, cpuOf(string(info)), thisMachine(t.Context()).CPU)
}

func TestUsage(t *testing.T) {
	_, errs, err := measure(t, t.Context(), "-help")
	require.ErrorIs(t, err, flag.ErrHelp)
	require.Contains(t, errs, "go run ./examples/bench -data mnist")
	for _, tt := range []struct{ args, want string }{
		{"-runs 0", "bench: -runs 0, want at least 1"},
		{"-part epoch,none", `bench: -part "epoch,none", want some of epoch,workers,predict,prepare,load,sparse,train`},
		{"mnist", `bench: unexpected argument "mnist"`},
		{"-none", "flag provided but not defined: -none"},
	} {
		_, errs, err := measure(t, t.Context(), strings.Fields(tt.args)...)
		require.ErrorIs(t, err, cli.ErrUsage)
		require.Contains(t, errs, tt.want)
	}
}

func TestData(t *testing.T) {
	_, _, err := measure(t, t.Context(), "-data", t.TempDir())
	var missing *dataset.MissingError
	require.ErrorAs(t, err, &missing)
	_, _, err = measure(t, t.Context(), "-data", tinySet(t, 8))
	require.ErrorContains(t, err, "are 8x8, want 28x28")
	one := tinySet(t, 8)
	require.NoError(t, os.WriteFile(filepath.Join(one, "classes.txt"), []byte("star\n"), 0o666))
	for name, n := range map[string]int{"train": 400, "t10k": 100} {
		var b bytes.Buffer
		require.NoError(t, idx.Encode(&b, &idx.Array[uint8]{Dims: []int{n}, Data: make([]uint8, n)}))
		require.NoError(t, os.WriteFile(filepath.Join(one, name+"-labels-idx1-ubyte"), b.Bytes(), 0o666))
	}
	_, _, err = measure(t, t.Context(), "-data", one)
	require.EqualError(t, err, "-data "+one+`: the only class is "star"; want two classes or more, each in a line of classes.txt`)
}

// TestFolders: both folders hold the same set. A compressed file of the user is
// copied.
func TestFolders(t *testing.T) {
	b := &bench{options: &options{data: fetch.Flags{Data: tinySet(t, 28)}}, folder: t.TempDir()}
	var err error
	b.train, b.test, err = b.data.Load(t.Context(), io.Discard)
	require.NoError(t, err)
	var own bytes.Buffer
	require.NoError(t, idx.Encode(&own, &idx.Array[uint8]{Dims: []int{1}, Data: []uint8{7}}))
	require.NoError(t, os.WriteFile(filepath.Join(b.data.Data, "t10k-labels-idx1-ubyte.gz"), own.Bytes(), 0o666))
	require.NoError(t, b.writeFolders())
	train, test, err := dataset.Load(os.DirFS(b.raw()))
	require.NoError(t, err)
	require.Equal(t, b.train, train)
	require.Equal(t, b.test, test)
	train, err = dataset.Open(os.DirFS(b.compressed()), "train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz", 10)
	require.NoError(t, err)
	require.Equal(t, b.train, train)
	got, err := os.ReadFile(filepath.Join(b.compressed(), "t10k-labels-idx1-ubyte.gz"))
	require.NoError(t, err)
	require.Equal(t, own.Bytes(), got)
}

// TestClasses: both folders have the names of the classes. Without names, a set
// has ten classes at most.
func TestClasses(t *testing.T) {
	names := strings.Split("a b c d e f g h i j k l", " ")
	set := &dataset.Set{Images: make([]uint8, 12*28*28), Width: 28, Height: 28, Classes: 12, Names: names}
	for label := range names {
		set.Labels = append(set.Labels, label)
	}
	b := &bench{options: &options{data: fetch.Flags{Data: t.TempDir()}}, train: set, test: set, folder: t.TempDir()}
	require.NoError(t, b.writeFolders())
	for _, folder := range []string{b.raw(), b.compressed()} {
		train, test, err := dataset.Load(os.DirFS(folder))
		require.NoError(t, err)
		require.Equal(t, set, train)
		require.Equal(t, set, test)
	}
	_, _, err := measure(t, t.Context(), "-data", b.compressed(), "-runs", "1", "-part", "load")
	require.NoError(t, err)
}

// TestStoppedTraining: a training that is stopped is not measured.
func TestStoppedTraining(t *testing.T) {
	set := &dataset.Set{Images: make([]uint8, 4), Labels: make([]int, 4), Width: 1, Height: 1, Classes: 2}
	_, train := learner(&bench{train: set, test: set}, 2)
	_, err := train(t.Context())
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	s, err := train(ctx)
	require.ErrorIs(t, err, context.Canceled)
	require.Zero(t, s)
}

// TestStopped: after Ctrl-C in any part, bench measures nothing more and leaves
// no files.
func TestStopped(t *testing.T) {
	data, temp := tinySet(t, 28), t.TempDir()
	t.Setenv("TMPDIR", temp)
	t.Setenv("TMP", temp)
	for _, name := range strings.Split(alone, ",") {
		ctx, cancel := context.WithCancel(t.Context())
		var out bytes.Buffer
		err := run(ctx, []string{"-data", data, "-part", name + ",train"}, nil, &out, writerFunc(func(p []byte) (int, error) {
			cancel() // when bench prints the name of the part
			return len(p), nil
		}))
		require.ErrorIs(t, err, context.Canceled)
		require.NotContains(t, out.String(), "**", name)
	}
	left, err := os.ReadDir(temp)
	require.NoError(t, err)
	require.Empty(t, left)
}

// TestOutputFails: if a line cannot be written, bench ends with the error.
func TestOutputFails(t *testing.T) {
	full := errors.New("disk full")
	for _, args := range []string{"-part load -runs 1", "-serve"} {
		for failing := range 2 {
			calls := 0
			err := run(t.Context(), append(strings.Fields(args), "-data", tinySet(t, 28)), strings.NewReader("\n\n"),
				writerFunc(func(p []byte) (int, error) {
					if calls++; calls == failing+1 {
						return 0, full
					}
					return len(p), nil
				}), io.Discard)
			require.ErrorIs(t, err, full)
			require.Equal(t, failing+1, calls)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, run(ctx, []string{"-serve", "-data", tinySet(t, 28)}, strings.NewReader("\n"), io.Discard, io.Discard), context.Canceled)
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }
