//! Level 2: private zones of a VPC, and names looked up in a cluster.

use super::*;
use crate::drill::figure::counted;

/// Record sets as the Route 53 CLI lists them.
fn record_sets(zone: &Zone, id: &str) -> String {
    let mut out = format!(
        "$ aws route53 list-resource-record-sets --hosted-zone-id {id} --query 'ResourceRecordSets[].[Name,Type,TTL,ResourceRecords[0].Value]' --output text\n"
    );
    let mut records: Vec<Record> = vec![zone.soa_record()];
    records.extend(zone.records.iter().cloned());
    records.sort_by_key(|record| (record.name.clone(), record.data.kind().to_string()));
    for record in records {
        let _ = writeln!(out, "{}\t{}\t{}\t{}", record.name, record.data.kind(), record.ttl, record.data);
    }
    out
}

fn hosted_zone(name: &str, minimum: u32, soa_ttl: u32) -> Zone {
    let mut zone = Zone::new(name, "ns-1536.awsdns-00.co.uk", minimum, soa_ttl);
    zone.soa.rname = Name::new("awsdns-hostmaster.amazon.com");
    zone
}

pub(super) fn private_zone(draw: &mut Draw) -> Exercise {
    let domain = *draw.pick(&DOMAINS);
    let names = draw.some(&HOSTS, 5);
    let [outside, both, inside, sub, _] = names.as_slice() else { return search_list(draw) };
    let area = *draw.pick(&["dev", "svc", "internal"]);
    let soa_ttl = *draw.pick(&[900, 900, 300, 60]);
    let mut open = zone(draw, domain);
    let (outside_public, both_public, sub_public) = (public(draw), public(draw), public(draw));
    open.add(outside, 300, Data::A(outside_public));
    open.add(both, 300, Data::A(both_public));
    open.add(&format!("{sub}.{area}"), 300, Data::A(sub_public));
    let both_private = Ipv4Addr::new(10, draw.int(0, 250), draw.int(0, 250), draw.int(4, 250));
    let mut closed = hosted_zone(domain, 86_400, soa_ttl);
    closed.add(both, 60, Data::A(both_private));
    closed.add(inside, 60, Data::A(Ipv4Addr::new(10, draw.int(0, 250), 7, draw.int(4, 250))));
    // Sometimes a second private zone below the first, which then takes the names below it.
    let second = draw.percent(60);
    let mut below = hosted_zone(&format!("{area}.{domain}"), 86_400, soa_ttl);
    below.add("db", 60, Data::A(Ipv4Addr::new(10, 9, draw.int(0, 250), draw.int(4, 250))));
    let sub_in_first = draw.percent(50);
    let sub_private = Ipv4Addr::new(10, 8, draw.int(0, 250), draw.int(4, 250));
    if sub_in_first {
        closed.add(&format!("{sub}.{area}"), 60, Data::A(sub_private));
    }
    let resolver_address = Ipv4Addr::new(10, draw.int(0, 250), 0, 2);
    let server = Ipv4Addr::new(192, 0, 2, 53);
    let internet = Internet { hosted: vec![Hosted::steady(&format!("ns1.{domain}"), server, open.clone())] };
    let mut resolver = Resolver::new(resolver_address);
    resolver.private.push((0, closed.clone()));
    if second {
        resolver.private.push((0, below.clone()));
    }
    let asked_at = DAY + draw.int(0u64, 80_000);
    let added = asked_at + draw.int(5u64, u64::from(soa_ttl) - 5);
    let seen = asked_at + u64::from(soa_ttl);
    let question = |labels: &str| Question::new(open.name.child(labels), RecordType::A);
    let shadowed = resolver.resolve(&internet, &question(outside), asked_at);
    let shared = resolver.resolve(&internet, &question(both), asked_at);
    let deep = resolver.resolve(&internet, &question(&format!("{sub}.{area}")), asked_at);
    let given_to =
        |resolution: &Resolution| match resolution.reply.answer.last().map(|record| record.data.clone()) {
            Some(Data::A(address)) => address.to_string(),
            _ if resolution.reply.rcode == Rcode::NxDomain => "NXDOMAIN".to_owned(),
            _ => "NODATA".to_owned(),
        };
    let (shared_is, deep_is) = (given_to(&shared), given_to(&deep));
    let deep_zone = if second { below.name.short() } else { closed.name.short() };
    let id = |draw: &mut Draw| format!("Z{}", draw.hex(19).to_uppercase());
    let (first_id, second_id) = (id(draw), id(draw));
    let mut evidence =
        vec![zone_evidence(&open), shown(EvidenceType::Command, record_sets(&closed, &first_id))];
    if second {
        evidence.push(shown(EvidenceType::Command, record_sets(&below, &second_id)));
    }
    let rule = rule();
    let (zones_en, zones_zh) = if second {
        (
            format!("two private hosted zones, `{domain}` and `{area}.{domain}`"),
            format!("兩個私有託管區域`{domain}`與`{area}.{domain}`"),
        )
    } else {
        (format!("a private hosted zone, `{domain}`"), format!("一個私有託管區域`{domain}`"))
    };
    Exercise {
        prompt: text(
            format!(
                "The public zone `{domain}` is shown first (a zone file at another DNS provider). A VPC is associated with {zones_en}, shown after it. An instance asks the VPC's resolver; at {} it asks for `{outside}.{domain}`, which no one in the VPC had asked for before. At {} the missing record is added to the private zone, in which the name belongs. {}",
                moment(asked_at),
                moment(added),
                rule.en
            ),
            format!(
                "最前面是公開的zone `{domain}`（放在別家DNS業者的zone檔）。某個VPC關聯了{zones_zh}，列在其後。執行個體都向VPC的解析器查詢；{}時它查`{outside}.{domain}`，在這之前VPC裡沒有人查過。{}時，缺少的紀錄加進了該名稱所屬的私有託管區域。{}",
                moment(asked_at),
                moment(added),
                rule.zh_tw
            ),
        ),
        evidence,
        asks: vec![
            Ask::new(
                "status",
                text(
                    format!("The status the instance gets for `{outside}.{domain} A` at first"),
                    format!("執行個體一開始查`{outside}.{domain} A`得到的狀態"),
                ),
                status_choice(
                    shadowed.reply.rcode,
                    text(
                        format!(
                            "The private zone `{domain}` matches and holds no `{outside}`; the public one is not asked."
                        ),
                        format!(
                            "私有託管區域`{domain}`符合名稱，但裡面沒有`{outside}`；不會再去問公開的zone。"
                        ),
                    ),
                ),
            ),
            Ask::new(
                "both",
                text(
                    format!("What it gets for `{both}.{domain} A`: an address, or NXDOMAIN"),
                    format!("查`{both}.{domain} A`得到什麼：位址，或NXDOMAIN"),
                ),
                words(
                    &shared_is,
                    vec![(
                        both_public.to_string(),
                        text(
                            "That is the public record; inside the VPC the private zone answers.",
                            "那是公開的紀錄；在VPC裡由私有託管區域回答。",
                        ),
                    )],
                ),
            ),
            Ask::new(
                "deep",
                text(
                    format!("What it gets for `{sub}.{area}.{domain} A`: an address, or NXDOMAIN"),
                    format!("查`{sub}.{area}.{domain} A`得到什麼：位址，或NXDOMAIN"),
                ),
                words(
                    &deep_is,
                    vec![
                        (
                            sub_public.to_string(),
                            text(
                                format!(
                                    "The private zone `{deep_zone}` matches the name: the public one is not asked."
                                ),
                                format!("私有託管區域`{deep_zone}`符合名稱：不會問公開的zone。"),
                            ),
                        ),
                        (
                            (if sub_in_first { sub_private } else { sub_public }).to_string(),
                            text(
                                format!(
                                    "`{area}.{domain}` matches more closely than `{domain}`, and it alone answers."
                                ),
                                format!("`{area}.{domain}`比`{domain}`更符合，只由它回答。"),
                            ),
                        ),
                        (
                            "NXDOMAIN".to_owned(),
                            text(
                                format!("`{deep_zone}` holds the name."),
                                format!("`{deep_zone}`裡有這個名稱。"),
                            ),
                        ),
                    ],
                ),
            ),
            Ask::new(
                "seen",
                text(
                    format!(
                        "From when on does the resolver answer `{outside}.{domain}` with the new record? (date and time, UTC)"
                    ),
                    format!("解析器從何時起會以新紀錄回答`{outside}.{domain}`？（日期時間，UTC）"),
                ),
                at(
                    seen,
                    vec![
                        (
                            added,
                            text(
                                "It remembers the NXDOMAIN until that has expired.",
                                "NXDOMAIN還在快取裡，要等過期。",
                            ),
                        ),
                        (
                            asked_at + 86_400,
                            text(
                                format!("The lesser of the SOA's TTL, {soa_ttl}, and its minimum counts."),
                                format!("取SOA的TTL（{soa_ttl}）與minimum較小的。"),
                            ),
                        ),
                        (
                            added + u64::from(soa_ttl),
                            text(
                                "The time counts from when the NXDOMAIN was stored, not from the change.",
                                "時間從存入NXDOMAIN起算，不是從變更起算。",
                            ),
                        ),
                    ],
                ),
            ),
        ],
        steps: vec![
            text(
                "For a name, the associated private zone that matches it most closely answers alone; what it lacks is NXDOMAIN, whatever the public zone holds.",
                "每個名稱都由最符合的私有託管區域單獨回答；裡面沒有就是NXDOMAIN，不管公開的zone有什麼。",
            ),
            text(
                format!(
                    "`{outside}` → NXDOMAIN; `{both}` → {shared_is}; `{sub}.{area}` is up to `{deep_zone}` → {deep_is}."
                ),
                format!(
                    "`{outside}` → NXDOMAIN；`{both}` → {shared_is}；`{sub}.{area}`歸`{deep_zone}` → {deep_is}。"
                ),
            ),
            text(
                format!(
                    "Negative TTL: min({soa_ttl}, 86400) = {soa_ttl} s from {}: until {}.",
                    moment(asked_at),
                    moment(seen)
                ),
                format!(
                    "否定快取TTL：min({soa_ttl}, 86400) = {soa_ttl}秒，從{}起到{}。",
                    moment(asked_at),
                    moment(seen)
                ),
            ),
        ],
        given: json!({
            "scenario": "private", "first": format!("{outside}.{domain}"), "both": format!("{both}.{domain}"),
            "deep": format!("{sub}.{area}.{domain}"), "asked": moment(asked_at), "added": moment(added),
        }),
    }
}

