//! D06: who may read an object in Amazon S3: bucket policy, identity policies, Block Public Access, ACL and ownership,
//! the object's key, the VPC endpoint, presigned URLs.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;

use super::{Answer, Ask, Choice, Exercise, Family, Form, Trap, shown};
use crate::cloud::Draw;
use crate::cloud::iam::{
    AclGrant, Attached, Barrier, Block, Bucket, Context, Effect, Grantee, Json, Kind, Object, Ownership,
    Policy, Presigned, Principal, Sealed, Statement, Verdict, Visit, is_public, object_access,
};
use crate::model::{Evidence, EvidenceType, Text};

pub(super) const FAMILY: Family = Family {
    id: "D06",
    place: ("aws-core", "s3-access-control"),
    depths: &[2, 3, 3],
    seconds: 150,
    version: 2,
    sources: &[
        "Amazon S3 User Guide, Blocking public access to your Amazon S3 storage (settings; the meaning of public)",
        "Amazon S3 User Guide, Controlling ownership of objects and disabling ACLs for your bucket",
        "Amazon S3 User Guide, How Amazon S3 authorizes a request for an object operation",
        "Amazon S3 User Guide, Troubleshoot access denied (403 Forbidden) errors in Amazon S3",
        "Amazon S3 User Guide, Download and upload objects with presigned URLs",
        "IAM User Guide, Cross-account policy evaluation logic",
        "AWS KMS Developer Guide, Key policies in AWS KMS",
    ],
    draw,
};

const TEAMS: [&str; 6] = ["media", "reports", "exports", "assets", "invoices", "telemetry"];
const FILES: [&str; 5] =
    ["2026/summary.csv", "img/logo.png", "daily/run.json", "orders.parquet", "tax/form.pdf"];
const USERS: [&str; 6] = ["mei.lin", "alice", "ken.wu", "jia.chen", "ryan", "yi-ting"];
const ROLES: [&str; 5] = ["ReportJob", "EtlRunner", "ApiBackend", "Thumbnailer", "AuditReader"];

/// One caller: what is said of it, and its request.
struct Caller {
    label: Text,
    visit: Visit,
    /// Its identity-based policy, as its command shows it.
    evidence: Option<Evidence>,
}

/// A case as it is put together.
struct Scene {
    owner: String,
    other: String,
    bucket: Bucket,
    object: Object,
    callers: Vec<Caller>,
    now: DateTime<Utc>,
    level: u8,
    endpoint: Option<(String, String, Policy)>,
}

fn draw(draw: &mut Draw, level: u8) -> Exercise {
    let mut last = Exercise::default();
    for _ in 0..30 {
        let scene = scene(draw, level);
        let (exercise, good) = exercise(draw, &scene);
        if good {
            return exercise;
        }
        last = exercise;
    }
    last
}

fn account(draw: &mut Draw) -> String {
    (0..4).map(|_| format!("{:03}", draw.int(101u32, 998))).collect()
}

fn minute(draw: &mut Draw) -> DateTime<Utc> {
    let start = DateTime::from_timestamp(1_767_225_600, 0).unwrap_or_default();
    start + TimeDelta::minutes(draw.int(0i64, 500_000))
}

