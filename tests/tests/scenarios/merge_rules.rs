//! What the rules make of a field that both sides have changed.

use std::collections::BTreeSet;

use diesel::prelude::*;
use occ_runtime::{Error, MergeUnion, OptimisticLock, Tracked};

use super::cell::{Conn, Database, batch, connect, first, rebase, save_tracked};

diesel::table! {
    recipes (id) {
        id -> Integer,
        steps -> Text,
        hint -> Nullable<Text>,
        best_score -> Double,
        first_cooked -> Nullable<Integer>,
        tags -> Text,
        portions -> Integer,
        stars -> Integer,
        version -> Integer,
    }
}

#[derive(Clone, Debug, PartialEq, Queryable, Selectable, OptimisticLock)]
#[occ(tracked)]
pub struct Recipe {
    pub id: i32,
    #[occ(merge = text)]
    pub steps: String,
    #[occ(merge = text)]
    pub hint: Option<String>,
    #[occ(merge = max)]
    pub best_score: f64,
    #[occ(merge = min)]
    pub first_cooked: Option<i32>,
    #[occ(merge = union)]
    #[diesel(serialize_as = String, deserialize_as = String)]
    pub tags: Tags,
    #[occ(merge(with = even_mean))]
    pub portions: i32,
    #[occ(merge(with = Recipe::both_stars))]
    pub stars: i32,
    pub version: i32,
}

/// Words, in a column with commas between them.
#[derive(Clone, Debug, PartialEq)]
pub struct Tags(BTreeSet<String>);

impl From<String> for Tags {
    fn from(text: String) -> Self {
        Self(text.split(',').filter(|tag| !tag.is_empty()).map(str::to_owned).collect())
    }
}

impl From<Tags> for String {
    fn from(tags: Tags) -> Self {
        tags.0.into_iter().collect::<Vec<_>>().join(",")
    }
}

impl MergeUnion for Tags {
    fn merge_union(base: &Self, mine: &Self, theirs: &Self) -> Option<Self> {
        BTreeSet::merge_union(&base.0, &mine.0, &theirs.0).map(Tags)
    }
}

/// Something that may have no result.
#[allow(clippy::trivially_copy_pass_by_ref, reason = "as the rule calls it, whatever the type")]
fn even_mean(_: &i32, mine: &i32, theirs: &i32) -> Option<i32> {
    let sum = mine + theirs;
    (sum % 2 == 0).then_some(sum / 2)
}

impl Recipe {
    /// Something that counts twice what both have done alike.
    #[allow(
        clippy::trivially_copy_pass_by_ref,
        clippy::unnecessary_wraps,
        reason = "as the rule calls it, whatever the type"
    )]
    fn both_stars(base: &i32, mine: &i32, theirs: &i32) -> Option<i32> {
        Some(mine + theirs - base)
    }
}

const STEPS: &str = "Cut.\n\nFry.\n\nSalt.\n";

async fn create_table(database: &Database) {
    batch(
        "CREATE TABLE recipes (id INTEGER PRIMARY KEY, steps TEXT NOT NULL, hint TEXT, best_score DOUBLE PRECISION NOT NULL, \
         first_cooked INTEGER, tags VARCHAR(200) NOT NULL, portions INTEGER NOT NULL, stars INTEGER NOT NULL, version INTEGER NOT NULL);
         INSERT INTO recipes VALUES (1, 'Cut.\n\nFry.\n\nSalt.\n', NULL, 5, 2020, 'quick,warm', 4, 3, 1);",
        &mut connect(database).await,
    )
    .await
    .unwrap();
}

async fn load(conn: &mut Conn) -> Tracked<Recipe> {
    first(recipes::table.find(1).select(Tracked::<Recipe>::as_select()), conn).await.unwrap()
}

