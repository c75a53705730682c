//go:build !gc || purego || !amd64

package kernel

func logits(ws *Workspace, z, base, w []float32, rows *List, from, to int) {
	logitsGeneric(ws, z, base, w, rows, from, to)
}

func updateColumns(s Shape, w, avg, d []float32, nonzeros []Nonzero, columns []Column, scale, mix float32) {
	updateColumnsGeneric(s, w, avg, d, nonzeros, columns, scale, mix)
}

func softmax(z []float32, losses []RowLoss) { softmaxGeneric(z, losses) }

func scan(l *List, x []uint8, rows []int, stride, n int) { scanGeneric(l, x, rows, stride, n) }

func scanFloats(index []int32, value [][4]float32, x []float32) int {
	return scanFloatsGeneric(index, value, x)
}
