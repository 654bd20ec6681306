// SPDX-License-Identifier: GPL-2.0-or-later

//! crates MODE: Rust.

use std::arch::asm;

#[inline(never)]
fn burn_leaf(mut x: u64) -> u64 {
    for _ in 0..500 {
        x = x.wrapping_mul(6364136223846793005).wrapping_add(1);
        unsafe { asm!("/* {0} */", inout(reg) x) }
    }
    x
}

#[inline(never)]
fn step_two(x: u64) -> u64 {
    burn_leaf(x).wrapping_add(2)
}

#[inline(never)]
fn run_plain(x: u64) -> u64 {
    step_two(x).wrapping_add(1)
}

#[inline(never)]
fn compare(a: &u64, b: &u64) -> std::cmp::Ordering {
    let burnt = burn_leaf(*a);
    a.cmp(b).then((burnt == 1).cmp(&true))
}

#[inline(never)]
fn run_sort(x: u64) -> u64 {
    let mut items: Vec<u64> = (0..256).map(|i| (i * 167 + x % 1000) % 257).collect();
    items.sort_by(compare);
    items[0]
}

trait Shape {
    fn cost(&self, x: u64) -> u64;
}

struct Square;

impl Shape for Square {
    #[inline(never)]
    fn cost(&self, x: u64) -> u64 {
        burn_leaf(x).wrapping_add(1)
    }
}

#[inline(never)]
fn run_dyn(x: u64) -> u64 {
    let shapes: [Box<dyn Shape>; 1] = [Box::new(Square)];
    shapes.iter().fold(x, |x, shape| shape.cost(x).wrapping_add(1))
}

#[inline(never)]
fn burn_in_thread() {
    let mut x = 1;
    loop {
        x = run_plain(x).wrapping_add(1);
    }
}

fn run_thread(x: u64) -> u64 {
    std::thread::spawn(burn_in_thread).join().unwrap();
    x
}

fn main() {
    let mode = std::env::args().nth(1).unwrap_or_default();
    let run = match mode.as_str() {
        "plain" => run_plain,
        "sort" => run_sort,
        "dyn" => run_dyn,
        "thread" => run_thread,
        _ => std::process::exit(2),
    };
    let mut x = 1;
    loop {
        x = run(x).wrapping_add(1);
    }
}
