//! I13: a role that lists a bucket of another account but reads nothing: a deny of the organization, and another behind it.
//!
//! Rules: across accounts both sides have to allow, each within its own account's policies (IAM User Guide, "Cross-account
//! policy evaluation logic"); an SCP bounds the principals of the accounts below it, an RCP their resources (AWS
//! Organizations User Guide, "SCP evaluation", "RCP evaluation"); Amazon S3 names the kind of policy to callers of the
//! account or the organization, others read `Access Denied` (Amazon S3 User Guide, "Troubleshoot access denied (403
//! Forbidden) errors"); objects under a customer managed key are opened with the caller's own right to decrypt (AWS KMS
//! Developer Guide, "Allowing users in other accounts to use a KMS key"), and a request denied there is logged in the
//! caller's account only (ibid., "Logging AWS KMS API calls with AWS CloudTrail").

use std::fmt::Write as _;

use chrono::{NaiveDate, NaiveDateTime, TimeDelta};

use super::{Scene, World, shown};
use crate::cloud::Draw;
use crate::cloud::iam::{
    self, Attached, Barrier, Block, Bucket, Context, Kind, Object, Ownership, Policy, Principal, Request,
    Sealed, Statement, Verdict, Visit, cloudtrail_event, decide, error_message, look, object_access,
};
use crate::model::EvidenceType::{Command, Json, Log};

pub(super) const WORLD: World = World {
    id: "I13",
    version: 1,
    causes: &[
        "two-denies",
        "scp-only",
        "key-policy-only",
        "key-and-role",
        "role-decrypt",
        "owner-rcp",
        "bucket-prefix",
        "object-writer",
    ],
    build,
};

/// Where both accounts work; the bucket is elsewhere.
const HOME: &str = "ap-northeast-1";
const BREAK_GLASS: &str = "OrgBreakGlass";

/// What is drawn before the cause is looked at.
struct Names {
    caller: String,
    owner: String,
    /// The account of another team that reads the bucket.
    other_reader: String,
    /// The account of the supplier that delivers the files.
    supplier: String,
    organization: String,
    root: String,
    caller_unit: String,
    owner_unit: String,
    scp: String,
    owner_scp: String,
    rcp: String,
    team: &'static str,
    role: String,
    /// The instance the job runs on, which names its sessions.
    instance: String,
    bucket: String,
    region: &'static str,
    key: String,
    dataset: &'static str,
    admin: &'static str,
    objects: u32,
    bytes: u64,
    etag: String,
    address: String,
    ids: Vec<String>,
    /// When the job first ran.
    started: NaiveDateTime,
    /// When the platform engineer tried.
    tried: NaiveDateTime,
}

/// The world: what each policy says.
struct Facts<'a> {
    names: &'a Names,
    /// The guardrail over the caller's account approves of the bucket's Region.
    region_approved: bool,
    /// The key's policy lets the caller's account decrypt.
    key_lets_in: bool,
    /// The role's own policy allows to decrypt.
    role_may_decrypt: bool,
    /// The RCP over the owner's account lists the caller's among its readers.
    listed_reader: bool,
    /// The bucket's policy is about the prefix that the job reads.
    right_prefix: bool,
    /// The bucket's owner owns the objects.
    owner_owns: bool,
}

/// Who reads.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Who {
    Job,
    BreakGlass,
}

/// How a read ends: nothing, or the message.
struct Attempt {
    finding: &'static str,
    message: Option<String>,
    /// The denied request to KMS, where S3 came so far.
    at_the_key: bool,
}

/// How the reads end that somebody tried: the job's of the first objects, the engineer's of the first.
struct Reads {
    job: Vec<Attempt>,
    glass: Attempt,
}

impl Reads {
    fn job(&self) -> &'static str {
        self.job.first().map_or("", |attempt| attempt.finding)
    }
}

