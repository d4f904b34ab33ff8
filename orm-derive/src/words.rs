//! English nouns in the plural and in the singular.
//!
//! The rules are those of JavaScript's `pluralize`, so that a table is called what one would expect. They are endings here and no regular
//! expressions, whose engine every user would have to compile, and which take a tenth of the time that 50 models take to be checked. A
//! test compares them with a crate that has them as regular expressions.

const IRREGULAR: &[(&str, &str)] = &[
    ("anathema", "anathemata"),
    ("axe", "axes"),
    ("canvas", "canvases"),
    ("carve", "carves"),
    ("die", "dice"),
    ("dingo", "dingoes"),
    ("dogma", "dogmata"),
    ("eave", "eaves"),
    ("echo", "echoes"),
    ("foot", "feet"),
    ("genus", "genera"),
    ("goose", "geese"),
    ("groove", "grooves"),
    ("human", "humans"),
    ("lemma", "lemmata"),
    ("looey", "looies"),
    ("ox", "oxen"),
    ("passerby", "passersby"),
    ("pickaxe", "pickaxes"),
    ("proof", "proofs"),
    ("quiz", "quizzes"),
    ("schema", "schemata"),
    ("stigma", "stigmata"),
    ("stoma", "stomata"),
    ("thief", "thieves"),
    ("tooth", "teeth"),
    ("tornado", "tornadoes"),
    ("torpedo", "torpedoes"),
    ("valve", "valves"),
    ("viscus", "viscera"),
    ("volcano", "volcanoes"),
    ("yes", "yeses"),
];

const UNCOUNTABLE: &str = " adulthood advice agenda aid aircraft alcohol ammo analytics anime athletics audio bison blood bream buffalo \
    butter carp cash chassis chess clothing cod commerce cooperation corps debris diabetes digestion elk energy equipment excretion \
    expertise firmware flounder fun gallows garbage graffiti hardware headquarters health herpes highjinks homework housework \
    information jeans justice kudos labour literature machinery mackerel mail media mews moose music mud manga news only personnel \
    pike plankton pliers police pollution premises rain research rice salmon scissors series sewage shambles shrimp software staff \
    swine tennis traffic transportation trout tuna wealth welfare whiting wildebeest wildlife you ";

/// Stems whose singular has `us`, and the plural `i`.
const US: &[&str] = &[
    "alumn", "syllab", "vir", "radi", "nucle", "fung", "cact", "stimul", "termin", "bacill", "foc", "uter",
    "loc", "strat",
];
/// `um`, and the plural `a`.
const UM: &[&str] = &[
    "agend",
    "addend",
    "millenni",
    "dat",
    "extrem",
    "bacteri",
    "desiderat",
    "strat",
    "candelabr",
    "errat",
    "ov",
    "symposi",
    "curricul",
    "quor",
];
/// `on`, and the plural `a`.
const ON: &[&str] = &[
    "apheli",
    "hyperbat",
    "periheli",
    "asyndet",
    "noumen",
    "phenomen",
    "criteri",
    "organ",
    "prolegomen",
    "hedr",
    "automat",
];
/// `a`, and the plural `ae`.
const A: &[&str] = &["alumn", "alg", "vertebr"];
/// What gets `es` in the plural, whatever stands before it.
const HISSING: &[&str] = &["x", "ch", "ss", "sh", "zz"];
/// Words of which `ies` is the plural of `ie`, and endings of such words.
const IE_WORDS: &[&str] = &[
    "l", "neckt", "crosst", "hogt", "aunt", "t", "coll", "faer", "food", "gen", "goon", "group", "hipp",
    "junk", "vegg", "porkp", "p", "charl", "calor", "cut",
];
const IE_ENDINGS: &[&str] = &[
    "dg", "ss", "ois", "lk", "ok", "wn", "mb", "th", "ch", "ec", "oal", "is", "ck", "ix", "sser", "ts", "wb",
];
/// `sis`, and the plural `ses`.
const SIS: &[&str] = &["analy", "diagno", "parenthe", "progno", "synop", "the", "empha", "cri", "ne"];

