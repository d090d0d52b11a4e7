//! I16: the replication role may not encrypt with the destination's key, and older objects predate the rule.
//!
//! Rules: live replication takes objects created after the rule, SSE-KMS objects only where the rule selects them and names
//! a key; the role needs `s3:GetObjectVersionForReplication` (`s3:GetObjectVersion` does for objects without KMS),
//! `kms:Decrypt` on the source's and `kms:Encrypt` on the replica's key (Amazon S3 User Guide, "What does Amazon S3
//! replicate?", "Replicating encrypted objects"); across accounts the bucket's and the key's policies have to allow it as
//! well; both buckets are versioned ("Requirements and considerations for replication"). Statuses: "Getting replication
//! status information", reasons: "Amazon S3 replication failure reasons", where metrics are published: "Using S3 Replication
//! metrics". What the role may do is decided by `cloud::iam`; the order in which S3 checks is not documented and does not
//! matter here, since each world has one fault.

use std::fmt::Write as _;

use chrono::{NaiveDate, NaiveDateTime, TimeDelta, Timelike};

use super::{Scene, Series, World, shown};
use crate::cloud::Draw;
use crate::cloud::iam::{
    Attached, Json, Kind, Policy, Principal, Request, Statement, Verdict, World as Policies, decide,
    error_message,
};
use crate::model::EvidenceType::{Command, Json as JsonText, Log, Metric, Table};

pub(super) const WORLD: World = World {
    id: "I16",
    version: 1,
    causes: &[
        "role-encrypt",
        "key-policy",
        "role-read-action",
        "replica-key-disabled",
        "dr-bucket-policy",
        "dr-versioning",
        "kms-not-selected",
        "still-pending",
    ],
    build,
};

const FROM: &str = "ap-northeast-1";
const TO: &str = "ap-southeast-1";
const RULE: &str = "everything-to-dr";
const SESSION: &str = "s3-replication";

/// What is drawn before the cause is looked at.
struct Names {
    source: String,
    dr: String,
    account: String,
    dr_account: String,
    role: &'static str,
    source_key: String,
    replica_key: String,
    admin: &'static str,
    dr_admin: &'static str,
    /// The rule was created.
    ruled: NaiveDateTime,
    /// Something went wrong for two hours, and was mended.
    mishap: NaiveDateTime,
    /// The source's default encryption became SSE-KMS.
    sealed: NaiveDateTime,
    /// The destination's account changed something.
    changed: NaiveDateTime,
    /// Metrics and failure events were turned on.
    watched: NaiveDateTime,
    now: NaiveDateTime,
    /// Objects older than the rule, and of the mishap.
    old: u64,
    mishaps: u64,
    /// Documents an hour by the default encryption, and by an uploader that asks for SSE-S3.
    documents: u64,
    plain: u64,
    /// Database dumps each night.
    dumps: u64,
    /// Bytes of a document and of a dump.
    document: u64,
    dump: u64,
    waves: Vec<u64>,
    old_name: String,
    versions: Vec<String>,
    tags: Vec<String>,
    ids: Vec<String>,
}

/// The world: what each thing really is.
struct Facts<'a> {
    names: &'a Names,
    /// Statements of the role.
    role_encrypts: bool,
    read_action: &'static str,
    /// What the destination's side allows since the change there.
    key_lets_in: bool,
    key_enabled: bool,
    bucket_lets_in: bool,
    versioned: bool,
    /// Whether the rule takes SSE-KMS objects.
    selects_kms: bool,
    /// Whether last night's dumps have arrived.
    dumps_arrived: bool,
}

/// What S3 says of an object of the source.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Status {
    /// Never eligible.
    None,
    Pending,
    Completed,
    Failed(&'static str),
}

impl Status {
    fn word(self) -> &'static str {
        match self {
            Self::None => "",
            Self::Pending => "PENDING",
            Self::Completed => "COMPLETED",
            Self::Failed(_) => "FAILED",
        }
    }
}

/// What becomes of each kind of object, worked out once.
struct Outcome {
    /// Plain objects from before the change on the destination's side.
    early: Status,
    documents: Status,
    plain: Status,
    /// Dumps of earlier nights, and of the last.
    dumps: Status,
    dump: Status,
}

/// Objects that share what replication depends on.
struct Group {
    kms: bool,
    status: Status,
    objects: u64,
    bytes: u64,
    first: NaiveDateTime,
    last: NaiveDateTime,
}

fn build(draw: &mut Draw, cause: &str) -> Scene {
    let names = names(draw);
    let mut facts = Facts {
        names: &names,
        role_encrypts: true,
        read_action: "s3:GetObjectVersionForReplication",
        key_lets_in: true,
        key_enabled: true,
        bucket_lets_in: true,
        versioned: true,
        selects_kms: true,
        dumps_arrived: true,
    };
    match cause {
        "key-policy" => facts.key_lets_in = false,
        "role-read-action" => facts.read_action = "s3:GetObjectVersion",
        "replica-key-disabled" => facts.key_enabled = false,
        "dr-bucket-policy" => facts.bucket_lets_in = false,
        "dr-versioning" => facts.versioned = false,
        "kms-not-selected" => {
            facts.selects_kms = false;
            facts.role_encrypts = false;
        }
        "still-pending" => facts.dumps_arrived = false,
        _ => facts.role_encrypts = false,
    }
    let outcome = facts.outcome();
    let mut scene = Scene::default();
    for (name, value) in [
        ("source", names.source.clone()),
        ("dr", names.dr.clone()),
        ("role", names.role.to_owned()),
        ("replica_key", names.replica_key.clone()),
        ("dr_account", names.dr_account.clone()),
        ("since", names.sealed.format("%Y-%m-%d %H:%M UTC").to_string()),
        ("rule_day", names.ruled.format("%Y-%m-%d").to_string()),
        ("kms_count", thousands(names.sealed_objects())),
        ("old_count", thousands(names.old)),
    ] {
        scene.name(name, value);
    }
    heads(&mut scene, &facts, &outcome);
    inventory(&mut scene, &facts, &outcome);
    rule(&mut scene, &facts);
    versioning(&mut scene, &facts);
    role(&mut scene, &facts);
    dr_bucket(&mut scene, &facts);
    dr_key(&mut scene, &facts);
    kms_events(&mut scene, &facts);
    failure_events(&mut scene, &facts, &outcome);
    metrics(&mut scene, &facts, &outcome);
    changes(&mut scene, &facts);
    scene
}

