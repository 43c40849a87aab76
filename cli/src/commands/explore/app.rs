//! What keys do to what is shown. Nothing here asks or draws.

use drillcore::{Clicked, Error, Member};
use ratatui::layout::Size;

use super::axis::Axis;
use super::keys::{Action, Key, Move};
use super::list::{List, Row};
use super::measure::Choice;
use super::state::{State, Step};
use super::view;
use super::world::World;
use crate::plain::plain;

/// A walk: what is asked, its answer, and where the mark stands.
#[derive(Debug)]
pub(super) struct App {
    world: World,
    state: State,
    list: List,
    marked: usize,
    mode: Mode,
    notice: Option<Notice>,
}

/// What keys mean at the moment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) enum Mode {
    #[default]
    Walk,
    /// A text is typed that is looked for.
    Search {
        text: String,
        /// Where the mark was.
        from: usize,
        found: bool,
    },
    /// The keys are explained, from this line on.
    Help(usize),
}

/// What is said below the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Notice {
    pub(super) text: String,
    pub(super) is_error: bool,
}

/// What is to be done after a key.
#[derive(Debug)]
pub(super) enum Next {
    Nothing,
    Ask(Asked),
    Quit,
}

/// What is to be asked, and where the mark goes then.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) state: State,
    aim: Aim,
}

#[derive(Debug)]
enum Aim {
    Top,
    /// At the top, if there is more below the member than itself.
    Below(Step),
    /// At a member, where it is there.
    At(Option<Clicked>),
}

impl App {
    /// A walk that begins with this answer.
    pub(super) fn new(world: World, state: State, list: List) -> Self {
        Self { world, state, list, marked: 0, mode: Mode::Walk, notice: None }
    }

    pub(super) fn world(&self) -> &World {
        &self.world
    }

    pub(super) fn state(&self) -> &State {
        &self.state
    }

    pub(super) fn list(&self) -> &List {
        &self.list
    }

    /// The place of the mark.
    pub(super) fn marked(&self) -> usize {
        self.marked
    }

    pub(super) fn mode(&self) -> &Mode {
        &self.mode
    }

    pub(super) fn notice(&self) -> Option<&Notice> {
        self.notice.as_ref()
    }

    /// The dimension that is shown.
    pub(super) fn axis(&self) -> Option<&Axis> {
        self.world.axes.get(self.state.axis())
    }

    /// The measure that is shown.
    pub(super) fn measure(&self) -> Option<&Choice> {
        self.world.measures.get(self.state.measure())
    }

    /// Presses a key on a screen of this size.
    pub(super) fn press(&mut self, key: Key, size: Size) -> Next {
        self.notice = None;
        if key == Key::Interrupt {
            return Next::Quit;
        }
        match std::mem::take(&mut self.mode) {
            Mode::Walk => Action::of(key).map_or(Next::Nothing, |action| self.act(action, size)),
            Mode::Search { text, from, .. } => {
                self.search(text, from, key);
                Next::Nothing
            }
            Mode::Help(top) => {
                if let Some(to) = Move::of(key) {
                    let places = view::help_places(size);
                    self.mode = Mode::Help(to.after(top, places, size.height.into()));
                }
                Next::Nothing
            }
        }
    }

    /// Takes what was asked for.
    pub(super) fn arrived(&mut self, asked: Asked, answer: Result<List, Error>) {
        let list = match answer {
            Ok(list) => list,
            Err(error) => return self.refuse(&plain(error.message())),
        };
        self.marked = match &asked.aim {
            Aim::Below(step) if list.is_only(&step.clicked) => return self.nothing_below(&step.label),
            Aim::At(Some(clicked)) => list.position(clicked).unwrap_or(0),
            Aim::Top | Aim::Below(_) | Aim::At(None) => 0,
        };
        self.state = asked.state;
        self.list = list;
    }

    /// Says something that is no error.
    pub(super) fn tell(&mut self, text: &str) {
        self.notice = Some(Notice { text: text.to_owned(), is_error: false });
    }

    fn refuse(&mut self, text: &str) {
        self.notice = Some(Notice { text: text.to_owned(), is_error: true });
    }

