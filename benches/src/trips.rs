//! Counts round trips: how often a contender had to wait for the server.

/// The proxy that the tests count with.
#[path = "../../tests/src/round_trips.rs"]
mod round_trips;

use round_trips::RoundTrips;

use crate::clients::Entry;
use crate::contender::Job;
use crate::database::Database;

const ROWS: usize = 100;

/// Round trips of one contender: for one save, and for one batch of 100.
pub struct Trips {
    pub entry: Entry,
    pub save: f64,
    pub batch: f64,
}

pub fn count(database: &Database) -> Vec<Trips> {
    let (trips, url) = RoundTrips::through(&database.url).expect("a proxy can be started");
    let mut all = Vec::new();
    for entry in database.entries() {
        let mut contender = (entry.open)(&url);
        database.enter(&database.new_schema(), &mut *contender);
        database.create_table(&mut *contender);
        database.fill(&mut *contender, ROWS);
        contender.load(ROWS, 1);
        let mut per_time = |job: fn(usize) -> Job| {
            contender.run(job(10)); // whatever is prepared once, is prepared now
            let _ = trips.take();
            contender.run(job(10));
            trips.take() as f64 / 10.0
        };
        let save = per_time(|times| Job::Save { first: 0, rows: ROWS, times });
        let batch = per_time(|times| Job::SaveAll { rows: ROWS, times });
        all.push(Trips { entry, save, batch });
    }
    all
}
