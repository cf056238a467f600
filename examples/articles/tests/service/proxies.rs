//! Real proxies that compress, as Debian has them, between the service and a client that asks for gzip: each alters the tag,
//! and whoever writes with what arrives is let through all the same, and nobody else is.

use std::fs::{self, File};
use std::io::Write as _;
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::json;
use tempfile::TempDir;
use ureq::http::{HeaderMap, HeaderName, HeaderValue};

use crate::client::{Answer, CREATE, FORM, JSON, MERGE_PATCH, encoded};
use crate::database::Database;
use crate::server::Server;
use crate::{program, skipped};

/// A proxy that takes longer to start than this, such as to compile its rules, does not.
const PATIENCE: Duration = Duration::from_secs(60);

/// One kind of proxy.
struct Kind {
    test: &'static str,
    program: &'static str,
    package: &'static str,
    /// Written to a file of its own: listens on the first port, asks the second one, and compresses JSON and pages.
    rules: fn(folder: &str, port: u16, service: u16) -> String,
    /// Stays in the foreground, and has no file outside of the folder.
    arguments: fn(folder: &str, port: u16, rules: &str) -> Vec<String>,
    /// What it makes of a tag.
    alters: fn(tag: &str) -> String,
}

fn weakens(tag: &str) -> String {
    format!("W/{tag}")
}

fn words<const N: usize>(words: [&str; N]) -> Vec<String> {
    words.map(str::to_owned).to_vec()
}

