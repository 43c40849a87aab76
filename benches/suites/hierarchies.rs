//! What hierarchies cost: how long a tree of a million members takes to build, and what it costs to show a level of a
//! hierarchy, or to keep to a subtree, against a column of the rows that holds the members of that level already.
//!
//! Both sides of a comparison go through the same engine in one run, and must give the same answer. A tree is kept as
//! long as the snapshot that it was made of stays, so it is there when rows are measured; what it costs to make it shows
//! in the first answers, which are printed. Of a dataset that is read from its source no tree is kept: every answer is a
//! first one. So levels and trees, which stand on columns of the facts, are measured over a snapshot of them. A table of
//! members and their parents is small beside the facts; it has a snapshot, and the facts are read from memory too, where
//! there is least besides the members to wait for.
//!
//! All texts of the facts fit into an Arrow view (12 bytes), which is the best case of both sides.

use std::sync::Arc;
use std::time::{Duration, Instant};

use arrow::array::{ArrayRef, AsArray, Int64Array, RecordBatch, StringViewArray};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use drillcore::{Acceleration, Dataset, Engine, Link, MembersField, Path, Query, Scope, column, hierarchy, sum};
use drillcore_benches::{Place, Result, assert_same_answers, cores, runtime};
use drillcore_hierarchies::{Closure, Element, HideIf, Hierarchy, Orphans};

/// Of a tree that is built.
const MEMBERS: usize = 1_000_000;
const ELEMENTS: usize = 100_000;

/// What a tree of so many members may take.
const TARGET: Duration = Duration::from_secs(2);

/// Of the facts.
const ROWS: usize = 6_000_000;
const BATCH: usize = 8192;

/// The numbers of leaves that the rows of the facts are spread over.
const SIZES: [(usize, &str); 2] = [(1_000, "1,000 leaves"), (1_000_000, "1,000,000 leaves")];
/// The members of the first level.
const REGIONS: usize = 100;
/// Keys that lie so far apart are looked up in a table, those without gaps in an array.
const SPREAD: i64 = 1_000_003;

/// How often each thing is done for the lines that are printed; the median counts.
const RUNS: usize = 9;
const FIRST_RUNS: usize = 3;

fn builds(criterion: &mut Criterion) {
    let rows = members_and_parents();
    let keys: Vec<Option<&str>> = rows.iter().map(|(key, _)| Some(key.as_str())).collect();
    let parents: Vec<Option<&str>> = rows.iter().map(|(_, parent)| parent.as_deref()).collect();
    build(criterion, "1,000,000 members and their parents", MEMBERS, 10, || {
        Closure::of_parents(&keys, &parents, &[], Orphans::Error)
    });

    let elements = elements();
    let values: Vec<Option<&str>> =
        elements.iter().filter(|element| !element.is_virtual).map(|element| Some(element.id.as_str())).collect();
    build(criterion, "100,000 elements", ELEMENTS, 6, || Closure::of_tree(&elements, &values));

    let cities: Vec<[String; 3]> = cities();
    let paths: Vec<Vec<Option<&str>>> =
        cities.iter().map(|path| path.iter().map(|member| Some(member.as_str())).collect()).collect();
    build(criterion, "1,000,000 paths of 3 levels", MEMBERS, 3, || Closure::of_paths(&paths, HideIf::Never));
}

/// Measures how long a tree of so many members takes to build.
fn build(
    criterion: &mut Criterion,
    title: &str,
    members: usize,
    height: usize,
    make: impl Fn() -> drillcore_hierarchies::Result<Closure>,
) {
    let closure = make().expect("a tree");
    assert_eq!(closure.height(), height, "the tree of {title} has another height");
    let bytes = closure.bytes();
    drop(closure);
    let once = || {
        let start = Instant::now();
        let closure = make().expect("a tree");
        let time = start.elapsed();
        drop(closure);
        time
    };
    let time = median((0..RUNS).map(|_| once()).collect());
    let target = millis(TARGET) * members as f64 / MEMBERS as f64;
    println!("{title}: built in {time:.0} ms (target {target:.0} ms), {:.1} MB", bytes as f64 / 1e6);
    let mut group = criterion.benchmark_group("hierarchies: build");
    group.throughput(Throughput::Elements(members as u64));
    group.bench_function(title, |bencher| bencher.iter(|| make().expect("a tree")));
    group.finish();
}

