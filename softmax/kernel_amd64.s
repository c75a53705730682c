//go:build gc && !purego

#include "textflag.h"

// Products are rounded before they are added: VMULPS, then VADDPS, never a
// fused multiply-add. In the comments beside the code, z, w, g and d are the 16
// lanes of a group.
//
//	DI  z, g, avg: what is written    R8   stride
//	SI  w, d: what is read            R11  terms, of 8 bytes each
//	DX  the next term                 R12  where the next row starts
//	CX  how many are left             R13  rows left
//	AX  a feature's offset in bytes

// func forwardAVX512(z, w *float32, terms *term, start *int, rows, stride int)
TEXT ·forwardAVX512(SB), NOSPLIT, $0-48
	MOVQ z+0(FP), DI
	MOVQ w+8(FP), SI
	MOVQ terms+16(FP), R11
	MOVQ start+24(FP), R12
	MOVQ rows+32(FP), R13
	MOVQ stride+40(FP), R8

row:
	MOVQ    (R12), DX
	MOVQ    8(R12), CX
	ADDQ    $8, R12
	SUBQ    DX, CX
	LEAQ    (R11)(DX*8), DX
	VPXORQ  Z0, Z0, Z0
	TESTQ   CX, CX
	JEQ     end

four:
	MOVLQSX      (DX), AX
	MOVLQSX      8(DX), BX
	MOVLQSX      16(DX), R9
	MOVLQSX      24(DX), R10
	IMULQ        R8, AX
	IMULQ        R8, BX
	IMULQ        R8, R9
	IMULQ        R8, R10
	VBROADCASTSS 4(DX), Z1
	VBROADCASTSS 12(DX), Z2
	VBROADCASTSS 20(DX), Z3
	VBROADCASTSS 28(DX), Z4
	VMULPS       (SI)(AX*1), Z1, Z1  // v * w[f]
	VMULPS       (SI)(BX*1), Z2, Z2
	VMULPS       (SI)(R9*1), Z3, Z3
	VMULPS       (SI)(R10*1), Z4, Z4
	VADDPS       Z2, Z1, Z1          // s += (p0 + p1) + (p2 + p3)
	VADDPS       Z4, Z3, Z3
	VADDPS       Z3, Z1, Z1
	VADDPS       Z1, Z0, Z0
	ADDQ         $32, DX
	SUBQ         $4, CX
	JNE          four

end:
	VADDPS  (DI), Z0, Z0
	VMOVUPS Z0, (DI)
	ADDQ    R8, DI
	DECQ    R13
	JNE     row
	VZEROUPPER
	RET

// func backwardAVX512(grad, d *float32, terms *term, start *int, rows, stride int)
TEXT ·backwardAVX512(SB), NOSPLIT, $0-48
	MOVQ grad+0(FP), DI
	MOVQ d+8(FP), SI
	MOVQ terms+16(FP), R11
	MOVQ start+24(FP), R12
	MOVQ rows+32(FP), R13
	MOVQ stride+40(FP), R8

row:
	MOVQ    (R12), DX
	MOVQ    8(R12), CX
	ADDQ    $8, R12
	SUBQ    DX, CX
	LEAQ    (R11)(DX*8), DX
	VMOVUPS (SI), Z0
	TESTQ   CX, CX
	JEQ     end

two: // one after the other, since both may be of the same feature
	MOVLQSX      (DX), AX
	MOVLQSX      8(DX), BX
	IMULQ        R8, AX
	IMULQ        R8, BX
	VBROADCASTSS 4(DX), Z1
	VBROADCASTSS 12(DX), Z2
	VMULPS       Z0, Z1, Z1
	VMULPS       Z0, Z2, Z2
	VADDPS       (DI)(AX*1), Z1, Z1 // g[f] += v * d
	VMOVUPS      Z1, (DI)(AX*1)
	VADDPS       (DI)(BX*1), Z2, Z2
	VMOVUPS      Z2, (DI)(BX*1)
	ADDQ         $16, DX
	SUBQ         $2, CX
	JNE          two

