//! Counts how often a client had to wait for its server.
//!
//! A proxy between the two sees which way the bytes go: each time the server speaks after the client has spoken is one
//! round trip, whatever the driver calls it.

use std::io::{self, Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

use crate::server_place::ServerPlace;

/// The round trips of all connections through one proxy.
#[derive(Clone, Debug, Default)]
pub struct RoundTrips(Arc<Counter>);

#[derive(Debug, Default)]
struct Counter {
    asked: AtomicBool,
    trips: AtomicUsize,
}

impl RoundTrips {
    /// How many there were since the last call.
    #[must_use]
    pub fn take(&self) -> usize {
        self.0.trips.swap(0, Ordering::SeqCst)
    }

    /// Starts a proxy to the server of a database URL, and returns the URL that leads through it.
    ///
    /// Its threads end with their connections, but for the one that waits for more, which ends with the program.
    ///
    /// # Errors
    ///
    /// If no port is to be had, or the URL has no scheme.
    pub fn through(url: &str) -> io::Result<(Self, String)> {
        let place = ServerPlace::of(url)?;
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let here = place.by_way_of(listener.local_addr()?);
        let counter = Self::default();
        let counts = counter.clone();
        thread::spawn(move || {
            while let Ok((client, _)) = listener.accept() {
                if let Ok(server) = TcpStream::connect(&place.server) {
                    // Failing, it closes the connection, and the client will say so.
                    let _ = counts.pass_on(client, server);
                }
            }
        });
        Ok((counter, here))
    }

    fn pass_on(&self, client: TcpStream, server: TcpStream) -> io::Result<()> {
        // Or small packets wait for company.
        client.set_nodelay(true)?;
        server.set_nodelay(true)?;
        let (from_client, from_server) = (client.try_clone()?, server.try_clone()?);
        let (asks, answers) = (Arc::clone(&self.0), Arc::clone(&self.0));
        thread::spawn(move || copy(from_client, server, || asks.asked.store(true, Ordering::SeqCst)));
        thread::spawn(move || {
            copy(from_server, client, || {
                if answers.asked.swap(false, Ordering::SeqCst) {
                    answers.trips.fetch_add(1, Ordering::SeqCst);
                }
            });
        });
        Ok(())
    }
}

/// Until either side hangs up.
fn copy(mut from: TcpStream, mut to: TcpStream, mut seen: impl FnMut()) {
    let mut buffer = vec![0; 1 << 16];
    while let Ok(length @ 1..) = from.read(&mut buffer) {
        seen();
        if to.write_all(&buffer[..length]).is_err() {
            break;
        }
    }
    // The other direction may have done so already.
    let _ = to.shutdown(Shutdown::Both);
}
