package answers

import (
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestParseQuery compares with package net/url.
func TestParseQuery(t *testing.T) {
	for _, text := range []string{
		"", "one=true", "one=true&details=1", "&&a=1&", "a", "a=", "=b", "a=b=c", "a=1&a=2&b=3",
		"rival=no+digit", "rival=no%20digit", "%61=%C3%A9%2b+%2B", "a=%00", "%26=%3D&%25=%25",
		"%", "a=%", "a=%4", "a=%4g", "a=%zz", "a=%%", "a%=b",
	} {
		want, wantErr := url.ParseQuery(text)
		got, err := parseQuery(text)
		if wantErr != nil {
			require.Equal(t, BadRequest, Status(err), text)
			continue
		}
		require.NoError(t, err, text)
		require.Equal(t, want, url.Values(got), text)
	}
}
