package download

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
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

// TestKilled kills downloading processes at random moments, up to 100 times,
// and then lets one finish. It stops earlier if starting a process takes long,
// as with the race detector.
func TestKilled(t *testing.T) {
	skipWithoutProcesses(t)
	s := publish(t)
	mirror := serve(t, s.trickling(50*time.Microsecond))
	const tries, atLeast = 100, 20
	begin := time.Now()
	rng := rand.New(rand.NewPCG(5, 6))
	task := childTask{s.list, t.TempDir(), mirror}
	killed, done := 0, 0
	for i := range tries {
		if i >= atLeast && time.Since(begin) > 5*time.Second {
			break
		}
		cmd := task.start(t)
		time.Sleep(time.Duration(rng.IntN(15_000)) * time.Microsecond)
		require.NoError(t, cmd.Process.Kill())
		if cmd.Wait() == nil {
			done++
		} else {
			killed++
		}
		s.requireVerified(t, task.Dir)
		require.LessOrEqual(t, len(entries(t, task.Dir)), 4+2, "parts do not pile up")
		if hasAll(t, task.Dir) && rng.IntN(2) == 0 {
			s.requireWhole(t, task.Dir)
			task.Dir = t.TempDir()
		}
	}
	t.Logf("%d processes were killed, %d had finished before", killed, done)
	require.Greater(t, killed, atLeast/4)
	require.NoError(t, task.start(t).Wait())
	s.requireWhole(t, task.Dir)
}

// hasAll reports whether a folder has all four files.
func hasAll(t *testing.T, dir string) bool {
	n := 0
	for _, name := range entries(t, dir) {
		if !isPart(name) {
			n++
		}
	}
	return n == 4
}

// TestProcessesAtOnce lets three processes download to one folder, and kills
// one of them.
func TestProcessesAtOnce(t *testing.T) {
	skipWithoutProcesses(t)
	s := publish(t)
	mirror := serve(t, s.trickling(100*time.Microsecond))
	for range 3 {
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
