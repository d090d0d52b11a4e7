//! D05: what IAM decides, which policy it comes from, and what would turn it around.

mod scene;
mod shapes;
mod theme;

use serde_json::json;

use self::scene::{REGIONS, condition, scene};
use self::shapes::{ACROSS, Shape, WITHIN, Who};
use self::theme::{TEAMS, theme};
use super::{Answer, Ask, Choice, Exercise, Family, Form};
use crate::cloud::Draw;
use crate::cloud::iam::{
    Attached, Decision, Edit, Kind, Look, Policy, Principal, Statement, Verdict, decide, flips, look,
};
use crate::model::Text;

pub(super) const FAMILY: Family = Family {
    id: "D05",
    place: ("aws-core", "iam-evaluation-logic"),
    depths: &[2, 3, 4],
    seconds: 150,
    version: 2,
    sources: &[
        "IAM User Guide, How AWS enforcement code logic evaluates requests to allow or deny access",
        "IAM User Guide, Cross-account policy evaluation logic",
        "IAM User Guide, IAM JSON policy elements: Condition operators",
        "IAM User Guide, Permissions boundaries for IAM entities",
        "AWS Organizations User Guide, Service control policies; Resource control policies",
        "AWS KMS Developer Guide, Key policies in AWS KMS",
    ],
    draw,
};

const DENIAL: [(Verdict, &str, &str); 3] = [
    (Verdict::Allowed, "Allowed", "允許"),
    (Verdict::ExplicitDeny, "Denied: a Deny statement applies", "拒絕：有Deny陳述式成立（明確拒絕）"),
    (
        Verdict::ImplicitDeny,
        "Denied: no Deny applies, an Allow is missing",
        "拒絕：沒有Deny成立，但缺少Allow（隱含拒絕）",
    ),
];

const NAMES: [&str; 8] =
    ["mei.lin", "alice", "ken.wu", "deploy-bot", "jia.chen", "ryan", "yi-ting", "ops-reader"];
const ROLES: [&str; 8] = [
    "AppServer",
    "ReportJob",
    "DataPipeline",
    "CiDeploy",
    "SupportAccess",
    "BatchWorker",
    "EtlRunner",
    "ApiBackend",
];
const SESSIONS: [&str; 5] =
    ["i-0a4c19d2e77f80b31", "nightly", "mei.lin@example.com", "build-4821", "worker-3"];

fn draw(draw: &mut Draw, level: u8) -> Exercise {
    match level {
        1 => requests(draw),
        _ => {
            let shapes = if level == 2 { WITHIN } else { ACROSS };
            // What chance puts together may have no fair wrong changes to offer: then it is drawn anew.
            for _ in 0..8 {
                let shape = draw.pick(shapes);
                for _ in 0..20 {
                    if let Some(exercise) = layered(draw, shape) {
                        return exercise;
                    }
                }
            }
            requests(draw)
        }
    }
}

fn account(draw: &mut Draw) -> String {
    (0..4).map(|_| format!("{:03}", draw.int(101u32, 998))).collect()
}

fn results(draw: &mut Draw, decision: &Decision, why: &Text) -> Answer {
    let mut options: Vec<Choice> =
        DENIAL.iter().map(|(_, en, zh)| Choice::new(Text::new(*en, *zh), why.clone())).collect();
    let right = DENIAL.iter().position(|(verdict, ..)| *verdict == decision.verdict).unwrap_or_default();
    options.swap(0, right);
    Answer::choice(draw, options)
}

/// One account; three requests against the same policies.
fn requests(draw: &mut Draw) -> Exercise {
    let mut last = None;
    for _ in 0..40 {
        let (exercise, good) = three(draw);
        if good {
            return exercise;
        }
        last = Some(exercise);
    }
    last.unwrap_or_default()
}

