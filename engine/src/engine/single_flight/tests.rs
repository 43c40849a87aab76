use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use tokio::runtime::{Builder, Runtime};
use tokio::sync::Notify;
use tokio::task::JoinSet;

use super::SingleFlight;
use crate::error::{Error, ErrorKind, Result};

type Flights = Arc<SingleFlight<u32, u32>>;

fn runtime() -> Runtime {
    Builder::new_multi_thread().worker_threads(4).enable_time().build().expect("threads")
}

/// Counts how often work is asked for, how often it is started and how often it is dropped before its end.
#[derive(Debug, Default)]
struct Counts {
    asked: AtomicUsize,
    started: AtomicUsize,
    stopped: AtomicUsize,
}

struct Working(Arc<Counts>, bool);

impl Drop for Working {
    fn drop(&mut self) {
        if !self.1 {
            self.0.stopped.fetch_add(1, Ordering::SeqCst);
        }
    }
}

async fn work(counts: Arc<Counts>, gate: Arc<Notify>, outcome: Result<u32>) -> Result<u32> {
    counts.started.fetch_add(1, Ordering::SeqCst);
    let mut working = Working(counts, false);
    gate.notified().await;
    working.1 = true;
    outcome
}

/// Waits until a number is reached; false if it is not within a second.
async fn reaches(number: &AtomicUsize, wanted: usize) -> bool {
    let started = Instant::now();
    while number.load(Ordering::SeqCst) < wanted {
        if started.elapsed() > Duration::from_secs(1) {
            return false;
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    true
}

fn ask(
    flights: &Flights,
    waiting: &mut JoinSet<Result<u32>>,
    counts: &Arc<Counts>,
    gate: &Arc<Notify>,
    outcome: Result<u32>,
) {
    let (flights, counts, gate) = (Arc::clone(flights), Arc::clone(counts), Arc::clone(gate));
    waiting.spawn(async move {
        counts.asked.fetch_add(1, Ordering::SeqCst);
        flights.run(1, work(counts, gate, outcome)).await
    });
}

/// Waits until so many have asked, and a little longer, so that the last of them waits too.
async fn all_wait(counts: &Counts, asked: usize) {
    assert!(reaches(&counts.asked, asked).await && reaches(&counts.started, 1).await);
    tokio::time::sleep(Duration::from_millis(20)).await;
}

#[test]
fn many_who_ask_at_once_share_one_work() {
    runtime().block_on(async {
        let (flights, counts, gate) = (Flights::default(), Arc::<Counts>::default(), Arc::<Notify>::default());
        let mut waiting = JoinSet::new();
        for _ in 0..50 {
            ask(&flights, &mut waiting, &counts, &gate, Ok(7));
        }
        all_wait(&counts, 50).await;
        gate.notify_one();
        while let Some(answer) = waiting.join_next().await {
            assert_eq!(answer.expect("no panic").expect("an answer"), 7);
        }
        assert_eq!(counts.started.load(Ordering::SeqCst), 1);
        assert_eq!(flights.len(), 0);
        // Nothing is kept.
        gate.notify_one();
        let again = flights.run(1, work(Arc::clone(&counts), Arc::clone(&gate), Ok(8))).await;
        assert_eq!(again.expect("an answer"), 8);
        assert_eq!(counts.started.load(Ordering::SeqCst), 2);
    });
}

#[test]
fn work_goes_on_without_the_first_and_stops_with_the_last() {
    runtime().block_on(async {
        let (flights, counts, gate) = (Flights::default(), Arc::<Counts>::default(), Arc::<Notify>::default());
        let (mut first, mut second) = (JoinSet::new(), JoinSet::new());
        ask(&flights, &mut first, &counts, &gate, Ok(7));
        all_wait(&counts, 1).await;
        ask(&flights, &mut second, &counts, &gate, Ok(7));
        all_wait(&counts, 2).await;
        first.shutdown().await;
        tokio::time::sleep(Duration::from_millis(20)).await;
        assert_eq!(counts.stopped.load(Ordering::SeqCst), 0, "somebody still waits");
        second.shutdown().await;
        assert!(reaches(&counts.stopped, 1).await, "nobody waits");
        assert_eq!(counts.started.load(Ordering::SeqCst), 1);
        // The next one starts anew.
        gate.notify_one();
        let again = flights.run(1, work(Arc::clone(&counts), Arc::clone(&gate), Ok(9))).await;
        assert_eq!(again.expect("an answer"), 9);
    });
}

#[test]
fn an_error_is_told_to_all_and_not_kept() {
    runtime().block_on(async {
        let (flights, counts, gate) = (Flights::default(), Arc::<Counts>::default(), Arc::<Notify>::default());
        let mut waiting = JoinSet::new();
        for _ in 0..5 {
            let refused = Err(Error::source_error("the warehouse does not answer"));
            ask(&flights, &mut waiting, &counts, &gate, refused);
        }
        all_wait(&counts, 5).await;
        gate.notify_one();
        while let Some(answer) = waiting.join_next().await {
            let error = answer.expect("no panic").expect_err("an error");
            assert_eq!((error.kind(), error.message()), (ErrorKind::SourceError, "the warehouse does not answer"));
        }
        gate.notify_one();
        let again = flights.run(1, work(Arc::clone(&counts), Arc::clone(&gate), Ok(1))).await;
        assert_eq!(again.expect("an answer"), 1);
    });
}

#[test]
fn a_panic_is_an_error_and_leaves_nothing_behind() {
    runtime().block_on(async {
        let flights = Flights::default();
        let error = flights.run(1, async { panic!("a test") }).await.expect_err("an error");
        assert_eq!(error.kind(), ErrorKind::Internal);
        assert_eq!(flights.len(), 0);
        assert_eq!(flights.run(1, async { Ok(3) }).await.expect("an answer"), 3);
    });
}

/// Whoever waits to the end gets the value of their key, however many others come and go.
#[test]
fn under_stress_every_answer_is_that_of_its_key() {
    runtime().block_on(async {
        let (flights, counts) = (Flights::default(), Arc::<Counts>::default());
        let mut waiting = JoinSet::new();
        let mut random = 88_172_645_463_325_252_u64;
        for _ in 0..3_000 {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            let key = u32::try_from(random % 5).expect("less than five");
            let (works, stays) = (random % 300, random % 1_000 + 50);
            let (flights, counts) = (Arc::clone(&flights), Arc::clone(&counts));
            waiting.spawn(async move {
                let work = async move {
                    counts.started.fetch_add(1, Ordering::SeqCst);
                    tokio::time::sleep(Duration::from_micros(works)).await;
                    Ok(key * 10)
                };
                let answer = tokio::time::timeout(Duration::from_micros(stays), flights.run(key, work)).await;
                if let Ok(answer) = answer {
                    assert_eq!(answer.expect("an answer"), key * 10);
                }
            });
        }
        while let Some(ended) = waiting.join_next().await {
            ended.expect("no panic");
        }
        let started = counts.started.load(Ordering::SeqCst);
        assert!(started < 3_000, "nothing was shared");
        let begun = Instant::now();
        while flights.len() > 0 && begun.elapsed() < Duration::from_secs(1) {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        assert_eq!(flights.len(), 0, "work that nobody waits for stays on the list");
    });
}
