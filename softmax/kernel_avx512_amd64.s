//go:build gc && !purego

#include "go_asm.h"
#include "later_amd64.h"
#include "textflag.h"

// Products are rounded before they are added: VMULPS, then VADDPS, never a
// fused multiply-add.
//
// The kernels of quads work on 40 lanes at a time. Which of a quad's four values
// each is multiplied with, spread tells, as VPERMILPS wants it.
//
//	DI  s, z, g: what is written    R10  index
//	SI  w, d: what is read          R11  value
//	R8  stride of quads, or see     R12  where the next row starts
//	R9  later, rows to prefetch     R13  rows left
//	AX  a quad's offset, scratch    BX   scratch
//	DX  the next quad, times 4      CX   the one after the row's last

// For ten classes, a row's sums need not leave their registers: Z0, Z1 and Y2 hold
// s0 in ten lanes, then s1, s2 and s3. The last eight lanes of a quad are all of its
// last feature. R8 is base.
//
// func forwardTenAVX512(z, base, w *float32, index *int32, value *[4]float32, start *int, rows, stride, baseStride int, spread *[80]int32, later *upcoming)
TEXT ·forwardTenAVX512(SB), NOSPLIT, $0-88
	MOVQ    z+0(FP), DI
	MOVQ    w+16(FP), SI
	MOVQ    index+24(FP), R10
	MOVQ    value+32(FP), R11
	MOVQ    start+40(FP), R12
	MOVQ    rows+48(FP), R13
	MOVQ    spread+72(FP), AX
	VMOVUPS (AX), Z13
	VMOVUPS 64(AX), Z14
	MOVL    $1023, AX
	KMOVW   AX, K1
	MOVQ    later+80(FP), R9
	MOVQ    base+8(FP), R8
	MOVQ    (R12), DX
	SHLQ    $2, DX

row:
	PREFETCH_LATER
	MOVQ   8(R12), CX
	ADDQ   $8, R12
	SHLQ   $2, CX
	VPXORD Z0, Z0, Z0
	VPXORD Z1, Z1, Z1
	VPXORD Z2, Z2, Z2
	CMPQ   DX, CX
	JEQ    end

quad:
	MOVLQSX         (R10)(DX*1), AX
	IMULQ           $160, AX
	VBROADCASTF32X4 (R11)(DX*4), Z3
	VBROADCASTSS    12(R11)(DX*4), Y6
	VPERMILPS       Z13, Z3, Z4
	VPERMILPS       Z14, Z3, Z5
	VMULPS          (SI)(AX*1), Z4, Z4 // x * w[q]
	VMULPS          64(SI)(AX*1), Z5, Z5
	VMULPS          128(SI)(AX*1), Y6, Y6
	VADDPS          Z4, Z0, Z0
	VADDPS          Z5, Z1, Z1
	VADDPS          Y6, Y2, Y2
	ADDQ            $4, DX
	CMPQ            DX, CX
	JNE             quad

end:
	VALIGND $10, Z0, Z1, Z3    // s1
	VALIGND $4, Z1, Z2, Z4     // s2
	VALIGND $14, Z1, Z2, Z5    // s3
	VADDPS  Z3, Z0, Z0         // (s0 + s1) + (s2 + s3)
	VADDPS  Z5, Z4, Z4
	VADDPS  Z4, Z0, Z0
	VMOVUPS (R8), Z3
	VADDPS  Z0, Z3, K1, Z3     // ten of sixteen lanes
	VMOVUPS Z3, (DI)
	ADDQ    stride+56(FP), DI
	ADDQ    baseStride+64(FP), R8
	DECQ    R13
	JNE     row
	VZEROUPPER
	RET

