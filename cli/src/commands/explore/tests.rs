//! Walks over small worlds and over the flights of New York, without a terminal.

mod laws;
mod line;
mod screens;
mod worlds;
