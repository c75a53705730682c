//go:build gc && !purego

#include "textflag.h"

// Ten lanes of all columns of a list; soon is 4.
//
//	DI  w     R8   stride of w   AX  a feature's offset
//	SI  d     R13  stride of d   BX  a term, a row's offset
//	DX  terms R9   the list      R11 the term after the last
//	R12 avg, or nil              R10 columns left
//
// func descendColumnsAVX2(w, avg, d *float32, terms *term, list *column, n, stride, rowStride int, scale, mix float32)
TEXT ·descendColumnsAVX2(SB), NOSPLIT, $0-72
	MOVQ         w+0(FP), DI
	MOVQ         avg+8(FP), R12
	MOVQ         d+16(FP), SI
	MOVQ         terms+24(FP), DX
	MOVQ         list+32(FP), R9
	MOVQ         n+40(FP), R10
	MOVQ         stride+48(FP), R8
	MOVQ         rowStride+56(FP), R13
	VBROADCASTSS scale+64(FP), Y14
	VBROADCASTSS mix+68(FP), Y15

column:
	MOVLQSX    32(R9), AX           // the feature four columns on
	IMULQ      R8, AX
	PREFETCHT0 (DI)(AX*1)
	PREFETCHT0 39(DI)(AX*1)
	PREFETCHT0 (R12)(AX*1)          // no harm if there is none
	PREFETCHT0 39(R12)(AX*1)
	MOVLQSX    4(R9), BX
	MOVLQSX    12(R9), R11
	LEAQ       (DX)(BX*8), CX
	LEAQ       (DX)(R11*8), R11
	VXORPS     Y0, Y0, Y0
	VXORPS     X1, X1, X1           // the last two lanes

term:
	MOVLQSX      (CX), BX
	IMULQ        R13, BX
	VBROADCASTSS 4(CX), Y2
	VMOVSD       32(SI)(BX*1), X4
	VMULPS       (SI)(BX*1), Y2, Y3 // v * d
	VMULPS       X4, X2, X4
	VADDPS       Y3, Y0, Y0
	VADDPS       X4, X1, X1
	ADDQ         $8, CX
	CMPQ         CX, R11
	JNE          term

	MOVLQSX (R9), AX
	IMULQ   R8, AX
	VMULPS  Y0, Y14, Y2 // w -= scale * s
	VMULPS  X1, X14, X3
	VMOVUPS (DI)(AX*1), Y4
	VMOVSD  32(DI)(AX*1), X5
	VSUBPS  Y2, Y4, Y4
	VSUBPS  X3, X5, X5
	VMOVUPS Y4, (DI)(AX*1)
	VMOVSD  X5, 32(DI)(AX*1)
	TESTQ   R12, R12
	JEQ     next
	VMULPS  Y0, Y15, Y2 // avg += mix * s
	VMULPS  X1, X15, X3
	VMOVSD  32(R12)(AX*1), X5
	VADDPS  (R12)(AX*1), Y2, Y2
	VADDPS  X5, X3, X3
	VMOVUPS Y2, (R12)(AX*1)
	VMOVSD  X3, 32(R12)(AX*1)

next:
	ADDQ $8, R9
	DECQ R10
	JNE  column
	VZEROUPPER
	RET

// The same for 40 lanes.
//
// func descendColumns40AVX2(w, avg, d *float32, terms *term, list *column, n, stride, rowStride int, scale, mix float32)
TEXT ·descendColumns40AVX2(SB), NOSPLIT, $0-72
	MOVQ         w+0(FP), DI
	MOVQ         avg+8(FP), R12
	MOVQ         d+16(FP), SI
	MOVQ         terms+24(FP), DX
	MOVQ         list+32(FP), R9
	MOVQ         n+40(FP), R10
	MOVQ         stride+48(FP), R8
	MOVQ         rowStride+56(FP), R13
	VBROADCASTSS scale+64(FP), Y14
	VBROADCASTSS mix+68(FP), Y15

