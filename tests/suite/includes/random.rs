//! Includes of random depth, filter, order, limit and offset over random data, beside a plain model of it in memory. The same on every run.

use std::cmp::Ordering;

use orm_core::prelude::*;
use orm_core::relation::Related;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use tests::{Fixture, Outcome};

use crate::{cases, check_eq};

cases![includes_give_what_a_plain_model_gives];

#[derive(Model, Debug, Clone, PartialEq)]
#[model(has_many(leaves: Leaf), has_many(children: Node, foreign_key = parent_id))]
struct Node {
    id: u64,
    size: i32,
    #[model(belongs_to = Node)]
    parent_id: Option<u64>,
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Leaf {
    id: u64,
    colour: Option<i32>,
    #[model(belongs_to = Node)]
    node_id: u64,
}

/// What is asked of one level.
#[derive(Debug, Clone)]
struct Level {
    /// Only sizes and colours of at least this.
    least: Option<i32>,
    /// 0: none; 1: upwards; 2: downwards.
    order: u8,
    limit: Option<u64>,
    offset: Option<u64>,
    required: bool,
}

fn level() -> impl Strategy<Value = Level> {
    (
        prop::option::of(0..6_i32),
        0..3_u8,
        prop::option::weighted(0.4, 0..4_u64),
        prop::option::weighted(0.3, 0..3_u64),
        prop::bool::weighted(0.2),
    )
        .prop_map(|(least, order, limit, offset, required)| Level {
            least,
            order,
            limit,
            offset,
            required,
        })
}

/// Everything that a run is made of.
#[derive(Debug, Clone)]
struct Run {
    /// Of each node its size and, counted backwards, its parent.
    nodes: Vec<(i32, Option<usize>)>,
    /// Of each leaf its colour and its node.
    leaves: Vec<(Option<i32>, usize)>,
    questions: Vec<[Level; 3]>,
}

fn run() -> impl Strategy<Value = Run> {
    (
        prop::collection::vec((0..6_i32, prop::option::of(1..5_usize)), 1..30),
        prop::collection::vec((prop::option::of(0..6_i32), 0..30_usize), 0..60),
        prop::collection::vec([level(), level(), level()], 6),
    )
        .prop_map(|(nodes, leaves, questions)| Run { nodes, leaves, questions })
}

/// The rows of one owner, or of the query: filtered, ordered by this, then by key, and cut.
fn chosen<T: Clone>(
    rows: impl Iterator<Item = T>,
    level: &Level,
    value: impl Fn(&T) -> Option<i32>,
    key: impl Fn(&T) -> u64,
) -> Vec<T> {
    // A comparison with NULL is not true.
    let mut rows: Vec<T> =
        rows.filter(|row| level.least.is_none_or(|least| value(row).is_some_and(|it| it >= least))).collect();
    rows.sort_by(|one, other| {
        // NULLs are the smallest on all three databases.
        let by_value = value(one).cmp(&value(other));
        match level.order {
            0 => Ordering::Equal,
            1 => by_value,
            _ => by_value.reverse(),
        }
        .then(key(one).cmp(&key(other)))
    });
    let offset = usize::try_from(level.offset.unwrap_or(0)).unwrap_or(0);
    let limit = level.limit.map_or(usize::MAX, |limit| usize::try_from(limit).unwrap_or(0));
    rows.into_iter().skip(offset).take(limit).collect()
}

type Children = Related<Node, Node, Node, orm_core::model::Many>;
type Leaves = Related<Node, Leaf, Leaf, orm_core::model::Many>;

fn leaves_of(level: &Level) -> Leaves {
    let mut leaves = Node::LEAVES.filter(Expr::all(level.least.map(|least| Leaf::COLOUR.ge(least))));
    match level.order {
        0 => {}
        1 => leaves = leaves.order_by(Leaf::COLOUR),
        _ => leaves = leaves.order_by(Leaf::COLOUR.desc()),
    }
    if let Some(limit) = level.limit {
        leaves = leaves.limit(limit);
    }
    if let Some(offset) = level.offset {
        leaves = leaves.offset(offset);
    }
    if level.required { leaves.required() } else { leaves }
}

fn children_of(level: &Level) -> Children {
    let mut children = Node::CHILDREN.filter(Expr::all(level.least.map(|least| Node::SIZE.ge(least))));
    match level.order {
        0 => {}
        1 => children = children.order_by(Node::SIZE),
        _ => children = children.order_by(Node::SIZE.desc()),
    }
    if let Some(limit) = level.limit {
        children = children.limit(limit);
    }
    if let Some(offset) = level.offset {
        children = children.offset(offset);
    }
    if level.required { children.required() } else { children }
}

struct Memory {
    nodes: Vec<Node>,
    leaves: Vec<Leaf>,
}

impl Memory {
    fn leaves(&self, node: &Node, level: &Level) -> Vec<Leaf> {
        let own = self.leaves.iter().filter(|leaf| leaf.node_id == node.id).cloned();
        chosen(own, level, |leaf| leaf.colour, |leaf| leaf.id)
    }

