//! Ten parents with more and more children each.

use std::collections::HashMap;

use anyhow::Result;
use mysql_async::prelude::Queryable as _;
use mysql_async::{Conn, Params, Statement, Value};
use orm_core::prelude::*;

use super::{Subject, Worker, by_hand};
use crate::contestant::Local;
use crate::contestants::ours::Ours;

const PARENTS: u64 = 10;
const SIZES: [u64; 4] = [1, 10, 100, 1_000];

const TEAMS: &str = "SELECT id, size, name FROM teams WHERE size = ? ORDER BY id";

#[derive(Model, Debug, Clone)]
#[model(has_many(members: Member))]
struct Team {
    id: u64,
    /// How many members it has.
    size: u64,
    name: String,
}

#[derive(Model, Debug, Clone)]
struct Member {
    id: u64,
    #[model(belongs_to = Team)]
    team_id: u64,
    name: String,
    score: i64,
}

pub async fn subject(url: &str) -> Result<Subject> {
    let db = Ours::connect(url, 1).await?.0;
    Team::sync(&db).await?;
    Member::sync(&db).await?;
    for (group, size) in (0_u64..).zip(SIZES) {
        let ids = 1 + group * PARENTS..=(group + 1) * PARENTS;
        let teams = ids.clone().map(|id| Team::build().id(id).size(size).name(format!("team {id}")));
        Team::bulk_insert(teams).exec(&db).await?;
        let members = ids.flat_map(|team| (0..size).map(move |n| (team, n)));
        let members = members.map(|(team, n)| {
            let score = i64::try_from(n).unwrap_or(0);
            Member::build().team_id(team).name(format!("member {n} of team {team}")).score(score)
        });
        Member::bulk_insert(members).exec(&db).await?;
    }
    Ok(Subject {
        title: "Children of each of ten parents",
        units: "children each",
        unit: "child each",
        sizes: SIZES.to_vec(),
        memory: false,
        workers: vec![Box::new(Included(Ours::connect(url, 1).await?.0)), Box::new(ByHand::open(url).await?)],
    })
}

fn sum<'a>(teams: impl Iterator<Item = (&'a Team, &'a Vec<Member>)>) -> u64 {
    teams.fold(0, |of, (team, members)| {
        let names: usize = members.iter().map(|member| member.name.len()).sum();
        let scores: i64 = members.iter().map(|member| member.score).sum();
        of + team.id * (names as u64 + scores.unsigned_abs() + team.name.len() as u64)
    })
}

struct Included(Db);

impl Worker for Included {
    fn name(&self) -> &'static str {
        "orm-core"
    }

    fn work(&mut self, size: u64) -> Local<'_, u64> {
        Box::pin(async move {
            let teams = Team::find().filter(Team::SIZE.eq(size)).include(Team::MEMBERS);
            let teams = teams.all(&self.0).await?;
            Ok(sum(teams.iter().map(|(team, members)| (team, members))))
        })
    }
}

struct ByHand {
    conn: Conn,
    teams: Statement,
    members: Statement,
}

impl ByHand {
    async fn open(url: &str) -> Result<Self> {
        let mut conn = by_hand(url).await?;
        let teams = conn.prep(TEAMS).await?;
        let keys = ["?"; PARENTS as usize].join(", ");
        let members = format!(
            "SELECT id, team_id, name, score FROM members WHERE team_id IN ({keys}) ORDER BY team_id, id"
        );
        let members = conn.prep(members).await?;
        Ok(Self { conn, teams, members })
    }
}

impl Worker for ByHand {
    fn name(&self) -> &'static str {
        "mysql_async"
    }

    fn work(&mut self, size: u64) -> Local<'_, u64> {
        Box::pin(async move {
            let team = |(id, size, name)| Team { id, size, name };
            let teams = self.conn.exec_map(&self.teams, (size,), team).await?;
            let keys = Params::Positional(teams.iter().map(|team| Value::UInt(team.id)).collect());
            let mut found: HashMap<u64, Vec<Member>> = HashMap::with_capacity(teams.len());
            let add = |(), (id, team_id, name, score): (u64, u64, String, i64)| {
                found.entry(team_id).or_default().push(Member { id, team_id, name, score });
            };
            self.conn.exec_fold(&self.members, keys, (), add).await?;
            let with_members = |team: Team| {
                let members = found.remove(&team.id).unwrap_or_default();
                (team, members)
            };
            let teams: Vec<(Team, Vec<Member>)> = teams.into_iter().map(with_members).collect();
            Ok(sum(teams.iter().map(|(team, members)| (team, members))))
        })
    }
}
