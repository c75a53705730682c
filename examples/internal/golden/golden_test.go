package golden

import "testing"

func TestCheck(t *testing.T) {
	t.Chdir(t.TempDir())
	*update = true
	Check(t, "text.txt", "a\nb\n")
	*update = false
	Check(t, "text.txt", "a\nb\n")
}

func TestFirstChange(t *testing.T) {
	for _, tt := range []struct{ got, want, text string }{
		{"a\nb", "a\nc", "2:\ngot  \"b\"\nwant \"c\""},
		{"a", "a\n", "2:\ngot  \"(end)\"\nwant \"\""},
		{"a\nb", "a", "2:\ngot  \"b\"\nwant \"(end)\""},
	} {
		if text := firstChange(tt.got, tt.want); text != tt.text {
			t.Errorf("%q, want %q", text, tt.text)
		}
	}
}
