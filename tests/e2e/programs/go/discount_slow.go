// SPDX-License-Identifier: GPL-2.0-or-later

//go:build slow

package main

const campaigns = 4 * rounds