fn scene(draw: &mut Draw, level: u8) -> Scene {
    let (owner, other) = (account(draw), account(draw));
    let name = format!("{}-{}", draw.pick(&TEAMS), draw.hex(5));
    let key = (*draw.pick(&FILES)).to_owned();
    let (region, now) = (*draw.pick(&["ap-northeast-1", "us-east-1", "eu-west-1"]), minute(draw));
    let ownership = match (level, draw.int(0u8, 9)) {
        (_, 0..=3) => Ownership::Enforced,
        (_, 4..=6) => Ownership::Preferred,
        _ => Ownership::Writer,
    };
    let foreign =
        level == 3 && ownership != Ownership::Enforced && draw.percent(45) || level == 3 && draw.percent(12);
    let writer = if foreign { other.clone() } else { owner.clone() };
    let mut acl = Vec::new();
    if draw.percent(55) {
        acl.push(AclGrant(if draw.percent(75) { Grantee::AllUsers } else { Grantee::AuthenticatedUsers }));
    }
    if draw.percent(25) {
        let to = if writer == owner { &other } else { &owner };
        acl.push(AclGrant(Grantee::Account(to.clone())));
    }
    let block = Block {
        block_public_acls: draw.percent(50),
        ignore_public_acls: draw.percent(45),
        block_public_policy: draw.percent(50),
        restrict_public_buckets: draw.percent(40),
    };
    let arn = format!("arn:aws:s3:::{name}");
    let object_arn = format!("{arn}/{key}");
    let vpce = format!("vpce-0{}", draw.hex(16));
    let vpc = format!("vpc-0{}", draw.hex(16));
    let user = *draw.pick(&USERS);
    let role = *draw.pick(&ROLES);
    let outsider = *draw.pick(&USERS);
    let all = format!("{arn}/*");

    // The bucket policy: who is let in, and what is forbidden.
    let mut statements = Vec::new();
    let public = draw.percent(if level == 1 { 55 } else { 40 });
    if public {
        let mut statement = Statement::allow("PublicRead", &["s3:GetObject"], &[&all]).to(&["*"]);
        statement = match draw.int(0u8, 5) {
            0 => statement.when("StringEquals", "aws:SourceVpce", &[&vpce]),
            1 => statement.when("IpAddress", "aws:SourceIp", &["203.0.113.0/24"]),
            2 => statement.when("StringLike", "aws:UserAgent", &["*"]),
            _ => statement,
        };
        // A condition only for what a case says of each caller.
        if statement.conditions.iter().any(|condition| condition.key == "aws:UserAgent") {
            statement.conditions.clear();
        }
        statements.push(statement);
    }
    if draw.percent(50) {
        let to = if draw.percent(50) {
            format!("arn:aws:iam::{other}:root")
        } else {
            format!("arn:aws:iam::{other}:user/{outsider}")
        };
        // Amazon S3 refuses a bucket policy with an action on objects and the bucket alone as its resource.
        let resource = if draw.percent(75) { all.clone() } else { format!("{arn}/shared/*") };
        statements.push(Statement::allow("Partner", &["s3:GetObject"], &[&resource]).to(&[&to]));
    }
    if draw.percent(45) {
        let to = if draw.percent(60) {
            format!("arn:aws:iam::{owner}:user/{user}")
        } else {
            format!("arn:aws:iam::{owner}:root")
        };
        statements.push(Statement::allow("Own", &["s3:Get*"], &[&all]).to(&[&to]));
    }
    if draw.percent(if level == 3 { 45 } else { 20 }) {
        let statement = Statement::deny("Perimeter", &["s3:*"], &[&arn, &all]).to(&["*"]);
        statements.push(match draw.int(0u8, 2) {
            0 if level > 1 => statement.when("StringNotEquals", "aws:SourceVpce", &[&vpce]),
            1 => statement.when("NotIpAddress", "aws:SourceIp", &["203.0.113.0/24", "198.51.100.0/24"]),
            _ => statement.when("StringNotEquals", "aws:PrincipalAccount", &[&owner, &other]),
        });
    }
    let policy = (!statements.is_empty()).then(|| Policy::new(statements));

    // The object's key.
    let sealed = if level == 1 || draw.percent(if level == 2 { 25 } else { 55 }) {
        Sealed::S3
    } else if draw.percent(30) {
        // Nobody of another account writes with the key `aws/s3` of this one.
        if foreign { Sealed::S3 } else { Sealed::Managed }
    } else {
        let id =
            format!("{}-{}-4{}-a{}-{}", draw.hex(8), draw.hex(4), draw.hex(3), draw.hex(3), draw.hex(12));
        let mut statements = vec![
            Statement::allow("Administration", &["kms:Create*", "kms:Describe*", "kms:Put*"], &["*"])
                .to(&[&format!("arn:aws:iam::{owner}:role/KeyAdmin")]),
        ];
        if draw.percent(65) {
            statements.insert(
                0,
                Statement::allow("EnableIAM", &["kms:*"], &["*"])
                    .to(&[&format!("arn:aws:iam::{owner}:root")]),
            );
        }
        if draw.percent(45) {
            statements.push(
                Statement::allow("Partner", &["kms:Decrypt"], &["*"])
                    .to(&[&format!("arn:aws:iam::{other}:root")]),
            );
        }
        if draw.percent(35) {
            statements.push(
                Statement::allow("Job", &["kms:Decrypt", "kms:DescribeKey"], &["*"])
                    .to(&[&format!("arn:aws:iam::{owner}:role/{role}")]),
            );
        }
        Sealed::Key {
            arn: format!("arn:aws:kms:{region}:{owner}:key/{id}"),
            account: owner.clone(),
            policy: Policy::new(statements),
        }
    };
    // The endpoint's policy.
    let endpoint = (level > 1 && draw.percent(75)).then(|| {
        let statement = match draw.int(0u8, 3) {
            0 => Statement::allow("Everything", &["*"], &["*"]),
            1 => Statement::allow("Buckets", &["s3:GetObject", "s3:PutObject"], &[&all]),
            2 => Statement::allow(
                "Buckets",
                &["s3:*"],
                &["arn:aws:s3:::app-config-*", "arn:aws:s3:::app-config-*/*"],
            ),
            _ => Statement::allow("Listing", &["s3:List*"], &["*"]),
        };
        (vpce.clone(), vpc.clone(), Policy::new(vec![statement.to(&["*"])]))
    });

    // The callers.
    let kms = match &sealed {
        Sealed::Key { arn, .. } => Some(arn.clone()),
        _ => None,
    };
    let mut callers = Vec::new();
    let in_office = |draw: &mut Draw| {
        if draw.percent(60) {
            format!("203.0.113.{}", draw.int(5u8, 200))
        } else {
            format!("192.0.2.{}", draw.int(5u8, 200))
        }
    };
    let address = in_office(draw);
    callers.push(Caller {
        label: Text::new(
            format!("an unsigned request from `{address}`"),
            format!("來自`{address}`、沒有簽署的請求"),
        ),
        visit: Visit {
            caller: Principal::Anonymous,
            policies: Vec::new(),
            endpoint: None,
            address: Some(address),
            context: Context::default(),
            presigned: None,
            at: now,
        },
        evidence: None,
    });
    let people = [
        (Principal::user(&owner, user), false),
        (Principal::session(&owner, role, "run-1"), true),
        (Principal::user(&other, outsider), false),
    ];
    for (caller, job) in people {
        let mut statements = Vec::new();
        let reads = draw.percent(60);
        if reads {
            let resource = match draw.int(0u8, 4) {
                0 => arn.clone(),
                1 => object_arn.clone(),
                2 => "*".to_owned(),
                _ => all.clone(),
            };
            let action = *draw.pick(&["s3:GetObject", "s3:Get*", "s3:*", "s3:ListBucket"]);
            statements.push(Statement::allow("Data", &[action], &[&resource]));
        }
        if let Some(arn) = &kms
            && draw.percent(60)
        {
            let action = *draw.pick(&["kms:Decrypt", "kms:*", "kms:GenerateDataKey"]);
            statements.push(Statement::allow("Keys", &[action], &[arn]));
        }
        statements.push(Statement::allow("Logs", &["logs:PutLogEvents"], &["*"]));
        let account = caller.account().unwrap_or_default().to_owned();
        let policy = Policy::new(statements);
        let through = job && endpoint.is_some();
        let address = in_office(draw);
        let (command, arn) = match &caller {
            Principal::Session { role, .. } => (
                format!(
                    "aws iam get-role-policy --role-name {role} --policy-name access --query PolicyDocument"
                ),
                caller.arn(),
            ),
            _ => {
                let name = caller.arn().rsplit('/').next().unwrap_or_default().to_owned();
                (
                    format!(
                        "aws iam get-user-policy --user-name {name} --policy-name access --query PolicyDocument"
                    ),
                    caller.arn(),
                )
            }
        };
        let profile = if account == owner { "" } else { " --profile partner" };
        let how = if through {
            (format!("through the VPC endpoint `{vpce}` in `{vpc}`"), format!("經過`{vpc}`的VPC端點`{vpce}`"))
        } else {
            (format!("from `{address}`"), format!("來自`{address}`"))
        };
        callers.push(Caller {
            label: Text::new(format!("`{arn}` {}", how.0), format!("`{arn}`，{}", how.1)),
            visit: Visit {
                caller,
                policies: vec![Attached::new(Kind::Identity, "access", &account, policy.clone())],
                endpoint: if through { endpoint.clone() } else { None },
                address: (!through).then_some(address),
                context: Context::default(),
                presigned: None,
                at: now,
            },
            evidence: Some(shown(
                EvidenceType::Command,
                format!("$ {command}{profile}\n{}\n", policy.json().pretty(4)),
            )),
        });
    }
    if level == 3 {
        // A URL the job's role signed a while ago, opened by someone else.
        if let Some(mut visit) = callers.get(2).map(|caller| caller.visit.clone()) {
            let signed = now - TimeDelta::minutes(draw.int(1i64, 170));
            let presigned = Presigned {
                signed,
                seconds: *draw.pick(&[900, 3600, 7200, 14400, 43200]),
                credentials_end: Some(signed + TimeDelta::minutes(draw.int(10i64, 240))),
            };
            let address = in_office(draw);
            visit.presigned = Some(presigned);
            visit.endpoint = None;
            visit.address = Some(address.clone());
            let label = Text::new(
                format!("a browser at `{address}` with the presigned URL `{}` made", visit.caller.arn()),
                format!("`{address}`的瀏覽器，用`{}`產生的預先簽署URL", visit.caller.arn()),
            );
            callers.push(Caller { label, visit, evidence: None });
        }
    }
    let bucket = Bucket { name, account: owner.clone(), region: region.to_owned(), policy, block, ownership };
    let object = Object { key, writer, acl, sealed };
    Scene { owner, other, bucket, object, callers, now, level, endpoint }
}

