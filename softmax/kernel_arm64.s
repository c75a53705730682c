//go:build gc && !purego

#include "textflag.h"

// Go's assembler has no mnemonics for these. Products are rounded before they
// are added: FMUL, then FADD, never FMLA.
#define FMUL4S(m, n, d) WORD $(0x6E20DC00 | (m)<<16 | (n)<<5 | (d)) // Vd.4S = Vn.4S * Vm.4S
#define FADD4S(m, n, d) WORD $(0x4E20D400 | (m)<<16 | (n)<<5 | (d)) // Vd.4S = Vn.4S + Vm.4S
#define FSUB4S(m, n, d) WORD $(0x4EA0D400 | (m)<<16 | (n)<<5 | (d)) // Vd.4S = Vn.4S - Vm.4S

//	R0  z, g, avg: what is written    R5   a feature's index, then its lanes
//	R1  w, d: what is read            R6   a feature's value
//	R2  the next term                 R13  terms, of 8 bytes each
//	R3  how many are left             R14  where the next row starts
//	R4  stride                        R15  rows left

// func forwardNEON(z, w *float32, terms *term, start *int, rows, stride int)
TEXT ·forwardNEON(SB), NOSPLIT, $0-48
	MOVD z+0(FP), R0
	MOVD w+8(FP), R1
	MOVD terms+16(FP), R13
	MOVD start+24(FP), R14
	MOVD rows+32(FP), R15
	MOVD stride+40(FP), R4

row:
	MOVD.P 8(R14), R2
	MOVD   (R14), R3
	SUB    R2, R3
	ADD    R2<<3, R13, R2
	VEOR   V0.B16, V0.B16, V0.B16
	VEOR   V1.B16, V1.B16, V1.B16
	VEOR   V2.B16, V2.B16, V2.B16
	VEOR   V3.B16, V3.B16, V3.B16
	CBZ    R3, end

four:
	MOVW   0(R2), R5
	MOVWU  4(R2), R6
	MADD   R4, R1, R5, R5
	VDUP   R6, V16.S4
	VLD1   (R5), [V4.S4, V5.S4, V6.S4, V7.S4]
	MOVW   8(R2), R7
	MOVWU  12(R2), R8
	MADD   R4, R1, R7, R7
	VDUP   R8, V17.S4
	VLD1   (R7), [V8.S4, V9.S4, V10.S4, V11.S4]
	MOVW   16(R2), R9
	MOVWU  20(R2), R10
	MADD   R4, R1, R9, R9
	VDUP   R10, V18.S4
	VLD1   (R9), [V20.S4, V21.S4, V22.S4, V23.S4]
	MOVW   24(R2), R11
	MOVWU  28(R2), R12
	MADD   R4, R1, R11, R11
	VDUP   R12, V19.S4
	VLD1   (R11), [V24.S4, V25.S4, V26.S4, V27.S4]
	FMUL4S(16, 4, 4) // v * w[f]
	FMUL4S(16, 5, 5)
	FMUL4S(16, 6, 6)
	FMUL4S(16, 7, 7)
	FMUL4S(17, 8, 8)
	FMUL4S(17, 9, 9)
	FMUL4S(17, 10, 10)
	FMUL4S(17, 11, 11)
	FMUL4S(18, 20, 20)
	FMUL4S(18, 21, 21)
	FMUL4S(18, 22, 22)
	FMUL4S(18, 23, 23)
	FMUL4S(19, 24, 24)
	FMUL4S(19, 25, 25)
	FMUL4S(19, 26, 26)
	FMUL4S(19, 27, 27)
	FADD4S(8, 4, 4) // s += (p0 + p1) + (p2 + p3)
	FADD4S(9, 5, 5)
	FADD4S(10, 6, 6)
	FADD4S(11, 7, 7)
	FADD4S(24, 20, 20)
	FADD4S(25, 21, 21)
	FADD4S(26, 22, 22)
	FADD4S(27, 23, 23)
	FADD4S(20, 4, 4)
	FADD4S(21, 5, 5)
	FADD4S(22, 6, 6)
	FADD4S(23, 7, 7)
	FADD4S(4, 0, 0)
	FADD4S(5, 1, 1)
	FADD4S(6, 2, 2)
	FADD4S(7, 3, 3)
	ADD  $32, R2
	SUBS $4, R3
	BNE  four

end:
	VLD1 (R0), [V4.S4, V5.S4, V6.S4, V7.S4]
	FADD4S(4, 0, 0)
	FADD4S(5, 1, 1)
	FADD4S(6, 2, 2)
	FADD4S(7, 3, 3)
	VST1 [V0.S4, V1.S4, V2.S4, V3.S4], (R0)
	ADD  R4, R0
	SUBS $1, R15
	BNE  row
	RET

// func backwardNEON(grad, d *float32, terms *term, start *int, rows, stride int)
TEXT ·backwardNEON(SB), NOSPLIT, $0-48
	MOVD grad+0(FP), R0
	MOVD d+8(FP), R1
	MOVD terms+16(FP), R13
	MOVD start+24(FP), R14
	MOVD rows+32(FP), R15
	MOVD stride+40(FP), R4

row:
	MOVD.P 8(R14), R2
	MOVD   (R14), R3
	SUB    R2, R3
	ADD    R2<<3, R13, R2
	VLD1   (R1), [V0.S4, V1.S4, V2.S4, V3.S4]
	CBZ    R3, end

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

end:
	ADD  R4, R1
	SUBS $1, R15
	BNE  row
	RET

// func descendNEON(w, grad *float32, n int, decay, scale float32)
TEXT ·descendNEON(SB), NOSPLIT, $0-32
	MOVD  w+0(FP), R0
	MOVD  grad+8(FP), R1
	MOVD  n+16(FP), R3
	MOVWU decay+24(FP), R5
	MOVWU scale+28(FP), R6
	VDUP  R5, V17.S4
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
	FMUL4S(0, 17, 0)                          // decay * w
	FMUL4S(1, 17, 1)
	FMUL4S(2, 17, 2)
	FMUL4S(3, 17, 3)
	FSUB4S(4, 0, 0)
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

// func touchRows(w *float32, row *term, n, stride int)
TEXT ·touchRows(SB), NOSPLIT, $0-32
	MOVD w+0(FP), R0
	MOVD row+8(FP), R2
	MOVD n+16(FP), R3
	MOVD stride+24(FP), R4
	MOVD $256, R7 // the processor sees by itself how a long row goes on
	CMP  R7, R4
	CSEL LT, R4, R7, R7

row:
	MOVW (R2), R5
	MADD R4, R0, R5, R5
	MOVD R7, R6

line:
	PRFM (R5), PLDL1KEEP
	ADD  $64, R5
	SUBS $64, R6
	BGT  line
	ADD  $8, R2
	SUBS $1, R3
	BNE  row
	RET
