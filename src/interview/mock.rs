//! Mock loops: who asks what, drawn from a seed so that a loop can be repeated.
//!
//! Four to five interviewers with two or three principles each and a technical area, one of them the bar raiser, whose
//! probes are drawn by chance (syllabus 6.3). The panel the learner wrote down comes first; without one, principles go
//! round by how often support interviews ask for them.

use rand::seq::{IndexedRandom, SliceRandom};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

use super::Probe;
use crate::model::{Asked, ItemRef, Language, Manner, Mock, MockRound, ProbeAnswer};

/// What a learner wants of a loop.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct MockWish {
    /// What the loop is drawn from; the same seed, bank and panel give the same loop.
    pub seed: u32,
    /// The language of each round, 1 to 6 rounds.
    pub languages: Vec<Language>,
    /// Typed or spoken.
    pub manner: Manner,
}

/// Somebody who will interview.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sitter {
    /// A name or a role; may be empty.
    pub name: String,
    /// Ids of principles; where there are none, they are drawn.
    pub principles: Vec<String>,
    /// Whether they are the bar raiser.
    pub bar_raiser: bool,
}

/// An item that may be asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The item.
    pub item: ItemRef,
    /// Its domain, or its principle for a prompt.
    pub group: String,
    /// Depth, 1 to 4.
    pub depth: u8,
    /// Its own probes; empty for a question.
    pub probes: Vec<Probe>,
}

/// What a loop is drawn from. All lists are in an order that does not change by itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bank {
    /// Principles, most asked for first, each with how much it weighs (1 to 4).
    pub principles: Vec<(String, u32)>,
    /// Prompts by principle.
    pub prompts: Vec<Candidate>,
    /// Technical questions of the track.
    pub questions: Vec<Candidate>,
    /// Domains of the track with the depth it needs.
    pub domains: Vec<(String, u8)>,
    /// Probes for every story.
    pub probes: Vec<Probe>,
}

/// Principles of an interviewer without any of their own.
const PRINCIPLES_EACH: usize = 2;
/// Technical questions of a round, before terms lead further.
const QUESTIONS_EACH: usize = 2;
/// Minutes of a round.
const MINUTES: u32 = 30;
/// Probes after a story; the bar raiser asks more.
const PROBES: usize = 2;
const PROBES_OF_THE_BAR_RAISER: usize = 4;

/// Draws a loop. Items are not asked twice; a round whose principles have no prompt left asks only its technical part.
pub fn plan_mock(wish: &MockWish, panel: &[Sitter], bank: &Bank) -> Mock {
    let mut chance = ChaCha8Rng::seed_from_u64(u64::from(wish.seed));
    let mut principles = drawn_principles(bank, &mut chance);
    let mut areas = drawn_areas(bank, &mut chance);
    let mut used: Vec<&ItemRef> = Vec::new();
    let last = wish.languages.len().saturating_sub(1);
    let sitters: Vec<Option<&Sitter>> = sitters(panel, wish.languages.len(), &mut chance);
    let mut rounds = Vec::new();
    for (place, (language, sitter)) in wish.languages.iter().zip(sitters).enumerate() {
        // Without a panel the last but one round is the bar raiser's; a loop of one round has none.
        let bar_raiser = sitter.map_or(last > 0 && place == last - 1, |sitter| sitter.bar_raiser);
        let own = sitter.map(|sitter| sitter.principles.clone()).filter(|own| !own.is_empty());
        let own = own.unwrap_or_else(|| next(&mut principles, PRINCIPLES_EACH));
        let mut questions = Vec::new();
        for principle in &own {
            let open: Vec<&Candidate> = bank
                .prompts
                .iter()
                .filter(|prompt| prompt.group == *principle && !used.contains(&&prompt.item))
                .collect();
            let Some(prompt) = open.choose(&mut chance) else { continue };
            used.push(&prompt.item);
            questions.push(Asked {
                item: prompt.item.clone(),
                term: None,
                probes: probes(prompt, bank, bar_raiser, &mut chance),
                answer: None,
            });
        }
        // The bar raiser comes from outside the team and asks nothing technical.
        let area = if bar_raiser { None } else { next(&mut areas, 1).pop() };
        if let Some(area) = &area {
            let mut open: Vec<&Candidate> = bank
                .questions
                .iter()
                .filter(|question| question.group == *area && !used.contains(&&question.item))
                .collect();
            open.shuffle(&mut chance);
            open.truncate(QUESTIONS_EACH);
            // Easier first, as interviewers do.
            open.sort_by_key(|question| question.depth);
            used.extend(open.iter().map(|question| &question.item));
            let asked = |question: &&Candidate| Asked {
                item: question.item.clone(),
                term: None,
                probes: Vec::new(),
                answer: None,
            };
            questions.extend(open.iter().map(asked));
        }
        rounds.push(MockRound {
            interviewer: sitter.map(|sitter| sitter.name.clone()).unwrap_or_default(),
            bar_raiser,
            language: *language,
            principles: own,
            area: area.unwrap_or_default(),
            minutes: MINUTES,
            questions,
            scored: false,
        });
    }
    Mock { manner: wish.manner, rounds, own_questions: String::new() }
}

