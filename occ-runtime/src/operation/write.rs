//! What the methods do, written once for blocking and for async connections.
//!
//! No operation changes the caller's value before the database has accepted the statement: setting the version is
//! the last step. So a conflict, a database error, a panic or a dropped future leave the value as it was.

/// The bodies of [`LocksOn`](crate::bounds::LocksOn) and of its async twin. `$execute` runs a statement, `$first` a
/// query for one row, `$refused` the same after a refusal, which notices a second row, `$all` one for many, `$apart` keeps an operation out of the
/// code of those that do not use it. `$depth` counts the open transactions, `$begin` begins one, `$end` ends it as its
/// outcome says, and `$roll_back` rolls it back; `[async, await, Send]` turns each body into an `async fn` with a `Send`
/// future. Whatever is called from outside holds an `InFlight` until it is over.
macro_rules! lock_operations {
    ($execute:path, $first:path, $refused:path, $all:path, $apart:path, $depth:path, $begin:path, $end:path,
     $roll_back:path $(, [$async:ident, $await:ident, $send:ident])?) => {
        $($async)? fn write<A>(
            &mut self,
            operation: Operation,
            expected: Option<&M::Version>,
            assignments: A,
            conn: &mut C,
        ) -> Result<(), Error>
        where
            A: Assignments<M, C::Backend> $(+ $send)?,
        {
            let mut conn = InFlight::begin(conn)?;
            let next = match expected {
                Some(expected) if expected != self.version() => {
                    let actual = $refused(CurrentVersion::of(self), &mut *conn)$(.$await)?;
                    Err(verdict::read_at_another_version(operation, self, expected, actual))
                }
                _ => self.put(operation, assignments, &mut *conn)$(.$await)?,
            };
            conn.land();
            journal::moved_on(self, next?);
            Ok(())
        }

        $($async)? fn put<A>(&self, operation: Operation, assignments: A, conn: &mut C) -> Result<M::Version, Error>
        where
            A: Assignments<M, C::Backend> $(+ $send)?,
        {
            <M as Columns<C::Backend>>::written_once()?;
            if M::Generator::BY_DATABASE {
                return $apart(self.put_generated(operation, assignments, conn))$(.$await)?;
            }
            let expected = self.version();
            let next = next_version::<M>(expected)?;
            let update = Update::new(self, assignments, Some(&next), Some(expected));
            let rows = if M::UNIQUE_KEY {
                $apart(self.send_in_savepoint(update, conn))$(.$await)??
            } else {
                $execute(update, conn)$(.$await)??
            };
            if rows != 1 {
                let actual = if A::GUARDS {
                    $apart(self.present(conn))$(.$await)?
                } else {
                    $refused(CurrentVersion::of(self), conn)$(.$await)?
                };
                return Err(verdict::refused(operation, self, expected, rows, actual, A::GUARDS));
            }
            Ok(next)
        }

        $($async)? fn put_generated<A>(
            &self,
            operation: Operation,
            assignments: A,
            conn: &mut C,
        ) -> Result<M::Version, Error>
        where
            A: Assignments<M, C::Backend> $(+ $send)?,
        {
            let expected = self.version();
            let in_transaction = $depth(conn)? > 0;
            let update = Update::new(self, assignments, None, Some(expected));
            if dialect::sees_triggers_when_returning::<C::Backend>() && !M::UNIQUE_KEY {
                let mut next: Vec<M::Version> = $all(ReturningVersion(update), conn)$(.$await)??;
                if next.len() != 1 {
                    let actual = $refused(CurrentVersion::of(self), conn)$(.$await)?;
                    let rows = next.len();
                    return Err(verdict::refused(operation, self, expected, rows, actual, A::GUARDS));
                }
                let next = next.swap_remove(0);
                verdict::moved(self, expected, &next, in_transaction)?;
                return Ok(next);
            }
            let begun = $begin(conn)$(.$await)??;
            let written = $execute(update, conn)$(.$await)?;
            let outcome = match written {
                Ok(rows) => {
                    let actual = if A::GUARDS && rows == 0 && in_transaction {
                        $refused(PresentVersion::of(self), conn)$(.$await)?
                    } else {
                        $refused(CurrentVersion::of(self), conn)$(.$await)?
                    };
                    // Where changed rows are counted, one that was met and not changed is none.
                    let is_unchanged = rows == 0
                        && !A::GUARDS
                        && dialect::may_count_changed_rows::<C::Backend>()
                        && actual.as_ref().is_ok_and(|actual| actual == expected);
                    let actual = if is_unchanged {
                        $refused(PresentVersion::of(self), conn)$(.$await)?
                    } else {
                        actual
                    };
                    match actual {
                        Ok(next) if rows == 1 || is_unchanged && next == *expected => {
                            verdict::moved(self, expected, &next, in_transaction).map(|()| next)
                        }
                        actual => {
                            // Whatever was written is rolled back below.
                            Err(verdict::refused(operation, self, expected, rows, actual, A::GUARDS)
                                .rolled_back())
                        }
                    }
                }
                Err(error) => Err(error.into()),
            };
            $end(outcome, begun, conn)$(.$await)?
        }

        /// The version of a row that a guarded write has not met. What the transaction goes on seeing may be as it was
        /// expected, and would be taken for the guard's refusal.
        $($async)? fn present(&self, conn: &mut C) -> QueryResult<M::Version> {
            if $depth(conn)? > 0 {
                $refused(PresentVersion::of(self), conn)$(.$await)?
            } else {
                $refused(CurrentVersion::of(self), conn)$(.$await)?
            }
        }

        /// Sends a statement for one row by a key that may not be unique: what met several rows has not happened.
        $($async)? fn send_in_savepoint<S>(&self, statement: S, conn: &mut C) -> Result<usize, Error>
        where
            S: QueryFragment<C::Backend> + QueryId $(+ $send)?,
        {
            let begun = $begin(conn)$(.$await)??;
            let sent = match $execute(statement, conn)$(.$await)? {
                Ok(rows) if rows > 1 => Err(verdict::ambiguous(self, rows)),
                Ok(rows) => Ok(rows),
                Err(error) => Err(error.into()),
            };
            $end(sent, begun, conn)$(.$await)?
        }

        $($async)? fn write_changes(
            tracked: &mut Tracked<M>,
            expected: Option<&M::Version>,
            conn: &mut C,
        ) -> Result<(), Error>
        where
            M: Fields,
        {
            let mut conn = InFlight::begin(conn)?;
            let written = Self::put_changes(tracked, expected, &mut *conn)$(.$await)?;
            conn.land();
            written
        }

        $($async)? fn put_changes(
            tracked: &mut Tracked<M>,
            expected: Option<&M::Version>,
            conn: &mut C,
        ) -> Result<(), Error>
        where
            M: Fields,
        {
            let settled = match tracked.known() {
                Some(settled) => settled,
                None => $apart(Self::settle(tracked, Operation::Save, conn))$(.$await)??,
            };
            let (stored, version) = tracked.stored(settled);
            if let Some(expected) = expected.filter(|expected| *expected != version) {
                let actual = $refused(CurrentVersion::of(stored), conn)$(.$await)?;
                return Err(verdict::read_at_another_version(Operation::Save, stored, expected, actual));
            }
            let depth = $depth(conn)?;
            let changed = tracked.changed(stored);
            if changed.is_empty() {
                tracked.settle(settled, depth);
                return Ok(());
            }
            // Before anything is sent, since it is the user's code.
            let (written, sent) = tracked.to_write(settled);
            let was_in_doubt = tracked.sends();
            let outcome = if M::Check::BY_VERSION {
                written.put(Operation::Save, changed, conn)$(.$await)?.map(Some)
            } else {
                let guard = AsLoaded::before(tracked.stored(settled).0, &changed);
                let changes = Guarded { assignments: changed, guard };
                $apart(written.send_unversioned(changes, conn))$(.$await)?.map(|()| None)
            };
            let next = match outcome {
                Ok(next) => next,
                Err(error) => {
                    tracked.is_refused(was_in_doubt, &error);
                    return Err(error);
                }
            };
            tracked.settle(settled, depth);
            tracked.saved(written, sent, next, Within::of(conn, depth));
            Ok(())
        }

        /// What has become of a write whose transaction nobody has seen end: see `Tracked`.
        $($async)? fn settle(tracked: &Tracked<M>, operation: Operation, conn: &mut C) -> Result<Settled, Error>
        where
            M: Fields,
        {
            let (written, version) = (&tracked.original, tracked.value.version());
            if !tracked.may_be_somebody_elses()
                && verdict::is_there::<M::Version>($refused(StoredAs::of(written, version), conn)$(.$await)?)?
            {
                return Ok(Settled::Stored);
            }
            if let Some(before) = tracked.before() {
                let stored = StoredAs::of(before, before.version());
                if verdict::is_there::<M::Version>($refused(stored, conn)$(.$await)?)? {
                    return Ok(Settled::RolledBack);
                }
            }
            let actual = $refused(CurrentVersion::of(written), conn)$(.$await)?;
            Err(verdict::refused(operation, written, written.version(), 0, actual, false))
        }

        $($async)? fn delete_tracked(tracked: &Tracked<M>, conn: &mut C) -> Result<(), Error>
        where
            M: Fields,
        {
            let mut conn = InFlight::begin(conn)?;
            let settled = match tracked.known() {
                Some(settled) => Ok(settled),
                None => $apart(Self::settle(tracked, Operation::Delete, &mut *conn))$(.$await)?,
            };
            let deleted = match settled {
                Ok(settled) => {
                    // The row that was loaded: the key in memory may mean another one by now.
                    let (row, version) = tracked.stored(settled);
                    if M::Check::BY_VERSION {
                        row.send_delete(version, Always, &mut *conn)$(.$await)?
                    } else {
                        row.send_delete(version, AsLoaded::whole(row), &mut *conn)$(.$await)?
                    }
                }
                Err(error) => Err(error),
            };
            conn.land();
            deleted
        }

        $($async)? fn put_unversioned<A>(&self, assignments: A, conn: &mut C) -> Result<(), Error>
        where
            A: Assignments<M, C::Backend> $(+ $send + Sync)?,
        {
            let mut conn = InFlight::begin(conn)?;
            let written = self.send_unversioned(assignments, &mut *conn)$(.$await)?;
            conn.land();
            written
        }

        $($async)? fn send_unversioned<A>(&self, assignments: A, conn: &mut C) -> Result<(), Error>
        where
            A: Assignments<M, C::Backend> $(+ $send + Sync)?,
        {
            <M as Columns<C::Backend>>::written_once()?;
            let update = Update::new(self, assignments, None, None);
            let mut rows = if M::UNIQUE_KEY {
                $apart(self.send_in_savepoint(&update, conn))$(.$await)??
            } else {
                $execute(&update, conn)$(.$await)??
            };
            if rows == 0 && dialect::may_count_changed_rows::<C::Backend>() {
                rows = $apart(Self::count_matched(&update, conn))$(.$await)??;
                if rows > 1 {
                    return Err(verdict::ambiguous(self, rows));
                }
            }
            if rows != 1 {
                let actual = $refused(CurrentVersion::of(self), conn)$(.$await)?;
                let expected = self.version();
                return Err(verdict::refused(Operation::Save, self, expected, rows, actual, false));
            }
            Ok(())
        }

        // No row was changed: how many were matched? The row is locked before it is written once more, since what a look sees
        // without a lock may have come about after the first attempt.
        $($async)? fn count_matched<A>(update: &Update<'_, M, A>, conn: &mut C) -> Result<usize, Error>
        where
            A: Assignments<M, C::Backend> $(+ $send + Sync)?,
        {
            let seen: Vec<M::Version> = $all(Matched::<_, _, false>(update), conn)$(.$await)??;
            if seen.is_empty() {
                return Ok(0);
            }
            let begun = $begin(conn)$(.$await)??;
            let locked: QueryResult<Vec<M::Version>> = $all(Matched::<_, _, true>(update), conn)$(.$await)?;
            let outcome = match locked {
                Ok(rows) if rows.len() == 1 => $execute(update, conn)$(.$await)?.map(|_| 1),
                Ok(rows) => Ok(rows.len()),
                Err(error) => Err(error),
            };
            $end(outcome.map_err(Error::from), begun, conn)$(.$await)?
        }

        $($async)? fn write_all(rows: &mut [M], conn: &mut C) -> Result<(), Error> {
            batch::refuse_duplicates(rows)?;
            if rows.is_empty() {
                return Ok(());
            }
            let mut conn = InFlight::begin(conn)?;
            let versions = Self::put_all(rows, &mut *conn)$(.$await)?;
            conn.land();
            for (row, version) in rows.iter_mut().zip(versions?) {
                journal::moved_on(row, version);
            }
            Ok(())
        }

        $($async)? fn put_all(rows: &[M], conn: &mut C) -> Result<Vec<M::Version>, Error> {
            if let Some(style) = BatchStyle::for_write::<C::Backend, M>(rows.len()) {
                let next = batch::next_versions(rows)?;
                if Self::send(Chunks::of(rows, Some(&next), style)?, conn)$(.$await)?? {
                    return Ok(next);
                }
            }
            let begun = $begin(conn)$(.$await)??;
            let mut batch = Batch::of(rows.len());
            for (place, row) in rows.iter().enumerate() {
                let outcome = row.put(Operation::Save, WholeRow, conn)$(.$await)?;
                if batch.ends_with(place, outcome) {
                    break;
                }
            }
            Self::end_batch(rows, batch, begun, conn)$(.$await)?
        }

        /// Of a batch with stale rows: rolls it back, and names those that are so by somebody else.
        $($async)? fn end_batch<T>(
            rows: &[M],
            mut batch: Batch<T>,
            begun: u32,
            conn: &mut C,
        ) -> Result<Vec<T>, Error>
        $(where T: $send)?
        {
            let suspects = batch.suspects();
            // One that cannot be rolled back is told as an event.
            if !suspects.is_empty() && $roll_back(begun, conn)$(.$await)?.is_ok() {
                for place in suspects {
                    let now = $refused(CurrentVersion::of(&rows[place]), conn)$(.$await)?;
                    batch.looked_at(place, &rows[place], &now);
                }
                return batch.finish();
            }
            $end(batch.finish(), begun, conn)$(.$await)?
        }

        $($async)? fn delete_all(rows: &[M], conn: &mut C) -> Result<(), Error> {
            batch::refuse_duplicates(rows)?;
            if rows.is_empty() {
                return Ok(());
            }
            let mut conn = InFlight::begin(conn)?;
            let deleted = Self::send_deletes(rows, &mut *conn)$(.$await)?;
            conn.land();
            deleted
        }

        $($async)? fn send_deletes(rows: &[M], conn: &mut C) -> Result<(), Error> {
            if let Some(style) = BatchStyle::for_delete::<C::Backend, M>(rows.len()) {
                if Self::send(Chunks::of(rows, None, style)?, conn)$(.$await)?? {
                    return Ok(());
                }
            }
            let mut order = batch::Order::of(rows.len());
            loop {
                let begun = $begin(conn)$(.$await)??;
                let mut batch = Batch::of(rows.len());
                for place in order.places() {
                    let row = &rows[place];
                    let outcome = row.send_delete(row.version(), Always, conn)$(.$await)?;
                    if batch.ends_with(place, outcome) {
                        break;
                    }
                }
                if !order.bring_forward(&batch) {
                    return Self::end_batch(rows, batch, begun, conn)$(.$await)?.map(|_| ());
                }
                $roll_back(begun, conn)$(.$await)??;
            }
        }

        /// `false`: nothing is written, and the rows are to be sent one by one.
        $($async)? fn send(chunks: Chunks<'_, M>, conn: &mut C) -> Result<bool, Error> {
            let begun = $begin(conn)$(.$await)??;
            for chunk in chunks {
                let expected = chunk.len();
                let written = $execute(chunk, conn)$(.$await)?;
                if written == Ok(expected) {
                    continue;
                }
                return match batch::one_by_one(written) {
                    // Why the rows do not go together is of interest only where they cannot be tried one by one either.
                    Ok(why) => match $roll_back(begun, conn)$(.$await)? {
                        Ok(()) => Ok(false),
                        Err(rollback) => Err(why.unwrap_or(rollback).into()),
                    },
                    Err(error) => $end(Err(error), begun, conn)$(.$await)?,
                };
            }
            $end(Ok(true), begun, conn)$(.$await)?
        }

        $($async)? fn delete<G>(&self, guard: G, conn: &mut C) -> Result<(), Error>
        where
            G: Guard<C::Backend> $(+ $send)?,
        {
            let mut conn = InFlight::begin(conn)?;
            let deleted = self.send_delete(self.version(), guard, &mut *conn)$(.$await)?;
            conn.land();
            deleted
        }

        $($async)? fn send_delete<G>(&self, expected: &M::Version, guard: G, conn: &mut C) -> Result<(), Error>
        where
            G: Guard<C::Backend> $(+ $send)?,
        {
            let delete = Delete::new(self, expected, guard);
            let rows = if M::UNIQUE_KEY {
                $apart(self.send_in_savepoint(delete, conn))$(.$await)??
            } else {
                $execute(delete, conn)$(.$await)??
            };
            if rows != 1 {
                let actual = if G::GUARDS {
                    $apart(self.present(conn))$(.$await)?
                } else {
                    $refused(CurrentVersion::of(self), conn)$(.$await)?
                };
                let guarded = G::GUARDS;
                return Err(verdict::refused(Operation::Delete, self, expected, rows, actual, guarded));
            }
            Ok(())
        }

        $($async)? fn verify(&self, conn: &mut C) -> Result<(), Error> {
            let mut conn = InFlight::begin(conn)?;
            let seen = if M::UNIQUE_KEY {
                $refused(CurrentVersion::of(self), &mut *conn)$(.$await)?
            } else {
                $first(CurrentVersion::of(self), &mut *conn)$(.$await)?
            };
            conn.land();
            verdict::expect_version(Operation::Verify, self, seen)
        }
    };
}

/// The body of [`LocksRowsOn`](crate::bounds::LocksRowsOn) and of its async twin. `$only` is `$first` that notices a second row.
macro_rules! row_lock_operations {
    ($first:path, $only:path $(, [$async:ident, $await:ident])?) => {
        $($async)? fn lock(&self, mode: LockMode, conn: &mut C) -> Result<(), Error> {
            // Outside of a transaction the lock would be gone as soon as it is there.
            if C::TransactionManager::transaction_manager_status_mut(conn).transaction_depth()?.is_none() {
                return Err(diesel::result::Error::NotInTransaction.into());
            }
            let mut conn = InFlight::begin(conn)?;
            let seen = if M::UNIQUE_KEY {
                $only(LockVersion::of(self, mode), &mut *conn)$(.$await)?
            } else {
                $first(LockVersion::of(self, mode), &mut *conn)$(.$await)?
            };
            // Skipped, or gone?
            let held = if mode.skips() && seen == Err(diesel::result::Error::NotFound) {
                Some($only(CurrentVersion::of(self), &mut *conn)$(.$await)?)
            } else {
                None
            };
            conn.land();
            match held {
                Some(Ok(_)) => Err(verdict::locked(self)),
                Some(gone) => verdict::expect_version(Operation::Lock, self, gone),
                None => verdict::expect_version(Operation::Lock, self, seen),
            }
        }
    };
}

pub(crate) use {lock_operations, row_lock_operations};
