package idx

import (
	"bytes"
	"fmt"
)

// kindField is the FormatError.Field of a file of another known kind.
const kindField = "kind of file"

// kinds are files that people take for IDX files, most often because a download
// went wrong. A kind is what starts the file, what that is, and what to do.
var kinds = []struct{ start, kind, help string }{
	{"version https://git-lfs", "a Git LFS pointer", "run git lfs pull to get the data"},
	{"<", "a web page", "download the file itself, not the page about it"},
	{"%PDF", "a PDF document", "download the data, not the paper"},
	{"PK\x03\x04", "a zip archive", "take the file out of it"},
	{"PK\x05\x06", "an empty zip archive", "download it again"},
	{"\x1f\x8b", "a gzip file in a gzip file", "decompress it once"},
	{"\xfd7zXZ", "an xz file", "decompress it with unxz"},
	{"BZh", "a bzip2 file", "decompress it with bunzip2"},
	{"7z\xbc\xaf", "a 7z archive", "take the file out of it"},
	{"\x93NUMPY", "a NumPy array", "write it as an IDX file"},
	{"PAR1", "a Parquet file", "download the data in the IDX format"},
	{"\x89PNG", "a PNG picture", "download the data, not a picture of it"},
	{"\xff\xd8\xff", "a JPEG picture", "download the data, not a picture of it"},
}

// maxKind is more than the length of each start of a kind. Spaces may come
// before a web page.
const maxKind = 64

// notIDX returns the error for a file that begins with start, which is not the
// start of an IDX file. magic is how many bytes the error shows if it does not
// know the kind.
func notIDX(start []byte, magic int) error {
	text := bytes.TrimLeft(start, " \t\r\n\xef\xbb\xbf")
	for _, k := range kinds {
		if bytes.HasPrefix(start, []byte(k.start)) || k.start == "<" && bytes.HasPrefix(text, []byte("<")) {
			return &FormatError{Field: kindField, Got: k.kind, Want: "an IDX file: " + k.help}
		}
	}
	return &FormatError{
		Field: "magic", Got: fmt.Sprintf("% X", start[:magic]), Want: "00 00, the start of an IDX file",
	}
}
