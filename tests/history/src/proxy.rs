//! A TCP proxy between one worker and its server, that cuts or delays at a request that was chosen beforehand.
//!
//! It knows next to nothing of the protocols: what the client sends at once is a request, and one with the word COMMIT in it is
//! a COMMIT, as rows hold nothing but digits and commas. Connections must not be encrypted.

#![allow(clippy::option_option, reason = "whether it is cut, and whether something of it goes through")]

use std::io::{Read as _, Result, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use crate::fault::{At, Fault, Moment, When};

/// What an administrator is to do.
#[derive(Debug)]
pub struct Order {
    /// The connection, as its server numbers it.
    pub victim: i64,
    /// Whether to end the connection, or the statement.
    pub kill: bool,
    /// To be told when it is done.
    pub done: Sender<()>,
}

/// Listens as long as it lives.
#[derive(Debug)]
pub struct Proxy {
    port: u16,
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    armed: Mutex<Option<Armed>>,
    happened: AtomicBool,
    over: AtomicBool,
}

#[derive(Debug)]
struct Armed {
    fault: Fault,
    victim: i64,
    orders: Sender<Order>,
}

/// What both directions of a connection know.
#[derive(Debug, Default)]
struct Both {
    /// The answer goes nowhere, after so many bytes of it, modulo its length.
    cut_answer: Mutex<Option<Option<usize>>>,
}

impl Proxy {
    /// To this server.
    ///
    /// # Errors
    ///
    /// Those of the system.
    pub fn to(server: &str) -> Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let proxy = Self { port: listener.local_addr()?.port(), shared: Arc::default() };
        let (server, shared) = (server.to_owned(), Arc::clone(&proxy.shared));
        thread::spawn(move || {
            for client in listener.incoming() {
                if shared.over.load(Ordering::Relaxed) {
                    break;
                }
                if let (Ok(client), Ok(server)) = (client, TcpStream::connect(&*server)) {
                    // One that fails looks like a server that does not answer.
                    let _ = connect(client, server, &shared);
                }
            }
        });
        Ok(proxy)
    }

    /// The same URL, but through this proxy; and what the URL leads to without it. A URL without a port has the `usual` one.
    #[must_use]
    pub fn split(url: &str, usual: u16) -> Option<(String, String, String)> {
        let (scheme, rest) = url.split_once("://")?;
        let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
        let (user, host) = authority.rsplit_once('@').map_or(("", authority), |(user, host)| (user, host));
        let server = if host.contains(':') { host.to_owned() } else { format!("{host}:{usual}") };
        let user = if user.is_empty() { String::new() } else { format!("{user}@") };
        Some((format!("{scheme}://{user}"), server, format!("/{path}")))
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// For the requests that come. An administrator is told of the `victim`.
    pub fn arm(&self, fault: Fault, victim: i64, orders: Sender<Order>) {
        *self.shared.armed() = Some(Armed { fault, victim, orders });
    }

    /// Whether it has happened.
    #[must_use]
    pub fn disarm(&self) -> bool {
        *self.shared.armed() = None;
        self.shared.happened.swap(false, Ordering::Relaxed)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        let _ = self.disarm();
        self.shared.over.store(true, Ordering::Relaxed);
        // It waits for somebody who comes.
        let _ = TcpStream::connect(self.address());
    }
}

impl Shared {
    fn armed(&self) -> MutexGuard<'_, Option<Armed>> {
        self.armed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is to go wrong with this request.
    fn meets(&self, request: &[u8]) -> Option<Armed> {
        let mut armed = self.armed();
        let (Fault::Cut(at, _) | Fault::Delay(at, _) | Fault::Kill(at, _) | Fault::Cancel(at, _)) =
            &mut armed.as_mut()?.fault
        else {
            return None;
        };
        let now = match at {
            At::Request(0) => true,
            At::Request(left) => {
                *left -= 1;
                false
            }
            At::Commit => request.windows(6).any(|word| word == b"COMMIT"),
        };
        let armed = if now { armed.take() } else { None };
        self.happened.fetch_or(now, Ordering::Relaxed);
        armed
    }
}

fn connect(client: TcpStream, server: TcpStream, shared: &Arc<Shared>) -> Result<()> {
    client.set_nodelay(true)?;
    server.set_nodelay(true)?;
    let both = Arc::new(Both::default());
    let (shared, of_requests) = (Arc::clone(shared), Arc::clone(&both));
    let (from, to) = (client.try_clone()?, server.try_clone()?);
    thread::spawn(move || {
        // Either side is gone.
        let _ = requests(from, &to, &shared, &of_requests);
        let _ = to.shutdown(Shutdown::Write);
    });
    thread::spawn(move || {
        let _ = answers(server, &client, &both);
        let _ = client.shutdown(Shutdown::Both);
    });
    Ok(())
}

/// Passes on what the client sends.
fn requests(mut client: TcpStream, mut server: &TcpStream, shared: &Shared, both: &Both) -> Result<()> {
    let mut buffer = vec![0; 1 << 18];
    loop {
        let length = client.read(&mut buffer)?;
        let request = &buffer[..length];
        if length == 0 {
            return Ok(());
        }
        match shared.meets(request).map(|armed| (armed.fault, armed)) {
            Some((Fault::Cut(_, moment), _)) => {
                match moment {
                    Moment::Before => both.cut(None),
                    Moment::MidRequest(bytes) => {
                        both.cut(None);
                        server.write_all(&request[..bytes % length])?;
                    }
                    Moment::After => {
                        both.cut(None);
                        server.write_all(request)?;
                    }
                    Moment::MidAnswer(bytes) => {
                        both.cut(Some(bytes));
                        server.write_all(request)?;
                        // The answer does it.
                        continue;
                    }
                }
                return client.shutdown(Shutdown::Both);
            }
            Some((Fault::Delay(_, time), _)) => {
                // The fault itself: nothing waits for it to be over.
                thread::sleep(time);
                server.write_all(request)?;
            }
            Some((Fault::Kill(_, When::Before) | Fault::Cancel(_, When::Before), armed)) => {
                armed.order();
                server.write_all(request)?;
            }
            Some((Fault::Kill(..) | Fault::Cancel(..), armed)) => {
                server.write_all(request)?;
                armed.order();
            }
            _ => server.write_all(request)?,
        }
    }
}

/// Passes on what the server says. What is cut is read to its end all the same, so that the server is not kept from doing what
/// it was asked for.
fn answers(mut server: TcpStream, mut client: &TcpStream, both: &Both) -> Result<()> {
    let mut buffer = vec![0; 1 << 18];
    loop {
        let length = server.read(&mut buffer)?;
        if length == 0 {
            return Ok(());
        }
        match both.is_cut() {
            None => client.write_all(&buffer[..length])?,
            Some(bytes) => {
                if let Some(bytes) = bytes {
                    let _ = client.write_all(&buffer[..bytes % length]);
                    both.cut(None);
                }
                // That ends the other direction too.
                let _ = client.shutdown(Shutdown::Both);
            }
        }
    }
}

impl Both {
    fn cut(&self, after: Option<usize>) {
        *self.cut_answer.lock().unwrap_or_else(PoisonError::into_inner) = Some(after);
    }

    fn is_cut(&self) -> Option<Option<usize>> {
        *self.cut_answer.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Armed {
    /// Waits until it is done.
    fn order(self) {
        let (done, is_done): (Sender<()>, Receiver<()>) = channel();
        let kill = matches!(self.fault, Fault::Kill(..));
        if self.orders.send(Order { victim: self.victim, kill, done }).is_ok() {
            // Without an answer nobody is there any more.
            let _ = is_done.recv();
        }
    }
}
