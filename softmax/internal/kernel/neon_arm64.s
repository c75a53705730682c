//go:build gc && !purego

#include "textflag.h"

// Go's assembler has no mnemonics for these. A product is rounded before it is
// added: FMUL, then FADD, never FMLA.
#define FMUL4S(m, n, d) WORD $(0x6E20DC00 | (m)<<16 | (n)<<5 | (d)) // Vd.4S = Vn.4S * Vm.4S
#define FADD4S(m, n, d) WORD $(0x4E20D400 | (m)<<16 | (n)<<5 | (d)) // Vd.4S = Vn.4S + Vm.4S
#define FSUB4S(m, n, d) WORD $(0x4EA0D400 | (m)<<16 | (n)<<5 | (d)) // Vd.4S = Vn.4S - Vm.4S

// Ten lanes are two registers and a half. The kernels of quads take ten lanes
// of each of the four features at a time.
//
//	R0  s, g: what is written    R10  index of the next quad
//	R1  w, d: what is read       R11  value of the next quad
//	R3  quads left               R12  where the next row starts
//	R4  width, in bytes          R13  rows left
//	R5  a feature                R9   a quad, in bytes
//	R6  scratch                  R14  a row of d, in bytes
//	V28 the four values          V29  one of them in all lanes

// LOAD10 and STORE10 move ten lanes between memory at p and registers.
#define LOAD10(p, a, b, c) \
	VLD1 (p), [a.S4, b.S4]; \
	ADD  $32, p, R6;        \
	VLD1 (R6), [c.S2]

#define STORE10(p, a, b, c) \
	VST1 [a.S4, b.S4], (p); \
	ADD  $32, p, R6;        \
	VST1 [c.S2], (R6)

// FORWARD10 adds x[i] * w of the feature at R5 to a partial sum.
#define FORWARD10(i, a, b, c) \
	VDUP   V28.S[i], V29.S4;   \
	LOAD10(R5, V16, V17, V18); \
	FMUL4S(29, 16, 16);        \
	FMUL4S(29, 17, 17);        \
	FMUL4S(29, 18, 18);        \
	FADD4S(16, a, a);          \
	FADD4S(17, b, b);          \
	FADD4S(18, c, c)

// BACKWARD10 adds x[i] * d to g of the feature at R5. d is in V0, V1, V2.
#define BACKWARD10(i) \
	VDUP   V28.S[i], V29.S4;   \
	LOAD10(R5, V16, V17, V18); \
	FMUL4S(29, 0, 20);         \
	FMUL4S(29, 1, 21);         \
	FMUL4S(29, 2, 22);         \
	FADD4S(20, 16, 16);        \
	FADD4S(21, 17, 17);        \
	FADD4S(22, 18, 18);        \
	STORE10(R5, V16, V17, V18)

#define ARGUMENTS \
	MOVD index+16(FP), R10; \
	MOVD value+24(FP), R11; \
	MOVD start+32(FP), R12; \
	MOVD rows+40(FP), R13;  \
	MOVD width+48(FP), R4;  \
	LSL  $2, R4, R9;        \
	MOVD (R12), R5;         \
	ADD  R5<<2, R10, R10;   \
	ADD  R5<<4, R11, R11

// func forwardNEON(s, w *float32, index *int32, value *[4]float32, start *int, rows, width int)
TEXT ·forwardNEON(SB), NOSPLIT, $0-56
	MOVD s+0(FP), R0
	MOVD w+8(FP), R1
	ARGUMENTS

row:
	MOVD.P 8(R12), R5
	MOVD   (R12), R3
	SUB    R5, R3
	MOVD   R0, R5
	LOAD10(R5, V0, V1, V2)
	ADD    R4, R5
	LOAD10(R5, V3, V4, V5)
	ADD    R4, R5
	LOAD10(R5, V6, V7, V8)
	ADD    R4, R5
	LOAD10(R5, V9, V10, V11)
	CBZ    R3, end

quad:
	MOVW.P 4(R10), R5
	VLD1.P 16(R11), [V28.S4]
	MADD   R9, R1, R5, R5    // w[4q]
	FORWARD10(0, 0, 1, 2)
	ADD    R4, R5            // the next feature
	FORWARD10(1, 3, 4, 5)
	ADD    R4, R5
	FORWARD10(2, 6, 7, 8)
	ADD    R4, R5
	FORWARD10(3, 9, 10, 11)
	SUBS   $1, R3
	BNE    quad

end:
	MOVD R0, R5
	STORE10(R5, V0, V1, V2)
	ADD  R4, R5
	STORE10(R5, V3, V4, V5)
	ADD  R4, R5
	STORE10(R5, V6, V7, V8)
	ADD  R4, R5
	STORE10(R5, V9, V10, V11)
	ADD  R9, R0
	SUBS $1, R13
	BNE  row
	RET

// func backwardNEON(grad, d *float32, index *int32, value *[4]float32, start *int, rows, width, rowStride int)
TEXT ·backwardNEON(SB), NOSPLIT, $0-64
	MOVD grad+0(FP), R0
	MOVD d+8(FP), R1
	ARGUMENTS
	MOVD rowStride+56(FP), R14

row:
	MOVD.P 8(R12), R5
	MOVD   (R12), R3
	SUB    R5, R3
	LOAD10(R1, V0, V1, V2)
	CBZ    R3, end

quad:
	MOVW.P 4(R10), R5
	VLD1.P 16(R11), [V28.S4]
	MADD   R9, R0, R5, R5    // g[4q]
	BACKWARD10(0)
	ADD    R4, R5            // the next feature
	BACKWARD10(1)
	ADD    R4, R5
	BACKWARD10(2)
	ADD    R4, R5
	BACKWARD10(3)
	SUBS   $1, R3
	BNE    quad

end:
	ADD  R14, R1
	SUBS $1, R13
	BNE  row
	RET

// forwardNonzerosNEON takes ten lanes of one row of nonzeros. stride is that of
// w, width that of a partial sum, in bytes. R2 is the next nonzero.
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
	LOAD10(R5, V16, V17, V18)
	LOAD10(R7, V0, V1, V2)
	FMUL4S(29, 16, 16)
	FMUL4S(29, 17, 17)
	FMUL4S(29, 18, 18)
	FADD4S(16, 0, 0)
	FADD4S(17, 1, 1)
	FADD4S(18, 2, 2)
	STORE10(R7, V0, V1, V2)
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
