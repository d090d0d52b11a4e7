//! Level 3: changes while caches hold what was before.

use super::*;

/// What a resolver says, in a word.
fn word(reply: &Reply) -> String {
    match reply.answer.last().map(|record| &record.data) {
        Some(Data::A(address)) => address.to_string(),
        _ if reply.rcode == Rcode::NxDomain => "NXDOMAIN".to_owned(),
        _ => "NODATA".to_owned(),
    }
}

pub(super) fn time_line(draw: &mut Draw) -> Exercise {
    loop {
        let domain = *draw.pick(&DOMAINS);
        let names = draw.some(&HOSTS, 4);
        let [front, back, fresh, still] = names.as_slice() else { continue };
        let mut zone = zone(draw, domain);
        zone.soa_ttl = *draw.pick(&[60, 120, 300, 600]);
        zone.soa.minimum = *draw.pick(&[60, 90, 180, 300, 600]);
        let short = |draw: &mut Draw| *draw.pick(&[60u32, 90, 120, 180, 240, 300, 600]);
        let (blue, green, extra) = (format!("{back}-blue"), format!("{back}-green"), *still);
        let blue_address = public(draw);
        let green_address = another(draw, &[blue_address]);
        let new_blue = another(draw, &[blue_address, green_address]);
        let fresh_address = another(draw, &[blue_address, green_address, new_blue]);
        zone.add(front, short(draw), Data::Cname(zone.name.child(&blue)));
        let blue_ttl = short(draw);
        zone.add(&blue, blue_ttl, Data::A(blue_address));
        zone.add(&green, short(draw), Data::A(green_address));
        zone.add(extra, short(draw), Data::A(public(draw)));
        let start = DAY + draw.int(0u64, 70_000) / 60 * 60;
        // Three edits: the alias moves, the blue address changes (or goes), a new name appears.
        let mut edits: Vec<u64> = (0..3).map(|_| start + draw.int(30u64, 700)).collect();
        edits.sort_unstable();
        edits.dedup();
        let [first, second, third] = edits.as_slice() else { continue };
        let goes = draw.percent(40);
        let mut kinds = [0u8, 1, 2];
        draw.shuffle(&mut kinds);
        let fresh_ttl = short(draw);
        let mut versions = vec![(0, zone.clone())];
        let mut table = String::from("time                 change\n");
        for (when, kind) in [first, second, third].into_iter().zip(kinds) {
            let mut next = versions.last().map_or_else(|| zone.clone(), |(_, zone)| zone.clone());
            let line = match kind {
                0 => {
                    let target = zone.name.child(&green);
                    for record in
                        next.records.iter_mut().filter(|record| record.name == zone.name.child(front))
                    {
                        record.data = Data::Cname(target.clone());
                    }
                    format!("{front} CNAME {blue} -> {green} (TTL unchanged)")
                }
                1 if goes => {
                    next.records.retain(|record| record.name != zone.name.child(&blue));
                    format!("{blue} A {blue_address} -> (deleted)")
                }
                1 => {
                    for record in
                        next.records.iter_mut().filter(|record| record.name == zone.name.child(&blue))
                    {
                        record.data = Data::A(new_blue);
                    }
                    format!("{blue} A {blue_address} -> {new_blue} (TTL unchanged)")
                }
                _ => {
                    next.add(fresh, fresh_ttl, Data::A(fresh_address));
                    format!("{fresh} A (none) -> {fresh_address} TTL {fresh_ttl}")
                }
            };
            let _ = writeln!(table, "{:<21}{line}", moment(*when));
            versions.push((*when, next));
        }
        let server = Ipv4Addr::new(192, 0, 2, 53);
        let internet = Internet {
            hosted: vec![Hosted {
                server: Name::new(&format!("ns1.{domain}")),
                address: server,
                versions,
                outages: Vec::new(),
            }],
        };
        // Queries: the front often, the blue name by itself, the fresh one before and after it exists.
        let mut queries: Vec<(u64, String)> = Vec::new();
        for _ in 0..4 {
            queries.push((start + draw.int(0u64, 1000), (*front).to_owned()));
        }
        for _ in 0..3 {
            queries.push((start + draw.int(0u64, 1000), (*fresh).to_owned()));
        }
        for _ in 0..2 {
            queries.push((start + draw.int(0u64, 900), blue.clone()));
        }
        queries.sort();
        queries.dedup_by_key(|(when, _)| *when);
        let mut resolver = Resolver::new(Ipv4Addr::new(10, 0, 0, 2));
        let mut results = Vec::new();
        for (when, name) in &queries {
            let question = Question::new(zone.name.child(name), RecordType::A);
            let resolution = resolver.resolve(&internet, &question, *when);
            let truth = internet.ask(server, &question, *when);
            // The links of the answer as the resolver sends them, with what is left of each TTL.
            let mut links: Vec<String> = resolution
                .reply
                .answer
                .iter()
                .map(|record| {
                    format!(
                        "`{}` {} {} (TTL {})",
                        record.name.short(),
                        record.data.kind(),
                        record.data,
                        record.ttl
                    )
                })
                .collect();
            links.extend(resolution.reply.authority.iter().map(|soa| format!("NXDOMAIN (TTL {})", soa.ttl)));
            let cached = resolution.source == Source::Cache;
            results.push((word(&resolution.reply), word(&truth), cached, links.join(", ")));
        }
        // Ask for those that are not what the server would say at the time, and one or two that are.
        let stale: Vec<usize> = (0..queries.len())
            .filter(|index| results.get(*index).is_some_and(|(said, truth, ..)| said != truth))
            .collect();
        let honest: Vec<usize> = (2..queries.len())
            .filter(|index| results.get(*index).is_some_and(|(said, truth, ..)| said == truth))
            .collect();
        if stale.is_empty() || honest.is_empty() {
            continue;
        }
        let mut chosen = draw.some(&stale, 2);
        chosen.extend(draw.some(&honest, 3 - chosen.len().min(2)));
        chosen.sort_unstable();
        chosen.truncate(3);
        let mut log = String::from("query  time                 name                              type\n");
        for (index, (when, name)) in queries.iter().enumerate() {
            let _ =
                writeln!(log, "{:<7}{:<21}{:<34}A", index + 1, moment(*when), zone.name.child(name).short());
        }
        let mut asks = Vec::new();
        let mut notes = Vec::new();
        let mut notes_zh = Vec::new();
        for index in chosen {
            let (Some((when, _)), Some((said, truth, cached, links))) =
                (queries.get(index), results.get(index))
            else {
                continue;
            };
            let id = format!("q{}", index + 1);
            let mut mistakes = vec![(
                truth.clone(),
                text(
                    format!(
                        "That is what the server says at {}; the resolver still holds what it learnt earlier.",
                        moment(*when)
                    ),
                    format!("那是伺服器在{}的內容；解析器還留著先前學到的。", moment(*when)),
                ),
            )];
            for other in [
                blue_address.to_string(),
                green_address.to_string(),
                new_blue.to_string(),
                fresh_address.to_string(),
                "NXDOMAIN".to_owned(),
            ] {
                mistakes.push((other, text(
                    format!("Follow each link for itself: what the resolver holds of it at {}, and else what the server has then.", moment(*when)),
                    format!("逐環判斷：{}時解析器裡還有沒有這一環，沒有就看伺服器當時的內容。", moment(*when)),
                )));
            }
            asks.push(Ask::new(
                &id,
                text(
                    format!("What query {} gets: an address, or NXDOMAIN", index + 1),
                    format!("查詢{}得到什麼：位址，或NXDOMAIN", index + 1),
                ),
                words(said, mistakes),
            ));
            notes.push(format!(
                "query {}: {links}; {}",
                index + 1,
                if *cached { "all out of the cache" } else { "at least one link was asked anew" }
            ));
            notes_zh.push(format!(
                "查詢{}：{links}；{}",
                index + 1,
                if *cached { "全部來自快取" } else { "至少有一環重新查詢" }
            ));
        }
        // After the last query the front name is asked every second.
        let last = queries.last().map_or(start, |(when, _)| *when);
        let settled = last.max(*third) + 1;
        let question = Question::new(zone.name.child(front), RecordType::A);
        let mut later = resolver.clone();
        let truth = word(&internet.ask(server, &question, settled));
        let mut second = settled;
        let new_from = loop {
            let reply = later.resolve(&internet, &question, second);
            if word(&reply.reply) == truth {
                break second;
            }
            // Nothing changes before something of the answer has expired.
            let records = reply.reply.answer.iter().chain(&reply.reply.authority);
            second += u64::from(records.map(|record| record.ttl).min().unwrap_or(1).max(1));
        };
        if asks.len() < 3 || new_from == settled && draw.percent(85) {
            continue;
        }
        asks.push(Ask::new(
            "settled",
            text(
                format!("From {} on `{front}.{domain}` is asked every second. From when on is the answer the server's present one, `{truth}`? (date and time, UTC)", moment(settled)),
                format!("從{}起每秒都查`{front}.{domain}`。從何時起得到伺服器當下的答案`{truth}`？（日期時間，UTC）", moment(settled)),
            ),
            at(new_from, vec![
                (settled, text("Something it learnt before is still held then.", "那時還留著先前學到的東西。")),
                (*third, text("The last change does not empty caches.", "最後一次變更不會清掉快取。")),
            ]),
        ));
        let rule = rule();
        return Exercise {
            prompt: text(
                format!(
                    "The zone as it was at first, three changes made to it later, and all queries a resolver got; its cache was empty before query 1. A server follows aliases within its zone and sends all of them; the resolver keeps each record with its own TTL. {}",
                    rule.en
                ),
                format!(
                    "下面是zone一開始的內容、之後的三次變更，以及某台解析器收到的所有查詢；在查詢1之前它的快取是空的。伺服器會在zone內追別名並全部送出；解析器依每筆紀錄自己的TTL保留。{}",
                    rule.zh_tw
                ),
            ),
            evidence: vec![
                zone_evidence(&zone),
                shown(EvidenceType::Table, table),
                shown(EvidenceType::Table, log),
            ],
            asks,
            steps: vec![
                text(
                    format!(
                        "Keep a list of what the resolver holds and until when: the alias, each address, and that `{fresh}` is missing (min({}, {}) = {} s).",
                        zone.soa_ttl,
                        zone.soa.minimum,
                        zone.negative_ttl()
                    ),
                    format!(
                        "列出解析器手上有什麼、到何時為止：別名、各個位址，以及「`{fresh}`不存在」（min({}, {}) = {}秒）。",
                        zone.soa_ttl,
                        zone.soa.minimum,
                        zone.negative_ttl()
                    ),
                ),
                text(format!("{}.", notes.join(". ")), format!("{}。", notes_zh.join("。"))),
                text(
                    format!("The front name answers `{truth}` from {} on.", moment(new_from)),
                    format!("`{front}`從{}起回答`{truth}`。", moment(new_from)),
                ),
            ],
            given: json!({ "scenario": "line", "front": format!("{front}.{domain}"), "settled": moment(settled), "truth": truth }),
        };
    }
}