/// What stands in the way, in words, and a short form that is an option.
fn said(barrier: &Barrier) -> (Text, Text) {
    let t = |en: &str, zh: &str| Text::new(en, zh);
    match barrier {
        Barrier::Expired => (
            t("The presigned URL, or what signed it, has expired", "預先簽署的URL或簽署它的登入資料已過期"),
            t(
                "The URL ends with its own time or with the credentials that signed it, whichever is first.",
                "URL的期限與簽署用登入資料的期限，以先到的為準。",
            ),
        ),
        Barrier::Restricted => (
            t(
                "`RestrictPublicBuckets`, as the bucket policy is public",
                "儲存貯體政策是公開的，被`RestrictPublicBuckets`擋下",
            ),
            t(
                "With a public bucket policy, `RestrictPublicBuckets` lets in only the owner's account and AWS services.",
                "政策一旦公開，`RestrictPublicBuckets`只放行擁有者帳戶與AWS服務。",
            ),
        ),
        Barrier::Policy(Kind::Endpoint, _) => (
            t("The endpoint policy lacks an Allow", "端點政策缺少Allow"),
            t(
                "What goes through an endpoint needs an Allow in its policy as well.",
                "經過端點的請求，端點政策也要允許。",
            ),
        ),
        Barrier::Policy(_, Verdict::ExplicitDeny) => (
            t("A Deny statement in the bucket policy", "儲存貯體政策裡的Deny"),
            t("A Deny that applies ends it, whatever allows.", "有Deny成立就結束，其他允許都沒用。"),
        ),
        Barrier::Policy(Kind::Resource, _) => (
            t("Neither bucket policy nor ACL allows it", "儲存貯體政策與ACL都沒有允許"),
            t(
                "For a caller from outside the account, or a request that is not signed, the bucket's side has to allow it.",
                "帳戶外的、或沒有簽署的請求，儲存貯體這一側必須允許。",
            ),
        ),
        Barrier::Policy(..) => (
            t(
                "The caller's IAM policies lack an Allow for `s3:GetObject`",
                "呼叫者的IAM政策缺少`s3:GetObject`的Allow",
            ),
            t(
                "Its own account has not allowed it, and nothing of the bucket's makes up for that.",
                "自己的帳戶沒有允許，儲存貯體這一側也補不了。",
            ),
        ),
        Barrier::NotTheOwners => (
            t("The object belongs to the account that wrote it", "物件屬於寫入它的帳戶"),
            t(
                "While ACLs are enabled, policies of the bucket's owner do not give away another account's object; its ACL does.",
                "啟用ACL時，儲存貯體擁有者的政策給不了別的帳戶的物件，要靠物件的ACL。",
            ),
        ),
        Barrier::Unsigned => (
            t(
                "The object is encrypted with KMS and the request is not signed",
                "物件以KMS加密，請求卻沒有簽署",
            ),
            t(
                "KMS needs to know who asks: unsigned requests cannot read SSE-KMS objects.",
                "KMS要知道是誰：沒有簽署的請求讀不到SSE-KMS物件。",
            ),
        ),
        Barrier::ManagedKey => (
            t("The key `aws/s3` is only for principals of its account", "`aws/s3`金鑰只給自己帳戶的主體用"),
            t(
                "The policy of an AWS managed key cannot be changed to let another account in.",
                "AWS受管金鑰的政策不能改成讓別的帳戶使用。",
            ),
        ),
        Barrier::Key(Kind::Key, _) => (
            t(
                "The key policy allows neither the caller nor its account",
                "金鑰政策既沒有允許呼叫者，也沒有允許其帳戶",
            ),
            t(
                "Without an Allow in the key policy, IAM policies do not open a key.",
                "金鑰政策沒有允許，IAM政策就打不開金鑰。",
            ),
        ),
        Barrier::Key(..) => (
            t(
                "The caller's IAM policies lack an Allow for `kms:Decrypt`",
                "呼叫者的IAM政策缺少`kms:Decrypt`的Allow",
            ),
            t(
                "The key policy leaves it to IAM, and there `kms:Decrypt` is missing.",
                "金鑰政策交給IAM決定，而IAM少了`kms:Decrypt`。",
            ),
        ),
    }
}

