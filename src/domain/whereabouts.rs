//! The space and the workbook around something, as its events name them.

use serde_json::{Map, Value};

use super::blueprint::slug_of;

/// The space and the workbook around something; neither for what belongs to an environment alone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Whereabouts {
    space: Option<Named>,
    workbook: Option<Named>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Named {
    name: String,
    namespace: Option<String>,
}

impl Whereabouts {
    /// Within a space.
    pub fn in_space(name: &str, namespace: Option<&str>) -> Self {
        Self { space: Some(Named::new(name, namespace)), workbook: None }
    }

    /// The same, and within a workbook of that space.
    #[must_use]
    pub fn in_workbook(self, name: &str, namespace: Option<&str>) -> Self {
        Self { workbook: Some(Named::new(name, namespace)), ..self }
    }

    /// `space:<namespace>` and `workbook:<namespace>`, by which listeners choose events.
    pub fn namespaces(&self) -> Vec<String> {
        let of = |(kind, named): (&str, &Named)| Some(format!("{kind}:{}", named.namespace.as_ref()?));
        self.parts().filter_map(of).collect()
    }

    /// `slugs` of an event's context: names in lower case with dashes, as mounts of actions read them.
    pub fn slugs(&self) -> Map<String, Value> {
        self.parts().map(|(kind, named)| (kind.to_string(), slug_of(&named.name).into())).collect()
    }

    fn parts(&self) -> impl Iterator<Item = (&'static str, &Named)> {
        [("space", &self.space), ("workbook", &self.workbook)]
            .into_iter()
            .filter_map(|(kind, named)| Some((kind, named.as_ref()?)))
    }
}

impl Named {
    fn new(name: &str, namespace: Option<&str>) -> Self {
        let namespace = namespace.filter(|namespace| !namespace.is_empty()).map(str::to_string);
        Self { name: name.to_string(), namespace }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_has_no_namespace_has_a_slug_all_the_same() {
        let around = Whereabouts::in_space("My Space", Some("red")).in_workbook("All Contacts", None);
        assert_eq!(around.namespaces(), ["space:red"]);
        assert_eq!(Value::from(around.slugs()), json!({ "space": "my-space", "workbook": "all-contacts" }));
        let around = Whereabouts::in_space("A", Some("")).in_workbook("B", Some("blue"));
        assert_eq!(around.namespaces(), ["workbook:blue"]);
        assert!(Whereabouts::default().slugs().is_empty());
    }
}
