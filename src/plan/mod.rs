//! A case and the table in, a plan out.

mod access;
mod arg;
mod bind;
mod bytes;
mod call;
mod data;
mod expect;
mod expected;
mod expr;
mod held;
mod implicit;
mod layout;
mod list;
mod memory;
mod named;
mod names;
mod number;
mod op;
mod outcome;
mod output;
mod performed;
mod planner;
mod pointer;
mod program;
mod record;
mod safety;
mod setup;
mod siblings;
mod status;
mod step;
mod sysctls;
mod vars;

pub(crate) use bind::NUMBERS;
pub(crate) use bytes::NOTATIONS;
pub use expected::*;
pub(crate) use held::ORDERS;
pub use op::*;
pub use performed::*;
pub use planner::{page_size, plan, plan_all};
pub use setup::{
    ArchivedMade, ArchivedPlanFile, ArchivedPlanMount, ArchivedReaction, ArchivedSetup, Made, PlanFile, PlanMount,
    Reaction, Setup,
};
pub(crate) use status::{CONTINUED, STATUS};
