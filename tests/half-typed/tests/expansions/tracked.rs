#[derive(Clone, OptimisticLock)]
#[occ(tracked)]
struct Account(
    #[diesel(column_name = id)] i32,
    #[diesel(column_name = owner)]
    #[occ(merge = mine)]
    String,
    #[diesel(column_name = balance)]
    #[occ(merge = add)]
    i64,
    #[diesel(column_name = pin)]
    #[occ(secret)]
    #[serde(skip)]
    String,
    #[diesel(column_name = seen, treat_none_as_null = false)]
    #[occ(merge = theirs)]
    Option<i64>,
    #[diesel(column_name = views)]
    #[occ(unversioned)]
    i64,
    #[diesel(column_name = version)] i32,
);
