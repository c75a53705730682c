//go:build gc && !purego

#include "textflag.h"

// What scanAVX2 makes of a byte b: b/255 = b*hi + b*lo, to the bit. hi has so few
// bits that b*hi is exact.
DATA ·hi255<>+0(SB)/4, $0x3b808000
GLOBL ·hi255<>(SB), RODATA|NOPTR, $4

DATA ·lo255<>+0(SB)/4, $0x33808081
GLOBL ·lo255<>(SB), RODATA|NOPTR, $4

// Most groups of 8 bytes are all zero, and which are not is hard to predict. So
// the groups that are not are found first, as bits, 64 at a time, and then
// visited without a guess. A table has, for each choice of bytes of a group,
// their positions.
//
//	DI  dst                      R9   order
//	SI  x, a chunk of it         R10  a bit for each group that has some
//	DX  the index of its first   R11  bytes of the chunk
//	CX  bytes left               BX   a group, or where it starts
//
// func scanAVX2(dst *term, x *uint8, first, n int, order *[8]uint8) (kept int)
TEXT ·scanAVX2(SB), NOSPLIT, $0-48
	MOVQ         dst+0(FP), DI
	MOVQ         x+8(FP), SI
	MOVQ         first+16(FP), DX
	MOVQ         n+24(FP), CX
	MOVQ         order+32(FP), R9
	MOVQ         DI, R8
	VPXOR        X0, X0, X0
	VBROADCASTSS ·hi255<>(SB), Y14
	VBROADCASTSS ·lo255<>(SB), Y15

chunk:
	MOVQ    CX, R11
	CMPQ    R11, $512
	JLE     backwards
	MOVQ    $512, R11

backwards: // from the last group to the first, which has the lowest bit
	MOVQ R11, BX
	XORL R10, R10

group:
	TESTQ $31, BX
	JEQ   four
	SUBQ  $8, BX
	SHLQ  $1, R10
	CMPQ  (SI)(BX*1), $0
	JEQ   group
	INCQ  R10
	JMP   group

four:
	SUBQ      $32, BX
	JLT       visit
	VPCMPEQQ  (SI)(BX*1), Y0, Y1
	VMOVMSKPD Y1, AX
	XORL      $15, AX
	SHLQ      $4, R10
	ORQ       AX, R10
	JMP       four

visit:
	TESTQ R10, R10
	JEQ   next

loop:
	TZCNTQ       R10, BX
	LEAQ         -1(R10), AX
	VMOVQ        (SI)(BX*8), X1
	VPCMPEQB     X0, X1, X2
	VPMOVMSKB    X2, R12
	XORL         $0xffff, R12       // a bit for each byte that is not zero
	VMOVQ        (R9)(R12*8), X3    // where they are
	LEAQ         (DX)(BX*8), BX
	VMOVQ        BX, X4
	VPBROADCASTD X4, Y4
	VPSHUFB      X3, X1, X1
	VPMOVZXBD    X3, Y3
	VPMOVZXBD    X1, Y1
	VPADDD       Y4, Y3, Y3         // the indices
	VCVTDQ2PS    Y1, Y1
	VMULPS       Y14, Y1, Y2
	VMULPS       Y15, Y1, Y1
	VADDPS       Y1, Y2, Y1         // the values
	VPUNPCKLDQ   Y1, Y3, Y5
	VPUNPCKHDQ   Y1, Y3, Y6
	VMOVDQU      X5, (DI)
	VMOVDQU      X6, 16(DI)
	VEXTRACTI128 $1, Y5, 32(DI)
	VEXTRACTI128 $1, Y6, 48(DI)
	POPCNTL      R12, R12
	LEAQ         (DI)(R12*8), DI
	ANDQ         AX, R10            // without its lowest bit
	JNE          loop

next:
	ADDQ R11, DX
	ADDQ R11, SI
	SUBQ R11, CX
	JNE  chunk
	SUBQ R8, DI
	SHRQ $3, DI
	MOVQ DI, kept+40(FP)
	VZEROUPPER
	RET

// func scanFloatsAVX2(dst *term, x *float32, first, n int, order *[8]uint8) (kept int)
TEXT ·scanFloatsAVX2(SB), NOSPLIT, $0-48
	MOVQ         dst+0(FP), DI
	MOVQ         x+8(FP), SI
	MOVQ         first+16(FP), DX
	MOVQ         n+24(FP), CX
	MOVQ         order+32(FP), R9
	MOVQ         DI, R8
	VXORPS       Y0, Y0, Y0
	VMOVQ        DX, X4
	VPBROADCASTD X4, Y4             // the index of the first of eight
	MOVL         $8, AX
	VMOVQ        AX, X7
	VPBROADCASTD X7, Y7

loop:
	VMOVUPS      (SI), Y1
	VCMPPS       $4, Y0, Y1, Y2     // not equal to 0, as NaN is
	VMOVMSKPS    Y2, AX
	VPMOVZXBD    (R9)(AX*8), Y3     // where they are
	VPERMPS      Y1, Y3, Y1
	VPADDD       Y4, Y3, Y3
	VPUNPCKLDQ   Y1, Y3, Y5
	VPUNPCKHDQ   Y1, Y3, Y6
	VMOVDQU      X5, (DI)
	VMOVDQU      X6, 16(DI)
	VEXTRACTI128 $1, Y5, 32(DI)
	VEXTRACTI128 $1, Y6, 48(DI)
	POPCNTL      AX, AX
	LEAQ         (DI)(AX*8), DI
	VPADDD       Y7, Y4, Y4
	ADDQ         $32, SI
	SUBQ         $8, CX
	JNE          loop
	SUBQ         R8, DI
	SHRQ         $3, DI
	MOVQ         DI, kept+40(FP)
	VZEROUPPER
	RET