// Behind spread's 40 lanes there are 40 more, which tell the class of each. R8 is the
// stride of rows.
//
// func backwardTenAVX512(grad, d *float32, index *int32, value *[4]float32, start *int, rows, stride int, spread *[80]int32)
TEXT ·backwardTenAVX512(SB), NOSPLIT, $0-64
	MOVQ    grad+0(FP), DI
	MOVQ    d+8(FP), SI
	MOVQ    index+16(FP), R10
	MOVQ    value+24(FP), R11
	MOVQ    start+32(FP), R12
	MOVQ    rows+40(FP), R13
	MOVQ    stride+48(FP), R8
	MOVQ    spread+56(FP), AX
	VMOVUPS (AX), Z13
	VMOVUPS 64(AX), Z14
	VMOVUPS 160(AX), Z10
	VMOVUPS 224(AX), Z11
	VMOVUPS 288(AX), Y12
	MOVQ    (R12), DX
	SHLQ    $2, DX

row:
	MOVQ    8(R12), CX
	ADDQ    $8, R12
	SHLQ    $2, CX
	VMOVUPS (SI), Z2
	PREFETCHT0 (SI)(R8*8) // another worker may have written it
	VPERMPS Z2, Z10, Z0
	VPERMPS Z2, Z11, Z1
	VPERMPS Z2, Z12, Z2
	CMPQ    DX, CX
	JEQ     end

quad:
	MOVLQSX         (R10)(DX*1), AX
	IMULQ           $160, AX
	VBROADCASTF32X4 (R11)(DX*4), Z3
	VBROADCASTSS    12(R11)(DX*4), Y6
	VPERMILPS       Z13, Z3, Z4
	VPERMILPS       Z14, Z3, Z5
	VMULPS          Z0, Z4, Z4             // x * d
	VMULPS          Z1, Z5, Z5
	VMULPS          Y2, Y6, Y6
	VADDPS          (DI)(AX*1), Z4, Z4     // g[q] += x * d
	VADDPS          64(DI)(AX*1), Z5, Z5
	VADDPS          128(DI)(AX*1), Y6, Y6
	VMOVUPS         Z4, (DI)(AX*1)
	VMOVUPS         Z5, 64(DI)(AX*1)
	VMOVUPS         Y6, 128(DI)(AX*1)
	ADDQ            $4, DX
	CMPQ            DX, CX
	JNE             quad

end:
	ADDQ R8, SI
	DECQ R13
	JNE  row
	VZEROUPPER
	RET

// func forwardAVX512(s, w *float32, index *int32, value *[4]float32, start *int, rows, stride int, spread *[40]int32, later *upcoming)
TEXT ·forwardAVX512(SB), NOSPLIT, $0-72
	MOVQ    s+0(FP), DI
	MOVQ    w+8(FP), SI
	MOVQ    index+16(FP), R10
	MOVQ    value+24(FP), R11
	MOVQ    start+32(FP), R12
	MOVQ    rows+40(FP), R13
	MOVQ    stride+48(FP), R8
	MOVQ    spread+56(FP), AX
	VMOVUPS (AX), Z13
	VMOVUPS 64(AX), Z14
	VMOVUPS 128(AX), Y15
	MOVQ    later+64(FP), R9

row:
	PREFETCH_LATER
	MOVQ    (R12), DX
	MOVQ    8(R12), CX
	ADDQ    $8, R12
	SHLQ    $2, DX
	SHLQ    $2, CX
	VMOVUPS (DI), Z0
	VMOVUPS 64(DI), Z1
	VMOVUPS 128(DI), Y2
	CMPQ    DX, CX
	JEQ     end

quad:
	MOVLQSX         (R10)(DX*1), AX
	IMULQ           R8, AX
	VBROADCASTF32X4 (R11)(DX*4), Z3
	VPERMILPS       Z13, Z3, Z4
	VPERMILPS       Z14, Z3, Z5
	VPERMILPS       Y15, Y3, Y6
	VMULPS          (SI)(AX*1), Z4, Z4 // x * w[q]
	VMULPS          64(SI)(AX*1), Z5, Z5
	VMULPS          128(SI)(AX*1), Y6, Y6
	VADDPS          Z4, Z0, Z0
	VADDPS          Z5, Z1, Z1
	VADDPS          Y6, Y2, Y2
	ADDQ            $4, DX
	CMPQ            DX, CX
	JNE             quad