fn three(draw: &mut Draw) -> (Exercise, bool) {
    let mine = account(draw);
    let region = *draw.pick(&REGIONS);
    let user = *draw.pick(&NAMES);
    let which = *draw.pick(&["s3", "sqs", "secrets", "sns"]);
    let theme = theme(draw, which, &mine, region);
    let mut scene = scene(draw, Principal::user(&mine, user), theme, &mine, region);
    let asked: Vec<String> = {
        let mut actions: Vec<String> = match which {
            "s3" => [
                "s3:GetObject",
                "s3:PutObject",
                "s3:GetObjectVersion",
                "s3:DeleteObject",
                "s3:GetObjectTagging",
            ]
            .map(str::to_owned)
            .to_vec(),
            "sqs" => [
                "sqs:SendMessage",
                "sqs:ReceiveMessage",
                "sqs:DeleteMessage",
                "sqs:GetQueueAttributes",
                "sqs:PurgeQueue",
            ]
            .map(str::to_owned)
            .to_vec(),
            "sns" => [
                "sns:Publish",
                "sns:Subscribe",
                "sns:GetTopicAttributes",
                "sns:SetTopicAttributes",
                "sns:DeleteTopic",
            ]
            .map(str::to_owned)
            .to_vec(),
            _ => [
                "secretsmanager:GetSecretValue",
                "secretsmanager:DescribeSecret",
                "secretsmanager:PutSecretValue",
                "secretsmanager:DeleteSecret",
                "secretsmanager:RotateSecret",
            ]
            .map(str::to_owned)
            .to_vec(),
        };
        draw.shuffle(&mut actions);
        actions.truncate(3);
        actions
    };
    let service = scene.theme.action.split(':').next().unwrap_or_default().to_owned();
    let patterns = |draw: &mut Draw| -> Vec<String> {
        let one = draw.pick(&asked).clone();
        let verb: String = one.split(':').nth(1).unwrap_or_default().chars().take(draw.int(3, 5)).collect();
        match draw.int(0u8, 5) {
            0 | 1 => vec![one],
            2 => vec![format!("{service}:{verb}*")],
            3 => vec![format!("{service}:*")],
            4 => vec![one, draw.pick(&asked).clone()],
            _ => vec![format!(
                "{service}:?{}",
                one.split(':').nth(1).unwrap_or_default().get(1..).unwrap_or_default()
            )],
        }
    };
    let group = format!("{}-{}", draw.pick(&TEAMS), draw.pick(&["devs", "readers", "oncall"]));
    let holders = [("user", true), ("group", true), ("resource", draw.percent(50))];
    for (holder, wanted) in holders {
        if !wanted {
            continue;
        }
        let mut statements = Vec::new();
        for _ in 0..draw.int(2u8, 3) {
            let sid = scene.sid();
            let mut names = patterns(draw);
            names.dedup();
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            let kind = if holder == "resource" { Kind::Resource } else { Kind::Identity };
            let resources = scene.theme.patterns(kind, !draw.percent(70));
            let resource = draw.pick(&resources).clone();
            let mut statement = if draw.percent(30) {
                Statement::deny(sid, &names, &[&resource])
            } else {
                Statement::allow(sid, &names, &[&resource])
            };
            // Now and then the elements that begin with Not.
            if holder != "resource" && draw.percent(12) {
                statement.actions.not = true;
            }
            if draw.percent(35) {
                let holds = draw.percent(50);
                let (operator, key, values, _) = condition(draw, &scene.request, holds);
                let values: Vec<&str> = values.iter().map(String::as_str).collect();
                statement = statement.when(operator, key, &values);
            }
            if holder == "resource" {
                let arn = if draw.percent(80) {
                    scene.request.caller.arn()
                } else {
                    format!("arn:aws:iam::{mine}:user/{}-2", user)
                };
                statement = statement.to(&[&arn]);
            }
            statements.push(statement);
        }
        let name = format!(
            "{}{}-{}",
            draw.pick(&["Team", "App", "Ops", "Job"]),
            draw.pick(&["Access", "Permissions", "Rights"]),
            draw.hex(3)
        );
        let policy = Policy::new(statements);
        match holder {
            "user" => {
                let command = format!(
                    "aws iam get-user-policy --user-name {user} --policy-name {name} --query PolicyDocument"
                );
                scene.exhibits.push((
                    Text::new(format!("the user's policy `{name}`"), format!("使用者的政策`{name}`")),
                    name.clone(),
                    command,
                    4,
                ));
                scene.world.policies.push(Attached::new(Kind::Identity, &name, &mine, policy));
            }
            "group" => {
                let command = format!(
                    "aws iam get-group-policy --group-name {group} --policy-name {name} --query PolicyDocument"
                );
                scene.exhibits.push((
                    Text::new(format!("the group's policy `{name}`"), format!("群組的政策`{name}`")),
                    name.clone(),
                    command,
                    4,
                ));
                scene.world.policies.push(Attached::new(Kind::Identity, &name, &mine, policy));
            }
            _ => {
                let tag = scene.theme.tag.clone();
                scene.exhibits.push((
                    Text::new(format!("the resource policy of `{tag}`"), format!("資源政策（資源`{tag}`）")),
                    tag.clone(),
                    scene.theme.command.clone(),
                    2,
                ));
                scene.world.policies.push(Attached::new(Kind::Resource, &tag, &mine, policy));
            }
        }
    }
    let mut asks = Vec::new();
    let mut steps = Vec::new();
    let mut verdicts = Vec::new();
    let mut deciders = Vec::new();
    for (number, action) in (1..).zip(&asked) {
        scene.request.action.clone_from(action);
        let decision = decide(&scene.world, &scene.request);
        let because = scene.because(&decision);
        let looks: Vec<_> = scene
            .world
            .policies
            .iter()
            .map(|attached| (attached, look(&scene.world, &scene.request, attached)))
            .collect();
        let sids = |of: fn(&Look) -> Vec<usize>| -> Vec<String> {
            let sid = |attached: &Attached, index: usize| {
                attached.policy.statements.get(index).map(|statement| statement.sid.clone())
            };
            looks
                .iter()
                .flat_map(|(attached, look)| of(look).into_iter().filter_map(|index| sid(attached, index)))
                .collect()
        };
        let (allows, denies) = (
            sids(|look| look.allows.iter().map(|(index, _)| *index).collect()),
            sids(|look| look.denies.clone()),
        );
        let decider = match decision.verdict {
            Verdict::Allowed => allows.as_slice(),
            Verdict::ExplicitDeny => denies.as_slice(),
            Verdict::ImplicitDeny => &[],
        };
        if let [one] = decider {
            deciders.push((number, one.clone()));
        }
        let list = |sids: &[String], none: &str| {
            if sids.is_empty() { none.to_owned() } else { format!("`{}`", sids.join("`, `")) }
        };
        let denied = sids(|look| look.denies.clone());
        steps.push(Text::new(
            format!(
                "`{action}`: Deny statements that apply: {}; Allow statements that apply: {}. {}",
                list(&denied, "none"),
                list(&allows, "none"),
                because.en
            ),
            format!(
                "`{action}`：成立的Deny：{}；成立的Allow：{}。{}",
                list(&denied, "沒有"),
                list(&allows, "沒有"),
                because.zh_tw
            ),
        ));
        verdicts.push(decision.verdict);
        asks.push(Ask::new(
            &format!("request-{number}"),
            Text::new(format!("Request {number}: `{action}`"), format!("請求{number}：`{action}`")),
            results(draw, &decision, &because),
        ));
    }
    let mixed = verdicts.iter().any(|verdict| *verdict != verdicts[0]);
    let good = mixed && !deciders.is_empty();
    let (number, sid) =
        if deciders.is_empty() { (1, "none".to_owned()) } else { draw.pick(&deciders).clone() };
    asks.push(Ask::new(
        "sid",
        Text::new(
            format!("`Sid` of the one statement that decides request {number}"),
            format!("決定請求{number}的是哪一條陳述式（填`Sid`）"),
        ),
        Answer::typed(Form::Words, sid),
    ));
    let requests: Vec<String> =
        (1..).zip(&asked).map(|(number, action)| format!("{number}. `{action}`")).collect();
    let mut given = scene.given();
    if let Some(given) = given.as_object_mut() {
        given.insert("actions".into(), json!(asked));
        given.insert("number".into(), json!(number));
    }
    let (caller, resource, keys) =
        (scene.request.caller.arn(), &scene.request.resource, scene.context_list());
    let exercise = Exercise {
        prompt: Text::new(
            format!(
                "`{caller}`, a member of the group `{group}`, makes three requests for `{resource}`, which is of the same account. Every policy that bears on them is shown; there is no boundary and no organization.\n\nCondition keys of the requests: {keys}. Other keys that the policies name are absent.\n\n{}",
                requests.join("\n")
            ),
            format!(
                "`{caller}`是群組`{group}`的成員，對同一帳戶的`{resource}`發出三個請求。相關的政策全部列出；沒有許可界限，也不在組織裡。\n\n請求的條件鍵：{keys}；政策提到的其他條件鍵都不存在。\n\n{}",
                requests.join("\n")
            ),
        ),
        evidence: scene.evidence(),
        asks,
        steps,
        given,
    };
    (exercise, good)
}

