#[derive(Clone, OptimisticLock)]
#[diesel(primary_key(key))]
#[occ(crate = my::occ, tracked)]
struct Entry<'a, K: Key, V, const N: usize>
where
    V: Value,
{
    #[diesel(serialize_as = Stored<K>)]
    key: K,
    #[diesel(serialize_as = Text<V>)]
    value: V,
    bytes: [u8; N],
    name: &'a str,
    parent: Option<Self::Parent>,
    version: <K as Key>::Version,
}
