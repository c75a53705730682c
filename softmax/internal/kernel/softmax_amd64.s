//go:build gc && !purego

#include "textflag.h"

// EXP computes e = exp(z - top) + (z - z) of the eight lanes at z, in place,
// and adds it to sum. See func exp for the steps. c holds the constants of exp,
// each in eight lanes.
#define EXP(z, sum) \
	VMOVUPS z, Y2;                                                \
	VSUBPS  Y2, Y2, Y3;                                           \
	VSUBPS  Y0, Y2, Y2;         /* x = z - top */                 \
	VCMPPS  $13, (DX), Y2, Y4;  /* x >= expMin */                 \
	VMULPS  32(DX), Y2, Y5;     /* t = x*log2e + expRound */      \
	VADDPS  64(DX), Y5, Y5;                                       \
	VSUBPS  64(DX), Y5, Y6;     /* n = t - expRound */            \
	VMULPS  96(DX), Y6, Y7;     /* r = x - n*ln2Hi - n*ln2Lo */   \
	VSUBPS  Y7, Y2, Y2;                                           \
	VMULPS  128(DX), Y6, Y6;                                      \
	VSUBPS  Y6, Y2, Y2;                                           \
	VMULPS  160(DX), Y2, Y6;    /* p = ((exp7 r + exp6) r + ... */ \
	VADDPS  192(DX), Y6, Y6;                                      \
	VMULPS  Y2, Y6, Y6;                                           \
	VADDPS  224(DX), Y6, Y6;                                      \
	VMULPS  Y2, Y6, Y6;                                           \
	VADDPS  256(DX), Y6, Y6;                                      \
	VMULPS  Y2, Y6, Y6;                                           \
	VADDPS  288(DX), Y6, Y6;                                      \
	VMULPS  Y2, Y6, Y6;                                           \
	VADDPS  320(DX), Y6, Y6;                                      \
	VMULPS  Y2, Y2, Y7;         /* y = r*r*p + r + 1 */           \
	VMULPS  Y6, Y7, Y6;                                           \
	VADDPS  Y2, Y6, Y6;                                           \
	VADDPS  352(DX), Y6, Y6;                                      \
	VPSLLD  $23, Y5, Y5;        /* times 2**n, or 0 */            \
	VPADDD  Y5, Y6, Y6;                                           \
	VANDPS  Y4, Y6, Y6;                                           \
	VADDPS  Y3, Y6, Y6;                                           \
	VMOVUPS Y6, z;                                                \
	VADDPS  Y6, sum, sum

// Rows of 16 lanes, or a multiple of it.
//
//	Y0        top     R8   the row           DX  c
//	Y14, Y15  sums    R9   lanes             DI  z, in the row
//	                  R10  rows left         CX  lanes left
//	                  R11  loss of the row
//
// func softmaxAVX2(z *float32, lanes, rows int, loss *RowLoss, c *[12][8]float32)
TEXT ·softmaxAVX2(SB), NOSPLIT, $0-40
	MOVQ z+0(FP), R8
	MOVQ lanes+8(FP), R9
	MOVQ rows+16(FP), R10
	MOVQ loss+24(FP), R11
	MOVQ c+32(FP), DX

row:
	MOVQ    R8, DI
	MOVQ    R9, CX
	VMOVUPS (DI), Y0

max:
	VMAXPS (DI), Y0, Y0
	VMAXPS 32(DI), Y0, Y0
	ADDQ   $64, DI
	SUBQ   $16, CX
	JNE    max

	VEXTRACTF128 $1, Y0, X1
	VMAXPS       X1, X0, X0
	VPERMILPS    $0x4e, X0, X1
	VMAXPS       X1, X0, X0
	VPERMILPS    $0xb1, X0, X1
	VMAXPS       X1, X0, X0
	VMOVSS       X0, 4(R11) // loss.Top
	VBROADCASTSS X0, Y0

	MOVQ   R8, DI
	MOVQ   R9, CX
	VXORPS Y14, Y14, Y14
	VXORPS Y15, Y15, Y15

exp:
	EXP((DI), Y14)
	EXP(32(DI), Y15)
	ADDQ    $64, DI
	SUBQ    $16, CX
	JNE     exp

	VADDPS       Y15, Y14, Y14 // 16 lanes to 8, 4, 2, 1
	VEXTRACTF128 $1, Y14, X1
	VADDPS       X1, X14, X1
	VPERMILPS    $0x4e, X1, X2
	VADDPS       X2, X1, X1
	VPERMILPS    $0xb1, X1, X2
	VADDPS       X2, X1, X1
	VMOVSS       X1, 8(R11) // loss.Sum
	VBROADCASTSS X1, Y1
	MOVQ         R8, DI
	MOVQ         R9, CX

divide:
	VMOVUPS (DI), Y2
	VMOVUPS 32(DI), Y3
	VDIVPS  Y1, Y2, Y2
	VDIVPS  Y1, Y3, Y3
	VMOVUPS Y2, (DI)
	VMOVUPS Y3, 32(DI)
	ADDQ    $64, DI
	SUBQ    $16, CX
	JNE     divide
	MOVQ    DI, R8
	ADDQ    $12, R11
	DECQ    R10
	JNE     row
	VZEROUPPER
	RET
