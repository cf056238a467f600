//! What needs its own server: it is killed, it is told to stop all commits, its disk is full.

use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;
use std::thread::spawn;

use occ_tests::cell::Backend;
use occ_tests::cut::{Point, Proxy, Strike};
use occ_tests::database::TestDatabase as _;
use occ_tests::report::skipped;
use occ_tests::server::Server;

use super::calls::{CALLS, Call, Held, IN_TRANSACTION, fresh_rows};
use super::cell::{BACKEND, Database, batch, block_on, connect, connect_to};
use super::left::{Before, Class, Stored};
use super::product::create_table;
use super::sessions::{End, end, session, wait_until_it_goes_on, wait_until_it_waits};

/// A server, and a database on it with the table `products`, to be dropped before it. `None` where there is no such server to start.
fn start(test: &str) -> Option<(Arc<Server>, Arc<Database>)> {
    let kind = if BACKEND == Backend::Postgres { "postgres" } else { "mariadb" };
    let cell = module_path!().split("::").nth(1).unwrap();
    let server = Server::new(kind, &format!("{cell}-{test}"));
    let Some(url) = server.run("start") else {
        skipped(test, format_args!("tests/servers install, which brings {kind}"));
        return None;
    };
    let database = Database::create_on(&url);
    block_on(create_table(&database));
    Some((Arc::new(server), Arc::new(database)))
}

/// Kills the server at this point of a `COMMIT`, and starts it again.
fn kill_at_commit(test: &str, point: Point, stored: Stored) {
    let Some((server, database)) = start(test) else { return };
    let (proxy, url) = Proxy::through(&database.url()).unwrap();
    for call in [Call::TrackedTransaction, Call::Run] {
        block_on(async {
            fresh_rows(&database).await;
            let conn = &mut connect_to(&url, &database).await;
            let mut held = Held::load(conn).await;
            let before = Before::of(call, &held);
            proxy.at(point, "COMMIT", Strike::Hold);
            let (proxy, server) = (proxy.clone(), Arc::clone(&server));
            let kills = spawn(move || {
                proxy.wait();
                server.run("kill").unwrap();
                proxy.cut();
                server.run("start").unwrap();
            });
            let error = call.run(&mut held, conn).await.unwrap_err();
            kills.join().unwrap();
            before.check(&error, Class::Lost, stored, &mut held, conn, &database).await;
        });
    }
}

/// A small disk. It is gone with this value, which has to outlive the server.
struct Disk(PathBuf);

impl Disk {
    /// Why not, where it cannot be had.
    fn mount(user: &str) -> Result<Self, String> {
        let place = std::env::temp_dir().join(format!(
            "occ-tests-disk-{}-{}",
            std::process::id(),
            module_path!().split("::").nth(1).unwrap()
        ));
        std::fs::create_dir(&place).unwrap();
        let disk = Self(place);
        let run = |program: &str, arguments: &[&str]| match Command::new(program)
            .args(arguments)
            .arg(&disk.0)
            .output()
        {
            Ok(output) if output.status.success() => Ok(()),
            Ok(output) => Err(String::from_utf8_lossy(&output.stderr).trim().to_owned()),
            Err(error) => Err(error.to_string()),
        };
        run("mount", &["-t", "tmpfs", "-o", "size=1m", "tmpfs"])?;
        run("chown", &[user])?;
        Ok(disk)
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // Not mounted, if that has failed.
        let _ = Command::new("umount").arg(&self.0).output();
        let _ = std::fs::remove_dir(&self.0);
    }
}

#[test]
fn a_server_that_dies_before_it_has_the_commit() {
    kill_at_commit("a_server_that_dies_before_it_has_the_commit", Point::Statement, Stored::Nothing);
}

#[test]
fn a_server_that_dies_after_the_commit() {
    kill_at_commit("a_server_that_dies_after_the_commit", Point::Answer, Stored::All);
}

#[test]
fn cancelled_at_the_commit_of_mariadb() {
    if BACKEND == Backend::Postgres {
        return; // That is `cancelled_at_its_commit`.
    }
    let Some((_server, database)) = start("cancelled_at_the_commit_of_mariadb") else { return };
    let (proxy, url) = Proxy::through(&database.url()).unwrap();
    for (what, class) in [(End::Query, Class::Yours), (End::Session, Class::Lost)] {
        for &call in IN_TRANSACTION {
            block_on(async {
                fresh_rows(&database).await;
                let conn = &mut connect_to(&url, &database).await;
                let mut held = Held::load(conn).await;
                let before = Before::of(call, &held);
                let session = session(conn).await;
                proxy.at(Point::Statement, "COMMIT", Strike::Hold);
                let (proxy, shared) = (proxy.clone(), Arc::clone(&database));
                let ends = spawn(move || {
                    proxy.wait();
                    block_on(async {
                        let other = &mut connect(&shared).await;
                        batch("FLUSH TABLES WITH READ LOCK", other).await.unwrap();
                        proxy.let_go();
                        wait_until_it_waits(session, other).await;
                        end(what, session, other).await;
                        // It is told to end, and is not at once.
                        wait_until_it_goes_on(session, other).await;
                        batch("UNLOCK TABLES", other).await.unwrap();
                    });
                });
                let error = call.run(&mut held, conn).await.unwrap_err();
                ends.join().unwrap();
                before.check(&error, class, Stored::Nothing, &mut held, conn, &database).await;
            });
        }
    }
}

#[test]
fn a_server_whose_disk_is_full() {
    if BACKEND != Backend::Postgres {
        return; // MariaDB ends itself then, and what it says of a full table is in `a_full_table`.
    }
    let test = "a_server_whose_disk_is_full";
    let disk = match Disk::mount("postgres") {
        Ok(disk) => disk,
        Err(why) => return skipped(test, format_args!("a small disk has to be mounted, by root: {why}")),
    };
    let Some((_server, database)) = start(test) else { return };
    block_on(async {
        let other = &mut connect(&database).await;
        batch(&format!("CREATE TABLESPACE small LOCATION '{}'", disk.0.display()), other).await.unwrap();
        batch(
            "CREATE TABLE ballast (bytes TEXT) TABLESPACE small;
             ALTER TABLE ballast ALTER bytes SET STORAGE EXTERNAL;
             CREATE FUNCTION grow() RETURNS trigger LANGUAGE plpgsql AS $$
             BEGIN
                 INSERT INTO ballast VALUES (repeat('x', 3000000));
                 RETURN NULL;
             END $$",
            other,
        )
        .await
        .unwrap();
        for call in CALLS {
            fresh_rows(&database).await;
            let grow = "CREATE TRIGGER grow AFTER UPDATE ON products FOR EACH ROW EXECUTE FUNCTION grow()";
            batch(grow, other).await.unwrap();
            let conn = &mut connect(&database).await;
            let mut held = Held::load(conn).await;
            let before = Before::of(call, &held);
            let error = call.run(&mut held, conn).await.unwrap_err();
            batch("DROP TRIGGER grow ON products", other).await.unwrap();
            assert!(error.to_string().contains("No space left on device"), "{call:?}: {error:?}");
            before.check(&error, Class::Yours, Stored::Nothing, &mut held, conn, &database).await;
        }
    });
}
