//! The parts of a source file that people may get to read: string literals of Rust and TypeScript, over any number of lines, raw or with
//! places for values; everything in markup and JSON. Comments and tests are not read.

/// A stretch of text and the line (1-based) on which it begins.
pub(super) type Spoken = (usize, String);

/// What of a file may be said to people, white space collapsed.
pub(super) fn spoken(file: &str, content: &str) -> Vec<Spoken> {
    if file.ends_with(".rs") {
        Lexer::new(content, false).run()
    } else if file.ends_with(".ts") || file.ends_with(".mjs") {
        Lexer::new(content, true).run()
    } else {
        markup(content)
    }
}

/// Lines but for comments; each with the next one, so that a phrase is found that a line's end cuts.
fn markup(content: &str) -> Vec<Spoken> {
    let comment = |line: &str| ["//", "*", "/*", "<!--"].iter().any(|mark| line.trim_start().starts_with(mark));
    let lines: Vec<&str> = content.lines().map(|line| if comment(line) { "" } else { line.trim() }).collect();
    let with_next = |n: usize| lines.get(n + 1).map_or_else(String::new, |next| format!(" {next}"));
    let mut all = Vec::new();
    for (n, line) in lines.iter().enumerate() {
        all.push((n + 1, (*line).to_owned()));
        let both = format!("{line}{}", with_next(n));
        if both.len() > line.len() && !line.is_empty() {
            all.push((n + 1, both));
        }
    }
    all
}

/// Where the lexer is.
enum State {
    Code,
    LineComment,
    /// Nested so deep.
    BlockComment(usize),
    /// In a literal that ends with this quote and so many `#`; escapes count unless it is raw.
    Literal {
        quote: char,
        hashes: usize,
        raw: bool,
    },
}

/// Whether what is read belongs to a test.
enum Test {
    No,
    /// After `#[cfg(test)]`: its item begins with `{` or ends with `;`.
    Begins,
    /// In its braces, so deep.
    Inside(usize),
}

struct Lexer {
    chars: Vec<char>,
    at: usize,
    line: usize,
    script: bool,
    state: State,
    test: Test,
    /// Of nested `${…}` of templates: how deep in braces each is.
    places: Vec<usize>,
    literal: (usize, String),
    all: Vec<Spoken>,
}

impl Lexer {
    fn new(content: &str, script: bool) -> Self {
        Self {
            chars: content.chars().collect(),
            at: 0,
            line: 1,
            script,
            state: State::Code,
            test: Test::No,
            places: Vec::new(),
            literal: (1, String::new()),
            all: Vec::new(),
        }
    }

    fn run(mut self) -> Vec<Spoken> {
        while let Some(&c) = self.chars.get(self.at) {
            match self.state {
                State::Code => self.code(c),
                State::LineComment => {
                    if c == '\n' {
                        self.state = State::Code;
                    }
                    self.step(1);
                }
                State::BlockComment(depth) => self.comment(depth),
                State::Literal { quote, hashes, raw } => self.inside(c, quote, hashes, raw),
            }
        }
        self.all
    }

    /// Goes on by so many characters.
    fn step(&mut self, count: usize) {
        for _ in 0..count {
            self.line += usize::from(self.chars.get(self.at) == Some(&'\n'));
            self.at += 1;
        }
    }

    fn follows(&self, text: &str) -> bool {
        text.chars().enumerate().all(|(n, c)| self.chars.get(self.at + n) == Some(&c))
    }

    fn comment(&mut self, depth: usize) {
        if self.follows("*/") {
            self.state = if depth == 1 { State::Code } else { State::BlockComment(depth - 1) };
            self.step(2);
        } else if self.follows("/*") && !self.script {
            self.state = State::BlockComment(depth + 1);
            self.step(2);
        } else {
            self.step(1);
        }
    }

    fn code(&mut self, c: char) {
        if self.follows("//") {
            self.state = State::LineComment;
            return self.step(2);
        }
        if self.follows("/*") {
            self.state = State::BlockComment(1);
            return self.step(2);
        }
        match c {
            '"' => self.open('"', 0, false, 1),
            '\'' | '`' if self.script => self.open(c, 0, false, 1),
            '\'' => {
                // A character, which may be a quote, or the mark of a lifetime.
                let escaped = self.chars.get(self.at + 1) == Some(&'\\');
                let closes = |at: usize| self.chars.get(at) == Some(&'\'');
                let end = if escaped { (self.at + 3..self.at + 12).find(|at| closes(*at)) } else { None };
                let end = end.or_else(|| closes(self.at + 2).then_some(self.at + 2));
                self.step(end.map_or(1, |end| end + 1 - self.at));
            }
            'r' if !self.script && !self.in_word() => {
                let hashes = self.chars[self.at + 1..].iter().take_while(|c| **c == '#').count();
                if self.chars.get(self.at + 1 + hashes) == Some(&'"') {
                    self.open('"', hashes, true, 2 + hashes);
                } else {
                    self.step(1);
                }
            }
            '#' if !self.script && self.follows("#[cfg(test)]") => {
                self.test = Test::Begins;
                self.step("#[cfg(test)]".len());
            }
            '{' | '}' | ';' => {
                self.brace(c);
                self.step(1);
            }
            _ => self.step(1),
        }
    }