const BARRIERS: [Barrier; 11] = [
    Barrier::Expired,
    Barrier::Restricted,
    Barrier::Policy(Kind::Endpoint, Verdict::ImplicitDeny),
    Barrier::Policy(Kind::Resource, Verdict::ExplicitDeny),
    Barrier::Policy(Kind::Resource, Verdict::ImplicitDeny),
    Barrier::Policy(Kind::Identity, Verdict::ImplicitDeny),
    Barrier::NotTheOwners,
    Barrier::Unsigned,
    Barrier::ManagedKey,
    Barrier::Key(Kind::Key, Verdict::ImplicitDeny),
    Barrier::Key(Kind::Identity, Verdict::ImplicitDeny),
];

/// Whether just this stands in a caller's way: the world without it lets the caller in.
fn alone(scene: &Scene, caller: &Caller, barrier: &Barrier) -> bool {
    let (mut bucket, mut object, mut visit) =
        (scene.bucket.clone(), scene.object.clone(), caller.visit.clone());
    let name = format!("arn:aws:s3:::{}/{}", bucket.name, object.key);
    match barrier {
        Barrier::Expired => visit.presigned = None,
        Barrier::Restricted => bucket.block.restrict_public_buckets = false,
        Barrier::Policy(Kind::Endpoint, _) => {
            if let Some((.., policy)) = &mut visit.endpoint {
                policy.statements.push(Statement::allow("", &["s3:*"], &["*"]).to(&["*"]));
            }
        }
        Barrier::Policy(_, Verdict::ExplicitDeny) => {
            if let Some(policy) = &mut bucket.policy {
                policy.statements.retain(|statement| statement.effect == Effect::Allow);
            }
        }
        Barrier::Policy(Kind::Resource, _) => {
            let to = visit
                .caller
                .account()
                .map_or("*".to_owned(), |account| format!("arn:aws:iam::{account}:root"));
            let policy = bucket.policy.get_or_insert_with(|| Policy::new(Vec::new()));
            policy.statements.push(Statement::allow("", &["s3:GetObject"], &[&name]).to(&[&to]));
        }
        Barrier::Policy(..) => {
            if let Some(attached) = visit.policies.first_mut() {
                attached.policy.statements.push(Statement::allow("", &["s3:GetObject"], &[&name]));
            }
        }
        Barrier::NotTheOwners => object.writer.clone_from(&bucket.account),
        Barrier::Unsigned | Barrier::ManagedKey => object.sealed = Sealed::S3,
        Barrier::Key(Kind::Key, _) => {
            if let (Sealed::Key { policy, .. }, Some(account)) = (&mut object.sealed, visit.caller.account())
            {
                policy.statements.push(
                    Statement::allow("", &["kms:Decrypt"], &["*"])
                        .to(&[&format!("arn:aws:iam::{account}:root")]),
                );
            }
        }
        Barrier::Key(..) => {
            if let Some(attached) = visit.policies.first_mut() {
                attached.policy.statements.push(Statement::allow("", &["kms:Decrypt"], &["*"]));
            }
        }
    }
    object_access(&bucket, &object, &visit).is_ok()
}

