use occ_runtime::prelude::*;

#[derive(OptimisticLock)]
enum Product { //~ ERROR an enum has no optimistic lock
    Lamp,
    Chair,
}

fn main() {}
