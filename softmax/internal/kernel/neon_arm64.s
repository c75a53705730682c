//go:build gc && !purego

#include "textflag.h"

// Go's assembler has no mnemonics for these. Products are rounded before they
// are added: FMUL, then FADD, never FMLA.
#define FMUL4S(m, n, d) WORD $(0x6E20DC00 | (m)<<16 | (n)<<5 | (d)) // Vd.4S = Vn.4S * Vm.4S
#define FADD4S(m, n, d) WORD $(0x4E20D400 | (m)<<16 | (n)<<5 | (d)) // Vd.4S = Vn.4S + Vm.4S
#define FSUB4S(m, n, d) WORD $(0x4EA0D400 | (m)<<16 | (n)<<5 | (d)) // Vd.4S = Vn.4S - Vm.4S

// Ten lanes are two registers and a half. The kernels of quads work on ten lanes
// of each of their features at a time.
//
//	R0  s, g: what is written    R10  index of the next quad
//	R1  w, d: what is read       R11  value of the next quad
//	R3  quads left               R12  where the next row starts
//	R4  width, in bytes          R13  rows left
//	R5  a feature                R9   a quad, in bytes
//	                             R14  a row of d, in bytes

// func forwardNEON(s, w *float32, index *int32, value *[4]float32, start *int, rows, width int)
TEXT ·forwardNEON(SB), NOSPLIT, $0-56
	MOVD s+0(FP), R0
	MOVD w+8(FP), R1
	MOVD index+16(FP), R10
	MOVD value+24(FP), R11
	MOVD start+32(FP), R12
	MOVD rows+40(FP), R13
	MOVD width+48(FP), R4
	LSL  $2, R4, R9
	MOVD (R12), R5
	ADD  R5<<2, R10, R10
	ADD  R5<<4, R11, R11

row:
	MOVD.P 8(R12), R5
	MOVD   (R12), R3
	SUB    R5, R3
	MOVD   R0, R5
	VLD1   (R5), [V0.S4, V1.S4]
	ADD    $32, R5, R6
	VLD1   (R6), [V2.S2]
	ADD    R4, R5
	VLD1   (R5), [V3.S4, V4.S4]
	ADD    $32, R5, R6
	VLD1   (R6), [V5.S2]
	ADD    R4, R5
	VLD1   (R5), [V6.S4, V7.S4]
	ADD    $32, R5, R6
	VLD1   (R6), [V8.S2]
	ADD    R4, R5
	VLD1   (R5), [V9.S4, V10.S4]
	ADD    $32, R5, R6
	VLD1   (R6), [V11.S2]
	CBZ    R3, end

quad:
	MOVW.P 4(R10), R5
	VLD1.P 16(R11), [V28.S4]
	MADD   R9, R1, R5, R5    // w[4q]
	VDUP   V28.S[0], V29.S4
	VLD1   (R5), [V16.S4, V17.S4]
	ADD    $32, R5, R6
	VLD1   (R6), [V18.S2]
	FMUL4S(29, 16, 16) // x[0] * w[4q+0]
	FMUL4S(29, 17, 17)
	FMUL4S(29, 18, 18)
	FADD4S(16, 0, 0)
	FADD4S(17, 1, 1)
	FADD4S(18, 2, 2)
	ADD    R4, R5 // the next feature
	VDUP   V28.S[1], V29.S4
	VLD1   (R5), [V16.S4, V17.S4]
	ADD    $32, R5, R6
	VLD1   (R6), [V18.S2]
	FMUL4S(29, 16, 16) // x[1] * w[4q+1]
	FMUL4S(29, 17, 17)
	FMUL4S(29, 18, 18)
	FADD4S(16, 3, 3)
	FADD4S(17, 4, 4)
	FADD4S(18, 5, 5)
	ADD    R4, R5 // the next feature
	VDUP   V28.S[2], V29.S4
	VLD1   (R5), [V16.S4, V17.S4]
	ADD    $32, R5, R6
	VLD1   (R6), [V18.S2]
	FMUL4S(29, 16, 16) // x[2] * w[4q+2]
	FMUL4S(29, 17, 17)
	FMUL4S(29, 18, 18)
	FADD4S(16, 6, 6)
	FADD4S(17, 7, 7)
	FADD4S(18, 8, 8)
	ADD    R4, R5 // the next feature
	VDUP   V28.S[3], V29.S4
	VLD1   (R5), [V16.S4, V17.S4]
	ADD    $32, R5, R6
	VLD1   (R6), [V18.S2]
	FMUL4S(29, 16, 16) // x[3] * w[4q+3]
	FMUL4S(29, 17, 17)
	FMUL4S(29, 18, 18)
	FADD4S(16, 9, 9)
	FADD4S(17, 10, 10)
	FADD4S(18, 11, 11)
	SUBS   $1, R3
	BNE    quad

