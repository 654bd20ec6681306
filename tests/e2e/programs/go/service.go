// SPDX-License-Identifier: GPL-2.0-or-later

// A small HTTP service that profiles itself, as Go's own tools do it:
//
//	service PROFILE CPU-TIME
//
// serves orders to clients of its own until it has used that much CPU time ("10s"), writes the profile of that,
// and ends. Built with the tag "slow" it is a version with a hot spot in it.
package main

import (
	"bytes"
	"fmt"
	"hash/fnv"
	"io"
	"net"
	"net/http"
	"os"
	"runtime/pprof"
	"syscall"
	"time"
)

const (
	clients = 4
	// Of each part of an order: enough for the work to be next to all there is in the profile.
	rounds = 8000000
)

//go:noinline
func hashOrder(n int) uint64 {
	sum := fnv.New64a().Sum64()
	for i := 0; i < rounds; i++ {
		sum = (sum ^ uint64(n+i)) * 1099511628211
	}
	return sum
}

//go:noinline
func packOrder(n int) uint64 {
	var sum uint64
	for i := 0; i < rounds; i++ {
		sum = sum<<7 ^ sum>>3 ^ uint64(n*i)
	}
	return sum
}

func order(w http.ResponseWriter, r *http.Request) {
	n := len(r.URL.Path)
	fmt.Fprintf(w, "%x\n", hashOrder(n)^packOrder(n)^discountOrder(n))
}

// CPU time of this process.
func used() time.Duration {
	var usage syscall.Rusage

	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		fail(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// The profile of as much CPU time as ?cpu= says.
func profile(w http.ResponseWriter, r *http.Request) {
	wanted, err := time.ParseDuration(r.FormValue("cpu"))
	if err == nil {
		err = pprof.StartCPUProfile(w)
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	for begin := used(); used()-begin < wanted; {
		time.Sleep(50 * time.Millisecond)
	}
	pprof.StopCPUProfile()
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "service:", err)
	os.Exit(1)
}

func get(url string) []byte {
	answer, err := http.Get(url)
	if err != nil {
		fail(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		fail(fmt.Errorf("%s: %s %v %s", url, answer.Status, err, bytes.TrimSpace(body)))
	}
	return body
}

func main() {
	http.HandleFunc("/order", order)
	http.HandleFunc("/profile", profile)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fail(err)
	}
	go func() { fail(http.Serve(listener, nil)) }()
	url := "http://" + listener.Addr().String()
	for i := 0; i < clients; i++ {
		go func() {
			for {
				get(url + "/order")
			}
		}()
	}
	if err := os.WriteFile(os.Args[1], get(url+"/profile?cpu="+os.Args[2]), 0o644); err != nil {
		fail(err)
	}
}
