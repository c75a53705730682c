package answers

import (
	"strconv"
	"strings"

	"github.com/seed-cd6415d7/digits/examples/reader"
)

// A Service answers requests as the web service does, without HTTP.
type Service struct {
	Reader    *reader.Reader
	MaxBytes  int64 // of a request
	MaxPixels int   // of a picture
}

// Do answers a request for a path with a query, such as
// "v1/read?details=true". The body is what the path wants, such as a picture,
// or nil. The text is JSON.
func (s *Service) Do(target string, body []byte) (status int, text string) {
	o, err := s.do(target, body)
	if err != nil {
		return Status(err), Text(Fail(err))
	}
	return OK, Text(o)
}

func (s *Service) do(target string, body []byte) (any, error) {
	path, query, _ := strings.Cut(strings.TrimPrefix(target, "/"), "?")
	if int64(len(body)) > s.MaxBytes {
		return nil, Errorf(TooLarge, "more than %d bytes: send a smaller file", s.MaxBytes)
	}
	switch path {
	case "v1/read":
		o, err := s.Options(query)
		if err != nil {
			return nil, err
		}
		return Read(s.Reader, body, "-", o)
	case "v1/why":
		return s.Why(query, body)
	case "v1/model":
		return s.Model(query)
	case "healthz":
		return Health{"ok"}, nil
	}
	return nil, Errorf(NotFound, "there is no %.100q; want v1/read, v1/why, v1/model or healthz", path)
}

// Health says that a service is alive.
type Health struct {
	Status string `json:"status"`
}

// Options returns the options in a query of v1/read.
func (s *Service) Options(query string) (Options, error) {
	o := Options{MaxPixels: s.MaxPixels}
	err := parse(query, map[string]any{"one": &o.One, "many": &o.Many, "details": &o.Details})
	if err == nil && o.One && o.Many {
		err = Errorf(BadRequest, "one and many exclude each other: leave one of them out")
	}
	return o, err
}

// Why is Why with the options of a query.
func (s *Service) Why(query string, pixels []byte) (*WhyObject, error) {
	var class, rival string
	if err := parse(query, map[string]any{"class": &class, "rival": &rival}); err != nil {
		return nil, err
	}
	return Why(s.Reader, pixels, class, rival)
}

// Model is Model with a query, which must be empty.
func (s *Service) Model(query string) (*ModelObject, error) {
	if err := parse(query, nil); err != nil {
		return nil, err
	}
	return Model(s.Reader, s.MaxBytes, s.MaxPixels), nil
}

// parse sets bools and strings to the values of a query.
func parse(query string, fields map[string]any) error {
	parsed, err := parseQuery(query)
	if err != nil {
		return err
	}
	for key, values := range parsed {
		field, ok := fields[key]
		if !ok {
			return Errorf(BadRequest, "there is no option %.40q here", key)
		}
		if len(values) > 1 {
			return Errorf(BadRequest, "%s stands %d times in the query; want it once", key, len(values))
		}
		switch field := field.(type) {
		case *string:
			*field = values[0]
		case *bool:
			if *field, err = strconv.ParseBool(values[0]); err != nil {
				return Errorf(BadRequest, "%s=%.40s; want %[1]s=true or %[1]s=false", key, values[0])
			}
		}
	}
	return nil
}
