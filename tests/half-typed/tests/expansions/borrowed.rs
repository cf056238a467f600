#[derive(OptimisticLock)]
#[diesel(check_for_backend(diesel::pg::Pg))]
struct Line<'a, 'b, V>
where
    V: Value,
{
    id: i32,
    name: &'a str,
    parent: Option<(Key<Self>, &'b [u8])>,
    #[diesel(embed)]
    price: Price<'a>,
    value: Option<V>,
    #[diesel(serialize_as = (i32))]
    version: i32,
}
