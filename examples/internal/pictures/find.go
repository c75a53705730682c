package pictures

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/seed-cd6415d7/digits/examples/internal/printable"
)

// Find lists the pictures that the arguments of a command line name: files,
// folders, and "-" for stdin. Decode returns the errors. Pictures without a
// label are in the list, too.
func Find(arguments []string, stdin io.Reader, o Options) []Picture {
	var list []Picture
	var used bool // stdin
	for _, name := range arguments {
		p := Picture{Name: name}
		p.open = func() (io.ReadCloser, error) { return open(files{}, name) }
		if name == "-" && used {
			p = unreadable(name, errors.New("the standard input can be read only once"))
		} else if name == "-" {
			p.open, used = func() (io.ReadCloser, error) { return io.NopCloser(stdin), nil }, true
		} else if info, err := os.Stat(name); err == nil && info.IsDir() {
			list = append(list, Folder(dir(name), name, o)...)
			continue
		} else if err == nil && o.Labels == Manifest {
			p = unreadable(name, errors.New("-labels manifest: name the folder, not the file"))
		} else {
			file := []Picture{{Path: filepath.Base(name)}}
			o.label(file, folderName(filepath.Dir(name)))
			p.Label, p.Classes = file[0].Label, file[0].Classes
		}
		list = append(list, p)
	}
	return list
}

