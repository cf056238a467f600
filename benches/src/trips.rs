//! Counts round trips: how often a contender had to wait for the server.
//!
//! A proxy between the two sees which way the bytes go. Each time the server speaks after the client has spoken is one
//! trip, whatever the driver calls it.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

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

#[derive(Default)]
struct Counter {
    asked: AtomicBool,
    trips: AtomicUsize,
}

pub fn count(database: &Database) -> Vec<Trips> {
    let counter = Arc::new(Counter::default());
    let url = proxied(&database.url, &counter);
    let mut all = Vec::new();
    for entry in database.entries() {
        let mut contender = (entry.open)(&url);
        database.enter(&database.new_schema(), &mut *contender);
        database.create_table(&mut *contender);
        database.fill(&mut *contender, ROWS);
        contender.load(ROWS, 1);
        let mut per_time = |job: fn(usize) -> Job| {
            contender.run(job(10)); // whatever is prepared once, is prepared now
            let before = counter.trips.load(Ordering::SeqCst);
            contender.run(job(10));
            (counter.trips.load(Ordering::SeqCst) - before) as f64 / 10.0
        };
        let save = per_time(|times| Job::Save { first: 0, rows: ROWS, times });
        let batch = per_time(|times| Job::SaveAll { rows: ROWS, times });
        all.push(Trips { entry, save, batch });
    }
    all
}

/// Starts a proxy to the server of a URL, and returns the URL that leads through it.
///
/// Its threads end with the connections, but for the one that waits for more of them, which ends with the program.
fn proxied(url: &str, counter: &Arc<Counter>) -> String {
    let (scheme, rest) = url.split_once("://").expect("the URL has a scheme");
    let host_at = rest.find('@').map_or(0, |at| at + 1);
    let host_end = rest[host_at..].find(['/', '?']).map_or(rest.len(), |length| host_at + length);
    let server = match &rest[host_at..host_end] {
        host if host.contains(':') => host.to_owned(),
        host if scheme == "mysql" => format!("{host}:3306"),
        host => format!("{host}:5432"),
    };
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let here = listener.local_addr().unwrap();
    let counter = Arc::clone(counter);
    thread::spawn(move || {
        for client in listener.incoming() {
            let (client, server) = (client.unwrap(), TcpStream::connect(&server).unwrap());
            // Or small packets wait for company.
            client.set_nodelay(true).unwrap();
            server.set_nodelay(true).unwrap();
            let (from_client, from_server) = (client.try_clone().unwrap(), server.try_clone().unwrap());
            let (asks, answers) = (Arc::clone(&counter), Arc::clone(&counter));
            thread::spawn(move || pass_on(from_client, server, || asks.asked.store(true, Ordering::SeqCst)));
            thread::spawn(move || {
                pass_on(from_server, client, || {
                    if answers.asked.swap(false, Ordering::SeqCst) {
                        answers.trips.fetch_add(1, Ordering::SeqCst);
                    }
                });
            });
        }
    });
    format!("{scheme}://{}{here}{}", &rest[..host_at], &rest[host_end..])
}

/// Until either side hangs up.
fn pass_on(mut from: TcpStream, mut to: TcpStream, mut seen: impl FnMut()) {
    let mut buffer = vec![0; 1 << 16];
    while let Ok(length @ 1..) = from.read(&mut buffer) {
        seen();
        if to.write_all(&buffer[..length]).is_err() {
            break;
        }
    }
    let _ = to.shutdown(std::net::Shutdown::Both);
}
