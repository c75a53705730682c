package main

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"image"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/seed-cd6415d7/digits/dataset"
	"github.com/seed-cd6415d7/digits/examples/internal/cli"
	"github.com/seed-cd6415d7/digits/examples/internal/pictures"
	"github.com/seed-cd6415d7/digits/examples/internal/prepared"
	"github.com/seed-cd6415d7/digits/idx"
)

// pack makes a pair of IDX files from a folder of pictures.
func pack(ctx context.Context, o *options, stdout, stderr io.Writer) error {
	names, err := newPair(o.out)
	if err != nil {
		return err
	}
	found, err := pictures.FindLabeled(o.pack, pictures.Options{Labels: o.pictureLabels})
	if err != nil {
		return err
	}
	if notice := found.Notice(); notice != "" {
		fmt.Fprintln(stderr, notice)
	}
	classes, err := o.findClasses(filepath.Dir(names.images), found)
	if err != nil {
		return err
	}
	list := found.Pictures
	slices.SortStableFunc(list, byIndex)
	how := prepared.Options{Classes: classes.names, Want: classes.want}
	if o.raw {
		how.Raw = func(g *image.Gray) *image.Gray { return o.inverted(o.oriented(g)) }
	}
	set, taken, err := prepared.Read(ctx, list, how, stderr)
	bad := len(list) - len(taken)
	switch {
	case err != nil:
		return err
	case bad == len(list):
		return fmt.Errorf("none of %s can be used: nothing was written", pictureCount(bad))
	case bad > 0 && !o.skip:
		const text = "%d of %d pictures cannot be used: nothing was written (-skip leaves them out)"
		return fmt.Errorf(text, bad, len(list))
	}
	if classes.file != "" {
		if err := prepared.CheckClasses(set); err != nil {
			return err
		}
	}
	if err := names.write(classes, set); err != nil {
		return err
	}
	if bad > 0 {
		fmt.Fprintf(stdout, "%s left out\n", pictureCount(bad))
	}
	if classes.file != "" {
		fmt.Fprintf(stdout, "%d %s in %s\n", len(classes.names), cli.Plural(len(classes.names), "class"), cli.Printable(classes.file))
	}
	_, err = fmt.Fprintf(stdout, "%s in %s\n", pictureCount(set.Len()), cli.Printable(names.images+" and "+names.labels))
	return err
}

// A pair has the names of two IDX files. The labels are written first. So a run
// that is killed leaves labels without images, never images without labels. The
// next run goes on from there.
type pair struct{ images, labels string }

// newPair returns the names of both files. The images must be new. If the
// labels are not, write compares them. There must be no files of the other
// form, compressed or not: programs would read a mixture of both.
func newPair(out string) (p pair, err error) {
	prefix, compressed := strings.CutSuffix(out, ".gz")
	info, err := os.Stat(prefix)
	if prefix == "" || os.IsPathSeparator(prefix[len(prefix)-1]) || err == nil && info.IsDir() {
		example := filepath.Join(prefix, "train")
		return p, fmt.Errorf("-out %s is a folder; want the beginning of names, such as %s", out, example)
	}
	p = pair{prefix + "-images-idx3-ubyte", prefix + "-labels-idx1-ubyte"}
	other := pair{p.images + ".gz", p.labels + ".gz"}
	if compressed {
		p, other = other, p
	}
	for _, name := range []string{p.images, other.images, other.labels} {
		if err := mustBeNew(name); err != nil {
			return p, err
		}
	}
	// The folder may be new. Then the folder that it will be in must exist.
	folder := filepath.Dir(p.labels)
	if _, err := os.Stat(folder); errors.Is(err, fs.ErrNotExist) {
		return p, cli.CheckOutput("-out", folder)
	}
	return p, cli.CheckOutput("-out", p.labels)
}

// byIndex sorts pictures by folder, then by the index in their names. So the
// pictures of an exported folder get back the order of the IDX file. Pictures
// without an index come last, in the order in which they were.
func byIndex(a, b pictures.Picture) int {
	i, j := index(a.Path), index(b.Path)
	return cmp.Or(cmp.Compare(a.Folder(), b.Folder()), cmp.Compare(len(i), len(j)), cmp.Compare(i, j))
}

// index returns the number after the first underscore of a name such as
// 7_0012.png, without leading zeros: "12". Without a number it returns a text
// that is longer than any number in a file name.
func index(name string) string {
	name = path.Base(name)
	_, number, _ := strings.Cut(strings.TrimSuffix(name, path.Ext(name)), "_")
	if number == "" || strings.Trim(number, "0123456789") != "" {
		return strings.Repeat("9", 1000)
	}
	return cmp.Or(strings.TrimLeft(number, "0"), "0")
}

// write writes both files and, if it is new, the file of classes. After an
// error, it leaves none that it made. It makes their folder if necessary.
func (p pair) write(classes *classes, set *dataset.Set) (err error) {
	var made []string
	defer func() {
		if err != nil {
			for _, name := range slices.Backward(made) {
				os.Remove(name)
			}
		}
	}()
	if folder := filepath.Dir(p.images); os.Mkdir(folder, 0o777) == nil {
		made = append(made, folder)
	}
	if classes.file != "" {
		if err := classes.write(); err != nil {
			return err
		}
		made = append(made, classes.file)
	}
	labels := make([]uint8, set.Len())
	for i, label := range set.Labels {
		labels[i] = uint8(label) // there are at most 256 classes
	}
	var encoded bytes.Buffer
	if err := encodeIDX(&encoded, p.labels, &idx.Array[uint8]{Dims: []int{set.Len()}, Data: labels}); err != nil {
		return err
	}
	if old, err := readSome(p.labels, encoded.Len()+1); errors.Is(err, fs.ErrNotExist) {
		err := cli.WriteFile(p.labels, func(w io.Writer) error {
			_, err := encoded.WriteTo(w)
			return err
		})
		if err != nil {
			return err
		}
		made = append(made, p.labels)
	} else if err != nil || !bytes.Equal(old, encoded.Bytes()) {
		return fmt.Errorf("%s already exists, with other labels: choose another name, or remove it first", p.labels)
	}
	return cli.WriteFile(p.images, func(w io.Writer) error {
		return encodeIDX(w, p.images, &idx.Array[uint8]{Dims: []int{set.Len(), set.Height, set.Width}, Data: set.Images})
	})
}

// readSome reads the first bytes of a file, at most n.
func readSome(name string, n int) ([]byte, error) {
	f, err := cli.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, int64(n)))
}

// encodeIDX writes an IDX file, compressed if the name ends in .gz.
func encodeIDX(w io.Writer, name string, a *idx.Array[uint8]) error {
	if !strings.HasSuffix(name, ".gz") {
		return idx.Encode(w, a)
	}
	z := gzip.NewWriter(w)
	return errors.Join(idx.Encode(z, a), z.Close())
}
