package answers

import (
	"fmt"
	"image"

	"github.com/seed-cd6415d7/digits/examples/internal/decode"
	"github.com/seed-cd6415d7/digits/examples/internal/pictures"
	"github.com/seed-cd6415d7/digits/examples/reader"
)

// MaxPixels is the service's preset limit of one picture. Photographs of 24
// megapixels pass: most phones make no larger ones, unless asked.
const MaxPixels = 25_000_000

// Options say what a picture shows, and what to tell. The zero value lets the
// model decide what it shows.
type Options struct {
	One     bool // exactly one digit
	Many    bool // any number of digits, unless One is set
	Details bool // tell also Stored and Judged

	MaxPixels int // 0 means MaxPixels
}

// Read reads the picture in data. The name is only repeated in the object. See
// Status for errors.
func Read(r *reader.Reader, data []byte, name string, o Options) (*Object, error) {
	if _, err := Size(data, o.MaxPixels); err != nil {
		return nil, err
	}
	res := pictures.ReadBytes(r, name, data, pictures.ModeOf(r, o.One, o.Many))
	if res.Err != nil {
		return nil, res.Err
	}
	classes := r.Classes()
	return newObject(res, naming{classes, pictures.AreTenDigits(classes)}, o.Details), nil
}

// Size returns the size of the picture in data, from its header. A picture of
// more than maxPixels is an error. 0 means MaxPixels.
func Size(data []byte, maxPixels int) (image.Point, error) {
	if maxPixels == 0 {
		maxPixels = MaxPixels
	}
	w, h, err := decode.Size(data)
	switch {
	case err != nil:
		return image.Point{}, err
	case w < 1 || h < 1:
		return image.Point{}, Errorf(BadRequest, "%d x %d pixels; want at least one: send another picture", w, h)
	case w > maxPixels/h:
		return image.Point{}, Errorf(TooLarge, "%d x %d pixels; want at most %s: shrink the picture, or cut out the digits",
			w, h, millions(maxPixels))
	}
	return image.Pt(w, h), nil
}

// millions returns a number in words.
func millions(n int) string {
	if n >= 1_000_000 && n%100_000 == 0 {
		return fmt.Sprintf("%g million", float64(n)/1e6)
	}
	return fmt.Sprint(n)
}