    fn nothing_below(&mut self, label: &str) {
        self.tell(&format!("nothing is below {label}; f keeps it as a filter"));
    }

    fn act(&mut self, action: Action, size: Size) -> Next {
        let state = self.state.clone();
        match action {
            Action::Move(to) => {
                let page = view::list_rows(size, state.filters().len());
                self.marked = to.after(self.marked, self.list.rows.len(), page);
                Next::Nothing
            }
            Action::Open => self.open(state),
            Action::Close => match state.up() {
                Some((state, clicked)) => ask(state, Aim::At(Some(clicked))),
                None => self.say("this is the top; q quits"),
            },
            Action::NextAxis | Action::PreviousAxis => match self.world.axes.as_slice() {
                [_] => self.say("there is no other dimension"),
                _ => ask(state.turned(action == Action::NextAxis), Aim::Top),
            },
            Action::NextMeasure | Action::PreviousMeasure => match self.world.measures.len() {
                1 => self.say("there is no other measure"),
                count => ask(state.measuring(count, action == Action::NextMeasure), self.here()),
            },
            Action::Order => ask(state.reordered(), self.here()),
            Action::Keep => self.keep(state),
            Action::Drop => match state.dropping() {
                Some(state) => ask(state, self.here()),
                None => self.say("there is no filter to drop"),
            },
            Action::Search => {
                self.mode = Mode::Search { text: String::new(), from: self.marked, found: true };
                Next::Nothing
            }
            Action::Help => {
                self.mode = Mode::Help(0);
                Next::Nothing
            }
            Action::Quit => Next::Quit,
        }
    }

    fn open(&mut self, state: State) -> Next {
        let (Some(step), Some(axis)) = (self.step(), self.axis()) else {
            return self.say("there is nothing to go below");
        };
        let is_end = match &step.clicked {
            Clicked::Member(Member::Own(_)) => true,
            // A datetime that is NULL has no parts. The member NULL of a hierarchy may have members below it.
            Clicked::Null => !axis.is_hierarchy,
            _ => false,
        };
        if is_end || axis.ends_after(state.steps().len()) {
            self.nothing_below(&step.label);
            return Next::Nothing;
        }
        // A bucket may begin with the only finer one in it, and is not the same for that.
        let aim = if axis.is_hierarchy { Aim::Below(step.clone()) } else { Aim::Top };
        ask(state.down(step), aim)
    }

    fn keep(&mut self, state: State) -> Next {
        if self.world.axes.len() < 2 {
            return self.say("there is no other dimension to go to");
        }
        match self.step() {
            Some(step) => ask(state.keeping(step), Aim::Top),
            None => self.say("there is nothing to keep"),
        }
    }

    /// Types a key into the text that is looked for.
    fn search(&mut self, mut text: String, from: usize, key: Key) {
        let (start, forward) = match key {
            Key::Enter => return,
            Key::Esc => {
                self.marked = from;
                return;
            }
            Key::Char(character) => {
                text.extend(character.to_lowercase());
                (from, true)
            }
            Key::Backspace => {
                text.pop();
                (from, true)
            }
            Key::Down => (self.marked + 1, true),
            Key::Up => (self.marked + self.list.rows.len().saturating_sub(1), false),
            _ => (self.marked, true),
        };
        let place = self.list.find(&text, start, forward);
        self.marked = place.unwrap_or(from);
        self.mode = Mode::Search { text, from, found: place.is_some() };
    }

    fn say(&mut self, text: &str) -> Next {
        self.tell(text);
        Next::Nothing
    }

    fn row(&self) -> Option<&Row> {
        self.list.rows.get(self.marked)
    }

    /// The marked member.
    fn step(&self) -> Option<Step> {
        let row = self.row()?;
        Some(Step { clicked: row.clicked.clone()?, label: row.label.clone() })
    }

    /// The marked member, wherever it is then.
    fn here(&self) -> Aim {
        Aim::At(self.row().and_then(|row| row.clicked.clone()))
    }
}

fn ask(state: State, aim: Aim) -> Next {
    Next::Ask(Asked { state, aim })
}
