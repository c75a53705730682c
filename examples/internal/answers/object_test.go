package answers

import (
	"encoding/json"
	"errors"
	"image"
	"testing"

	"github.com/seed-cd6415d7/digits/examples/internal/pictures"
	"github.com/seed-cd6415d7/digits/examples/internal/toymodel"
	"github.com/seed-cd6415d7/digits/examples/reader"
	"github.com/seed-cd6415d7/digits/imageprep"
	"github.com/stretchr/testify/require"
)

// result returns the result of a picture with these answers.
func result(answers, leftOut []reader.Answer) *pictures.Result {
	r := &pictures.Result{Image: image.NewGray(image.Rect(5, 5, 45, 35)), Page: reader.Page{Answers: answers, LeftOut: leftOut}}
	r.Name = "a.png"
	return r
}

// answer returns an answer of a model with three classes.
func answer(digit int, change func(*reader.Answer)) reader.Answer {
	a := reader.Answer{Digit: digit, RunnerUp: (digit + 1) % 3, Probability: 0.5, Sure: true, Probabilities: []float32{0.25, 0.5, 0.125},
		None: 0.125, Box: image.Rect(1, 2, 30, 40), Image: image.NewGray(image.Rect(0, 0, 1, 2))}
	if change != nil {
		change(&a)
	}
	return a
}

const (
	zeroPlain = `{"digit":0,"probability":0.5,"best":0,"runner_up":1,"none":0.125,"box":[1,2,30,40],"line":0}`
	oneTiny   = `{"digit":null,"probability":0.5,"best":1,"runner_up":2,"none":0.125,"unsure":true,"box":[1,2,30,40],"line":3,"warnings":["tiny"]}`
)

