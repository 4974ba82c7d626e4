//! The house rule between the files of one crate: dependencies point one way. Two files that know each other cannot be
//! read, tested or moved one without the other, and the compiler allows them.
//!
//! A file knows another if a path in its code leads to something that is defined there: `use` lines, paths in expressions,
//! types and macros' arguments. Paths are followed through re-exports and imports to the file of the definition. So `mod`
//! lines, re-exports (`pub use`) and the names of modules alone are no knowledge, and passing something on does not
//! hide a circle. Tests (`#[cfg(test)]`) may know whatever they test.
//!
//! A parent module and its children are files like any others: either it puts its children together and they know
//! nothing of it, or it holds what they share and knows nothing of them. What one has for both stands in a child of its own.
//!
//! Methods are no paths: a file that calls a method of a type knows the type's file, not the one of the `impl`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::iter::Peekable;
use std::path::{Path, PathBuf};

use proc_macro2::{Delimiter, TokenStream, TokenTree};

use crate::world::root;

#[test]
fn files_of_a_crate_know_each_other_one_way() {
    let mut told = Vec::new();
    for top in tops() {
        let source = |path: &Path| fs::read_to_string(path).ok();
        let graph = Graph::of(&top, &source);
        told.extend(graph.circles());
    }
    assert!(
        told.is_empty(),
        "these files know each other in a circle:\n{}",
        told.join("\n")
    );
}

/// `files` are the crate's, each with its text; `lib.rs` is the topmost.
fn check(files: &[(&str, &str)], expected: &[&str]) {
    let files: BTreeMap<PathBuf, &str> = files
        .iter()
        .map(|(name, text)| (Path::new("src").join(name), *text))
        .collect();
    let source = |path: &Path| files.get(path).map(|text| (*text).to_owned());
    let graph = Graph::of(Path::new("src/lib.rs"), &source);
    assert_eq!(graph.circles(), expected, "{files:#?}");
}

#[test]
fn a_planted_circle_is_found_and_named() {
    let lib = "mod a; mod b; mod c; pub use a::A;";
    // By `use` lines, by paths in code, types, and arguments of macros, one by one and in trees.
    let first = [
        "use crate::b::B; pub struct A(B);",
        "use super::{b::{self, B}}; pub struct A(B);",
        "pub struct A(crate::b::B);",
        "use crate::b; pub struct A; fn f() { b::f(); }",
        "use crate::b as other; pub struct A; fn f() { println!(\"{}\", other::f()); }",
        "use crate::b::*; pub struct A(B);",
        "pub struct A; mod inside { fn f() { super::super::b::f(); } }",
        "pub struct A; #[cfg(not(test))] use crate::b::B;",
    ];
    for a in first {
        // And back: directly, and through the re-export above.
        for b in [
            "use crate::a::A; pub struct B;",
            "use crate::A; pub struct B;",
        ] {
            let files = [("lib.rs", lib), ("a.rs", a), ("b.rs", b), ("c.rs", "")];
            check(&files, &["src: a.rs -> b.rs -> a.rs"]);
        }
    }
    check(
        &[
            ("lib.rs", lib),
            ("a.rs", "use crate::b::B; pub struct A;"),
            ("b.rs", "use crate::c::C; pub struct B;"),
            ("c.rs", "use crate::A; pub struct C;"),
        ],
        &["src: a.rs -> b.rs -> c.rs -> a.rs"],
    );
    // A parent and its child.
    check(
        &[
            ("lib.rs", "mod a;"),
            ("a.rs", "mod child; pub struct A(child::C);"),
            ("a/child.rs", "use super::A; pub struct C(Box<A>);"),
        ],
        &["src: a/child.rs -> a.rs -> a/child.rs"],
    );
}

#[test]
fn what_is_no_knowledge_ties_nothing() {
    let lib = "mod a; mod b; pub use a::A; pub use b::B;";
    let knows_a = "use crate::A; pub struct B;";
    for a in [
        "pub struct A;",
        "// use crate::b::B;\npub struct A; /// [`crate::b::B`]\nfn f() { \"crate::b::B\"; }",
        "pub struct A; #[cfg(test)] use crate::b::B; #[cfg(test)] mod tests { use crate::b::B; }",
        "pub struct A; #[cfg(test)] mod tests;",
        "use std::b::B; use ::b::C; pub struct A;",
        "pub use crate::b::B; pub struct A;",
        "use crate::b; pub struct A;",
    ] {
        let tests = "use crate::b::B;";
        check(
            &[
                ("lib.rs", lib),
                ("a.rs", a),
                ("a/tests.rs", tests),
                ("b.rs", knows_a),
            ],
            &[],
        );
    }
    // A parent that puts its children together, and one that holds what they share.
    check(
        &[
            ("lib.rs", "mod a; mod b;"),
            (
                "a/mod.rs",
                "mod one; mod two; pub fn f() { one::f(); two::f(); }",
            ),
            ("a/one.rs", "use super::two; pub fn f() { two::f(); }"),
            ("a/two.rs", "pub fn f() {}"),
            ("b.rs", "mod one; mod two; struct Shared;"),
            ("b/one.rs", "use super::Shared;"),
            ("b/two.rs", "use super::Shared;"),
        ],
        &[],
    );
}

