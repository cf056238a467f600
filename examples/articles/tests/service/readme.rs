//! What the README shows is what happens: its commands are run, and say what it has them say.

use std::collections::BTreeMap;
use std::process::Command;

use crate::database::Database;
use crate::server::Server;
use crate::skipped;

#[test]
fn the_commands_say_what_they_are_shown_to_say() {
    let commands = commands(include_str!("../../README.md"));
    assert!(commands.len() >= 10, "{}", commands.len());
    if Command::new("curl").arg("--version").output().is_err() {
        skipped(concat!(module_path!(), "::the_commands_say_what_they_are_shown_to_say"), "install curl");
        return;
    }
    let server = Server::new(Database::sqlite());
    // Each tag of the README, and what it is here.
    let mut tags: BTreeMap<String, String> = BTreeMap::new();
    for (command, shown) in commands {
        let mut here = command.replace("http://127.0.0.1:3000", &server.url).replace("curl -i", "curl -si");
        for (theirs, ours) in &tags {
            here = here.replace(theirs, ours);
        }
        let output = Command::new("sh").args(["-c", &here]).output().unwrap();
        let said = String::from_utf8(output.stdout).unwrap().replace('\r', "");
        for (shown, said) in shown.trim().lines().zip(said.lines()) {
            if let (Some(theirs), Some(ours)) = (tag(shown), tag(said)) {
                tags.entry(theirs.to_owned()).or_insert_with(|| ours.to_owned());
            }
        }
        let mut expected = lines(&shown);
        for (theirs, ours) in &tags {
            expected = expected.replace(theirs, ours);
        }
        assert_eq!(expected, lines(&said), "{command}");
    }
    let mut ours: Vec<_> = tags.values().collect();
    ours.sort();
    ours.dedup();
    assert_eq!((ours.len(), tags.len()), (3, 3), "three versions, three tags");
}

/// What follows each `$` of the blocks, and what is shown below it.
fn commands(readme: &str) -> Vec<(String, String)> {
    let mut commands: Vec<(String, String)> = Vec::new();
    for block in readme.split("```console\n").skip(1) {
        let mut is_command = false;
        for line in block[..block.find("```").unwrap()].lines() {
            if let Some(command) = line.strip_prefix("$ ") {
                commands.push((command.to_owned(), String::new()));
                is_command = true;
            } else {
                let (command, output) = commands.last_mut().unwrap();
                let text = if is_command { command } else { output };
                text.push('\n');
                text.push_str(line);
            }
            is_command &= line.ends_with('\\');
        }
    }
    commands
}

/// Without the time, and the empty lines around.
fn lines(output: &str) -> String {
    let lines: Vec<_> = output.trim().lines().filter(|line| !line.starts_with("date: ")).collect();
    lines.join("\n").trim().to_owned()
}

fn tag(line: &str) -> Option<&str> {
    line.strip_prefix("etag: ")
}
