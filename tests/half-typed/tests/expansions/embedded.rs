#[derive(OptimisticLock)]
#[diesel(table_name = crate::schema::items, primary_key(order_id, line))]
#[diesel(check_for_backend(diesel::sqlite::Sqlite, diesel::pg::Pg))]
struct OrderLine {
    #[diesel(serialize_as = String)]
    order_id: OrderId,
    line: i32,
    #[diesel(embed)]
    price: Price,
    #[diesel(serialize_as = i32)]
    amount: Amount,
    #[diesel(skip_update, column_name = line)]
    line_again: i32,
    #[occ(version, generator = UuidV7)]
    #[diesel(column_name = "type")]
    etag: Uuid,
}
