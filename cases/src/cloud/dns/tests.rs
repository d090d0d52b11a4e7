use super::*;

const SERVER: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 53);

fn address(last: u8) -> Ipv4Addr {
    Ipv4Addr::new(198, 51, 100, last)
}

fn question(name: &str) -> Question {
    Question::new(Name::new(name), RecordType::A)
}

fn example() -> Zone {
    Zone::new("example.com", "ns1.example.com", 300, 900)
        .with("ns1", 3600, Data::A(SERVER))
        .with("www", 60, Data::Cname(Name::new("app.example.com")))
        .with("app", 30, Data::A(address(7)))
        .with("old", 60, Data::Cname(Name::new("gone.example.com")))
        .with("cdn", 60, Data::Cname(Name::new("d1.example.net")))
        .with("a.b", 60, Data::A(address(9)))
        .with("*.dev", 60, Data::A(address(10)))
        .with("team", 600, Data::Ns(Name::new("ns.team.example.com")))
        .with("ns.team", 600, Data::A(address(53)))
}

#[test]
fn names_lie_within_names_by_labels_not_letters() {
    let zone = Name::new("Example.com");
    assert_eq!(zone.as_str(), "example.com.");
    assert!(
        Name::new("www.example.com.").within(&zone) && zone.within(&zone) && zone.within(&Name::new("."))
    );
    assert!(!Name::new("myexample.com").within(&zone) && !Name::new("com").within(&zone));
    assert_eq!(Name::new("com").parent(), Some(Name::new("")));
    assert_eq!((Name::new("").labels(), Name::new("a.b").labels()), (0, 2));
}

#[test]
fn a_zone_tells_missing_names_from_missing_types() {
    let zone = example();
    let reply = |name: &str| zone.reply(&question(name));
    let www = reply("www.example.com");
    assert_eq!((www.rcode, www.answer.len(), www.authoritative), (Rcode::NoError, 2, true));
    assert_eq!(reply("none.example.com").rcode, Rcode::NxDomain);
    let between = reply("b.example.com");
    assert_eq!((between.rcode, between.answer.len(), between.negative_ttl()), (Rcode::NoError, 0, Some(300)));
    let dangling = reply("old.example.com");
    assert_eq!((dangling.rcode, dangling.answer.len()), (Rcode::NxDomain, 1));
    let away = reply("cdn.example.com");
    assert_eq!((away.rcode, away.answer.len(), away.authority.len()), (Rcode::NoError, 1, 0));
    assert_eq!(reply("x.y.dev.example.com").answer.len(), 1, "a wildcard covers more than one label");
    assert_eq!(reply("dev.example.com").answer.len(), 0, "but not the name it hangs from");
    let team = reply("www.team.example.com");
    assert_eq!((team.referral(), team.authoritative), (Some(&Name::new("team.example.com")), false));
    assert_eq!(team.additional.len(), 1);
    assert_eq!(reply("example.org").rcode, Rcode::Refused);
}

