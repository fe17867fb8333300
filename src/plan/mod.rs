//! A case and the table in, a plan out.

mod access;
mod arg;
mod bind;
mod bytes;
mod call;
mod data;
mod disk;
mod expect;
mod expected;
mod expr;
mod formula;
mod fuse;
mod held;
mod layout;
mod line;
mod list;
mod memo;
mod memory;
mod named;
mod names;
mod number;
mod observe;
mod op;
mod output;
mod performed;
mod planner;
mod pointer;
mod program;
mod record;
mod repeat;
mod result;
mod safety;
mod setup;
mod siblings;
mod status;
mod step;
mod sysctls;
mod text;
mod vars;

pub(crate) use bind::{NUMBERS, TIMES};
pub(crate) use bytes::NOTATIONS;
pub use expected::*;
pub use formula::*;
pub(crate) use held::ORDERS;
pub use line::{ArchivedLinePiece, LinePiece, MAX_NUMBERS, Match, Numbers, find_line};
pub use observe::{Number, observed};
pub use op::*;
pub use performed::*;
pub use planner::{page_size, plan, plan_all};
pub use setup::{
    ArchivedMade, ArchivedPlanCgroup, ArchivedPlanDisk, ArchivedPlanFile, ArchivedPlanMount, ArchivedReaction,
    ArchivedReply, ArchivedSetup, ArchivedWith, Made, PlanCgroup, PlanDisk, PlanFile, PlanMount, Reaction, Reply,
    Setup, With,
};
pub(crate) use status::{CONTINUED, STATUS};
