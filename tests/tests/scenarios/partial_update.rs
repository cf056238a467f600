//! `update_optimistic`: some columns only, after which the value is the row.

use diesel::prelude::*;
use occ_runtime::Error;
use occ_tests::cell::Backend;

use super::cell::{
    BACKEND, Conn, KNOWN_AS, batch, begin, connect, execute, record, rollback, save, transaction, update,
};
use super::product::{Product, load, products};

#[derive(AsChangeset)]
#[diesel(table_name = products)]
struct Patch {
    name: Option<String>,
    quantity: Option<i32>,
}

#[derive(AsChangeset, Debug)]
#[allow(clippy::option_option, reason = "so Diesel tells a NULL from what is left alone")]
#[diesel(table_name = products)]
struct AnyPatch {
    name: Option<String>,
    #[allow(clippy::option_option, reason = "a column that may be NULL and is written or not")]
    note: Option<Option<String>>,
    quantity: Option<i32>,
}

const COLUMNS: &str = "products.id, products.name, products.note, products.quantity, products.version";

/// Names in capitals, whoever writes them.
async fn shout(conn: &mut Conn) {
    let trigger = match BACKEND {
        Backend::Sqlite => {
            "CREATE TRIGGER shout AFTER UPDATE ON products WHEN NEW.name <> upper(NEW.name) \
             BEGIN UPDATE products SET name = upper(NEW.name) WHERE id = NEW.id; END"
        }
        Backend::Postgres => {
            "CREATE FUNCTION shout() RETURNS trigger AS $$ BEGIN NEW.name := upper(NEW.name); RETURN NEW; END $$ \
             LANGUAGE plpgsql;
             CREATE TRIGGER shout BEFORE UPDATE ON products FOR EACH ROW EXECUTE FUNCTION shout()"
        }
        Backend::Mysql => {
            "CREATE TRIGGER shout BEFORE UPDATE ON products FOR EACH ROW SET NEW.name = UPPER(NEW.name)"
        }
    };
    batch(trigger, conn).await.unwrap();
}

/// Updates with random changes, each of which leaves in memory what a save then writes without any change.
async fn random_patches(conn: &mut Conn) {
    let mut product = load(1, conn).await;
    // The same changes on every backend; any would do.
    let mut random = 0x2545_F491_4F6C_DD1D_u64;
    let mut draw = move |below: u64| {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        random % below
    };
    for round in 0..60 {
        let text = format!("text {}", draw(1000));
        let patch = AnyPatch {
            name: (draw(2) == 0).then(|| text.clone()),
            note: match draw(3) {
                0 => None,
                1 => Some(None),
                _ => Some(Some(text)),
            },
            quantity: (draw(2) == 0).then(|| i32::try_from(draw(1000)).unwrap()),
        };
        // What is not saved must not come back either.
        product.quantity = -1;
        update(&mut product, &patch, conn).await.unwrap();
        let updated = load(1, conn).await;
        assert_eq!(product, updated, "{round}: {patch:?}");
        save(&mut product, conn).await.unwrap();
        let saved = load(1, conn).await;
        assert_eq!(saved, Product { version: updated.version + 1, ..updated }, "{round}: {patch:?}");
        assert_eq!(product, saved);
    }
}