#[test]
fn caches_count_down_and_forget() {
    let mut changed = example();
    changed.records.retain(|record| record.name != Name::new("app.example.com"));
    changed.add("app", 30, Data::A(address(8)));
    changed.add("none", 60, Data::A(address(3)));
    let mut hosted = Hosted::steady("ns1.example.com", SERVER, example());
    hosted.versions.push((1000, changed));
    let internet = Internet { hosted: vec![hosted] };
    let mut resolver = Resolver::new(Ipv4Addr::new(10, 0, 0, 2));
    let first = resolver.resolve(&internet, &question("www.example.com"), 990);
    assert_eq!(first.source, Source::Server { server: Name::new("ns1.example.com"), address: SERVER });
    let cached = resolver.resolve(&internet, &question("www.example.com"), 1019);
    assert_eq!((cached.source, cached.steps.len()), (Source::Cache, 0));
    let ttls: Vec<u32> = cached.reply.answer.iter().map(|record| record.ttl).collect();
    assert_eq!(ttls, [31, 1]);
    // At the end of its TTL the address is asked again, the alias is not.
    let again = resolver.resolve(&internet, &question("www.example.com"), 1020);
    assert_eq!(again.reply.answer.last().map(|record| &record.data), Some(&Data::A(address(8))));
    assert_eq!(
        again.steps.first().map(|step| step.question.name.clone()),
        Some(Name::new("app.example.com"))
    );

    let missing = resolver.resolve(&internet, &question("none.example.com"), 900);
    assert_eq!(
        (missing.reply.rcode, missing.reply.authority.first().map(|soa| soa.ttl)),
        (Rcode::NxDomain, Some(300))
    );
    let still = resolver.resolve(&internet, &question("none.example.com"), 1199);
    assert_eq!(
        (still.reply.rcode, still.reply.authority.first().map(|soa| soa.ttl)),
        (Rcode::NxDomain, Some(1))
    );
    assert_eq!(resolver.resolve(&internet, &question("none.example.com"), 1200).reply.rcode, Rcode::NoError);
}

#[test]
fn a_private_zone_answers_alone() {
    let internet = Internet { hosted: vec![Hosted::steady("ns1.example.com", SERVER, example())] };
    let private =
        Zone::new("example.com", "ns-0.awsdns-00.com", 86400, 900).with("db", 60, Data::A(address(1)));
    let mut resolver = Resolver::new(Ipv4Addr::new(10, 0, 0, 2));
    resolver.private.push((500, private));
    assert_eq!(resolver.resolve(&internet, &question("app.example.com"), 499).reply.rcode, Rcode::NoError);
    let shadowed = resolver.resolve(&internet, &question("app.example.com"), 600);
    assert_eq!(shadowed.reply.rcode, Rcode::NxDomain);
    assert_eq!(shadowed.source, Source::Private { zone: Name::new("example.com") });
    assert_eq!(shadowed.reply.authority.first().map(|soa| soa.ttl), Some(900));
}

#[test]
fn delegations_lead_down_and_a_silent_server_is_servfail() {
    let team =
        Zone::new("team.example.com", "ns.team.example.com", 60, 60).with("www", 20, Data::A(address(77)));
    let mut below = Hosted::steady("ns.team.example.com", address(53), team);
    below.outages.push((5000, 6000));
    let mut internet = Internet { hosted: vec![Hosted::steady("ns1.example.com", SERVER, example()), below] };
    internet.hosted.push(Hosted::steady(
        "a.root-servers.net",
        address(4),
        Zone::new(".", "a.root-servers.net", 86400, 86400)
            .with("example.com", 172_800, Data::Ns(Name::new("ns1.example.com")))
            .with("ns1.example.com", 172_800, Data::A(SERVER)),
    ));
    let mut resolver = Resolver::new(Ipv4Addr::new(10, 0, 0, 2));
    let down = resolver.resolve(&internet, &question("www.team.example.com"), 10);
    let referred: Vec<Option<&str>> =
        down.steps.iter().map(|step| step.referred.as_ref().map(Name::short)).collect();
    assert_eq!(referred, [Some("example.com"), Some("team.example.com"), None]);
    assert_eq!(
        resolver.resolve(&internet, &question("www.team.example.com"), 40).steps.len(),
        1,
        "it knows the way"
    );
    assert_eq!(
        resolver.resolve(&internet, &question("www.team.example.com"), 5000).reply.rcode,
        Rcode::ServFail
    );
}

