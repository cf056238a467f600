//! A rule over all children of an aggregate: with `with_children` it holds when several write at the same time, and without it does not.

use std::sync::atomic::{AtomicI32, AtomicU32, Ordering::SeqCst};
use std::sync::{Barrier, Mutex};

use diesel::prelude::*;
use occ_runtime::Error;
use occ_tests::cell::Backend;
use occ_tests::report::measured;

use super::cell::{
    BACKEND, Conn, Database, all, batch, begin, block_on, commit, connect, first, save, with_children,
    with_these_children,
};
use super::orders::{Line, Order, create_tables, line, lines, order, order_lines, orders, total};

const WORKERS: usize = 16;

/// How much each of them adds to its line. There is room for one of these.
const MORE: i32 = 4;

/// For how many rounds: `OCC_TEST_ROUNDS`, else 64.
fn rounds() -> u32 {
    std::env::var("OCC_TEST_ROUNDS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(64)
}

/// What makes each transaction of a session one of this level.
fn levels() -> Vec<(&'static str, &'static str)> {
    let levels = match BACKEND {
        Backend::Sqlite => return vec![("serializable", "SELECT 1")],
        Backend::Postgres => "SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL",
        Backend::Mysql => "SET SESSION TRANSACTION ISOLATION LEVEL",
    };
    let level = |name: &'static str| (name, &*format!("{levels} {name}").leak());
    vec![level("READ COMMITTED"), level("REPEATABLE READ"), level("SERIALIZABLE")]
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Way {
    /// The line alone, which is at its version.
    LineAlone,
    /// Order and lines are read, and the line is written with its root.
    WithChildren,
    /// The same, with all that is read, in one transaction.
    #[cfg(feature = "retry")]
    Run,
}

async fn read(conn: &mut Conn) -> Result<(Order, Vec<Line>), Error> {
    let root = first(orders::table.find(1).select(Order::as_select()), conn).await?;
    let of_order = order_lines::table.filter(order_lines::order_id.eq(1)).order(order_lines::id);
    Ok((root, all(of_order.select(Line::as_select()), conn).await?))
}

/// Adds to one line, if that is within the credit. The root is read before its lines. All have `read` before anybody writes.
async fn add(id: i32, way: Way, all_have_read: Option<&Barrier>, conn: &mut Conn) -> Result<bool, Error> {
    let (mut root, lines) = read(conn).await?;
    if let Some(gate) = all_have_read {
        gate.wait();
    }
    if total(&lines) + MORE > root.credit {
        return Ok(false);
    }
    let Some(mut mine) = lines.into_iter().find(|line| line.id == id) else { return Ok(false) };
    mine.amount += MORE;
    match way {
        Way::LineAlone => save(&mut mine, conn).await?,
        _ => {
            with_these_children(&mut root, conn, &mut mine, async |conn, _, mine| save(mine, conn).await)
                .await?;
        }
    }
    Ok(true)
}

/// What the workers have counted. None of them panics: the others would wait for it at the gate.
#[derive(Default)]
struct Counts {
    lost: AtomicU32,
    won: AtomicI32,
    broken: AtomicU32,
    wrong: Mutex<Vec<String>>,
}

impl Counts {
    fn wrong(&self, what: String) {
        self.wrong.lock().unwrap().push(what);
    }
}

/// Until it is clear whether it fits.
async fn insist(id: i32, way: Way, gate: &Barrier, counts: &Counts, conn: &mut Conn) -> bool {
    let mut gate = Some(gate);
    loop {
        let added = match way {
            #[cfg(feature = "retry")]
            Way::Run => {
                let policy = occ_runtime::RetryPolicy::new();
                super::cell::retry(&policy, conn, async |conn| add(id, way, None, conn).await).await
            }
            _ => add(id, way, gate.take(), conn).await,
        };
        match added {
            Ok(added) => return added,
            Err(error) if error.is_retryable() => {
                counts.lost.fetch_add(1, SeqCst);
            }
            Err(error) => {
                counts.wrong(error.to_string());
                return false;
            }
        }
    }
}

/// Each worker has a line of its own. In each round all want to add to it at the same time, and there is room for one. Returns in how
/// many rounds the limit was broken, and how many attempts were lost.
async fn play(database: &Database, level: &str, rounds: u32, way: Way) -> (u32, u32) {
    let conn = &mut connect(database).await;
    batch("DELETE FROM order_lines", conn).await.unwrap();
    let workers = i32::try_from(WORKERS).unwrap();
    for id in 1..=workers {
        batch(&format!("INSERT INTO order_lines VALUES ({id}, 1, 0, 1)"), conn).await.unwrap();
    }
    batch(&format!("UPDATE orders SET credit = {} WHERE id = 1", MORE + 1), conn).await.unwrap();
    let (gate, counts) = (Barrier::new(WORKERS), Counts::default());
    std::thread::scope(|scope| {
        for id in 1..=workers {
            let (gate, counts) = (&gate, &counts);
            scope.spawn(move || {
                block_on(async {
                    let conn = &mut connect(database).await;
                    batch(level, conn).await.unwrap();
                    for round in 0..rounds {
                        gate.wait();
                        if insist(id, way, gate, counts, conn).await {
                            counts.won.fetch_add(1, SeqCst);
                        }
                        gate.wait();
                        if id == 1 {
                            look(round, counts, conn).await;
                        }
                    }
                });
            });
        }
    });
    assert_eq!(counts.wrong.into_inner().unwrap(), Vec::<String>::new());
    (counts.broken.into_inner(), counts.lost.into_inner())
}

/// What has come of a round, and the lines as they are before the next one.
async fn look(round: u32, counts: &Counts, conn: &mut Conn) {
    let winners = counts.won.swap(0, SeqCst);
    let total = match read(conn).await {
        Ok((root, lines)) => {
            counts.broken.fetch_add(u32::from(total(&lines) > root.credit), SeqCst);
            total(&lines)
        }
        Err(error) => return counts.wrong(error.to_string()),
    };
    if winners == 0 || total != winners * MORE {
        counts.wrong(format!("round {round}: {winners} have added {MORE}, and the total is {total}"));
    }
    if let Err(error) = batch("UPDATE order_lines SET amount = 0, version = version + 1", conn).await {
        counts.wrong(error.to_string());
    }
}

/// The same root read by two, who then change different lines of it.
async fn two_readers(database: &Database) -> [(Conn, Order, Line); 2] {
    let mut both = Vec::new();
    for id in [1, 2] {
        let mut conn = connect(database).await;
        let root = order(1, &mut conn).await;
        let all = lines(1, &mut conn).await;
        assert!(total(&all) + 20 <= root.credit, "each of them sees that it fits");
        let mut line = all.into_iter().find(|line| line.id == id).unwrap();
        line.amount += 20;
        both.push((conn, root, line));
    }
    both.try_into().map_err(|_| "two").unwrap()
}

super::scenarios! {
    async fn two_who_change_different_lines_break_the_limit_without_it_and_not_with_it(database) {
        create_tables(database).await;
        let [(a, _, one), (b, _, two)] = &mut two_readers(database).await;
        save(one, a).await.unwrap();
        save(two, b).await.unwrap();
        assert_eq!(total(&lines(1, a).await), 120, "of a credit of 100");

        batch("UPDATE order_lines SET amount = 40, version = version + 1", a).await.unwrap();
        let [(a, root, one), (b, behind, two)] = &mut two_readers(database).await;
        with_these_children(root, a, &mut *one, async |conn, _, line| save(line, conn).await).await.unwrap();
        let before = (behind.clone(), two.clone());
        let refused = with_these_children(behind, b, &mut *two, async |conn, _, line| save(line, conn).await).await;
        assert!(refused.unwrap_err().is_stale());
        assert_eq!((&*behind, &*two), (&before.0, &before.1));
        assert_eq!(total(&lines(1, a).await), 100);
    }

    /// The second one waits for the whole transaction of the first, and not for its first write alone.
    async fn the_second_waits_for_the_end_of_the_first(database) {
        create_tables(database).await;
        let [(a, root, one), (b, behind, two)] = &mut two_readers(database).await;
        let gate = &Barrier::new(2);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                block_on(async {
                    let first = with_these_children(root, a, &mut *one, async |conn, _, line| {
                        gate.wait();
                        save(line, conn).await
                    });
                    first.await.unwrap();
                });
            });
            scope.spawn(|| {
                block_on(async {
                    gate.wait();
                    let ran = &AtomicU32::new(0);
                    let second: Result<(), Error> = with_these_children(behind, b, &mut *two, async |_, _, _| {
                        ran.fetch_add(1, SeqCst);
                        Ok(())
                    })
                    .await;
                    let error = second.unwrap_err();
                    assert!(error.is_retryable(), "{error}");
                    assert_eq!(ran.load(SeqCst), 0);
                });
            });
        });
        let conn = &mut connect(database).await;
        assert_eq!((total(&lines(1, conn).await), order(1, conn).await.version), (100, 2));
    }

    /// What the documentation warns of: the version of the root vouches for what was read after it.
    async fn lines_that_were_read_before_their_root_are_not_vouched_for(database) {
        create_tables(database).await;
        let (a, b) = (&mut connect(database).await, &mut connect(database).await);
        let old = lines(1, b).await;
        let (mut root, mut one) = (order(1, a).await, line(1, a).await);
        one.amount += 20;
        with_these_children(&mut root, a, &mut one, async |conn, _, line| save(line, conn).await).await.unwrap();
        let (mut root, mut two) = (order(1, b).await, old[1].clone());
        assert!(total(&old) + 20 <= root.credit);
        two.amount += 20;
        with_these_children(&mut root, b, &mut two, async |conn, _, line| save(line, conn).await).await.unwrap();
        assert_eq!(total(&lines(1, a).await), 120, "of a credit of 100");
    }

    /// A transaction that goes on seeing what it saw first: it has seen the lines when it has seen anything.
    async fn a_root_from_outside_does_not_vouch_for_an_older_snapshot(database) {
        let (level, shows) = match BACKEND {
            Backend::Sqlite => return, // Lets nobody write from an old snapshot.
            Backend::Postgres => ("SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL REPEATABLE READ", None),
            Backend::Mysql => ("SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ", Some([40, 40])),
        };
        create_tables(database).await;
        let (a, b) = (&mut connect(database).await, &mut connect(database).await);
        batch(level, b).await.unwrap();
        begin(b).await.unwrap();
        order(2, b).await;
        let (mut root, mut one) = (order(1, a).await, line(1, a).await);
        one.amount = 60;
        with_these_children(&mut root, a, &mut one, async |conn, _, line| save(line, conn).await).await.unwrap();
        // Not of this snapshot.
        let seen = with_children(&mut root, b, async |conn| {
            Ok::<_, Error>(lines(1, conn).await.into_iter().map(|line| line.amount).collect::<Vec<_>>())
        })
        .await;
        match (seen, shows) {
            (Ok(seen), Some(old)) => {
                assert_eq!(seen, old, "it is older than its root");
                commit(b).await.unwrap();
            }
            (Err(error), _) => assert!(error.is_retryable(), "{error}"),
            (Ok(seen), None) => panic!("PostgreSQL has let it write: {seen:?}"),
        }
    }

    async fn sixteen_workers_on_different_lines_keep_to_the_limit_at_every_level(database) {
        create_tables(database).await;
        for (level, sql) in levels() {
            let (broken, lost) = play(database, sql, rounds(), Way::WithChildren).await;
            measured(format_args!(
                "{BACKEND:?} {level}: in {} rounds of {WORKERS} workers the limit was broken {broken} times, {lost} attempts were lost",
                rounds()
            ));
            assert_eq!(broken, 0, "{level}");
        }
    }

    #[cfg(feature = "retry")]
    async fn sixteen_workers_whose_policy_reads_the_root_again_keep_to_the_limit(database) {
        create_tables(database).await;
        for (level, sql) in levels() {
            let (broken, lost) = play(database, sql, rounds() / 4, Way::Run).await;
            assert_eq!((broken, lost), (0, 0), "{level}");
        }
    }

    async fn sixteen_workers_who_check_only_their_own_line_break_it(database) {
        create_tables(database).await;
        let (broken, _) = play(database, "SELECT 1", rounds(), Way::LineAlone).await;
        measured(format_args!(
            "{BACKEND:?}: in {} rounds of {WORKERS} workers who check only their own line the limit was broken {broken} times",
            rounds()
        ));
        assert_eq!(broken, rounds());
    }
}
