//! The demo's dashboard: every query of `data/queries`, from the files and from snapshots, with everything warm.

use criterion::{Criterion, criterion_group, criterion_main};
use drillcore_benches::{Flights, Place, cores, documents, runtime};

fn dashboard(criterion: &mut Criterion) {
    let runtime = runtime(cores()).expect("a runtime");
    let queries = documents().expect("the documents of the demo");
    for place in Place::ALL {
        let flights = runtime.block_on(Flights::open(place)).expect("the demo's data in a store");
        let mut group = criterion.benchmark_group(format!("dashboard from {}", place.name()));
        for (name, query) in &queries {
            group.bench_function(name.as_str(), |bencher| bencher.to_async(&runtime).iter(|| flights.ask(query)));
        }
        group.bench_function("all, one after the other", |bencher| {
            bencher.to_async(&runtime).iter(|| async {
                for (_, query) in &queries {
                    flights.ask(query).await;
                }
            });
        });
        group.finish();
    }
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(20);
    targets = dashboard
}
criterion_main!(benches);