fn build(draw: &mut Draw, cause: &str) -> Scene {
    let names = names(draw);
    let mut facts = Facts {
        names: &names,
        region_approved: true,
        key_lets_in: true,
        role_may_decrypt: true,
        listed_reader: true,
        right_prefix: true,
        owner_owns: true,
    };
    match cause {
        "scp-only" => facts.region_approved = false,
        "key-policy-only" => facts.key_lets_in = false,
        "key-and-role" => {
            facts.key_lets_in = false;
            facts.role_may_decrypt = false;
        }
        "role-decrypt" => facts.role_may_decrypt = false,
        "owner-rcp" => facts.listed_reader = false,
        "bucket-prefix" => facts.right_prefix = false,
        "object-writer" => facts.owner_owns = false,
        _ => {
            facts.region_approved = false;
            facts.key_lets_in = false;
        }
    }
    let mut scene = Scene::default();
    for (name, value) in [
        ("caller", names.caller.clone()),
        ("owner", names.owner.clone()),
        ("role", names.role.clone()),
        ("bucket", names.bucket.clone()),
        ("prefix", names.dataset.to_owned()),
        ("region", names.region.to_owned()),
        ("key", names.key.clone()),
        ("organization", names.organization.clone()),
        ("time", names.started.format("%H:%M").to_string()),
    ] {
        scene.name(name, value);
    }
    let reads = Reads {
        job: (0..3).map(|index| facts.read(Who::Job, index)).collect(),
        glass: facts.read(Who::BreakGlass, 0),
    };
    job_log(&mut scene, &facts, &reads);
    identity(&mut scene, &facts);
    error(&mut scene, &facts, &reads);
    role_policy(&mut scene, &facts);
    simulator(&mut scene, &facts);
    bucket_policy(&mut scene, &facts);
    object(&mut scene, &facts);
    key_policy(&mut scene, &facts);
    caller_scps(&mut scene, &facts);
    owner_policies(&mut scene, &facts);
    break_glass(&mut scene, &facts, &reads);
    trail(&mut scene, &facts, &reads);
    scene
}

/// Letters and digits as in the ids of AWS Organizations.
fn word(draw: &mut Draw, letters: usize) -> String {
    const ALPHABET: &[u8] = b"abcdefghijklmnopqrstuvwxyz0123456789";
    (0..letters).map(|_| char::from(*draw.pick(ALPHABET))).collect()
}

fn uuid(draw: &mut Draw) -> String {
    [8, 4, 4, 4, 12].map(|digits| draw.hex(digits)).join("-")
}

fn names(draw: &mut Draw) -> Names {
    let day = NaiveDate::from_ymd_opt(2026, draw.int(2, 10), draw.int(3, 27)).unwrap_or_default();
    let started = day.and_hms_opt(draw.int(1, 6), draw.int(0, 59), draw.int(2, 50)).unwrap_or_default();
    let first = draw.number(100_000_000_000, 500_000_000_000);
    // Different accounts, whatever is drawn.
    let account = |draw: &mut Draw, part: u64| {
        format!("{:012}", first + part * 100_000_000_000 + draw.number(0, 99_999_999_999))
    };
    let team = *draw.pick(&["risk", "pricing", "forecast", "billing", "insight"]);
    let root = word(draw, 4);
    let unit = |draw: &mut Draw| format!("ou-{root}-{}", word(draw, 8));
    Names {
        caller: account(draw, 0),
        owner: account(draw, 1),
        other_reader: account(draw, 2),
        supplier: account(draw, 3),
        organization: format!("o-{}", word(draw, 10)),
        caller_unit: unit(draw),
        owner_unit: unit(draw),
        root: format!("r-{root}"),
        scp: format!("p-{}", word(draw, 8)),
        owner_scp: format!("p-{}", word(draw, 8)),
        rcp: format!("p-{}", word(draw, 8)),
        team,
        role: format!("{team}-export-reader"),
        instance: format!("i-0{}", draw.hex(16)),
        bucket: format!(
            "{}-exports-{}",
            draw.pick(&["meter", "fleet", "clinic", "retail", "warehouse"]),
            word(draw, 6)
        ),
        region: *draw.pick(&["ap-southeast-1", "ap-southeast-2", "us-west-2", "eu-west-1"]),
        key: uuid(draw),
        dataset: *draw.pick(&["daily", "hourly", "ledger", "readings"]),
        admin: *draw.pick(&["kevin.lin", "amy.chen", "jason.wu", "sandy.hsu"]),
        objects: draw.int(24, 96),
        bytes: draw.number(3_000_000, 90_000_000),
        etag: draw.hex(32),
        address: format!("10.{}.{}.{}", draw.int(20, 90), draw.int(0, 60), draw.int(10, 250)),
        ids: (0..24).map(|_| uuid(draw)).collect(),
        tried: started + TimeDelta::minutes(draw.int(61, 170)),
        started,
    }
}

