//! I24: an image of one architecture on nodes of another.
//!
//! Rules: an image index lists a manifest for each platform, a single manifest has one (OCI Image Specification, image
//! index); the kernel refuses a program it has no handler for with ENOEXEC, "Exec format error" (execve(2), ERRORS), also a
//! script without `#!`; stopped tasks and their reasons (Amazon ECS Developer Guide, "View Amazon ECS stopped task errors").

use std::fmt::Write as _;

use chrono::{NaiveDate, NaiveDateTime, TimeDelta};

use super::{Scene, World, printed, shown};
use crate::cloud::Draw;
use crate::model::EvidenceType::{Command, Json, Log};

pub(super) const WORLD: World = World {
    id: "I24",
    version: 3,
    causes: &[
        "image-architecture",
        "nodes-moved",
        "index-without-amd64",
        "script-without-interpreter",
        "registry-access",
        "out-of-memory",
        "missing-setting",
    ],
    build,
};

/// What is drawn before the cause is looked at.
struct Names {
    service: &'static str,
    cluster: &'static str,
    account: String,
    tag: String,
    old_tag: String,
    task: String,
    digest: String,
    old_digest: String,
    amd_digest: String,
    instance: String,
    role: String,
    limit_mib: u32,
    deployed: NaiveDateTime,
}

/// The world: what each thing really is.
struct Facts<'a> {
    names: &'a Names,
    /// Architectures the new tag's image runs on; several make an index.
    image: &'a [&'static str],
    /// Whether the tag is an index rather than a single manifest.
    index: bool,
    /// The image that ran before.
    old_image: &'static str,
    nodes: &'static str,
    /// The nodes' architecture a week ago.
    old_nodes: &'static str,
    readable: bool,
    interpreter: bool,
    setting: bool,
    /// What the program needs, MiB.
    needs_mib: u32,
}

/// How the new tasks end: what follows from the facts.
enum End {
    /// Nothing for this platform in the index.
    NoManifest,
    Denied,
    /// The kernel cannot run the program.
    ExecFormat,
    Killed,
    /// The program ends by itself.
    Refuses,
}

impl Facts<'_> {
    fn end(&self) -> End {
        let fits = self.image.contains(&self.nodes);
        if !self.readable {
            End::Denied
        } else if self.index && !fits {
            End::NoManifest
        } else if !fits || !self.interpreter {
            End::ExecFormat
        } else if self.needs_mib > self.names.limit_mib {
            End::Killed
        } else {
            // A world without any fault is not built.
            End::Refuses
        }
    }
}

fn build(draw: &mut Draw, cause: &str) -> Scene {
    let names = names(draw);
    let mut facts = Facts {
        names: &names,
        image: &["amd64"],
        index: false,
        old_image: "amd64",
        nodes: "amd64",
        old_nodes: "amd64",
        readable: true,
        interpreter: true,
        setting: true,
        needs_mib: names.limit_mib * 6 / 10,
    };
    match cause {
        "nodes-moved" => {
            facts.image = &["arm64"];
            facts.old_image = "arm64";
            facts.old_nodes = "arm64";
        }
        "index-without-amd64" => {
            facts.image = &["arm64"];
            facts.index = true;
        }
        "script-without-interpreter" => facts.interpreter = false,
        "registry-access" => facts.readable = false,
        "out-of-memory" => facts.needs_mib = names.limit_mib * 13 / 10,
        "missing-setting" => facts.setting = false,
        _ => facts.image = &["arm64"],
    }
    let mut scene = Scene::default();
    for (name, value) in [
        ("service", names.service),
        ("cluster", names.cluster),
        ("tag", &names.tag),
        ("old_tag", &names.old_tag),
        ("time", &names.deployed.format("%H:%M").to_string()),
    ] {
        scene.name(name, value);
    }
    service_events(&mut scene, &facts);
    stopped_task(&mut scene, &facts);
    container_log(&mut scene, &facts);
    manifest(&mut scene, &facts);
    nodes(&mut scene, &facts);
    task_definition(&mut scene, &facts);
    pipeline(&mut scene, &facts);
    registry_events(&mut scene, &facts);
    scene
}