super::scenarios! {
    async fn only_the_changes_and_the_version_are_written_and_the_row_comes_back(database) {
        let conn = &mut connect(database).await;
        let mut product = load(1, conn).await;
        product.name = "in memory only".into();
        // By somebody who moves no version.
        execute(diesel::update(products::table.find(1)).set(products::note.eq("dim")), conn).await.unwrap();
        let recorder = record(conn);
        update(&mut product, products::quantity.eq(4), conn).await.unwrap();
        let update = "UPDATE products SET quantity = ?, version = ? WHERE id = ? AND version = ?";
        let sent: Vec<_> = recorder.take().into_iter().filter(|sql| sql.contains("products")).collect();
        if KNOWN_AS == Backend::Postgres {
            assert_eq!(sent, [format!("{update} RETURNING {COLUMNS} -- [4, 2, 1, 1]")]);
        } else {
            assert_eq!(sent, [
                format!("{update} -- [4, 2, 1, 1]"),
                format!("SELECT {COLUMNS} FROM products WHERE id = ? -- [1]"),
            ]);
        }
        let row = load(1, conn).await;
        assert_eq!((row.name.as_str(), row.note.as_deref(), row.quantity, row.version), ("lamp", Some("dim"), 4, 2));
        assert_eq!(product, row);
    }

    async fn an_expression_is_computed_by_the_database(database) {
        let conn = &mut connect(database).await;
        let mut product = load(1, conn).await;
        update(&mut product, (products::quantity.eq(products::quantity - 3), products::name.eq("x")), conn)
            .await
            .unwrap();
        assert_eq!((product.quantity, product.name.as_str(), product.version), (7, "x", 2));
        assert_eq!(product, load(1, conn).await);
    }

    async fn a_changeset_struct_leaves_its_nones_alone(database) {
        let conn = &mut connect(database).await;
        let mut product = load(1, conn).await;
        update(&mut product, &Patch { name: None, quantity: Some(5) }, conn).await.unwrap();
        update(&mut product, &Patch { name: Some("y".into()), quantity: None }, conn).await.unwrap();
        let row = load(1, conn).await;
        assert_eq!((row.name.as_str(), row.quantity, row.version), ("y", 5, 3));
        assert_eq!(product, row);
    }

    async fn an_empty_changeset_checks_the_version_and_moves_it_on(database) {
        let conn = &mut connect(database).await;
        let mut product = load(1, conn).await;
        let mut old = product.clone();
        update(&mut product, &Patch { name: None, quantity: None }, conn).await.unwrap();
        assert_eq!((product.version, load(1, conn).await.version), (2, 2));
        let before = old.clone();
        assert!(update(&mut old, &Patch { name: None, quantity: None }, conn).await.unwrap_err().is_stale());
        assert_eq!(old, before);
    }

    async fn after_a_partial_update_a_save_changes_nothing_but_the_version(database) {
        let conn = &mut connect(database).await;
        random_patches(conn).await;
        // With names that are not what was sent.
        shout(conn).await;
        random_patches(conn).await;
        assert_eq!(load(1, conn).await.name, load(1, conn).await.name.to_uppercase());
    }

    async fn memory_is_what_a_trigger_makes_of_the_row(database) {
        let conn = &mut connect(database).await;
        shout(conn).await;
        for within in [false, true] {
            let mut product = load(1, conn).await;
            if within {
                begin(conn).await.unwrap();
            }
            update(&mut product, products::name.eq("whisper"), conn).await.unwrap();
            assert_eq!((product.name.as_str(), &product), ("WHISPER", &load(1, conn).await));
            update(&mut product, products::quantity.eq(7), conn).await.unwrap();
            assert_eq!((product.quantity, &product), (7, &load(1, conn).await));
            if within {
                rollback(conn).await.unwrap();
            }
        }
    }

    async fn what_is_refused_leaves_the_value_and_the_row(database) {
        let conn = &mut connect(database).await;
        let mut product = load(1, conn).await;
        product.name = "edited".into();
        let (before, row) = (product.clone(), load(1, conn).await);
        // A statement that the database refuses, and one that is refused by the version.
        let long = "x".repeat(101);
        let too_long = match BACKEND {
            Backend::Sqlite => update(&mut product, products::name.eq(None::<String>.map_or_else(
                || diesel::dsl::sql::<diesel::sql_types::Text>("NULL"), |_| unreachable!())), conn).await,
            _ => update(&mut product, products::name.eq(&long), conn).await,
        };
        assert!(matches!(too_long, Err(Error::Database(_))), "{too_long:?}");
        assert_eq!((&product, &load(1, conn).await), (&before, &row));
        product.version = i32::MAX;
        let result = update(&mut product, products::quantity.eq(4), conn).await;
        assert!(matches!(result, Err(Error::Version(_))), "{result:?}");
        product.version = 9;
        let Err(Error::Stale(stale)) = update(&mut product, products::quantity.eq(4), conn).await else {
            panic!("the row is at version 1")
        };
        assert_eq!((stale.table(), stale.key(), stale.expected(), stale.actual()), ("products", "1", "9", Some("1")));
        assert_eq!((&product, &load(1, conn).await), (&Product { version: 9, ..before }, &row));
    }

    async fn a_rollback_puts_the_version_back(database) {
        let conn = &mut connect(database).await;
        let mut product = load(1, conn).await;
        let result: Result<(), Error> = transaction(conn, &mut product, async |conn, product| {
            update(product, products::quantity.eq(4), conn).await?;
            update(product, products::quantity.eq(5), conn).await?;
            assert_eq!((product.quantity, product.version), (5, 3));
            Err(diesel::result::Error::RollbackTransaction.into())
        })
        .await;
        assert!(result.is_err());
        assert_eq!((product.version, load(1, conn).await.version), (1, 1));
        update(&mut product, products::name.eq("x"), conn).await.unwrap();
        assert_eq!((product.quantity, &product), (10, &load(1, conn).await));
    }

    async fn a_key_among_the_changes_is_never_a_value_that_names_another_row(database) {
        let conn = &mut connect(database).await;
        let mut product = load(1, conn).await;
        let before = product.clone();
        match update(&mut product, products::id.eq(7), conn).await {
            // The row that it has moved to.
            Ok(()) => assert_eq!(product, load(7, conn).await),
            Err(error) => {
                assert!(matches!(error, Error::Database(_)), "{error:?}");
                assert!(error.to_string().contains("not to be found by its key after the update"), "{error}");
                assert_eq!((&product, &load(1, conn).await), (&before, &before), "nothing is written");
            }
        }
    }
}
