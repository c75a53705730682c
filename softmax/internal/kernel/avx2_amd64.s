//go:build gc && !purego

#include "textflag.h"

// A product is rounded before it is added: VMULPS, then VADDPS, never a fused
// multiply-add.
//
// The kernels of quads take 40 lanes at a time. For each lane, spread names the
// one of the quad's four values that multiplies it, for VPERMILPS.
//
//	DI  s, g: what is written    R10  index of the quads
//	SI  w, d: what is read       R11  value of the quads
//	R8  stride of quads          R12  where the next row starts
//	AX  a quad's offset          R13  rows left
//	DX  the next quad, times 4   CX   the end of the row, times 4

#define ARGUMENTS \
	MOVQ    index+16(FP), R10; \
	MOVQ    value+24(FP), R11; \
	MOVQ    start+32(FP), R12; \
	MOVQ    rows+40(FP), R13;  \
	MOVQ    stride+48(FP), R8; \
	MOVQ    spread+56(FP), AX; \
	VMOVUPS (AX), Y11;         \
	VMOVUPS 32(AX), Y12;       \
	VMOVUPS 64(AX), Y13;       \
	VMOVUPS 96(AX), Y14;       \
	VMOVUPS 128(AX), Y15

// ROW finds the quads of a row and loads 40 lanes at p.
#define ROW(p) \
	MOVQ    (R12), DX;      \
	MOVQ    8(R12), CX;     \
	ADDQ    $8, R12;        \
	SHLQ    $2, DX;         \
	SHLQ    $2, CX;         \
	VMOVUPS (p), Y0;        \
	VMOVUPS 32(p), Y1;      \
	VMOVUPS 64(p), Y2;      \
	VMOVUPS 96(p), Y3;      \
	VMOVUPS 128(p), Y4

// QUAD sets AX to the offset of a quad and spreads its values over 40 lanes.
#define QUAD \
	MOVLQSX        (R10)(DX*1), AX; \
	IMULQ          R8, AX;          \
	VBROADCASTF128 (R11)(DX*4), Y5; \
	VPERMILPS      Y11, Y5, Y6;     \
	VPERMILPS      Y12, Y5, Y7;     \
	VPERMILPS      Y13, Y5, Y8;     \
	VPERMILPS      Y14, Y5, Y9;     \
	VPERMILPS      Y15, Y5, Y10

// func forwardAVX2(s, w *float32, index *int32, value *[4]float32, start *int, rows, stride int, spread *int32)
TEXT ·forwardAVX2(SB), NOSPLIT, $0-64
	MOVQ s+0(FP), DI
	MOVQ w+8(FP), SI
	ARGUMENTS

row:
	ROW(DI)
	CMPQ DX, CX
	JEQ  end

quad:
	QUAD
	VMULPS (SI)(AX*1), Y6, Y6    // x * w[q]
	VMULPS 32(SI)(AX*1), Y7, Y7
	VMULPS 64(SI)(AX*1), Y8, Y8
	VMULPS 96(SI)(AX*1), Y9, Y9
	VMULPS 128(SI)(AX*1), Y10, Y10
	VADDPS Y6, Y0, Y0
	VADDPS Y7, Y1, Y1
	VADDPS Y8, Y2, Y2
	VADDPS Y9, Y3, Y3
	VADDPS Y10, Y4, Y4
	ADDQ   $4, DX
	CMPQ   DX, CX
	JNE    quad

end:
	VMOVUPS Y0, (DI)
	VMOVUPS Y1, 32(DI)
	VMOVUPS Y2, 64(DI)
	VMOVUPS Y3, 96(DI)
	VMOVUPS Y4, 128(DI)
	ADDQ    R8, DI
	DECQ    R13
	JNE     row
	VZEROUPPER
	RET

// func backwardAVX2(grad, d *float32, index *int32, value *[4]float32, start *int, rows, stride int, spread *int32)
TEXT ·backwardAVX2(SB), NOSPLIT, $0-64
	MOVQ grad+0(FP), DI
	MOVQ d+8(FP), SI
	ARGUMENTS

row:
	ROW(SI)
	CMPQ DX, CX
	JEQ  end