// TestObject: each result has its object.
func TestObject(t *testing.T) {
	ten := []string{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"}
	zero := answer(0, nil)
	none := answer(1, func(a *reader.Answer) {
		a.NoDigit, a.Sure, a.Line, a.Warnings = true, false, 3, []imageprep.Warning{imageprep.Tiny}
	})
	broken := result(nil, nil)
	broken.Err = errors.New("no ink")
	turned := result([]reader.Answer{zero, zero}, []reader.Answer{none})
	turned.Turned, turned.Page.Warnings = 180, []imageprep.Warning{imageprep.LowContrast}
	for name, tt := range map[string]struct {
		result *pictures.Result
		want   string
	}{
		"an error":    {broken, `{"file":"a.png","error":"no ink"}`},
		"two digits":  {result([]reader.Answer{zero, zero}, nil), `{"file":"a.png","text":"00","lines":["00"],"digits":[` + zeroPlain + `,` + zeroPlain + `]}`},
		"only specks": {result(nil, nil), `{"file":"a.png","text":"","lines":[],"digits":[]}`},
		"one, and it": {result([]reader.Answer{zero}, nil), `{"file":"a.png",` + zeroPlain[1:len(zeroPlain)-len(`,"line":0}`)] + `,"probabilities":[0.25,0.5,0.125],"text":"0","lines":["0"],"digits":[` + zeroPlain + `]}`},
		"other ink": {result(nil, []reader.Answer{none}), `{"file":"a.png","digit":null,"probability":0.5,"best":1,"runner_up":2,"none":0.125,"unsure":true,"box":[1,2,30,40],` +
			`"probabilities":[0.25,0.5,0.125],"text":"","lines":[],"digits":[],"left_out":[` + oneTiny + `],"warnings":["tiny"]}`},
		"turned": {turned, `{"file":"a.png","text":"00","lines":["00"],"digits":[` + zeroPlain + `,` + zeroPlain + `],"left_out":[` + oneTiny + `],"turned":180,"warnings":["low contrast"]}`},
	} {
		require.Equal(t, tt.want+"\n", Text(New(tt.result, ten)), name)
	}
	names := Text(New(result([]reader.Answer{zero, none}, nil), []string{"star", "circle", "moon"}))
	require.Contains(t, names, `"digits":[{"class":"star","probability":0.5,"best":"star","runner_up":"circle",`)
	require.Contains(t, names, `{"class":null,"probability":0.5,"best":"circle","runner_up":"moon",`)

	details := newObject(result([]reader.Answer{zero, zero}, nil), naming{ten, true}, true)
	require.Equal(t, Stored{40, 30, imageprep.Upright}, *details.Stored, "a file may name no orientation")
	require.Equal(t, Judged{[]float32{0.25, 0.5, 0.125}, []byte{0, 0}}, *details.Digits[1].Judged)
	turned.Orientation = 6
	require.EqualValues(t, 6, newObject(turned, naming{ten, true}, true).Stored.Orientation)
}

// TestStatusNumbers: the statuses are those of HTTP.
func TestStatusNumbers(t *testing.T) {
	require.Equal(t, []int{200, 400, 404, 405, 413, 415, 422, 500}, []int{OK, BadRequest, NotFound, MethodNotAllowed, TooLarge, Unsupported, NoInk, Broken})
	require.Equal(t, "a: imageprep: b", Fail(errors.New("imageprep: a: imageprep: b")).Error)
	require.Equal(t, "no", Fail(errors.New("reader: imageprep: no")).Error)
}

// TestEdgesOfSize: exactly the limit is fine. A picture without pixels is none.
func TestEdgesOfSize(t *testing.T) {
	gif := func(w, h byte) string { return "GIF89a" + string([]byte{w, 0, h, 0, 0, 0, 0}) }
	for _, tt := range []struct {
		data   string
		limit  int
		status int
		want   string
	}{
		{"P5 10 7 255 ", 70, OK, ""},
		{"P5 10 7 255 ", 69, TooLarge, "10 x 7 pixels; want at most 69: "},
		{"P5 1 1 255 ", 1, OK, ""},
		{"P5 1 2 255 ", 1, TooLarge, "1 x 2 pixels"},
		{"P5 5000 5000 255 ", 0, OK, ""},
		{"P5 5000 5001 255 ", 0, TooLarge, "5000 x 5001 pixels; want at most 25 million"},
		{gif(0, 5), 9, BadRequest, "0 x 5 pixels; want at least one"},
		{gif(5, 0), 9, BadRequest, "5 x 0 pixels; want at least one"},
		{gif(1, 1), 9, OK, ""},
		{"text", 9, Unsupported, ""},
	} {
		size, err := Size([]byte(tt.data), tt.limit)
		require.Equal(t, tt.status, Status(err), "%q: %v", tt.data, err)
		if tt.status != OK {
			require.ErrorContains(t, err, tt.want)
			require.Zero(t, size)
		} else {
			require.Positive(t, size.X*size.Y)
		}
	}
	for n, want := range map[int]string{999_999: "999999", 900_000: "900000", 1_000_000: "1 million", 1_100_000: "1.1 million", 1_050_000: "1050000"} {
		require.Equal(t, want, millions(n))
	}
}

// TestEdgesOfService: a body of exactly the limit is fine, and an empty one is
// no picture.
func TestEdgesOfService(t *testing.T) {
	s := service()
	s.MaxBytes = 784
	status, text := s.Do("v1/why", make([]byte, 784))
	require.Equal(t, OK, status, text)
	status, text = s.Do("v1/why", make([]byte, 785))
	require.Equal(t, TooLarge, status, text)
	for _, target := range []string{"v1/read", "v1/why", "v1/why?a=1", "v1/read?%", "v1/model?%", "v1/why?%"} {
		status, text = s.Do(target, nil)
		require.Contains(t, []int{BadRequest, Unsupported}, status, target)
		var f Failure
		require.NoError(t, json.Unmarshal([]byte(text), &f))
		require.Equal(t, status, f.Status)
	}
	o, err := s.Options("one=0&many=1&details=T")
	require.NoError(t, err)
	require.Equal(t, Options{Many: true, Details: true, MaxPixels: s.MaxPixels}, o)
	_, err = s.Options("one=1&many=1")
	require.Equal(t, BadRequest, Status(err))
	_, err = s.Options("many=2&one=1")
	require.ErrorContains(t, err, "many=2; want")
}

// TestModelObject: parameters are all numbers of the model's file.
func TestModelObject(t *testing.T) {
	m := Model(reader.Default(), 5, 6)
	tensors := 0
	for _, tensor := range reader.Default().Model().Tensors {
		tensors += len(tensor.Data)
	}
	weight, bias := reader.Default().Model().Parameters()
	require.Equal(t, tensors+len(weight)+len(bias), m.Parameters)
	require.True(t, m.NoDigit)
	require.Equal(t, reader.Default().Model().Metadata[reader.FeaturesKey], m.Features)
	require.InDelta(t, 0.94, m.SureFrom, 1e-7)
	require.EqualValues(t, []int{5, 6}, []int{int(m.MaxBytes), m.MaxPixels})
	toy, err := reader.Load(toymodel.Always(t, []string{"star", "circle"}, 1, map[string]string{"training": "by hand"}))
	require.NoError(t, err)
	require.Equal(t, &ModelObject{Classes: []string{"star", "circle"}, Features: "pixels", Parameters: 1570, Training: "by hand", OneThing: true}, Model(toy, 0, 0))
}

// TestChoice: names of classes come before the answer of the model.
func TestChoice(t *testing.T) {
	toy, err := reader.Load(toymodel.Always(t, []string{"star", "circle", "moon"}, 1, nil))
	require.NoError(t, err)
	for _, tt := range []struct{ class, rival, want string }{
		{"", "", "circle moon"}, {"star", "", "star circle"}, {"", "star", "circle star"}, {"moon", "star", "moon star"},
		{"", "circle", `rival="circle"; want the name of another class`}, {"sun", "", `class="sun"; there is no such class: v1/model lists the classes`},
	} {
		w, err := Why(toy, make([]byte, 784), tt.class, tt.rival)
		if err != nil {
			require.EqualError(t, err, tt.want)
			require.Equal(t, BadRequest, Status(err))
			continue
		}
		require.Equal(t, tt.want, w.Class+" "+w.Rival)
		require.Len(t, w.Others, 2)
	}
}
