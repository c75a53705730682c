package decode

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// refuse returns the error for a file of a format that Picture cannot read. For
// a known format, it says what to do.
func refuse(data []byte) error {
	name, advice := recognize(data)
	if advice == "" {
		return fmt.Errorf("%s; want %s", name, readable)
	}
	return errors.New(name + "; " + advice)
}

// Format names the format of a file from its first bytes: "a WebP file". If it
// is unknown, the file is "not a picture".
func Format(data []byte) string {
	name, _ := recognize(data)
	return name
}

// recognize returns the name of a format and how to get a PNG file. The advice
// is empty for formats that need none and for unknown ones.
func recognize(data []byte) (name, advice string) {
	switch has := func(at int, magic string) bool {
		return len(data) >= at && bytes.HasPrefix(data[at:], []byte(magic))
	}; {
	case len(data) == 0:
		return "an empty file", ""
	case has(0, "version https://git-lfs.github.com/spec"):
		return "a Git LFS pointer, which only names the picture", `run "git lfs pull" in its repository, or download the picture again`
	case isHTML(data):
		return "a web page (HTML)", "download the picture itself, not the page that shows it"
	case has(0, "PK\x03\x04"), has(0, "\x1f\x8b"):
		return "an archive (ZIP or gzip)", "unpack it first"
	case has(0, "RIFF") && has(8, "WEBP"):
		return "a WebP file", steps(paint, sips, "dwebp FILE -o out.png")
	case has(4, "ftyp"):
		return recognizeBrand(data)
	case has(0, "II*\x00"), has(0, "MM\x00*"):
		return "a TIFF file", steps(paint, sips, convert)
	case has(0, "\xff\x0a"), has(0, "\x00\x00\x00\x0cJXL "):
		return "a JPEG XL file", steps(djxl, sips+" (from macOS 14 on)", djxl)
	case has(0, "\x00\x00\x01\x00"):
		return "an icon file", steps(paint, sips, convert)
	case has(0, "%PDF-"):
		return "a PDF file", steps(browser, "open it in Preview and export it as PNG", "pdftoppm -r 150 -png FILE out")
	case isSVG(data):
		return "an SVG file", steps(browser, browser, "rsvg-convert FILE -o out.png")
	case has(0, "P7\n"):
		return "a PAM file", toPNG + "on a computer with ImageMagick, magick FILE out.png, or convert FILE out.png"
	case isBMP(data):
		return "a BMP file", ""
	case isPNM(data):
		return "a PBM, PGM or PPM file", ""
	}
	return "not a picture", ""
}

const (
	toPNG   = "make a PNG file from it: "
	paint   = "open it in Paint and save it as PNG"
	browser = "open it in a browser and take a screenshot"
	sips    = "sips -s format png FILE --out out.png"
	convert = "convert FILE out.png (ImageMagick)"
	djxl    = "djxl FILE out.png (libjxl)"
)

// steps returns one line for all devices.
func steps(windows, macOS, linux string) string {
	return toPNG + "on a phone, show it and take a screenshot; on Windows, " + windows + "; on macOS, " + macOS + "; on Linux, " + linux
}

// recognizeBrand is recognize for files that begin with a box of type ftyp
// (ISO/IEC 14496-12). The box lists brands of four characters: the kinds of
// content.
func recognizeBrand(data []byte) (name, advice string) {
	const first = 8 // the major brand; a version and other brands follow
	var heic bool
	for at := first; at+4 <= len(data) && at < int(data[3]); at += 4 {
		switch string(data[at:][:4]) {
		case "avif", "avis":
			return "an AVIF file", steps(browser, sips+" (from macOS 13 on)", "avifdec FILE out.png")
		case "heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1":
			heic = true
		}
	}
	if heic {
		return "a HEIC file", steps(paint, sips, "heif-convert FILE out.png")
	}
	return "not a picture", ""
}

// isHTML looks for the first tag of a web page. Comments may come before it.
func isHTML(data []byte) bool {
	const prolog = 1000 // bytes
	text := strings.ToLower(string(bytes.TrimLeft(data[:min(len(data), prolog)], "\ufeff \t\r\n")))
	for strings.HasPrefix(text, "<!--") {
		_, after, _ := strings.Cut(text, "-->")
		text = strings.TrimLeft(after, " \t\r\n")
	}
	return slices.ContainsFunc([]string{"<!doctype html", "<html", "<head", "<body"}, func(tag string) bool {
		return strings.HasPrefix(text, tag)
	})
}

// isSVG looks for the first element of an SVG file. An XML declaration and
// comments may come before it.
func isSVG(data []byte) bool {
	const prolog = 1000 // bytes
	start := bytes.TrimLeft(data[:min(len(data), prolog)], "\ufeff \t\r\n")
	return bytes.HasPrefix(start, []byte("<")) && bytes.Contains(start, []byte("<svg"))
}