/// Who sits in which round: the panel in its order; with fewer rounds than people the bar raiser stays, with more the
/// further rounds have nobody's name.
fn sitters<'a>(panel: &'a [Sitter], rounds: usize, chance: &mut ChaCha8Rng) -> Vec<Option<&'a Sitter>> {
    let mut chosen: Vec<usize> = (0..panel.len()).collect();
    while chosen.len() > rounds {
        let others: Vec<usize> = (0..chosen.len())
            .filter(|place| !panel.get(chosen[*place]).is_some_and(|one| one.bar_raiser))
            .collect();
        match others.choose(chance) {
            Some(place) => chosen.remove(*place),
            None => chosen.remove(0),
        };
    }
    let mut found: Vec<Option<&Sitter>> = chosen.into_iter().map(|place| panel.get(place)).collect();
    found.resize(rounds, None);
    found
}

/// Principles in a drawn order in which heavier ones tend to come first (Efraimidis and Spirakis 2006: sampling without
/// replacement by the keys `u^(1/weight)`).
fn drawn_principles(bank: &Bank, chance: &mut ChaCha8Rng) -> Vec<String> {
    let mut keyed: Vec<(f64, &String)> = bank
        .principles
        .iter()
        .map(|(id, weight)| (libm::pow(chance.random::<f64>(), 1.0 / f64::from((*weight).max(1))), id))
        .collect();
    keyed.sort_by(|a, b| b.0.total_cmp(&a.0));
    keyed.into_iter().map(|(_, id)| id.clone()).collect()
}

/// Domains the track needs, deeper ones first, equals in a drawn order.
fn drawn_areas(bank: &Bank, chance: &mut ChaCha8Rng) -> Vec<String> {
    let mut areas: Vec<&(String, u8)> = bank
        .domains
        .iter()
        .filter(|(domain, _)| bank.questions.iter().any(|question| question.group == *domain))
        .collect();
    areas.shuffle(chance);
    areas.sort_by_key(|(_, depth)| std::cmp::Reverse(*depth));
    areas.into_iter().map(|(domain, _)| domain.clone()).collect()
}

/// The next of a list that goes round.
fn next(list: &mut [String], wanted: usize) -> Vec<String> {
    let wanted = wanted.min(list.len());
    let taken = list[..wanted].to_vec();
    list.rotate_left(wanted);
    taken
}

fn probes(prompt: &Candidate, bank: &Bank, bar_raiser: bool, chance: &mut ChaCha8Rng) -> Vec<ProbeAnswer> {
    let wanted = if bar_raiser { PROBES_OF_THE_BAR_RAISER } else { PROBES };
    let mut all: Vec<&Probe> = prompt.probes.iter().collect();
    if bar_raiser {
        all.extend(&bank.probes);
    }
    all.shuffle(chance);
    all.truncate(wanted);
    let asked = |probe: &Probe| ProbeAnswer {
        text: probe.text.clone(),
        about: probe.about.clone(),
        ..ProbeAnswer::default()
    };
    all.into_iter().map(asked).collect()
}

