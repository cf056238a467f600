use occ_runtime::prelude::*;

#[derive(OptimisticLock)]
struct Product {} //~ ERROR a struct without fields has no optimistic lock

fn main() {}
