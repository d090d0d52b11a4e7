//! I01: a certificate that was renewed on disk and never loaded.
//!
//! Rules: nginx reads certificates when it loads its configuration; a reload starts new workers under the same master, and
//! with a configuration that does not pass the test the old one stays (nginx documentation, "Controlling nginx", "Changing
//! Configuration"); a TCP health check of a Network Load Balancer asks for a connection only (Elastic Load Balancing, User
//! Guide for Network Load Balancers, "Health checks for Network Load Balancer target groups"); `live/NAME/` holds links to
//! the newest files of a lineage, and a deploy hook runs after a renewal that succeeded (certbot documentation, "Where are my
//! certificates?", "Renewing certificates"). What clients make of a chain is worked out by [`crate::cloud::tls`]. Texts are
//! those of curl 7.88, OpenSSL 3.0, procps 4, certbot 2.1 and nginx 1.22.

use std::fmt::Write as _;
use std::net::Ipv4Addr;

use chrono::{NaiveDate, NaiveDateTime, TimeDelta};
use serde_json::json;

use super::{Scene, World, shown};
use crate::cloud::Draw;
use crate::cloud::balancer::{Health, HealthCheck, Probe, State, Target, describe_target_health};
use crate::cloud::tls::{
    Certificate, Error, Fields, Key, Name, Verification, curl_failure, date_line, s_client_chain,
    s_client_verify, verify, x509,
};
use crate::model::EvidenceType::{Command, Json, Log};

pub(super) const WORLD: World = World {
    id: "I01",
    version: 1,
    causes: &[
        "renewed-not-reloaded",
        "renewal-failed",
        "reload-refused",
        "other-lineage",
        "intermediate-expired",
        "name-repointed",
        "nginx-down",
    ],
    build,
};

const REGION: &str = "ap-northeast-1";
/// What a health check of the target group is: TCP on the traffic port.
const CHECK: HealthCheck =
    HealthCheck { interval: 30, timeout: 10, healthy: 3, unhealthy: 3, matcher: (200, 399) };

/// What is drawn before the cause is looked at.
struct Names {
    host: &'static str,
    domain: &'static str,
    account: String,
    zone: String,
    /// web-1 and web-2.
    instances: Vec<String>,
    addresses: [Ipv4Addr; 2],
    images: [String; 2],
    /// The load balancer in use, and the one of the previous servers: id, public addresses.
    balancers: [(String, [Ipv4Addr; 2]); 2],
    target_group: String,
    serials: [String; 4],
    /// What the CA wanted to see in DNS.
    token: String,
    admin: &'static str,
    first_pid: u32,
    later_pid: u32,
    /// When the certificate in use ended, and when the support engineer looks.
    expired: NaiveDateTime,
    now: NaiveDateTime,
    /// When the instances of the rebuilt image were launched, and when certbot renewed.
    launched: NaiveDateTime,
    renewed: NaiveDateTime,
    /// When somebody edited nginx's configuration, in the worlds where it does not pass the test.
    edited: [NaiveDateTime; 2],
    dns_change: NaiveDateTime,
    nanos: [u32; 3],
}

/// Whether nginx's configuration passes its own test.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Config {
    Passes,
    /// It was broken before the renewal, so that the reload was refused.
    BrokenBefore,
    /// It was broken after it.
    BrokenAfter,
}

/// The world: what each thing really is.
struct Facts<'a> {
    names: &'a Names,
    /// certbot's unit on web-1 reloads nginx after a renewal.
    hook: bool,
    /// certbot may do what a renewal takes.
    permitted: bool,
    /// The renewed certificate is in the lineage that nginx reads.
    same_lineage: bool,
    config: Config,
    running: bool,
    /// The name leads to the servers in use.
    name_here: bool,
    /// The CA's intermediate is valid for longer than its leaves.
    intermediate_lasts: bool,
}

