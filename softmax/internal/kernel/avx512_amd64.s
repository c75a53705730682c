//go:build gc && !purego

#include "textflag.h"

// The kernels of quads for ten classes, in AVX-512. A product is rounded before
// it is added: VMULPS, then VADDPS, never a fused multiply-add.
//
// A quad has 40 lanes: ten of each of its four features. spread names the
// feature of each lane, as VPERMILPS wants it, and then the class of each. The
// last eight lanes all belong to the last feature.
//
//	DI  z, g: what is written    R10  index of the quads
//	SI  w, d: what is read       R11  value of the quads
//	R8  stride of rows of z, d   R12  where the next row starts
//	AX  a quad's offset          R13  rows left
//	DX  the next quad, times 4   CX   the end of the row, times 4

#define ARGUMENTS \
	MOVQ    index+16(FP), R10; \
	MOVQ    value+24(FP), R11; \
	MOVQ    start+32(FP), R12; \
	MOVQ    rows+40(FP), R13;  \
	MOVQ    stride+48(FP), R8; \
	MOVQ    spread+56(FP), AX; \
	VMOVUPS (AX), Z13;         \
	VMOVUPS 64(AX), Z14;       \
	MOVQ    (R12), DX;         \
	SHLQ    $2, DX

// QUAD sets AX to the offset of a quad and spreads its values over 40 lanes.
#define QUAD \
	MOVLQSX         (R10)(DX*1), AX;     \
	IMULQ           $160, AX;            \
	VBROADCASTF32X4 (R11)(DX*4), Z3;     \
	VBROADCASTSS    12(R11)(DX*4), Y6;   \
	VPERMILPS       Z13, Z3, Z4;         \
	VPERMILPS       Z14, Z3, Z5

// logitsTenAVX512 keeps the partial sums of a row in registers. Z0, Z1 and Y2
// hold s0 in ten lanes, then s1, s2 and s3. Z12 is base.
//
// func logitsTenAVX512(z, w *float32, index *int32, value *[4]float32,
// 	start *int, rows, stride int, spread *[80]int32, base *float32)
TEXT ·logitsTenAVX512(SB), NOSPLIT, $0-72
	MOVQ    z+0(FP), DI
	MOVQ    w+8(FP), SI
	ARGUMENTS
	MOVL    $1023, AX
	KMOVW   AX, K1
	MOVQ    base+64(FP), AX
	VMOVUPS (AX), Z12

row:
	MOVQ   8(R12), CX
	ADDQ   $8, R12
	SHLQ   $2, CX
	VPXORD Z0, Z0, Z0
	VPXORD Z1, Z1, Z1
	VPXORD Z2, Z2, Z2
	CMPQ   DX, CX
	JEQ    end

quad:
	QUAD
	VMULPS          (SI)(AX*1), Z4, Z4 // x * w[q]
	VMULPS          64(SI)(AX*1), Z5, Z5
	VMULPS          128(SI)(AX*1), Y6, Y6
	VADDPS          Z4, Z0, Z0
	VADDPS          Z5, Z1, Z1
	VADDPS          Y6, Y2, Y2
	ADDQ            $4, DX
	CMPQ            DX, CX
	JNE             quad

end:
	VALIGND $10, Z0, Z1, Z3    // s1
	VALIGND $4, Z1, Z2, Z4     // s2
	VALIGND $14, Z1, Z2, Z5    // s3
	VADDPS  Z3, Z0, Z0         // (s0 + s1) + (s2 + s3)
	VADDPS  Z5, Z4, Z4
	VADDPS  Z4, Z0, Z0
	VMOVAPS Z12, Z3
	VADDPS  Z0, Z3, K1, Z3     // ten of sixteen lanes
	VMOVUPS Z3, (DI)
	ADDQ    R8, DI
	DECQ    R13
	JNE     row
	VZEROUPPER
	RET

// backwardTenAVX512 spreads a row of d over 40 lanes with Z10, Z11 and Y12.
//
// func backwardTenAVX512(grad, d *float32, index *int32, value *[4]float32,
// 	start *int, rows, stride int, spread *[80]int32)
TEXT ·backwardTenAVX512(SB), NOSPLIT, $0-64
	MOVQ    grad+0(FP), DI
	MOVQ    d+8(FP), SI
	ARGUMENTS
	VMOVUPS 160(AX), Z10
	VMOVUPS 224(AX), Z11
	VMOVUPS 288(AX), Y12

row:
	MOVQ    8(R12), CX
	ADDQ    $8, R12
	SHLQ    $2, CX
	VMOVUPS (SI), Z2
	PREFETCHT0 (SI)(R8*8) // another worker may have written it
	VPERMPS Z2, Z10, Z0
	VPERMPS Z2, Z11, Z1
	VPERMPS Z2, Z12, Z2
	CMPQ    DX, CX
	JEQ     end

quad:
	QUAD
	VMULPS          Z0, Z4, Z4             // x * d
	VMULPS          Z1, Z5, Z5
	VMULPS          Y2, Y6, Y6
	VADDPS          (DI)(AX*1), Z4, Z4     // g[q] += x * d
	VADDPS          64(DI)(AX*1), Z5, Z5
	VADDPS          128(DI)(AX*1), Y6, Y6
	VMOVUPS         Z4, (DI)(AX*1)
	VMOVUPS         Z5, 64(DI)(AX*1)
	VMOVUPS         Y6, 128(DI)(AX*1)
	ADDQ            $4, DX
	CMPQ            DX, CX
	JNE             quad

end:
	ADDQ R8, SI
	DECQ R13
	JNE  row
	VZEROUPPER
	RET
