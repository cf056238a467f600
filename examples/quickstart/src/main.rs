//! Alice and Bob edit one product, and no update is lost: `cargo run -p quickstart`.
//!
//! What the derive writes for `Product` is in `by_hand.rs`.

// It answers to its tests only: the program uses the derive.
#[cfg(test)]
mod by_hand;

use std::path::Path;

use diesel::connection::{InstrumentationEvent, SimpleConnection as _};
use diesel::prelude::*;
use occ_runtime::Error;
use occ_runtime::prelude::*;

mod schema {
    diesel::table! {
        products (id) {
            id -> Integer,
            name -> Text,
            quantity -> Integer,
            version -> Integer,
        }
    }
}
use schema::products;

#[derive(Debug, Queryable, Selectable, OptimisticLock)]
struct Product {
    id: i32,
    name: String,
    quantity: i32,
    #[occ(version)]
    version: i32,
}

const SHOP: &str = "
    CREATE TABLE products (
        id INTEGER PRIMARY KEY,
        name TEXT NOT NULL,
        quantity INTEGER NOT NULL,
        version INTEGER NOT NULL
    );
";

type Outcome = Result<(), Box<dyn std::error::Error>>;

fn main() -> Outcome {
    let folder = std::env::temp_dir().join(format!("occ-quickstart-{}", std::process::id()));
    std::fs::create_dir(&folder)?;
    let outcome = tell(&folder.join("shop.sqlite"));
    std::fs::remove_dir_all(&folder)?;
    outcome
}

fn tell(file: &Path) -> Outcome {
    let alice = &mut connect(file)?;
    alice.batch_execute(SHOP)?;
    print_sql(alice);
    let bob = &mut connect(file)?;
    print_sql(bob);

    println!("Alice has a new product. Nobody sets its version.");
    let mut hers = Product::create_optimistic((products::name.eq("lamp"), products::quantity.eq(10)), alice)?;

    println!("\nBob loads it.");
    let mut his = products::table.find(hers.id).select(Product::as_select()).first(bob)?;
    println!("  both hold {his:?}");

    println!("\nAlice renames it and saves.");
    hers.name = "green lamp".into();
    hers.save_optimistic(alice)?;
    println!("  saved, now at version {}", hers.version);

    println!("\nBob sells one and saves. He has not seen the new name.");
    his.quantity -= 1;
    print_refusal(his.save_optimistic(bob))?;

    println!(
        "\nBob reloads and sells one again. This time the database counts, and he has the row as it is then."
    );
    his.reload(bob)?;
    his.update_optimistic(products::quantity.eq(products::quantity - 1), bob)?;
    println!("  saved {his:?}");

    println!("\nAlice deletes the product. She has not seen the sale.");
    print_refusal(hers.delete_optimistic(alice))?;

    println!("\nBob deletes the product.");
    his.delete_optimistic(bob)?;
    println!("  deleted");
    Ok(())
}

fn connect(file: &Path) -> ConnectionResult<SqliteConnection> {
    SqliteConnection::establish(&file.to_string_lossy())
}

/// Prints each statement as Diesel sends it.
fn print_sql(conn: &mut SqliteConnection) {
    conn.set_instrumentation(|event: InstrumentationEvent<'_>| {
        if let InstrumentationEvent::StartQuery { query, .. } = event {
            println!("    {query}");
        }
    });
}

/// A conflict is what this story expects here. Anything else ends it.
fn print_refusal(outcome: Result<(), Error>) -> Outcome {
    match outcome {
        Err(Error::Stale(stale)) => {
            println!("  refused: {stale}");
            Ok(())
        }
        Err(other) => Err(other.into()),
        Ok(()) => Err("an outdated copy was accepted".into()),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_story_ends_as_told() {
        super::main().unwrap();
    }
}
