package dataset

import (
	"archive/zip"
	"bytes"
	"context"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
)

// publishEMNIST makes an archive as EMNIST's is, of the real source of letters
// but for its size and checksum. Image i has one bright pixel, in row 2 and
// column 5 when upright, and label i%26+1.
func publishEMNIST(t testing.TB) (*Source, []byte) {
	s, err := Lookup("emnist-letters")
	require.NoError(t, err)
	var archive bytes.Buffer
	z := zip.NewWriter(&archive)
	add := func(name string, data []byte) {
		w, err := z.Create("gzip/" + name)
		require.NoError(t, err)
		_, err = w.Write(data)
		require.NoError(t, err)
	}
	add("emnist-letters-mapping.txt", []byte("1 65 97\n"))
	add("emnist-balanced-train-images-idx3-ubyte.gz", make([]byte, 100_000))
	for i, n := range []int{52, 26} {
		images, labels := make([]uint8, n*784), make([]uint8, n)
		for k := range n {
			images[784*k+5*28+2] = 200
			labels[k] = uint8(k%26 + 1)
		}
		add(s.Files[2*i].Name, gzipped(t, file(t, images, n, 28, 28)))
		add(s.Files[2*i+1].Name, gzipped(t, file(t, labels, n)))
	}
	require.NoError(t, z.Close())
	s.Archive.Size, s.Archive.SHA256 = int64(archive.Len()), hexSum(archive.Bytes())
	return s, archive.Bytes()
}

func TestEMNIST(t *testing.T) {
	s, archive := publishEMNIST(t)
	var requests atomic.Int32
	mirror := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		requests.Add(1)
		require.Equal(t, "/gzip.zip", r.URL.Path)
		_, _ = w.Write(archive)
	}))
	dir := t.TempDir()
	var finished []string
	_, err := s.Download(t.Context(), dir, &FetchOptions{Mirrors: []string{mirror}, Progress: func(g FetchProgress) {
		if g.Path != "" {
			finished = append(finished, g.File)
		}
	}})
	require.NoError(t, err)
	names := []string{s.Files[0].Name, s.Files[1].Name, s.Files[2].Name, s.Files[3].Name}
	require.Equal(t, append([]string{"gzip.zip"}, names...), finished)
	require.ElementsMatch(t, finished, entries(t, dir), "and nothing else of the archive")

	train, test, err := s.Load(os.DirFS(dir))
	require.NoError(t, err)
	require.Equal(t, 52, train.Len())
	require.Equal(t, 26, test.Classes)
	require.Equal(t, []string{"A", "B", "Z"}, []string{test.Names[0], test.Names[1], test.Names[25]})
	for i, label := range train.Labels {
		require.Equal(t, i%26, label)
		require.Equal(t, uint8(200), train.Image(i).GrayAt(5, 2).Y, "upright")
	}

	// What is there is used, without the archive too; what is damaged is taken
	// out of it again, and without it not taken for whole.
	_, err = s.Download(t.Context(), dir, &FetchOptions{Offline: true})
	require.NoError(t, err)
	require.NoError(t, os.Truncate(filepath.Join(dir, names[2]), 50))
	_, err = s.Download(t.Context(), dir, &FetchOptions{Offline: true})
	require.NoError(t, err)
	require.FileExists(t, filepath.Join(dir, names[2]+".bad"))
	require.NoError(t, os.Remove(filepath.Join(dir, "gzip.zip")))
	_, err = s.Download(t.Context(), dir, &FetchOptions{Offline: true})
	require.NoError(t, err)
	require.NoError(t, os.Truncate(filepath.Join(dir, names[2]), 50))
	_, err = s.Download(t.Context(), dir, &FetchOptions{Offline: true})
	require.ErrorIs(t, err, fs.ErrNotExist)
	require.ErrorContains(t, err, "gzip.zip https://biometrics.nist.gov/cs_links/EMNIST/gzip.zip")
	require.EqualValues(t, 1, requests.Load())
}

// TestEMNISTAtOnce: several processes take the same files out.
func TestEMNISTAtOnce(t *testing.T) {
	s, archive := publishEMNIST(t)
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "gzip.zip"), archive, 0o644))
	var wg sync.WaitGroup
	errs := make([]error, 8)
	for i := range errs {
		wg.Add(1)
		go func() {
			defer wg.Done()
			if _, errs[i] = s.Download(t.Context(), dir, nil); errs[i] == nil {
				_, _, errs[i] = s.Load(os.DirFS(dir))
			}
		}()
	}
	wg.Wait()
	for _, err := range errs {
		require.NoError(t, err)
	}
	require.Len(t, entries(t, dir), 5)
}

func TestBadArchives(t *testing.T) {
	s, archive := publishEMNIST(t)
	for _, tt := range []struct {
		name, want string
		data       []byte
		pinned     bool // the checksum is that of the data
	}{
		{"flipped", "the SHA-256 is", flipped(archive), false},
		{"no archive", "zip: not a valid zip file", []byte("PK" + strings.Repeat("x", 100)), true},
		{"a member is missing", "it has no member emnist-letters-train-images-idx3-ubyte.gz", emptyZip(t), true},
		{"a member is damaged", "zip: checksum error", damagedMember(t, s, archive), true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := *s
			s.Archive.Size = int64(len(tt.data))
			if tt.pinned {
				s.Archive.SHA256 = hexSum(tt.data)
			}
			dir := t.TempDir()
			_, err := s.Download(t.Context(), dir, &FetchOptions{Mirrors: []string{serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				_, _ = w.Write(tt.data)
			}))}})
			require.ErrorContains(t, err, tt.want)
			for _, name := range entries(t, dir) {
				require.Equal(t, "gzip.zip", name)
				require.True(t, tt.pinned)
			}
		})
	}
	t.Run("members with checksums of their own", func(t *testing.T) {
		s, dir := *s, t.TempDir()
		require.NoError(t, os.WriteFile(filepath.Join(dir, "gzip.zip"), archive, 0o644))
		for i := range s.Files {
			s.Files[i].SHA256 = hexSum(nil)
		}
		_, err := s.Download(t.Context(), dir, nil)
		require.ErrorContains(t, err, "the SHA-256 is ")
		require.Equal(t, []string{"gzip.zip"}, entries(t, dir))
	})
	t.Run("stopped", func(t *testing.T) {
		dir := t.TempDir()
		require.NoError(t, os.WriteFile(filepath.Join(dir, "gzip.zip"), archive, 0o644))
		ctx, cancel := context.WithCancel(t.Context())
		_, err := s.Download(ctx, dir, &FetchOptions{Progress: func(FetchProgress) { cancel() }})
		require.ErrorIs(t, err, context.Canceled)
		for _, name := range entries(t, dir) {
			require.False(t, strings.HasSuffix(name, partSuffix), name)
		}
	})
}

func emptyZip(t *testing.T) []byte {
	var b bytes.Buffer
	require.NoError(t, zip.NewWriter(&b).Close())
	return b.Bytes()
}

// damagedMember damages the checksum of the first of the files in the archive.
func damagedMember(t *testing.T, s *Source, archive []byte) []byte {
	damaged := bytes.Clone(archive)
	at := bytes.LastIndex(damaged, []byte("gzip/"+s.Files[0].Name)) // in the directory at the end
	require.Positive(t, at)
	damaged[at-46+16] ^= 1 // the CRC-32 of a directory entry, APPNOTE.TXT 4.3.12
	return damaged
}
