//! D02: which route a packet takes: longest prefix, ties, blackholes, prefix lists, and the way through a transit gateway.

use std::net::Ipv4Addr;

use ipnet::Ipv4Net;
use serde_json::json;

use super::{Answer, Ask, Choice, Exercise, Family, Form, Trap, shown};
use crate::cloud::Draw;
use crate::cloud::network::{
    Attachment, Destination, Origin, PrefixList, Route, RouteTable, Target, TransitGateway, TransitRoute,
    TransitTable, aws_table, route_rows, transit_gateway_routes,
};
use crate::model::{Evidence, EvidenceType, Text};

pub(super) const FAMILY: Family = Family {
    id: "D02",
    place: ("networking", "routing-longest-prefix"),
    depths: &[2, 2, 3],
    seconds: 90,
    version: 3,
    sources: &[
        "Amazon VPC User Guide, How route priority works (longest prefix; static, then prefix list, then propagated)",
        "AWS Site-to-Site VPN User Guide, Route tables and AWS Site-to-Site VPN route priority (local before propagated, however specific)",
        "Amazon VPC User Guide, Route table concepts and Example routing options (a route more specific than local, to an appliance)",
        "AWS PrivateLink Guide, Gateway endpoints (the route to the service's prefix list)",
        "AWS Transit Gateway guide, How AWS Transit Gateway works (associations, route tables, blackhole routes)",
    ],
    draw,
};

fn draw(draw: &mut Draw, level: u8) -> Exercise {
    match level {
        1 => longest_prefix(draw),
        2 => priorities(draw),
        _ => through_transit(draw),
    }
}

fn id(draw: &mut Draw, kind: &str) -> String {
    format!("{kind}-0{}", draw.hex(16))
}

fn net(address: Ipv4Addr, prefix: u8) -> Ipv4Net {
    Ipv4Net::new_assert(address, prefix).trunc()
}

/// An address of a block, not its first or last.
fn inside(draw: &mut Draw, block: Ipv4Net) -> Ipv4Addr {
    let size = 1u64 << (32 - block.prefix_len());
    let offset = draw.number(4, size.saturating_sub(6).max(4));
    Ipv4Addr::from(u32::from(block.network()) + offset as u32)
}

/// A block somewhere in a larger one, so many bits longer.
fn part(draw: &mut Draw, block: Ipv4Net, least: u8, most: u8) -> Ipv4Net {
    let prefix = block.prefix_len() + draw.int(least, most);
    net(inside(draw, block), prefix.min(28))
}

/// The block of the same length beside it: the neighbour that one wrong bit leads to.
fn beside(block: Ipv4Net) -> Ipv4Net {
    let bit = 1u32 << (32 - block.prefix_len());
    net(Ipv4Addr::from(u32::from(block.network()) ^ bit), block.prefix_len())
}

/// A target of a drawn kind; static routes may lead there.
fn target(draw: &mut Draw) -> Target {
    match draw.int(0, 4) {
        0 => Target::TransitGateway(id(draw, "tgw")),
        1 => Target::VirtualPrivateGateway(id(draw, "vgw")),
        2 => Target::Interface(id(draw, "eni")),
        _ => Target::Peering(id(draw, "pcx")),
    }
}

fn table_evidence(table: &RouteTable) -> Evidence {
    let (query, rows) = route_rows(table);
    let text = format!(
        "$ aws ec2 describe-route-tables --route-table-ids {} --query '{query}' --output table\n{}",
        table.id,
        aws_table("DescribeRouteTables", &rows)
    );
    shown(EvidenceType::Command, text)
}

fn list_evidence(list: &PrefixList) -> Evidence {
    let cidrs: Vec<_> = list.cidrs.iter().map(ToString::to_string).collect();
    let text = format!(
        "$ aws ec2 get-managed-prefix-list-entries --prefix-list-id {} --query 'Entries[].[Cidr]' --output text\n{}\n",
        list.id,
        cidrs.join("\n")
    );
    shown(EvidenceType::Command, text)
}

/// How a route is named in explanations.
fn named(route: &Route) -> String {
    let destination = match &route.destination {
        Destination::Cidr(cidr) => cidr.to_string(),
        Destination::PrefixList(id) => id.clone(),
    };
    format!("`{destination}` → `{}`", route.target.id())
}

/// Where a packet goes: the id of the target, or none where it is dropped.
fn decision(found: Option<(&Route, Ipv4Net)>) -> Option<String> {
    found.filter(|(route, _)| !route.blackhole).map(|(route, _)| route.target.id().to_owned())
}

