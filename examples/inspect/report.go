package main

import "github.com/seed-cd6415d7/digits/imageprep"

// A report is what inspect says about a file, as JSON. JSON has no NaN and no
// infinite numbers: these are null.
type report struct {
	File        string             `json:"file"`
	Bytes       *int64             `json:"bytes,omitempty"` // as it is stored; nil for a stream
	Kind        string             `json:"kind,omitempty"`
	Gzip        *gzipReport        `json:"gzip,omitempty"` // nil if it is not compressed
	IDX         *idxReport         `json:"idx,omitempty"`
	Safetensors *safetensorsReport `json:"safetensors,omitempty"`
	Picture     *pictureReport     `json:"picture,omitempty"`
	Start       string             `json:"start,omitempty"` // the first bytes of an unknown file
	Error       string             `json:"error,omitempty"`
}

type gzipReport struct {
	Name string `json:"name,omitempty"` // of the file before compression
}

type idxReport struct {
	Type  string `json:"type"`
	Dims  []int  `json:"dims"`
	Items int    `json:"items"`
	Bytes int64  `json:"bytes"` // header and elements, by the header

	// LengthAgrees means that the file is as long as its header says. It is
	// false if inspect did not read to the end, to show an item.
	LengthAgrees bool `json:"length_agrees"`

	Statistics *statistics `json:"statistics,omitempty"`
	Item       *itemReport `json:"item,omitempty"`
}

// statistics are about all elements.
type statistics struct {
	Min       *float64 `json:"min"` // Min, Max and Mean are about finite elements
	Max       *float64 `json:"max"`
	Mean      *float64 `json:"mean"`
	ZeroShare float64  `json:"zero_share"`
	NaN       int64    `json:"nan,omitempty"`
	Infinite  int64    `json:"infinite,omitempty"`
	Ink       *ink     `json:"ink,omitempty"`    // of pictures
	Counts    []count  `json:"counts,omitempty"` // of labels
}

// ink is the sum of the pixels over 255.
type ink struct {
	Share  float64 `json:"share"`  // of the number of pixels
	Pixels float64 `json:"pixels"` // per picture
}

type count struct {
	Value int   `json:"value"`
	Count int64 `json:"count"`
}

type itemReport struct {
	Index  int   `json:"index"`
	Values []any `json:"values"` // numbers, row by row

	texts     []string // the values as text
	rowLength int
	drawing   string // printed in place of the texts
}

type safetensorsReport struct {
	Header     int64             `json:"header_bytes"`
	Bytes      int64             `json:"bytes"` // of the whole file, by the header
	Tensors    []tensor          `json:"tensors"`
	Parameters uint64            `json:"parameters"`
	Metadata   map[string]string `json:"metadata,omitempty"`
	Model      *modelReport      `json:"model,omitempty"` // if the tensors' names are those of package softmax
}

type tensor struct {
	Name  string   `json:"name"`
	DType string   `json:"dtype"`
	Shape []uint64 `json:"shape"`

	elements, begin, end uint64
}

// modelReport is what package softmax says about the model.
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
