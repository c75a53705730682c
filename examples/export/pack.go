package main

import (
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
	names, err := packedNames(o.out)
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
	classes, err := o.findClasses(filepath.Dir(names[0]), found)
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
		return fmt.Errorf("none of %d pictures can be used: nothing was written", bad)
	case bad > 0 && !o.skip:
		const text = "%d of %d pictures cannot be used: nothing was written (-skip leaves them out)"
		return fmt.Errorf(text, bad, len(list))
	}
	if err := writePair(names, classes, set); err != nil {
		return err
	}
	if bad > 0 {
		fmt.Fprintf(stdout, "%d pictures left out\n", bad)
	}
	if classes.file != "" {
		fmt.Fprintf(stdout, "%d classes in %s\n", len(classes.names), cli.Printable(classes.file))
	}
	_, err = fmt.Fprintf(stdout, "%d pictures in %s\n", set.Len(), cli.Printable(names[0]+" and "+names[1]))
	return err
}

// packedNames returns the names of both files, which must be new.
func packedNames(out string) (names [2]string, err error) {
	prefix, compressed := strings.CutSuffix(out, ".gz")
	info, err := os.Stat(prefix)
	if prefix == "" || os.IsPathSeparator(prefix[len(prefix)-1]) || err == nil && info.IsDir() {
		example := filepath.Join(prefix, "train")
		return names, fmt.Errorf("-out %s is a folder; want the beginning of names, such as %s", out, example)
	}
	for i, rest := range [...]string{"-images-idx3-ubyte", "-labels-idx1-ubyte"} {
		names[i] = prefix + rest
		if compressed {
			names[i] += ".gz"
		}
		if err := mustBeNew(names[i]); err != nil {
			return names, err
		}
	}
	// The folder may be new. Then the folder that it will be in must exist.
	where := names[0]
	if _, err := os.Stat(filepath.Dir(where)); errors.Is(err, fs.ErrNotExist) {
		where = filepath.Dir(where)
	}
	return names, cli.CheckOutput("-out", where)
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
		return strings.Repeat("9", 1<<10)
	}
	return cmp.Or(strings.TrimLeft(number, "0"), "0")
}

// writePair writes both files and, if it is new, the file of classes. After an
// error, it leaves none of them. It makes their folder if necessary.
func writePair(names [2]string, classes *classes, set *dataset.Set) (err error) {
	folder := filepath.Dir(names[0])
	var written []string
	if os.Mkdir(folder, 0o777) == nil {
		written = append(written, folder)
	}
	defer func() {
		if err != nil {
			for _, name := range slices.Backward(written) {
				os.Remove(name)
			}
		}
	}()
	labels := make([]uint8, set.Len())
	for i, label := range set.Labels {
		labels[i] = uint8(label) // there are at most 256 classes
	}
	if classes.file != "" {
		if err := classes.write(); err != nil {
			return err
		}
		written = append(written, classes.file)
	}
	if err := writeIDX(names[0], &idx.Array[uint8]{Dims: []int{set.Len(), set.Height, set.Width}, Data: set.Images}); err != nil {
		return err
	}
	written = append(written, names[0])
	return writeIDX(names[1], &idx.Array[uint8]{Dims: []int{set.Len()}, Data: labels})
}

func writeIDX(name string, a *idx.Array[uint8]) error {
	return cli.WriteFile(name, func(w io.Writer) error {
		if !strings.HasSuffix(name, ".gz") {
			return idx.Encode(w, a)
		}
		z := gzip.NewWriter(w)
		if err := idx.Encode(z, a); err != nil {
			return err
		}
		return z.Close()
	})
}
