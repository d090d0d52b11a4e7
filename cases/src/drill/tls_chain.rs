//! D12: certificate chains with a fault: what a client says, which certificate it is about, what mends it.

use std::fmt::Write as _;

use chrono::{NaiveDate, NaiveDateTime, TimeDelta};
use serde_json::json;

use super::{Answer, Ask, Choice, Exercise, Family, Form, Trap, shown};
use crate::cloud::Draw;
use crate::cloud::tls::{
    Algorithm, Certificate, Error, Fields, Key, Name, Server, Verification, curl_failure, date_line,
    http_date, in_order, s_client_chain, s_client_verify, verify, x509,
};
use crate::model::{Evidence, EvidenceType, Text};

pub(super) const FAMILY: Family = Family {
    id: "D12",
    place: ("security-tls", "tls-fault-diagnosis"),
    depths: &[2, 2, 3],
    seconds: 120,
    version: 1,
    sources: &[
        "RFC 5280, section 6.1 (path validation) and 4.2.1.10 (name constraints)",
        "RFC 6125, section 6.4 (matching names; CN only without SAN; one label per wildcard)",
        "RFC 8446, section 4.4.2, and RFC 5246, section 7.4.2 (order of the certificates sent)",
        "OpenSSL 3.0, openssl-verification-options(1) (building the path, trusted first) and openssl-s_client(1) (-verify_hostname, -verify_return_error)",
        "OpenSSL 3.0, X509_STORE_CTX_get_error(3) (error codes)",
    ],
    draw,
};

fn draw(draw: &mut Draw, level: u8) -> Exercise {
    match level {
        1 => explain(draw),
        2 => predict(draw),
        _ => clients(draw),
    }
}

const AUTHORITIES: &[(&str, &str, &str)] = &[
    ("TW", "Jade Mountain Trust", "Jade Mountain"),
    ("TW", "Tamsui Certification", "Tamsui"),
    ("TW", "Penghu Digital Identity", "Penghu"),
    ("US", "Northstar Trust Services", "Northstar"),
    ("US", "Blue Heron PKI", "Blue Heron"),
    ("CH", "Alpine Assurance AG", "Alpine"),
    ("JP", "Sakura Secure", "Sakura Secure"),
    ("DE", "Hansa Sign GmbH", "Hansa"),
];
const DOMAINS: &[&str] =
    &["example.com", "example.net", "tea.example", "harbor.example", "bike.example", "clinic.example"];
const LABELS: &[&str] = &["api", "shop", "pay", "login", "img", "reports", "www", "mail", "files", "iot"];

fn days(count: i64) -> TimeDelta {
    TimeDelta::days(count)
}

fn text(en: impl Into<String>, zh: impl Into<String>) -> Text {
    Text::new(en.into(), zh.into())
}

/// A public key infrastructure with one service, as it should be.
struct World {
    host: String,
    now: NaiveDateTime,
    /// The company the service's certificate comes from.
    organization: &'static str,
    root: Certificate,
    /// The CAs below the root, the issuing one first.
    middle: Vec<Certificate>,
    leaf: Certificate,
    /// Roots of others.
    others: Vec<Certificate>,
    next_key: u32,
}

impl World {
    fn new(draw: &mut Draw, middles: usize) -> Self {
        let start = NaiveDate::from_ymd_opt(2025, 2, 1).and_then(|date| date.and_hms_opt(0, 0, 0));
        let now = start.unwrap_or_default() + TimeDelta::seconds(draw.int(0, 80_000_000_u32).into());
        let chosen = draw.some(AUTHORITIES, 3);
        let (country, organization, short) = chosen.first().copied().unwrap_or(("TW", "CA", "CA"));
        let domain = *draw.pick(DOMAINS);
        let host = format!("{}.{domain}", draw.pick(LABELS));
        let mut world = Self {
            host: host.clone(),
            now,
            organization,
            root: empty(now),
            middle: Vec::new(),
            leaf: empty(now),
            others: Vec::new(),
            next_key: 0,
        };
        let generation = *draw.pick(&["R1", "R3", "G2", "X1", "G4"]);
        let root = Name::authority(country, organization, &format!("{short} Root {generation}"));
        world.root = world.authority(draw, root, None, (6 * 365, 12 * 365), (9 * 365, 15 * 365));
        let mut above = world.root.clone();
        for place in 0..middles {
            let number = draw.int(1, 9);
            let name = if place + 1 < middles {
                format!("{short} Policy CA {number}")
            } else {
                format!("{short} TLS {} CA {number}", draw.pick(&["Server", "DV", "OV", "Issuing"]))
            };
            let name = Name::authority(country, organization, &name);
            let made = world.authority(draw, name, Some(&above), (400, 1500), (500, 1800));
            world.middle.insert(0, made.clone());
            above = made;
        }
        let sans = match draw.int(0, 2) {
            0 => vec![host.clone()],
            1 => vec![domain.to_owned(), format!("*.{domain}")],
            _ => vec![host.clone(), format!("status.{domain}")],
        };
        world.leaf = world.leaf(draw, &above, &sans);
        for (country, organization, short) in chosen.iter().skip(1) {
            let name = Name::authority(
                country,
                organization,
                &format!("{short} Root {}", draw.pick(&["R2", "G1", "CA"])),
            );
            let other = world.authority(draw, name, None, (3000, 4000), (2000, 5000));
            world.others.push(other);
        }
        world
    }

    /// A CA valid since and for some days around now, under another or as a root.
    fn authority(
        &mut self,
        draw: &mut Draw,
        subject: Name,
        above: Option<&Certificate>,
        since: (u32, u32),
        left: (u32, u32),
    ) -> Certificate {
        self.next_key += 1;
        let key = Key(self.next_key);
        let algorithm = *draw.pick(&[Algorithm::Ec256, Algorithm::Rsa2048]);
        let (since, left) = (i64::from(draw.int(since.0, since.1)), i64::from(draw.int(left.0, left.1)));
        let (from, to) = (self.day(draw, -since), self.day(draw, left));
        Certificate {
            issuer: above.map_or_else(|| subject.clone(), |above| above.subject.clone()),
            subject,
            not_before: from,
            not_after: to,
            authority: true,
            key,
            signer: above.map_or(key, |above| above.key),
            algorithm,
            signed_with: above.map_or(algorithm, |above| above.algorithm),
            serial: serial(draw),
            ..Certificate::default_at(self.now)
        }
    }

    /// A certificate for names, well inside its validity.
    fn leaf(&mut self, draw: &mut Draw, above: &Certificate, sans: &[String]) -> Certificate {
        self.next_key += 1;
        let (since, left) = (i64::from(draw.int(3, 40_u32)), i64::from(draw.int(4, 60_u32)));
        let (from, to) = (self.day(draw, -since), self.day(draw, left));
        Certificate {
            subject: Name::common_only(sans.first().map_or("", String::as_str)),
            issuer: above.subject.clone(),
            sans: sans.to_vec(),
            not_before: from,
            not_after: to,
            key: Key(self.next_key),
            signer: above.key,
            signed_with: above.algorithm,
            serial: serial(draw),
            ..Certificate::default_at(self.now)
        }
    }

    /// A full minute some days from now.
    fn day(&self, draw: &mut Draw, offset: i64) -> NaiveDateTime {
        let midnight = self.now.date().and_hms_opt(0, 0, 0).unwrap_or(self.now);
        midnight + days(offset) + TimeDelta::minutes(draw.int(0, 1439_u32).into())
    }

