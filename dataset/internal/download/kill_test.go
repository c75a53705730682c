package download

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// childEnv makes the test binary a program that only downloads.
const childEnv = "DOWNLOAD_TEST_CHILD"

// A childTask is the download of such a program.
type childTask struct {
	Files       []File
	Dir, Mirror string
}

func TestMain(m *testing.M) {
	if task := os.Getenv(childEnv); task != "" {
		if err := child(task); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func child(task string) error {
	var c childTask
	if err := json.Unmarshal([]byte(task), &c); err != nil {
		return err
	}
	fmt.Println("running")
	s := site{list: c.Files}
	return s.download(context.Background(), c.Dir, Options{Mirrors: []string{c.Mirror}})
}

// start starts a process that downloads, and waits until it runs.
func (c childTask) start(t *testing.T) *exec.Cmd {
	task, err := json.Marshal(c)
	require.NoError(t, err)
	self, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), childEnv+"="+string(task))
	cmd.Stderr = os.Stderr
	stdout, err := cmd.StdoutPipe()
	require.NoError(t, err)
	if err := cmd.Start(); errors.Is(err, syscall.ENOEXEC) {
		t.Skip("the test binary is for another processor")
	} else {
		require.NoError(t, err)
	}
	_, err = fmt.Fscanln(stdout, new(string))
	require.NoError(t, err)
	return cmd
}

func skipWithoutProcesses(t *testing.T) {
	if runtime.GOOS == "js" || runtime.GOOS == "wasip1" {
		t.Skip("this system has no processes")
	}
}

// TestKilled kills downloading processes, at random moments and just as a part
// appears, and then lets one finish. No half-written file gets its name, parts
// do not pile up, and an older file is not lost.
func TestKilled(t *testing.T) {
	t.Parallel()
	skipWithoutProcesses(t)
	s := publish(t)
	mirror := serve(t, s.trickling(50*time.Microsecond))
	rng := rand.New(rand.NewPCG(5, 6))
	atRandom := func(*testing.T, childTask) {
		time.Sleep(time.Duration(rng.IntN(15_000)) * time.Microsecond)
	}
	for name, moment := range map[string]func(*testing.T, childTask){"at random": atRandom, "at a new part": untilPart} {
		t.Run(name, func(t *testing.T) {
			task, old := childTask{s.list, t.TempDir(), mirror}, []byte("an older file")
			path := filepath.Join(task.Dir, "large.gz")
			require.NoError(t, os.WriteFile(path, old, 0o644))
			killed := 0
			for range tries(4, 30) {
				cmd := task.start(t)
				moment(t, task)
				require.NoError(t, cmd.Process.Kill())
				if cmd.Wait() != nil {
					killed++
				}
				for name, want := range s.files {
					if data, err := os.ReadFile(filepath.Join(task.Dir, name)); err == nil && string(data) != string(old) {
						require.True(t, bytes.Equal(want, data), name)
					}
				}
				requireOld(t, path, old, s.files["large.gz"])
				require.LessOrEqual(t, len(entries(t, task.Dir)), 4+1+2, "parts do not pile up")
			}
			t.Logf("%d processes were killed", killed)
			require.Positive(t, killed)
			require.NoError(t, task.start(t).Wait())
			require.NoError(t, os.Remove(path+".bad"))
			s.requireWhole(t, task.Dir)
		})
	}
}

// untilPart waits until a folder has a part that was not there before, or has
// all files.
func untilPart(t *testing.T, task childTask) {
	before := entries(t, task.Dir)
	for begin := time.Now(); time.Since(begin) < 5*time.Second; {
		now := entries(t, task.Dir)
		if hasAll(now) || slices.ContainsFunc(now, func(name string) bool {
			return isPart(name) && !slices.Contains(before, name)
		}) {
			return
		}
	}
}

// hasAll reports whether the names are those of all four files.
func hasAll(names []string) bool {
	n := 0
	for _, name := range names {
		if !isPart(name) && !strings.HasSuffix(name, ".bad") {
			n++
		}
	}
	return n == 4
}

// TestProcessesAtOnce lets three processes download to one folder, and kills
// one of them.
func TestProcessesAtOnce(t *testing.T) {
	t.Parallel()
	skipWithoutProcesses(t)
	s := publish(t)
	mirror := serve(t, s.trickling(100*time.Microsecond))
	for range tries(1, 10) {
		task := childTask{s.list, filepath.Join(t.TempDir(), "folder"), mirror}
		first, second, third := task.start(t), task.start(t), task.start(t)
		require.NoError(t, second.Process.Kill())
		require.NoError(t, first.Wait())
		_ = second.Wait()
		require.NoError(t, third.Wait())
		s.requireVerified(t, task.Dir)
		require.NoError(t, task.start(t).Wait())
		s.requireWhole(t, task.Dir)
	}
}
