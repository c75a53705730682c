package softmax

import (
	"bytes"
	"encoding"
	"encoding/base64"
	"encoding/binary"
	"encoding/gob"
	"encoding/json"
	"errors"
	"io"
	"math"
	"reflect"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// A codec is a way to encode and decode a model with the standard library.
type codec struct {
	name   string
	encode func(*Model) ([]byte, error)
	decode func([]byte, *Model) error
}

// asGob and fromGob have the signatures of json.Marshal and json.Unmarshal.
func asGob(v any) ([]byte, error) {
	var b bytes.Buffer
	err := gob.NewEncoder(&b).Encode(v)
	return b.Bytes(), err
}

func fromGob(data []byte, v any) error { return gob.NewDecoder(bytes.NewReader(data)).Decode(v) }

func codecs() []codec {
	list := []codec{
		{"binary", (*Model).MarshalBinary, func(data []byte, m *Model) error { return m.UnmarshalBinary(data) }},
		{"text", (*Model).MarshalText, func(data []byte, m *Model) error { return m.UnmarshalText(data) }},
	}
	add := func(name string, marshal func(any) ([]byte, error), unmarshal func([]byte, any) error) {
		type pointer struct{ Model *Model }
		type value struct{ Model Model }
		list = append(list, codec{
			name + ", model",
			func(m *Model) ([]byte, error) { return marshal(m) },
			func(data []byte, m *Model) error { return unmarshal(data, m) },
		}, codec{
			name + ", struct with a pointer",
			func(m *Model) ([]byte, error) { return marshal(pointer{m}) },
			func(data []byte, m *Model) error { return unmarshal(data, &pointer{m}) },
		}, codec{
			name + ", struct with a value",
			func(m *Model) ([]byte, error) {
				var v value
				if err := move(&v.Model, m); err != nil {
					return nil, err
				}
				return marshal(&v)
			},
			func(data []byte, m *Model) error {
				var v value
				if err := unmarshal(data, &v); err != nil {
					return err
				}
				return move(m, &v.Model)
			},
		})
	}
	add("json", json.Marshal, json.Unmarshal)
	add("gob", asGob, fromGob)
	return list
}

// move sets dst to src.
func move(dst, src *Model) error {
	data, err := src.MarshalBinary()
	if err != nil {
		return err
	}
	return dst.UnmarshalBinary(data)
}

func TestCodecRoundTrip(t *testing.T) {
	plain := randomModel(newRand(), 5, 3)
	named := randomModel(newRand(), 20, 12)
	named.Metadata = map[string]string{"z": "last", "a": "<&> \"quoted\" \n π", "": ""}
	for _, c := range codecs() {
		for _, m := range []*Model{plain, named} {
			t.Run(c.name, func(t *testing.T) {
				data, err := c.encode(m)
				require.NoError(t, err)
				var zero Model
				require.NoError(t, c.decode(data, &zero))
				require.Equal(t, m, &zero)
				used := randomModel(newRand(), 7, 4)
				used.Metadata = map[string]string{"old": "entry"}
				require.NoError(t, c.decode(data, used))
				require.Equal(t, m, used, "the old model is gone")
			})
		}
	}
}

// TestCodecCopies: later changes of the encoded bytes do not reach the model.
func TestCodecCopies(t *testing.T) {
	m := randomModel(newRand(), 5, 3)
	for _, c := range codecs() {
		data, err := c.encode(m)
		require.NoError(t, err)
		var got Model
		require.NoError(t, c.decode(data, &got))
		clear(data)
		require.Equal(t, m, &got, c.name)
	}
}

func TestCodecRefusesToEncode(t *testing.T) {
	notFinite := New(1, 2)
	notFinite.SetParameters([]float32{1, float32(math.NaN())}, []float32{0, 0})
	notUTF8 := New(1, 2)
	notUTF8.Metadata = map[string]string{"a": "\xff"}
	for _, c := range codecs() {
		_, err := c.encode(notFinite)
		require.ErrorContains(t, err, "NaN or infinite", c.name)
		_, err = c.encode(notUTF8)
		require.ErrorContains(t, err, "not UTF-8", c.name)
	}
}

// raw is a file that gob takes for the bytes of a model.
type raw []byte

func (r raw) MarshalBinary() ([]byte, error) { return r, nil }

// TestUnmarshalIsStrict: bad bytes are a FormatError, and the model stays.
func TestUnmarshalIsStrict(t *testing.T) {
	source := randomModel(newRand(), 3, 2)
	source.Metadata = map[string]string{"k": "v"}
	good := encode(t, source)
	m := randomModel(newRand(), 7, 4)
	m.Metadata = map[string]string{"old": "entry"}
	before := m.Clone()
	for name, unmarshal := range map[string]func([]byte) error{
		"binary": m.UnmarshalBinary,
		"text": func(b []byte) error {
			return m.UnmarshalText(base64.StdEncoding.AppendEncode(nil, b))
		},
		"json": func(b []byte) error {
			text, err := json.Marshal(b) // a []byte becomes base64, too
			require.NoError(t, err)
			return json.Unmarshal(text, m)
		},
		"gob": func(b []byte) error {
			data, err := asGob(raw(b))
			require.NoError(t, err)
			return fromGob(data, m)
		},
	} {
		refuse := func(what string, data []byte) (err error) {
			err = unmarshal(data)
			require.ErrorAs(t, err, new(*FormatError), "%s, %s", name, what)
			require.Equal(t, before, m, "%s, %s", name, what)
			return err
		}
		for n := range good {
			require.ErrorIs(t, refuse("cut short", good[:n]), io.ErrUnexpectedEOF)
		}
		refuse("trailing byte", append(bytes.Clone(good), 0))
		refuse("two models", append(bytes.Clone(good), good...))
		bad := bytes.Clone(good)
		binary.LittleEndian.PutUint32(bad[len(bad)-4:], math.Float32bits(float32(math.NaN())))
		refuse("NaN", bad)
		require.NoError(t, unmarshal(good))
		require.Equal(t, source, m)
		require.NoError(t, move(m, before))
	}
}

func TestUnmarshalTextIsStrict(t *testing.T) {
	m := New(1, 2)
	source, err := randomModel(newRand(), 2, 2).MarshalText()
	require.NoError(t, err)
	good := string(source)
	require.True(t, strings.HasSuffix(good, "="), "the test needs padding")
	for _, tt := range []struct {
		name, text string
		offset     int
	}{
		{"no base64", "!" + good[1:], 0},
		{"URL alphabet", good[:9] + "_" + good[10:], 9},
		{"space", good[:8] + " " + good[8:], 8},
		{"no padding", strings.TrimRight(good, "="), len(good)/4*4 - 4},
		{"a letter after the end", good + "A", len(good)},
		{"a model after the end", good + good, len(good)},
		{"zero byte after the end", good + "\x00", len(good)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			err := m.UnmarshalText([]byte(tt.text))
			var format *FormatError
			require.ErrorAs(t, err, &format)
			require.Equal(t, "base64", format.Field)
			require.Equal(t, int64(tt.offset), format.Offset)
			require.ErrorAs(t, err, new(base64.CorruptInputError))
			require.Equal(t, New(1, 2), m)
		})
	}
	require.Error(t, m.UnmarshalText(nil))
	require.NoError(t, m.UnmarshalText([]byte(good[:40]+"\r\n"+good[40:]+"\n")), "line breaks are no error")
	require.Equal(t, 2, m.Features())
}

