//! What each writer does, on the connection of a cell.

use diesel::prelude::*;
use occ_runtime::{Error, RetryPolicy, Tracked};
use std::time::Duration;

use super::cell::{
    Conn, all, delete, execute, immediately, lock_row, modify_with, rebase, reload, reload_tracked, save,
    save_all, save_tracked, touch, transaction,
};
use crate::cases::{Act, Mode};
use crate::chain::{Answer, Event, State, Told};
use crate::shelf::{Shelf, Tallied, shelves};

/// One writer in one run.
#[derive(Clone, Copy, Debug)]
pub struct Job {
    pub act: Act,
    pub mode: Mode,
    /// The key of row 0; those of the others follow.
    pub base: i32,
    /// A number that no other writer adds.
    pub adds: i32,
}

type Events = Vec<Event>;

impl Job {
    pub async fn run(self, conn: &mut Conn) -> Told {
        match self.act {
            Act::Batch(rows) => self.batch(rows, conn).await,
            Act::Rebase => self.tallied(conn).await,
            Act::Modify => self.modify(conn).await,
            _ => self.single(conn).await,
        }
    }

    /// The events of a transaction that was rolled back have not happened.
    fn told(self, outcome: Result<(), Error>, mut events: Events, memory: Option<String>) -> Told {
        if outcome.is_err() && self.mode != Mode::Autocommit {
            events.clear();
        }
        let answer = outcome.as_ref().err().map_or(Answer::Ok, Answer::of);
        let other = outcome.err().filter(|_| answer == Answer::Other).map(|error| format!("{error:?}"));
        Told { answer, events, memory: memory.or(other) }
    }

    async fn single(self, conn: &mut Conn) -> Told {
        let mut value = Shelf::fresh(self.base);
        let (mut events, mut memory) = (Events::new(), None);
        let outcome = match self.mode {
            Mode::Autocommit => self.act(&mut value, &mut events, &mut memory, conn).await,
            Mode::Transaction => {
                let (events, memory) = (&mut events, &mut memory);
                transaction(conn, &mut value, async |conn, value: &mut Shelf| {
                    self.act(value, events, memory, conn).await
                })
                .await
            }
            Mode::Immediate => {
                let (value, events, memory) = (&mut value, &mut events, &mut memory);
                immediately(conn, async |conn| self.act(value, events, memory, conn).await).await
            }
        };
        if outcome.is_err() && self.mode == Mode::Transaction && value.version != 1 {
            memory = Some(format!("the version is not put back: {value:?}"));
        }
        self.told(outcome, events, memory)
    }

    async fn act(
        self,
        value: &mut Shelf,
        events: &mut Events,
        memory: &mut Option<String>,
        conn: &mut Conn,
    ) -> Result<(), Error> {
        reload(value, conn).await?;
        let from = value.state();
        if self.act == Act::Lock {
            lock_row(value, conn).await?;
        }
        if !matches!(self.act, Act::Touch | Act::Delete | Act::Reinsert(_)) {
            value.quantity += self.adds;
        }
        let before = value.clone();
        let outcome = match self.act {
            Act::Touch => touch(value, conn).await,
            Act::Delete | Act::Reinsert(_) => delete(value, conn).await,
            Act::Blind => {
                value.version += 1;
                let blind = diesel::update(shelves::table.find(value.id));
                let set = (shelves::quantity.eq(value.quantity), shelves::version.eq(value.version));
                execute(blind.set(set), conn).await.map(drop).map_err(Error::from)
            }
            _ => save(value, conn).await,
        };
        if outcome.is_err() && *value != before {
            *memory = Some(format!("refused, and {before:?} became {value:?}"));
        }
        if outcome.is_err() && self.act == Act::Lock {
            *memory = Some(format!("refused although the row was locked: {outcome:?}"));
        }
        outcome?;
        let gone = matches!(self.act, Act::Delete | Act::Reinsert(_));
        events.push(Event { row: 0, from, to: if gone { State::Gone } else { value.state() } });
        if let Act::Reinsert(version) = self.act {
            let other = Shelf { id: self.base, quantity: 5000, version };
            let row = (
                shelves::id.eq(other.id),
                shelves::quantity.eq(other.quantity),
                shelves::version.eq(other.version),
            );
            execute(diesel::insert_into(shelves::table).values(row), conn).await?;
            events.push(Event { row: 0, from: State::Gone, to: other.state() });
        }
        Ok(())
    }

