//! Articles from files: plain text, RSS 2.0, Atom (RFC 4287).

use super::html::{entities, text_of, tidy};
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use skypicket_model::{Span, Time};
use std::fmt;

/// Largest file that is read, bytes.
pub const MAX_FILE_BYTES: usize = 4 << 20;
/// Articles of one file; further ones are left out.
pub const MAX_ARTICLES: usize = 200;
/// Longest text of an article, bytes; what is longer is cut.
pub const MAX_TEXT_BYTES: usize = 200_000;

/// An article.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Article {
    /// Its title; empty where it has none.
    pub title: String,
    /// Where it is printed: the feed's title; empty of plain text.
    pub source: String,
    /// Its address; empty where it has none.
    pub url: String,
    /// When it was published, as the feed says.
    pub published: Option<Time>,
    /// When it was edited last, where the feed says so and says another time.
    pub updated: Option<Time>,
    /// The text that offsets count in.
    pub text: String,
}

/// Why a file cannot be read as articles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ArticleFault {
    /// It is larger than [`MAX_FILE_BYTES`].
    TooLarge,
    /// It is not UTF-8.
    NotUtf8,
    /// It is mark-up, and no feed of RSS or Atom.
    NoFeed,
    /// There is no text in it.
    Empty,
}

impl fmt::Display for ArticleFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TooLarge => "larger than 4 MiB",
            Self::NotUtf8 => "not UTF-8: save it as UTF-8 text",
            Self::NoFeed => "mark-up that is no RSS or Atom feed: save the page as plain text",
            Self::Empty => "no text in it",
        })
    }
}

impl std::error::Error for ArticleFault {}

/// Reads a file: what begins with mark-up is a feed, anything else is the text of one article.
///
/// # Errors
/// As [`ArticleFault`].
pub fn read(bytes: &[u8]) -> Result<Vec<Article>, ArticleFault> {
    if bytes.len() > MAX_FILE_BYTES {
        return Err(ArticleFault::TooLarge);
    }
    let text = std::str::from_utf8(bytes).map_err(|_| ArticleFault::NotUtf8)?;
    let text = text.trim_start_matches('\u{feff}');
    let articles = if text.trim_start().starts_with('<') {
        feed(text)?
    } else {
        // As it stands: offsets are those of the file.
        let text = cut(text.to_owned());
        if text.trim().is_empty() { Vec::new() } else { vec![Article { text, ..Article::default() }] }
    };
    if articles.is_empty() { Err(ArticleFault::Empty) } else { Ok(articles) }
}

fn cut(mut text: String) -> String {
    let mut end = text.len().min(MAX_TEXT_BYTES);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.truncate(end);
    text
}

/// What is being read of an item, as it is written.
#[derive(Default)]
struct Item {
    title: String,
    link: String,
    published: String,
    updated: String,
    short: String,
    long: String,
}

impl Item {
    fn field(&mut self, name: &str) -> Option<&mut String> {
        Some(match name {
            "title" => &mut self.title,
            "link" => &mut self.link,
            "pubDate" | "published" | "date" => &mut self.published,
            "updated" => &mut self.updated,
            "description" | "summary" => &mut self.short,
            "encoded" | "content" => &mut self.long,
            _ => return None,
        })
    }

    fn article(self, source: &str) -> Option<Article> {
        let text = if self.long.trim().is_empty() { &self.short } else { &self.long };
        let text = cut(text_of(text));
        let published = date(&self.published).or_else(|| date(&self.updated));
        let updated = date(&self.updated).filter(|updated| published.is_some_and(|published| *updated != published));
        (!text.is_empty()).then(|| Article {
            title: tidy(&text_of(&self.title)),
            source: source.to_owned(),
            url: entities(self.link.trim()),
            published,
            updated,
            text,
        })
    }
}

