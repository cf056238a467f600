//! What `#[derive(OptimisticLock)]` writes for the `Product` of `main.rs`, written by hand.
//!
//! It says which table and columns belong to which field, and nothing else: building the SQL, comparing versions
//! and reporting conflicts is ordinary generic code in occ-runtime. The tests below compare this impl with the
//! derived one.
//!
//! To be read, not to be copied: `OptimisticLock` is not to be implemented by hand. Its hidden items, and
//! `occ_runtime::__private`, are for the derive and change without notice.

use occ_runtime::__private::{
    Backend, ByVersion, ColumnValue, ColumnVisitor, Columns, Declared, DefaultGenerator, Identity,
    OptimisticLock, QueryResult, SqlText,
};

use std::fmt::Debug;

use diesel::prelude::*;

use super::products;

#[derive(Debug, Queryable, Selectable)]
struct Product {
    id: i32,
    name: String,
    quantity: i32,
    version: i32,
}

/// Stands for the SQL of `Product` in the cache of prepared statements.
enum Statements {}

impl OptimisticLock for Product {
    type Table = products::table;
    type VersionColumn = products::version;
    type Version = i32;
    type Generator = <i32 as DefaultGenerator>::Generator;
    type Check = ByVersion;
    // Nothing is wrong with the fields: the derive asks that in a constant, so that each mistake is one error.
    type Checks = Declared<false>;
    // Every field can be bound as it is. `serialize_as` and `embed` would put their converted values here.
    type Prepared<'a> = ();
    type StatementId = Statements;
    // No field can be left out of the UPDATE, so its text is one and the same.
    const SQL_TEXT: SqlText = SqlText::with_optional_columns(0);

    fn version(&self) -> &i32 {
        &self.version
    }

    fn table_name() -> &'static str {
        "products"
    }

    fn table() -> products::table {
        products::table
    }

    fn set_version(&mut self, version: i32) -> i32 {
        std::mem::replace(&mut self.version, version)
    }

    fn prepare(&self) -> Self::Prepared<'_> {}

    fn visit_key(&self, visit: &mut dyn FnMut(&dyn Debug, Identity<'_>)) {
        visit(&self.id, Identity::Shown(&self.id));
    }

    fn key_columns() -> &'static [&'static str] {
        &["id"]
    }

    fn has_key_of(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

/// For each backend that can bind every field.
impl<DB: Backend> Columns<DB> for Product
where
    i32: ColumnValue<products::id, DB>,
    String: ColumnValue<products::name, DB>,
    i32: ColumnValue<products::quantity, DB>,
    i32: ColumnValue<products::version, DB>,
{
    fn key<'a, 'b, V>(&'b self, (): &'b Self::Prepared<'a>, visitor: &mut V) -> QueryResult<()>
    where
        'a: 'b,
        V: ColumnVisitor<'b, DB>,
    {
        visitor.column::<products::id, _, _>(&self.id)
    }

    fn values<'a, 'b, V>(&'b self, (): &'b Self::Prepared<'a>, visitor: &mut V) -> QueryResult<()>
    where
        'a: 'b,
        V: ColumnVisitor<'b, DB>,
    {
        visitor.column::<products::name, _, _>(&self.name)?;
        visitor.column::<products::quantity, _, _>(&self.quantity)
    }

    fn visit_version<'b, V>(version: &'b i32, visitor: &mut V) -> QueryResult<()>
    where
        V: ColumnVisitor<'b, DB>,
    {
        visitor.column::<products::version, _, _>(version)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use diesel::connection::{InstrumentationEvent, SimpleConnection as _};
    use diesel::prelude::*;
    use occ_runtime::Error;
    use occ_runtime::prelude::*;

    use crate::products;

    /// Calls each method on a `$Model`, with and without a conflict. Returns every statement with its binds, every
    /// text put into the cache of prepared statements, every outcome and the value after it.
    macro_rules! transcript {
        ($Model:ty) => {{
            type Step = fn(&mut $Model, &mut SqliteConnection) -> Result<(), Error>;
            let steps: &[Step] = &[
                |row, conn| {
                    row.name = "green lamp".into();
                    row.save_optimistic(conn)
                },
                |row, conn| row.save_optimistic_expecting(&2, conn),
                |row, conn| row.save_optimistic_expecting(&2, conn),
                |row, conn| row.update_optimistic(products::quantity.eq(5), conn),
                |row, conn| row.touch_optimistic(conn),
                |row, conn| row.verify_optimistic(conn),
                |_, conn| {
                    diesel::update(products::table)
                        .set(products::version.eq(products::version + 1))
                        .execute(conn)?;
                    Ok(())
                },
                |row, conn| row.save_optimistic(conn),
                |row, conn| row.update_optimistic(products::quantity.eq(6), conn),
                |row, conn| row.touch_optimistic(conn),
                |row, conn| row.verify_optimistic(conn),
                |row, conn| row.delete_optimistic(conn),
                |row, conn| row.reload(conn),
                |row, conn| row.delete_optimistic(conn),
                |row, conn| row.reload(conn),
                |row, conn| {
                    row.version = i32::MAX;
                    row.save_optimistic(conn)
                },
            ];

            let (events, lines) = mpsc::channel();
            let note = events.clone();
            let conn = &mut SqliteConnection::establish(":memory:").unwrap();
            conn.batch_execute(crate::SHOP).unwrap();
            conn.batch_execute("INSERT INTO products VALUES (1, 'lamp', 10, 1)").unwrap();
            conn.set_instrumentation(move |event: InstrumentationEvent<'_>| match event {
                InstrumentationEvent::StartQuery { query, .. } => events.send(query.to_string()).unwrap(),
                InstrumentationEvent::CacheQuery { sql, .. } => {
                    events.send(format!("cached: {sql}")).unwrap()
                }
                _ => {}
            });

            let mut row = products::table.find(1).select(<$Model>::as_select()).first(conn).unwrap();
            for step in steps {
                let outcome = step(&mut row, conn).map_err(|error| error.to_string());
                note.send(format!("{outcome:?}, {row:?}")).unwrap();
            }
            lines.try_iter().collect::<Vec<_>>()
        }};
    }

    #[test]
    fn derived_and_written_by_hand_behave_the_same() {
        let derived = transcript!(crate::Product);
        let by_hand = transcript!(super::Product);
        assert_eq!(derived, by_hand);

        // Equal transcripts prove little if they are empty, so here is what the first save must have left.
        let save = "UPDATE `products` SET `name` = ?, `quantity` = ?, `version` = ? WHERE `id` = ? AND `version` = ?";
        assert!(by_hand.contains(&format!("{save} -- binds: [\"green lamp\", 10, 2, 1, 1]")), "{by_hand:#?}");
        assert!(by_hand.contains(&format!("cached: {save}")), "{by_hand:#?}");
        assert_eq!(by_hand.iter().filter(|line| line.starts_with("Err")).count(), 8, "{by_hand:#?}");
    }

    #[test]
    fn derived_and_written_by_hand_say_the_same() {
        type Derived = crate::Product;
        type ByHand = super::Product;
        assert_eq!(Derived::table_name(), ByHand::table_name());
        assert_eq!(Derived::SQL_TEXT, ByHand::SQL_TEXT);
    }
}
