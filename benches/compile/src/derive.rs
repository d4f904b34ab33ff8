//! What our derive costs: models beside the same crate without one.

use anyhow::Result;

use crate::contestant::{Contestant, Shape};
use crate::contestants::Ours;
use crate::figures::Rounds;
use crate::project::{Place, Project, Task};

pub fn run(place: &Place, models: usize, columns: usize, runs: usize) -> Result<()> {
    let (plain, associated) = (Ours { associated: false }, Ours { associated: true });
    let crate_of = |ours: &'static str, contestant, models| {
        Project::library(place, contestant, ours, Shape { models, columns, edited: false })
    };
    let none = crate_of("without", &plain as &dyn Contestant, 0)?;
    let with = crate_of("plain", &plain, models)?;
    let both = crate_of("associated", &associated, models)?;

    println!("| cargo check | no model | {models} models of {columns} columns | the models |");
    println!("| --- | --: | --: | --: |");
    for (prefix, project) in [("", &with), ("two associations each, ", &both)] {
        for (heading, task) in
            [("from nothing", Task::CheckFromNothing), ("touched, incremental", Task::CheckIncremental)]
        {
            let check = |project: &Project<'_>| {
                project.edit(false)?;
                project.measure(task)
            };
            for project in [&none, project] {
                project.prepare(task)?;
                check(project)?;
            }
            let (mut without, mut some) = (Rounds::default(), Rounds::default());
            for _ in 0..runs {
                without.0.push(check(&none)?);
                some.0.push(check(project)?);
            }
            println!(
                "| {prefix}{heading} | {} | {} | {:.2} / {:.2} s |",
                without.times(),
                some.times(),
                some.wall() - without.wall(),
                some.cpu() - without.cpu(),
            );
        }
    }
    println!(
        "
Wall / processor time, medians of {runs} runs, dependencies built beforehand. The target is below 1 s for the models, from nothing,
and 1.5 s where each has two associations; on a busy machine look at the processor time."
    );
    Ok(())
}
