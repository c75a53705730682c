package softmax

import (
	"bytes"
	"strings"
)

// convert says how to turn a file of PyTorch into a model file.
const convert = "a safetensors file; if it has a model of PyTorch, load it in Python and write it with " +
	`safetensors.torch.save_file(model.state_dict(), "model.safetensors")`

// startLength is how many bytes of a file show its kind.
const startLength = 512

// otherKind returns an error if the start of a file shows another common kind.
// The caller knows that it is not the start of a safetensors file.
func otherKind(start []byte) error {
	start = start[:min(len(start), startLength)]
	for _, kind := range [...]struct {
		is        bool
		got, want string
	}{
		{
			bytes.HasPrefix(start, []byte("version https://git-lfs.github.com/spec")),
			"a Git LFS pointer, which only names the real file",
			`the real file; run "git lfs pull" in its repository, or download it again`,
		},
		{isHTML(start), "a web page (HTML or XML)", "a safetensors file; download the file itself, not the page that shows it"},
		{bytes.HasPrefix(start, []byte("%PDF-")), "a PDF file", "a safetensors file"},
		{bytes.HasPrefix(start, []byte("\x89PNG\r\n")), "a PNG picture", "a safetensors file"},
		{bytes.HasPrefix(start, []byte("\xff\xd8\xff")), "a JPEG picture", "a safetensors file"},
		{
			bytes.HasPrefix(start, []byte("PK\x03\x04")),
			"a zip file, such as torch.save writes", convert,
		},
		{isPickle(start), "a Python pickle, such as older versions of torch.save write", convert},
		{bytes.HasPrefix(start, []byte("\x1f\x8b\x08")), "a gzip file", "a safetensors file; decompress it first, with gunzip"},
		{isIDX(start), "an IDX file, which has images or labels", "a safetensors file, which has a model"},
	} {
		if kind.is {
			return wrongAt(0, "file", kind.got, kind.want)
		}
	}
	return nil
}

// isHTML reports whether a file starts like a web page: with a tag of HTML or
// XML after a byte order mark and spaces.
func isHTML(start []byte) bool {
	text := strings.ToLower(strings.TrimLeft(strings.TrimPrefix(string(start), "\ufeff"), " \t\r\n"))
	for _, tag := range []string{"<!doctype html", "<html", "<head", "<body", "<!--", "<?xml"} {
		if strings.HasPrefix(text, tag) {
			return true
		}
	}
	return false
}

// isPickle reports whether a file starts like a pickle: with the opcode PROTO
// and a version from 2 to 5.
func isPickle(start []byte) bool {
	return len(start) > 2 && start[0] == 0x80 && start[1] >= 2 && start[1] <= 5
}

// isIDX reports whether a file starts like an IDX file: with two zeros, a type
// and 1 to 8 dimensions.
func isIDX(start []byte) bool {
	return len(start) >= 4 && start[0] == 0 && start[1] == 0 &&
		bytes.IndexByte([]byte{0x08, 0x09, 0x0b, 0x0c, 0x0d, 0x0e}, start[2]) >= 0 &&
		start[3] >= 1 && start[3] <= 8
}