/// Several kinds of policies at once.
fn layered(draw: &mut Draw, shape: &Shape) -> Option<Exercise> {
    let mine = account(draw);
    let owner = if shape.across { account(draw) } else { mine.clone() };
    let third = account(draw);
    if owner == third || mine == third || shape.across && owner == mine {
        return None;
    }
    let region = *draw.pick(&REGIONS);
    let which = *draw.pick(shape.themes);
    let theme = theme(draw, which, &owner, region);
    let caller = match shape.who {
        Who::User => Principal::user(&mine, draw.pick::<&str>(&NAMES)),
        Who::Session => Principal::session(&mine, draw.pick::<&str>(&ROLES), draw.pick::<&str>(&SESSIONS)),
        Who::Root => Principal::Root { account: mine.clone() },
        Who::Federated => Principal::FederatedUser {
            account: mine.clone(),
            name: format!("temp-{}", draw.hex(4)),
            user: (*draw.pick(&NAMES)).to_owned(),
        },
        // A stand-in for a service: what the real ones' policies say is not for us to make up.
        Who::Linked => Principal::Session {
            account: mine.clone(),
            role: "aws-service-role/example.amazonaws.com/AWSServiceRoleForExample".to_owned(),
            session: (*draw.pick(&["Example", "ExampleSession"])).to_owned(),
            linked: true,
        },
    };
    let mut scene = scene(draw, caller, theme, &owner, region);
    if let Principal::FederatedUser { name, user, .. } = &scene.request.caller {
        scene.notes.push(Text::new(
            format!("`{name}` is a session that the user `{user}` made with `GetFederationToken`."),
            format!("`{name}`是使用者`{user}`以`GetFederationToken`建立的工作階段。"),
        ));
    }
    let organized = shape.layers.iter().any(|(kind, ..)| matches!(kind, Kind::Scp | Kind::Rcp));
    if organized {
        let management = match shape.manager {
            2 => &mine,
            3 => &owner,
            _ => &third,
        };
        scene.world.management = Some(management.clone());
        let mut members: Vec<String> = [&mine, &owner]
            .into_iter()
            .filter(|account| *account != management)
            .map(|account| format!("`{account}`"))
            .collect();
        members.dedup();
        let plural = if members.len() > 1 {
            ("are member accounts", "是成員帳戶")
        } else {
            ("is a member account", "是成員帳戶")
        };
        scene.notes.push(Text::new(
            format!(
                "Organization: the management account is `{management}`; {} {}.",
                members.join(" and "),
                plural.0
            ),
            format!("組織：管理帳戶是`{management}`；{}{}。", members.join("、"), plural.1),
        ));
        scene.request.context.set("aws:PrincipalOrgID", "o-a1b2c3d4e5");
    }
    for layer in shape.layers {
        // The root user has no identity-based policies.
        if shape.who == Who::Root && layer.0 == Kind::Identity {
            continue;
        }
        scene.attach(draw, *layer, shape.elsewhere);
    }
    if shape.who == Who::Linked {
        scene.notes.push(Text::new(
            "The caller's role is a service-linked role.",
            "呼叫者的角色是服務連結角色（service-linked role）。",
        ));
    }
    let mut order: Vec<usize> = (0..scene.exhibits.len()).collect();
    draw.shuffle(&mut order);
    scene.exhibits = order.iter().filter_map(|index| scene.exhibits.get(*index).cloned()).collect();
    scene.reasons = order.iter().filter_map(|index| scene.reasons.get(*index).cloned()).collect();
    scene.world.policies =
        order.iter().filter_map(|index| scene.world.policies.get(*index).cloned()).collect();

    let world = scene.whole();
    let decision = decide(&world, &scene.request);
    let because = scene.because(&decision);
    let denied = decision.verdict != Verdict::Allowed;
    let shown_count = scene.exhibits.len();

    let mut asks = vec![Ask::new(
        "result",
        Text::new("What becomes of the request", "這個請求的結果"),
        results(draw, &decision, &because),
    )];

    let mut options = Vec::new();
    let mut right = Vec::new();
    for (index, attached) in scene.world.policies.iter().enumerate() {
        let seen = look(&world, &scene.request, attached);
        let reason = scene.reasons.get(index)?;
        if !seen.allows.is_empty() {
            right.push(index);
        }
        options.push(Choice::new(
            scene.label(index),
            Text::new(format!("{}.", capital(&reason.en)), format!("{}。", reason.zh_tw)),
        ));
    }
    if options.len() < 2 {
        return None;
    }
    asks.push(Ask::new(
        "allows",
        Text::new(
            "Policies with an Allow whose action, resource and conditions match, and whose principal, if it has one, is the caller, its role or user, or its account",
            "哪些政策有相符的Allow：動作、資源、條件都符合，且若有Principal，寫的是呼叫者、其背後的角色或使用者、或其帳戶",
        ),
        Answer::Several { options, right },
    ));
    if denied {
        let decider = decision.policy.filter(|policy| *policy < shown_count)?;
        let mut options = vec![Choice::new(scene.label(decider), because.clone())];
        for other in (0..shown_count).filter(|other| *other != decider) {
            let reason = scene.reasons.get(other)?;
            options.push(Choice::new(
                scene.label(other),
                Text::new(
                    format!("{}. The denial comes from elsewhere. {}", capital(&reason.en), because.en),
                    format!("{}。拒絕另有來源：{}", reason.zh_tw, because.zh_tw),
                ),
            ));
        }
        asks.push(Ask::new(
            "policy",
            Text::new(
                "The policy the denial comes from: its Deny applies, or it lacks an Allow that has to be there",
                "拒絕來自哪份政策：它的Deny成立，或它缺少必要的Allow",
            ),
            Answer::choice(draw, options),
        ));
    }

    let all = flips(&world, &scene.request);
    let usable = |edit: &&Edit| match edit {
        Edit::Remove { policy, .. } | Edit::Allow { policy } => *policy < shown_count,
        _ => false,
    };
    let mut good: Vec<&Edit> = all.iter().filter(usable).collect();
    if denied {
        good.retain(|edit| match edit {
            Edit::Remove { policy, .. } | Edit::Allow { policy } => Some(*policy) == decision.policy,
            _ => false,
        });
    }
    let first = (*good.first()?).clone();
    let chosen = if denied { first } else { (*draw.pick(&good)).clone() };
    let mut wrong = Vec::new();
    for policy in 0..shown_count {
        let attached = scene.world.policies.get(policy)?;
        wrong.extend(
            (0..attached.policy.statements.len()).map(|statement| Edit::Remove { policy, statement }),
        );
        if denied {
            wrong.push(Edit::Allow { policy });
        }
    }
    wrong.retain(|edit| !all.contains(edit));
    draw.shuffle(&mut wrong);
    let mut options = vec![Choice::new(
        scene.edit(&chosen)?,
        Text::new(
            format!("After it: {}", scene.because_after(&chosen, &world).en),
            format!("改完之後：{}", scene.because_after(&chosen, &world).zh_tw),
        ),
    )];
    // An Allow somewhere else is the tempting one: up to two of them, the rest as drawn.
    wrong.sort_by_key(|edit| !matches!(edit, Edit::Allow { .. }));
    let (mut adds, mut removes) = (0, 0);
    for edit in &wrong {
        let count = if matches!(edit, Edit::Allow { .. }) { &mut adds } else { &mut removes };
        *count += 1;
        if *count > 2 || options.len() > 4 {
            continue;
        }
        if let Some(text) = scene.edit(edit) {
            let after = scene.because_after(edit, &world);
            options.push(Choice::new(
                text,
                Text::new(format!("It stays as it is. {}", after.en), format!("結果不變。{}", after.zh_tw)),
            ));
        }
    }
    if options.len() < 3 {
        return None;
    }
    // Nobody edits the policy of a service-linked role.
    if shape.who != Who::Linked {
        asks.push(Ask::new(
            "change",
            if denied {
                Text::new(
                    "The one of these changes that alone makes it allowed",
                    "下面哪一項改動，單獨做就能讓它被允許",
                )
            } else {
                Text::new(
                    "The one of these changes that alone makes it denied",
                    "下面哪一項改動，單獨做就會讓它被拒絕",
                )
            },
            Answer::choice(draw, options),
        ));
    }

    let mut steps: Vec<Text> = Vec::new();
    for (index, attached) in scene.world.policies.iter().enumerate() {
        let (label, reason) = (scene.label(index), scene.reasons.get(index)?);
        let seen = look(&world, &scene.request, attached);
        let (en, zh) = if seen.binds {
            (String::new(), String::new())
        } else {
            let (en, zh) = match attached.kind {
                Kind::Scp => (
                    " But this SCP does not bind the caller: SCPs bind principals of the account they hang on, not of the management account, and no service-linked roles.",
                    "但這份SCP管不到呼叫者：SCP只管所掛帳戶的主體，管不到管理帳戶，也管不到服務連結角色。",
                ),
                Kind::Rcp => (
                    " But this RCP does not bind the resource: RCPs bind resources of the account they hang on, of the services named, not of the management account.",
                    "但這份RCP管不到這個資源：RCP只管所掛帳戶、且屬於支援服務的資源，管不到管理帳戶的資源。",
                ),
                _ => ("", ""),
            };
            (en.to_owned(), zh.to_owned())
        };
        steps.push(Text::new(
            format!("{}: {}.{en}", capital(&label.en), reason.en),
            format!("{}：{}。{zh}", label.zh_tw, reason.zh_tw),
        ));
    }
    steps.push(because);
    let notes = |of: fn(&Text) -> &String| -> String {
        scene.notes.iter().map(|note| format!("\n- {}", of(note))).collect()
    };
    let (caller, action, resource, keys) =
        (scene.request.caller.arn(), &scene.request.action, &scene.request.resource, scene.context_list());
    Some(Exercise {
        prompt: Text::new(
            format!(
                "`{caller}` asks for `{action}` on `{resource}`, owned by account `{owner}`. Every policy that bears on the request is shown.\n{}\n- Condition keys of the request: {keys}. Other keys that the policies name are absent.",
                notes(|note| &note.en)
            ),
            format!(
                "`{caller}`要對帳戶`{owner}`的`{resource}`執行`{action}`。相關的政策全部列出。\n{}\n- 請求的條件鍵：{keys}；政策提到的其他條件鍵都不存在。",
                notes(|note| &note.zh_tw)
            ),
        ),
        evidence: scene.evidence(),
        asks,
        steps,
        given: scene.given(),
    })
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