// TestJSONOfOtherValues: null keeps the model, as encoding/json does for all
// types, and all but strings are an error.
func TestJSONOfOtherValues(t *testing.T) {
	m := randomModel(newRand(), 3, 2)
	before := m.Clone()
	require.NoError(t, json.Unmarshal([]byte(`null`), m))
	for _, bad := range []string{`{}`, `{"Metadata":{}}`, `[]`, `1`, `true`, `""`, `"AAAA"`} {
		require.Error(t, json.Unmarshal([]byte(bad), m), bad)
	}
	require.Equal(t, before, m)
}

// TestJSONOfACopy: json.Marshal(*m) loses the weights, which reading shows.
// reflect makes the copy, because vet rejects a plain one.
func TestJSONOfACopy(t *testing.T) {
	m := randomModel(newRand(), 3, 2)
	data, err := json.Marshal(reflect.ValueOf(m).Elem().Interface())
	require.NoError(t, err)
	require.Error(t, json.Unmarshal(data, new(Model)))
}

// TestVetSeesCopies: vet reports copies of structs with a field whose pointer
// type is a sync.Locker.
func TestVetSeesCopies(t *testing.T) {
	locker := reflect.TypeFor[sync.Locker]()
	model := reflect.TypeFor[Model]()
	locks := 0
	for i := range model.NumField() {
		if reflect.PointerTo(model.Field(i).Type).Implements(locker) {
			locks++
		}
	}
	require.Equal(t, 1, locks)
	require.False(t, reflect.PointerTo(model).Implements(locker), "callers see no Lock method")
}

