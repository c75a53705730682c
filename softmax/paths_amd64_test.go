//go:build gc && !purego

package softmax

// paths returns the kernels that this machine can run, as functions that switch
// to them.
func paths() map[string]func() {
	all := map[string]func(){"generic": func() { useAVX512, useAVX2 = false, false }}
	if useAVX2 {
		all["AVX2"] = func() { useAVX512, useAVX2 = false, true }
	}
	if useAVX512 {
		all["AVX-512"] = func() { useAVX512, useAVX2 = true, true }
	}
	return all
}

// restorePaths returns a function that switches back.
func restorePaths() func() {
	was512, was2 := useAVX512, useAVX2
	return func() { useAVX512, useAVX2 = was512, was2 }
}
