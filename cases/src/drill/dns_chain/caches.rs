//! Level 2: negative answers, and chains of which a cache holds a part.

use super::*;

pub(super) fn negative(draw: &mut Draw) -> Exercise {
    let domain = *draw.pick(&DOMAINS);
    let mut zone = zone(draw, domain);
    let names = draw.some(&HOSTS, 5);
    let [missing, fresh, other, third, _] = names.as_slice() else { return search_list(draw) };
    zone.add(other, ttl(draw), Data::A(public(draw)));
    zone.add(third, ttl(draw), Data::A(public(draw)));
    // Half of the draws: the name is there, with another type.
    let nodata = draw.percent(35);
    if nodata {
        zone.add(missing, ttl(draw), Data::Txt("v=1".to_owned()));
    }
    let keep = zone.negative_ttl();
    let name = zone.name.child(missing);
    let question = Question::new(name.clone(), RecordType::A);
    let since = DAY + draw.int(0u64, 70_000);
    let age = draw.int(1, keep - 20);
    let seen = since + u64::from(age);
    let left = keep - age;
    let created = seen + draw.int(1u64, u64::from(left) - 10);
    let ends = since + u64::from(keep);
    let address = public(draw);
    let record_ttl = ttl(draw);
    // While the other name is still denied, and before a copy of the new record would expire.
    let later = created + draw.int(1, (ends - created).min(u64::from(record_ttl)) - 1);
    let server = Ipv4Addr::new(192, 0, 2, 53);
    let mut after = zone.clone();
    after.soa.serial += 1;
    after.add(missing, record_ttl, Data::A(address));
    after.add(fresh, record_ttl, Data::A(address));
    let mut hosted = Hosted::steady(&format!("ns1.{domain}"), server, zone.clone());
    hosted.versions.push((created, after));
    let internet = Internet { hosted: vec![hosted] };
    let resolver_address = Ipv4Addr::new(10, draw.int(0, 250), 0, 2);
    let mut resolver = Resolver::new(resolver_address);
    resolver.resolve(&internet, &question, since);
    let cached = resolver.resolve(&internet, &question, seen);
    let shown_dig = dig(
        &question,
        &cached.reply,
        &Dig {
            at: None,
            server: resolver_address,
            id: draw.int(1, 65_535),
            when: seen,
            took: draw.int(0, 1),
            recursion: true,
        },
    );
    let (what_en, what_zh) = if nodata {
        ("had a TXT record but no A record", "有TXT紀錄但沒有A紀錄")
    } else {
        ("did not exist", "不存在")
    };
    let rule = rule();
    let options = vec![
        Choice::new(
            text("Yes: nobody had asked for it before", "會：之前沒有人查過它"),
            text(
                "An NXDOMAIN is kept for the name that was asked (for every type), not for the zone.",
                "NXDOMAIN只記在被查的名稱上（各種類型都算），不是整個zone。",
            ),
        ),
        Choice::new(
            text(format!("No: not before {}", moment(ends)), format!("不會：要到{}之後", moment(ends))),
            text(
                format!(
                    "That is when `{missing}.{domain}` is asked anew; `{fresh}` was never asked and is asked at once."
                ),
                format!("那是重新查`{missing}.{domain}`的時間；`{fresh}`從沒被查過，會立刻去查。"),
            ),
        ),
        Choice::new(
            text(
                format!("No: not before {}", moment(created + u64::from(record_ttl))),
                format!("不會：要到{}之後", moment(created + u64::from(record_ttl))),
            ),
            text(
                format!(
                    "The TTL of {record_ttl} is how long the new record may be kept once somebody has it."
                ),
                format!("TTL {record_ttl}是拿到新紀錄之後可以保留多久。"),
            ),
        ),
    ];
    Exercise {
        prompt: text(
            format!(
                "`{missing}.{domain}` {what_en} when the lookup below was made. At {} both `{missing}` and `{fresh}` get an A record (TTL {record_ttl}) at the authoritative server, whose zone file before that is shown. No one has ever asked for `{fresh}.{domain}`. {}",
                moment(created),
                rule.en
            ),
            format!(
                "做下面的查詢時，`{missing}.{domain}`{what_zh}。{}時，權威伺服器上的`{missing}`與`{fresh}`都加上A紀錄（TTL {record_ttl}）；下面是在那之前的zone檔。`{fresh}.{domain}`從來沒有人查過。{}",
                moment(created),
                rule.zh_tw
            ),
        ),
        evidence: vec![shown(EvidenceType::Command, shown_dig), zone_evidence(&zone)],
        asks: vec![
            Ask::new(
                "keep",
                text(
                    "For how many seconds the resolver keeps such a negative answer in all",
                    "解析器總共會保留這種否定答案多少秒",
                ),
                exactly(
                    u64::from(keep),
                    Unit::Seconds,
                    vec![
                        (
                            u64::from(zone.soa.minimum.max(zone.soa_ttl)),
                            text(
                                format!(
                                    "The lesser of the SOA's TTL ({}) and its minimum ({}) counts.",
                                    zone.soa_ttl, zone.soa.minimum
                                ),
                                format!(
                                    "取SOA的TTL（{}）與minimum（{}）較小的。",
                                    zone.soa_ttl, zone.soa.minimum
                                ),
                            ),
                        ),
                        (
                            u64::from(left),
                            text(
                                "That is what is left at the time of the lookup.",
                                "那是查詢當下剩下的秒數。",
                            ),
                        ),
                        (
                            u64::from(zone.soa.retry),
                            text("Retry is for secondary servers.", "retry是給次要伺服器用的。"),
                        ),
                        (
                            u64::from(record_ttl),
                            text(
                                "That is the TTL of a record that did not exist.",
                                "那是當時還不存在的紀錄的TTL。",
                            ),
                        ),
                    ],
                ),
            ),
            Ask::new(
                "since",
                text(
                    "When was the negative answer stored? (date and time, UTC)",
                    "否定答案是何時存入的？（日期時間，UTC）",
                ),
                at(
                    since,
                    vec![(
                        seen,
                        text(
                            format!(
                                "The SOA shows {left} s, less than the whole {keep}: it was there before."
                            ),
                            format!("SOA顯示剩{left}秒，比完整的{keep}小：之前就存入了。"),
                        ),
                    )],
                ),
            ),
            Ask::new(
                "new",
                text(
                    format!(
                        "From when on can this resolver give the address of `{missing}.{domain}`? (date and time, UTC)"
                    ),
                    format!("這台解析器從何時起可以給出`{missing}.{domain}`的位址？（日期時間，UTC）"),
                ),
                at(
                    ends,
                    vec![
                        (
                            created,
                            text(
                                "It keeps saying no until the negative answer has expired.",
                                "否定答案過期之前，它會一直說沒有。",
                            ),
                        ),
                        (
                            created + u64::from(keep),
                            text(
                                "The negative answer was stored before the record was created: it expires earlier.",
                                "否定答案在紀錄建立之前就存入了，會更早過期。",
                            ),
                        ),
                        (
                            seen + u64::from(keep),
                            text(
                                format!("At {} only {left} s of it were left.", moment(seen)),
                                format!("{}時只剩{left}秒。", moment(seen)),
                            ),
                        ),
                    ],
                ),
            ),
            Ask::new(
                "fresh",
                text(
                    format!(
                        "At {} somebody asks the resolver for `{fresh}.{domain}`. Does it give the address?",
                        moment(later)
                    ),
                    format!("{}有人向這台解析器查`{fresh}.{domain}`，會得到位址嗎？", moment(later)),
                ),
                Answer::choice(draw, options),
            ),
        ],
        steps: vec![
            text(
                format!("Negative TTL: min({}, {}) = {keep} s.", zone.soa_ttl, zone.soa.minimum),
                format!("否定快取TTL：min({}, {}) = {keep}秒。", zone.soa_ttl, zone.soa.minimum),
            ),
            text(
                format!(
                    "{left} s are left at {}: stored at {}, gone at {}.",
                    moment(seen),
                    moment(since),
                    moment(ends)
                ),
                format!("{}時剩{left}秒：{}存入，{}失效。", moment(seen), moment(since), moment(ends)),
            ),
            text(
                "Another name of the zone has no entry of its own: it is asked at once.",
                "同一個zone的另一個名稱沒有自己的快取項目，會立刻去查。",
            ),
        ],
        given: json!({ "scenario": "negative", "name": name.short(), "fresh": format!("{fresh}.{domain}"), "created": moment(created), "later": moment(later), "ttl": record_ttl }),
    }
}

