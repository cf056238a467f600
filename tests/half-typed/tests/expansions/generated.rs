#[derive(OptimisticLock)]
#[diesel(check_for_backend(diesel::pg::Pg))]
#[occ(tracked)]
struct Node {
    #[diesel(skip_update)]
    id: i32,
    parent: Option<Key<Self>>,
    twin: (Self,),
    name: String,
    #[occ(version)]
    #[diesel(skip_update)]
    xmin: Xmin,
}
