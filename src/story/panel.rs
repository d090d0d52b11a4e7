//! Who hears which story: the assignment that first answers the most questions, then repeats the fewest stories, then
//! fits best.
//!
//! It is a flow of least cost: each question (an interviewer's principle) sends one unit through the pair of interviewer
//! and story (once: nobody hears the same story twice) to the story, whose first telling is free and whose every further
//! one costs more than all fits together. The largest flow of least cost, found by successive shortest paths, is optimal
//! in that order (Ahuja, Magnanti, Orlin: Network Flows, 1993, section 9.7).

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::model::{Story, StoryId, Strength};

/// Somebody on the panel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Interviewer {
    /// A name or a role; may be empty.
    pub name: String,
    /// Ids of the principles they ask about, usually two or three.
    pub principles: Vec<String>,
    /// Whether they are the bar raiser: from outside the team, with the last word.
    pub bar_raiser: bool,
}

/// A question of the panel and the story that answers it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Seat {
    /// The interviewer's place on the panel, from 0.
    pub interviewer: usize,
    /// The principle's id.
    pub principle: String,
    /// The story; none where there is none to tell.
    pub story: Option<StoryId>,
    /// How strongly it shows the principle.
    pub strength: Option<Strength>,
    /// Whether another interviewer hears it, too.
    pub repeated: bool,
}

/// Who hears which story.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct PanelPlan {
    /// Every question, by interviewer, in the order given.
    pub seats: Vec<Seat>,
    /// Questions that have a story.
    pub answered: u32,
    /// Tellings beyond the first of a story.
    pub repeats: u32,
    /// Sum of the strengths, 1 (weak) to 3 (strong) each.
    pub fit: u32,
    /// Principles asked for that no story shows, by id.
    pub without_story: Vec<String>,
    /// Stories that would be told more than twice: interviewers compare notes.
    pub told_too_often: Vec<StoryId>,
}

/// An edge of the network and, next to it in the list, its reverse.
struct Edge {
    to: usize,
    room: u32,
    cost: i64,
}

#[derive(Default)]
struct Network {
    edges: Vec<Edge>,
    from: Vec<Vec<usize>>,
}

impl Network {
    fn node(&mut self) -> usize {
        self.from.push(Vec::new());
        self.from.len() - 1
    }

    /// Adds an edge and gives its place.
    fn edge(&mut self, from: usize, to: usize, room: u32, cost: i64) -> usize {
        let place = self.edges.len();
        self.edges.push(Edge { to, room, cost });
        self.edges.push(Edge { to: from, room: 0, cost: -cost });
        self.from[from].push(place);
        self.from[to].push(place + 1);
        place
    }

    /// Sends as much as fits, at the least cost. Costs may be negative, cycles of negative cost never arise.
    fn fill(&mut self, source: usize, sink: usize) {
        loop {
            // Bellman and Ford's shortest paths; `by` is the edge that reached a node.
            let mut cost = vec![i64::MAX; self.from.len()];
            let mut by = vec![usize::MAX; self.from.len()];
            cost[source] = 0;
            let mut changed = true;
            while changed {
                changed = false;
                for node in 0..self.from.len() {
                    if cost[node] == i64::MAX {
                        continue;
                    }
                    for &place in &self.from[node] {
                        let edge = &self.edges[place];
                        if edge.room > 0 && cost[node] + edge.cost < cost[edge.to] {
                            cost[edge.to] = cost[node] + edge.cost;
                            by[edge.to] = place;
                            changed = true;
                        }
                    }
                }
            }
            if cost[sink] == i64::MAX {
                return;
            }
            let mut node = sink;
            while node != source {
                let place = by[node];
                self.edges[place].room -= 1;
                self.edges[place ^ 1].room += 1;
                node = self.edges[place ^ 1].to;
            }
        }
    }
}

