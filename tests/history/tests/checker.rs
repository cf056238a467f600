//! The checker on histories made by hand: each anomaly is found, and what only looks like one is not.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test is named by what it shows, and panics if not"
)]

#[path = "checker/by_hand.rs"]
mod by_hand;
#[path = "checker/reported.rs"]
mod reported;

use by_hand::*;
use occ_history::check::{Kind, Rules, Unanswered, check, settle};
use occ_history::log::{Answer, Call, History, Op, Outcome, Scope};
use occ_history::row::{Edits, Field, Row, Token};

/// What is wrong with it.
fn found(ops: Vec<Op>, scopes: Vec<Scope>, rows: Vec<Row>) -> Vec<Kind> {
    check(&History { ops, scopes, rows, ..History::default() }, Rules::default())
        .iter()
        .map(|anomaly| anomaly.kind)
        .collect()
}

#[test]
fn a_history_in_order_passes() {
    let ops = vec![
        created(),
        save(1, 20, &row(0, "1,"), 2),
        load(2, 40, &row(1, "1,2,")),
        raw(60, 3, Answer::Done),
        refused(save(2, 80, &row(1, "1,2,"), 4), Answer::Stale),
        save(2, 100, &row(2, "1,2,3,"), 5),
        delete(1, 120, &row(3, "1,2,3,5,")),
        op(2, 140, Call::Load, Answer::Missing),
    ];
    assert_eq!(found(ops, vec![], vec![]), []);
}

#[test]
fn two_writes_of_one_version_are_a_fork() {
    let ops = vec![created(), save(1, 20, &row(0, "1,"), 2), save(2, 25, &row(0, "1,"), 3)];
    assert_eq!(found(ops, vec![], vec![row(1, "1,3,")]), [Kind::Fork]);
}

#[test]
fn an_acknowledged_write_that_is_not_there_is_lost() {
    let ops = vec![created(), save(1, 20, &row(0, "1,"), 2)];
    assert_eq!(found(ops.clone(), vec![], vec![row(0, "1,")]), [Kind::LostUpdate], "as if it had not been");
    assert_eq!(found(ops, vec![], vec![row(1, "1,")]), [Kind::LostUpdate], "by its content alone");
    let overwritten = vec![created(), save(1, 20, &row(0, "1,"), 2), save(2, 40, &row(1, "1,"), 3)];
    assert_eq!(found(overwritten, vec![], vec![row(2, "1,3,")]), [Kind::LostUpdate]);
    let ops = vec![created(), raw(20, 2, Answer::Done)];
    assert_eq!(found(ops, vec![], vec![row(0, "1,")]), [Kind::LostUpdate], "a raw one");
}

#[test]
fn a_write_that_is_there_twice_is_a_duplicate() {
    let ops = vec![created(), save(1, 20, &row(0, "1,"), 2)];
    assert_eq!(found(ops, vec![], vec![row(2, "1,2,2,")]), [Kind::Duplicate]);
}

#[test]
fn a_version_that_nobody_has_made_is_found() {
    assert_eq!(found(vec![created()], vec![], vec![row(1, "1,")]), [Kind::Unaccounted]);
}

#[test]
fn what_was_refused_or_rolled_back_is_not_to_be_seen() {
    let refused = vec![created(), refused(save(1, 20, &row(0, "1,"), 2), Answer::Retryable)];
    assert_eq!(found(refused.clone(), vec![], vec![row(0, "1,")]), []);
    assert_eq!(found(refused, vec![], vec![row(1, "1,2,")]), [Kind::RefusedVisible]);
    let ops = vec![created(), within(0, save(1, 20, &row(0, "1,"), 2))];
    let scopes = vec![scope(40, Outcome::RolledBack)];
    assert_eq!(found(ops.clone(), scopes.clone(), vec![row(0, "1,")]), []);
    assert_eq!(found(ops, scopes.clone(), vec![row(1, "1,2,")]), [Kind::RefusedVisible]);
    let ops = vec![created(), within(0, raw(20, 2, Answer::Done))];
    assert_eq!(found(ops, scopes, vec![row(1, "1,2,")]), [Kind::RefusedVisible]);
}

