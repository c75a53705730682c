package softmax

import (
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// savedModel returns a model and the name of its file, which is alone in its
// folder.
func savedModel(t *testing.T) (m *Model, name string) {
	dir := t.TempDir()
	name = filepath.Join(dir, "model.safetensors")
	m = randomModel(newRand(), 784, 10)
	m.Metadata = map[string]string{"trained": "never"}
	require.NoError(t, m.Save(name))
	t.Cleanup(func() { require.Equal(t, []string{"model.safetensors"}, filesIn(t, dir), "no temporary file stays") })
	return m, name
}

// filesIn returns the names of the files in a folder.
func filesIn(t *testing.T, dir string) (names []string) {
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// requireSaved requires that a file has the model.
func requireSaved(t *testing.T, want *Model, name string) {
	got, err := Load(name)
	require.NoError(t, err)
	require.Equal(t, want, got)
}

func TestSave(t *testing.T) {
	m, name := savedModel(t)
	requireSaved(t, m, name)
	data, err := os.ReadFile(name)
	require.NoError(t, err)
	require.Equal(t, encode(t, m), data)

	newer := randomModel(newRand(), 3, 2)
	require.NoError(t, newer.Save(name), "over an older file")
	requireSaved(t, newer, name)

	t.Run("relative name", func(t *testing.T) {
		t.Chdir(t.TempDir())
		require.NoError(t, os.WriteFile(draftPrefix+"1"+draftSuffix, nil, 0o600))
		require.NoError(t, m.Save("model"))
		requireSaved(t, m, "model")
		if renamesOpenFiles {
			require.Equal(t, []string{"model"}, filesIn(t, "."))
		}
	})
}

// TestSaveThroughLinks: the file that a link names is written, next to itself,
// whether it exists or not. The link stays.
func TestSaveThroughLinks(t *testing.T) {
	m := randomModel(newRand(), 3, 2)
	link := func(t *testing.T, target, name string) {
		if err := os.Symlink(target, name); err != nil {
			t.Skip("no symbolic links here:", err)
		}
	}
	requireLink := func(t *testing.T, name string) {
		info, err := os.Lstat(name)
		require.NoError(t, err)
		require.NotZero(t, info.Mode()&fs.ModeSymlink, "the link is still a link")
	}
	for _, exists := range []bool{true, false} {
		t.Run(fmt.Sprint("target exists: ", exists), func(t *testing.T) {
			links, target := t.TempDir(), filepath.Join(t.TempDir(), "model")
			if exists {
				require.NoError(t, os.WriteFile(target, []byte("old"), 0o666))
			}
			first, second := filepath.Join(links, "first"), filepath.Join(links, "second")
			link(t, target, second)
			link(t, "second", first) // relative to its own folder
			require.NoError(t, m.Save(first))
			requireLink(t, first)
			requireLink(t, second)
			requireSaved(t, m, target)
			requireSaved(t, m, first)
			require.Equal(t, []string{"first", "second"}, filesIn(t, links))
			require.Equal(t, []string{"model"}, filesIn(t, filepath.Dir(target)))
		})
	}
	t.Run("folder is a link, and the path goes up", func(t *testing.T) {
		dir := t.TempDir()
		require.NoError(t, os.MkdirAll(filepath.Join(dir, "a", "b"), 0o777))
		link(t, filepath.Join("a", "b"), filepath.Join(dir, "short"))
		link(t, "../model", filepath.Join(dir, "a", "b", "link"))
		require.NoError(t, m.Save(dir+"/short/link"))
		requireSaved(t, m, filepath.Join(dir, "a", "model"))
		require.NoError(t, m.Save(dir+"/short/../other"))
		requireSaved(t, m, filepath.Join(dir, "a", "other"))
	})
	t.Run("folder of the target is missing", func(t *testing.T) {
		dir := t.TempDir()
		link(t, filepath.Join(dir, "none", "model"), filepath.Join(dir, "link"))
		require.ErrorIs(t, m.Save(filepath.Join(dir, "link")), fs.ErrNotExist)
		require.Equal(t, []string{"link"}, filesIn(t, dir))
	})
	t.Run("many links", func(t *testing.T) {
		dir := t.TempDir()
		link(t, "41", filepath.Join(dir, "40"))
		for i := range 40 {
			link(t, strconv.Itoa(i+1), filepath.Join(dir, strconv.Itoa(i)))
		}
		require.EqualError(t, m.Save(filepath.Join(dir, "0")), fmt.Sprintf(
			"softmax: save %q: more than 40 symbolic links in a row: choose another name", filepath.Join(dir, "0")))
		require.NoError(t, m.Save(filepath.Join(dir, "1")))
		require.Len(t, filesIn(t, dir), 42)
	})
	t.Run("loop", func(t *testing.T) {
		dir := t.TempDir()
		link(t, "b", filepath.Join(dir, "a"))
		link(t, "a", filepath.Join(dir, "b"))
		require.ErrorContains(t, m.Save(filepath.Join(dir, "a")), "more than 40 symbolic links in a row")
		require.Equal(t, []string{"a", "b"}, filesIn(t, dir))
	})
}

func TestSaveFails(t *testing.T) {
	m, name := savedModel(t)
	t.Run("model not finite", func(t *testing.T) {
		bad := New(1, 2)
		bad.SetParameters([]float32{float32(math.Inf(1)), 0}, []float32{0, 0})
		require.ErrorContains(t, bad.Save(name), "NaN or infinite")
		requireSaved(t, m, name)
	})
	t.Run("no name", func(t *testing.T) {
		require.EqualError(t, m.Save(""), `softmax: save "": no file name`)
	})
	t.Run("onto a folder", func(t *testing.T) {
		dir := filepath.Dir(name)
		require.EqualError(t, m.Save(dir), fmt.Sprintf("softmax: save %q: a folder, not a regular file: choose another name", dir))
	})
	t.Run("into no folder", func(t *testing.T) {
		err := m.Save(filepath.Join(filepath.Dir(name), "none", "model"))
		require.ErrorIs(t, err, os.ErrNotExist)
		require.ErrorContains(t, err, "choose a folder that exists and can be written to")
	})
	t.Run("into a file", func(t *testing.T) {
		require.Error(t, m.Save(filepath.Join(name, "model")))
	})
}

// A fakeDraft records the calls of its methods. The call number failing fails.
type fakeDraft struct {
	calls   []string
	failing int
	err     error
}

func (d *fakeDraft) call(text string, values ...any) error {
	d.calls = append(d.calls, fmt.Sprintf(text, values...))
	if len(d.calls) == d.failing {
		return d.err
	}
	return nil
}

func (d *fakeDraft) Write(data []byte) (int, error) { return len(data), d.call("write %s", data) }
func (d *fakeDraft) Chmod(mode fs.FileMode) error   { return d.call("chmod %o", mode) }
func (d *fakeDraft) Sync() error                    { return d.call("sync") }
func (d *fakeDraft) Rename(target string) error     { return d.call("rename to %s", target) }
func (d *fakeDraft) Discard()                       { _ = d.call("discard") }

// TestPublish: the data are on the disk before they get their name. After an
// error, nothing gets it.
func TestPublish(t *testing.T) {
	mode := fs.FileMode(0o640)
	for _, tt := range []struct {
		mode *fs.FileMode
		want []string
	}{
		{nil, []string{"write data", "sync", "rename to target"}},
		{&mode, []string{"write data", "chmod 640", "sync", "rename to target"}},
	} {
		d := &fakeDraft{}
		require.NoError(t, publish(d, []byte("data"), tt.mode, "target"))
		require.Equal(t, tt.want, d.calls)
		for n := range tt.want {
			d := &fakeDraft{failing: n + 1, err: errors.New("disk full")}
			err := publish(d, []byte("data"), tt.mode, "target")
			require.EqualError(t, err, "disk full; make room on the disk or choose another folder")
			require.ErrorIs(t, err, d.err)
			require.Equal(t, append(slices.Clone(tt.want[:n+1]), "discard"), d.calls)
		}
	}
	// Some systems have no permissions to set.
	d := &fakeDraft{failing: 2, err: errors.ErrUnsupported}
	require.NoError(t, publish(d, []byte("data"), &mode, "target"))
	require.Equal(t, []string{"write data", "chmod 640", "sync", "rename to target"}, d.calls)
}

// TestSaveTogether saves from many goroutines into one folder. None removes the
// draft of another.
func TestSaveTogether(t *testing.T) {
	dir := t.TempDir()
	m := randomModel(newRand(), 20, 3)
	var group sync.WaitGroup
	for worker := range 4 {
		group.Add(1)
		go func() {
			defer group.Done()
			for i := range 10 {
				if err := m.Save(filepath.Join(dir, strconv.Itoa(worker%2*i))); err != nil {
					t.Error(err)
				}
			}
		}()
	}
	group.Wait()
	for _, name := range filesIn(t, dir) {
		require.False(t, strings.HasPrefix(name, "."), name)
		requireSaved(t, m, filepath.Join(dir, name))
	}
	require.Len(t, filesIn(t, dir), 10)
}

func TestLoadFails(t *testing.T) {
	dir := t.TempDir()
	_, err := Load(filepath.Join(dir, "none"))
	require.ErrorIs(t, err, os.ErrNotExist)
	_, err = Load(dir)
	require.EqualError(t, err, fmt.Sprintf("softmax: load %q: a folder, not a regular file", dir))

	other := filepath.Join(dir, "other")
	require.NoError(t, os.WriteFile(other, []byte("hello, world, this is no model"), 0o666))
	_, err = Load(other)
	require.ErrorAs(t, err, new(*FormatError))
	require.ErrorContains(t, err, strconv.Quote(other))
}