/// Why the winner wins.
fn because(table: &RouteTable, lists: &[PrefixList], address: Ipv4Addr) -> Text {
    let Some((route, prefix)) = table.lookup(address, lists) else {
        return Text::new(
            format!("No route has `{address}` in it, and there is no default route: the packet is dropped."),
            format!("沒有任何路由包含`{address}`，也沒有預設路由：封包被丟棄。"),
        );
    };
    let rivals: Vec<_> = table
        .routes
        .iter()
        .filter(|other| *other != route)
        .filter_map(|other| other.prefix_for(address, lists).map(|found| (other, found)))
        .collect();
    let mut en = format!("For `{address}` the longest prefix is `{prefix}`");
    let mut zh = format!("對`{address}`來說，最長的前綴是`{prefix}`");
    if let Some((other, _)) = rivals.iter().find(|(_, found)| *found == prefix) {
        let (why, why_zh) = match other.destination {
            Destination::PrefixList(_) => ("prefix list", "前綴清單"),
            Destination::Cidr(_) => ("propagated", "傳播"),
        };
        let (own, own_zh) = match route.destination {
            Destination::PrefixList(_) => {
                ("a prefix list comes before a propagated one", "前綴清單優先於傳播路由")
            }
            Destination::Cidr(_) => ("a static route comes before it", "靜態路由優先"),
        };
        en.push_str(&format!("; {} is as long ({why}), and {own}", named(other)));
        zh.push_str(&format!("；{}一樣長（{why_zh}），{own_zh}", named(other)));
    }
    if let Some((other, _)) = rivals.iter().find(|(_, found)| found.prefix_len() > prefix.prefix_len()) {
        en = format!(
            "{} is propagated and does not count inside the VPC's own block, however specific it is. Of the others, for `{address}` the longest prefix is `{prefix}`",
            named(other)
        );
        zh = format!(
            "{}是傳播路由，落在VPC自己的網段裡，再精確也不算數。其餘路由中，`{address}`最長的前綴是`{prefix}`",
            named(other)
        );
    }
    if route.blackhole {
        en.push_str(&format!(
            ". {} is a blackhole: the packet is dropped, and no shorter route is tried.",
            named(route)
        ));
        zh.push_str(&format!("。{}是blackhole：封包直接丟棄，不會改走較短的路由。", named(route)));
    } else {
        en.push_str(&format!(": {}.", named(route)));
        zh.push_str(&format!("：{}。", named(route)));
    }
    Text::new(en, zh)
}

/// Asks where a packet to an address goes.
fn target_ask(
    name: &str,
    table: &RouteTable,
    lists: &[PrefixList],
    address: Ipv4Addr,
    whose: Option<&str>,
) -> Ask {
    let found = table.lookup(address, lists);
    let right = decision(found);
    let why_right = because(table, lists, address);
    let mut targets: Vec<Option<String>> = Vec::new();
    for route in &table.routes {
        let target = Some(route.target.id().to_owned());
        if !targets.contains(&target) {
            targets.push(target);
        }
    }
    // At most eight options: the right one and those whose routes match stay.
    let matches = |id: &Option<String>| {
        table.routes.iter().any(|route| {
            id.as_deref() == Some(route.target.id()) && route.prefix_for(address, lists).is_some()
        })
    };
    while targets.len() > 7 {
        let spare = targets.iter().rposition(|id| *id != right && !matches(id)).unwrap_or(targets.len() - 1);
        targets.remove(spare);
    }
    targets.push(None);
    let option = |id: &Option<String>| {
        let text = match id {
            Some(id) => Text::new(format!("`{id}`"), format!("`{id}`")),
            None => Text::new("It is dropped", "被丟棄"),
        };
        let lost: Vec<_> = table
            .routes
            .iter()
            .filter(|route| id.as_deref() == Some(route.target.id()))
            .filter(|route| route.prefix_for(address, lists).is_some())
            .map(named)
            .collect();
        let why = if *id == right {
            why_right.clone()
        } else if let Some(id) = id.as_ref().filter(|_| lost.is_empty()) {
            Text::new(
                format!("No route to `{id}` has `{address}` in it. {}", why_right.en),
                format!("到`{id}`的路由都不包含`{address}`。{}", why_right.zh_tw),
            )
        } else if id.is_some() && found.is_some_and(|(route, _)| id.as_deref() == Some(route.target.id())) {
            why_right.clone()
        } else if id.is_some() {
            Text::new(
                format!(
                    "{} {}. {}",
                    lost.join(", "),
                    if lost.len() == 1 { "matches, but does not decide" } else { "match, but do not decide" },
                    why_right.en
                ),
                format!("{}符合，但不是由它決定。{}", lost.join("、"), why_right.zh_tw),
            )
        } else {
            Text::new(
                format!("A usable route matches. {}", why_right.en),
                format!("有可用的路由符合。{}", why_right.zh_tw),
            )
        };
        Choice::new(text, why)
    };
    let label = match whose {
        None => {
            Text::new(format!("Where a packet to `{address}` goes"), format!("送往`{address}`的封包會走哪裡"))
        }
        Some(whose) => Text::new(
            format!("Where `{whose}` sends a packet to `{address}`"),
            format!("`{whose}`會把送往`{address}`的封包送到哪裡"),
        ),
    };
    let index = targets.iter().position(|id| *id == right).unwrap_or_default();
    Ask::new(name, label, Answer::Choice { options: targets.iter().map(option).collect(), right: index })
}

