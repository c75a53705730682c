package golden

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"html"
	"image/png"
	"regexp"
	"strings"
	"testing"
)

var (
	picture = regexp.MustCompile(`data:image/png;base64,([A-Za-z0-9+/=&#;]*)`)
	photo   = regexp.MustCompile(`data:image/jpeg;base64,[A-Za-z0-9+/=&#;]*`)
	style   = regexp.MustCompile(`(?s)<meta http-equiv[^>]*>|<style>.*?</style>`)
	source  = regexp.MustCompile(`<img[^>]*src="(\[[^"]*\])"[^>]*>`)
	tag     = regexp.MustCompile(`<[^>]*>`)
	gaps    = regexp.MustCompile(`[|\s]*\|[|\s]*`)
)

// Pixels puts a checksum of the pixels in place of each PNG picture in a page.
// Another version of Go may compress a PNG in another way, but its pixels stay.
// The pixels of a JPEG may change, so it has no checksum. Pixels leaves out the
// style sheet, which stands in a file of its own, and the hash of the sheet.
func Pixels(t testing.TB, page string) string {
	page = style.ReplaceAllString(photo.ReplaceAllString(page, "[JPEG]"), "")
	return picture.ReplaceAllStringFunc(page, func(url string) string {
		data := html.UnescapeString(picture.FindStringSubmatch(url)[1])
		img, err := png.Decode(base64.NewDecoder(base64.StdEncoding, strings.NewReader(data)))
		if err != nil {
			t.Fatal(err)
		}
		var pix bytes.Buffer
		b := img.Bounds()
		for y := b.Min.Y; y < b.Max.Y; y++ {
			for x := b.Min.X; x < b.Max.X; x++ {
				fmt.Fprint(&pix, img.At(x, y))
			}
		}
		return fmt.Sprintf("[%dx%d %s]", b.Dx(), b.Dy(), Sum(pix.Bytes()))
	})
}

// Text returns the texts and the pictures of a page, see Pixels. It leaves out
// the markup.
func Text(t testing.TB, page string) string {
	page = tag.ReplaceAllString(source.ReplaceAllString(Pixels(t, page), "|$1|"), "|")
	return strings.TrimSpace(html.UnescapeString(gaps.ReplaceAllString(page, "\n"))) + "\n"
}

// Sum returns a short checksum.
func Sum(data []byte) string { return fmt.Sprintf("%x", sha256.Sum256(data))[:16] }
