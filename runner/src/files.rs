//! Reports that a run writes into files.

use std::fs::File;
use std::io::{self, BufWriter};
use std::path::Path;

use syscase::report::{Event, JUnit, JsonLines, Ktap, Reporter};

/// Reports, with the names of their files.
#[derive(Default)]
pub(crate) struct Files(Vec<(String, Box<dyn Reporter + Send>)>);

impl Files {
    /// Adds JSON lines.
    ///
    /// # Errors
    /// In words, where the file cannot be created; so do the others.
    pub(crate) fn json(&mut self, path: &Path) -> Result<(), String> {
        self.add(path, |file| Box::new(JsonLines::new(file)))
    }

    /// Adds a JUnit report.
    pub(crate) fn junit(&mut self, path: &Path) -> Result<(), String> {
        self.add(path, |file| Box::new(JUnit::new(file)))
    }

    /// Adds KTAP.
    pub(crate) fn ktap(&mut self, path: &Path) -> Result<(), String> {
        self.add(path, |file| Box::new(Ktap::new(file)))
    }

    fn add(
        &mut self,
        path: &Path,
        reporter: impl FnOnce(BufWriter<File>) -> Box<dyn Reporter + Send>,
    ) -> Result<(), String> {
        self.0.push((path.display().to_string(), reporter(create(path)?)));
        Ok(())
    }

    /// Has each report written to; what could not be written, in words.
    #[must_use]
    pub(crate) fn each(&mut self, mut write: impl FnMut(&mut dyn Reporter) -> io::Result<()>) -> Vec<String> {
        let faults = self.0.iter_mut().filter_map(|(name, file)| {
            let error = write(&mut **file).err()?;
            Some(format!("cannot write {name}: {error}"))
        });
        faults.collect()
    }

    /// Gives each report the next event; what could not be written, in words.
    #[must_use]
    pub(crate) fn event(&mut self, event: &Event) -> Vec<String> {
        self.each(|file| file.event(event))
    }
}

/// Creates a file.
///
/// # Errors
/// In words.
pub(crate) fn create(path: &Path) -> Result<BufWriter<File>, String> {
    File::create(path).map(BufWriter::new).map_err(|e| format!("cannot create {}: {e}", path.display()))
}
