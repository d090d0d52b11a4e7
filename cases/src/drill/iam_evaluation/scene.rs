//! Policies that match a request or nearly do, and what is said of them.

use serde_json::json;

use super::shapes::{Says, To};
use super::theme::{TEAMS, Theme};
use crate::cloud::Draw;
use crate::cloud::iam::{
    Attached, Decision, Edit, Effect, Kind, Policy, Principal, Request, Rule, Statement, World, decide,
};
use crate::drill::shown;
use crate::model::{Evidence, EvidenceType, Text};

pub(super) const REGIONS: [&str; 4] = ["ap-northeast-1", "us-east-1", "eu-west-1", "ap-southeast-1"];
pub(super) const SIDS: [&str; 24] = [
    "Base",
    "Daily",
    "Extra",
    "Legacy",
    "Pipeline",
    "Analytics",
    "Platform",
    "Shared",
    "Temporary",
    "Nightly",
    "Core",
    "Custom",
    "General",
    "Standard",
    "Release",
    "Migration",
    "Console",
    "Batch",
    "Project",
    "Second",
    "Initial",
    "Rollout",
    "Vendor",
    "Review",
];

/// A case as it is put together.
pub(super) struct Scene {
    pub(super) world: World,
    pub(super) request: Request,
    pub(super) theme: Theme,
    /// For each policy: how it is called, the name it is found by, the command that shows it, and its indentation.
    pub(super) exhibits: Vec<(Text, String, String, usize)>,
    /// What each policy says of the request and why, for the steps.
    pub(super) reasons: Vec<Text>,
    pub(super) notes: Vec<Text>,
    pub(super) sids: Vec<&'static str>,
}

/// Condition keys of every request: some there, some not.
pub(super) fn keys(draw: &mut Draw, request: &mut Request, region: &str) {
    let address = format!("203.0.113.{}", draw.int(2u8, 250));
    request.context.set("aws:SourceIp", &address);
    request.context.set("aws:RequestedRegion", region);
    request.context.set("aws:SecureTransport", "true");
    // The root user has no tags.
    let tagged = !matches!(request.caller, Principal::Root { .. });
    let team = draw.pick::<&str>(&TEAMS);
    if tagged {
        request.context.set("aws:PrincipalTag/team", team);
    }
    // Sessions of roles carry the key, `false` without MFA; long-term keys do not, nor what is federated, nor services.
    match (&request.caller, draw.percent(40)) {
        (Principal::Session { linked: true, .. } | Principal::FederatedUser { .. }, _) => (),
        (_, true) => request.context.set("aws:MultiFactorAuthPresent", "true"),
        (Principal::Session { .. }, false) => request.context.set("aws:MultiFactorAuthPresent", "false"),
        _ => (),
    }
    if draw.percent(30) {
        let env = draw.pick::<&str>(&["prod", "dev"]);
        if tagged {
            request.context.set("aws:PrincipalTag/env", env);
        }
    }
}

