//! A kernel elsewhere: plans go there in a pack, traces come back as a stream of messages, and are judged here.

mod message;
mod pack;
mod packed;
mod perform;
mod performed;

pub use message::{Message, Messages};
pub use pack::{Entry, Pack};
pub use packed::Packed;
pub use perform::perform;
pub use performed::judged;
