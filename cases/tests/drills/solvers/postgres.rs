//! A throw-away PostgreSQL server, reached by a socket in its own directory and by nothing else; needs the package
//! `postgresql` (version 15 or later: `initdb` and `postgres`). It must not run as root: then it runs as `nobody`.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

pub struct Server {
    /// Where its socket is.
    pub place: PathBuf,
    child: Child,
}

/// `setpriv` for root, nothing for others.
fn lead() -> Vec<&'static str> {
    let root = Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout == b"0\n");
    if root { vec!["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] } else { vec!["env"] }
}

fn programs() -> PathBuf {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut places: Vec<PathBuf> = versions.map(|version| version.path().join("bin")).collect();
    places.sort();
    places.reverse();
    places.extend(["/usr/bin", "/usr/local/bin", "/usr/pgsql/bin"].map(PathBuf::from));
    places
        .into_iter()
        .find(|place| place.join("initdb").is_file())
        .expect("PostgreSQL's server must be installed (package postgresql)")
}

impl Server {
    pub fn start(settings: &[&str]) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let place = std::env::temp_dir().join(format!("dd-pg-{}-{number}", std::process::id()));
        let _ = std::fs::remove_dir_all(&place);
        std::fs::create_dir(&place).expect("a directory");
        let lead = lead();
        if lead[0] == "setpriv" {
            std::os::unix::fs::chown(&place, Some(65_534), Some(65_534)).expect("root may");
        }
        let command = |program: PathBuf| {
            let mut command = Command::new(lead[0]);
            command.args(&lead[1..]).arg(program).current_dir(&place).env("LC_ALL", "C.UTF-8");
            command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
            command
        };
        let made = command(programs().join("initdb"))
            .args([
                "-D",
                "data",
                "-U",
                "postgres",
                "--auth=trust",
                "--no-sync",
                "--encoding=UTF8",
                "--locale=C.UTF-8",
            ])
            .status()
            .expect("initdb runs");
        assert!(made.success(), "initdb: {made}");
        let mut serve = command(programs().join("postgres"));
        serve.args(["-D", "data", "-F", "-c", "listen_addresses=", "-c", "autovacuum=off", "-c", "jit=off"]);
        serve.arg("-k").arg(&place);
        for setting in settings {
            serve.args(["-c", setting]);
        }
        let child = serve.spawn().expect("postgres runs");
        let server = Self { place: place.clone(), child };
        let started = Instant::now();
        while !command(programs().join("pg_isready"))
            .args(["-q", "-h"])
            .arg(&server.place)
            .status()
            .is_ok_and(|status| status.success())
        {
            assert!(started.elapsed() < Duration::from_secs(30), "PostgreSQL did not get ready");
            std::thread::sleep(Duration::from_millis(30));
        }
        server
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // SIGINT is its fast shutdown: it takes its shared memory with it.
        let stopped = Command::new("kill").args(["-INT", &self.child.id().to_string()]).status();
        if !stopped.is_ok_and(|status| status.success()) {
            let _ = self.child.kill();
        }
        let _ = self.child.wait();
        let _ = std::fs::remove_dir_all(&self.place);
    }
}

/// A client in Python: simple queries over the socket, without waiting for their answers.
pub const CLIENT: &str = r#"
import json, re, select, socket, struct, sys, threading, time

class Result:
    def __init__(self):
        self.rows, self.tag, self.code, self.message = [], None, None, None

class Session:
    def __init__(self, place, name, port=5432):
        self.name, self.buffer, self.open = name, b'', None
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(f'{place}/.s.PGSQL.{port}')
        words = ['user', 'postgres', 'database', 'postgres', 'application_name', name]
        body = struct.pack('!i', 196608) + b''.join(w.encode() + b'\0' for w in words) + b'\0'
        self.socket.sendall(struct.pack('!i', len(body) + 4) + body)
        self.open = Result()
        assert self.poll(10), 'no greeting'

    def send(self, sql):
        assert self.open is None, f'{self.name} waits'
        self.open = Result()
        body = sql.encode() + b'\0'
        self.socket.sendall(b'Q' + struct.pack('!i', len(body) + 4) + body)

    def poll(self, seconds):
        """The result if it is complete within some time."""
        until = time.monotonic() + seconds
        while True:
            while len(self.buffer) >= 5:
                size = struct.unpack('!i', self.buffer[1:5])[0]
                if len(self.buffer) < size + 1:
                    break
                kind, body = self.buffer[:1], self.buffer[5:size + 1]
                self.buffer = self.buffer[size + 1:]
                if kind == b'K':
                    self.pid = struct.unpack('!i', body[:4])[0]
                elif kind == b'D':
                    count, at, row = struct.unpack('!h', body[:2])[0], 2, []
                    for _ in range(count):
                        length = struct.unpack('!i', body[at:at + 4])[0]
                        at += 4
                        row.append(None if length < 0 else body[at:at + length].decode())
                        at += max(length, 0)
                    self.open.rows.append(row)
                elif kind == b'C':
                    self.open.tag = body[:-1].decode()
                elif kind == b'E':
                    fields = {f[:1]: f[1:].decode() for f in body.split(b'\0') if f}
                    self.open.code, self.open.message = fields[b'C'], fields[b'M']
                elif kind == b'Z':
                    result, self.open = self.open, None
                    return result
            left = until - time.monotonic()
            if not select.select([self.socket], [], [], max(left, 0))[0]:
                return None
            more = self.socket.recv(65536)
            assert more, 'the server closed the connection'
            self.buffer += more

    def do(self, sql):
        self.send(sql)
        result = self.poll(60)
        assert result and not result.code, (sql, result and result.message)
        return result
"#;