func TestZeroModelIsNotEncoded(t *testing.T) {
	for name, call := range map[string]func(){
		"Encode":        func() { _ = new(Model).Encode(new(bytes.Buffer)) },
		"MarshalBinary": func() { _, _ = new(Model).MarshalBinary() },
		"MarshalText":   func() { _, _ = new(Model).MarshalText() },
		"Clone":         func() { new(Model).Clone() },
	} {
		require.PanicsWithValue(t, "softmax: the Model is not from New, Decode or Load", call, name)
	}
}

func TestClone(t *testing.T) {
	x, y := clusters(30, 0)
	m := randomModel(newRand(), 4, 3)
	m.Metadata = map[string]string{"k": "v"}
	want := encode(t, m)
	clone := m.Clone()
	require.Equal(t, m, clone)
	_, err := NewTrainer(clone).Step(x, y)
	require.NoError(t, err)
	clone.Metadata["k"] = "changed"
	require.Equal(t, want, encode(t, m), "the original stays")
	require.NotEqual(t, want, encode(t, clone))

	require.Nil(t, New(4, 3).Clone().Metadata)
}

// TestCloneInTraining clones a model whose weights have a scale pending.
func TestCloneInTraining(t *testing.T) {
	x, y := clusters(30, 0)
	m := New(4, 3)
	trainer := NewTrainer(m)
	trainer.L2 = 0.1
	_, err := trainer.Step(sparseOf(x, 4), y)
	require.NoError(t, err)
	require.NotEqual(t, float32(1), m.scale)
	require.Equal(t, encode(t, m), encode(t, m.Clone()))
}

func TestCheckLabels(t *testing.T) {
	require.NoError(t, CheckLabels(nil, 2))
	require.NoError(t, CheckLabels([]int{0, 1, 0}, 2))
	for _, tt := range []struct {
		y       []int
		classes int
		want    LabelError
		message string
	}{
		{[]int{0, 1, 2, -1}, 2, LabelError{Row: 2, Label: 2, Classes: 2}, "softmax: y[2] = 2, want a label in [0, 2)"},
		{[]int{0, -1}, 3, LabelError{Row: 1, Label: -1, Classes: 3}, "softmax: y[1] = -1, want a label in [0, 3)"},
		{[]int{math.MaxInt}, 10, LabelError{Label: math.MaxInt, Classes: 10}, "want a label in [0, 10)"},
	} {
		err := CheckLabels(tt.y, tt.classes)
		var label *LabelError
		require.True(t, errors.As(err, &label))
		require.Equal(t, tt.want, *label)
		require.ErrorContains(t, err, tt.message)
	}
}

var (
	_ encoding.BinaryMarshaler   = (*Model)(nil)
	_ encoding.BinaryUnmarshaler = (*Model)(nil)
	_ encoding.TextMarshaler     = (*Model)(nil)
	_ encoding.TextUnmarshaler   = (*Model)(nil)
)