    fn has_leaves(&self, node: &Node, level: &Level) -> bool {
        // Whether there is any does not depend on a limit.
        !level.required
            || !self.leaves(node, &Level { limit: None, offset: None, ..level.clone() }).is_empty()
    }

    /// The children of a node with their leaves.
    fn children(&self, node: &Node, level: &Level, below: &Level) -> Vec<(Node, Vec<Leaf>)> {
        let own = self.nodes.iter().filter(|child| child.parent_id == Some(node.id));
        let own = own.filter(|child| self.has_leaves(child, below)).cloned();
        chosen(own, level, |child| Some(child.size), |child| child.id)
            .into_iter()
            .map(|child| (child.clone(), self.leaves(&child, below)))
            .collect()
    }

    fn has_children(&self, node: &Node, level: &Level, below: &Level) -> bool {
        !level.required
            || !self.children(node, &Level { limit: None, offset: None, ..level.clone() }, below).is_empty()
    }
}

async fn includes_give_what_a_plain_model_gives(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    let mut runner = TestRunner::deterministic();
    for _ in 0..12 {
        let run = run().new_tree(&mut runner).map_err(|reason| reason.to_string())?.current();
        db.sync_force(&[Node::TABLE, Leaf::TABLE]).await?;
        let mut nodes: Vec<Node> = Vec::new();
        for &(size, back) in &run.nodes {
            let parent = back.and_then(|back| nodes.len().checked_sub(back)).map(|n| nodes[n].id);
            nodes.push(Node::build().size(size).parent_id(parent).save(db).await?);
        }
        let drafts = run
            .leaves
            .iter()
            .map(|&(colour, node)| Leaf::build().colour(colour).node_id(nodes[node % nodes.len()].id));
        let leaves = Leaf::bulk_create(db, drafts).await?;
        let memory = Memory { nodes, leaves };
        for [top, middle, bottom] in &run.questions {
            ask(db, &memory, top, middle, bottom)
                .await
                .map_err(|error| format!("{error}\nasked: {top:?}\n{middle:?}\n{bottom:?}\nof: {run:?}"))?;
        }
    }
    Ok(())
}

async fn ask(db: &Db, memory: &Memory, top: &Level, middle: &Level, bottom: &Level) -> Outcome {
    let mut query = Node::find().filter(Expr::all(top.least.map(|least| Node::SIZE.ge(least))));
    match top.order {
        0 => {}
        // The order of a query is what was asked for, nothing besides: the key makes it one.
        1 => query = query.order_by((Node::SIZE, Node::ID)),
        _ => query = query.order_by((Node::SIZE.desc(), Node::ID)),
    }
    if let Some(limit) = top.limit {
        query = query.limit(limit);
    }
    if let Some(offset) = top.offset {
        query = query.offset(offset);
    }
    let found = query
        .include(children_of(middle).include(leaves_of(bottom)))
        .include(Node::PARENT.include(leaves_of(bottom)))
        .include(leaves_of(bottom).count())
        .all(db)
        .await?;
    let roots = memory.nodes.iter().filter(|node| memory.has_children(node, middle, bottom));
    // A count that is required leaves out what has none.
    let roots = roots.filter(|node| memory.has_leaves(node, bottom)).cloned();
    let expected: Vec<_> = chosen(roots, top, |node| Some(node.size), |node| node.id)
        .into_iter()
        .map(|node| {
            let children = memory.children(&node, middle, bottom);
            let parent = memory.nodes.iter().find(|parent| Some(parent.id) == node.parent_id);
            let parent = parent
                .filter(|parent| memory.has_leaves(parent, bottom))
                .map(|parent| (parent.clone(), memory.leaves(parent, bottom)));
            let all = Level { limit: None, offset: None, ..bottom.clone() };
            let count = memory.leaves(&node, &all).len() as u64;
            (node, children, parent, count)
        })
        .collect();
    check_eq!(found, expected);
    Ok(())
}