end:
	ADDQ R8, SI
	DECQ R13
	JNE  row
	VZEROUPPER
	RET

// func descendAVX512(w, grad *float32, n int, decay, scale float32)
TEXT ·descendAVX512(SB), NOSPLIT, $0-32
	MOVQ         w+0(FP), DI
	MOVQ         grad+8(FP), SI
	MOVQ         n+16(FP), CX
	VBROADCASTSS decay+24(FP), Z4
	VBROADCASTSS scale+28(FP), Z0
	VPXORQ       Z3, Z3, Z3

loop:
	VMULPS  (SI), Z0, Z1 // scale * g
	VMULPS  (DI), Z4, Z2 // decay * w
	VSUBPS  Z1, Z2, Z2
	VMOVUPS Z2, (DI)
	VMOVUPS Z3, (SI)     // g = 0
	ADDQ    $64, DI
	ADDQ    $64, SI
	SUBQ    $16, CX
	JNE     loop
	VZEROUPPER
	RET

// func blendAVX512(avg, w *float32, n int, share float32)
TEXT ·blendAVX512(SB), NOSPLIT, $0-28
	MOVQ         avg+0(FP), DI
	MOVQ         w+8(FP), SI
	MOVQ         n+16(FP), CX
	VBROADCASTSS share+24(FP), Z0

loop:
	VMOVUPS (DI), Z1
	VMOVUPS (SI), Z2
	VSUBPS  Z1, Z2, Z2 // w - avg
	VMULPS  Z2, Z0, Z2
	VADDPS  Z2, Z1, Z1 // avg += share * (w - avg)
	VMOVUPS Z1, (DI)
	ADDQ    $64, DI
	ADDQ    $64, SI
	SUBQ    $16, CX
	JNE     loop
	VZEROUPPER
	RET

// With AVX2 a group is two registers of 8 lanes.

// func forwardAVX2(z, w *float32, terms *term, start *int, rows, stride int)
TEXT ·forwardAVX2(SB), NOSPLIT, $0-48
	MOVQ z+0(FP), DI
	MOVQ w+8(FP), SI
	MOVQ terms+16(FP), R11
	MOVQ start+24(FP), R12
	MOVQ rows+32(FP), R13
	MOVQ stride+40(FP), R8

row:
	MOVQ    (R12), DX
	MOVQ    8(R12), CX
	ADDQ    $8, R12
	SUBQ    DX, CX
	LEAQ    (R11)(DX*8), DX
	VXORPS  Y0, Y0, Y0
	VXORPS  Y1, Y1, Y1
	TESTQ   CX, CX
	JEQ     end

four:
	MOVLQSX      (DX), AX
	MOVLQSX      8(DX), BX
	MOVLQSX      16(DX), R9
	MOVLQSX      24(DX), R10
	IMULQ        R8, AX
	IMULQ        R8, BX
	IMULQ        R8, R9
	IMULQ        R8, R10
	VBROADCASTSS 4(DX), Y2
	VBROADCASTSS 12(DX), Y3
	VBROADCASTSS 20(DX), Y4
	VBROADCASTSS 28(DX), Y5
	VMULPS       (SI)(AX*1), Y2, Y6
	VMULPS       (SI)(BX*1), Y3, Y7
	VMULPS       (SI)(R9*1), Y4, Y8
	VMULPS       (SI)(R10*1), Y5, Y9
	VMULPS       32(SI)(AX*1), Y2, Y2
	VMULPS       32(SI)(BX*1), Y3, Y3
	VMULPS       32(SI)(R9*1), Y4, Y4
	VMULPS       32(SI)(R10*1), Y5, Y5
	VADDPS       Y7, Y6, Y6
	VADDPS       Y9, Y8, Y8
	VADDPS       Y3, Y2, Y2
	VADDPS       Y5, Y4, Y4
	VADDPS       Y8, Y6, Y6
	VADDPS       Y4, Y2, Y2
	VADDPS       Y6, Y0, Y0
	VADDPS       Y2, Y1, Y1
	ADDQ         $32, DX
	SUBQ         $4, CX
	JNE          four