/// Asks for the destination of the route that decides.
fn prefix_ask(name: &str, table: &RouteTable, address: Ipv4Addr) -> Option<Ask> {
    let (_, right) = table.lookup(address, &[])?;
    let mut traps: Vec<Trap> = Vec::new();
    for route in &table.routes {
        let Destination::Cidr(cidr) = route.destination else { continue };
        if cidr == right || traps.iter().any(|trap| trap.value == cidr.to_string()) {
            continue;
        }
        let why = if cidr.contains(&address) {
            Text::new(
                format!("`{cidr}` matches, but `{right}` is longer."),
                format!("`{cidr}`符合，但`{right}`更長。"),
            )
        } else {
            Text::new(
                format!(
                    "`{cidr}` runs from `{}` to `{}` and does not include `{address}`.",
                    cidr.network(),
                    cidr.broadcast()
                ),
                format!("`{cidr}`是`{}`到`{}`，不含`{address}`。", cidr.network(), cidr.broadcast()),
            )
        };
        traps.push(Trap::new(cidr, why));
    }
    Some(Ask::new(
        name,
        Text::new(
            format!("Destination of the route that a packet to `{address}` takes"),
            format!("送往`{address}`的封包所走路由的目的地（destination）"),
        ),
        Answer::Typed { form: Form::Network, right: right.to_string(), also: Vec::new(), traps },
    ))
}

/// A VPC's block and a wider private block that nests others outside it.
fn blocks(draw: &mut Draw) -> (Ipv4Net, Ipv4Net) {
    let vpc = net(Ipv4Addr::new(10, draw.int(0, 127), draw.int(0, 15) * 16, 0), *draw.pick(&[16, 18, 20]));
    let wide = match draw.int(0, 2) {
        0 => net(Ipv4Addr::new(172, 16, 0, 0), 12),
        1 => net(Ipv4Addr::new(192, 168, 0, 0), 16),
        _ => net(Ipv4Addr::new(10, 128, 0, 0), 9),
    };
    (vpc, wide)
}

