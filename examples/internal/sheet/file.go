package sheet

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/png"
	"io"

	"github.com/seed-cd6415d7/digits/examples/internal/cli"
)

// The mark by which a sheet is known again is a chunk of text that stands behind
// the first chunk of the PNG file, which is always of the same length
// (www.w3.org/TR/png, 5.3 and 11.3.3).
var mark = chunk("tEXtSoftware\x00digits contact sheet")

const (
	signature = "\x89PNG\r\n\x1a\n"
	markAt    = len(signature) + 4 + len("IHDR") + 13 + 4
)

// chunk puts a length before a chunk's type and data, and a checksum behind.
func chunk(text string) []byte {
	const kind = 4 // of the bytes do not count
	b := binary.BigEndian.AppendUint32(nil, uint32(len(text)-kind))
	b = append(b, text...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE([]byte(text)))
}

// Save writes a sheet to a PNG file, with the mark.
func Save(name string, m image.Image) error {
	return cli.WriteFile(name, func(w io.Writer) error {
		var b bytes.Buffer
		if err := png.Encode(&b, m); err != nil {
			return err
		}
		for _, part := range [][]byte{b.Next(markAt), mark, b.Bytes()} {
			if _, err := w.Write(part); err != nil {
				return err
			}
		}
		return nil
	})
}

// Check finds out before the work whether a sheet can be written to the file,
// the value of -sheet. It may replace another sheet, but no other picture.
func Check(name string) error {
	return cli.CheckOutputKind("-sheet", name, "contact sheet", func(r io.Reader) bool {
		start := make([]byte, markAt+len(mark))
		_, err := io.ReadFull(r, start)
		return err == nil && string(start[:len(signature)]) == signature && bytes.Equal(start[markAt:], mark)
	})
}