#[test]
fn two_caches_forget_no_later_than_one() {
    let internet = Internet { hosted: vec![Hosted::steady("ns1.example.com", SERVER, example())] };
    let mut above = Resolver::new(Ipv4Addr::new(10, 0, 0, 2));
    let mut below = Forwarder { address: address(1), zones: Vec::new(), cache: Cache::default() };
    above.resolve(&internet, &question("app.example.com"), 100);
    let passed =
        below.resolve(&question("app.example.com"), 120, |asked, now| above.resolve(&internet, asked, now));
    assert_eq!(
        (passed.source, passed.reply.answer.first().map(|record| record.ttl)),
        (Source::Upstream, Some(10))
    );
    let own =
        below.resolve(&question("app.example.com"), 129, |asked, now| above.resolve(&internet, asked, now));
    assert_eq!((own.source, own.reply.answer.first().map(|record| record.ttl)), (Source::Cache, Some(1)));
}

#[test]
fn the_search_list_comes_first_below_ndots_dots() {
    let search = vec![Name::new("shop.svc.cluster.local"), Name::new("svc.cluster.local")];
    let mut conf = ResolvConf::new(Ipv4Addr::new(10, 96, 0, 10), search);
    conf.ndots = 5;
    let tried = |conf: &ResolvConf, typed: &str| -> Vec<String> {
        conf.candidates(typed).iter().map(|name| name.short().to_owned()).collect()
    };
    assert_eq!(
        tried(&conf, "api.example.com"),
        ["api.example.com.shop.svc.cluster.local", "api.example.com.svc.cluster.local", "api.example.com"]
    );
    assert_eq!(tried(&conf, "api.example.com."), ["api.example.com"]);
    conf.ndots = 2;
    assert_eq!(tried(&conf, "api.example.com").first().map(String::as_str), Some("api.example.com"));
    assert_eq!(
        conf.to_string(),
        "nameserver 10.96.0.10\nsearch shop.svc.cluster.local svc.cluster.local\noptions ndots:2\n"
    );
}

// As dig 9.18 wrote it, asked of BIND 9.18 with this zone.
#[test]
fn dig_is_written_as_dig_writes() {
    let asked = question("old.example.com");
    let how = Dig {
        at: Some("192.0.2.53".into()),
        server: SERVER,
        id: 4711,
        when: 1_772_350_200,
        took: 3,
        recursion: false,
    };
    let text = dig(&asked, &example().reply(&asked), &how);
    assert_eq!(
        text,
        "$ dig @192.0.2.53 old.example.com A\n\n; <<>> DiG 9.18.33 <<>> @192.0.2.53 old.example.com A\n; (1 server found)\n;; global options: +cmd\n;; Got answer:\n;; ->>HEADER<<- opcode: QUERY, status: NXDOMAIN, id: 4711\n;; flags: qr aa rd; QUERY: 1, ANSWER: 1, AUTHORITY: 1, ADDITIONAL: 1\n;; WARNING: recursion requested but not available\n\n;; OPT PSEUDOSECTION:\n; EDNS: version: 0, flags:; udp: 1232\n;; QUESTION SECTION:\n;old.example.com.\t\tIN\tA\n\n;; ANSWER SECTION:\nold.example.com.\t60\tIN\tCNAME\tgone.example.com.\n\n;; AUTHORITY SECTION:\nexample.com.\t\t300\tIN\tSOA\tns1.example.com. hostmaster.example.com. 1 7200 900 1209600 300\n\n;; Query time: 3 msec\n;; SERVER: 192.0.2.53#53(192.0.2.53) (UDP)\n;; WHEN: Sun Mar 01 07:30:00 UTC 2026\n;; MSG SIZE  rcvd: 114\n"
    );
}

#[test]
fn coredns_lines_have_its_columns() {
    let asked = question("api.example.com.svc.cluster.local");
    let zone = Zone::new("cluster.local", "ns.dns.cluster.local", 30, 30);
    let line = coredns_line((Ipv4Addr::new(10, 244, 1, 5), 53412), 4711, &asked, &zone.reply(&asked), 231);
    let shape = "[INFO] 10.244.1.5:53412 - 4711 \"A IN api.example.com.svc.cluster.local. udp 51 false 512\" NXDOMAIN qr,aa,rd";
    assert!(line.starts_with(shape) && line.ends_with(" 0.000231000s"), "{line}");
}