/// A million keys in no order, ten levels deep: each level has four times the members of the one above, and each member
/// has one of those as its parent.
fn members_and_parents() -> Vec<(String, Option<String>)> {
    let mut rows: Vec<(String, Option<String>)> = Vec::with_capacity(MEMBERS);
    let (mut above, mut size) = (0_usize..0, 4);
    while rows.len() < MEMBERS {
        let level = rows.len()..(rows.len() + size).min(MEMBERS);
        for number in level.clone() {
            let parent = (!above.is_empty()).then(|| above.start + below(number, 1, above.len()));
            rows.push((number.to_string(), parent.map(|parent| parent.to_string())));
        }
        (above, size) = (level, 4 * size);
    }
    shuffle(&mut rows);
    rows
}

/// Elements in no order, with ten children each. Those with children are virtual.
fn elements() -> Vec<Element> {
    let id = |number: usize| format!("element {number}");
    let mut elements: Vec<Element> = (0..ELEMENTS)
        .map(|number| {
            let has_children = 10 * number + 1 < ELEMENTS;
            let element = if has_children { Element::group(id(number)) } else { Element::value(id(number)) };
            if number == 0 { element } else { element.under(id((number - 1) / 10)) }
        })
        .collect();
    shuffle(&mut elements);
    elements
}

/// A million cities in no order, each with its region and its country, a hundred of each under each.
fn cities() -> Vec<[String; 3]> {
    let city = |number: usize| {
        let (country, region, city) = (number / 10_000, number / 100 % 100, number % 100);
        [format!("country {country}"), format!("region {country}.{region}"), format!("city {country}.{region}.{city}")]
    };
    let mut cities: Vec<[String; 3]> = (0..MEMBERS).map(city).collect();
    shuffle(&mut cities);
    cities
}

fn rollups(criterion: &mut Criterion) {
    let runtime = runtime(cores()).expect("a runtime");
    let forms = forms();
    let cases = cases(&forms);
    for (leaves, size) in SIZES {
        let facts = runtime.block_on(Facts::new(leaves)).expect("the facts in an engine");
        println!("6,000,000 rows over {size}");
        for form in &forms {
            let time = runtime.block_on(facts.first_answers(form));
            println!("  {}: {time:.1} ms for the first answer, which makes the tree", form.title);
        }
        for case in &cases {
            runtime.block_on(facts.check(case));
            let times = runtime.block_on(facts.times(case));
            let (first, ours) = (case.sides[0].name, times[0]);
            for (side, theirs) in case.sides.iter().zip(&times).skip(1) {
                let (other, ratio) = (side.name, ours / theirs);
                let title = &case.title;
                println!("  {title}: {ours:.1} ms by the {first}, {theirs:.1} ms by the {other}, {ratio:.2} times");
            }
        }
        for case in &cases {
            let mut group = criterion.benchmark_group(format!("hierarchies: {size}, {}", case.title));
            group.throughput(Throughput::Elements(ROWS as u64));
            for side in &case.sides {
                group.bench_function(side.name, |bencher| {
                    bencher.to_async(&runtime).iter(|| facts.ask(&side.queries));
                });
            }
            group.finish();
        }
    }
}

/// A hierarchy over the leaves of the facts, whose first level are the regions.
struct Form {
    title: &'static str,
    id: &'static str,
    /// The link to the dataset that has the hierarchy, if that is not the facts themselves.
    behind: Option<&'static str>,
    /// The id of one region, the one that is called [`REGION`].
    region: String,
}

const REGION: &str = "region 17";

impl Form {
    fn field(&self) -> MembersField {
        match self.behind {
            Some(link) => hierarchy(self.id).in_dataset(link),
            None => hierarchy(self.id),
        }
    }
}

fn forms() -> [Form; 4] {
    let parent_child =
        |title, id, link, spread: i64| Form { title, id, behind: Some(link), region: (17 * spread).to_string() };
    let of_texts = |title, id| Form { title, id, behind: None, region: REGION.to_owned() };
    [
        parent_child("parent-child, integers", "org", "member", 1),
        parent_child("parent-child, scattered integers", "scattered_org", "scattered_member", SPREAD),
        of_texts("levels of texts", "levels"),
        of_texts("tree over texts", "tree"),
    ]
}

/// What is asked in several ways, with the same answer. The first way is by the hierarchy.
struct Case {
    title: String,
    /// Where the facts are read.
    place: Place,
    /// How many columns of the answer are keys.
    keys: usize,
    sides: Vec<Side>,
}