#[test]
fn an_unknown_outcome_may_be_either() {
    let ops = vec![created(), unanswered(save(1, 20, &row(0, "1,"), 2))];
    assert_eq!(found(ops.clone(), vec![], vec![row(0, "1,")]), []);
    assert_eq!(found(ops.clone(), vec![], vec![row(1, "1,2,")]), []);
    assert_eq!(found(ops.clone(), vec![], vec![row(2, "1,2,2,")]), [Kind::Duplicate], "not both");
    // Another write has made the same version: it did not happen.
    let mut both = ops;
    both.push(save(2, 40, &row(0, "1,"), 3));
    assert_eq!(found(both.clone(), vec![], vec![row(1, "1,3,")]), []);
    assert_eq!(found(both, vec![], vec![row(2, "1,2,3,")]), [Kind::LostUpdate]);
}

#[test]
fn of_unknown_writes_without_a_token_the_one_is_found_that_all_the_rest_fits() {
    let adds = |worker, sum: Token| {
        let edits = Edits::one(Field::Total, sum);
        let mut called = row(0, "1,");
        edits.apply(&mut called);
        Op { edits, called: Some(called), ..unanswered(save(worker, 20, &row(0, "1,"), 9)) }
    };
    // Nobody has seen version 1, but who saved on top of it has.
    let with = |total| {
        let next = save(4, 60, &Row { total, ..row(1, "1,") }, 2);
        let last = Row { total, ..row(2, "1,2,") };
        found(vec![created(), adds(1, 30), adds(2, 40), adds(3, 50), next], vec![], vec![last])
    };
    for total in [30, 40, 50] {
        assert_eq!(with(total), [], "{total}");
    }
    assert_eq!(with(70), [Kind::TwoContents], "two of them");
}

#[test]
fn of_unknown_deletes_it_is_the_one_of_the_youngest_version() {
    let unknown = |worker, version, tokens| unanswered(delete(worker, 40, &row(version, tokens)));
    let ops = vec![created(), save(1, 20, &row(0, "1,"), 2), unknown(1, 1, "1,2,"), unknown(2, 0, "1,")];
    assert_eq!(found(ops, vec![], vec![]), []);
}

#[test]
fn a_row_that_is_locked_is_not_refused() {
    let lock = Op { called: Some(row(0, "1,")), ..op(1, 20, Call::Lock, Answer::Done) };
    let refused = within(0, refused(save(1, 40, &row(0, "1,"), 2), Answer::Stale));
    let other = save(2, 45, &row(0, "1,"), 3);
    let check = |lock| {
        let ops = vec![created(), lock, refused.clone(), other.clone()];
        found(ops, vec![scope(60, Outcome::RolledBack)], vec![row(1, "1,3,")])
    };
    assert_eq!(check(within(0, lock.clone())), [Kind::FalseRefusal]);
    assert_eq!(check(lock.clone()), [], "not in this transaction");
    assert_eq!(check(within(0, Op { answer: Answer::Retryable, ..lock })), [], "not locked");
}

#[test]
fn what_is_cancelled_is_not_written_and_somebody_has_cancelled_it() {
    let ops = vec![created(), refused(save(1, 20, &row(0, "1,"), 2), Answer::Cancelled)];
    let check = |faults, rows| {
        let history = History { ops: ops.clone(), rows, ..History::default() };
        let found = check(&history, Rules { faults, ..Rules::default() });
        found.iter().map(|anomaly| anomaly.kind).collect::<Vec<_>>()
    };
    assert_eq!(check(true, vec![row(0, "1,")]), []);
    assert_eq!(check(true, vec![row(1, "1,2,")]), [Kind::RefusedVisible]);
    assert_eq!(check(false, vec![row(0, "1,")]), [Kind::Unexpected]);
}

#[test]
fn what_has_become_of_lost_answers_is_counted() {
    let ops = vec![
        created(),
        unanswered(save(1, 20, &row(0, "1,"), 2)),
        within(0, unanswered(save(2, 25, &row(0, "1,"), 3))),
        within(1, save(3, 40, &row(1, "1,2,"), 4)),
    ];
    let scopes = vec![scope(60, Outcome::Unknown), scope(60, Outcome::Unknown)];
    let history = History { ops, scopes, rows: vec![row(2, "1,2,4,")], ..History::default() };
    let (found, unanswered) = settle(&history, Rules::default());
    assert!(found.is_empty(), "{}", found[0]);
    let expected = Unanswered { writes_done: 1, writes_not_done: 0, commits_done: 1, commits_not_done: 1 };
    assert_eq!(unanswered, expected);
}

