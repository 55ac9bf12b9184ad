//! Reads the definition tables (`asterix/*.tbl`) at build time. The grammar is in `asterix/README.md`.

use std::collections::BTreeMap;

/// What the bits of one element mean.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Raw,
    Octal,
    Ascii,
    Icao,
    Unsigned,
    Signed,
    Quantity {
        signed: bool,
        lsb: String,
        unit: String,
    },
    /// Depends on the value of the sibling named first.
    Case(String, Vec<(u64, Kind)>),
}

/// One node of an item's layout.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Body {
    Element { bits: usize, kind: Kind },
    Group(Vec<Part>),
    Extended(Vec<Part>),
    Repeat { fx: bool, body: Box<Body> },
    Compound { one_byte: bool, subs: Vec<Option<(String, Body)>> },
    Explicit(Option<Box<Body>>),
}

/// One stretch of bits of a group or an extended item.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Part {
    Spare(usize),
    Fx,
    Field(String, Body),
}

/// Item and subitem that choose the profile, with (value, profile name).
pub(crate) type Choice = (String, String, Vec<(u64, String)>);

/// One edition of one category, as written, and after `like` has been followed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Table {
    pub(crate) file: String,
    pub(crate) category: u8,
    pub(crate) edition: String,
    pub(crate) date: String,
    pub(crate) like: Option<String>,
    pub(crate) name: String,
    pub(crate) uaps: Vec<(String, Vec<String>)>,
    pub(crate) select: Option<Choice>,
    pub(crate) items: BTreeMap<String, (String, Body)>,
}

impl Part {
    pub(crate) fn bits(&self) -> Result<usize, String> {
        match self {
            Part::Spare(bits) => Ok(*bits),
            Part::Fx => Ok(1),
            Part::Field(name, body) => body.bits().ok_or_else(|| format!("{name} has no fixed width")),
        }
    }
}

impl Body {
    /// Width in bits where it is fixed.
    pub(crate) fn bits(&self) -> Option<usize> {
        match self {
            Body::Element { bits, .. } => Some(*bits),
            Body::Group(parts) => parts.iter().map(|part| part.bits().ok()).sum(),
            _ => None,
        }
    }
}

/// Parses one file's text.
pub(crate) fn parse(file: &str, text: &str) -> Result<Table, String> {
    let mut table = Table { file: file.to_owned(), ..Table::default() };
    let mut parser = Parser { text: text.as_bytes(), at: 0 };
    loop {
        parser.blank();
        if parser.at >= parser.text.len() {
            return Ok(table);
        }
        let word = parser.word();
        let done = match word.as_str() {
            "category" => {
                table.category = parser.rest_of_line().parse().map_err(|_| parser.fault("a category number"))?;
                Ok(())
            }
            "edition" => {
                let line = parser.rest_of_line();
                let (edition, date) = line.split_once(' ').ok_or_else(|| parser.fault("edition and date"))?;
                table.edition = edition.to_owned();
                table.date = date.to_owned();
                Ok(())
            }
            "like" => {
                table.like = Some(parser.rest_of_line());
                Ok(())
            }
            "name" => parser.title().map(|title| table.name = title),
            "uap" => {
                let line = parser.rest_of_line();
                let (name, order) = line.split_once('=').ok_or_else(|| parser.fault("'='"))?;
                table.uaps.push((name.trim().to_owned(), order.split_whitespace().map(str::to_owned).collect()));
                Ok(())
            }
            "select" => {
                table.select = Some(select(&parser.rest_of_line()).ok_or_else(|| parser.fault("item/SUB value=uap"))?);
                Ok(())
            }
            "item" => parser.item().map(|(number, title, body)| {
                table.items.insert(number, (title, body));
            }),
            other => Err(parser.fault(&format!("a statement, got \"{other}\""))),
        };
        done.map_err(|fault| format!("{file}: {fault}"))?;
    }
}

