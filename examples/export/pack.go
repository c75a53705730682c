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
	"strconv"
	"strings"

	"github.com/seed-cd6415d7/digits/examples/internal/cli"
	"github.com/seed-cd6415d7/digits/examples/internal/pictures"
	"github.com/seed-cd6415d7/digits/idx"
	"github.com/seed-cd6415d7/digits/imageprep"
)

// pack makes a pair of IDX files from a folder of pictures.
func pack(ctx context.Context, o *options, stdout, stderr io.Writer) error {
	names, err := packedNames(o.out)
	if err != nil {
		return err
	}
	found, err := pictures.FindLabeled(o.pack, pictures.Options{})
	if err != nil {
		return err
	}
	list := append(found.Pictures, found.LeftOut...)
	slices.SortStableFunc(list, byIndex)
	var pix, labels []uint8
	bad := 0
	for p := range cli.InOrder(ctx, slices.Values(list), o.prepare) {
		if p.err != nil {
			bad++
			fmt.Fprintf(stderr, "%s: %s\n", cli.Printable(p.name), cli.Printable(p.err.Error()))
			continue
		}
		if p.doubts != nil {
			fmt.Fprintf(stderr, "%s: taken, but look at it: %s\n", cli.Printable(p.name), strings.Join(p.doubts, ", "))
		}
		pix, labels = append(pix, p.image.Pix...), append(labels, p.label)
	}
	switch {
	case ctx.Err() != nil:
		return check(ctx, 0)
	case bad == len(list):
		return fmt.Errorf("none of %d pictures can be read: nothing was written", bad)
	case bad > 0 && !o.skip:
		const text = "%d of %d pictures cannot be read: nothing was written (-skip leaves them out)"
		return fmt.Errorf(text, bad, len(list))
	}
	if err := writePair(names, labels, pix); err != nil {
		return err
	}
	if bad > 0 {
		fmt.Fprintf(stdout, "%d pictures left out\n", bad)
	}
	_, err = fmt.Fprintf(stdout, "%d pictures in %s\n", len(labels), cli.Printable(names[0]+" and "+names[1]))
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

// A packed picture is ready for the IDX file, unless there is an error.
type packed struct {
	name   string
	image  *image.Gray // 28x28
	label  uint8
	doubts []string // why the picture may have come out badly
	err    error
}

func (o *options) prepare(p pictures.Picture) packed {
	res := packed{name: p.Name}
	img, orientation, err := p.Decode()
	if err == nil {
		res.label, err = o.label(p)
	}
	switch {
	case err != nil:
	case o.raw:
		if res.image, err = imageprep.Raw(img); err == nil {
			res.image = o.inverted(o.oriented(res.image))
		}
	default:
		var digit *imageprep.Digit
		if digit, err = imageprep.Prepare(img, &imageprep.Options{Orientation: orientation, One: true}); err != nil {
			break
		}
		res.image = digit.Image
		for _, w := range digit.Warnings {
			if w != imageprep.SeveralParts { // harmless
				res.doubts = append(res.doubts, w.String())
			}
		}
	}
	res.err = err
	return res
}

// label returns the label of a picture. With -raw it may be any byte. Otherwise
// it is a digit, because the other examples read "12" as two digits.
func (o *options) label(p pictures.Picture) (uint8, error) {
	label, err := strconv.ParseUint(p.Label, 10, 8)
	switch {
	case p.Label == "":
		return 0, errors.New("no label: want a name that begins with a digit and an underscore, as in 8_3.png")
	case err != nil && o.raw:
		return 0, fmt.Errorf("label %.40s: want a number from 0 to 255", p.Label)
	case len(p.Label) > 1 && !o.raw:
		return 0, fmt.Errorf("label %.40s: want a picture of one digit", p.Label)
	}
	return uint8(label), nil
}

// writePair writes both files, or neither. It makes their folder if necessary.
func writePair(names [2]string, labels, pix []uint8) error {
	n := len(labels)
	folder := filepath.Dir(names[0])
	made := os.Mkdir(folder, 0o777) == nil
	err := writeIDX(names[0], &idx.Array[uint8]{Dims: []int{n, imageprep.Size, imageprep.Size}, Data: pix})
	if err == nil {
		if err = writeIDX(names[1], &idx.Array[uint8]{Dims: []int{n}, Data: labels}); err != nil {
			os.Remove(names[0])
		}
	}
	if err != nil && made {
		os.Remove(folder)
	}
	return err
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