fn names(draw: &mut Draw) -> Names {
    let day = NaiveDate::from_ymd_opt(2026, draw.int(2, 10), draw.int(2, 27)).unwrap_or_default();
    let deployed = day.and_hms_opt(draw.int(1, 9), draw.int(0, 59), draw.int(0, 59)).unwrap_or_default();
    let hex = draw.hex(7);
    Names {
        service: *draw.pick(&["checkout", "catalog", "orders", "search", "invoices"]),
        cluster: *draw.pick(&["prod", "shop-prod", "core-prod", "tokyo-prod"]),
        account: format!("{:012}", draw.number(100_000_000_000, 999_999_999_999)),
        tag: format!("{}-{hex}", deployed.format("%Y%m%d")),
        old_tag: format!(
            "{}-{}",
            (deployed - TimeDelta::days(draw.int(5, 20))).format("%Y%m%d"),
            draw.hex(7)
        ),
        task: draw.hex(32),
        digest: draw.hex(64),
        old_digest: draw.hex(64),
        amd_digest: draw.hex(64),
        instance: format!("i-0{}", draw.hex(16)),
        role: "ecsInstanceRole".to_owned(),
        limit_mib: *draw.pick(&[512, 1024, 2048]),
        deployed,
    }
}

fn image(names: &Names, tag: &str) -> String {
    format!("{}.dkr.ecr.ap-northeast-1.amazonaws.com/{}:{tag}", names.account, names.service)
}

