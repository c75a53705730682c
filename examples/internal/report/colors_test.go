package report

import (
	"fmt"
	"image/color"
	"math"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestColors: text can be read in every color on every ground, in the light and
// in the dark: its contrast is 4.5:1 or more, as WCAG 2 wants it. The colors of
// pixels are those of the style sheet.
func TestColors(t *testing.T) {
	light, rest, _ := strings.Cut(style, "@media screen and (prefers-color-scheme: dark)")
	dark, _, _ := strings.Cut(rest, "\n}")
	for mode, text := range map[string]string{"light": light, "dark": dark} {
		colors := map[string]color.RGBA{}
		for _, m := range regexp.MustCompile(`--(\w+): #(\w\w)(\w\w)(\w\w);`).FindAllStringSubmatch(text, -1) {
			c := color.RGBA{A: 255}
			_, err := fmt.Sscanf(m[2]+" "+m[3]+" "+m[4], "%x %x %x", &c.R, &c.G, &c.B)
			require.NoError(t, err)
			colors[m[1]] = c
		}
		for _, name := range []string{"ink", "quiet", "for", "against"} {
			for _, ground := range []string{"paper", "card"} {
				a, b := luminance(colors[name]), luminance(colors[ground])
				contrast := (max(a, b) + 0.05) / (min(a, b) + 0.05)
				require.GreaterOrEqual(t, contrast, 4.5, "%s: %s on %s", mode, name, ground)
			}
		}
		if mode == "light" {
			require.Equal(t, []color.RGBA{For, Against}, []color.RGBA{colors["for"], colors["against"]})
		}
	}
}

// luminance returns the relative luminance of WCAG 2.
func luminance(c color.RGBA) float64 {
	linear := func(v uint8) float64 {
		s := float64(v) / 255
		if s <= 0.04045 {
			return s / 12.92
		}
		return math.Pow((s+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(c.R) + 0.7152*linear(c.G) + 0.0722*linear(c.B)
}