fn feed(text: &str) -> Result<Vec<Article>, ArticleFault> {
    let mut reader = Reader::from_str(text);
    reader.config_mut().check_end_names = false;
    let (mut source, mut articles, mut is_feed) = (String::new(), Vec::new(), false);
    let mut item: Option<Item> = None;
    // The field that is being read, and how deep below it the reader is: mark-up of XHTML counts as its text.
    let mut within: Option<(String, usize)> = None;
    // What is not well formed ends the reading: what was read before stays.
    while let Ok(event) = reader.read_event() {
        match event {
            Event::Eof => break,
            Event::Start(tag) => {
                let name = local(&tag);
                is_feed |= matches!(name.as_str(), "rss" | "feed" | "RDF" | "channel");
                match &mut within {
                    Some((field, depth)) => {
                        *depth += 1;
                        markup(&mut item, &mut source, field, &format!("<{name}>"));
                    }
                    None if matches!(name.as_str(), "item" | "entry") => item = Some(Item::default()),
                    None => {
                        link(&tag, &name, &mut item);
                        within = is_field(&name, item.is_some()).then_some((name, 0));
                    }
                }
            }
            Event::Empty(tag) => {
                let name = local(&tag);
                match &within {
                    Some((field, _)) => markup(&mut item, &mut source, field, &format!("<{name}>")),
                    None => link(&tag, &name, &mut item),
                }
            }
            Event::End(tag) => match &mut within {
                Some((_, 0)) => within = None,
                Some((field, depth)) => {
                    *depth -= 1;
                    let name: &str = &tag;
                    let name = name.rsplit(':').next().unwrap_or_default().trim().to_owned();
                    markup(&mut item, &mut source, field, &format!("</{name}>"));
                }
                None => {
                    let name: &str = &tag;
                    if matches!(name.trim().rsplit(':').next(), Some("item" | "entry")) {
                        articles.extend(item.take().and_then(|item| item.article(&source)));
                        if articles.len() >= MAX_ARTICLES {
                            break;
                        }
                    }
                }
            },
            Event::Text(text) => said(&mut item, &mut source, within.as_ref(), &text),
            Event::CData(text) => said(&mut item, &mut source, within.as_ref(), &text),
            Event::GeneralRef(name) => {
                let name: &str = &name;
                said(&mut item, &mut source, within.as_ref(), &entities(&format!("&{name};")));
            }
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
        }
    }
    if is_feed { Ok(articles) } else { Err(ArticleFault::NoFeed) }
}

fn is_field(name: &str, in_item: bool) -> bool {
    if in_item { Item::default().field(name).is_some() } else { name == "title" }
}

fn local(tag: &BytesStart<'_>) -> String {
    let whole: &str = tag;
    let name = whole.split(|c: char| c.is_whitespace() || c == '/').next().unwrap_or_default();
    name.rsplit(':').next().unwrap_or_default().to_owned()
}

/// Atom writes an address as an attribute.
fn link(tag: &BytesStart<'_>, name: &str, item: &mut Option<Item>) {
    let Some(item) = item.as_mut().filter(|item| name == "link" && item.link.is_empty()) else { return };
    let (mut href, mut other) = (None, false);
    for attribute in tag.attributes().with_checks(false).flatten().take(32) {
        match attribute.key.as_ref() {
            "href" => href = Some(attribute.value.into_owned()),
            "rel" => other = attribute.value.as_ref() != "alternate",
            _ => {}
        }
    }
    if let Some(href) = href.filter(|_| !other) {
        item.link = href;
    }
}

fn target<'i>(item: &'i mut Option<Item>, source: &'i mut String, field: &str) -> Option<&'i mut String> {
    match item {
        Some(item) => item.field(field),
        None => Some(source),
    }
}

fn markup(item: &mut Option<Item>, source: &mut String, field: &str, text: &str) {
    if let Some(kept) = target(item, source, field).filter(|kept| kept.len() < 2 * MAX_TEXT_BYTES) {
        kept.push_str(text);
    }
}

fn said(item: &mut Option<Item>, source: &mut String, within: Option<&(String, usize)>, text: &str) {
    let Some((field, _)) = within else { return };
    // Only the first title is the feed's: an image has one too.
    if item.is_none() && source.len() >= 200 {
        return;
    }
    markup(item, source, field, text);
}