fn longest_prefix(draw: &mut Draw) -> Exercise {
    let (vpc, wide) = blocks(draw);
    // Blocks in blocks: each is a part of the one before, and none is a whole octet by rule.
    let mut nest = vec![wide];
    let mut last = wide;
    while nest.len() < draw.int(3, 4) && last.prefix_len() < 25 {
        last = part(draw, last, 2, 4);
        nest.push(last);
    }
    let mut routes = vec![Route::local(vpc)];
    for block in &nest {
        routes.push(Route::to(*block, target(draw)));
    }
    // Beside the innermost, so that reading the mask matters.
    let deepest = nest.last().copied().unwrap_or(wide);
    let neighbour = beside(deepest);
    if draw.percent(70) && !nest.contains(&neighbour) {
        routes.push(Route::to(neighbour, target(draw)));
    }
    for other in [Ipv4Addr::new(198, 18, 0, 0), Ipv4Addr::new(203, 0, 113, 0)] {
        if draw.percent(45) {
            routes.push(Route::to(net(other, draw.int(16, 24)), target(draw)));
        }
    }
    let default = draw.percent(70);
    if default {
        let out = if draw.percent(50) {
            Target::InternetGateway(id(draw, "igw"))
        } else {
            Target::NatGateway(id(draw, "nat"))
        };
        routes.push(Route::to(Ipv4Net::default(), out));
    }
    // A VPC has at most one virtual private gateway.
    let mut gateway: Option<Target> = None;
    for route in &mut routes {
        if matches!(route.target, Target::VirtualPrivateGateway(_)) {
            route.target = gateway.get_or_insert_with(|| route.target.clone()).clone();
        }
    }
    draw.shuffle(&mut routes);
    let table = RouteTable { id: id(draw, "rtb"), vpc: id(draw, "vpc"), routes };
    // Addresses inside each block, just behind it, and elsewhere.
    let mut addresses: Vec<Ipv4Addr> = Vec::new();
    for block in nest.iter().rev() {
        addresses.push(inside(draw, *block));
        addresses.push(inside(draw, beside(*block)));
    }
    addresses.push(inside(draw, vpc));
    addresses.push(Ipv4Addr::new(draw.int(11, 99), draw.int(0, 255), draw.int(0, 255), draw.int(1, 254)));
    draw.shuffle(&mut addresses);
    let typed: Vec<_> =
        addresses.iter().filter(|address| table.lookup(**address, &[]).is_some()).copied().collect();
    let mut asks = Vec::new();
    let mut steps = Vec::new();
    let mut asked = Vec::new();
    for address in &typed {
        let (_, prefix) = table.lookup(*address, &[]).unzip();
        // Two different routes.
        let before = asked.first().and_then(|first| table.lookup(*first, &[])).map(|(_, prefix)| prefix);
        if asked.len() < 2 && prefix != before && !asked.contains(address) {
            asks.extend(prefix_ask(["first", "second"][asked.len()], &table, *address));
            asked.push(*address);
        }
    }
    let third = addresses.iter().find(|address| !asked.contains(address)).copied().unwrap_or(vpc.network());
    asks.push(target_ask("third", &table, &[], third, None));
    asked.push(third);
    for address in &asked {
        steps.push(because(&table, &[], *address));
    }
    steps.push(Text::new(
        "A prefix matches when its first bits are those of the address; of those that match, the one with the largest number after the slash decides, wherever it stands in the table.",
        "前綴符合的意思是：它的前幾個位元與位址相同；符合的路由中，斜線後數字最大的那條決定，與它在表中的位置無關。",
    ));
    Exercise {
        prompt: Text::new(
            "An instance sends packets from a subnet with the route table below. All targets work.",
            "某執行個體所在子網路使用下面的路由表。所有目標都正常。",
        ),
        evidence: vec![table_evidence(&table)],
        asks,
        steps,
        given: json!({ "asked": asked, "tables": vec![table.id; asked.len()] }),
    }
}

