//go:build gc && !purego

#include "textflag.h"

// Products are rounded before they are added: VMULPS, then VADDPS, never a
// fused multiply-add. In the comments beside the code, z, w, g and d are the 16
// lanes of a block.
//
//	DI  z, g, avg: what is written    AX  a feature's offset in bytes
//	SI  w, d: what is read            CX  how many are left
//	DX  terms, of 8 bytes each        R8  stride

// func forwardAVX512(z, w *float32, row *term, n, stride int)
TEXT ·forwardAVX512(SB), NOSPLIT, $0-40
	MOVQ    z+0(FP), DI
	MOVQ    w+8(FP), SI
	MOVQ    row+16(FP), DX
	MOVQ    n+24(FP), CX
	MOVQ    stride+32(FP), R8
	VMOVUPS (DI), Z0

four:
	CMPQ         CX, $4
	JLT          one
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
	VADDPS       Z1, Z0, Z0          // z += v * w[f], in the order of the terms
	VADDPS       Z2, Z0, Z0
	VADDPS       Z3, Z0, Z0
	VADDPS       Z4, Z0, Z0
	ADDQ         $32, DX
	SUBQ         $4, CX
	JMP          four

one:
	TESTQ        CX, CX
	JEQ          done
	MOVLQSX      (DX), AX
	IMULQ        R8, AX
	VBROADCASTSS 4(DX), Z1
	VMULPS       (SI)(AX*1), Z1, Z1
	VADDPS       Z1, Z0, Z0
	ADDQ         $8, DX
	DECQ         CX
	JMP          one

done:
	VMOVUPS Z0, (DI)
	VZEROUPPER
	RET

// func backwardAVX512(grad, d *float32, row *term, n, stride int)
TEXT ·backwardAVX512(SB), NOSPLIT, $0-40
	MOVQ    grad+0(FP), DI
	MOVQ    d+8(FP), SI
	MOVQ    row+16(FP), DX
	MOVQ    n+24(FP), CX
	MOVQ    stride+32(FP), R8
	VMOVUPS (SI), Z0

loop:
	MOVLQSX      (DX), AX
	IMULQ        R8, AX
	VBROADCASTSS 4(DX), Z1
	VMULPS       Z0, Z1, Z1          // v * d
	VMOVUPS      (DI)(AX*1), Z2
	VADDPS       Z1, Z2, Z2          // g[f] += v * d
	VMOVUPS      Z2, (DI)(AX*1)
	ADDQ         $8, DX
	DECQ         CX
	JNE          loop
	VZEROUPPER
	RET

// func descendAVX512(w, grad *float32, n int, scale float32)
TEXT ·descendAVX512(SB), NOSPLIT, $0-28
	MOVQ         w+0(FP), DI
	MOVQ         grad+8(FP), SI
	MOVQ         n+16(FP), CX
	VBROADCASTSS scale+24(FP), Z0
	VPXORQ       Z3, Z3, Z3

loop:
	VMULPS  (SI), Z0, Z1 // scale * g
	VMOVUPS (DI), Z2
	VSUBPS  Z1, Z2, Z2   // w -= scale * g
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

// With AVX2 a block is two registers of 8 lanes.

// func forwardAVX2(z, w *float32, row *term, n, stride int)
TEXT ·forwardAVX2(SB), NOSPLIT, $0-40
	MOVQ    z+0(FP), DI
	MOVQ    w+8(FP), SI
	MOVQ    row+16(FP), DX
	MOVQ    n+24(FP), CX
	MOVQ    stride+32(FP), R8
	VMOVUPS (DI), Y0
	VMOVUPS 32(DI), Y1