/// The topmost file of each crate: libraries, programs and examples.
fn tops() -> Vec<PathBuf> {
    let crates = root().join("src-tauri/crates");
    let mut folders = vec![root().join("src-tauri"), root().join("src-tauri/xtask")];
    folders.extend(
        fs::read_dir(crates)
            .unwrap()
            .map(|entry| entry.unwrap().path()),
    );
    let mut tops = vec![root().join("tests/main.rs")];
    for folder in folders {
        tops.extend(["src/lib.rs", "src/main.rs"].map(|file| folder.join(file)));
        for example in fs::read_dir(folder.join("examples")).into_iter().flatten() {
            tops.push(example.unwrap().path().join("main.rs"));
        }
    }
    tops.retain(|top| top.is_file());
    tops
}

/// Reads a file, if it is there.
type Source<'a> = &'a dyn Fn(&Path) -> Option<String>;

/// The modules of a crate.
#[derive(Default)]
struct Graph {
    modules: Vec<Module>,
}

#[derive(Default)]
struct Module {
    file: PathBuf,
    /// Where the files of its children lie.
    folder: PathBuf,
    parent: Option<usize>,
    children: BTreeMap<String, usize>,
    /// What is defined in it.
    items: BTreeSet<String>,
    /// What it imports.
    imports: Vec<Import>,
    /// The paths by which its code knows others.
    paths: Vec<Vec<String>>,
}

#[derive(Clone)]
struct Import {
    /// The name that it has here; `None` where everything is imported.
    name: Option<String>,
    path: Vec<String>,
}

/// Where a path leads.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Target {
    Module(usize),
    /// Something that is defined in this module.
    Item(usize),
    /// Out of the crate.
    Elsewhere,
}

/// Imports of imports that are followed; `use a::*` in `b` and `use b::*` in `a` would have no end.
const HOPS_MAX: usize = 16;

impl Graph {
    fn of(top: &Path, source: Source) -> Self {
        let mut graph = Self::default();
        let folder = top.parent().unwrap().to_owned();
        graph.read(top.to_owned(), folder, None, source);
        graph
    }

    fn read(
        &mut self,
        file: PathBuf,
        folder: PathBuf,
        parent: Option<usize>,
        source: Source,
    ) -> usize {
        let text = source(&file).unwrap_or_else(|| panic!("{} is not there", file.display()));
        let tokens: TokenStream = text
            .parse()
            .unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        self.module(file, folder, parent, tokens, source)
    }

    fn module(
        &mut self,
        file: PathBuf,
        folder: PathBuf,
        parent: Option<usize>,
        tokens: TokenStream,
        source: Source,
    ) -> usize {
        let at = self.modules.len();
        self.modules.push(Module {
            file,
            folder,
            parent,
            ..Module::default()
        });
        self.items(at, tokens, source);
        at
    }

    /// Reads what stands in a module.
    fn items(&mut self, at: usize, tokens: TokenStream, source: Source) {
        let mut tokens = tokens.into_iter().peekable();
        let mut passed_on = false;
        while let Some(token) = tokens.next() {
            let word = match &token {
                TokenTree::Ident(word) => word.to_string(),
                TokenTree::Punct(sign) if sign.as_char() == '#' => {
                    attribute(&mut tokens);
                    continue;
                }
                TokenTree::Group(group) => {
                    self.code(at, group.stream());
                    passed_on &= group.delimiter() == Delimiter::Parenthesis;
                    continue;
                }
                _ => {
                    passed_on = false;
                    continue;
                }
            };
            match word.as_str() {
                "pub" => passed_on = true,
                "use" => {
                    let imports = imports(&mut tokens);
                    if !passed_on {
                        self.know(at, imports.clone());
                    }
                    self.modules[at].imports.extend(imports);
                    passed_on = false;
                }
                "mod" => {
                    let name = name(&mut tokens).expect("a module has a name");
                    let folder = self.modules[at].folder.join(&name);
                    let child = match tokens.next() {
                        Some(TokenTree::Group(inside)) => {
                            let file = self.modules[at].file.clone();
                            self.module(file, folder, Some(at), inside.stream(), source)
                        }
                        _ => {
                            let beside = folder.with_extension("rs");
                            let within = folder.join("mod.rs");
                            let is_within = source(&beside).is_none();
                            let file = if is_within { within } else { beside };
                            self.read(file, folder, Some(at), source)
                        }
                    };
                    self.modules[at].children.insert(name, child);
                    passed_on = false;
                }
                "struct" | "enum" | "union" | "fn" | "const" | "static" | "type" | "trait" => {
                    passed_on = false;
                    if let Some(TokenTree::Ident(next)) = tokens.peek()
                        && *next != "fn"
                    {
                        let name = next.to_string();
                        tokens.next();
                        self.modules[at].items.insert(name);
                    }
                }
                _ => {
                    let path = path(word, &mut tokens);
                    self.modules[at]
                        .paths
                        .extend(Some(path).filter(|path| path.len() > 1));
                }
            }
        }
    }

