//! Level 1: what a server answers from a zone, a cached copy, a search list.

use super::*;

pub(super) fn zone_file(draw: &mut Draw) -> Exercise {
    let domain = *draw.pick(&DOMAINS);
    let mut zone = zone(draw, domain);
    let names = draw.some(&HOSTS, 8);
    let [direct, alias, middle, away, dangling, mailer, spare, free] = names.as_slice() else {
        return search_list(draw);
    };
    let team = *draw.pick(&["lab", "emea", "team", "dev"]);
    let wild = *draw.pick(&["apps", "preview", "tenants"]);
    let platform = *draw.pick(&PLATFORMS);
    zone.add(direct, ttl(draw), Data::A(public(draw)));
    if draw.percent(40) {
        let (record, again) = (ttl(draw), public(draw));
        // A second address of the same name has the same TTL (RFC 2181, section 5.2).
        if let Some(first) = zone.records.last_mut() {
            first.ttl = record;
        }
        zone.add(direct, record, Data::A(again));
    }
    zone.add(alias, ttl(draw), Data::Cname(Name::new(&format!("{middle}.{domain}"))));
    let long = draw.percent(50);
    if long {
        zone.add(middle, ttl(draw), Data::Cname(Name::new(&format!("{spare}.{domain}"))));
        zone.add(spare, ttl(draw), Data::A(public(draw)));
    } else {
        zone.add(middle, ttl(draw), Data::A(public(draw)));
    }
    zone.add(
        away,
        ttl(draw),
        Data::Cname(Name::new(&format!("{}.{platform}", domain.split('.').next().unwrap_or("x")))),
    );
    zone.add(dangling, ttl(draw), Data::Cname(Name::new(&format!("old-{dangling}.{domain}"))));
    zone.add("@", ttl(draw), Data::Mx(10, Name::new(&format!("{mailer}.{domain}"))));
    zone.add(mailer, ttl(draw), Data::A(public(draw)));
    zone.add(&format!("{}.tpe", draw.pick(&["db1", "web1", "gw"])), ttl(draw), Data::A(public(draw)));
    zone.add(&format!("*.{wild}"), ttl(draw), Data::A(public(draw)));
    zone.add(team, 86_400, Data::Ns(Name::new(&format!("ns.{team}.{domain}"))));
    zone.add(&format!("ns.{team}"), 86_400, Data::A(public(draw)));
    let (asked, kind) = match draw.int(0u8, 10) {
        0 => ((*direct).to_owned(), RecordType::A),
        1 | 2 => ((*alias).to_owned(), RecordType::A),
        3 => ((*away).to_owned(), RecordType::A),
        4 => ((*dangling).to_owned(), RecordType::A),
        5 => ((*direct).to_owned(), *draw.pick(&[RecordType::Aaaa, RecordType::Txt, RecordType::Mx])),
        6 => ("tpe".to_owned(), RecordType::A),
        7 => (format!("{}.{wild}", draw.pick(&["demo", "a.b", "pr-7", "x1"])), RecordType::A),
        8 => (format!("{}.{team}", draw.pick(&["www", "ci", "git"])), RecordType::A),
        9 => (if draw.percent(50) { (*free).to_owned() } else { format!("x.{direct}") }, RecordType::A),
        _ => (wild.to_owned(), RecordType::A),
    };
    let question = Question::new(zone.name.child(&asked), kind);
    let reply = zone.reply(&question);
    let name = question.name.short().to_owned();
    let count = reply.answer.len() as u64;
    let last = reply.answer.last().cloned();
    let referred = reply.referral().cloned();
    let leaves = match last.as_ref().map(|record| &record.data) {
        Some(Data::Cname(target)) if !target.within(&zone.name) => Some(target.clone()),
        _ => None,
    };
    let why = match (&referred, reply.rcode, count) {
        (Some(cut), ..) => text(
            format!(
                "`{cut}` is delegated: the server refers to its name server, with NOERROR and no answer."
            ),
            format!("`{cut}`已委派：伺服器以NOERROR、沒有答案的方式轉介到它的名稱伺服器。"),
        ),
        (_, Rcode::NxDomain, 0) => text(
            format!("Nothing in the zone is named `{name}` or ends in it, and no wildcard covers it."),
            format!("zone裡沒有`{name}`，也沒有以它結尾的名稱，萬用字元也蓋不到。"),
        ),
        (_, Rcode::NxDomain, _) => text(
            "The alias is there, its target is not: the status is that of the last name.".to_owned(),
            "別名存在，但目標不存在：狀態以最後一個名稱為準。".to_owned(),
        ),
        (_, _, 0) => text(
            format!(
                "`{name}` exists (it has other records, or names below it), but has no {kind}: NOERROR without an answer."
            ),
            format!("`{name}`存在（有其他紀錄，或其下有名稱），只是沒有{kind}：NOERROR但沒有答案。"),
        ),
        _ => text(
            format!("The zone leads from `{name}` to {count} record{}.", if count == 1 { "" } else { "s" }),
            format!("從`{name}`可以找到{count}筆紀錄。"),
        ),
    };
    let mut asks = vec![
        Ask::new(
            "status",
            text("The status in its reply", "回應的狀態"),
            status_choice(reply.rcode, why.clone()),
        ),
        Ask::new(
            "count",
            text("How many records its ANSWER section has", "ANSWER區段有幾筆紀錄"),
            exactly(
                count,
                Unit::None,
                vec![
                    (
                        1,
                        text(
                            "Each alias on the way is a record of the answer as well, as is each address.",
                            "途中的每個別名、每個位址都各算一筆。",
                        ),
                    ),
                    (0, text("There is something to answer with.", "是有東西可以回答的。")),
                ],
            ),
        ),
    ];
    let mut steps = vec![why];
    let positive = reply.rcode == Rcode::NoError && count > 0 && leaves.is_none();
    if positive {
        let shortest = reply.answer.iter().map(|record| record.ttl).min().unwrap_or(0);
        let longest = reply.answer.iter().map(|record| record.ttl).max().unwrap_or(0);
        let first = reply.answer.first().map_or(0, |record| record.ttl);
        let ttls = reply.answer.iter().map(|record| record.ttl.to_string()).collect::<Vec<_>>().join(", ");
        asks.push(Ask::new(
            "keep",
            text("For how many seconds a resolver can answer the same question from its cache alone", "解析器可以只靠快取回答同一個問題多少秒"),
            exactly(u64::from(shortest), Unit::Seconds, vec![
                (u64::from(longest), text("A record with a shorter TTL is forgotten earlier, and the chain then has a hole.", "TTL較短的紀錄會先被忘掉，鏈就斷了。")),
                (u64::from(first), text("Every record of the answer counts, not the first alone.", "要看答案裡的每一筆，不只第一筆。")),
                (u64::from(zone.soa.minimum), text("The SOA's minimum is for negative answers.", "SOA的minimum用於否定答案。")),
            ]),
        ));
        steps.push(text(
            format!("The TTLs are {ttls}: the shortest, {shortest} s, decides."),
            format!("各筆TTL是{ttls}：由最短的{shortest}秒決定。"),
        ));
    } else if let Some(cut) = &referred {
        let server = reply.authority.iter().find_map(|record| match &record.data {
            Data::Ns(server) => Some(server.short().to_owned()),
            _ => None,
        });
        asks.push(Ask::new(
            "next",
            text("The name of the server to ask next", "下一個要問的伺服器名稱"),
            words(
                &server.clone().unwrap_or_default(),
                vec![(
                    format!("ns1.{domain}"),
                    text(
                        format!("That one has just said that `{cut}` is not its business."),
                        format!("它剛說`{cut}`不歸它管。"),
                    ),
                )],
            ),
        ));
        steps.push(text(
            format!(
                "Its AUTHORITY section names `{}`, with a glue address.",
                server.clone().unwrap_or_default()
            ),
            format!("AUTHORITY區段指出`{}`，並附上glue位址。", server.unwrap_or_default()),
        ));
    } else if let Some(target) = &leaves {
        asks.push(Ask::new(
            "next",
            text(
                "The name a resolver has to ask about next, at another server",
                "解析器接著要向別的伺服器查的名稱",
            ),
            words(
                target.short(),
                vec![(name.clone(), text("That is answered: it is an alias.", "這個已有答案：它是別名。"))],
            ),
        ));
        steps.push(text(
            format!("`{target}` lies outside `{}`: the server sends the alias and nothing more.", zone.name),
            format!("`{target}`不在`{}`之內：伺服器只回別名，不會多給。", zone.name),
        ));
    } else if count == 0 {
        let keep = zone.negative_ttl();
        asks.push(Ask::new(
            "keep",
            text(
                "For how many seconds a resolver may remember that there is nothing",
                "解析器可以記住「沒有」多少秒",
            ),
            exactly(
                u64::from(keep),
                Unit::Seconds,
                vec![
                    (
                        u64::from(zone.soa_ttl.max(zone.soa.minimum)),
                        text(
                            "The lesser of the SOA record's own TTL and its last number counts.",
                            "取SOA紀錄自己的TTL與最後一個數字兩者較小的。",
                        ),
                    ),
                    (
                        u64::from(zone.soa.refresh),
                        text("Refresh is for secondary servers.", "refresh是給次要伺服器用的。"),
                    ),
                    (
                        u64::from(zone.soa.retry),
                        text("Retry is for secondary servers.", "retry是給次要伺服器用的。"),
                    ),
                ],
            ),
        ));
        steps.push(text(
            format!("Negative TTL: min({}, {}) = {keep} s (RFC 2308).", zone.soa_ttl, zone.soa.minimum),
            format!("否定快取TTL：min({}, {}) = {keep}秒（RFC 2308）。", zone.soa_ttl, zone.soa.minimum),
        ));
    } else {
        steps.push(text(
            "The ANSWER section holds the alias, the AUTHORITY section the SOA.",
            "ANSWER區段放別名，AUTHORITY區段放SOA。",
        ));
    }
    Exercise {
        prompt: text(
            format!(
                "`ns1.{domain}` is authoritative for the zone below and serves no other. It is asked, without recursion: `{name} {kind}`."
            ),
            format!(
                "`ns1.{domain}`是下面這個zone的權威伺服器，沒有其他zone。對它查詢（不遞迴）：`{name} {kind}`。"
            ),
        ),
        evidence: vec![zone_evidence(&zone)],
        asks,
        steps,
        given: json!({ "scenario": "zone", "name": name, "type": kind.to_string() }),
    }
}

