//! Keys: those of a terminal, those of a script, and what they do.

use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

/// A key that means something here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Key {
    Up,
    Down,
    Left,
    Right,
    PageUp,
    PageDown,
    Home,
    End,
    Enter,
    Backspace,
    Esc,
    Tab,
    BackTab,
    Char(char),
    /// Ctrl-C, which a terminal in raw mode hands over like any other key.
    Interrupt,
}

impl Key {
    /// The key of the terminal; none for one that means nothing.
    pub(super) fn of(event: &KeyEvent) -> Option<Self> {
        if event.modifiers.intersects(KeyModifiers::CONTROL | KeyModifiers::ALT) {
            let interrupts = event.modifiers == KeyModifiers::CONTROL && event.code == KeyCode::Char('c');
            return interrupts.then_some(Self::Interrupt);
        }
        Some(match event.code {
            KeyCode::Up => Self::Up,
            KeyCode::Down => Self::Down,
            KeyCode::Left => Self::Left,
            KeyCode::Right => Self::Right,
            KeyCode::PageUp => Self::PageUp,
            KeyCode::PageDown => Self::PageDown,
            KeyCode::Home => Self::Home,
            KeyCode::End => Self::End,
            KeyCode::Enter => Self::Enter,
            KeyCode::Backspace => Self::Backspace,
            KeyCode::Esc => Self::Esc,
            KeyCode::Tab => Self::Tab,
            KeyCode::BackTab => Self::BackTab,
            KeyCode::Char(character) => Self::Char(character),
            _ => return None,
        })
    }

    /// The key of a word in a script.
    fn named(word: &str) -> Option<Self> {
        Some(match word {
            "up" => Self::Up,
            "down" => Self::Down,
            "left" => Self::Left,
            "right" => Self::Right,
            "pageup" => Self::PageUp,
            "pagedown" => Self::PageDown,
            "home" => Self::Home,
            "end" => Self::End,
            "enter" => Self::Enter,
            "backspace" => Self::Backspace,
            "esc" => Self::Esc,
            "tab" => Self::Tab,
            "backtab" | "shift-tab" => Self::BackTab,
            "space" => Self::Char(' '),
            _ => {
                let mut characters = word.chars();
                let first = characters.next()?;
                return characters.next().is_none().then_some(Self::Char(first));
            }
        })
    }
}

/// What a key does where nothing is being typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Action {
    Move(Move),
    /// Below the marked member.
    Open,
    /// Back up.
    Close,
    NextAxis,
    PreviousAxis,
    NextMeasure,
    PreviousMeasure,
    /// By the measure or by the members.
    Order,
    /// Keeps the marked member as a filter and goes to the next dimension.
    Keep,
    /// Drops the last filter.
    Drop,
    Search,
    Help,
    Quit,
}

/// Where the mark goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Move {
    Up,
    Down,
    PageUp,
    PageDown,
    Home,
    End,
}

impl Move {
    /// Where a key moves the mark.
    pub(super) fn of(key: Key) -> Option<Self> {
        Some(match key {
            Key::Up => Self::Up,
            Key::Down => Self::Down,
            Key::PageUp => Self::PageUp,
            Key::PageDown => Self::PageDown,
            Key::Home => Self::Home,
            Key::End => Self::End,
            _ => return None,
        })
    }

    /// The place after the move among so many; a page has so many places.
    pub(super) fn after(self, place: usize, count: usize, page: usize) -> usize {
        let last = count.saturating_sub(1);
        let to = match self {
            Self::Up => place.saturating_sub(1),
            Self::Down => place.saturating_add(1),
            Self::PageUp => place.saturating_sub(page.max(1)),
            Self::PageDown => place.saturating_add(page.max(1)),
            Self::Home => 0,
            Self::End => last,
        };
        to.min(last)
    }
}

impl Action {
    /// What the key does.
    pub(super) fn of(key: Key) -> Option<Self> {
        if let Some(to) = Move::of(key) {
            return Some(Self::Move(to));
        }
        Some(match key {
            Key::Right | Key::Enter => Self::Open,
            Key::Left | Key::Backspace | Key::Esc => Self::Close,
            Key::Tab => Self::NextAxis,
            Key::BackTab => Self::PreviousAxis,
            Key::Char('m') => Self::NextMeasure,
            Key::Char('M') => Self::PreviousMeasure,
            Key::Char('o') => Self::Order,
            Key::Char('f') => Self::Keep,
            Key::Char('F') => Self::Drop,
            Key::Char('/') => Self::Search,
            Key::Char('?') => Self::Help,
            Key::Char('q') | Key::Interrupt => Self::Quit,
            _ => return None,
        })
    }
}