fn stamp(time: NaiveDateTime) -> String {
    time.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

fn root_of(account: &str) -> String {
    format!("arn:aws:iam::{account}:root")
}

impl Names {
    fn object(&self, index: u32) -> String {
        let day = (self.started - TimeDelta::days(1)).format("%Y-%m-%d");
        format!("{}/{day}/part-{index:05}.parquet", self.dataset)
    }

    fn bucket_arn(&self) -> String {
        format!("arn:aws:s3:::{}", self.bucket)
    }

    fn object_arn(&self, index: u32) -> String {
        format!("{}/{}", self.bucket_arn(), self.object(index))
    }

    fn key_arn(&self) -> String {
        format!("arn:aws:kms:{}:{}:key/{}", self.region, self.owner, self.key)
    }

    fn principal(&self, who: Who) -> Principal {
        match who {
            Who::Job => Principal::session(&self.caller, &self.role, &self.instance),
            Who::BreakGlass => Principal::session(&self.caller, BREAK_GLASS, self.admin),
        }
    }

    fn id(&self, index: usize) -> &str {
        self.ids.get(index).map_or("", String::as_str)
    }
}

impl Facts<'_> {
    fn full_access() -> Policy {
        Policy::new(vec![Statement::allow("", &["*"], &["*"])])
    }

    /// The guardrail over the caller's account.
    fn guardrail(&self) -> Policy {
        let mut regions = vec![HOME, "us-east-1"];
        if self.region_approved {
            regions.push(self.names.region);
        }
        let statement =
            Statement::deny("ObjectsInApprovedRegions", &["s3:GetObject", "s3:PutObject"], &["*"])
                .when("StringNotEquals", "aws:RequestedRegion", &regions)
                .when("ArnNotLike", "aws:PrincipalArn", &[&format!("arn:aws:iam::*:role/{BREAK_GLASS}")]);
        Policy::new(vec![statement])
    }

    /// What the owner's people are bound by; the caller is not one of them.
    fn owner_guardrail() -> Policy {
        Policy::new(vec![Statement::deny("StayInOrganization", &["organizations:LeaveOrganization"], &["*"])])
    }

    /// The bounds of the owner's resources.
    fn perimeter(&self) -> Policy {
        let names = self.names;
        let mut readers = vec![names.owner.as_str(), &names.other_reader];
        if self.listed_reader {
            readers.push(&names.caller);
        }
        let not_a_service =
            |statement: Statement| statement.when("BoolIfExists", "aws:PrincipalIsAWSService", &["false"]);
        let outside = Statement::deny("OnlyThisOrganization", &["s3:*", "kms:*"], &["*"]).to(&["*"]).when(
            "StringNotEqualsIfExists",
            "aws:PrincipalOrgID",
            &[&names.organization],
        );
        let unlisted = Statement::deny(
            "ExportsToListedReaders",
            &["s3:GetObject"],
            &[&format!("{}/*", names.bucket_arn())],
        )
        .to(&["*"])
        .when("StringNotEquals", "aws:PrincipalAccount", &readers);
        Policy::new(vec![not_a_service(outside), not_a_service(unlisted)])
    }

    fn of_bucket(&self) -> Policy {
        let names = self.names;
        let readers = [root_of(&names.other_reader), root_of(&names.caller)];
        let readers: Vec<&str> = readers.iter().map(String::as_str).collect();
        let prefix = if self.right_prefix { names.dataset } else { "monthly" };
        Policy::new(vec![
            Statement::allow("ReadersList", &["s3:ListBucket"], &[&names.bucket_arn()]).to(&readers),
            Statement::allow(
                "ReadersGet",
                &["s3:GetObject"],
                &[&format!("{}/{prefix}/*", names.bucket_arn())],
            )
            .to(&readers),
        ])
    }

    fn of_key(&self) -> Policy {
        let names = self.names;
        let mut readers = vec![root_of(&names.other_reader)];
        if self.key_lets_in {
            readers.push(root_of(&names.caller));
        }
        let readers: Vec<&str> = readers.iter().map(String::as_str).collect();
        let via = format!("s3.{}.amazonaws.com", names.region);
        Policy::new(vec![
            Statement::allow("OwnAccount", &["kms:*"], &["*"]).to(&[&root_of(&names.owner)]),
            Statement::allow("ReadersDecrypt", &["kms:Decrypt"], &["*"]).to(&readers).when(
                "StringEquals",
                "kms:ViaService",
                &[&via],
            ),
        ])
    }

    fn of_role(&self) -> Policy {
        let names = self.names;
        let mut statements = vec![
            Statement::allow("List", &["s3:ListBucket"], &[&names.bucket_arn()]),
            Statement::allow("Get", &["s3:GetObject"], &[&format!("{}/*", names.bucket_arn())]),
        ];
        if self.role_may_decrypt {
            statements.push(Statement::allow("Decrypt", &["kms:Decrypt"], &[&names.key_arn()]));
        }
        Policy::new(statements)
    }

    /// What bears on a read besides the bucket's and the key's policies.
    fn policies(&self, who: Who) -> Vec<Attached> {
        let names = self.names;
        let scp = |place: &str, policy| Attached::new(Kind::Scp, "", &names.caller, policy).at(place);
        let own = if who == Who::Job { self.of_role() } else { Self::full_access() };
        vec![
            scp("root", Self::full_access()),
            scp("unit", Self::full_access()),
            scp("unit", self.guardrail()),
            scp("account", Self::full_access()),
            Attached::new(Kind::Scp, "", &names.owner, Self::owner_guardrail()).at("unit"),
            Attached::new(Kind::Rcp, "", &names.owner, self.perimeter()).at("unit"),
            Attached::new(Kind::Identity, "", &names.caller, own),
        ]
    }

    fn context(&self) -> Context {
        Context::default()
            .with("aws:RequestedRegion", self.names.region)
            .with("aws:PrincipalOrgID", &self.names.organization)
            .with("aws:PrincipalIsAWSService", "false")
    }

    fn request(&self, who: Who, action: &str, resource: &str) -> Request {
        let names = self.names;
        let request = Request::new(names.principal(who), action, resource, &names.owner);
        let context = self.context();
        let with = context.iter().fold(request, |request, (key, values)| {
            request.with(key, values.first().map_or("", String::as_str))
        });
        if action.starts_with("kms:") {
            with.with("kms:ViaService", &format!("s3.{}.amazonaws.com", names.region))
                .with("kms:CallerAccount", &names.caller)
        } else {
            with.with("aws:SourceIp", &names.address)
        }
    }

    /// A request decided by the bucket's policy, or by the key's for KMS.
    fn decision(&self, who: Who, request: &Request) -> iam::Decision {
        let names = self.names;
        let mut policies = self.policies(who);
        policies.push(if request.action.starts_with("kms:") {
            Attached::new(Kind::Key, "", &names.owner, self.of_key())
        } else {
            Attached::new(Kind::Resource, "", &names.owner, self.of_bucket())
        });
        decide(&iam::World { policies, ..iam::World::default() }, request)
    }

    /// A read of an object.
    fn read(&self, who: Who, index: u32) -> Attempt {
        let names = self.names;
        let bucket = Bucket {
            name: names.bucket.clone(),
            account: names.owner.clone(),
            region: names.region.to_owned(),
            policy: Some(self.of_bucket()),
            block: BLOCKED,
            ownership: if self.owner_owns { Ownership::Enforced } else { Ownership::Writer },
        };
        let sealed =
            Sealed::Key { arn: names.key_arn(), account: names.owner.clone(), policy: self.of_key() };
        let object = Object {
            key: names.object(index),
            writer: if self.owner_owns { names.owner.clone() } else { names.supplier.clone() },
            acl: Vec::new(),
            sealed,
        };
        let visit = Visit {
            caller: names.principal(who),
            policies: self.policies(who),
            endpoint: None,
            address: Some(names.address.clone()),
            context: self.context(),
            presigned: None,
            at: names.started.and_utc(),
        };
        let denied = |action: &str, resource: &str| {
            let request = self.request(who, action, resource);
            error_message(&request, &self.decision(who, &request), None)
        };
        match object_access(&bucket, &object, &visit) {
            Ok(()) => Attempt { finding: "reads", message: None, at_the_key: false },
            Err(Barrier::Policy(kind, verdict)) => Attempt {
                finding: match (kind, verdict) {
                    (Kind::Scp, Verdict::ExplicitDeny) => "scp-denies",
                    (Kind::Rcp, Verdict::ExplicitDeny) => "rcp-denies",
                    (Kind::Resource, _) => "bucket-does-not-allow",
                    _ => "denied",
                },
                message: denied("s3:GetObject", &names.object_arn(index)),
                at_the_key: false,
            },
            Err(Barrier::Key(kind, _)) => Attempt {
                finding: if kind == Kind::Key { "key-does-not-allow" } else { "role-may-not-decrypt" },
                message: denied("kms:Decrypt", &names.key_arn()),
                at_the_key: true,
            },
            // The object is an account's outside the organization: no more is said.
            Err(_) => Attempt {
                finding: "plain-denied",
                message: Some("Access Denied".to_owned()),
                at_the_key: false,
            },
        }
    }

    /// What `head-object` and `get-object` say of the first object.
    fn described(&self) -> String {
        let names = self.names;
        let written = names.started - TimeDelta::minutes(97);
        let text = iam::Json::text;
        iam::Json::object([
            ("AcceptRanges", text("bytes")),
            ("LastModified", text(&format!("{}+00:00", written.format("%Y-%m-%dT%H:%M:%S")))),
            ("ContentLength", iam::Json::Bare(names.bytes.to_string())),
            ("ETag", text(&format!("\"{}\"", names.etag))),
            ("ContentType", text("binary/octet-stream")),
            ("ServerSideEncryption", text("aws:kms")),
            ("Metadata", iam::Json::Object(Vec::new())),
            ("SSEKMSKeyId", text(&names.key_arn())),
        ])
        .pretty(4)
    }

    /// A read as the AWS CLI shows it.
    fn shell_read(&self, attempt: &Attempt) -> String {
        let names = self.names;
        let mut text = format!(
            "$ aws s3api get-object --region {} --bucket {} --key {} /tmp/part\n",
            names.region,
            names.bucket,
            names.object(0)
        );
        let _ = match &attempt.message {
            None => writeln!(text, "{}", self.described()),
            Some(message) => writeln!(
                text,
                "\nAn error occurred (AccessDenied) when calling the GetObject operation: {message}"
            ),
        };
        text
    }
}