pub(super) fn cached_answer(draw: &mut Draw) -> Exercise {
    let domain = *draw.pick(&DOMAINS);
    let host = *draw.pick(&HOSTS);
    let whole = *draw.pick(&[300u32, 600, 900, 1800, 3600, 7200, 14_400]);
    let old = public(draw);
    let new = another(draw, &[old]);
    let name = Name::new(&format!("{host}.{domain}"));
    let question = Question::new(name.clone(), RecordType::A);
    let since = DAY + draw.int(0u64, 70_000);
    let age = draw.int(5, whole - 60);
    let seen = since + u64::from(age);
    let left = whole - age;
    let ends = since + u64::from(whole);
    let change = seen + draw.int(2u64, u64::from(left) - 20);
    // On the resolver's machine the clock says when; the other dig asks the source itself, just before the change.
    let resolver = Ipv4Addr::new(10, draw.int(0, 250), 0, 2);
    let server = Ipv4Addr::new(192, 0, 2, draw.int(2, 250));
    let record = |ttl: u32| Record::new(name.clone(), ttl, Data::A(old));
    let reply = |ttl: u32, authoritative: bool| Reply {
        authoritative,
        answer: vec![record(ttl)],
        ..Reply::bare(Rcode::NoError)
    };
    let from_cache = dig(
        &question,
        &reply(left, false),
        &Dig {
            at: None,
            server: resolver,
            id: draw.int(1, 65_535),
            when: seen,
            took: draw.int(0, 1),
            recursion: true,
        },
    );
    let from_source = dig(
        &question,
        &reply(whole, true),
        &Dig {
            at: Some(format!("ns1.{domain}")),
            server,
            id: draw.int(1, 65_535),
            when: seen + 1,
            took: draw.int(8, 60),
            recursion: false,
        },
    );
    let swap = draw.percent(50);
    let (first, second) = if swap { (from_source, from_cache) } else { (from_cache, from_source) };
    let rule = rule();
    let options = vec![
        Choice::new(
            text(format!("`{resolver}`, out of its cache"), format!("`{resolver}`，來自它的快取")),
            text(
                format!(
                    "No `aa`, and a TTL of {left} that counts down from {whole}: it was stored {age} s before."
                ),
                format!("沒有`aa`，TTL是從{whole}往下數的{left}：{age}秒前存入的。"),
            ),
        ),
        Choice::new(
            text(format!("`{server}`, with authority"), format!("`{server}`，以權威身分回答")),
            text(
                format!("Its reply has `aa` and always the whole TTL of {whole}."),
                format!("它的回應有`aa`，TTL永遠是完整的{whole}。"),
            ),
        ),
    ];
    Exercise {
        prompt: text(
            format!(
                "Two lookups from one machine, one of them by its usual resolver. At {} the address of `{host}.{domain}` is changed from `{old}` to `{new}` at the authoritative server. {}",
                moment(change),
                rule.en
            ),
            format!(
                "同一台機器做了兩次查詢，其中一次用它平常的解析器。{}時，權威伺服器上`{host}.{domain}`的位址從`{old}`改成`{new}`。{}",
                moment(change),
                rule.zh_tw
            ),
        ),
        evidence: vec![shown(EvidenceType::Command, first), shown(EvidenceType::Command, second)],
        asks: vec![
            Ask::new(
                "who",
                text(
                    format!("Who gave the answer with the TTL {left}?"),
                    format!("TTL為{left}的答案是誰給的？"),
                ),
                Answer::choice(draw, options),
            ),
            Ask::new(
                "since",
                text(
                    "When did the resolver store the record? (date and time, UTC)",
                    "解析器是何時存入這筆紀錄的？（日期時間，UTC）",
                ),
                at(
                    since,
                    vec![
                        (
                            seen,
                            text(
                                "That is when it was asked: the TTL was less than the whole one by then.",
                                "那是查詢的時間：當時TTL已經比完整的小。",
                            ),
                        ),
                        (
                            seen.saturating_sub(u64::from(left)),
                            text(
                                format!("{left} is what is left; {age} is what has passed."),
                                format!("{left}是剩下的；過去的是{age}。"),
                            ),
                        ),
                    ],
                ),
            ),
            Ask::new(
                "new",
                text(
                    "From when on does the resolver give the new address, if it is asked often? (date and time, UTC)",
                    "如果一直有人查，解析器從何時起會給新位址？（日期時間，UTC）",
                ),
                at(
                    ends,
                    vec![
                        (
                            change,
                            text(
                                "The resolver is not told of the change: it looks again when the record has expired.",
                                "解析器不會被通知變更，要等紀錄過期才會再查。",
                            ),
                        ),
                        (
                            change + u64::from(whole),
                            text(
                                format!(
                                    "That would be so for a copy stored at the very moment of the change; this one is older and expires at {}.",
                                    moment(ends)
                                ),
                                format!(
                                    "那是剛好在變更那一刻存入的情況；這筆更早存入，{}就過期。",
                                    moment(ends)
                                ),
                            ),
                        ),
                        (
                            seen + u64::from(whole),
                            text(
                                "The TTL does not start again when somebody asks.",
                                "TTL不會因為有人查詢而重新起算。",
                            ),
                        ),
                    ],
                ),
            ),
        ],
        steps: vec![
            text(
                format!(
                    "The authoritative reply (`aa`) shows the whole TTL, {whole}; the other shows {left} and came out of a cache."
                ),
                format!("權威回應（`aa`）顯示完整TTL {whole}；另一個顯示{left}，來自快取。"),
            ),
            text(
                format!("Stored {whole} − {left} = {age} s before {}: at {}.", moment(seen), moment(since)),
                format!("在{}之前{whole} − {left} = {age}秒存入：{}。", moment(seen), moment(since)),
            ),
            text(
                format!(
                    "It expires {left} s after {}, at {}; the change at {} lies before that.",
                    moment(seen),
                    moment(ends),
                    moment(change)
                ),
                format!(
                    "{}之後{left}秒過期，也就是{}；變更（{}）在那之前。",
                    moment(seen),
                    moment(ends),
                    moment(change)
                ),
            ),
        ],
        given: json!({ "scenario": "cached", "change": moment(change), "ttl": left }),
    }
}