fn priorities(draw: &mut Draw) -> Exercise {
    let (vpc, wide) = blocks(draw);
    let gateway = Target::VirtualPrivateGateway(id(draw, "vgw"));
    let transit = Target::TransitGateway(id(draw, "tgw"));
    let propagated =
        |block: Ipv4Net| Route { origin: Origin::Propagated, ..Route::to(block, gateway.clone()) };
    let mut routes = vec![Route::local(vpc)];
    let mut lists: Vec<PrefixList> = Vec::new();
    // Addresses that each show one rule.
    let mut telling: Vec<Ipv4Addr> = Vec::new();
    let site = part(draw, wide, 3, 6);
    let room = |draw: &mut Draw| part(draw, wide, 5, 8);
    // The same destination, static and propagated.
    routes.push(propagated(site));
    let tie = draw.percent(60);
    if tie {
        routes.push(Route::to(site, transit.clone()));
    }
    telling.push(inside(draw, site));
    // A propagated route more specific than a static one, and in the VPC.
    let narrow = part(draw, site, 2, 4);
    if draw.percent(60) {
        routes.push(propagated(narrow));
        telling.push(inside(draw, narrow));
    }
    if draw.percent(65) {
        let taken = part(draw, vpc, 2, 4);
        routes.push(propagated(taken));
        telling.push(inside(draw, taken));
    }
    // A static route to an appliance, more specific than local: the block of a subnet.
    if draw.percent(50) {
        let subnet = part(draw, vpc, 4, 8);
        if !routes.iter().any(|route| route.destination == Destination::Cidr(subnet)) {
            routes.push(Route::to(subnet, Target::Interface(id(draw, "eni"))));
            telling.push(inside(draw, subnet));
        }
    }
    // A peering connection that is gone.
    if draw.percent(65) {
        let gone = room(draw);
        if !routes.iter().any(|route| route.destination == Destination::Cidr(gone)) {
            let made = Route::to(gone, Target::Peering(id(draw, "pcx")));
            routes.push(Route { blackhole: true, ..made });
            telling.push(inside(draw, gone));
        }
    }
    // A gateway endpoint by the service's list, beside the default route.
    if draw.percent(60) {
        let blocks = [
            net(Ipv4Addr::new(52, 216 + draw.int(0, 3) * 2, 0, 0), 15),
            net(Ipv4Addr::new(3, 5, draw.int(0, 15) * 16, 0), 20),
            net(Ipv4Addr::new(16, 182, 0, 0), 16),
        ];
        let list = PrefixList { id: id(draw, "pl"), name: "s3".to_owned(), cidrs: blocks.to_vec() };
        let made = Route::to(Ipv4Net::default(), Target::Endpoint(id(draw, "vpce")));
        routes.push(Route { destination: Destination::PrefixList(list.id.clone()), ..made });
        let listed = *draw.pick(&blocks);
        telling.push(inside(draw, listed));
        telling.push(inside(draw, beside(listed)));
        lists.push(list);
    }
    // A list of the customer's own, with a destination that is propagated too.
    if lists.is_empty() || draw.percent(40) {
        let shared = room(draw);
        let block = if routes.iter().any(|route| route.destination == Destination::Cidr(shared)) {
            site
        } else {
            shared
        };
        let mut cidrs = vec![net(Ipv4Addr::new(198, 18, draw.int(0, 15) * 16, 0), 20)];
        if block != site {
            cidrs.push(block);
            routes.push(propagated(block));
            telling.push(inside(draw, block));
        } else {
            telling.push(inside(draw, cidrs[0]));
        }
        let list = PrefixList { id: id(draw, "pl"), name: "own".to_owned(), cidrs };
        let made = Route::to(Ipv4Net::default(), Target::Peering(id(draw, "pcx")));
        routes.push(Route { destination: Destination::PrefixList(list.id.clone()), ..made });
        lists.push(list);
    }
    if draw.percent(80) {
        let out = if draw.percent(50) {
            Target::InternetGateway(id(draw, "igw"))
        } else {
            Target::NatGateway(id(draw, "nat"))
        };
        routes.push(Route::to(Ipv4Net::default(), out));
    }
    draw.shuffle(&mut routes);
    let table = RouteTable { id: id(draw, "rtb"), vpc: id(draw, "vpc"), routes };
    // Nothing that the rules leave open: two routes of one rank with one prefix.
    telling.retain(|address| {
        let best = table.lookup(*address, &lists).map(|(route, prefix)| (route.origin, prefix));
        let same = |route: &&Route| {
            let list = matches!(route.destination, Destination::PrefixList(_));
            let first = table.lookup(*address, &lists).map(|(found, _)| found);
            let first_list =
                first.is_some_and(|found| matches!(found.destination, Destination::PrefixList(_)));
            route.prefix_for(*address, &lists).map(|prefix| (route.origin, prefix)) == best
                && list == first_list
        };
        table.routes.iter().filter(same).count() <= 1
    });
    while telling.len() < 3 {
        let more = if telling.len() == 1 { inside(draw, vpc) } else { inside(draw, wide) };
        telling.push(more);
    }
    telling.dedup();
    let asked = draw.some(&telling, 3);
    let asks: Vec<_> = ["first", "second", "third"]
        .iter()
        .zip(&asked)
        .map(|(name, address)| target_ask(name, &table, &lists, *address, None))
        .collect();
    let mut evidence = vec![table_evidence(&table)];
    evidence.extend(lists.iter().map(list_evidence));
    let mut steps: Vec<_> = asked.iter().map(|address| because(&table, &lists, *address)).collect();
    steps.push(Text::new(
        "The order: longest prefix first (a propagated route inside the VPC's own block never counts); of equal ones static, then prefix list, then propagated. A blackhole is a match like any other: it drops.",
        "順序：先比最長前綴（落在VPC自己網段裡的傳播路由不算數）；一樣長時依序是靜態、前綴清單、傳播。blackhole也算符合：直接丟棄。",
    ));
    Exercise {
        prompt: Text::new(
            "An instance sends packets from a subnet with the route table below; the prefix lists of its routes are shown after it.",
            "某執行個體所在子網路使用下面的路由表；路由用到的前綴清單列在後面。",
        ),
        evidence,
        asks,
        steps,
        given: json!({ "asked": asked, "tables": vec![table.id; asked.len()] }),
    }
}

/// What an attachment is, for explanations.
fn attachment_why(gateway: &TransitGateway, table: &str, address: Ipv4Addr) -> Text {
    match gateway.lookup(table, address) {
        None => Text::new(
            format!("`{table}` has no route for `{address}`: the transit gateway drops it."),
            format!("`{table}`沒有`{address}`的路由：transit gateway丟棄它。"),
        ),
        Some(TransitRoute { attachment: None, destination, .. }) => Text::new(
            format!(
                "In `{table}` the longest prefix for `{address}` is `{destination}`, a blackhole: it is dropped."
            ),
            format!("在`{table}`，`{address}`的最長前綴是`{destination}`，它是blackhole：丟棄。"),
        ),
        Some(TransitRoute { attachment: Some(id), destination, .. }) => Text::new(
            format!("In `{table}` the longest prefix for `{address}` is `{destination}`, to `{id}`."),
            format!("在`{table}`，`{address}`的最長前綴是`{destination}`，送往`{id}`。"),
        ),
    }
}

