//! The languages that pages are in. They are written in English; what they say in another one is in
//! `public/languages`, a file each, and `public/language.js` puts it there.

/// The languages beside English, by their code.
pub const LANGUAGES: [&str; 8] = ["de", "es", "fr", "it", "ja", "nl", "pt", "zh"];

/// What the pages are written in.
pub const ENGLISH: &str = "en";

/// The language that somebody asks for by a tag such as `de-AT`; nothing where pages are not in it. Some hosts write
/// `jp` for Japanese.
pub fn of_tag(tag: &str) -> Option<&'static str> {
    let primary = tag.trim().split(['-', '_']).next()?.to_ascii_lowercase();
    match primary.as_str() {
        "jp" => Some("ja"),
        ENGLISH => Some(ENGLISH),
        other => LANGUAGES.into_iter().find(|language| *language == other),
    }
}

/// The tag that a browser likes best among those that pages are in, from its `Accept-Language` (RFC 9110, 12.5.4).
pub fn preferred(accepted: &str) -> Option<&str> {
    let mut liked: Vec<(f32, &str)> = accepted
        .split(',')
        .filter_map(|item| {
            let (tag, weight) = item.split_once(";q=").unwrap_or((item, "1"));
            let weight: f32 = weight.trim().parse().ok().filter(|weight| *weight > 0.0)?;
            of_tag(tag).map(|_| (weight, tag.trim()))
        })
        .collect();
    liked.sort_by(|one, other| other.0.total_cmp(&one.0));
    liked.first().map(|(_, tag)| *tag)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn a_tag_is_read_by_its_first_part() {
        let cases = [
            ("de", Some("de")),
            ("de-AT", Some("de")),
            ("fr_CA", Some("fr")),
            ("PT-br", Some("pt")),
            ("jp", Some("ja")),
            ("en-GB", Some("en")),
            ("tlh", None),
            ("", None),
        ];
        for (tag, language) in cases {
            assert_eq!(of_tag(tag), language, "{tag}");
        }
    }

    /// The texts of a language by what they are in English.
    fn dictionary(language: &str) -> BTreeMap<String, String> {
        let file = format!("{}/public/languages/{language}.js", env!("CARGO_MANIFEST_DIR"));
        let script = std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{file}: {error}"));
        let json =
            script.strip_prefix("self.inletWords = ").and_then(|rest| rest.trim_end().strip_suffix(';'));
        serde_json::from_str(json.expect("it is one object"))
            .unwrap_or_else(|error| panic!("{file}: {error}"))
    }

    fn places(text: &str) -> usize {
        text.matches("{}").count()
            + text.matches("{#}").count()
            + text.matches("{+}").count()
            + (1..=9).filter(|place| text.contains(&format!("{{{place}}}"))).count()
    }

    #[test]
    fn every_language_says_the_same() {
        let first = dictionary(LANGUAGES[0]);
        for language in LANGUAGES {
            let words = dictionary(language);
            let missing: Vec<_> = first.keys().filter(|text| !words.contains_key(*text)).collect();
            let more: Vec<_> = words.keys().filter(|text| !first.contains_key(*text)).collect();
            assert!(
                missing.is_empty() && more.is_empty(),
                "{language} misses {missing:?}, and has {more:?} alone"
            );
            for (english, text) in &words {
                assert_eq!(
                    places(text),
                    places(english),
                    "{language}: “{text}” has other places than “{english}”"
                );
                assert!(!text.trim().is_empty(), "{language} says nothing for “{english}”");
            }
        }
    }

    #[test]
    fn a_browser_gets_what_it_likes_best() {
        assert_eq!(preferred("de-AT,de;q=0.9,en;q=0.8"), Some("de-AT"));
        assert_eq!(preferred("tlh, en;q=0.5, fr;q=0.7"), Some("fr"));
        assert_eq!(preferred("fr;q=0, en"), Some("en"));
        assert_eq!(preferred("tlh"), None);
        assert_eq!(preferred(""), None);
    }
}
