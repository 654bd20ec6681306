// SPDX-License-Identifier: GPL-2.0-or-later

// goroutines MODE: Go, whose stacks are its own.
package main

import (
	"os"
	"sort"
)

var sink uint64

//go:noinline
func burnLeaf(x uint64) uint64 {
	for i := 0; i < 500; i++ {
		x = x*6364136223846793005 + 1
	}
	return x
}

//go:noinline
func stepTwo(x uint64) uint64 {
	return burnLeaf(x) + 2
}

//go:noinline
func runPlain() {
	sink += stepTwo(sink) + 1
}

type byValue []uint64

func (v byValue) Len() int      { return len(v) }
func (v byValue) Swap(i, j int) { v[i], v[j] = v[j], v[i] }

//go:noinline
func (v byValue) Less(i, j int) bool {
	sink += burnLeaf(v[i])
	return v[i] < v[j]
}

//go:noinline
func runSort() {
	items := make(byValue, 256)
	for i := range items {
		items[i] = (uint64(i)*167 + sink) % 257
	}
	sort.Sort(items)
}

//go:noinline
func startOfGoroutine(done chan bool) {
	for {
		runPlain()
	}
}

func runGoroutine() {
	done := make(chan bool)
	go startOfGoroutine(done)
	<-done
}

func main() {
	run := map[string]func(){"plain": runPlain, "sort": runSort, "goroutine": runGoroutine}[os.Args[1]]
	for {
		run()
	}
}
