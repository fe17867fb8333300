//! An editor completes case files, tells what they hold, and marks what is wrong, all by the schema: yaml-language-server is
//! asked as an editor asks it. `ci/install-targets yaml-language-server` installs it; where it is not, these tests are skipped.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{LazyLock, Mutex};
use std::time::Duration;
use std::{env, fs, thread};

use rstest::rstest;
use serde_json::{Value, json};

/// The server takes seconds to read the schema, and a busy machine takes longer.
const PATIENCE: Duration = Duration::from_secs(120);

/// What is asked about stands after this.
const CURSOR: char = '▮';

/// The server, if it can be started; one for all tests.
static SERVER: LazyLock<Option<Mutex<Server>>> = LazyLock::new(|| Server::start().map(Mutex::new));

/// Where `ci/install-targets` puts it.
fn installed() -> Option<PathBuf> {
    let var = |name: &str| env::var_os(name).map(PathBuf::from);
    let caches = var("XDG_CACHE_HOME").or_else(|| Some(var("HOME")?.join(".cache")));
    let cache = var("SYSCASE_CACHE").or_else(|| Some(caches?.join("syscase")))?;
    let tool = cache.join("tools/yaml-language-server/node_modules/yaml-language-server/bin/yaml-language-server");
    tool.exists().then_some(tool)
}

struct Server {
    // Ends when its input does.
    _process: Child,
    input: ChildStdin,
    messages: Receiver<Value>,
    requests: u64,
    files: u64,
    diagnostics: HashMap<String, Value>,
}

impl Server {
    fn start() -> Option<Self> {
        let Some(tool) = installed() else {
            eprintln!("skipped: no yaml-language-server (ci/install-targets yaml-language-server installs it)");
            return None;
        };
        let node = Command::new("node")
            .arg(tool)
            .arg("--stdio")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn();
        let Ok(mut process) = node else {
            eprintln!("skipped: no node to run yaml-language-server");
            return None;
        };
        let mut output = BufReader::new(process.stdout.take().unwrap());
        let (said, messages) = channel();
        thread::spawn(move || {
            while let Some(message) = read(&mut output) {
                if said.send(message).is_err() {
                    break;
                }
            }
        });
        let input = process.stdin.take().unwrap();
        let (requests, files, diagnostics) = (0, 0, HashMap::new());
        let mut server = Server { _process: process, input, messages, requests, files, diagnostics };
        let capabilities = json!({"workspace": {"configuration": true}});
        server.ask("initialize", json!({"processId": null, "rootUri": null, "capabilities": capabilities}));
        server.tell("initialized", json!({}));
        server.tell("workspace/didChangeConfiguration", json!({"settings": null}));
        // Until it has read the schema, it has nothing to offer.
        server.wrong(&file("    stepps: []\n"));
        Some(server)
    }

    fn send(&mut self, message: &Value) {
        let text = message.to_string();
        write!(self.input, "Content-Length: {}\r\n\r\n{text}", text.len()).unwrap();
        self.input.flush().unwrap();
    }

    fn tell(&mut self, method: &str, params: Value) {
        self.send(&json!({"jsonrpc": "2.0", "method": method, "params": params}));
    }