#[test]
fn an_unknown_transaction_is_there_as_a_whole_or_not() {
    let second = |op: Op| Op {
        key: 2,
        called: op.called.map(|row| Row { id: 2, version: row.version + FIRST, ..row }),
        after: op.after.map(|row| Row { id: 2, version: row.version + FIRST, ..row }),
        ..op
    };
    let ops = vec![
        created(),
        second(created()),
        within(0, save(1, 20, &row(0, "1,"), 2)),
        within(0, second(save(1, 40, &row(0, "1,"), 3))),
    ];
    let scopes = vec![scope(60, Outcome::Unknown)];
    let other = |version, tokens| Row { id: 2, version: 2 * FIRST + version, ..row(0, tokens) };
    let check = |rows| found(ops.clone(), scopes.clone(), rows);
    assert_eq!(check(vec![row(0, "1,"), other(0, "1,")]), []);
    assert_eq!(check(vec![row(1, "1,2,"), other(1, "1,3,")]), []);
    assert_eq!(check(vec![row(1, "1,2,"), other(0, "1,")]), [Kind::HalfUnknown]);
}

#[test]
fn a_row_is_deleted_once_and_stays_away() {
    let ops = vec![created(), delete(1, 20, &row(0, "1,")), delete(2, 25, &row(0, "1,"))];
    assert_eq!(found(ops, vec![], vec![]), [Kind::Deletion], "twice");
    let ops = vec![created(), delete(1, 20, &row(0, "1,"))];
    assert_eq!(found(ops, vec![], vec![row(0, "1,")]), [Kind::Deletion], "still there");
    assert_eq!(found(vec![created()], vec![], vec![]), [Kind::Deletion], "gone by itself");
    let ops = vec![created(), delete(1, 20, &row(0, "1,")), save(2, 25, &row(0, "1,"), 2)];
    assert_eq!(found(ops, vec![], vec![]), [Kind::LostUpdate], "written, and deleted at the version before");
}

#[test]
fn reads_see_what_is_committed_and_no_less() {
    let written = save(1, 20, &row(0, "1,"), 2);
    let last = vec![row(1, "1,2,")];
    let ops = vec![created(), written.clone(), load(2, 40, &row(0, "1,"))];
    assert_eq!(found(ops, vec![], last.clone()), [Kind::StaleRead]);
    let ops = vec![created(), written.clone(), load(2, 25, &row(0, "1,"))];
    assert_eq!(found(ops, vec![], last.clone()), [], "at the same time");
    let ops = vec![created(), written.clone(), op(2, 40, Call::Load, Answer::Missing)];
    assert_eq!(found(ops, vec![], last.clone()), [Kind::StaleRead], "not found");
    let ops = vec![created(), within(0, written.clone()), load(2, 25, &row(1, "1,2,"))];
    let rolled_back = vec![scope(40, Outcome::RolledBack)];
    assert_eq!(found(ops, rolled_back, vec![row(0, "1,")]), [Kind::DirtyRead]);
    let twice = vec![
        created(),
        within(0, written),
        within(0, save(1, 40, &row(1, "1,2,"), 3)),
        load(2, 45, &row(1, "1,2,")),
    ];
    let committed = vec![scope(60, Outcome::Committed)];
    assert_eq!(
        found(twice, committed, vec![row(2, "1,2,3,")]),
        [Kind::DirtyRead],
        "in the middle of a transaction"
    );
}

#[test]
fn one_select_sees_all_of_a_transaction_or_nothing() {
    let second = |op: Op| Op {
        key: 2,
        called: op.called.map(|row| Row { id: 2, ..row }),
        after: op.after.map(|row| Row { id: 2, ..row }),
        ..op
    };
    let history = |[first, other]: [Row; 2]| {
        vec![
            created(),
            second(created()),
            within(0, save(1, 20, &row(0, "1,"), 2)),
            within(0, second(save(1, 40, &row(0, "1,"), 3))),
            load(2, 30, &first),
            second(load(2, 30, &other)),
        ]
    };
    let check = |seen| {
        let rows = vec![row(1, "1,2,"), Row { id: 2, ..row(1, "1,3,") }];
        found(history(seen), vec![scope(60, Outcome::Committed)], rows)
    };
    assert_eq!(check([row(0, "1,"), row(0, "1,")]), []);
    assert_eq!(check([row(1, "1,2,"), row(1, "1,3,")]), []);
    assert_eq!(check([row(1, "1,2,"), row(0, "1,")]), [Kind::FracturedRead]);
}

#[test]
fn a_write_on_a_version_that_was_not_current_is_found() {
    // Version 2 was acknowledged before the write of version 1 began.
    let ops = vec![created(), save(1, 20, &row(1, "1,3,"), 2), save(2, 40, &row(0, "1,"), 3)];
    assert_eq!(found(ops, vec![], vec![row(2, "1,3,2,")]), [Kind::OutOfOrder]);
}

