// The forward kernels prefetch, at the beginning of a row, one of those that R9, an
// *upcoming, says come later. It is for once in a function, and destroys AX and BX.
#define PREFETCH_LATER \
	MOVQ upcoming_left(R9), AX; \
	DECQ AX; \
	JLT here; \
	MOVQ AX, upcoming_left(R9); \
	MOVQ upcoming_rows(R9), BX; \
	MOVQ (BX)(AX*8), BX; \
	IMULQ upcoming_features(R9), BX; \
	ADDQ upcoming_x(R9), BX; \
	MOVQ upcoming_n(R9), AX; \
	ahead: \
	PREFETCHT1 (BX); \
	ADDQ $64, BX; \
	SUBQ $64, AX; \
	JGT ahead; \
	here:
