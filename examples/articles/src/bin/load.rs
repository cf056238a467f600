//! Many clients edit few articles, and no edit is lost.
//!
//! Each reads an article, adds one to the number in its title, and writes it back with the tag that it has read. So the
//! number says how many edits the article contains, its version how many writes there were, and the clients how many they
//! were told of: all three have to agree.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, ExitCode, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use lexopt::prelude::*;
use serde_json::{Value as Json, json};
use ureq::Agent;
use ureq::http::header::{CONTENT_TYPE, ETAG, IF_MATCH, IF_NONE_MATCH};

type Failure = Box<dyn std::error::Error + Send + Sync>;

const HELP: &str = "Many clients edit few articles at the same time, and it is checked that no edit is lost.

load [OPTIONS]

  --clients 50    how many
  --articles 5    how many articles they edit
  --seconds 20    for how long
  --edits N       or: how many edits they try altogether
  --kill          kill -9 the service in the middle, and start it again
  --database D    postgres://.. or a file of SQLite's; default: a file that goes when this ends";

struct Plan {
    clients: u64,
    articles: u64,
    time: Duration,
    edits: u64,
    kills: bool,
    database: Option<String>,
}

fn main() -> ExitCode {
    let mut words = std::env::args_os().skip(1).peekable();
    // This program is the service, too: there is no other to be built first.
    if words.next_if(|word| word == "serve").is_some() {
        return articles::run(words);
    }
    let outcome = match plan(words) {
        Ok(Some(plan)) => run(&plan),
        Ok(None) => {
            println!("{HELP}");
            Ok(())
        }
        Err(error) => Err(error.into()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("load: {error}");
            ExitCode::FAILURE
        }
    }
}

fn plan(words: impl Iterator<Item = OsString>) -> Result<Option<Plan>, lexopt::Error> {
    let time = Duration::from_secs(20);
    let mut plan = Plan { clients: 50, articles: 5, time, edits: u64::MAX, kills: false, database: None };
    let mut parser = lexopt::Parser::from_args(words);
    while let Some(word) = parser.next()? {
        match word {
            Short('h') | Long("help") => return Ok(None),
            Long("clients") => plan.clients = parser.value()?.parse::<u64>()?.clamp(1, 10_000),
            Long("articles") => plan.articles = parser.value()?.parse::<u64>()?.clamp(1, 10_000),
            Long("seconds") => plan.time = Duration::from_secs(parser.value()?.parse()?),
            Long("edits") => {
                plan.edits = parser.value()?.parse()?;
                plan.time = Duration::from_secs(24 * 60 * 60);
            }
            Long("kill") => plan.kills = true,
            Long("database") => plan.database = Some(parser.value()?.string()?),
            other => return Err(other.unexpected()),
        }
    }
    Ok(Some(plan))
}

fn run(plan: &Plan) -> Result<(), Failure> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("articles.db").display().to_string();
    let database = plan.database.as_deref().unwrap_or(&file);
    let mut service = Service::start(database, "127.0.0.1:0")?;
    let url = service.url.clone();
    // Unlike those of any other run.
    let slugs: Vec<String> = (0..plan.articles).map(|n| format!("load-{}-{n}", std::process::id())).collect();
    for slug in &slugs {
        create(&url, slug)?;
    }

    let begun = Instant::now();
    let progress = Progress { left: AtomicU64::new(plan.edits), is_over: AtomicBool::new(false) };
    let tallies = thread::scope(|scope| {
        let clients: Vec<_> = (0..plan.clients)
            .map(|client| {
                let (url, slugs, progress) = (&url, &slugs, &progress);
                scope.spawn(move || edit_until_over(url, slugs, client, progress))
            })
            .collect();
        let half = progress.wait(begun + plan.time / 2, plan.edits / 2);
        let outcome = if plan.kills { service.kill_and_restart(database) } else { Ok(()) };
        // Even where it cannot be started again, the clients have to be told to end.
        if half {
            progress.wait(begun + plan.time, 0);
        }
        progress.is_over.store(true, Ordering::Relaxed);
        let tallies = clients.into_iter().map(|client| client.join().map_err(|_| "a client has panicked"));
        let tallies: Result<Vec<_>, _> = tallies.collect();
        outcome?;
        Ok::<_, Failure>(tallies?)
    })?;
    let time = begun.elapsed();
    drop(service);

    let mut sum = Tally::default();
    for tally in tallies {
        sum.add(tally);
    }
    sum.print(plan, time);
    let rows: Vec<Row> = rows(database)?.into_iter().filter(|row| slugs.contains(&row.0)).collect();
    check(&sum, &rows, slugs.len())
}

/// A slug, a title and a version.
type Row = (String, String, i64);

fn rows(database: &str) -> Result<Vec<Row>, Failure> {
    Ok(articles::rows(database)?)
}

/// What the clients were told, against what is stored.
fn check(sum: &Tally, rows: &[Row], articles: usize) -> Result<(), Failure> {
    let written: u64 = rows.iter().map(|row| row.2.unsigned_abs() - 1).sum();
    println!("versions in the database advanced by {written}");
    if rows.len() != articles {
        return Err(format!("{} of {articles} articles are in the database", rows.len()).into());
    }
    for (slug, title, version) in rows {
        if title.parse() != Ok(version - 1) {
            return Err(format!(
                "lost: `{slug}` was written {} times, but contains {title} edits",
                version - 1
            )
            .into());
        }
    }
    if !(sum.accepted..=sum.accepted + sum.unanswered).contains(&written) {
        return Err(format!("lost: {} writes were accepted, but {written} are stored", sum.accepted).into());
    }
    if !sum.others.is_empty() {
        return Err(format!("answers that are neither 200, 409 nor 412: {:?}", sum.others).into());
    }
    println!("nothing is lost");
    Ok(())
}

// ---- The service ----

struct Service {
    child: Child,
    url: String,
}

impl Service {
    fn start(database: &str, listen: &str) -> Result<Self, Failure> {
        let mut command = Command::new(std::env::current_exe()?);
        command.args(["serve", "--listen", listen, "--database", database]).stdout(Stdio::piped());
        let mut child = command.spawn()?;
        let output = child.stdout.take().ok_or("the service has no output")?;
        let mut url = String::new();
        BufReader::new(output).read_line(&mut url)?;
        let service = Self { child, url: url.trim().to_owned() };
        if service.url.is_empty() { Err("the service has not started".into()) } else { Ok(service) }
    }

    fn kill_and_restart(&mut self, database: &str) -> Result<(), Failure> {
        self.child.kill()?;
        self.child.wait()?;
        let address = self.url.trim_start_matches("http://").to_owned();
        *self = Self::start(database, &address)?;
        println!("killed, and started again");
        Ok(())
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // It may have ended already.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

// ---- The clients ----

struct Progress {
    /// How many edits may still be tried.
    left: AtomicU64,
    is_over: AtomicBool,
}

impl Progress {
    /// Whether there is one more to be tried.
    fn next(&self) -> bool {
        !self.is_over.load(Ordering::Relaxed)
            && self
                .left
                .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1))
                .is_ok()
    }

    /// Until `time` or until so few are left; whether there are any.
    fn wait(&self, time: Instant, left: u64) -> bool {
        while Instant::now() < time && self.left.load(Ordering::Relaxed) > left {
            thread::sleep(Duration::from_millis(5));
        }
        self.left.load(Ordering::Relaxed) > 0
    }
}

#[derive(Default)]
struct Tally {
    accepted: u64,
    /// 412: somebody was first before this request came.
    stale: u64,
    /// 409: somebody was first between the check and the write.
    lost: u64,
    others: BTreeMap<u16, u64>,
    /// Writes whose answer never came: they may be stored or not.
    unanswered: u64,
    /// How long a write took until it was answered.
    times: Vec<Duration>,
}

impl Tally {
    fn add(&mut self, other: Self) {
        self.accepted += other.accepted;
        self.stale += other.stale;
        self.lost += other.lost;
        self.unanswered += other.unanswered;
        self.times.extend(other.times);
        for (status, count) in other.others {
            *self.others.entry(status).or_default() += count;
        }
    }

    fn print(&mut self, plan: &Plan, time: Duration) {
        self.times.sort_unstable();
        let writes = self.times.len();
        let at = |percent: usize| self.times.get(writes * percent / 100).copied().unwrap_or_default();
        println!(
            "{} clients, {} articles, {:.1} s: {writes} writes were answered, {:.0} a second; median {:.1} ms, 99 % within \
             {:.1} ms",
            plan.clients,
            plan.articles,
            time.as_secs_f64(),
            f64::from(u32::try_from(writes).unwrap_or(u32::MAX)) / time.as_secs_f64(),
            at(50).as_secs_f64() * 1000.0,
            at(99).as_secs_f64() * 1000.0,
        );
        let Self { accepted, stale, lost, unanswered, .. } = self;
        println!("200: {accepted}, 412: {stale}, 409: {lost}, without an answer: {unanswered}");
    }
}

fn agent() -> Agent {
    let config =
        Agent::config_builder().http_status_as_error(false).timeout_global(Some(Duration::from_secs(60)));
    config.build().into()
}

fn create(url: &str, slug: &str) -> Result<(), Failure> {
    let request = agent().put(format!("{url}/api/articles/{slug}")).header(IF_NONE_MATCH, "*");
    let article = json!({ "title": "0", "body": "" }).to_string();
    let status = request.header(CONTENT_TYPE, "application/json").send(article)?.status();
    if status == 201 { Ok(()) } else { Err(format!("`{slug}` was not created: {status}").into()) }
}

fn edit_until_over(url: &str, slugs: &[String], client: u64, progress: &Progress) -> Tally {
    let agent = agent();
    let mut tally = Tally::default();
    // Everybody begins with another article.
    for slug in slugs.iter().cycle().skip(usize::try_from(client).unwrap_or(0) % slugs.len()) {
        if !progress.next() {
            break;
        }
        let place = format!("{url}/api/articles/{slug}");
        match read(&agent, &place) {
            Ok(Read::Article(tag, count)) => write(&agent, &place, &tag, count + 1, client, &mut tally),
            Ok(Read::Other(status)) => *tally.others.entry(status).or_default() += 1,
            // The service is being started again.
            Err(_) => thread::sleep(Duration::from_millis(20)),
        }
    }
    tally
}

enum Read {
    Article(String, u64),
    Other(u16),
}

fn read(agent: &Agent, place: &str) -> Result<Read, Failure> {
    let mut answer = agent.get(place).call()?;
    if answer.status() != 200 {
        return Ok(Read::Other(answer.status().as_u16()));
    }
    let tag = answer.headers().get(ETAG).ok_or("no tag")?.to_str()?.to_owned();
    let article: Json = serde_json::from_str(&answer.body_mut().read_to_string()?)?;
    Ok(Read::Article(tag, article["title"].as_str().ok_or("no title")?.parse()?))
}

fn write(agent: &Agent, place: &str, tag: &str, count: u64, client: u64, tally: &mut Tally) {
    let article = json!({ "title": count.to_string(), "body": format!("by client {client}") }).to_string();
    let request = agent.put(place).header(IF_MATCH, tag).header(CONTENT_TYPE, "application/json");
    let begun = Instant::now();
    let Ok(mut answer) = request.send(article) else {
        tally.unanswered += 1;
        return;
    };
    tally.times.push(begun.elapsed());
    match answer.status().as_u16() {
        200 => tally.accepted += 1,
        412 => tally.stale += 1,
        409 => tally.lost += 1,
        other => *tally.others.entry(other).or_default() += 1,
    }
    // Read to its end, so that the connection is used again.
    drop(answer.body_mut().read_to_string());
}
