// SPDX-License-Identifier: GPL-2.0-or-later

// goroutines MODE: Go, whose stacks are its own.
package main

import (
	"os"
	"runtime"
	"sort"
	"syscall"
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

// SIGURG: the runtime has a handler of its own for it, which does nothing when it comes from elsewhere.
//
//go:noinline
func interruptItself(process, thread int) {
	syscall.RawSyscall(syscall.SYS_TGKILL, uintptr(process), uintptr(thread), uintptr(syscall.SIGURG))
	sink++
}

//go:noinline
func runSignals() {
	runtime.LockOSThread()
	for process, thread := os.Getpid(), syscall.Gettid(); ; {
		interruptItself(process, thread)
	}
}

func main() {
	run := map[string]func(){"plain": runPlain, "sort": runSort, "goroutine": runGoroutine, "signals": runSignals}[os.Args[1]]
	for {
		run()
	}
}