    fn chain(&self) -> Vec<Certificate> {
        std::iter::once(&self.leaf).chain(&self.middle).cloned().collect()
    }

    fn store(&self, draw: &mut Draw) -> Vec<Certificate> {
        let mut store = self.others.clone();
        store.push(self.root.clone());
        draw.shuffle(&mut store);
        store
    }

    /// The issuer of the leaf.
    fn issuing(&self) -> &Certificate {
        self.middle.first().unwrap_or(&self.root)
    }
}

fn serial(draw: &mut Draw) -> String {
    format!("{}{}", draw.int(1, 7_u32), draw.hex(31)).to_uppercase()
}

fn empty(at: NaiveDateTime) -> Certificate {
    Certificate::default_at(at)
}

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    Expired,
    NotYet,
    Clock,
    WrongName,
    Missing,
    UnknownRoot,
    Constraint,
    Order,
    Sni,
}

impl Fault {
    fn name(self) -> Text {
        match self {
            Self::Expired => text("a certificate of the path has expired", "路徑上有一張憑證已過期"),
            Self::NotYet => {
                text("a certificate was put into service before it is valid", "憑證在生效之前就被拿來用了")
            }
            Self::Clock => text("the client's clock is wrong", "用戶端的時鐘不對"),
            Self::WrongName => {
                text("the certificate is not for the name the client uses", "憑證不含用戶端使用的名稱")
            }
            Self::Missing => text("the server does not send an intermediate", "伺服器少送一張中繼憑證"),
            Self::UnknownRoot => text("the client does not have the root", "用戶端沒有這張根憑證"),
            Self::Constraint => text(
                "a CA of the path may not issue for this name (name constraints)",
                "路徑上的CA不得簽發這個名稱（name constraints）",
            ),
            Self::Order => text(
                "the certificates are sent in the wrong order; only strict clients mind",
                "憑證送出的順序不對，只有嚴格的用戶端會在意",
            ),
            Self::Sni => text(
                "the client sends no SNI and gets the default certificate",
                "用戶端沒送SNI，拿到預設的憑證",
            ),
        }
    }

    fn fix(self) -> Text {
        match self {
            Self::Expired => text(
                "renew the expired certificate and have the server load it",
                "更新過期的憑證，並讓伺服器載入",
            ),
            Self::NotYet => text(
                "serve a certificate that is valid today, the new one from its start on",
                "先改用現在有效的憑證，新憑證等生效後再上",
            ),
            Self::Clock => text("set the client's clock (NTP)", "校正用戶端的時鐘（NTP）"),
            Self::WrongName => text(
                "have a certificate issued whose SAN holds the client's name",
                "重新簽發一張SAN含有該名稱的憑證",
            ),
            Self::Missing => text(
                "put the missing CA certificate into the server's chain file",
                "把缺少的CA憑證放進伺服器的憑證鏈檔案",
            ),
            Self::UnknownRoot => {
                text("add the root to the client's trusted certificates", "把這張根憑證加入用戶端信任的憑證")
            }
            Self::Constraint => {
                text("get the certificate from a CA that may issue for it", "改由可簽發此名稱的CA發憑證")
            }
            Self::Order => {
                text("put the chain file into order, leaf first", "把憑證鏈檔案排好順序，葉憑證在最前")
            }
            Self::Sni => text("have the client send SNI", "讓用戶端送出SNI"),
        }
    }
}

/// One server, one client and what is wrong between them.
struct Scene {
    world: World,
    fault: Fault,
    server: Server,
    store: Vec<Certificate>,
    clock: NaiveDateTime,
    sends_sni: bool,
    /// CN of what must be replaced or added.
    culprit: String,
}

impl Scene {
    fn sent(&self) -> &[Certificate] {
        self.server.presents(self.sends_sni.then_some(self.world.host.as_str()))
    }

    fn verify(&self, host: bool) -> Verification {
        verify(self.sent(), &self.store, self.clock, host.then_some(self.world.host.as_str()))
    }

    fn new(draw: &mut Draw, fault: Fault, middles: usize) -> Self {
        let mut world = World::new(draw, middles);
        let mut clock = world.now;
        let mut sends_sni = true;
        let mut culprit = "none".to_owned();
        let domain = world.host.split_once('.').map_or("", |(_, domain)| domain).to_owned();
        let label = world.host.split('.').next().unwrap_or_default().to_owned();
        match fault {
            Fault::Expired => {
                // Now and then a CA of the path, where there is more to read.
                let middle = middles > 1 && draw.percent(45);
                let ago = -i64::from(draw.int(0, 12_u32));
                let end =
                    world.day(draw, ago).min(world.now - TimeDelta::minutes(draw.int(7, 300_u32).into()));
                let end = end - TimeDelta::seconds(i64::from(chrono::Timelike::second(&end)));
                let out = if middle {
                    let place = draw.int(0, world.middle.len() - 1);
                    world.middle.get_mut(place)
                } else {
                    world.leaf.not_before = end - days(90);
                    Some(&mut world.leaf)
                };
                if let Some(out) = out {
                    out.not_after = end;
                    culprit = out.subject.common().to_owned();
                }
            }
            Fault::NotYet => {
                let ahead = i64::from(draw.int(1, 12_u32));
                world.leaf.not_before = world.day(draw, ahead);
                world.leaf.not_after = world.leaf.not_before + days(90);
                culprit = world.leaf.subject.common().to_owned();
            }
            Fault::Clock => {
                let reset = NaiveDate::from_ymd_opt(*draw.pick(&[1970, 2000, 2016, 2020]), 1, 1);
                clock = match draw.int(0, 2) {
                    0 => world.leaf.not_after + TimeDelta::seconds(draw.int(90_000, 30_000_000_u32).into()),
                    1 => world.leaf.not_before - TimeDelta::seconds(draw.int(90_000, 20_000_000_u32).into()),
                    _ => {
                        reset.and_then(|date| date.and_hms_opt(0, 0, 0)).unwrap_or(world.now)
                            + TimeDelta::seconds(draw.int(60, 90_000_u32).into())
                    }
                };
            }
            Fault::WrongName => {
                let sans = match draw.int(0, 3) {
                    0 => vec![format!("{label}s.{domain}"), format!("status.{domain}")],
                    1 => vec![format!("old-{label}.{domain}")],
                    // A star is for one label, and not for none.
                    2 => {
                        world.host = format!("{label}.eu.{domain}");
                        vec![domain.clone(), format!("*.{domain}")]
                    }
                    _ => {
                        world.host.clone_from(&domain);
                        vec![format!("*.{domain}")]
                    }
                };
                let common = sans.first().cloned().unwrap_or_default();
                world.leaf.subject = Name::common_only(&common);
                // The CN is the name the client uses, but names count in the SAN only.
                if draw.percent(40) {
                    world.leaf.subject = Name::common_only(&world.host);
                }
                world.leaf.sans = sans;
                culprit = world.leaf.subject.common().to_owned();
            }
            Fault::Constraint => {
                let others: Vec<&str> = DOMAINS.iter().copied().filter(|other| *other != domain).collect();
                let tree = (*draw.pick(&others)).to_owned();
                let excluded = draw.percent(35);
                let holder = draw.int(0, world.middle.len().max(1) - 1);
                if let Some(middle) = world.middle.get_mut(holder) {
                    if excluded {
                        middle.excluded = vec![domain.clone()];
                    } else {
                        middle.permitted = vec![tree, format!("corp.{domain}")];
                    }
                }
                if let Some(san) = world.leaf.sans.first() {
                    world.leaf.subject = Name::common_only(san);
                }
                culprit = world.leaf.subject.common().to_owned();
            }
            _ => {}
        }
        // Another company whose site has the same address.
        let tenant = DOMAINS.iter().copied().find(|other| *other != domain).unwrap_or("example.org");
        // A constraint that is kept is no fault.
        if fault != Fault::Constraint && middles > 1 && draw.percent(40) {
            let trees = vec![domain.clone(), tenant.to_owned()];
            if let Some(middle) = world.middle.first_mut() {
                middle.permitted = trees;
                middle.path_length = Some(0);
            }
        }
        let mut store = world.store(draw);
        let mut sent = world.chain();
        match fault {
            Fault::Missing => {
                let place = draw.int(1, sent.len() - 1);
                culprit = sent.remove(place).subject.common().to_owned();
                if draw.percent(25) {
                    sent.push(world.root.clone());
                }
            }
            Fault::UnknownRoot => {
                store.retain(|root| *root != world.root);
                culprit = world.root.subject.common().to_owned();
                if draw.percent(40) {
                    sent.push(world.root.clone());
                }
                // The CA's other root is no help: it did not sign this.
                if draw.percent(40) {
                    let short = world.root.subject.common().rsplit_once(' ').map_or("", |(short, _)| short);
                    let name = Name(
                        world
                            .root
                            .subject
                            .0
                            .iter()
                            .map(|(attribute, value)| match *attribute {
                                "CN" => ("CN", format!("{short} E5")),
                                _ => (*attribute, value.clone()),
                            })
                            .collect(),
                    );
                    let other = world.authority(draw, name, None, (900, 2500), (2000, 5000));
                    store.push(other);
                }
            }
            Fault::Order => {
                sent.push(world.root.clone());
                match sent.get_mut(1..) {
                    Some(above) if draw.percent(50) => above.reverse(),
                    Some(above) => above.rotate_right(1),
                    None => {}
                }
            }
            Fault::Sni => sends_sni = false,
            _ if draw.percent(25) => sent.push(world.root.clone()),
            _ => {}
        }
        let default = if fault == Fault::Sni || middles > 1 && fault != Fault::Order && draw.percent(30) {
            // Another site of the same address.
            let issuing = world.issuing().clone();
            let tenant = if fault == Fault::Sni && draw.percent(30) { domain.as_str() } else { tenant };
            let name = format!("default-{}.{tenant}", draw.int(2, 30_u32));
            let mut other = world.leaf(draw, &issuing, &[name]);
            other.not_after = world.now + days(draw.int(40, 70_u32).into());
            let mut chain = sent.clone();
            if let Some(first) = chain.first_mut() {
                *first = other;
            }
            chain
        } else {
            sent.clone()
        };
        let server = Server { default, by_name: vec![(world.host.clone(), sent)] };
        Self { world, fault, server, store, clock, sends_sni, culprit }
    }

