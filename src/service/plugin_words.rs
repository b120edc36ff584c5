//! What Flatfile's plugins say to people by the names of texts, which the page puts into words.

/// The names that the published plugins use, and what people read in their place.
const WORDS: [(&str, &str); 11] = [
    ("files.uploadFile.popovers.extractionCompleted", "The file was read."),
    ("jobs.messages.startingJob", "Starting"),
    ("jobs.submit.button.defaultLabel", "Submit"),
    ("plugins.extraction.addingRecords", "Adding records"),
    ("plugins.extraction.createWorkbook", "Making a workbook"),
    ("plugins.extraction.extractedFile", "The file was read."),
    ("plugins.extraction.extractionFailed", "The file could not be read."),
    ("plugins.extraction.fileTooLarge", "The file is too large."),
    ("plugins.extraction.noSheets", "The file has no sheets."),
    ("plugins.extraction.parseSheets", "Reading the file"),
    ("plugins.extraction.retrieveFile", "Fetching the file"),
];

/// The words for a text that a listener gave: those of its name, or itself.
pub fn in_words(text: &str) -> String {
    WORDS.iter().find(|(name, _)| *name == text).map_or(text, |(_, words)| words).to_string()
}

#[cfg(test)]
mod tests {
    use super::in_words;

    #[test]
    fn names_of_texts_become_words_and_other_texts_stay() {
        assert_eq!(in_words("plugins.extraction.parseSheets"), "Reading the file");
        assert_eq!(in_words("plugins.of.ours"), "plugins.of.ours");
        assert_eq!(
            in_words("Reading plugins.extraction.parseSheets"),
            "Reading plugins.extraction.parseSheets"
        );
    }
}
