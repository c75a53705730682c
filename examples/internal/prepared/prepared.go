// Package prepared brings labeled pictures of one thing each into MNIST's form.
// Programs train on them, or write them to IDX files.
package prepared

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"image"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/seed-cd6415d7/digits/dataset"
	"github.com/seed-cd6415d7/digits/examples/internal/cli"
	"github.com/seed-cd6415d7/digits/examples/internal/pictures"
	"github.com/seed-cd6415d7/digits/examples/internal/printable"
	"github.com/seed-cd6415d7/digits/examples/reader"
	"github.com/seed-cd6415d7/digits/imageprep"
)

// Digits are the names of the ten digits.
var Digits = Numbers(10)

// Names returns the names of the classes of a set. Without names, they are the
// numbers from 0.
func Names(s *dataset.Set) []string {
	if s.Names != nil {
		return slices.Clone(s.Names)
	}
	return Numbers(s.Classes)
}

// CheckTrainable returns an error if no model can learn the classes of a set.
func CheckTrainable(s *dataset.Set) error {
	if s.Classes < 2 {
		return fmt.Errorf("the only class is %q; want two classes or more, each in a line of classes.txt", Names(s)[0])
	}
	return checkNames(s)
}

// checkNames refuses a class called "no digit". That is the answer for pictures
// of no class, and nobody could tell the two apart.
func checkNames(s *dataset.Set) error {
	if slices.Contains(s.Names, pictures.NoDigit) {
		return fmt.Errorf("a class is called %q, which is the answer for pictures of no class; choose another name, such as %q", pictures.NoDigit, "other")
	}
	return nil
}

// Numbers returns the numbers from 0 to n-1.
func Numbers(n int) []string {
	list := make([]string, n)
	for i := range list {
		list[i] = strconv.Itoa(i)
	}
	return list
}

// Labels returns the different labels of pictures: first numbers by value, then
// texts.
func Labels(found *pictures.Labeled) []string {
	var list []string
	for _, p := range found.Pictures {
		if p.Label != "" {
			list = append(list, p.Label)
		}
	}
	slices.SortFunc(list, byValue)
	return slices.Compact(list)
}

// Classes returns the classes of labeled pictures: their different labels.
//
// A picture with the label 42 shows a 4 and a 2. So numbers of several digits
// are no classes, unless there are texts or the labels come from folders.
func Classes(found *pictures.Labeled) []string {
	list := Labels(found)
	if found.Labels != pictures.Folders && !slices.ContainsFunc(list, isText) {
		list = slices.DeleteFunc(list, func(name string) bool { return len(name) > 1 })
	}
	return list
}

func isText(s string) bool { return s == "" || strings.Trim(s, "0123456789") != "" }

// byValue compares names of classes: first numbers by value, then texts.
func byValue(a, b string) int {
	rank := func(s string) int {
		if isText(s) {
			return 1
		}
		return 0
	}
	if c := cmp.Compare(rank(a), rank(b)); c != 0 || isText(a) {
		return cmp.Or(c, cmp.Compare(a, b))
	}
	x, y := strings.TrimLeft(a, "0"), strings.TrimLeft(b, "0")
	return cmp.Or(cmp.Compare(len(x), len(y)), cmp.Compare(x, y), cmp.Compare(a, b))
}

// Options say how to prepare pictures.
type Options struct {
	Classes []string // the names of the classes, in the order of labels
	Want    string   // says what labels are wanted, for errors

	// Raw, if not nil, is for pictures that have MNIST's form already. It turns
	// and inverts them, for example.
	Raw func(*image.Gray) *image.Gray
}

// Read prepares pictures. It lists those that it cannot use on stderr, and
// leaves them out: image i of the set is from taken[i]. It also lists pictures
// that may have come out badly.
func Read(ctx context.Context, list []pictures.Picture, o Options, stderr io.Writer) (
	set *dataset.Set, taken []pictures.Picture, err error) {
	return o.read(ctx, list, &counter{w: stderr, live: cli.IsTerminal(stderr), of: len(list)})
}

