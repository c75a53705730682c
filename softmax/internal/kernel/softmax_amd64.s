//go:build gc && !purego

#include "textflag.h"

// The steps of exp32 are written beside the code; c has its constants, each in
// 8 lanes.
//
//	Y0  top     DI  z, on its way    R8   the row    Y2, Y3  x, then what becomes of it
//	Y14, Y15    CX  lanes left       R9   lanes
//	    sums    DX  c                R10  rows left  Y4, Y5  z - z
//	                                 R11  loss
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
	VMOVSS       X0, 4(R11) // loss.top
	VBROADCASTSS X0, Y0

	MOVQ   R8, DI
	MOVQ   R9, CX
	VXORPS Y14, Y14, Y14
	VXORPS Y15, Y15, Y15

exp:
	VMOVUPS (DI), Y2
	VMOVUPS 32(DI), Y3
	VSUBPS  Y2, Y2, Y4
	VSUBPS  Y3, Y3, Y5
	VSUBPS  Y0, Y2, Y2       // x = z - top
	VSUBPS  Y0, Y3, Y3
	VCMPPS  $13, (DX), Y2, Y12 // x >= expMin
	VCMPPS  $13, (DX), Y3, Y13
	VMULPS  32(DX), Y2, Y6   // t = x*log2e + round
	VMULPS  32(DX), Y3, Y7
	VADDPS  64(DX), Y6, Y6
	VADDPS  64(DX), Y7, Y7
	VSUBPS  64(DX), Y6, Y8   // n = t - round
	VSUBPS  64(DX), Y7, Y9
	VMULPS  96(DX), Y8, Y10  // r = x - n*ln2Hi - n*ln2Lo
	VMULPS  96(DX), Y9, Y11
	VSUBPS  Y10, Y2, Y2
	VSUBPS  Y11, Y3, Y3
	VMULPS  128(DX), Y8, Y8
	VMULPS  128(DX), Y9, Y9
	VSUBPS  Y8, Y2, Y2
	VSUBPS  Y9, Y3, Y3
	VMULPS  160(DX), Y2, Y8  // p = (((((exp7 r + exp6) r + ...
	VMULPS  160(DX), Y3, Y9
	VADDPS  192(DX), Y8, Y8
	VADDPS  192(DX), Y9, Y9
	VMULPS  Y2, Y8, Y8
	VMULPS  Y3, Y9, Y9
	VADDPS  224(DX), Y8, Y8
	VADDPS  224(DX), Y9, Y9
	VMULPS  Y2, Y8, Y8
	VMULPS  Y3, Y9, Y9
	VADDPS  256(DX), Y8, Y8
	VADDPS  256(DX), Y9, Y9
	VMULPS  Y2, Y8, Y8
	VMULPS  Y3, Y9, Y9
	VADDPS  288(DX), Y8, Y8
	VADDPS  288(DX), Y9, Y9
	VMULPS  Y2, Y8, Y8
	VMULPS  Y3, Y9, Y9
	VADDPS  320(DX), Y8, Y8
	VADDPS  320(DX), Y9, Y9
	VMULPS  Y2, Y2, Y10      // y = r*r*p + r + 1
	VMULPS  Y3, Y3, Y11
	VMULPS  Y8, Y10, Y8
	VMULPS  Y9, Y11, Y9
	VADDPS  Y2, Y8, Y8
	VADDPS  Y3, Y9, Y9
	VADDPS  352(DX), Y8, Y8
	VADDPS  352(DX), Y9, Y9
	VPSLLD  $23, Y6, Y6      // times 2**n
	VPSLLD  $23, Y7, Y7
	VPADDD  Y6, Y8, Y8
	VPADDD  Y7, Y9, Y9
	VANDPS  Y12, Y8, Y8
	VANDPS  Y13, Y9, Y9
	VADDPS  Y4, Y8, Y8
	VADDPS  Y5, Y9, Y9
	VMOVUPS Y8, (DI)
	VMOVUPS Y9, 32(DI)
	VADDPS  Y8, Y14, Y14
	VADDPS  Y9, Y15, Y15
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
	VMOVSS       X1, 8(R11) // loss.sum
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