column:
	MOVLQSX    32(R9), AX
	IMULQ      R8, AX
	PREFETCHT0 (DI)(AX*1)
	PREFETCHT0 64(DI)(AX*1)
	PREFETCHT0 128(DI)(AX*1)
	PREFETCHT0 (R12)(AX*1)
	PREFETCHT0 64(R12)(AX*1)
	PREFETCHT0 128(R12)(AX*1)
	MOVLQSX    4(R9), BX
	MOVLQSX    12(R9), R11
	LEAQ       (DX)(BX*8), CX
	LEAQ       (DX)(R11*8), R11
	VXORPS     Y0, Y0, Y0
	VXORPS     Y1, Y1, Y1
	VXORPS     Y2, Y2, Y2
	VXORPS     Y3, Y3, Y3
	VXORPS     Y4, Y4, Y4

term:
	MOVLQSX      (CX), BX
	IMULQ        R13, BX
	VBROADCASTSS 4(CX), Y5
	VMULPS       (SI)(BX*1), Y5, Y6
	VMULPS       32(SI)(BX*1), Y5, Y7
	VMULPS       64(SI)(BX*1), Y5, Y8
	VMULPS       96(SI)(BX*1), Y5, Y9
	VMULPS       128(SI)(BX*1), Y5, Y10
	VADDPS       Y6, Y0, Y0
	VADDPS       Y7, Y1, Y1
	VADDPS       Y8, Y2, Y2
	VADDPS       Y9, Y3, Y3
	VADDPS       Y10, Y4, Y4
	ADDQ         $8, CX
	CMPQ         CX, R11
	JNE          term

	MOVLQSX (R9), AX
	IMULQ   R8, AX
	LEAQ    (DI)(AX*1), BX
	VMULPS  Y0, Y14, Y5
	VMULPS  Y1, Y14, Y6
	VMULPS  Y2, Y14, Y7
	VMULPS  Y3, Y14, Y8
	VMULPS  Y4, Y14, Y9
	VMOVUPS (BX), Y10
	VMOVUPS 32(BX), Y11
	VSUBPS  Y5, Y10, Y5
	VSUBPS  Y6, Y11, Y6
	VMOVUPS 64(BX), Y10
	VMOVUPS 96(BX), Y11
	VMOVUPS 128(BX), Y12
	VSUBPS  Y7, Y10, Y7
	VSUBPS  Y8, Y11, Y8
	VSUBPS  Y9, Y12, Y9
	VMOVUPS Y5, (BX)
	VMOVUPS Y6, 32(BX)
	VMOVUPS Y7, 64(BX)
	VMOVUPS Y8, 96(BX)
	VMOVUPS Y9, 128(BX)
	TESTQ   R12, R12
	JEQ     next
	LEAQ    (R12)(AX*1), BX
	VMULPS  Y0, Y15, Y5
	VMULPS  Y1, Y15, Y6
	VMULPS  Y2, Y15, Y7
	VMULPS  Y3, Y15, Y8
	VMULPS  Y4, Y15, Y9
	VADDPS  (BX), Y5, Y5
	VADDPS  32(BX), Y6, Y6
	VADDPS  64(BX), Y7, Y7
	VADDPS  96(BX), Y8, Y8
	VADDPS  128(BX), Y9, Y9
	VMOVUPS Y5, (BX)
	VMOVUPS Y6, 32(BX)
	VMOVUPS Y7, 64(BX)
	VMOVUPS Y8, 96(BX)
	VMOVUPS Y9, 128(BX)

next:
	ADDQ $8, R9
	DECQ R10
	JNE  column
	VZEROUPPER
	RET

// func touchRows(w *float32, row *term, n, stride int)
TEXT ·touchRows(SB), NOSPLIT, $0-32
	MOVQ    w+0(FP), SI
	MOVQ    row+8(FP), DX
	MOVQ    n+16(FP), CX
	MOVQ    stride+24(FP), R8
	MOVQ    R8, R9
	CMPQ    R9, $256 // the processor sees by itself how a long row goes on
	JLE     row
	MOVQ    $256, R9

row:
	MOVLQSX    (DX), AX
	IMULQ      R8, AX
	ADDQ       SI, AX
	PREFETCHT0 -1(AX)(R9*1)
	MOVQ       R9, BX

line:
	PREFETCHT0 (AX)
	ADDQ       $64, AX
	SUBQ       $64, BX
	JGT        line
	ADDQ       $8, DX
	DECQ       CX
	JNE        row
	RET