/// The plural of a noun in lower case, whichever of the two it is.
pub(crate) fn plural(word: &str) -> String {
    if let Some((_, plural)) = IRREGULAR.iter().find(|(one, many)| word == *one || word == *many) {
        return (*plural).to_owned();
    }
    // The first that fits.
    same(word)
        .or_else(|| (word == "thou").then(|| "you".to_owned()))
        .or_else(|| ending(word, &[""], &["man", "men"], "men"))
        .or_else(|| word.ends_with("eaux").then(|| word.to_owned()))
        .or_else(|| ending(word, &["child"], &["ren", ""], "ren"))
        .or_else(|| ending(word, &["pe"], &["rson", "ople"], "ople"))
        .or_else(|| whole(word, &["titm", "m", "l"], &["ice", "ouse"], "ice"))
        .or_else(|| {
            ending(word, &["matr", "cod", "mur", "sil", "vert", "ind", "append"], &["ix", "ex"], "ices")
        })
        .or_else(|| ending(word, HISSING, &[""], "es"))
        .or_else(|| {
            let stem = word.strip_suffix("ey")?;
            let fits = letters(stem, &["^ch", "ieo", "ln"]);
            fits.then(|| format!("{stem}ies"))
        })
        .or_else(|| {
            let stem = word.strip_suffix('y')?;
            (letters(stem, &["^aeiouy"]) || stem.ends_with("qu")).then(|| format!("{stem}ies"))
        })
        .or_else(|| ending(word, &["kni", "wi", "li"], &["fe"], "ves"))
        .or_else(|| ending(word, &["ar", "l", "ea", "eo", "oa", "hoo"], &["f"], "ves"))
        .or_else(|| ending(word, &[""], &["sis"], "ses"))
        .or_else(|| ending(word, ON, &["a", "on"], "a"))
        .or_else(|| ending(word, UM, &["a", "um"], "a").or_else(|| ending(word, &["automat"], &["um"], "a")))
        .or_else(|| ending(word, &["hero", "ato", "gro"], &[""], "es"))
        .or_else(|| ending(word, &["seraph", "cherub"], &["im", ""], "im"))
        .or_else(|| ending(word, A, &["ae", "a"], "ae"))
        .or_else(|| ending(word, US, &["us", "i"], "i"))
        .or_else(|| {
            let fits = letters(word, &["^l", "i", "a", "s"])
                || letters(word, &["aeiou", "l", "a", "s"])
                || letters(word, &["ejzr", "a", "s"])
                || letters(word, &["iu", "a", "m"]);
            fits.then(|| word.to_owned())
        })
        .or_else(|| ending(word, &["emu", "enu"], &["s", ""], "s"))
        .or_else(|| {
            let fits = ["alias", "tlas", "tmas", "gas", "ris"].iter().any(|ending| word.ends_with(ending))
                || letters(word, &["^aou", "u", "s"]);
            fits.then(|| format!("{word}es"))
        })
        .or_else(|| ending(word, &["ax", "test"], &["is"], "es"))
        .or_else(|| word.ends_with(|letter: char| !letter.is_ascii()).then(|| word.to_owned()))
        .unwrap_or_else(|| format!("{}s", word.strip_suffix('s').unwrap_or(word)))
}

/// The singular of a noun in lower case, whichever of the two it is.
pub(crate) fn singular(word: &str) -> String {
    if let Some((one, _)) = IRREGULAR.iter().find(|(one, many)| word == *one || word == *many) {
        return (*one).to_owned();
    }
    // The first that fits.
    same(word)
        .or_else(|| ending(word, &[""], &["men"], "man"))
        .or_else(|| ending(word, &["eau"], &["x", ""], ""))
        .or_else(|| ending(word, &["child"], &["ren"], ""))
        .or_else(|| ending(word, &["pe"], &["rson", "ople"], "rson"))
        .or_else(|| ending(word, &["matr", "append"], &["ices"], "ix"))
        .or_else(|| ending(word, &["cod", "mur", "sil", "vert", "ind"], &["ices"], "ex"))
        .or_else(|| ending(word, A, &["ae"], "a"))
        .or_else(|| ending(word, ON, &["a"], "on"))
        .or_else(|| ending(word, UM, &["a"], "um"))
        .or_else(|| ending(word, US, &["us", "i"], "us"))
        .or_else(|| ending(word, &["test"], &["is", "es"], "is"))
        .or_else(|| ending(word, &["movie", "twelve", "abuse", "emu", "enu"], &["s"], ""))
        .or_else(|| ending(word, SIS, &["sis", "ses"], "sis"))
        .or_else(|| {
            let fits = |stem: &&str| {
                let endings = ["tto", "go", "cho", "alias", "tlas", "tmas", "gas", "hero", "ato", "gro"]
                    .iter()
                    .chain(HISSING);
                endings.into_iter().any(|ending| stem.ends_with(ending))
                    || letters(stem, &["^aou", "u", "s"])
                    || letters(stem, &["aeiou", "r", "i", "s"])
            };
            [word.strip_suffix("es"), Some(word)].into_iter().flatten().find(fits).map(str::to_owned)
        })
        .or_else(|| ending(word, &["seraph", "cherub"], &["im"], ""))
        .or_else(|| whole(word, &["titm", "m", "l"], &["ice"], "ouse"))
        .or_else(|| whole(word, &["mon", "smil"], &["ies"], "ey"))
        .or_else(|| whole(word, IE_WORDS, &["ies"], "ie"))
        .or_else(|| ending(word, IE_ENDINGS, &["ies"], "ie"))
        .or_else(|| ending(word, &[""], &["ies"], "y"))
        .or_else(|| {
            let stem = word.strip_suffix("ves")?;
            let fits = ["ar", "wol", "al", "el"].iter().any(|ending| stem.ends_with(ending))
                || letters(stem, &["eo", "ao"]);
            fits.then(|| format!("{stem}f"))
        })
        .or_else(|| {
            let li = ["afterli", "halfli", "highli", "lowli", "midli", "nonli", "nightli"];
            ending(word, &["wi", "kni"], &["ves"], "fe")
                .or_else(|| ending(word, &li, &["ves"], "fe"))
                .or_else(|| whole(word, &["li"], &["ves"], "fe"))
        })
        .or_else(|| word.ends_with("ss").then(|| word.to_owned()))
        .unwrap_or_else(|| word.strip_suffix('s').unwrap_or(word).to_owned())
}