const BLOCKED: Block = Block {
    block_public_acls: true,
    ignore_public_acls: true,
    block_public_policy: true,
    restrict_public_buckets: true,
};

fn job_log(scene: &mut Scene, facts: &Facts<'_>, reads: &Reads) {
    let names = facts.names;
    let listed = facts.decision(Who::Job, &facts.request(Who::Job, "s3:ListBucket", &names.bucket_arn()));
    let at = |millis: i64| {
        (names.started + TimeDelta::milliseconds(millis)).format("%Y-%m-%d %H:%M:%S,%3f").to_string()
    };
    let prefix: String = names.object(0).split("part-").next().unwrap_or_default().to_owned();
    let unit = format!("{}-import.service", names.team);
    let mut text = format!("$ journalctl -u {unit} -o cat --no-pager\n");
    let _ = writeln!(text, "{} INFO  start region={}", at(310), names.region);
    let finding = if listed.verdict == Verdict::Allowed {
        let _ = writeln!(
            text,
            "{} INFO  listed s3://{}/{prefix} objects={}",
            at(1_180),
            names.bucket,
            names.objects
        );
        "lists-reads-none"
    } else {
        let _ = writeln!(text, "{} ERROR list code=AccessDenied status=403", at(1_180));
        "lists-nothing"
    };
    let mut read = 0;
    for (index, attempt) in (0u32..).zip(&reads.job) {
        let key = names.object(index);
        let time = at(2_000 + i64::from(index) * 140);
        let _ = match attempt.message {
            None => writeln!(text, "{time} INFO  get key={key}"),
            Some(_) => writeln!(text, "{time} ERROR get key={key} code=AccessDenied status=403"),
        };
        read += u32::from(attempt.message.is_none());
    }
    let _ = writeln!(
        text,
        "{} FATAL first 3 objects failed, {read} of {} read, giving up",
        at(2_510),
        names.objects
    );
    scene.show("job-log", finding, vec![shown(Log, text)]);
}

