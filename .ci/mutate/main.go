// Mutate measures what the tests notice. It changes one place of the code at a
// time, runs the tests of the package, and lists the changes that no test
// noticed.
//
//	go run ./.ci/mutate                        200 mutants of the whole module
//	go run ./.ci/mutate -n 40 -seed 7 ./idx    40 mutants of one package
//	go run ./.ci/mutate -n 0 ./softmax/...     all mutants of some packages
//	go run ./.ci/mutate -list ./idx            print all mutants, test nothing
//
// Run it in the module's root. A mutant is caught if a test fails, crashes or
// does not end in time. A mutant that does not compile is not counted: another
// one takes its place, if there is one. Each mutant has its own copy of the
// tree, because it may write where it should not. The tests run without data
// and without the variable DIGITS_LONG.
//
// The file equivalent.txt names the mutants that no test can notice, with the
// reasons. They are not tried.
//
// Mutate exits with status 1 if fewer than -min percent are caught.
package main

import (
	"context"
	"flag"
	"fmt"
	"hash/fnv"
	"log"
	"math"
	"math/rand/v2"
	"os"
	"os/signal"
	"regexp"
	"slices"
	"syscall"
	"time"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("mutate: ")
	n := flag.Int("n", 200, "`number` of mutants to try, shared among the packages; 0: all")
	seed := flag.Uint64("seed", 1, "`seed` of the sample")
	least := flag.Float64("min", 0, "`percent` of the mutants that the tests must catch")
	workers := flag.Int("p", 2, "`number` of mutants to test at once")
	list := flag.Bool("list", false, "print the mutants, and test nothing")
	match := flag.String("match", "", "try only mutants whose printed line matches this regular `expression`")
	flag.Parse()
	matches, err := regexp.Compile(*match)
	if err != nil || *n < 0 || *workers < 1 {
		log.Fatal("-match must be a regular expression, -n at least 0, and -p at least 1")
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second signal kills

	packages, err := load(flag.Args(), matches)
	if err != nil {
		log.Fatal(err)
	}
	if *list {
		for _, p := range packages {
			for _, m := range p.mutants {
				fmt.Println(m)
			}
		}
		return
	}
	possible := 0
	for _, p := range packages {
		p.shuffle(*seed)
		possible += len(p.mutants)
	}
	if possible == 0 {
		log.Fatal("there is no mutant: change -match or the packages")
	}
	share(packages, *n)
	start := time.Now()
	if err := run(ctx, packages, *workers); err != nil {
		log.Fatal(err)
	}
	all := report(packages)
	fmt.Printf("seed %d, %v\n", *seed, time.Since(start).Round(time.Second))
	switch {
	case all.tried == 0:
		log.Fatalf("none of %d mutants compiles", all.unusable)
	case all.percent() < *least:
		log.Fatalf("the tests caught %.1f %% of the mutants, want at least %g %%: add tests that notice the survivors above", all.percent(), *least)
	}
}

// shuffle puts the mutants of p in the order in which they are tried. The order
// is the same whenever the seed, the package's path and the number of its
// mutants are the same.
func (p *pkg) shuffle(seed uint64) {
	h := fnv.New64a()
	h.Write([]byte(p.path))
	r := rand.New(rand.NewPCG(seed, h.Sum64()))
	r.Shuffle(len(p.mutants), func(i, j int) { p.mutants[i], p.mutants[j] = p.mutants[j], p.mutants[i] })
}

// share decides how many mutants of each package are tried, n together. The
// share of a package is proportional to the square root of its number of
// mutants: so a small package has more than its part.
func share(packages []*pkg, n int) {
	var sum, part float64
	for _, p := range packages {
		sum += math.Sqrt(float64(len(p.mutants)))
	}
	for _, p := range packages {
		if n == 0 {
			p.want = len(p.mutants)
			continue
		}
		before := math.Round(part / sum * float64(n))
		part += math.Sqrt(float64(len(p.mutants)))
		p.want = int(math.Round(part/sum*float64(n)) - before)
	}
}

// report prints the survivors and a table of the packages. It returns the sums
// of all packages.
func report(packages []*pkg) *pkg {
	all := &pkg{path: "together"}
	fmt.Print("\nsurvivors\n")
	for _, p := range packages {
		slices.SortFunc(p.survivors, func(a, b mutant) int { return a.line - b.line })
		for _, m := range p.survivors {
			fmt.Println(m)
		}
		all.unusable += p.unusable
		all.tried += p.tried
		all.caught += p.caught
		all.late += p.late
		all.equivalent += p.equivalent
		all.mutants = append(all.mutants, p.mutants...)
	}
	fmt.Print("\nlate: caught because the tests did not end in time; broken: does not compile, so it is not tried\n")
	fmt.Printf("%-32s %8s %6s %5s %6s %4s %10s\n", "package", "possible", "broken", "tried", "caught", "late", "equivalent")
	for _, p := range append(packages, all) {
		percent := "-"
		if p.tried > 0 {
			percent = fmt.Sprintf("%.1f %%", p.percent())
		}
		fmt.Printf("%-32s %8d %6d %5d %6d %4d %10d %7s\n", p.path, len(p.mutants), p.unusable, p.tried, p.caught, p.late, p.equivalent, percent)
	}
	return all
}

// percent is the part of the tried mutants that were caught.
func (p *pkg) percent() float64 { return 100 * float64(p.caught) / float64(p.tried) }