    async fn batch(self, rows: &[usize], conn: &mut Conn) -> Told {
        let keys = rows.iter().map(|row| self.base + i32::try_from(*row).unwrap());
        let mut values: Vec<Shelf> = keys.map(Shelf::fresh).collect();
        let (mut events, mut memory) = (Events::new(), None);
        let outcome = match self.mode {
            Mode::Autocommit => self.save_rows(&mut values, &mut events, &mut memory, conn).await,
            Mode::Transaction => {
                let (events, memory) = (&mut events, &mut memory);
                transaction(conn, values.as_mut_slice(), async |conn, values: &mut [Shelf]| {
                    self.save_rows(values, events, memory, conn).await
                })
                .await
            }
            Mode::Immediate => {
                let (values, events, memory) = (&mut values, &mut events, &mut memory);
                immediately(conn, async |conn| self.save_rows(values, events, memory, conn).await).await
            }
        };
        if outcome.is_err() && self.mode == Mode::Transaction && values.iter().any(|value| value.version != 1)
        {
            memory = Some(format!("the versions are not put back: {values:?}"));
        }
        self.told(outcome, events, memory)
    }

    async fn save_rows(
        self,
        values: &mut [Shelf],
        events: &mut Events,
        memory: &mut Option<String>,
        conn: &mut Conn,
    ) -> Result<(), Error> {
        let keys: Vec<i32> = values.iter().map(|value| value.id).collect();
        let query = shelves::table.filter(shelves::id.eq_any(keys)).select(Shelf::as_select());
        let found: Vec<Shelf> = all(query, conn).await?;
        for value in &mut *values {
            *value = found.iter().find(|row| row.id == value.id).unwrap().clone();
        }
        let from: Vec<State> = values.iter().map(Shelf::state).collect();
        for value in &mut *values {
            value.quantity += self.adds;
        }
        let before = values.to_vec();
        let outcome = save_all(values, conn).await;
        if outcome.is_err() && *values != before {
            *memory = Some(format!("refused, and {before:?} became {values:?}"));
        }
        outcome?;
        events.extend(values.iter().zip(from).map(|(value, from)| Event {
            row: usize::try_from(value.id - self.base).unwrap(),
            from,
            to: value.state(),
        }));
        Ok(())
    }

    async fn tallied(self, conn: &mut Conn) -> Told {
        let start = Tracked::new(Tallied::fresh(self.base));
        let (mut value, mut events) = (start.clone(), Events::new());
        let outcome = match self.mode {
            Mode::Autocommit => self.tally(&mut value, &mut events, conn).await,
            Mode::Transaction => {
                let events = &mut events;
                transaction(conn, &mut value, async |conn, value: &mut Tracked<Tallied>| {
                    self.tally(value, events, conn).await
                })
                .await
            }
            Mode::Immediate => {
                let (value, events) = (&mut value, &mut events);
                immediately(conn, async |conn| self.tally(value, events, conn).await).await
            }
        };
        let mut memory = None;
        if outcome.is_ok() && value.is_dirty() {
            memory = Some(format!("saved, and dirty: {value:?}"));
        }
        if outcome.is_err() && self.mode == Mode::Transaction && value.version != start.version {
            memory = Some(format!("the version is not put back: {value:?}"));
        }
        self.told(outcome, events, memory)
    }

    async fn tally(
        self,
        value: &mut Tracked<Tallied>,
        events: &mut Events,
        conn: &mut Conn,
    ) -> Result<(), Error> {
        reload_tracked(value, conn).await?;
        value.quantity += self.adds;
        let mut outcome = save_tracked(value, conn).await;
        if outcome.as_ref().is_err_and(Error::is_stale) {
            rebase(value, conn).await?;
            outcome = save_tracked(value, conn).await;
        }
        outcome?;
        events.push(self.added(value.version, value.quantity, value.state()));
        Ok(())
    }

    async fn modify(self, conn: &mut Conn) -> Told {
        let policy = RetryPolicy::new().attempts(3).backoff(Duration::ZERO, Duration::ZERO);
        let adds = self.adds;
        let change = move |value: &mut Shelf| value.quantity += adds;
        match modify_with::<Shelf, _, _, _>(&policy, self.base, conn, change).await {
            Ok(value) => {
                let event = self.added(value.version, value.quantity, value.state());
                self.told(Ok(()), vec![event], None)
            }
            Err(error) => self.told(Err(error), Events::new(), None),
        }
    }

    /// A write whose basis was read by occ: it was one version, and what was added, before.
    fn added(self, version: i32, quantity: i32, to: State) -> Event {
        Event { row: 0, from: State::Row { version: version - 1, quantity: quantity - self.adds }, to }
    }
}
