package main

import (
	"encoding/json"
	"fmt"
	"image"
	"io"

	"github.com/seed-cd6415d7/digits/examples/internal/cli"
	"github.com/seed-cd6415d7/digits/idx"
	"github.com/seed-cd6415d7/digits/imageprep"
)

// A report is what there is to tell about a file. Numbers that JSON does not
// have, NaN and the infinite, are null.
type report struct {
	File        string             `json:"file"`
	Bytes       *int64             `json:"bytes,omitempty"` // of the file as it is stored, nil for a stream
	Kind        string             `json:"kind,omitempty"`
	Gzip        *gzipReport        `json:"gzip,omitempty"` // if it is compressed
	IDX         *idxReport         `json:"idx,omitempty"`
	Safetensors *safetensorsReport `json:"safetensors,omitempty"`
	Picture     *pictureReport     `json:"picture,omitempty"`
	Start       string             `json:"start,omitempty"` // the first bytes, if the kind is not known
	Error       string             `json:"error,omitempty"`

	err error
}

type gzipReport struct {
	Name string `json:"name,omitempty"` // of the file that was compressed
}

type idxReport struct {
	Type  string `json:"type"`
	Dims  []int  `json:"dims"`
	Items int    `json:"items"`
	Bytes int64  `json:"bytes"` // header and elements, as the header says

	// LengthAgrees says that the file is as long as its header says. It is false
	// if an item was read and no more.
	LengthAgrees bool `json:"length_agrees"`

	Statistics *statistics `json:"statistics,omitempty"`
	Item       *itemReport `json:"item,omitempty"`
}

// statistics are those of all elements.
type statistics struct {
	Min       *float64 `json:"min"` // of the finite ones
	Max       *float64 `json:"max"`
	Mean      *float64 `json:"mean"`
	ZeroShare float64  `json:"zero_share"`
	NaN       int64    `json:"nan,omitempty"`
	Infinite  int64    `json:"infinite,omitempty"`
	Ink       *ink     `json:"ink,omitempty"`    // of pictures
	Counts    []count  `json:"counts,omitempty"` // of labels
}

// ink is how much of it there is: the mean of the pixels over 255.
type ink struct {
	Share  float64 `json:"share"`
	Pixels float64 `json:"pixels"` // of full ink, in a picture
}

type count struct {
	Value int   `json:"value"`
	Count int64 `json:"count"`
}

type itemReport struct {
	Index  int   `json:"index"`
	Values []any `json:"values"` // numbers, row by row

	texts     []string // the values
	rowLength int
	drawing   string // instead of them
}

// drawnSide is the longer side of the picture that is drawn, in pixels of two
// characters each: larger ones are shrunk to it.
const drawnSide = 39

func (r *itemReport) draw(pix []uint8, width, height int, o *options) {
	if width < 1 || height < 1 {
		return
	}
	g := &image.Gray{Pix: pix, Stride: width, Rect: image.Rect(0, 0, width, height)}
	if o.transpose {
		g = imageprep.Turn(g, 5) // the rows become columns
	}
	if small, err := imageprep.Shrink(g, drawnSide); err == nil {
		r.drawing = cli.Picture(small, nil)
	}
}

// set takes the values. The shortest text that means a float32 is not that of the
// float64 of the same value, so it is made here.
func set[T idx.Element](r *itemReport, values []T) {
	for _, v := range values {
		text := fmt.Sprint(v)
		r.texts = append(r.texts, text)
		if f := float64(v); f-f == 0 {
			r.Values = append(r.Values, json.Number(text))
		} else {
			r.Values = append(r.Values, nil)
		}
	}
}

type safetensorsReport struct {
	Header     int64             `json:"header_bytes"`
	Bytes      int64             `json:"bytes"` // all, as the header says
	Tensors    []tensor          `json:"tensors"`
	Parameters uint64            `json:"parameters"`
	Metadata   map[string]string `json:"metadata,omitempty"`
	Model      *modelReport      `json:"model,omitempty"` // if its tensors are called as those of package softmax
}

type tensor struct {
	Name  string   `json:"name"`
	DType string   `json:"dtype"`
	Shape []uint64 `json:"shape"`

	elements, begin, end uint64
}

// modelReport is what package softmax says about the file.
type modelReport struct {
	Features int    `json:"features,omitempty"`
	Classes  int    `json:"classes,omitempty"`
	Error    string `json:"error,omitempty"`
}

type pictureReport struct {
	Width       int                   `json:"width"`
	Height      int                   `json:"height"`
	Orientation imageprep.Orientation `json:"orientation"`
}

func (r *report) writeJSON(w io.Writer, _ *options) error {
	return cli.WriteJSON(w, r, "")
}