    /// Whether the character before belongs to a word; `b` and `c` before a raw literal do not.
    fn in_word(&self) -> bool {
        let before = |n: usize| self.at.checked_sub(n).and_then(|at| self.chars.get(at)).copied();
        let word = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
        word(before(1)) && (word(before(2)) || !matches!(before(1), Some('b' | 'c')))
    }

    fn brace(&mut self, c: char) {
        if let Some(depth) = self.places.last_mut() {
            match c {
                '{' => *depth += 1,
                '}' if *depth == 0 => {
                    self.places.pop();
                    self.state = State::Literal { quote: '`', hashes: 0, raw: false };
                }
                '}' => *depth -= 1,
                _ => {}
            }
        }
        self.test = match (&self.test, c) {
            (Test::Begins, ';') | (Test::Inside(1), '}') => Test::No,
            (Test::Begins, '{') => Test::Inside(1),
            (Test::Inside(depth), '{') => Test::Inside(depth + 1),
            (Test::Inside(depth), '}') => Test::Inside(depth - 1),
            _ => return,
        };
    }

    fn open(&mut self, quote: char, hashes: usize, raw: bool, length: usize) {
        self.literal = (self.line, String::new());
        self.state = State::Literal { quote, hashes, raw };
        self.step(length);
    }

    fn inside(&mut self, c: char, quote: char, hashes: usize, raw: bool) {
        let closes = c == quote && (1..=hashes).all(|n| self.chars.get(self.at + n) == Some(&'#'));
        if closes {
            self.close();
            return self.step(1 + hashes);
        }
        if c == '\\' && !raw {
            // An escape is a break, or a letter that no word here has; a line that goes on with `\` goes on with a space.
            self.literal.1.push(' ');
            return self.step(2);
        }
        if quote == '`' && self.follows("${") {
            self.close();
            self.places.push(0);
            return self.step(2);
        }
        if self.script && quote != '`' && c == '\n' {
            self.close();
            return self.step(1);
        }
        self.literal.1.push(c);
        self.step(1);
    }

    /// Keeps the literal and goes on in code.
    fn close(&mut self) {
        self.state = State::Code;
        let (line, text) = std::mem::take(&mut self.literal);
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        if matches!(self.test, Test::No) && !text.is_empty() {
            self.all.push((line, text));
        }
        self.literal.0 = self.line;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(file: &str, content: &str) -> Vec<(usize, String)> {
        spoken(file, content)
    }

    fn is(line: usize, text: &str) -> (usize, String) {
        (line, text.to_owned())
    }

    #[test]
    fn literals_of_rust_are_found_over_lines_and_in_raw_form() {
        let source = "let a = \"one\\\n        two\"; // \"no\"\nlet b = r#\"three \"quoted\"\nfour\"#;\n/* \"no\" /* \"no\" */ \"no\" */\n\
                      let c = '\"'; let d: &'static str = \"five\"; let e = '\\''; f(b\"six\", \"\");\n";
        let want = [is(1, "one two"), is(3, "three \"quoted\" four"), is(6, "five"), is(6, "six")];
        assert_eq!(texts("a.rs", source), want);
    }

    #[test]
    fn tests_are_not_read_and_what_stands_behind_them_is() {
        let source = "#[cfg(test)]\nuse a::b;\nconst A: &str = \"one\";\n#[cfg(test)]\nmod tests {\n fn f() { \"no\"; }\n}\nconst B: &str = \"two\";\n";
        assert_eq!(texts("a.rs", source), [is(3, "one"), is(8, "two")]);
    }

    #[test]
    fn literals_of_typescript_are_found_with_their_places() {
        let source = "const a = 'one'; // 'no'\nconst b = `two ${f('three', `four`)} five\nsix`;\nconst c = /[\"]/;\nconst d = 'seven';\n";
        let want = ["one", "two", "three", "four", "five six", "]/;", "seven"];
        let found: Vec<String> = texts("a.ts", source).into_iter().map(|(_, text)| text).collect();
        assert_eq!(found, want);
    }

    #[test]
    fn markup_is_read_whole_and_over_line_ends() {
        let found = texts("a.svelte", "<p>all\n  clear</p>\n<!-- no -->\n");
        assert!(found.contains(&is(1, "<p>all clear</p>")), "{found:?}");
        assert!(!found.iter().any(|(_, text)| text.contains("no")), "{found:?}");
    }
}
