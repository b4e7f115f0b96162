//! Graphs of nodes as ComfyUI keeps them: the one that ran (`class_type` and `inputs` of every node), and the one that its
//! editor shows (`nodes` and `links`).

use super::json_text::{self, Object};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Nodes that were to be left out when the graph ran: muted and bypassed.
const LEFT_OUT: [u64; 2] = [2, 4];

/// A graph, in either form.
pub(super) struct Graph {
    pub(super) nodes: Vec<Node>,
}

/// One step.
#[derive(Default)]
pub(super) struct Node {
    id: String,
    /// What it does, as its class is called.
    pub(super) kind: String,
    /// What it can be given.
    inputs: Vec<Input>,
}

struct Input {
    name: String,
    from: Source,
}

/// Where an input comes from.
enum Source {
    /// Another node.
    Node(String),
    /// It is set in the node itself.
    Text(String),
    Nothing,
}

impl Node {
    /// Whether there is an input of this name, whatever stands behind it.
    pub(super) fn has(&self, name: &str) -> bool {
        self.inputs.iter().any(|input| input.name == name)
    }

    /// What is set in the node itself under one of these names.
    pub(super) fn value(&self, names: &[&str]) -> Option<&str> {
        let set = |input: &&Input| names.contains(&input.name.as_str());
        self.inputs
            .iter()
            .filter(set)
            .find_map(|input| match &input.from {
                Source::Text(text) => Some(text.as_str()),
                _ => None,
            })
    }

    /// All texts and numbers that are set in the node.
    pub(super) fn values(&self) -> impl Iterator<Item = &str> {
        self.inputs.iter().filter_map(|input| match &input.from {
            Source::Text(text) => Some(text.as_str()),
            _ => None,
        })
    }

    fn origins(&self, names: &[&str]) -> impl Iterator<Item = &str> {
        let wanted = |input: &&Input| names.contains(&input.name.as_str());
        let inputs = self.inputs.iter().filter(wanted);
        inputs.filter_map(|input| match &input.from {
            Source::Node(id) => Some(id.as_str()),
            _ => None,
        })
    }
}

impl Graph {
    /// Reads either form, or one that stands a level down.
    pub(super) fn read(object: &Object) -> Option<Self> {
        let here = |object: &Object| ran(object).or_else(|| edited(object));
        here(object).or_else(|| {
            let mut deeper = ["prompt", "workflow"].into_iter();
            deeper.find_map(|key| here(&json_text::inner(object, key)?))
        })
    }

    /// A value that is set in the node, or in the node that it comes from.
    pub(super) fn text<'a>(&'a self, node: &'a Node, names: &[&str]) -> Option<&'a str> {
        let linked = || {
            let mut origins = names.iter().filter_map(|name| self.origin(node, name));
            let origin = origins.next()?;
            origin.value(&["text", "value", "string", "prompt", "0"])
        };
        node.value(names).or_else(linked)
    }

    /// The node that an input comes from.
    pub(super) fn origin(&self, node: &Node, name: &str) -> Option<&Node> {
        let id = node.origins(&[name]).next()?;
        self.nodes.iter().find(|node| node.id == id)
    }

    /// Whether going back from these nodes along inputs of these names leads to such a node.
    pub(super) fn leads_back(
        &self,
        starts: &[&Node],
        names: &[&str],
        wanted: fn(&Node) -> bool,
    ) -> bool {
        let nodes: BTreeMap<&str, &Node> = self
            .nodes
            .iter()
            .map(|node| (node.id.as_str(), node))
            .collect();
        let mut waiting: Vec<&Node> = starts.to_vec();
        let mut seen = BTreeSet::new();
        while let Some(node) = waiting.pop() {
            if wanted(node) {
                return true;
            }
            if seen.insert(node.id.as_str()) {
                waiting.extend(node.origins(names).filter_map(|id| nodes.get(id)));
            }
        }
        false
    }
}

/// The form that ran. At least half of the values must be nodes: a `prompt` may be any object.
fn ran(object: &Object) -> Option<Graph> {
    let nodes: Vec<Node> = object
        .iter()
        .filter_map(|(id, node)| {
            let kind = node.get("class_type")?.as_str()?;
            let inputs = node.get("inputs")?.as_object()?;
            let input = |(name, value): (&String, &Value)| Input {
                name: name.clone(),
                from: source(value),
            };
            Some(Node {
                id: id.clone(),
                kind: kind.to_owned(),
                inputs: inputs.iter().map(input).collect(),
            })
        })
        .collect();
    (!nodes.is_empty() && nodes.len() * 2 >= object.len()).then_some(Graph { nodes })
}