fn identity(scene: &mut Scene, facts: &Facts<'_>) {
    let names = facts.names;
    let role_id: String = names.id(0).to_uppercase().chars().filter(|c| *c != '-').take(17).collect();
    let value = iam::Json::object([
        ("UserId", iam::Json::text(&format!("AROA{role_id}:{}", names.instance))),
        ("Account", iam::Json::text(&names.caller)),
        ("Arn", iam::Json::text(&names.principal(Who::Job).arn())),
    ]);
    let text = format!("$ sudo -u {} aws sts get-caller-identity\n{}\n", names.team, value.pretty(4));
    scene.show("identity", "the-role", vec![shown(Command, text)]);
}

fn error(scene: &mut Scene, facts: &Facts<'_>, reads: &Reads) {
    let names = facts.names;
    let read = reads.job.first().map(|attempt| facts.shell_read(attempt)).unwrap_or_default();
    let prefix: String = names.object(0).split("part-").next().unwrap_or_default().to_owned();
    let text = format!(
        "$ aws s3api list-objects-v2 --region {} --bucket {} --prefix {prefix} --query 'length(Contents)'\n{}\n{read}",
        names.region, names.bucket, names.objects
    );
    scene.show("error", reads.job(), vec![shown(Command, text)]);
}

fn role_policy(scene: &mut Scene, facts: &Facts<'_>) {
    let names = facts.names;
    let text = format!(
        "$ aws iam list-attached-role-policies --role-name {role} --query AttachedPolicies\n[]\n$ aws iam get-role --role-name {role} --query Role.PermissionsBoundary\nnull\n$ aws iam list-role-policies --role-name {role} --query PolicyNames --output text\nread-exports\n$ aws iam get-role-policy --role-name {role} --policy-name read-exports --query PolicyDocument\n{}\n",
        facts.of_role().json().pretty(4),
        role = names.role,
    );
    let finding = if facts.role_may_decrypt { "read-and-decrypt" } else { "no-decrypt" };
    scene.show("role-policy", finding, vec![shown(Json, text)]);
}