    /// `date -u` here and the server's `Date`.
    fn clocks(&self) -> String {
        format!(
            "$ date -u; curl -skI https://{}/ | grep -i '^date'\n{}\ndate: {}",
            self.world.host,
            date_line(self.clock),
            http_date(self.world.now)
        )
    }

    fn asks_culprit(&self) -> Ask {
        let culprit = &self.culprit;
        let mut traps: Vec<Trap> = Vec::new();
        let mut add = |certificate: &Certificate, why: Text| {
            let common = certificate.subject.common();
            if !common.eq_ignore_ascii_case(culprit) && !traps.iter().any(|trap| trap.value == common) {
                traps.push(Trap::new(common, why));
            }
        };
        let world = &self.world;
        let leaf_why = match self.fault {
            Fault::Clock => text(
                "It is valid today; only the client's clock says otherwise.",
                "它今天是有效的，只有用戶端的時鐘不這麼認為。",
            ),
            Fault::Order => text(
                "It is good; what is wrong is the order in the file.",
                "憑證沒問題，錯的是檔案裡的順序。",
            ),
            Fault::Sni => text(
                "It is good and is served to clients that send SNI.",
                "它沒問題，有送SNI的用戶端就會拿到它。",
            ),
            Fault::Missing | Fault::UnknownRoot => text(
                "The leaf is good; the client cannot get from it to a root it trusts.",
                "葉憑證沒問題，是用戶端沒辦法從它走到信任的根憑證。",
            ),
            _ => text("The leaf's own dates and names are right.", "葉憑證本身的日期與名稱都對。"),
        };
        add(&world.leaf, leaf_why);
        for middle in &world.middle {
            add(
                middle,
                text(
                    format!("`{}` is valid and where it has to be.", middle.subject.common()),
                    format!("`{}`有效，也在該在的地方。", middle.subject.common()),
                ),
            );
        }
        add(
            &world.root,
            text(
                "The client already trusts this root; servers need not send roots.",
                "用戶端已經信任這張根憑證；伺服器不需要送根憑證。",
            ),
        );
        if culprit != "none" {
            traps.push(Trap::new(
                "none",
                text(
                    "With the certificates as they are, this client cannot succeed.",
                    "憑證維持現狀的話，這個用戶端不可能成功。",
                ),
            ));
        }
        Ask::new(
            "cn",
            text(
                "CN of the one certificate to replace, or to add on the server or the client; `none` if all of them are right as they are",
                "哪一張憑證必須更換，或必須補到伺服器或用戶端上？填它的CN；若每一張都沒問題，填`none`",
            ),
            Answer::Typed { form: Form::Words, right: culprit.clone(), also: Vec::new(), traps },
        )
    }

    /// Why a fault is, or is not, the one.
    fn why(&self, option: Fault) -> Text {
        let world = &self.world;
        if option == self.fault {
            return self.reason();
        }
        let leaf = self.sent().first().unwrap_or(&world.leaf);
        let common = leaf.subject.common();
        match option {
            Fault::Expired => text(
                format!(
                    "Every certificate of the path ends after the true time, {}; the leaf on {}.",
                    world.now.date(),
                    leaf.not_after.date()
                ),
                format!(
                    "路徑上每張憑證都在真正的時間{}之後才到期，葉憑證是{}。",
                    world.now.date(),
                    leaf.not_after.date()
                ),
            ),
            Fault::NotYet => text(
                format!("The leaf has been valid since {}, before the true time.", leaf.not_before.date()),
                format!("葉憑證從{}起就有效，早於真正的時間。", leaf.not_before.date()),
            ),
            Fault::Clock => text(
                "The client's clock agrees with the server's `date` header.",
                "用戶端的時鐘與伺服器`date`標頭一致。",
            ),
            Fault::WrongName => text(
                format!(
                    "The certificate that SNI selects has {} in its SAN, which covers `{}`.",
                    ticked(&world.leaf.sans),
                    world.host
                ),
                format!("SNI選到的憑證，SAN裡有{}，涵蓋了`{}`。", ticked(&world.leaf.sans), world.host),
            ),
            Fault::Missing => text(
                "Each issuer up to the root is sent by the server.",
                "從葉憑證到根憑證之前，每一層簽發者伺服器都有送。",
            ),
            Fault::UnknownRoot => text(
                format!("`{}` is among the certificates the client trusts.", world.root.subject.common()),
                format!("`{}`就在用戶端信任的憑證裡。", world.root.subject.common()),
            ),
            Fault::Constraint => text(
                format!(
                    "No CA of the path has constraints that keep it from issuing for the names of `{common}`."
                ),
                format!("路徑上沒有CA的限制會讓它不能簽發`{common}`的名稱。"),
            ),
            Fault::Order => text(
                "What is sent goes upwards from the leaf: no certificate comes before one that it issued.",
                "送出的憑證從葉憑證一路往上排，沒有哪張排在它所簽發的憑證前面。",
            ),
            Fault::Sni => text(
                "The client does send SNI and gets the certificate of that name.",
                "用戶端有送SNI，也拿到該名稱的憑證。",
            ),
        }
    }