// folderName returns the name of a folder of the command line, which may be
// "." there. A root has no name.
func folderName(name string) string {
	if full, err := filepath.Abs(name); err == nil {
		name = full
	}
	if name = filepath.Base(name); strings.Trim(name, `./\`) == "" {
		return ""
	}
	return name
}

// Folder lists the pictures of a folder by name, without its sub-folders. If
// the labels are in a manifest, Folder lists the pictures of the manifest.
// Their names begin with prefix. If there is no picture, the list holds one
// that cannot be decoded.
func Folder(folder fs.FS, prefix string, o Options) []Picture {
	list, _, _, err := find(folder, prefix, false, o)
	if err == nil && len(list) == 0 {
		err = errors.New("no pictures in this folder; sub-folders are not searched: name them, too")
	}
	if err != nil {
		return []Picture{unreadable(prefix, err)}
	}
	return list
}

// find lists the pictures of a folder and, if deep is set, of its sub-folders,
// with their labels. It tells where the labels are, and which others there are,
// see Options.label.
func find(folder fs.FS, prefix string, deep bool, o Options) (list []Picture, place Labels, other []string, err error) {
	if o.Labels == Manifest || o.Labels == Auto || o.Labels == "" {
		list, err := readManifest(folder, prefix, &o)
		switch {
		case !errors.Is(err, fs.ErrNotExist):
			return list, Manifest, nil, err
		case o.Labels == Manifest:
			return nil, "", nil, errors.New("-labels manifest: there is no " + manifest)
		}
	}
	list, err = walk(folder, prefix, deep)
	if sheet, err := os.Stat(o.Sheet); err == nil {
		list = slices.DeleteFunc(list, func(p Picture) bool {
			info, err := fs.Stat(folder, p.Path)
			return err == nil && os.SameFile(info, sheet)
		})
	}
	name := ""
	if !deep {
		name = folderName(prefix)
	}
	place, other = o.label(list, name)
	return list, place, other, err
}

// Labeled are the pictures of a folder.
type Labeled struct {
	// Pictures have a label or, by a manifest, are known to show none of the
	// classes. Sub-folders that cannot be read are among them.
	Pictures []Picture
	LeftOut  []Picture // without a label; Reason tells why
	Labels   Labels    // where the labels are: Names, Folders or Manifest

	// Other are the labels at the other place, Folders or Names. They may be
	// meant.
	Other []string

	wanted string // describes labels for people
}

// FindLabeled lists the pictures of a folder and its sub-folders by path. If
// the labels are in a manifest, it lists the pictures there in the same order.
// LabelsHelp tells what labels are. No label at all is an error.
func FindLabeled(name string, o Options) (*Labeled, error) {
	if info, err := os.Stat(name); errors.Is(err, fs.ErrNotExist) {
		return nil, &missing{"there is no folder " + printable.Text(name)}
	} else if err != nil {
		return nil, err
	} else if !info.IsDir() {
		return nil, fmt.Errorf("%s is not a folder", name)
	}
	if o.Labels == None {
		return nil, errors.New("-labels none: labels are needed here; want auto, names, folders or manifest")
	}
	list, place, other, err := find(dir(name), name, true, o)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", printable.Text(name), err)
	}
	found := &Labeled{Labels: place, wanted: o.wanted()}
	if o.Classes == nil && len(other) >= 2 {
		found.Other = other
	}
	none := true
	for _, p := range list {
		if p.Want() == "" && !p.Unread {
			found.LeftOut = append(found.LeftOut, p)
			continue
		}
		found.Pictures = append(found.Pictures, p)
		none = none && p.Want() == ""
	}
	if none {
		return nil, found.noLabels(name)
	}
	return found, nil
}

// noLabels says why no picture of a folder has a label.
func (l *Labeled) noLabels(folder string) error {
	if len(l.LeftOut) == 0 && len(l.Pictures) > 0 { // a folder that cannot be read
		_, _, err := l.Pictures[0].Decode()
		return fmt.Errorf("no labeled pictures in %s: %s: %w", folder, l.Pictures[0].Path, err)
	}
	if len(l.LeftOut) == 0 {
		return fmt.Errorf("no labeled pictures in %s: it holds no pictures", folder)
	}
	if !slices.ContainsFunc(l.LeftOut, func(p Picture) bool { return p.Reason != noClass }) {
		return fmt.Errorf("the labels in %s, such as that of %s, are no classes of this model: want %s; to use another model, name its file with -model",
			printable.Text(folder), printable.Text(l.LeftOut[0].Path), printable.Text(l.wanted))
	}
	return fmt.Errorf("no labeled pictures in %s: %s", folder, l.Notice())
}

// Notice tells people which pictures were left out, why, and what to do, and
// which other labels may be meant. It is empty if there is nothing to tell.
func (l *Labeled) Notice() string {
	var b strings.Builder
	if n := len(l.LeftOut); n > 0 {
		fmt.Fprintf(&b, "%d of %d pictures have no label and are left out (%s)", n, n+len(l.Pictures), l.advice())
		l.writeReasons(&b)
	}
	if l.Other != nil {
		here, there, flag := "beginnings of files' names", "sub-folders' names", Folders
		if l.Labels == Folders {
			here, there, flag = there, here, Names
		}
		const most = 8
		list := strings.Join(l.Other[:min(len(l.Other), most)], ", ")
		if len(l.Other) > most {
			list += ", ..."
		}
		if b.Len() > 0 {
			b.WriteByte('\n')
		}
		fmt.Fprintf(&b, "the labels are the %s; -labels %s takes the %s: %s", here, flag, there, printable.Text(list))
	}
	return b.String()
}

// advice says how to give pictures a label.
func (l *Labeled) advice() string {
	switch l.Labels {
	case Names:
		return "names begin with the class and an underscore, as in 8_3.png; -labels folders takes the sub-folders' names"
	case Folders:
		return "pictures are in sub-folders that have the classes' names; -labels names takes the beginnings of files' names"
	}
	return "the column label of " + manifest + " tells the class"
}

// writeReasons writes why pictures were left out, a line for each reason.
func (l *Labeled) writeReasons(b *strings.Builder) {
	var reasons []string
	files := map[string][]string{}
	for _, p := range l.LeftOut {
		if files[p.Reason] == nil {
			reasons = append(reasons, p.Reason)
		}
		files[p.Reason] = append(files[p.Reason], printable.Text(p.Path))
	}
	for _, reason := range reasons {
		const most = 8
		list := files[reason]
		why := reason
		if reason == noClass {
			why += ", want " + printable.Text(l.wanted)
		}
		fmt.Fprintf(b, "\n\t%s: %s", why, strings.Join(list[:min(len(list), most)], ", "))
		if len(list) > most {
			fmt.Fprintf(b, ", and %d more", len(list)-most)
		}
	}
}

// walk lists the pictures of a folder and, if deep is set, of its sub-folders.
func walk(folder fs.FS, prefix string, deep bool) (list []Picture, err error) {
	err = fs.WalkDir(folder, ".", func(file string, d fs.DirEntry, err error) error {
		switch {
		case err != nil && file == ".":
			return printable.Cause(err)
		case err != nil:
			p := unreadable(filepath.Join(prefix, filepath.FromSlash(file)), err)
			p.Path, p.Unread = file, true
			list = append(list, p)
		case d.IsDir() && file != "." && (!deep || strings.HasPrefix(d.Name(), ".")):
			return fs.SkipDir
		case deep && d.Type()&fs.ModeSymlink != 0 && isFolder(folder, file):
			p := unreadable(filepath.Join(prefix, filepath.FromSlash(file)), errors.New("links to folders are not followed"))
			p.Path, p.Unread = file, true
			list = append(list, p)
		case !d.IsDir() && isPicture(file):
			list = append(list, within(folder, prefix, file))
		}
		return nil
	})
	return list, err
}

// isFolder reports whether a name, perhaps that of a link, is a folder's.
func isFolder(folder fs.FS, name string) bool {
	info, err := fs.Stat(folder, name)
	return err == nil && info.IsDir()
}

// suffixes are the endings of picture files. Some formats cannot be read, but
// an error is better than a missing picture.
var suffixes = strings.Fields(".png .jpg .jpeg .jpe .jfif .gif .bmp .dib .pbm .pgm .ppm .pnm " +
	".webp .tif .tiff .heic .heif .avif .jxl .pam")

// isPicture tells by its name whether a file is a picture.
func isPicture(name string) bool {
	return !strings.HasPrefix(path.Base(name), ".") && slices.Contains(suffixes, strings.ToLower(path.Ext(name)))
}

// within returns a picture in a folder.
func within(folder fs.FS, prefix, file string) Picture {
	return Picture{
		Name: filepath.Join(prefix, filepath.FromSlash(file)), Path: file,
		Kind: strings.ToLower(strings.TrimPrefix(path.Ext(file), ".")),
		open: func() (io.ReadCloser, error) { return open(folder, file) },
	}
}

// unreadable returns a picture whose Decode returns err.
func unreadable(name string, err error) Picture {
	return Picture{Name: name, open: func() (io.ReadCloser, error) { return nil, err }}
}

// open opens a regular file. Other files may never end, or may block until
// somebody writes to them.
func open(folder fs.FS, name string) (fs.File, error) {
	info, err := fs.Stat(folder, name)
	if err == nil && !info.Mode().IsRegular() {
		err = &fs.PathError{Op: "open", Path: name, Err: errIrregular}
	}
	if err != nil {
		return nil, err
	}
	return folder.Open(name)
}

var errIrregular = errors.New("not a regular file; to read a pipe, give - as the name and redirect the standard input")

// files are the files that a command line names.
type files struct{}

func (files) Open(name string) (fs.File, error) { return os.Open(name) }

// Stat does not open the file.
func (files) Stat(name string) (fs.FileInfo, error) { return os.Stat(name) }

// dir is os.DirFS for file names that need not be UTF-8. Callers pass only
// valid paths.
type dir string

func (d dir) name(file string) string { return filepath.Join(string(d), filepath.FromSlash(file)) }

func (d dir) Open(file string) (fs.File, error) { return files{}.Open(d.name(file)) }

func (d dir) Stat(file string) (fs.FileInfo, error) { return files{}.Stat(d.name(file)) }