end:
	MOVD   R0, R5
	VST1   [V0.S4, V1.S4], (R5)
	ADD    $32, R5, R6
	VST1   [V2.S2], (R6)
	ADD    R4, R5
	VST1   [V3.S4, V4.S4], (R5)
	ADD    $32, R5, R6
	VST1   [V5.S2], (R6)
	ADD    R4, R5
	VST1   [V6.S4, V7.S4], (R5)
	ADD    $32, R5, R6
	VST1   [V8.S2], (R6)
	ADD    R4, R5
	VST1   [V9.S4, V10.S4], (R5)
	ADD    $32, R5, R6
	VST1   [V11.S2], (R6)
	ADD    R9, R0
	SUBS   $1, R13
	BNE    row
	RET

// func backwardNEON(grad, d *float32, index *int32, value *[4]float32, start *int, rows, width, rowStride int)
TEXT ·backwardNEON(SB), NOSPLIT, $0-64
	MOVD grad+0(FP), R0
	MOVD d+8(FP), R1
	MOVD index+16(FP), R10
	MOVD value+24(FP), R11
	MOVD start+32(FP), R12
	MOVD rows+40(FP), R13
	MOVD width+48(FP), R4
	MOVD rowStride+56(FP), R14
	LSL  $2, R4, R9
	MOVD (R12), R5
	ADD  R5<<2, R10, R10
	ADD  R5<<4, R11, R11

row:
	MOVD.P 8(R12), R5
	MOVD   (R12), R3
	SUB    R5, R3
	VLD1   (R1), [V0.S4, V1.S4]
	ADD    $32, R1, R6
	VLD1   (R6), [V2.S2]
	CBZ    R3, end

quad:
	MOVW.P 4(R10), R5
	VLD1.P 16(R11), [V28.S4]
	MADD   R9, R0, R5, R5    // g[4q]
	VDUP   V28.S[0], V29.S4
	VLD1   (R5), [V16.S4, V17.S4]
	ADD    $32, R5, R6
	VLD1   (R6), [V18.S2]
	FMUL4S(29, 0, 20) // x[0] * d
	FMUL4S(29, 1, 21)
	FMUL4S(29, 2, 22)
	FADD4S(20, 16, 16) // g[4q+0] += x[0] * d
	FADD4S(21, 17, 17)
	FADD4S(22, 18, 18)
	VST1   [V16.S4, V17.S4], (R5)
	VST1   [V18.S2], (R6)
	ADD    R4, R5 // the next feature
	VDUP   V28.S[1], V29.S4
	VLD1   (R5), [V16.S4, V17.S4]
	ADD    $32, R5, R6
	VLD1   (R6), [V18.S2]
	FMUL4S(29, 0, 20) // x[1] * d
	FMUL4S(29, 1, 21)
	FMUL4S(29, 2, 22)
	FADD4S(20, 16, 16) // g[4q+1] += x[1] * d
	FADD4S(21, 17, 17)
	FADD4S(22, 18, 18)
	VST1   [V16.S4, V17.S4], (R5)
	VST1   [V18.S2], (R6)
	ADD    R4, R5 // the next feature
	VDUP   V28.S[2], V29.S4
	VLD1   (R5), [V16.S4, V17.S4]
	ADD    $32, R5, R6
	VLD1   (R6), [V18.S2]
	FMUL4S(29, 0, 20) // x[2] * d
	FMUL4S(29, 1, 21)
	FMUL4S(29, 2, 22)
	FADD4S(20, 16, 16) // g[4q+2] += x[2] * d
	FADD4S(21, 17, 17)
	FADD4S(22, 18, 18)
	VST1   [V16.S4, V17.S4], (R5)
	VST1   [V18.S2], (R6)
	ADD    R4, R5 // the next feature
	VDUP   V28.S[3], V29.S4
	VLD1   (R5), [V16.S4, V17.S4]
	ADD    $32, R5, R6
	VLD1   (R6), [V18.S2]
	FMUL4S(29, 0, 20) // x[3] * d
	FMUL4S(29, 1, 21)
	FMUL4S(29, 2, 22)
	FADD4S(20, 16, 16) // g[4q+3] += x[3] * d
	FADD4S(21, 17, 17)
	FADD4S(22, 18, 18)
	VST1   [V16.S4, V17.S4], (R5)
	VST1   [V18.S2], (R6)
	SUBS   $1, R3
	BNE    quad