struct Side {
    name: &'static str,
    /// Asked one after the other; their answers together are the answer.
    queries: Vec<Query>,
}

impl Side {
    fn new(name: &'static str, queries: impl IntoIterator<Item = Query>) -> Self {
        Self { name, queries: queries.into_iter().collect() }
    }
}

fn cases(forms: &[Form]) -> Vec<Case> {
    let mut cases = Vec::new();
    for form in forms {
        let linked = form.behind.map(|link| format!("{link}.level1"));
        for place in Place::ALL {
            if place == Place::Source && linked.is_none() {
                continue;
            }
            let by_level = || total(place);
            let mut sides = vec![
                Side::new("hierarchy", [by_level().dimension(form.field().level(1))]),
                Side::new("column", [by_level().dimension(column("level1"))]),
            ];
            if let Some(linked) = &linked {
                sides.push(Side::new("column behind the link", [by_level().dimension(column(linked))]));
            }
            cases.push(Case { title: format!("{}, level from {}", form.title, place.name()), place, keys: 1, sides });
        }
        let place = Place::Snapshot;
        let within = || total(place);
        let mut sides = vec![
            Side::new("hierarchy", [within().filter(form.field().is(form.region.as_str()))]),
            Side::new("column", [within().filter(column("level1").equals(REGION))]),
        ];
        if let Some(linked) = &linked {
            sides.push(Side::new("column behind the link", [within().filter(column(linked).equals(REGION))]));
        }
        cases.push(Case { title: format!("{}, subtree from {}", form.title, place.name()), place, keys: 0, sides });
    }
    // Not of leaves, which may be more than an answer has rows: this hierarchy has a level of groups between.
    if let Some(form) = forms.first() {
        let place = Place::Snapshot;
        let expanded = total(place).dimension(form.field().expanded(2));
        let levels = [1_u16, 2].map(|level| total(place).dimension(form.field().level(level)));
        let sides = vec![Side::new("expanded tree", [expanded]), Side::new("two queries, one for each level", levels)];
        cases.push(Case { title: format!("{}, two levels from {}", form.title, place.name()), place, keys: 1, sides });
    }
    cases
}

/// The sum over the facts at a place.
fn total(place: Place) -> Query {
    let dataset = match place {
        Place::Source => "facts_in_memory",
        Place::Snapshot => "facts",
    };
    Query::on(dataset).measure(sum("amount"))
}

/// The same rows twice, as they are in memory and as a snapshot, with links to the members and hierarchies.
struct Facts {
    engine: Engine,
    scope: Scope,
}

impl Facts {
    async fn new(leaves: usize) -> Result<Self> {
        let world = World::new(leaves);
        // A quarter of it is for trees: with the default the larger ones could push each other out.
        let engine = Engine::builder().threads(cores()).memory_bytes(4 << 30).in_memory()?;
        let facts: Vec<RecordBatch> = (0..ROWS.div_ceil(BATCH)).map(|place| world.facts(place)).collect();
        engine.create(Dataset::batches("facts_in_memory", facts.clone())).await?;
        engine.create(Dataset::batches("facts", facts)).await?;
        engine.create(Dataset::batches("members", world.members())).await?;
        for dataset in ["facts", "members"] {
            engine.accelerate(dataset, Acceleration::full()).await?;
            engine.sync(dataset).await?;
        }
        for dataset in ["facts", "facts_in_memory"] {
            engine.link(Link::new("member").from(dataset, ["key"]).to("members", ["key"])).await?;
            let scattered = Link::new("scattered_member").from(dataset, ["scattered_key"]);
            engine.link(scattered.to("members", ["scattered_key"])).await?;
        }
        for definition in world.hierarchies() {
            engine.save_hierarchy(definition).await?;
        }
        Ok(Self { engine, scope: Scope::unrestricted() })
    }

    async fn ask(&self, queries: &[Query]) -> Vec<RecordBatch> {
        let mut batches = Vec::new();
        for query in queries {
            let answer = self.engine.query(query, &self.scope).await.expect("an answer");
            batches.extend_from_slice(answer.batches());
        }
        batches
    }