/// Terms of an answer that lead to a question: those of `terms` that stand in the words, in the order in which they were
/// said. English terms count as whole words.
pub fn next_terms<'a>(
    words: &str,
    terms: impl IntoIterator<Item = (&'a str, &'a ItemRef)>,
) -> Vec<(&'a str, &'a ItemRef)> {
    let text = words.to_lowercase();
    let is_latin = |letter: Option<char>| letter.is_some_and(|letter| letter.is_ascii_alphanumeric());
    let mut found: Vec<(usize, &str, &ItemRef)> = Vec::new();
    for (term, item) in terms {
        let wanted = term.to_lowercase();
        if wanted.is_empty() {
            continue;
        }
        let whole = |at: &usize| {
            let before = text.get(..*at).and_then(|text| text.chars().next_back());
            let after = text.get(at + wanted.len()..).and_then(|text| text.chars().next());
            !(is_latin(wanted.chars().next()) && is_latin(before)
                || is_latin(wanted.chars().next_back()) && is_latin(after))
        };
        if let Some(at) = text.match_indices(&wanted).map(|(at, _)| at).find(whole) {
            found.push((at, term, item));
        }
    }
    found.sort_by_key(|(at, term, _)| (*at, std::cmp::Reverse(term.len())));
    found.into_iter().map(|(_, term, item)| (term, item)).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::model::Text;

    fn bank() -> Bank {
        let text = |name: &str| Text { en: name.to_owned(), zh_tw: name.to_owned(), zh_cn: None };
        let probe = |name: &str| Probe { text: text(name), about: None };
        let principles: Vec<(String, u32)> =
            (0..16).map(|n| (format!("p{n:02}"), if n < 7 { 4 } else { 1 })).collect();
        let prompts = principles.iter().flat_map(|(principle, _)| {
            (0..3).map(move |n| Candidate {
                item: ItemRef::prompt(&format!("{principle}/{n}")),
                group: principle.clone(),
                depth: 1,
                probes: vec![probe("a"), probe("b"), probe("c")],
            })
        });
        let domains: Vec<(String, u8)> = [("linux", 2), ("networking", 2), ("database", 1), ("bigdata", 0)]
            .map(|(domain, depth)| (domain.to_owned(), depth))
            .to_vec();
        let questions = ["linux", "networking", "database"].into_iter().flat_map(|domain| {
            (0..6).map(move |n| Candidate {
                item: ItemRef::question(&format!("{domain}/t/{n}")),
                group: domain.to_owned(),
                depth: 1 + n % 2,
                probes: Vec::new(),
            })
        });
        Bank {
            prompts: prompts.collect(),
            questions: questions.collect(),
            principles,
            domains,
            probes: (0..8).map(|n| probe(&format!("common {n}"))).collect(),
        }
    }

    fn wish(seed: u32, rounds: usize) -> MockWish {
        MockWish { seed, languages: vec![Language::En; rounds], manner: Manner::Typed }
    }

    #[test]
    fn a_seed_gives_the_same_loop_and_another_seed_another() {
        let bank = bank();
        assert_eq!(plan_mock(&wish(7, 5), &[], &bank), plan_mock(&wish(7, 5), &[], &bank));
        assert_ne!(plan_mock(&wish(7, 5), &[], &bank), plan_mock(&wish(8, 5), &[], &bank));
    }

    #[test]
    fn nothing_is_asked_twice_and_one_round_is_the_bar_raisers() {
        let bank = bank();
        for seed in 0..200 {
            let mock = plan_mock(&wish(seed, 5), &[], &bank);
            let asked: Vec<_> =
                mock.rounds.iter().flat_map(|round| &round.questions).map(|asked| &asked.item).collect();
            assert_eq!(asked.iter().collect::<BTreeSet<_>>().len(), asked.len(), "seed {seed}");
            assert_eq!(mock.rounds.iter().filter(|round| round.bar_raiser).count(), 1);
            let principles: Vec<_> = mock.rounds.iter().flat_map(|round| &round.principles).collect();
            assert_eq!(principles.iter().collect::<BTreeSet<_>>().len(), 10, "no principle comes twice");
            for round in &mock.rounds {
                assert_eq!(round.bar_raiser, round.area.is_empty());
                let first = round.questions.first().map(|asked| asked.probes.len());
                assert_eq!(first, Some(if round.bar_raiser { 4 } else { 2 }));
            }
        }
    }

    #[test]
    fn the_panel_is_followed_and_keeps_its_bar_raiser() {
        let sitter = |name: &str, principles: &[&str], bar_raiser| Sitter {
            name: name.to_owned(),
            principles: principles.iter().map(|id| (*id).to_owned()).collect(),
            bar_raiser,
        };
        let panel =
            [sitter("Ann", &["p03", "p12"], false), sitter("Bo", &[], false), sitter("Cy", &["p01"], true)];
        let mock = plan_mock(&wish(1, 2), &panel, &bank());
        assert_eq!(mock.rounds.len(), 2);
        assert_eq!(
            mock.rounds.iter().filter(|round| round.interviewer == "Cy" && round.bar_raiser).count(),
            1
        );
        let mock = plan_mock(&wish(1, 4), &panel, &bank());
        assert_eq!(mock.rounds[0].principles, ["p03", "p12"]);
        assert_eq!(mock.rounds[1].principles.len(), 2, "drawn where the panel says nothing");
        assert_eq!(mock.rounds[3].interviewer, "");
    }

    #[test]
    fn an_empty_bank_gives_rounds_without_questions() {
        let mock = plan_mock(&wish(1, 3), &[], &Bank::default());
        assert!(mock.rounds.iter().all(|round| round.questions.is_empty()));
        assert!(plan_mock(&wish(1, 0), &[], &bank()).rounds.is_empty());
    }

    #[test]
    fn terms_are_found_as_words_in_the_order_said() {
        let [nat, dns, ttl] = ["a/b/nat", "a/b/dns", "a/b/ttl"].map(ItemRef::question);
        let terms = [("NAT", &nat), ("DNS", &dns), ("TTL", &ttl)];
        let names = |words: &str| -> Vec<&str> {
            next_terms(words, terms).into_iter().map(|(term, _)| term).collect()
        };
        assert_eq!(names("The dns name points to a NAT gateway"), ["DNS", "NAT"]);
        assert_eq!(names("A native signature"), Vec::<&str>::new());
        assert_eq!(names("先看DNS的TTL"), ["DNS", "TTL"]);
    }
}
