//go:build gc && !purego

#include "textflag.h"

// What scan makes of a byte b: b/255 = b*hi + b*lo, to the bit. hi has so few
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

// Which quads are all zeros is hard to predict. So no branch depends on it: each is
// listed, and its place is taken by the next if it is. That is done with the
// positions, in index, and the bytes, in raw, of all rows; and then the bytes
// become numbers, of all rows as if they were one.
//
//	R8   the next of index    R11  rows         SI  x, and then raw
//	R10  the list's first     R12  rows left    DX  the next of raw, and then bytes left
//	R9   order, sixteen       R13  start        CX  elements of x left, but for one register's
//	DI   value                BX   scratch      AX  a bit for each quad that is not zero
//
// func scanAVX2(index *int32, value *[4]float32, raw *uint32, start *int, x *uint8, rows *int, count, stride, n int, order *[8]uint8)
TEXT ·scanAVX2(SB), NOSPLIT, $0-80
	MOVQ         index+0(FP), R8
	MOVQ         raw+16(FP), DX
	MOVQ         start+24(FP), R13
	MOVQ         rows+40(FP), R11
	MOVQ         count+48(FP), R12
	MOVQ         order+72(FP), R9
	MOVQ         (R13), AX
	SHLQ         $2, AX
	MOVQ         R8, R10
	SUBQ         AX, R10
	VPXOR        Y0, Y0, Y0
	MOVL         $8, AX
	VMOVQ        AX, X7
	VPBROADCASTD X7, Y7

row:
	MOVQ       (R11), SI
	IMULQ      stride+56(FP), SI
	ADDQ       x+32(FP), SI
	MOVQ       n+64(FP), CX
	ADDQ  $8, R11
	VPXOR Y4, Y4, Y4  // the first of eight quads
	SUBQ  $32, CX
	JLT   rest

quads:
	VMOVDQU   (SI), Y2
	VPCMPEQD  Y2, Y0, Y1
	VMOVMSKPS Y1, AX
	XORL      $255, AX
	VPMOVZXBD (R9)(AX*8), Y3   // a table has where they are
	VPERMD    Y2, Y3, Y2
	VPADDD    Y4, Y3, Y3
	VMOVDQU   Y2, (DX)
	VMOVDQU   Y3, (R8)
	POPCNTL   AX, AX
	LEAQ      (DX)(AX*4), DX
	LEAQ      (R8)(AX*4), R8
	VPADDD    Y7, Y4, Y4
	ADDQ      $32, SI
	SUBQ      $32, CX
	JGE       quads

rest:
	ADDQ  $32, CX
	JEQ   next
	VMOVD X4, BX

one:
	MOVL    (SI), AX
	MOVL    AX, (DX)
	MOVL    BX, (R8)
	NEGL    AX       // carries unless it is 0
	SBBQ    AX, AX
	NEGQ    AX
	LEAQ    (DX)(AX*4), DX
	LEAQ    (R8)(AX*4), R8
	INCL    BX
	ADDQ    $4, SI
	SUBQ    $4, CX
	JNE     one

next:
	MOVQ R8, AX
	SUBQ R10, AX
	SHRQ $2, AX
	MOVQ AX, 8(R13)
	ADDQ $8, R13
	DECQ R12
	JNE  row

	MOVQ         value+8(FP), DI
	MOVQ         raw+16(FP), SI
	VBROADCASTSS ·hi255<>(SB), Y14
	VBROADCASTSS ·lo255<>(SB), Y15
	SUBQ         SI, DX
	JEQ          end

two:
	VPMOVZXBD (SI), Y1
	VCVTDQ2PS Y1, Y1
	VMULPS    Y14, Y1, Y2
	VMULPS    Y15, Y1, Y1
	VADDPS    Y1, Y2, Y1
	VMOVUPS   Y1, (DI)
	ADDQ      $8, SI
	ADDQ      $32, DI
	SUBQ      $8, DX
	JGT       two

end:
	VZEROUPPER
	RET

// The same with sixteen quads at a time. If there are not as many left, the last
// sixteen are taken, some of them again; n is at least 64.
//
// func scanAVX512(index *int32, value *[4]float32, raw *uint32, start *int, x *uint8, rows *int, count, stride, n int, sixteen *int32)
TEXT ·scanAVX512(SB), NOSPLIT, $0-80
	MOVQ         index+0(FP), R8
	MOVQ         raw+16(FP), DX
	MOVQ         start+24(FP), R13
	MOVQ         rows+40(FP), R11
	MOVQ         count+48(FP), R12
	MOVQ         sixteen+72(FP), R9
	MOVQ         (R13), AX
	SHLQ         $2, AX
	MOVQ         R8, R10
	SUBQ         AX, R10
	VMOVDQU32    (R9), Z6
	MOVL         $16, AX
	VPBROADCASTD AX, Z7

row:
	MOVQ       (R11), SI
	IMULQ      stride+56(FP), SI
	ADDQ       x+32(FP), SI
	MOVQ       n+64(FP), CX
	ADDQ      $8, R11
	VMOVDQA32 Z6, Z4       // the positions of sixteen quads
	SUBQ      $64, CX

quads:
	VMOVDQU32   (SI), Z2
	VPTESTMD    Z2, Z2, K1
	VPCOMPRESSD Z2, K1, Z2
	VPCOMPRESSD Z4, K1, Z3
	VMOVDQU32   Z2, (DX)
	VMOVDQU32   Z3, (R8)
	KMOVW       K1, AX
	POPCNTL     AX, AX
	LEAQ        (DX)(AX*4), DX
	LEAQ        (R8)(AX*4), R8
	VPADDD      Z7, Z4, Z4
	ADDQ        $64, SI
	SUBQ        $64, CX
	JGE         quads
	ADDQ        $64, CX
	JEQ         next

	LEAQ         -64(SI)(CX*1), SI
	SHRQ         $2, CX
	MOVL         $0xffff0000, AX
	SHRL         CX, AX
	KMOVW        AX, K2
	SUBQ         $16, CX
	VPBROADCASTD CX, Z3
	VPADDD       Z3, Z4, Z4
	VMOVDQU32    (SI), Z2
	VPTESTMD     Z2, Z2, K2, K1
	VPCOMPRESSD  Z2, K1, Z2
	VPCOMPRESSD  Z4, K1, Z3
	VMOVDQU32    Z2, (DX)
	VMOVDQU32    Z3, (R8)
	KMOVW        K1, AX
	POPCNTL      AX, AX
	LEAQ         (DX)(AX*4), DX
	LEAQ         (R8)(AX*4), R8

next:
	MOVQ R8, AX
	SUBQ R10, AX
	SHRQ $2, AX
	MOVQ AX, 8(R13)
	ADDQ $8, R13
	DECQ R12
	JNE  row

	MOVQ         value+8(FP), DI
	MOVQ         raw+16(FP), SI
	VBROADCASTSS ·hi255<>(SB), Z14
	VBROADCASTSS ·lo255<>(SB), Z15
	SUBQ         SI, DX
	JEQ          end

four:
	VPMOVZXBD (SI), Z1
	VCVTDQ2PS Z1, Z1
	VMULPS    Z14, Z1, Z2
	VMULPS    Z15, Z1, Z1
	VADDPS    Z1, Z2, Z1
	VMOVUPS   Z1, (DI)
	ADDQ      $16, SI
	ADDQ      $64, DI
	SUBQ      $16, DX
	JGT       four

end:
	VZEROUPPER
	RET

// One row of floats. The four elements of a quad first become one, and the quads that
// are kept are copied. SI is x, on its way, and DX its first; R11 is scratch.
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
