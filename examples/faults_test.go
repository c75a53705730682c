//go:build unix

package examples_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"text/tabwriter"
	"time"

	"github.com/stretchr/testify/require"
)

// testTargets: a writer follows links, and refuses other targets before it
// works. The refused writers have no data: if one began to work, its message
// would be another one.
func (w *workshop) testTargets(t *testing.T) {
	w.makeWrong(t)
	none := &workshop{bin: w.bin, data: "none", pictures: "none"}
	for i, wr := range w.writers(0) {
		t.Run(wr.name, func(t *testing.T) {
			refused := none.writers(0)[i]
			faults := map[string]func(target string) error{
				"folder": func(target string) error { return os.Mkdir(target, 0o777) },
				"pipe":   func(target string) error { makePipe(t, target); return nil },
				"device": func(target string) error { return os.Symlink(os.DevNull, target) },
				"loop":   func(target string) error { return os.Symlink(filepath.Base(target), target) },
				"socket": func(target string) error {
					l, err := net.Listen("unix", target)
					t.Cleanup(func() { l.Close() })
					return err
				},
				"link to nowhere": func(target string) error { return os.Symlink("none/file", target) },
			}
			for _, fault := range slices.Sorted(maps.Keys(faults)) {
				dir := t.TempDir()
				made := wr.target
				if wr.made != nil {
					made = wr.made[len(wr.made)-1]
				}
				require.NoError(t, faults[fault](filepath.Join(dir, made)))
				before := content(t, dir)
				output, status := none.write(t, dir, refused)
				require.Equal(t, 1, status, "%s: %s", fault, output)
				require.Regexp(t, "is not a file, but a |exists|there is no folder|too many symbolic links", output, fault)
				require.Equal(t, before, content(t, dir), fault)
			}
			for _, line := range [][2]string{{"/proc/self", "cannot be written to"}, {"none", "there is no folder"}} {
				refused.target = line[0] + "/" + wr.target
				output, status := none.write(t, t.TempDir(), refused)
				require.Equal(t, 1, status, output)
				require.Contains(t, output, line[1])
			}
			if wr.fresh {
				return
			}
			for _, dangling := range []bool{true, false} {
				dir, other := t.TempDir(), t.TempDir()
				file := filepath.Join(other, "x-"+wr.target)
				if !dangling {
					require.NoError(t, os.Rename(filepath.Join(w.good(t, w.writers(1)[i]), wr.target), file))
				}
				require.NoError(t, os.Symlink(file, filepath.Join(dir, wr.target)))
				output, status := w.write(t, dir, wr)
				require.Zero(t, status, output)
				require.Equal(t, map[string]string{wr.target: file}, content(t, dir), "the link stays")
				want, err := os.ReadFile(filepath.Join(w.good(t, wr), wr.target))
				require.NoError(t, err)
				got, err := os.ReadFile(file)
				require.NoError(t, err)
				require.Equal(t, len(want), len(got), "it is a new file")
			}
		})
	}
}

// fullDisk runs a program on a small disk that is full except for a few bytes.
// Its arguments: the disk, what to put there, where to copy the result to, how
// many bytes stay free, "rw" or "ro", and the program with its arguments.
const fullDisk = `
mount -t tmpfs -o size=4m none "$1" || exit 99
cp -r "$2/." "$1"
dd if=/dev/zero of="$1/filler" bs=4096 2>/dev/null
truncate -s "-$4" "$1/filler"
test "$5" = ro && mount -o remount,ro "$1"
to="$3"
cd "$1"
shift 5
"$@"
status=$?
rm -f filler
cp -r . "$to"
exit $status
`

// testFullDisk: on a full disk, or one that is only for reading, the older file
// stays, and nothing else does.
func (w *workshop) testFullDisk(t *testing.T) {
	if exec.Command("unshare", "-rm", "sh", "-c", `mount -t tmpfs none /mnt`).Run() != nil {
		t.Skip("may not mount a disk")
	}
	w.makeWrong(t)
	for i, wr := range w.writers(0) {
		for _, fault := range []struct{ free, mode, want string }{
			{"0", "rw", "no space left on device"},
			{"4096", "rw", "no space left on device"},
			{"8192", "rw", "no space left on device"},
			{"0", "ro", "read-only file system"},
		} {
			t.Run(fmt.Sprint(wr.name, " ", fault.free, " ", fault.mode), func(t *testing.T) {
				disk, before, after := t.TempDir(), t.TempDir(), t.TempDir()
				if !wr.fresh {
					before = w.good(t, w.writers(1)[i])
				}
				args := []string{"-rm", "sh", "-c", fullDisk, "sh", disk, before, after, fault.free, fault.mode, filepath.Join(w.bin, wr.program)}
				out, err := exec.Command("unshare", append(args, wr.line()...)...).CombinedOutput()
				got := content(t, after)
				delete(got, "filler")                // it cannot be removed from a disk for reading
				if err == nil && fault.free != "0" { // it fits
					require.True(t, same(content(t, w.good(t, wr)), got))
					return
				}
				require.Error(t, err)
				require.Contains(t, string(out), fault.want)
				require.Equal(t, fault.mode == "rw", strings.Contains(string(out), "Make room on the disk"))
				require.Contains(t, string(out), wr.target)
				require.True(t, same(content(t, before), got))
				t.Log(strings.TrimSpace(string(out)))
			})
		}
	}
}

