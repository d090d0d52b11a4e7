use std::net::Ipv4Addr;

use super::*;

const CHECK: HealthCheck =
    HealthCheck { interval: 30, timeout: 5, healthy: 3, unhealthy: 2, matcher: (200, 299) };

fn health(from: Health, probes: &[Probe]) -> Health {
    probes.iter().fold(from, |health, probe| health.after(&CHECK, *probe))
}

#[test]
fn one_success_makes_a_new_target_healthy_and_thresholds_make_it_change() {
    let new = Health::registered();
    assert_eq!(health(new, &[Probe::Answers(200)]).state, State::Healthy);
    let one = health(new, &[Probe::Refuses]);
    assert_eq!((one.state, one.reason), (State::Initial, Some(Reason::InitialHealthChecking)));
    let two = health(new, &[Probe::Refuses, Probe::Silent]);
    assert_eq!((two.state, two.reason), (State::Unhealthy, Some(Reason::Timeout)));
    let ok = Health::healthy(&CHECK);
    assert_eq!(
        health(ok, &[Probe::Answers(503), Probe::Answers(200), Probe::Answers(503)]).state,
        State::Healthy
    );
    let bad = health(ok, &[Probe::Answers(503), Probe::Answers(503)]);
    assert_eq!(
        bad.reason.map(|reason| reason.description()),
        Some("Health checks failed with these codes: [503]".into())
    );
    assert_eq!(health(bad, &[Probe::Answers(200); 2]).state, State::Unhealthy);
    assert_eq!(health(bad, &[Probe::Answers(200); 3]).state, State::Healthy);
}

#[test]
fn a_silent_target_is_known_to_be_silent_a_timeout_later() {
    let known = timeline(&CHECK, Health::healthy(&CHECK), 100, 3, |at| {
        if at >= 130 { Probe::Silent } else { Probe::Answers(200) }
    });
    let states: Vec<(u64, State)> = known.iter().map(|(at, health)| (*at, health.state)).collect();
    assert_eq!(states, [(100, State::Healthy), (135, State::Healthy), (165, State::Unhealthy)]);
}

#[test]
fn it_fails_open_when_all_are_unhealthy_and_503s_when_none_is_there() {
    let target = |id: &str, health: Health| Target {
        id: id.into(),
        address: Ipv4Addr::new(10, 0, 1, 9),
        port: 80,
        health,
    };
    let bad = health(Health::registered(), &[Probe::Refuses, Probe::Refuses]);
    let mixed = [target("i-1", bad), target("i-2", Health::healthy(&CHECK))];
    assert!(matches!(route(&mixed), Routing::Healthy(targets) if targets.len() == 1));
    let [first, _] = &mixed;
    assert!(matches!(route(std::slice::from_ref(first)), Routing::FailOpen(targets) if targets.len() == 1));
    assert_eq!(route(&[]), Routing::Nowhere);
    let json: serde_json::Value = serde_json::from_str(&describe_target_health(&mixed)).expect("JSON");
    assert_eq!(json["TargetHealthDescriptions"][0]["TargetHealth"]["Reason"], "Target.FailedHealthChecks");
    assert!(json["TargetHealthDescriptions"][1]["TargetHealth"].get("Reason").is_none());
}

#[test]
fn statuses_are_the_documented_ones() {
    let settings = Settings { idle_timeout: 60 };
    let status = |client, waf, target| {
        let outcome = serve(&settings, client, waf, target, 2);
        (outcome.elb_status, outcome.target_status, outcome.elapsed, outcome.cause.hop())
    };
    let slow = Some(TargetBehaviour::Responds { after: 61_000, status: 200 });
    let ok = Some(TargetBehaviour::Responds { after: 40, status: 200 });
    assert_eq!(status(Client::Waits, Waf::Absent, ok), (200, Some(200), 42, Hop::None));
    assert_eq!(status(Client::Waits, Waf::Absent, None), (503, None, 2, Hop::Balancer));
    assert_eq!(status(Client::Waits, Waf::Absent, slow), (504, None, 60_002, Hop::Target));
    assert_eq!(status(Client::GivesUp(30_000), Waf::Absent, slow), (460, None, 30_000, Hop::Client));
    let unreachable = Some(TargetBehaviour::Unreachable);
    assert_eq!(status(Client::Waits, Waf::Absent, unreachable), (504, None, 10_002, Hop::ToTarget));
    assert_eq!(
        status(Client::Waits, Waf::Absent, Some(TargetBehaviour::Refuses)),
        (502, None, 3, Hop::ToTarget)
    );
    let closes = Some(TargetBehaviour::Closes { after: 4205 });
    assert_eq!(status(Client::Waits, Waf::Absent, closes), (502, None, 4207, Hop::Target));
    assert_eq!(status(Client::Waits, Waf::Blocks, ok).0, 403);
    assert_eq!(status(Client::Waits, Waf::Fails, ok).0, 500);
    assert_eq!(
        (status(Client::Forwarded(31), Waf::Absent, ok).0, status(Client::Forwarded(30), Waf::Absent, ok).0),
        (463, 200)
    );
    assert_eq!(status(Client::Stalls, Waf::Absent, ok).0, 408);
}

#[test]
fn entries_have_the_documented_fields_in_order() {
    let front = Front {
        elb: "app/my-loadbalancer/50dc6c495c0c9188".into(),
        target_group:
            "arn:aws:elasticloadbalancing:us-east-2:123456789012:targetgroup/my-targets/73e2d6bc24d8a067"
                .into(),
        host: "www.example.com".into(),
        certificate: None,
    };
    let entry = Entry {
        front,
        created: 1_530_570_168_364,
        time: 0,
        micros: 641,
        client: (Ipv4Addr::new(192, 168, 131, 39), 2817),
        target: None,
        times: [None; 3],
        elb_status: 0,
        target_status: None,
        bytes: (34, 366),
        request: ("GET".into(), "/".into()),
        user_agent: "curl/7.46.0".into(),
        trace: "Root=1-58337262-36d228ad5d99923122bbe354".into(),
        rule: Some(0),
        action: Action::Forward,
        connection: "TID_1234".into(),
    };
    let outcome = serve(
        &Settings { idle_timeout: 60 },
        Client::Waits,
        Waf::Absent,
        Some(TargetBehaviour::Responds { after: 1, status: 200 }),
        0,
    );
    // The guide's example entry for HTTP, but for the two times and the connection's id.
    assert_eq!(
        entry.with(&outcome, (Ipv4Addr::new(10, 0, 0, 1), 80)).to_string(),
        "http 2018-07-02T22:22:48.365641Z app/my-loadbalancer/50dc6c495c0c9188 192.168.131.39:2817 10.0.0.1:80 0.000 0.001 0.000 200 200 34 366 \"GET http://www.example.com:80/ HTTP/1.1\" \"curl/7.46.0\" - - arn:aws:elasticloadbalancing:us-east-2:123456789012:targetgroup/my-targets/73e2d6bc24d8a067 \"Root=1-58337262-36d228ad5d99923122bbe354\" \"-\" \"-\" 0 2018-07-02T22:22:48.364000Z \"forward\" \"-\" \"-\" \"10.0.0.1:80\" \"200\" \"-\" \"-\" TID_1234"
    );
}