/// Plans a panel: see the top of this file. A principle named twice by one interviewer counts once.
pub fn plan_panel(panel: &[Interviewer], stories: &[(StoryId, Story)]) -> PanelPlan {
    let mut seats = Vec::new();
    for (interviewer, person) in panel.iter().enumerate() {
        let mut seen = BTreeSet::new();
        for principle in person.principles.iter().filter(|principle| seen.insert(*principle)) {
            seats.push((interviewer, principle));
        }
    }
    // More than all fits together, so that one repeat less is worth any loss of fit.
    let repeat = 3 * seats.len() as i64 + 1;
    let mut network = Network::default();
    let (source, sink) = (network.node(), network.node());
    let mut pairs: BTreeMap<(usize, usize), usize> = BTreeMap::new();
    let tellers: Vec<usize> = stories
        .iter()
        .map(|_| {
            let node = network.node();
            network.edge(node, sink, 1, 0);
            network.edge(node, sink, seats.len() as u32, repeat);
            node
        })
        .collect();
    let mut choices = Vec::new();
    for (seat, (interviewer, principle)) in seats.iter().enumerate() {
        let asked = network.node();
        network.edge(source, asked, 1, 0);
        for (story, (_, body)) in stories.iter().enumerate() {
            let Some(strength) = body.principles.get(*principle) else { continue };
            let pair = *pairs.entry((*interviewer, story)).or_insert_with(|| {
                let node = network.node();
                network.edge(node, tellers[story], 1, 0);
                node
            });
            choices.push((
                seat,
                story,
                *strength,
                network.edge(asked, pair, 1, -i64::from(strength.number())),
            ));
        }
    }
    network.fill(source, sink);

    let mut told: BTreeMap<&StoryId, u32> = BTreeMap::new();
    let mut plan = PanelPlan::default();
    for (seat, (interviewer, principle)) in seats.iter().enumerate() {
        let chosen = choices.iter().find(|(of, _, _, edge)| *of == seat && network.edges[*edge].room == 0);
        let story = chosen.map(|(_, story, ..)| &stories[*story].0);
        let strength = chosen.map(|(_, _, strength, _)| *strength);
        if let (Some(story), Some(strength)) = (story, strength) {
            *told.entry(story).or_default() += 1;
            plan.answered += 1;
            plan.fit += u32::from(strength.number());
        }
        plan.seats.push(Seat {
            interviewer: *interviewer,
            principle: (*principle).clone(),
            story: story.cloned(),
            strength,
            repeated: false,
        });
    }
    for seat in &mut plan.seats {
        seat.repeated =
            seat.story.as_ref().is_some_and(|story| told.get(story).is_some_and(|times| *times > 1));
    }
    plan.repeats = told.values().map(|times| times - 1).sum();
    plan.told_too_often =
        told.iter().filter(|(_, times)| **times > 2).map(|(story, _)| (*story).clone()).collect();
    let shown = |principle: &str| stories.iter().any(|(_, story)| story.principles.contains_key(principle));
    let missing: BTreeSet<&String> =
        seats.iter().map(|(_, principle)| *principle).filter(|id| !shown(id)).collect();
    plan.without_story = missing.into_iter().cloned().collect();
    plan
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const STRENGTHS: [Strength; 3] = [Strength::Weak, Strength::Clear, Strength::Strong];

    fn story(name: usize, fits: &[u8]) -> (StoryId, Story) {
        let mut story = Story::default();
        for (principle, fit) in fits.iter().enumerate() {
            if let Some(strength) = fit.checked_sub(1).and_then(|index| STRENGTHS.get(usize::from(index))) {
                story.principles.insert(format!("p{principle}"), *strength);
            }
        }
        (StoryId(format!("s{name}")), story)
    }

    fn person(principles: &[u8]) -> Interviewer {
        let principles = principles.iter().map(|principle| format!("p{principle}")).collect();
        Interviewer { name: String::new(), principles, bar_raiser: false }
    }

    /// The best (answered, fewest repeats, fit) by trying every assignment.
    fn best(panel: &[Interviewer], stories: &[(StoryId, Story)]) -> (u32, std::cmp::Reverse<u32>, u32) {
        fn go(
            seats: &[(usize, &String)],
            stories: &[(StoryId, Story)],
            heard: &mut Vec<(usize, usize)>,
            fit: u32,
        ) -> (u32, std::cmp::Reverse<u32>, u32) {
            let Some(((interviewer, principle), rest)) = seats.split_first() else {
                let distinct: BTreeSet<usize> = heard.iter().map(|(_, story)| *story).collect();
                let repeats = heard.len() - distinct.len();
                return (heard.len() as u32, std::cmp::Reverse(repeats as u32), fit);
            };
            let mut best = go(rest, stories, heard, fit);
            for (index, (_, story)) in stories.iter().enumerate() {
                let Some(strength) = story.principles.get(*principle) else { continue };
                if heard.contains(&(*interviewer, index)) {
                    continue;
                }
                heard.push((*interviewer, index));
                best = best.max(go(rest, stories, heard, fit + u32::from(strength.number())));
                heard.pop();
            }
            best
        }
        let mut seats = Vec::new();
        for (interviewer, person) in panel.iter().enumerate() {
            let distinct: BTreeSet<&String> = person.principles.iter().collect();
            seats.extend(distinct.into_iter().map(|principle| (interviewer, principle)));
        }
        go(&seats, stories, &mut Vec::new(), 0)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(400))]
        #[test]
        fn a_panel_is_planned_as_well_as_by_trying_everything(
            principles in prop::collection::vec(prop::collection::vec(0_u8..5, 1..=2), 1..=3),
            fits in prop::collection::vec(prop::collection::vec(0_u8..=3, 5), 0..=5),
        ) {
            let panel: Vec<_> = principles.iter().map(|list| person(list)).collect();
            let stories: Vec<_> = fits.iter().enumerate().map(|(name, fits)| story(name, fits)).collect();
            let plan = plan_panel(&panel, &stories);
            prop_assert_eq!((plan.answered, std::cmp::Reverse(plan.repeats), plan.fit), best(&panel, &stories));
            // What is said of the plan is what the seats say.
            let told: Vec<_> = plan.seats.iter().filter_map(|seat| Some((seat.interviewer, seat.story.as_ref()?))).collect();
            let pairs: BTreeSet<_> = told.iter().collect();
            prop_assert_eq!(pairs.len(), told.len(), "nobody hears the same story twice");
        }
    }

    #[test]
    fn coverage_goes_before_reuse_and_reuse_before_fit() {
        // s0 shows both strongly; s1 shows p1 weakly: two stories are better than a better fit.
        let panel = [person(&[0]), person(&[1])];
        let plan = plan_panel(&panel, &[story(0, &[3, 3]), story(1, &[0, 1])]);
        assert_eq!((plan.answered, plan.repeats, plan.fit), (2, 0, 4));
        // Without s1 the one story is told twice rather than a question left open.
        let plan = plan_panel(&panel, &[story(0, &[3, 3])]);
        assert_eq!((plan.answered, plan.repeats), (2, 1));
        assert!(plan.seats.iter().all(|seat| seat.repeated));
        // The same interviewer does not hear it twice.
        let plan = plan_panel(&[person(&[0, 1])], &[story(0, &[3, 3])]);
        assert_eq!(plan.answered, 1);
    }

    #[test]
    fn what_is_missing_is_named() {
        let panel = [person(&[0, 2]), person(&[0]), person(&[0])];
        let plan = plan_panel(&panel, &[story(0, &[2])]);
        assert_eq!(plan.without_story, ["p2"]);
        assert_eq!(plan.told_too_often, [StoryId("s0".to_owned())]);
        assert_eq!(plan_panel(&[], &[story(0, &[2])]), PanelPlan::default());
        assert_eq!(plan_panel(&panel, &[]).answered, 0);
    }
}