fn names(draw: &mut Draw) -> Names {
    let day = NaiveDate::from_ymd_opt(2026, draw.int(4, 10), draw.int(3, 27)).unwrap_or_default();
    let now = day.and_hms_opt(draw.int(4, 9), draw.int(0, 59), draw.int(0, 59)).unwrap_or_default();
    let at = |days: i64, draw: &mut Draw| {
        let day = day - TimeDelta::days(days);
        day.and_hms_opt(draw.int(1, 7), draw.int(0, 59), draw.int(0, 59)).unwrap_or_default()
    };
    let sealed_days = draw.int(8i64, 17);
    let ruled_days = sealed_days + draw.int(34i64, 55);
    let (ruled, sealed) = (at(ruled_days, draw), at(sealed_days, draw));
    let mishap = at(sealed_days + draw.int(9i64, 25), draw);
    let id = |draw: &mut Draw| [8, 4, 4, 4, 12].map(|digits| draw.hex(digits)).join("-");
    let kind = *draw.pick(&["contracts", "claims", "invoices", "imaging", "filings"]);
    let suffix = draw.hex(4);
    let letters: Vec<char> = ('a'..='z').chain('A'..='Z').chain('0'..='9').chain("._".chars()).collect();
    let version = |draw: &mut Draw| (0..32).map(|_| *draw.pick(&letters)).collect::<String>();
    Names {
        source: format!("{kind}-prod-{suffix}"),
        dr: format!("{kind}-dr-{suffix}"),
        account: format!("{:012}", draw.number(100_000_000_000, 499_999_999_999)),
        dr_account: format!("{:012}", draw.number(500_000_000_000, 999_999_999_999)),
        role: *draw.pick(&["s3-dr-replication", "bucket-replication", "s3-crr-role"]),
        source_key: id(draw),
        replica_key: id(draw),
        admin: *draw.pick(&["kevin.lin", "amy.chen", "jason.wu", "sandy.hsu"]),
        dr_admin: *draw.pick(&["dr-ops", "backup-admin", "dr-platform"]),
        ruled,
        mishap,
        sealed,
        changed: sealed + TimeDelta::minutes(draw.int(95, 160)),
        watched: at(1, draw),
        now,
        old: draw.int(400_000, 2_400_000),
        mishaps: draw.int(60, 190),
        documents: draw.int(25, 60),
        plain: draw.int(8, 20),
        dumps: draw.int(3, 6),
        document: draw.int(900_000, 2_800_000),
        dump: draw.int(190u64, 410) * 1_000_000_000 + draw.int(0, 999_999_999),
        waves: (0..24).map(|_| draw.int(0, 13)).collect(),
        old_name: draw.hex(10),
        versions: (0..6).map(|_| version(draw)).collect(),
        tags: (0..6).map(|_| draw.hex(32)).collect(),
        ids: (0..6).map(|_| id(draw)).collect(),
    }
}