two:
	CMPQ         CX, $2
	JLT          one
	MOVLQSX      (DX), AX
	MOVLQSX      8(DX), BX
	IMULQ        R8, AX
	IMULQ        R8, BX
	VBROADCASTSS 4(DX), Y2
	VBROADCASTSS 12(DX), Y3
	VMULPS       (SI)(AX*1), Y2, Y4
	VMULPS       32(SI)(AX*1), Y2, Y5
	VMULPS       (SI)(BX*1), Y3, Y6
	VMULPS       32(SI)(BX*1), Y3, Y7
	VADDPS       Y4, Y0, Y0
	VADDPS       Y5, Y1, Y1
	VADDPS       Y6, Y0, Y0
	VADDPS       Y7, Y1, Y1
	ADDQ         $16, DX
	SUBQ         $2, CX
	JMP          two

one:
	TESTQ        CX, CX
	JEQ          done
	MOVLQSX      (DX), AX
	IMULQ        R8, AX
	VBROADCASTSS 4(DX), Y2
	VMULPS       (SI)(AX*1), Y2, Y4
	VMULPS       32(SI)(AX*1), Y2, Y5
	VADDPS       Y4, Y0, Y0
	VADDPS       Y5, Y1, Y1

done:
	VMOVUPS Y0, (DI)
	VMOVUPS Y1, 32(DI)
	VZEROUPPER
	RET

// func backwardAVX2(grad, d *float32, row *term, n, stride int)
TEXT ·backwardAVX2(SB), NOSPLIT, $0-40
	MOVQ    grad+0(FP), DI
	MOVQ    d+8(FP), SI
	MOVQ    row+16(FP), DX
	MOVQ    n+24(FP), CX
	MOVQ    stride+32(FP), R8
	VMOVUPS (SI), Y0
	VMOVUPS 32(SI), Y1

loop:
	MOVLQSX      (DX), AX
	IMULQ        R8, AX
	VBROADCASTSS 4(DX), Y2
	VMULPS       Y0, Y2, Y3
	VMULPS       Y1, Y2, Y4
	VMOVUPS      (DI)(AX*1), Y5
	VMOVUPS      32(DI)(AX*1), Y6
	VADDPS       Y3, Y5, Y5
	VADDPS       Y4, Y6, Y6
	VMOVUPS      Y5, (DI)(AX*1)
	VMOVUPS      Y6, 32(DI)(AX*1)
	ADDQ         $8, DX
	DECQ         CX
	JNE          loop
	VZEROUPPER
	RET

// func descendAVX2(w, grad *float32, n int, scale float32)
TEXT ·descendAVX2(SB), NOSPLIT, $0-28
	MOVQ         w+0(FP), DI
	MOVQ         grad+8(FP), SI
	MOVQ         n+16(FP), CX
	VBROADCASTSS scale+24(FP), Y0
	VXORPS       Y3, Y3, Y3

loop:
	VMULPS  (SI), Y0, Y1
	VMOVUPS (DI), Y2
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

// The tables of scanAVX512: 0 to 15, and which of 16 indices and 16 values
// follow one another in the first 8 terms and in the last 8.
DATA ·iota<>+0(SB)/4, $0
DATA ·iota<>+4(SB)/4, $1
DATA ·iota<>+8(SB)/4, $2
DATA ·iota<>+12(SB)/4, $3
DATA ·iota<>+16(SB)/4, $4
DATA ·iota<>+20(SB)/4, $5
DATA ·iota<>+24(SB)/4, $6
DATA ·iota<>+28(SB)/4, $7
DATA ·iota<>+32(SB)/4, $8
DATA ·iota<>+36(SB)/4, $9
DATA ·iota<>+40(SB)/4, $10
DATA ·iota<>+44(SB)/4, $11
DATA ·iota<>+48(SB)/4, $12
DATA ·iota<>+52(SB)/4, $13
DATA ·iota<>+56(SB)/4, $14
DATA ·iota<>+60(SB)/4, $15
GLOBL ·iota<>(SB), RODATA|NOPTR, $64

