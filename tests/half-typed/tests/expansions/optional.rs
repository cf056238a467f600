#[derive(OptimisticLock)]
#[diesel(treat_none_as_null = false)]
#[occ(unique_key)]
pub struct Draft {
    id: i64,
    #[diesel(treat_none_as_null = true)]
    title: Option<String>,
    text: Option<String>,
    #[diesel(serialize_as = String)]
    state: Option<State>,
    #[diesel(treat_none_as_null = true, serialize_as = Option<String>)]
    mood: Option<Mood>,
    #[diesel(skip_update)]
    created_at: Option<i64>,
    #[occ(unversioned)]
    views: Option<i64>,
    #[occ(version)]
    lock_version: Tick,
}
