package main

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	_ "image/gif"
	_ "image/jpeg"
	_ "image/png"
	"io"

	"github.com/seed-cd6415d7/digits/imageprep"
)

// pictureStart is how many bytes of a picture may come before its size. Cameras
// put their notes and a thumbnail there.
const pictureStart = 4 << 20

type pictureReport struct {
	Width       int                   `json:"width"`
	Height      int                   `json:"height"`
	Orientation imageprep.Orientation `json:"orientation"`
}

// fill reads the head of a picture. It does not decode the pixels.
func (r *pictureReport) fill(in *input) error {
	start, err := io.ReadAll(io.LimitReader(in, pictureStart))
	if err != nil {
		return damaged(int64(len(start)), err)
	}
	config, _, err := image.DecodeConfig(bytes.NewReader(start))
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF) && len(start) == pictureStart:
		return fmt.Errorf("its size is not in the first %d MB", pictureStart>>20)
	case err != nil:
		return fmt.Errorf("damaged or cut short: %w", err)
	}
	r.Width, r.Height = config.Width, config.Height
	r.Orientation = imageprep.OrientationOf(bytes.NewReader(start))
	return nil
}

// orientationText says what an orientation means.
func orientationText(o imageprep.Orientation) string {
	if o == imageprep.Upright {
		return "upright"
	}
	return fmt.Sprintf("orientation %d: ", o) + [...]string{
		2: "mirrored", 3: "upside down", 4: "upside down and mirrored", 5: "rows and columns swapped",
		6: "to be turned clockwise", 7: "rows and columns swapped, and upside down", 8: "to be turned counterclockwise",
	}[o]
}