DATA ·pairs<>+0(SB)/4, $0
DATA ·pairs<>+4(SB)/4, $16
DATA ·pairs<>+8(SB)/4, $1
DATA ·pairs<>+12(SB)/4, $17
DATA ·pairs<>+16(SB)/4, $2
DATA ·pairs<>+20(SB)/4, $18
DATA ·pairs<>+24(SB)/4, $3
DATA ·pairs<>+28(SB)/4, $19
DATA ·pairs<>+32(SB)/4, $4
DATA ·pairs<>+36(SB)/4, $20
DATA ·pairs<>+40(SB)/4, $5
DATA ·pairs<>+44(SB)/4, $21
DATA ·pairs<>+48(SB)/4, $6
DATA ·pairs<>+52(SB)/4, $22
DATA ·pairs<>+56(SB)/4, $7
DATA ·pairs<>+60(SB)/4, $23
GLOBL ·pairs<>(SB), RODATA|NOPTR, $64

// func scanAVX512(dst *term, x *uint8, first, n int) (kept int)
TEXT ·scanAVX512(SB), NOSPLIT, $0-40
	MOVQ         dst+0(FP), DI
	MOVQ         x+8(FP), SI
	MOVQ         first+16(FP), AX
	MOVQ         n+24(FP), CX
	MOVQ         DI, R8
	VPBROADCASTD AX, Z0
	VPADDD       ·iota<>(SB), Z0, Z0 // the index of each byte
	MOVL         $16, AX
	VPBROADCASTD AX, Z10
	MOVL         $255, AX
	VPBROADCASTD AX, Z11
	VCVTDQ2PS    Z11, Z11
	VMOVDQU32    ·pairs<>(SB), Z12
	MOVL         $8, AX
	VPBROADCASTD AX, Z13
	VPADDD       Z12, Z13, Z13

loop:
	VPMOVZXBD   (SI), Z1
	VPTESTMD    Z1, Z1, K1
	KMOVW       K1, AX
	TESTL       AX, AX
	JEQ         next
	VCVTDQ2PS   Z1, Z1
	VDIVPS      Z11, Z1, Z1 // b / 255
	VPCOMPRESSD.Z Z0, K1, Z3
	VPCOMPRESSD.Z Z1, K1, Z4
	VMOVDQA32   Z12, Z5
	VMOVDQA32   Z13, Z6
	VPERMI2D    Z4, Z3, Z5
	VPERMI2D    Z4, Z3, Z6
	VMOVDQU32   Z5, (DI)
	VMOVDQU32   Z6, 64(DI)
	POPCNTL     AX, AX
	LEAQ        (DI)(AX*8), DI

next:
	VPADDD Z10, Z0, Z0
	ADDQ   $16, SI
	SUBQ   $16, CX
	JNE    loop
	SUBQ   R8, DI
	SHRQ   $3, DI
	MOVQ   DI, kept+32(FP)
	VZEROUPPER
	RET

// func scanAVX2(dst *term, x *uint8, first, n int, pixel *float32) (kept int)
TEXT ·scanAVX2(SB), NOSPLIT, $0-48
	MOVQ  dst+0(FP), DI
	MOVQ  x+8(FP), SI
	MOVQ  first+16(FP), DX
	MOVQ  n+24(FP), CX
	MOVQ  pixel+32(FP), R9
	MOVQ  DI, R8
	VPXOR X0, X0, X0

loop:
	VPCMPEQB  (SI), X0, X1
	VPMOVMSKB X1, AX
	XORL      $0xffff, AX // a bit for each byte that is not zero
	JEQ       next

bit:
	BSFL    AX, BX
	LEAL    -1(AX), R10
	ANDL    R10, AX                  // without its lowest bit
	MOVBLZX (SI)(BX*1), R11
	MOVL    (R9)(R11*4), R11
	LEAL    (DX)(BX*1), R12
	MOVL    R12, (DI)
	MOVL    R11, 4(DI)
	ADDQ    $8, DI
	TESTL   AX, AX
	JNE     bit

next:
	ADDQ $16, DX
	ADDQ $16, SI
	SUBQ $16, CX
	JNE  loop
	SUBQ R8, DI
	SHRQ $3, DI
	MOVQ DI, kept+40(FP)
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