end:
	VADDPS  (DI), Y0, Y0
	VADDPS  32(DI), Y1, Y1
	VMOVUPS Y0, (DI)
	VMOVUPS Y1, 32(DI)
	ADDQ    R8, DI
	DECQ    R13
	JNE     row
	VZEROUPPER
	RET

// func backwardAVX2(grad, d *float32, terms *term, start *int, rows, stride int)
TEXT ·backwardAVX2(SB), NOSPLIT, $0-48
	MOVQ grad+0(FP), DI
	MOVQ d+8(FP), SI
	MOVQ terms+16(FP), R11
	MOVQ start+24(FP), R12
	MOVQ rows+32(FP), R13
	MOVQ stride+40(FP), R8

row:
	MOVQ    (R12), DX
	MOVQ    8(R12), CX
	ADDQ    $8, R12
	SUBQ    DX, CX
	LEAQ    (R11)(DX*8), DX
	VMOVUPS (SI), Y0
	VMOVUPS 32(SI), Y1
	TESTQ   CX, CX
	JEQ     end

two: // one after the other, since both may be of the same feature
	MOVLQSX      (DX), AX
	MOVLQSX      8(DX), BX
	IMULQ        R8, AX
	IMULQ        R8, BX
	VBROADCASTSS 4(DX), Y2
	VBROADCASTSS 12(DX), Y3
	VMULPS       Y0, Y2, Y4
	VMULPS       Y1, Y2, Y5
	VADDPS       (DI)(AX*1), Y4, Y4
	VADDPS       32(DI)(AX*1), Y5, Y5
	VMOVUPS      Y4, (DI)(AX*1)
	VMOVUPS      Y5, 32(DI)(AX*1)
	VMULPS       Y0, Y3, Y6
	VMULPS       Y1, Y3, Y7
	VADDPS       (DI)(BX*1), Y6, Y6
	VADDPS       32(DI)(BX*1), Y7, Y7
	VMOVUPS      Y6, (DI)(BX*1)
	VMOVUPS      Y7, 32(DI)(BX*1)
	ADDQ         $16, DX
	SUBQ         $2, CX
	JNE          two

end:
	ADDQ R8, SI
	DECQ R13
	JNE  row
	VZEROUPPER
	RET

// func descendAVX2(w, grad *float32, n int, decay, scale float32)
TEXT ·descendAVX2(SB), NOSPLIT, $0-32
	MOVQ         w+0(FP), DI
	MOVQ         grad+8(FP), SI
	MOVQ         n+16(FP), CX
	VBROADCASTSS decay+24(FP), Y4
	VBROADCASTSS scale+28(FP), Y0
	VXORPS       Y3, Y3, Y3

loop:
	VMULPS  (SI), Y0, Y1
	VMULPS  (DI), Y4, Y2
	VSUBPS  Y1, Y2, Y2
	VMOVUPS Y2, (DI)
	VMOVUPS Y3, (SI)
	ADDQ    $32, DI
	ADDQ    $32, SI
	SUBQ    $8, CX
	JNE     loop
	VZEROUPPER
	RET

// func blendAVX2(avg, w *float32, n int, share float32)
TEXT ·blendAVX2(SB), NOSPLIT, $0-28
	MOVQ         avg+0(FP), DI
	MOVQ         w+8(FP), SI
	MOVQ         n+16(FP), CX
	VBROADCASTSS share+24(FP), Y0