/// A cache as `rndc dumpdb -cache` writes it.
fn dump(cache: &Cache, now: u64) -> String {
    let when = moment(now).replace(['-', ':', ' '], "");
    let mut out = format!(
        "$ rndc dumpdb -cache && cat /var/cache/bind/named_dump.db\n;\n; Start view _default\n;\n;\n; Cache dump of view '_default' (cache _default)\n;\n; using a 0 second stale ttl\n$DATE {when}\n"
    );
    for record in cache.dump(now) {
        let _ = writeln!(out, "; authanswer\n{}", record_line(&record));
    }
    out.push_str("; Dump complete\n");
    out
}

pub(super) fn chain_in_cache(draw: &mut Draw) -> Exercise {
    loop {
        let domain = *draw.pick(&DOMAINS);
        let platform = *draw.pick(&PLATFORMS);
        let names = draw.some(&HOSTS, 3);
        let [host, inner, spare] = names.as_slice() else { continue };
        let tenant = format!("{}-{}", domain.split('.').next().unwrap_or("x"), draw.hex(4));
        let mut own = zone(draw, domain);
        own.add(host, ttl(draw), Data::Cname(Name::new(&format!("{inner}.{domain}"))));
        own.add(inner, ttl(draw), Data::Cname(Name::new(&format!("{tenant}.{platform}"))));
        own.add(spare, ttl(draw), Data::A(public(draw)));
        let mut theirs = zone(draw, platform);
        let old = public(draw);
        let new = another(draw, &[old]);
        theirs.add(&tenant, ttl(draw), Data::A(old));
        theirs.add(&format!("{tenant}-b"), ttl(draw), Data::A(new));
        // What changes: the address at the platform, or where the own alias leads.
        let moved = draw.percent(50);
        let (mut own_after, mut theirs_after) = (own.clone(), theirs.clone());
        if moved {
            for record in own_after.records.iter_mut().filter(|record| record.name == own.name.child(inner)) {
                record.data = Data::Cname(Name::new(&format!("{tenant}-b.{platform}")));
            }
        } else {
            for record in
                theirs_after.records.iter_mut().filter(|record| record.name == theirs.name.child(&tenant))
            {
                record.data = Data::A(new);
            }
        }
        let start = DAY + draw.int(0u64, 60_000);
        let change = start + draw.int(10u64, 1200);
        let now = change + draw.int(5u64, 900);
        let own_server = Ipv4Addr::new(192, 0, 2, 53);
        let their_server = Ipv4Addr::new(198, 51, 100, 53);
        let mut first = Hosted::steady(&format!("ns1.{domain}"), own_server, own);
        first.versions.push((change, own_after.clone()));
        let mut second = Hosted::steady(&format!("ns1.{platform}"), their_server, theirs);
        second.versions.push((change, theirs_after.clone()));
        let internet = Internet { hosted: vec![first, second] };
        let mut resolver = Resolver::new(Ipv4Addr::new(10, 0, 0, 2));
        let question = Question::new(Name::new(&format!("{host}.{domain}")), RecordType::A);
        // Links are learnt at different times: the last by itself, the whole chain before.
        resolver.resolve(&internet, &question, start);
        let again = start + draw.int(1u64, change - start);
        if draw.percent(50) {
            resolver.resolve(
                &internet,
                &Question::new(Name::new(&format!("{inner}.{domain}")), RecordType::A),
                again,
            );
        }
        let cached = resolver.cache.dump(now);
        let (known, _) = resolver.cache.look_up(&question, now);
        let text_dump = dump(&resolver.cache, now);
        let mut before = resolver.clone();
        let now_answer = resolver.resolve(&internet, &question, now);
        let Some(Data::A(address)) = now_answer.reply.answer.last().map(|record| record.data.clone()) else {
            continue;
        };
        let asked: Vec<String> =
            now_answer.steps.iter().map(|step| step.question.name.short().to_owned()).collect();
        // Something is known and something is not, or the whole old chain still stands.
        if cached.is_empty() || known.answer.is_empty() && draw.percent(80) || asked.len() > 2 {
            continue;
        }
        // When the new address is seen, if asked every second from now on: the next expiry that matters.
        let mut at_second = now;
        let new_from = loop {
            let reply = before.resolve(&internet, &question, at_second);
            if reply.reply.answer.last().map(|record| &record.data) == Some(&Data::A(new)) {
                break at_second;
            }
            // Jump to where something expires: at most the least TTL of the answer.
            at_second +=
                u64::from(reply.reply.answer.iter().map(|record| record.ttl).min().unwrap_or(1).max(1));
        };
        // Where nothing old is left there is little to work out.
        if new_from == now && draw.percent(75) {
            continue;
        }
        let last_ttl = now_answer.reply.answer.last().map_or(0, |record| record.ttl);
        let rule = rule();
        let who = asked.first().cloned().unwrap_or_else(|| "none".to_owned());
        let chain: Vec<String> = now_answer
            .reply
            .answer
            .iter()
            .map(|record| format!("{} (TTL {})", record.name.short(), record.ttl))
            .collect();
        let names_asked = [
            format!("{host}.{domain}"),
            format!("{inner}.{domain}"),
            format!("{tenant}.{platform}"),
            format!("{tenant}-b.{platform}"),
        ];
        let mut options: Vec<Choice> = Vec::new();
        let explain = |name: &str| {
            let known = cached.iter().find(|record| record.name.short() == name);
            match known {
                Some(record) => text(
                    format!("`{name}` is in the cache for another {} s.", record.ttl),
                    format!("`{name}`在快取裡，還有{}秒。", record.ttl),
                ),
                None if asked.iter().skip(1).any(|later| later == name) => text(
                    format!(
                        "`{name}` is asked for as well, but only when the answer for `{who}` has led there."
                    ),
                    format!("`{name}`也要查，但要等`{who}`的答案指過去之後。"),
                ),
                None if who == *name => text(
                    format!("`{name}` is the first name of the chain that the cache does not hold."),
                    format!("`{name}`是鏈上第一個快取裡沒有的名稱。"),
                ),
                None => text(
                    format!(
                        "The chain, as the resolver knows it, does not get to asking for `{name}`: it needs {}.",
                        if asked.is_empty() { "nothing" } else { &who }
                    ),
                    format!(
                        "依解析器所知，這條鏈不需要查`{name}`；它要查的是：{}。",
                        if asked.is_empty() { "不用查" } else { &who }
                    ),
                ),
            }
        };
        for name in &names_asked {
            options.push(Choice::new(text(format!("`{name}`"), format!("`{name}`")), explain(name)));
        }
        options.push(Choice::new(
            text("None: everything is in the cache", "都不用：快取裡全有"),
            if asked.is_empty() {
                text(
                    "Every link from the name to the address is still held.",
                    "從名稱到位址的每一環都還在快取裡。",
                )
            } else {
                text(format!("`{who}` is not in the cache."), format!("`{who}`不在快取裡。"))
            },
        ));
        let right = names_asked.iter().position(|name| *name == who).unwrap_or(names_asked.len());
        return Exercise {
            prompt: text(
                format!(
                    "A resolver's cache at the time `$DATE` says (UTC), with what is left of each TTL, and the zone files as they have been since {}. At that very time somebody asks the resolver for `{host}.{domain} A`; from then on it is asked every second. A server follows aliases within its zone. {}",
                    moment(change),
                    rule.en
                ),
                format!(
                    "下面是某台解析器在`$DATE`那一刻（UTC）的快取，TTL是剩餘秒數；以及自{}起的zone檔。就在那一刻有人向它查`{host}.{domain} A`，之後每秒都有人查。伺服器會在自己的zone內追別名。{}",
                    moment(change),
                    rule.zh_tw
                ),
            ),
            evidence: vec![
                shown(EvidenceType::Command, text_dump),
                zone_evidence(&own_after),
                zone_evidence(&theirs_after),
            ],
            asks: vec![
                Ask::new(
                    "ask",
                    text(
                        "For which name does it have to ask an authoritative server first?",
                        "它首先要向權威伺服器查哪個名稱？",
                    ),
                    Answer::Choice { options, right },
                ),
                Ask::new(
                    "address",
                    text("The address it answers with", "它回答的位址"),
                    words(
                        &address.to_string(),
                        vec![
                            (
                                old.to_string(),
                                text(
                                    "That is the old address; the link that would lead there is not in the cache any more.",
                                    "那是舊位址；通往它的那一環已不在快取裡。",
                                ),
                            ),
                            (
                                new.to_string(),
                                text(
                                    "That is the new address; the resolver still holds the old link.",
                                    "那是新位址；解析器還留著舊的那一環。",
                                ),
                            ),
                        ],
                    ),
                ),
                Ask::new(
                    "ttl",
                    text("The TTL on the last record of that answer", "這個答案最後一筆紀錄的TTL"),
                    exactly(u64::from(last_ttl), Unit::Seconds, vec![]),
                ),
                Ask::new(
                    "new",
                    text(
                        format!("From when on does it answer with `{new}`? (date and time, UTC)"),
                        format!("它從何時起會回答`{new}`？（日期時間，UTC）"),
                    ),
                    at(
                        new_from,
                        vec![
                            (
                                change,
                                text(
                                    "The change is seen only where a cached link has expired.",
                                    "要等快取裡的那一環過期才看得到變更。",
                                ),
                            ),
                            (
                                now,
                                text("At that time the old link was still held.", "那一刻舊的那一環還在。"),
                            ),
                        ],
                    ),
                ),
            ],
            steps: vec![
                text(
                    format!(
                        "The cache leads to {} at first; to be asked: {}.",
                        if known.answer.is_empty() {
                            "nothing".to_owned()
                        } else {
                            known
                                .answer
                                .iter()
                                .map(|record| record.name.short().to_owned())
                                .collect::<Vec<_>>()
                                .join(", ")
                        },
                        if asked.is_empty() { "nothing" } else { &who }
                    ),
                    format!(
                        "快取裡可用的：{}；要查的：{}。",
                        if known.answer.is_empty() {
                            "沒有".to_owned()
                        } else {
                            known
                                .answer
                                .iter()
                                .map(|record| record.name.short().to_owned())
                                .collect::<Vec<_>>()
                                .join("、")
                        },
                        if asked.is_empty() { "不用查" } else { &who }
                    ),
                ),
                text(
                    format!("The answer: {}, address `{address}`.", chain.join(", ")),
                    format!("答案：{}，位址`{address}`。", chain.join("、")),
                ),
                text(
                    format!(
                        "{} was changed; {}.",
                        if moved { "The alias" } else { "The address" },
                        if new_from == now {
                            "no old copy is left".to_owned()
                        } else {
                            format!("its old copy is gone at {}", moment(new_from))
                        }
                    ),
                    format!(
                        "變更的是{}；{}。",
                        if moved { "別名" } else { "位址" },
                        if new_from == now {
                            "已經沒有舊的副本".to_owned()
                        } else {
                            format!("舊的副本到{}失效", moment(new_from))
                        }
                    ),
                ),
            ],
            given: json!({ "scenario": "chain", "name": format!("{host}.{domain}"), "new": new.to_string() }),
        };
    }
}
