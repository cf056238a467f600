#[derive(Clone, OptimisticLock)]
#[occ(check = all)]
struct Setting {
    id: i32,
    #[diesel(serialize_as = i32)]
    value: Level,
    name: Option<String>,
    #[occ(unchecked)]
    note: String,
    #[diesel(skip_update)]
    made_by: String,
    #[occ(secret)]
    token: String,
}
