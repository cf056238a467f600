//! A `Vec` in `optimistic_transaction`, from which the closure takes values, and to which it adds some.

use diesel::result::Error as DieselError;
use occ_runtime::Error;
use occ_tests::cell::caught;

use super::cell::{Conn, batch, connect, insert, save, save_all, touch, transaction};
use super::product::{Product, load};

/// What the closure does with the first two of three rows, and a copy of the fourth.
#[derive(Clone, Copy, Debug)]
enum Does {
    Pushes,
    PushesWhatItHasNotSaved,
    Inserts,
    Swaps,
    Drains,
    Removes,
    Replaces,
    ReplacesAll,
    Duplicates,
    Clears,
}

const ALL: [Does; 10] = [
    Does::Pushes,
    Does::PushesWhatItHasNotSaved,
    Does::Inserts,
    Does::Swaps,
    Does::Drains,
    Does::Removes,
    Does::Replaces,
    Does::ReplacesAll,
    Does::Duplicates,
    Does::Clears,
];

impl Does {
    async fn run(self, rows: &mut Vec<Product>, conn: &mut Conn) -> Result<(), Error> {
        let mut four = load(4, conn).await;
        save(&mut four, conn).await?;
        touch(&mut four, conn).await?;
        match self {
            Self::Pushes => rows.push(four),
            Self::PushesWhatItHasNotSaved => rows.push(load(5, conn).await),
            Self::Inserts => rows.insert(0, four),
            Self::Swaps => {
                rows.push(four);
                rows.swap(0, 3);
                rows.swap(1, 2);
            }
            Self::Drains => {
                rows.drain(..2);
                rows.push(four);
            }
            Self::Removes => drop(rows.remove(0)),
            Self::Replaces => rows[0] = four,
            Self::ReplacesAll => *rows = vec![four, rows.remove(2), rows.remove(0), load(5, conn).await],
            Self::Duplicates => rows.extend_from_within(..),
            Self::Clears => rows.clear(),
        }
        Ok(())
    }
}

async fn insert_rows(conn: &mut Conn) {
    batch(
        "INSERT INTO products VALUES (3, 'bed', NULL, 30, 3);
         INSERT INTO products VALUES (4, 'box', NULL, 40, 4);
         INSERT INTO products VALUES (5, 'cup', NULL, 50, 50);",
        conn,
    )
    .await
    .unwrap();
}

super::scenarios! {
    async fn each_value_that_is_in_a_vec_at_the_end_gets_the_version_of_its_row(database) {
        insert_rows(&mut connect(database).await).await;
        for does in ALL {
            for panics in [false, true] {
                for saves_after in [false, true] {
                    let conn = &mut connect(database).await;
                    let mut rows = vec![load(1, conn).await, load(2, conn).await, load(3, conn).await];
                    let outcome = caught(transaction(conn, &mut rows, async |conn: &mut Conn, rows: &mut Vec<Product>| {
                        save_all(rows, conn).await?;
                        does.run(rows, conn).await?;
                        if saves_after {
                            for row in rows.iter_mut() {
                                // A copy is behind its row.
                                let _ = save(row, conn).await;
                            }
                        }
                        assert!(!panics, "in the closure");
                        Err::<(), Error>(DieselError::RollbackTransaction.into())
                    }))
                    .await;
                    assert_eq!(outcome.is_none(), panics, "{does:?}");
                    // An async connection is of no more use after a panic.
                    let conn = &mut connect(database).await;
                    for row in &mut rows {
                        assert_eq!(row.version, load(row.id, conn).await.version, "{does:?}, {saves_after}: {row:?}");
                    }
                }
            }
        }
    }

    async fn a_value_that_has_come_to_a_vec_goes_back_over_its_own_saves_alone(database) {
        let conn = &mut connect(database).await;
        insert_rows(conn).await;
        let (mut rows, mut cup) = (Vec::<Product>::new(), load(5, conn).await);
        let outcome = transaction(conn, &mut rows, async |conn: &mut Conn, rows: &mut Vec<Product>| {
            save(&mut cup, conn).await?;
            batch("UPDATE products SET version = 9 WHERE id = 4", conn).await?;
            rows.push(load(4, conn).await);
            rows.push(Product { id: 6, version: -1, ..cup.clone() });
            insert(&mut rows[1], conn).await?;
            rows.push(cup.clone());
            Err::<(), Error>(DieselError::RollbackTransaction.into())
        })
        .await;
        assert!(outcome.is_err());
        let versions: Vec<_> = rows.iter().map(|row| (row.id, row.version)).collect();
        assert_eq!(versions, [(4, 9), (6, -1), (5, 50)]);
        assert_eq!(cup.version, 51, "it was not handed over");
        assert!(save(&mut rows[0], conn).await.unwrap_err().is_stale());
        save(&mut rows[2], conn).await.unwrap();
    }
}
