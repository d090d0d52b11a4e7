//! I/O credits of gp2 volumes.

use super::*;

/// I/O credits of a full gp2 bucket.
const BUCKET: u64 = 5_400_000;

/// What a gp2 volume smaller than 1,000 GiB bursts to.
const BURST: u64 = 3000;

fn baseline(size: u64) -> u64 {
    (3 * size).clamp(100, 16_000)
}

fn volume_id(draw: &mut Draw) -> String {
    format!("vol-{}", draw.hex(17))
}

pub(super) fn volume(draw: &mut Draw) -> Exercise {
    let small = draw.percent(20);
    let size: u64 = if small { draw.int(4, 33) } else { draw.int(5, 95) * 10 };
    let base = baseline(size);
    let lasts = BUCKET as f64 / (BURST - base) as f64;
    let refill = BUCKET as f64 / base as f64;
    let id = volume_id(draw);
    let evidence = format!(
        "$ aws ec2 describe-volumes --volume-ids {id} --query 'Volumes[].[VolumeId,VolumeType,Size,State]' --output text\n{id}\tgp2\t{size}\tin-use\n"
    );
    let floor = text(
        format!("3 × {size} = {} would be below the minimum of 100 IOPS.", 3 * size),
        format!("3 × {size} = {}，低於最低的100 IOPS。", 3 * size),
    );
    let mut base_mistakes = vec![(
        BURST as f64,
        text(
            "3,000 IOPS is what it bursts to while it has credits, not what it keeps up.",
            "3,000 IOPS是有點數時能爆量到的值，不是能一直維持的值。",
        ),
    )];
    if 3 * size < 100 {
        base_mistakes.insert(0, ((3 * size) as f64, floor));
    }
    Exercise {
        prompt: text(
            format!(
                "The gp2 volume below (size in GiB) has a full bucket of 5.4 million I/O credits. gp2: 3 IOPS per GiB, at least 100 and at most 16,000; bursts to 3,000 IOPS; the bucket gains as many credits a second as the baseline has IOPS and loses one for each I/O. Then a batch job asks for {} IOPS without pause.",
                grouped(BURST)
            ),
            format!(
                "下面的gp2磁碟區（大小單位為GiB）點數是滿的：540萬I/O點數。gp2的規則：每GiB 3 IOPS，最少100、最多16,000；可爆量到3,000 IOPS；每秒得到的點數等於基準IOPS，每次I/O用掉一點。接著批次工作不停地要求{} IOPS。",
                grouped(BURST)
            ),
        ),
        evidence: vec![shown(EvidenceType::Command, evidence)],
        asks: vec![
            Ask::new(
                "baseline",
                text("Its baseline performance", "基準效能"),
                number(base as f64, 0.0, Unit::Iops, base_mistakes),
            ),
            Ask::new(
                "lasts",
                text("How many seconds the burst lasts (nearest second)", "爆量能維持幾秒（四捨五入到秒）"),
                number(
                    lasts.round(),
                    1.0,
                    Unit::Seconds,
                    vec![
                        (
                            BUCKET as f64 / BURST as f64,
                            text(
                                format!(
                                    "5,400,000 / 3,000 leaves out that {base} credits come in each second as well."
                                ),
                                format!("5,400,000 / 3,000忘了同時每秒還會補進{base}點。"),
                            ),
                        ),
                        (
                            BUCKET as f64 / base as f64,
                            text(
                                format!(
                                    "Dividing by the baseline of {base} gives the time to fill an empty bucket, not to empty a full one."
                                ),
                                format!("除以基準{base}得到的是把空的補滿的時間，不是把滿的用完的時間。"),
                            ),
                        ),
                    ],
                ),
            ),
            Ask::new(
                "refill",
                text(
                    "How many seconds an empty bucket then takes to fill while the volume is idle (nearest second)",
                    "點數用完後，磁碟區閒置時要幾秒才會補滿（四捨五入到秒）",
                ),
                number(
                    refill.round(),
                    1.0,
                    Unit::Seconds,
                    vec![(
                        lasts,
                        text(
                            "Filling goes at the baseline's rate, emptying at the difference between burst and baseline.",
                            "補充的速度是基準值；用掉的速度才是爆量減基準。",
                        ),
                    )],
                ),
            ),
        ],
        steps: vec![
            text(
                format!(
                    "Baseline: 3 × {size} = {} IOPS{}.",
                    3 * size,
                    if 3 * size < 100 { ", raised to the minimum of 100" } else { "" }
                ),
                format!(
                    "基準：3 × {size} = {} IOPS{}。",
                    3 * size,
                    if 3 * size < 100 { "，提高到最低值100" } else { "" }
                ),
            ),
            text(
                format!(
                    "In a burst the bucket loses 3,000 − {base} = {} credits a second: 5,400,000 / {} = {} s.",
                    BURST - base,
                    BURST - base,
                    plain(lasts, 1)
                ),
                format!(
                    "爆量時每秒淨減3,000 − {base} = {}點：5,400,000 / {} = {}秒。",
                    BURST - base,
                    BURST - base,
                    plain(lasts, 1)
                ),
            ),
            text(
                format!("Idle, it gains {base} a second: 5,400,000 / {base} = {} s.", plain(refill, 1)),
                format!("閒置時每秒增加{base}點：5,400,000 / {base} = {}秒。", plain(refill, 1)),
            ),
        ],
        given: json!({ "scenario": "volume", "size": size, "demand": BURST }),
    }
}