pub(super) fn lowered_ttl(draw: &mut Draw) -> Exercise {
    loop {
        let domain = *draw.pick(&DOMAINS);
        let host = *draw.pick(&HOSTS);
        let long = *draw.pick(&[3600u64, 7200, 14_400, 21_600, 43_200, 86_400]);
        let short = *draw.pick(&[30u64, 60, 120, 300]);
        let old = public(draw);
        let new = another(draw, &[old]);
        let lowered = DAY + draw.int(0u64, 20_000);
        let early = draw.percent(60);
        let cutover = if early {
            lowered + draw.int(long / 10, long * 9 / 10)
        } else {
            lowered + long + draw.int(60u64, 7200)
        };
        // Three resolvers with their last fetch: before the TTL was lowered, in between, and just before the cutover.
        let before = lowered - draw.int(1u64, long - 60);
        let last_before = lowered - draw.int(1u64, 120);
        let between = (cutover.saturating_sub(draw.int(1u64, short - 1))).max(lowered + 1);
        let mut resolvers = vec![("10.20.0.2", before), ("10.30.0.2", last_before), ("10.40.0.2", between)];
        draw.shuffle(&mut resolvers);
        let expires = |fetched: u64| fetched + if fetched < lowered { long } else { short };
        // Each resolver is asked all the time: what it fetches again before the cutover has the short TTL, in a row of fetches.
        let stale_until = |fetched: u64| {
            let mut end = expires(fetched);
            while end < cutover {
                end += short;
            }
            end
        };
        let worst = resolvers.iter().map(|(_, fetched)| stale_until(*fetched)).max().unwrap_or(cutover);
        let bound = (lowered + long).max(cutover + short);
        let safe = lowered + long;
        if resolvers.iter().any(|(_, fetched)| expires(*fetched) == cutover) {
            continue;
        }
        let mut table = String::from("resolver     last fetch\n");
        for (address, fetched) in &resolvers {
            let _ = writeln!(
                table,
                "{address:<13}{}",
                moment(last_fetch(*fetched, cutover, lowered, long, short))
            );
        }
        let Some((asked, fetched)) = resolvers.first().copied() else { continue };
        let right = stale_until(fetched);
        let rule = rule();
        let zone_lines = format!(
            "time                 {host}.{domain}. A\n{:<21}{old} TTL {long}\n{:<21}{old} TTL {short}\n{:<21}{new} TTL {short}\n",
            moment(lowered.saturating_sub(604_800)),
            moment(lowered),
            moment(cutover)
        );
        return Exercise {
            prompt: text(
                format!(
                    "A service moves. The table shows what the authoritative server has for its name from each time on (UTC), and when three resolvers fetched the record last, as seen at {}, one second before the cutover. Clients ask each of them every second. {}",
                    moment(cutover - 1),
                    rule.en
                ),
                format!(
                    "某個服務要搬遷。下表是權威伺服器上這個名稱自各時間起的內容（UTC），以及三台解析器最近一次取得紀錄的時間（以切換前一秒{}來看）。用戶端每秒都向每一台查詢。{}",
                    moment(cutover - 1),
                    rule.zh_tw
                ),
            ),
            evidence: vec![shown(EvidenceType::Table, zone_lines), shown(EvidenceType::Table, table)],
            asks: vec![
                Ask::new(
                    "one",
                    text(
                        format!("From when on does `{asked}` give the new address? (date and time, UTC)"),
                        format!("`{asked}`從何時起給新位址？（日期時間，UTC）"),
                    ),
                    at(
                        right,
                        vec![
                            (cutover, text("It holds a copy from before.", "它手上還有先前的副本。")),
                            (
                                cutover + short,
                                text(
                                    format!(
                                        "That is the most for a copy with the short TTL; this one was fetched at {}.",
                                        moment(last_fetch(fetched, cutover, lowered, long, short))
                                    ),
                                    format!(
                                        "那是短TTL副本的上限；這一份是{}取得的。",
                                        moment(last_fetch(fetched, cutover, lowered, long, short))
                                    ),
                                ),
                            ),
                            (
                                last_fetch(fetched, cutover, lowered, long, short) + short,
                                text(
                                    format!(
                                        "It was fetched before the TTL was lowered: it has the TTL of that time, {long} s."
                                    ),
                                    format!("它是在調低TTL之前取得的：TTL是當時的{long}秒。"),
                                ),
                            ),
                        ],
                    ),
                ),
                Ask::new(
                    "all",
                    text(
                        "From when on do all three give the new address? (date and time, UTC)",
                        "從何時起三台都給新位址？（日期時間，UTC）",
                    ),
                    at(
                        worst,
                        vec![(
                            cutover + short,
                            text(
                                "One of them holds a copy with another end.",
                                "其中有一台的副本在別的時間失效。",
                            ),
                        )],
                    ),
                ),
                Ask::new(
                    "bound",
                    text(
                        "From when on no resolver anywhere that honours TTLs can give the old address any more, whenever it fetched? (date and time, UTC)",
                        "不論何時取得，從何時起任何遵守TTL的解析器都不可能再給舊位址？（日期時間，UTC）",
                    ),
                    at(
                        bound,
                        vec![
                            (
                                cutover + short,
                                text(
                                    format!(
                                        "A copy fetched just before {} lives until {}.",
                                        moment(lowered),
                                        moment(safe)
                                    ),
                                    format!(
                                        "在{}之前一刻取得的副本可以活到{}。",
                                        moment(lowered),
                                        moment(safe)
                                    ),
                                ),
                            ),
                            (
                                cutover + long,
                                text(
                                    "After the TTL was lowered nobody can have got the long one.",
                                    "調低之後就不會有人拿到長的TTL。",
                                ),
                            ),
                            (
                                lowered + long,
                                text(
                                    format!(
                                        "A copy fetched just before the cutover lives {short} s beyond it."
                                    ),
                                    format!("切換前一刻取得的副本會再活{short}秒。"),
                                ),
                            ),
                        ],
                    ),
                ),
                Ask::new(
                    "safe",
                    text(
                        format!(
                            "The earliest cutover after which no such resolver is wrong for more than {short} s (date and time, UTC)"
                        ),
                        format!("最早何時切換，才能讓任何這樣的解析器最多錯{short}秒？（日期時間，UTC）"),
                    ),
                    at(
                        safe - short,
                        vec![
                            (
                                lowered,
                                text(
                                    "Copies with the long TTL are still about then.",
                                    "那時長TTL的副本還在。",
                                ),
                            ),
                            (
                                safe,
                                text(
                                    format!(
                                        "That is on the safe side, but {short} s later than needed: a copy that ends then has been wrong for {short} s after a cutover {short} s earlier."
                                    ),
                                    format!(
                                        "那樣也安全，但比需要的晚{short}秒：提早{short}秒切換，那一刻失效的副本也只錯了{short}秒。"
                                    ),
                                ),
                            ),
                        ],
                    ),
                ),
            ],
            steps: vec![
                text(
                    "A copy has the TTL it was fetched with; lowering the TTL later does not shorten it.",
                    "副本的TTL是取得時的值；之後調低不會縮短它。",
                ),
                text(
                    format!(
                        "`{asked}`: fetched {}, so new from {} on. All three: {}.",
                        moment(last_fetch(fetched, cutover, lowered, long, short)),
                        moment(right),
                        moment(worst)
                    ),
                    format!(
                        "`{asked}`：{}取得，所以從{}起是新的。三台都是新的：{}。",
                        moment(last_fetch(fetched, cutover, lowered, long, short)),
                        moment(right),
                        moment(worst)
                    ),
                ),
                text(
                    format!(
                        "In general: the later of {} + {long} s and {} + {short} s, {}. For at most {short} s of wrong answers the cutover must be no earlier than {} + {long} s − {short} s.",
                        moment(lowered),
                        moment(cutover),
                        moment(bound),
                        moment(lowered)
                    ),
                    format!(
                        "一般而言：{} + {long}秒與{} + {short}秒取較晚的，{}。要最多錯{short}秒，切換不得早於{} + {long}秒 − {short}秒。",
                        moment(lowered),
                        moment(cutover),
                        moment(bound),
                        moment(lowered)
                    ),
                ),
            ],
            given: json!({ "scenario": "lowered", "asked": asked, "new": new.to_string(), "cutover": moment(cutover) }),
        };
    }
}

