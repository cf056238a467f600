//! A text as statements, by tokens: so that one which cannot be parsed does not hide the others, and nothing in a literal or a
//! comment counts.

use sqlparser::dialect::Dialect as Grammar;
use sqlparser::keywords::Keyword;
use sqlparser::tokenizer::{Token, Tokenizer, Word};

use crate::statement::dialect::Dialect;
use crate::testing::watch::table::same;

/// One statement of a text.
#[derive(Debug)]
pub(super) struct Piece {
    pub(super) tokens: Vec<Token>,
    pub(super) text: String,
}

/// The statements of a text. `None` where it has something that is no token, such as a literal without an end.
pub(super) fn of(sql: &str, dialect: Dialect, grammar: &dyn Grammar) -> Option<Vec<Piece>> {
    let shown;
    let mut sql = sql;
    if dialect == Dialect::Mysql && sql.contains("/*M!") {
        // MariaDB runs what is in such a comment, as in one without the letter.
        shown = sql.replace("/*M!", "/*!");
        sql = &shown;
    }
    let tokens = Tokenizer::new(grammar, sql).tokenize().ok()?;
    let mut pieces: Vec<Vec<Token>> = vec![Vec::new()];
    let mut body = Body::default();
    for token in tokens {
        let ends = body.ends_at(&token);
        if let Some(piece) = pieces.last_mut().filter(|_| !ends) {
            piece.push(token);
        } else {
            pieces.push(Vec::new());
            body = Body::default();
        }
    }
    pieces.retain(|tokens| words(tokens).next().is_some());
    let is_one = pieces.len() == 1;
    let text = |tokens: &[Token]| {
        if is_one { sql.to_owned() } else { tokens.iter().map(ToString::to_string).collect() }
    };
    Some(pieces.into_iter().map(|tokens| Piece { text: text(&tokens).trim().to_owned(), tokens }).collect())
}

/// Whether a semicolon is the end of the statement: not of one within the body of a trigger or a routine.
#[derive(Default)]
struct Body {
    head: Head,
    /// How many blocks are open.
    depth: usize,
    /// The word before was an `END`, which may be that of an `IF` or a loop.
    after_end: bool,
}

/// How much of `CREATE OR REPLACE TEMPORARY TRIGGER` was there.
#[derive(Clone, Copy, Default, PartialEq)]
enum Head {
    #[default]
    Nothing,
    Create,
    /// `DEFINER = 'a'@'b'` is of any words.
    Definer,
    HasBody,
    HasNone,
}

impl Head {
    fn next(self, word: &str) -> Self {
        match (self, word) {
            (Self::Nothing, "CREATE") => Self::Create,
            (Self::Create | Self::Definer, "TRIGGER" | "PROCEDURE" | "FUNCTION" | "EVENT")
            | (Self::HasBody, _) => Self::HasBody,
            (Self::Create, "DEFINER") => Self::Definer,
            (Self::Create, "OR" | "REPLACE" | "TEMP" | "TEMPORARY" | "CONSTRAINT" | "AGGREGATE") => {
                Self::Create
            }
            (Self::Definer, word) if !matches!(word, "VIEW" | "SQL") => Self::Definer,
            _ => Self::HasNone,
        }
    }
}

impl Body {
    fn ends_at(&mut self, token: &Token) -> bool {
        match token {
            Token::Whitespace(_) => return false,
            Token::Word(word) if word.quote_style.is_none() => self.read(&word.value.to_ascii_uppercase()),
            _ => self.after_end = false,
        }
        *token == Token::SemiColon && self.depth == 0
    }

