//! "Report an error": a small file that names an item and its revision, for the learner to share or not.

use std::io::Write;
use std::path::PathBuf;

use super::App;
use crate::error::{Error, Result};
use crate::model::{ItemRef, Language};
use crate::time::Moment;

/// Longest report, in bytes.
const LONGEST: usize = 20_000;

impl App {
    /// Writes a report about an item beside the database and gives its path. Nothing is sent anywhere, and nothing but
    /// the learner's own words and the item's name stands in it.
    ///
    /// # Errors
    /// [`Error::NoSuchItem`], [`Error::BadValue`] for a report without words or of more than 20 kB, and
    /// [`Error::WriteFile`].
    pub fn report(&self, item: &ItemRef, language: Language, words: &str, now: Moment) -> Result<PathBuf> {
        let words = words.trim();
        if words.is_empty() || words.len() > LONGEST {
            return Err(Error::BadValue { field: "report", value: format!("{} bytes", words.len()) });
        }
        let found = self.item(item)?;
        let bank = self.store.read().fact("bank")?.unwrap_or_default();
        let folder = self.store.path().with_file_name("reports");
        // An id is lower case letters, digits, hyphens and slashes.
        let name = format!("{}-{}", now.local_date(), item.id.replace('/', "-"));
        let text = format!(
            "# Error report\n\nitem: {} {}\nrevision: {}\nlanguage: {language}\nbank: {bank}\nprogram: {}\ndate: {}\n\n{words}\n",
            item.kind.0,
            item.id,
            found.revision,
            env!("CARGO_PKG_VERSION"),
            now.local_date(),
        );
        let failed = |path: &PathBuf, error: &std::io::Error| Error::WriteFile {
            path: path.clone(),
            reason: error.to_string(),
        };
        std::fs::create_dir_all(&folder).map_err(|error| failed(&folder, &error))?;
        // A second report about the same item on the same day gets the next number.
        for number in 1..1000 {
            let path = folder.join(format!("{name}-{number}.md"));
            let made = std::fs::OpenOptions::new().write(true).create_new(true).open(&path);
            match made {
                Ok(mut file) => {
                    file.write_all(text.as_bytes()).map_err(|error| failed(&path, &error))?;
                    return Ok(path);
                }
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(failed(&path, &error)),
            }
        }
        Err(Error::WriteFile {
            path: folder,
            reason: "there are a thousand reports about it today".to_owned(),
        })
    }
}