    /// What is wrong, with this case's names.
    fn reason(&self) -> Text {
        let world = &self.world;
        let (host, culprit) = (&world.host, &self.culprit);
        let out =
            std::iter::once(&world.leaf).chain(&world.middle).find(|one| one.subject.common() == culprit);
        match self.fault {
            Fault::Expired => {
                let end = out.map(|one| one.not_after).unwrap_or_default();
                text(
                    format!("`{culprit}` ended on {end} UTC; now it is {} UTC.", self.clock),
                    format!("`{culprit}`在{end} UTC到期，現在是{} UTC。", self.clock),
                )
            }
            Fault::NotYet => text(
                format!(
                    "`{culprit}` begins on {} UTC; now it is {} UTC, on both sides.",
                    world.leaf.not_before, self.clock
                ),
                format!(
                    "`{culprit}`從{} UTC才生效，兩端的現在都是{} UTC。",
                    world.leaf.not_before, self.clock
                ),
            ),
            Fault::Clock => text(
                format!(
                    "The client believes it is {} UTC; the server says {} UTC, and the certificates are valid then.",
                    self.clock, world.now
                ),
                format!("用戶端以為現在是{} UTC；伺服器說是{} UTC，那時憑證都有效。", self.clock, world.now),
            ),
            Fault::WrongName => text(
                format!(
                    "`{host}` is not covered by {}: a `*` stands for exactly one label, and the CN does not count where there is a SAN.",
                    ticked(&world.leaf.sans)
                ),
                format!(
                    "{}並不涵蓋`{host}`：`*`恰好代表一個標籤，而有SAN時不看CN。",
                    ticked(&world.leaf.sans)
                ),
            ),
            Fault::Missing => text(
                format!(
                    "`{culprit}` is named as an issuer, but the server does not send it and the client does not have it. Many browsers fetch or remember it; OpenSSL, and curl built with it, do not."
                ),
                format!(
                    "有憑證的簽發者是`{culprit}`，但伺服器沒送，用戶端也沒有。許多瀏覽器會自己下載或記得它，OpenSSL（以及用它的curl）不會。"
                ),
            ),
            Fault::UnknownRoot => text(
                format!(
                    "The path ends at `{culprit}`, which is not among the certificates the client trusts; sending a root does not make it trusted."
                ),
                format!(
                    "路徑的終點是`{culprit}`，不在用戶端信任的憑證裡；由伺服器送根憑證並不會讓它被信任。"
                ),
            ),
            Fault::Constraint => {
                let holder = world
                    .middle
                    .iter()
                    .find(|middle| !middle.permitted.is_empty() || !middle.excluded.is_empty());
                let (common, permitted, excluded) = holder.map_or(("", &[][..], &[][..]), |holder| {
                    (holder.subject.common(), holder.permitted.as_slice(), holder.excluded.as_slice())
                });
                if excluded.is_empty() {
                    text(
                        format!(
                            "`{common}` may only issue for {}; the leaf's names are {}.",
                            ticked(permitted),
                            ticked(&world.leaf.sans)
                        ),
                        format!(
                            "`{common}`只能簽發{}，而葉憑證的名稱是{}。",
                            ticked(permitted),
                            ticked(&world.leaf.sans)
                        ),
                    )
                } else {
                    text(
                        format!(
                            "`{common}` may not issue for {}; the leaf's names are {}.",
                            ticked(excluded),
                            ticked(&world.leaf.sans)
                        ),
                        format!(
                            "`{common}`不得簽發{}，而葉憑證的名稱是{}。",
                            ticked(excluded),
                            ticked(&world.leaf.sans)
                        ),
                    )
                }
            }
            Fault::Order => text(
                "After the leaf comes a certificate that did not issue it. OpenSSL builds the path itself and accepts that; a client that wants each certificate to certify the one before it does not.",
                "葉憑證後面接的不是它的簽發者。OpenSSL會自己組路徑，所以接受；要求每張憑證都簽發前一張的用戶端就不接受。",
            ),
            Fault::Sni => {
                let got = self.sent().first().map_or("", |leaf| leaf.subject.common());
                text(
                    format!(
                        "Without SNI the server answers with `{got}`, which is not for `{host}`; with `-servername {host}` it sends the right one."
                    ),
                    format!(
                        "沒有SNI時伺服器回的是`{got}`，不含`{host}`；加上`-servername {host}`就會送出正確的憑證。"
                    ),
                )
            }
        }
    }
}

