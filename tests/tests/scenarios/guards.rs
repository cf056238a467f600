//! Conditions beside the version, and updates beside the methods.

use diesel::prelude::*;
use occ_runtime::{Error, Operation, bump_version};

use super::cell::{all, connect, delete_if, execute, record, save, save_if, touch, transaction};
use super::product::{Product, load, products};

diesel::table! { parts (id) { id -> Integer, product -> Integer, name -> Text, version -> Integer } }

#[derive(Clone, Debug, PartialEq, Queryable, Selectable, occ_runtime::OptimisticLock)]
struct Part {
    id: i32,
    product: i32,
    name: String,
    version: i32,
}

super::scenarios! {
    async fn a_guard_is_part_of_the_statement_and_tells_itself_from_a_conflict(database) {
        let conn = &mut connect(database).await;
        let mut lamp = load(1, conn).await;
        let recorder = record(conn);
        lamp.name = "guarded".into();
        let in_stock = || products::quantity.gt(5).or(products::name.eq("desk"));
        save_if(&mut lamp, in_stock(), conn).await.unwrap();
        assert_eq!(recorder.take(), [
            "UPDATE products SET name = ?, note = ?, quantity = ?, version = ? WHERE id = ? AND version = ? \
             AND (((products.quantity > ?) OR (products.name = ?))) \
             -- [\"guarded\", \"bright\", 10, 2, 1, 1, 5, \"desk\"]"
        ]);
        save_if(&mut lamp, in_stock(), conn).await.unwrap();
        assert_eq!((recorder.take_prepared(), load(1, conn).await), (1, lamp.clone()));

        // Written by somebody who moves no version.
        execute(diesel::update(products::table.find(1)).set(products::quantity.eq(3)), conn).await.unwrap();
        let before = lamp.clone();
        let Err(Error::Guard(error)) = save_if(&mut lamp, in_stock(), conn).await else { panic!("there are 3") };
        assert_eq!((error.operation(), error.table(), error.key()), (Operation::Save, "products", "1"));
        assert_eq!(
            error.to_string(),
            "cannot save row 1 of `products`: it is at the expected version, but the condition does not hold for it, or a \
             trigger, a rule or a row policy holds the statement back"
        );
        assert!(!Error::from(error.clone()).is_stale() && !Error::from(error).is_retryable());
        let Err(Error::Guard(error)) = delete_if(&lamp, in_stock(), conn).await else { panic!("there are 3") };
        assert_eq!(error.operation(), Operation::Delete);
        assert_eq!((lamp.clone(), load(1, conn).await.quantity), (before, 3));

        // A conflict is a conflict, whatever the guard says.
        save(&mut load(1, conn).await, conn).await.unwrap();
        assert!(save_if(&mut lamp, in_stock(), conn).await.unwrap_err().is_stale());
        assert!(delete_if(&lamp, products::quantity.eq(3), conn).await.unwrap_err().is_stale());
        let lamp = load(1, conn).await;
        delete_if(&lamp, products::quantity.eq(3), conn).await.unwrap();
        let Err(Error::Stale(stale)) = delete_if(&lamp, products::quantity.eq(3), conn).await else { panic!("it is gone") };
        assert!(stale.is_deleted());
    }

    async fn an_update_of_diesels_moves_every_version_on(database) {
        let conn = &mut connect(database).await;
        let (mut lamp, mut desk) = (load(1, conn).await, load(2, conn).await);
        let recorder = record(conn);
        let add = diesel::update(products::table.filter(products::quantity.gt(15)))
            .set((products::quantity.eq(products::quantity + 1), bump_version::<Product>()));
        assert_eq!(execute(add, conn).await.unwrap(), 1);
        assert_eq!(recorder.take(), [
            "UPDATE products SET quantity = (products.quantity + ?), version = products.version + 1 \
             WHERE (products.quantity > ?) -- [1, 15]"
        ]);
        assert!(save(&mut desk, conn).await.unwrap_err().is_stale());
        assert_eq!((load(2, conn).await.quantity, load(2, conn).await.version), (21, 2));
        save(&mut lamp, conn).await.unwrap();
    }

    async fn a_root_is_touched_once_with_the_parts_that_changed(database) {
        let conn = &mut connect(database).await;
        super::cell::batch(
            "CREATE TABLE parts (id INTEGER PRIMARY KEY, product INTEGER NOT NULL, name VARCHAR(50) NOT NULL, \
             version INTEGER NOT NULL);
             INSERT INTO parts VALUES (1, 1, 'bulb', 1), (2, 1, 'cord', 1)",
            conn,
        ).await.unwrap();
        let mut lamp = load(1, conn).await;
        let mut also_lamp = lamp.clone();
        let stored = || parts::table.order(parts::id).select(Part::as_select());
        let mut parts: Vec<Part> = all(stored(), conn).await.unwrap();
        let [bulb, cord] = &mut parts[..] else { panic!("two parts") };
        let result: Result<(), Error> = transaction(conn, (&mut lamp, &mut *bulb, &mut *cord), async |conn, (lamp, bulb, cord)| {
            bulb.name = "LED".into();
            save(bulb, conn).await?;
            save(cord, conn).await?;
            touch(lamp, conn).await
        }).await;
        result.unwrap();
        assert_eq!((lamp.version, bulb.version, cord.version), (2, 2, 2));
        assert_eq!(all::<_, Part>(stored(), conn).await.unwrap(), parts);
        // Whoever has the root of before writes nothing, not even its parts.
        let [bulb, _] = &mut parts[..] else { panic!("two parts") };
        let result: Result<(), Error> = transaction(conn, (&mut also_lamp, &mut *bulb), async |conn, (lamp, bulb)| {
            bulb.name = "candle".into();
            save(bulb, conn).await?;
            touch(lamp, conn).await
        }).await;
        assert!(result.unwrap_err().is_stale());
        assert_eq!((also_lamp.version, bulb.version), (1, 2));
        assert_eq!(all::<_, Part>(stored(), conn).await.unwrap()[0].name, "LED");
    }
}