loop:
	VMOVUPS (DI), Y1
	VMOVUPS (SI), Y2
	VSUBPS  Y1, Y2, Y2
	VMULPS  Y2, Y0, Y2
	VADDPS  Y2, Y1, Y1
	VMOVUPS Y1, (DI)
	ADDQ    $32, DI
	ADDQ    $32, SI
	SUBQ    $8, CX
	JNE     loop
	VZEROUPPER
	RET

// 16 lanes of all columns of a list; soon is 4.
//
//	DI  w     R8   stride        AX  a feature's offset
//	SI  d     R9   the list      BX  a term, a row's offset
//	DX  terms R10  columns left  R11 the term after the last
//	R12 avg, or nil
//
// func descendColumnsAVX2(w, avg, d *float32, terms *term, list *column, n, stride int, scale, mix float32)
TEXT ·descendColumnsAVX2(SB), NOSPLIT, $0-64
	MOVQ         w+0(FP), DI
	MOVQ         avg+8(FP), R12
	MOVQ         d+16(FP), SI
	MOVQ         terms+24(FP), DX
	MOVQ         list+32(FP), R9
	MOVQ         n+40(FP), R10
	MOVQ         stride+48(FP), R8
	VBROADCASTSS scale+56(FP), Y14
	VBROADCASTSS mix+60(FP), Y15

column:
	MOVLQSX    32(R9), AX           // the feature four columns on
	IMULQ      R8, AX
	PREFETCHT0 (DI)(AX*1)
	PREFETCHT0 (R12)(AX*1)          // no harm if there is none
	MOVLQSX    4(R9), BX
	MOVLQSX    12(R9), R11
	LEAQ       (DX)(BX*8), CX
	LEAQ       (DX)(R11*8), R11
	VXORPS     Y0, Y0, Y0
	VXORPS     Y1, Y1, Y1

term:
	MOVLQSX      (CX), BX
	IMULQ        R8, BX
	VBROADCASTSS 4(CX), Y2
	VMULPS       (SI)(BX*1), Y2, Y3 // v * d
	VMULPS       32(SI)(BX*1), Y2, Y4
	VADDPS       Y3, Y0, Y0
	VADDPS       Y4, Y1, Y1
	ADDQ         $8, CX
	CMPQ         CX, R11
	JNE          term

	MOVLQSX (R9), AX
	IMULQ   R8, AX
	VMULPS  Y0, Y14, Y2 // w -= scale * s
	VMULPS  Y1, Y14, Y3
	VMOVUPS (DI)(AX*1), Y4
	VMOVUPS 32(DI)(AX*1), Y5
	VSUBPS  Y2, Y4, Y4
	VSUBPS  Y3, Y5, Y5
	VMOVUPS Y4, (DI)(AX*1)
	VMOVUPS Y5, 32(DI)(AX*1)
	TESTQ   R12, R12
	JEQ     next
	VMULPS  Y0, Y15, Y2 // avg += mix * s
	VMULPS  Y1, Y15, Y3
	VADDPS  (R12)(AX*1), Y2, Y2
	VADDPS  32(R12)(AX*1), Y3, Y3
	VMOVUPS Y2, (R12)(AX*1)
	VMOVUPS Y3, 32(R12)(AX*1)

next:
	ADDQ $8, R9
	DECQ R10
	JNE  column
	VZEROUPPER
	RET

// func prefetch(p *uint8, n int)
TEXT ·prefetch(SB), NOSPLIT, $0-16
	MOVQ p+0(FP), SI
	MOVQ n+8(FP), CX

loop:
	PREFETCHT0 (SI)
	ADDQ       $64, SI
	SUBQ       $64, CX
	JGT        loop
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
	MOVLQSX (DX), AX
	IMULQ   R8, AX
	ADDQ    SI, AX
	MOVQ    R9, BX

line:
	PREFETCHT0 (AX)
	ADDQ       $64, AX
	SUBQ       $64, BX
	JGT        line
	ADDQ       $8, DX
	DECQ       CX
	JNE        row
	RET