// read is Read with a counter.
func (o *Options) read(ctx context.Context, list []pictures.Picture, c *counter) (
	set *dataset.Set, taken []pictures.Picture, err error) {
	set = &dataset.Set{Width: imageprep.Size, Height: imageprep.Size, Classes: len(o.Classes), Names: slices.Clone(o.Classes)}
	if err := checkNames(set); err != nil {
		return nil, nil, err
	}
	defer c.clear()
	for p := range cli.InOrder(ctx, slices.Values(list), o.prepare) {
		if p.err != nil {
			c.clear()
			fmt.Fprintf(c.w, "%s: %s\n", cli.Printable(p.from.Name), cli.Printable(p.err.Error()))
			continue
		}
		if p.doubts != nil {
			c.clear()
			fmt.Fprintf(c.w, "%s: taken, but look at it: %s\n", cli.Printable(p.from.Name), strings.Join(p.doubts, ", "))
		}
		set.Images, set.Labels = append(set.Images, p.image.Pix...), append(set.Labels, p.label)
		taken = append(taken, p.from)
		c.show(len(taken))
	}
	if ctx.Err() != nil {
		return nil, nil, fmt.Errorf("stopped, nothing was written: %w", context.Cause(ctx))
	}
	return set, taken, nil
}

// CheckClasses returns an error if no picture of a class could be used.
func CheckClasses(s *dataset.Set) error {
	if c := slices.Index(s.Counts(), 0); c >= 0 {
		return fmt.Errorf("no picture of the class %s can be read: correct its pictures, or remove them", cli.Printable(s.Names[c]))
	}
	return nil
}

// A picture is ready for the set, unless there is an error.
type picture struct {
	from   pictures.Picture
	image  *image.Gray // 28x28
	label  int
	doubts []string // why the picture may have come out badly
	err    error
}

func (o *Options) prepare(p pictures.Picture) (res picture) {
	res.from = p
	img, orientation, err := p.Decode()
	if err == nil {
		res.label, err = o.label(p)
	}
	switch {
	case err != nil:
	case o.Raw != nil:
		if res.image, err = imageprep.Raw(img); err == nil {
			res.image = o.Raw(res.image)
		}
		err = pictures.RawError(err)
	default:
		var digit *imageprep.Digit
		how := &imageprep.Options{Orientation: orientation, One: true, Whole: !reader.AreDigits(o.Classes)}
		if digit, err = imageprep.Prepare(img, how); err != nil {
			break
		}
		res.image = digit.Image
		for _, w := range digit.Warnings {
			if w != imageprep.SeveralParts { // harmless
				res.doubts = append(res.doubts, w.String())
			}
		}
	}
	res.err = printable.Plain(err)
	return res
}

// label returns the number of a picture's class.
func (o *Options) label(p pictures.Picture) (int, error) {
	label := slices.Index(o.Classes, p.Label)
	switch {
	case label >= 0:
		return label, nil
	case p.Label == "":
		return 0, errors.New("no label, so it shows none of the classes")
	case !isText(p.Label) && reader.AreDigits(o.Classes):
		return 0, fmt.Errorf("label %.40s: want a picture of one digit", p.Label)
	default:
		return 0, fmt.Errorf("label %.40s: %s", p.Label, o.Want)
	}
}

// A counter shows on a terminal how many pictures are prepared.
type counter struct {
	w       io.Writer
	live    bool // w is a terminal
	of      int
	visible bool
	last    time.Time
}

// show shows a number of pictures, at most ten times a second.
func (c *counter) show(n int) {
	if c.live && time.Since(c.last) > 100*time.Millisecond {
		fmt.Fprintf(c.w, "\r%d of %d pictures\x1b[K", n, c.of)
		c.visible, c.last = true, time.Now()
	}
}

// clear clears the line.
func (c *counter) clear() {
	if c.visible {
		fmt.Fprint(c.w, "\r\x1b[K")
	}
	c.visible = false
}