fn select(line: &str) -> Option<Choice> {
    let mut words = line.split_whitespace();
    let (item, sub) = words.next()?.split_once('/')?;
    let arms = words
        .map(|word| word.split_once('=').and_then(|(v, uap)| Some((v.parse().ok()?, uap.to_owned()))))
        .collect::<Option<Vec<_>>>()?;
    Some((item.to_owned(), sub.to_owned(), arms))
}

struct Parser<'a> {
    text: &'a [u8],
    at: usize,
}

impl Parser<'_> {
    fn peek(&self) -> u8 {
        self.text.get(self.at).copied().unwrap_or(0)
    }

    fn fault(&self, wanted: &str) -> String {
        let line = 1 + self.text[..self.at.min(self.text.len())].iter().filter(|byte| **byte == b'\n').count();
        format!("line {line}: wanted {wanted}")
    }

    fn blank(&mut self) {
        loop {
            match self.peek() {
                b' ' | b'\n' | b'\t' | b'\r' => self.at += 1,
                b'#' => {
                    while self.at < self.text.len() && self.peek() != b'\n' {
                        self.at += 1;
                    }
                }
                _ => return,
            }
        }
    }

    fn take(&mut self, keep: impl Fn(u8) -> bool) -> String {
        let start = self.at;
        while self.at < self.text.len() && keep(self.peek()) {
            self.at += 1;
        }
        String::from_utf8_lossy(&self.text[start..self.at]).into_owned()
    }

    fn word(&mut self) -> String {
        self.blank();
        self.take(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    }

    fn rest_of_line(&mut self) -> String {
        self.take(|byte| byte != b'\n').trim().to_owned()
    }

    fn expect(&mut self, wanted: u8) -> Result<(), String> {
        self.blank();
        if self.peek() != wanted {
            return Err(self.fault(&format!("'{}'", char::from(wanted))));
        }
        self.at += 1;
        Ok(())
    }

    fn title(&mut self) -> Result<String, String> {
        self.expect(b'"')?;
        let title = self.take(|byte| byte != b'"');
        self.at += 1;
        Ok(title)
    }

    fn item(&mut self) -> Result<(String, String, Body), String> {
        let number = self.word();
        let title = self.title()?;
        self.expect(b':')?;
        Ok((number, title, self.body()?))
    }

    fn body(&mut self) -> Result<Body, String> {
        self.blank();
        if self.peek() == b'(' {
            return Ok(Body::Group(self.parts()?));
        }
        if self.peek().is_ascii_digit() {
            return self.element();
        }
        match self.word().as_str() {
            "ext" => Ok(Body::Extended(self.parts()?)),
            "rep1" => Ok(Body::Repeat { fx: false, body: Box::new(self.body()?) }),
            "repfx" => Ok(Body::Repeat { fx: true, body: Box::new(self.body()?) }),
            "cmp" => self.compound(false),
            "cmp1" => self.compound(true),
            "sp" => Ok(Body::Explicit(None)),
            "re" => {
                self.blank();
                let known = self.text[self.at..].starts_with(b"cmp");
                Ok(Body::Explicit(if known { Some(Box::new(self.body()?)) } else { None }))
            }
            other => Err(self.fault(&format!("a layout, got \"{other}\""))),
        }
    }

    fn parts(&mut self) -> Result<Vec<Part>, String> {
        self.expect(b'(')?;
        let mut parts = Vec::new();
        loop {
            self.blank();
            match self.peek() {
                b')' => {
                    self.at += 1;
                    return Ok(parts);
                }
                b'|' => {
                    self.at += 1;
                    parts.push(Part::Fx);
                }
                _ => {
                    let name = self.word();
                    self.expect(b':')?;
                    if name == "_" {
                        let bits = self.take(|byte| byte.is_ascii_digit());
                        parts.push(Part::Spare(bits.parse().map_err(|_| self.fault("a width"))?));
                    } else {
                        parts.push(Part::Field(name, self.body()?));
                    }
                }
            }
        }
    }

    fn compound(&mut self, one_byte: bool) -> Result<Body, String> {
        self.expect(b'(')?;
        let mut subs = Vec::new();
        loop {
            self.blank();
            match self.peek() {
                b')' => {
                    self.at += 1;
                    return Ok(Body::Compound { one_byte, subs });
                }
                b'-' => {
                    self.at += 1;
                    subs.push(None);
                }
                _ => {
                    let name = self.word();
                    self.expect(b':')?;
                    subs.push(Some((name, self.body()?)));
                }
            }
        }
    }

    fn element(&mut self) -> Result<Body, String> {
        let bits = self.take(|byte| byte.is_ascii_digit());
        let bits = bits.parse().map_err(|_| self.fault("a width"))?;
        Ok(Body::Element { bits, kind: self.kind()? })
    }

    fn kind(&mut self) -> Result<Kind, String> {
        if self.peek() == b'?' {
            self.at += 1;
            let by = self.word();
            self.expect(b'{')?;
            let mut arms = Vec::new();
            loop {
                self.blank();
                if self.peek() == b'}' {
                    self.at += 1;
                    return Ok(Kind::Case(by, arms));
                }
                let value = self.take(|byte| byte.is_ascii_digit());
                self.expect(b'=')?;
                arms.push((value.parse().map_err(|_| self.fault("a value"))?, self.kind()?));
            }
        }
        let word = self.take(|byte| byte.is_ascii_lowercase());
        let signed = word == "s";
        if self.peek() == b'*' {
            self.at += 1;
            let lsb = self.take(|byte| byte.is_ascii_digit() || byte == b'/' || byte == b'^');
            let mut unit = String::new();
            if self.peek() == b'[' {
                self.at += 1;
                unit = self.take(|byte| byte != b']');
                self.at += 1;
            }
            return Ok(Kind::Quantity { signed, lsb, unit });
        }
        match word.as_str() {
            "" | "raw" => Ok(Kind::Raw),
            "octal" => Ok(Kind::Octal),
            "ascii" => Ok(Kind::Ascii),
            "icao" => Ok(Kind::Icao),
            "u" => Ok(Kind::Unsigned),
            "s" => Ok(Kind::Signed),
            other => Err(self.fault(&format!("an element kind, got \"{other}\""))),
        }
    }
}

