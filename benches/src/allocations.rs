//! A global allocator that counts while it is told to: how often memory is asked for, and how many bytes are in use.
#![allow(unsafe_code)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};

static COUNTING: AtomicBool = AtomicBool::new(false);
static COUNT: AtomicU64 = AtomicU64::new(0);
/// Bytes in use, beyond those from before the measurement.
static LIVE: AtomicI64 = AtomicI64::new(0);
/// The most of them at a time.
static PEAK: AtomicI64 = AtomicI64::new(0);

/// The system's allocator. Off, counting costs a load, so that it does not show in the times.
pub struct Counting;

fn signed(size: usize) -> i64 {
    i64::try_from(size).unwrap_or(i64::MAX)
}

fn taken(size: usize) {
    if COUNTING.load(Ordering::Relaxed) {
        COUNT.fetch_add(1, Ordering::Relaxed);
        more(signed(size));
    }
}

fn more(bytes: i64) {
    let live = LIVE.fetch_add(bytes, Ordering::Relaxed) + bytes;
    PEAK.fetch_max(live, Ordering::Relaxed);
}

// SAFETY: every call is passed on to the system's allocator as it is.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        taken(layout.size());
        // SAFETY: the caller's promise is the same.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        taken(layout.size());
        // SAFETY: the caller's promise is the same.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        if COUNTING.load(Ordering::Relaxed) {
            COUNT.fetch_add(1, Ordering::Relaxed);
            // As one that grows where it is: whether it is moved is the system's business.
            more(signed(size) - signed(layout.size()));
        }
        // SAFETY: the caller's promise is the same.
        unsafe { System.realloc(pointer, layout, size) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        if COUNTING.load(Ordering::Relaxed) {
            LIVE.fetch_sub(signed(layout.size()), Ordering::Relaxed);
        }
        // SAFETY: the caller's promise is the same.
        unsafe { System.dealloc(pointer, layout) }
    }
}

/// Starts and stops counting, for all threads.
pub fn set_counting(on: bool) {
    COUNTING.store(on, Ordering::Relaxed);
}

/// How many there were since the start of the program while it counted, growing included.
pub fn counted() -> u64 {
    COUNT.load(Ordering::Relaxed)
}

/// Starts counting, from nothing in use on.
pub fn watch_bytes() {
    LIVE.store(0, Ordering::Relaxed);
    PEAK.store(0, Ordering::Relaxed);
    set_counting(true);
}

/// Bytes that were taken since [`watch_bytes`] and are still in use.
pub fn live() -> i64 {
    LIVE.load(Ordering::Relaxed)
}

/// The most that [`live`] ever was since then.
pub fn peak() -> i64 {
    PEAK.load(Ordering::Relaxed)
}
