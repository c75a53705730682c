package dataset

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// childEnv makes the test binary a program that only downloads.
const childEnv = "DATASET_TEST_DOWNLOAD"

// A childTask is what such a program downloads.
type childTask struct {
	Source      Source
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
	_, err := c.Source.Download(context.Background(), c.Dir, &FetchOptions{Mirrors: []string{c.Mirror}})
	return err
}

// start starts a process that downloads and waits until it runs.
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

// TestKilled kills a process that downloads a hundred times, at a random moment
// each, and then lets one finish. Where starting a process takes long, as with
// the race detector, it is fewer times.
func TestKilled(t *testing.T) {
	if runtime.GOOS == "js" || runtime.GOOS == "wasip1" {
		t.Skip("there are no processes")
	}
	p := publish(t)
	mirror := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.ServeHTTP(trickle{w, 50 * time.Microsecond}, r)
	}))
	const tries, atLeast = 100, 20
	begin := time.Now()
	rng := rand.New(rand.NewPCG(5, 6))
	dir := t.TempDir()
	task := childTask{p.Source, dir, mirror}
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
		p.requireVerified(t, dir)
		require.LessOrEqual(t, len(entries(t, dir)), 4+2, "what the killed leave does not pile up")
		if whole(t, dir) && rng.IntN(2) == 0 { // begin anew
			p.requireWhole(t, dir)
			dir = t.TempDir()
			task.Dir = dir
		}
	}
	t.Logf("%d killed, %d done before", killed, done)
	require.Greater(t, killed, atLeast/4)
	require.NoError(t, task.start(t).Wait())
	p.requireWhole(t, dir)
}

// whole reports whether all four files are there.
func whole(t *testing.T, dir string) bool {
	n := 0
	for _, name := range entries(t, dir) {
		if !strings.HasPrefix(name, ".") {
			n++
		}
	}
	return n == 4
}

// TestProcessesAtOnce: two processes into one folder, one of which is killed.
func TestProcessesAtOnce(t *testing.T) {
	if runtime.GOOS == "js" || runtime.GOOS == "wasip1" {
		t.Skip("there are no processes")
	}
	p := publish(t)
	mirror := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.ServeHTTP(trickle{w, 100 * time.Microsecond}, r)
	}))
	for range 3 {
		task := childTask{p.Source, filepath.Join(t.TempDir(), "folder"), mirror}
		first, second, third := task.start(t), task.start(t), task.start(t)
		require.NoError(t, second.Process.Kill())
		require.NoError(t, first.Wait())
		_ = second.Wait()
		require.NoError(t, third.Wait())
		p.requireVerified(t, task.Dir)
		require.NoError(t, task.start(t).Wait())
		p.requireWhole(t, task.Dir)
	}
}
