//! What a warm save allocates: nothing besides what Diesel allocates for the binds.
#![cfg(all(feature = "sqlite", feature = "version_types"))]

use allocation_counter::measure;
use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use occ_runtime::prelude::*;
use occ_tests::report::measured;
use occ_tests::saved::{Product, connection, products};

#[test]
fn a_warm_save_allocates_no_more_than_a_cached_statement_of_diesels_with_the_same_binds() {
    let conn = &mut connection(1);
    let mut product: Product = products::table.select(Product::as_select()).first(conn).unwrap();
    let mut save = || product.save_optimistic(conn).unwrap();
    save();
    let ours = measure(save).count_total;

    // Diesel keeps no UPDATE, but it keeps a SELECT: one with the same six binds shows what binding costs.
    let conn = &mut connection(1);
    let mut select = || {
        let found = products::table
            .filter(products::name.eq("lamp"))
            .filter(products::note.eq(Some("bright")))
            .filter(products::quantity.eq(10))
            .filter(products::version.eq(1))
            .filter(products::id.eq(1))
            .filter(products::version.ne(0))
            .execute(conn);
        assert!(found.is_ok());
    };
    select();
    let diesels = measure(select).count_total;

    let conn = &mut connection(1);
    let mut product: Product = products::table.select(Product::as_select()).first(conn).unwrap();
    let mut by_hand = || {
        let old = product.version;
        product.version += 1;
        let row = products::table.find(1).filter(products::version.eq(old));
        assert_eq!(diesel::update(row).set(&product).execute(conn), Ok(1));
    };
    by_hand();
    let hand_written = measure(by_hand).count_total;

    measured(format_args!(
        "allocations: a warm save {ours}, a cached SELECT of Diesel's with as many binds {diesels}, the UPDATE by \
         hand {hand_written}"
    ));
    assert!(ours <= diesels, "{ours} against {diesels}");
    assert!(ours < hand_written);
}

#[test]
fn touching_and_deleting_allocate_no_more_than_saving() {
    let conn = &mut connection(1);
    let mut product: Product = products::table.select(Product::as_select()).first(conn).unwrap();
    product.save_optimistic(conn).unwrap();
    product.touch_optimistic(conn).unwrap();
    let save = measure(|| product.save_optimistic(conn).unwrap()).count_total;
    let touch = measure(|| product.touch_optimistic(conn).unwrap()).count_total;
    assert!(touch <= save, "{touch} against {save}");
    product.delete_optimistic(conn).unwrap();
    conn.batch_execute("INSERT INTO products VALUES (1, 'lamp', 'bright', 10, 9)").unwrap();
    product.version = 9;
    let delete = measure(|| product.delete_optimistic(conn).unwrap()).count_total;
    assert!(delete <= save, "{delete} against {save}");
}