#[test]
fn a_new_row_is_refused_only_where_one_is_there() {
    let born = Row::born(1, 2, 7);
    let insert = |start, call| {
        refused(
            Op { called: Some(born.clone()), after: None, ..op(2, start, call, Answer::Done) },
            Answer::Exists,
        )
    };
    let check = |late: Op| found(vec![created(), delete(1, 20, &row(0, "1,")), late], vec![], vec![]);
    for call in [Call::Create, Call::Insert, Call::CreateIfAbsent] {
        // While it is made, and while it is deleted.
        assert_eq!(check(insert(5, call)), []);
        assert_eq!(check(insert(25, call)), []);
        assert_eq!(check(insert(40, call)), [Kind::FalseRefusal]);
    }
}

#[test]
fn two_that_have_made_one_row_are_found() {
    let insert = |worker, call, born: Row| Op {
        called: Some(born.clone()),
        after: Some(born),
        ..op(worker, 0, call, Answer::Done)
    };
    let ops = vec![
        insert(1, Call::Insert, Row::born(1, 1, 1)),
        insert(2, Call::CreateIfAbsent, Row::born(1, 2, 2)),
    ];
    assert_eq!(found(ops, vec![], vec![row(0, "1,")]), [Kind::Deletion]);
}

#[test]
fn a_write_of_the_present_version_is_not_refused() {
    let ops = vec![created(), refused(save(1, 20, &row(0, "1,"), 2), Answer::Stale)];
    assert_eq!(found(ops.clone(), vec![], vec![row(0, "1,")]), [Kind::FalseRefusal]);
    let mut raced = ops;
    raced.push(save(2, 25, &row(0, "1,"), 3));
    assert_eq!(found(raced, vec![], vec![row(1, "1,3,")]), []);
}

#[test]
fn memory_is_what_it_was_after_a_failure_and_the_row_after_success() {
    let mut op = refused(save(1, 20, &row(0, "1,"), 2), Answer::Stale);
    op.after = Some(row(1, "1,2,"));
    let moved = vec![created(), op, save(2, 25, &row(0, "1,"), 3)];
    assert_eq!(found(moved, vec![], vec![row(1, "1,3,")]), [Kind::Memory], "moved");
    let mut op = save(1, 20, &row(0, "1,"), 2);
    op.after = op.called.clone();
    let stayed = found(vec![created(), op], vec![], vec![row(1, "1,2,")]);
    assert_eq!(stayed.first(), Some(&Kind::Memory), "stayed");
    let mut rolled_back = scope(40, Outcome::RolledBack);
    rolled_back.handed = vec![(row(0, "1,"), row(1, "1,2,"))];
    let ops = vec![created(), within(0, save(1, 20, &row(0, "1,"), 2))];
    assert_eq!(
        found(ops.clone(), vec![rolled_back.clone()], vec![row(0, "1,")]),
        [Kind::Memory],
        "ahead after a rollback"
    );
    // Of two that are loaded, the older keeps its version, and the newer gets that of before.
    let loaded = [within(0, load(1, 15, &row(0, "1,")))];
    let ops_after_load = [&[created()], &loaded[..], &ops[1..]].concat();
    rolled_back.handed = vec![(row(7, "1,7,"), row(0, "1,"))];
    assert_eq!(
        found(ops_after_load.clone(), vec![rolled_back.clone()], vec![row(0, "1,")]),
        [],
        "loaded, and older"
    );
    assert_eq!(
        found(ops.clone(), vec![rolled_back.clone()], vec![row(0, "1,")]),
        [Kind::Memory],
        "not loaded"
    );
    rolled_back.handed = vec![(row(-1, "1,"), row(0, "1,"))];
    assert_eq!(
        found(ops_after_load, vec![rolled_back.clone()], vec![row(0, "1,")]),
        [Kind::Memory],
        "loaded, and newer"
    );
    rolled_back.handed = vec![(row(0, "1,"), row(1, "1,2,"))];
    let unknown = Scope { outcome: Outcome::Unknown, ..rolled_back };
    assert_eq!(found(ops, vec![unknown], vec![row(0, "1,")]), [Kind::Memory], "nobody knows of a commit");
}

#[test]
fn an_error_that_should_not_come_is_found() {
    let failed = refused(save(1, 20, &row(0, "1,"), 2), Answer::Failed("no such savepoint".to_owned()));
    assert_eq!(found(vec![created(), failed], vec![], vec![row(0, "1,")]), [Kind::Unexpected]);
}