fn ticked(names: &[String]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

/// Options of faults, the right one first.
fn fault_choice(draw: &mut Draw, scene: &Scene, faults: &[Fault], said: impl Fn(Fault) -> Text) -> Answer {
    let mut options = vec![Choice::new(said(scene.fault), scene.why(scene.fault))];
    options.extend(
        faults
            .iter()
            .filter(|fault| **fault != scene.fault)
            .map(|fault| Choice::new(said(*fault), scene.why(*fault))),
    );
    Answer::choice(draw, options)
}

/// The trusted certificates, one file each.
fn trusted(store: &[Certificate], folder: &str) -> String {
    let mut text =
        format!("$ for f in {folder}/*.pem; do openssl x509 -in $f -noout -subject -issuer -dates; done\n");
    for certificate in store {
        text += &x509(certificate, Fields { names: true, dates: true, ..Fields::default() });
    }
    text.trim_end().to_owned()
}

fn command(text: impl Into<String>) -> Evidence {
    shown(EvidenceType::Command, text)
}

fn explain(draw: &mut Draw) -> Exercise {
    const FAULTS: &[Fault] =
        &[Fault::Expired, Fault::NotYet, Fault::Clock, Fault::WrongName, Fault::Missing, Fault::UnknownRoot];
    let fault = *draw.pick(FAULTS);
    let scene = Scene::new(draw, fault, 1);
    let host = &scene.world.host;
    let connect = format!(
        "openssl s_client -connect {host}:443 -servername {host} -CApath /etc/app/ca -no-CAfile -no-CAstore </dev/null 2>&1"
    );
    let verification = scene.verify(false);
    let mut trace = format!(
        "$ {connect} | grep -E '^(depth|verify |not|Verify return)|^ [0-9] s:|^   [iv]:'\n{}",
        s_client_verify(&verification)
    );
    for line in s_client_chain(scene.sent()).lines() {
        if line.contains(" s:") || line.starts_with("   i:") || line.starts_with("   v:") {
            let _ = writeln!(trace, "{line}");
        }
    }
    trace += &verification.return_code();
    let leaf = scene.sent().first().unwrap_or(&scene.world.leaf);
    let san = format!(
        "$ {connect} | openssl x509 -noout -ext subjectAltName\n{}",
        x509(leaf, Fields { extensions: true, ..Fields::default() })
    );
    let organization = scene.world.organization;
    let fault_answer = fault_choice(draw, &scene, FAULTS, Fault::name);
    let fix_answer = fault_choice(draw, &scene, FAULTS, Fault::fix);
    let culprit = scene.asks_culprit();
    let code = verification.last().map_or((0, "ok"), |error| (error.number(), error.text()));
    Exercise {
        prompt: text(
            format!(
                "A client program cannot use `https://{host}/`: its TLS library refuses the server. All commands were run on the client's machine, which trusts exactly the certificates listed and is meant to trust {organization}. The name `{host}` is right, and the server's clock is synchronised."
            ),
            format!(
                "某個用戶端程式連不上`https://{host}/`：它的TLS函式庫拒絕了伺服器。以下指令都在用戶端主機上執行；它只信任列出的憑證，而且本來就該信任{organization}。名稱`{host}`沒有錯，伺服器的時鐘有同步。"
            ),
        ),
        evidence: vec![
            command(scene.clocks()),
            command(trace),
            command(san.trim_end()),
            command(trusted(&scene.store, "/etc/app/ca")),
        ],
        asks: vec![
            Ask::new("fault", text("What is wrong", "問題出在哪裡"), fault_answer),
            culprit,
            Ask::new("fix", text("What mends it", "怎麼修"), fix_answer),
        ],
        steps: vec![
            match scene.fault {
                Fault::WrongName => text(
                    "`Verify return code: 0` speaks of the chain only: without `-verify_hostname`, `s_client` does not compare names.",
                    "`Verify return code: 0`只代表憑證鏈沒問題：沒加`-verify_hostname`時，`s_client`不會比對名稱。",
                ),
                Fault::Missing => text(
                    format!(
                        "Code {} ({}): the path breaks on the way up. That alone does not tell a missing intermediate from an unknown root; the `i:` lines and the trusted certificates do.",
                        code.0, code.1
                    ),
                    format!(
                        "代碼{}（{}）：路徑往上走到一半斷了。只看代碼分不出是少了中繼憑證還是不認得根憑證，要對照`i:`那幾行與信任的憑證。",
                        code.0, code.1
                    ),
                ),
                _ => text(
                    format!(
                        "`s_client` ends with code {} ({}); each `depth=` line says which certificate a line is about.",
                        code.0, code.1
                    ),
                    format!(
                        "`s_client`最後的代碼是{}（{}）；`depth=`那行說明它講的是哪一張憑證。",
                        code.0, code.1
                    ),
                ),
            },
            scene.reason(),
            Text::new(
                format!("What mends it: {}.", scene.fault.fix().en),
                format!("修法：{}。", scene.fault.fix().zh_tw),
            ),
        ],
        given: json!({ "host": host, "organization": organization }),
    }
}

fn predict(draw: &mut Draw) -> Exercise {
    const FAULTS: &[Fault] = &[
        Fault::Expired,
        Fault::NotYet,
        Fault::WrongName,
        Fault::Missing,
        Fault::UnknownRoot,
        Fault::Constraint,
        Fault::Order,
        Fault::Sni,
    ];
    let fault = *draw.pick(FAULTS);
    let scene = Scene::new(draw, fault, 2);
    let host = &scene.world.host;
    let verification = scene.verify(true);
    let first = verification.first();
    let code = first.map_or(0, |(_, error)| error.number());

    let mut evidence = vec![command(scene.clocks())];
    for (option, sni) in
        [(format!("-servername {host}"), Some(host.as_str())), ("-noservername".to_owned(), None)]
    {
        let sent = scene.server.presents(sni);
        evidence.push(command(format!(
            "$ openssl s_client -connect {host}:443 {option} </dev/null 2>/dev/null | sed -n '/^Certificate chain/,/^---/p'\n{}---",
            s_client_chain(sent)
        )));
    }
    // The certificates the client in question gets, saved one by one.
    let sent = scene.sent();
    let places: Vec<String> = (0..sent.len()).map(|place| place.to_string()).collect();
    let mut extensions = format!(
        "$ for n in {}; do openssl x509 -in sent-$n.pem -noout -subject -ext basicConstraints,nameConstraints,subjectAltName; done\n",
        places.join(" ")
    );
    for certificate in sent {
        let _ = writeln!(extensions, "subject={}", certificate.subject.openssl());
        extensions += &x509(certificate, Fields { extensions: true, ..Fields::default() });
    }
    evidence.push(command(extensions.trim_end()));
    evidence.push(command(trusted(&scene.store, "/etc/app/ca")));

    // What curl could print, the right line first.
    let line = |error: Option<Error>| {
        error.map_or_else(
            || "(no error: the handshake completes)".to_owned(),
            |error| curl_failure(error, host),
        )
    };
    let chain_first = scene.verify(false).first().or(first);
    let mut lines = vec![chain_first.map(|(_, error)| error)];
    for other in [
        Some(Error::NoLocalIssuer),
        Some(Error::Expired),
        Some(Error::NotYetValid),
        Some(Error::Hostname),
        Some(Error::SelfSignedInChain),
        Some(Error::NotPermitted),
        Some(Error::Excluded),
        None,
    ] {
        if !lines.contains(&other) && lines.len() < 8 {
            lines.push(other);
        }
    }
    let right = first.map_or_else(
        || scene.reason(),
        |(depth, error)| {
            let common = verification.chain.get(depth).map_or("", |one| one.subject.common());
            text(
                format!(
                    "The first error is {} ({}), about `{common}` at depth {depth}.",
                    error.number(),
                    error.text()
                ),
                format!(
                    "第一個錯誤是{}（{}），講的是深度{depth}的`{common}`。",
                    error.number(),
                    error.text()
                ),
            )
        },
    );
    let options = lines
        .iter()
        .enumerate()
        .map(|(place, error)| {
            let said = line(*error);
            let zh = if error.is_none() {
                "（沒有錯誤：交握完成）".to_owned()
            } else {
                format!("`{said}`")
            };
            let en = if error.is_none() { said } else { format!("`{said}`") };
            let why = if place == 0 {
                right.clone()
            } else {
                text(format!("Not here. {}", right.en), format!("這裡不是。{}", right.zh_tw))
            };
            Choice::new(text(en, zh), why)
        })
        .collect();
    let mut traps = Vec::new();
    for (value, why) in [
        (
            0,
            text(
                format!("0 means that nothing was refused. {}", right.en),
                format!("0代表沒有任何一項被拒絕。{}", right.zh_tw),
            ),
        ),
        (
            20,
            text(
                "Each issuer is found, among what was sent or what is trusted.",
                "每一層的簽發者都找得到：不是有送，就是已受信任。",
            ),
        ),
        (
            21,
            text(
                "With `-verify_return_error` the first error ends it; 21 could only follow a 20.",
                "加了`-verify_return_error`，碰到第一個錯誤就結束；21只會跟在20後面出現。",
            ),
        ),
        (10, text("Nothing on the path has expired.", "路徑上沒有過期的憑證。")),
        (
            62,
            text(
                "The name is in the SAN of the certificate this client gets.",
                "這個用戶端拿到的憑證，SAN裡有該名稱。",
            ),
        ),
        (
            19,
            text(
                "No self-signed certificate ends up on the path untrusted.",
                "路徑上沒有不受信任的自簽憑證。",
            ),
        ),
    ] {
        if value != code && !(value == 20 && code == 19 || value == 19 && code == 20) {
            traps.push(Trap::new(value, why));
        }
    }
    if matches!(code, 19 | 20) {
        let other = if code == 19 { 20 } else { 19 };
        traps.push(Trap::new(
            other,
            text(
                "19: the path does reach a self-signed certificate that was sent but is not trusted. 20: an issuer is found nowhere.",
                "19：路徑走得到一張有送出、但不受信任的自簽憑證。20：簽發者到處都找不到。",
            ),
        ));
    }
    let sni =
        if scene.sends_sni { text("sends SNI", "會送SNI") } else { text("sends no SNI", "不送SNI") };
    let fault_answer = fault_choice(draw, &scene, FAULTS, |fault| {
        Text::new(
            format!("{}: {}", fault.name().en, fault.fix().en),
            format!("{}：{}", fault.name().zh_tw, fault.fix().zh_tw),
        )
    });
    let curl_answer = Answer::choice(draw, options);
    let culprit = scene.asks_culprit();
    let organization = scene.world.organization;
    Exercise {
        prompt: text(
            format!(
                "Clients on a host call `https://{host}/`; they check that name and trust exactly the certificates listed ({organization} is meant to be trusted). The program in question {}; the host also runs a strict program that wants every certificate sent to certify the one before it. At least one program fails. `sent-N.pem` is certificate N that the program in question is sent. The name is right, and no CA will change its constraints. OpenSSL is 3.0, curl 7.88.\n\nCodes: 0 ok, 9 not yet valid, 10 expired, 18 self-signed, 19 self-signed in chain, 20 unable to get local issuer, 21 unable to verify the first certificate, 47 permitted subtree violation, 48 excluded subtree violation, 62 hostname mismatch.",
                sni.en
            ),
            format!(
                "一台主機上的用戶端會連`https://{host}/`，它們都檢查這個名稱，且只信任列出的憑證（本來就該信任{organization}）。題目問的程式{}；主機上另有一支嚴格的程式，要求送來的每張憑證都簽發前一張。至少有一支程式失敗。`sent-N.pem`是題目問的程式收到的第N張憑證。名稱沒有錯，也沒有CA會更改它的限制。OpenSSL是3.0，curl是7.88。\n\n代碼：0正常、9尚未生效、10已過期、18自簽、19鏈中有自簽憑證、20找不到簽發者、21無法驗證第一張憑證、47違反允許的子樹、48違反排除的子樹、62主機名稱不符。",
                sni.zh_tw
            ),
        ),
        evidence,
        asks: vec![
            Ask::new(
                "code",
                text(
                    "First error code of `openssl s_client -verify_hostname … -verify_return_error` with this program's clock, CA certificates and SNI (or lack of it); 0 if none",
                    "用這支程式的時鐘、CA憑證與SNI（或不送SNI）執行`openssl s_client -verify_hostname … -verify_return_error`，第一個錯誤代碼（沒有就填0）",
                ),
                Answer::count(code.into(), traps),
            ),
            Ask::new("curl", text("What curl would say in its place", "換成curl會印出什麼"), curl_answer),
            Ask::new("fault", text("What is wrong, and what mends it", "問題出在哪裡，怎麼修"), fault_answer),
            culprit,
        ],
        steps: vec![
            text(
                format!(
                    "The program {} and gets `{}` first, then {} more.",
                    sni.en,
                    sent.first().map_or("", |leaf| leaf.subject.common()),
                    sent.len() - 1
                ),
                format!(
                    "這支程式{}，收到的第一張是`{}`，後面還有{}張。",
                    sni.zh_tw,
                    sent.first().map_or("", |leaf| leaf.subject.common()),
                    sent.len() - 1
                ),
            ),
            text(
                format!(
                    "Building the path, issuer by issuer, trusted certificates first: {}.",
                    path(&verification)
                ),
                format!("逐層找簽發者、先看信任的憑證，組出的路徑：{}。", path(&verification)),
            ),
            right,
            scene.reason(),
        ],
        given: json!({ "host": host, "organization": organization, "sni": scene.sends_sni }),
    }
}

fn path(verification: &Verification) -> String {
    let names: Vec<_> = verification.chain.iter().map(|one| format!("`{}`", one.subject.common())).collect();
    names.join(" → ")
}

/// A program that calls the server of level 3.
#[derive(Clone)]
struct Client {
    name: &'static str,
    host: String,
    sni: bool,
    strict: bool,
    /// Of the stores, by index.
    store: usize,
    clock: NaiveDateTime,
}

/// Level 3: a server of two sites, two trust stores and some clients.
#[derive(Clone)]
struct Fleet {
    server: Server,
    stores: [Vec<Certificate>; 2],
    clients: Vec<Client>,
    now: NaiveDateTime,
}

impl Fleet {
    fn sent(&self, client: &Client) -> &[Certificate] {
        self.server.presents(client.sni.then_some(client.host.as_str()))
    }

    fn verify(&self, client: &Client, at: NaiveDateTime) -> Verification {
        let store = self.stores.get(client.store).map_or(&[][..], Vec::as_slice);
        verify(self.sent(client), store, at, Some(&client.host))
    }

    fn works(&self, client: &Client) -> bool {
        self.verify(client, client.clock).ok() && (!client.strict || in_order(self.sent(client)))
    }

    /// When a client that works stops working by time alone.
    fn end(&self, client: &Client) -> Option<NaiveDateTime> {
        let store = self.stores.get(client.store)?;
        let mut ends: Vec<_> = self
            .sent(client)
            .iter()
            .chain(store)
            .map(|one| one.not_after)
            .filter(|end| *end > self.now)
            .collect();
        ends.sort();
        ends.into_iter().find(|end| !self.verify(client, *end).ok())
    }

    /// What a client makes of it, in words.
    fn said(&self, client: &Client) -> Text {
        let verification = self.verify(client, client.clock);
        match verification.first() {
            Some((depth, error)) => {
                let common = verification.chain.get(depth).map_or("", |one| one.subject.common());
                text(
                    format!(
                        "`{}` fails with {} ({}) at `{common}`.",
                        client.name,
                        error.number(),
                        error.text()
                    ),
                    format!("`{}`失敗：{}（{}），在`{common}`。", client.name, error.number(), error.text()),
                )
            }
            None if client.strict && !in_order(self.sent(client)) => text(
                format!(
                    "`{}` demands the order leaf, issuer, issuer of that; the server sends another.",
                    client.name
                ),
                format!("`{}`要求依序是葉憑證、它的簽發者、再上一層；伺服器送的順序不是這樣。", client.name),
            ),
            None => text(
                format!("`{}` succeeds: {}.", client.name, path(&verification)),
                format!("`{}`成功：{}。", client.name, path(&verification)),
            ),
        }
    }
}

/// What could be changed for one client.
const CHANGES: &[(&str, &str)] = &[
    ("the server sends every intermediate, in order", "伺服器依序送出所有中繼憑證"),
    ("the leaf it gets is renewed with the same names", "把它拿到的葉憑證以相同名稱更新"),
    ("the leaf it gets is reissued with its name added", "把它拿到的葉憑證重新簽發，加上它用的名稱"),
    ("the client's clock is set right", "把該用戶端的時鐘校正"),
    ("the client sends SNI", "讓該用戶端送出SNI"),
    ("the root named above is added to what it trusts", "把上面提到的根憑證加進它信任的憑證"),
];

fn clients(draw: &mut Draw) -> Exercise {
    let mut drawn = fleet(draw);
    for _ in 0..400 {
        if drawn.is_some() {
            break;
        }
        drawn = fleet(draw);
    }
    drawn.unwrap_or_default()
}

/// One try; none where something asked would be ambiguous or dull.
fn fleet(draw: &mut Draw) -> Option<Exercise> {
    let mut world = World::new(draw, 2);
    let domain = world.host.split_once('.').map_or("", |(_, domain)| domain).to_owned();
    let host = world.host.clone();
    let issuing = world.issuing().clone();
    world.leaf.sans = vec![host.clone()];
    world.leaf.subject = Name::common_only(&host);
    let side = format!("{}.{domain}", if host.starts_with("admin") { "ops" } else { "admin" });
    let mut second = world.leaf(draw, &issuing, &[side.clone(), format!("*.{side}")]);

    // An older root has signed the younger root's key as well: the path depends on what a client trusts.
    let cross = draw.percent(45).then(|| {
        let name = Name::authority("US", "Old Harbor Trust", "Old Harbor Root CA");
        let expired = draw.percent(50);
        let old = world.authority(draw, name, None, (4000, 6000), (30, 400));
        let end = if expired {
            world.now - days(draw.int(3, 200_u32).into())
        } else {
            world.now + days(draw.int(5, 300_u32).into())
        };
        let mut old = old;
        old.not_after = end - TimeDelta::seconds(end.and_utc().timestamp() % 60);
        let mut cross = world.root.clone();
        cross.issuer = old.subject.clone();
        cross.signer = old.key;
        cross.signed_with = old.algorithm;
        cross.serial = serial(draw);
        let left = i64::from(draw.int(20, 900_u32));
        cross.not_after = world.day(draw, left);
        (old, cross)
    });
    if draw.percent(25) {
        second.not_after = world.day(draw, -2);
        second.not_before = second.not_after - days(90);
    }
    let tail = |leaf: &Certificate| -> Vec<Certificate> {
        let mut chain = vec![leaf.clone()];
        chain.extend(world.middle.iter().cloned());
        chain.extend(cross.iter().map(|(_, cross)| cross.clone()));
        chain
    };
    let (mut first_chain, mut second_chain) = (tail(&world.leaf), tail(&second));
    for chain in [&mut first_chain, &mut second_chain] {
        match draw.int(0, 5) {
            0 => {
                chain.remove(draw.int(1, 2));
            }
            1 => {
                if let Some(above) = chain.get_mut(1..) {
                    above.reverse();
                }
            }
            _ => {}
        }
    }
    let mut modern = world.others.clone();
    modern.push(world.root.clone());
    let mut dated = world.others.clone();
    if let Some((old, _)) = &cross {
        dated.push(old.clone());
        if draw.percent(30) {
            modern.push(old.clone());
        }
    }
    if draw.percent(35) {
        dated.extend(world.middle.first().cloned());
    }
    draw.shuffle(&mut modern);
    draw.shuffle(&mut dated);
    let names = draw.some(
        &[
            "billing",
            "crawler",
            "mobile-gw",
            "kiosk",
            "partner-sync",
            "etl-night",
            "probe",
            "pos-terminal",
            "webhook",
        ],
        4,
    );
    let clients: Vec<Client> = names
        .into_iter()
        .map(|name| {
            let clock = match draw.int(0, 7) {
                0 => world.now - days(draw.int(90, 4000_u32).into()),
                1 => world.now + days(draw.int(400, 900_u32).into()),
                _ => world.now,
            };
            let host = match draw.int(0, 5) {
                0 | 1 => host.clone(),
                2 | 3 => side.clone(),
                4 => format!("eu.{side}"),
                _ => format!("a.eu.{side}"),
            };
            Client {
                name,
                host,
                sni: draw.percent(80),
                strict: draw.percent(25),
                store: usize::from(draw.percent(40)),
                clock,
            }
        })
        .collect();
    let by_name = vec![
        (host.clone(), first_chain.clone()),
        (side.clone(), second_chain.clone()),
        (format!("*.{side}"), second_chain),
    ];
    let fleet = Fleet {
        server: Server { default: first_chain, by_name },
        stores: [modern, dated],
        clients,
        now: world.now,
    };

    let working: Vec<usize> = (0..fleet.clients.len())
        .filter(|place| fleet.clients.get(*place).is_some_and(|client| fleet.works(client)))
        .collect();
    if working.is_empty() || working.len() == fleet.clients.len() {
        return None;
    }
    // Whose end is asked, and it is not just the same for all.
    let lasting = working
        .iter()
        .filter_map(|place| fleet.clients.get(*place))
        .find(|client| client.clock == fleet.now)?
        .clone();
    let end = fleet.end(&lasting)?;
    // Whose failure is asked: one kind of error, so that the order of looking does not matter.
    let failing = fleet
        .clients
        .iter()
        .find(|client| {
            let verification = fleet.verify(client, client.clock);
            let mut errors: Vec<Error> = verification.steps.iter().filter_map(|step| step.error).collect();
            errors.retain(|error| *error != Error::LeafSignature);
            errors.dedup();
            errors.len() == 1
        })?
        .clone();
    let verification = fleet.verify(&failing, failing.clock);
    let (depth, error) = verification.first()?;

    // What would help that client: exactly one change does.
    let after = |change: usize| -> (Fleet, Client) {
        let (mut fleet, mut client) = (fleet.clone(), failing.clone());
        let served = client.sni.then(|| client.host.clone());
        let mut chain = fleet.server.presents(served.as_deref()).to_vec();
        let now = fleet.now;
        match change {
            0 => {
                if let Some(leaf) = chain.first() {
                    chain = tail(leaf);
                }
            }
            1 | 2 => {
                if let Some(leaf) = chain.first_mut() {
                    if change == 1 {
                        leaf.not_before = now - days(1);
                        leaf.not_after = now + days(89);
                    } else {
                        leaf.sans.push(client.host.clone());
                    }
                }
            }
            3 => client.clock = now,
            4 => client.sni = true,
            _ => {
                if let Some(store) = fleet.stores.get_mut(client.store)
                    && !store.contains(&world.root)
                {
                    store.push(world.root.clone());
                }
            }
        }
        if change <= 2 {
            fleet.server = Server { default: chain, by_name: Vec::new() };
        }
        (fleet, client)
    };
    let outcomes: Vec<(Fleet, Client)> = (0..CHANGES.len()).map(after).collect();
    let helps: Vec<usize> = outcomes
        .iter()
        .enumerate()
        .filter(|(_, (fleet, client))| fleet.works(client))
        .map(|(change, _)| change)
        .collect();
    let [help] = *helps.as_slice() else { return None };
    let mut order = vec![help];
    order.extend((0..CHANGES.len()).filter(|change| *change != help));
    let options = order
        .iter()
        .filter_map(|change| {
            let (en, zh) = *CHANGES.get(*change)?;
            let (after, client) = outcomes.get(*change)?;
            let said = after.said(client);
            Some(Choice::new(
                text(en, zh),
                text(format!("After that, {}", said.en), format!("這樣改之後，{}", said.zh_tw)),
            ))
        })
        .collect();
    let change_answer = Answer::choice(draw, options);

    let mut table =
        String::from("program\tname used and checked\tSNI\tchain must be in order\ttrusts\tclock (UTC)\n");
    for client in &fleet.clients {
        let yes = |yes: bool| if yes { "yes" } else { "no" };
        let _ = writeln!(
            table,
            "{}\t{}\t{}\t{}\t{}\t{}",
            client.name,
            client.host,
            yes(client.sni),
            yes(client.strict),
            STORES.get(client.store).copied().unwrap_or_default(),
            client.clock.format("%Y-%m-%d %H:%M:%S")
        );
    }
    let mut evidence = vec![shown(EvidenceType::Table, table.trim_end())];
    let mut asked: Vec<Option<&str>> = vec![None];
    // Also what the failing client would get: sending SNI is one of the changes to judge.
    for client in fleet.clients.iter().filter(|client| client.sni || client.name == failing.name) {
        if !asked.contains(&Some(client.host.as_str())) {
            asked.push(Some(&client.host));
        }
    }
    for sni in asked {
        let option = sni.map_or_else(|| "-noservername".to_owned(), |name| format!("-servername {name}"));
        let sent = fleet.server.presents(sni);
        let leaf = sent.first()?;
        evidence.push(command(format!(
            "$ openssl s_client -connect 203.0.113.80:443 {option} </dev/null 2>/dev/null >out; sed -n '/^Certificate chain/,/^---/p' out; openssl x509 -in out -noout -ext subjectAltName\n{}---\n{}",
            s_client_chain(sent),
            x509(leaf, Fields { extensions: true, ..Fields::default() }).trim_end()
        )));
    }
    for (store, folder) in fleet.stores.iter().zip(STORES) {
        evidence.push(command(trusted(store, folder)));
    }

    let right = working.clone();
    let works = Answer::Several {
        options: fleet
            .clients
            .iter()
            .map(|client| {
                Choice::new(
                    text(format!("`{}`", client.name), format!("`{}`", client.name)),
                    fleet.said(client),
                )
            })
            .collect(),
        right,
    };
    let lasting_path = fleet.verify(&lasting, fleet.now);
    let mut traps: Vec<Trap> = Vec::new();
    for one in &lasting_path.chain {
        let typed = one.not_after.format("%Y-%m-%d %H:%M:%S").to_string();
        if one.not_after != end && !traps.iter().any(|trap| trap.value == typed) {
            traps.push(Trap::new(
                typed,
                text(
                    format!(
                        "That is the end of `{}`. The first end that leaves no path counts.",
                        one.subject.common()
                    ),
                    format!(
                        "那是`{}`的到期時間。要看的是最早讓所有路徑都走不通的到期時間。",
                        one.subject.common()
                    ),
                ),
            ));
        }
    }
    let typed = end.format("%Y-%m-%d %H:%M:%S").to_string();
    let also = vec![(end + TimeDelta::seconds(1)).format("%Y-%m-%d %H:%M:%S").to_string()];
    let organization = world.organization;
    let root = world.root.subject.common();
    let steps = fleet.clients.iter().map(|client| fleet.said(client)).chain([
        text(
            format!(
                "`{}` uses {}. What ends first and leaves no other path ends at {end} UTC.",
                lasting.name,
                path(&lasting_path)
            ),
            format!(
                "`{}`的路徑是{}。最早到期、又沒有其他路徑可走的時間是{end} UTC。",
                lasting.name,
                path(&lasting_path)
            ),
        ),
        text(
            format!("For `{}`: {}.", failing.name, CHANGES.get(help)?.0),
            format!("`{}`的修法：{}。", failing.name, CHANGES.get(help)?.1),
        ),
    ]);
    let common = verification.chain.get(depth).map_or("", |one| one.subject.common());
    let mut code_traps = Vec::new();
    for (value, en, zh) in [
        (
            21,
            "21 only follows a 20, where a program goes on after the first error.",
            "21只會跟在20後面，而且要程式碰到錯誤還繼續才會出現。",
        ),
        (
            20,
            "An issuer of each certificate on its path is sent or trusted.",
            "路徑上每張憑證的簽發者都有送或已受信任。",
        ),
        (10, "At its clock, nothing on its path has expired.", "以它的時鐘來看，路徑上沒有過期的憑證。"),
        (62, "The certificate it gets is for the name it checks.", "它拿到的憑證含有它檢查的名稱。"),
    ] {
        if value != error.number() {
            code_traps.push(Trap::new(value, text(en, zh)));
        }
    }
    let steps: Vec<Text> = steps
        .chain([text(
            format!(
                "Its first error is {} ({}), at depth {depth}, `{common}`.",
                error.number(),
                error.text()
            ),
            format!("它的第一個錯誤是{}（{}），在深度{depth}的`{common}`。", error.number(), error.text()),
        )])
        .collect();
    let now = fleet.now;
    Some(Exercise {
        prompt: text(
            format!(
                "Four programs call one server at `203.0.113.80`; the true time is {now} UTC. All check names and build paths as OpenSSL 3.0 does, and trust only the files of their folder; the table says which of them also insist that each certificate sent certifies the one before it, and what each program's clock shows. The service's certificates come from {organization}, root `{root}`.\n\nCodes: 0 ok, 2 unable to get issuer, 9 not yet valid, 10 expired, 18 self-signed, 19 self-signed in chain, 20 unable to get local issuer, 21 unable to verify the first certificate, 62 hostname mismatch."
            ),
            format!(
                "四支程式連到同一台伺服器`203.0.113.80`，真正的時間是{now} UTC。它們都照OpenSSL 3.0的方式檢查名稱、組路徑，且只信任自己那個資料夾裡的憑證；表格列出哪些還堅持送來的每張憑證都要簽發前一張，以及各程式的時鐘。這項服務的憑證來自{organization}，根憑證是`{root}`。\n\n代碼：0正常、2找不到簽發者憑證、9尚未生效、10已過期、18自簽、19鏈中有自簽憑證、20找不到簽發者（本機）、21無法驗證第一張憑證、62主機名稱不符。"
            ),
        ),
        evidence,
        asks: vec![
            Ask::new("works", text("Which programs succeed", "哪些程式會成功"), works),
            Ask::new(
                "code",
                text(
                    format!("The first error code OpenSSL gives `{}`", failing.name),
                    format!("OpenSSL給`{}`的第一個錯誤代碼", failing.name),
                ),
                Answer::count(error.number().into(), code_traps),
            ),
            Ask::new(
                "change",
                text(
                    format!("Which one change is enough for `{}`", failing.name),
                    format!("只改哪一項就能讓`{}`成功", failing.name),
                ),
                change_answer,
            ),
            Ask::new(
                "end",
                text(
                    format!(
                        "From when on is `{}` refused, if nothing changes (UTC, to the second)",
                        lasting.name
                    ),
                    format!("若什麼都不改，`{}`從何時起會被拒絕（UTC，到秒）", lasting.name),
                ),
                Answer::Typed { form: Form::Moment, right: typed, also, traps },
            ),
        ],
        steps,
        given: json!({
            "now": now.format("%Y-%m-%d %H:%M:%S").to_string(),
            "root": root,
            "organization": organization,
            "failing": failing.name,
            "lasting": lasting.name,
        }),
    })
}

const STORES: [&str; 2] = ["/etc/pki/current", "/etc/pki/frozen"];