/// The number that an LSB expression (`a`, `a/b`, `a/b^c`) stands for.
pub(crate) fn lsb(text: &str) -> Result<f64, String> {
    let number = |part: &str| -> Result<f64, String> {
        let (base, exponent) = part.split_once('^').unwrap_or((part, "1"));
        let base: f64 = base.parse().map_err(|_| format!("bad LSB {text}"))?;
        let exponent: u32 = exponent.parse().map_err(|_| format!("bad LSB {text}"))?;
        Ok((0..exponent).fold(1.0, |product, _| product * base))
    };
    match text.split_once('/') {
        Some((top, bottom)) => Ok(number(top)? / number(bottom)?),
        None => number(text),
    }
}

/// Follows `like` and sorts: by category, then oldest edition first.
pub(crate) fn resolve(tables: Vec<Table>) -> Result<Vec<Table>, String> {
    let mut done: Vec<Table> = Vec::new();
    let mut waiting = tables;
    while !waiting.is_empty() {
        let before = waiting.len();
        let mut later = Vec::new();
        for mut table in waiting {
            let Some(like) = table.like.clone() else {
                done.push(table);
                continue;
            };
            match done.iter().find(|known| known.category == table.category && known.edition == like) {
                None => later.push(table),
                Some(base) => {
                    table.name.clone_from(&base.name);
                    if table.uaps.is_empty() {
                        table.uaps.clone_from(&base.uaps);
                        table.select.clone_from(&base.select);
                    }
                    for (number, item) in &base.items {
                        table.items.entry(number.clone()).or_insert_with(|| item.clone());
                    }
                    done.push(table);
                }
            }
        }
        if later.len() == before {
            return Err(format!("{}: \"like\" names no edition that exists", later[0].file));
        }
        waiting = later;
    }
    done.sort_by_key(|table| (table.category, edition_key(&table.edition)));
    Ok(done)
}

fn edition_key(edition: &str) -> Vec<u32> {
    edition.split('.').map(|part| part.parse().unwrap_or(0)).collect()
}
