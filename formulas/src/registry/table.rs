//! How a group of functions is written down.

/// An enum of functions, each with its entry: the one place that a function is added to.
macro_rules! functions {
    ($(#[$meta:meta])* $group:ident { $($function:ident => $entry:expr,)+ }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum $group {
            $(
                #[doc = concat!("`", stringify!($function), "`; its [entry](Self::entry) says what it does.")]
                $function,
            )+
        }

        impl $group {
            /// All of the group, as the documentation lists them.
            pub const ALL: &'static [Self] = &[$(Self::$function),+];

            /// What is known of it.
            #[must_use]
            pub fn entry(self) -> &'static $crate::Entry {
                match self {
                    $(Self::$function => {
                        const ENTRY: &$crate::Entry = &$entry;
                        ENTRY
                    })+
                }
            }
        }
    };
}

pub(crate) use functions;
