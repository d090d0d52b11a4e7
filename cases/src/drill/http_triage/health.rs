//! Health checks over time.

use super::*;

fn nginx(address: Ipv4Addr, at: u64, status: u16) -> String {
    let when = i64::try_from(at).ok().and_then(|at| DateTime::from_timestamp(at, 0));
    let when = when.map(|when| when.format("%d/%b/%Y:%H:%M:%S +0000").to_string()).unwrap_or_default();
    let bytes = if status == 200 { 15 } else { 190 };
    format!(
        "{address} - - [{when}] \"GET /healthz HTTP/1.1\" {status} {bytes} \"-\" \"ELB-HealthChecker/2.0\"\n"
    )
}

fn moment(at: u64) -> String {
    let when = i64::try_from(at).ok().and_then(|at| DateTime::from_timestamp(at, 0));
    when.map(|when| when.format("%Y-%m-%d %H:%M:%S").to_string()).unwrap_or_default()
}

fn settings_json(check: &HealthCheck, name: &str) -> String {
    format!(
        "$ aws elbv2 describe-target-groups --names {name} --query 'TargetGroups[0].{{HealthCheckPath:HealthCheckPath,HealthCheckIntervalSeconds:HealthCheckIntervalSeconds,HealthCheckTimeoutSeconds:HealthCheckTimeoutSeconds,HealthyThresholdCount:HealthyThresholdCount,UnhealthyThresholdCount:UnhealthyThresholdCount,Matcher:Matcher.HttpCode}}'\n{{\n    \"HealthCheckPath\": \"/healthz\",\n    \"HealthCheckIntervalSeconds\": {},\n    \"HealthCheckTimeoutSeconds\": {},\n    \"HealthyThresholdCount\": {},\n    \"UnhealthyThresholdCount\": {},\n    \"Matcher\": \"{}\"\n}}\n",
        check.interval,
        check.timeout,
        check.healthy,
        check.unhealthy,
        if check.matcher.0 == check.matcher.1 {
            check.matcher.0.to_string()
        } else {
            format!("{}-{}", check.matcher.0, check.matcher.1)
        }
    )
}