fn simulator(scene: &mut Scene, facts: &Facts<'_>) {
    let names = facts.names;
    let identity = Attached::new(Kind::Identity, "", &names.caller, facts.of_role());
    let mut text = String::new();
    let mut finding = "all-allowed";
    for (action, resource) in [
        ("s3:ListBucket", names.bucket_arn()),
        ("s3:GetObject", names.object_arn(0)),
        ("kms:Decrypt", names.key_arn()),
    ] {
        // What is passed is all that is evaluated: no bound of the organization, no policy of the other account.
        let alone = iam::World { policies: vec![identity.clone()], ..iam::World::default() };
        let allows = !look(&alone, &facts.request(Who::Job, action, &resource), &identity).allows.is_empty();
        if !allows {
            finding = "decrypt-not-allowed";
        }
        let _ = writeln!(
            text,
            "$ aws iam simulate-custom-policy --policy-input-list file://read-exports.json --action-names {action} --resource-arns {resource} --query 'EvaluationResults[].[EvalActionName,EvalDecision]' --output text\n{action}\t{}",
            if allows { "allowed" } else { "implicitDeny" }
        );
    }
    scene.show("simulator", finding, vec![shown(Command, text)]);
}

fn bucket_policy(scene: &mut Scene, facts: &Facts<'_>) {
    let names = facts.names;
    let setting = |on: bool| iam::Json::Bare(on.to_string());
    let block = iam::Json::object([
        ("BlockPublicAcls", setting(BLOCKED.block_public_acls)),
        ("IgnorePublicAcls", setting(BLOCKED.ignore_public_acls)),
        ("BlockPublicPolicy", setting(BLOCKED.block_public_policy)),
        ("RestrictPublicBuckets", setting(BLOCKED.restrict_public_buckets)),
    ])
    .pretty(4);
    let text = format!(
        "$ aws sts get-caller-identity --query Account --output text\n{}\n$ aws s3api get-bucket-policy --bucket {bucket} --query Policy --output text | jq .\n{}\n$ aws s3api get-public-access-block --bucket {bucket} --query PublicAccessBlockConfiguration\n{block}\n",
        names.owner,
        facts.of_bucket().json().pretty(2),
        bucket = names.bucket,
    );
    let finding = if facts.right_prefix { "allows-this-prefix" } else { "allows-another-prefix" };
    scene.show("bucket-policy", finding, vec![shown(Json, text)]);
}

fn object(scene: &mut Scene, facts: &Facts<'_>) {
    let names = facts.names;
    let ownership = if facts.owner_owns { Ownership::Enforced } else { Ownership::Writer };
    let mut text = format!(
        "$ aws sts get-caller-identity --query Account --output text\n{}\n$ aws s3api get-bucket-location --bucket {bucket} --query LocationConstraint --output text\n{}\n$ aws s3api get-bucket-ownership-controls --bucket {bucket} --query 'OwnershipControls.Rules[0].ObjectOwnership' --output text\n{}\n$ aws s3api head-object --bucket {bucket} --key {}\n",
        names.owner,
        names.region,
        ownership.name(),
        names.object(0),
        bucket = names.bucket,
    );
    let finding = if facts.owner_owns {
        let _ = writeln!(text, "{}", facts.described());
        "owned-and-encrypted"
    } else {
        // Not even the bucket's owner may look at an object that another account wrote.
        text.push_str("\nAn error occurred (403) when calling the HeadObject operation: Forbidden\n");
        "written-by-another"
    };
    scene.show("object", finding, vec![shown(Command, text)]);
}

