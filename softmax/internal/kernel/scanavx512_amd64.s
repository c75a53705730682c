//go:build gc && !purego

#include "textflag.h"

// scanAVX512 takes count rows of n bytes, 64 bytes at a time; n is at least 64.
// If fewer are left, it takes the last 64 bytes of the row again and masks the
// quads that are listed. It sets start[i+1] to the end of row i. sixteen holds
// 0, 1, ..., 15.
//
//	R8   next of index     SI  next of x         R11  next of rows
//	DX   next of raw       CX  elements left     R12  rows left
//	R10  start of index    R9  sixteen           R13  next of start
//
// func scanAVX512(index *int32, raw *uint32, start *int, x *uint8, rows *int, count, stride, n int, sixteen *int32)
TEXT ·scanAVX512(SB), NOSPLIT, $0-72
	MOVQ         index+0(FP), R8
	MOVQ         raw+8(FP), DX
	MOVQ         start+16(FP), R13
	MOVQ         rows+32(FP), R11
	MOVQ         count+40(FP), R12
	MOVQ         sixteen+64(FP), R9
	MOVQ         (R13), AX
	SHLQ         $2, AX
	MOVQ         R8, R10
	SUBQ         AX, R10               // the list's first
	VMOVDQU32    (R9), Z6
	MOVL         $16, AX
	VPBROADCASTD AX, Z7
	MOVL         $0xffff, AX
	KMOVW        AX, K3

row:
	MOVQ      (R11), SI
	IMULQ     stride+48(FP), SI
	ADDQ      x+24(FP), SI
	MOVQ      n+56(FP), CX
	VMOVDQA32 Z6, Z4            // positions of sixteen quads
	KMOVW     K3, K2
	SUBQ      $64, CX

quads:
	VMOVDQU32   (SI), Z2
	VPTESTMD    Z2, Z2, K2, K1
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
	CMPQ        CX, $-64
	JEQ         next

	ADDQ         CX, SI        // back to the last 64 bytes: CX is negative
	SARQ         $2, CX
	VPBROADCASTD CX, Z3
	VPADDD       Z3, Z4, Z4
	NEGQ         CX
	MOVL         $0xffff, AX
	SHLL         CX, AX        // without the quads that are listed
	KMOVW        AX, K2
	MOVQ         $0, CX        // this is the last round
	JMP          quads

next:
	MOVQ R8, AX
	SUBQ R10, AX
	SHRQ $2, AX
	MOVQ AX, 8(R13)
	ADDQ $8, R13
	ADDQ $8, R11
	DECQ R12
	JNE  row

	VZEROUPPER
	RET