fn build(draw: &mut Draw, cause: &str) -> Scene {
    let names = names(draw);
    let mut facts = Facts {
        names: &names,
        hook: true,
        permitted: true,
        same_lineage: true,
        config: Config::Passes,
        running: true,
        name_here: true,
        intermediate_lasts: true,
    };
    match cause {
        "renewal-failed" => facts.permitted = false,
        "reload-refused" => facts.config = Config::BrokenBefore,
        "other-lineage" => facts.same_lineage = false,
        "intermediate-expired" => facts.intermediate_lasts = false,
        "name-repointed" => facts.name_here = false,
        "nginx-down" => {
            facts.config = Config::BrokenAfter;
            facts.running = false;
        }
        _ => facts.hook = false,
    }
    let mut scene = Scene::default();
    for (name, value) in [
        ("host", names.host.to_owned()),
        ("expired", format!("{} UTC", names.expired.format("%F %T"))),
        ("expired_local", (names.expired + TimeDelta::hours(8)).format("%H:%M:%S").to_string()),
        ("renewed", names.renewed.format("%F").to_string()),
        ("launched", names.launched.format("%F").to_string()),
        ("old_serial", names.serial(0).to_owned()),
        ("new_serial", names.serial(1).to_owned()),
    ] {
        scene.name(name, value);
    }
    curl(&mut scene, &facts);
    served(&mut scene, &facts);
    chain(&mut scene, &facts);
    stored(&mut scene, &facts);
    workers(&mut scene, &facts);
    config(&mut scene, &facts);
    renewals(&mut scene, &facts);
    image(&mut scene, &facts);
    targets(&mut scene, &facts);
    status_checks(&mut scene, &facts);
    dns(&mut scene, &facts);
    dns_changes(&mut scene, &facts);
    scene
}

