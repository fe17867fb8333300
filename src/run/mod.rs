//! Many cases: plans performed by workers, judged, and reported in order.

mod feed;
mod order;
mod quotas;
mod session;
mod suite;

pub use feed::Feed;
pub use order::InOrder;
pub use session::Session;
pub use suite::suite;
