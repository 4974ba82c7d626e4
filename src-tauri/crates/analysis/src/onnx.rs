//! A look into an ONNX file before ONNX Runtime gets it: whether it is one, whole, and where its weights lie.
//!
//! Only what has to be known is read (onnx.proto, ONNX IR version 10: `ModelProto`, `GraphProto`, `NodeProto`,
//! `AttributeProto`, `TensorProto`); what the graph computes is ONNX Runtime's affair.

use std::collections::BTreeSet;

/// Graphs inside graphs (`If`, `Loop`) and tensors inside attributes, no deeper than this.
const DEPTH_MAX: u32 = 64;
/// Values of all weights together; more would not fit beside the music.
const VALUES_MAX: u64 = 1 << 29;

/// The names of the files with external weights, as the file's tensors give them.
pub(crate) fn external_files(bytes: &[u8]) -> Result<BTreeSet<String>, String> {
    let mut found = GraphSummary::default();
    let mut has_graph = false;
    let mut has_version = false;
    for field in fields(bytes) {
        match field? {
            (1, Value::Number(_)) => has_version = true,
            (7, Value::Bytes(graph)) => {
                has_graph = true;
                found.graph(graph, 0)?;
            }
            (25, Value::Bytes(function)) => found.function(function)?,
            _ => {}
        }
    }
    if !has_version || !has_graph {
        return Err("it is not an ONNX file".to_owned());
    }
    Ok(found.external)
}

#[derive(Default)]
struct GraphSummary {
    external: BTreeSet<String>,
    values: u64,
}

impl GraphSummary {
    fn graph(&mut self, bytes: &[u8], depth: u32) -> Result<(), String> {
        if depth > DEPTH_MAX {
            return Err("its graphs are nested too deep".to_owned());
        }
        for field in fields(bytes) {
            match field? {
                (1, Value::Bytes(node)) => self.node(node, depth)?,
                (5, Value::Bytes(tensor)) => self.tensor(tensor)?,
                (15, Value::Bytes(sparse)) => self.sparse(sparse)?,
                _ => {}
            }
        }
        Ok(())
    }

    fn function(&mut self, bytes: &[u8]) -> Result<(), String> {
        for field in fields(bytes) {
            if let (7, Value::Bytes(node)) = field? {
                self.node(node, 1)?;
            }
        }
        Ok(())
    }

    fn node(&mut self, bytes: &[u8], depth: u32) -> Result<(), String> {
        for field in fields(bytes) {
            if let (5, Value::Bytes(attribute)) = field? {
                for field in fields(attribute) {
                    match field? {
                        (5 | 10, Value::Bytes(tensor)) => self.tensor(tensor)?,
                        (6 | 11, Value::Bytes(graph)) => self.graph(graph, depth + 1)?,
                        (22 | 23, Value::Bytes(sparse)) => self.sparse(sparse)?,
                        _ => {}
                    }
                }
            }
        }
        Ok(())
    }

    fn sparse(&mut self, bytes: &[u8]) -> Result<(), String> {
        for field in fields(bytes) {
            if let (1 | 2, Value::Bytes(tensor)) = field? {
                self.tensor(tensor)?;
            }
        }
        Ok(())
    }

    fn tensor(&mut self, bytes: &[u8]) -> Result<(), String> {
        let mut values = 1_u64;
        let (mut location, mut external) = (None, false);
        for field in fields(bytes) {
            match field? {
                (1, Value::Number(length)) => values = values.saturating_mul(length),
                (1, Value::Bytes(mut lengths)) => {
                    while !lengths.is_empty() {
                        values = values.saturating_mul(number(&mut lengths)?);
                    }
                }
                (13, Value::Bytes(entry)) => {
                    let (mut key, mut value) = (&b""[..], &b""[..]);
                    for field in fields(entry) {
                        match field? {
                            (1, Value::Bytes(bytes)) => key = bytes,
                            (2, Value::Bytes(bytes)) => value = bytes,
                            _ => {}
                        }
                    }
                    if key == b"location" {
                        location = Some(String::from_utf8_lossy(value).into_owned());
                    }
                }
                (14, Value::Number(kind)) => external = kind == 1,
                _ => {}
            }
        }
        self.values = self.values.saturating_add(values);
        if self.values > VALUES_MAX {
            return Err(format!("its weights claim more than {VALUES_MAX} values"));
        }
        if external || location.is_some() {
            self.external.insert(location.unwrap_or_default());
        }
        Ok(())
    }
}

enum Value<'a> {
    Number(u64),
    Bytes(&'a [u8]),
    Fixed,
}

/// The fields of a protobuf message (Protocol Buffers, Encoding): number and value.
fn fields(mut rest: &[u8]) -> impl Iterator<Item = Result<(u64, Value<'_>), String>> {
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let field = field(&mut rest);
        if field.is_err() {
            rest = &[];
        }
        Some(field)
    })
}

fn field<'a>(rest: &mut &'a [u8]) -> Result<(u64, Value<'a>), String> {
    let key = number(rest)?;
    let value = match key & 7 {
        0 => Value::Number(number(rest)?),
        1 => take(rest, 8).map(|_| Value::Fixed)?,
        2 => {
            let length = number(rest)?;
            Value::Bytes(take(rest, length)?)
        }
        5 => take(rest, 4).map(|_| Value::Fixed)?,
        _ => return Err("it is not an ONNX file".to_owned()),
    };
    Ok((key >> 3, value))
}

fn take<'a>(rest: &mut &'a [u8], length: u64) -> Result<&'a [u8], String> {
    let split = usize::try_from(length)
        .ok()
        .and_then(|length| rest.split_at_checked(length));
    let (taken, left) = split.ok_or("it is not an ONNX file, or cut short")?;
    *rest = left;
    Ok(taken)
}

fn number(rest: &mut &[u8]) -> Result<u64, String> {
    let mut value = 0_u64;
    for shift in (0..64).step_by(7) {
        let [byte] = take(rest, 1)? else { break };
        value |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Ok(value);
        }
    }
    Err("it is not an ONNX file".to_owned())
}