/// The burst balance of a volume at one moment, as the CLI prints it.
fn burst_balance(volume: &str, percent: u64, start: u64) -> String {
    let time = |seconds: u64| format!("2026-03-03T{}", clock(seconds));
    format!(
        "$ aws cloudwatch get-metric-statistics --namespace AWS/EBS --metric-name BurstBalance --dimensions Name=VolumeId,Value={volume} --statistics Average --period 300 --start-time {}Z --end-time {}Z --query 'Datapoints[].[Timestamp,Average,Unit]' --output text\n{}+00:00\t{percent}.0\tPercent\n",
        time(start),
        time(start + 300),
        time(start)
    )
}

pub(super) fn volume_under_load(draw: &mut Draw) -> Exercise {
    let size: u64 = draw.int(4, 80) * 10;
    let base = baseline(size);
    // Above what a burst gives, or between baseline and burst.
    let above = draw.percent(45);
    let demand: u64 = if above { draw.int(31, 60) * 100 } else { draw.int(base / 100 + 3, 29) * 100 };
    let gives = demand.min(BURST);
    let balance: u64 = draw.int(4, 19) * 5;
    let period = 60;
    let reads = demand * draw.int(2, 8) / 10;
    let writes = demand - reads;
    let hour = draw.int(0u64, 21);
    let minute = draw.int(0u64, 11) * 5;
    let id = volume_id(draw);
    let mut table = String::from("minute      reads submitted  writes submitted\n");
    for later in 0..3 {
        let at = clock((hour * 60 + minute + later) * 60);
        let _ = writeln!(
            table,
            "{:<12}{:>15}{:>18}",
            at.get(..5).unwrap_or_default(),
            reads * period,
            writes * period
        );
    }
    let credits = BUCKET * balance / 100;
    let net = gives - base;
    let lasts = credits as f64 / net as f64;
    let start = hour * 3600 + minute * 60;
    let ends = start + lasts.round() as u64;
    let late = demand - base;
    Exercise {
        prompt: text(
            format!(
                "At {} a job starts on a gp2 volume of {size} GiB. Below are the volume's `BurstBalance` at that moment, in percent of 5.4 million credits, and the I/Os the application submitted in each of the first three minutes; it goes on submitting as many, and what the volume does not do at once waits in its queue. gp2: 3 IOPS per GiB, at least 100; bursts to 3,000 IOPS; the bucket gains as many credits a second as the baseline has IOPS and loses one for each I/O the volume does.",
                clock(start)
            ),
            format!(
                "{}時，某項工作開始使用一個{size} GiB的gp2磁碟區。下面是磁碟區當時的`BurstBalance`（540萬點的百分比），以及應用程式在前三分鐘每分鐘送出的I/O數；之後它以同樣的速度繼續送，磁碟區來不及做的會排隊。gp2的規則：每GiB 3 IOPS，最少100；可爆量到3,000 IOPS；每秒得到的點數等於基準IOPS，磁碟區每做一次I/O用掉一點。",
                clock(start)
            ),
        ),
        evidence: vec![
            shown(EvidenceType::Metric, burst_balance(&id, balance, start)),
            shown(EvidenceType::Table, table),
        ],
        asks: vec![
            Ask::new(
                "demand",
                text("What the job asks for, in IOPS", "工作要求的IOPS"),
                number(
                    demand as f64,
                    0.5,
                    Unit::Iops,
                    vec![
                        (
                            (demand * period) as f64,
                            text(
                                "The table counts whole minutes of 60 seconds.",
                                "表中是每分鐘的總數，要除以60秒。",
                            ),
                        ),
                        (reads as f64, text("Writes count as well.", "寫入也要算。")),
                        (writes as f64, text("Reads count as well.", "讀取也要算。")),
                    ],
                ),
            ),
            Ask::new(
                "lasts",
                text(
                    format!("Seconds after {} at which the credits are gone (nearest second)", clock(start)),
                    format!("從{}起幾秒後點數用完（四捨五入到秒）", clock(start)),
                ),
                number(
                    lasts.round(),
                    1.0,
                    Unit::Seconds,
                    vec![
                        (
                            BUCKET as f64 / net as f64,
                            text(
                                format!(
                                    "The bucket is not full: {balance}% of 5.4 million are {}.",
                                    grouped(credits)
                                ),
                                format!("點數不是滿的：540萬的{balance}%是{}。", grouped(credits)),
                            ),
                        ),
                        (
                            credits as f64 / (demand - base) as f64,
                            text(
                                format!("The volume never does {demand} IOPS: a burst ends at 3,000."),
                                format!("磁碟區到不了{demand} IOPS，爆量最多3,000。"),
                            ),
                        ),
                        (
                            credits as f64 / (BURST - base) as f64,
                            text(
                                format!(
                                    "It does not go to 3,000 unless asked to: the job asks for {demand}."
                                ),
                                format!("需求沒到3,000就不會用到3,000：這個工作只要求{demand}。"),
                            ),
                        ),
                        (
                            credits as f64 / gives as f64,
                            text(
                                format!("{base} credits come in each second as well."),
                                format!("每秒還會補進{base}點。"),
                            ),
                        ),
                    ],
                ),
            ),
            Ask::new(
                "after",
                text("What the volume does after that, in IOPS", "之後磁碟區能做到的IOPS"),
                number(
                    base as f64,
                    0.0,
                    Unit::Iops,
                    vec![
                        (
                            0.0,
                            text("Without credits it still does its baseline.", "沒有點數時仍有基準效能。"),
                        ),
                        (
                            100.0,
                            text(
                                format!("100 is the least a small volume has; this one has 3 × {size}."),
                                format!("100是小磁碟區的最低值；這顆是3 × {size}。"),
                            ),
                        ),
                    ],
                ),
            ),
            Ask::new(
                "queue",
                text("How many I/Os a second then go unserved and wait", "之後每秒有多少I/O做不完而排隊"),
                number(
                    late as f64,
                    0.5,
                    Unit::PerSecond,
                    vec![(
                        (gives - base) as f64,
                        text(
                            format!("The job asks for {demand}, not for what a burst gives."),
                            format!("工作要求的是{demand}，不是爆量的值。"),
                        ),
                    )],
                ),
            ),
        ],
        steps: vec![
            text(
                format!(
                    "Demand: ({} + {}) / 60 = {demand} IOPS; the volume gives {gives} of them while it bursts.",
                    reads * period,
                    writes * period
                ),
                format!(
                    "需求：（{} + {}）/ 60 = {demand} IOPS；爆量期間磁碟區提供其中{gives}。",
                    reads * period,
                    writes * period
                ),
            ),
            text(
                format!(
                    "Credits: {balance}% of 5,400,000 = {}. They fall by {gives} − {base} = {net} a second: {} s, so until {}.",
                    grouped(credits),
                    plain(lasts, 1),
                    clock(ends)
                ),
                format!(
                    "點數：5,400,000的{balance}% = {}，每秒少{gives} − {base} = {net}：{}秒，也就是到{}。",
                    grouped(credits),
                    plain(lasts, 1),
                    clock(ends)
                ),
            ),
            text(
                format!(
                    "Then the baseline of {base} IOPS is left, and {demand} − {base} = {late} a second pile up."
                ),
                format!("之後只剩基準{base} IOPS，每秒累積{demand} − {base} = {late}個。"),
            ),
        ],
        given: json!({ "scenario": "load", "size": size, "start": clock(start) }),
    }
}