const NGINX: Kind = Kind {
    test: "tags_survive_nginx",
    program: "nginx",
    package: "nginx",
    rules: |folder, port, service| {
        format!(
            "daemon off; master_process off; pid {folder}/pid; error_log stderr;
             events {{ worker_connections 32; }}
             http {{
                 access_log off;
                 client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; scgi_temp_path {folder}/scgi;
                 fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi;
                 gzip on; gzip_types application/json;
                 server {{
                     listen 127.0.0.1:{port};
                     location / {{ proxy_pass http://127.0.0.1:{service}; }}
                 }}
             }}"
        )
    },
    arguments: |folder, _, rules| words(["-p", folder, "-e", "stderr", "-c", rules]),
    alters: weakens,
};

const VARNISH: Kind = Kind {
    test: "tags_survive_varnish",
    program: "varnishd",
    package: "varnish",
    rules: |_, _, service| {
        format!(
            "vcl 4.1;
             backend service {{ .host = \"127.0.0.1\"; .port = \"{service}\"; }}
             sub vcl_backend_response {{
                 if (beresp.http.content-type ~ \"json|html\") {{ set beresp.do_gzip = true; }}
             }}"
        )
    },
    // Without another user for its child, since that one could not look into the folder.
    arguments: |folder, port, rules| {
        let (listen, place) = (format!("127.0.0.1:{port}"), format!("{folder}/varnish"));
        let mut arguments =
            words(["-F", "-j", "none", "-n", &place, "-a", &listen, "-T", "none", "-f", rules]);
        arguments.extend(words(["-s", "malloc,16m", "-p", "vsl_space=1m", "-p", "thread_pools=1"]));
        arguments
    },
    alters: weakens,
};

const HAPROXY: Kind = Kind {
    test: "tags_survive_haproxy",
    program: "haproxy",
    package: "haproxy",
    rules: |_, port, service| {
        format!(
            "global
    maxconn 32
defaults
    mode http
    timeout connect 10s
    timeout client 60s
    timeout server 60s
    compression algo gzip
    compression type application/json text/html
listen articles
    bind 127.0.0.1:{port}
    server service 127.0.0.1:{service}
"
        )
    },
    arguments: |_, _, rules| words(["-db", "-f", rules]),
    alters: weakens,
};

const APACHE: Kind = Kind {
    test: "tags_survive_apache",
    program: "apache2",
    package: "apache2-bin",
    rules: |folder, port, service| {
        let modules = ["mpm_event", "authz_core", "filter", "deflate", "proxy", "proxy_http"];
        let modules =
            modules.map(|name| format!("LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so\n"));
        format!(
            "ServerRoot {folder}
ServerName localhost
Listen 127.0.0.1:{port}
PidFile {folder}/pid
DefaultRuntimeDir {folder}
ErrorLog /dev/stderr
{}
# As root it wants to be told somebody else: nobody.
User #65534
Group #65534
ThreadsPerChild 8
AddOutputFilterByType DEFLATE application/json text/html
ProxyPass / http://127.0.0.1:{service}/
",
            modules.concat()
        )
    },
    // One process.
    arguments: |folder, _, rules| words(["-X", "-d", folder, "-f", rules]),
    alters: |tag| format!("{}-gzip\"", tag.trim_end_matches('"')),
};

#[test]
fn tags_survive_nginx() {
    tags_survive(&NGINX);
}

#[test]
fn tags_survive_varnish() {
    tags_survive(&VARNISH);
}

#[test]
fn tags_survive_haproxy() {
    tags_survive(&HAPROXY);
}

#[test]
fn tags_survive_apache() {
    tags_survive(&APACHE);
}

const PLACE: &str = "/api/articles/boats";

fn tags_survive(kind: &Kind) {
    let name = format!("{}::{}", module_path!(), kind.test);
    if program("curl").is_none() {
        return skipped(&name, "install curl, such as with tests/servers install");
    }
    let server = Server::new(Database::sqlite());
    let Some(proxy) = Proxy::start(kind, &server.url) else {
        let why = format!("install {}, such as with tests/servers install", kind.package);
        return skipped(&name, &why);
    };
    let direct = server.client();
    // Long enough to be worth compressing.
    let article =
        |title: &str| json!({ "title": title, "summary": null, "body": "They float. ".repeat(500) });
    let put = |condition: (&str, &str), title: &str| {
        proxy.send("PUT", PLACE, &[JSON, condition], &article(title).to_string())
    };
    // That it came compressed, and with its tag altered: else this would show nothing.
    let altered = |answer: &Answer| {
        assert_eq!((answer.status, answer.header("content-encoding")), (200, "gzip"), "{answer:?}");
        let (tag, current) = (answer.tag(), direct.get(PLACE).tag());
        assert_ne!(tag, current);
        assert_eq!(tag, (kind.alters)(&current));
        tag
    };
    assert_eq!(put(CREATE, "Boats").status, 201);
    assert_eq!(put(CREATE, "Other boats").status, 412);

    let read = proxy.send("GET", PLACE, &[], "");
    let first = altered(&read);
    assert_eq!(read.json(), article("Boats"));
    let unchanged = |tag: &str| {
        for method in ["GET", "HEAD"] {
            let answer = proxy.send(method, PLACE, &[("if-none-match", tag)], "");
            assert_eq!((answer.status, answer.body.as_str()), (304, ""), "{method} {tag}");
        }
    };
    unchanged(&first);

    let second = altered(&put(("if-match", &first), "Ships"));
    unchanged(&second);
    let patch = json!({ "title": "More ships" }).to_string();
    let third = altered(&proxy.send("PATCH", PLACE, &[MERGE_PATCH, ("if-match", &second)], &patch));
    unchanged(&third);
    assert_eq!(server.database.rows(), [("boats".into(), "More ships".into(), 3)]);

    // The lock is still one.
    for stale in [&first, &second, &format!("{first}, {second}")] {
        assert_eq!(put(("if-match", stale), "Lost").status, 412, "{stale}");
        assert_eq!(proxy.send("GET", PLACE, &[("if-none-match", stale)], "").status, 200, "{stale}");
        assert_eq!(proxy.send("DELETE", PLACE, &[("if-match", stale)], "").status, 412, "{stale}");
    }
    assert_eq!(proxy.send("DELETE", PLACE, &[], "").status, 428);
    assert_eq!(server.database.rows(), [("boats".into(), "More ships".into(), 3)]);

    // A page carries the tag in its text, which no proxy alters: its script asks with it, and its form sends it.
    let page = proxy.send("GET", "/articles/boats/edit", &[], "");
    assert_eq!((page.status, page.header("content-encoding")), (200, "gzip"));
    let tag = page.body.split("data-tag=\"").nth(1).unwrap().split("\" ").next().unwrap();
    let tag = tag.split("\">").next().unwrap().replace("&quot;", "\"");
    assert_eq!(tag, direct.get(PLACE).tag());
    unchanged(&tag);
    let (before, body) = ("More ships", "They float. ".repeat(500));
    let fields = [("tag", tag.as_str()), ("base_title", before), ("base_summary", ""), ("base_body", &body)];
    let fields = [&fields[..], &[("title", "Rafts"), ("summary", ""), ("body", &body)]].concat();
    let saved = proxy.send("POST", "/articles/boats", &[FORM], &encoded(&fields));
    assert_eq!(saved.status, 303, "{saved:?}");
    assert!(saved.header("location").ends_with("/articles/boats?done=saved"), "{saved:?}");

    let last = altered(&proxy.send("GET", PLACE, &[], ""));
    assert_eq!(proxy.send("DELETE", PLACE, &[("if-match", &last)], "").status, 204);
    assert_eq!(server.database.rows(), []);
}

/// A proxy as a process of its own, which ends with the test.
struct Proxy {
    child: Child,
    url: String,
    /// Its files, which go after it.
    folder: TempDir,
}

impl Proxy {
    /// `None` if it is not installed.
    fn start(kind: &Kind, service: &str) -> Option<Self> {
        let program = program(kind.program)?;
        let service = service.rsplit(':').next().unwrap().parse().unwrap();
        // Somebody else may take the port before the proxy does.
        for _ in 0..5 {
            let folder = tempfile::Builder::new().prefix("articles-proxy-").tempdir().unwrap();
            let place = folder.path().to_str().unwrap();
            let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
            let rules = format!("{place}/rules");
            fs::write(&rules, (kind.rules)(place, port, service)).unwrap();
            let log = format!("{place}/log");
            let said = File::create(&log).unwrap();
            let mut command = Command::new(&program);
            command.args((kind.arguments)(place, port, &rules)).stdin(Stdio::null());
            command.stdout(said.try_clone().unwrap()).stderr(said);
            let child = command.spawn().unwrap();
            let mut proxy = Self { child, url: format!("http://127.0.0.1:{port}"), folder };
            match proxy.wait_until_it_listens(port) {
                Ok(()) => return Some(proxy),
                Err(why) => {
                    let log = fs::read_to_string(&log).unwrap_or_default();
                    assert!(
                        log.to_lowercase().contains("address already in use"),
                        "{} {why}: {log}",
                        kind.program
                    );
                }
            }
        }
        panic!("{} finds no free port", kind.program)
    }

    fn wait_until_it_listens(&mut self, port: u16) -> Result<(), String> {
        let until = Instant::now() + PATIENCE;
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            if let Some(status) = self.child.try_wait().unwrap() {
                return Err(format!("has ended ({status})"));
            }
            if Instant::now() > until {
                return Err("does not listen".to_owned());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(())
    }

    /// As curl asks, with `--compressed`: for gzip and what else it knows, and it uncompresses what comes.
    fn send(&self, method: &str, place: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let mut command = Command::new("curl");
        // Whatever the user's own file of curl has, or the environment says of other proxies.
        command.args(["--disable", "--noproxy", "*", "--http1.1", "--max-time", "60"]);
        command.args(["--silent", "--show-error", "--include", "--compressed"]);
        command.args(if method == "HEAD" { vec!["--head"] } else { vec!["--request", method] });
        for (name, value) in headers {
            command.args(["--header", &format!("{name}: {value}")]);
        }
        if !body.is_empty() {
            command.args(["--data-binary", "@-"]);
        }
        command.arg(format!("{}{place}", self.url));
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(body.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        let complained = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{method} {place}: {complained}{}", self.log());
        let answer = parsed(&String::from_utf8(output.stdout).unwrap());
        assert!(answer.status < 500, "{method} {place}: {answer:?}{}", self.log());
        answer
    }

    fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        // Asked to end, it ends its own processes as well; it may have ended already.
        let asked = Command::new("kill").arg(self.child.id().to_string()).stderr(Stdio::null()).status();
        let until = Instant::now() + Duration::from_secs(10);
        while asked.is_ok() && Instant::now() < until && matches!(self.child.try_wait(), Ok(None)) {
            std::thread::sleep(Duration::from_millis(20));
        }
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// What curl prints: the headers as they came, an empty line, and the body.
fn parsed(said: &str) -> Answer {
    let (head, body) = said.split_once("\r\n\r\n").expect("headers end with an empty line");
    let mut lines = head.lines();
    let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
    let header = |line: &str| -> (HeaderName, HeaderValue) {
        let (name, value) = line.split_once(':').unwrap();
        (name.parse().unwrap(), value.trim().parse().unwrap())
    };
    Answer { status, headers: lines.map(header).collect::<HeaderMap>(), body: body.to_owned() }
}
