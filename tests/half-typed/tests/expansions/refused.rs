#[derive(Clone, OptimisticLock)]
#[occ(tracked)]
struct Refused<'a, T: Clone> {
    id: Option<i32>,
    name: &'a str,
    value: T,
    #[occ(verson)]
    lock_version: i32,
}
