package prepared

import (
	"testing"

	"github.com/seed-cd6415d7/digits/examples/internal/pictures"
	"github.com/stretchr/testify/require"
)

func labeled(where pictures.Labels, labels ...string) *pictures.Labeled {
	found := &pictures.Labeled{Labels: where}
	for _, label := range labels {
		found.Pictures = append(found.Pictures, pictures.Picture{Label: label, NoDigit: label == ""})
	}
	return found
}

func TestClasses(t *testing.T) {
	for _, tt := range []struct {
		name   string
		where  pictures.Labels
		labels []string
		want   []string
	}{
		{"texts", pictures.Names, []string{"star", "Circle", "star", "big star "}, []string{"Circle", "big star", "star"}},
		{"digits", pictures.Names, []string{"7", "3", "7"}, []string{"3", "7"}},
		{"several digits", pictures.Manifest, []string{"7", "42", "3"}, []string{"3", "7"}},
		{"folders of numbers", pictures.Folders, []string{"10", "9", "007", "7"}, []string{"007", "7", "9", "10"}},
		{"numbers and texts", pictures.Names, []string{"b", "10", "9", "a"}, []string{"9", "10", "a", "b"}},
		{"none of the classes", pictures.Manifest, []string{"", "a", "b"}, []string{"a", "b"}},
	} {
		require.Equal(t, tt.want, Classes(labeled(tt.where, tt.labels...)), tt.name)
	}
}

func TestLabel(t *testing.T) {
	shapes := Options{Classes: []string{"circle", "star"}, Want: "want a class of the list"}
	digits := Options{Classes: Digits}
	for _, tt := range []struct {
		o     Options
		label string
		class int
		err   string
	}{
		{shapes, "star", 1, ""},
		{shapes, "heart", 0, "label heart: want a class of the list"},
		{shapes, "", 0, "no label, so it shows none of the classes"},
		{digits, "8", 8, ""},
		{digits, "42", 0, "label 42: want a picture of one digit"},
	} {
		class, err := tt.o.label(pictures.Picture{Label: tt.label})
		require.Equal(t, tt.class, class)
		if tt.err == "" {
			require.NoError(t, err)
		} else {
			require.EqualError(t, err, tt.err)
		}
	}
}
