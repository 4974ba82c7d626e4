//! What a watcher reaches: folders of which the system tells, folders that must be looked at, and the places that may be
//! exchanged without a word, a disk's and a link's.

use std::collections::hash_map::DefaultHasher;
use std::collections::{BTreeMap, HashMap};
use std::hash::{Hash, Hasher};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use notify::RecursiveMode;

use crate::walk::{self, FileWalk, WalkStep};

/// Whether each folder is watched by itself, as `inotify` does it: then no watch is spent on what is hidden, and one
/// that cannot be had is known. Other systems watch whole trees at once.
const BY_FOLDER: bool = cfg!(any(target_os = "linux", target_os = "android"));
/// Time between two looks at folders for which the system has no watch.
const POLL_EVERY: Duration = Duration::from_secs(30);
/// Time between two looks at folders of other machines, whose changes this one is not told of.
const POLL_DISTANT_EVERY: Duration = Duration::from_secs(300);
/// File systems of other machines.
const DISTANT: &[&str] = &[
    "9p",
    "afs",
    "ceph",
    "cifs",
    "fuse.glusterfs",
    "fuse.rclone",
    "fuse.sshfs",
    "nfs",
    "nfs4",
    "smb3",
    "smbfs",
];

/// All that a watcher reaches.
pub(super) struct Reach {
    notifier: Option<Box<dyn notify::Watcher + Send>>,
    roots: Vec<PathBuf>,
    watched: BTreeMap<PathBuf, Inode>,
    /// One path of each in `watched`.
    by_inode: HashMap<Inode, PathBuf>,
    /// Folders for which the watch of the same folder at another path stands: the system has one watch of a folder, and names
    /// what happens in it by the path that was given last.
    aliases: BTreeMap<PathBuf, Inode>,
    /// Roots and links, and what they are or lead to now.
    places: BTreeMap<PathBuf, Option<Identity>>,
    unwatched: Polled,
    distant: Polled,
}

/// A folder's or a file's number, and its disk's.
type Inode = (u64, u64);

/// What a path leads to: another disk, folder or file at the same path is another.
#[derive(PartialEq, Eq)]
struct Identity {
    inode: Inode,
    /// How a file looks; a folder's own times say nothing of what lies in it.
    look: Option<(i64, i64, i64)>,
    /// What is mounted beneath a root.
    mounts: Vec<Mount>,
}

/// Folders that are looked at from time to time, each with a digest of what lies in it.
struct Polled {
    every: Duration,
    /// Time to the next look: short while something is new, and longer each time that nothing is.
    pause: Duration,
    next: Instant,
    folders: BTreeMap<PathBuf, u64>,
}

impl Polled {
    fn new(every: Duration) -> Self {
        Self {
            every,
            pause: every,
            next: Instant::now() + every,
            folders: BTreeMap::new(),
        }
    }

    /// Has a folder looked at. It is looked at soon again, for files may come with it.
    fn insert(&mut self, folder: &Path) {
        self.folders.insert(folder.to_owned(), digest_of(folder));
        self.pause = self.every / 15;
        self.next = self.next.min(Instant::now() + self.pause);
    }

    /// The folders that have changed since the last look, if it is time for one.
    fn look(&mut self) -> Vec<PathBuf> {
        let begun = Instant::now();
        if begun < self.next {
            return Vec::new();
        }
        let mut changed = Vec::new();
        for (folder, digest) in &mut self.folders {
            let now = digest_of(folder);
            if now != *digest {
                *digest = now;
                changed.push(folder.clone());
            }
        }
        self.pause = match changed.is_empty() {
            true => self.every.min(self.pause * 2),
            false => self.every / 15,
        };
        // However many there are, a twentieth of the time is spent on them.
        self.next = Instant::now() + self.pause.max(begun.elapsed() * 20);
        changed
    }
}

