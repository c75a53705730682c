package pictures

import (
	"errors"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/seed-cd6415d7/digits/examples/reader"
)

// LabelsHelp explains the labels of pictures. Programs show it with -help.
const LabelsHelp = `The label of a picture is the class that it shows. -labels says where labels are:

	manifest  in a table manifest.csv in the folder. Its first row names the columns:
	          path, label and, optionally, kind. Commas, semicolons or tabs are between
	          columns. An empty label means that the picture shows none of the classes.
	          Each picture is in one row only.
	names     in the names of files, before the first underscore: 8_3.png shows an 8,
	          and star_a.jpg a star. Cameras' names are no labels: IMG_1234.jpg,
	          DSC_0042.jpg, 20240506_123456.jpg.
	folders   in the names of sub-folders: star/a.jpg shows a star, and so do all
	          pictures below star
	none      nowhere: no picture has a label. Only examples/predict takes this.
	auto      in the manifest if there is one; otherwise in the names of files or of
	          sub-folders. With a model, auto takes those that label more pictures.
	          Without one, it takes the names of files if they have two or more
	          labels, all of them digits, as in 8_3.png; otherwise the names of
	          sub-folders if they have two or more labels; otherwise the names of
	          files.

If all labels are numbers, and not from folders' names, 42 stands for a 4 and a 2: it is
no class of its own.
`

// Labels says where the labels of pictures are, as LabelsHelp explains. It is a
// value for package flag. The zero value stands for Auto.
type Labels string

// The values of the flag -labels.
const (
	Auto     Labels = "auto"
	Names    Labels = "names"
	Folders  Labels = "folders"
	Manifest Labels = "manifest"
	None     Labels = "none"
)

// LabelsFlag is the text of -help for the flag -labels, of programs that need
// labels.
const LabelsFlag = "where the labels are: `auto`, names, folders or manifest; see above"

func (l *Labels) String() string { return string(*l) }

// Set sets l to a value of the command line.
func (l *Labels) Set(s string) error {
	if !slices.Contains([]Labels{Auto, Names, Folders, Manifest, None}, Labels(s)) {
		return errors.New("want auto, names, folders, manifest or none")
	}
	*l = Labels(s)
	return nil
}

// Options tell what labels are. The zero value suits programs that make classes
// from the labels.
type Options struct {
	Labels Labels // where they are

	// Classes are the names of a model's classes. A label must be one of them
	// or, if the model can read several in a picture, several. If Classes is
	// nil, any text is a label.
	Classes []string

	// Sheet is the name of a file that is no picture of a folder: the program
	// writes it, and may have written it before.
	Sheet string
}

// Why a text is no label.
const (
	noUnderscore = "the name has no underscore"
	cameraPrefix = "a camera's prefix"
	dateAndTime  = "a date and a time"
	noText       = "the text is empty, not UTF-8, or not printable"
	longText     = "the text is longer than 1000 bytes"
	noClass      = "no class of the model"
	noFolder     = "not in a sub-folder"
	noLabel      = "an empty label in " + manifest
)

// maxLabel limits the length of a label, in bytes.
const maxLabel = 1000

// label gives the pictures of a folder their labels, and tells where these are.
// name is that of the folder itself, or empty if it is no label. The other
// labels are those that Auto did not take.
func (o *Options) label(list []Picture, name string) (place Labels, other []string) {
	switch o.Labels {
	case None, Manifest:
		return None, nil
	case Names, Folders:
		o.labelBy(o.Labels, list, name)
		return o.Labels, nil
	}
	folders := o.labelBy(Folders, list, name)
	names := o.labelBy(Names, list, name)
	if o.prefersFolders(names, folders) {
		o.labelBy(Folders, list, name)
		return Folders, names.different
	}
	return Names, folders.different
}

// A labeling tells which labels a place gives.
type labeling struct {
	labeled   int      // pictures
	foreign   int      // pictures with a text that is no class
	different []string // labels, sorted
}

// labelBy gives the pictures the labels at this place.
func (o *Options) labelBy(place Labels, list []Picture, name string) (l labeling) {
	for i := range list {
		p := &list[i]
		if place == Names {
			p.Classes, p.Reason = o.byName(path.Base(p.Path))
		} else {
			p.Classes, p.Reason = o.byFolder(path.Join(name, p.Path))
		}
		if p.Label = o.text(p.Classes); p.Label != "" {
			l.labeled++
			l.different = append(l.different, p.Label)
		} else if p.Reason == noClass {
			l.foreign++
		}
	}
	slices.Sort(l.different)
	l.different = slices.Compact(l.different)
	return l
}