    fn read(&mut self, word: &str) {
        let after_end = std::mem::replace(&mut self.after_end, word == "END");
        if self.head != Head::HasBody {
            self.head = self.head.next(word);
            return;
        }
        match word {
            // `END CASE` closes what `END` has closed already; `END IF`, `END LOOP` and their like what was never counted.
            "CASE" if after_end => {}
            "BEGIN" | "CASE" => self.depth += 1,
            "IF" | "LOOP" | "WHILE" | "REPEAT" | "FOR" if after_end => self.depth += 1,
            "END" => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
    }
}

impl Piece {
    /// Whether a name is one of its words. In SQL that is run from a text, the texts count as well.
    pub(super) fn mentions(&self, name: &str) -> bool {
        let by_numbers = self.tokens.windows(2).any(|pair| {
            matches!(pair, [Token::Word(word), Token::Ampersand] if word.value.eq_ignore_ascii_case("u"))
        });
        let within = self.runs_text();
        by_numbers
            || self.tokens.iter().any(|token| match token {
                Token::Word(word) => same(&word.value, name),
                // `"a"` is a text to MySQL, and a name to the others; and SQLite takes 'a' for a name where it expects one.
                Token::DoubleQuotedString(text) | Token::SingleQuotedString(text) if same(text, name) => true,
                other => {
                    within
                        && literal(other)
                            .is_some_and(|text| text.to_lowercase().contains(&name.to_lowercase()))
                }
            })
    }

    /// Whether it is of a kind that writes rows which are there: what defines, reads or locks a table does not, and an `INSERT` only
    /// where it says `UPDATE` or `REPLACE` too.
    pub(super) fn can_write(&self, deletes: bool) -> bool {
        const READS: &[&str] = &[
            "ALTER", "COMMENT", "CREATE", "DESC", "DESCRIBE", "DROP", "GRANT", "LOCK", "PRAGMA", "RENAME",
            "REVOKE", "SELECT", "SHOW", "TABLE", "VALUES",
        ];
        let Some(first) = self.first() else { return false };
        if READS.iter().any(|read| first.eq_ignore_ascii_case(read)) && !self.creates_with() {
            return false;
        }
        self.runs_text()
            || words(&self.tokens).any(|word| match word.keyword {
                _ if word.quote_style.is_some() => false,
                Keyword::UPDATE | Keyword::REPLACE | Keyword::MERGE => true,
                Keyword::DELETE | Keyword::TRUNCATE => deletes,
                _ => false,
            })
    }

    /// `CREATE TABLE .. AS WITH ..`: PostgreSQL lets a statement that writes stand in such a `WITH`.
    fn creates_with(&self) -> bool {
        let head: Vec<String> = words(&self.tokens).map(|word| word.value.to_ascii_uppercase()).collect();
        head.first().is_some_and(|word| word == "CREATE")
            && head.iter().take(4).any(|word| word == "TABLE")
            && head.iter().skip_while(|word| *word != "AS").any(|word| word == "WITH")
    }

    /// Whether it runs SQL that is in its literals.
    pub(super) fn runs_text(&self) -> bool {
        let Some(first) = self.first() else { return false };
        let has_text = || self.tokens.iter().any(|token| literal(token).is_some());
        match first.to_ascii_uppercase().as_str() {
            "DO" => has_text(),
            "EXECUTE" => {
                words(&self.tokens).nth(1).is_some_and(|word| word.value.eq_ignore_ascii_case("immediate"))
                    && has_text()
            }
            "PREPARE" => {
                words(&self.tokens).nth(2).is_some_and(|word| word.value.eq_ignore_ascii_case("from"))
                    && has_text()
            }
            _ => false,
        }
    }

