//go:build gc && !purego

#include "textflag.h"

// The processor cannot predict which quads are zero, so no branch depends on
// it. The scans write every quad, its position to index and its bytes to raw.
// The next quad overwrites a zero quad. pixelsAVX2 then turns the bytes of all
// rows into numbers.

// b/255 = b*hi + b*lo for every byte b, to the bit. hi has so few bits that
// b*hi is exact.
DATA ·hi255<>+0(SB)/4, $0x3b808000
GLOBL ·hi255<>(SB), RODATA|NOPTR, $4

DATA ·lo255<>+0(SB)/4, $0x33808081
GLOBL ·lo255<>(SB), RODATA|NOPTR, $4

// The order in which packing registers leaves eight groups of four.
DATA ·unpacked<>+0(SB)/8, $0x0000000400000000
DATA ·unpacked<>+8(SB)/8, $0x0000000500000001
DATA ·unpacked<>+16(SB)/8, $0x0000000600000002
DATA ·unpacked<>+24(SB)/8, $0x0000000700000003
GLOBL ·unpacked<>(SB), RODATA|NOPTR, $32

//	R8   next of index     SI  next of x         BX  scratch
//	DX   next of raw       CX  elements left     AX  a bit for each
//	R10  start of index    R9  order                 nonzero quad

// scanAVX2 takes one row of n bytes: 32 bytes at a time, and then four. order
// is a table of the positions of set bits.
//
// func scanAVX2(index *int32, raw *uint32, x *uint8, n int, order *[8]uint8) (kept int)
TEXT ·scanAVX2(SB), NOSPLIT, $0-48
	MOVQ         index+0(FP), R8
	MOVQ         raw+8(FP), DX
	MOVQ         x+16(FP), SI
	MOVQ         n+24(FP), CX
	MOVQ         order+32(FP), R9
	MOVQ         R8, R10
	VPXOR        Y0, Y0, Y0
	VPXOR        Y4, Y4, Y4    // the position of the first of eight quads
	MOVL         $8, AX
	VMOVQ        AX, X7
	VPBROADCASTD X7, Y7
	SUBQ         $32, CX
	JLT          rest

quads:
	VMOVDQU   (SI), Y2
	VPCMPEQD  Y2, Y0, Y1
	VMOVMSKPS Y1, AX
	XORL      $255, AX
	VPMOVZXBD (R9)(AX*8), Y3 // positions of the nonzero quads
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
	JEQ   end
	VMOVD X4, BX

one:
	MOVL (SI), AX
	MOVL AX, (DX)
	MOVL BX, (R8)
	NEGL AX           // carries unless it is 0
	SBBQ AX, AX
	NEGQ AX
	LEAQ (DX)(AX*4), DX
	LEAQ (R8)(AX*4), R8
	INCL BX
	ADDQ $4, SI
	SUBQ $4, CX
	JNE  one

end:
	SUBQ R10, R8
	SHRQ $2, R8
	MOVQ R8, kept+40(FP)
	VZEROUPPER
	RET

// pixelsAVX2 turns n quads of bytes into numbers, four quads at a time.
//
// func pixelsAVX2(value *[4]float32, raw *uint32, n int)
TEXT ·pixelsAVX2(SB), NOSPLIT, $0-24
	MOVQ         value+0(FP), DI
	MOVQ         raw+8(FP), SI
	MOVQ         n+16(FP), CX
	VBROADCASTSS ·hi255<>(SB), Y14
	VBROADCASTSS ·lo255<>(SB), Y15
	TESTQ        CX, CX
	JEQ          end

four:
	VPMOVZXBD (SI), Y0
	VPMOVZXBD 8(SI), Y1
	VCVTDQ2PS Y0, Y0
	VCVTDQ2PS Y1, Y1
	VMULPS    Y14, Y0, Y2
	VMULPS    Y14, Y1, Y3
	VMULPS    Y15, Y0, Y0
	VMULPS    Y15, Y1, Y1
	VADDPS    Y0, Y2, Y0
	VADDPS    Y1, Y3, Y1
	VMOVUPS   Y0, (DI)
	VMOVUPS   Y1, 32(DI)
	ADDQ      $16, SI
	ADDQ      $64, DI
	SUBQ      $4, CX
	JGT       four

end:
	VZEROUPPER
	RET

// scanFloatsAVX2 takes one row of n floats, n a multiple of four. It first
// lists the positions of nonzero quads and then copies those quads to value. DX
// is the start of x; R11 is scratch.
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
