//go:build gc && !purego

#include "textflag.h"

// Go's assembler has no mnemonics for these. Products are rounded before they
// are added: FMUL, then FADD, never FMLA.
#define FMUL4S(m, n, d) WORD $(0x6E20DC00 | (m)<<16 | (n)<<5 | (d)) // Vd.4S = Vn.4S * Vm.4S
#define FADD4S(m, n, d) WORD $(0x4E20D400 | (m)<<16 | (n)<<5 | (d)) // Vd.4S = Vn.4S + Vm.4S
#define FSUB4S(m, n, d) WORD $(0x4EA0D400 | (m)<<16 | (n)<<5 | (d)) // Vd.4S = Vn.4S - Vm.4S

//	R0  z, g, avg: what is written    R4  stride
//	R1  w, d: what is read            R5  a feature's index, then its lanes
//	R2  terms, of 8 bytes each        R6  a feature's value
//	R3  how many are left

// func forwardNEON(z, w *float32, row *term, n, stride int)
TEXT ·forwardNEON(SB), NOSPLIT, $0-40
	MOVD z+0(FP), R0
	MOVD w+8(FP), R1
	MOVD row+16(FP), R2
	MOVD n+24(FP), R3
	MOVD stride+32(FP), R4
	VLD1 (R0), [V0.S4, V1.S4, V2.S4, V3.S4]

loop:
	MOVW   (R2), R5
	MOVWU  4(R2), R6
	MADD   R4, R1, R5, R5                     // &w[f]
	VDUP   R6, V16.S4
	VLD1   (R5), [V4.S4, V5.S4, V6.S4, V7.S4]
	FMUL4S(16, 4, 4)                          // v * w[f]
	FMUL4S(16, 5, 5)
	FMUL4S(16, 6, 6)
	FMUL4S(16, 7, 7)
	FADD4S(4, 0, 0)                           // z += v * w[f]
	FADD4S(5, 1, 1)
	FADD4S(6, 2, 2)
	FADD4S(7, 3, 3)
	ADD    $8, R2
	SUBS   $1, R3
	BNE    loop
	VST1   [V0.S4, V1.S4, V2.S4, V3.S4], (R0)
	RET

// func backwardNEON(grad, d *float32, row *term, n, stride int)
TEXT ·backwardNEON(SB), NOSPLIT, $0-40
	MOVD grad+0(FP), R0
	MOVD d+8(FP), R1
	MOVD row+16(FP), R2
	MOVD n+24(FP), R3
	MOVD stride+32(FP), R4
	VLD1 (R1), [V0.S4, V1.S4, V2.S4, V3.S4]

loop:
	MOVW   (R2), R5
	MOVWU  4(R2), R6
	MADD   R4, R0, R5, R5                     // &g[f]
	VDUP   R6, V16.S4
	FMUL4S(0, 16, 20)                         // v * d
	FMUL4S(1, 16, 21)
	FMUL4S(2, 16, 22)
	FMUL4S(3, 16, 23)
	VLD1   (R5), [V4.S4, V5.S4, V6.S4, V7.S4]
	FADD4S(20, 4, 4)                          // g[f] += v * d
	FADD4S(21, 5, 5)
	FADD4S(22, 6, 6)
	FADD4S(23, 7, 7)
	VST1   [V4.S4, V5.S4, V6.S4, V7.S4], (R5)
	ADD    $8, R2
	SUBS   $1, R3
	BNE    loop
	RET

// func descendNEON(w, grad *float32, n int, scale float32)
TEXT ·descendNEON(SB), NOSPLIT, $0-28
	MOVD  w+0(FP), R0
	MOVD  grad+8(FP), R1
	MOVD  n+16(FP), R3
	MOVWU scale+24(FP), R6
	VDUP  R6, V16.S4
	VEOR  V24.B16, V24.B16, V24.B16
	VEOR  V25.B16, V25.B16, V25.B16
	VEOR  V26.B16, V26.B16, V26.B16
	VEOR  V27.B16, V27.B16, V27.B16

loop:
	VLD1   (R1), [V4.S4, V5.S4, V6.S4, V7.S4]
	VLD1   (R0), [V0.S4, V1.S4, V2.S4, V3.S4]
	FMUL4S(4, 16, 4)                          // scale * g
	FMUL4S(5, 16, 5)
	FMUL4S(6, 16, 6)
	FMUL4S(7, 16, 7)
	FSUB4S(4, 0, 0)                           // w -= scale * g
	FSUB4S(5, 1, 1)
	FSUB4S(6, 2, 2)
	FSUB4S(7, 3, 3)
	VST1.P [V0.S4, V1.S4, V2.S4, V3.S4], 64(R0)
	VST1.P [V24.S4, V25.S4, V26.S4, V27.S4], 64(R1) // g = 0
	SUBS   $16, R3
	BNE    loop
	RET

// func blendNEON(avg, w *float32, n int, share float32)
TEXT ·blendNEON(SB), NOSPLIT, $0-28
	MOVD  avg+0(FP), R0
	MOVD  w+8(FP), R1
	MOVD  n+16(FP), R3
	MOVWU share+24(FP), R6
	VDUP  R6, V16.S4

loop:
	VLD1   (R0), [V0.S4, V1.S4, V2.S4, V3.S4]
	VLD1.P 64(R1), [V4.S4, V5.S4, V6.S4, V7.S4]
	FSUB4S(0, 4, 4)                             // w - avg
	FSUB4S(1, 5, 5)
	FSUB4S(2, 6, 6)
	FSUB4S(3, 7, 7)
	FMUL4S(4, 16, 4)
	FMUL4S(5, 16, 5)
	FMUL4S(6, 16, 6)
	FMUL4S(7, 16, 7)
	FADD4S(4, 0, 0)                             // avg += share * (w - avg)
	FADD4S(5, 1, 1)
	FADD4S(6, 2, 2)
	FADD4S(7, 3, 3)
	VST1.P [V0.S4, V1.S4, V2.S4, V3.S4], 64(R0)
	SUBS   $16, R3
	BNE    loop
	RET

// func prefetch(p *uint8, n int)
TEXT ·prefetch(SB), NOSPLIT, $0-16
	MOVD p+0(FP), R0
	MOVD n+8(FP), R1

loop:
	PRFM (R0), PLDL1KEEP
	ADD  $64, R0
	SUBS $64, R1
	BGT  loop
	RET
