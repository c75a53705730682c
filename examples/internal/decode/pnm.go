package decode

import (
	"fmt"
	"image"
	"io"
)

// A pnm is the header of a PBM, PGM or PPM file (netpbm.sourceforge.net/doc).
type pnm struct {
	kind          byte // 1 to 3: PBM, PGM and PPM as text; 4 to 6: in bytes
	width, height int
	most          int    // the value of white
	pixels        []byte // to the end of the file
}

// isPNM recognizes these files.
func isPNM(file []byte) bool {
	return len(file) >= 3 && file[0] == 'P' && file[1] >= '1' && file[1] <= '6' && (isSpace(file[2]) || file[2] == '#')
}

func isSpace(c byte) bool { return c == ' ' || c >= '\t' && c <= '\r' }

// parsePNM reads the header.
func parsePNM(file []byte) (*pnm, error) {
	p := &pnm{kind: file[1] - '0', most: 1, pixels: file[2:]}
	fields := []*int{&p.width, &p.height, &p.most}
	if p.isBitmap() {
		fields = fields[:2]
	}
	for _, field := range fields {
		v, err := p.number()
		if err != nil {
			return nil, err
		}
		*field = v
	}
	// One white space ends the header.
	if !p.isText() && len(p.pixels) > 0 {
		p.pixels = p.pixels[1:]
	}
	if p.width < 1 || p.height < 1 {
		return nil, fmt.Errorf("pnm: %d x %d pixels", p.width, p.height)
	}
	if p.most < 1 || p.most > 65535 {
		return nil, fmt.Errorf("pnm: the highest value is %d; want 1 to 65535", p.most)
	}
	return p, nil
}

func (p *pnm) isText() bool   { return p.kind <= 3 }
func (p *pnm) isBitmap() bool { return p.kind == 1 || p.kind == 4 }
func (p *pnm) isColor() bool  { return p.kind == 3 || p.kind == 6 }

func (p *pnm) size() (width, height int) { return p.width, p.height }

// skipSpace skips white space and comments, which go from # to the end of the
// line.
func (p *pnm) skipSpace() {
	comment := false
	for len(p.pixels) > 0 {
		c := p.pixels[0]
		comment = c == '#' || comment && c != '\n' && c != '\r'
		if !comment && !isSpace(c) {
			return
		}
		p.pixels = p.pixels[1:]
	}
}

// number reads a number in decimal digits.
func (p *pnm) number() (int, error) {
	p.skipSpace()
	v, n := 0, 0
	for ; n < len(p.pixels) && p.pixels[n] >= '0' && p.pixels[n] <= '9'; n++ {
		const most = 100_000_000
		if v = 10*v + int(p.pixels[n]-'0'); v > most {
			return 0, fmt.Errorf("pnm: a number is larger than %d", most)
		}
	}
	switch {
	case n > 0:
		p.pixels = p.pixels[n:]
		return v, nil
	case len(p.pixels) == 0:
		return 0, fmt.Errorf("pnm: %w", io.ErrUnexpectedEOF)
	}
	return 0, fmt.Errorf("pnm: %q stands where a number belongs", p.pixels[0])
}

func (p *pnm) decode() (image.Image, error) {
	samples := p.width * p.height
	if p.isColor() {
		samples *= 3
	}
	if p.shortest(samples) > len(p.pixels) {
		return nil, fmt.Errorf("pnm: %w", io.ErrUnexpectedEOF)
	}
	levels := make([]uint8, p.most+1) // the value of each sample
	for v := range levels {
		levels[v] = uint8((v*255 + p.most/2) / p.most)
	}
	if p.isBitmap() {
		levels[0], levels[1] = 255, 0
	}
	bounds := image.Rect(0, 0, p.width, p.height)
	if !p.isColor() {
		img := image.NewGray(bounds)
		for i := range img.Pix {
			v, err := p.sample(i)
			if err != nil {
				return nil, err
			}
			img.Pix[i] = levels[min(v, p.most)]
		}
		return img, nil
	}
	img := image.NewRGBA(bounds)
	for i := range samples {
		v, err := p.sample(i)
		if err != nil {
			return nil, err
		}
		img.Pix[i/3*4+i%3] = levels[min(v, p.most)]
		img.Pix[i/3*4+3] = 255
	}
	return img, nil
}

// shortest returns how many bytes these samples need at least.
func (p *pnm) shortest(samples int) int {
	switch {
	case p.kind == 1:
		return samples
	case p.isText():
		return 2 * samples // a digit each, after a space
	case p.kind == 4:
		return (p.width + 7) / 8 * p.height
	case p.most > 255:
		return 2 * samples
	}
	return samples
}

// sample returns the i-th sample. In a text format, samples must be read in
// order.
func (p *pnm) sample(i int) (int, error) {
	switch {
	case p.kind == 1:
		return p.bit()
	case p.isText():
		return p.number()
	case p.kind == 4:
		x, y := i%p.width, i/p.width
		return int(p.pixels[(p.width+7)/8*y+x/8] >> (7 - x%8) & 1), nil
	case p.most > 255:
		return int(p.pixels[2*i])<<8 | int(p.pixels[2*i+1]), nil
	}
	return int(p.pixels[i]), nil
}

// bit reads a 0 or a 1 of text. No space needs to stand between them.
func (p *pnm) bit() (int, error) {
	p.skipSpace()
	if len(p.pixels) == 0 {
		return 0, fmt.Errorf("pnm: %w", io.ErrUnexpectedEOF)
	}
	c := p.pixels[0]
	if c != '0' && c != '1' {
		return 0, fmt.Errorf("pnm: %q stands where 0 or 1 belongs", c)
	}
	p.pixels = p.pixels[1:]
	return int(c - '0'), nil
}
