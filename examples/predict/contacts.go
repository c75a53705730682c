package main

import (
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/seed-cd6415d7/digits/examples/internal/report"
	"github.com/seed-cd6415d7/digits/examples/internal/sheet"
	"github.com/seed-cd6415d7/digits/examples/reader"
)

// Contacts are the contact sheet that -sheet names, if it names one.
type contacts interface {
	// draw draws a result with its picture. Several goroutines call it. whys
	// has an element for each answer and for all that was left out; it is nil
	// without -why.
	draw(r *result, whys []*reader.Why)
	add(r *result) // puts the drawing on the sheet
	save(p *printer, stderr io.Writer) error
}

// checkSheet checks in advance that -sheet names a file that can be written.
func checkSheet(name string) error {
	switch extension := filepath.Ext(name); {
	case report.IsPage(name):
		return report.Check("-sheet", name)
	case extension == "" || strings.EqualFold(extension, ".png"):
		return sheet.Check(name)
	}
	return fmt.Errorf("-sheet %s: want a name that ends in .png, for a picture, or in .html, for a page", name)
}

func (o *options) newContacts(r *reader.Reader, args []string) contacts {
	switch {
	case o.sheet == "":
		return noContacts{}
	case report.IsPage(o.sheet):
		return newAlbum(o, r, args)
	default:
		return &pngContacts{file: o.sheet}
	}
}

type noContacts struct{}

func (noContacts) draw(*result, []*reader.Why)    {}
func (noContacts) add(*result)                    {}
func (noContacts) save(*printer, io.Writer) error { return nil }

// pngContacts are a contact sheet in a PNG file.
type pngContacts struct {
	file  string
	sheet sheet.Sheet
}

func (c *pngContacts) draw(r *result, whys []*reader.Why) {
	r.cell = sheet.CellWithWhys(r.Result, whys)
}

func (c *pngContacts) add(r *result) { c.sheet.Add(r.cell) }

func (c *pngContacts) save(_ *printer, stderr io.Writer) error { return c.sheet.Save(c.file, stderr) }
