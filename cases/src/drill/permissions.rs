//! D07: mode bits and umask; paths, sticky and set-group-ID directories; access control lists.

use serde_json::json;

use super::{Answer, Ask, Choice, Exercise, Family, Form, Trap, shown};
use crate::cloud::Draw;
use crate::cloud::host::access::{
    Account, Acl, Bits, Class, DefaultAcl, Node, READ, SEARCH, SETGID, STICKY, WRITE, blocked, letters, namei,
};
use crate::model::{Evidence, EvidenceType, Text};

pub(super) const FAMILY: Family = Family {
    id: "D07",
    place: ("linux", "permissions-umask-acl"),
    depths: &[1, 2, 2],
    seconds: 100,
    version: 1,
    sources: &[
        "path_resolution(7), Permissions (one class decides; search permission on every directory of the path)",
        "inode(7), The file type and mode (set-group-ID and sticky directories)",
        "umask(2) (mode & ~umask; a default ACL replaces the umask)",
        "acl(5), Access check algorithm; Object creation and default ACLs; Correspondence between ACL entries and file permission bits",
        "chmod(1) (X; without a letter for who, the umask counts)",
        "execve(2), Interpreter scripts (the script is opened by its interpreter, so it must be readable)",
    ],
    draw,
};

const USERS: &[&str] = &[
    "amy", "ben", "chen", "dora", "eric", "fay", "gina", "hao", "ivan", "judy", "kai", "lin", "mei", "noah",
    "omar", "pei", "ruth", "sam", "tina", "wei",
];
const GROUPS: &[&str] =
    &["web", "ops", "dev", "dba", "audit", "finance", "batch", "deploy", "reports", "media", "backup2", "qa"];
const APPS: &[&str] = &["shop", "billing", "intranet", "gallery", "ledger", "tickets", "atlas", "courier"];
const FOLDERS: &[&str] =
    &["incoming", "releases", "shared", "exports", "archive", "spool", "drafts", "uploads"];
const FILES: &[&str] = &[
    "orders.csv",
    "app.conf",
    "notes.txt",
    "plan.md",
    "users.json",
    "daily.log",
    "rates.yaml",
    "index.html",
];
const UMASKS: &[u32] = &[0o002, 0o022, 0o027, 0o077, 0o007, 0o037, 0o023, 0o033, 0o006, 0o026];

fn draw(draw: &mut Draw, level: u8) -> Exercise {
    match level {
        1 => match draw.int(0, 2) {
            0 => classes(draw),
            1 => new_modes(draw),
            _ => changes(draw),
        },
        2 => paths(draw),
        _ => lists(draw),
    }
}

/// Users, each with a group of its own name and some others.
fn accounts(draw: &mut Draw, memberships: &[&[&str]]) -> Vec<Account> {
    let names = draw.some(USERS, memberships.len());
    let first = 1001 + 10 * draw.int(0u32, 40);
    let account = |(index, (name, groups)): (usize, (&str, &&[&str]))| Account {
        name: name.to_owned(),
        uid: first + index as u32,
        groups: std::iter::once(name).chain(groups.iter().copied()).map(str::to_owned).collect(),
    };
    names.into_iter().zip(memberships).enumerate().map(account).collect()
}