/// A part of a script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Word {
    /// Keys to press, and how the script calls them.
    Press(String, Vec<Key>),
    /// Print the screen.
    Shot,
}

/// The words of a script.
///
/// # Errors
///
/// What is wrong with it, for people.
pub(super) fn script(text: &str) -> Result<Vec<Word>, String> {
    let mut words = Vec::new();
    for (index, line) in text.lines().enumerate() {
        for word in line.split_whitespace().take_while(|word| !word.starts_with('#')) {
            words
                .push(parsed(word).ok_or_else(|| format!("line {} of the keys: there is no key `{word}`", index + 1))?);
        }
    }
    Ok(words)
}

fn parsed(word: &str) -> Option<Word> {
    if word == "shot" {
        return Some(Word::Shot);
    }
    let keys = match word.strip_prefix("type:") {
        Some(typed) => typed.chars().map(Key::Char).collect(),
        None => vec![Key::named(word)?],
    };
    Some(Word::Press(word.to_owned(), keys))
}

#[cfg(test)]
mod tests {
    use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

    use super::{Action, Key, Move, Word, script};

    fn press(word: &str, keys: &[Key]) -> Word {
        Word::Press(word.to_owned(), keys.to_vec())
    }

    #[test]
    fn scripts_are_read() {
        let text = "down right # to the planes\n# nothing\n  m M type:Be2 shot\n/ space shift-tab q";
        let expected = [
            press("down", &[Key::Down]),
            press("right", &[Key::Right]),
            press("m", &[Key::Char('m')]),
            press("M", &[Key::Char('M')]),
            press("type:Be2", &[Key::Char('B'), Key::Char('e'), Key::Char('2')]),
            Word::Shot,
            press("/", &[Key::Char('/')]),
            press("space", &[Key::Char(' ')]),
            press("shift-tab", &[Key::BackTab]),
            press("q", &[Key::Char('q')]),
        ];
        assert_eq!(script(text).unwrap(), expected);
        assert_eq!(script(" \n").unwrap(), []);
        assert_eq!(script("down\nup dwon").unwrap_err(), "line 2 of the keys: there is no key `dwon`");
    }

    #[test]
    fn terminals_have_the_same_keys() {
        let of = |code, modifiers| Key::of(&KeyEvent::new(code, modifiers));
        assert_eq!(of(KeyCode::Char('M'), KeyModifiers::SHIFT), Some(Key::Char('M')));
        assert_eq!(of(KeyCode::BackTab, KeyModifiers::SHIFT), Some(Key::BackTab));
        assert_eq!(of(KeyCode::Char('c'), KeyModifiers::CONTROL), Some(Key::Interrupt));
        assert_eq!(of(KeyCode::Char('q'), KeyModifiers::ALT), None);
        assert_eq!(of(KeyCode::F(1), KeyModifiers::NONE), None);
    }

    #[test]
    fn three_keys_go_up_and_two_go_down() {
        for key in [Key::Left, Key::Backspace, Key::Esc] {
            assert_eq!(Action::of(key), Some(Action::Close));
        }
        for key in [Key::Right, Key::Enter] {
            assert_eq!(Action::of(key), Some(Action::Open));
        }
        assert_eq!(Action::of(Key::Char('x')), None);
    }

    #[test]
    fn the_mark_stays_in_the_list() {
        for (to, place, expected) in [
            (Move::Up, 0, 0),
            (Move::Up, 3, 2),
            (Move::Down, 8, 9),
            (Move::Down, 9, 9),
            (Move::PageDown, 3, 7),
            (Move::PageDown, 7, 9),
            (Move::PageUp, 3, 0),
            (Move::Home, 5, 0),
            (Move::End, 5, 9),
        ] {
            assert_eq!(to.after(place, 10, 4), expected, "{to:?} {place}");
            assert_eq!(to.after(0, 0, 4), 0, "{to:?}");
        }
    }
}