/// A condition that holds, or does not, and why.
pub(super) fn condition(
    draw: &mut Draw,
    request: &Request,
    holds: bool,
) -> (&'static str, &'static str, Vec<String>, Text) {
    let value = |key: &str| request.context.get(key).and_then(|values| values.first()).cloned();
    let absent = |key: &str, en: &str, zh: &str| {
        Text::new(format!("`{key}` is absent, so {en}"), format!("請求裡沒有`{key}`，{zh}"))
    };
    let is = |key: &str, value: &str, holds: bool| {
        let (en, zh) = if holds {
            ("the condition holds", "條件成立")
        } else {
            ("the condition fails", "條件不成立")
        };
        Text::new(format!("`{key}` is `{value}`: {en}"), format!("`{key}`是`{value}`，{zh}"))
    };
    let other_team = |draw: &mut Draw, mine: &str| {
        let others: Vec<_> = TEAMS.iter().filter(|team| **team != mine).collect();
        (**draw.pick(&others)).to_owned()
    };
    let team = value("aws:PrincipalTag/team").unwrap_or_default();
    let env = value("aws:PrincipalTag/env");
    let mfa = value("aws:MultiFactorAuthPresent").map(|value| value == "true");
    let address = value("aws:SourceIp").unwrap_or_default();
    let region = value("aws:RequestedRegion").unwrap_or_default();
    loop {
        match draw.int(0u8, 10) {
            0 => {
                let net = if holds {
                    "203.0.113.0/24"
                } else {
                    *draw.pick(&["198.51.100.0/24", "203.0.112.0/24", "10.0.0.0/8"])
                };
                return ("IpAddress", "aws:SourceIp", vec![net.into()], is("aws:SourceIp", &address, holds));
            }
            1 => {
                let net = if holds { "198.51.100.0/24" } else { "203.0.113.0/24" };
                return (
                    "NotIpAddress",
                    "aws:SourceIp",
                    vec![net.into()],
                    is("aws:SourceIp", &address, holds),
                );
            }
            2 if !team.is_empty() => {
                let mut values = vec![other_team(draw, &team)];
                values.extend(holds.then(|| team.clone()));
                return (
                    "StringEquals",
                    "aws:PrincipalTag/team",
                    values,
                    is("aws:PrincipalTag/team", &team, holds),
                );
            }
            3 if !team.is_empty() => {
                let mut values = vec![other_team(draw, &team)];
                values.extend((!holds).then(|| team.clone()));
                return (
                    "StringNotEquals",
                    "aws:PrincipalTag/team",
                    values,
                    is("aws:PrincipalTag/team", &team, holds),
                );
            }
            4 => {
                let others: Vec<_> = REGIONS.iter().filter(|other| **other != region).collect();
                let other = (**draw.pick(&others)).to_owned();
                let values = if holds { vec![other, region.clone()] } else { vec![other] };
                return (
                    "StringEquals",
                    "aws:RequestedRegion",
                    values,
                    is("aws:RequestedRegion", &region, holds),
                );
            }
            5 if mfa.is_none() && !holds => {
                return (
                    "Bool",
                    "aws:MultiFactorAuthPresent",
                    vec![draw.pick(&["true", "false"]).to_string()],
                    absent(
                        "aws:MultiFactorAuthPresent",
                        "`Bool` does not hold, whatever value it wants",
                        "`Bool`無論要什麼值都不成立",
                    ),
                );
            }
            which @ (5 | 6) if mfa.is_some_and(|mfa| which == 5 || !mfa) => {
                let have = mfa.unwrap_or_default();
                return (
                    if which == 5 { "Bool" } else { "BoolIfExists" },
                    "aws:MultiFactorAuthPresent",
                    vec![(have == holds).to_string()],
                    is("aws:MultiFactorAuthPresent", &have.to_string(), holds),
                );
            }
            6 if mfa.is_none() && holds => {
                return (
                    "BoolIfExists",
                    "aws:MultiFactorAuthPresent",
                    vec!["false".into()],
                    absent("aws:MultiFactorAuthPresent", "`BoolIfExists` holds", "`BoolIfExists`成立"),
                );
            }
            7 if env.is_none() => {
                let values = vec!["prod".to_owned()];
                return if holds {
                    let operator =
                        *draw.pick(&["StringNotEquals", "StringEqualsIfExists", "StringNotEqualsIfExists"]);
                    let why = absent(
                        "aws:PrincipalTag/env",
                        &format!("`{operator}` holds"),
                        &format!("`{operator}`成立"),
                    );
                    (operator, "aws:PrincipalTag/env", values, why)
                } else {
                    (
                        "StringEquals",
                        "aws:PrincipalTag/env",
                        values,
                        absent(
                            "aws:PrincipalTag/env",
                            "`StringEquals` does not hold",
                            "`StringEquals`不成立",
                        ),
                    )
                };
            }
            8 => {
                let wanted = if holds == env.is_none() { "true" } else { "false" };
                let there = if env.is_none() { ("absent", "不存在") } else { ("present", "存在") };
                let (en, zh) = if holds { ("holds", "成立") } else { ("does not hold", "不成立") };
                return (
                    "Null",
                    "aws:PrincipalTag/env",
                    vec![wanted.into()],
                    Text::new(
                        format!("`aws:PrincipalTag/env` is {}, so `Null` `{wanted}` {en}", there.0),
                        format!("`aws:PrincipalTag/env`{}，`Null` `{wanted}`{zh}", there.1),
                    ),
                );
            }
            9 => {
                let values = vec!["team".to_owned(), "env".to_owned()];
                return if holds {
                    (
                        "ForAllValues:StringEquals",
                        "aws:TagKeys",
                        values,
                        absent("aws:TagKeys", "`ForAllValues` holds", "`ForAllValues`成立"),
                    )
                } else {
                    (
                        "ForAnyValue:StringEquals",
                        "aws:TagKeys",
                        values,
                        absent("aws:TagKeys", "`ForAnyValue` does not hold", "`ForAnyValue`不成立"),
                    )
                };
            }
            10 if !team.is_empty() => {
                let start = team.split('-').next().unwrap_or(&team).to_owned();
                let wanted = if holds { format!("{start}*") } else { format!("{}*", start.to_uppercase()) };
                let mut why = is("aws:PrincipalTag/team", &team, holds);
                if !holds {
                    why = Text::new(
                        format!("{}, as `StringLike` is case-sensitive", why.en),
                        format!("{}：`StringLike`區分大小寫", why.zh_tw),
                    );
                }
                return ("StringLike", "aws:PrincipalTag/team", vec![wanted], why);
            }
            _ => {}
        }
    }
}

