//go:build gc && !purego

#include "textflag.h"

// updateColumnsAVX2 takes ten lanes of all columns: 8 and then 2.
//
//	DI  w          R8   stride of w    AX   a feature's offset
//	SI  d          R13  stride of d    BX   a row's offset
//	DX  nonzeros   R9   the column     CX   the next nonzero
//	R12 avg or 0   R10  columns left   R11  the end of the column
//
// func updateColumnsAVX2(w, avg, d *float32, nonzeros *Nonzero,
// 	columns *Column, n, stride, rowStride int, scale, mix float32)
TEXT ·updateColumnsAVX2(SB), NOSPLIT, $0-72
	MOVQ         w+0(FP), DI
	MOVQ         avg+8(FP), R12
	MOVQ         d+16(FP), SI
	MOVQ         nonzeros+24(FP), DX
	MOVQ         columns+32(FP), R9
	MOVQ         n+40(FP), R10
	MOVQ         stride+48(FP), R8
	MOVQ         rowStride+56(FP), R13
	VBROADCASTSS scale+64(FP), Y14
	VBROADCASTSS mix+68(FP), Y15

column:
	MOVLQSX    32(R9), AX           // the feature of the column that is ahead
	IMULQ      R8, AX
	PREFETCHT0 (DI)(AX*1)
	PREFETCHT0 39(DI)(AX*1)
	PREFETCHT0 (R12)(AX*1)          // does no harm without avg
	PREFETCHT0 39(R12)(AX*1)
	MOVLQSX    4(R9), BX
	MOVLQSX    12(R9), R11
	LEAQ       (DX)(BX*8), CX
	LEAQ       (DX)(R11*8), R11
	VXORPS     Y0, Y0, Y0
	VXORPS     X1, X1, X1           // the last two lanes

nonzero:
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
	JNE          nonzero

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