/// The word, where it is the same in both.
fn same(word: &str) -> Option<String> {
    let ends = ["pokemon", "pokémon", "deer", "fish", "measles", "ois", "ous", "pox", "sheep"];
    let is = UNCOUNTABLE.contains(&format!(" {word} "))
        || ends.iter().any(|ending| word.ends_with(ending))
        || letters(word, &["^aeiou", "e", "s", "e"]);
    is.then(|| word.to_owned())
}

/// The word with another ending, where it has one of these behind one of these stems.
fn ending(word: &str, stems: &[&str], endings: &[&str], other: &str) -> Option<String> {
    let mut rests = endings.iter().filter_map(|ending| word.strip_suffix(ending));
    rests.find(|rest| stems.iter().any(|stem| rest.ends_with(stem))).map(|rest| format!("{rest}{other}"))
}

/// The same, where nothing stands before the stem.
fn whole(word: &str, stems: &[&str], endings: &[&str], other: &str) -> Option<String> {
    let mut rests = endings.iter().filter_map(|ending| word.strip_suffix(ending));
    rests.find(|rest| stems.contains(rest)).map(|rest| format!("{rest}{other}"))
}

/// Whether the last letters of a word are of these sets, one each. A set that begins with `^` has all but these.
fn letters(word: &str, sets: &[&str]) -> bool {
    let mut last = word.chars().rev();
    sets.iter().rev().all(|set| {
        last.next().is_some_and(|letter| match set.strip_prefix('^') {
            Some(others) => !others.contains(letter),
            None => set.contains(letter),
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Everything that a rule looks at, and some that none does.
    fn pieces() -> Vec<String> {
        let mut pieces: Vec<String> = [US, UM, ON, A, HISSING, IE_WORDS, IE_ENDINGS, SIS]
            .concat()
            .iter()
            .map(|&piece| piece.into())
            .collect();
        pieces.extend(IRREGULAR.iter().flat_map(|&(one, many)| [one.into(), many.into()]));
        pieces.extend(UNCOUNTABLE.split_whitespace().map(str::to_owned));
        let rest = "thou man men eau child pe titm m l matr cod mur sil vert ind append kni wi li ar ea eo oa hoo her at gr seraph \
            cherub ias las as am emu enu alias us tlas tmas gas ris ax test ese movie twelve abuse tto go cho mon smil wo al el ao \
            after half high low mid non night afterli halfli nightli pokemon deer fish measles ois ous pox sheep automat o u a e i y qu ey iey chey \
            oney note user category box bus city day key person address status tag task post comment project hero photo";
        pieces.extend(rest.split_whitespace().map(str::to_owned));
        pieces
    }

    const ENDINGS: &[&str] = &[
        "", "s", "es", "y", "ey", "ies", "ie", "f", "fe", "ves", "a", "ae", "i", "us", "um", "on", "is",
        "sis", "ses", "ix", "ex", "ices", "ice", "ouse", "im", "ren", "rson", "ople", "x", "o", "oes", "ss",
    ];

    /// What it has rules for and we have not, since no table is called so.
    const PRONOUNS: &[&str] = &["i", "we", "us", "they", "her", "my", "is", "this"];

    #[test]
    fn the_rules_are_those_of_pluralize() {
        let (mut words, mut wrong) = (0, Vec::new());
        for before in ["", "b", "ti", "ano", "x", "cha", "sub", "qu", "aeo"] {
            for piece in pieces() {
                for ending in ENDINGS {
                    let word = format!("{before}{piece}{ending}");
                    if PRONOUNS.contains(&&*word) {
                        continue;
                    }
                    let expected = [2, 1].map(|count| pluralizer::pluralize(&word, count, false));
                    let got = [plural(&word), singular(&word)];
                    words += 1;
                    if got != expected {
                        wrong.push(format!("{word}: {got:?}, and not {expected:?}"));
                    }
                }
            }
        }
        assert!(wrong.is_empty(), "{} of {words}: {:#?}", wrong.len(), &wrong[..wrong.len().min(60)]);
        println!("{words} words");
    }
}