// prefersFolders chooses between two places, as LabelsHelp says for auto. A new
// model needs two different labels.
func (o *Options) prefersFolders(names, folders labeling) bool {
	if o.Classes != nil {
		if names.labeled+folders.labeled == 0 {
			return folders.foreign > names.foreign
		}
		return folders.labeled > names.labeled
	}
	switch {
	case len(names.different) >= 2 && reader.AreDigits(names.different):
		return false
	case len(folders.different) >= 2:
		return true
	}
	return len(folders.different) > len(names.different)
}

// byName returns the classes in the name of a file, or why there are none.
func (o *Options) byName(file string) (classes []string, reason string) {
	label, rest, ok := strings.Cut(file, "_")
	switch {
	case !ok:
		return nil, noUnderscore
	case prefixes.matches(file):
		return nil, cameraPrefix
	case dates.matches(label) && times.matches(rest):
		return nil, dateAndTime
	}
	return o.spell(label)
}

// HasLabel reports whether the name of a file begins with a label.
func HasLabel(file string) bool {
	classes, _ := new(Options).byName(file)
	return classes != nil
}

// byFolder returns the classes in the name of the first folder of a path, or
// why there are none.
func (o *Options) byFolder(file string) (classes []string, reason string) {
	label, _, ok := strings.Cut(file, "/")
	if !ok {
		return nil, noFolder
	}
	return o.spell(label)
}

// prefixes begin the names that cameras, telephones, scanners and messengers
// give.
var prefixes = pattern{text: `(?i)^(img|image|dsc[nf]?|pxl|mvimg|vid|pano|sam|cimg|imag|gopr|p?wp|dji|burst|` +
	`screenshot|scan|photo|pic|picture|signal|file|(fb|thumbnail)_img|viber_image|received|psx)_e?\d`}

// times begins with hours and minutes: 123456, 12-34-56 or 1234.
var times = pattern{text: `^([01]\d|2[0-3])[-.]?[0-5]\d`}

// dates are days: 20240506 or 2024-05-06.
var dates = pattern{text: `^(19|20)\d\d[-.]?(0[1-9]|1[0-2])[-.]?(0[1-9]|[12]\d|3[01])$`}

// A pattern is a regular expression that its first use compiles. So a program
// that needs no labels, such as the one for browsers, is smaller: it does
// without package regexp.
type pattern struct {
	text string
	once sync.Once
	re   *regexp.Regexp
}

func (p *pattern) matches(s string) bool {
	p.once.Do(func() { p.re = regexp.MustCompile(p.text) })
	return p.re.MatchString(s)
}

// spell returns the classes that a label names, or why it is none. Spaces
// around a label do not count. A model with classes of one character reads
// several in a picture: 42 is a 4 and a 2. Other names have spaces between
// them, and the longest name counts.
func (o *Options) spell(label string) (classes []string, reason string) {
	label = strings.TrimSpace(label)
	// Persian words and some emoji have joiners, which have no picture.
	unprintable := func(r rune) bool { return !unicode.IsPrint(r) && !unicode.Is(unicode.Join_Control, r) }
	switch {
	case len(label) > maxLabel:
		return nil, longText
	case label == "" || !utf8.ValidString(label) || strings.ContainsFunc(label, unprintable):
		return nil, noText
	case o.Classes == nil || slices.Contains(o.Classes, label):
		return []string{label}, ""
	}
	separator, most := reader.Separator(o.Classes), 1
	for _, name := range o.Classes {
		most = max(most, 1+strings.Count(name, " "))
	}
	parts := strings.Split(label, separator)
	for len(parts) > 0 {
		n := min(len(parts), most)
		for n > 0 && !slices.Contains(o.Classes, strings.Join(parts[:n], separator)) {
			n--
		}
		if n == 0 {
			return nil, noClass
		}
		classes = append(classes, strings.Join(parts[:n], separator))
		parts = parts[n:]
	}
	return classes, ""
}

// text returns the classes as a reader writes them.
func (o *Options) text(classes []string) string {
	return strings.Join(classes, reader.Separator(o.Classes))
}

// AreTenDigits reports whether the classes are the ten digits.
func AreTenDigits(classes []string) bool {
	return slices.Equal(classes, strings.Split("0123456789", ""))
}

// wanted describes the labels for people.
func (o *Options) wanted() string {
	switch {
	case o.Classes == nil:
		return "a text"
	case AreTenDigits(o.Classes):
		return "digits"
	case reader.Separator(o.Classes) == "":
		return fmt.Sprintf("characters of %.100q", strings.Join(o.Classes, ""))
	}
	const most = 20
	list := strings.Join(o.Classes[:min(len(o.Classes), most)], ", ")
	if len(o.Classes) > most {
		list += ", ..."
	}
	return "one of " + list
}