pub(super) fn health_by_log(draw: &mut Draw) -> Exercise {
    loop {
        let check = HealthCheck {
            interval: *draw.pick(&[10, 15, 20, 30]),
            timeout: 5,
            healthy: draw.int(2, 5),
            unhealthy: draw.int(2, 4),
            matcher: *draw.pick(&[(200, 200), (200, 299), (200, 399)]),
        };
        let node = Ipv4Addr::new(10, draw.int(0, 200), 1, draw.int(5, 250));
        let name = format!("{}-tg", draw.pick(&APPS).0);
        let bad = *draw.pick(&[500, 503, 502, 404, 301, 204, 401]);
        let first = DAY / 1000 + draw.int(0u64, 80_000);
        // Good, a failure or two that do not matter, a success, a run of failures, then good for long.
        let mut codes: Vec<u16> = vec![200; draw.int(1usize, 3)];
        for _ in 0..draw.int(1, check.unhealthy - 1) {
            codes.push(bad);
        }
        codes.extend(vec![200; draw.int(1usize, 2)]);
        codes.extend(vec![bad; draw.int(check.unhealthy, check.unhealthy + 3) as usize]);
        if draw.percent(50) && check.healthy > 2 {
            // It looks well again, but not long enough.
            codes.extend(vec![200; draw.int(1, check.healthy - 1) as usize]);
            codes.push(bad);
        }
        codes.extend(vec![200; check.healthy as usize + draw.int(0usize, 2)]);
        let mut health = Health::healthy(&check);
        let mut log = String::new();
        let mut down = None;
        let mut up = None;
        let mut first_bad = None;
        let mut first_good = None;
        let mut longest_run_start = None;
        for (index, code) in codes.iter().enumerate() {
            let at = first + index as u64 * u64::from(check.interval);
            log.push_str(&nginx(node, at, *code));
            let before = health.state;
            let fails = !(check.matcher.0..=check.matcher.1).contains(code);
            health = health.after(&check, Probe::Answers(*code));
            if fails && first_bad.is_none() {
                first_bad = Some(at);
            }
            if fails && health.failures == 1 && down.is_none() {
                longest_run_start = Some(at);
            }
            if down.is_some() && !fails && first_good.is_none() {
                first_good = Some(at);
            }
            match (before, health.state) {
                (State::Healthy, State::Unhealthy) => down = Some(at),
                (State::Unhealthy, State::Healthy) => up = up.or(Some(at)),
                _ => {}
            }
        }
        // With a code that the matcher accepts nothing ever fails.
        let (Some(down), Some(up), Some(first_bad), Some(first_good), Some(run)) =
            (down, up, first_bad, first_good, longest_run_start)
        else {
            continue;
        };
        let mut down_traps = Vec::new();
        for (wrong, why) in [
            (
                first_bad,
                text(
                    format!("That is the first failure; it takes {} in a row.", check.unhealthy),
                    format!("那是第一次失敗；要連續{}次。", check.unhealthy),
                ),
            ),
            (
                run,
                text(
                    format!(
                        "There the run begins; the target is taken out at its failure number {}.",
                        check.unhealthy
                    ),
                    format!("那是連續失敗的開始；第{}次失敗時目標才被移出。", check.unhealthy),
                ),
            ),
        ] {
            if wrong != down && down_traps.iter().all(|trap: &Trap| trap.value != moment(wrong)) {
                down_traps.push(Trap::new(moment(wrong), why));
            }
        }
        let mut up_traps = Vec::new();
        if first_good != up {
            up_traps.push(Trap::new(
                moment(first_good),
                text(
                    format!(
                        "One success is enough only for a new target; an unhealthy one needs {} in a row.",
                        check.healthy
                    ),
                    format!("只有新註冊的目標一次成功就夠；不健康的目標要連續{}次。", check.healthy),
                ),
            ));
        }
        let all_fail = draw.percent(50);
        let (others_en, others_zh) = if all_fail {
            (
                "The group's other two targets fail their checks in just the same way at the same times.",
                "群組裡另外兩個目標的檢查也在同樣的時間同樣失敗。",
            )
        } else {
            ("The group's other two targets pass every check.", "群組裡另外兩個目標每次檢查都通過。")
        };
        let reason = Reason::ResponseCodeMismatch(bad);
        let reasons = [
            (
                Reason::ResponseCodeMismatch(bad),
                "it responded, with a code that does not count as success",
                "它有回應，但代碼不算成功",
            ),
            (Reason::Timeout, "it would not respond within the timeout", "它在逾時內沒有回應"),
            (
                Reason::FailedHealthChecks,
                "the connection would fail or the response be malformed",
                "連線失敗或回應格式不正確",
            ),
            (Reason::InitialHealthChecking, "it would be new", "它才剛註冊"),
        ];
        let reason_options = reasons
            .iter()
            .map(|(option, en, zh)| {
                Choice::new(
                    text(format!("`{}`", option.code()), format!("`{}`", option.code())),
                    text(
                        format!("This code says that {en}; the log shows {bad}."),
                        format!("這個代碼表示{zh}；日誌顯示的是{bad}。"),
                    ),
                )
            })
            .collect();
        let reason_answer = Answer::choice(draw, reason_options);
        let to = [
            (
                text("To the other two only", "只到另外兩個"),
                text(
                    "Requests go to healthy targets as long as there is one.",
                    "只要還有健康的目標，請求就只送到健康的。",
                ),
            ),
            (
                text("To all three", "三個都會收到"),
                text(
                    "With no healthy target left, the load balancer fails open: it sends requests to all of them.",
                    "一個健康的都沒有時，負載平衡器會fail open：照樣送到所有目標。",
                ),
            ),
            (
                text("To none: the load balancer responds 503", "哪裡都不送，負載平衡器回503"),
                text(
                    "503 is for a group without usable registered targets; these are registered.",
                    "503是群組裡沒有可用的已註冊目標；這裡都有註冊。",
                ),
            ),
        ];
        let right = usize::from(all_fail);
        let to_options = to.into_iter().map(|(option, why)| Choice::new(option, why)).collect();
        return Exercise {
            prompt: text(
                format!(
                    "Health checks of one load balancer node in the log of a target that was healthy before. A result counts at the time of its entry. {others_en}"
                ),
                format!(
                    "下面是某個目標的日誌裡，來自一個負載平衡器節點的健康狀態檢查；在此之前它是健康的。每次結果以該筆紀錄的時間為準。{others_zh}"
                ),
            ),
            evidence: vec![
                shown(EvidenceType::Command, settings_json(&check, &name)),
                shown(EvidenceType::Log, log),
            ],
            asks: vec![
                Ask::new(
                    "down",
                    text("When does it become unhealthy? (date and time)", "何時變成不健康？（日期時間）"),
                    Answer::Typed {
                        form: Form::Moment,
                        right: moment(down),
                        also: Vec::new(),
                        traps: down_traps,
                    },
                ),
                Ask::new(
                    "reason",
                    text(
                        "The reason code `describe-target-health` then gives",
                        "此時`describe-target-health`的原因代碼",
                    ),
                    reason_answer,
                ),
                Ask::new(
                    "to",
                    text("Right after that, where do requests go?", "在那之後，請求會送到哪裡？"),
                    Answer::Choice { options: to_options, right },
                ),
                Ask::new(
                    "up",
                    text("When is it healthy again? (date and time)", "何時恢復健康？（日期時間）"),
                    Answer::Typed {
                        form: Form::Moment,
                        right: moment(up),
                        also: Vec::new(),
                        traps: up_traps,
                    },
                ),
            ],
            steps: vec![
                text(
                    format!(
                        "Success is {}; {bad} is not. {} failures in a row are reached at {}; a success in between starts the count again.",
                        if check.matcher.0 == check.matcher.1 {
                            check.matcher.0.to_string()
                        } else {
                            format!("{} to {}", check.matcher.0, check.matcher.1)
                        },
                        check.unhealthy,
                        moment(down)
                    ),
                    format!(
                        "{}才算成功，{bad}不算。連續{}次失敗在{}達到；中間只要成功一次就重新計數。",
                        if check.matcher.0 == check.matcher.1 {
                            check.matcher.0.to_string()
                        } else {
                            format!("{}到{}", check.matcher.0, check.matcher.1)
                        },
                        check.unhealthy,
                        moment(down)
                    ),
                ),
                text(
                    format!("The reason is `{}`: {}.", reason.code(), reason.description()),
                    format!("原因代碼是`{}`：{}。", reason.code(), reason.description()),
                ),
                text(
                    if all_fail {
                        "No target is healthy: the load balancer fails open."
                    } else {
                        "Two targets are healthy: they get all requests."
                    },
                    if all_fail {
                        "沒有任何健康的目標：負載平衡器fail open。"
                    } else {
                        "另外兩個健康：所有請求都給它們。"
                    },
                ),
                text(
                    format!("{} successes in a row are reached at {}.", check.healthy, moment(up)),
                    format!("連續{}次成功在{}達到。", check.healthy, moment(up)),
                ),
            ],
            given: json!({ "all": all_fail }),
        };
    }
}

