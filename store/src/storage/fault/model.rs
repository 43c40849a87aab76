//! What processes see and what the medium has been made to keep.

use std::collections::BTreeMap;
use std::io;

use super::plan::Plan;
use crate::storage::path::{ancestors, split};
use crate::storage::{Publish, StorageEntry};

/// Files and folders by number; folder 0 is the root. Nodes are never reused, so open handles stay valid.
#[derive(Debug)]
pub(super) struct Model {
    nodes: Vec<Node>,
    pub(super) plan: Plan,
}

#[derive(Debug)]
pub(super) enum Node {
    File(FileNode),
    Dir(DirNode),
}

#[derive(Debug, Default)]
pub(super) struct FileNode {
    pub(super) visible: Vec<u8>,
    pub(super) durable: Vec<u8>,
    /// Appended since the last sync, in order.
    pub(super) pending: Vec<PendingWrite>,
}

#[derive(Debug)]
pub(super) struct PendingWrite {
    pub(super) offset: usize,
    pub(super) bytes: Vec<u8>,
}

#[derive(Debug, Default)]
pub(super) struct DirNode {
    pub(super) visible: BTreeMap<String, usize>,
    pub(super) durable: BTreeMap<String, usize>,
    pub(super) pending: Vec<PendingEntry>,
}

/// An unsynced change of one name: it leads to a node now, or to none.
#[derive(Debug)]
pub(super) struct PendingEntry {
    pub(super) name: String,
    pub(super) node: Option<usize>,
}

impl Default for Model {
    fn default() -> Self {
        Self { nodes: vec![Node::Dir(DirNode::default())], plan: Plan::default() }
    }
}

impl DirNode {
    fn change(&mut self, name: &str, node: Option<usize>) {
        match node {
            Some(node) => self.visible.insert(name.to_owned(), node),
            None => self.visible.remove(name),
        };
        self.pending.push(PendingEntry { name: name.to_owned(), node });
    }

    fn sync(&mut self) {
        self.durable = self.visible.clone();
        self.pending.clear();
    }
}

impl Model {
    pub(super) fn node(&self, node: usize) -> Option<&Node> {
        self.nodes.get(node)
    }

    pub(super) fn create(&mut self, path: &str) -> io::Result<usize> {
        let (dir, name) = split(path);
        if self.dir(dir)?.visible.contains_key(name) {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        let node = self.add(Node::File(FileNode::default()));
        self.dir_mut(dir)?.change(name, Some(node));
        Ok(node)
    }

    pub(super) fn link(&mut self, from: &str, to: &str) -> io::Result<Publish> {
        let node = self.file(from)?;
        let (dir, name) = split(to);
        if self.dir(dir)?.visible.contains_key(name) {
            return Ok(Publish::AlreadyExists);
        }
        self.dir_mut(dir)?.change(name, Some(node));
        Ok(Publish::Published)
    }

    pub(super) fn unlink(&mut self, path: &str) -> io::Result<()> {
        let (dir, name) = split(path);
        let node = *self.dir(dir)?.visible.get(name).ok_or(io::ErrorKind::NotFound)?;
        if matches!(self.nodes.get(node), Some(Node::Dir(folder)) if !folder.visible.is_empty()) {
            return Err(io::ErrorKind::DirectoryNotEmpty.into());
        }
        self.dir_mut(dir)?.change(name, None);
        Ok(())
    }

    pub(super) fn create_dir(&mut self, dir: &str) -> io::Result<()> {
        for folder in ancestors(dir) {
            let (parent, name) = split(folder);
            if !self.dir(parent)?.visible.contains_key(name) {
                let node = self.add(Node::Dir(DirNode::default()));
                self.dir_mut(parent)?.change(name, Some(node));
            }
            self.dir_mut(parent)?.sync();
        }
        self.dir(dir).map(|_| ())
    }

    pub(super) fn sync_dir(&mut self, dir: &str) -> io::Result<()> {
        self.dir_mut(dir)?.sync();
        Ok(())
    }

    pub(super) fn append(&mut self, node: usize, bytes: &[u8]) {
        if let Some(Node::File(file)) = self.nodes.get_mut(node) {
            file.pending.push(PendingWrite { offset: file.visible.len(), bytes: bytes.to_vec() });
            file.visible.extend_from_slice(bytes);
        }
    }

    pub(super) fn sync_file(&mut self, node: usize) {
        if let Some(Node::File(file)) = self.nodes.get_mut(node) {
            file.durable = file.visible.clone();
            file.pending.clear();
        }
    }

    /// The bytes processes see; nothing for folders.
    pub(super) fn visible(&self, node: usize) -> &[u8] {
        match self.nodes.get(node) {
            Some(Node::File(file)) => &file.visible,
            _ => &[],
        }
    }

    pub(super) fn file(&self, path: &str) -> io::Result<usize> {
        let node = self.lookup(path)?;
        match self.nodes.get(node) {
            Some(Node::File(_)) => Ok(node),
            _ => Err(io::ErrorKind::IsADirectory.into()),
        }
    }

    pub(super) fn entries(&self, dir: &str) -> io::Result<Vec<StorageEntry>> {
        let entries = self.dir(dir)?.visible.iter().map(|(name, node)| {
            let is_dir = matches!(self.nodes.get(*node), Some(Node::Dir(_)));
            let size = self.visible(*node).len() as u64;
            StorageEntry { name: name.clone(), size, is_dir, modified_us: None }
        });
        Ok(entries.collect())
    }

    /// Puts a durable file into durable folders.
    pub(super) fn install(&mut self, path: &str, content: Vec<u8>) {
        let node = self.add(Node::File(FileNode { durable: content.clone(), visible: content, pending: Vec::new() }));
        let (dir, name) = split(path);
        if self.create_dir(dir).is_ok()
            && let Ok(folder) = self.dir_mut(dir)
        {
            folder.change(name, Some(node));
            folder.sync();
        }
    }

    fn add(&mut self, node: Node) -> usize {
        self.nodes.push(node);
        self.nodes.len() - 1
    }

    fn lookup(&self, path: &str) -> io::Result<usize> {
        let (dir, name) = split(path);
        Ok(*self.dir(dir)?.visible.get(name).ok_or(io::ErrorKind::NotFound)?)
    }

    fn dir_number(&self, dir: &str) -> io::Result<usize> {
        let mut number = 0;
        for part in dir.split('/').filter(|part| !part.is_empty()) {
            let Some(Node::Dir(folder)) = self.nodes.get(number) else {
                return Err(io::ErrorKind::NotADirectory.into());
            };
            number = *folder.visible.get(part).ok_or(io::ErrorKind::NotFound)?;
        }
        Ok(number)
    }

    fn dir(&self, dir: &str) -> io::Result<&DirNode> {
        match self.nodes.get(self.dir_number(dir)?) {
            Some(Node::Dir(folder)) => Ok(folder),
            _ => Err(io::ErrorKind::NotADirectory.into()),
        }
    }

    fn dir_mut(&mut self, dir: &str) -> io::Result<&mut DirNode> {
        let number = self.dir_number(dir)?;
        match self.nodes.get_mut(number) {
            Some(Node::Dir(folder)) => Ok(folder),
            _ => Err(io::ErrorKind::NotADirectory.into()),
        }
    }
}
