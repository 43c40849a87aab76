//! Another process of this test binary, which runs one test that has nothing to do elsewhere. It tells what it has done,
//! line by line, and its parent stops it, kills it, or lets it come to its end.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Write};
use std::process::{self, ChildStdin, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use drillcore_tests::rng::Rng;

/// How long a child may be silent.
const PATIENCE: Duration = Duration::from_secs(60);

/// A word and a number.
pub type Told = (String, u64);

/// A process at work. When it is dropped, it is killed.
#[derive(Debug)]
pub struct Child {
    process: process::Child,
    input: Option<ChildStdin>,
    told: Receiver<Told>,
    listener: Option<JoinHandle<()>>,
}

impl Child {
    /// Has another process run a test, by its full name, with these variables of the environment.
    pub fn start(test: &str, variables: &[(&str, &OsStr)]) -> Self {
        let mut process = Command::new(std::env::current_exe().expect("this test"))
            .args([test, "--exact", "--nocapture", "--test-threads=1"])
            .envs(variables.iter().copied())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("a child");
        let input = process.stdin.take();
        let out = process.stdout.take().expect("the child's output");
        let (send, told) = mpsc::channel();
        let listener = thread::spawn(move || {
            for line in BufReader::new(out).lines().map_while(Result::ok) {
                if let Some((what, number)) = line.strip_prefix('@').and_then(|line| line.split_once(' ')) {
                    let told = (what.to_owned(), number.parse::<u64>().expect("a number"));
                    if send.send(told).is_err() {
                        break;
                    }
                }
            }
        });
        Self { process, input, told, listener: Some(listener) }
    }

    /// The next thing that it tells.
    pub fn hear(&self) -> Told {
        self.told.recv_timeout(PATIENCE).expect("a child that tells something")
    }

    /// What it has told by now and nobody has heard yet.
    pub fn heard(&self) -> Vec<Told> {
        self.told.try_iter().collect()
    }

    /// Lets it work for a time that is decided by chance and kills it; in so many of a hundred cases the time begins when
    /// it tells that it is ready, in others it may still be opening the store. What it told of until then.
    pub fn kill_soon(mut self, rng: &mut Rng, ready: u64) -> Vec<Told> {
        if rng.chance(ready) {
            let (what, _) = self.hear();
            assert_eq!(what, "ready");
        }
        thread::sleep(Duration::from_micros(rng.between(0, 300_000).unsigned_abs()));
        self.process.kill().expect("a killed child");
        let status = self.process.wait().expect("the end of the child");
        assert!(!status.success(), "the child ended by itself");
        self.listener.take().map(JoinHandle::join).expect("a listener").expect("all of the output");
        self.heard()
    }

    /// Wants no more of it, and waits for its end. What it told of and nobody has heard yet.
    pub fn finish(mut self) -> Vec<Told> {
        drop(self.input.take());
        let mut rest = Vec::new();
        loop {
            match self.told.recv_timeout(PATIENCE) {
                Ok(told) => rest.push(told),
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => panic!("the child does not come to its end"),
            }
        }
        let status = self.process.wait().expect("the end of the child");
        assert!(status.success(), "the child ended with {status}");
        rest
    }
}

#[cfg(unix)]
impl Child {
    /// Stops it where it is, with all of its threads, as though it slept.
    pub fn stop(&self) {
        self.signal("STOP");
        if cfg!(target_os = "linux") {
            let path = format!("/proc/{}/stat", self.process.id());
            // The state stands behind the name, which is in brackets.
            let is_stopped = || {
                let stat = std::fs::read_to_string(&path).expect("the state of the child");
                stat.rsplit_once(')').is_some_and(|(_, rest)| rest.trim_start().starts_with('T'))
            };
            for _ in 0..10_000 {
                if is_stopped() {
                    return;
                }
                thread::sleep(Duration::from_millis(1));
            }
            panic!("the child does not stop");
        }
    }

    /// Lets it go on after a stop.
    pub fn resume(&self) {
        self.signal("CONT");
    }

    /// Lets it go on where it waits by [`wait_for_parent`].
    pub fn wake(&mut self) {
        let input = self.input.as_mut().expect("the child's input");
        writeln!(input, "go on").and_then(|()| input.flush()).expect("a child that listens");
    }

    fn signal(&self, signal: &str) {
        // Every shell has `kill`, not every system has it as a program.
        let command = format!("kill -{signal} {}", self.process.id());
        let status = Command::new("sh").args(["-c", &command]).status().expect("a shell");
        assert!(status.success(), "{command} ended with {status}");
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        // Both fail where it has ended already.
        let _ended = self.process.kill();
        let _waited = self.process.wait();
    }
}

/// In the child: tells the parent something.
pub fn tell(what: &str, number: u64) {
    // Written past the test harness, which may keep what is printed.
    let mut out = std::io::stdout().lock();
    writeln!(out, "\n@{what} {number}").and_then(|()| out.flush()).expect("a parent that listens");
}

/// In the child: waits until the parent lets it go on.
#[cfg(unix)]
pub fn wait_for_parent() {
    let mut line = String::new();
    let read = std::io::stdin().read_line(&mut line).expect("the parent's word");
    assert!(read > 0, "the parent has gone");
}

/// In the child: a flag that is set when the parent wants no more.
pub fn until_finished() -> Arc<AtomicBool> {
    let over = Arc::new(AtomicBool::new(false));
    let set = Arc::clone(&over);
    thread::spawn(move || {
        let mut line = String::new();
        let _end = std::io::stdin().read_line(&mut line);
        set.store(true, Ordering::SeqCst);
    });
    over
}