pub(super) fn slow_start(draw: &mut Draw) -> Exercise {
    let check = HealthCheck {
        interval: *draw.pick(&[10, 15, 20, 30]),
        timeout: 5,
        healthy: draw.int(2, 5),
        unhealthy: draw.int(2, 5),
        matcher: (200, 200),
    };
    let first = draw.int(5u64, 25);
    let ready = draw.int(30u64, 260);
    let grace = *draw.pick(&[0u64, 30, 60, 90, 120, 180, 240, 300]);
    let name = format!("{}-tg", draw.pick(&APPS).0);
    let mut health = Health::registered();
    let mut unhealthy = None;
    let mut healthy = None;
    let mut at = first;
    while healthy.is_none() {
        let probe = if at >= ready { Probe::Answers(200) } else { Probe::Refuses };
        let before = health.state;
        health = health.after(&check, probe);
        if health.state == State::Unhealthy && before != State::Unhealthy {
            unhealthy = Some(at);
        }
        if health.state == State::Healthy {
            healthy = Some(at);
        }
        at += u64::from(check.interval);
    }
    let healthy = healthy.unwrap_or(at);
    let first_good =
        first + ready.saturating_sub(first).div_ceil(u64::from(check.interval)) * u64::from(check.interval);
    let replaced = unhealthy.map(|since| since.max(grace)).filter(|act| *act < healthy);
    let survives = replaced.is_none();
    let state_word = unhealthy.map_or("none".to_owned(), |since| since.to_string());
    let ever = unhealthy.is_some();
    let yes_no = |fate: bool| {
        let why = match (unhealthy, replaced) {
            (None, _) => text(
                format!(
                    "It passes its first check at {first_good} s, before {} failures in a row.",
                    check.unhealthy
                ),
                format!("它在{first_good}秒就通過檢查，還沒連續失敗{}次。", check.unhealthy),
            ),
            (Some(since), Some(act)) => text(
                format!(
                    "Unhealthy since {since} s, grace until {grace} s: replaced at {act} s, {} s before it would be healthy.",
                    healthy - act
                ),
                format!(
                    "{since}秒起不健康，寬限到{grace}秒：{act}秒時被取代，離變健康還差{}秒。",
                    healthy - act
                ),
            ),
            (Some(since), None) => text(
                format!(
                    "Unhealthy since {since} s, but healthy at {healthy} s, and the grace period lasts until {grace} s."
                ),
                format!("{since}秒起不健康，但{healthy}秒就健康了，而寬限期到{grace}秒。"),
            ),
        };
        Choice::new(if fate { text("Yes", "會") } else { text("No", "不會") }, why)
    };
    let need = if ever { healthy } else { 0 };
    let mut need_traps = Vec::new();
    for (wrong, why) in [
        (
            ready,
            text(
                format!(
                    "At {ready} s the application is ready, but the target is unhealthy until {healthy} s."
                ),
                format!("{ready}秒時應用程式好了，但目標到{healthy}秒前仍是不健康。"),
            ),
        ),
        (
            first_good,
            text(
                format!(
                    "At {first_good} s the first check succeeds; an unhealthy target needs {} in a row.",
                    check.healthy
                ),
                format!("{first_good}秒時第一次檢查成功；不健康的目標要連續{}次。", check.healthy),
            ),
        ),
    ] {
        if ever && wrong != need && need_traps.iter().all(|trap: &Trap| trap.value != wrong.to_string()) {
            need_traps.push(Trap::new(wrong, why));
        }
    }
    let mut healthy_traps = Vec::new();
    for (wrong, why) in [
        (ready, text("Nothing is known of that before the next check.", "要到下一次檢查才會知道。")),
        (
            first_good,
            text(
                format!("It was unhealthy by then: it needs {} successes in a row.", check.healthy),
                format!("那時它已經是不健康：要連續{}次成功。", check.healthy),
            ),
        ),
        (
            first_good + u64::from(check.interval) * u64::from(check.healthy - 1),
            text(
                "It was never unhealthy: a new target needs a single success.",
                "它從未變成不健康：新目標只要成功一次。",
            ),
        ),
    ] {
        if wrong != healthy && healthy_traps.iter().all(|trap: &Trap| trap.value != wrong.to_string()) {
            healthy_traps.push(Trap::new(wrong, why));
        }
    }
    let mut unhealthy_traps = Vec::new();
    if unhealthy != Some(first) {
        unhealthy_traps.push(Trap::new(
            first,
            text(
                format!("That is the first failure; it takes {} in a row.", check.unhealthy),
                format!("那是第一次失敗；要連續{}次。", check.unhealthy),
            ),
        ));
    }
    if let Some(since) = unhealthy {
        unhealthy_traps.push(Trap::new(
            since + u64::from(check.interval),
            text(
                format!("The first check is at {first} s already, not an interval later."),
                format!("第一次檢查在{first}秒就做了，不是再等一個間隔。"),
            ),
        ));
    } else {
        unhealthy_traps.push(Trap::new(
            first + u64::from(check.interval) * u64::from(check.unhealthy - 1),
            text(
                format!("By then a check has succeeded: it is ready at {ready} s."),
                format!("那之前已經有一次檢查成功：它在{ready}秒就好了。"),
            ),
        ));
    }
    let when = unhealthy.map_or(0.0, |since| since as f64);
    let mut asks = vec![Ask::new(
        "unhealthy",
        text(
            "Seconds after launch at which the target becomes unhealthy (0 if it never does)",
            "啟動後幾秒，目標變成不健康（從不會則填0）",
        ),
        Answer::Number { value: when, tolerance: 0.0, unit: Unit::Seconds, traps: unhealthy_traps },
    )];
    asks.push(Ask::new(
        "healthy",
        text(
            "Seconds after launch at which it is (or would be, left alone) healthy",
            "啟動後幾秒，它會變成健康（假設不被取代）",
        ),
        Answer::Number { value: healthy as f64, tolerance: 0.0, unit: Unit::Seconds, traps: healthy_traps },
    ));
    asks.push(Ask::new(
        "replaced",
        text("Is the instance replaced before it is healthy?", "執行個體會在變健康之前被取代嗎？"),
        Answer::Choice { options: vec![yes_no(true), yes_no(false)], right: usize::from(survives) },
    ));
    asks.push(Ask::new(
        "grace",
        text(
            "The shortest grace period, in seconds, with which it is not replaced",
            "不會被取代的最短寬限期，秒",
        ),
        Answer::Number { value: need as f64, tolerance: 0.0, unit: Unit::Seconds, traps: need_traps },
    ));
    Exercise {
        prompt: text(
            format!(
                "An Auto Scaling group with ELB health checks launches an instance; times count from its launch. It is registered at once and first checked at {first} s, by one load balancer node, with the settings below. Its port refuses connections until the application is ready at {ready} s; from then on checks get 200. A refused check counts at once. The health check grace period is {grace} s from launch. Auto Scaling replaces the instance at the first moment at which the grace period is over and the target is `unhealthy`; a target that becomes healthy at that very moment stays."
            ),
            format!(
                "某個使用ELB健康狀態檢查的Auto Scaling群組啟動了一個執行個體，時間都從啟動起算。它立刻註冊，一個負載平衡器節點在{first}秒時做第一次檢查，設定如下。應用程式在{ready}秒準備好，之前連接埠拒絕連線，之後檢查都得到200。被拒絕的檢查立刻算失敗。健康狀態檢查寬限期是啟動後{grace}秒。寬限期一過而目標是`unhealthy`時，Auto Scaling就取代這個執行個體；恰好在那一刻變健康的目標會留下。"
            ),
        ),
        evidence: vec![shown(EvidenceType::Command, settings_json(&check, &name))],
        asks,
        steps: vec![
            text(
                format!(
                    "Checks come at {first}, {}, {} s and so on. Before {ready} s they fail with `Target.FailedHealthChecks`.",
                    first + u64::from(check.interval),
                    first + 2 * u64::from(check.interval)
                ),
                format!(
                    "檢查在{first}、{}、{}秒……。{ready}秒之前都失敗（`Target.FailedHealthChecks`）。",
                    first + u64::from(check.interval),
                    first + 2 * u64::from(check.interval)
                ),
            ),
            if ever {
                text(
                    format!(
                        "Failure number {} is at {state_word} s: unhealthy. The first success is at {first_good} s, number {} in a row at {healthy} s.",
                        check.unhealthy, check.healthy
                    ),
                    format!(
                        "第{}次失敗在{state_word}秒：不健康。第一次成功在{first_good}秒，連續第{}次在{healthy}秒。",
                        check.unhealthy, check.healthy
                    ),
                )
            } else {
                text(
                    format!(
                        "The first success is at {first_good} s, before {} failures in a row: a new target is healthy after one success.",
                        check.unhealthy
                    ),
                    format!(
                        "第一次成功在{first_good}秒，還沒連續失敗{}次：新目標成功一次就健康。",
                        check.unhealthy
                    ),
                )
            },
            yes_no(!survives).why,
        ],
        given: json!({ "first": first, "ready": ready, "grace": grace }),
    }
}