end:
	VMOVUPS Z0, (DI)
	VMOVUPS Z1, 64(DI)
	VMOVUPS Y2, 128(DI)
	ADDQ    R8, DI
	DECQ    R13
	JNE     row
	VZEROUPPER
	RET

// func backwardAVX512(grad, d *float32, index *int32, value *[4]float32, start *int, rows, stride int, spread *[40]int32)
TEXT ·backwardAVX512(SB), NOSPLIT, $0-64
	MOVQ    grad+0(FP), DI
	MOVQ    d+8(FP), SI
	MOVQ    index+16(FP), R10
	MOVQ    value+24(FP), R11
	MOVQ    start+32(FP), R12
	MOVQ    rows+40(FP), R13
	MOVQ    stride+48(FP), R8
	MOVQ    spread+56(FP), AX
	VMOVUPS (AX), Z13
	VMOVUPS 64(AX), Z14
	VMOVUPS 128(AX), Y15


row:
	MOVQ    (R12), DX
	MOVQ    8(R12), CX
	ADDQ    $8, R12
	SHLQ    $2, DX
	SHLQ    $2, CX
	VMOVUPS (SI), Z0
	VMOVUPS 64(SI), Z1
	VMOVUPS 128(SI), Y2
	CMPQ    DX, CX
	JEQ     end

quad:
	MOVLQSX         (R10)(DX*1), AX
	IMULQ           R8, AX
	VBROADCASTF32X4 (R11)(DX*4), Z3
	VPERMILPS       Z13, Z3, Z4
	VPERMILPS       Z14, Z3, Z5
	VPERMILPS       Y15, Y3, Y6
	VMULPS          Z0, Z4, Z4             // x * d
	VMULPS          Z1, Z5, Z5
	VMULPS          Y2, Y6, Y6
	VADDPS          (DI)(AX*1), Z4, Z4     // g[q] += x * d
	VADDPS          64(DI)(AX*1), Z5, Z5
	VADDPS          128(DI)(AX*1), Y6, Y6
	VMOVUPS         Z4, (DI)(AX*1)
	VMOVUPS         Z5, 64(DI)(AX*1)
	VMOVUPS         Y6, 128(DI)(AX*1)
	ADDQ            $4, DX
	CMPQ            DX, CX
	JNE             quad

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
	SUBQ         $16, CX
	JLT          eight

loop:
	VMULPS  (SI), Z0, Z1 // scale * g
	VMULPS  (DI), Z4, Z2 // decay * w
	VSUBPS  Z1, Z2, Z2
	VMOVUPS Z2, (DI)
	VMOVUPS Z3, (SI)     // g = 0
	ADDQ    $64, DI
	ADDQ    $64, SI
	SUBQ    $16, CX
	JGE     loop

eight:
	ADDQ    $16, CX
	JEQ     end
	VMULPS  (SI), Y0, Y1
	VMULPS  (DI), Y4, Y2
	VSUBPS  Y1, Y2, Y2
	VMOVUPS Y2, (DI)
	VMOVUPS Y3, (SI)

end:
	VZEROUPPER
	RET

// func blendAVX512(avg, w *float32, n int, share float32)
TEXT ·blendAVX512(SB), NOSPLIT, $0-28
	MOVQ         avg+0(FP), DI
	MOVQ         w+8(FP), SI
	MOVQ         n+16(FP), CX
	VBROADCASTSS share+24(FP), Z0
	SUBQ         $16, CX
	JLT          eight

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
	JGE     loop

eight:
	ADDQ    $16, CX
	JEQ     end
	VMOVUPS (DI), Y1
	VMOVUPS (SI), Y2
	VSUBPS  Y1, Y2, Y2
	VMULPS  Y2, Y0, Y2
	VADDPS  Y2, Y1, Y1
	VMOVUPS Y1, (DI)

end:
	VZEROUPPER
	RET

