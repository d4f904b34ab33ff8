//! In which order tables can be created and dropped.

/// The tables in groups, those that others refer to first: several in one group where they refer to each other, directly or in a ring.
/// `targets` are, for each table, the positions of those that it refers to.
pub(super) fn groups(targets: &[Vec<usize>]) -> Vec<Vec<usize>> {
    let mut search =
        Search { targets, seen: vec![None; targets.len()], count: 0, open: Vec::new(), groups: Vec::new() };
    for table in 0..targets.len() {
        if search.seen[table].is_none() {
            search.visit(table);
        }
    }
    search.groups
}

/// Tarjan's search for strongly connected components.
struct Search<'t> {
    targets: &'t [Vec<usize>],
    /// When a table was first come by.
    seen: Vec<Option<usize>>,
    count: usize,
    /// Tables that belong to no group yet.
    open: Vec<usize>,
    groups: Vec<Vec<usize>>,
}

impl Search<'_> {
    /// The earliest open table that can be come by from this one.
    fn visit(&mut self, table: usize) -> usize {
        let number = self.count;
        self.count += 1;
        self.seen[table] = Some(number);
        self.open.push(table);
        let mut earliest = number;
        for &target in &self.targets[table] {
            match self.seen[target] {
                None => earliest = earliest.min(self.visit(target)),
                Some(seen) if self.open.contains(&target) => earliest = earliest.min(seen),
                Some(_) => {}
            }
        }
        if earliest == number
            && let Some(start) = self.open.iter().rposition(|&open| open == table)
        {
            let mut group = self.open.split_off(start);
            group.sort_unstable();
            self.groups.push(group);
        }
        earliest
    }
}

#[cfg(test)]
mod tests {
    use super::groups;

    #[test]
    fn those_that_others_refer_to_come_first() {
        assert_eq!(groups(&[]), Vec::<Vec<usize>>::new());
        assert_eq!(groups(&[vec![], vec![]]), [[0], [1]]);
        assert_eq!(groups(&[vec![1], vec![2], vec![]]), [[2], [1], [0]]);
        // A diamond, and one that refers to itself.
        assert_eq!(groups(&[vec![1, 2], vec![3], vec![3], vec![3]]), [[3], [1], [2], [0]]);
    }

    #[test]
    fn rings_stay_together() {
        assert_eq!(groups(&[vec![1], vec![0]]), [[0, 1]]);
        assert_eq!(groups(&[vec![2], vec![0], vec![1]]), [[0, 1, 2]]);
        // Two rings with a table in common are one; what hangs on it comes after, what it hangs on before.
        let targets = [vec![1], vec![0, 2, 4], vec![1], vec![2], vec![]];
        assert_eq!(groups(&targets), [vec![4], vec![0, 1, 2], vec![3]]);
        // Two rings, one behind the other.
        assert_eq!(groups(&[vec![1], vec![0, 2], vec![3], vec![2]]), [[2, 3], [0, 1]]);
    }
}
