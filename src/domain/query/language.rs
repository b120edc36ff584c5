//! The query language: one line of text becomes a [`Condition`].
//!
//! ```text
//! condition  = all { "or" all }
//! all        = one { "and" one }
//! one        = "(" condition ")" | [ field ] operator value | [ field ] "is" quality
//!            | [ field ] "@message" operator value
//! ```
//!
//! A field or value is a word, or a text in single or double quotes, in which `\"`, `\'` and `\\` stand for
//! the character behind the backslash. Words of the language count in any case; in quotes they are fields and values.

use super::condition::{Comparison, Condition, MESSAGE, Operator, Quality};
use crate::domain::parse::ParseError;

/// Most bytes of a query.
const MOST_BYTES: usize = 64 << 10;
/// Most brackets within one another.
const MOST_DEPTH: usize = 64;
/// Most comparisons of a query.
const MOST_CONDITIONS: usize = 1_000;

const OPERATORS: &str = "eq, ne, lt, gt, lte, gte, like, ilike, contains or is";

/// Reads a query; the error names the place by its character, counted from 1.
///
/// # Errors
/// What is expected instead, and how to write it.
pub fn parse(text: &str) -> Result<Condition, ParseError> {
    if text.len() > MOST_BYTES {
        return Err(ParseError::at("q", format!("a query has at most {MOST_BYTES} bytes; shorten it")));
    }
    let tokens = tokens(text)?;
    let end = text.chars().count() + 1;
    let mut reader = Reader { tokens: &tokens, end, count: 0 };
    let condition = reader.condition(0)?;
    match reader.tokens.first() {
        None => Ok(condition),
        Some(Token { at, kind: Kind::Close }) => Err(error(*at, "this `)` closes nothing; remove it")),
        Some(Token { at, .. }) => Err(error(
            *at,
            "expected `and`, `or` or the end; a value with spaces stands in quotes, as in name eq \"Ann Lee\"",
        )),
    }
}

fn error(at: usize, message: impl Into<String>) -> ParseError {
    ParseError::at(format!("q, character {at}"), message)
}

#[derive(Debug, Clone, PartialEq)]
struct Token {
    /// The character that it begins with, counted from 1.
    at: usize,
    kind: Kind,
}

#[derive(Debug, Clone, PartialEq)]
enum Kind {
    Open,
    Close,
    Word(String),
    Quoted(String),
}

impl Token {
    fn is_word(&self, word: &str) -> bool {
        matches!(&self.kind, Kind::Word(other) if other.eq_ignore_ascii_case(word))
    }

    fn operator(&self) -> Option<Operator> {
        match &self.kind {
            Kind::Word(word) => Operator::read(word),
            _ => None,
        }
    }
}

fn tokens(text: &str) -> Result<Vec<Token>, ParseError> {
    let mut characters = (1..).zip(text.chars()).peekable();
    let mut found = Vec::new();
    while let Some((at, character)) = characters.next() {
        let kind = match character {
            character if character.is_whitespace() => continue,
            '(' => Kind::Open,
            ')' => Kind::Close,
            '"' | '\'' => Kind::Quoted(quoted(&mut characters, at, character)?),
            _ => {
                let mut word = character.to_string();
                let belongs =
                    |(_, next): &(usize, char)| !next.is_whitespace() && *next != '(' && *next != ')';
                while let Some((_, next)) = characters.next_if(belongs) {
                    word.push(next);
                }
                Kind::Word(word)
            }
        };
        found.push(Token { at, kind });
    }
    Ok(found)
}

fn quoted(
    characters: &mut std::iter::Peekable<impl Iterator<Item = (usize, char)>>,
    at: usize,
    quote: char,
) -> Result<String, ParseError> {
    let mut text = String::new();
    while let Some((_, character)) = characters.next() {
        match character {
            '\\' => {
                let escaped = characters.next_if(|(_, next)| matches!(next, '"' | '\'' | '\\'));
                text.push(escaped.map_or('\\', |(_, next)| next));
            }
            character if character == quote => return Ok(text),
            character => text.push(character),
        }
    }
    Err(error(
        at,
        format!("this {quote} never closes; write {quote} at the end of the text, or \\{quote} within"),
    ))
}

struct Reader<'a> {
    tokens: &'a [Token],
    /// Where the text ends.
    end: usize,
    count: usize,
}

impl<'a> Reader<'a> {
    fn at(&self) -> usize {
        self.tokens.first().map_or(self.end, |token| token.at)
    }