impl Scene {
    pub(super) fn sid(&mut self) -> &'static str {
        self.sids.pop().unwrap_or("More")
    }

    /// A statement that matches the request, or just does not, and why.
    pub(super) fn statement(
        &mut self,
        draw: &mut Draw,
        kind: Kind,
        deny: bool,
        hits: bool,
    ) -> (Statement, Text) {
        let sid = self.sid();
        let bare = matches!(kind, Kind::Trust | Kind::Key);
        let cause = match hits {
            true => 0,
            false if kind == Kind::Trust => 3,
            false if bare => *draw.pick(&[1, 3]),
            false => draw.int(1u8, 3),
        };
        let actions = self.theme.actions(kind, cause == 1);
        // A trust policy has to name the call itself.
        let action = if kind == Kind::Trust { self.theme.action } else { *draw.pick(&actions) };
        let mut patterns = vec![action];
        if cause == 1 && draw.percent(50) {
            patterns.extend(actions.iter().find(|other| **other != action));
        }
        let resources = self.theme.patterns(kind, cause == 2);
        let resource = if kind == Kind::Key { "*".to_owned() } else { draw.pick(&resources).clone() };
        let resources: &[&str] = if kind == Kind::Trust { &[] } else { &[&resource] };
        let mut statement = if deny {
            Statement::deny(sid, &patterns, resources)
        } else {
            Statement::allow(sid, &patterns, resources)
        };
        let asked = (&self.request.action, &self.request.resource);
        let mut why = match cause {
            0 if deny => Text::new(format!("the Deny `{sid}` matches"), format!("Deny陳述式`{sid}`相符")),
            0 => Text::new(format!("`{sid}` matches"), format!("`{sid}`相符")),
            1 => Text::new(
                format!("`{sid}` names `{}`, not `{}`", patterns.join("`, `"), asked.0),
                format!("`{sid}`寫的是`{}`，不含`{}`", patterns.join("`、`"), asked.0),
            ),
            2 => Text::new(
                format!("`{sid}` is about `{resource}`, which `{}` does not match", asked.1),
                format!("`{sid}`的資源是`{resource}`，`{}`不相符", asked.1),
            ),
            _ => Text::new(format!("`{sid}`"), format!("`{sid}`")),
        };
        if cause == 3 || cause == 0 && draw.percent(if deny { 85 } else { 45 }) {
            let (operator, key, values, because) = condition(draw, &self.request, cause == 0);
            let values: Vec<&str> = values.iter().map(String::as_str).collect();
            statement = statement.when(operator, key, &values);
            why =
                Text::new(format!("{}: {}", why.en, because.en), format!("{}：{}", why.zh_tw, because.zh_tw));
        }
        (statement, why)
    }

    /// A statement about something else.
    pub(super) fn noise(&mut self, draw: &mut Draw, kind: Kind, deny: bool) -> Statement {
        let sid = self.sid();
        // An RCP names everybody, and actions of services that have RCPs.
        if kind == Kind::Rcp {
            let actions: &[&str] = *draw.pick(&[
                &["s3:PutBucketPublicAccessBlock"] as &[&str],
                &["s3:DeleteBucket", "s3:DeleteBucketPolicy"],
                &["sqs:DeleteQueue"],
                &["sqs:SetQueueAttributes", "sqs:AddPermission"],
                &["kms:ScheduleKeyDeletion", "kms:DisableKey"],
                &["secretsmanager:DeleteSecret"],
                &["secretsmanager:PutResourcePolicy"],
                &["sts:AssumeRoleWithWebIdentity"],
            ]);
            return Statement::deny(sid, actions, &["*"]).to(&["*"]);
        }
        let (actions, resource): (&[&str], &str) = *draw.pick(&[
            (&["logs:CreateLogStream", "logs:PutLogEvents"] as &[&str], "*"),
            (&["cloudwatch:PutMetricData"], "*"),
            (&["ec2:DescribeInstances", "ec2:DescribeTags"], "*"),
            (&["dynamodb:Query", "dynamodb:GetItem"], "arn:aws:dynamodb:*:*:table/orders"),
            (&["ssm:GetParameter*"], "arn:aws:ssm:*:*:parameter/app/*"),
            (&["iam:CreateUser", "iam:DeleteUser"], "*"),
            (&["ecr:GetAuthorizationToken"], "*"),
            (&["xray:PutTraceSegments"], "*"),
        ]);
        if deny {
            Statement::deny(sid, actions, &[resource])
        } else {
            Statement::allow(sid, actions, &[resource])
        }
    }

    /// Whom a statement of the resource's policy names.
    pub(super) fn named(&self, to: To) -> Vec<String> {
        let caller = &self.request.caller;
        let account = caller.account().unwrap_or_default();
        match to {
            To::Caller => vec![caller.arn()],
            To::Behind => vec![caller.behind().unwrap_or_else(|| caller.arn())],
            To::Account => vec![format!("arn:aws:iam::{account}:root")],
            To::EveryoneOfRole => vec!["*".to_owned()],
        }
    }

    pub(super) fn attach(&mut self, draw: &mut Draw, (kind, says, to): (Kind, Says, To), elsewhere: bool) {
        let deny = says == Says::Deny;
        // Where a deny is not to apply, nothing is shown of it; where an allow is not to apply, one nearly does.
        let (mut statement, mut why) = self.statement(draw, kind, deny, says != Says::Nothing);
        let caller_account = self.request.caller.account().unwrap_or_default().to_owned();
        let owner = self.request.owner.clone();
        let of_resource = kind.is_of_resource();
        if of_resource {
            let named = self.named(to);
            let named: Vec<&str> = named.iter().map(String::as_str).collect();
            statement = statement.to(&named);
            if to == To::EveryoneOfRole {
                let role = self.request.caller.behind().unwrap_or_default();
                statement = statement.when("ArnEquals", "aws:PrincipalArn", &[&role]);
            }
        } else if kind == Kind::Rcp {
            statement = statement.to(&["*"]);
        }
        let mut statements = vec![statement];
        match kind {
            Kind::Resource | Kind::Trust | Kind::Key => {
                // Another's statement beside it.
                let sid = self.sid();
                let other = format!("arn:aws:iam::{owner}:role/Administrator");
                let wanted = if kind == Kind::Trust { self.theme.action } else { self.theme.hits[0] };
                let resources: &[&str] = match kind {
                    Kind::Trust => &[],
                    Kind::Key => &["*"],
                    _ => &[&self.theme.resource],
                };
                statements.push(Statement::allow(sid, &[wanted], resources).to(&[&other]));
            }
            _ => {
                statements.push(self.noise(draw, kind, deny));
                if draw.percent(50) {
                    statements.push(self.noise(draw, kind, deny));
                }
            }
        }
        // A boundary or session policy that denies lets everything else through.
        if deny && matches!(kind, Kind::Boundary | Kind::Session) {
            let sid = self.sid();
            statements.push(Statement::allow(sid, &["*"], &["*"]));
            why = Text::new(
                format!("{}; the Allow `{sid}` matches too", why.en),
                format!("{}；Allow陳述式`{sid}`也相符", why.zh_tw),
            );
        }
        if deny && kind == Kind::Identity {
            let (more, found) = self.statement(draw, kind, false, true);
            statements.push(more);
            why = Text::new(
                format!("{}; the Allow {}", why.en, found.en),
                format!("{}；Allow陳述式{}", why.zh_tw, found.zh_tw),
            );
        }
        draw.shuffle(&mut statements);
        let names = |draw: &mut Draw| {
            format!(
                "{}{}",
                draw.pick(&["Team", "App", "Ops", "Job"]),
                draw.pick(&["Access", "Permissions", "Rights"])
            )
        };
        let (label, tag, command, indent) = match kind {
            Kind::Identity if matches!(self.request.caller, Principal::Session { linked: true, .. }) => {
                let name = "aws-service-role/ExampleServiceRolePolicy".to_owned();
                let version = draw.int(1u8, 9);
                let command = format!(
                    "aws iam get-policy-version --policy-arn arn:aws:iam::aws:policy/{name} --version-id v{version} --query PolicyVersion.Document"
                );
                let label = Text::new(format!("the role's policy `{name}`"), format!("角色的政策`{name}`"));
                (label, name, command, 4)
            }
            Kind::Identity => {
                let name = format!("{}-{}", names(draw), draw.hex(3));
                let (whose, command) = match &self.request.caller {
                    Principal::Session { role, .. } => (("role", "角色"), {
                        let role = role.rsplit('/').next().unwrap_or(role);
                        format!(
                            "aws iam get-role-policy --role-name {role} --policy-name {name} --query PolicyDocument"
                        )
                    }),
                    Principal::FederatedUser { user, .. } | Principal::User { name: user, .. } => (
                        ("user", "使用者"),
                        format!(
                            "aws iam get-user-policy --user-name {user} --policy-name {name} --query PolicyDocument"
                        ),
                    ),
                    _ => (("user", "使用者"), String::new()),
                };
                (
                    Text::new(
                        format!("the {}'s policy `{name}`", whose.0),
                        format!("{}的政策`{name}`", whose.1),
                    ),
                    name,
                    command,
                    4,
                )
            }
            Kind::Boundary => {
                let name =
                    format!("{}Boundary-{}", draw.pick(&["Developer", "Workload", "Delegated"]), draw.hex(3));
                self.notes.push(Text::new(
                    format!("`{name}` is the caller's permissions boundary."),
                    format!("`{name}`是呼叫者的許可界限（permissions boundary）。"),
                ));
                let command = format!(
                    "aws iam get-policy-version --policy-arn arn:aws:iam::{caller_account}:policy/{name} --version-id v{} --query PolicyVersion.Document",
                    draw.int(1u8, 5)
                );
                (
                    Text::new(format!("the permissions boundary `{name}`"), format!("許可界限`{name}`")),
                    name,
                    command,
                    4,
                )
            }
            Kind::Session => {
                self.notes.push(Text::new(
                    "`session-policy.json` was passed as session policy when the session was made.",
                    "建立工作階段時傳入了`session-policy.json`作為工作階段政策（session policy）。",
                ));
                (
                    Text::new(
                        "the session policy `session-policy.json`",
                        "工作階段政策`session-policy.json`",
                    ),
                    "session-policy.json".to_owned(),
                    "cat session-policy.json".to_owned(),
                    4,
                )
            }
            Kind::Scp | Kind::Rcp => {
                let id = format!("p-{}", draw.hex(8));
                let bears = if kind == Kind::Scp { &caller_account } else { &owner };
                let other = if kind == Kind::Scp { &owner } else { &caller_account };
                let on = if elsewhere { other } else { bears }.clone();
                let word = if kind == Kind::Scp { "SCP" } else { "RCP" };
                self.notes.push(match (kind, says) {
                    (Kind::Rcp, _) => Text::new(
                        format!("RCP `{id}` is attached to account `{on}`. RCPs here cover exactly Amazon S3, AWS STS, AWS KMS, Amazon SQS and AWS Secrets Manager."),
                        format!("RCP `{id}`掛在帳戶`{on}`。本題的RCP只涵蓋Amazon S3、AWS STS、AWS KMS、Amazon SQS與AWS Secrets Manager。"),
                    ),
                    (_, Says::Deny) => Text::new(
                        format!("SCPs: `FullAWSAccess` is attached at every level; `{id}` is attached to account `{on}` as well."),
                        format!("SCP：每一層都掛著`FullAWSAccess`；帳戶`{on}`另外掛著`{id}`。"),
                    ),
                    _ => Text::new(
                        format!("SCPs: `FullAWSAccess` at the root; at account `{on}` it was replaced by `{id}`."),
                        format!("SCP：根層掛著`FullAWSAccess`；帳戶`{on}`這一層改成只掛`{id}`。"),
                    ),
                });
                let command = format!(
                    "aws organizations describe-policy --policy-id {id} --query Policy.Content --output text | jq ."
                );
                let attached = Attached::new(kind, &id, &on, Policy::new(statements)).at("account");
                self.world.policies.push(attached);
                self.exhibits.push((
                    Text::new(format!("the {word} `{id}`"), format!("{word} `{id}`")),
                    id,
                    command,
                    2,
                ));
                self.reasons.push(why);
                return;
            }
            _ => {
                let (en, zh) = match kind {
                    Kind::Trust => ("the trust policy of", "信任政策（角色"),
                    Kind::Key => ("the key policy of", "金鑰政策（金鑰"),
                    _ => ("the resource policy of", "資源政策（資源"),
                };
                let tag = self.theme.tag.clone();
                (
                    Text::new(format!("{en} `{tag}`"), format!("{zh}`{tag}`）")),
                    tag,
                    self.theme.command.clone(),
                    if kind == Kind::Trust { 4 } else { 2 },
                )
            }
        };
        let account = if of_resource { owner } else { caller_account };
        self.world.policies.push(Attached::new(kind, &tag, &account, Policy::new(statements)));
        self.exhibits.push((label, tag, command, indent));
        self.reasons.push(why);
    }

    /// The evaluator's world: with the SCP that is not shown.
    pub(super) fn whole(&self) -> World {
        let mut world = self.world.clone();
        let full = Policy::new(vec![Statement::allow("", &["*"], &["*"])]);
        let lists: Vec<String> = world
            .policies
            .iter()
            .filter(|attached| {
                let allows = |statement: &Statement| statement.effect == Effect::Allow;
                attached.kind == Kind::Scp && !attached.policy.statements.iter().any(allows)
            })
            .map(|attached| attached.account.clone())
            .collect();
        for account in lists {
            world
                .policies
                .push(Attached::new(Kind::Scp, "FullAWSAccess", &account, full.clone()).at("account"));
        }
        world
    }

    pub(super) fn label(&self, policy: usize) -> Text {
        self.exhibits
            .get(policy)
            .map_or_else(|| Text::new("`FullAWSAccess`", "`FullAWSAccess`"), |(label, ..)| label.clone())
    }

    /// A change in words.
    pub(super) fn edit(&self, edit: &Edit) -> Option<Text> {
        let request = &self.request;
        Some(match edit {
            Edit::Remove { policy, statement } => {
                let sid = &self.world.policies.get(*policy)?.policy.statements.get(*statement)?.sid;
                let label = self.label(*policy);
                Text::new(
                    format!("Remove the statement `{sid}` from {}", label.en),
                    format!("從{}刪掉陳述式`{sid}`", label.zh_tw),
                )
            }
            Edit::Allow { policy } => {
                let attached = self.world.policies.get(*policy)?;
                // An RCP's own statements can only deny.
                if attached.kind == Kind::Rcp {
                    return None;
                }
                let label = self.label(*policy);
                let (action, resource, caller) = (&request.action, &request.resource, request.caller.arn());
                let of_resource = attached.kind.is_of_resource();
                let to = if of_resource { format!(" to `{caller}`") } else { String::new() };
                let who = if of_resource { format!("`{caller}`") } else { String::new() };
                Text::new(
                    format!("Add to {} a statement that allows `{action}` on `{resource}`{to}", label.en),
                    format!("在{}加一條陳述式，允許{who}對`{resource}`執行`{action}`", label.zh_tw),
                )
            }
            _ => return None,
        })
    }

    /// A decision in words.
    pub(super) fn because(&self, decision: &Decision) -> Text {
        let label =
            decision.policy.map_or_else(|| Text::new("a policy", "政策"), |policy| self.label(policy));
        let text = |en: String, zh: String| Text::new(en, zh);
        match decision.rule {
            Rule::Deny => {
                let sid = decision.policy.zip(decision.statement).and_then(|(policy, statement)| {
                    Some(self.world.policies.get(policy)?.policy.statements.get(statement)?.sid.clone())
                });
                let sid = sid.unwrap_or_default();
                text(
                    format!("Denied explicitly by `{sid}` in {}.", label.en),
                    format!("{}的`{sid}`明確拒絕。", label.zh_tw),
                )
            }
            Rule::DirectGrant => text(
                format!(
                    "Allowed: within one account, {} grants it to the very principal that asks; missing Allows in identity-based policy, boundary or session policy do not limit that.",
                    label.en
                ),
                format!(
                    "允許：同一帳戶內，{}直接允許發出請求的主體本身；身分型政策、許可界限、工作階段政策少了Allow都限制不了它。",
                    label.zh_tw
                ),
            ),
            Rule::GrantBehind => text(
                format!(
                    "Allowed: {} grants it to the role or user behind the session, and nothing else limits it.",
                    label.en
                ),
                format!("允許：{}允許了工作階段背後的角色或使用者，其他政策也沒有限制。", label.zh_tw),
            ),
            Rule::IdentityAllows => text(
                format!("Allowed by {}; nothing limits it.", label.en),
                format!("{}允許，沒有別的限制。", label.zh_tw),
            ),
            Rule::BothAllow => text(
                "Allowed: the caller's account and the resource's account both allow it.".into(),
                "允許：呼叫者的帳戶與資源的帳戶兩邊都允許。".into(),
            ),
            Rule::Root => text(
                "Allowed: the root user of the account may.".into(),
                "允許：帳戶的root使用者可以。".into(),
            ),
            _ => text(
                format!("No Allow applies in {}, and here one is needed: denied.", label.en),
                format!("{}沒有成立的Allow，而這裡少不了它，所以拒絕。", label.zh_tw),
            ),
        }
    }

    pub(super) fn evidence(&self) -> Vec<Evidence> {
        self.exhibits
            .iter()
            .zip(&self.world.policies)
            .map(|((_, _, command, indent), attached)| {
                shown(
                    EvidenceType::Command,
                    format!("$ {command}\n{}\n", attached.policy.json().pretty(*indent)),
                )
            })
            .collect()
    }

    pub(super) fn context_list(&self) -> String {
        let keys =
            self.request.context.iter().map(|(key, values)| format!("`{key}` = `{}`", values.join("`, `")));
        keys.collect::<Vec<_>>().join("; ")
    }

    pub(super) fn given(&self) -> serde_json::Value {
        let caller = &self.request.caller;
        let context: serde_json::Map<_, _> =
            self.request.context.iter().map(|(key, values)| (key.to_owned(), json!(values))).collect();
        let on: serde_json::Map<_, _> = (self.world.policies.iter())
            .filter(|attached| matches!(attached.kind, Kind::Scp | Kind::Rcp))
            .map(|attached| (attached.name.clone(), json!(attached.account)))
            .collect();
        json!({
            "caller": caller.arn(), "account": caller.account(), "behind": caller.behind(),
            "linked": matches!(caller, Principal::Session { linked: true, .. }),
            "action": self.request.action, "resource": self.request.resource, "owner": self.request.owner,
            "context": context, "management": self.world.management, "on": on,
            "rcp": self.world.rcp_services,
        })
    }
}

pub(super) fn scene(draw: &mut Draw, caller: Principal, theme: Theme, owner: &str, region: &str) -> Scene {
    let mut request = Request::new(caller, theme.action, &theme.resource, owner);
    keys(draw, &mut request, region);
    let mut sids = SIDS.to_vec();
    draw.shuffle(&mut sids);
    Scene {
        world: World::default(),
        request,
        theme,
        exhibits: Vec::new(),
        reasons: Vec::new(),
        notes: Vec::new(),
        sids,
    }
}

impl Scene {
    pub(super) fn because_after(&self, edit: &Edit, world: &World) -> Text {
        let after = edit.apply(world, &self.request);
        let decision = decide(&after, &self.request);
        let changed = Self {
            world: after,
            request: self.request.clone(),
            theme: Theme {
                hits: &[],
                misses: &[],
                action: "",
                resource: String::new(),
                wide: Vec::new(),
                narrow: Vec::new(),
                tag: String::new(),
                command: String::new(),
            },
            exhibits: self.exhibits.clone(),
            reasons: Vec::new(),
            notes: Vec::new(),
            sids: Vec::new(),
        };
        changed.because(&decision)
    }
}
