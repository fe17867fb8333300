//! Workers prepared ahead: a thread that starts the next one, and ends the last one, while cases are performed.

use std::io;
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};

use crate::exec::runner::launcher::Launcher;
use crate::exec::runner::limits;
use crate::exec::shared::map::Shared;
use crate::exec::shared::policy::Confinement;
use crate::exec::shared::slot::SHARED_SIZE;

/// A worker's memory and process id.
pub(in crate::exec) type Started = (Shared, i32);

enum Task {
    Start(Confinement, Sender<io::Result<Started>>),
    Kill(i32),
    Discard(Spare),
}

/// The thread. It ends with this.
pub(in crate::exec) struct Spares {
    tasks: Option<Sender<Task>>,
    thread: Option<JoinHandle<()>>,
}

/// A worker that is being started, or is ready.
pub(in crate::exec) struct Spare(Receiver<io::Result<Started>>);

impl Spares {
    pub(in crate::exec) fn new(launcher: Arc<Mutex<Launcher>>) -> io::Result<Self> {
        let (tasks, queue) = mpsc::channel();
        let thread = thread::Builder::new().name("spares".into()).spawn(move || serve(&launcher, &queue))?;
        Ok(Spares { tasks: Some(tasks), thread: Some(thread) })
    }

    /// Starts a worker, without waiting for it.
    pub(in crate::exec) fn start(&self, confinement: Confinement) -> Spare {
        let (started, spare) = mpsc::channel();
        self.task(Task::Start(confinement, started));
        Spare(spare)
    }

    /// Kills a worker, without waiting for that.
    pub(in crate::exec) fn kill(&self, pid: i32) {
        self.task(Task::Kill(pid));
    }

    /// Kills a worker that is not needed, without waiting for that.
    pub(in crate::exec) fn discard(&self, spare: Spare) {
        self.task(Task::Discard(spare));
    }

    fn task(&self, task: Task) {
        // A thread that is gone is told of by who waits for a spare; its workers end with the launcher.
        let _ = self.tasks.as_ref().map(|tasks| tasks.send(task));
    }
}

impl Drop for Spares {
    fn drop(&mut self) {
        drop(self.tasks.take());
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

impl Spare {
    /// Waits until it is ready.
    ///
    /// # Errors
    /// When it cannot be started.
    pub(in crate::exec) fn ready(self) -> io::Result<Started> {
        self.0.recv().map_err(|_| io::Error::other("the thread that starts workers is gone"))?
    }
}

/// Room for a worker and for one more: that of a worker that is lost is still there when the next one starts.
pub(in crate::exec) const WITH_ANOTHER: usize = 2 * SHARED_SIZE;

/// Starts a worker, if there is room for so many bytes where that is asked, and waits until it is ready.
///
/// # Errors
/// When it cannot be started.
pub(in crate::exec) fn launch(
    launcher: &Mutex<Launcher>,
    confinement: Confinement,
    room: Option<usize>,
) -> io::Result<Started> {
    let mut launcher = lock(launcher);
    room.map_or(Ok(()), limits::room_for)?;
    let shared = Shared::new()?;
    let pid = launcher.start(&shared, confinement)?;
    Ok((shared, pid))
}

fn lock(launcher: &Mutex<Launcher>) -> MutexGuard<'_, Launcher> {
    launcher.lock().unwrap_or_else(PoisonError::into_inner)
}

fn serve(launcher: &Mutex<Launcher>, queue: &Receiver<Task>) {
    while let Ok(task) = queue.recv() {
        match task {
            Task::Start(confinement, to) => {
                // Whoever does not want it has it discarded.
                let _ = to.send(launch(launcher, confinement, None));
            }
            // If the launcher is gone, so are its workers.
            Task::Kill(pid) => _ = lock(launcher).kill(pid),
            Task::Discard(spare) => _ = spare.ready().and_then(|(_, pid)| lock(launcher).kill(pid)),
        }
    }
}
