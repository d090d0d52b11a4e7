//! I19: `/etc/fstab` names a device that the resized instance no longer has, and the boot ends in emergency mode.
//!
//! Rules: a mount without `nofail` is required by `local-fs.target`, whose failure starts `emergency.target`, without
//! network (`cloud::host::boot` and its sources); on Nitro instances EBS volumes are NVMe devices whose names do not
//! follow the names in the block device mapping (Amazon EBS User Guide, "Map Amazon EBS volumes to NVMe device names"); a
//! public IPv4 address changes with a stop and start unless it is an Elastic IP address (Amazon EC2 User Guide, "Stop and
//! start Amazon EC2 instances"); system, instance and attached EBS status checks, the last on Nitro instances only ("Status
//! checks for Amazon EC2 instances").

use std::fmt::Write as _;

use chrono::{NaiveDate, NaiveDateTime, TimeDelta};
use serde_json::{Value, json};

use super::{Scene, Series, World, printed, shown};
use crate::cloud::Draw;
use crate::cloud::host::boot::{Boot, Disk, Entry, Failure, Outcome, Root, Source, Target};
use crate::model::EvidenceType::{Command, Json, Log};

pub(super) const WORLD: World = World {
    id: "I19",
    version: 1,
    causes: &[
        "name-changed",
        "volume-detached",
        "attached-elsewhere",
        "filesystem-damaged",
        "driver-missing",
        "new-kernel",
        "security-group",
        "host-problem",
    ],
    build,
};

/// A type, a larger one on Xen, a larger one on Nitro.
const TYPES: [[&str; 3]; 4] = [
    ["m4.large", "m4.xlarge", "m5.xlarge"],
    ["t2.large", "t2.xlarge", "t3.xlarge"],
    ["c4.xlarge", "c4.2xlarge", "c5.2xlarge"],
    ["r4.large", "r4.xlarge", "r5.xlarge"],
];

/// What is drawn before the cause is looked at.
struct Names {
    instance: String,
    host: String,
    types: [&'static str; 3],
    root_volume: String,
    volume: String,
    /// GiB of the data volume.
    size: u32,
    uuid: String,
    root_uuid: String,
    point: &'static str,
    group: String,
    key: &'static str,
    /// Public addresses before the stop and after the start.
    before: String,
    after: String,
    office: &'static str,
    admin: &'static str,
    stopped: NaiveDateTime,
    started: NaiveDateTime,
    now: NaiveDateTime,
    noise: Vec<u64>,
}

/// The world: what was changed, and what the disks are like.
struct Facts<'a> {
    names: &'a Names,
    /// Whether the new type is a Nitro type.
    nitro: bool,
    /// Where the data volume is attached: `f` for `/dev/sdf`; none where it is not.
    attached: Option<char>,
    /// Whether `/etc/fstab` names the data volume by UUID.
    by_uuid: bool,
    nofail: bool,
    /// What becomes of the root file system.
    root: Root,
    /// Whether the data volume's file system needs a repair by hand.
    damaged: bool,
    /// Whether the security group lets the office in on port 22.
    open: bool,
    host_works: bool,
}

impl Facts<'_> {
    fn kind(&self) -> &'static str {
        let [_, xen, nitro] = self.names.types;
        if self.nitro { nitro } else { xen }
    }

    fn boot(&self) -> Boot {
        let names = self.names;
        let source = if self.by_uuid {
            Source::Uuid(names.uuid.clone())
        } else {
            Source::Name("/dev/xvdf".to_owned())
        };
        let mut options = vec!["defaults".to_owned()];
        options.extend(self.nofail.then(|| "nofail".to_owned()));
        let disk = |letter: char| Disk {
            // The kernel counts NVMe disks itself; on Xen the letter of the mapping is kept.
            name: if self.nitro { "nvme1n1".to_owned() } else { format!("xvd{letter}") },
            aliases: Vec::new(),
            uuid: names.uuid.clone(),
            damaged: self.damaged,
        };
        Boot {
            host: names.host.clone(),
            root: self.root,
            entries: vec![Entry {
                source,
                point: names.point.to_owned(),
                kind: "ext4".to_owned(),
                options,
                pass: 2,
            }],
            disks: self.attached.map(disk).into_iter().collect(),
        }
    }

    /// Whether the instance answers on its network, as the instance status check asks.
    fn answers(&self, outcome: &Outcome) -> bool {
        self.host_works && outcome.target == Target::MultiUser
    }
}

