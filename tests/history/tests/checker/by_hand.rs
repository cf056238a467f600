//! Operations and transactions of a history that is made by hand.

use occ_history::log::{Answer, Call, Op, Outcome, Scope};
use occ_history::row::{Edits, Field, Row, Token, VERSIONS_OF_A_LIFE};

/// The first life of row 1 begins here.
pub const FIRST: i64 = VERSIONS_OF_A_LIFE;

pub fn row(version: i64, tokens: &str) -> Row {
    Row { id: 1, tokens: tokens.to_owned(), notes: String::new(), total: 0, version: FIRST + version }
}

/// An operation that takes the ten ticks after `start`.
pub fn op(worker: usize, start: u64, call: Call, answer: Answer) -> Op {
    let edits = Edits::default();
    let (scope, called, after, unsettled) = (None, None, None, false);
    Op { worker, start, end: start + 10, call, key: 1, scope, edits, called, answer, after, unsettled }
}

/// The row is inserted at version 0, with token 1.
pub fn created() -> Op {
    let born = Row::born(1, 1, 1);
    Op { called: Some(born.clone()), after: Some(born), ..op(0, 0, Call::Create, Answer::Done) }
}

/// A save of `before` with one more token.
pub fn save(worker: usize, start: u64, before: &Row, token: Token) -> Op {
    let edits = Edits::one(Field::Tokens, token);
    let mut called = before.clone();
    edits.apply(&mut called);
    let after = Row { version: called.version + 1, ..called.clone() };
    Op { edits, called: Some(called), after: Some(after), ..op(worker, start, Call::Save, Answer::Done) }
}

pub fn refused(mut op: Op, answer: Answer) -> Op {
    op.after.clone_from(&op.called);
    Op { answer, ..op }
}

pub fn unanswered(op: Op) -> Op {
    Op { answer: Answer::Unknown, after: None, ..op }
}

pub fn load(worker: usize, start: u64, row: &Row) -> Op {
    Op { after: Some(row.clone()), ..op(worker, start, Call::Load, Answer::Done) }
}

pub fn raw(start: u64, token: Token, answer: Answer) -> Op {
    Op { edits: Edits::one(Field::Tokens, token), ..op(0, start, Call::Raw, answer) }
}

pub fn delete(worker: usize, start: u64, row: &Row) -> Op {
    Op {
        called: Some(row.clone()),
        after: Some(row.clone()),
        ..op(worker, start, Call::Delete, Answer::Done)
    }
}

pub fn within(scope: usize, op: Op) -> Op {
    Op { scope: Some(scope), ..op }
}

pub fn scope(end: u64, outcome: Outcome) -> Scope {
    Scope { parent: None, end, outcome, handed: Vec::new() }
}