    fn first(&self) -> Option<&str> {
        words(&self.tokens).next().map(|word| word.value.as_str())
    }
}

fn words(tokens: &[Token]) -> impl Iterator<Item = &Word> {
    tokens.iter().filter_map(|token| match token {
        Token::Word(word) => Some(word),
        _ => None,
    })
}

fn literal(token: &Token) -> Option<&str> {
    match token {
        Token::SingleQuotedString(text)
        | Token::DoubleQuotedString(text)
        | Token::EscapedStringLiteral(text)
        | Token::UnicodeStringLiteral(text)
        | Token::NationalStringLiteral(text) => Some(text),
        Token::DollarQuotedString(text) => Some(&text.value),
        _ => None,
    }
}

/// A statement as the parser reads it, which knows fewer words for a row lock, and for an `UPDATE`.
pub(super) fn for_parser(tokens: &[Token]) -> Vec<Token> {
    plain_update(&plain_locks(tokens))
}

/// `FOR NO KEY UPDATE` is a `FOR UPDATE` to it, and `FOR KEY SHARE` a `FOR SHARE`: what is locked is read.
fn plain_locks(tokens: &[Token]) -> Vec<Token> {
    let mut read: Vec<Token> = Vec::with_capacity(tokens.len());
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        at += 1;
        read.push(token.clone());
        if is_word(token, "FOR") {
            let next: Vec<usize> = (at..tokens.len())
                .filter(|at| !matches!(tokens[*at], Token::Whitespace(_)))
                .take(3)
                .collect();
            let are = |words: &[&str]| {
                next.len() >= words.len()
                    && next.iter().zip(words).all(|(at, word)| is_word(&tokens[*at], word))
            };
            let left_out =
                if are(&["NO", "KEY", "UPDATE"]) { 2 } else { usize::from(are(&["KEY", "SHARE"])) };
            if let Some(strength) = next.get(left_out).filter(|_| left_out > 0) {
                read.push(space());
                at = *strength;
            }
        }
    }
    read
}

fn is_word(token: &Token, wanted: &str) -> bool {
    matches!(token, Token::Word(word) if word.quote_style.is_none() && word.value.eq_ignore_ascii_case(wanted))
}

/// MySQL's `LOW_PRIORITY` and `IGNORE` say nothing of what is written, and a comma between
/// tables is a join.
fn plain_update(tokens: &[Token]) -> Vec<Token> {
    let mut head = true;
    let mut is_update = None;
    let mut after_or = false;
    let mut depth = 0_i32;
    let mut read = Vec::with_capacity(tokens.len());
    for (at, token) in tokens.iter().enumerate() {
        if head {
            match token {
                Token::LParen => depth += 1,
                Token::RParen => depth -= 1,
                Token::Word(word) if is_update.is_none() => is_update = Some(word.keyword == Keyword::UPDATE),
                // `UPDATE OR IGNORE` is SQLite's.
                Token::Word(word) if word.keyword == Keyword::OR => after_or = true,
                Token::Word(word)
                    if is_update == Some(true)
                        && !after_or
                        && is_hint(word)
                        && comes_a_name(&tokens[at + 1..]) =>
                {
                    continue;
                }
                Token::Word(word) if word.keyword == Keyword::SET && word.quote_style.is_none() => {
                    head = false;
                }
                Token::Comma if is_update == Some(true) && depth == 0 => {
                    read.extend([
                        Token::make_keyword("CROSS"),
                        space(),
                        Token::make_keyword("JOIN"),
                        space(),
                    ]);
                    continue;
                }
                _ => {}
            }
        }
        read.push(token.clone());
    }
    read
}

fn space() -> Token {
    Token::Whitespace(sqlparser::tokenizer::Whitespace::Space)
}

fn is_hint(word: &Word) -> bool {
    word.quote_style.is_none()
        && ["low_priority", "ignore"].iter().any(|hint| word.value.eq_ignore_ascii_case(hint))
}

/// Whether what comes next is a table's name: then the word before it is none.
fn comes_a_name(tokens: &[Token]) -> bool {
    match tokens.iter().find(|token| !matches!(token, Token::Whitespace(_))) {
        Some(Token::Word(word)) => {
            word.quote_style.is_some() || !matches!(word.keyword, Keyword::SET | Keyword::AS)
        }
        Some(Token::DoubleQuotedString(_)) => true,
        _ => false,
    }
}