    fn ask(&mut self, method: &str, params: Value) -> Value {
        self.requests += 1;
        let id = self.requests;
        self.send(&json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params}));
        loop {
            let message = self.hear();
            if message["id"] == id && message.get("method").is_none() {
                return message["result"].clone();
            }
        }
    }

    /// The next message, once what it asks for is answered.
    fn hear(&mut self) -> Value {
        let message = self.messages.recv_timeout(PATIENCE).expect("an answer of the server");
        let params = &message["params"];
        match message["method"].as_str() {
            Some("textDocument/publishDiagnostics") => {
                let uri = params["uri"].as_str().unwrap_or_default().to_owned();
                self.diagnostics.insert(uri, params["diagnostics"].clone());
            }
            Some(_) if message.get("id").is_some() => {
                let items = params["items"].as_array().cloned().unwrap_or_default();
                let answer = |item: &Value| if item["section"] == "yaml" { settings() } else { Value::Null };
                let result: Vec<Value> = items.iter().map(answer).collect();
                self.send(&json!({"jsonrpc": "2.0", "id": message["id"], "result": result}));
            }
            _ => {}
        }
        message
    }

    /// Opens a file; its address.
    fn open(&mut self, text: &str) -> String {
        self.files += 1;
        let uri = format!("file:///cases/write/{}.yaml", self.files);
        let document = json!({"uri": uri, "languageId": "yaml", "version": 1, "text": text});
        self.tell("textDocument/didOpen", json!({"textDocument": document}));
        uri
    }

    /// Asks about the place of the cursor.
    fn ask_at(&mut self, method: &str, text: &str) -> Value {
        let (before, after) = text.split_once(CURSOR).expect("a cursor");
        let uri = self.open(&format!("{before}{after}"));
        let line = before.matches('\n').count();
        let character = before.len() - before.rfind('\n').map_or(0, |newline| newline + 1);
        let position = json!({"line": line, "character": character});
        self.ask(method, json!({"textDocument": {"uri": uri}, "position": position}))
    }

    /// The lines in which something is wrong, and what.
    fn wrong(&mut self, text: &str) -> Vec<(u64, String)> {
        let uri = self.open(text);
        while !self.diagnostics.contains_key(&uri) {
            self.hear();
        }
        let all = self.diagnostics[&uri].as_array().cloned().unwrap_or_default();
        let one = |found: &Value| {
            (found["range"]["start"]["line"].as_u64().unwrap(), found["message"].as_str().unwrap().to_owned())
        };
        all.iter().map(one).collect()
    }
}

/// A message of the server.
fn read(output: &mut impl BufRead) -> Option<Value> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if output.read_line(&mut line).ok()? == 0 {
            return None;
        }
        match line.trim().split_once(": ") {
            Some(("Content-Length", bytes)) => length = bytes.parse().ok()?,
            Some(_) => {}
            None => break,
        }
    }
    let mut text = vec![0; length];
    output.read_exact(&mut text).ok()?;
    serde_json::from_slice(&text).ok()
}

/// As docs/case-format.md says for editors, but with this tree's schema.
fn settings() -> Value {
    let schema = format!("file://{}", fs::canonicalize("cases/case.schema.json").unwrap().display());
    json!({
        "schemas": {schema: "*.yaml"}, "schemaStore": {"enable": false},
        "completion": true, "hover": true, "validate": true,
    })
}

/// A file with a case of which this is the rest.
fn file(rest: &str) -> String {
    format!("subject: openat(2)\ncases:\n  one:\n    summary: It is opened.\n{rest}")
}

fn step(rest: &str) -> String {
    file(&format!("    steps:\n{rest}"))
}

#[rstest]
#[case::keys_of_a_case(file("    gi▮\n"), &["given", "steps", "finally", "rests"], "call")]
#[case::circumstances(file("    given:\n      un▮\n"), &["unprivileged", "mounts"], "call")]
#[case::keys_of_a_step(step("      - ca▮\n"), &["call", "load", "start"], "given")]
#[case::calls(step("      - call: ope▮\n"), &["openat", "open_tree"], "EBADF")]
#[case::arguments(step("      - call: lseek\n        args:\n          fd▮\n"), &["fd", "offset", "whence"], "pathname")]
#[case::other_arguments(
    step("      - call: write\n        args:\n          fd: 1\n          bu▮\n"), &["buf", "count"], "pathname"
)]
#[case::constants(step("      - call: openat\n        args:\n          flags:\n            - O_▮\n"), &["O_CREAT", "O_PATH"], "POLLIN")]
#[case::operations(step("      - call: epoll_ctl\n        args:\n          op: EPOLL_▮\n"), &["EPOLL_CTL_ADD"], "EPOLLIN")]
#[case::fields(step("      - call: epoll_ctl\n        args:\n          event:\n            ev▮\n"), &["events", "data"], "fd")]
#[case::errors(step("      - call: read\n        expect:\n          errno: E▮\n"), &["EBADF", "EINTR"], "SIGPIPE")]
#[case::what_is_written(
    step("      - call: statx\n        expect:\n          return: 0\n          out:\n            statxbuf:\n              stx_▮\n"),
    &["stx_size", "stx_mtime"], "st_size"
)]
fn editors_complete(#[case] text: String, #[case] offered: &[&str], #[case] not_offered: &str) {
    let Some(server) = &*SERVER else { return };
    let answer = server.lock().unwrap().ask_at("textDocument/completion", &text);
    let items = answer["items"].as_array().or(answer.as_array()).cloned().unwrap_or_default();
    let labels: Vec<&str> = items.iter().filter_map(|item| item["label"].as_str()).collect();
    let missing: Vec<_> = offered.iter().filter(|label| !labels.contains(label)).collect();
    assert!(missing.is_empty(), "{missing:?} not among {labels:?}");
    assert!(!labels.contains(&not_offered), "{not_offered} among {labels:?}");
}