fn exercise(draw: &mut Draw, scene: &Scene) -> (Exercise, bool) {
    let results: Vec<Result<(), Barrier>> = scene
        .callers
        .iter()
        .map(|caller| object_access(&scene.bucket, &scene.object, &caller.visit))
        .collect();
    let mut options = Vec::new();
    let mut steps = Vec::new();
    for (caller, result) in scene.callers.iter().zip(&results) {
        let why = match result {
            Ok(()) => {
                Text::new("It can: everything that has to allow it does.", "讀得到：該允許的都允許了。")
            }
            Err(barrier) => {
                let (short, rule) = said(barrier);
                Text::new(
                    format!("It cannot. {}. {}", short.en, rule.en),
                    format!("讀不到。{}。{}", short.zh_tw, rule.zh_tw),
                )
            }
        };
        steps.push(Text::new(
            format!("{}: {}", capital(&caller.label.en), why.en),
            format!("{}：{}", caller.label.zh_tw, why.zh_tw),
        ));
        options.push(Choice::new(caller.label.clone(), why));
    }
    let right: Vec<usize> =
        results.iter().enumerate().filter(|(_, result)| result.is_ok()).map(|(index, _)| index).collect();
    let spread = !right.is_empty() && right.len() < results.len();
    let mut asks = vec![Ask::new(
        "readers",
        Text::new("Who can read the object", "誰讀得到這個物件"),
        Answer::Several { options, right },
    )];

    let public = scene.bucket.policy.as_ref().map(is_public);
    let mut front = Text::default();
    if let Some(public) = public {
        let because = if public {
            Text::new(
                "An Allow for everyone has no condition that narrows it to fixed values: the policy is public.",
                "有給所有人的Allow，又沒有條件把它收窄到固定的值：政策是公開的。",
            )
        } else {
            Text::new(
                "Every Allow names its principals, or is narrowed to fixed values: the policy is not public, whatever Block Public Access says.",
                "每一條Allow都指名主體，或收窄到固定的值：政策不是公開的；封鎖公開存取的設定不影響這個判斷。",
            )
        };
        front = because.clone();
        let (yes, no) = (Text::new("Public", "公開"), Text::new("Not public", "不公開"));
        let (first, second) = if public { (yes, no) } else { (no, yes) };
        asks.push(Ask::new(
            "public",
            Text::new(
                "How Amazon S3 classes this bucket policy for Block Public Access",
                "就封鎖公開存取而言，Amazon S3怎麼判定這份儲存貯體政策",
            ),
            Answer::choice(draw, vec![Choice::new(first, because.clone()), Choice::new(second, because)]),
        ));
        steps.insert(0, front.clone());
    }

    // One who cannot, and for one reason only.
    let mut denied: Vec<(usize, &Barrier)> = results
        .iter()
        .enumerate()
        .filter_map(|(index, result)| result.as_ref().err().map(|barrier| (index, barrier)))
        .collect();
    denied.retain(|(index, barrier)| {
        scene.callers.get(*index).is_some_and(|caller| alone(scene, caller, barrier))
    });
    let interesting = |barrier: &Barrier| {
        !matches!(barrier, Barrier::Policy(Kind::Identity | Kind::Resource, Verdict::ImplicitDeny))
    };
    if denied.iter().any(|(_, barrier)| interesting(barrier)) && draw.percent(85) {
        denied.retain(|(_, barrier)| interesting(barrier));
    }
    let mut asked = None;
    if !denied.is_empty() {
        let (index, barrier) = *draw.pick(&denied);
        let (short, rule) = said(barrier);
        let label = scene.callers.get(index).map(|caller| caller.label.clone()).unwrap_or_default();
        let fits = |other: &&Barrier| {
            // What the case has no trace of is no temptation.
            said(other).0 != short
                && match other {
                    Barrier::Expired => scene.level == 3,
                    Barrier::Policy(Kind::Endpoint, _) => scene.endpoint.is_some(),
                    Barrier::Unsigned | Barrier::ManagedKey => scene.level > 1,
                    Barrier::Key(..) => matches!(scene.object.sealed, Sealed::Key { .. }),
                    _ => true,
                }
        };
        let others: Vec<Barrier> = BARRIERS.iter().filter(fits).cloned().collect();
        let mut options = vec![Choice::new(short.clone(), rule.clone())];
        for other in draw.some(&others, 4) {
            let (text, _) = said(&other);
            options.push(Choice::new(
                text,
                Text::new(
                    format!("Not what keeps it out here: {}. {}", lower(&short.en), rule.en),
                    format!("這裡擋住它的不是這個，而是：{}。{}", short.zh_tw, rule.zh_tw),
                ),
            ));
        }
        asks.push(Ask::new(
            "barrier",
            Text::new(
                format!("What alone keeps out {}", label.en),
                format!("單獨擋住「{}」的是什麼", label.zh_tw),
            ),
            Answer::choice(draw, options),
        ));
        asked = Some(index);
    }
    let url = scene.callers.iter().find_map(|caller| caller.visit.presigned);
    if let Some(url) = url {
        let own = url.signed + TimeDelta::seconds(url.seconds);
        let end = url.ends();
        let show = |at: DateTime<Utc>| at.format("%Y-%m-%d %H:%M").to_string();
        let mut traps = Vec::new();
        for (at, en, zh) in [
            (
                own,
                "That is the URL's own time; the credentials that signed it end before.",
                "那是URL自己的期限；簽署它的登入資料更早到期。",
            ),
            (
                url.credentials_end.unwrap_or(own),
                "That is when the credentials end; the URL's own time is over before.",
                "那是登入資料的期限；URL自己的期限更早到。",
            ),
        ] {
            if at != end {
                traps.push(Trap::new(show(at), Text::new(en, zh)));
            }
        }
        asks.push(Ask::new(
            "ends",
            Text::new("When the presigned URL stops working (UTC)", "這個預先簽署的URL何時失效（UTC）"),
            Answer::Typed { form: Form::Moment, right: show(end), also: Vec::new(), traps },
        ));
        steps.push(Text::new(
            format!(
                "The URL: signed {} for {} s, so until {}; its credentials end {}. It stops working at {}.",
                show(url.signed),
                url.seconds,
                show(own),
                show(url.credentials_end.unwrap_or(own)),
                show(end)
            ),
            format!(
                "URL：{}簽署、有效{}秒，到{}；登入資料到{}為止。所以{}失效。",
                show(url.signed),
                url.seconds,
                show(own),
                show(url.credentials_end.unwrap_or(own)),
                show(end)
            ),
        ));
    }
    // Whether the ACL of another's object lets in people of the bucket's account whom that account has allowed nothing is
    // not written anywhere: no such case.
    let foreign = scene.object.writer != scene.owner && scene.bucket.ownership != Ownership::Enforced;
    let unwritten = foreign
        && !scene.object.acl.is_empty()
        && scene.callers.iter().zip(&results).any(|(caller, result)| {
            caller.visit.caller.account() == Some(scene.owner.as_str())
                && matches!(result, Err(Barrier::Policy(Kind::Identity, Verdict::ImplicitDeny)))
        });
    let good = spread
        && !unwritten
        && asked.is_some()
        && (scene.level > 1 || public.is_some())
        && !front.en.is_empty();
    (
        Exercise {
            prompt: prompt(scene),
            evidence: evidence(scene),
            asks,
            steps,
            given: given(scene, asked),
        },
        good,
    )
}

