//! XML as a stream of opened and closed elements and texts. Document types are passed over, and no entity is known but
//! the five of XML itself: nothing expands.

use quick_xml::Reader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::Event;

use super::source::{BoundedReader, ENTRY_BYTES_MAX, Entries};

/// Deeper than any library of songs.
const DEPTH_MAX: usize = 64;

/// What comes next in a document.
pub(super) enum Token {
    /// An element opens; the value of its attribute `type` comes along.
    Open(String, Option<String>),
    /// An element closes.
    Close,
    /// Text, perhaps a part of it.
    Text(String),
    /// The document is over.
    End,
}

pub(super) struct Tokens<'a> {
    reader: Reader<BoundedReader<'a>>,
    entries: Entries,
    buffer: Vec<u8>,
    pub(super) depth: usize,
}

impl<'a> Tokens<'a> {
    pub(super) fn new(source: BoundedReader<'a>) -> Self {
        let entries = source.entries();
        let mut reader = Reader::from_reader(source);
        reader.config_mut().expand_empty_elements = true;
        Self {
            reader,
            entries,
            buffer: Vec::new(),
            depth: 0,
        }
    }

    pub(super) fn next(&mut self) -> Result<Token, String> {
        loop {
            self.entries.next();
            self.buffer.clear();
            let event = self
                .reader
                .read_event_into(&mut self.buffer)
                .map_err(|error| error.to_string())?;
            return Ok(match event {
                Event::Start(element) => {
                    self.depth += 1;
                    if self.depth > DEPTH_MAX {
                        return Err(format!(
                            "elements stand more than {DEPTH_MAX} deep in one another"
                        ));
                    }
                    let kind = element
                        .attributes()
                        .filter_map(Result::ok)
                        .find(|a| a.key.as_ref() == "type");
                    let kind = kind.map(|attribute| attribute.value.into_owned());
                    Token::Open(element.name().as_ref().to_owned(), kind)
                }
                Event::End(_) => {
                    self.depth -= 1;
                    Token::Close
                }
                Event::Text(text) => Token::Text(text.xml10_content().into_owned()),
                Event::CData(text) => Token::Text(text.xml10_content().into_owned()),
                Event::GeneralRef(entity) => {
                    let named = entity.clone().into_inner();
                    let text = match entity
                        .resolve_char_ref()
                        .map_err(|error| error.to_string())?
                    {
                        Some(c) => c.to_string(),
                        None => resolve_predefined_entity(&named)
                            .ok_or_else(|| format!("the entity &{named}; is not known"))?
                            .to_owned(),
                    };
                    Token::Text(text)
                }
                Event::Eof if self.depth > 0 => return Err("elements are left open".into()),
                Event::Eof => Token::End,
                Event::Empty(_)
                | Event::Comment(_)
                | Event::Decl(_)
                | Event::PI(_)
                | Event::DocType(_) => continue,
            });
        }
    }

    /// The text up to the end of the element that was opened last, elements inside of it left out.
    pub(super) fn text(&mut self) -> Result<String, String> {
        let (mut text, depth) = (String::new(), self.depth);
        loop {
            match self.next()? {
                Token::Text(part) if self.depth == depth => text.push_str(&part),
                Token::Close if self.depth < depth => return Ok(text),
                Token::End => return Err("elements are left open".into()),
                _ if text.len() as u64 > ENTRY_BYTES_MAX => {
                    return Err("a text is endless".into());
                }
                _ => {}
            }
        }
    }
}