#[rstest]
#[case::key_of_a_case(file("    ste▮ps:\n      - {call: getpid}\n"), "what happens, in order")]
#[case::key_of_a_step(step("      - call: openat\n        ar▮gs: {dirfd: 1}\n"), "the call's arguments")]
#[case::flags(step("      - {call: openat, args: {dirfd: 1, pathname: f, fla▮gs: [O_RDONLY]}}\n"), "open flags")]
#[case::string(step("      - {call: openat, args: {dirfd: 1, path▮name: f, flags: [O_RDONLY]}}\n"), "string")]
#[case::buffer(step("      - {call: read, args: {fd: 1, b▮uf: {room: 1}}}\n"), "buffer, written by the kernel")]
#[case::structure(step("      - {call: nanosleep, args: {dura▮tion: {tv_sec: 1}}}\n"), "struct timespec")]
#[case::field(step("      - {call: nanosleep, args: {duration: {tv_▮sec: 1}}}\n"), "long")]
#[case::field_that_is_written(
    step("      - {call: statx, expect: {return: 0, out: {statxbuf: {stx_si▮ze: 3}}}}\n"),
    "unsigned long"
)]
#[case::constant(step("      - {call: openat, args: {dirfd: 1, pathname: f, flags: [O_RD▮ONLY]}}\n"), "open flags")]
fn editors_tell_what_it_is(#[case] text: String, #[case] told: &str) {
    let Some(server) = &*SERVER else { return };
    let answer = server.lock().unwrap().ask_at("textDocument/hover", &text);
    let shown = answer["contents"]["value"].as_str().unwrap_or_default();
    assert!(shown.contains(told), "{told:?} is not in {answer}");
}

#[rstest]
#[case::key_of_a_case(file("    stepps: []\n"), 4, "stepps")]
#[case::call(step("      - {call: opemat, args: {dirfd: 1}}\n"), 5, "Value is not accepted")]
#[case::argument(
    step(
        "      - call: openat\n        args:\n          dirfd: 1\n          pathname: f\n          flags: []\n          moed: 0\n"
    ),
    10,
    "moed"
)]
#[case::constant(
    step(
        "      - call: openat\n        args:\n          dirfd: 1\n          pathname: f\n          flags: [O_RDONYL]\n"
    ),
    9,
    ""
)]
#[case::error(step("      - call: getpid\n        expect: {errno: EBADFF}\n"), 6, "Value is not accepted")]
#[case::text_for_a_list(step("      - call: getpid\n        signals: x\n"), 6, "signals")]
fn editors_mark_what_is_wrong(#[case] text: String, #[case] line: u64, #[case] says: &str) {
    let Some(server) = &*SERVER else { return };
    let wrong = server.lock().unwrap().wrong(&text);
    assert!(wrong.iter().any(|(at, message)| *at == line && message.contains(says)), "{wrong:?}");
}

#[rstest]
#[case::pipes("cases/write/pipe.yaml")]
#[case::page_faults("cases/userfaultfd/page-faults.yaml")]
#[case::finally("cases/acct/machine.yaml")]
fn editors_mark_nothing_else(#[case] path: &str) {
    let Some(server) = &*SERVER else { return };
    let wrong = server.lock().unwrap().wrong(&fs::read_to_string(path).unwrap());
    assert!(wrong.is_empty(), "{wrong:?}");
}