fn key_policy(scene: &mut Scene, facts: &Facts<'_>) {
    let names = facts.names;
    let text = iam::Json::text;
    let value = iam::Json::object([
        ("Arn", text(&names.key_arn())),
        ("Description", text(&format!("{} exports", names.dataset))),
        ("KeyState", text("Enabled")),
        ("KeyManager", text("CUSTOMER")),
        ("MultiRegion", iam::Json::Bare("false".to_owned())),
    ])
    .pretty(4);
    let key = &names.key;
    let region = names.region;
    let text = format!(
        "$ aws kms describe-key --region {region} --key-id {key} --query 'KeyMetadata.{{Arn:Arn,Description:Description,KeyState:KeyState,KeyManager:KeyManager,MultiRegion:MultiRegion}}'\n{value}\n$ aws kms list-grants --region {region} --key-id {key} --query Grants\n[]\n$ aws kms get-key-policy --region {region} --key-id {key} --policy-name default --query Policy --output text | jq .\n{}\n",
        facts.of_key().json().pretty(2)
    );
    let finding = if facts.key_lets_in { "caller-may-decrypt" } else { "caller-is-missing" };
    scene.show("key-policy", finding, vec![shown(Json, text)]);
}

/// Which policies of a kind are attached at each place above an account.
fn attached(text: &mut String, filter: &str, places: &[(&str, &[(&str, &str)])]) {
    for (place, policies) in places {
        let _ = writeln!(
            text,
            "$ aws organizations list-policies-for-target --target-id {place} --filter {filter} --query 'Policies[].[Id,Name]' --output text"
        );
        for (id, name) in *policies {
            let _ = writeln!(text, "{id}\t{name}");
        }
    }
}

fn content(text: &mut String, id: &str, policy: &Policy) {
    let _ = writeln!(
        text,
        "$ aws organizations describe-policy --policy-id {id} --query Policy.Content --output text | jq .\n{}",
        policy.json().pretty(2)
    );
}

const FULL_SCP: (&str, &str) = ("p-FullAWSAccess", "FullAWSAccess");
const FULL_RCP: (&str, &str) = ("p-RCPFullAWSAccess", "RCPFullAWSAccess");

fn caller_scps(scene: &mut Scene, facts: &Facts<'_>) {
    let names = facts.names;
    let mut text = format!(
        "$ aws organizations list-parents --child-id {} --query 'Parents[].Id' --output text\n{}\n",
        names.caller, names.caller_unit
    );
    let guardrail = (names.scp.as_str(), "object-regions");
    attached(
        &mut text,
        "SERVICE_CONTROL_POLICY",
        &[
            (&names.root, &[FULL_SCP]),
            (&names.caller_unit, &[FULL_SCP, guardrail]),
            (&names.caller, &[FULL_SCP]),
        ],
    );
    content(&mut text, &names.scp, &facts.guardrail());
    let request = facts.request(Who::Job, "s3:GetObject", &names.object_arn(0));
    let scp = Attached::new(Kind::Scp, "", &names.caller, facts.guardrail());
    let denies = !look(&iam::World::default(), &request, &scp).denies.is_empty();
    let finding = if denies { "denies-this-region" } else { "approves-this-region" };
    scene.show("caller-scps", finding, vec![shown(Json, text)]);
}

fn owner_policies(scene: &mut Scene, facts: &Facts<'_>) {
    let names = facts.names;
    let mut text = format!(
        "$ aws organizations list-parents --child-id {} --query 'Parents[].Id' --output text\n{}\n",
        names.owner, names.owner_unit
    );
    let own = (names.owner_scp.as_str(), "stay-in-organization");
    attached(
        &mut text,
        "SERVICE_CONTROL_POLICY",
        &[(&names.owner_unit, &[FULL_SCP, own]), (&names.owner, &[FULL_SCP])],
    );
    content(&mut text, &names.owner_scp, &Facts::owner_guardrail());
    let perimeter = (names.rcp.as_str(), "export-perimeter");
    attached(
        &mut text,
        "RESOURCE_CONTROL_POLICY",
        &[
            (&names.root, &[FULL_RCP]),
            (&names.owner_unit, &[FULL_RCP, perimeter]),
            (&names.owner, &[FULL_RCP]),
        ],
    );
    content(&mut text, &names.rcp, &facts.perimeter());
    let request = facts.request(Who::Job, "s3:GetObject", &names.object_arn(0));
    let rcp = Attached::new(Kind::Rcp, "", &names.owner, facts.perimeter());
    let denies = !look(&iam::World::default(), &request, &rcp).denies.is_empty();
    let finding = if denies { "rcp-leaves-caller-out" } else { "rcp-lists-caller" };
    scene.show("owner-policies", finding, vec![shown(Json, text)]);
}