/// A figure with commas.
fn thousands(value: u64) -> String {
    let digits = value.to_string();
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

fn stamp(time: NaiveDateTime) -> String {
    time.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// As the CLI prints times of its own accord.
fn iso(time: NaiveDateTime) -> String {
    time.format("%Y-%m-%dT%H:%M:%S+00:00").to_string()
}

fn hours(from: NaiveDateTime, to: NaiveDateTime) -> u64 {
    u64::try_from((to - from).num_hours()).unwrap_or(0)
}

fn text(value: &str) -> Json {
    Json::text(value)
}

fn bare(value: impl ToString) -> Json {
    Json::Bare(value.to_string())
}

impl Names {
    /// The inventory is taken at one o'clock.
    fn counted(&self) -> NaiveDateTime {
        self.now.date().and_hms_opt(1, 0, 0).unwrap_or_default()
    }

    fn nights(&self) -> u64 {
        hours(self.sealed, self.counted()) / 24
    }

    /// SSE-KMS objects since the default encryption changed.
    fn sealed_objects(&self) -> u64 {
        self.documents * hours(self.sealed, self.counted()) + self.dumps * self.nights()
    }

    /// What an hour has more than the quietest.
    fn wave(&self, hour: NaiveDateTime) -> u64 {
        usize::try_from(hour.hour()).ok().and_then(|hour| self.waves.get(hour)).copied().unwrap_or(0)
    }

    fn dumped(&self) -> NaiveDateTime {
        self.now.date().and_hms_opt(0, 12, 8).unwrap_or_default()
    }

    fn dump_key(&self) -> String {
        format!("dumps/{}/core-01.dump", self.now.format("%Y-%m-%d"))
    }

    fn document_key(&self, index: usize) -> String {
        let name = self.tags.get(index).and_then(|tag| tag.get(..10)).unwrap_or_default();
        format!("inbox/{}/{name}.pdf", self.now.format("%Y/%m/%d"))
    }

    fn source_arn(&self) -> String {
        format!("arn:aws:s3:::{}", self.source)
    }

    fn dr_arn(&self) -> String {
        format!("arn:aws:s3:::{}", self.dr)
    }

    fn source_key_arn(&self) -> String {
        format!("arn:aws:kms:{FROM}:{}:key/{}", self.account, self.source_key)
    }

    fn replica_key_arn(&self) -> String {
        format!("arn:aws:kms:{TO}:{}:key/{}", self.dr_account, self.replica_key)
    }

    fn role_arn(&self) -> String {
        format!("arn:aws:iam::{}:role/{}", self.account, self.role)
    }

    fn caller(&self) -> Principal {
        Principal::session(&self.account, self.role, SESSION)
    }

    fn pick(list: &[String], index: usize) -> &str {
        list.get(index).map_or("", String::as_str)
    }
}

impl Facts<'_> {
    /// The policy of the replication role.
    fn role_policy(&self) -> Policy {
        let names = self.names;
        let (source, dr) = (names.source_arn(), names.dr_arn());
        let (all_source, all_dr) = (format!("{source}/*"), format!("{dr}/*"));
        let via = |region: &str| format!("s3.{region}.amazonaws.com");
        let kms = |sid: &str, action: &str, key: &str, region: &str, objects: &str| {
            Statement::allow(sid, &[action], &[key])
                .when("StringLike", "kms:ViaService", &[&via(region)])
                .when("StringLike", "kms:EncryptionContext:aws:s3:arn", &[objects])
        };
        let mut statements = vec![
            Statement::allow(
                "SourceBucket",
                &["s3:GetReplicationConfiguration", "s3:ListBucket"],
                &[&source],
            ),
            Statement::allow(
                "SourceObjects",
                &[self.read_action, "s3:GetObjectVersionAcl", "s3:GetObjectVersionTagging"],
                &[&all_source],
            ),
            Statement::allow(
                "Replicas",
                &[
                    "s3:ReplicateObject",
                    "s3:ReplicateDelete",
                    "s3:ReplicateTags",
                    "s3:ObjectOwnerOverrideToBucketOwner",
                ],
                &[&all_dr],
            ),
            kms("SourceKey", "kms:Decrypt", &names.source_key_arn(), FROM, &all_source),
        ];
        if self.role_encrypts {
            statements.push(kms("ReplicaKey", "kms:Encrypt", &names.replica_key_arn(), TO, &all_dr));
        }
        Policy::new(statements)
    }

    /// The policy of the destination's bucket.
    fn dr_policy(&self, now: bool) -> Policy {
        let names = self.names;
        let dr = names.dr_arn();
        let all = format!("{dr}/*");
        let mut statements = vec![
            Statement::deny("TlsOnly", &["s3:*"], &[&dr, &all]).to(&["*"]).when(
                "Bool",
                "aws:SecureTransport",
                &["false"],
            ),
            Statement::allow("RestoreTests", &["s3:GetObject", "s3:ListBucket"], &[&dr, &all])
                .to(&[&format!("arn:aws:iam::{}:role/restore-test", names.dr_account)]),
        ];
        if !now || self.bucket_lets_in {
            let actions = [
                "s3:ReplicateObject",
                "s3:ReplicateDelete",
                "s3:ReplicateTags",
                "s3:ObjectOwnerOverrideToBucketOwner",
            ];
            statements.push(Statement::allow("Replicas", &actions, &[&all]).to(&[&names.role_arn()]));
        }
        Policy::new(statements)
    }

    /// The policy of the destination's key.
    fn key_policy(&self) -> Policy {
        let names = self.names;
        let root = |account: &str| format!("arn:aws:iam::{account}:root");
        let mut statements =
            vec![Statement::allow("OwnAccount", &["kms:*"], &["*"]).to(&[&root(&names.dr_account)])];
        if self.key_lets_in {
            let actions = ["kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey*", "kms:DescribeKey"];
            statements
                .push(Statement::allow("ReplicationFromProd", &actions, &["*"]).to(&[&root(&names.account)]));
        }
        Policy::new(statements)
    }

    fn ask(&self, action: &str, resource: &str, owner: &str) -> Request {
        Request::new(self.names.caller(), action, resource, owner).with("aws:SecureTransport", "true")
    }

    fn decided(&self, request: &Request, others: Option<Attached>) -> Verdict {
        self.world(request, others).1
    }

    /// The policies that bear on a request of the role, and what they decide.
    fn world(&self, request: &Request, other: Option<Attached>) -> (Policies, Verdict) {
        let names = self.names;
        let mut policies =
            vec![Attached::new(Kind::Identity, names.role, &names.account, self.role_policy())];
        policies.extend(other);
        let world = Policies { policies, ..Policies::default() };
        let verdict = decide(&world, request).verdict;
        (world, verdict)
    }

    fn may_read(&self, key: &str, kms: bool) -> bool {
        let names = self.names;
        let resource = format!("{}/{key}", names.source_arn());
        let may = |action: &str| {
            self.decided(&self.ask(action, &resource, &names.account), None) == Verdict::Allowed
        };
        // s3:GetObjectVersion is enough for objects without KMS.
        may("s3:GetObjectVersionForReplication") || !kms && may("s3:GetObjectVersion")
    }

    fn may_write(&self, key: &str, now: bool) -> bool {
        let names = self.names;
        let request = self.ask("s3:ReplicateObject", &format!("{}/{key}", names.dr_arn()), &names.dr_account);
        let policy = Attached::new(Kind::Resource, &names.dr, &names.dr_account, self.dr_policy(now));
        self.decided(&request, Some(policy)) == Verdict::Allowed
    }

    fn decrypt(&self, key: &str) -> (Request, Option<Attached>) {
        let names = self.names;
        let request = self
            .ask("kms:Decrypt", &names.source_key_arn(), &names.account)
            .with("kms:ViaService", &format!("s3.{FROM}.amazonaws.com"))
            .with("kms:EncryptionContext:aws:s3:arn", &format!("{}/{key}", names.source_arn()));
        let own = Statement::allow("OwnAccount", &["kms:*"], &["*"])
            .to(&[&format!("arn:aws:iam::{}:root", names.account)]);
        let policy = Attached::new(Kind::Key, &names.source_key, &names.account, Policy::new(vec![own]));
        (request, Some(policy))
    }

    fn encrypt(&self, key: &str) -> (Request, Option<Attached>) {
        let names = self.names;
        let request = self
            .ask("kms:Encrypt", &names.replica_key_arn(), &names.dr_account)
            .with("kms:ViaService", &format!("s3.{TO}.amazonaws.com"))
            .with("kms:EncryptionContext:aws:s3:arn", &format!("{}/{key}", names.dr_arn()));
        let policy = Attached::new(Kind::Key, &names.replica_key, &names.dr_account, self.key_policy());
        (request, Some(policy))
    }

    /// What becomes of an object that the rule has taken.
    fn attempt(&self, key: &str, kms: bool, now: bool) -> Status {
        if kms && !self.selects_kms {
            return Status::None;
        }
        if now && !self.versioned {
            return Status::Failed("DstBucketUnversioned");
        }
        let (decrypt, source) = self.decrypt(key);
        if !self.may_read(key, kms) || kms && self.decided(&decrypt, source) != Verdict::Allowed {
            return Status::Failed("SrcGetObjectNotPermitted");
        }
        if !self.may_write(key, now) {
            return Status::Failed("DstPutObjectNotPermitted");
        }
        if kms && now && !self.key_enabled {
            return Status::Failed("DstKmsKeyInvalidState");
        }
        let (encrypt, replica) = self.encrypt(key);
        if kms && self.decided(&encrypt, replica) != Verdict::Allowed {
            return Status::Failed("DstPutObjectNotPermitted");
        }
        Status::Completed
    }

    fn outcome(&self) -> Outcome {
        let dumps = self.attempt(&self.names.dump_key(), true, true);
        let arriving = dumps == Status::Completed && !self.dumps_arrived;
        Outcome {
            early: self.attempt("inbox/early.pdf", false, false),
            documents: self.attempt(&self.names.document_key(0), true, true),
            plain: self.attempt("legacy/scan.tif", false, true),
            dumps,
            dump: if arriving { Status::Pending } else { dumps },
        }
    }

    fn groups(&self, outcome: &Outcome) -> Vec<Group> {
        let names = self.names;
        let counted = names.counted();
        let before = hours(names.ruled, names.sealed);
        let after = hours(names.sealed, counted);
        let group = |kms, status, objects: u64, size: u64, first, last| Group {
            kms,
            status,
            objects,
            bytes: objects * size,
            first,
            last,
        };
        let minutes = TimeDelta::minutes;
        let oldest = names.ruled - TimeDelta::days(i64::try_from(300 + names.plain * 11).unwrap_or(300));
        vec![
            group(false, Status::None, names.old, names.document, oldest, names.ruled - minutes(2)),
            group(
                false,
                outcome.early,
                (names.documents + names.plain) * before - names.mishaps,
                names.document,
                names.ruled + minutes(3),
                names.sealed - minutes(1),
            ),
            group(
                false,
                Status::Failed("DstPutObjectNotPermitted"),
                names.mishaps,
                names.document,
                names.mishap + minutes(1),
                names.mishap + minutes(117),
            ),
            group(
                true,
                outcome.documents,
                names.documents * after,
                names.document,
                names.sealed + minutes(1),
                counted - minutes(1),
            ),
            group(
                true,
                outcome.dumps,
                names.dumps * (names.nights() - 1),
                names.dump,
                names.dumped() - TimeDelta::days(i64::try_from(names.nights()).unwrap_or(1) - 1),
                names.dumped() - TimeDelta::days(1) + minutes(22),
            ),
            group(true, outcome.dump, names.dumps, names.dump, names.dumped(), names.dumped() + minutes(22)),
            group(
                false,
                outcome.plain,
                names.plain * after,
                names.document,
                names.sealed + minutes(4),
                counted - minutes(3),
            ),
        ]
    }

    /// Failed operations in an hour that begins then.
    fn failed_in(&self, outcome: &Outcome, hour: NaiveDateTime) -> u64 {
        let names = self.names;
        let failed = |status: Status, count: u64| if matches!(status, Status::Failed(_)) { count } else { 0 };
        let dumps = if hour.hour() == 0 { names.dumps } else { 0 };
        failed(outcome.documents, names.documents + names.wave(hour) + dumps)
            + failed(outcome.plain, names.plain)
    }

    fn last_hours(&self) -> Vec<NaiveDateTime> {
        let end = self.names.now.date().and_hms_opt(self.names.now.hour(), 0, 0).unwrap_or_default();
        (1..=24).rev().map(|ago| end - TimeDelta::hours(ago)).collect()
    }
}

fn heads(scene: &mut Scene, facts: &Facts<'_>, outcome: &Outcome) {
    let names = facts.names;
    let mut pieces = Vec::new();
    let stored = names.ruled - TimeDelta::minutes(139_693);
    let old_key = format!("inbox/{}/{}.pdf", stored.format("%Y/%m/%d"), names.old_name);
    let seen = [
        (old_key, stored, names.document, false, Status::None, 0),
        (names.dump_key(), names.dumped(), names.dump, true, outcome.dump, 1),
    ];
    for (key, time, length, kms, status, index) in seen {
        let tag = Names::pick(&names.tags, index);
        // Parts of 512 MiB.
        let parts = length.div_ceil(512 << 20);
        let tag = if parts > 1 { format!("\"{tag}-{parts}\"") } else { format!("\"{tag}\"") };
        let kind = if kms { "binary/octet-stream" } else { "application/pdf" };
        let mut pairs = vec![
            ("AcceptRanges", text("bytes")),
            ("LastModified", text(&iso(time))),
            ("ContentLength", bare(length)),
            ("ETag", text(&tag)),
            ("VersionId", text(Names::pick(&names.versions, index))),
            ("ContentType", text(kind)),
            ("ServerSideEncryption", text(if kms { "aws:kms" } else { "AES256" })),
            ("Metadata", Json::Object(Vec::new())),
        ];
        if kms {
            pairs.push(("SSEKMSKeyId", text(&names.source_key_arn())));
        }
        if status != Status::None {
            pairs.push(("ReplicationStatus", text(status.word())));
        }
        let value = Json::Object(pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect());
        let shown_text = format!(
            "$ aws s3api head-object --bucket {} --key {key}\n{}\n$ aws s3api head-object --profile dr --bucket {} --key {key}\n\nAn error occurred (404) when calling the HeadObject operation: Not Found\n",
            names.source,
            value.pretty(4),
            names.dr,
        );
        pieces.push(shown(JsonText, shown_text));
    }
    let finding = match outcome.dump {
        Status::None => "no-status",
        Status::Pending => "pending",
        Status::Completed => "completed",
        Status::Failed(_) => "failed",
    };
    scene.show("heads", finding, pieces);
}

fn inventory(scene: &mut Scene, facts: &Facts<'_>, outcome: &Outcome) {
    let names = facts.names;
    let day = names.counted().format("%Y-%m-%d-%H-%M");
    let mut rows: Vec<Group> = Vec::new();
    for group in facts.groups(outcome) {
        match rows.iter_mut().find(|row| row.kms == group.kms && row.status.word() == group.status.word()) {
            Some(row) => {
                row.objects += group.objects;
                row.bytes += group.bytes;
                row.first = row.first.min(group.first);
                row.last = row.last.max(group.last);
            }
            None => rows.push(group),
        }
    }
    // Without a value a status is null, which Athena sorts last.
    rows.sort_by_key(|row| (!row.kms, row.status == Status::None, row.status.word()));
    let mut out = format!(
        "$ cat groups.sql\nSELECT encryption_status, replication_status, count(*) AS objects, sum(size) AS bytes,\n       date_format(min(last_modified_date), '%Y-%m-%d %H:%i') AS oldest, date_format(max(last_modified_date), '%Y-%m-%d %H:%i') AS newest\nFROM s3_inventory.{} WHERE dt = '{day}' AND is_latest AND NOT is_delete_marker\nGROUP BY 1, 2 ORDER BY 1, 2\n$ aws s3 cp s3://aws-athena-query-results-{}-{FROM}/{}.csv -\n\"encryption_status\",\"replication_status\",\"objects\",\"bytes\",\"oldest\",\"newest\"\n",
        names.source.replace('-', "_"),
        names.account,
        Names::pick(&names.ids, 0),
    );
    for row in &rows {
        let status = match row.status {
            Status::None => String::new(),
            status => format!("\"{}\"", status.word()),
        };
        let _ = writeln!(
            out,
            "\"{}\",{status},\"{}\",\"{}\",\"{}\",\"{}\"",
            if row.kms { "SSE-KMS" } else { "SSE-S3" },
            row.objects,
            row.bytes,
            row.first.format("%Y-%m-%d %H:%M"),
            row.last.format("%Y-%m-%d %H:%M"),
        );
    }
    let finding = match (outcome.documents, outcome.plain, outcome.dump) {
        (Status::Failed(_), Status::Failed(_), _) => "everything-new-failed",
        (Status::Failed(_), ..) => "kms-failed",
        (Status::None, ..) => "kms-never-tried",
        (.., Status::Pending) => "kms-pending",
        _ => "all-there",
    };
    scene.show("inventory", finding, vec![shown(Table, out)]);
}

fn rule(scene: &mut Scene, facts: &Facts<'_>) {
    let names = facts.names;
    let on = |name: &str| (name.to_owned(), Json::object([("Status", text("Enabled"))]));
    let mut destination = vec![
        ("Bucket".to_owned(), text(&names.dr_arn())),
        ("Account".to_owned(), text(&names.dr_account)),
        ("AccessControlTranslation".to_owned(), Json::object([("Owner", text("Destination"))])),
    ];
    if facts.selects_kms {
        let key = Json::object([("ReplicaKmsKeyID", text(&names.replica_key_arn()))]);
        destination.push(("EncryptionConfiguration".to_owned(), key));
    }
    destination.push(on("Metrics"));
    let mut rule = vec![
        ("ID".to_owned(), text(RULE)),
        ("Priority".to_owned(), bare(1)),
        ("Filter".to_owned(), Json::object([("Prefix", text(""))])),
        ("Status".to_owned(), text("Enabled")),
    ];
    if facts.selects_kms {
        rule.push(("SourceSelectionCriteria".to_owned(), Json::Object(vec![on("SseKmsEncryptedObjects")])));
    }
    rule.push(("Destination".to_owned(), Json::Object(destination)));
    rule.push(("DeleteMarkerReplication".to_owned(), Json::object([("Status", text("Disabled"))])));
    let value = Json::object([(
        "ReplicationConfiguration",
        Json::object([("Role", text(&names.role_arn())), ("Rules", Json::List(vec![Json::Object(rule)]))]),
    )]);
    let out = format!("$ aws s3api get-bucket-replication --bucket {}\n{}\n", names.source, value.pretty(4));
    let finding = if facts.selects_kms { "takes-kms-objects" } else { "leaves-kms-objects-out" };
    scene.show("rule", finding, vec![shown(JsonText, out)]);
}

fn versioning(scene: &mut Scene, facts: &Facts<'_>) {
    let names = facts.names;
    let mut out = String::new();
    for (bucket, on) in [(&names.source, true), (&names.dr, facts.versioned)] {
        let status = Json::object([("Status", text(if on { "Enabled" } else { "Suspended" }))]);
        let _ = writeln!(out, "$ aws s3api get-bucket-versioning --bucket {bucket}\n{}", status.pretty(4));
    }
    let finding = if facts.versioned { "both-enabled" } else { "suspended-in-dr" };
    scene.show("versioning", finding, vec![shown(JsonText, out)]);
}

fn role(scene: &mut Scene, facts: &Facts<'_>) {
    let names = facts.names;
    let trust = Statement::allow("", &["sts:AssumeRole"], &[]).to_kind("Service", "s3.amazonaws.com");
    let value = Json::object([
        ("RoleName", text(names.role)),
        ("PolicyName", text("replicate")),
        ("PolicyDocument", facts.role_policy().json()),
    ]);
    let out = format!(
        "$ aws iam get-role --role-name {} --query Role.AssumeRolePolicyDocument\n{}\n$ aws iam list-attached-role-policies --role-name {} --output text\n$ aws iam list-role-policies --role-name {} --output text\nPOLICYNAMES\treplicate\n$ aws iam get-role-policy --role-name {} --policy-name replicate\n{}\n",
        names.role,
        Policy::new(vec![trust]).json().pretty(4),
        names.role,
        names.role,
        names.role,
        value.pretty(4),
    );
    let (request, _) = facts.encrypt(&names.dump_key());
    let open = Policy::new(vec![Statement::allow("", &["kms:*"], &["*"]).to(&[&names.role_arn()])]);
    let open = Attached::new(Kind::Key, "open", &names.dr_account, open);
    let encrypts = facts.decided(&request, Some(open)) == Verdict::Allowed;
    let finding = match (facts.may_read(&names.dump_key(), true), encrypts) {
        (true, true) => "reads-decrypts-encrypts",
        (true, false) => "does-not-encrypt",
        (false, _) => "reads-plain-objects-only",
    };
    scene.show("role", finding, vec![shown(JsonText, out)]);
}

fn dr_bucket(scene: &mut Scene, facts: &Facts<'_>) {
    let names = facts.names;
    let out = format!(
        "$ aws s3api get-bucket-policy --profile dr --bucket {} --query Policy --output text | jq --indent 4 .\n{}\n$ aws s3api get-bucket-ownership-controls --profile dr --bucket {} --query 'OwnershipControls.Rules[].ObjectOwnership' --output text\nBucketOwnerEnforced\n",
        names.dr,
        facts.dr_policy(true).json().pretty(4),
        names.dr,
    );
    let lets_in = facts.may_write(&names.dump_key(), true);
    let finding = if lets_in { "lets-replicas-in" } else { "says-nothing-of-replicas" };
    scene.show("dr-bucket-policy", finding, vec![shown(JsonText, out)]);
}

fn dr_key(scene: &mut Scene, facts: &Facts<'_>) {
    let names = facts.names;
    let state = if facts.key_enabled { "Enabled" } else { "Disabled" };
    let out = format!(
        "$ aws kms describe-key --profile dr --region {TO} --key-id {} --query 'KeyMetadata.[Arn,KeyManager,KeySpec,KeyState]' --output text\n{}\tCUSTOMER\tSYMMETRIC_DEFAULT\t{state}\n$ aws kms get-key-policy --profile dr --region {TO} --key-id {} --query Policy --output text | jq --indent 4 .\n{}\n",
        names.replica_key,
        names.replica_key_arn(),
        names.replica_key,
        facts.key_policy().json().pretty(4),
    );
    let finding = match (facts.key_enabled, facts.key_lets_in) {
        (false, _) => "disabled",
        (true, true) => "usable-from-prod",
        (true, false) => "own-account-only",
    };
    scene.show("dr-key", finding, vec![shown(JsonText, out)]);
}

fn kms_events(scene: &mut Scene, facts: &Facts<'_>) {
    let names = facts.names;
    let (decrypt, source) = facts.decrypt(&names.document_key(0));
    let (encrypt, replica) = facts.encrypt(&names.document_key(0));
    let failed = |request: &Request, other: Option<Attached>| {
        let (world, verdict) = facts.world(request, other);
        (verdict != Verdict::Allowed)
            .then(|| error_message(request, &decide(&world, request), None))
            .flatten()
            .map(|message| ("AccessDenied", message))
    };
    // An object that is not read, or may not be written, is not encrypted either.
    let tried = facts.selects_kms && facts.versioned && facts.may_read(&names.document_key(0), true);
    let decrypting = if tried { failed(&decrypt, source) } else { None };
    let encrypting = if !tried || !facts.may_write(&names.document_key(0), true) {
        None
    } else if !facts.key_enabled {
        Some(("DisabledException", format!("{} is disabled.", names.replica_key_arn())))
    } else {
        failed(&encrypt, replica)
    };
    let mut out = String::new();
    for (region, action, error) in [(FROM, "Decrypt", &decrypting), (TO, "Encrypt", &encrypting)] {
        let _ = writeln!(
            out,
            "$ aws cloudtrail lookup-events --region {region} --lookup-attributes AttributeKey=EventName,AttributeValue={action} --start-time {} --query 'reverse(Events)[].CloudTrailEvent' --output json | jq -c '.[] | fromjson | select(.userIdentity.arn | test(\"/{}/\")) | select(.errorCode) | [.eventTime, .eventName, .errorCode, .errorMessage]' | tail -n 3",
            stamp(names.now - TimeDelta::hours(2)),
            names.role,
        );
        if let Some((code, message)) = error {
            for (minutes, hour) in [(31, 5), (19, 6), (8, 7)] {
                let wave = names.waves.get(hour).copied().and_then(|wave| i64::try_from(wave).ok());
                let time = names.now - TimeDelta::seconds(60 * minutes + 4 * wave.unwrap_or(0));
                let row = serde_json::json!([stamp(time), action, code, message]);
                let _ = writeln!(out, "{row}");
            }
        }
    }
    let finding = match (&decrypting, &encrypting) {
        (Some(_), _) => "decrypt-denied",
        (None, Some(("DisabledException", _))) => "key-disabled",
        (None, Some((_, message))) if message.contains("no identity-based policy") => "role-may-not-encrypt",
        (None, Some(_)) => "key-does-not-let-in",
        (None, None) => "no-call-failed",
    };
    scene.show("kms-events", finding, vec![shown(Log, out)]);
}

fn failure_events(scene: &mut Scene, facts: &Facts<'_>, outcome: &Outcome) {
    let names = facts.names;
    let waiting: u64 = facts
        .last_hours()
        .into_iter()
        .filter(|hour| *hour >= names.watched)
        .map(|hour| facts.failed_in(outcome, hour))
        .sum();
    let queue = format!("https://sqs.{FROM}.amazonaws.com/{}/replication-failures", names.account);
    let mut out = format!(
        "$ aws sqs get-queue-attributes --queue-url {queue} --attribute-names CreatedTimestamp ApproximateNumberOfMessages --query 'Attributes.[CreatedTimestamp,ApproximateNumberOfMessages]' --output text\n{}\t{waiting}\n$ aws sqs receive-message --queue-url {queue} --max-number-of-messages 1 --query 'Messages[].Body' --output text | jq --indent 4 '.Records[0] | del(.responseElements)'\n",
        names.watched.and_utc().timestamp(),
    );
    let reason = match outcome.documents {
        Status::Failed(reason) => Some(reason),
        _ => None,
    };
    if let Some(reason) = reason {
        let time = names.watched + TimeDelta::minutes(73);
        let millis =
            |time: NaiveDateTime, millis: u64| format!("{}.{millis:03}Z", time.format("%Y-%m-%dT%H:%M:%S"));
        let key = format!(
            "inbox/{}/{}.pdf",
            time.format("%Y/%m/%d"),
            Names::pick(&names.tags, 2).get(..10).unwrap_or_default()
        );
        let record = Json::object([
            ("eventVersion", text("2.2")),
            ("eventSource", text("aws:s3")),
            ("awsRegion", text(FROM)),
            ("eventTime", text(&millis(time + TimeDelta::seconds(34), names.document % 1000))),
            ("eventName", text("Replication:OperationFailedReplication")),
            ("userIdentity", Json::object([("principalId", text("s3.amazonaws.com"))])),
            ("requestParameters", Json::object([("sourceIPAddress", text("s3.amazonaws.com"))])),
            (
                "s3",
                Json::object([
                    ("s3SchemaVersion", text("1.0")),
                    ("configurationId", text("replication-failures")),
                    (
                        "bucket",
                        Json::object([
                            ("name", text(&names.source)),
                            ("ownerIdentity", Json::object([("principalId", text(&names.account))])),
                            ("arn", text(&names.source_arn())),
                        ]),
                    ),
                    (
                        "object",
                        Json::object([
                            ("key", text(&key)),
                            ("size", bare(names.document)),
                            ("eTag", text(Names::pick(&names.tags, 2))),
                            ("versionId", text(Names::pick(&names.versions, 2))),
                            (
                                "sequencer",
                                text(
                                    &Names::pick(&names.tags, 3).get(..18).unwrap_or_default().to_uppercase(),
                                ),
                            ),
                        ]),
                    ),
                ]),
            ),
            (
                "replicationEventData",
                Json::object([
                    ("replicationRuleId", text(RULE)),
                    ("destinationBucket", text(&names.dr_arn())),
                    ("s3Operation", text("OBJECT_PUT")),
                    ("requestTime", text(&millis(time, names.dump % 1000))),
                    ("failureReason", text(reason)),
                ]),
            ),
        ]);
        let _ = writeln!(out, "{}", record.pretty(4));
    }
    scene.show("failure-events", reason.unwrap_or("none"), vec![shown(JsonText, out)]);
}

fn metrics(scene: &mut Scene, facts: &Facts<'_>, outcome: &Outcome) {
    let names = facts.names;
    let hours: Vec<NaiveDateTime> =
        facts.last_hours().into_iter().filter(|hour| *hour >= names.watched).collect();
    let pending = |hour: &NaiveDateTime| match outcome.dump {
        Status::Pending if *hour >= names.counted() => names.dumps,
        Status::Pending if hour.date() == names.now.date() => names.dumps + 2,
        _ => names.wave(*hour) / 4,
    };
    let latency = |hour: &NaiveDateTime| match outcome.dump {
        Status::Pending if hour.date() == names.now.date() => {
            u64::try_from((*hour + TimeDelta::hours(1) - names.dumped()).num_seconds()).unwrap_or(0)
        }
        _ => 13 + 3 * names.wave(*hour),
    };
    let columns: Vec<(&str, &str, &str, &str, Vec<u64>)> = vec![
        (
            "OperationsFailedReplication",
            FROM,
            "Sum",
            "Count",
            hours.iter().map(|hour| facts.failed_in(outcome, *hour)).collect(),
        ),
        ("OperationsPendingReplication", TO, "Maximum", "Count", hours.iter().map(pending).collect()),
        ("ReplicationLatency", TO, "Maximum", "Seconds", hours.iter().map(latency).collect()),
    ];
    let (Some(first), Some(last)) = (hours.first(), hours.last()) else { return };
    let mut out = format!(
        "$ m() {{ aws cloudwatch get-metric-statistics --region $2 --namespace AWS/S3 --metric-name $1 --dimensions Name=SourceBucket,Value={} Name=DestinationBucket,Value={} Name=RuleId,Value={RULE} --start-time {} --end-time {} --period 3600 --statistics $3 --query \"sort_by(Datapoints,&Timestamp)[].[Timestamp,$3]\" --output text; }}\n$ paste <(m OperationsFailedReplication {FROM} Sum) <(m OperationsPendingReplication {TO} Maximum | cut -f2) <(m ReplicationLatency {TO} Maximum | cut -f2)\n",
        names.source,
        names.dr,
        stamp(*first),
        stamp(*last + TimeDelta::hours(1)),
    );
    for (index, hour) in hours.iter().enumerate() {
        out.push_str(&iso(*hour));
        for (.., points) in &columns {
            let _ = write!(out, "\t{}.0", points.get(index).copied().unwrap_or(0));
        }
        out.push('\n');
    }
    let failing = hours.iter().any(|hour| facts.failed_in(outcome, *hour) > 0);
    let finding = match (failing, outcome.dump) {
        (true, _) => "operations-fail",
        (false, Status::Pending) => "some-are-under-way",
        _ => "quiet",
    };
    scene.show("metrics", finding, vec![shown(Metric, out)]);
    if let Some(view) = scene.views.get_mut("metrics") {
        for (name, _, _, unit, points) in columns {
            view.series.push(Series {
                name: name.to_owned(),
                unit: unit.to_owned(),
                start: stamp(*first),
                step_seconds: 3600,
                points: points.into_iter().map(|point| point as f64).collect(),
            });
        }
    }
}

fn changes(scene: &mut Scene, facts: &Facts<'_>) {
    let names = facts.names;
    let minutes = TimeDelta::minutes;
    let (admin, dr_admin) = (names.admin, names.dr_admin);
    let mut own = vec![
        (names.ruled, "PutBucketReplication", admin, ""),
        (names.sealed, "PutBucketEncryption", admin, ""),
        (names.watched - minutes(6), "PutBucketReplication", admin, ""),
        (names.watched, "PutBucketNotification", admin, ""),
    ];
    if facts.selects_kms {
        own.insert(1, (names.sealed - minutes(26), "PutBucketReplication", admin, ""));
    }
    let roles = [
        (names.ruled - minutes(11), "PutRolePolicy", admin, ""),
        (names.sealed - minutes(34), "PutRolePolicy", admin, ""),
    ];
    let change = if !facts.bucket_lets_in {
        ("PutBucketPolicy", "")
    } else if !facts.versioned {
        ("PutBucketVersioning", "Suspended")
    } else if !facts.key_enabled {
        ("DisableKey", "")
    } else {
        ("PutBucketLifecycle", "")
    };
    let theirs = [
        (names.ruled - minutes(19), "PutBucketPolicy", dr_admin, ""),
        (names.mishap, "PutBucketPolicy", dr_admin, ""),
        (names.mishap + minutes(118), "PutBucketPolicy", dr_admin, ""),
        (names.changed, change.0, dr_admin, change.1),
    ];
    let mut out = String::new();
    let mine = |name: &str| format!("test(\"{name}\")");
    let dr = format!("{}|{}", names.dr, names.replica_key);
    for (profile, region, of, rows) in [
        ("prod", FROM, mine(&names.source), own.as_slice()),
        ("prod", "us-east-1", mine(&format!("\\\"{}\\\"", names.role)), &roles),
        ("dr", TO, mine(&dr), &theirs),
    ] {
        let _ = writeln!(
            out,
            "$ aws cloudtrail lookup-events --profile {profile} --region {region} --start-time {} --lookup-attributes AttributeKey=ReadOnly,AttributeValue=false --query 'reverse(Events)[].CloudTrailEvent' --output json | jq -r '.[] | fromjson | select(.requestParameters | tostring | {of}) | [.eventTime, .eventName, (.userIdentity.arn | split(\"/\") | last), .requestParameters.VersioningConfiguration.Status // \"\"] | @tsv'",
            stamp(names.ruled - TimeDelta::days(1)),
        );
        for (time, name, user, status) in rows {
            let _ = writeln!(out, "{}\t{name}\t{user}\t{status}", stamp(*time));
        }
    }
    let finding = match (change.0, facts.selects_kms) {
        ("PutBucketPolicy", _) => "policy-changed-in-dr",
        ("PutBucketVersioning", _) => "versioning-suspended-in-dr",
        ("DisableKey", _) => "key-disabled-in-dr",
        (_, true) => "nothing-relevant-in-dr",
        (_, false) => "rule-not-extended",
    };
    scene.show("changes", finding, vec![shown(Command, out)]);
}