fn build(draw: &mut Draw, cause: &str) -> Scene {
    let names = names(draw);
    let mut facts = Facts {
        names: &names,
        nitro: false,
        attached: Some('f'),
        by_uuid: false,
        nofail: false,
        root: Root::Found,
        damaged: false,
        open: true,
        host_works: true,
    };
    match cause {
        "volume-detached" => facts.attached = None,
        "attached-elsewhere" => facts.attached = Some('g'),
        "filesystem-damaged" => {
            facts.attached = Some('g');
            facts.by_uuid = true;
            facts.damaged = true;
        }
        "driver-missing" => {
            facts.nitro = true;
            facts.by_uuid = true;
            facts.nofail = true;
            facts.root = Root::NoDriver;
        }
        "new-kernel" => {
            facts.attached = None;
            facts.nofail = true;
            facts.root = Root::NoInitramfs;
        }
        "security-group" => {
            facts.attached = Some('g');
            facts.by_uuid = true;
            facts.nofail = true;
            facts.open = false;
        }
        "host-problem" => facts.host_works = false,
        _ => facts.nitro = true,
    }
    let mut scene = Scene::default();
    for (name, value) in [
        ("instance", names.instance.as_str()),
        ("host", &names.host),
        ("volume", &names.volume),
        ("point", names.point),
        ("time", &names.started.format("%H:%M").to_string()),
    ] {
        scene.name(name, value);
    }
    let boot = facts.boot();
    let outcome = boot.run();
    status(&mut scene, &facts, &outcome);
    console(&mut scene, &facts, &boot, &outcome);
    volumes(&mut scene, &facts);
    instance(&mut scene, &facts);
    ssh(&mut scene, &facts);
    security_group(&mut scene, &facts);
    metrics(&mut scene, &facts, &outcome);
    changes(&mut scene, &facts);
    data_check(&mut scene, &facts);
    rescue(&mut scene, &facts, &boot, &outcome);
    scene
}

fn names(draw: &mut Draw) -> Names {
    let day = NaiveDate::from_ymd_opt(2026, draw.int(2, 10), draw.int(2, 27)).unwrap_or_default();
    let stopped = day.and_hms_opt(draw.int(1, 12), draw.int(0, 59), draw.int(0, 59)).unwrap_or_default();
    let started = stopped + TimeDelta::seconds(draw.int(540, 780));
    let uuid = |draw: &mut Draw| {
        let parts = [8, 3, 3, 3, 12].map(|digits| draw.hex(digits));
        let [a, b, c, d, e] = &parts;
        format!("{a}-{b}1-4{c}-a{d}-{e}")
    };
    let last = draw.int(10, 120);
    Names {
        instance: format!("i-0{}", draw.hex(16)),
        host: format!("ip-10-0-{}-{}", draw.int(1, 60), draw.int(11, 240)),
        types: *draw.pick(&TYPES),
        root_volume: format!("vol-0{}", draw.hex(16)),
        volume: format!("vol-0{}", draw.hex(16)),
        size: *draw.pick(&[50, 100, 200, 500]),
        uuid: uuid(draw),
        root_uuid: uuid(draw),
        point: *draw.pick(&["/data", "/srv/uploads", "/var/lib/app"]),
        group: format!("sg-0{}", draw.hex(16)),
        key: *draw.pick(&["prod-key", "ops-2025", "web-admin"]),
        before: format!("203.0.113.{last}"),
        after: format!("203.0.113.{}", last + draw.int(1, 100)),
        office: *draw.pick(&["198.51.100.0/24", "198.51.100.64/26", "192.0.2.0/24"]),
        admin: *draw.pick(&["ops-admin", "infra-oncall", "platform-lead"]),
        stopped,
        started,
        now: started + TimeDelta::seconds(draw.int(1_500, 2_400)),
        noise: (0..40).map(|_| draw.number(0, 999)).collect(),
    }
}

