//! The rooms in a row: plans performed by workers, judged, told to whoever listens.

mod order;
mod session;

pub use order::InOrder;
pub use session::Session;
