//! What a client asks of its server: as much of both protocols as it takes to tell which statement a message runs.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Who speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Protocol {
    Postgres,
    Mysql,
}

/// A whole message of a client's.
#[derive(Debug)]
pub(crate) struct Message {
    pub(crate) bytes: Vec<u8>,
    /// The statement that it runs, if it runs one: not where it only prepares it.
    pub(crate) runs: Option<String>,
    /// Whether the server answers to it, and to what was sent before it.
    pub(crate) is_answered: bool,
}

/// The messages of one client, which come in pieces.
#[derive(Debug)]
pub(crate) struct Messages {
    protocol: Protocol,
    begun: bool,
    pieces: Vec<u8>,
    prepared: Prepared,
}

/// The statements that one connection has prepared.
#[derive(Clone, Debug, Default)]
pub(crate) struct Prepared(Arc<Mutex<Texts>>);

#[derive(Debug, Default)]
struct Texts {
    by_name: HashMap<Vec<u8>, String>,
    /// Its name comes with the answer.
    nameless: Option<String>,
}

impl Messages {
    pub(crate) fn of(protocol: Protocol) -> (Self, Prepared) {
        let prepared = Prepared::default();
        (Self { protocol, begun: false, pieces: Vec::new(), prepared: prepared.clone() }, prepared)
    }

    pub(crate) fn push(&mut self, bytes: &[u8]) {
        self.pieces.extend_from_slice(bytes);
    }

    /// The next one that is whole.
    pub(crate) fn take(&mut self) -> Option<Message> {
        let length = match self.protocol {
            Protocol::Postgres if self.begun => 1 + big_endian(self.pieces.get(1..5)?),
            Protocol::Postgres => big_endian(self.pieces.get(..4)?),
            Protocol::Mysql => 4 + little_endian(self.pieces.get(..3)?),
        };
        if self.pieces.len() < length {
            return None;
        }
        let bytes: Vec<u8> = self.pieces.drain(..length).collect();
        let (runs, is_answered) = match self.protocol {
            Protocol::Postgres if self.begun => self.of_postgres(&bytes),
            Protocol::Postgres => {
                // Asking for encryption comes before the beginning.
                self.begun = bytes.len() > 8;
                (None, true)
            }
            Protocol::Mysql => (self.of_mysql(&bytes), true),
        };
        Some(Message { bytes, runs, is_answered })
    }

    fn of_postgres(&self, bytes: &[u8]) -> (Option<String>, bool) {
        let mut texts = bytes[5..].split(|byte| *byte == 0);
        let mut next = || texts.next().unwrap_or_default();
        match bytes[0] {
            b'Q' => (Some(text(next())), true),
            b'P' => {
                let name = next().to_vec();
                let sql = text(next());
                self.prepared.with(|known| known.by_name.insert(name, sql));
                (None, false)
            }
            b'B' => {
                let _portal = next();
                let name = next();
                (self.prepared.with(|known| known.by_name.get(name).cloned()), false)
            }
            kind => (None, kind == b'S'),
        }
    }

    fn of_mysql(&self, bytes: &[u8]) -> Option<String> {
        // A command begins a conversation; what goes on with one, such as a password, has a number.
        if bytes[3] != 0 {
            return None;
        }
        match bytes.get(4)? {
            0x03 => Some(text(&bytes[5..])),
            0x16 => {
                let sql = text(&bytes[5..]);
                self.prepared.with(|known| known.nameless = Some(sql));
                None
            }
            0x17 => {
                let name = bytes.get(5..9)?;
                self.prepared.with(|known| known.by_name.get(name).cloned())
            }
            _ => None,
        }
    }
}

impl Prepared {
    /// The server has answered.
    pub(crate) fn answered(&self, bytes: &[u8]) {
        self.with(|known| {
            if let Some(sql) = known.nameless.take() {
                // A header, a zero for success, and the statement's number.
                if let (Some(0), Some(name)) = (bytes.get(4), bytes.get(5..9)) {
                    known.by_name.insert(name.to_vec(), sql);
                }
            }
        });
    }

    fn with<T>(&self, work: impl FnOnce(&mut Texts) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn big_endian(bytes: &[u8]) -> usize {
    bytes.iter().fold(0, |number, byte| number << 8 | usize::from(*byte))
}

fn little_endian(bytes: &[u8]) -> usize {
    bytes.iter().rev().fold(0, |number, byte| number << 8 | usize::from(*byte))
}
