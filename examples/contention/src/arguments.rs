//! The command line.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use lexopt::prelude::*;

use crate::database::Database;
use crate::error::Error;
use crate::strategy::Strategy;

/// More than any server takes connections.
const MOST_WORKERS: u32 = 10_000;
const MOST_ROWS: u32 = 1_000_000;

#[derive(Clone, Debug)]
pub struct Arguments {
    pub workers: u32,
    pub rows: Vec<u32>,
    pub time: Duration,
    pub strategies: Vec<Strategy>,
    pub databases: Vec<Database>,
    pub output: Option<PathBuf>,
}

/// `None` if help was asked for.
pub fn read(words: impl IntoIterator<Item = OsString>) -> Result<Option<Arguments>, Error> {
    let mut arguments = Arguments {
        workers: 16,
        rows: vec![1, 4, 100, 10_000],
        time: Duration::from_secs(3),
        strategies: Strategy::ALL.to_vec(),
        databases: Vec::new(),
        output: None,
    };
    let unreadable = |error: lexopt::Error| Error::Argument(error.to_string());
    let mut parser = lexopt::Parser::from_args(words);
    while let Some(word) = parser.next().map_err(unreadable)? {
        let text = |parser: &mut lexopt::Parser| parser.value().and_then(ValueExt::string);
        match word {
            Short('h') | Long("help") => return Ok(None),
            Long("workers") => {
                arguments.workers = number("workers", &text(&mut parser).map_err(unreadable)?, MOST_WORKERS)?;
            }
            Long("rows") => {
                let list = text(&mut parser).map_err(unreadable)?;
                arguments.rows =
                    list.split(',').map(|word| number("rows", word, MOST_ROWS)).collect::<Result<_, _>>()?;
            }
            Long("seconds") => arguments.time = seconds(&text(&mut parser).map_err(unreadable)?)?,
            Long("strategies") => {
                let list = text(&mut parser).map_err(unreadable)?;
                arguments.strategies = list.split(',').map(strategy).collect::<Result<_, _>>()?;
            }
            Long("output") => arguments.output = Some(parser.value().map_err(unreadable)?.into()),
            Value(word) => {
                arguments.databases.push(Database::named(&word.string().map_err(unreadable)?)?);
            }
            other => return Err(unreadable(other.unexpected())),
        }
    }
    if arguments.databases.is_empty() {
        let from_environment = std::env::var("DATABASE_URL").ok().filter(|url| !url.is_empty());
        arguments.databases.push(from_environment.map_or(Ok(Database::Sqlite), |url| Database::named(&url))?);
    }
    Ok(Some(arguments))
}

fn number(what: &str, word: &str, most: u32) -> Result<u32, Error> {
    match word.trim().parse() {
        Ok(number) if (1..=most).contains(&number) => Ok(number),
        _ => Err(Error::Argument(format!("--{what} takes numbers from 1 to {most}, and `{word}` is none"))),
    }
}

fn seconds(word: &str) -> Result<Duration, Error> {
    match word.trim().parse::<f64>() {
        Ok(seconds) if (0.05..=3600.0).contains(&seconds) => Ok(Duration::from_secs_f64(seconds)),
        _ => {
            Err(Error::Argument(format!("--seconds takes a number from 0.05 to 3600, and `{word}` is none")))
        }
    }
}

fn strategy(word: &str) -> Result<Strategy, Error> {
    Strategy::named(word.trim()).ok_or_else(|| {
        let known = Strategy::ALL.map(Strategy::name).join(", ");
        Error::Argument(format!("there is no strategy `{word}`; there are {known}"))
    })
}

pub fn help() -> String {
    let strategies: Vec<String> = Strategy::ALL
        .iter()
        .map(|strategy| format!("  {:<12} {}", strategy.name(), strategy.meaning()))
        .collect();
    format!(
        "Adds one to few rows with many workers, in several ways, and checks that no increment was lost.

contention [OPTIONS] [DATABASE]..

  DATABASE             sqlite, postgres://.., mysql://..; default: DATABASE_URL, or sqlite.
                       The table `occ_contention` is dropped and made anew there.
  --workers 16         how many add at the same time, each on a connection of its own
  --rows 1,4,100,10000 to how many rows; each worker chooses at random, each time
  --seconds 3          how long each strategy is measured on each number of rows
  --strategies a,b     which of these; default: all
  --output FOLDER      where the table and the chart go; default: `contention` in the target folder

{}",
        strategies.join("\n")
    )
}
