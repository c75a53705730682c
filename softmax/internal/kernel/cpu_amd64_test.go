//go:build gc && !purego

package kernel

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestDetect asks made-up processors. Each lacks one thing that the manual of
// Intel (volume 1, sections 14.3 and 15.2) requires, and has all others.
func TestDetect(t *testing.T) {
	type processor struct {
		highest, features, extended, saved uint32
	}
	all := processor{7, 1<<27 | 1<<28, 1<<5 | 1<<16, 0xe6}
	for _, tt := range []struct {
		name         string
		change       func(*processor)
		avx2, avx512 bool
	}{
		{"has all", func(*processor) {}, true, true},
		{"has more", func(p *processor) {
			p.highest, p.features, p.extended, p.saved = 99, ^uint32(0), ^uint32(0), ^uint32(0)
		}, true, true},
		{"old", func(p *processor) { p.highest = 6 }, false, false},
		{"OSXSAVE", func(p *processor) { p.features = ^uint32(1 << 27) }, false, false},
		{"AVX", func(p *processor) { p.features = ^uint32(1 << 28) }, false, false},
		{"AVX2", func(p *processor) { p.extended = ^uint32(1 << 5) }, false, false},
		{"AVX512F", func(p *processor) { p.extended = ^uint32(1 << 16) }, true, false},
		{"XMM", func(p *processor) { p.saved = ^uint32(1 << 1) }, false, false},
		{"YMM", func(p *processor) { p.saved = ^uint32(1 << 2) }, false, false},
		{"masks", func(p *processor) { p.saved = ^uint32(1 << 5) }, true, false},
		{"upper halves", func(p *processor) { p.saved = ^uint32(1 << 6) }, true, false},
		{"upper registers", func(p *processor) { p.saved = ^uint32(1 << 7) }, true, false},
	} {
		p := all
		tt.change(&p)
		cpuid := func(leaf, subleaf uint32) (eax, ebx, ecx, edx uint32) {
			require.Zero(t, subleaf)
			switch leaf {
			case 0:
				return p.highest, 0, 0, 0
			case 1:
				return 0, 0, p.features, 0
			case 7:
				return 0, p.extended, 0, 0
			}
			panic(fmt.Sprint("leaf ", leaf))
		}
		xgetbv := func() (eax, edx uint32) {
			require.NotZero(t, p.features>>27&1, "XGETBV needs OSXSAVE")
			return p.saved, 0
		}
		avx2, avx512 := detect(cpuid, xgetbv)
		require.Equal(t, []bool{tt.avx2, tt.avx512}, []bool{avx2, avx512}, tt.name)
	}
}

// TestDetectHere compares with what Linux says about this processor.
func TestDetectHere(t *testing.T) {
	text, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		t.Skip("no list of the processor's features:", err)
	}
	has := func(feature string) bool { return strings.Contains(string(text), " "+feature+" ") }
	require.Equal(t, has("avx2"), useAVX2)
	require.Equal(t, has("avx512f"), useAVX512)
	_, _, _, edx := cpuid(1, 0)
	require.Equal(t, has("sse2"), edx>>26&1 == 1)
	_, name, _, _ := cpuid(0, 0)
	vendor := string([]byte{byte(name), byte(name >> 8), byte(name >> 16), byte(name >> 24)})
	require.Contains(t, string(text), vendor)
}
