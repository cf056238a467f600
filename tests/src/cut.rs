//! Cuts the connection between a client and its server at a chosen statement, or holds it there.
//!
//! A proxy between the two knows as much of their protocols as it takes to tell which statement a message runs. It waits
//! for one that contains a text, and strikes there: no test has to hit a moment.

use std::io::{self, Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

use crate::packets::{Messages, Prepared, Protocol};
use crate::server_place::ServerPlace;

/// Where to strike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Point {
    /// The server has not seen the statement.
    Statement,
    /// The server has got the statement, and nobody knows how far it has come.
    Sent,
    /// The server has answered, so the statement has run, and the client has not seen it.
    Answer,
}

/// What to do there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strike {
    /// Both sides see their connection end.
    Cut,
    /// The same, after the first half of the message.
    CutHalf,
    /// Nothing goes on until [`Proxy::let_go`] or [`Proxy::cut`]. Not at [`Point::Sent`].
    Hold,
}

#[derive(Clone, Copy, Debug)]
struct Plan {
    point: Point,
    text: &'static str,
    strike: Strike,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Stage {
    #[default]
    Waiting,
    Reached,
    LetGo,
    Cut,
}

#[derive(Debug, Default)]
struct State {
    plan: Option<Plan>,
    stage: Stage,
}

/// A proxy to one server. Clones are the same one.
#[derive(Clone, Debug, Default)]
pub struct Proxy(Arc<(Mutex<State>, Condvar)>);

impl Proxy {
    /// Starts a proxy to the server of a database URL, and returns the URL that leads through it, without encryption.
    ///
    /// Its threads end with their connections, but for the one that waits for more, which ends with the program.
    ///
    /// # Errors
    ///
    /// If no port is to be had, or the URL has no scheme.
    pub fn through(url: &str) -> io::Result<(Self, String)> {
        let place = ServerPlace::of(url)?;
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let mut here = place.by_way_of(listener.local_addr()?);
        let protocol = if url.starts_with("mysql") { Protocol::Mysql } else { Protocol::Postgres };
        if protocol == Protocol::Postgres {
            here.push_str(if here.contains('?') { "&sslmode=disable" } else { "?sslmode=disable" });
        }
        let proxy = Self::default();
        let accepts = proxy.clone();
        thread::spawn(move || {
            while let Ok((client, _)) = listener.accept() {
                if let Ok(server) = TcpStream::connect(&place.server) {
                    // Failing, it closes the connection, and the client will say so.
                    let _ = accepts.pass_on(protocol, client, server);
                }
            }
        });
        Ok((proxy, here))
    }

    /// Strikes once, at the next statement that contains the text.
    pub fn at(&self, point: Point, text: &'static str, strike: Strike) {
        assert!(point != Point::Sent || strike == Strike::Cut, "there is nothing to hold or to halve");
        *self.lock() = State { plan: Some(Plan { point, text, strike }), stage: Stage::Waiting };
    }

    /// Whether it has struck since it was told to.
    #[must_use]
    pub fn has_struck(&self) -> bool {
        self.lock().stage != Stage::Waiting
    }

    /// Waits until it has.
    pub fn wait(&self) {
        let _struck = self.wait_while(Stage::Waiting);
    }

    /// Passes on what is held.
    pub fn let_go(&self) {
        self.move_on(Stage::LetGo);
    }

    /// Cuts the connection whose message is held.
    pub fn cut(&self) {
        self.move_on(Stage::Cut);
    }

