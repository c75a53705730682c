package imageprep

import (
	"cmp"
	"sort"
)

// sortBy sorts a list by a key. Equal keys keep their order. One body of code
// sorts all types, so programs are smaller than with slices.SortStableFunc:
// that matters in a browser, which loads the program.
func sortBy[T any, K cmp.Ordered](list []T, key func(T) K) {
	sort.SliceStable(list, func(i, j int) bool { return key(list[i]) < key(list[j]) })
}