/// The name as a person would type it.
pub(super) fn search_list(draw: &mut Draw) -> Exercise {
    loop {
        let domain = *draw.pick(&DOMAINS);
        let site = *draw.pick(&["corp", "tpe", "office", "int"]);
        let mut zone = zone(draw, domain);
        let names = draw.some(&HOSTS, 4);
        let [one, two, three, four] = names.as_slice() else { continue };
        // Some names at the top, some at the site, one at both.
        zone.add(one, 300, Data::A(public(draw)));
        zone.add(two, 300, Data::A(public(draw)));
        zone.add(&format!("{two}.{site}"), 300, Data::A(public(draw)));
        zone.add(&format!("{three}.{site}"), 300, Data::A(public(draw)));
        zone.add(&format!("{four}.lab"), 300, Data::A(public(draw)));
        let resolver = Ipv4Addr::new(10, draw.int(0, 250), 0, draw.int(2, 20));
        let mut search = vec![zone.name.child(site), zone.name.clone()];
        if draw.percent(40) {
            search.insert(draw.int(0usize, 2), zone.name.child("lab"));
        }
        let mut conf = ResolvConf::new(resolver, search);
        conf.ndots = *draw.pick(&[1, 1, 2, 3]);
        let typed = match draw.int(0u8, 6) {
            0 => (*one).to_owned(),
            1 => (*two).to_owned(),
            2 => (*three).to_owned(),
            3 => format!("{two}.{site}"),
            4 => format!("{four}.lab"),
            5 => format!("{one}.{domain}"),
            _ => format!("{one}.{domain}."),
        };
        let answer = |question: &Question| Resolution {
            reply: if question.name.within(&zone.name) {
                zone.reply(question)
            } else {
                Reply::bare(Rcode::NxDomain)
            },
            source: Source::Cache,
            steps: Vec::new(),
        };
        let found = lookup(&conf, &typed, &[RecordType::A], answer);
        let Some((name, records)) = &found.found else { continue };
        if found.asked.len() < 2 && !typed.ends_with('.') && draw.percent(75) {
            continue;
        }
        let Some(Data::A(address)) = records.first().map(|record| record.data.clone()) else { continue };
        let asked: Vec<String> =
            found.asked.iter().map(|asked| asked.question.name.short().to_owned()).collect();
        let all: Vec<String> = conf.candidates(&typed).iter().map(|name| name.short().to_owned()).collect();
        let dots = typed.trim_end_matches('.').matches('.').count();
        let mut other = conf.clone();
        other.ndots = if dots >= conf.ndots { dots + 1 } else { dots.max(1) };
        let wrong = lookup(&other, &typed, &[RecordType::A], answer);
        let wrong_names: Vec<String> =
            wrong.asked.iter().map(|asked| asked.question.name.short().to_owned()).collect();
        let mut traps: Vec<Trap> = Vec::new();
        for (list, why) in [
            (
                all.join(", "),
                text(
                    format!("It stops at the first name that has an address: `{}`.", name.short()),
                    format!("查到第一個有位址的名稱`{}`就停。", name.short()),
                ),
            ),
            (
                wrong_names.join(", "),
                text(
                    format!(
                        "`{typed}` has {dots} dot{}, ndots is {}: as it is, it is tried {}.",
                        if dots == 1 { "" } else { "s" },
                        conf.ndots,
                        if dots >= conf.ndots { "first" } else { "last" }
                    ),
                    format!(
                        "`{typed}`有{dots}個點，ndots是{}：原樣查詢排在{}。",
                        conf.ndots,
                        if dots >= conf.ndots { "最前" } else { "最後" }
                    ),
                ),
            ),
        ] {
            if list != asked.join(", ") && traps.iter().all(|trap| trap.value != list) {
                traps.push(Trap::new(list, why));
            }
        }
        let mut address_traps = Vec::new();
        for record in &zone.records {
            if let Data::A(wrong) = record.data
                && wrong != address
                && all.iter().any(|candidate| *candidate == record.name.short())
            {
                address_traps.push((
                    wrong.to_string(),
                    text(
                        format!(
                            "That is `{}`, which is not reached: an earlier name has an address.",
                            record.name.short()
                        ),
                        format!("那是`{}`，輪不到它：更前面的名稱已有位址。", record.name.short()),
                    ),
                ));
            }
        }
        let also = vec![asked.iter().map(|name| format!("{name}.")).collect::<Vec<_>>().join(", ")];
        return Exercise {
            prompt: text(
                format!(
                    "A host with glibc has the `/etc/resolv.conf` below; its resolver knows the zone shown, and says NXDOMAIN for everything outside it. `getent ahostsv4 {typed}` is run on the host; it asks for A records only."
                ),
                format!(
                    "某台使用glibc的主機有下面的`/etc/resolv.conf`；它的解析器知道下面的zone，zone以外的名稱都回NXDOMAIN。主機上執行`getent ahostsv4 {typed}`，只會查A紀錄。"
                ),
            ),
            evidence: vec![
                shown(EvidenceType::Config, format!("$ cat /etc/resolv.conf\n{conf}")),
                zone_evidence(&zone),
            ],
            asks: vec![
                Ask::new(
                    "asked",
                    text(
                        "The names asked for, in order, up to and with the one that is found",
                        "依序查詢了哪些名稱，到找到為止（含找到的那個）",
                    ),
                    Answer::Typed { form: Form::List, right: asked.join(", "), also, traps },
                ),
                Ask::new(
                    "address",
                    text("The address it gets", "得到的位址"),
                    words(&address.to_string(), address_traps),
                ),
            ],
            steps: vec![
                if typed.ends_with('.') {
                    text(
                        "The final dot says that the name is complete: no suffix is tried.",
                        "結尾的點表示名稱已完整：不加任何字尾。",
                    )
                } else {
                    text(
                        format!(
                            "{dots} dot{} in the name, ndots {}: as it is, it is tried {}, the search list {}.",
                            if dots == 1 { "" } else { "s" },
                            conf.ndots,
                            if dots >= conf.ndots { "first" } else { "last" },
                            if dots >= conf.ndots { "after it" } else { "before it" }
                        ),
                        format!(
                            "名稱有{dots}個點，ndots是{}：原樣查詢排在{}，搜尋清單在{}。",
                            conf.ndots,
                            if dots >= conf.ndots { "最前" } else { "最後" },
                            if dots >= conf.ndots { "其後" } else { "其前" }
                        ),
                    )
                },
                text(
                    format!(
                        "Candidates: {}. The first with an address is `{}`: `{address}`.",
                        all.join(", "),
                        name.short()
                    ),
                    format!(
                        "候選名稱：{}。第一個有位址的是`{}`：`{address}`。",
                        all.join("、"),
                        name.short()
                    ),
                ),
            ],
            given: json!({ "scenario": "search", "typed": typed }),
        };
    }
}
