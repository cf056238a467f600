//! Writes that were reported, and not refused, may have written over others.

use occ_history::check::Kind;
use occ_history::log::{Answer, Call, Op};
use occ_history::row::{Row, Token};

use super::by_hand::*;
use super::found;

/// A save of `before` with one more token, over a row that is at `version`, which is reported.
fn over(worker: usize, start: u64, before: &Row, token: Token, version: i64) -> Op {
    let mut op = save(worker, start, before, token);
    if let Some(after) = &mut op.after {
        after.version = row(version + 1, "").version;
    }
    Op { call: Call::Overwrite, ..op }
}

#[test]
fn what_was_reported_may_be_gone_and_nothing_else() {
    let lost = |call| {
        let reported = over(2, 60, &row(0, "1,"), 3, 2);
        let ops = vec![
            created(),
            save(1, 20, &row(0, "1,"), 2),
            raw(40, 4, Answer::Done),
            Op { call, ..reported },
            save(1, 80, &row(3, "1,3,"), 5),
            raw(100, 6, Answer::Done),
        ];
        found(ops, vec![], vec![row(5, "1,3,5,6,")])
    };
    assert_eq!(lost(Call::Overwrite), []);
    assert_ne!(lost(Call::Save), []);
    // What was written after it, stays.
    let ops = vec![
        created(),
        over(2, 20, &row(0, "1,"), 3, 0),
        save(1, 40, &row(1, "1,3,"), 5),
        save(1, 60, &row(2, "1,3,5,"), 6),
    ];
    assert_eq!(found(ops.clone(), vec![], vec![row(3, "1,3,5,6,")]), []);
    assert_eq!(found(ops, vec![], vec![row(3, "1,3,6,")]), [Kind::LostUpdate]);
    // Nor may it make a version of somebody else's.
    let ops = vec![created(), save(1, 20, &row(0, "1,"), 2), over(2, 40, &row(0, "1,"), 3, 0)];
    assert_eq!(found(ops, vec![], vec![row(1, "1,3,")]), [Kind::Fork]);
}

#[test]
fn raw_writes_that_were_written_over_are_found_where_nobody_has_seen_them() {
    let ops = vec![
        created(),
        raw(20, 2, Answer::Done),
        over(1, 40, &row(0, "1,"), 3, 1),
        raw(60, 4, Answer::Done),
        raw(70, 5, Answer::Done),
        load(2, 90, &row(4, "1,3,4,5,")),
        unanswered(save(2, 100, &row(4, "1,3,4,5,"), 6)),
        over(1, 120, &row(2, "1,3,"), 7, 5),
        raw(140, 8, Answer::Done),
    ];
    assert_eq!(found(ops, vec![], vec![row(7, "1,3,7,8,")]), []);
}