fn attachment_ask(
    draw: &mut Draw,
    name: &str,
    gateway: &TransitGateway,
    table: &str,
    address: Ipv4Addr,
    from: &str,
) -> Ask {
    let right = gateway.lookup(table, address).and_then(|route| route.attachment.clone());
    let why_right = attachment_why(gateway, table, address);
    let mut options: Vec<Option<String>> =
        gateway.attachments.iter().map(|found| Some(found.id.clone())).collect();
    draw.shuffle(&mut options);
    options.push(None);
    let leads = |table: &TransitTable, id: &Option<String>| {
        let mut routes = table.routes.iter().filter(|route| route.destination.contains(&address));
        routes.find(|route| route.attachment == *id).map(|route| route.destination)
    };
    let own = gateway.route_tables.iter().find(|found| found.id == table);
    let others = gateway.route_tables.iter().filter(|found| found.id != table);
    let others: Vec<_> = others.collect();
    let option = |id: &Option<String>| {
        let text = match id {
            Some(id) => Text::new(format!("`{id}`"), format!("`{id}`")),
            None => Text::new("It is dropped", "被丟棄"),
        };
        let shorter = own.and_then(|own| leads(own, id));
        let elsewhere = others.iter().find_map(|other| leads(other, id).map(|found| (&other.id, found)));
        let (en, zh) = match (shorter, elsewhere) {
            _ if *id == right => (String::new(), String::new()),
            (Some(shorter), _) => (
                format!("`{shorter}` matches too, but is shorter. "),
                format!("`{shorter}`也符合，但比較短。"),
            ),
            (None, Some((other, found))) => (
                format!(
                    "That is `{found}` of `{other}`, a table packets from `{from}` are not looked up in. "
                ),
                format!("那是`{other}`的`{found}`，但來自`{from}`的封包不查那張表。"),
            ),
            _ if id.is_none() => {
                ("A route matches, and it is active. ".to_owned(), "有符合的路由，而且是active。".to_owned())
            }
            _ => (
                format!("No route there has `{address}` in it. "),
                format!("沒有任何送往那裡的路由包含`{address}`。"),
            ),
        };
        Choice::new(text, Text::new(format!("{en}{}", why_right.en), format!("{zh}{}", why_right.zh_tw)))
    };
    let index = options.iter().position(|id| *id == right).unwrap_or_default();
    Ask::new(
        name,
        Text::new(
            format!("Attachment by which the transit gateway sends a packet from `{from}` to `{address}`"),
            format!("transit gateway會把`{from}`送往`{address}`的封包送到哪個連接（attachment）"),
        ),
        Answer::Choice { options: options.iter().map(option).collect(), right: index },
    )
}

