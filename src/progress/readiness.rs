//! Ready for what, and what not yet: recall now against what the role track needs.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Items of a topic at a depth.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Cell {
    /// The domain's id.
    pub domain: String,
    /// The topic's id within it.
    pub topic: String,
    /// 1 to 4.
    pub depth: u8,
    /// Items of the track.
    pub items: u32,
    /// Of them practised at least once.
    pub seen: u32,
    /// Recall now, added up over its items; 0 for each that was never practised.
    pub recall: f64,
}

impl Cell {
    /// The share that could be recalled now, 0 to 1.
    pub fn strength(&self) -> f64 {
        if self.items == 0 { 0.0 } else { self.recall / f64::from(self.items) }
    }
}

/// How ready a domain is.
#[derive(Clone, Debug, PartialEq)]
pub struct DomainReadiness {
    /// The domain's id.
    pub domain: String,
    /// The deepest that the track needs.
    pub needed: u8,
    /// Every depth up to here is known as well as the goal asks; 0: not even the first.
    pub ready: u8,
    /// The share of its items that could be recalled now.
    pub strength: f64,
    /// Items of the track.
    pub items: u64,
}

/// What a learner is ready for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Readiness {
    /// The share of the track that could be recalled now.
    pub strength: f64,
    /// By domain, in the order of the cells.
    pub domains: Vec<DomainReadiness>,
    /// Topics under the goal, what lacks most first: domain, topic, items that lack, strength.
    pub not_yet: Vec<(String, String, f64, f64)>,
}

/// Reads the cells of a track against a goal, 0 to 1.
pub fn readiness(cells: &[Cell], goal: f64) -> Readiness {
    let mut order: Vec<&str> = Vec::new();
    let mut domains: BTreeMap<&str, BTreeMap<u8, (f64, u64)>> = BTreeMap::new();
    let mut topics: Vec<((&str, &str), f64, u64)> = Vec::new();
    for cell in cells {
        if !order.contains(&cell.domain.as_str()) {
            order.push(&cell.domain);
        }
        let depth = domains.entry(&cell.domain).or_default().entry(cell.depth).or_default();
        depth.0 += cell.recall;
        depth.1 += u64::from(cell.items);
        let name = (cell.domain.as_str(), cell.topic.as_str());
        match topics.iter_mut().find(|(known, ..)| *known == name) {
            Some((_, recall, items)) => {
                *recall += cell.recall;
                *items += u64::from(cell.items);
            }
            None => topics.push((name, cell.recall, cell.items.into())),
        }
    }
    let of = |recall: f64, items: u64| if items == 0 { 0.0 } else { recall / items as f64 };
    let domain = |id: &&str| {
        let depths = domains.get(*id)?;
        let (recall, items) =
            depths.values().fold((0.0, 0), |sum, (recall, items)| (sum.0 + recall, sum.1 + items));
        let known = depths.iter().take_while(|(_, (recall, items))| of(*recall, *items) >= goal);
        Some(DomainReadiness {
            domain: (*id).to_owned(),
            needed: depths.keys().last().copied().unwrap_or(0),
            ready: known.last().map_or(0, |(depth, _)| *depth),
            strength: of(recall, items),
            items,
        })
    };
    let mut not_yet: Vec<_> = topics
        .iter()
        .filter(|(_, recall, items)| of(*recall, *items) < goal)
        .map(|((domain, topic), recall, items)| {
            let lacks = *items as f64 * goal - recall;
            ((*domain).to_owned(), (*topic).to_owned(), lacks, of(*recall, *items))
        })
        .collect();
    not_yet.sort_by(|a, b| b.2.total_cmp(&a.2));
    let (recall, items) =
        cells.iter().fold((0.0, 0), |sum, cell| (sum.0 + cell.recall, sum.1 + u64::from(cell.items)));
    Readiness { strength: of(recall, items), domains: order.iter().filter_map(domain).collect(), not_yet }
}
