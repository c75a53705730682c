package download

import (
	"archive/zip"
	"bytes"
	"context"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
)

// zipped returns an archive with the files of the site, in a folder, and one
// more file. It removes the checksums of the site's files: EMNIST's have none.
func (s *site) zipped(t testing.TB) (archive File, data []byte) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	add := func(name string, data []byte) {
		w, err := z.Create(name)
		require.NoError(t, err)
		_, err = w.Write(data)
		require.NoError(t, err)
	}
	add("folder/README.txt", []byte("a file that nobody wants"))
	for i, f := range s.list {
		add("folder/"+f.Name, s.files[f.Name])
		s.list[i] = File{Name: f.Name}
	}
	require.NoError(t, z.Close())
	return File{Name: "all.zip", Size: int64(b.Len()), SHA256: hexSum(b.Bytes())}, b.Bytes()
}

// extract extracts all files of the site to a folder.
func (s *site) extract(ctx context.Context, dir string, archive File, options Options) error {
	d := New(dir, options)
	defer d.Close()
	return d.Extract(ctx, archive, s.list)
}

// sending returns a handler that always sends data.
func sending(data []byte) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(data) })
}

func TestExtract(t *testing.T) {
	s := publish(t)
	archive, data := s.zipped(t)
	dir := t.TempDir()
	var requests atomic.Int32
	mirror := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		requests.Add(1)
		require.Equal(t, "/all.zip", r.URL.Path)
		_, _ = w.Write(data)
	}))
	var placed []string
	require.NoError(t, s.extract(t.Context(), dir, archive, Options{
		Mirrors: []string{mirror},
		Progress: func(p Progress) {
			if p.Path != "" {
				placed = append(placed, p.File)
			}
		},
	}))
	require.Equal(t, []string{"all.zip", "large.gz", "small.gz", "medium.gz", "tiny.gz"}, placed)
	require.ElementsMatch(t, placed, entries(t, dir), "README.txt stays in the archive")
	s.requireVerified(t, dir)

	// The second time Extract uses the archive in the folder. It puts a
	// damaged member aside.
	require.NoError(t, os.Truncate(filepath.Join(dir, "medium.gz"), 50))
	require.NoError(t, s.extract(t.Context(), dir, archive, Options{Offline: true}))
	s.requireVerified(t, dir)
	require.FileExists(t, filepath.Join(dir, "medium.gz.bad"))
	require.EqualValues(t, 1, requests.Load())

	require.NoError(t, os.Remove(filepath.Join(dir, "all.zip")))
	var failed *Error
	require.ErrorAs(t, s.extract(t.Context(), dir, archive, Options{Offline: true}), &failed)
	require.Equal(t, "all.zip", failed.File.Name)
}

// TestExtractAtOnce lets several downloads take the same files out.
func TestExtractAtOnce(t *testing.T) {
	s := publish(t)
	archive, data := s.zipped(t)
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "all.zip"), data, 0o644))
	atOnce(t, 8, func(int) error { return s.extract(context.Background(), dir, archive, Options{}) })
	require.Len(t, entries(t, dir), 5)
	s.requireVerified(t, dir)
}

func TestBadArchives(t *testing.T) {
	s := publish(t)
	archive, data := s.zipped(t)
	var empty bytes.Buffer
	require.NoError(t, zip.NewWriter(&empty).Close())
	for _, c := range []struct {
		name, want string
		data       []byte
		verified   bool // the checksum is that of the data
	}{
		{"flipped", "the SHA-256 is", flipped(data), false},
		{"not an archive", "zip: not a valid zip file", []byte("PK" + strings.Repeat("x", 100)), true},
		{"missing member", "it has no member large.gz", empty.Bytes(), true},
		{"damaged member", "zip: checksum error", damagedMember(t, "folder/large.gz", data), true},
	} {
		t.Run(c.name, func(t *testing.T) {
			archive := archive
			archive.Size = int64(len(c.data))
			if c.verified {
				archive.SHA256 = hexSum(c.data)
			}
			dir := t.TempDir()
			err := s.extract(t.Context(), dir, archive, Options{Mirrors: []string{serve(t, sending(c.data))}})
			require.ErrorContains(t, err, c.want)
			for _, name := range entries(t, dir) {
				require.Equal(t, "all.zip", name)
				require.True(t, c.verified)
			}
		})
	}
}