/// Theirs is saved, and mine rebased onto it: what comes of it, which is then saved, or the fields that clash.
async fn merged(
    database: &Database,
    theirs: impl FnOnce(&mut Recipe),
    mine: impl FnOnce(&mut Recipe),
) -> Result<Recipe, Vec<&'static str>> {
    let (a, b) = (&mut connect(database).await, &mut connect(database).await);
    let (mut early, mut late) = (load(b).await, load(a).await);
    theirs(&mut early);
    save_tracked(&mut early, b).await.unwrap();
    mine(&mut late);
    let before = late.clone();
    match rebase(&mut late, a).await {
        Ok(()) => {
            save_tracked(&mut late, a).await.unwrap();
            assert_eq!(load(b).await, late, "memory is the row");
            Ok(late.into_inner())
        }
        Err(Error::Unmerged(error)) => {
            assert_eq!(late, before, "nothing is merged");
            assert!(
                error.to_string().contains("a rule for both sides decides nothing where it has no result")
            );
            Err(error.differences().iter().map(occ_runtime::conflict::Difference::field).collect())
        }
        Err(other) => panic!("{other}"),
    }
}

super::scenarios! {
    async fn each_rule_makes_one_of_two_changes(database) {
        create_table(database).await;
        let row = merged(
            database,
            |theirs| {
                theirs.steps = STEPS.replace("Salt.", "Salt and pepper.");
                theirs.best_score = 8.5;
                theirs.first_cooked = Some(2019);
                theirs.tags = "warm,spicy".to_owned().into();
                theirs.portions = 8;
                theirs.stars = 4;
            },
            |mine| {
                mine.steps = STEPS.replace("Cut.", "Wash, and cut.");
                mine.best_score = 7.25;
                mine.first_cooked = Some(2018);
                mine.tags = "quick,warm,cheap".to_owned().into();
                mine.portions = 2;
                mine.stars = 4;
            },
        )
        .await
        .unwrap();
        assert_eq!(row.steps, "Wash, and cut.\n\nFry.\n\nSalt and pepper.\n");
        assert_eq!((row.best_score.to_bits(), row.first_cooked), (8.5_f64.to_bits(), Some(2018)));
        assert_eq!(row.tags, "cheap,spicy,warm".to_owned().into());
        assert_eq!((row.portions, row.stars), (5, 5), "one star from each");
    }

    async fn a_rule_is_not_asked_where_only_one_side_has_changed_the_field(database) {
        create_table(database).await;
        let row = merged(
            database,
            |theirs| {
                theirs.best_score = 1.0;
                theirs.steps = "Order a pizza.".into();
            },
            |mine| {
                mine.first_cooked = Some(2024);
                mine.portions = 7;
                mine.hint = Some("Not too long.".into());
            },
        )
        .await
        .unwrap();
        // A score that they have lowered, a year that I have put later: each knew what was there.
        assert_eq!((row.best_score.to_bits(), row.first_cooked), (1.0_f64.to_bits(), Some(2024)));
        assert_eq!((row.steps.as_str(), row.portions), ("Order a pizza.", 7));
        assert_eq!(row.hint.as_deref(), Some("Not too long."));
    }

    async fn a_rule_without_a_result_is_a_conflict(database) {
        create_table(database).await;
        let clashes = merged(
            database,
            |theirs| {
                theirs.steps = STEPS.replace("Fry.", "Fry slowly.");
                theirs.hint = Some("Warm plates.".into());
                theirs.portions = 5;
                theirs.stars = 5;
            },
            |mine| {
                mine.steps = STEPS.replace("Fry.", "Fry at once.");
                mine.hint = Some("Cold plates.".into());
                mine.portions = 6;
            },
        )
        .await;
        assert_eq!(clashes, Err(vec!["steps", "hint", "portions"]));
    }

    async fn the_same_change_of_both_is_one_unless_a_function_says_else(database) {
        create_table(database).await;
        let change = |row: &mut Recipe| {
            row.steps = STEPS.replace("Fry.", "Fry slowly.");
            row.hint = Some("Warm plates.".into());
            row.best_score = 9.0;
            row.tags = String::new().into();
            row.stars += 1;
        };
        let row = merged(database, change, change).await.unwrap();
        assert_eq!(row.steps, "Cut.\n\nFry slowly.\n\nSalt.\n");
        assert_eq!((row.hint.as_deref(), row.tags), (Some("Warm plates."), String::new().into()));
        assert_eq!((row.best_score.to_bits(), row.stars), (9.0_f64.to_bits(), 5));
    }
}
