//! What these processes share: the memory in which plans and traces lie, and the types of what they tell each other.

pub(in crate::exec) mod bounds;
pub(in crate::exec) mod map;
pub(in crate::exec) mod mutation;
pub(in crate::exec) mod policy;
pub(in crate::exec) mod record;
pub(in crate::exec) mod seal;
pub(in crate::exec) mod slot;
pub(in crate::exec) mod vars;
pub(in crate::exec) mod wire;
pub(in crate::exec) mod wrongness;