fn through_transit(draw: &mut Draw) -> Exercise {
    let mut seconds = draw.some(&(0..=200).collect::<Vec<u8>>(), 4);
    let block = |second: u8| net(Ipv4Addr::new(10, second, 0, 0), 16);
    let (near, far) = (block(seconds[0]), block(seconds[1]));
    let (third, site) = (block(seconds[2]), block(seconds.remove(3)));
    let (from, to) = (inside(draw, near), inside(draw, far));
    let names = [id(draw, "vpc"), id(draw, "vpc"), id(draw, "vpc")];
    let tables = [id(draw, "tgw-rtb"), id(draw, "tgw-rtb")];
    let tgw = id(draw, "tgw");
    let kinds = ["vpc", "vpc", "vpc", "vpn", "direct-connect-gateway"];
    let direct: Vec<_> = [8, 4, 4, 4, 12].into_iter().map(|digits| draw.hex(digits)).collect();
    let resources = [names[0].clone(), names[1].clone(), names[2].clone(), id(draw, "vpn"), direct.join("-")];
    let attachments: Vec<Attachment> = kinds
        .iter()
        .zip(resources)
        .enumerate()
        .map(|(index, (kind, resource))| Attachment {
            id: id(draw, "tgw-attach"),
            resource,
            kind,
            route_table: tables[usize::from(index != 0)].clone(),
        })
        .collect();
    let to_attachment = |destination: Ipv4Net, index: usize, propagated: bool| TransitRoute {
        destination,
        attachment: attachments.get(index).map(|found| found.id.clone()),
        propagated,
    };
    let drop = |destination: Ipv4Net| TransitRoute { destination, attachment: None, propagated: false };
    // What goes wrong, if anything; a more specific route each time, or one that is missing.
    let fault = draw.int(0, 7);
    let around = |draw: &mut Draw, address: Ipv4Addr| net(address, draw.int(18, 26));
    let elsewhere = |draw: &mut Draw, block: Ipv4Net, not: Ipv4Addr| loop {
        let made = part(draw, block, 4, 6);
        if !made.contains(&not) {
            break made;
        }
    };
    let mut there = vec![
        to_attachment(third, 2, true),
        to_attachment(site, if draw.percent(50) { 3 } else { 4 }, true),
        drop(elsewhere(draw, far, to)),
    ];
    if fault != 1 {
        there.push(to_attachment(far, 1, true));
    }
    match fault {
        1 => there.push(drop(Ipv4Net::default())),
        2 => there.push(drop(around(draw, to))),
        3 => there.push(to_attachment(around(draw, to), draw.int(3, 4), true)),
        _ => there.push(to_attachment(Ipv4Net::default(), 2, false)),
    }
    let mut back = vec![to_attachment(far, 1, true), to_attachment(third, 2, true)];
    // The site advertises a part of its block over the VPN: that part goes there, whatever Direct Connect has.
    back.push(to_attachment(site, 4, true));
    back.push(to_attachment(part(draw, site, 6, 8), 3, true));
    if fault != 4 {
        back.push(to_attachment(near, 0, true));
    }
    match fault {
        5 => back.push(drop(around(draw, from))),
        _ => back.push(drop(elsewhere(draw, near, from))),
    }
    let local_from = RouteTable { id: id(draw, "rtb"), vpc: names[0].clone(), routes: Vec::new() };
    let mut rows = vec![
        Route::local(near),
        Route::to(net(Ipv4Addr::new(10, 0, 0, 0), 8), Target::TransitGateway(tgw.clone())),
        Route::to(Ipv4Net::default(), Target::NatGateway(id(draw, "nat"))),
    ];
    if draw.percent(50) {
        rows.push(Route::to(elsewhere(draw, far, to), Target::Peering(id(draw, "pcx"))));
    }
    draw.shuffle(&mut rows);
    let source_table = RouteTable { routes: rows, ..local_from };
    let peering = id(draw, "pcx");
    let mut rows = vec![Route::local(far)];
    let wide = net(Ipv4Addr::new(10, 0, 0, 0), 8);
    match fault {
        6 => {
            rows.push(Route::to(third, Target::TransitGateway(tgw.clone())));
            rows.push(Route::to(Ipv4Net::default(), Target::NatGateway(id(draw, "nat"))));
        }
        7 => {
            rows.push(Route::to(wide, Target::TransitGateway(tgw.clone())));
            let gone = Route::to(around(draw, from), Target::Peering(peering.clone()));
            rows.push(Route { blackhole: true, ..gone });
        }
        _ => {
            rows.push(Route::to(
                if draw.percent(50) { near } else { wide },
                Target::TransitGateway(tgw.clone()),
            ));
            rows.push(Route::to(elsewhere(draw, near, from), Target::Peering(peering.clone())));
        }
    }
    if fault != 6 && draw.percent(50) {
        rows.push(Route::to(Ipv4Net::default(), Target::InternetGateway(id(draw, "igw"))));
    }
    draw.shuffle(&mut rows);
    let target_table = RouteTable { id: id(draw, "rtb"), vpc: names[1].clone(), routes: rows };
    draw.shuffle(&mut there);
    draw.shuffle(&mut back);
    let gateway = TransitGateway {
        id: tgw.clone(),
        mtu: 8500,
        says_too_big: false,
        group_references: false,
        attachments,
        route_tables: vec![
            TransitTable { id: tables[0].clone(), routes: there },
            TransitTable { id: tables[1].clone(), routes: back },
        ],
    };
    let forward = gateway.lookup(&tables[0], to).and_then(|route| route.attachment.clone());
    let arrives = forward.as_deref() == gateway.attachments.get(1).map(|found| found.id.as_str());
    let answer = decision(target_table.lookup(from, &[]));
    let returned = gateway.lookup(&tables[1], from).and_then(|route| route.attachment.clone());
    let home = returned.as_deref() == gateway.attachments.first().map(|found| found.id.as_str());
    let right = match (arrives, answer.as_deref() == Some(tgw.as_str()), home) {
        (false, ..) if forward.is_none() => 1,
        (false, ..) => 2,
        (true, false, _) => 3,
        (true, true, false) => 4,
        (true, true, true) => 0,
    };
    let whys = [
        attachment_why(&gateway, &tables[0], to),
        because(&target_table, &[], from),
        attachment_why(&gateway, &tables[1], from),
    ];
    let whole = match right {
        1 | 2 => whys[0].clone(),
        3 => whys[1].clone(),
        4 => whys[2].clone(),
        _ => Text::new(
            format!("{} {} {}", whys[0].en, whys[1].en, whys[2].en),
            format!("{}{}{}", whys[0].zh_tw, whys[1].zh_tw, whys[2].zh_tw),
        ),
    };
    let outcomes = [
        ("Request and reply both arrive", "請求與回應都會到"),
        ("The transit gateway drops the request", "transit gateway丟棄請求"),
        ("The transit gateway sends the request somewhere else", "transit gateway把請求送到別處"),
        (
            "The request arrives; the reply does not get from the second VPC to the transit gateway",
            "請求會到；回應出了第二個VPC卻沒到transit gateway",
        ),
        ("The request arrives; the transit gateway drops the reply", "請求會到；transit gateway丟棄回應"),
    ];
    let mut order: Vec<usize> = (0..outcomes.len()).collect();
    draw.shuffle(&mut order);
    let right = order.iter().position(|index| *index == right).unwrap_or_default();
    let options = order
        .iter()
        .filter_map(|index| outcomes.get(*index))
        .map(|(en, zh)| Choice::new(Text::new(*en, *zh), whole.clone()))
        .collect();
    let (there_query, there_rows) = transit_gateway_routes(&gateway, &gateway.route_tables[0]);
    let (back_query, back_rows) = transit_gateway_routes(&gateway, &gateway.route_tables[1]);
    let search = |table: &str, query: &str, rows: &[Vec<String>]| {
        let text = format!(
            "$ aws ec2 search-transit-gateway-routes --transit-gateway-route-table-id {table} --filters Name=state,Values=active,blackhole --query '{query}' --output table\n{}",
            aws_table("SearchTransitGatewayRoutes", rows)
        );
        shown(EvidenceType::Command, text)
    };
    let attached: Vec<_> = gateway
        .attachments
        .iter()
        .map(|found| {
            vec![found.id.clone(), found.kind.to_owned(), found.resource.clone(), found.route_table.clone()]
        })
        .collect();
    let attached = format!(
        "$ aws ec2 describe-transit-gateway-attachments --filters Name=transit-gateway-id,Values={tgw} --query 'TransitGatewayAttachments[].[TransitGatewayAttachmentId,ResourceType,ResourceId,Association.TransitGatewayRouteTableId]' --output table\n{}",
        aws_table("DescribeTransitGatewayAttachments", &attached)
    );
    Exercise {
        prompt: Text::new(
            format!(
                "`{from}` is in a subnet of `{}` with the route table `{}`; `{to}` is in a subnet of `{}` with the route table `{}`. `{from}` sends a request to `{to}`, which answers. Security groups and network ACLs allow everything, and what the transit gateway hands to a VPC arrives there.",
                names[0], source_table.id, names[1], target_table.id
            ),
            format!(
                "`{from}`在`{}`的子網路，路由表是`{}`；`{to}`在`{}`的子網路，路由表是`{}`。`{from}`對`{to}`送出請求，對方會回應。安全群組與網路ACL全部放行；transit gateway交給VPC的封包都能送達。",
                names[0], source_table.id, names[1], target_table.id
            ),
        ),
        evidence: vec![
            table_evidence(&source_table),
            table_evidence(&target_table),
            shown(EvidenceType::Command, attached),
            search(&tables[0], there_query, &there_rows),
            search(&tables[1], back_query, &back_rows),
        ],
        asks: vec![
            attachment_ask(draw, "request", &gateway, &tables[0], to, &names[0]),
            target_ask("reply", &target_table, &[], from, Some(&target_table.id)),
            attachment_ask(draw, "back", &gateway, &tables[1], from, &names[1]),
            Ask::new(
                "outcome",
                Text::new("What becomes of the conversation", "這段連線的結果"),
                Answer::Choice { options, right },
            ),
        ],
        steps: [vec![because(&source_table, &[], to)], whys.to_vec(), vec![Text::new(
            "A transit gateway looks a packet up in the route table that the attachment it comes from is associated with, so the two directions may use different tables; each direction needs its own route.",
            "transit gateway依封包進來的連接所關聯的路由表查找，所以兩個方向可能查不同的表；每個方向都要有自己的路由。",
        )]]
        .concat(),
        given: json!({
            "asked": [to, from, from, to],
            "tables": [tables[0], target_table.id, tables[1], source_table.id],
            "gateway": tgw,
            "vpcs": [names[0], names[1]],
        }),
    }
}