pub(super) fn repeated_job(draw: &mut Draw) -> Exercise {
    loop {
        let size: u64 = draw.int(5, 60) * 10;
        let base = baseline(size);
        let demand: u64 = draw.int(8, 45) * 100;
        let gives = demand.min(BURST);
        let busy: u64 = draw.int(4, 30) * 60;
        let cycle: u64 = *draw.pick(&[1800, 3600, 5400, 7200]);
        if gives <= base + 200 || busy * 2 > cycle {
            continue;
        }
        let net = gives - base;
        let idle = cycle - busy;
        let spent = net * busy;
        let regained = base * idle;
        // It must run dry, but not in the first run, and within two days.
        if spent <= regained || spent >= BUCKET {
            continue;
        }
        let mut balance = BUCKET;
        let mut runs = 0;
        while balance > spent && runs < 40 {
            balance = (balance - spent + regained).min(BUCKET);
            runs += 1;
        }
        // Not so close to the end of a run that rounding would tell another story.
        let into = balance as f64 / net as f64;
        if !(1..24).contains(&runs) || busy as f64 - into < 5.0 {
            continue;
        }
        let run = runs + 1;
        let hour = draw.int(0u64, 5);
        let start = hour * 3600;
        let at = start + runs * cycle + into.round() as u64;
        // The smallest volume, in steps of 10 GiB, that gives back in each pause what the run took.
        let holds = |size: u64| {
            let base = baseline(size);
            let net = gives.saturating_sub(base) * busy;
            base >= gives || net <= base * idle && net <= BUCKET
        };
        let Some(enough) = (1..=100).map(|step| step * 10).find(|size| holds(*size)) else { continue };
        let minutes = |seconds: u64| seconds / 60;
        return Exercise {
            prompt: text(
                format!(
                    "A gp2 volume of {size} GiB starts at {} with a full bucket. From then on, every {} minutes a job runs for {} minutes and asks for {} IOPS; between the runs the volume is idle. gp2: 3 IOPS per GiB, at least 100; bursts to 3,000 IOPS; a bucket of at most 5.4 million credits gains as many a second as the baseline has IOPS and loses one for each I/O. The job stops after its {} minutes, whatever it got done.",
                    clock(start),
                    minutes(cycle),
                    minutes(busy),
                    grouped(demand),
                    minutes(busy)
                ),
                format!(
                    "某個{size} GiB的gp2磁碟區在{}時點數是滿的。從那時起每{}分鐘執行一次工作，每次{}分鐘，要求{} IOPS；其餘時間閒置。gp2的規則：每GiB 3 IOPS，最少100；可爆量到3,000 IOPS；點數上限540萬，每秒得到的點數等於基準IOPS，每次I/O用掉一點。工作到{}分鐘就停，不論做了多少。",
                    clock(start),
                    minutes(cycle),
                    minutes(busy),
                    grouped(demand),
                    minutes(busy)
                ),
            ),
            evidence: Vec::new(),
            asks: vec![
                Ask::new(
                    "loses",
                    text(
                        "Credits the bucket loses over a whole run and the pause after it, while it is not empty",
                        "點數還沒用完時，一次工作加上之後的閒置，總共少幾點",
                    ),
                    number(
                        (spent - regained) as f64,
                        0.5,
                        Unit::None,
                        vec![
                            (
                                spent as f64,
                                text(
                                    format!("In the pause {base} come back each second."),
                                    format!("閒置時每秒會補回{base}點。"),
                                ),
                            ),
                            (
                                ((gives * busy) as f64 - regained as f64).max(0.0),
                                text("During the run credits come in as well.", "工作期間也會補進點數。"),
                            ),
                            (
                                ((demand.saturating_sub(base) * busy) as f64 - regained as f64).max(0.0),
                                text("A burst ends at 3,000 IOPS.", "爆量最多3,000 IOPS。"),
                            ),
                        ],
                    ),
                ),
                Ask::new(
                    "run",
                    text(
                        "The run in which the credits first run out (the first run is 1)",
                        "第幾次工作時點數會第一次用完（第一次算1）",
                    ),
                    number(
                        run as f64,
                        0.0,
                        Unit::None,
                        vec![(
                            runs as f64,
                            text(
                                "After that run there is still something left; the next one does not get to its end.",
                                "那次之後還有剩；是下一次撐不完。",
                            ),
                        )],
                    ),
                ),
                Ask::new(
                    "at",
                    text(
                        "Seconds after the start of that run at which they run out (nearest second)",
                        "那次工作開始後幾秒用完（四捨五入到秒）".to_owned(),
                    ),
                    number(
                        into.round(),
                        1.0,
                        Unit::Seconds,
                        vec![
                            (
                                balance as f64 / gives as f64,
                                text(
                                    format!("{base} credits come in each second as well."),
                                    format!("每秒還會補進{base}點。"),
                                ),
                            ),
                            (
                                BUCKET as f64 / net as f64,
                                text(
                                    format!(
                                        "The bucket is not full any more: it holds {} at the start of that run.",
                                        grouped(balance)
                                    ),
                                    format!("點數已經不是滿的：那次開始時是{}。", grouped(balance)),
                                ),
                            ),
                        ],
                    ),
                ),
                Ask::new(
                    "enough",
                    text(
                        "The smallest size in steps of 10 GiB with which the credits never run out",
                        "以10 GiB為單位，最小要多大點數才永遠不會用完",
                    ),
                    number(
                        enough as f64,
                        0.0,
                        Unit::GiB,
                        vec![(
                            (gives.div_ceil(30) * 10) as f64,
                            text(
                                "That makes the baseline as high as the demand. It is enough that each pause gives back what a run takes.",
                                "那是讓基準等於需求。其實只要每次閒置補得回一次工作用掉的就夠了。",
                            ),
                        )],
                    ),
                ),
            ],
            steps: vec![
                text(
                    format!(
                        "The volume gives {gives} IOPS, baseline {base}: a run takes {net} × {busy} = {} credits, a pause brings {base} × {idle} = {} (the bucket holds no more than 5,400,000).",
                        grouped(spent),
                        grouped(regained)
                    ),
                    format!(
                        "磁碟區提供{gives} IOPS，基準{base}：一次工作用掉{net} × {busy} = {}點，閒置補回{base} × {idle} = {}點（最多裝5,400,000）。",
                        grouped(spent),
                        grouped(regained)
                    ),
                ),
                text(
                    format!(
                        "Each cycle loses {}. After {runs} cycle{} {} credits are left, less than the {} of a run: they last {} s of run {run}, until {}.",
                        grouped(spent - regained),
                        if runs == 1 { "" } else { "s" },
                        grouped(balance),
                        grouped(spent),
                        plain(into, 1),
                        clock(at)
                    ),
                    format!(
                        "每個週期淨少{}點。{runs}個週期後剩{}點，少於一次工作要的{}：第{run}次工作撐{}秒，到{}。",
                        grouped(spent - regained),
                        grouped(balance),
                        grouped(spent),
                        plain(into, 1),
                        clock(at)
                    ),
                ),
                text(
                    format!(
                        "With {enough} GiB the baseline is {}: a run takes {} and a pause brings {}.",
                        baseline(enough),
                        grouped(gives.saturating_sub(baseline(enough)) * busy),
                        grouped(baseline(enough) * idle)
                    ),
                    format!(
                        "{enough} GiB時基準是{}：一次工作用掉{}，閒置補回{}。",
                        baseline(enough),
                        grouped(gives.saturating_sub(baseline(enough)) * busy),
                        grouped(baseline(enough) * idle)
                    ),
                ),
            ],
            given: json!({ "scenario": "repeated", "size": size, "demand": demand, "busy": busy, "cycle": cycle }),
        };
    }
}