impl Reach {
    /// Reaches nothing yet. Without a notifier all is looked at.
    pub(super) fn new(notifier: Option<Box<dyn notify::Watcher + Send>>) -> Self {
        Self {
            notifier,
            roots: Vec::new(),
            watched: BTreeMap::new(),
            by_inode: HashMap::new(),
            aliases: BTreeMap::new(),
            places: BTreeMap::new(),
            unwatched: Polled::new(POLL_EVERY),
            distant: Polled::new(POLL_DISTANT_EVERY),
        }
    }

    /// Lets no time pass before the next look.
    #[cfg(test)]
    pub(super) fn look_now(&mut self) {
        (self.unwatched.next, self.distant.next) = (Instant::now(), Instant::now());
    }

    /// The library's folders.
    pub(super) fn roots(&self) -> &[PathBuf] {
        &self.roots
    }

    /// Whether the system has no more watches to give.
    pub(super) fn polls(&self) -> bool {
        !self.unwatched.folders.is_empty()
    }

    /// Reaches these roots and no others. Those that were reached already are left alone. Returns the new ones.
    pub(super) fn follow(&mut self, roots: &[PathBuf]) -> Vec<PathBuf> {
        let old = std::mem::replace(&mut self.roots, roots.to_vec());
        for root in old.iter().filter(|root| !roots.contains(root)) {
            self.leave(root);
        }
        let new: Vec<PathBuf> = roots
            .iter()
            .filter(|root| !old.contains(root))
            .cloned()
            .collect();
        for root in &new {
            self.enter_root(root, &mounts(), &mut |_| {});
        }
        new
    }

    fn enter_root(&mut self, root: &Path, mounts: &[Mount], meet: &mut dyn FnMut(PathBuf)) {
        let identity = identity(root, &self.roots, mounts);
        let is_there = identity.is_some();
        self.places.insert(root.to_owned(), identity);
        if is_there {
            self.enter(root, meet);
        }
    }

    /// Reaches all folders at `start` and beneath. Calls `meet` with each file.
    pub(super) fn enter(&mut self, start: &Path, meet: &mut dyn FnMut(PathBuf)) {
        let mounts = mounts();
        let roots = std::mem::take(&mut self.roots);
        // What comes into a folder after it was listed and before it was watched is met the second time.
        loop {
            let mut files = Vec::new();
            let mut is_new = false;
            FileWalk::new(&roots).steps(start, |step| {
                match step {
                    WalkStep::Link(link) => {
                        let identity = identity(&link, &roots, &mounts);
                        self.places.insert(link, identity);
                    }
                    WalkStep::Entry(entry) if entry.file_type().is_dir() => {
                        let path = entry.path();
                        let is_top =
                            entry.path_is_symlink() || roots.iter().any(|root| root == path);
                        is_new |= self.watch(path, is_top, is_distant(path, &mounts));
                    }
                    WalkStep::Entry(entry) => files.push(entry.into_path()),
                    WalkStep::Hidden(_) | WalkStep::Error(_) => {}
                }
                true
            });
            if !is_new {
                files.into_iter().for_each(meet);
                break;
            }
        }
        self.roots = roots;
    }

    /// Watches a folder, or has it looked at. Returns whether that is new.
    fn watch(&mut self, folder: &Path, is_top: bool, distant: bool) -> bool {
        if distant && !self.distant.folders.contains_key(folder) {
            self.distant.insert(folder);
        }
        if self.watched.contains_key(folder)
            || self.aliases.contains_key(folder)
            || !(BY_FOLDER || is_top || self.notifier.is_none())
        {
            return false;
        }
        let inode = folder.metadata().map(|metadata| inode(&metadata));
        if let Ok(inode) = inode
            && BY_FOLDER
            && self
                .by_inode
                .get(&inode)
                .is_some_and(|other| is_same(folder, other))
        {
            self.aliases.insert(folder.to_owned(), inode);
            return true;
        }
        let mode = if BY_FOLDER {
            RecursiveMode::NonRecursive
        } else {
            RecursiveMode::Recursive
        };
        let watched = self
            .notifier
            .as_mut()
            .is_some_and(|notifier| notifier.watch(folder, mode).is_ok());
        if let Ok(inode) = inode
            && watched
        {
            self.watched.insert(folder.to_owned(), inode);
            self.by_inode.insert(inode, folder.to_owned());
            self.unwatched.folders.remove(folder);
            return true;
        }
        if !folder.is_dir() || self.unwatched.folders.contains_key(folder) {
            return false;
        }
        self.unwatched.insert(folder);
        true
    }