/// `["4", 0]` is the first output of node 4; all else is set in the node itself.
fn source(value: &Value) -> Source {
    match value {
        Value::Array(link) => match link.as_slice() {
            [id, Value::Number(_)] => text(id).map_or(Source::Nothing, Source::Node),
            _ => Source::Nothing,
        },
        _ => text(value).map_or(Source::Nothing, Source::Text),
    }
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.trim().is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// The form of the editor, with the graphs that stand for one node in it, where such a node is used.
fn edited(object: &Object) -> Option<Graph> {
    let own = ["links", "last_node_id", "last_link_id", "definitions"];
    if !object.get("nodes").is_some_and(Value::is_array) || json_text::count(object, &own) == 0 {
        return None;
    }
    let inner = object
        .get("definitions")
        .and_then(|all| all.get("subgraphs"));
    let inner = inner
        .and_then(Value::as_array)
        .map_or(&[][..], Vec::as_slice);
    let mut nodes = sheet(object, "");
    let mut sheets: Vec<(&str, Vec<Node>)> = inner
        .iter()
        .filter_map(|graph| {
            let name = graph.get("id")?.as_str()?;
            Some((name, sheet(graph.as_object()?, name)))
        })
        .collect();
    let used: BTreeSet<String> = {
        let inner = sheets.iter().flat_map(|(_, nodes)| nodes);
        nodes
            .iter()
            .chain(inner)
            .map(|node| node.kind.clone())
            .collect()
    };
    sheets.retain(|(name, _)| used.contains(*name));
    nodes.extend(sheets.into_iter().flat_map(|(_, nodes)| nodes));
    (!nodes.is_empty()).then_some(Graph { nodes })
}

/// The nodes of one sheet of the editor that were not left out.
fn sheet(graph: &Object, name: &str) -> Vec<Node> {
    let list = |key| graph.get(key).and_then(Value::as_array);
    let links = list("links").map_or(&[][..], Vec::as_slice);
    let origins: BTreeMap<u64, String> = links
        .iter()
        .filter_map(|link| {
            let part = |place: usize, key| link.get(place).or_else(|| link.get(key));
            let origin = text(part(1, "origin_id")?)?;
            Some((part(0, "id")?.as_u64()?, format!("{name}/{origin}")))
        })
        .collect();
    let nodes = list("nodes").map_or(&[][..], Vec::as_slice);
    nodes
        .iter()
        .filter(|node| {
            let mode = node.get("mode").and_then(Value::as_u64);
            !mode.is_some_and(|mode| LEFT_OUT.contains(&mode))
        })
        .filter_map(|node| {
            let kind = node.get("type")?.as_str()?.to_owned();
            let id = node.get("id").and_then(text).unwrap_or_default();
            let mut inputs = linked(node, &origins);
            inputs.extend(widgets(node));
            Some(Node {
                id: format!("{name}/{id}"),
                kind,
                inputs,
            })
        })
        .collect()
}

/// The inputs that other nodes can be drawn to.
fn linked(node: &Value, origins: &BTreeMap<u64, String>) -> Vec<Input> {
    let inputs = node.get("inputs").and_then(Value::as_array);
    let inputs = inputs.map_or(&[][..], Vec::as_slice).iter();
    let input = |input: &Value| {
        let link = input.get("link").and_then(Value::as_u64);
        let origin = link.and_then(|link| origins.get(&link));
        Some(Input {
            name: input.get("name")?.as_str()?.to_owned(),
            from: origin.map_or(Source::Nothing, |id| Source::Node(id.clone())),
        })
    };
    inputs.filter_map(input).collect()
}

/// What is set in the node; the editor gives no names, so their places stand for them.
fn widgets(node: &Value) -> Vec<Input> {
    let named = |(name, value): (String, &Value)| Input {
        name,
        from: text(value).map_or(Source::Nothing, Source::Text),
    };
    match node.get("widgets_values") {
        Some(Value::Array(list)) => {
            let places = list.iter().enumerate();
            places
                .map(|(at, value)| named((at.to_string(), value)))
                .collect()
        }
        Some(Value::Object(map)) => {
            let values = map.iter();
            values
                .map(|(name, value)| named((name.clone(), value)))
                .collect()
        }
        _ => Vec::new(),
    }
}
