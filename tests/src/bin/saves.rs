//! What the target `instructions` counts under valgrind: `saves save 100` does one thing so many times.

use diesel::prelude::*;
use occ_runtime::prelude::*;
use occ_tests::saved::{Product, connection, products};

fn main() {
    let mut arguments = std::env::args().skip(1);
    let what = arguments.next().unwrap();
    let times: usize = arguments.next().unwrap().parse().unwrap();

    let conn = &mut connection(1000);
    let rows: Vec<Product> = products::table.select(Product::as_select()).load(conn).unwrap();
    let work = match what.as_str() {
        "save" => save,
        "touch" => touch,
        "delete" => delete,
        "by_hand" => by_hand,
        "delete_by_hand" => delete_by_hand,
        "select" => select,
        other => panic!("{other} is not one of the things that are counted"),
    };
    // Warm: the first one prepares the statement.
    let mut rows = rows.into_iter().take(times + 1);
    rows.by_ref().take(1).for_each(|mut row| work(&mut row, conn));
    counted(rows, work, conn);
}

/// Valgrind counts between entering and leaving this function, which it knows by name.
#[inline(never)]
fn counted(
    rows: impl Iterator<Item = Product>,
    work: fn(&mut Product, &mut SqliteConnection),
    conn: &mut SqliteConnection,
) {
    for mut row in rows {
        work(&mut row, conn);
    }
}

fn save(row: &mut Product, conn: &mut SqliteConnection) {
    row.save_optimistic(conn).unwrap();
}

fn touch(row: &mut Product, conn: &mut SqliteConnection) {
    row.touch_optimistic(conn).unwrap();
}

fn delete(row: &mut Product, conn: &mut SqliteConnection) {
    row.delete_optimistic(conn).unwrap();
}

/// A save as one writes it with Diesel alone.
fn by_hand(row: &mut Product, conn: &mut SqliteConnection) {
    let (old, next) = (row.version, row.version.checked_add(1).unwrap());
    row.version = next;
    let found = diesel::update(products::table.find(row.id).filter(products::version.eq(old)))
        .set(&*row)
        .execute(conn)
        .unwrap();
    assert_ne!(found, 0, "stale");
}

fn delete_by_hand(row: &mut Product, conn: &mut SqliteConnection) {
    let same = products::table.find(row.id).filter(products::version.eq(row.version));
    assert_ne!(diesel::delete(same).execute(conn).unwrap(), 0, "stale");
}

/// Diesel keeps no UPDATE, but it keeps a SELECT: one with as many binds as a save shows what binding costs.
fn select(row: &mut Product, conn: &mut SqliteConnection) {
    products::table
        .filter(products::name.eq(&row.name))
        .filter(products::note.eq(&row.note))
        .filter(products::quantity.eq(row.quantity))
        .filter(products::version.eq(row.version))
        .filter(products::id.eq(row.id))
        .filter(products::version.ne(0))
        .execute(conn)
        .unwrap();
}