    /// Reaches nothing at `path` and beneath it any more.
    pub(super) fn leave(&mut self, path: &Path) {
        for folder in beneath(
            self.aliases.range(path.to_owned()..).map(|(path, _)| path),
            path,
        ) {
            self.aliases.remove(&folder);
        }
        let mut orphans = Vec::new();
        for folder in beneath(
            self.watched.range(path.to_owned()..).map(|(path, _)| path),
            path,
        ) {
            if let Some(inode) = self.watched.remove(&folder) {
                self.by_inode.remove(&inode);
                let mut aliases = self.aliases.iter();
                let alias = aliases.find(|(_, other)| **other == inode);
                orphans.extend(alias.map(|(alias, _)| alias.clone()));
            }
            if let Some(notifier) = &mut self.notifier {
                // It may have ended with the folder.
                let _ = notifier.unwatch(&folder);
            }
        }
        // The folder is still reached at another path, which takes the watch over.
        for folder in orphans {
            self.aliases.remove(&folder);
            self.watch(&folder, false, false);
        }
        for folders in [&mut self.unwatched.folders, &mut self.distant.folders] {
            for folder in beneath(folders.range(path.to_owned()..).map(|(path, _)| path), path) {
                folders.remove(&folder);
            }
        }
        for place in beneath(
            self.places.range(path.to_owned()..).map(|(path, _)| path),
            path,
        ) {
            if self.roots.contains(&place) {
                self.places.insert(place, None);
            } else {
                self.places.remove(&place);
            }
        }
    }

    /// Looks at the places that may be exchanged without a word, and at folders without a watch when it is time for it.
    /// Returns what has changed.
    pub(super) fn look(&mut self) -> Vec<PathBuf> {
        let mounts = mounts();
        let exchanged: Vec<PathBuf> = self
            .places
            .iter()
            .filter(|(path, before)| identity(path, &self.roots, &mounts) != **before)
            .map(|(path, _)| path.clone())
            .collect();
        for place in &exchanged {
            self.leave(place);
            if self.roots.contains(place) {
                self.enter_root(place, &mounts, &mut |_| {});
            } else if place.is_symlink() {
                // Remembered even while it leads nowhere.
                self.places
                    .insert(place.clone(), identity(place, &self.roots, &mounts));
                self.enter(place, &mut |_| {});
            }
        }
        let mut changed = self.unwatched.look();
        changed.extend(self.distant.look());
        for folder in &changed {
            // What is new in it needs to be reached too, and there may be watches again.
            self.enter(folder, &mut |_| {});
        }
        changed.extend(exchanged);
        changed
    }
}

/// The paths of a sorted sequence that are `path` or lie beneath it.
fn beneath<'a>(sorted: impl Iterator<Item = &'a PathBuf>, path: &Path) -> Vec<PathBuf> {
    sorted
        .take_while(|other| other.starts_with(path))
        .cloned()
        .collect()
}

/// A digest of how all that is not hidden in a folder looks. 0 for a folder that cannot be read.
fn digest_of(folder: &Path) -> u64 {
    let Ok(entries) = folder.read_dir() else {
        return 0;
    };
    let mut looks: Vec<_> = entries
        .flatten()
        .filter(|entry| !walk::is_hidden(&entry.path(), folder))
        .map(|entry| {
            let metadata = entry.path().metadata().ok();
            let look = metadata.map(|m| m.is_file().then(|| walk::look(&m)));
            (entry.file_name(), look)
        })
        .collect();
    looks.sort();
    let mut hasher = DefaultHasher::new();
    looks.hash(&mut hasher);
    hasher.finish()
}

