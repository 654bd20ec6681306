// SPDX-License-Identifier: GPL-2.0-or-later

package main

//go:noinline
func discountOrder(n int) uint64 {
	sum := uint64(n)
	for i := 0; i < campaigns; i++ {
		sum += sum>>5 ^ uint64(i)
	}
	return sum
}