    /// All ways must lead to the same answer, from the place that the case is about.
    async fn check(&self, case: &Case) {
        let mut expected: Option<Vec<RecordBatch>> = None;
        for side in &case.sides {
            for query in &side.queries {
                let path = self.engine.query(query, &self.scope).await.expect("an answer").provenance().path;
                let from_snapshots = path == Path::Snapshot;
                assert_eq!(from_snapshots, case.place == Place::Snapshot, "the answer came from another place");
            }
            let answer: Vec<RecordBatch> = self.ask(&side.queries).await.iter().map(named).collect();
            match &expected {
                Some(expected) => assert_same_answers(expected, &answer, case.keys),
                None => expected = Some(answer),
            }
        }
    }

    /// Milliseconds that each side takes. They take turns, so that what slows the machine down slows all of them.
    async fn times(&self, case: &Case) -> Vec<f64> {
        let mut times = vec![Vec::new(); case.sides.len()];
        for _ in 0..RUNS {
            for (side, times) in case.sides.iter().zip(&mut times) {
                let start = Instant::now();
                self.ask(&side.queries).await;
                times.push(start.elapsed());
            }
        }
        times.into_iter().map(median).collect()
    }

    /// Milliseconds to the first answer by a hierarchy that is new, so that its tree must be made. What else is kept,
    /// like the targets of links, is kept.
    async fn first_answers(&self, form: &Form) -> f64 {
        let queries = [total(Place::Snapshot).dimension(form.field().level(1))];
        self.ask(&queries).await;
        let mut times = Vec::with_capacity(FIRST_RUNS);
        for _ in 0..FIRST_RUNS {
            let definition = self.engine.hierarchy(form.id).await.expect("the hierarchy");
            self.engine.drop_hierarchy(form.id).await.expect("a hierarchy less");
            self.engine.save_hierarchy(definition).await.expect("the hierarchy again");
            let start = Instant::now();
            self.ask(&queries).await;
            times.push(start.elapsed());
        }
        median(times)
    }
}

/// An answer with the names of members in place of members: a column of the facts has nothing else.
fn named(batch: &RecordBatch) -> RecordBatch {
    let name_of = |column: &ArrayRef| -> ArrayRef {
        let Some(members) = column.as_struct_opt() else { return Arc::clone(column) };
        let part = |name: &str| members.column_by_name(name).expect("a part of a member").as_string_view();
        let names = part("name").iter().zip(part("id").iter()).map(|(name, id)| name.or(id));
        Arc::new(names.collect::<StringViewArray>())
    };
    let columns = batch.columns().iter().enumerate();
    let columns = columns.map(|(index, column)| (index.to_string(), name_of(column), true));
    RecordBatch::try_from_iter_with_nullable(columns).expect("columns of one length")
}

/// The names of the members of three levels. Leaves are spread evenly over groups, groups over regions.
struct World {
    regions: Vec<String>,
    groups: Vec<String>,
    leaves: Vec<String>,
}

impl World {
    fn new(leaves: usize) -> Self {
        let names = |what: &str, count: usize| (0..count).map(|number| format!("{what} {number}")).collect();
        let groups = (leaves / 50).max(2 * REGIONS);
        Self { regions: names("region", REGIONS), groups: names("group", groups), leaves: names("leaf", leaves) }
    }

    fn group(&self, leaf: usize) -> usize {
        leaf % self.groups.len()
    }

    fn region(&self, group: usize) -> usize {
        group % self.regions.len()
    }

    /// Regions have the first keys, groups the next, leaves the others.
    fn key(&self, leaf: usize) -> i64 {
        (self.regions.len() + self.groups.len() + leaf) as i64
    }

    /// All members with their keys, those of their parents, their names, and the names of their regions.
    fn members(&self) -> Vec<RecordBatch> {
        let mut rows: Vec<(i64, Option<i64>, &str, &str)> = Vec::new();
        for (region, name) in self.regions.iter().enumerate() {
            rows.push((region as i64, None, name.as_str(), name.as_str()));
        }
        for (group, name) in self.groups.iter().enumerate() {
            let region = self.region(group);
            let key = (self.regions.len() + group) as i64;
            rows.push((key, Some(region as i64), name.as_str(), self.regions[region].as_str()));
        }
        for (leaf, name) in self.leaves.iter().enumerate() {
            let group = self.group(leaf);
            let parent = (self.regions.len() + group) as i64;
            rows.push((self.key(leaf), Some(parent), name.as_str(), self.regions[self.region(group)].as_str()));
        }
        let chunk = |rows: &[(i64, Option<i64>, &str, &str)]| {
            let integers = |value: &dyn Fn(i64, Option<i64>) -> Option<i64>| -> ArrayRef {
                Arc::new(rows.iter().map(|(key, parent, _, _)| value(*key, *parent)).collect::<Int64Array>())
            };
            batch([
                ("key", integers(&|key, _| Some(key))),
                ("parent", integers(&|_, parent| parent)),
                ("scattered_key", integers(&|key, _| Some(key * SPREAD))),
                ("scattered_parent", integers(&|_, parent| parent.map(|parent| parent * SPREAD))),
                ("name", texts(rows.iter().map(|(_, _, name, _)| *name))),
                ("level1", texts(rows.iter().map(|(_, _, _, region)| *region))),
            ])
        };
        rows.chunks(BATCH).map(chunk).collect()
    }