fn identity(path: &Path, roots: &[PathBuf], mounts: &[Mount]) -> Option<Identity> {
    let metadata = path.metadata().ok()?;
    let is_root = roots.iter().any(|root| root == path);
    let beneath = |mount: &&Mount| is_root && mount.at.starts_with(path);
    Some(Identity {
        inode: inode(&metadata),
        look: metadata.is_file().then(|| walk::look(&metadata)),
        mounts: mounts.iter().filter(beneath).cloned().collect(),
    })
}

/// Whether two paths lead to one folder. Numbers alone do not say: some file systems give one to several folders.
fn is_same(one: &Path, other: &Path) -> bool {
    let [one, other] = [one, other].map(Path::canonicalize);
    matches!((one, other), (Ok(one), Ok(other)) if one == other)
}

/// What tells a folder from another of the same name: its place on its disk, or, where the system does not tell that, the
/// time of its making.
fn inode(metadata: &std::fs::Metadata) -> Inode {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        (metadata.dev(), metadata.ino())
    }
    #[cfg(not(unix))]
    {
        let made = metadata.created().ok();
        let since = made.and_then(|made| made.duration_since(std::time::UNIX_EPOCH).ok());
        (0, since.map_or(0, |since| since.as_nanos() as u64))
    }
}

/// A mounted file system.
#[derive(Clone, PartialEq, Eq)]
struct Mount {
    id: String,
    at: PathBuf,
    kind: String,
}

/// What is mounted, where the system tells.
fn mounts() -> Vec<Mount> {
    if !cfg!(target_os = "linux") {
        return Vec::new();
    }
    match std::fs::read_to_string("/proc/self/mountinfo") {
        Ok(table) => table.lines().filter_map(mount).collect(),
        Err(_) => Vec::new(),
    }
}

/// A line of Linux' table of mounts. Source: proc_pid_mountinfo(5).
fn mount(line: &str) -> Option<Mount> {
    let mut fields = line.split(' ');
    let id = fields.next()?.to_owned();
    let at = fields.nth(3)?;
    let kind = line.split(" - ").nth(1)?.split(' ').next()?.to_owned();
    let at = at
        .replace("\\040", " ")
        .replace("\\011", "\t")
        .replace("\\012", "\n")
        .replace("\\134", "\\");
    Some(Mount {
        id,
        at: at.into(),
        kind,
    })
}

/// Whether a folder lies on another machine.
fn is_distant(folder: &Path, mounts: &[Mount]) -> bool {
    mounts
        .iter()
        .filter(|mount| folder.starts_with(&mount.at))
        .max_by_key(|mount| mount.at.components().count())
        .is_some_and(|mount| DISTANT.contains(&mount.kind.as_str()))
}

/// Whether the system has no more watches or instances to give (ENOSPC, EMFILE), or none at all (ENOSYS).
pub(super) fn is_limit(error: &notify::Error) -> bool {
    match &error.kind {
        notify::ErrorKind::MaxFilesWatch => true,
        notify::ErrorKind::Io(error) => {
            error.kind() == io::ErrorKind::Unsupported
                || matches!(error.raw_os_error(), Some(24 | 28 | 38))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_the_table_of_mounts_is_read() {
        let line = r"36 35 98:0 / /mnt/my\040music rw,noatime master:1 - cifs //nas/music rw";
        let mount = mount(line).unwrap();
        assert_eq!(
            (
                mount.id.as_str(),
                mount.at.to_str().unwrap(),
                mount.kind.as_str()
            ),
            ("36", "/mnt/my music", "cifs")
        );
        let mounts = [mount];
        for (folder, expected) in [("/mnt/my music/a", true), ("/mnt", false)] {
            assert_eq!(is_distant(Path::new(folder), &mounts), expected, "{folder}");
        }
    }
}