fn stamp(time: NaiveDateTime) -> String {
    time.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// As AWS CLI version 2 prints times.
fn offset(time: NaiveDateTime) -> String {
    time.format("%Y-%m-%dT%H:%M:%S+00:00").to_string()
}

/// When the first failed status check was noticed, where one failed.
fn impaired(names: &Names) -> NaiveDateTime {
    names.started + TimeDelta::seconds(270)
}

fn status(scene: &mut Scene, facts: &Facts<'_>, outcome: &Outcome) {
    let names = facts.names;
    let since = offset(impaired(names));
    let check = |passed: bool| {
        if passed {
            json!({ "Details": [{ "Name": "reachability", "Status": "passed" }], "Status": "ok" })
        } else {
            json!({
                "Details": [{ "Name": "reachability", "Status": "failed", "ImpairedSince": since }],
                "Status": "impaired",
            })
        }
    };
    let ebs = if facts.nitro { check(true) } else { json!({ "Status": "not-applicable" }) };
    let value = json!({ "InstanceStatuses": [{
        "AvailabilityZone": "ap-northeast-1c",
        "InstanceId": names.instance,
        "InstanceState": { "Code": 16, "Name": "running" },
        "InstanceStatus": check(facts.answers(outcome)),
        "SystemStatus": check(facts.host_works),
        "AttachedEbsStatus": ebs,
    }] });
    let finding = match (facts.host_works, facts.answers(outcome), facts.nitro) {
        (false, ..) => "system-check-failed",
        (_, true, _) => "all-passed",
        (_, false, true) => "instance-check-failed-of-three",
        (_, false, false) => "instance-check-failed-of-two",
    };
    let text = format!(
        "$ aws ec2 describe-instance-status --instance-ids {} | jq -S .\n{value:#}\n",
        names.instance
    );
    scene.show("instance-status", finding, vec![shown(Json, text)]);
}

fn console(scene: &mut Scene, facts: &Facts<'_>, boot: &Boot, outcome: &Outcome) {
    let text = format!(
        "$ aws ec2 get-console-output --instance-id {} --query Output --output text | tail -n 24\n{}",
        facts.names.instance,
        boot.console(outcome)
    );
    let finding = match (outcome.target, outcome.failed.first()) {
        (Target::Initramfs, _) => "no-root-device",
        (Target::Panic, _) => "kernel-panics",
        (Target::Emergency, Some((_, Failure::Device { .. }))) => "device-timed-out-emergency",
        (Target::Emergency, _) => "check-failed-emergency",
        (Target::MultiUser, _) => "login-prompt",
    };
    scene.show("console", finding, vec![shown(Log, text)]);
}

fn volumes(scene: &mut Scene, facts: &Facts<'_>) {
    let names = facts.names;
    let attachment =
        |device: &str| json!({ "Device": device, "InstanceId": names.instance, "State": "attached" });
    let (state, attachments, finding) = match facts.attached {
        Some(letter) => {
            let finding = if letter == 'f' { "attached-as-sdf" } else { "attached-under-another-name" };
            ("in-use", vec![attachment(&format!("/dev/sd{letter}"))], finding)
        }
        None => ("available", Vec::new(), "not-attached"),
    };
    let value = json!([
        { "VolumeId": names.root_volume, "Size": 16, "State": "in-use", "Attachments": [attachment("/dev/sda1")] },
        { "VolumeId": names.volume, "Size": names.size, "State": state, "Attachments": attachments },
    ]);
    let text = format!(
        "$ aws ec2 describe-volumes --volume-ids {} {} --query 'Volumes[].{{Attachments:Attachments[].{{Device:Device,InstanceId:InstanceId,State:State}},Size:Size,State:State,VolumeId:VolumeId}}'\n{}\n",
        names.root_volume,
        names.volume,
        printed(&value)
    );
    scene.show("volumes", finding, vec![shown(Json, text)]);
}

fn instance(scene: &mut Scene, facts: &Facts<'_>) {
    let names = facts.names;
    let [old, ..] = names.types;
    let kind = facts.kind();
    let (hypervisor, nvme) = if facts.nitro { ("nitro", "required") } else { ("xen", "unsupported") };
    let value = json!({
        "InstanceId": names.instance,
        "InstanceType": kind,
        "KeyName": names.key,
        "LaunchTime": offset(names.started),
        "PlatformDetails": "Linux/UNIX",
        "SecurityGroups": [{ "GroupId": names.group, "GroupName": "app-ssh" }],
        "State": "running",
    });
    let text = format!(
        "$ aws ec2 describe-instances --instance-ids {} --query 'Reservations[0].Instances[0].{{InstanceId:InstanceId,InstanceType:InstanceType,KeyName:KeyName,LaunchTime:LaunchTime,PlatformDetails:PlatformDetails,SecurityGroups:SecurityGroups,State:State.Name}}'\n{}\n$ aws ec2 describe-instance-types --instance-types {old} {kind} --query 'InstanceTypes[].[InstanceType,Hypervisor,EbsInfo.NvmeSupport]' --output text\n{old}\txen\tunsupported\n{kind}\t{hypervisor}\t{nvme}\n",
        names.instance,
        printed(&value)
    );
    let finding = if facts.nitro { "now-on-nitro" } else { "still-on-xen" };
    scene.show("instance", finding, vec![shown(Command, text)]);
}

fn ssh(scene: &mut Scene, facts: &Facts<'_>) {
    let names = facts.names;
    let Names { instance, before, after, key, .. } = names;
    let text = format!(
        "$ aws ec2 describe-addresses --filters Name=instance-id,Values={instance} --query 'Addresses[].PublicIp'\n[]\n$ aws ec2 describe-instances --instance-ids {instance} --query 'Reservations[0].Instances[0].PublicIpAddress' --output text\n{after}\n# from the customer (before the stop the address was {before}):\n$ ssh -v -o ConnectTimeout=20 -i {key}.pem ubuntu@{after}\nOpenSSH_9.6p1 Ubuntu-3ubuntu13.5, OpenSSL 3.0.13 30 Jan 2024\ndebug1: Reading configuration data /etc/ssh/ssh_config\ndebug1: Connecting to {after} [{after}] port 22.\ndebug1: connect to address {after} port 22: Connection timed out\nssh: connect to host {after} port 22: Connection timed out\n"
    );
    scene.show("ssh", "current-address-times-out", vec![shown(Command, text)]);
}

fn security_group(scene: &mut Scene, facts: &Facts<'_>) {
    let names = facts.names;
    let rule = |port: u32, range: &str| json!({ "IpProtocol": "tcp", "FromPort": port, "ToPort": port, "IpRanges": [{ "CidrIp": range }] });
    let mut rules = vec![rule(443, "0.0.0.0/0")];
    if facts.open {
        rules.push(rule(22, names.office));
    }
    let value = Value::Array(rules);
    let text = format!(
        "$ aws ec2 describe-security-groups --group-ids {} --query 'SecurityGroups[0].IpPermissions[].{{FromPort:FromPort,IpProtocol:IpProtocol,IpRanges:IpRanges,ToPort:ToPort}}'\n{}\n# the customer's office: {}\n",
        names.group,
        printed(&value),
        names.office
    );
    let finding = if facts.open { "office-may-ssh" } else { "no-rule-for-ssh" };
    scene.show("security-group", finding, vec![shown(Json, text)]);
}

fn metrics(scene: &mut Scene, facts: &Facts<'_>, outcome: &Outcome) {
    let names = facts.names;
    let seconds = |time: NaiveDateTime| time.and_utc().timestamp();
    let floor = |time: NaiveDateTime| time - TimeDelta::seconds(seconds(time).rem_euclid(300));
    let first = floor(names.started) + TimeDelta::minutes(5);
    let start = floor(names.stopped) - TimeDelta::minutes(15);
    let end = floor(names.now);
    let answers = facts.answers(outcome);
    let mut points = [Vec::new(), Vec::new(), Vec::new()];
    let mut time = start;
    let mut noise = names.noise.iter();
    while time < end {
        let tenth = noise.next().copied().unwrap_or(0) as f64 % 60.0 / 10.0;
        let to = time + TimeDelta::minutes(5);
        if to <= names.stopped {
            let values = [0.0, 0.0, 24.0 + tenth];
            points.iter_mut().zip(values).for_each(|(list, value)| list.push((time, value)));
        } else if time >= first {
            let busy = if answers { 6.0 + tenth } else { tenth / 6.0 };
            let failed = |works: bool| if works || to <= impaired(names) { 0.0 } else { 1.0 };
            let values = [failed(answers), failed(facts.host_works), busy];
            points.iter_mut().zip(values).for_each(|(list, value)| list.push((time, value)));
        }
        time = to;
    }
    let mut text = String::new();
    let mut series = Vec::new();
    for ((metric, unit, statistic), points) in [
        ("StatusCheckFailed_Instance", "Count", "Maximum"),
        ("StatusCheckFailed_System", "Count", "Maximum"),
        ("CPUUtilization", "Percent", "Average"),
    ]
    .into_iter()
    .zip(&points)
    {
        let _ = writeln!(
            text,
            "$ aws cloudwatch get-metric-statistics --namespace AWS/EC2 --metric-name {metric} --dimensions Name=InstanceId,Value={} --start-time {} --end-time {} --period 300 --statistics {statistic} --query 'sort_by(Datapoints,&Timestamp)[].[Timestamp,{statistic}]' --output text",
            names.instance,
            stamp(start),
            stamp(end)
        );
        for (time, value) in points {
            let _ = writeln!(text, "{}\t{value:.1}", offset(*time));
        }
        // Without the gap: since the start.
        let since = points.iter().filter(|(time, _)| *time >= first);
        series.push(Series {
            name: metric.to_owned(),
            unit: unit.to_owned(),
            start: stamp(first),
            step_seconds: 300,
            points: since.map(|(_, value)| (value * 10.0).round() / 10.0).collect(),
        });
    }
    let finding = match (facts.host_works, answers) {
        (false, _) => "system-check-fails",
        (true, false) => "instance-check-fails",
        (true, true) => "checks-pass",
    };
    scene.show("metrics", finding, vec![shown(Command, text)]);
    if let Some(view) = scene.views.get_mut("metrics") {
        view.series = series;
    }
}

fn changes(scene: &mut Scene, facts: &Facts<'_>) {
    let names = facts.names;
    let Names { instance, volume, group, admin, stopped, started, office, .. } = names;
    let items = json!({ "items": [{ "instanceId": instance }] });
    let after = |seconds: i64| *stopped + TimeDelta::seconds(seconds);
    let mut events = vec![
        (*stopped, "StopInstances", json!({ "instancesSet": items, "force": false })),
        (
            *started - TimeDelta::seconds(47),
            "ModifyInstanceAttribute",
            json!({ "instanceId": instance, "instanceType": { "value": facts.kind() } }),
        ),
        (*started, "StartInstances", json!({ "instancesSet": items })),
    ];
    if facts.attached != Some('f') {
        let request =
            json!({ "volumeId": volume, "instanceId": instance, "device": "/dev/sdf", "force": false });
        events.push((after(140), "DetachVolume", request));
    }
    if let Some(letter) = facts.attached.filter(|letter| *letter != 'f') {
        let request = json!({
            "volumeId": volume, "instanceId": instance, "device": format!("/dev/sd{letter}"),
            "deleteOnTermination": false,
        });
        events.push((after(395), "AttachVolume", request));
    }
    if !facts.open {
        let range = json!({ "items": [{ "cidrIp": office }] });
        let rule = json!({ "ipProtocol": "tcp", "fromPort": 22, "toPort": 22, "ipRanges": range });
        let request = json!({ "groupId": group, "ipPermissions": { "items": [rule] } });
        events.push((after(-1_300), "RevokeSecurityGroupIngress", request));
    }
    events.sort_by_key(|(time, ..)| std::cmp::Reverse(*time));
    let mut text = format!(
        "$ aws cloudtrail lookup-events --lookup-attributes AttributeKey=Username,AttributeValue={admin} --start-time {} --end-time {} --query 'Events[].[CloudTrailEvent]' --output text | jq -c 'select(.readOnly | not) | [.eventTime,.eventName,.requestParameters]'\n",
        stamp(*stopped - TimeDelta::days(7)),
        stamp(names.now)
    );
    for (time, name, request) in &events {
        let _ = writeln!(text, "{}", json!([stamp(*time), name, request]));
    }
    let mut finding = if facts.nitro { "to-nitro" } else { "to-xen" }.to_owned();
    for (name, word) in
        [("DetachVolume", "-detach"), ("AttachVolume", "-attach"), ("RevokeSecurityGroupIngress", "-revoke")]
    {
        if events.iter().any(|(_, event, _)| *event == name) {
            finding += word;
        }
    }
    scene.show("cloudtrail", &finding, vec![shown(Json, text)]);
}

fn data_check(scene: &mut Scene, facts: &Facts<'_>) {
    let names = facts.names;
    let noise = |at: usize| names.noise[at];
    let blocks = u64::from(names.size) * 262_144;
    let inodes = u64::from(names.size) * 65_536;
    let (files, used) = (20_000 + noise(20) * 37, blocks * (31 + noise(21) % 40) / 100);
    let (passes, finding) = if facts.damaged {
        (
            format!(
                "data contains a file system with errors, check forced.\nPass 1: Checking inodes, blocks, and sizes\nInode {inode} extent tree (at level 1) could be shorter.  Optimize? no\n\nPass 2: Checking directory structure\nEntry 'batch-07' in /incoming ({dir}) has deleted/unused inode {inode}.  Clear? no\n\nPass 3: Checking directory connectivity\nPass 4: Checking reference counts\nPass 5: Checking group summary information\n\ndata: ********** WARNING: Filesystem still has errors **********\n\n",
                inode = 131_100 + noise(22),
                dir = 131_073
            ),
            "file-system-damaged",
        )
    } else {
        (
            "Pass 1: Checking inodes, blocks, and sizes\nPass 2: Checking directory structure\nPass 3: Checking directory connectivity\nPass 4: Checking reference counts\nPass 5: Checking group summary information\n".to_owned(),
            "file-system-clean",
        )
    };
    let text = format!(
        "# on the rescue instance, on a volume made from a snapshot of {}\n$ sudo blkid /dev/nvme2n1\n/dev/nvme2n1: LABEL=\"data\" UUID=\"{}\" BLOCK_SIZE=\"4096\" TYPE=\"ext4\"\n$ sudo e2fsck -fn /dev/nvme2n1\ne2fsck 1.46.5 (30-Dec-2021)\n{passes}data: {files}/{inodes} files (0.{}% non-contiguous), {used}/{blocks} blocks\n",
        names.volume,
        names.uuid,
        noise(23) % 9 + 1
    );
    scene.show("data-check", finding, vec![shown(Command, text)]);
}

fn rescue(scene: &mut Scene, facts: &Facts<'_>, boot: &Boot, outcome: &Outcome) {
    let names = facts.names;
    let mut text = format!(
        "# on the rescue instance, with a copy of {} attached as /dev/sdf\n$ lsblk -o NAME,SIZE,FSTYPE,LABEL,UUID,MOUNTPOINTS\nNAME          SIZE FSTYPE LABEL           UUID                                 MOUNTPOINTS\nnvme0n1         8G                                                             \n├─nvme0n1p1   7.9G ext4   cloudimg-rootfs 9a3c1f52-70b1-4e4d-a1c2-5be0d0a7f6e3 /\n├─nvme0n1p14    4M                                                             \n└─nvme0n1p15  106M vfat   UEFI            6A0D-9F31                            /boot/efi\nnvme1n1        16G                                                             \n├─nvme1n1p1  15.9G ext4   cloudimg-rootfs {} /mnt\n├─nvme1n1p14    4M                                                             \n└─nvme1n1p15  106M vfat   UEFI            B1C4-27D8                            \n$ cat /mnt/etc/fstab\nLABEL=cloudimg-rootfs\t/\text4\tdiscard,errors=remount-ro\t0\t1\nLABEL=UEFI\t/boot/efi\tvfat\tumask=0077\t0\t1\n",
        names.root_volume, names.root_uuid
    );
    for entry in &boot.entries {
        let _ = writeln!(text, "{}", entry.line());
    }
    let _ = write!(
        text,
        "$ grep -rlE 'ebsnvme|SYMLINK.*xvd' /mnt/etc/udev/rules.d /mnt/usr/lib/udev/rules.d | wc -l\n0\n$ journalctl -D /mnt/var/log/journal --since '{}' -p warning -o short-iso --utc --no-pager\n",
        names.started.format("%Y-%m-%d %H:%M:%S UTC")
    );
    let lines = boot.journal(outcome);
    for (at, line) in &lines {
        // The firmware and the boot loader take some seconds.
        let time = names.started + TimeDelta::seconds(i64::from(*at) + 14);
        let _ = writeln!(text, "{} {} {line}", time.format("%Y-%m-%dT%H:%M:%S+0000"), names.host);
    }
    if lines.is_empty() {
        text += "-- No entries --\n";
    }
    let entry = match (facts.by_uuid, facts.nofail) {
        (false, false) => "by-name",
        (false, true) => "by-name-nofail",
        (true, false) => "by-uuid",
        (true, true) => "by-uuid-nofail",
    };
    let journal = match outcome.failed.first() {
        Some((_, Failure::Device { .. })) => "device-timed-out",
        Some((_, Failure::Check { .. })) => "check-failed",
        None => "no-complaint",
    };
    scene.show("rescue", &format!("{entry}-{journal}"), vec![shown(Command, text)]);
}
