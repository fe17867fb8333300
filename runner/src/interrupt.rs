//! The first signal ends a run in order, a second one at once.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use syscase::exec::Executor;

use crate::status::{Status, not_done};

/// Sets the executor's flag when a signal asks the program to end.
pub(crate) fn listen(executor: &Executor) -> Result<Arc<AtomicBool>, Status> {
    let flag = Arc::clone(executor.interrupted());
    for signal in [signal_hook::consts::SIGINT, signal_hook::consts::SIGTERM, signal_hook::consts::SIGHUP] {
        signal_hook::flag::register_conditional_default(signal, Arc::clone(&flag))
            .and_then(|_| signal_hook::flag::register(signal, Arc::clone(&flag)))
            .map_err(|e| not_done(format!("cannot listen for interrupts: {e}")))?;
    }
    Ok(flag)
}
