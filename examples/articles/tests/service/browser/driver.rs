//! As much of `WebDriver` as these tests need: chromedriver is spoken to in JSON, which takes no further crate.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value as Json, json};
use ureq::http::Response;
use ureq::{Agent, Body};

use crate::{program, skipped};

/// A page that a test waits for has to be there within this time.
const PATIENCE: Duration = Duration::from_secs(20);

/// Chromium's driver, which ends its browsers when it ends.
pub struct Driver {
    child: Child,
    url: String,
}

impl Driver {
    /// `None`, and a word about it, if there is no Chromium.
    pub fn start(test: &str) -> Option<Self> {
        let (Some(driver), Some(_)) = (program("chromedriver"), program("chromium")) else {
            skipped(test, "install chromium and chromium-driver, such as with tests/servers install");
            return None;
        };
        let mut command = Command::new(driver);
        let mut child = command.arg("--port=0").stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
        let port = lines.find_map(|line| {
            line.contains("started successfully")
                .then(|| line.rsplit(' ').next().unwrap().trim_end_matches('.').to_owned())
        });
        // It goes on writing, which must not fail.
        std::thread::spawn(move || lines.for_each(drop));
        let url = format!("http://127.0.0.1:{}", port.expect("chromedriver says its port"));
        Some(Self { child, url })
    }

    pub fn browser(&self, kind: Kind) -> Browser {
        let mut arguments =
            vec!["--headless=new", "--window-size=1200,950", "--hide-scrollbars", "--disable-dev-shm-usage"];
        // Chromium's sandbox is not for root.
        let user = Command::new("id").arg("-u").output().unwrap().stdout;
        if user == b"0\n" {
            arguments.push("--no-sandbox");
        }
        let mut options = json!({ "args": arguments, "binary": program("chromium") });
        match kind {
            Kind::Desktop => {}
            Kind::WithoutScripts => {
                options["prefs"] = json!({ "profile.managed_default_content_settings.javascript": 2 });
            }
            Kind::Phone => {
                let metrics =
                    json!({ "width": 375, "height": 812, "pixelRatio": 2.0, "mobile": true, "touch": true });
                options["mobileEmulation"] = json!({ "deviceMetrics": metrics });
            }
        }
        let capabilities = json!({ "goog:chromeOptions": options, "unhandledPromptBehavior": "ignore" });
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_secs(120)));
        let mut browser = Browser { agent: config.build().into(), session: format!("{}/session", self.url) };
        let session = browser.post("", &json!({ "capabilities": { "alwaysMatch": capabilities } }));
        browser.session = format!("{}/{}", browser.session, session["sessionId"].as_str().unwrap());
        browser
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        // It may have ended already.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Desktop,
    WithoutScripts,
    Phone,
}

/// A browser with a profile of its own: somebody else's.
pub struct Browser {
    agent: Agent,
    session: String,
}

impl Drop for Browser {
    fn drop(&mut self) {
        drop(self.agent.delete(&self.session).call());
    }
}

impl Browser {
    fn post(&self, command: &str, body: &Json) -> Json {
        self.try_post(command, body).unwrap_or_else(|error| panic!("{command} {body}: {error}"))
    }

    fn try_post(&self, command: &str, body: &Json) -> Result<Json, Json> {
        value(self.agent.post(format!("{}{command}", self.session)).send(body.to_string()).unwrap())
    }

    fn read(&self, command: &str) -> Json {
        self.try_read(command).unwrap_or_else(|error| panic!("{command}: {error}"))
    }

    fn try_read(&self, command: &str) -> Result<Json, Json> {
        value(self.agent.get(format!("{}{command}", self.session)).call().unwrap())
    }

    pub fn open(&self, url: &str) {
        self.post("/url", &json!({ "url": url }));
    }

    pub fn address(&self) -> String {
        self.read("/url").as_str().unwrap().to_owned()
    }

    /// The path of an element; `None` if there is none.
    fn element(&self, css: &str) -> Option<String> {
        let found = self.try_post("/element", &json!({ "using": "css selector", "value": css })).ok()?;
        let id = found.as_object()?.values().next()?.as_str()?.to_owned();
        Some(format!("/element/{id}"))
    }

