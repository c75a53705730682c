//go:build gc && !purego

#include "textflag.h"

// What scanAVX2 makes of a byte b: b/255 = b*hi + b*lo, to the bit. hi has so few
// bits that b*hi is exact.
DATA ·hi255<>+0(SB)/4, $0x3b808000
GLOBL ·hi255<>(SB), RODATA|NOPTR, $4

DATA ·lo255<>+0(SB)/4, $0x33808081
GLOBL ·lo255<>(SB), RODATA|NOPTR, $4

// How packing two registers, and two of those, mixes up eight groups of four.
DATA ·unpacked<>+0(SB)/8, $0x0000000400000000
DATA ·unpacked<>+8(SB)/8, $0x0000000500000001
DATA ·unpacked<>+16(SB)/8, $0x0000000600000002
DATA ·unpacked<>+24(SB)/8, $0x0000000700000003
GLOBL ·unpacked<>(SB), RODATA|NOPTR, $32

// Which quads are all zeros is hard to predict. So each is listed, and its place is
// taken by the next if it is.
//
//	R8   the next of index     DI  value    R9  order
//	R10  the first of index    SI  x        DX  the first of x
//	CX   elements of x left
//
// and then, when the quads are listed,
//
//	R8   how many, times 4     CX  the next, times 4

// The quads that are not zero are found first, eight at a time: a table has, for
// each choice of eight, their positions. Then their bytes become numbers, two
// quads at a time, of which the last may be a zero's.
//
// func scanAVX2(index *int32, value *[4]float32, x *uint8, n int, order *[8]uint8) (kept int)
TEXT ·scanAVX2(SB), NOSPLIT, $0-48
	MOVQ         index+0(FP), R8
	MOVQ         value+8(FP), DI
	MOVQ         x+16(FP), SI
	MOVQ         n+24(FP), CX
	MOVQ         order+32(FP), R9
	MOVQ         R8, R10
	MOVQ         SI, DX
	VPXOR        Y0, Y0, Y0
	VPXOR        Y4, Y4, Y4             // the first of eight quads
	MOVL         $8, AX
	VMOVQ        AX, X7
	VPBROADCASTD X7, Y7
	VBROADCASTSS ·hi255<>(SB), Y14
	VBROADCASTSS ·lo255<>(SB), Y15
	SUBQ         $32, CX
	JLT          rest

eight:
	VPCMPEQD  (SI), Y0, Y1
	VMOVMSKPS Y1, AX
	XORL      $255, AX         // a bit for each quad that is not zero
	VPMOVZXBD (R9)(AX*8), Y3   // where they are
	VPADDD    Y4, Y3, Y3
	VMOVDQU   Y3, (R8)
	POPCNTL   AX, AX
	LEAQ      (R8)(AX*4), R8
	VPADDD    Y7, Y4, Y4
	ADDQ      $32, SI
	SUBQ      $32, CX
	JGE       eight

rest:
	ADDQ  $32, CX
	JEQ   values
	VMOVD X4, AX

one:
	MOVL    AX, (R8)
	LEAQ    4(R8), R11
	CMPL    (SI), $0
	CMOVQNE R11, R8
	INCL    AX
	ADDQ    $4, SI
	SUBQ    $4, CX
	JNE     one

values:
	MOVL $0, (R8)             // for an odd number of quads
	SUBQ R10, R8
	MOVQ R8, AX
	SHRQ $2, AX
	MOVQ AX, kept+40(FP)
	JEQ  end
	XORL CX, CX

two:
	MOVLQSX   (R10)(CX*1), AX
	MOVLQSX   4(R10)(CX*1), BX
	VMOVD     (DX)(AX*4), X1
	VPINSRD   $1, (DX)(BX*4), X1, X1
	VPMOVZXBD X1, Y1
	VCVTDQ2PS Y1, Y1
	VMULPS    Y14, Y1, Y2
	VMULPS    Y15, Y1, Y1
	VADDPS    Y1, Y2, Y1
	VMOVUPS   Y1, (DI)(CX*4)
	ADDQ      $8, CX
	CMPQ      CX, R8
	JLT       two

end:
	VZEROUPPER
	RET

// The same for floats. Here, the four elements of a quad first become one.
//
// func scanFloatsAVX2(index *int32, value *[4]float32, x *float32, n int, order *[8]uint8) (kept int)
TEXT ·scanFloatsAVX2(SB), NOSPLIT, $0-48
	MOVQ         index+0(FP), R8
	MOVQ         value+8(FP), DI
	MOVQ         x+16(FP), SI
	MOVQ         n+24(FP), CX
	MOVQ         order+32(FP), R9
	MOVQ         R8, R10
	MOVQ         SI, DX
	VXORPS       Y0, Y0, Y0
	VPXOR        Y9, Y9, Y9             // the first of eight quads
	VMOVDQU      ·unpacked<>(SB), Y8
	MOVL         $8, AX
	VMOVQ        AX, X7
	VPBROADCASTD X7, Y7
	SUBQ         $32, CX
	JLT          rest

eight:
	VCMPPS    $4, (SI), Y0, Y1   // not equal to 0, as NaN is
	VCMPPS    $4, 32(SI), Y0, Y2
	VCMPPS    $4, 64(SI), Y0, Y3
	VCMPPS    $4, 96(SI), Y0, Y4
	VPACKSSDW Y2, Y1, Y1
	VPACKSSDW Y4, Y3, Y3
	VPACKSSWB Y3, Y1, Y1         // a byte for each element
	VPCMPEQD  Y0, Y1, Y1         // and for each quad whether all four are 0
	VPERMD    Y1, Y8, Y1
	VMOVMSKPS Y1, AX
	XORL      $255, AX
	VPMOVZXBD (R9)(AX*8), Y3
	VPADDD    Y9, Y3, Y3
	VMOVDQU   Y3, (R8)
	POPCNTL   AX, AX
	LEAQ      (R8)(AX*4), R8
	VPADDD    Y7, Y9, Y9
	SUBQ      $-128, SI
	SUBQ      $32, CX
	JGE       eight

rest:
	ADDQ  $32, CX
	JEQ   values
	VMOVD X9, AX

one:
	VCMPPS    $4, (SI), X0, X1
	VMOVMSKPS X1, BX
	MOVL      AX, (R8)
	LEAQ      4(R8), R11
	TESTL     BX, BX
	CMOVQNE   R11, R8
	INCL      AX
	ADDQ      $16, SI
	SUBQ      $4, CX
	JNE       one

values:
	SUBQ R10, R8
	MOVQ R8, AX
	SHRQ $2, AX
	MOVQ AX, kept+40(FP)
	JEQ  end
	XORL CX, CX

copy:
	MOVLQSX (R10)(CX*1), AX
	SHLQ    $4, AX
	VMOVUPS (DX)(AX*1), X1
	VMOVUPS X1, (DI)(CX*4)
	ADDQ    $4, CX
	CMPQ    CX, R8
	JNE     copy

end:
	VZEROUPPER
	RET
