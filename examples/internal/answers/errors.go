package answers

import (
	"errors"
	"fmt"

	"github.com/seed-cd6415d7/digits/examples/internal/decode"
	"github.com/seed-cd6415d7/digits/examples/internal/printable"
	"github.com/seed-cd6415d7/digits/imageprep"
)

// The HTTP statuses that the package uses. It does not import net/http, because
// that would make the program for browsers large.
const (
	OK               = 200
	BadRequest       = 400
	NotFound         = 404
	MethodNotAllowed = 405
	TooLarge         = 413
	Unsupported      = 415
	NoInk            = 422
	Broken           = 500
)

// An Error is an error with an HTTP status. Its text says what to do.
type Error struct {
	Status int
	Text   string
}

func (e *Error) Error() string { return e.Text }

// Errorf returns an error with a status.
func Errorf(status int, format string, args ...any) error {
	return &Error{status, fmt.Sprintf(format, args...)}
}

// Status returns the status for an error of this package, or OK for nil.
func Status(err error) int {
	var known *Error
	var file *decode.Error
	switch {
	case err == nil:
		return OK
	case errors.As(err, &known):
		return known.Status
	case errors.As(err, &file):
		return map[decode.Kind]int{decode.Damaged: BadRequest, decode.OtherFormat: Unsupported, decode.TooLarge: TooLarge}[file.Kind]
	case errors.As(err, new(*imageprep.BlankError)):
		return NoInk
	case errors.As(err, new(*imageprep.SizeError)):
		return TooLarge
	}
	return Broken
}

// A Failure is the object in place of an answer.
type Failure struct {
	Error  string `json:"error"`
	Status int    `json:"status"`
}

// Fail returns the object for an error.
func Fail(err error) Failure { return Failure{printable.Plain(err).Error(), Status(err)} }