    /// Reads what stands in something: its paths.
    fn code(&mut self, at: usize, tokens: TokenStream) {
        let mut tokens = tokens.into_iter().peekable();
        while let Some(token) = tokens.next() {
            match token {
                TokenTree::Group(group) => self.code(at, group.stream()),
                TokenTree::Punct(sign) if sign.as_char() == '#' => attribute(&mut tokens),
                TokenTree::Ident(word) if word == "use" => {
                    let imports = imports(&mut tokens);
                    self.know(at, imports);
                }
                TokenTree::Ident(word) => {
                    let path = path(word.to_string(), &mut tokens);
                    self.modules[at]
                        .paths
                        .extend(Some(path).filter(|path| path.len() > 1));
                }
                _ => {}
            }
        }
    }

    /// What is imported, is known; all of a module is known as its `*`.
    fn know(&mut self, at: usize, imports: Vec<Import>) {
        for Import { name, mut path } in imports {
            path.extend(name.is_none().then(|| "*".to_owned()));
            self.modules[at].paths.push(path);
        }
    }

    /// Where `path` leads from within a module.
    fn target(&self, at: usize, path: &[String], hops: usize) -> Target {
        if hops > HOPS_MAX {
            return Target::Elsewhere;
        }
        let mut within = at;
        for (index, word) in path.iter().enumerate() {
            match (word.as_str(), self.modules[within].parent) {
                ("crate", _) => within = 0,
                ("self", _) => {}
                ("super", Some(parent)) => within = parent,
                (name, _) => match self.named(within, name, hops) {
                    Some(Target::Module(child)) => within = child,
                    // Behind an item come its variants and what is associated with it: they are defined with it.
                    Some(target) => return target,
                    None if index > 0 => return Target::Item(within),
                    None => return Target::Elsewhere,
                },
            }
        }
        Target::Module(within)
    }

    /// What bears a name in a module.
    fn named(&self, at: usize, name: &str, hops: usize) -> Option<Target> {
        let module = &self.modules[at];
        if let Some(child) = module.children.get(name) {
            return Some(Target::Module(*child));
        }
        if module.items.contains(name) {
            return Some(Target::Item(at));
        }
        let by_name = |import: &&Import| import.name.as_deref() == Some(name);
        if let Some(import) = module.imports.iter().find(by_name) {
            return Some(self.target(at, &import.path, hops + 1));
        }
        let everything = module.imports.iter().filter(|import| import.name.is_none());
        everything
            .filter_map(|import| match self.target(at, &import.path, hops + 1) {
                Target::Module(of) if of != at => self.named(of, name, hops + 1),
                _ => None,
            })
            .next()
    }

    /// Which file knows which others.
    fn edges(&self) -> BTreeMap<&Path, BTreeSet<&Path>> {
        let mut edges: BTreeMap<&Path, BTreeSet<&Path>> = BTreeMap::new();
        for (at, module) in self.modules.iter().enumerate() {
            let known = edges.entry(&module.file).or_default();
            for path in &module.paths {
                // `a::*` leads to what is defined in `a`, as a name that is not found there does.
                if let Target::Item(of) = self.target(at, path, 0)
                    && self.modules[of].file != module.file
                {
                    known.insert(&self.modules[of].file);
                }
            }
        }
        edges
    }

    /// For each knot of files that know each other a shortest circle in it, in words.
    fn circles(&self) -> Vec<String> {
        let edges = self.edges();
        let folder = &self.modules[0].folder;
        let mut told = Vec::new();
        let mut tied: BTreeSet<&Path> = BTreeSet::new();
        for file in edges.keys() {
            if tied.contains(file) {
                continue;
            }
            let Some(circle) = circle(file, &edges) else {
                continue;
            };
            // All of the knot: who is reached from here and reaches here.
            let reached = reached(file, &edges);
            tied.extend(
                reached
                    .iter()
                    .filter(|other| self::reached(other, &edges).contains(file)),
            );
            let names: Vec<String> = circle
                .iter()
                .map(|file| {
                    let name = file.strip_prefix(folder).unwrap_or(file);
                    name.to_string_lossy().replace('\\', "/")
                })
                .collect();
            let place = folder.strip_prefix(root()).unwrap_or(folder);
            told.push(format!("{}: {}", place.display(), names.join(" -> ")));
        }
        told
    }
}

