//! The rooms in a row: plans performed by workers, judged, told to whoever listens.

mod feed;
mod order;
mod quotas;
mod session;
mod suite;

pub use feed::Feed;
pub use order::InOrder;
pub use session::Session;
pub use suite::suite;