// damagedMember flips a bit of the checksum of a member. The checksum is in the
// directory at the end of the archive (APPNOTE.TXT 4.3.12).
func damagedMember(t *testing.T, member string, archive []byte) []byte {
	const nameOffset, crcOffset = 46, 16
	damaged := bytes.Clone(archive)
	at := bytes.LastIndex(damaged, []byte(member))
	require.Positive(t, at)
	damaged[at-nameOffset+crcOffset] ^= 1
	return damaged
}

func TestExtractVerifiesMembers(t *testing.T) {
	s := publish(t)
	archive, data := s.zipped(t)
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "all.zip"), data, 0o644))
	s.list[0].SHA256 = hexSum(nil)
	require.ErrorContains(t, s.extract(t.Context(), dir, archive, Options{}), "the SHA-256 is ")
	require.Equal(t, []string{"all.zip"}, entries(t, dir))
}

// TestExtractIgnoresParts checks that no part of a member is continued, because
// a member may have no checksum, and that parts of the archive are removed.
func TestExtractIgnoresParts(t *testing.T) {
	s := publish(t)
	archive, data := s.zipped(t)
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "all.zip"), data, 0o644))
	writePart(t, dir, "all.zip", data[:100])
	for _, f := range s.list {
		writePart(t, dir, f.Name, []byte("x"))
	}
	var done []int64
	require.NoError(t, s.extract(t.Context(), dir, archive, Options{Progress: func(p Progress) {
		if p.File == "large.gz" && p.Path == "" {
			done = append(done, p.Done)
		}
	}}))
	require.Len(t, entries(t, dir), 5)
	s.requireVerified(t, dir)
	require.Greater(t, len(done), 2)
	for i, n := range done {
		require.Greater(t, n, int64(0))
		require.True(t, i == 0 || n > done[i-1], "progress")
	}
}

// TestExtractUnknownCompression has a member that package zip cannot read.
func TestExtractUnknownCompression(t *testing.T) {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	_, err := w.CreateRaw(&zip.FileHeader{Name: "tiny.gz", Method: 9})
	require.NoError(t, err)
	require.NoError(t, w.Close())
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "all.zip"), b.Bytes(), 0o644))
	d := New(dir, Options{})
	defer d.Close()
	err = d.Extract(t.Context(), File{Name: "all.zip", SHA256: hexSum(b.Bytes())}, []File{{Name: "tiny.gz"}})
	require.ErrorIs(t, err, zip.ErrAlgorithm)
	require.Equal(t, []string{"all.zip"}, entries(t, dir))
}

// TestExtractFolder has an archive with a file in a folder of the same name.
// The folder is a member, too.
func TestExtractFolder(t *testing.T) {
	s := publish(t)
	s.list = []File{{Name: "tiny.gz"}}
	s.files["tiny.gz/tiny.gz"] = s.files["tiny.gz"]
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, name := range []string{"tiny.gz/", "tiny.gz/tiny.gz"} {
		member, err := w.Create(name)
		require.NoError(t, err)
		_, err = member.Write(s.files[name])
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "all.zip"), b.Bytes(), 0o644))
	require.NoError(t, s.extract(t.Context(), dir, File{Name: "all.zip", SHA256: hexSum(b.Bytes())}, Options{}))
	s.requireVerified(t, dir)
}

func TestExtractCanceled(t *testing.T) {
	s := publish(t)
	archive, data := s.zipped(t)
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "all.zip"), data, 0o644))
	ctx, cancel := context.WithCancel(t.Context())
	err := s.extract(ctx, dir, archive, Options{Progress: func(Progress) { cancel() }})
	require.ErrorIs(t, err, context.Canceled)
	for _, name := range entries(t, dir) {
		require.False(t, isPart(name), name)
	}
}