fn stamp(time: NaiveDateTime) -> String {
    time.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

fn service_events(scene: &mut Scene, facts: &Facts<'_>) {
    let Names { service, cluster, task, deployed, .. } = facts.names;
    let mut text = format!(
        "$ aws ecs describe-services --cluster {cluster} --services {service} --query 'services[0].events[:4].[createdAt,message]' --output text\n"
    );
    let deployment = "ecs-svc/8412096651873306921";
    let rows = [
        (
            9,
            format!(
                "(service {service}) (deployment {deployment}) deployment failed: tasks failed to start."
            ),
        ),
        (6, format!("(service {service}) has started 1 tasks: (task {}).", reversed(task))),
        (3, format!("(service {service}) has started 1 tasks: (task {task}).")),
        (-212, format!("(service {service}) has reached a steady state.")),
    ];
    for (minutes, message) in rows {
        let at = *deployed + TimeDelta::minutes(minutes);
        let _ = writeln!(text, "{}\t{message}", at.format("%Y-%m-%dT%H:%M:%S.305000+00:00"));
    }
    scene.show("service-events", "tasks-fail-to-start", vec![shown(Command, text)]);
}

/// Another id of the same letters.
fn reversed(id: &str) -> String {
    id.chars().rev().collect()
}

fn stopped_task(scene: &mut Scene, facts: &Facts<'_>) {
    let Names { service, cluster, task, account, role, instance, tag, .. } = facts.names;
    let reference = image(facts.names, tag);
    let (code, reason, exit, container) = match facts.end() {
        End::NoManifest => (
            "TaskFailedToStart",
            format!(
                "CannotPullContainerError: Error response from daemon: no matching manifest for linux/{} in the manifest list entries",
                facts.nodes
            ),
            None,
            None,
        ),
        End::Denied => (
            "TaskFailedToStart",
            format!(
                "CannotPullContainerError: Error response from daemon: pull access denied for {}, repository does not exist or may require 'docker login': denied: User: arn:aws:sts::{account}:assumed-role/{role}/{instance} is not authorized to perform: ecr:BatchGetImage",
                reference.rsplit_once(':').map_or("", |(name, _)| name)
            ),
            None,
            None,
        ),
        End::ExecFormat | End::Refuses => {
            ("EssentialContainerExited", "Essential container in task exited".to_owned(), Some(1), None)
        }
        End::Killed => (
            "EssentialContainerExited",
            "Essential container in task exited".to_owned(),
            Some(137),
            Some("OutOfMemoryError: Container killed due to memory usage"),
        ),
    };
    // What the query asks for and the answer lacks is null.
    let entry = serde_json::json!({
        "exitCode": exit, "image": reference, "lastStatus": "STOPPED", "name": service, "reason": container,
    });
    let value = serde_json::json!({ "containers": [entry], "stopCode": code, "stoppedReason": reason });
    let text = format!(
        "$ aws ecs describe-tasks --cluster {cluster} --tasks {task} --query 'tasks[0].{{containers:containers[].{{exitCode:exitCode,image:image,lastStatus:lastStatus,name:name,reason:reason}},stopCode:stopCode,stoppedReason:stoppedReason}}'\n{}\n",
        printed(&value)
    );
    let finding = match facts.end() {
        End::NoManifest => "no-matching-manifest",
        End::Denied => "pull-denied",
        End::ExecFormat | End::Refuses => "exit-1",
        End::Killed => "out-of-memory",
    };
    scene.show("stopped-task", finding, vec![shown(Json, text)]);
}

fn container_log(scene: &mut Scene, facts: &Facts<'_>) {
    let Names { service, task, deployed, .. } = facts.names;
    let mut text = format!(
        "$ aws logs tail /ecs/{service} --log-stream-names ecs/{service}/{task} --since 1h --format short\n"
    );
    let at = |seconds: i64| {
        (*deployed + TimeDelta::seconds(200 + seconds)).format("%Y-%m-%dT%H:%M:%S").to_string()
    };
    let finding = match facts.end() {
        End::NoManifest | End::Denied => {
            text.push_str("\nAn error occurred (ResourceNotFoundException) when calling the FilterLogEvents operation: The specified log stream does not exist.\n");
            "no-log"
        }
        End::ExecFormat => {
            let _ = writeln!(text, "{} exec /usr/local/bin/start: exec format error", at(0));
            "exec-format-error"
        }
        End::Killed => {
            for (seconds, line) in [
                (0, "starting"),
                (2, "reading catalogue"),
                (11, "building index 1/4"),
                (19, "building index 2/4"),
            ] {
                let _ = writeln!(text, "{} INFO  {service} {line}", at(seconds));
            }
            "stops-in-the-middle"
        }
        End::Refuses => {
            let _ = writeln!(text, "{} INFO  {service} starting", at(0));
            let _ = writeln!(text, "{} FATAL {service} required setting PAYMENT_ENDPOINT is not set", at(1));
            "setting-missing"
        }
    };
    scene.show("container-log", finding, vec![shown(Log, text)]);
}

fn manifest(scene: &mut Scene, facts: &Facts<'_>) {
    let Names { tag, digest, old_digest, amd_digest, old_tag, .. } = facts.names;
    let docker = "application/vnd.docker.distribution.manifest.v2+json";
    let oci = "application/vnd.oci.image.manifest.v1+json";
    let single = |kind: &str, digest: &str, architecture: &str, os: &str| {
        serde_json::json!({
            "Ref": "", "Descriptor": {
                "mediaType": kind,
                "digest": format!("sha256:{digest}"), "size": 1786,
                "platform": { "architecture": architecture, "os": os },
            },
        })
    };
    let mut new = if facts.index {
        let mut entries: Vec<_> = facts.image.iter().map(|one| single(oci, digest, one, "linux")).collect();
        // What buildx adds beside an image: an attestation, which is for no platform.
        entries.push(single(oci, amd_digest, "unknown", "unknown"));
        serde_json::Value::Array(entries)
    } else {
        single(docker, digest, facts.image.first().copied().unwrap_or("amd64"), "linux")
    };
    let mut old = single(docker, old_digest, facts.old_image, "linux");
    let name = |value: &mut serde_json::Value, reference: String| match value {
        serde_json::Value::Array(entries) => {
            for entry in entries {
                entry["Ref"] = reference.clone().into();
            }
        }
        value => value["Ref"] = reference.into(),
    };
    name(&mut new, image(facts.names, tag));
    name(&mut old, image(facts.names, old_tag));
    let shown_as = |tag: &str, value: &serde_json::Value| {
        let reference = image(facts.names, tag);
        let without = "jq -S 'del(..|.Raw?,.SchemaV2Manifest?,.OCIManifest?)'";
        shown(Json, format!("$ docker manifest inspect -v {reference} | {without}\n{value:#}\n"))
    };
    let finding = match (facts.index, facts.image, facts.old_image) {
        (true, ..) => "index-of-arm64-only",
        (false, ["arm64"], "arm64") => "arm64-as-before",
        (false, ["arm64"], _) => "arm64-new",
        _ => "amd64-as-before",
    };
    scene.show("manifest", finding, vec![shown_as(tag, &new), shown_as(old_tag, &old)]);
}

fn nodes(scene: &mut Scene, facts: &Facts<'_>) {
    let Names { cluster, account, task, instance, deployed, .. } = facts.names;
    let kernel = |architecture: &str| if architecture == "arm64" { "arm64" } else { "x86_64" };
    let kind = |architecture: &str| if architecture == "arm64" { "m7g.large" } else { "m7i.large" };
    let registered = if facts.nodes == facts.old_nodes { TimeDelta::days(41) } else { TimeDelta::hours(19) };
    let mut text = format!(
        "$ date -u +%FT%TZ\n{}\n$ aws ecs list-attributes --cluster {cluster} --target-type container-instance --attribute-name ecs.cpu-architecture --query 'attributes[].[targetId,value]' --output text\n",
        stamp(*deployed + TimeDelta::minutes(31))
    );
    let arn = |id: &str| format!("arn:aws:ecs:ap-northeast-1:{account}:container-instance/{cluster}/{id}");
    // Ids of their own, made from what is drawn already.
    let own: String = task.chars().skip(16).chain(task.chars().take(16)).collect();
    for id in [own.clone(), reversed(&own)] {
        let _ = writeln!(text, "{}\t{}", arn(&id), kernel(facts.nodes));
    }
    // The former node keeps the old tasks, which serve.
    if facts.nodes != facts.old_nodes {
        let former: String = own.chars().skip(8).chain(own.chars().take(8)).collect();
        let _ = writeln!(text, "{}\t{}", arn(&former), kernel(facts.old_nodes));
    }
    let _ = writeln!(
        text,
        "$ aws ec2 describe-instances --instance-ids {instance} --query 'Reservations[0].Instances[0].[InstanceId,InstanceType,LaunchTime]' --output text\n{instance}\t{}\t{}",
        kind(facts.nodes),
        stamp(*deployed - registered).replace('Z', "+00:00")
    );
    let finding = if facts.nodes == facts.old_nodes { "nodes-unchanged" } else { "nodes-new" };
    scene.show("nodes", finding, vec![shown(Command, text)]);
}

fn task_definition(scene: &mut Scene, facts: &Facts<'_>) {
    let Names { service, limit_mib, tag, old_tag, .. } = facts.names;
    let text = format!(
        "$ diff <(aws ecs describe-task-definition --task-definition {service}:41 --query taskDefinition.containerDefinitions) <(aws ecs describe-task-definition --task-definition {service}:42 --query taskDefinition.containerDefinitions)\n4c4\n<         \"image\": \"{}\",\n---\n>         \"image\": \"{}\",\n$ aws ecs describe-task-definition --task-definition {service}:42 --query 'taskDefinition.[containerDefinitions[0].memory,runtimePlatform]' --output text\n{limit_mib}\tNone\n",
        image(facts.names, old_tag),
        image(facts.names, tag)
    );
    scene.show("task-definition", "only-the-tag-changed", vec![shown(Command, text)]);
}

fn pipeline(scene: &mut Scene, facts: &Facts<'_>) {
    let Names { service, deployed, tag, digest, old_digest, .. } = facts.names;
    let arm = facts.image.contains(&"arm64");
    let was_arm = facts.old_image == "arm64";
    let machine = |arm: bool| {
        if arm {
            "ARM_CONTAINER\taws/codebuild/amazonlinux-aarch64-standard:3.0"
        } else {
            "LINUX_CONTAINER\taws/codebuild/amazonlinux-x86_64-standard:5.0"
        }
    };
    // Ids of the builds, made from what is drawn already.
    let build = |letters: &str| {
        let part = |from: usize, length: usize| letters.chars().skip(from).take(length).collect::<String>();
        let parts = [part(0, 8), part(8, 4), part(12, 4), part(16, 4), part(20, 12)];
        format!("{service}-image:{}", parts.join("-"))
    };
    let (new, old) = (build(digest), build(old_digest));
    let uname = if arm { "aarch64" } else { "x86_64" };
    let at = |minutes: i64, micros: u32| {
        let time = *deployed - TimeDelta::minutes(minutes);
        format!("{}.{micros:06}", time.format("%Y/%m/%d %H:%M:%S"))
    };
    let command = if facts.index {
        format!("docker buildx build --provenance=true --push -t {} .", image(facts.names, tag))
    } else {
        format!("docker build -t {service}:{tag} .")
    };
    let text = format!(
        "$ aws codebuild batch-get-builds --ids {new} {old} --query 'builds[].[buildNumber,environment.type,environment.image]' --output text\n212\t{}\n211\t{}\n$ aws logs tail /aws/codebuild/{service}-image --log-stream-names {} --since 1h --format short | cut -c21-\n[Container] {} Running on CodeBuild On-demand\n[Container] {} Running command uname -m\n{uname}\n[Container] {} Running command {command}\n[Container] {} Phase complete: BUILD State: SUCCEEDED\n",
        machine(arm),
        machine(was_arm),
        new.rsplit_once(':').map_or("", |(_, id)| id),
        at(14, 412_087),
        at(13, 107_552),
        at(13, 131_940),
        at(8, 530_870),
    );
    let finding = match (arm, was_arm) {
        (true, false) => "build-machine-changed",
        (true, true) => "builds-on-arm-as-before",
        _ => "builds-on-x86-as-before",
    };
    scene.show("pipeline", finding, vec![shown(Log, text)]);
}

fn registry_events(scene: &mut Scene, facts: &Facts<'_>) {
    let Names { account, role, instance, service, deployed, .. } = facts.names;
    let mut event = serde_json::json!({
        "eventTime": stamp(*deployed + TimeDelta::seconds(190)),
        "eventSource": "ecr.amazonaws.com",
        "eventName": "BatchGetImage",
        "userIdentity": { "type": "AssumedRole", "arn": format!("arn:aws:sts::{account}:assumed-role/{role}/{instance}") },
        "requestParameters": { "repositoryName": service },
    });
    if !facts.readable {
        event["errorCode"] = "AccessDenied".into();
    }
    let finding = if facts.readable { "pull-allowed" } else { "pull-denied" };
    scene.show("registry-events", finding, vec![shown(Json, format!("{event:#}\n"))]);
}