fn prompt(scene: &Scene) -> Text {
    let key = &scene.object.key;
    let name = &scene.bucket.name;
    let (owner, other, writer) = (&scene.owner, &scene.other, &scene.object.writer);
    let mut en = format!(
        "Account `{owner}` owns the bucket `{name}`; account `{writer}` wrote the object `{key}` in it. Account `{other}` is a partner's and in no organization with it. Each caller asks for that object with `GetObject`. Each has just the policy shown; there are no boundaries, SCPs, RCPs, access points or grants, and the account's own Block Public Access settings are all off.\n"
    );
    let mut zh = format!(
        "儲存貯體`{name}`屬於帳戶`{owner}`，其中的物件`{key}`是帳戶`{writer}`寫入的。帳戶`{other}`是合作夥伴的，兩邊不在同一個組織。每個呼叫者都用`GetObject`讀這個物件，身上只有列出的政策；沒有許可界限、SCP、RCP、存取點或授與（grant），帳戶層級的封鎖公開存取四項都是關的。\n"
    );
    let mut grants = (
        vec!["`FULL_CONTROL` for the account that wrote it".to_owned()],
        vec!["寫入者帳戶`FULL_CONTROL`".to_owned()],
    );
    for AclGrant(grantee) in &scene.object.acl {
        let (who_en, who_zh) = match grantee {
            Grantee::AllUsers => ("the group `AllUsers`".to_owned(), "群組`AllUsers`".to_owned()),
            Grantee::AuthenticatedUsers => {
                ("the group `AuthenticatedUsers`".to_owned(), "群組`AuthenticatedUsers`".to_owned())
            }
            Grantee::Account(account) => (format!("account `{account}`"), format!("帳戶`{account}`")),
        };
        grants.0.push(format!("`READ` for {who_en}"));
        grants.1.push(format!("{who_zh}`READ`"));
    }
    en.push_str(&format!(
        "\nThe object's ACL was set before the settings shown were made: {}.\n",
        grants.0.join("; ")
    ));
    zh.push_str(&format!("\n物件的ACL是在目前這些設定之前設的：{}。\n", grants.1.join("；")));
    for caller in &scene.callers {
        en.push_str(&format!("\n- {}", caller.label.en));
        zh.push_str(&format!("\n- {}", caller.label.zh_tw));
    }
    if let Some(url) = scene.callers.iter().find_map(|caller| caller.visit.presigned) {
        let show = |at: DateTime<Utc>| at.format("%Y-%m-%d %H:%M:%SZ").to_string();
        let (signed, end) = (show(url.signed), show(url.credentials_end.unwrap_or_default()));
        let (now, seconds) = (show(scene.now), url.seconds);
        en.push_str(&format!("\n\nThe URL was signed at {signed} with `X-Amz-Expires={seconds}`, by a session whose credentials end at {end}. It is now {now}."));
        zh.push_str(&format!("\n\nURL在{signed}簽署，`X-Amz-Expires={seconds}`；簽署用的工作階段登入資料到{end}為止。現在是{now}。"));
    }
    if matches!(scene.object.sealed, Sealed::Managed) {
        en.push_str("\n\nThe KMS key of the object is the account's `aws/s3`.");
        zh.push_str("\n\n物件用的KMS金鑰是該帳戶的`aws/s3`。");
    }
    Text::new(en, zh)
}

