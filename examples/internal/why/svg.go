package why

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"html/template"
	"image"
	"image/color"
	"image/png"
	"strings"

	"github.com/seed-cd6415d7/digits/examples/internal/report"
	"github.com/seed-cd6415d7/digits/examples/reader"
)

// SVG returns an inline <svg> element of 28x28 units: the digit in pale gray,
// and over it the strokes for the class and against it. Wider and stronger
// strokes say more. Each stroke has a title with its contribution. The element
// has the class "why" and no size of its own. The style sheet of package report
// gives it its colors, on light pages and on dark ones.
func SVG(w *reader.Why) template.HTML {
	var b strings.Builder
	fmt.Fprintf(&b, `<svg class="why" viewBox="0 0 28 28" role="img" aria-label="%s: %s">`,
		template.HTMLEscapeString(report.Shown(title(w, plain))), template.HTMLEscapeString(report.Shown(caption(w, plain))))
	fmt.Fprintf(&b, `<image width="28" height="28" image-rendering="pixelated" href="%s"/>`, paleData(w.Image))
	for _, s := range strokesOf(w) {
		fmt.Fprintf(&b, `<path class="%s" d="M%s %sL%s %s" stroke-width="%s" opacity="%s"><title>%+.2f</title></path>`,
			s.class(), number(s.X1, 1), number(s.Y1, 1), number(s.X2, 1), number(s.Y2, 1),
			number(s.Width, 2), number(float32(s.opacity()), 2), s.Contribution)
	}
	b.WriteString(`</svg>`)
	return template.HTML(b.String())
}

// paleData returns the data URI of a PNG file with the digit in gray on a
// transparent ground. Each of its 16 levels stands for 17 levels of ink.
func paleData(digit *image.Gray) string {
	m := image.NewPaletted(image.Rect(0, 0, digit.Rect.Dx(), digit.Rect.Dy()), nil)
	for i := range 16 {
		m.Palette = append(m.Palette, color.NRGBA{128, 128, 128, uint8(i * 17 * pale / 255)})
	}
	for y := range m.Rect.Dy() {
		for x := range m.Rect.Dx() {
			m.Pix[y*m.Stride+x] = uint8((int(digit.Pix[y*digit.Stride+x]) + 8) / 17)
		}
	}
	var b bytes.Buffer
	_ = (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&b, m) // a buffer takes all
	return "data:image/png;base64," + base64.StdEncoding.EncodeToString(b.Bytes())
}

// pale is how opaque full ink is, from 0 to 255.
const pale = 120