const MONTHS: &[&str] = &["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// RFC 3339, or RFC 822 as RSS writes it: `Wed, 10 Sep 2025 08:00:00 +0200`.
fn date(text: &str) -> Option<Time> {
    let text = text.trim();
    if text.len() > 60 || !text.is_ascii() {
        return None;
    }
    if text.contains('T')
        && !text.contains(',')
        && let Some(time) = Time::parse(text)
    {
        return Some(time);
    }
    let text = text.split_once(',').map_or(text, |(_, rest)| rest);
    let mut parts = text.split_whitespace();
    let day: u32 = parts.next()?.parse().ok()?;
    let month = parts.next()?.to_ascii_lowercase();
    let month = MONTHS.iter().position(|name| month.starts_with(name))? + 1;
    let year: i64 = parts.next()?.parse().ok()?;
    let year = if year < 100 { 2000 + year } else { year };
    let clock = parts.next().unwrap_or("00:00:00");
    let zone = parts.next().unwrap_or("GMT");
    let time = Time::parse(&format!("{year:04}-{month:02}-{day:02}T{clock}Z"))?;
    let east_s = match zone.as_bytes() {
        [sign @ (b'+' | b'-'), digits @ ..] if digits.len() == 4 && digits.iter().all(u8::is_ascii_digit) => {
            let number: i64 = zone.get(1..)?.parse().ok()?;
            let s = number / 100 * 3600 + number % 100 * 60;
            if *sign == b'-' { -s } else { s }
        }
        _ => i64::from(super::moments::known_zone(&zone.to_ascii_lowercase())?.offset_s),
    };
    Some(time - Span::from_s(east_s))
}

#[cfg(test)]
mod tests {
    use super::*;

    const RSS: &str = r#"<?xml version="1.0"?><rss xmlns:content="x"><channel><title>A Paper</title><image><title> (logo)</title></image>
<item><title>Two &amp; more</title><link>https://example.org/1?a=1&amp;b=2</link><pubDate>Wed, 10 Sep 2025 08:00:00 +0200</pubDate>
<description><![CDATA[<p>Short.</p>]]></description><content:encoded><![CDATA[<p>At least three came.</p><p>No more &#8211; so far.</p>]]></content:encoded></item>
<item><title>Empty</title></item></channel></rss>"#;
    const ATOM: &str = r#"<feed xmlns="http://www.w3.org/2005/Atom"><title>An Office</title><link href="https://example.org/"/>
<entry><title type="html">On &lt;b&gt;it&lt;/b&gt;</title><link rel="self" href="no"/><link rel="alternate" href="https://example.org/2"/>
<published>2025-09-10T06:00:00Z</published><updated>2025-09-10T09:00:00Z</updated>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>One came <b>down</b>.</p><p>It was found.</p></div></content></entry></feed>"#;

    #[test]
    fn feeds_become_articles() {
        let articles = read(RSS.as_bytes()).expect("a feed");
        assert_eq!(articles.len(), 1, "what has no text is none");
        let one = &articles[0];
        assert_eq!((one.title.as_str(), one.url.as_str()), ("Two & more", "https://example.org/1?a=1&b=2"));
        assert!(one.source.starts_with("A Paper"));
        assert_eq!(one.published.map(|t| t.to_string()).as_deref(), Some("2025-09-10T06:00:00.000Z"));
        assert_eq!(one.text, "At least three came.\nNo more \u{2013} so far.");
        let articles = read(ATOM.as_bytes()).expect("a feed");
        let one = &articles[0];
        assert_eq!((one.title.as_str(), one.url.as_str()), ("On it", "https://example.org/2"));
        assert_eq!(one.text, "One came down.\nIt was found.");
        assert_eq!(one.updated.map(|t| t.to_string()).as_deref(), Some("2025-09-10T09:00:00.000Z"));
    }

    #[test]
    fn what_is_no_feed_says_so() {
        assert_eq!(read(b"<html><body>hello</body></html>"), Err(ArticleFault::NoFeed));
        assert_eq!(read(b"  \n "), Err(ArticleFault::Empty));
        assert_eq!(read(b"caf\xe9"), Err(ArticleFault::NotUtf8));
        assert_eq!(read(&vec![b'a'; MAX_FILE_BYTES + 1]), Err(ArticleFault::TooLarge));
        assert_eq!(read("One came.".as_bytes()).map(|all| all[0].text.clone()), Ok("One came.".to_owned()));
        assert_eq!(read("\u{142}".repeat(MAX_TEXT_BYTES).as_bytes()).map(|all| all[0].text.len()), Ok(MAX_TEXT_BYTES));
        assert!(read(&RSS.as_bytes()[..RSS.len() - 30]).is_ok_and(|all| all.len() == 1), "cut short after an item");
    }

    #[test]
    fn dates_of_both_kinds_are_read() {
        let told = |text| date(text).map(|time| time.to_string());
        assert_eq!(told("10 Sep 25 08:00 GMT").as_deref(), Some("2025-09-10T08:00:00.000Z"));
        assert_eq!(told("Wed, 10 Sep 2025 08:00:00 CEST").as_deref(), Some("2025-09-10T06:00:00.000Z"));
        assert_eq!(told("2025-09-10T08:00:00+02:00").as_deref(), Some("2025-09-10T06:00:00.000Z"));
        for wrong in ["", "yesterday", "Wed, 99 Sep 2025", "10 Foo 2025", "10 Sep 2025 08:00 +9x00"] {
            assert_eq!(date(wrong), None, "{wrong}");
        }
    }
}