    /// The rows from a place on, each with a leaf at random: its key in two forms, its name and those above it.
    fn facts(&self, place: usize) -> RecordBatch {
        let rows = place * BATCH..((place + 1) * BATCH).min(ROWS);
        let leaves: Vec<usize> = rows.clone().map(|row| below(row, 2, self.leaves.len())).collect();
        let groups: Vec<usize> = leaves.iter().map(|leaf| self.group(*leaf)).collect();
        let integers = |numbers: &mut dyn Iterator<Item = i64>| -> ArrayRef {
            Arc::new(numbers.map(Some).collect::<Int64Array>())
        };
        batch([
            ("key", integers(&mut leaves.iter().map(|leaf| self.key(*leaf)))),
            ("scattered_key", integers(&mut leaves.iter().map(|leaf| self.key(*leaf) * SPREAD))),
            ("leaf", texts(leaves.iter().map(|leaf| self.leaves[*leaf].as_str()))),
            ("group", texts(groups.iter().map(|group| self.groups[*group].as_str()))),
            ("level1", texts(groups.iter().map(|group| self.regions[self.region(*group)].as_str()))),
            ("amount", integers(&mut rows.map(|row| below(row, 3, 10_000) as i64))),
        ])
    }

    fn hierarchies(&self) -> [Hierarchy; 4] {
        [
            Hierarchy::parent_child("org", "members", "key", "parent").name_column("name"),
            Hierarchy::parent_child("scattered_org", "members", "scattered_key", "scattered_parent")
                .name_column("name"),
            Hierarchy::levels("levels", "facts", ["level1", "leaf"]),
            self.tree(),
        ]
    }

    /// The regions as categories over the leaves; over the groups if the leaves are more than elements may be.
    fn tree(&self) -> Hierarchy {
        let regions = self.regions.iter().map(Element::group);
        let under = |value: &str, group: usize| Element::value(value).under(&self.regions[self.region(group)]);
        if self.regions.len() + self.leaves.len() <= ELEMENTS {
            let leaves = self.leaves.iter().enumerate().map(|(leaf, name)| under(name, self.group(leaf)));
            return Hierarchy::tree("tree", "facts", "leaf", regions.chain(leaves));
        }
        let groups = self.groups.iter().enumerate().map(|(group, name)| under(name, group));
        Hierarchy::tree("tree", "facts", "group", regions.chain(groups))
    }
}

fn batch<const N: usize>(columns: [(&str, ArrayRef); N]) -> RecordBatch {
    RecordBatch::try_from_iter_with_nullable(columns.map(|(name, column)| (name, column, true)))
        .expect("columns of one length")
}

fn texts<'a>(texts: impl Iterator<Item = &'a str>) -> ArrayRef {
    Arc::new(texts.map(Some).collect::<StringViewArray>())
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

/// In milliseconds.
fn median(mut times: Vec<Duration>) -> f64 {
    times.sort();
    millis(times[times.len() / 2])
}

fn shuffle<T>(items: &mut [T]) {
    for last in (1..items.len()).rev() {
        items.swap(last, below(last, 4, last + 1));
    }
}

/// A number below a bound that looks random: the output function of SplitMix64.
fn below(index: usize, salt: u64, bound: usize) -> usize {
    let seed = (index as u64 * 16 + salt).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mixed = (seed ^ (seed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((mixed ^ (mixed >> 31)) % bound as u64) as usize
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(10).measurement_time(Duration::from_secs(3));
    targets = builds, rollups
}
criterion_main!(benches);
