//go:build gc && !purego

package kernel

// The instruction sets that the kernels use. Tests change them.
var (
	useAVX2   bool // AVX2 and the older POPCNT
	useAVX512 bool // AVX512F
)

func init() { useAVX2, useAVX512 = detect(cpuid, xgetbv) }

// detect asks the processor, and then the operating system, which must save the
// registers.
func detect(cpuid func(leaf, subleaf uint32) (eax, ebx, ecx, edx uint32), xgetbv func() (eax, edx uint32)) (hasAVX2, hasAVX512 bool) {
	const (
		osxsave = 1 << 27 // leaf 1, ECX
		avx     = 1 << 28
		avx2    = 1 << 5 // leaf 7, EBX
		avx512f = 1 << 16

		// XCR0: the registers that the operating system saves
		ymm = 1<<1 | 1<<2
		zmm = ymm | 1<<5 | 1<<6 | 1<<7
	)
	highest, _, _, _ := cpuid(0, 0)
	if highest < 7 {
		return false, false
	}
	_, _, features, _ := cpuid(1, 0)
	if features&osxsave == 0 || features&avx == 0 {
		return false, false
	}
	saved, _ := xgetbv()
	_, extended, _, _ := cpuid(7, 0)
	hasAVX2 = saved&ymm == ymm && extended&avx2 != 0
	return hasAVX2, hasAVX2 && saved&zmm == zmm && extended&avx512f != 0
}

// cpuid executes CPUID. xgetbv reads XCR0; it needs OSXSAVE.
func cpuid(leaf, subleaf uint32) (eax, ebx, ecx, edx uint32)
func xgetbv() (eax, edx uint32)