// killTries is how often each writer is killed at a random moment. It is killed
// as often again when its temporary file appears.
const killTries = 30

// testKills: after kill -9 at any moment, the target is what it was or what it
// should become. The next run succeeds and leaves nothing else.
func (w *workshop) testKills(t *testing.T) {
	w.makeWrong(t)
	var table strings.Builder
	tabs := tabwriter.NewWriter(&table, 0, 0, 2, ' ', 0)
	fmt.Fprintln(tabs, "writer\tfault\ttries\tkilled in time\tlost")
	rng := rand.New(rand.NewPCG(1, 2))
	for i, wr := range w.writers(0) {
		t.Run(wr.name, func(t *testing.T) {
			k := &killing{workshop: w, writer: wr, dir: t.TempDir()}
			begin := time.Now()
			k.want = content(t, w.good(t, wr))
			usual := time.Since(begin)
			if !wr.fresh {
				k.old = content(t, w.good(t, w.writers(1)[i]))
				require.False(t, same(k.old, k.want))
			}
			for _, fault := range []string{"kill -9 at any moment", "kill -9 when the temporary file appears"} {
				k.killed, k.lost = 0, 0
				for n := range killTries {
					k.killOnce(t, func(ended chan struct{}) {
						if fault == "kill -9 at any moment" {
							time.Sleep(time.Duration(rng.Float64() * float64(usual)))
						} else {
							waitForTemporary(k.dir, n, ended)
						}
					})
					if n%5 == 0 {
						k.complete(t)
					}
				}
				fmt.Fprintf(tabs, "%s\t%s\t%d\t%d\t%d\n", wr.name, fault, killTries, k.killed, k.lost)
			}
		})
	}
	tabs.Flush()
	t.Log("\n" + table.String())
}

// A killing kills a writer again and again, in one folder.
type killing struct {
	*workshop
	writer
	dir       string
	old, want map[string]string // the folder before, and as it should become
	killed    int               // runs that had not ended
	lost      int               // runs that lost a good file
}

// now returns what is in the folder, without temporary files.
func (k *killing) now(t *testing.T) map[string]string {
	files := content(t, k.dir)
	maps.DeleteFunc(files, func(name, _ string) bool { return strings.HasPrefix(name, ".digits-") })
	return files
}

// killOnce kills the writer after wait.
func (k *killing) killOnce(t *testing.T, wait func(ended chan struct{})) {
	for name, data := range k.old {
		_, data, _ = strings.Cut(data, " bytes ")
		writeFile(t, filepath.Join(k.dir, name), []byte(data))
	}
	k.makeRoom(t)
	r := k.command(t, k.dir, k.program, k.line()...)
	require.NoError(t, r.Start())
	ended := make(chan struct{})
	go func() {
		_ = r.Wait()
		close(ended)
	}()
	wait(ended)
	r.Process.Kill()
	if <-ended; r.ProcessState.ExitCode() != 0 {
		k.killed++
	}
	switch now := k.now(t); {
	case same(now, k.want):
	case k.made != nil && same(now, map[string]string{k.made[0]: k.want[k.made[0]]}):
		// The first file of a pair.
	case !same(now, k.old):
		k.lost++
		t.Error("the older files are lost")
	}
}

// complete lets the writer end. It removes what the killed ones left.
func (k *killing) complete(t *testing.T) {
	k.makeRoom(t)
	output, status := k.write(t, k.dir, k.writer)
	require.Zero(t, status, output)
	require.True(t, same(content(t, k.dir), k.want), "nothing else is left")
}

// makeRoom removes what a program would refuse to replace.
func (k *killing) makeRoom(t *testing.T) {
	if k.fresh && same(k.now(t), k.want) {
		for name := range k.want {
			require.NoError(t, os.RemoveAll(filepath.Join(k.dir, name)))
		}
	}
}

// same reports whether two folders have the same files. It shows no content.
func same(a, b map[string]string) bool { return maps.Equal(a, b) }

// waitForTemporary waits until a temporary file of this program appears, and
// then a little more each time. It does not wait longer than the program runs.
func waitForTemporary(dir string, n int, ended chan struct{}) {
	temporary := func() (list []string) {
		files, _ := filepath.Glob(filepath.Join(dir, ".digits-*"))
		return files
	}
	before := temporary()
	for {
		select {
		case <-ended:
			return
		default:
		}
		if slices.ContainsFunc(temporary(), func(name string) bool { return !slices.Contains(before, name) }) {
			time.Sleep(time.Duration(n) * 100 * time.Microsecond)
			return
		}
		time.Sleep(100 * time.Microsecond)
	}
}