fn evidence(scene: &Scene) -> Vec<Evidence> {
    let bucket = &scene.bucket;
    let name = &bucket.name;
    let command = |text: String| shown(EvidenceType::Command, text);
    let mut all = Vec::new();
    all.push(command(match &bucket.policy {
        Some(policy) => format!("$ aws s3api get-bucket-policy --bucket {name} --query Policy --output text | jq .\n{}\n", policy.json().pretty(2)),
        None => format!("$ aws s3api get-bucket-policy --bucket {name} --query Policy --output text | jq .\n\nAn error occurred (NoSuchBucketPolicy) when calling the GetBucketPolicy operation: The bucket policy does not exist\n"),
    }));
    let flag = |on: bool| Json::Bare(on.to_string());
    let block = Json::object([(
        "PublicAccessBlockConfiguration",
        Json::object([
            ("BlockPublicAcls", flag(bucket.block.block_public_acls)),
            ("IgnorePublicAcls", flag(bucket.block.ignore_public_acls)),
            ("BlockPublicPolicy", flag(bucket.block.block_public_policy)),
            ("RestrictPublicBuckets", flag(bucket.block.restrict_public_buckets)),
        ]),
    )]);
    all.push(command(format!("$ aws s3api get-public-access-block --bucket {name}\n{}\n", block.pretty(4))));
    let ownership = Json::object([(
        "OwnershipControls",
        Json::object([(
            "Rules",
            Json::List(vec![Json::object([("ObjectOwnership", Json::text(bucket.ownership.name()))])]),
        )]),
    )]);
    all.push(command(format!(
        "$ aws s3api get-bucket-ownership-controls --bucket {name}\n{}\n",
        ownership.pretty(4)
    )));
    if scene.level > 1 {
        let mut head = vec![("ContentType".to_owned(), Json::text("binary/octet-stream"))];
        match &scene.object.sealed {
            Sealed::S3 => head.push(("ServerSideEncryption".to_owned(), Json::text("AES256"))),
            Sealed::Managed => {
                head.push(("ServerSideEncryption".to_owned(), Json::text("aws:kms")));
            }
            Sealed::Key { arn, policy, .. } => {
                head.push(("ServerSideEncryption".to_owned(), Json::text("aws:kms")));
                head.push(("SSEKMSKeyId".to_owned(), Json::text(arn)));
                let id = arn.rsplit('/').next().unwrap_or_default();
                all.push(command(format!("$ aws kms get-key-policy --key-id {id} --policy-name default --query Policy --output text | jq .\n{}\n", policy.json().pretty(2))));
            }
        }
        let fields: Vec<&str> = head.iter().map(|(field, _)| field.as_str()).collect();
        let query = fields.iter().map(|field| format!("{field}:{field}")).collect::<Vec<_>>().join(",");
        all.push(command(format!(
            "$ aws s3api head-object --bucket {name} --key {} --query '{{{query}}}'\n{}\n",
            scene.object.key,
            Json::Object(head.clone()).pretty(4)
        )));
    }
    if let Some((id, _, policy)) = &scene.endpoint {
        all.push(command(format!("$ aws ec2 describe-vpc-endpoints --vpc-endpoint-ids {id} --query 'VpcEndpoints[0].PolicyDocument' --output text | jq .\n{}\n", policy.json().pretty(2))));
    }
    all.extend(scene.callers.iter().filter_map(|caller| caller.evidence.clone()));
    all
}