quad:
	QUAD
	VMULPS  Y0, Y6, Y6            // x * d
	VMULPS  Y1, Y7, Y7
	VMULPS  Y2, Y8, Y8
	VMULPS  Y3, Y9, Y9
	VMULPS  Y4, Y10, Y10
	VADDPS  (DI)(AX*1), Y6, Y6    // g[q] += x * d
	VADDPS  32(DI)(AX*1), Y7, Y7
	VADDPS  64(DI)(AX*1), Y8, Y8
	VADDPS  96(DI)(AX*1), Y9, Y9
	VADDPS  128(DI)(AX*1), Y10, Y10
	VMOVUPS Y6, (DI)(AX*1)
	VMOVUPS Y7, 32(DI)(AX*1)
	VMOVUPS Y8, 64(DI)(AX*1)
	VMOVUPS Y9, 96(DI)(AX*1)
	VMOVUPS Y10, 128(DI)(AX*1)
	ADDQ    $4, DX
	CMPQ    DX, CX
	JNE     quad

end:
	ADDQ R8, SI
	DECQ R13
	JNE  row
	VZEROUPPER
	RET

// func updateAVX2(w, grad *float32, n int, decay, scale float32)
TEXT ·updateAVX2(SB), NOSPLIT, $0-32
	MOVQ         w+0(FP), DI
	MOVQ         grad+8(FP), SI
	MOVQ         n+16(FP), CX
	VBROADCASTSS decay+24(FP), Y4
	VBROADCASTSS scale+28(FP), Y0
	VXORPS       Y3, Y3, Y3

loop:
	VMULPS  (SI), Y0, Y1 // scale * g
	VMULPS  (DI), Y4, Y2 // decay * w
	VSUBPS  Y1, Y2, Y2
	VMOVUPS Y2, (DI)
	VMOVUPS Y3, (SI)
	ADDQ    $32, DI
	ADDQ    $32, SI
	SUBQ    $8, CX
	JNE     loop
	VZEROUPPER
	RET

// func averageAVX2(avg, w *float32, n int, share float32)
TEXT ·averageAVX2(SB), NOSPLIT, $0-28
	MOVQ         avg+0(FP), DI
	MOVQ         w+8(FP), SI
	MOVQ         n+16(FP), CX
	VBROADCASTSS share+24(FP), Y0

loop:
	VMOVUPS (DI), Y1
	VMOVUPS (SI), Y2
	VSUBPS  Y1, Y2, Y2 // w - avg
	VMULPS  Y2, Y0, Y2
	VADDPS  Y2, Y1, Y1
	VMOVUPS Y1, (DI)
	ADDQ    $32, DI
	ADDQ    $32, SI
	SUBQ    $8, CX
	JNE     loop
	VZEROUPPER
	RET

// forwardNonzerosAVX2 takes one row of nonzeros, 8 lanes and then 2 at a time.
// stride is that of w, width that of a partial sum, in bytes.
//
// func forwardNonzerosAVX2(s, w *float32, row *Nonzero, n, width, stride int)
TEXT ·forwardNonzerosAVX2(SB), NOSPLIT, $0-48
	MOVQ s+0(FP), DI
	MOVQ w+8(FP), SI
	MOVQ row+16(FP), DX
	MOVQ n+24(FP), CX
	MOVQ width+32(FP), R9
	MOVQ stride+40(FP), R8
	LEAQ -32(R9), R10      // the last offset of 8 lanes

loop:
	MOVLQSX      (DX), AX
	MOVQ         AX, BX
	ANDQ         $3, BX
	IMULQ        R8, AX
	IMULQ        R9, BX
	ADDQ         SI, AX    // w[f]
	ADDQ         DI, BX    // s[f%4]
	VBROADCASTSS 4(DX), Y0
	XORL         R11, R11

eight:
	VMULPS  (AX)(R11*1), Y0, Y1
	VADDPS  (BX)(R11*1), Y1, Y1
	VMOVUPS Y1, (BX)(R11*1)
	ADDQ    $32, R11
	CMPQ    R11, R10
	JLE     eight
	CMPQ    R11, R9
	JEQ     next

two:
	VMOVSD (AX)(R11*1), X1
	VMOVSD (BX)(R11*1), X2
	VMULPS X1, X0, X1
	VADDPS X2, X1, X1
	VMOVSD X1, (BX)(R11*1)
	ADDQ   $8, R11
	CMPQ   R11, R9
	JLT    two

next:
	ADDQ $8, DX
	DECQ CX
	JNE  loop
	VZEROUPPER
	RET