end:
	ADD    R14, R1
	SUBS   $1, R13
	BNE    row
	RET

// Ten lanes of all terms of a row; stride is that of w, width that of a quarter of
// s, in bytes.
//
// func forwardNonzerosNEON(s, w *float32, row *Nonzero, n, width, stride int)
TEXT ·forwardNonzerosNEON(SB), NOSPLIT, $0-48
	MOVD s+0(FP), R0
	MOVD w+8(FP), R1
	MOVD row+16(FP), R2
	MOVD n+24(FP), R3
	MOVD width+32(FP), R4
	MOVD stride+40(FP), R9

loop:
	MOVW   (R2), R5
	MOVWU  4(R2), R6
	AND    $3, R5, R7
	MADD   R9, R1, R5, R5                     // w[f]
	MADD   R4, R0, R7, R7                     // s[f%4]
	VDUP   R6, V29.S4
	ADD    $32, R5, R6
	ADD    $32, R7, R8
	VLD1   (R5), [V16.S4, V17.S4]
	VLD1   (R6), [V18.S2]
	VLD1   (R7), [V0.S4, V1.S4]
	VLD1   (R8), [V2.S2]
	FMUL4S(29, 16, 16)
	FMUL4S(29, 17, 17)
	FMUL4S(29, 18, 18)
	FADD4S(16, 0, 0)
	FADD4S(17, 1, 1)
	FADD4S(18, 2, 2)
	VST1   [V0.S4, V1.S4], (R7)
	VST1   [V2.S2], (R8)
	ADD    $8, R2
	SUBS   $1, R3
	BNE    loop
	RET

// func updateNEON(w, grad *float32, n int, decay, scale float32)
TEXT ·updateNEON(SB), NOSPLIT, $0-32
	MOVD  w+0(FP), R0
	MOVD  grad+8(FP), R1
	MOVD  n+16(FP), R3
	MOVWU decay+24(FP), R5
	MOVWU scale+28(FP), R6
	VDUP  R5, V17.S4
	VDUP  R6, V16.S4
	VEOR  V24.B16, V24.B16, V24.B16
	VEOR  V25.B16, V25.B16, V25.B16

loop:
	VLD1   (R1), [V4.S4, V5.S4]
	VLD1   (R0), [V0.S4, V1.S4]
	FMUL4S(4, 16, 4)                   // scale * g
	FMUL4S(5, 16, 5)
	FMUL4S(0, 17, 0)                   // decay * w
	FMUL4S(1, 17, 1)
	FSUB4S(4, 0, 0)
	FSUB4S(5, 1, 1)
	VST1.P [V0.S4, V1.S4], 32(R0)
	VST1.P [V24.S4, V25.S4], 32(R1)    // g = 0
	SUBS   $8, R3
	BNE    loop
	RET

// func averageNEON(avg, w *float32, n int, share float32)
TEXT ·averageNEON(SB), NOSPLIT, $0-28
	MOVD  avg+0(FP), R0
	MOVD  w+8(FP), R1
	MOVD  n+16(FP), R3
	MOVWU share+24(FP), R6
	VDUP  R6, V16.S4

loop:
	VLD1   (R0), [V0.S4, V1.S4]
	VLD1.P 32(R1), [V4.S4, V5.S4]
	FSUB4S(0, 4, 4)                   // w - avg
	FSUB4S(1, 5, 5)
	FMUL4S(4, 16, 4)
	FMUL4S(5, 16, 5)
	FADD4S(4, 0, 0)                   // avg += share * (w - avg)
	FADD4S(5, 1, 1)
	VST1.P [V0.S4, V1.S4], 32(R0)
	SUBS   $8, R3
	BNE    loop
	RET

// func prefetch(p unsafe.Pointer, n int)
TEXT ·prefetch(SB), NOSPLIT, $0-16
	MOVD p+0(FP), R0
	MOVD n+8(FP), R1

loop:
	PRFM (R0), PLDL1KEEP
	ADD  $64, R0
	SUBS $64, R1
	BGT  loop
	RET
