//go:build gc && !purego

package kernel

// Paths returns the names of the implementations that this machine can run.
func Paths() []string {
	list := []string{"generic"}
	if useAVX2 {
		list = append(list, "AVX2")
	}
	if useAVX512 {
		list = append(list, "AVX-512")
	}
	return list
}

// UsePath switches to one of them until restore is called.
func UsePath(name string) (restore func()) {
	was2, was512 := useAVX2, useAVX512
	useAVX2, useAVX512 = name != "generic", name == "AVX-512"
	return func() { useAVX2, useAVX512 = was2, was512 }
}