    fn next(&mut self) -> Option<&'a Token> {
        let (first, rest) = self.tokens.split_first()?;
        self.tokens = rest;
        Some(first)
    }

    fn takes(&mut self, fits: impl Fn(&Token) -> bool) -> bool {
        let taken = self.tokens.first().is_some_and(fits);
        if taken {
            self.tokens = &self.tokens[1..];
        }
        taken
    }

    fn condition(&mut self, depth: usize) -> Result<Condition, ParseError> {
        let mut parts = vec![self.all(depth)?];
        while self.takes(|token| token.is_word("or")) {
            parts.push(self.all(depth)?);
        }
        Ok(only(parts, Condition::Or))
    }

    fn all(&mut self, depth: usize) -> Result<Condition, ParseError> {
        let mut parts = vec![self.one(depth)?];
        while self.takes(|token| token.is_word("and")) {
            parts.push(self.one(depth)?);
        }
        Ok(only(parts, Condition::And))
    }

    fn one(&mut self, depth: usize) -> Result<Condition, ParseError> {
        let at = self.at();
        self.count += 1;
        if self.count > MOST_CONDITIONS {
            return Err(error(
                at,
                format!("a query has at most {MOST_CONDITIONS} comparisons; ask in parts"),
            ));
        }
        if self.takes(|token| token.kind == Kind::Open) {
            if depth == MOST_DEPTH {
                return Err(error(
                    at,
                    format!("more than {MOST_DEPTH} brackets within one another; remove some"),
                ));
            }
            let inner = self.condition(depth + 1)?;
            return match self.takes(|token| token.kind == Kind::Close) {
                true => Ok(inner),
                false => Err(error(self.at(), format!("expected `)` for the bracket at character {at}"))),
            };
        }
        let field = self.field()?;
        if self.takes(|token| token.is_word("is")) {
            return Ok(Condition::Is { field, quality: self.quality()? });
        }
        if self.takes(|token| token.is_word(MESSAGE)) {
            return Ok(Condition::Message(self.comparison(field)?));
        }
        Ok(Condition::Cell(self.comparison(field)?))
    }

    /// The field that a comparison begins with, if any.
    fn field(&mut self) -> Result<Option<String>, ParseError> {
        let expected = "expected a comparison, as in age gt 30 or email is error";
        let Some(token) = self.tokens.first() else { return Err(error(self.end, expected)) };
        let name = match &token.kind {
            Kind::Quoted(name) => name,
            Kind::Word(_) if token.operator().is_some() => return Ok(None),
            Kind::Word(word) if token.is_word("is") || token.is_word(MESSAGE) => {
                // `is` may be a field too, when an operator follows.
                let next = self.tokens.get(1);
                let is_field = token.is_word("is") && next.is_some_and(|next| next.operator().is_some());
                if !is_field {
                    return Ok(None);
                }
                word
            }
            Kind::Word(_) if token.is_word("and") || token.is_word("or") => {
                return Err(error(token.at, format!("{expected}; a field of that name stands in quotes")));
            }
            Kind::Word(word) => word,
            Kind::Open | Kind::Close => return Err(error(token.at, expected)),
        };
        if name.is_empty() {
            return Err(error(token.at, "a field has a name; leave the quotes out to mean any field"));
        }
        self.next();
        Ok(Some(name.clone()))
    }

    fn quality(&mut self) -> Result<Quality, ParseError> {
        let at = self.at();
        let quality = match self.next().map(|token| &token.kind) {
            Some(Kind::Word(word)) => Quality::read(word),
            _ => None,
        };
        quality.ok_or_else(|| error(at, "expected `error`, `valid` or `warning` after `is`"))
    }

    fn comparison(&mut self, field: Option<String>) -> Result<Comparison, ParseError> {
        let at = self.at();
        let operator = self.next().and_then(Token::operator);
        let operator = operator.ok_or_else(|| error(at, format!("expected an operator: {OPERATORS}")))?;
        let at = self.at();
        let missing = || {
            let word = operator.word();
            error(
                at,
                format!(
                    "expected a value after `{word}`; write \"\" for an empty cell, and quotes around `and`, `or` and brackets"
                ),
            )
        };
        let token = self.next().ok_or_else(missing)?;
        let value = match &token.kind {
            Kind::Quoted(text) => text,
            Kind::Word(word) if !token.is_word("and") && !token.is_word("or") => word,
            Kind::Word(_) | Kind::Open | Kind::Close => return Err(missing()),
        };
        Ok(Comparison { field, operator, value: value.clone() })
    }
}