fn break_glass(scene: &mut Scene, facts: &Facts<'_>, reads: &Reads) {
    let names = facts.names;
    let read = facts.shell_read(&reads.glass);
    let text = format!(
        "$ date -u +%FT%TZ\n{}\n$ aws sts get-caller-identity --query Arn --output text\n{}\n$ aws iam list-attached-role-policies --role-name {BREAK_GLASS} --query 'AttachedPolicies[].PolicyName' --output text\nAdministratorAccess\n{read}",
        stamp(names.tried - TimeDelta::seconds(41)),
        names.principal(Who::BreakGlass).arn(),
    );
    scene.show("break-glass", reads.glass.finding, vec![shown(Command, text)]);
}

/// The events of a read: the request to S3, and the one to KMS where it got so far; newest last.
fn read_events(
    facts: &Facts<'_>,
    (who, attempt): (Who, &Attempt),
    at: NaiveDateTime,
    index: u32,
    id: usize,
) -> Vec<iam::Json> {
    let names = facts.names;
    let event = |action: &str, resource: &str, id: usize| {
        let request = facts.request(who, action, resource);
        let decision = facts.decision(who, &request);
        let ids = (names.id(id), names.id(id + 1));
        cloudtrail_event(
            &request,
            &decision,
            &stamp(at),
            names.region,
            ids,
            iam::Json::Bare("null".to_owned()),
        )
    };
    let mut get = event("s3:GetObject", &names.object_arn(index), id);
    if let (iam::Json::Object(fields), Some(message)) = (&mut get, &attempt.message) {
        fields.retain(|(name, _)| name != "errorCode" && name != "errorMessage");
        fields.push(("errorCode".to_owned(), iam::Json::text("AccessDenied")));
        fields.push(("errorMessage".to_owned(), iam::Json::text(message)));
    }
    let mut events = vec![get];
    if attempt.at_the_key || attempt.message.is_none() {
        events.push(event("kms:Decrypt", &names.key_arn(), id + 2));
    }
    events
}

fn trail(scene: &mut Scene, facts: &Facts<'_>, reads: &Reads) {
    let names = facts.names;
    let list_request = facts.request(Who::Job, "s3:ListBucket", &names.bucket_arn());
    let mut list = cloudtrail_event(
        &list_request,
        &facts.decision(Who::Job, &list_request),
        &stamp(names.started + TimeDelta::seconds(1)),
        names.region,
        (names.id(1), names.id(2)),
        iam::Json::Bare("null".to_owned()),
    );
    if let iam::Json::Object(fields) = &mut list {
        // The event is named after the call, not after the permission it takes.
        fields.retain(|(name, _)| name != "eventName");
        fields.push(("eventName".to_owned(), iam::Json::text("ListObjects")));
    }
    let mut events = vec![list];
    let ran = names.started + TimeDelta::seconds(2);
    for ((index, id), attempt) in [(0, 4), (1, 8), (2, 12)].into_iter().zip(&reads.job) {
        events.extend(read_events(facts, (Who::Job, attempt), ran, index, id));
    }
    events.extend(read_events(facts, (Who::BreakGlass, &reads.glass), names.tried, 0, 16));
    let mut text = format!(
        "$ zcat *_CloudTrail_{region}_*.json.gz | jq -c '.Records[] | select((.eventSource == \"s3.amazonaws.com\" or .eventSource == \"kms.amazonaws.com\") and .recipientAccountId == \"{caller}\") | [.eventTime, .eventName, (.userIdentity.arn | split(\":\") | .[-1]), .errorCode, .errorMessage]'\n",
        region = names.region,
        caller = names.caller,
    );
    for event in &events {
        let iam::Json::Object(fields) = event else { continue };
        let field = |wanted: &str| {
            fields.iter().find_map(|(name, value)| match value {
                iam::Json::Text(text) if name == wanted => Some(text.clone()),
                _ => None,
            })
        };
        let arn = fields.iter().find_map(|(name, value)| match value {
            iam::Json::Object(inner) if name == "userIdentity" => {
                inner.iter().find_map(|(name, value)| match value {
                    iam::Json::Text(text) if name == "arn" => text.rsplit(':').next().map(str::to_owned),
                    _ => None,
                })
            }
            _ => None,
        });
        let row = [field("eventTime"), field("eventName"), arn, field("errorCode"), field("errorMessage")];
        let _ = writeln!(text, "{}", serde_json::json!(row));
    }
    let finding = format!("{}, {}", reads.job(), reads.glass.finding);
    scene.show("trail", &finding, vec![shown(Log, text)]);
}