pub(super) fn cluster(draw: &mut Draw) -> Exercise {
    loop {
        let namespaces = draw.some(&["shop", "orders", "payments", "search", "platform"], 2);
        let [home, other] = namespaces.as_slice() else { continue };
        let services = draw.some(&["redis", "api", "web", "cart", "auth", "queue"], 3);
        let [here, there, twice] = services.as_slice() else { continue };
        let region = *draw.pick(&["ap-northeast-1", "us-west-2", "eu-west-1", "ap-southeast-1"]);
        let suffix = if region == "us-east-1" {
            "ec2.internal".to_owned()
        } else {
            format!("{region}.compute.internal")
        };
        let mut zone = Zone::new("cluster.local", "ns.dns.cluster.local", 30, 5);
        let block = draw.int(96u8, 110);
        let ip = |draw: &mut Draw| Ipv4Addr::new(10, block, draw.int(0, 250), draw.int(2, 250));
        let mut table = format!(
            "$ kubectl get svc -A\n{:<12}{:<13}{:<12}{:<17}{:<14}{:<10}AGE\n",
            "NAMESPACE", "NAME", "TYPE", "CLUSTER-IP", "EXTERNAL-IP", "PORT(S)"
        );
        let mut rows: Vec<(&str, &str)> =
            vec![(home, here), (home, twice), (other, there), (other, twice), ("default", "kubernetes")];
        rows.sort_unstable();
        for (namespace, service) in rows {
            let address = ip(draw);
            zone.add(&format!("{service}.{namespace}.svc"), 5, Data::A(address));
            let port = if service == "kubernetes" { "443/TCP" } else { "8080/TCP" };
            let _ = writeln!(
                table,
                "{namespace:<12}{service:<13}{:<12}{address:<17}{:<14}{port:<10}{}d",
                "ClusterIP",
                "<none>",
                draw.int(2, 90)
            );
        }
        let outside = [
            ("api.payfast.example".to_owned(), public(draw)),
            (format!("queue.{region}.cloud.example"), public(draw)),
            ("a.b.c.d.tracker.example".to_owned(), public(draw)),
            ("status.example".to_owned(), public(draw)),
        ];
        let mut conf = ResolvConf::new(
            Ipv4Addr::new(10, block, 0, 10),
            [
                format!("{home}.svc.cluster.local"),
                "svc.cluster.local".to_owned(),
                "cluster.local".to_owned(),
                suffix,
            ]
            .iter()
            .map(|name| Name::new(name))
            .collect(),
        );
        conf.ndots = 5;
        let typed = match draw.int(0u8, 8) {
            0 => (*twice).to_owned(),
            1 => format!("{there}.{other}"),
            2 => format!("{there}.{other}.svc"),
            3 => format!("{there}.{other}.svc.cluster.local"),
            rest => outside.get(usize::from(rest) % 4).map(|(name, _)| name.clone()).unwrap_or_default(),
        };
        let answer = |question: &Question| {
            let external = outside.iter().find(|(name, _)| Name::new(name) == question.name);
            let reply = match external {
                _ if question.name.within(&zone.name) => zone.reply(question),
                Some((_, address)) if question.kind == RecordType::A => Reply {
                    answer: vec![Record::new(question.name.clone(), 60, Data::A(*address))],
                    ..Reply::bare(Rcode::NoError)
                },
                Some(_) => Reply::bare(Rcode::NoError),
                None => Reply::bare(Rcode::NxDomain),
            };
            Resolution { reply, source: Source::Upstream, steps: Vec::new() }
        };
        let kinds = [RecordType::A, RecordType::Aaaa];
        let found = lookup(&conf, &typed, &kinds, answer);
        let Some((name, _)) = found.found.clone() else { continue };
        let sent = found.asked.len() as u64;
        let forwarded =
            found.asked.iter().filter(|asked| !asked.question.name.within(&zone.name)).count() as u64;
        let lower: usize = *draw.pick(&[1, 2, 3]);
        let mut changed = conf.clone();
        changed.ndots = lower;
        let lookup_changed = lookup(&changed, &typed, &kinds, answer);
        let sent_changed = lookup_changed.asked.len() as u64;
        let dotted = format!("{}.", name.short());
        let with_dot = lookup(&conf, &dotted, &kinds, answer).asked.len() as u64;
        let tried: Vec<String> =
            found.asked.iter().step_by(2).map(|asked| asked.question.name.short().to_owned()).collect();
        let dots = typed.matches('.').count();
        let outside_only =
            found.asked.iter().filter(|asked| !asked.question.name.within(&zone.name)).count() as u64 / 2;
        return Exercise {
            prompt: text(
                format!(
                    "A pod in the namespace `{home}` has the `/etc/resolv.conf` below; these are the services of the cluster (`cluster.local`). Its program (glibc, `getaddrinfo` for both address families, so A and AAAA of each name it tries) looks up `{typed}`. Outside the cluster only {} exist, with A records alone. CoreDNS answers `cluster.local` itself and forwards everything else; nothing is cached.",
                    outside.iter().map(|(name, _)| format!("`{name}`")).collect::<Vec<_>>().join(", ")
                ),
                format!(
                    "命名空間`{home}`裡的某個pod有下面的`/etc/resolv.conf`；下面也列出叢集（`cluster.local`）的service。它的程式（glibc，`getaddrinfo`兩種位址家族都查，所以每個嘗試的名稱都查A與AAAA）查詢`{typed}`。叢集外只有{}存在，而且只有A紀錄。CoreDNS自己回答`cluster.local`，其餘轉送；沒有任何快取。",
                    outside.iter().map(|(name, _)| format!("`{name}`")).collect::<Vec<_>>().join("、")
                ),
            ),
            evidence: vec![
                shown(
                    EvidenceType::Command,
                    format!(
                        "$ kubectl exec -n {home} web-{} -- cat /etc/resolv.conf\n{}",
                        draw.hex(5),
                        resolv_as_kubelet(&conf)
                    ),
                ),
                shown(EvidenceType::Command, table),
            ],
            asks: vec![
                Ask::new(
                    "found",
                    text("The name that is found in the end (complete)", "最後查到的完整名稱"),
                    words(
                        name.short(),
                        vec![(
                            tried.first().cloned().unwrap_or_default(),
                            text("That is tried first and does not exist.", "那是最先嘗試的，並不存在。"),
                        )],
                    ),
                ),
                Ask::new(
                    "sent",
                    text("How many queries the pod sends", "pod總共送出幾個查詢"),
                    exactly(
                        sent,
                        Unit::None,
                        vec![
                            (
                                sent / 2,
                                text(
                                    "Each name is asked for twice: A and AAAA.",
                                    "每個名稱都查兩次：A與AAAA。",
                                ),
                            ),
                            (
                                2,
                                text(
                                    format!(
                                        "{} fewer than ndots 5: the search list comes first.",
                                        if dots == 1 {
                                            "1 dot is".to_owned()
                                        } else {
                                            format!("{dots} dots are")
                                        }
                                    ),
                                    format!("{dots}個點少於ndots 5：先走搜尋清單。"),
                                ),
                            ),
                            (
                                10,
                                text(
                                    "It stops at the first name with an address.",
                                    "查到第一個有位址的名稱就停。",
                                ),
                            ),
                        ],
                    ),
                ),
                Ask::new(
                    "forwarded",
                    text(
                        "How many of them CoreDNS forwards to its upstream",
                        "其中CoreDNS轉送到上游的有幾個",
                    ),
                    exactly(
                        forwarded,
                        Unit::None,
                        vec![
                            (outside_only, text("A and AAAA are both forwarded.", "A與AAAA都會轉送。")),
                            (
                                sent,
                                text(
                                    "Names below `cluster.local` are answered by CoreDNS itself.",
                                    "`cluster.local`之下的名稱由CoreDNS自己回答。",
                                ),
                            ),
                            (
                                2,
                                text(
                                    "The name with the Region's suffix is forwarded as well.",
                                    "加上區域字尾的名稱也會轉送。",
                                ),
                            ),
                        ],
                    ),
                ),
                Ask::new(
                    "lower",
                    text(
                        format!("How many queries it sends with `ndots:{lower}` instead"),
                        format!("改成`ndots:{lower}`時會送出幾個查詢"),
                    ),
                    exactly(
                        sent_changed,
                        Unit::None,
                        vec![
                            (
                                sent,
                                text(
                                    format!(
                                        "With {dots} dot{} and ndots {lower}, the order changes.",
                                        if dots == 1 { "" } else { "s" }
                                    ),
                                    format!("{dots}個點、ndots {lower}，順序會改變。"),
                                ),
                            ),
                            (
                                with_dot,
                                text(
                                    format!(
                                        "The name has {dots} dot{}: see whether it is tried as it is first.",
                                        if dots == 1 { "" } else { "s" }
                                    ),
                                    format!("名稱有{dots}個點：看看原樣查詢是不是排在最前。"),
                                ),
                            ),
                            (sent_changed / 2, text("A and AAAA are two queries.", "A與AAAA是兩個查詢。")),
                        ],
                    ),
                ),
            ],
            steps: vec![
                text(
                    format!(
                        "{dots} dot{} against ndots 5: {}.",
                        if dots == 1 { "" } else { "s" },
                        if dots >= 5 {
                            "the name as it is comes first"
                        } else {
                            "the search list comes first, the name as it is last"
                        }
                    ),
                    format!(
                        "{dots}個點對ndots 5：{}。",
                        if dots >= 5 { "先查原樣" } else { "先走搜尋清單，最後才查原樣" }
                    ),
                ),
                text(
                    format!(
                        "Tried: {}: {}, two queries{}, {sent} in all, {forwarded} of them not below `cluster.local`.",
                        tried.join(", "),
                        counted(tried.len(), "name"),
                        if tried.len() == 1 { "" } else { " each" }
                    ),
                    format!(
                        "嘗試過：{}，共{}個名稱，各兩個查詢，合計{sent}個，其中{forwarded}個不在`cluster.local`之下。",
                        tried.join("、"),
                        tried.len()
                    ),
                ),
                text(
                    format!(
                        "With ndots {lower}: {sent_changed}. With a final dot (`{dotted}`) it is always {with_dot}."
                    ),
                    format!(
                        "ndots {lower}時：{sent_changed}個。加上結尾的點（`{dotted}`）永遠是{with_dot}個。"
                    ),
                ),
            ],
            given: json!({ "scenario": "cluster", "typed": typed, "lower": lower, "outside": outside.iter().map(|(name, _)| name).collect::<Vec<_>>() }),
        };
    }
}

/// The kubelet writes the search list first.
fn resolv_as_kubelet(conf: &ResolvConf) -> String {
    let search: Vec<&str> = conf.search.iter().map(Name::short).collect();
    let servers: String = conf.nameservers.iter().map(|server| format!("nameserver {server}\n")).collect();
    format!("search {}\n{servers}options ndots:{}\n", search.join(" "), conf.ndots)
}
