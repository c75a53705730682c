package pictures

import (
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"
)

// FuzzManifest: a manifest names pictures in its folder, each once, with a
// label or without, or it is an error.
func FuzzManifest(f *testing.F) {
	for _, text := range []string{
		"path,label\na.png,8\nb.png,42\n", "\ufeffpath;label;kind\n\"a;b.png\";x;photo\n", "kind\tlabel\tpath\r\nscan\t\tsub\\a.png\r\n",
		"path,label\n../a.png,8\n", "path,label\n\"a\n", "\xff\xfep\x00", "path,label\na.png,two words\n",
		"path,label\na.png,x\n./a.png,x\n",
	} {
		f.Add([]byte(text))
	}
	options := []Options{{}, {Classes: digits}, {Classes: []string{"two", "two words", "x"}}}
	f.Fuzz(func(t *testing.T, text []byte) {
		if len(text) > 2000 {
			return
		}
		for _, o := range options {
			list, err := readManifest(fstest.MapFS{manifest: {Data: text}}, "folder", &o)
			if err != nil {
				if list != nil || !strings.HasPrefix(err.Error(), manifest+": ") {
					t.Fatalf("%d pictures, %v", len(list), err)
				}
				continue
			}
			if len(list) == 0 {
				t.Fatal("no picture, and no error")
			}
			seen := map[string]bool{}
			for _, p := range list {
				if !fs.ValidPath(p.Path) || seen[p.Path] {
					t.Fatalf("path %q", p.Path)
				}
				seen[p.Path] = true
				classes, _ := o.spell(p.Label)
				if p.Label == "" && p.Reason != noLabel || p.Label != "" && o.text(classes) != p.Label {
					t.Fatalf("label %q, reason %q", p.Label, p.Reason)
				}
			}
		}
	})
}