/// The last fetch before the cutover of a resolver that is asked every second.
fn last_fetch(fetched: u64, cutover: u64, lowered: u64, long: u64, short: u64) -> u64 {
    let mut at = fetched;
    loop {
        let next = at + if at < lowered { long } else { short };
        if next >= cutover {
            return at;
        }
        at = next;
    }
}

pub(super) fn three_caches(draw: &mut Draw) -> Exercise {
    loop {
        let domain = *draw.pick(&PLATFORMS);
        let cluster = format!("db-{}.cluster", draw.hex(6));
        let full = *draw.pick(&[60u32, 90, 120, 300]);
        let capped = *draw.pick(&[5u32, 10, 20, 30]);
        let own = *draw.pick(&[30u64, 45, 60, 75, 120]);
        let old = Ipv4Addr::new(10, 3, draw.int(0, 250), draw.int(4, 250));
        let new = Ipv4Addr::new(10, 4, draw.int(0, 250), draw.int(4, 250));
        let mut zone = zone(draw, domain);
        zone.add(&cluster, full, Data::A(old));
        let mut after = zone.clone();
        for record in after.records.iter_mut().filter(|record| record.name == zone.name.child(&cluster)) {
            record.data = Data::A(new);
        }
        let start = DAY + draw.int(0u64, 70_000);
        let failover = start + draw.int(100u64, 400);
        let mut hosted = Hosted::steady(&format!("ns1.{domain}"), Ipv4Addr::new(192, 0, 2, 53), zone.clone());
        hosted.versions.push((failover, after));
        let internet = Internet { hosted: vec![hosted] };
        let question = Question::new(zone.name.child(&cluster), RecordType::A);
        let mut above = Resolver::new(Ipv4Addr::new(10, 0, 0, 2));
        let mut below = Forwarder {
            address: Ipv4Addr::new(10, 100, 0, 10),
            zones: Vec::new(),
            cache: Cache::capped(capped),
        };
        let mut now = start;
        let mut steps: Vec<(u64, String, bool, bool)> = Vec::new();
        let (switched, from_above) = loop {
            let mut asked_server = false;
            let resolution = below.resolve(&question, now, |question, now| {
                let up = above.resolve(&internet, question, now);
                asked_server = !up.steps.is_empty();
                up
            });
            let said = word(&resolution.reply);
            steps.push((now, said.clone(), resolution.source == Source::Upstream, asked_server));
            if said == new.to_string() {
                break (now, asked_server);
            }
            now += own;
        };
        // Worth asking only where something was stale for a while.
        if switched < failover + 5 || !from_above {
            continue;
        }
        let lookups = steps.len() as u64;
        let upstream = steps.iter().filter(|(_, _, upstream, _)| *upstream).count() as u64;
        let authority = steps.iter().filter(|(_, _, _, server)| *server).count() as u64;
        let bound = u64::from(full) + own;
        let next_lookup = start + (failover - start).div_ceil(own) * own;
        let previous = steps.iter().rev().nth(1).map_or(start, |(when, ..)| *when);
        let rule = rule();
        let corefile = format!(
            "$ kubectl -n kube-system get configmap coredns -o jsonpath='{{.data.Corefile}}'\n.:53 {{\n    errors\n    health\n    kubernetes cluster.local in-addr.arpa ip6.arpa\n    forward . /etc/resolv.conf\n    cache {{\n        success 9984 {capped} 0\n        denial 9984 {capped} 0\n    }}\n    loop\n    reload\n    loadbalance\n}}\n"
        );
        let name = question.name.short().to_owned();
        let trace: Vec<String> = steps
            .iter()
            .rev()
            .take(4)
            .rev()
            .map(|(when, said, upstream, server)| {
                format!(
                    "{} {said} ({})",
                    moment(*when).get(11..).unwrap_or_default(),
                    if *server {
                        "asked at the server"
                    } else if *upstream {
                        "from the VPC resolver's cache"
                    } else {
                        "from CoreDNS's cache"
                    }
                )
            })
            .collect();
        let trace_zh: Vec<String> = steps
            .iter()
            .rev()
            .take(4)
            .rev()
            .map(|(when, said, upstream, server)| {
                format!(
                    "{} {said}（{}）",
                    moment(*when).get(11..).unwrap_or_default(),
                    if *server {
                        "向伺服器查"
                    } else if *upstream {
                        "VPC解析器的快取"
                    } else {
                        "CoreDNS的快取"
                    }
                )
            })
            .collect();
        return Exercise {
            prompt: text(
                format!(
                    "One application in a cluster, and nobody else, looks up `{name}`. It looks it up for the first time at {}, uses the address for exactly {own} s whatever the TTL, and then looks it up again at once, and so on. Its queries go to CoreDNS (configuration below: it keeps an answer for what is left of its TTL, but no longer than the {capped} s set there; the 0 means no minimum), then to the VPC's resolver, which keeps whole TTLs, then to the authoritative server. All caches were empty at first. At {} a failover changes the address from `{old}` to `{new}` at the authoritative server. {}",
                    moment(start),
                    moment(failover),
                    rule.en
                ),
                format!(
                    "叢集裡只有一個應用程式會查`{name}`。它第一次查是在{}，不管TTL，拿到的位址都剛好用{own}秒，然後立刻再查，如此重複。它的查詢先到CoreDNS（設定如下：答案保留剩餘的TTL，但不超過其中設定的{capped}秒；0表示沒有下限），再到完整遵守TTL的VPC解析器，最後到權威伺服器。一開始所有快取都是空的。{}發生容錯移轉，權威伺服器上的位址從`{old}`改成`{new}`。{}",
                    moment(start),
                    moment(failover),
                    rule.zh_tw
                ),
            ),
            evidence: vec![shown(EvidenceType::Config, corefile), zone_evidence(&zone)],
            asks: vec![
                Ask::new(
                    "switched",
                    text(
                        "From when on does the application use the new address? (date and time, UTC)",
                        "應用程式從何時起使用新位址？（日期時間，UTC）",
                    ),
                    at(
                        switched,
                        vec![
                            (
                                failover,
                                text(
                                    "Three caches stand between the change and the application.",
                                    "變更與應用程式之間隔了三層快取。",
                                ),
                            ),
                            (
                                next_lookup,
                                text(
                                    "At its next lookup a cache below the server still has the old address.",
                                    "它下一次查的時候，中間的快取還留著舊位址。",
                                ),
                            ),
                            (
                                failover + u64::from(full),
                                text(
                                    "The record was fetched before the failover, and the application asks only every so often.",
                                    "紀錄在容錯移轉之前就取得了，而且應用程式只在固定間隔查詢。",
                                ),
                            ),
                            (
                                failover + own,
                                text("The resolver's cache counts as well.", "解析器的快取也要算進去。"),
                            ),
                        ],
                    ),
                ),
                Ask::new(
                    "stale",
                    text(
                        "For how many seconds after the failover did it use the old address?",
                        "容錯移轉後它繼續使用舊位址幾秒？",
                    ),
                    exactly(
                        switched - failover,
                        Unit::Seconds,
                        vec![(
                            switched - previous,
                            text(
                                "That is from its lookup before, not from the failover.",
                                "那是從前一次查詢算起，不是從容錯移轉。",
                            ),
                        )],
                    ),
                ),
                Ask::new(
                    "authority",
                    text(
                        "How many of its lookups reached the authoritative server, up to and with that one?",
                        "到那一次為止（含），有幾次查詢到達權威伺服器？",
                    ),
                    exactly(
                        authority,
                        Unit::None,
                        vec![
                            (lookups, text("Most lookups end at a cache.", "多數查詢在快取就結束了。")),
                            (
                                upstream,
                                text(
                                    "That many left CoreDNS; some of them ended at the VPC's resolver.",
                                    "那是離開CoreDNS的次數；有些在VPC解析器就結束了。",
                                ),
                            ),
                        ],
                    ),
                ),
                Ask::new(
                    "bound",
                    text(
                        "With other timing: the longest it could have gone on after the failover, in seconds (the limit)",
                        "換成別的時間點：容錯移轉後最久可能再用舊位址幾秒（上限）",
                    ),
                    exactly(
                        bound,
                        Unit::Seconds,
                        vec![
                            (
                                u64::from(full) + u64::from(capped) + own,
                                text(
                                    "CoreDNS adds nothing: what it gets is what is left of the TTL, so the two caches end together.",
                                    "CoreDNS不會再加：它拿到的是剩餘的TTL，兩層快取會同時到期。",
                                ),
                            ),
                            (
                                u64::from(full),
                                text(
                                    format!(
                                        "The application keeps what it got in the last moment for another {own} s."
                                    ),
                                    format!("應用程式最後一刻拿到的位址會再用{own}秒。"),
                                ),
                            ),
                            (
                                u64::from(capped) + own,
                                text(
                                    "CoreDNS asks the VPC's resolver, which may still have the old address.",
                                    "CoreDNS會去問VPC解析器，而它可能還有舊位址。",
                                ),
                            ),
                        ],
                    ),
                ),
            ],
            steps: vec![
                text(
                    format!(
                        "Lookups come every {own} s. CoreDNS keeps an answer for min(what is left, {capped}) s, the VPC's resolver for {full} s from its fetch."
                    ),
                    format!(
                        "每{own}秒查一次。CoreDNS保留min（剩餘，{capped}）秒，VPC解析器從取得起保留{full}秒。"
                    ),
                ),
                text(
                    format!("The last lookups: {}.", trace.join("; ")),
                    format!("最後幾次查詢：{}。", trace_zh.join("；")),
                ),
                text(
                    format!(
                        "At most: a copy fetched just before the failover ({full} s), taken just before it ends and then used for {own} s: {bound} s."
                    ),
                    format!(
                        "最久：容錯移轉前一刻取得的副本（{full}秒），在到期前一刻被取用，再用{own}秒：{bound}秒。"
                    ),
                ),
            ],
            given: json!({ "scenario": "caches", "name": name, "start": moment(start), "own": own, "failover": moment(failover), "new": new.to_string() }),
        };
    }
}