/// `id` of each user. Groups are numbered by their place in [`GROUPS`], private ones as their users.
fn ids(accounts: &[Account]) -> String {
    let number = |group: &str, account: &Account| {
        GROUPS.iter().position(|known| *known == group).map_or(account.uid, |place| 1801 + place as u32)
    };
    let mut ordered: Vec<&Account> = accounts.iter().collect();
    ordered.sort_by(|a, b| a.name.cmp(&b.name));
    let line = |account: &&Account| {
        let groups: Vec<String> =
            account.groups.iter().map(|group| format!("{}({group})", number(group, account))).collect();
        let (uid, name) = (account.uid, &account.name);
        format!("$ id {name}\nuid={uid}({name}) gid={uid}({name}) groups={}", groups.join(","))
    };
    ordered.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn command(text: impl Into<String>) -> Evidence {
    shown(EvidenceType::Command, text)
}

fn code(text: &str) -> Text {
    Text::new(format!("`{text}`"), format!("`{text}`"))
}

/// Which entry decides about somebody, in words.
fn why(node: &Node, who: &Account) -> Text {
    let (name, owner, group) = (&who.name, &node.owner, &node.group);
    let digit = |shift: u32| Bits((node.mode >> shift & 7) as u8);
    match (node.class(who), &node.acl) {
        (Class::Owner, _) => Text::new(
            format!("`{name}` is the owner: only the owner's bits `{}` count.", digit(6)),
            format!("`{name}`是擁有者：只看擁有者的`{}`。", digit(6)),
        ),
        (Class::NamedUser, Some(acl)) => {
            let have = acl.users.iter().find(|(user, _)| user == name).map_or(0, |(_, have)| *have);
            Text::new(
                format!(
                    "`user:{name}:{}` decides, limited by the mask `{}`: `{}`.",
                    Bits(have),
                    digit(3),
                    Bits(have & (node.mode >> 3 & 7) as u8)
                ),
                format!(
                    "由`user:{name}:{}`決定，再受遮罩`{}`限制：`{}`。",
                    Bits(have),
                    digit(3),
                    Bits(have & (node.mode >> 3 & 7) as u8)
                ),
            )
        }
        (Class::Group, Some(acl)) => {
            let mask = (node.mode >> 3 & 7) as u8;
            let mut found: Vec<String> = Vec::new();
            if who.groups.contains(group) {
                found.push(format!("`group::{}`", Bits(acl.group)));
            }
            let named = acl.groups.iter().filter(|(listed, _)| who.groups.contains(listed));
            found.extend(named.map(|(listed, have)| format!("`group:{listed}:{}`", Bits(*have))));
            Text::new(
                format!(
                    "`{name}` matches {}; {} must allow it through the mask `{}`. `other::` is not asked.",
                    found.join(" and "),
                    if found.len() == 1 { "it" } else { "one of them" },
                    Bits(mask)
                ),
                format!(
                    "`{name}`符合{}；{}要能通過遮罩`{}`才行，不會再看`other::`。",
                    found.join("與"),
                    if found.len() == 1 { "它" } else { "其中一項" },
                    Bits(mask)
                ),
            )
        }
        (Class::Group, None) => Text::new(
            format!("`{name}` is not `{owner}` but in group `{group}`: only `{}` counts.", digit(3)),
            format!("`{name}`不是`{owner}`，但屬於群組`{group}`：只看`{}`。", digit(3)),
        ),
        _ => Text::new(
            format!(
                "`{name}` is not the owner and matches no user or group before others: only their bits `{}` count.",
                digit(0)
            ),
            format!("`{name}`不是擁有者，也不符合任何使用者或群組項目：只看其他人的`{}`。", digit(0)),
        ),
    }
}

/// Which of some users hold bits on a node.
fn holders(accounts: &[Account], node: &Node, wanted: u8) -> Answer {
    let mut ordered: Vec<&Account> = accounts.iter().collect();
    ordered.sort_by(|a, b| a.name.cmp(&b.name));
    let right = (0..ordered.len())
        .filter(|index| ordered.get(*index).is_some_and(|who| node.permits(who, wanted)))
        .collect();
    let options = ordered.iter().map(|who| Choice::new(code(&who.name), why(node, who))).collect();
    Answer::Several { options, right }
}

fn mode(value: u32, traps: Vec<(u32, Text)>) -> Answer {
    let mut seen = vec![value];
    let mut kept = Vec::new();
    for (wrong, why) in traps {
        if wrong <= 0o7777 && !seen.contains(&wrong) {
            seen.push(wrong);
            kept.push(Trap::new(format!("{wrong:04o}"), why));
        }
    }
    Answer::Typed { form: Form::Mode, right: format!("{value:04o}"), also: Vec::new(), traps: kept }
}

/// As `stat -c %a` prints it: without a leading zero. Typed with one, it is as right.
fn mode_as_stat(value: u32, traps: Vec<(u32, Text)>) -> Answer {
    match mode(value, traps) {
        Answer::Typed { form, also, traps, .. } => {
            Answer::Typed { form, right: format!("{value:03o}"), also, traps }
        }
        other => other,
    }
}

/// Level 1: one file, four users.
fn classes(draw: &mut Draw) -> Exercise {
    let groups = draw.some(GROUPS, 3);
    let (group, other, third) = (groups[0], groups[1], groups[2]);
    let script = draw.percent(40);
    let (name, modes): (&str, &[u32]) = if script {
        (
            *draw.pick(&["deploy.sh", "backup.sh", "rotate.sh", "sync.sh"]),
            &[0o755, 0o750, 0o711, 0o710, 0o751, 0o744, 0o654, 0o555, 0o510, 0o715, 0o705, 0o571],
        )
    } else {
        (
            *draw.pick(FILES),
            &[0o640, 0o604, 0o044, 0o264, 0o460, 0o406, 0o646, 0o664, 0o620, 0o602, 0o424, 0o246],
        )
    };
    let bits = *draw.pick(modes);
    let owner_in_group = draw.percent(60);
    let own: Vec<&str> = if owner_in_group { vec![group, third] } else { vec![third] };
    let mixed = [other, group];
    let accounts = accounts(draw, &[own.as_slice(), &[group], &mixed, &[other]]);
    let owner = accounts.first().map(|who| who.name.clone()).unwrap_or_default();
    let app = *draw.pick(APPS);
    let file = Node::file(name, bits, &owner, group);
    let size: u32 = draw.int(120, 90_000);
    let line = format!(
        "$ ls -l /srv/{app}/{name}\n{} 1 {owner} {group} {size} {} {:2} {:02}:{:02} /srv/{app}/{name}",
        file.letters(),
        draw.pick(&["Jan", "Feb", "Mar", "Apr"]),
        draw.int(1u32, 28),
        draw.int(0u32, 23),
        draw.int(0u32, 59)
    );
    let (second, wanted, label) = if script {
        (
            "run",
            READ | SEARCH,
            Text::new(format!("Who can run it as `./{name}`"), format!("誰能以`./{name}`執行它")),
        )
    } else {
        ("write", WRITE, Text::new("Who can write to it", "誰能寫入"))
    };
    let mut steps = vec![Text::new(
        format!(
            "`{}` is {bits:04o}: owner `{owner}` `{}`, group `{group}` `{}`, others `{}`.",
            file.letters(),
            Bits((bits >> 6 & 7) as u8),
            Bits((bits >> 3 & 7) as u8),
            Bits((bits & 7) as u8)
        ),
        format!(
            "`{}`就是{bits:04o}：擁有者`{owner}`是`{}`，群組`{group}`是`{}`，其他人是`{}`。",
            file.letters(),
            Bits((bits >> 6 & 7) as u8),
            Bits((bits >> 3 & 7) as u8),
            Bits((bits & 7) as u8)
        ),
    )];
    steps.extend(accounts.iter().map(|who| why(&file, who)));
    if script {
        steps.push(Text::new(
            "A script needs `x` to be started and `r` so that its interpreter can read it.",
            "指令碼要有`x`才能啟動，還要有`r`，直譯器才讀得到內容。",
        ));
    }
    let what = if script {
        Text::new("a Bash script that starts with `#!/bin/bash`", "一個以`#!/bin/bash`開頭的Bash指令碼")
    } else {
        Text::new("a data file", "一個資料檔")
    };
    Exercise {
        prompt: Text::new(
            format!(
                "`/srv/{app}/{name}` is {}. Everybody may search the directories above it; there are no ACLs, and none of the users is root.",
                what.en
            ),
            format!(
                "`/srv/{app}/{name}`是{}。上層目錄每個人都能進入，沒有ACL，也沒有使用者是root。",
                what.zh_tw
            ),
        ),
        evidence: vec![command(line), command(ids(&accounts))],
        asks: vec![
            Ask::new("mode", Text::new("Its mode in octal", "它的權限（八進位）"), mode(bits, Vec::new())),
            Ask::new("read", Text::new("Who can read it", "誰能讀取"), holders(&accounts, &file, READ)),
            Ask::new(second, label, holders(&accounts, &file, wanted)),
        ],
        steps,
        given: json!({ "kind": "classes" }),
    }
}

/// Level 1: what new files get.
fn new_modes(draw: &mut Draw) -> Exercise {
    let umask = *draw.pick(UMASKS);
    let tool = *draw.pick(&["run.sh", "probe", "collect.py", "sync"]);
    let source = *draw.pick(&[0o755u32, 0o775, 0o777, 0o555, 0o754]);
    let file = *draw.pick(FILES);
    let folder = *draw.pick(FOLDERS);
    let private = *draw.pick(&["keys", "private", "tmp-work", "cache"]);
    let wanted = *draw.pick(&[0o770u32, 0o777, 0o775, 0o757, 0o776]);
    let make_file = *draw.pick(&["touch F", ": > F", "echo ok > F", "date | tee F > /dev/null"]);
    let make_file = make_file.replace('F', file);
    // Each command: what it asks the kernel for, and why it becomes what it does.
    let mut made = vec![
        ("file", make_file.clone(), file, 0o666, 0o666 & !umask),
        ("directory", format!("mkdir {folder}"), folder, 0o777, 0o777 & !umask),
    ];
    let extra = if draw.percent(50) {
        ("copy", format!("cp /opt/bin/{tool} ."), tool, source, source & !umask)
    } else {
        ("chosen", format!("mkdir -m {wanted:o} {private}"), private, wanted, wanted)
    };
    let copies = extra.0 == "copy";
    made.push(extra);
    draw.shuffle(&mut made);
    let how = if draw.percent(30) {
        let part = |shift: u32| {
            let allowed = (!umask >> shift & 7) as u8;
            Bits(allowed).to_string().replace('-', "")
        };
        format!("$ umask -S\nu={},g={},o={}", part(6), part(3), part(0))
    } else {
        format!("$ umask\n{umask:04o}")
    };
    let listing = if copies {
        format!(
            "$ ls -l /opt/bin/{tool}\n{} 1 root root {} Feb 11 09:20 /opt/bin/{tool}\n",
            letters(source, false),
            draw.int(900u32, 9000)
        )
    } else {
        String::new()
    };
    let commands: Vec<String> = made.iter().map(|(_, line, ..)| format!("$ {line}")).collect();
    let asks = made
        .iter()
        .map(|(id, line, name, asked, result)| {
            let mut traps = Vec::new();
            if *id == "chosen" {
                traps.push((
                    wanted & !umask,
                    Text::new(
                        "With `-m`, `mkdir` gives exactly that mode: the umask takes nothing away.",
                        "加了`-m`，`mkdir`會給出剛好那個權限，umask不會再扣。",
                    ),
                ));
            } else {
                // What subtraction of octal numbers, as often taught, gives instead.
                traps.push((
                    asked.wrapping_sub(umask),
                    Text::new(
                        format!("That is {asked:03o} minus {umask:03o} as numbers; a umask clears bits, it does not subtract."),
                        format!("那是把{asked:03o}減去{umask:03o}；umask是清除位元，不是做減法。"),
                    ),
                ));
                let other = if *asked == 0o666 { 0o777 } else { 0o666 };
                traps.push((
                    other & !umask,
                    Text::new(
                        format!("That starts from {other:03o}; this command asks for {asked:03o}."),
                        format!("那是從{other:03o}起算；這個指令要求的是{asked:03o}。"),
                    ),
                ));
                traps.push((
                    umask,
                    Text::new("That is the umask itself: the bits that are taken away.", "那是umask本身，也就是要拿掉的位元。"),
                ));
                traps.push((
                    *asked,
                    Text::new("The umask has not been applied.", "還沒套用umask。"),
                ));
            }
            Ask::new(
                id,
                Text::new(format!("Mode of `{name}` after `{line}`"), format!("執行`{line}`後`{name}`的權限")),
                mode(*result, traps),
            )
        })
        .collect();
    let mut steps = vec![Text::new(
        format!(
            "The umask is {umask:04o}. It clears those bits of what a program asks for: mode & ~{umask:03o}."
        ),
        format!("umask是{umask:04o}：程式要求的權限會清掉這些位元，也就是mode & ~{umask:03o}。"),
    )];
    steps.extend(made.iter().map(|(id, line, _, asked, result)| match *id {
        "chosen" => Text::new(
            format!("`{line}` sets {asked:04o} exactly: `-m` is as `chmod` afterwards."),
            format!("`{line}`直接設成{asked:04o}：`-m`等於事後`chmod`。"),
        ),
        "copy" => Text::new(
            format!("`cp` without `-p` asks for the source's mode {asked:03o}: {asked:03o} & ~{umask:03o} = {result:04o}."),
            format!("不加`-p`的`cp`以來源的權限{asked:03o}建立：{asked:03o} & ~{umask:03o} = {result:04o}。"),
        ),
        _ => Text::new(
            format!("`{line}` asks for {asked:03o}: {asked:03o} & ~{umask:03o} = {result:04o}."),
            format!("`{line}`要求{asked:03o}：{asked:03o} & ~{umask:03o} = {result:04o}。"),
        ),
    }));
    Exercise {
        prompt: Text::new(
            "In an empty directory without ACLs (its mode is 0755), somebody who is not root runs these commands, in this shell. Give the mode of each new entry in octal.",
            "在一個沒有ACL的空目錄裡（該目錄權限為0755），某個非root使用者在這個shell執行下列指令。請寫出每個新項目的權限（八進位）。",
        ),
        evidence: vec![command(format!("{how}\n{listing}{}", commands.join("\n")))],
        asks,
        steps,
        given: json!({ "kind": "new", "names": made.iter().map(|(id, _, name, ..)| (*id, *name)).collect::<Vec<_>>() }),
    }
}

/// A clause of a symbolic mode, applied as `chmod` does.
fn apply(clause: &str, mode: u32, umask: u32, directory: bool) -> u32 {
    let at = clause.find(['+', '-', '=']).unwrap_or_default();
    let (who, rest) = clause.split_at(at);
    let (operator, letters) = rest.split_at(1);
    let shifts: Vec<u32> = [('u', 6), ('g', 3), ('o', 0)]
        .iter()
        .filter(|(letter, _)| who.is_empty() || who.contains(['a', *letter]))
        .map(|(_, shift)| *shift)
        .collect();
    let execute = directory || mode & 0o111 != 0;
    let one = letters.chars().fold(0, |bits, letter| {
        bits | match letter {
            'r' => 4,
            'w' => 2,
            'x' => 1,
            'X' if execute => 1,
            _ => 0,
        }
    });
    let allowed = if who.is_empty() { !umask & 0o777 } else { 0o777 };
    let set = shifts.iter().fold(0, |set, shift| set | one << shift) & allowed;
    let all = shifts.iter().fold(0, |all, shift| all | 7u32 << shift);
    match operator {
        "+" => mode | set,
        "-" => mode & !set,
        _ => mode & !all | set,
    }
}

/// Level 1: symbolic modes.
fn changes(draw: &mut Draw) -> Exercise {
    const CHANGES: &[&str] = &[
        "u=rw,g=r,o=",
        "g+w,o-r",
        "a+r,u+x",
        "ug=rw,o=r",
        "go-w",
        "o=",
        "u+x,g-w,o-rwx",
        "a-w",
        "g=,o=",
        "ug+x",
        "a=r,u+w",
        "+x",
        "+w",
        "a+X",
        "g+X,o=",
        "u=rwX,go=rX",
        "g-rwx,o+r",
    ];
    let umask = *draw.pick(UMASKS);
    let modes = [0o644, 0o640, 0o664, 0o600, 0o755, 0o750, 0o700, 0o666, 0o777, 0o775, 0o646, 0o744];
    let start = *draw.pick(&modes);
    let names = draw.some(&["report.sh", "job", "site.conf", "pull.py", "export.csv", "start", "hook.sh"], 2);
    let mut chosen = draw.some(CHANGES, 3);
    // One of them depends on the umask or on X, which is where mistakes are made.
    let hard = ["+x", "+w", "a+X", "g+X,o=", "u=rwX,go=rX"];
    if !chosen.iter().any(|change| hard.contains(change))
        && let Some(last) = chosen.last_mut()
    {
        *last = *draw.pick(&hard);
    }
    let second_start = *draw.pick(&modes);
    let starts = [start, second_start];
    let mut asks = Vec::new();
    let mut steps = Vec::new();
    let mut lines = vec![format!("$ umask\n{umask:04o}")];
    let mut listing = vec!["$ ls -l".to_owned(), "total 8".to_owned()];
    let owner = *draw.pick(USERS);
    let mut ordered: Vec<(&str, u32)> = names.iter().copied().zip(starts).collect();
    ordered.sort_by(|a, b| a.0.cmp(b.0));
    let sizes = [draw.int(1000u32, 4000), draw.int(1000, 4000)];
    for ((name, bits), size) in ordered.iter().zip(sizes) {
        listing.push(format!("{} 1 {owner} {owner} {size} Mar  3 10:12 {name}", letters(*bits, false)));
    }
    lines.push(listing.join("\n"));
    let one_file: Vec<(&str, u32, Vec<&str>)> = ordered
        .iter()
        .enumerate()
        .map(|(index, (name, bits))| {
            (*name, *bits, chosen.iter().copied().skip(2 * index).take(2 - index).collect())
        })
        .collect();
    for (index, (name, bits, changes)) in one_file.iter().enumerate() {
        let mut now = *bits;
        let mut plain = *bits;
        for change in changes {
            lines.push(format!("$ chmod {change} {name}"));
            let before = now;
            for clause in change.split(',') {
                now = apply(clause, now, umask, false);
                plain = apply(clause, plain, 0, false);
            }
            steps.push(Text::new(
                format!(
                    "`chmod {change} {name}`: {before:04o} becomes {now:04o} (`{}`).",
                    letters(now, false)
                ),
                format!("`chmod {change} {name}`：{before:04o}變成{now:04o}（`{}`）。", letters(now, false)),
            ));
        }
        asks.push(Ask::new(
            if index == 0 { "first" } else { "second" },
            Text::new(format!("Mode of `{name}` at the end"), format!("最後`{name}`的權限")),
            mode(
                now,
                vec![
                    (
                        plain,
                        Text::new(
                            format!("Without `u`, `g`, `o` or `a`, `chmod` leaves out the bits of the umask {umask:04o}."),
                            format!("沒寫`u`、`g`、`o`或`a`時，`chmod`不會動到umask {umask:04o}裡的位元。"),
                        ),
                    ),
                    (
                        *bits,
                        Text::new("That is the mode before; something does change.", "那是原本的權限；指令確實改變了它。"),
                    ),
                ],
            ),
        ));
    }
    if chosen.iter().any(|change| change.contains('X')) {
        steps.push(Text::new(
            "`X` gives `x` only to directories and to files where somebody already has `x`.",
            "`X`只對目錄，或原本就有人能執行的檔案加上`x`。",
        ));
    }
    if chosen.iter().any(|change| change.starts_with('+')) {
        steps.push(Text::new(
            format!(
                "`+x` or `+w` without a letter before it means all, except bits set in the umask {umask:04o}."
            ),
            format!("`+x`、`+w`前面不寫對象表示全部，但umask {umask:04o}裡的位元除外。"),
        ));
    }
    Exercise {
        prompt: Text::new(
            "The owner of both files runs these commands in this order. Give the modes they have at the end, in octal.",
            "兩個檔案的擁有者依序執行下列指令。請寫出最後的權限（八進位）。",
        ),
        evidence: vec![command(lines.join("\n"))],
        asks,
        steps,
        given: json!({ "kind": "chmod", "names": one_file.iter().map(|(name, ..)| *name).collect::<Vec<_>>() }),
    }
}

/// A command tried on a file in a directory.
#[derive(Clone, Copy, PartialEq)]
enum Act {
    Cat,
    Append,
    Remove,
    Rename,
    Touch,
    Stat,
    Chmod,
    List,
    Enter,
}

struct Place {
    directories: Vec<Node>,
    file: Node,
    path: String,
}

impl Place {
    fn folder(&self) -> &Node {
        &self.directories[self.directories.len() - 1]
    }

    fn directory(&self) -> &str {
        self.path.rsplit_once('/').map_or("", |(directory, _)| directory)
    }

    fn command(&self, act: Act) -> String {
        let (path, directory) = (&self.path, self.directory());
        match act {
            Act::Cat => format!("cat {path}"),
            Act::Append => format!("echo done >> {path}"),
            Act::Remove => format!("rm -f {path}"),
            Act::Rename => format!("mv {path} {path}.old"),
            Act::Touch => format!("touch {directory}/new.tmp"),
            Act::Stat => format!("stat {path}"),
            Act::Chmod => format!("chmod 0600 {path}"),
            Act::List => format!("ls {directory}"),
            Act::Enter => format!("cd {directory}"),
        }
    }

    fn works(&self, act: Act, who: &Account) -> bool {
        let above = &self.directories[..self.directories.len() - 1];
        let reach = blocked(&self.directories, who).is_none();
        match act {
            Act::Cat => reach && self.file.permits(who, READ),
            Act::Append => reach && self.file.permits(who, WRITE),
            Act::Remove | Act::Rename => reach && self.folder().may_remove(&self.file, who),
            Act::Touch => reach && self.folder().permits(who, WRITE),
            Act::Stat | Act::Enter => reach,
            Act::Chmod => reach && who.name == self.file.owner,
            Act::List => blocked(above, who).is_none() && self.folder().permits(who, READ),
        }
    }

    fn why(&self, act: Act, who: &Account) -> Text {
        let folder = self.folder();
        let above = if act == Act::List {
            &self.directories[..self.directories.len() - 1]
        } else {
            &self.directories
        };
        if let Some(node) = blocked(above, who) {
            let name = &node.name;
            return Text::new(
                format!("No `x` on `{name}` for `{}`, so nothing below it can be reached.", who.name),
                format!("`{}`對`{name}`沒有`x`，底下的東西都碰不到。", who.name),
            );
        }
        match act {
            Act::Cat | Act::Append => why(&self.file, who),
            Act::Remove | Act::Rename if !folder.permits(who, WRITE) => Text::new(
                format!(
                    "Removing a name is writing to the directory `{}`; the file's own mode does not count.",
                    folder.name
                ),
                format!("移除檔名等於寫入目錄`{}`，與檔案本身的權限無關。", folder.name),
            ),
            Act::Remove | Act::Rename if folder.mode & STICKY != 0 => Text::new(
                format!(
                    "`{}` is sticky: only the owner of the file (`{}`) or of the directory (`{}`) may remove or rename it.",
                    folder.name, self.file.owner, folder.owner
                ),
                format!(
                    "`{}`有sticky位元：只有檔案擁有者（`{}`）或目錄擁有者（`{}`）能刪除或改名。",
                    folder.name, self.file.owner, folder.owner
                ),
            ),
            Act::Remove | Act::Rename => Text::new(
                format!("`{}` may write to `{}` and search it; that is all it takes.", who.name, folder.name),
                format!("`{}`對`{}`有`w`與`x`，這樣就夠了。", who.name, folder.name),
            ),
            Act::Touch | Act::List => why(folder, who),
            Act::Stat => Text::new(
                "`stat` reads nothing of the content: `x` on the directories is enough.",
                "`stat`不讀內容，路徑上的目錄有`x`就夠。",
            ),
            Act::Enter => Text::new(
                "Entering a directory takes `x` on it and on those above, no `r`.",
                "進入目錄要它與上層目錄的`x`，不需要`r`。",
            ),
            Act::Chmod => Text::new(
                format!("Only the owner, `{}`, may change the mode.", self.file.owner),
                format!("只有擁有者`{}`能改權限。", self.file.owner),
            ),
        }
    }
}

/// Level 2: a path.
fn paths(draw: &mut Draw) -> Exercise {
    let mut best = path(draw);
    // Redrawn until something works and something does not, and one of the others is stopped.
    for _ in 0..40 {
        if best.0 {
            break;
        }
        best = path(draw);
    }
    best.1
}

fn path(draw: &mut Draw) -> (bool, Exercise) {
    let groups = draw.some(GROUPS, 3);
    let (group, second, third) = (groups[0], groups[1], groups[2]);
    let both = [group, second];
    let accounts = accounts(draw, &[&[group], &both, &[second], &[third], &[group, third]]);
    let owner = |index: usize| accounts.get(index).map(|who| who.name.clone()).unwrap_or_default();
    let (app, folder, file) = (*draw.pick(APPS), *draw.pick(FOLDERS), *draw.pick(FILES));
    let top = Node::directory(
        app,
        *draw.pick(&[0o755, 0o755, 0o750, 0o750, 0o751, 0o710, 0o711]),
        if draw.percent(50) { "root".to_owned() } else { owner(0) }.as_str(),
        *draw.pick(&[group, group, second]),
    );
    let below = Node::directory(
        folder,
        *draw.pick(&[
            0o755, 0o775, 0o770, 0o750, 0o2775, 0o2775, 0o2770, 0o1777, 0o3775, 0o1775, 0o2750, 0o733, 0o2755,
        ]),
        if draw.percent(30) { "root".to_owned() } else { owner(draw.int(0, 2)) }.as_str(),
        *draw.pick(&[group, group, second]),
    );
    let item = Node::file(
        file,
        *draw.pick(&[0o644, 0o640, 0o664, 0o660, 0o600, 0o444, 0o440, 0o606, 0o604]),
        &owner(draw.int(0, 3)),
        *draw.pick(&[group, second, third]),
    );
    let path = format!("/srv/{app}/{folder}/{file}");
    let place = Place {
        directories: vec![
            Node::directory("/", 0o755, "root", "root"),
            Node::directory("srv", 0o755, "root", "root"),
            top,
            below,
        ],
        file: item,
        path: path.clone(),
    };
    let folder_node = place.folder().clone();
    let actor = draw.pick(&accounts).clone();
    let sticky = folder_node.mode & STICKY != 0;
    let mut acts = vec![
        Act::Cat,
        Act::Append,
        Act::Remove,
        Act::Rename,
        Act::Touch,
        Act::Stat,
        Act::Chmod,
        Act::List,
        Act::Enter,
    ];
    // Shells open with O_CREAT for `>>`, which fs.protected_regular restricts in sticky directories; and listing names
    // without `x` ends in words that differ between versions of ls.
    let lists_half = folder_node.permits(&actor, READ) && !folder_node.permits(&actor, SEARCH);
    acts.retain(|act| !(sticky && *act == Act::Append || lists_half && *act == Act::List));
    let chosen = draw.some(&acts, 6);
    let right: Vec<usize> = (0..chosen.len())
        .filter(|index| chosen.get(*index).is_some_and(|act| place.works(*act, &actor)))
        .collect();
    let options =
        chosen.iter().map(|act| Choice::new(code(&place.command(*act)), place.why(*act, &actor))).collect();
    let works = right.len();

    // Who is stopped where.
    let reader = accounts.iter().filter(|who| who.name != actor.name).collect::<Vec<_>>();
    let reader = (*draw.pick(&reader)).clone();
    let stop = blocked(&place.directories, &reader);
    let nodes = || place.directories.iter().skip(2).chain([&place.file]);
    let stops: Vec<Choice> = nodes()
        .map(|node| {
            let wanted = if node.directory { 'x' } else { 'r' };
            Choice::new(
                Text::new(
                    format!("No `{wanted}` on `{}`", node.name),
                    format!("對`{}`沒有`{wanted}`", node.name),
                ),
                why(node, &reader),
            )
        })
        .chain([Choice::new(
            Text::new("Nothing: the content is printed", "沒有：內容會印出來"),
            Text::new(
                format!(
                    "`{}` needs `x` on each directory and `r` on the file, one after the other.",
                    reader.name
                ),
                format!("`{}`需要每一層目錄的`x`與檔案的`r`，逐一檢查。", reader.name),
            ),
        )])
        .collect();
    let place_of = |name: &str| nodes().position(|node| node.name == name);
    let stopped = match stop {
        Some(node) => place_of(&node.name),
        None if !place.file.permits(&reader, READ) => place_of(&place.file.name),
        None => Some(stops.len() - 1),
    };

    // Somebody who may create there makes a directory.
    let makers: Vec<&Account> = accounts.iter().filter(|who| place.works(Act::Touch, who)).collect();
    let ready = works > 0 && works < chosen.len() && !makers.is_empty();
    let maker = if makers.is_empty() { actor.clone() } else { (*draw.pick(&makers)).clone() };
    let umask = *draw.pick(&[0o002, 0o022, 0o027, 0o007, 0o077]);
    let made = folder_node.create("new", true, 0o777, umask, &maker);
    let inherits = folder_node.mode & SETGID != 0;
    let group_trap = if inherits { maker.groups.first().cloned() } else { Some(folder_node.group.clone()) };
    let group_traps = group_trap
        .filter(|trap| *trap != made.group)
        .map(|trap| {
            Trap::new(
                trap,
                if inherits {
                    Text::new(
                        format!("`{folder}` has the set-group-ID bit: new entries get its group, not the maker's."),
                        format!("`{folder}`有setgid位元：新項目得到它的群組，不是建立者的主要群組。"),
                    )
                } else {
                    Text::new(
                        format!("`{folder}` has no set-group-ID bit: new entries get the primary group of who makes them."),
                        format!("`{folder}`沒有setgid位元：新項目得到建立者的主要群組。"),
                    )
                },
            )
        })
        .into_iter()
        .collect();
    let mode_traps = vec![
        (
            made.mode ^ SETGID,
            if inherits {
                Text::new(
                    "A new directory inherits the set-group-ID bit itself.",
                    "新目錄也會繼承setgid位元本身。",
                )
            } else {
                Text::new("There is no set-group-ID bit to inherit.", "沒有setgid位元可以繼承。")
            },
        ),
        (made.mode & !0o111, Text::new("`mkdir` asks for 777, not 666.", "`mkdir`要求的是777，不是666。")),
    ];
    let mut all = place.directories.clone();
    all.push(place.file.clone());
    let makes = format!("mkdir {}/new", place.directory());

    let mut steps: Vec<Text> = chosen
        .iter()
        .map(|act| {
            let because = place.why(*act, &actor);
            let (en, zh) = if place.works(*act, &actor) { ("works", "成功") } else { ("fails", "失敗") };
            Text::new(
                format!("`{}` {en}. {}", place.command(*act), because.en),
                format!("`{}`{zh}。{}", place.command(*act), because.zh_tw),
            )
        })
        .collect();
    steps.push(match stop {
        Some(node) => Text::new(
            format!("`{}` does not get past `{}`: {}", reader.name, node.name, why(node, &reader).en),
            format!("`{}`過不了`{}`：{}", reader.name, node.name, why(node, &reader).zh_tw),
        ),
        None => Text::new(
            format!(
                "`{}` gets through every directory. The file: {}",
                reader.name,
                why(&place.file, &reader).en
            ),
            format!("`{}`每層目錄都過得了。檔案本身：{}", reader.name, why(&place.file, &reader).zh_tw),
        ),
    });
    steps.push(Text::new(
        format!(
            "New directory: 777 & ~{umask:03o}{} = {:04o}, group `{}`.",
            if inherits { ", plus the inherited set-group-ID bit" } else { "" },
            made.mode,
            made.group
        ),
        format!(
            "新目錄：777 & ~{umask:03o}{} = {:04o}，群組是`{}`。",
            if inherits { "，再加上繼承的setgid位元" } else { "" },
            made.mode,
            made.group
        ),
    ));
    let exercise = Exercise {
        prompt: Text::new(
            format!(
                "There are no ACLs, and none of the users is root. Each command below is run on its own, starting from what is shown; `{}` has the umask {umask:04o}.",
                maker.name
            ),
            format!(
                "沒有ACL，使用者都不是root。下列每個指令都是各自從目前的狀態開始執行；`{}`的umask是{umask:04o}。",
                maker.name
            ),
        ),
        evidence: vec![
            command(format!("$ namei -l {path}\n{}", namei(&path, &all))),
            command(ids(&accounts)),
        ],
        asks: vec![
            Ask::new(
                "works",
                Text::new(
                    format!("Which commands work for `{}`", actor.name),
                    format!("`{}`執行哪些指令會成功", actor.name),
                ),
                Answer::Several { options, right },
            ),
            Ask::new(
                "stops",
                Text::new(
                    format!("What stops `cat {path}` of `{}` first", reader.name),
                    format!("`{}`執行`cat {path}`，最先卡在哪裡", reader.name),
                ),
                Answer::Choice { options: stops, right: stopped.unwrap_or_default() },
            ),
            Ask::new(
                "mode",
                Text::new(
                    format!("Mode of the new directory when `{}` runs `{makes}`", maker.name),
                    format!("`{}`執行`{makes}`後，新目錄的權限", maker.name),
                ),
                mode(made.mode, mode_traps),
            ),
            Ask::new(
                "group",
                Text::new("The group of that new directory", "該新目錄的群組"),
                Answer::Typed { form: Form::Words, right: made.group, also: Vec::new(), traps: group_traps },
            ),
        ],
        steps,
        given: json!({ "kind": "path", "actor": actor.name, "reader": reader.name, "maker": maker.name, "umask": umask }),
    };
    (ready, exercise)
}

/// Level 3: access control lists.
fn lists(draw: &mut Draw) -> Exercise {
    let mut best = list(draw);
    for _ in 0..40 {
        if best.0 {
            break;
        }
        best = list(draw);
    }
    best.1
}

fn list(draw: &mut Draw) -> (bool, Exercise) {
    let groups = draw.some(GROUPS, 3);
    let (group, named, third) = (groups[0], groups[1], groups[2]);
    let pair = [group, named];
    // The owner, a named user, a member, a member of the named group, one of both, a stranger.
    let accounts = accounts(draw, &[&[group], &[third], &[group], &[named], &pair, &[third]]);
    let name = |index: usize| accounts.get(index).map(|who| who.name.clone()).unwrap_or_default();
    let (folder, file) = (*draw.pick(FOLDERS), *draw.pick(FILES));
    let rights = [6u8, 4, 6, 2, 0, 7];
    let acl = Acl {
        users: vec![(name(1), *draw.pick(&[6, 4, 7, 6]))],
        group: *draw.pick(&[4, 6, 0, 4]),
        groups: vec![(named.to_owned(), *draw.pick(&rights))],
    };
    let mask = *draw.pick(&[4u32, 6, 4, 7, 2]);
    let owner_bits = *draw.pick(&[6u32, 6, 4]);
    let others = *draw.pick(&[0u32, 4, 6, 0]);
    let item =
        Node { acl: Some(acl), ..Node::file(file, owner_bits << 6 | mask << 3 | others, &name(0), group) };

    let defaults = draw.percent(75);
    let setgid = draw.percent(70);
    let maker = accounts.get(if draw.percent(50) { 2 } else { 4 }).cloned().unwrap_or_else(|| Account {
        name: name(0),
        uid: 0,
        groups: Vec::new(),
    });
    let mut directory = Node::directory(
        folder,
        if setgid { 0o2775 } else { 0o775 },
        if draw.percent(50) { "root" } else { &item.owner },
        group,
    );
    let listed = *draw.pick(&[7u8, 6, 5]);
    if defaults {
        directory.default = Some(DefaultAcl {
            mode: 0o700 | draw.pick(&[7u32, 7, 5, 6]) << 3 | draw.pick(&[0u32, 5, 4]),
            acl: Acl { users: vec![(name(1), listed)], group: *draw.pick(&[5, 7, 4]), groups: Vec::new() },
        });
    }
    let umask = *draw.pick(&[0o022, 0o027, 0o077, 0o002, 0o007]);
    let made = directory.create("new.txt", false, 0o666, umask, &maker);
    let path = format!("/srv/{folder}/{file}");
    let digit = *draw.pick(&[4u32, 0, 6, 2]);
    let changed = 0o600 | digit << 3 | *draw.pick(&[0u32, 4, 0]);
    let mut later = item.clone();
    later.chmod(changed);

    let before: Vec<bool> = accounts.iter().map(|who| item.permits(who, WRITE)).collect();
    let writers = before.iter().filter(|may| **may).count();
    let after: Vec<bool> = accounts.iter().map(|who| later.permits(who, WRITE)).collect();
    let masked = item.acl.as_ref().is_some_and(|acl| {
        acl.users.iter().chain(&acl.groups).any(|(_, have)| have & mask as u8 != *have)
            || acl.group & mask as u8 != acl.group
    });
    let ready =
        writers > 0 && before != after && (masked || draw.percent(30)) && item.mode & 0o777 != changed;

    let mut made_traps = vec![(
        0o666 & !umask,
        Text::new(
            format!("The directory has a default ACL: it takes the place of the umask {umask:04o}."),
            format!("這個目錄有預設ACL，它取代了umask {umask:04o}。"),
        ),
    )];
    if let Some(default) = &directory.default {
        made_traps.push((
            0o666 & default.mode & !umask,
            Text::new(
                "Default ACL and umask are not combined: with a default ACL the umask is not used at all.",
                "預設ACL與umask不會合併：有預設ACL時完全不看umask。",
            ),
        ));
        made_traps.push((
            default.mode,
            Text::new("`touch` asks for 666: no entry can give `x`.", "`touch`要求的是666，不可能得到`x`。"),
        ));
    }
    let made_bits = (made.mode >> 3 & 7) as u8;
    let reached = match &made.acl {
        Some(_) => listed & made_bits,
        None if accounts.get(1).is_some_and(|who| who.groups.contains(&made.group)) => made_bits,
        None => (made.mode & 7) as u8,
    };
    let bits_why = match &made.acl {
        Some(_) => Text::new(
            format!(
                "The new file inherits `user:{}:{}`; its mask is what the default mask and 666 share, `{}`.",
                name(1),
                Bits(listed),
                Bits(made_bits)
            ),
            format!(
                "新檔案繼承`user:{}:{}`；它的遮罩是預設遮罩與666的交集`{}`。",
                name(1),
                Bits(listed),
                Bits(made_bits)
            ),
        ),
        None => Text::new(
            format!(
                "Without a default ACL nothing is inherited: `{}` counts as others, `{}`.",
                name(1),
                Bits((made.mode & 7) as u8)
            ),
            format!(
                "沒有預設ACL就不會繼承任何項目：`{}`算其他人，`{}`。",
                name(1),
                Bits((made.mode & 7) as u8)
            ),
        ),
    };
    let mut shown_bits: Vec<u8> = vec![0, 4, 6, 7];
    if !shown_bits.contains(&reached) {
        shown_bits.push(reached);
        shown_bits.sort_unstable();
    }
    if directory.default.is_some() && !shown_bits.contains(&listed) {
        shown_bits.push(listed);
        shown_bits.sort_unstable();
    }
    let right = shown_bits.iter().position(|bits| *bits == reached).unwrap_or_default();
    let options =
        shown_bits.iter().map(|bits| Choice::new(code(&Bits(*bits).to_string()), bits_why.clone())).collect();

    let mut steps = vec![Text::new(
        format!(
            "The group digit of a file with an ACL is its mask, `{}`: it limits named users and all groups, not the owner or others.",
            Bits(mask as u8)
        ),
        format!(
            "有ACL的檔案，群組那三個位元就是遮罩`{}`：限制具名使用者與所有群組，不限制擁有者與其他人。",
            Bits(mask as u8)
        ),
    )];
    steps.extend(accounts.iter().map(|who| why(&item, who)));
    steps.push(Text::new(
        format!(
            "`chmod {changed:o}` sets the mask to `{}` and leaves the other entries as they are.",
            Bits(digit as u8)
        ),
        format!("`chmod {changed:o}`會把遮罩設成`{}`，其他項目不變。", Bits(digit as u8)),
    ));
    steps.push(match &directory.default {
        Some(default) => Text::new(
            format!(
                "New file: 666 & {:03o} (owner, mask and others of the default ACL) = {:04o}.",
                default.mode, made.mode
            ),
            format!(
                "新檔案：666 & {:03o}（預設ACL的擁有者、遮罩、其他人）= {:04o}。",
                default.mode, made.mode
            ),
        ),
        None => Text::new(
            format!("The directory has no default ACL: 666 & ~{umask:03o} = {:04o}.", made.mode),
            format!("目錄沒有預設ACL：666 & ~{umask:03o} = {:04o}。", made.mode),
        ),
    });
    steps.push(bits_why);
    let exercise = Exercise {
        prompt: Text::new(
            format!(
                "Everybody may search `/srv` and `/srv/{folder}`; none of the users is root. `{}` works with the umask {umask:04o}.",
                maker.name
            ),
            format!(
                "`/srv`與`/srv/{folder}`每個人都能進入，使用者都不是root。`{}`的umask是{umask:04o}。",
                maker.name
            ),
        ),
        evidence: vec![
            command(format!("$ getfacl -p {path}\n{}", item.getfacl(&path))),
            command(format!("$ getfacl -p /srv/{folder}\n{}", directory.getfacl(&format!("/srv/{folder}")))),
            command(ids(&accounts)),
        ],
        asks: vec![
            Ask::new(
                "write",
                Text::new(format!("Who can write to `{file}`"), format!("誰能寫入`{file}`")),
                holders(&accounts, &item, WRITE),
            ),
            Ask::new(
                "after",
                Text::new(
                    format!("Who can write after the owner runs `chmod {changed:o} {path}`"),
                    format!("擁有者執行`chmod {changed:o} {path}`之後，誰能寫入"),
                ),
                holders(&accounts, &later, WRITE),
            ),
            Ask::new(
                "mode",
                Text::new(
                    format!(
                        "`{}` runs `touch /srv/{folder}/new.txt`: its mode, as `stat -c %a` shows it",
                        maker.name
                    ),
                    format!("`{}`執行`touch /srv/{folder}/new.txt`：`stat -c %a`顯示的權限", maker.name),
                ),
                mode_as_stat(made.mode, made_traps),
            ),
            Ask::new(
                "bits",
                Text::new(
                    format!("What `{}` may do to that new file", name(1)),
                    format!("`{}`對這個新檔案有哪些權限", name(1)),
                ),
                Answer::Choice { options, right },
            ),
        ],
        steps,
        given: json!({ "kind": "acl", "maker": maker.name, "named": name(1), "umask": umask, "chmod": changed }),
    };
    (ready, exercise)
}