/// The files that a file knows, directly or through others.
fn reached<'a>(from: &Path, edges: &BTreeMap<&'a Path, BTreeSet<&'a Path>>) -> BTreeSet<&'a Path> {
    let mut reached = BTreeSet::new();
    let mut open = vec![from];
    while let Some(file) = open.pop() {
        for next in &edges[file] {
            if reached.insert(*next) {
                open.push(next);
            }
        }
    }
    reached
}

/// The shortest way from a file back to itself.
fn circle<'a>(
    file: &'a Path,
    edges: &BTreeMap<&'a Path, BTreeSet<&'a Path>>,
) -> Option<Vec<&'a Path>> {
    let mut ways = vec![vec![file]];
    let mut seen = BTreeSet::new();
    while !ways.is_empty() {
        let mut longer = Vec::new();
        for way in ways {
            for next in &edges[way[way.len() - 1]] {
                let mut way = way.clone();
                way.push(next);
                if *next == file {
                    return Some(way);
                }
                if seen.insert(*next) {
                    longer.push(way);
                }
            }
        }
        ways = longer;
    }
    None
}

type Tokens = Peekable<proc_macro2::token_stream::IntoIter>;

/// Passes over what follows a `#`: an attribute, and what it hides from all but tests.
fn attribute(tokens: &mut Tokens) {
    if let Some(TokenTree::Punct(inner)) = tokens.peek()
        && inner.as_char() == '!'
    {
        tokens.next();
    }
    let Some(TokenTree::Group(group)) = tokens.peek() else {
        return;
    };
    let words = group.stream().to_string().replace(' ', "");
    tokens.next();
    if !words.starts_with("cfg(test") && !words.starts_with("cfg(all(test") {
        return;
    }
    let mut imports = false;
    for token in tokens {
        match token {
            TokenTree::Ident(word) if word == "use" => imports = true,
            TokenTree::Punct(sign) if sign.as_char() == ';' => return,
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace && !imports => return,
            _ => {}
        }
    }
}

fn name(tokens: &mut Tokens) -> Option<String> {
    match tokens.peek()? {
        TokenTree::Ident(word) => {
            let word = word.to_string();
            tokens.next();
            Some(word)
        }
        _ => None,
    }
}

/// Passes over `::`, if it is there.
fn colons(tokens: &mut Tokens) -> bool {
    let mut ahead = tokens.clone();
    let is_colon = |token: Option<TokenTree>| matches!(token, Some(TokenTree::Punct(sign)) if sign.as_char() == ':');
    let there = is_colon(ahead.next()) && is_colon(ahead.next());
    if there {
        *tokens = ahead;
    }
    there
}

/// The path that begins with `first`.
fn path(first: String, tokens: &mut Tokens) -> Vec<String> {
    let mut path = vec![first];
    while colons(tokens) {
        match name(tokens) {
            Some(word) => path.push(word),
            None => break,
        }
    }
    path
}

/// What a `use` brings in, up to its semicolon.
fn imports(tokens: &mut Tokens) -> Vec<Import> {
    let mut found = Vec::new();
    let mut tree: Tokens = {
        let until = tokens.by_ref().take_while(
            |token| !matches!(token, TokenTree::Punct(sign) if matches!(sign.as_char(), ';' | '<')),
        );
        until.collect::<TokenStream>().into_iter().peekable()
    };
    branch(&mut tree, &[], &mut found);
    found
}

fn branch(tokens: &mut Tokens, trunk: &[String], found: &mut Vec<Import>) {
    while tokens.peek().is_some() {
        // `::name` is another crate, though a module may bear its name.
        let outside = trunk.is_empty() && colons(tokens);
        let (mut path, mut bound, mut all) = (trunk.to_vec(), None, false);
        for token in tokens.by_ref() {
            match token {
                TokenTree::Ident(word) if word == "as" => bound = Some(String::new()),
                TokenTree::Ident(word) => match &mut bound {
                    Some(bound) => *bound = word.to_string(),
                    None => path.push(word.to_string()),
                },
                TokenTree::Group(group) => {
                    let mut inside = group.stream().into_iter().peekable();
                    branch(&mut inside, &path, found);
                    path.clear();
                }
                TokenTree::Punct(sign) => match sign.as_char() {
                    '*' => all = true,
                    ',' => break,
                    _ => {}
                },
                TokenTree::Literal(_) => {}
            }
        }
        path.pop_if(|last| last == "self" && !trunk.is_empty());
        if outside || path.len() + usize::from(all) < 2 {
            continue;
        }
        let name = bound.or_else(|| path.last().cloned());
        found.push(Import {
            name: name.filter(|_| !all),
            path,
        });
    }
}