fn only(mut parts: Vec<Condition>, join: fn(Vec<Condition>) -> Condition) -> Condition {
    match (parts.pop(), parts.is_empty()) {
        (Some(one), true) => one,
        (last, _) => {
            parts.extend(last);
            join(parts)
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn texts_mean_what_they_say() {
        for (text, meaning) in [
            ("name eq Ann", r#""name" eq "Ann""#),
            ("name EQ 'Ann Lee'", r#""name" eq "Ann Lee""#),
            (r#""First name" like "A%""#, r#""First name" like "A%""#),
            ("gt 7", r#"gt "7""#),
            ("is error", "is error"),
            ("email is Valid", r#""email" is valid"#),
            ("is eq x", r#""is" eq "x""#),
            (r#""eq" eq eq"#, r#""eq" eq "eq""#),
            ("a eq 1 or b eq 2 and c eq 3", r#""a" eq "1" or ("b" eq "2" and "c" eq "3")"#),
            ("(a eq 1 or b eq 2)and c eq 3", r#"("a" eq "1" or "b" eq "2") and "c" eq "3""#),
            ("((a eq 1))", r#""a" eq "1""#),
            (r#"a eq """#, r#""a" eq """#),
            (r#"a eq "say \"hi\"""#, r#""a" eq "say \"hi\"""#),
            (r#"a eq 'it\'s'"#, r#""a" eq "it's""#),
            (r#"a eq "C:\temp\\""#, r#""a" eq "C:\\temp\\""#),
            ("a eq O'Neil", r#""a" eq "O'Neil""#),
            ("a eq -7,5", r#""a" eq "-7,5""#),
            ("größe lte 1,70", r#""größe" lte "1,70""#),
            ("email @message contains 'not an'", r#""email" @message contains "not an""#),
            ("@message eq x", r#"@message eq "x""#),
            (r#""@message" eq x"#, r#""@message" eq "x""#),
            ("a eq 'and' and b ne \"or\"", r#""a" eq "and" and "b" ne "or""#),
        ] {
            let read = parse(text).unwrap();
            assert_eq!(read.to_string(), meaning, "{text}");
            assert_eq!(parse(meaning), Ok(read), "{meaning}");
        }
    }

    #[test]
    fn an_error_names_the_place_and_the_remedy() {
        for (text, at, words) in [
            ("", 1, "expected a comparison"),
            ("  ", 3, "expected a comparison"),
            ("name", 5, "expected an operator: eq, ne"),
            ("name is", 8, "`error`, `valid` or `warning`"),
            ("name is big", 9, "`error`, `valid` or `warning`"),
            ("name = Ann", 6, "expected an operator"),
            ("name eq", 8, "expected a value after `eq`"),
            ("name eq and age gt 3", 9, "expected a value after `eq`"),
            ("name eq Ann Lee", 13, "expected `and`, `or` or the end"),
            ("name eq \"Ann", 9, "never closes"),
            ("ä eq 'Ann", 6, "never closes"),
            ("(name eq Ann", 13, "expected `)` for the bracket at character 1"),
            ("name eq Ann)", 12, "closes nothing"),
            ("name eq Ann and", 16, "expected a comparison"),
            ("and eq 3", 1, "a field of that name stands in quotes"),
            (") or", 1, "expected a comparison"),
            ("\"\" eq 3", 1, "leave the quotes out"),
            ("@message is x", 10, "expected an operator"),
        ] {
            let error = parse(text).unwrap_err();
            assert_eq!(error.path, format!("q, character {at}"), "{text}: {error}");
            assert!(error.message.contains(words), "{text}: {error}");
        }
        let deep = "(".repeat(100_000 / 2);
        assert!(parse(&deep).unwrap_err().message.contains("brackets within"));
        assert!(parse(&"a eq b or ".repeat(5_000)).unwrap_err().message.contains("at most"));
        assert!(parse(&"a".repeat(MOST_BYTES + 1)).unwrap_err().message.contains("shorten"));
    }

    fn comparisons() -> impl Strategy<Value = Comparison> {
        let field = prop::option::of("[a-z\"'\\\\ @()é]{1,6}");
        (field, 0usize..9, "\\PC{0,6}").prop_map(|(field, operator, value)| Comparison {
            field,
            operator: Operator::ALL[operator].0,
            value,
        })
    }

    pub fn conditions() -> impl Strategy<Value = Condition> {
        let one = prop_oneof![
            comparisons().prop_map(Condition::Cell),
            comparisons().prop_map(Condition::Message),
            (comparisons(), 0usize..3).prop_map(|(Comparison { field, .. }, quality)| Condition::Is {
                field,
                quality: Quality::ALL[quality].0
            }),
        ];
        one.prop_recursive(4, 24, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 2..4).prop_map(Condition::And),
                prop::collection::vec(inner, 2..4).prop_map(Condition::Or),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_is_printed_is_read_back(condition in conditions()) {
            let text = condition.to_string();
            prop_assert_eq!(parse(&text), Ok(condition), "{}", text);
        }

        #[test]
        fn no_text_breaks_the_reader(text in "(\\PC{0,3}|[ ()\"'\\\\]|eq|and|or|is|error|@message|like){0,24}") {
            if let Err(error) = parse(&text) {
                prop_assert!(error.path.starts_with("q, character "), "{}", error);
            }
        }
    }
}
