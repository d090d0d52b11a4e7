use super::*;

fn figure(scene: Scene) -> Figure {
    Figure {
        id: "x".to_owned(),
        title: "A <title> & more".to_owned(),
        says: "What it says.".to_owned(),
        note: String::new(),
        scene: Some(scene),
        table: Table::default(),
    }
}

/// Every sort of chart, with nothing, one and many values in it.
fn every() -> Vec<Scene> {
    let mut scenes = Vec::new();
    for count in [0, 1, 7, 400] {
        let day =
            |value: usize| Day { value: value as f64, mark: "十一月".to_owned(), title: "t".to_owned() };
        let days: Vec<Day> = (0..count).map(day).collect();
        scenes.push(columns(&days));
        scenes.push(calendar(3, &days));
        let across_ = |value: usize| Across {
            name: "Networking and a very long name that does not fit".to_owned(),
            value: value as f64,
            words: "3 h 20 min".to_owned(),
        };
        scenes.push(across(&(0..count).map(across_).collect::<Vec<_>>()));
        let cell = |share: f64| Some(Heat { share, words: "50%".to_owned(), title: String::new() });
        let cells = vec![cell(0.0), None, cell(0.5), cell(1.0)];
        let row = HeatRow { name: "DNS".to_owned(), cells, leads: false };
        let names: Vec<String> = (1..=4).map(|depth| format!("depth {depth}")).collect();
        scenes.push(heat(&names, &vec![row; count]));
        let rate = Rate {
            name: "8 to 14 days".to_owned(),
            share: Some(0.9),
            range: (0.8, 0.95),
            words: "90%".to_owned(),
            other: Some(0.4),
        };
        scenes.push(rates(&vec![rate; count], 0.5, Some(0.9)));
        let pair = Pair { expected: 0.9, found: 0.8, count: 4, title: String::new() };
        scenes.push(diagonal(&vec![pair; count], ["expected", "found"]));
        let points =
            (0..count as u32).map(|place| (place, f64::from(place) / 400.0, String::new())).collect();
        let trend = Trend { name: "pass rate".to_owned(), points };
        scenes.push(trends(&[trend.clone(), trend], (0.0, 1.0), count as u32, &[(0, "2026-01".to_owned())]));
    }
    scenes
}

#[test]
fn nothing_is_drawn_outside_the_picture_and_every_number_is_one() {
    for scene in every() {
        let inside =
            |x: f32, y: f32| (-0.5..=WIDTH + 0.5).contains(&x) && (-0.5..=scene.height + 0.5).contains(&y);
        for mark in &scene.marks {
            let fits = match mark {
                ChartMark::Rect { x, y, width, height, .. } => {
                    *width >= 0.0 && *height >= 0.0 && inside(*x, *y) && inside(x + width, y + height)
                }
                ChartMark::Line { points, .. } => points.iter().all(|(x, y)| inside(*x, *y)),
                ChartMark::Dot { x, y, .. } => inside(*x, *y),
                ChartMark::Label { x, y, text, anchor, .. } => {
                    let width = text::width(text);
                    let (left, right) = match anchor {
                        Anchor::Start => (*x, x + width),
                        Anchor::Middle => (x - width / 2.0, x + width / 2.0),
                        Anchor::End => (x - width, *x),
                    };
                    inside(left.max(0.0), *y) && left > -8.0 && right < WIDTH + 8.0
                }
            };
            assert!(fits, "{mark:?} in {} x {}", scene.width, scene.height);
        }
    }
}

#[test]
fn a_written_chart_is_well_formed_and_says_what_it_shows() {
    for scene in every() {
        let written = svg(&figure(scene));
        assert!(written.starts_with("<svg xmlns=") && written.ends_with("</svg>"));
        assert!(written.contains("<title>A &lt;title&gt; &amp; more</title>"), "{written:.300}");
        assert!(written.contains("<desc>What it says.</desc>"));
        assert!(!written.contains("NaN") && !written.contains("inf"));
        assert!(
            !written.contains("style=") && !written.contains("<script"),
            "the window's policy forbids both"
        );
    }
}

#[test]
fn cells_of_a_table_are_quoted_and_no_formulas() {
    let mut table = Table::new(&["Domain", "#Answers"]);
    table.rows.push(vec!["Linux, \"core\"".to_owned(), "-12".to_owned()]);
    table.rows.push(vec!["=HYPERLINK(1)".to_owned(), "3".to_owned()]);
    let written = csv(&table);
    assert_eq!(written, "\u{feff}Domain,Answers\r\n\"Linux, \"\"core\"\"\",-12\r\n'=HYPERLINK(1),3\r\n");
    assert!(table.columns[1].figures && !table.columns[0].figures);
}