fn given(scene: &Scene, asked: Option<usize>) -> serde_json::Value {
    let callers: Vec<_> = scene
        .callers
        .iter()
        .map(|caller| {
            let visit = &caller.visit;
            json!({
                "arn": visit.caller.arn(), "account": visit.caller.account(), "behind": visit.caller.behind(),
                "ip": visit.address, "endpoint": visit.endpoint.as_ref().map(|(id, vpc, _)| [id, vpc]),
                "url": visit.presigned.map(|url| json!({
                    "signed": url.signed.timestamp(), "seconds": url.seconds,
                    "credentials": url.credentials_end.map(|end| end.timestamp()),
                })),
            })
        })
        .collect();
    let acl: Vec<_> = (scene.object.acl.iter())
        .map(|AclGrant(grantee)| match grantee {
            Grantee::AllUsers => "AllUsers",
            Grantee::AuthenticatedUsers => "AuthenticatedUsers",
            Grantee::Account(account) => account,
        })
        .collect();
    json!({
        "acl": acl, "owner": scene.owner, "other": scene.other, "writer": scene.object.writer, "bucket": scene.bucket.name,
        "key": scene.object.key, "region": scene.bucket.region, "now": scene.now.timestamp(), "callers": callers, "asked": asked,
    })
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn lower(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}