    /// Waits for an element, and does something to it. Where its page goes in between, it is looked for again.
    fn on<T>(&self, css: &str, work: impl Fn(&str) -> Result<T, Json>) -> T {
        let until = Instant::now() + PATIENCE;
        loop {
            match self.element(css).map(|element| work(&element)) {
                Some(Ok(value)) => return value,
                Some(Err(error)) if error["error"] != "stale element reference" => panic!("{css}: {error}"),
                Some(Err(_)) | None => {}
            }
            assert!(Instant::now() < until, "{css} is not on {}: {}", self.address(), self.read("/source"));
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    pub fn has(&self, css: &str) -> bool {
        self.element(css).is_some()
    }

    pub fn click(&self, css: &str) {
        self.on(css, |element| self.try_post(&format!("{element}/click"), &json!({})));
    }

    /// In place of what is there.
    pub fn write(&self, css: &str, text: &str) {
        self.on(css, |element| {
            self.try_post(&format!("{element}/clear"), &json!({}))?;
            self.try_post(&format!("{element}/value"), &json!({ "text": text }))
        });
    }

    pub fn text(&self, css: &str) -> String {
        self.on(css, |element| self.try_read(&format!("{element}/text"))).as_str().unwrap().to_owned()
    }

    pub fn property(&self, css: &str, name: &str) -> Json {
        self.on(css, |element| self.try_read(&format!("{element}/property/{name}")))
    }

    /// Waits until the address ends so.
    pub fn arrives(&self, end: &str) {
        self.waits_for(end, || self.address().ends_with(end));
    }

    pub fn waits_for(&self, what: &str, is_so: impl Fn() -> bool) {
        let until = Instant::now() + PATIENCE;
        while !is_so() {
            assert!(Instant::now() < until, "{what}, but {} shows {}", self.address(), self.read("/source"));
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    pub fn script(&self, script: &str) -> Json {
        self.post("/execute/sync", &json!({ "script": script, "args": [] }))
    }

    /// Whether the page has opened a dialog.
    pub fn asks(&self) -> bool {
        self.try_read("/alert/text").is_ok()
    }

    pub fn agree(&self) {
        self.post("/alert/accept", &json!({}));
    }

    /// Presses keys one after the other, wherever the focus is.
    pub fn press(&self, keys: &[&str]) {
        let stroke = |key: &&str| {
            [json!({ "type": "keyDown", "value": key }), json!({ "type": "keyUp", "value": key })]
        };
        let actions: Vec<Json> = keys.iter().flat_map(stroke).collect();
        self.post(
            "/actions",
            &json!({ "actions": [{ "type": "key", "id": "keyboard", "actions": actions }] }),
        );
    }

    /// Goes on with the tab key until something matches that has the focus.
    pub fn tab_to(&self, css: &str) {
        for _ in 0..60 {
            self.press(&[TAB]);
            if self.has(&format!(":is({css}):focus")) {
                return;
            }
        }
        panic!("the tab key does not lead to {css} on {}", self.address());
    }

    pub fn in_the_dark(&self) {
        let feature = json!({ "name": "prefers-color-scheme", "value": "dark" });
        let parameters = json!({ "features": [feature] });
        self.post("/goog/cdp/execute", &json!({ "cmd": "Emulation.setEmulatedMedia", "params": parameters }));
    }

    /// The whole page, as a file for people to look at.
    pub fn picture(&self, name: &str) {
        let parameters = json!({ "captureBeyondViewport": true });
        let command = json!({ "cmd": "Page.captureScreenshot", "params": parameters });
        let until = Instant::now() + PATIENCE;
        let shot = loop {
            match self.try_post("/goog/cdp/execute", &command) {
                Ok(shot) => break shot,
                // A page that was opened just now may have no size yet.
                Err(error) => assert!(Instant::now() < until, "{name}: {error}"),
            }
            std::thread::sleep(Duration::from_millis(20));
        };
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("articles");
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join(format!("{name}.png")), base64(shot["data"].as_str().unwrap())).unwrap();
    }
}

/// What the driver answers, or its error.
fn value(mut answer: Response<Body>) -> Result<Json, Json> {
    // A page and a picture of it are long.
    let text = answer.body_mut().with_config().limit(100 << 20).read_to_string().unwrap();
    let value = serde_json::from_str::<Json>(&text).unwrap()["value"].take();
    if answer.status() == 200 { Ok(value) } else { Err(value) }
}

pub const TAB: &str = "\u{e004}";
pub const ENTER: &str = "\u{e007}";
pub const SPACE: &str = " ";
pub const DOWN: &str = "\u{e015}";

fn base64(text: &str) -> Vec<u8> {
    let digit = |byte: u8| match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' => 62,
        _ => 63,
    };
    let mut bytes = Vec::new();
    for quad in text.trim_end_matches('=').as_bytes().chunks(4) {
        let bits = quad.iter().fold(0_u32, |bits, &byte| bits << 6 | u32::from(digit(byte)));
        let bits = bits << (6 * (4 - quad.len()) + 8);
        bytes.extend(&bits.to_be_bytes()[..quad.len() - 1]);
    }
    bytes
}