pub(super) fn job_length(draw: &mut Draw) -> Exercise {
    loop {
        let size: u64 = draw.int(5, 50) * 10;
        let base = baseline(size);
        let millions: u64 = draw.int(6, 40);
        let total = millions * 1_000_000;
        let length = |size: u64| {
            let base = baseline(size);
            if base >= BURST {
                return total as f64 / base as f64;
            }
            let burst = BUCKET as f64 / (BURST - base) as f64;
            let done = burst * BURST as f64;
            if done >= total as f64 {
                total as f64 / BURST as f64
            } else {
                burst + (total as f64 - done) / base as f64
            }
        };
        let burst = BUCKET as f64 / (BURST - base) as f64;
        let done = burst * BURST as f64;
        if done + 500_000.0 > total as f64 {
            continue;
        }
        let takes = length(size);
        let goal = (takes * draw.int(35u64, 75) as f64 / 100.0 / 600.0).round() * 10.0;
        let offered = [size + 50, size + 100, size + 200, size + 400, 1000, 1500];
        let fits = |size: u64| length(size) <= goal * 60.0;
        let Some(right) = offered.iter().position(|size| fits(*size)) else { continue };
        // No offer so close to the goal that a second decides.
        if offered.iter().any(|size| (length(*size) - goal * 60.0).abs() < 20.0) || goal < 20.0 {
            continue;
        }
        let mut sizes = offered.to_vec();
        sizes.sort_unstable();
        sizes.dedup();
        if sizes.len() < 6 {
            continue;
        }
        let right = offered.get(right).copied().unwrap_or(size);
        let Some(right) = sizes
            .iter()
            .position(|size| *size == right)
            .filter(|index| sizes.iter().position(|size| fits(*size)) == Some(*index))
        else {
            continue;
        };
        let options = sizes
            .iter()
            .map(|size| {
                Choice::new(
                    text(format!("{} GiB", grouped(*size)), format!("{} GiB", grouped(*size))),
                    text(
                        format!(
                            "With {} GiB (baseline {}) it takes {} minutes.",
                            grouped(*size),
                            grouped(baseline(*size)),
                            plain(length(*size) / 60.0, 1)
                        ),
                        format!(
                            "{} GiB（基準{}）要{}分鐘。",
                            grouped(*size),
                            grouped(baseline(*size)),
                            plain(length(*size) / 60.0, 1)
                        ),
                    ),
                )
            })
            .collect();
        return Exercise {
            prompt: text(
                format!(
                    "A nightly job has to do {millions} million I/Os on a gp2 volume of {size} GiB and takes all IOPS it can get. The bucket is full when it starts. gp2: 3 IOPS per GiB, at least 100 and at most 16,000; a volume whose baseline is below 3,000 bursts to 3,000 IOPS; the bucket holds 5.4 million credits, gains as many a second as the baseline has IOPS and loses one for each I/O. Nothing else limits the volume."
                ),
                format!(
                    "某夜間工作要在{size} GiB的gp2磁碟區上完成{}萬次I/O，並且有多少IOPS就用多少。開始時點數是滿的。gp2的規則：每GiB 3 IOPS，最少100、最多16,000；基準低於3,000的磁碟區可爆量到3,000 IOPS；點數上限540萬，每秒得到的點數等於基準IOPS，每次I/O用掉一點。除此之外沒有其他限制。",
                    grouped(millions * 100)
                ),
            ),
            evidence: Vec::new(),
            asks: vec![
                Ask::new(
                    "burst",
                    text(
                        "I/Os done by the end of the burst, in millions (two decimals)",
                        "爆量結束時完成多少次I/O（單位：百萬次，小數兩位）",
                    ),
                    number(
                        round(done / 1e6, 3),
                        0.02,
                        Unit::None,
                        vec![(
                            BUCKET as f64 / 1e6,
                            text(
                                "The credits pay only for what is above the baseline; the rest came in meanwhile.",
                                "點數只付超過基準的部分，期間補進來的也都用掉了。",
                            ),
                        )],
                    ),
                ),
                Ask::new(
                    "takes",
                    text(
                        "Minutes the whole job takes (nearest minute)",
                        "整個工作要幾分鐘（四捨五入到分鐘）",
                    ),
                    number(
                        (takes / 60.0).round(),
                        1.0,
                        Unit::Minutes,
                        vec![
                            (
                                total as f64 / BURST as f64 / 60.0,
                                text(
                                    "The burst does not last that long: after it only the baseline is left.",
                                    "爆量撐不了那麼久，之後只剩基準。",
                                ),
                            ),
                            (
                                total as f64 / base as f64 / 60.0,
                                text(
                                    "It starts with a burst, which does the first part faster.",
                                    "一開始有爆量，前段比較快。",
                                ),
                            ),
                            (
                                (total as f64 - done) / base as f64 / 60.0,
                                text(
                                    format!("The burst itself takes {} minutes.", plain(burst / 60.0, 1)),
                                    format!("爆量本身就占{}分鐘。", plain(burst / 60.0, 1)),
                                ),
                            ),
                        ],
                    ),
                ),
                Ask::new(
                    "fits",
                    text(
                        format!(
                            "It has to be done within {goal} minutes. The smallest of these sizes that does it"
                        ),
                        format!("必須在{goal}分鐘內完成。下列最小的哪個大小做得到"),
                    ),
                    Answer::Choice { options, right },
                ),
            ],
            steps: vec![
                text(
                    format!(
                        "Baseline 3 × {size} = {base}. The burst lasts 5,400,000 / (3,000 − {base}) = {} s and does {} million I/Os.",
                        plain(burst, 1),
                        plain(done / 1e6, 2)
                    ),
                    format!(
                        "基準3 × {size} = {base}。爆量維持5,400,000 /（3,000 − {base}）= {}秒，完成{}萬次，也就是{}（單位：百萬次）。",
                        plain(burst, 1),
                        grouped((done / 1e4).round() as u64),
                        plain(done / 1e6, 2)
                    ),
                ),
                text(
                    format!(
                        "The other {} million at {base} IOPS take {} s; together {} minutes.",
                        plain((total as f64 - done) / 1e6, 2),
                        plain((total as f64 - done) / base as f64, 0),
                        plain(takes / 60.0, 1)
                    ),
                    format!(
                        "其餘{}萬次以{base} IOPS要{}秒；合計{}分鐘。",
                        grouped(((total as f64 - done) / 1e4).round() as u64),
                        plain((total as f64 - done) / base as f64, 0),
                        plain(takes / 60.0, 1)
                    ),
                ),
                text(
                    format!("For {goal} minutes: the same for each size, from the smallest up."),
                    format!("{goal}分鐘的目標：從最小的大小開始，用同樣的方法逐一計算。"),
                ),
            ],
            given: json!({ "scenario": "job", "size": size, "millions": millions, "goal": goal }),
        };
    }
}