fn names(draw: &mut Draw) -> Names {
    let day = NaiveDate::from_ymd_opt(2026, draw.int(3, 10), draw.int(2, 27)).unwrap_or_default();
    // 08:00 in Taipei.
    let midnight = day.and_hms_opt(0, 0, 0).unwrap_or_default();
    let seconds = |draw: &mut Draw, low: u32, high: u32| TimeDelta::seconds(draw.int(low, high).into());
    let expired = midnight + seconds(draw, 3, 110);
    let renewed = expired - TimeDelta::days(30) + seconds(draw, 900, 42_000);
    let hour = i64::from(draw.int(2u32, 9));
    let (domain, host) = *draw.pick(&[
        ("tea.example", "www.tea.example"),
        ("bike.example", "shop.bike.example"),
        ("clinic.example", "www.clinic.example"),
        ("harbor.example", "booking.harbor.example"),
    ]);
    let hex = |draw: &mut Draw| draw.hex(16);
    let second: u8 = draw.int(20, 90);
    let front = |draw: &mut Draw, block: [u8; 3]| {
        let [a, b, c] = block;
        let first: u8 = draw.int(10, 120);
        [Ipv4Addr::new(a, b, c, first), Ipv4Addr::new(a, b, c, first + draw.int(5u8, 90))]
    };
    Names {
        host,
        domain,
        account: format!("{:012}", draw.number(100_000_000_000, 999_999_999_999)),
        zone: format!("Z0{}", draw.hex(18).to_uppercase()),
        instances: (0..2).map(|_| format!("i-0{}", hex(draw))).collect(),
        addresses: [
            Ipv4Addr::new(10, second, 11, draw.int(10, 250)),
            Ipv4Addr::new(10, second, 12, draw.int(10, 250)),
        ],
        images: [format!("ami-0{}", hex(draw)), format!("ami-0{}", hex(draw))],
        balancers: [(hex(draw), front(draw, [203, 0, 113])), (hex(draw), front(draw, [198, 51, 100]))],
        target_group: hex(draw),
        serials: [(); 4].map(|()| format!("0{}{}", draw.int(3u32, 6), draw.hex(34)).to_uppercase()),
        token: (0..43)
            .map(|_| {
                char::from(*draw.pick(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"))
            })
            .collect(),
        admin: *draw.pick(&["kevin.lin", "amy.chen", "jason.wu", "sandy.hsu"]),
        first_pid: draw.int(520, 960),
        later_pid: draw.int(21_000, 64_000),
        expired,
        now: midnight + TimeDelta::minutes(draw.int(38, 75)) + seconds(draw, 0, 59),
        launched: midnight - TimeDelta::days(draw.int(38, 55))
            + TimeDelta::hours(hour)
            + seconds(draw, 0, 3599),
        renewed,
        edited: [
            midnight - TimeDelta::days(draw.int(32, 35)) + TimeDelta::hours(hour) + seconds(draw, 0, 3599),
            midnight - TimeDelta::days(draw.int(9, 20)) + TimeDelta::hours(hour) + seconds(draw, 0, 3599),
        ],
        dns_change: midnight - TimeDelta::days(draw.int(5, 8))
            + TimeDelta::hours(hour)
            + seconds(draw, 0, 3599),
        nanos: [(); 3].map(|()| draw.int(1_000_000, 999_999_999)),
    }
}

impl Names {
    fn serial(&self, index: usize) -> &str {
        self.serials.get(index).map_or("", String::as_str)
    }

    fn instance(&self, index: usize) -> &str {
        self.instances.get(index).map_or("", String::as_str)
    }

    fn live(&self) -> String {
        format!("/etc/letsencrypt/live/{}/fullchain.pem", self.host)
    }

    /// The name of a load balancer in DNS.
    fn balancer(&self, index: usize) -> String {
        let (id, _) = &self.balancers[index % 2];
        format!("{}-{id}.elb.{REGION}.amazonaws.com", BALANCERS[index % 2])
    }

    /// When certbot's certificates are listed.
    fn listed(&self) -> NaiveDateTime {
        self.now + TimeDelta::seconds(455)
    }

    fn role(&self) -> String {
        format!("arn:aws:sts::{}:assumed-role/web-instance/{}", self.account, self.instance(0))
    }
}

/// Names of the load balancer in use and of the previous one.
const BALANCERS: [&str; 2] = ["web-nlb", "web-2024-nlb"];

fn stamp(time: NaiveDateTime) -> String {
    time.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// `stat -c %y`
fn modified(time: NaiveDateTime, nanos: u32) -> String {
    format!("{}.{nanos:09} +0000", time.format("%F %T"))
}

impl Facts<'_> {
    fn root(&self) -> Certificate {
        let name = Name::authority("TW", "Formosa Trust", "Formosa Root R1");
        let key = Key(1);
        Certificate {
            subject: name.clone(),
            issuer: name,
            serial: self.names.serial(3).to_owned(),
            not_before: self.names.expired - TimeDelta::days(3650),
            not_after: self.names.expired + TimeDelta::days(3650),
            authority: true,
            key,
            signer: key,
            ..Certificate::default_at(self.names.expired)
        }
    }

    fn intermediate(&self) -> Certificate {
        let root = self.root();
        let until = if self.intermediate_lasts { TimeDelta::days(911) } else { TimeDelta::zero() };
        Certificate {
            subject: Name::authority("TW", "Formosa Trust", "Formosa TLS DV CA 3"),
            issuer: root.subject,
            serial: self.names.serial(2).to_owned(),
            not_before: self.names.expired - TimeDelta::days(915),
            not_after: self.names.expired + until,
            authority: true,
            path_length: Some(0),
            key: Key(2),
            signer: root.key,
            ..Certificate::default_at(self.names.expired)
        }
    }

    fn leaf(&self, serial: usize, key: u32, not_before: NaiveDateTime) -> Certificate {
        Certificate {
            subject: Name::common_only(self.names.host),
            issuer: self.intermediate().subject,
            serial: self.names.serial(serial).to_owned(),
            sans: vec![self.names.host.to_owned()],
            not_before,
            not_after: not_before + TimeDelta::days(90) - TimeDelta::seconds(1),
            key: Key(key),
            signer: Key(2),
            ..Certificate::default_at(self.names.expired)
        }
    }

    /// The certificate that ended this morning.
    fn old(&self) -> Certificate {
        self.leaf(0, 3, self.names.expired - TimeDelta::days(90) + TimeDelta::seconds(1))
    }

    /// The one that certbot fetched; the CA dates it back by an hour, less the seconds that issuing took.
    fn renewed(&self) -> Certificate {
        self.leaf(1, 4, self.names.renewed - TimeDelta::seconds(3514))
    }

    /// What is in the file nginx's configuration names, and since when.
    fn stored(&self) -> (Certificate, NaiveDateTime) {
        if self.permitted && self.same_lineage {
            (self.renewed(), self.names.renewed)
        } else {
            let old = self.old();
            let written = old.not_before + TimeDelta::seconds(3516);
            (old, written)
        }
    }

    /// Whether the deploy hook ran: after a renewal by certbot's unit.
    fn hook_ran(&self) -> bool {
        self.hook && self.permitted && self.same_lineage
    }

    /// When nginx last loaded its configuration.
    fn loaded_at(&self) -> NaiveDateTime {
        if self.hook_ran() && self.config != Config::BrokenBefore {
            self.names.renewed + TimeDelta::seconds(5)
        } else {
            self.names.launched
        }
    }

    /// What the servers in use present; nothing where nginx does not run.
    fn loaded(&self) -> Option<Certificate> {
        let (stored, since) = self.stored();
        self.running.then(|| if self.loaded_at() < since { self.old() } else { stored })
    }

    /// What a client of the name gets.
    fn presented(&self) -> Option<Vec<Certificate>> {
        // The previous servers were stopped renewing when they were replaced.
        let leaf = if self.name_here { self.loaded()? } else { self.old() };
        Some(vec![leaf, self.intermediate()])
    }

    fn verified(&self, chain: &[Certificate]) -> Verification {
        verify(chain, &[self.root()], self.names.now, Some(self.names.host))
    }

    /// Where the name leads.
    fn front(&self) -> [Ipv4Addr; 2] {
        self.names.balancers[usize::from(!self.name_here)].1
    }
}

fn curl(scene: &mut Scene, facts: &Facts<'_>) {
    let names = facts.names;
    let host = names.host;
    let [first, second] = facts.front();
    let mut text = format!("$ date -u; curl -sSvI https://{host}/\n{}\n", date_line(names.now));
    let Some(chain) = facts.presented() else {
        for address in [first, second] {
            let _ = write!(
                text,
                "*   Trying {address}:443...\n* connect to {address} port 443 failed: Connection refused\n"
            );
        }
        let failed = format!("Failed to connect to {host} port 443 after 41 ms: Couldn't connect to server");
        let _ = write!(text, "* {failed}\n* Closing connection 0\ncurl: (7) {failed}\n");
        scene.show("curl", "refused", vec![shown(Command, text)]);
        return;
    };
    let _ = write!(
        text,
        "*   Trying {first}:443...\n* Connected to {host} ({first}) port 443 (#0)\n* ALPN: offers h2,http/1.1\n* TLSv1.3 (OUT), TLS handshake, Client hello (1):\n*  CAfile: /etc/ssl/certs/ca-certificates.crt\n*  CApath: /etc/ssl/certs\n* TLSv1.3 (IN), TLS handshake, Server hello (2):\n* TLSv1.3 (IN), TLS handshake, Encrypted Extensions (8):\n* TLSv1.3 (IN), TLS handshake, Certificate (11):\n"
    );
    // A world whose chain is good is not built.
    let error = facts.verified(&chain).first().map_or(Error::Expired, |(_, error)| error);
    let failure = curl_failure(error, host);
    let _ = write!(
        text,
        "* TLSv1.3 (OUT), TLS alert, certificate expired (557):\n* {}\n* Closing connection 0\n{failure}\nMore details here: https://curl.se/docs/sslcerts.html\n\ncurl failed to verify the legitimacy of the server and therefore could not\nestablish a secure connection to it. To learn more about this situation and\nhow to fix it, please visit the web page mentioned above.\n",
        failure.trim_start_matches("curl: (60) ")
    );
    let finding = if error == Error::Expired { "certificate-expired" } else { "certificate-bad" };
    scene.show("curl", finding, vec![shown(Command, text)]);
}

const ONLY_DATES: Fields = Fields { names: false, serial: true, dates: true, extensions: false };

fn served(scene: &mut Scene, facts: &Facts<'_>) {
    let names = facts.names;
    let host = names.host;
    let mut text = format!(
        "$ date -u\n{}\n$ openssl s_client -connect {host}:443 -servername {host} </dev/null 2>/dev/null | openssl x509 -noout -serial -dates\n",
        date_line(names.now + TimeDelta::seconds(95))
    );
    let finding = match facts.presented().as_deref().and_then(<[_]>::first) {
        None => {
            text.push_str("Could not read certificate from <stdin>\nUnable to load certificate\n");
            "nothing"
        }
        Some(leaf) => {
            text.push_str(&x509(leaf, ONLY_DATES));
            if leaf.valid_at(names.now) { "leaf-in-date" } else { "leaf-expired" }
        }
    };
    scene.show("served", finding, vec![shown(Command, text)]);
}

fn chain(scene: &mut Scene, facts: &Facts<'_>) {
    let names = facts.names;
    let host = names.host;
    let mut text = format!(
        "$ date -u\n{}\n$ openssl s_client -connect {host}:443 -servername {host} </dev/null 2>&1 | sed '/^Server certificate/Q'\n",
        date_line(names.now + TimeDelta::seconds(212))
    );
    let finding = match facts.presented() {
        None => {
            text.push_str("8079C0E1A57F0000:error:8000006F:system library:BIO_connect:Connection refused:../crypto/bio/bio_sock2.c:117:calling connect()\n8079C0E1A57F0000:error:10000067:BIO routines:BIO_connect:connect error:../crypto/bio/bio_sock2.c:119:\nconnect:errno=111\n");
            "nothing"
        }
        Some(sent) => {
            let verification = facts.verified(&sent);
            let _ = write!(
                text,
                "{}CONNECTED(00000003)\n---\n{}---\n",
                s_client_verify(&verification),
                s_client_chain(&sent)
            );
            match verification.first() {
                Some((0, Error::Expired)) => "leaf-expired",
                Some((_, Error::Expired)) => "intermediate-expired",
                _ => "other",
            }
        }
    };
    scene.show("chain", finding, vec![shown(Command, text)]);
}

fn stored(scene: &mut Scene, facts: &Facts<'_>) {
    let names = facts.names;
    let (certificate, _) = facts.stored();
    let text = format!(
        "web-1$ date -u\n{}\nweb-1$ sudo openssl x509 -in {} -noout -serial -dates\n{}",
        date_line(names.now + TimeDelta::seconds(340)),
        names.live(),
        x509(&certificate, ONLY_DATES)
    );
    let finding = if certificate.valid_at(names.now) { "in-date" } else { "expired" };
    scene.show("stored", finding, vec![shown(Command, text)]);
}

fn workers(scene: &mut Scene, facts: &Facts<'_>) {
    let names = facts.names;
    let (_, written) = facts.stored();
    let loaded = facts.loaded_at();
    let mut text = format!(
        "web-1$ sudo stat -Lc '%y %n' {live}\n{} {live}\n",
        modified(written, names.nanos[0]),
        live = names.live()
    );
    text.push_str("web-1$ for host in web-1 web-2; do echo \"== $host\"; ssh $host ps -C nginx -o pid,ppid,lstart,cmd; done\n");
    for (index, host) in ["web-1", "web-2"].into_iter().enumerate() {
        let later = i64::try_from(index).unwrap_or(0);
        let _ = writeln!(text, "== {host}\n    PID    PPID                  STARTED CMD");
        if !facts.running {
            continue;
        }
        let more = u32::try_from(index).unwrap_or(0) * 14;
        let master = names.first_pid + more;
        // A minute or so from launch to nginx; the second instance comes a few seconds after the first.
        let booted = names.launched + TimeDelta::seconds(23 + 7 * later);
        let (start, first) = if loaded > names.launched {
            (loaded + TimeDelta::seconds(later), names.later_pid + more * 31)
        } else {
            (booted, master + 1)
        };
        let mut line = |pid: u32, parent: u32, start: NaiveDateTime, command: &str| {
            let _ =
                writeln!(text, "{pid:>7} {parent:>7} {} nginx: {command}", start.format("%a %b %e %T %Y"));
        };
        line(master, 1, booted, "master process /usr/sbin/nginx -g daemon on; master_process on;");
        line(first, master, start, "worker process");
        line(first + 1, master, start, "worker process");
    }
    let finding = if !facts.running {
        "no-workers"
    } else if loaded < written {
        "older-than-the-file"
    } else {
        "younger-than-the-file"
    };
    scene.show("workers", finding, vec![shown(Command, text)]);
}

fn config(scene: &mut Scene, facts: &Facts<'_>) {
    let names = facts.names;
    let site = format!("/etc/nginx/sites-enabled/{}.conf", names.host);
    let written = match facts.config {
        // As the image has it.
        Config::Passes => names.launched - TimeDelta::days(3),
        Config::BrokenBefore => names.edited[0],
        Config::BrokenAfter => names.edited[1],
    };
    let mut text = format!("web-1$ stat -Lc '%y %n' {site}\n{} {site}\n", modified(written, names.nanos[1]));
    let _ = writeln!(text, "web-1$ grep -n ssl_certificate {site}");
    let key = names.live().replace("fullchain", "privkey");
    let _ = write!(
        text,
        "5:    ssl_certificate     {};\n6:    ssl_certificate_key {key};\nweb-1$ sudo nginx -t\n",
        names.live()
    );
    let finding = match facts.config {
        Config::Passes => {
            text.push_str("nginx: the configuration file /etc/nginx/nginx.conf syntax is ok\nnginx: configuration file /etc/nginx/nginx.conf test is successful\n");
            "test-passes"
        }
        _ => {
            let _ = writeln!(
                text,
                "nginx: [emerg] open() \"/etc/nginx/snippets/hsts.conf\" failed (2: No such file or directory) in {site}:11\nnginx: configuration file /etc/nginx/nginx.conf test failed"
            );
            "test-fails"
        }
    };
    scene.show("config", finding, vec![shown(Command, text)]);
}

/// One entry of `certbot certificates`.
fn lineage(facts: &Facts<'_>, name: &str, certificate: &Certificate) -> String {
    let left = certificate.not_after - facts.names.listed();
    let status = match (left.num_seconds() <= 0, left.num_days()) {
        (true, _) => "INVALID: EXPIRED".to_owned(),
        (_, 1) => "VALID: 1 day".to_owned(),
        (_, days) => format!("VALID: {days} days"),
    };
    // certbot prints the number, so that no zero stands in front.
    format!(
        "  Certificate Name: {name}\n    Serial Number: {}\n    Key Type: ECDSA\n    Domains: {}\n    Expiry Date: {}+00:00 ({status})\n    Certificate Path: /etc/letsencrypt/live/{name}/fullchain.pem\n    Private Key Path: /etc/letsencrypt/live/{name}/privkey.pem\n",
        certificate.serial.to_lowercase().trim_start_matches('0'),
        facts.names.host,
        certificate.not_after.format("%F %T"),
    )
}

fn renewals(scene: &mut Scene, facts: &Facts<'_>) {
    let names = facts.names;
    let host = names.host;
    let frame = "- ".repeat(39) + "-";
    let mut text = format!(
        "web-1$ date -u\n{}\nweb-1$ sudo certbot certificates\nSaving debug log to /var/log/letsencrypt/letsencrypt.log\n\n{frame}\nFound the following certs:\n",
        date_line(names.listed())
    );
    if facts.same_lineage {
        text.push_str(&lineage(facts, host, &facts.stored().0));
    } else {
        text.push_str(&lineage(facts, &format!("{host}-0001"), &facts.renewed()));
        let _ = write!(
            text,
            "\nThe following renewal configurations were invalid:\n  /etc/letsencrypt/renewal/{host}.conf\n"
        );
    }
    let _ = write!(
        text,
        "{frame}\nweb-1$ sudo zgrep -hE ':(WARNING|ERROR):' /var/log/letsencrypt/letsencrypt.log* | cut -d: -f4- | LC_ALL=C sort | uniq -c\n"
    );
    // The timer fires twice a day.
    let runs = |since: NaiveDateTime| (names.now - since).num_hours() / 12;
    let mut count = |times: i64, line: String| {
        let _ = writeln!(text, "{times:>7} {line}");
    };
    let finding = if !facts.same_lineage {
        let times = runs(names.launched);
        count(times, "ERROR:certbot._internal.log:0 renew failure(s), 1 parse failure(s)".to_owned());
        count(
            times,
            format!(
                "ERROR:certbot._internal.renewal:Renewal configuration file /etc/letsencrypt/renewal/{host}.conf is broken."
            ),
        );
        count(
            times,
            format!(
                "ERROR:certbot._internal.renewal:The error was: expected /etc/letsencrypt/live/{host}/cert.pem to be a symlink"
            ),
        );
        "renewed-under-another-name"
    } else if !facts.permitted {
        let times = runs(names.renewed);
        count(times, "ERROR:certbot._internal.log:1 renew failure(s), 0 parse failure(s)".to_owned());
        count(times, format!("ERROR:certbot._internal.renewal:  {} (failure)", names.live()));
        count(
            times,
            "ERROR:certbot._internal.renewal:All renewals failed. The following certificates could not be renewed:".to_owned(),
        );
        count(
            times,
            format!(
                "ERROR:certbot._internal.renewal:Failed to renew certificate {host} with error: An error occurred (AccessDenied) when calling the ListHostedZones operation: User: {} is not authorized to perform: route53:ListHostedZones because no identity-based policy allows the route53:ListHostedZones action",
                names.role()
            ),
        );
        "renewal-fails"
    } else if facts.hook && facts.config == Config::BrokenBefore {
        count(1, "WARNING:certbot.display.ops:Hook 'deploy-hook' ran with error output:".to_owned());
        count(1, "WARNING:certbot.display.ops:Hook 'deploy-hook' reported error code 1".to_owned());
        "renewed-and-hook-failed"
    } else {
        "renewed"
    };
    scene.show("renewals", finding, vec![shown(Log, text)]);
}

fn image(scene: &mut Scene, facts: &Facts<'_>) {
    let names = facts.names;
    let [old, new] = &names.images;
    let mut text = format!(
        "$ aws ec2 describe-instances --instance-ids {} {} --query 'Reservations[].Instances[].[InstanceId,ImageId,LaunchTime]' --output text\n",
        names.instance(0),
        names.instance(1)
    );
    for (index, seconds) in [(0, 0), (1, 7)] {
        let at = names.launched + TimeDelta::seconds(seconds);
        let _ = writeln!(text, "{}\t{new}\t{}+00:00", names.instance(index), at.format("%Y-%m-%dT%H:%M:%S"));
    }
    let _ = writeln!(
        text,
        "web-1$ # /mnt/old is a volume made from the snapshot of the former image, {old}, mounted read-only\nweb-1$ sudo diff -rq /mnt/old/etc /etc | grep -E 'nginx|certbot|letsencrypt|systemd'"
    );
    let _ = writeln!(text, "Files /mnt/old/etc/nginx/nginx.conf and /etc/nginx/nginx.conf differ");
    if facts.config != Config::Passes {
        let site = format!("etc/nginx/sites-available/{}.conf", names.host);
        let _ = writeln!(text, "Files /mnt/old/{site} and /{site} differ");
    }
    text.push_str("Files /mnt/old/etc/systemd/journald.conf and /etc/systemd/journald.conf differ\n");
    let command = "sudo cat /mnt/old/etc/systemd/system/certbot.service.d/deploy-hook.conf";
    let unit = "[Service]\nExecStart=\nExecStart=/usr/bin/certbot -q renew --no-random-sleep-on-renew --deploy-hook /usr/local/sbin/reload-web\n";
    if !facts.hook {
        text.push_str("Only in /mnt/old/etc/systemd/system: certbot.service.d\n");
    }
    let _ = write!(text, "web-1$ {command}\n{unit}");
    let finding = match (facts.hook, facts.config) {
        (false, _) => "hook-missing",
        (true, Config::Passes) => "hook-there",
        (true, _) => "hook-there-and-site-edited",
    };
    scene.show("image", finding, vec![shown(Command, text)]);
}

fn targets(scene: &mut Scene, facts: &Facts<'_>) {
    let names = facts.names;
    // A TCP check asks for a connection: an open port answers, whatever it would present.
    let probe = if facts.running { Probe::Answers(200) } else { Probe::Refuses };
    let health = (0..3).fold(Health::healthy(&CHECK), |health, _| health.after(&CHECK, probe));
    let targets: Vec<Target> = names
        .instances
        .iter()
        .zip(names.addresses)
        .map(|(id, address)| Target { id: id.clone(), address, port: 443, health })
        .collect();
    let arn = format!(
        "arn:aws:elasticloadbalancing:{REGION}:{}:targetgroup/web-tls/{}",
        names.account, names.target_group
    );
    let text = format!(
        "$ aws elbv2 describe-target-groups --target-group-arns {arn} --query 'TargetGroups[0].[Protocol,Port,HealthCheckProtocol,HealthCheckPort]' --output text\nTCP\t443\tTCP\ttraffic-port\n$ aws elbv2 describe-target-health --target-group-arn {arn}\n{}",
        describe_target_health(&targets)
    );
    let finding = if health.state == State::Healthy { "healthy" } else { "unhealthy" };
    scene.show("targets", finding, vec![shown(Json, text)]);
}

fn status_checks(scene: &mut Scene, facts: &Facts<'_>) {
    let names = facts.names;
    let mut text = format!(
        "$ aws ec2 describe-instance-status --instance-ids {} {} --query 'InstanceStatuses[].[InstanceId,AvailabilityZone,InstanceState.Name,SystemStatus.Status,InstanceStatus.Status,AttachedEbsStatus.Status]' --output text\n",
        names.instance(0),
        names.instance(1)
    );
    for (index, zone) in ["a", "c"].into_iter().enumerate() {
        let _ = writeln!(text, "{}\t{REGION}{zone}\trunning\tok\tok\tok", names.instance(index));
    }
    scene.show("status-checks", "passed", vec![shown(Command, text)]);
}

fn dns(scene: &mut Scene, facts: &Facts<'_>) {
    let names = facts.names;
    let mut text = String::new();
    let mut ask = |name: &str, addresses: [Ipv4Addr; 2]| {
        let [first, second] = addresses;
        let _ = write!(text, "$ dig +short {name}\n{first}\n{second}\n");
    };
    ask(names.host, facts.front());
    let _ = write!(
        text,
        "$ aws elbv2 describe-load-balancers --query 'LoadBalancers[?Type==`network`].[LoadBalancerName,DNSName,State.Code]' --output text\n{}\t{}\tactive\n{}\t{}\tactive\n",
        BALANCERS[0],
        names.balancer(0),
        BALANCERS[1],
        names.balancer(1)
    );
    let mut ask = |name: &str, addresses: [Ipv4Addr; 2]| {
        let [first, second] = addresses;
        let _ = write!(text, "$ dig +short {name}\n{first}\n{second}\n");
    };
    for (index, (_, addresses)) in names.balancers.iter().enumerate() {
        ask(&names.balancer(index), *addresses);
    }
    let finding = if facts.name_here { "load-balancer-in-use" } else { "former-load-balancer" };
    scene.show("dns", finding, vec![shown(Command, text)]);
}

fn dns_changes(scene: &mut Scene, facts: &Facts<'_>) {
    let names = facts.names;
    let admin = format!("arn:aws:sts::{}:assumed-role/PlatformAdmin/{}", names.account, names.admin);
    let mut text = format!(
        "$ aws cloudtrail lookup-events --region us-east-1 --lookup-attributes AttributeKey=EventName,AttributeValue=ChangeResourceRecordSets --start-time {} --end-time {} --query 'Events[].[CloudTrailEvent]' --output text | jq -c '[.eventTime,.userIdentity.arn,.requestParameters.hostedZoneId,.requestParameters.changeBatch.changes[0]]'\n",
        stamp(names.now - TimeDelta::days(35)),
        stamp(names.now)
    );
    let record = |name: &str, kind: &str, ttl: u32, value: &str| json!({ "name": name, "type": kind, "tTL": ttl, "resourceRecords": [{ "value": value }] });
    let mut events = Vec::new();
    let site = if facts.name_here {
        record(
            &format!("{}.", names.domain),
            "TXT",
            300,
            "\"v=spf1 include:spf.mail.example ip4:192.0.2.0/24 -all\"",
        )
    } else {
        json!({
            "name": format!("{}.", names.host), "type": "A",
            "aliasTarget": { "hostedZoneId": "Z31USIVHYNEWKV", "dNSName": format!("{}.", names.balancer(1)), "evaluateTargetHealth": false },
        })
    };
    events.push((names.dns_change, admin, "UPSERT", site));
    if facts.permitted {
        let challenge =
            record(&format!("_acme-challenge.{}", names.host), "TXT", 10, &format!("\"{}\"", names.token));
        for (seconds, action) in [(9, "DELETE"), (44, "UPSERT")] {
            let at = names.renewed - TimeDelta::seconds(seconds);
            events.push((at, names.role(), action, challenge.clone()));
        }
    }
    for (time, who, action, record) in events {
        let change = json!({ "action": action, "resourceRecordSet": record });
        let _ = writeln!(text, r#"["{}","{who}","{}",{change}]"#, stamp(time), names.zone);
    }
    let finding = match (facts.name_here, facts.permitted) {
        (false, _) => "site-repointed",
        (true, true) => "renewal-challenge",
        (true, false) => "no-challenge",
    };
    scene.show("dns-changes", finding, vec![shown(Log, text)]);
}