    fn move_on(&self, stage: Stage) {
        self.lock().stage = stage;
        self.0.1.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait_while(&self, current: Stage) -> Stage {
        let changed = self.0.1.wait_while(self.lock(), |state| state.stage == current);
        changed.unwrap_or_else(PoisonError::into_inner).stage
    }

    /// The plan, if it is for this statement: then it is carried out here.
    fn take(&self, sql: &str) -> Option<Plan> {
        self.lock().plan.take_if(|plan| sql.contains(plan.text))
    }

    /// Passes on as much of the message as the strike lets through. `false` ends the connection.
    fn strike(&self, strike: Strike, message: &[u8], to: &mut TcpStream) -> bool {
        self.move_on(Stage::Reached);
        match strike {
            Strike::Cut => false,
            Strike::CutHalf => {
                let _ = to.write_all(&message[..message.len().div_ceil(2)]);
                false
            }
            Strike::Hold => self.wait_while(Stage::Reached) == Stage::LetGo && to.write_all(message).is_ok(),
        }
    }

    fn pass_on(&self, protocol: Protocol, client: TcpStream, server: TcpStream) -> io::Result<()> {
        // Or small packets wait for company.
        client.set_nodelay(true)?;
        server.set_nodelay(true)?;
        let (from_client, from_server) = (client.try_clone()?, server.try_clone()?);
        let (messages, prepared) = Messages::of(protocol);
        let awaited = Arc::new(Mutex::new(None));
        let (asks, answers) = (self.clone(), self.clone());
        let awaits = Arc::clone(&awaited);
        thread::spawn(move || asks.pass_requests(messages, &awaits, from_client, server));
        thread::spawn(move || answers.pass_answers(&prepared, &awaited, from_server, client));
        Ok(())
    }

    fn pass_requests(
        &self,
        mut messages: Messages,
        awaits: &Mutex<Option<Strike>>,
        mut client: TcpStream,
        mut server: TcpStream,
    ) {
        let mut buffer = vec![0; 1 << 16];
        let (mut plan, mut request) = (None, Vec::new());
        'connection: while let Ok(length @ 1..) = client.read(&mut buffer) {
            messages.push(&buffer[..length]);
            while let Some(message) = messages.take() {
                plan = plan.or_else(|| self.take(message.runs.as_deref()?));
                request.extend(message.bytes);
                if plan.is_some() && !message.is_answered {
                    // The server does nothing before it has all of it.
                    continue;
                }
                let request = std::mem::take(&mut request);
                let goes_on = match plan.take() {
                    Some(Plan { point: Point::Statement, strike, .. }) => {
                        self.strike(strike, &request, &mut server)
                    }
                    Some(Plan { point: Point::Sent, strike, .. }) => {
                        // An answer that is faster than the cut does not get through either.
                        *awaits.lock().unwrap_or_else(PoisonError::into_inner) = Some(strike);
                        server.write_all(&request).is_ok() && self.strike(strike, &[], &mut server)
                    }
                    Some(Plan { point: Point::Answer, strike, .. }) => {
                        *awaits.lock().unwrap_or_else(PoisonError::into_inner) = Some(strike);
                        server.write_all(&request).is_ok()
                    }
                    None => server.write_all(&request).is_ok(),
                };
                if !goes_on {
                    break 'connection;
                }
            }
        }
        hang_up(&client, &server);
    }

    fn pass_answers(
        &self,
        prepared: &Prepared,
        awaited: &Mutex<Option<Strike>>,
        mut server: TcpStream,
        mut client: TcpStream,
    ) {
        let mut buffer = vec![0; 1 << 16];
        while let Ok(length @ 1..) = server.read(&mut buffer) {
            let answer = &buffer[..length];
            prepared.answered(answer);
            let strike = awaited.lock().unwrap_or_else(PoisonError::into_inner).take();
            let goes_on = match strike {
                Some(strike) => self.strike(strike, answer, &mut client),
                None => client.write_all(answer).is_ok(),
            };
            if !goes_on {
                break;
            }
        }
        hang_up(&client, &server);
    }
}

/// The other direction may have done so already.
fn hang_up(client: &TcpStream, server: &TcpStream) {
    let _ = client.shutdown(Shutdown::Both);
    let _ = server.shutdown(Shutdown::Both);
}
